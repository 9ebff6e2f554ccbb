"""The contracts of one account beside the set's: its lots, and arrays that replace the file's.

A contract gets a slot when it is first named.  The set itself is never changed, so accounts with
different arrays live side by side; what the kernels read of an account's contracts stands together.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fencang.margin.method import MarginRefused
from fencang.margin.span.compiled import CompiledSpan
from fencang.margin.span.kernels.signatures import Ints, Tables
from fencang.margin.span.keys import key_of
from fencang.margin.span.parameters import ContractTable
from fencang.margin.span.portfolio import Lots
from fencang.margin.span.tables import layout
from fencang.margin.span.tables.bounds import (
    MONEY_MICROS_MAX,
    WHOLE_WEIGHT,
)
from fencang.margin.span.tables.contracts import option_values

__all__ = ["ContractOverlay"]

LISTED_MAX = 1_000
"""Sets of commodities whose slots one account keeps listed."""


class ContractOverlay:
    """Slots of contracts with rows, arrays and lots of their own."""

    __slots__ = (
        "_by_commodity",
        "_compiled",
        "_count",
        "_listed",
        "_lots_max",
        "_owners",
        "_rows",
        "_slots",
        "_values",
        "_weight",
        "long",
        "short",
        "tables",
    )

    def __init__(self, compiled: CompiledSpan) -> None:
        self._compiled = compiled
        self._slots: dict[int, int] = {}
        self._by_commodity: dict[int, Ints] = {}
        self._listed: dict[tuple[int, ...], tuple[Ints, Ints]] = {}
        """What ``slots_of`` answered since one of its commodities had a new slot."""
        self._count = self._weight = 0
        self._lots_max: list[int] = compiled.lots_max.tolist()
        self._owners: list[int] = []
        self._rows: NDArray[Any] = np.zeros(0, dtype=layout.ROW)
        self._values: NDArray[Any] = np.zeros((0, compiled.tables.values.shape[1]), dtype=np.int64)
        self.long: Ints = np.zeros(0, dtype=np.int64)
        """Lots by slot; what lies behind the last slot is room to grow."""
        self.short: Ints = np.zeros(0, dtype=np.int64)
        self.tables: Tables = compiled.tables
        """The set's tables with this account's rows and arrays."""
        self._grow(16)

    def slot(self, row: int) -> int:
        """Return the slot of a row of the set; a new one when it had none."""
        slot = self._slots.get(row)
        if slot is not None:
            return slot
        slot = self._count
        if slot == len(self.long):
            self._grow(2 * slot)
        source = self._compiled.tables
        self._rows[slot] = source.rows[row]
        self._values[slot] = source.values[row]
        commodity = int(source.rows["commodity"][row])
        self._listed = {key: found for key, found in self._listed.items() if commodity not in key}
        others = self._by_commodity.get(commodity)
        own = np.array([slot], dtype=np.int64)
        self._by_commodity[commodity] = own if others is None else np.append(others, own)
        self._slots[row] = slot
        self._owners.append(commodity)
        self._count += 1
        return slot

    def _grow(self, size: int) -> None:
        def grown(array: NDArray[Any]) -> NDArray[Any]:
            larger = np.zeros((size, *array.shape[1:]), dtype=array.dtype)
            larger[: len(array)] = array
            return larger

        self._rows, self._values = grown(self._rows), grown(self._values)
        self.long, self.short = grown(self.long), grown(self.short)
        rows, values = self._rows[:], self._values[:]
        rows.flags.writeable = values.flags.writeable = False
        self.tables = self._compiled.tables._replace(rows=rows, values=values)

    def held_slots(self) -> Ints:
        """Return the slots with lots on either side, in the order of the set's rows."""
        slots = np.flatnonzero((self.long > 0) | (self.short > 0))
        return slots[np.argsort(self._rows["row"][slots])]

    def commodities_of(self, slots: Iterable[int]) -> list[int]:
        """Return the combined commodities of slots, each once."""
        return sorted({self._owners[slot] for slot in slots})

    def slots_of(self, commodities: Ints) -> tuple[Ints, Ints]:
        """Return the slots of commodities one after another, and where each one's begin."""
        key = tuple(commodities.tolist())
        found = self._listed.get(key)
        if found is None:
            if len(self._listed) >= LISTED_MAX:
                self._listed.clear()
            found = self._listed[key] = self._list_slots(commodities)
        return found

    def _list_slots(self, commodities: Ints) -> tuple[Ints, Ints]:
        if len(commodities) == 1:
            own = self._by_commodity.get(int(commodities[0]))
            if own is not None:
                return own, np.array([0, len(own)], dtype=np.int64)
        offsets = np.zeros(len(commodities) + 1, dtype=np.int64)
        held = []
        for place, commodity in enumerate(commodities.tolist()):
            slots = self._by_commodity.get(commodity)
            offsets[place + 1] = offsets[place]
            if slots is not None:
                held.append(slots)
                offsets[place + 1] += len(slots)
        return np.concatenate(held) if held else offsets[:0], offsets

    def set_lots(self, lots: Mapping[int, Lots]) -> None:
        """Set lots by slot.

        Raises:
            MarginRefused: as ``check``; nothing is changed.
        """
        self._weight = self.check(lots)
        for slot, held in lots.items():
            self.long[slot], self.short[slot] = held

    def set_one(self, slot: int, long: int, short: int) -> int:
        """Set the lots of one slot; return its combined commodity.

        Raises:
            MarginRefused: as ``check``; nothing is changed.
        """
        owner = self._owners[slot]
        bound = self._lots_max[owner]
        before = int(self.long[slot]) + int(self.short[slot])
        weight = self._weight + (long + short - before) * (WHOLE_WEIGHT // (bound or 1))
        if long < 0 or short < 0 or long + short > bound or weight > WHOLE_WEIGHT:
            weight = self.check({slot: Lots(long, short)})  # it says what is wrong
        self._weight = weight
        self.long[slot], self.short[slot] = long, short
        return owner

    def check(self, lots: Mapping[int, Lots]) -> int:
        """Return the account's weight with other lots in some slots (``tables.bounds``).

        Raises:
            MarginRefused: lots below zero or beyond what can be counted, every contract named.
        """
        weight, faults = self._weight, []
        for slot, held in lots.items():
            bound = self._lots_max[self._owners[slot]]
            if min(held) < 0 or sum(held) > bound:
                key = key_of(self._compiled.parameters, int(self._rows["row"][slot]))
                faults.append(
                    f"{key}: {held.long:,} long and {held.short:,} short lots; 0 to {bound:,} can "
                    "be held"
                )
                continue
            before = int(self.long[slot]) + int(self.short[slot])
            weight += (sum(held) - before) * (WHOLE_WEIGHT // max(bound, 1))
        if not faults and weight > WHOLE_WEIGHT:
            faults.append("the account's positions together are more than can be counted")
        if faults:
            raise MarginRefused(faults)
        return weight

    def set_values(
        self,
        slots: Sequence[int],
        values: NDArray[np.int64],
        deltas_e4: Sequence[int] | None,
        prices_nanos: Sequence[int] | None,
    ) -> None:
        """Take new arrays, deltas and prices by slot; see ``SpanBook.set_values``."""
        values = np.ascontiguousarray(values, dtype=np.int64)
        assert values.shape == (len(slots), self._values.shape[1]), values.shape
        assert len(set(slots)) == len(slots), slots
        if values.size and not -MONEY_MICROS_MAX < values.min() <= values.max() < MONEY_MICROS_MAX:
            raise MarginRefused([f"array values reach beyond {MONEY_MICROS_MAX:,}"])
        rows = self._rows[slots]
        self._take_deltas(rows, deltas_e4)
        self._take_prices(rows, prices_nanos)
        bounds, weight = self._lowered(rows, values)
        self._rows[slots], self._values[slots] = rows, values
        self._lots_max, self._weight = bounds, weight

    def _take_deltas(self, rows: NDArray[np.void], deltas_e4: Sequence[int] | None) -> None:
        if deltas_e4 is None:
            return
        table = self._compiled.parameters.contracts
        spread = [row for row in rows if row["end_leg"] > row["first_leg"]]
        if spread:
            raise MarginRefused(
                f"{key_of(self._compiled.parameters, int(row['row']))}: its delta is spread over "
                "legs and cannot be replaced"
                for row in spread
            )
        beyond = [delta for delta in deltas_e4 if not -(1 << 31) < delta < 1 << 31]
        if beyond:
            raise MarginRefused(f"a delta of {delta} cannot be counted" for delta in beyond)
        scaling = table.delta_scaling_e4[rows["row"]].astype(np.int64)
        rows["delta_scaled"] = np.array(deltas_e4, dtype=np.int64) * scaling

    def _take_prices(self, rows: NDArray[np.void], prices_nanos: Sequence[int] | None) -> None:
        if prices_nanos is None:
            return
        factors = self._compiled.parameters.contracts.value_factor_e7[rows["row"]]
        prices = np.array(prices_nanos, dtype=np.int64)
        valued = rows["option"] != 0
        try:
            whole, rest = option_values(np.where(valued, prices, 0), factors)
        except ValueError as refused:
            raise MarginRefused([str(refused)]) from refused
        rows["value_whole"], rows["value_rest"] = whole, rest
        unpriced = prices == ContractTable.NO_PRICE
        rows["option"] = np.where(
            valued, np.where(unpriced, layout.OPTION_UNPRICED, layout.OPTION_VALUED), 0
        )

    def _lowered(self, rows: NDArray[np.void], values: NDArray[np.int64]) -> tuple[list[int], int]:
        """Return bounds that hold for new arrays too, and the account's weight under them."""
        compiled = self._compiled
        bounds = list(self._lots_max)
        lowered = False
        losses = np.maximum(values.max(axis=1), -values.min(axis=1)).tolist()
        names = ["commodity", "value_whole", "delta_scaled"]
        for (commodity, premium, delta), largest in zip(rows[names].tolist(), losses, strict=True):
            unit = compiled.parameters.commodities[commodity].risk_unit_micros
            before = bounds[commodity]
            bound = min(
                before,
                MONEY_MICROS_MAX // max(1, largest * unit),
                MONEY_MICROS_MAX // (abs(premium) + 1),
            )
            most = int(compiled.delta_scaled_max[commodity])
            if abs(delta) > most:
                bound = min(bound, before * (most + 1) // (abs(delta) + 10_000))
            if bound < before:
                bounds[commodity], lowered = bound, True
        if not lowered:
            return bounds, self._weight
        weight = 0
        for slot in np.flatnonzero(self.long + self.short).tolist():
            bound = bounds[self._owners[slot]]
            lots = int(self.long[slot]) + int(self.short[slot])
            weight += lots * (WHOLE_WEIGHT // max(bound, 1))
        if weight > WHOLE_WEIGHT:
            keys = [key_of(compiled.parameters, int(row["row"])) for row in rows[:10]]
            raise MarginRefused(
                [f"{', '.join(keys)}: the lots held cannot be counted with such arrays"]
            )
        return bounds, weight
