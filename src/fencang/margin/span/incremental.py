"""One account's live SPAN: every change redoes only what it can reach.

A change reaches its combined commodity (vectors, deltas, calendars, delivery, minimum) and the
commodities that spreads connect with it.  Four workspaces make that cheap: ``assessed`` holds every
commodity as it stands before the super spreads, ``settled`` before the inter-commodity spreads,
``final`` behind them; ``trial`` serves what-ifs, which therefore change nothing.

Law: totals and result always equal the full calculation of the same lots and arrays, to the micro.
Knows no orders and no clock.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fencang.margin.method import MarginRefused
from fencang.margin.span.compiled import ACCOUNT_PLACES, CompiledSpan, Reach
from fencang.margin.span.full import (
    Positions,
    explained,
    fallback_lines,
    initial_micros_of,
    new_log,
    replaced_lots,
    totals_of,
)
from fencang.margin.span.kernels.account import recompute
from fencang.margin.span.kernels.signatures import TOTALS
from fencang.margin.span.keys import key_of
from fencang.margin.span.overlay import ContractOverlay
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.result import CurrencyTotal, SpanResult

__all__ = ["SpanBook"]

NO_LOTS = Lots(0, 0)

_recompute_again = recompute.get_overload(recompute.signatures[0])
"""The kernel itself.  Finding out the types of its thirty arrays anew takes numba far longer than a
change of one contract does; each book's first calculation has let numba look at them."""


