"""A long file of held contracts: what a rolling programme held, carried and would hold next.

    date,instrument,price,price_contract,carry,carry_contract,forward,forward_contract

A day gives a bar of the held contract and, where there is one, of the forward contract, both of one
price; the contract is ``INSTRUMENT-YYYYMM``.  The days before a roll thus price the new contract.

On the day of a roll (``price_contract`` changed) both contracts have a bar.  The old one's price is
the carry column where that is the old contract, else its last known price (then the day shows
no move of it, and the roll says so).  After that day it has no more bars: whoever holds it still
closes on that bar.  Rolls are announced on the instrument's day before; a roll calendar is
public, so this looks at no price ahead.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fencang.basics.time import DAY_NS
from fencang.gateways.feed.rows import RowColumns, date_of, day_spans, number_of
from fencang.gateways.feed.series import ContractSeries, FeedCounts, HeldInstrument
from fencang.gateways.feed.table import Table
from fencang.gateways.feed.values import FieldReader
from fencang.gateways.market_data import Bar, DayOfData, Roll, RollNotice

__all__ = ["HeldContract", "HeldContractFeed", "read_held_contracts"]

_COLUMNS = (
    "date",
    "instrument",
    "price",
    "price_contract",
    "carry",
    "carry_contract",
    "forward",
    "forward_contract",
)
_NO_PRICE = -(1 << 63)
_NO_CONTRACT = 0
_MONTHS = 1_000_000  # above every delivery month, so that instrument and month make one key


class HeldContract(NamedTuple):
    """A contract that has bars in the feed, and the first and last day it has any."""

    contract_id: str
    instrument: str
    first_day: date
    last_day: date


class HeldContractFeed:
    """Bars and rolls of many instruments by day; ``counts`` tells what reading met."""

    def __init__(
        self, instruments: Sequence[HeldInstrument], rows: RowColumns, counts: FeedCounts
    ) -> None:
        self.counts = counts
        self._instruments = tuple(instruments)
        # day, instrument, held, price, old, old price, is last known, forward, its price, next
        self._columns = rows.sorted_columns(0, 1)

    def days(self, first: date | None = None, last: date | None = None) -> Iterator[DayOfData]:
        """Yield the days from ``first`` to ``last`` on which any instrument has a price."""
        for day, start, end in day_spans(self._columns[0], first, last):
            block = [column[start:end].tolist() for column in self._columns[1:]]
            yield self._day(day, list(zip(*block, strict=True)))

    def contracts(self) -> tuple[HeldContract, ...]:
        """Return every contract that has bars, by instrument and delivery month."""
        day, index, held, _, old, _, _, forward, _, _, _ = self._columns
        days = np.concatenate([day, day, day])
        months = np.concatenate([held, old, forward])
        keys = np.concatenate([index, index, index]) * _MONTHS + months
        order = np.lexsort([days, keys])
        days, keys, months = days[order], keys[order], months[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        ends = np.append(starts[1:], len(keys)) - 1
        return tuple(
            HeldContract(
                self._contract_id(key // _MONTHS, key % _MONTHS),
                self._instruments[key // _MONTHS].instrument,
                date_of(low),
                date_of(high),
            )
            for key, low, high in zip(
                keys[starts].tolist(), days[starts].tolist(), days[ends].tolist(), strict=True
            )
            if key % _MONTHS != _NO_CONTRACT
        )

    def _contract_id(self, index: int, month: int) -> str:
        return f"{self._instruments[index].instrument}-{month}"

    def _day(self, number: int, rows: list[tuple[int, ...]]) -> DayOfData:
        day = date_of(number)
        bars: list[Bar] = []
        rolls: list[Roll] = []
        notices: list[RollNotice] = []
        for row in rows:
            index, held, price, old, old_price, is_known, forward, ahead, next_day, upcoming = row
            instrument = self._instruments[index].instrument
            time_ns = number * DAY_NS + self._instruments[index].close_ns
            held_id = self._contract_id(index, held)
            bars.append(Bar.of_price(held_id, price, time_ns))
            if old != _NO_CONTRACT:
                old_id = self._contract_id(index, old)
                bars.append(Bar.of_price(old_id, old_price, time_ns))
                roll = Roll(
                    instrument=instrument,
                    day=day,
                    from_contract_id=old_id,
                    to_contract_id=held_id,
                    old_price_nanos=old_price,
                    is_last_known=bool(is_known),
                )
                rolls.append(roll)
            if forward != _NO_CONTRACT:
                bars.append(Bar.of_price(self._contract_id(index, forward), ahead, time_ns))
            if upcoming != _NO_CONTRACT:
                notice = RollNotice(
                    instrument=instrument,
                    day=date_of(next_day),
                    from_contract_id=held_id,
                    to_contract_id=self._contract_id(index, upcoming),
                )
                notices.append(notice)
        bars.sort(key=lambda bar: bar.time_ns)
        return DayOfData(day=day, bars=tuple(bars), rolls=tuple(rolls), rolls_next=tuple(notices))


def read_held_contracts(
    path: Path,
    instruments: Sequence[HeldInstrument],
    *,
    first: date | None = None,
    last: date | None = None,
) -> HeldContractFeed:
    """Read the rows of the named instruments between two days, both included.

    The file may be sorted by date or by instrument; the dates of one instrument must ascend.

    Raises:
        FeedMissing: the file cannot be opened.
        FeedContentFault: every fault in the rows of these instruments and days.
    """
    return _HeldReader(path, instruments, first, last).read()


class _Row(NamedTuple):
    day: int
    month: int
    price: int
    old: int
    old_price: int
    is_last_known: bool
    forward: int
    forward_price: int


class _HeldReader:
    def __init__(
        self,
        path: Path,
        instruments: Sequence[HeldInstrument],
        first: date | None,
        last: date | None,
    ) -> None:
        self.table = Table(path)
        self.fields = FieldReader(self.table.faults, self.table.counts)
        self.instruments = list(instruments)
        self.index_of: Mapping[str, int] = {
            one.instrument: index for index, one in enumerate(instruments)
        }
        self.series = [
            ContractSeries(
                contract_id=one.instrument, tick_nanos=one.tick_nanos, is_off_tick=one.is_off_tick
            )
            for one in instruments
        ]
        self.first = number_of(first) if first else -(1 << 62)
        self.last = number_of(last) if last else 1 << 62
        self.pending: dict[int, _Row] = {}
        self.months: dict[str, int] = {}
        self.rows = RowColumns(11)

    def read(self) -> HeldContractFeed:
        for line, fields in self.table.rows(_COLUMNS):
            index = self.index_of.get(fields[1])
            if index is not None:
                self._row(line, index, fields)
        for index, row in self.pending.items():
            self._store(index, row, None)
        self.table.faults.settle()
        return HeldContractFeed(self.instruments, self.rows, self.table.counts)

    def _row(self, line: int, index: int, fields: list[str]) -> None:
        day = self.table.day(line, "date", fields[0])
        if day is None or not self.first <= day <= self.last:
            return
        before = self.pending.get(index)
        if before is not None and day <= before.day:
            what = f"{fields[0]} does not come after the day before of {fields[1]}"
            self.table.faults.add(line, "date", what)
            return
        month = self._month(line, 3, fields)
        price = self.fields.price(self.series[index], line, "price", fields[2])
        carry_month = self._month(line, 5, fields)
        carry = self.fields.price(self.series[index], line, "carry", fields[4])
        forward = self._month(line, 7, fields)
        ahead = self.fields.price(self.series[index], line, "forward", fields[6])
        if price is not None and not fields[3]:
            self.table.faults.add(line, "price_contract", "a price needs its delivery month")
        if month is None or price is None:
            return
        old, old_price, is_last_known = _NO_CONTRACT, _NO_PRICE, False
        if before is not None and before.month != month:
            old, old_price, is_last_known = before.month, before.price, True
            if carry is not None and carry_month == old:
                old_price, is_last_known = carry, False
        if forward is None or ahead is None or forward in {month, old}:
            forward, ahead = _NO_CONTRACT, _NO_PRICE
        row = _Row(day, month, price, old, old_price, is_last_known, forward, ahead)
        if before is not None:
            self._store(index, before, row)
        self.pending[index] = row

    def _store(self, index: int, row: _Row, after: _Row | None) -> None:
        upcoming, next_day = _NO_CONTRACT, 0
        if after is not None and after.month != row.month:
            upcoming, next_day = after.month, after.day
        self.rows.append(row.day, index, *row[1:], next_day, upcoming)

    def _month(self, line: int, place: int, fields: list[str]) -> int | None:
        text = fields[place]
        known = self.months.get(text)
        if known is not None or not text:
            return known
        if len(text) == 6 and text.isascii() and text.isdecimal() and "01" <= text[4:] <= "12":
            month = self.months[text] = int(text)
            return month
        what = f"{text!r} is no delivery month; write it as 202003"
        self.table.faults.add(line, _COLUMNS[place], what)
        return None
