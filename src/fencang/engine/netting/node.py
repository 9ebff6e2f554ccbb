"""A netting set, live: positions by the whole of SPAN, orders by what they could add.

One set is what a sub-account (stand-alone) or an owner's pool holds and works at one carrying
account under one clearing house.  It is a cache: it can be rebuilt from lots, orders and files.
"""

from fractions import Fraction
from typing import TYPE_CHECKING

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling, divide_floor
from fencang.engine.netting.commodity import Commodity, GrossCommodity, alone_risk_micros
from fencang.engine.netting.sets import SpanSet, SpanTerms
from fencang.engine.netting.terms import E4, RowTerms

if TYPE_CHECKING:
    from fencang.engine.netting.cross_margin import CrossMarginCredits
    from fencang.margin.span.incremental import SpanBook
    from fencang.margin.span.result import CurrencyTotal
    from fencang.margin.standing import Standing

__all__ = ["SpanNode"]

NOTHING = (0, 0)


class SpanNode:
    """A netting set kept in step with lots and orders; what it asks counts in a standing."""

    __slots__ = (
        "_added",
        "_credits",
        "_held",
        "_held_credits",
        "_watched_places",
        "book",
        "commodities",
        "cross_margin",
        "lots",
        "span",
        "standing",
        "terms",
    )

    def __init__(self, span: SpanSet, standing: "Standing", terms: SpanTerms) -> None:
        self.span = span
        self.standing = standing
        self.terms = terms
        self.book: SpanBook = span.open_book(terms)
        self.lots: dict[int, list[int]] = {}
        """Row → long and short lots."""
        self.commodities: dict[int, Commodity] = {}
        self._held: dict[str, int] = {}
        """Currency → what positions contribute to the standing, in micros."""
        self._added: dict[int, int] = {}
        """Commodity → what its working orders contribute."""
        self.cross_margin: CrossMarginCredits | None = None
        self._credits: dict[str, int] = {}
        """Currency → what agreements with other houses take off: of positions with orders."""
        self._held_credits: dict[str, int] = {}
        """The same of positions alone."""
        self._watched_places = frozenset(
            member
            for code in terms.watched
            if (place := span.place_of(code)) is not None
            for member in span.connected(place)
        )
        """Commodities whose changes may change those credits."""

    @property
    def has_lots(self) -> bool:
        """Return whether anything is held or works in the set."""
        return any(longs or shorts for longs, shorts in self.lots.values()) or any(
            commodity.working_lots for commodity in self.commodities.values()
        )

    def change(self, row: RowTerms, longs: int, shorts: int, buys: int, sells: int) -> None:
        """Change open and working lots of one contract."""
        place = row.commodity
        commodity = self.commodities.get(place) or self._commodity(row)
        if longs or shorts:
            held = self.lots.setdefault(row.row, [0, 0])
            held[0] += longs
            held[1] += shorts
            commodity.move(row, longs - shorts)
            self.book.set_lots(row.row, *self.terms.held_lots(held[0], held[1]))
            self._refresh_positions()
            self._refresh_at_risk(place)
        if buys or sells:
            commodity.work(row, buys, sells)
            self._refresh_added(place, commodity)
        elif commodity.working_lots or place in self._added:
            self._refresh_added(place, commodity)
        if self.cross_margin is not None and (longs or shorts or place in self._watched_places):
            self.cross_margin.refresh()

    def addition_of(self, row: RowTerms, buys: int, sells: int) -> tuple[str, int]:
        """Return the currency and micros that further working lots would add."""
        place = row.commodity
        commodity = self.commodities.get(place) or self._commodity(row)
        added = commodity.addition_with(row, buys, sells)
        if self.terms.multiplier_ppm != PPM:
            added = self._multiplied(added)
        currency = commodity.terms.currency
        if self.cross_margin is not None and place in self._watched_places:
            added += self.cross_margin.lost_micros((self, row, buys, sells), currency)
        return currency, added - self._added.get(place, 0)

    def alone_of(self, row: RowTerms, buys: int, sells: int) -> tuple[str, int]:
        """Return the currency and micros that lots ask for by themselves, in constant time."""
        commodity = self.commodities.get(row.commodity) or self._commodity(row)
        terms = commodity.terms
        asked = terms.asked_micros(alone_risk_micros(terms, row, buys, sells))
        if self.terms.multiplier_ppm != PPM:
            asked = self._multiplied(asked)
        return terms.currency, asked

    def lot_most(self, row: RowTerms, *, is_buy: bool) -> tuple[str, int] | None:
        """Return the currency and the most that one working lot adds, whatever stands beside it.

        None where nobody can say: orders may break credits of spreads or of other houses, and how
        much these are depends on all that is held.
        """
        place = row.commodity
        is_joined = len(self.span.connected(place)) > 1 and not self.terms.is_gross
        if is_joined or (self.cross_margin is not None and place in self._watched_places):
            return None
        terms = self.span.commodity_terms(place, self.terms.account_type)
        risk = alone_risk_micros(terms, row, int(is_buy), int(not is_buy))
        if not self.terms.is_gross:
            risk += divide_ceiling(abs(row.delta_e4) * terms.charge_micros, E4)
        return terms.currency, self._multiplied(terms.asked_micros(risk))

    def contributed(self) -> dict[str, int]:
        """Return what the netting set asks for per currency, in micros: positions and orders."""
        found = dict(self._held)
        for place, added in self._added.items():
            currency = self.commodities[place].terms.currency
            found[currency] = found.get(currency, 0) + added
        for currency, credit in self._credits.items():
            found[currency] = found.get(currency, 0) - credit
        return found

    def held(self) -> dict[str, int]:
        """Return what the positions alone ask for, per currency in micros."""
        return {
            currency: micros - self._held_credits.get(currency, 0)
            for currency, micros in self._held.items()
        }

    def credits(self) -> dict[str, int]:
        """Return what agreements with other houses take off, per currency in micros."""
        return dict(self._credits)

    def credited(self, currency: str, clearing_micros: int) -> int:
        """Return what a credit of the clearing house takes off here: it never makes money."""
        credit = divide_floor(clearing_micros * self.terms.multiplier_ppm, PPM)
        return min(credit, self._held.get(currency, 0))

    def set_credits(self, counted: dict[str, int], held: dict[str, int]) -> None:
        """Take what agreements credit: positions with orders, and positions alone."""
        found = {currency: self.credited(currency, micros) for currency, micros in counted.items()}
        self._held_credits = {
            currency: self.credited(currency, micros) for currency, micros in held.items()
        }
        if found != self._credits:
            self._count(self._credits, found)
            self._credits = found

    def held_without(self, other: "SpanNode | None") -> dict[str, int]:
        """Return what the positions would ask for without those of another set, in micros.

        Without credits across houses too: they may go with what leaves, at whichever house.
        """
        if other is None:
            return dict(self._held)
        changes = []
        for row, (longs, shorts) in sorted(other.lots.items()):
            own = self.lots.get(row, NOTHING)  # a set that was filled anew has no flat rows
            now = self.terms.held_lots(own[0], own[1])
            then = self.terms.held_lots(own[0] - longs, own[1] - shorts)
            changes.append((row, then[0] - now[0], then[1] - now[1]))
        return self._need(self.book.what_if(changes))

    def leave(self) -> None:
        """Take everything out of the standing; the set is of no more use."""
        self._count({}, self._held)
        self._held = {}
        for place, added in self._added.items():
            self._add(self.commodities[place].terms.currency, -added)
        self._added = {}
        self._count(self._credits, {})
        self._credits = {}

    def join(self, standing: "Standing", terms: SpanTerms, span: SpanSet) -> None:
        """Count in a standing from here on, by the terms of now: the set was made beside it."""
        held, added = self._held, self._added
        self.standing, self.span = standing, span
        self._count(held, {})
        for place, micros in added.items():
            self._add(self.commodities[place].terms.currency, micros)
        self.set_terms(terms)

    def set_terms(self, terms: SpanTerms) -> None:
        """Count by other terms: only the multiplier may differ, else the set must be made anew."""
        if terms == self.terms:
            return
        assert terms._replace(multiplier_ppm=0) == self.terms._replace(multiplier_ppm=0)
        self.terms = terms
        self._refresh_positions()
        for place, commodity in self.commodities.items():
            self._refresh_added(place, commodity)
        if self.cross_margin is not None:
            self.cross_margin.refresh()

    def _commodity(self, row: RowTerms) -> Commodity:
        found = self.commodities.get(row.commodity)
        if found is None:
            terms = self.span.commodity_terms(row.commodity, self.terms.account_type)
            kind = GrossCommodity if self.terms.is_gross else Commodity
            found = self.commodities[row.commodity] = kind(terms, self.span.scenarios)
            if self.terms.watched and self.span.code_of(row.commodity) in self.terms.watched:
                found.watch()
            self._refresh_at_risk(row.commodity)
        return found

    def _multiplied(self, micros: int) -> int:
        multiplier = self.terms.multiplier_ppm
        return micros if multiplier == PPM else divide_ceiling(micros * multiplier, PPM)

    def _refresh_at_risk(self, place: int) -> None:
        """Find anew what credits lower among the commodities that spreads connect with one."""
        members = self.span.connected(place)
        if len(members) < 2:
            return
        account = self.terms.account_type
        lowered = self.book.credits_micros(members)
        at_risk = sum(
            self.span.commodity_terms(member, account).asked_micros(credit)
            for member, credit in zip(members, lowered, strict=True)
            if credit
        )
        for member in members:
            commodity = self.commodities.get(member)
            if commodity is not None and commodity.at_risk_micros != at_risk:
                commodity.set_at_risk(at_risk)
                if commodity.working_lots:
                    self._refresh_added(member, commodity)

    def factor(self, commodity: Commodity) -> Fraction:
        """Return what turns a commodity's risk into what is asked for it, before rounding."""
        return Fraction(commodity.terms.initial_ppm * self.terms.multiplier_ppm, PPM * PPM)

    def _need(self, totals: "tuple[CurrencyTotal, ...]") -> dict[str, int]:
        return {total.currency: self._multiplied(total.initial_total_micros) for total in totals}

    def _refresh_positions(self) -> None:
        need = self.book.initial_micros()
        if self.terms.multiplier_ppm != PPM:
            need = {currency: self._multiplied(micros) for currency, micros in need.items()}
        if need != self._held:
            self._count(need, self._held)
            self._held = need

    def _refresh_added(self, place: int, commodity: Commodity) -> None:
        added = commodity.addition()
        if self.terms.multiplier_ppm != PPM:
            added = self._multiplied(added)
        before = self._added.get(place, 0)
        if added != before:
            self._added[place] = added
            requirement, currency = self.standing.requirement, commodity.terms.currency
            requirement[currency] = requirement.get(currency, 0) + added - before

    def _count(self, after: dict[str, int], before: dict[str, int]) -> None:
        for currency in {**after, **before}:
            self._add(currency, after.get(currency, 0) - before.get(currency, 0))

    def _add(self, currency: str, micros: int) -> None:
        if micros:
            self.standing.add_requirement(currency, micros)
