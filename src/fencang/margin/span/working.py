"""Worst scan risk of positions and working orders, in constant time per order.

In each scenario an order is filled where it loses and left where it gains: per combined commodity
(and scan tier) the worst is max over s of (P_s + Σ max(0, q_i · a_i,s)), exact for any subset of
fills.  A list per tier holds the sums, so an order costs one pass over the scenarios however many
others work.  Lists of integers, not arrays: sixteen additions cost less than a call into numpy, and
the engine's path of an order stays free of compiled code (a kernel on arrays that are at hand takes
about a fifth of the time; ``benchmarks.margin`` measures the three).

Orders earn no credit; calendars, deliveries, minimum and credits are not counted here.
"""

from collections.abc import Sequence
from typing import NamedTuple

from fencang.margin.span.compiled import CompiledSpan
from fencang.margin.span.full import replaced_lots
from fencang.margin.span.portfolio import Lots

__all__ = ["LotLosses", "WorkingScan", "WorstScan", "losses_of"]


class LotLosses(NamedTuple):
    """What one lot of a contract does per scenario, in risk units."""

    values: Sequence[int]
    """Loss (positive) or gain of a lot bought."""
    bought: Sequence[int]
    sold: Sequence[int]
    """Losses alone of a lot bought, and of a lot sold."""


def losses_of(values: Sequence[int]) -> LotLosses:
    """Return an array split for working orders."""
    return LotLosses(
        values,
        [value if value > 0 else 0 for value in values],
        [-value if value < 0 else 0 for value in values],
    )


class WorstScan:
    """The sums of one scan tier; lots below zero are sold.

    Position and working orders are one list: only their sum decides, and what was added is taken
    back exactly.
    """

    __slots__ = ("sums",)

    def __init__(self, scenarios: int) -> None:
        self.sums = [0] * scenarios
        """Σ lots × value of what is held + Σ max(0, lots × value) of what works, by scenario."""

    def move(self, lot: LotLosses, lots: int) -> None:
        """Add lots to the position."""
        self.sums = [held + lots * value for held, value in zip(self.sums, lot.values, strict=True)]

    def add(self, lot: LotLosses, lots: int) -> None:
        """Let an order work."""
        self.sums = self._with(lot, lots)

    def remove(self, lot: LotLosses, lots: int) -> None:
        """Take back an order, or the part of it that was filled or cancelled."""
        losses = lot.bought if lots > 0 else lot.sold
        size = abs(lots)
        self.sums = [held - size * loss for held, loss in zip(self.sums, losses, strict=True)]

    def worst(self) -> int:
        """Return the worst scan risk of any subset of fills, in risk units, at least 0."""
        return max(0, *self.sums)

    def worst_with(self, lot: LotLosses, lots: int) -> int:
        """Return the same with one more order, changing nothing."""
        return max(0, *self._with(lot, lots))

    def _with(self, lot: LotLosses, lots: int) -> list[int]:
        losses = lot.bought if lots > 0 else lot.sold
        size = abs(lots)
        return [held + size * loss for held, loss in zip(self.sums, losses, strict=True)]


class _Part(NamedTuple):
    """What lots of a contract mean to one scan tier."""

    commodity: int
    scan: WorstScan
    lot: LotLosses
    lots: int


class WorkingScan:
    """Positions and working orders of one net account, by combined commodity and scan tier.

    (In a gross account nothing offsets: its worst is simply every side's own, rule G1.)
    """

    __slots__ = ("_compiled", "_lots", "_tiers")

    def __init__(self, compiled: CompiledSpan) -> None:
        self._compiled = compiled
        self._lots: dict[int, tuple[int, int, LotLosses]] = {}
        self._tiers: dict[int, dict[int, WorstScan]] = {}

    def move(self, row: int, lots: int) -> None:
        """Add lots of a contract to the position (below zero: sold)."""
        for part in self._parts(row, lots):
            part.scan.move(part.lot, part.lots)

    def add_order(self, row: int, lots: int) -> None:
        """Let an order work (below zero: to sell); a combination's legs fill together."""
        for part in self._parts(row, lots):
            part.scan.add(part.lot, part.lots)

    def remove_order(self, row: int, lots: int) -> None:
        """Take back an order, or the part of it that was filled or cancelled."""
        for part in self._parts(row, lots):
            part.scan.remove(part.lot, part.lots)

    def worst_micros(self, commodity: int) -> int:
        """Return the worst scan risk of a combined commodity, by its place in the set."""
        unit = self._compiled.parameters.commodities[commodity].risk_unit_micros
        return sum(scan.worst() for scan in self._tiers.get(commodity, {}).values()) * unit

    def worst_micros_with(self, row: int, lots: int) -> dict[int, int]:
        """Return the worst scan risk of each commodity that one more order reaches."""
        found: dict[int, int] = {}
        for commodity, scan, lot, number in self._parts(row, lots):
            unit = self._compiled.parameters.commodities[commodity].risk_unit_micros
            if commodity not in found:
                found[commodity] = self.worst_micros(commodity)
            found[commodity] += (scan.worst_with(lot, number) - scan.worst()) * unit
        return found

    def _parts(self, row: int, lots: int) -> list[_Part]:
        if row in self._compiled.replaced:
            return self._leg_parts(row, lots)
        commodity, tier, lot = self._lot(row)
        return [_Part(commodity, self._scan(commodity, tier), lot, lots)]

    def _leg_parts(self, row: int, lots: int) -> list[_Part]:
        """Return one part per tier that the legs of a combination lie in (P2)."""
        side = {row: Lots(max(lots, 0), max(-lots, 0))}
        sums: dict[tuple[int, int], list[int]] = {}
        for leg, held in replaced_lots(self._compiled, side, is_gross=False).items():
            commodity, tier, lot = self._lot(leg)
            total = sums.setdefault((commodity, tier), [0] * len(lot.values))
            for place, value in enumerate(lot.values):
                total[place] += held.net * value
        return [
            _Part(commodity, self._scan(commodity, tier), losses_of(total), 1)
            for (commodity, tier), total in sums.items()
        ]

    def _lot(self, row: int) -> tuple[int, int, LotLosses]:
        found = self._lots.get(row)
        if found is None:
            tables = self._compiled.tables
            line = tables.rows[row]
            values = [int(value) for value in tables.values[row]]
            found = (int(line["commodity"]), int(line["tier"]), losses_of(values))
            self._lots[row] = found
        return found

    def _scan(self, commodity: int, tier: int) -> WorstScan:
        tiers = self._tiers.setdefault(commodity, {})
        if tier not in tiers:
            tiers[tier] = WorstScan(self._compiled.tables.values.shape[1])
        return tiers[tier]
