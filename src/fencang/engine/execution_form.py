"""The stored form of the executions whose books are remembered, part of a snapshot."""

import msgspec

from fencang.engine.executions import Execution, Executions, FillPart
from fencang.ledger.mending import FillLots
from fencang.messages.message import Offset, Side

__all__ = ["ExecutionForm", "dump_executions", "restore_executions"]


class FillPartForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One sub-account's lots of an execution."""

    sub_account_id: str
    day: int
    price_nanos: int
    opened_lots: int
    closed: list[list[int]]
    fee_micros: int
    is_at_fill_price: bool
    is_assigned: bool


class ExecutionForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One execution and who has its lots."""

    carrying_account_id: str
    execution_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    day: int
    is_busted: bool
    correction_ids: list[str]
    parts: list[FillPartForm]


def dump_executions(executions: Executions) -> list[ExecutionForm]:
    """Return every remembered execution, oldest first."""
    return [
        ExecutionForm(
            *key,
            found.contract_id,
            found.side,
            found.offset,
            found.quantity_lots,
            found.price_nanos,
            found.day,
            found.is_busted,
            list(found.correction_ids),
            [_part_form(part) for part in found.parts],
        )
        for key, found in executions.items()
    ]


def _part_form(part: FillPart) -> FillPartForm:
    lots = part.lots
    return FillPartForm(
        part.sub_account_id,
        lots.day,
        lots.price_nanos,
        lots.opened_lots,
        [list(piece) for piece in lots.closed],
        part.fee_micros,
        part.is_at_fill_price,
        part.is_assigned,
    )


def restore_executions(executions: Executions, forms: list[ExecutionForm]) -> None:
    """Remember the executions in their stored order."""
    for form in forms:
        execution = Execution(
            form.contract_id,
            form.side,
            form.offset,
            form.quantity_lots,
            form.price_nanos,
            form.day,
        )
        execution.is_busted = form.is_busted
        execution.correction_ids = list(form.correction_ids)
        execution.parts = [_part(part) for part in form.parts]
        executions.add((form.carrying_account_id, form.execution_id), execution)


def _part(form: FillPartForm) -> FillPart:
    closed = [list(piece) for piece in form.closed]
    lots = FillLots(form.day, form.price_nanos, form.opened_lots, closed)
    part = FillPart(form.sub_account_id, lots, form.fee_micros, form.is_at_fill_price)
    part.is_assigned = form.is_assigned
    return part
