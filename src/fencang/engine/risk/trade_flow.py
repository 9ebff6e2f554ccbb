"""What the desk remembers of its orders' flow: counts of the day, repetitions, orders just sent.

All of it is primary state; what a line has to look at is found once and kept as a cache.
"""

from collections import OrderedDict
from typing import NamedTuple

from fencang.engine.accounts import Line
from fencang.engine.risk.like_orders import LikeOrder
from fencang.limits.row_scopes import covering
from fencang.limits.sliding_count import SlidingCount
from fencang.messages.message import Side
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = [
    "SENT_ORDERS_MAX",
    "Counted",
    "DayCount",
    "Disabled",
    "LineFlow",
    "TradeFlow",
    "counted_id_of",
]

SENT_ORDERS_MAX = 100_000
"""Orders just sent that a like one is compared with; beyond it the oldest are forgotten."""

CountKey = tuple[str, str, str]
"""Node and scope of a row, and the venue or contract that is counted."""
RepeatKey = tuple[str, str, int, str, str]
"""Sub-account, contract and side; node and scope of a row."""


class Disabled(NamedTuple):
    """Why a sub-account opens nothing: the executions that repeated themselves."""

    node_id: str
    contract_id: str
    side: int
    executions: int
    executions_max: int


class DayCount:
    """Messages, executions and cancels of one trading day; of any other day there are none."""

    __slots__ = ("cancels", "cancels_told", "day", "executions", "messages", "messages_told")

    def __init__(self, day: int = 0, numbers: tuple[int, ...] = (0, 0, 0, 0, 0)) -> None:
        self.day = day
        self.numbers = numbers

    @property
    def numbers(self) -> tuple[int, ...]:
        """Return messages, executions, cancels, and the shares of both limits that were told."""
        told = self.messages_told, self.cancels_told
        return (self.messages, self.executions, self.cancels, *told)

    @numbers.setter
    def numbers(self, numbers: tuple[int, ...]) -> None:
        self.messages, self.executions, self.cancels, *told = numbers
        self.messages_told, self.cancels_told = told

    def of(self, day: int) -> tuple[int, int, int]:
        """Return messages, executions and cancels of a day."""
        return (self.messages, self.executions, self.cancels) if day == self.day else (0, 0, 0)

    def told(self, day: int) -> tuple[int, int]:
        """Return which share in per cent of the messages, and of the cancels, was told."""
        return (self.messages_told, self.cancels_told) if day == self.day else (0, 0)

    def begin(self, day: int) -> None:
        """Count for a day; what another day came to is forgotten."""
        if day != self.day:
            self.day, self.numbers = day, (0, 0, 0, 0, 0)


class Counted:
    """A row, what it counts for (a venue, a contract), and the count of the day."""

    __slots__ = ("count", "counted_id", "row")

    def __init__(self, row: TradeFlowControl, counted_id: str, count: DayCount) -> None:
        self.row = row
        self.counted_id = counted_id
        self.count = count


class LineFlow:
    """What a line's orders are asked and counted in."""

    __slots__ = ("cancels", "counts", "duplicate_node", "duplicate_ns", "ratios", "repeats")

    def __init__(self, counts: tuple[Counted, ...], root_id: str) -> None:
        self.counts = counts
        """Every row that the line stands under."""
        self.ratios = tuple(each for each in counts if each.row.order_to_trade_max is not None)
        """Those that state a ratio."""
        self.cancels = tuple(each for each in counts if each.row.cancels_max is not None)
        """Those that state cancels of a day."""
        rows = [each.row for each in counts]
        self.repeats = tuple(row for row in rows if row.repeated_executions_max is not None)
        self.duplicate_ns, self.duplicate_node = 0, root_id
        for row in rows:
            if (row.duplicate_ns or 0) > self.duplicate_ns:
                self.duplicate_ns, self.duplicate_node = row.duplicate_ns or 0, row.node_id


