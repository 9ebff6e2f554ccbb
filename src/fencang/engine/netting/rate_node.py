"""A netting set margined by rate, live: larger sides, working orders in their worst case.

One set is what a sub-account (stand-alone) or an owner's pool holds and works at one carrying
account under one clearing house.  Per group of contracts it keeps the margin of either side, of
positions alone (U) and with every order that could enlarge them (U + Z), so that one more order
costs the same however many work:
max(U_x + Z_x + new, U_y + Z_y) − max(U_x + Z_x, U_y + Z_y).

It is a cache: it can be rebuilt from lots, orders and ``RateTerms``.  It knows no days and no
prices, only what a lot asks for.  Law: nothing is negative, and no way to fill asks for more than
was reserved.
"""

from fractions import Fraction
from typing import TYPE_CHECKING

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling, divide_half_away
from fencang.engine.netting.rate_terms import PICOS, RateGroup, RateTerms
from fencang.engine.netting.sets import SpanTerms
from fencang.margin.rates.instrument import PositionSide, SideScope
from fencang.margin.rates.larger_side import SideSums
from fencang.margin.rates.parameters import Conventions

if TYPE_CHECKING:
    from fencang.margin.standing import Standing

__all__ = ["RateNode"]

ROUNDING_MICROS = Conventions().rounding_micros
"""One side of a contract is rounded once, as a broker's statement does."""
NOTHING = SideSums()


class _Group:
    """Margin of both sides: ``held`` of positions, ``worst`` with the orders that enlarge them."""

    __slots__ = ("held", "larger_only", "worst")

    def __init__(self, *, larger_only: bool) -> None:
        self.larger_only = larger_only
        self.held = self.worst = NOTHING

    def charge(self, sums: SideSums) -> int:
        """Return what the group pays for sums of its sides."""
        return sums.charge(larger_only=self.larger_only)


class _Line:
    """Lots of one contract, and what of them counts in which group."""

    __slots__ = ("buys", "group", "held", "longs", "row", "sells", "shorts", "worst")

    def __init__(self, row: RateTerms) -> None:
        self.row = row
        self.group = row.group
        self.longs = self.shorts = self.buys = self.sells = 0
        self.held = self.worst = NOTHING