class SpanBook:
    """The requirement of one portfolio, kept up to date."""

    __slots__ = (
        "_account",
        "_assessed",
        "_combinations",
        "_compiled",
        "_contracts",
        "_fallbacks",
        "_final",
        "_gross",
        "_legs",
        "_log",
        "_lots",
        "_portfolio",
        "_settled",
        "_totals",
        "_trial",
    )

    def __init__(self, compiled: CompiledSpan, portfolio: Portfolio) -> None:
        """Begin with a portfolio; its kind of account and its missing contracts stay.

        Raises:
            MarginRefused: as ``full.requirement``.
        """
        self._compiled = compiled
        self._portfolio = portfolio
        self._fallbacks = fallback_lines(portfolio)
        self._gross = int(portfolio.is_gross)
        self._account = ACCOUNT_PLACES[portfolio.account_type]
        self._lots: dict[int, Lots] = {}
        self._contracts = ContractOverlay(compiled)
        self._log = new_log(0)
        self._assessed, self._settled = compiled.new_work(), compiled.new_work()
        self._final, self._trial = compiled.new_work(), compiled.new_work()
        self._totals = np.zeros((len(compiled.currencies), TOTALS), dtype=np.int64)
        nothing = compiled.every[:0]
        everything = Reach(
            compiled.every, nothing, nothing, compiled.every, compiled.supers, compiled.inters
        )
        held = self._leg_lots(portfolio.lots)
        self._contracts.set_lots(self._slots_and_lots(held))
        self._lots = dict(portfolio.lots)
        self._combinations = {
            row: self._lots[row] for row in compiled.replaced.intersection(self._lots)
        }
        self._legs = self._leg_lots(self._combinations)
        """Combinations held that are not positions, and the lots of their legs (P2)."""
        self._redo(everything, recompute)

    @property
    def lots(self) -> Mapping[int, Lots]:
        """Return the lots by row, as they were set."""
        return self._lots

    def totals(self) -> tuple[CurrencyTotal, ...]:
        """Return the totals by currency."""
        return totals_of(self._compiled, self._totals, self._fallbacks)

    def initial_micros(self) -> dict[str, int]:
        """Return the initial requirement of ``totals`` by currency, and nothing else of them."""
        if self._fallbacks:
            return {total.currency: total.initial_total_micros for total in self.totals()}
        return initial_micros_of(self._compiled, self._totals)

    def credits_micros(self, commodities: Sequence[int]) -> list[int]:
        """Return the credit that counts of each of these commodities (by place), in micros."""
        credit = self._final.commodities["credit_counted"]
        return [int(credit[place]) for place in commodities]

    def part_of(self, commodity: int) -> tuple[int, int]:
        """Return a commodity's maintenance requirement (micros) and its net delta (e4)."""
        state = self._final.commodities
        return int(state["maintenance"][commodity]), int(state["net_delta"][commodity])

    def result(self) -> SpanResult:
        """Return the requirement explained, found anew from positions and arrays."""
        contracts = self._contracts
        slots = contracts.held_slots()
        positions = Positions(slots, contracts.long[slots], contracts.short[slots])
        return explained(self._compiled, contracts.tables, positions, self._portfolio)

    def set_lots(self, row: int, long: int, short: int) -> None:
        """Set the lots of a contract.

        Raises:
            MarginRefused: lots below zero or beyond what can be counted, or of a combination that
                do not make whole lots of its legs (P2); nothing is changed.
        """
        if self._combinations or row in self._compiled.replaced:
            self.set_many({row: Lots(long, short)})
            return
        assert 0 <= row < len(self._compiled.parameters.contracts), row
        # The way of every fill: what ``set_many`` does for one contract.
        contracts = self._contracts
        commodity = contracts.set_one(contracts.slot(row), long, short)
        if long or short:
            self._lots[row] = Lots(long, short)
        else:
            self._lots.pop(row, None)
        self._redo(self._compiled.reach((commodity,)))

    def set_many(self, lots: Mapping[int, Lots]) -> None:
        """Set the lots of several contracts at once.

        Raises:
            MarginRefused: as ``set_lots``; nothing is changed.
        """
        changed = self._slots_and_lots(self._changed_legs(lots))
        self._contracts.set_lots(changed)
        for row, held in lots.items():
            if held.long or held.short:
                self._lots[row] = held
            else:
                self._lots.pop(row, None)
        combinations = {row: lots[row] for row in self._compiled.replaced.intersection(lots)}
        if combinations:
            self._combinations |= combinations
            self._legs = self._leg_lots(self._combinations)
        self._redo(self._compiled.reach(self._contracts.commodities_of(changed)))

    def what_if(self, changes: Iterable[tuple[int, int, int]]) -> tuple[CurrencyTotal, ...]:
        """Return the totals as they would be, changing nothing.

        Args:
            changes: row, more long lots, more short lots (below zero: fewer).

        Raises:
            MarginRefused: as ``set_lots``.
        """
        wanted: dict[int, Lots] = {}
        for row, long, short in changes:
            held = wanted.get(row) or self._lots.get(row, NO_LOTS)
            wanted[row] = Lots(held.long + long, held.short + short)
        changed = self._slots_and_lots(self._changed_legs(wanted))
        contracts = self._contracts
        contracts.check(changed)
        long_lots, short_lots = contracts.long.copy(), contracts.short.copy()
        for slot, held in changed.items():
            long_lots[slot], short_lots[slot] = held
        totals = self._totals.copy()
        reach = self._compiled.reach(contracts.commodities_of(changed))
        slots, offsets = contracts.slots_of(reach.refilled)
        _recompute_again(
            contracts.tables,
            self._assessed,
            self._settled,
            self._final,
            self._trial,
            *reach,
            slots,
            offsets,
            long_lots,
            short_lots,
            self._gross,
            self._account,
            0,
            self._log,
            totals,
        )
        return totals_of(self._compiled, totals, self._fallbacks)

    def set_values(
        self,
        rows: Sequence[int],
        values: NDArray[np.int64],
        *,
        deltas_e4: Sequence[int] | None = None,
        prices_nanos: Sequence[int] | None = None,
    ) -> None:
        """Take new arrays for contracts, held or not: a price tick, an intraday set.

        Args:
            rows: contracts, each once.
            values: shape (rows, scenarios), risk units.
            deltas_e4: composite deltas of one long lot; as they were when left out.
            prices_nanos: prices of options; as they were when left out.

        Raises:
            MarginRefused: arrays with which the lots held could not be counted, or a new delta of
                a contract whose delta is spread over legs (D2); nothing is changed.
        """
        slots = [self._contracts.slot(row) for row in rows]
        self._contracts.set_values(slots, values, deltas_e4, prices_nanos)
        self._redo(self._compiled.reach(self._contracts.commodities_of(slots)))

    def _redo(self, reach: Reach, run: Callable[..., None] = _recompute_again) -> None:
        contracts = self._contracts
        slots, offsets = contracts.slots_of(reach.refilled)
        run(
            contracts.tables,
            self._assessed,
            self._settled,
            self._final,
            self._final,
            *reach,
            slots,
            offsets,
            contracts.long,
            contracts.short,
            self._gross,
            self._account,
            1,
            self._log,
            self._totals,
        )

    def _leg_lots(self, lots: Mapping[int, Lots]) -> Mapping[int, Lots]:
        """Return lots of what is really held: combinations replaced by their legs (P2)."""
        if self._compiled.replaced.isdisjoint(lots):
            return lots
        return replaced_lots(self._compiled, lots, is_gross=bool(self._gross))

    def _changed_legs(self, lots: Mapping[int, Lots]) -> Mapping[int, Lots]:
        """Return the new lots of every contract that a change of ``lots`` reaches (P2)."""
        contracts = len(self._compiled.parameters.contracts)
        assert all(0 <= row < contracts for row in lots), lots
        replaced = self._compiled.replaced
        if not replaced or (replaced.isdisjoint(lots) and not self._combinations):
            return lots
        negative = [row for row, held in lots.items() if min(held) < 0]
        if negative:
            raise MarginRefused(
                f"{key_of(self._compiled.parameters, row)}: lots below zero" for row in negative
            )
        legs, reached = self._legs, {*lots}
        combinations = {row: lots[row] for row in replaced.intersection(lots)}
        if combinations:
            before = {row: self._combinations.get(row, NO_LOTS) for row in combinations}
            legs = self._leg_lots({**self._combinations, **combinations})
            reached -= replaced
            reached.update(self._leg_lots(before), self._leg_lots(combinations))
        found = {}
        for row in sorted(reached):
            own, of_legs = lots.get(row) or self._lots.get(row, NO_LOTS), legs.get(row, NO_LOTS)
            found[row] = Lots(own.long + of_legs.long, own.short + of_legs.short)
        return found

    def _slots_and_lots(self, lots: Mapping[int, Lots]) -> dict[int, Lots]:
        return {self._contracts.slot(row): held for row, held in lots.items()}