class TradeFlow:
    """Rows, counts and memory of one desk."""

    __slots__ = (
        "_longest_ns",
        "_of_count",
        "_of_line",
        "counts",
        "disabled",
        "repeats",
        "rows",
        "sent",
    )

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], TradeFlowControl] = {}
        self.counts: dict[CountKey, DayCount] = {}
        self.repeats: dict[RepeatKey, SlidingCount] = {}
        """Orders that were executed, each once."""
        self.disabled: dict[str, Disabled] = {}
        """Sub-account → what repeated itself."""
        self.sent: OrderedDict[LikeOrder, int] = OrderedDict()
        """Order → when it was last sent, the oldest first."""
        self._longest_ns = 0
        self._of_line: dict[Line, LineFlow] = {}
        self._of_count: dict[CountKey, Counted] = {}

    def set(self, row: TradeFlowControl) -> None:
        """Set or replace a row; what was counted for it goes on counting."""
        before = self.rows.get(row.key)
        self.rows[row.key] = row
        self._of_line.clear()
        self._of_count.clear()
        longest_ns = row.duplicate_ns or 0
        if longest_ns >= self._longest_ns:
            self._longest_ns = longest_ns
        elif before is not None and before.duplicate_ns == self._longest_ns:
            self._longest_ns = max(each.duplicate_ns or 0 for each in self.rows.values())
        for key, count in self.repeats.items():
            if key[3:] == row.key and count.window_ns != row.repeated_ns:
                self.repeats[key] = count.over(row.repeated_ns)

    def all(self) -> list[TradeFlowControl]:
        """Return every row, by node and scope."""
        return [self.rows[key] for key in sorted(self.rows)]

    def of_line(self, line: Line) -> LineFlow:
        """Return what a line's orders are asked and counted in, found once after a change."""
        found = self._of_line.get(line)
        if found is None:
            found = self._of_line[line] = self._find(line)
        return found

    def _find(self, line: Line) -> LineFlow:
        scopes = (line.key[1], line.contract.product.product_id)
        rows = covering(self.rows, line.path, scopes)
        return LineFlow(tuple(self._counted(row, line) for row in rows), line.path[-1])

    def _counted(self, row: TradeFlowControl, line: Line) -> Counted:
        """Return a row's count for a line: one object for all lines under it, so it stays near."""
        key = (row.node_id, row.scope_id, counted_id_of(row, line))
        found = self._of_count.get(key)
        if found is None:
            found = self._of_count[key] = Counted(row, key[2], self.count(*key))
        return found

    def count(self, node_id: str, scope_id: str, counted_id: str) -> DayCount:
        """Return the count of a row, an empty one (which is no state) where nothing was counted."""
        return self.counts.setdefault((node_id, scope_id, counted_id), DayCount())

    def repeated(self, line: Line, side: Side, row: TradeFlowControl, time_ns: int) -> int:
        """Return how many orders of a side were executed in the window of a row."""
        count = self.repeats.get(_repeat_key(line, side, row))
        return 0 if count is None else count.of(time_ns)

    def note_execution(self, line: Line, side: Side, time_ns: int) -> None:
        """Count an order that was executed for the first time."""
        for row in self.of_line(line).repeats:
            key = _repeat_key(line, side, row)
            count = self.repeats.get(key)
            if count is None:
                count = self.repeats[key] = SlidingCount(row.repeated_ns)
            count.add(time_ns, 1)

    def enable(self, sub_account_id: str) -> None:
        """Forget what a sub-account was disabled for, and what it repeated."""
        self.disabled.pop(sub_account_id, None)
        for key in [key for key in self.repeats if key[0] == sub_account_id]:
            del self.repeats[key]

    def sent_ago(self, order: LikeOrder, time_ns: int) -> int | None:
        """Return how long ago a like order was sent, None if none is remembered."""
        sent_ns = self.sent.get(order)
        return None if sent_ns is None else time_ns - sent_ns

    def note_sent(self, order: LikeOrder, time_ns: int) -> None:
        """Remember an order; what no row asks for any more is forgotten."""
        sent, oldest_ns = self.sent, time_ns - self._longest_ns
        if order in sent:
            sent.move_to_end(order)
        sent[order] = time_ns
        while len(sent) > SENT_ORDERS_MAX or next(iter(sent.values())) < oldest_ns:
            sent.popitem(last=False)


def counted_id_of(row: TradeFlowControl, line: Line) -> str:
    """Return what a row counts an order of a line for: its contract, or its venue."""
    return line.key[1] if row.of_each_contract else line.contract.product.venue_id


def _repeat_key(line: Line, side: Side, row: TradeFlowControl) -> RepeatKey:
    return (line.sub.sub_account_id, line.key[1], int(side), row.node_id, row.scope_id)
