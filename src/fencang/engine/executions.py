"""Executions as the desk remembers them: what was booked where, so that it can be mended.

``DeskState.executions`` knows a million identifiers, so that a duplicate is known as one; of the
last ``DETAILED_EXECUTIONS_MAX`` it also knows whose books hold the lots.  Later corrections and
busts are refused for want of the accounts, and a person enters what the broker's statement says.
"""

from collections import OrderedDict
from collections.abc import Iterator

from fencang.ledger.mending import FillLots
from fencang.messages.message import Offset, Side

__all__ = ["DETAILED_EXECUTIONS_MAX", "Execution", "Executions", "FillPart"]

DETAILED_EXECUTIONS_MAX = 100_000
"""Executions whose books are remembered: weeks of a busy desk; corrections come within days."""

ExecutionKey = tuple[str, str]
"""(carrying account, execution)."""


class FillPart:
    """One sub-account's lots of an execution, and the fee they paid.

    ``is_at_fill_price`` is False for lots that came out of suspense after a settlement, at the
    settlement price: what the fill's own price turns out to be is then the suspense account's.
    ``is_assigned`` lots came out of suspense, on ``lots.day``.
    """

    __slots__ = ("fee_micros", "is_assigned", "is_at_fill_price", "lots", "sub_account_id")

    def __init__(
        self,
        sub_account_id: str,
        lots: FillLots,
        fee_micros: int,
        is_at_fill_price: bool,  # noqa: FBT001 - a keyword costs every fill more
    ) -> None:
        self.sub_account_id = sub_account_id
        self.lots = lots
        self.fee_micros = fee_micros
        self.is_at_fill_price = is_at_fill_price
        self.is_assigned = False


class Execution:
    """One fill as it stands after its corrections; what is in suspense stands there."""

    __slots__ = (
        "contract_id",
        "correction_ids",
        "day",
        "is_busted",
        "offset",
        "parts",
        "price_nanos",
        "quantity_lots",
        "side",
    )

    def __init__(
        self,
        contract_id: str,
        side: Side,
        offset: Offset,
        quantity_lots: int,
        price_nanos: int,
        day: int,
    ) -> None:
        self.contract_id = contract_id
        self.side = side
        self.offset = offset
        self.quantity_lots = quantity_lots
        self.price_nanos = price_nanos
        self.day = day
        self.parts: list[FillPart] = []
        self.correction_ids: list[str] = []
        self.is_busted = False

    def add(
        self,
        sub_account_id: str,
        quantity_lots: int,
        price_nanos: int,
        closed: list[list[int]],
        fee_micros: int,
        day: int,
    ) -> FillPart:
        """Note lots that a sub-account received at a price, and which lots they closed."""
        opened = quantity_lots
        if closed:
            opened -= sum([piece[1] for piece in closed])
        lots = FillLots(day, price_nanos, opened, closed)
        at_fill_price = price_nanos == self.price_nanos
        part = FillPart(sub_account_id, lots, fee_micros, at_fill_price)
        self.parts.append(part)
        return part

    def assigned_to(self, sub_account_id: str) -> list[FillPart]:
        """Return what a sub-account got out of suspense, the latest last."""
        return [
            part
            for part in self.parts
            if part.is_assigned and part.sub_account_id == sub_account_id
        ]


class Executions:
    """The remembered executions, oldest first, by their own and by their corrections' names."""

    __slots__ = ("_corrections", "_found")

    def __init__(self) -> None:
        self._found: OrderedDict[ExecutionKey, Execution] = OrderedDict()
        self._corrections: dict[ExecutionKey, ExecutionKey] = {}

    def add(self, key: ExecutionKey, execution: Execution) -> None:
        """Remember an execution; the oldest gives way when there are too many."""
        self._found[key] = execution
        for correction_id in execution.correction_ids:
            self._corrections[key[0], correction_id] = key
        if len(self._found) > DETAILED_EXECUTIONS_MAX:
            self.forget_oldest()

    def forget_oldest(self) -> None:
        """Forget whose books hold the oldest execution; its identifier stays known as used."""
        (carrying_id, _), oldest = self._found.popitem(last=False)
        for correction_id in oldest.correction_ids:
            del self._corrections[carrying_id, correction_id]

    def get(self, key: ExecutionKey) -> Execution | None:
        """Return an execution by its own identifier."""
        return self._found.get(key)

    def original(self, key: ExecutionKey) -> ExecutionKey:
        """Return the fill's own key for that of a correction of it; the key itself otherwise."""
        return self._corrections.get(key, key)

    def correct(self, key: ExecutionKey, correction_id: str) -> None:
        """Let an execution be known by a correction's identifier too."""
        self._found[key].correction_ids.append(correction_id)
        self._corrections[key[0], correction_id] = key

    def items(self) -> Iterator[tuple[ExecutionKey, Execution]]:
        """Iterate from the oldest to the latest."""
        return iter(self._found.items())