class RateNode:
    """A netting set kept in step with lots, orders and prices; what it asks counts in a standing.

    In a gross account ``buys`` and ``sells`` are opening orders, and both sides of a contract
    stand; in a net account they are all orders, and a contract has but one side at a time.
    """

    __slots__ = ("_asked", "_groups", "_held", "_worst", "lines", "standing", "terms")

    def __init__(self, standing: "Standing", terms: SpanTerms) -> None:
        self.standing = standing
        self.terms = terms
        self.lines: dict[str, _Line] = {}
        """Contract → its lots."""
        self._groups: dict[RateGroup, _Group] = {}
        self._held: dict[str, int] = {}
        self._worst: dict[str, int] = {}
        """Currency → what positions, and positions with orders, ask for before the multiplier."""
        self._asked: dict[str, int] = {}
        """Currency → what stands in the standing, in micros."""

    @property
    def has_lots(self) -> bool:
        """Return whether anything is held or works in the set."""
        return any(
            line.longs or line.shorts or line.buys or line.sells for line in self.lines.values()
        )

    def change(self, row: RateTerms, longs: int, shorts: int, buys: int, sells: int) -> None:
        """Change open and working lots of one contract."""
        line = self.lines.get(row.contract_id)
        if line is None:
            line = self.lines[row.contract_id] = _Line(row)
        line.longs += longs
        line.shorts += shorts
        line.buys += buys
        line.sells += sells
        self._refresh(line, row)

    def reprice(self, row: RateTerms) -> None:
        """Count a contract anew after its price, its rate or its group changed."""
        line = self.lines.get(row.contract_id)
        if line is not None:
            self._refresh(line, row)

    def addition_of(self, row: RateTerms, buys: int, sells: int) -> tuple[str, int]:
        """Return the currency and micros that further working lots would add."""
        currency = row.currency
        line = self.lines.get(row.contract_id)
        if line is None:
            line = _Line(row)
        assert line.group == row.group, f"{row.contract_id} was not repriced"
        group = self._groups.get(row.group)
        if group is None:
            group = self._opened(row.group)
        worst = self._worst_amounts(line, row, buys, sells)
        moved = _moved(group.worst, line.worst, worst)
        added = group.charge(moved) - group.charge(group.worst)
        if not added:
            return currency, 0
        asked = self._multiplied(self._worst.get(currency, 0) + added)
        return currency, asked - self._asked.get(currency, 0)

    def alone_of(self, row: RateTerms, buys: int, sells: int) -> tuple[str, int]:
        """Return the currency and micros that lots ask for by themselves."""
        group = self._groups.get(row.group) or self._opened(row.group)
        worst = self._worst_amounts(_Line(row), row, buys, sells)
        return row.currency, self._multiplied(group.charge(worst))

    def lot_most(self, row: RateTerms, *, is_buy: bool) -> tuple[str, int]:
        """Return the currency and the most that one working lot adds, whatever stands beside it.

        Up to the next whole cent: lots of a contract are rounded together, at most by that much.
        """
        picos = row.long_picos if is_buy else row.short_picos
        micros = divide_ceiling(picos, PICOS * ROUNDING_MICROS) * ROUNDING_MICROS
        return row.currency, self._multiplied(micros)

    def contributed(self) -> dict[str, int]:
        """Return what the netting set asks for per currency, in micros: positions and orders."""
        return dict(self._asked)

    def held(self) -> dict[str, int]:
        """Return what the positions alone ask for, per currency in micros."""
        return {currency: self._multiplied(micros) for currency, micros in self._held.items()}

    def held_without(self, other: "RateNode") -> dict[str, int]:
        """Return what the positions would ask for without those of another set, in micros."""
        sums: dict[RateGroup, SideSums] = {}
        for contract_id, gone in other.lines.items():
            line = self.lines[contract_id]
            lots = self.terms.held_lots(line.longs - gone.longs, line.shorts - gone.shorts)
            then, now = _amounts(line.row, *lots), line.held
            before = sums.get(line.group, self._groups[line.group].held)
            sums[line.group] = _moved(before, now, then)
        held = dict(self._held)
        for key, after in sums.items():
            group = self._groups[key]
            if after != group.held:
                held[key.currency] += group.charge(after) - group.charge(group.held)
        return {currency: self._multiplied(micros) for currency, micros in held.items()}

    def shares_of(self, book: "RateNode") -> dict[str, Fraction]:
        """Return what of this set's requirement a book in it brings, per currency in micros.

        Euler's rule: a book pays its lots on the sides that pay, below zero where it lowers them;
        over all books this sums to the requirement but for roundings.
        """
        shares: dict[str, Fraction] = {}
        for contract_id, own in book.lines.items():
            line = self.lines[contract_id]
            group = self._groups[line.group]
            longs, shorts = self._paying_lots(line, own)
            picos = 0
            if not group.larger_only or group.worst.larger is PositionSide.LONG:
                picos += longs * line.row.long_picos
            if not group.larger_only or group.worst.larger is PositionSide.SHORT:
                picos += shorts * line.row.short_picos
            currency = line.group.currency
            share = Fraction(picos * self.terms.multiplier_ppm, PICOS * PPM)
            shares[currency] = shares.get(currency, Fraction()) + share
        return shares

    def leave(self) -> None:
        """Take everything out of the standing; the set is of no more use."""
        for currency, micros in self._asked.items():
            self.standing.add_margined(currency, -micros, 0)
        self._asked = {}

    def set_terms(self, terms: SpanTerms) -> None:
        """Count by other terms: only the multiplier may differ, else the set must be made anew."""
        if terms == self.terms:
            return
        assert terms._replace(multiplier_ppm=0) == self.terms._replace(multiplier_ppm=0)
        self.terms = terms
        for currency in self._worst:
            self._ask(currency)

    def _refresh(self, line: _Line, row: RateTerms) -> None:
        if line.group != row.group:
            self._count(line, NOTHING, NOTHING)
            line.group = row.group
        line.row = row
        held = _amounts(row, *self.terms.held_lots(line.longs, line.shorts))
        self._count(line, held, self._worst_amounts(line, row, 0, 0))
        self._ask(row.currency)

    def _count(self, line: _Line, held: SideSums, worst: SideSums) -> None:
        """Replace what a line counts in its group."""
        key = line.group
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._opened(key)
        if held != line.held:
            moved = _moved(group.held, line.held, held)
            change = group.charge(moved) - group.charge(group.held)
            self._held[key.currency] = self._held.get(key.currency, 0) + change
            group.held = moved
            line.held = held
        if worst != line.worst:
            moved = _moved(group.worst, line.worst, worst)
            change = group.charge(moved) - group.charge(group.worst)
            self._worst[key.currency] = self._worst.get(key.currency, 0) + change
            group.worst = moved
            line.worst = worst

    def _ask(self, currency: str) -> None:
        before = self._asked.get(currency, 0)
        asked = self._multiplied(self._worst.get(currency, 0))
        if asked != before:
            self._asked[currency] = asked
            self.standing.add_margined(currency, asked - before, 0)

    def _multiplied(self, micros: int) -> int:
        return divide_ceiling(micros * self.terms.multiplier_ppm, PPM)

    def _opened(self, key: RateGroup) -> _Group:
        # A contract of a net account never ends up on both sides: without a larger side it pays
        # for the worse of the two by itself.
        is_apart = self.terms.is_gross and key.scope is SideScope.BOTH_SIDES
        return _Group(larger_only=not is_apart)

    def _worst_amounts(self, line: _Line, row: RateTerms, buys: int, sells: int) -> SideSums:
        """Return the margin of either side at its worst, with further working lots."""
        if self.terms.is_gross:
            longs, shorts = abs(line.longs), abs(line.shorts)
        else:
            longs, shorts = line.longs - line.shorts, line.shorts - line.longs
        longs += line.buys + buys
        shorts += line.sells + sells
        return _amounts(row, longs if longs > 0 else 0, shorts if shorts > 0 else 0)

    def _paying_lots(self, line: _Line, own: _Line) -> tuple[int, int]:
        """Return the lots of a book on either side, none on a side that the whole is not on."""
        if self.terms.is_gross:
            longs, shorts = abs(own.longs), abs(own.shorts)
        else:
            longs, shorts = own.longs - own.shorts, own.shorts - own.longs
        return (
            longs + own.buys if line.worst.long else 0,
            shorts + own.sells if line.worst.short else 0,
        )


def _amounts(row: RateTerms, longs: int, shorts: int) -> SideSums:
    """Return the margin of lots on either side in micros, each rounded once."""
    return SideSums(
        _rounded(longs * row.long_picos) if longs else 0,
        _rounded(shorts * row.short_picos) if shorts else 0,
    )


def _rounded(picos: int) -> int:
    return divide_half_away(picos, PICOS * ROUNDING_MICROS) * ROUNDING_MICROS


def _moved(sums: SideSums, before: SideSums, after: SideSums) -> SideSums:
    """Return a group's sums when a line's part of them changes."""
    return SideSums(sums.long + after.long - before.long, sums.short + after.short - before.short)
