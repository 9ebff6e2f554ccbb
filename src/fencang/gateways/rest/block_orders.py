"""One block order: its whole, its legs, the orders that were sent for it, how fills were divided.

No command makes a block order: rules, loss limits and the delivery guard do, in a split that is
fixed before any fill.  They are the whole desk's; a key that is bound to a node reads its own legs
and executions in their lists.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import msgspec

from fencang.gateways.rest.operation import Call, Handler, Operation, Parameter, Reply
from fencang.gateways.rest.paging import CURSOR, LIMIT, PAGE_ROWS, Page, by_number, page_of
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.sight import require_common
from fencang.projections.blocks import BlockOrder
from fencang.projections.tables.block_rows import BlockLegRow, BlockOrderRow, leg_key
from fencang.projections.tables.board import Board
from fencang.projections.tables.rows import ExecutionRow, OrderRow, Row

__all__ = ["BLOCK_ORDERS"]

_BLOCK_ID = Parameter(
    "block_id", Annotated[int, msgspec.Meta(ge=0, le=1 << 53)], "Its number.", True
)

Keyed = Iterator[tuple[str, Row]]


def _found(call: Call) -> BlockOrder:
    """Return the block order that is asked for.

    Raises:
        Refused: there is none, or this key is bound to a node.
    """
    require_common(call.caller.sub_tree, "block orders", is_of_books=False)
    block = call.desk.board.blocks.block(call.parameters["block_id"])
    if block is None:
        detail = (
            f"no block order {call.parameters['block_id']} works or is among the last that are "
            "done; the audit trail holds older ones"
        )
        raise Refused.of(404, "not-found", detail)
    return block


async def _get(call: Call) -> Reply:
    return Reply(call.desk.board.tables["block_orders"][str(_found(call).block_id)])


def _legs(board: Board, block: BlockOrder) -> Keyed:
    for sub_account_id in sorted(block.legs):
        key = leg_key(block.block_id, sub_account_id)
        yield key, board.tables["block_legs"][key]


def _orders(board: Board, block: BlockOrder) -> Keyed:
    for order_id in block.order_ids:
        row = board.tables["orders"].get(str(order_id))
        if row is not None:
            yield str(order_id), row


def _executions(board: Board, block: BlockOrder) -> Keyed:
    """Yield each book's lots of the executions of a block that are remembered."""
    for place, execution_id in enumerate(block.executions):
        execution = board.executions.execution((block.carrying_account_id, execution_id))
        for book_id in sorted(execution.shares) if execution is not None else ():
            key = f"{block.carrying_account_id}|{execution_id}|{book_id}"
            row = board.tables["executions"].get(key)
            if row is not None:
                yield f"{place:09d}|{book_id}", row


def _page_of(
    rows: Callable[[Board, BlockOrder], Keyed], sort: Callable[[str], object] = str
) -> Handler:
    async def handle(call: Call) -> Reply:
        board, asked = call.desk.board, call.parameters
        keyed = rows(board, _found(call))
        page = page_of(
            board.sequence, keyed, asked.get("cursor"), asked.get("limit", PAGE_ROWS), sort
        )
        return Reply(page)

    return handle


def _about_one(name: str, path: str, summary: str, handler: Handler, answer: Any) -> Operation:  # noqa: ANN401 - a type
    is_list = path != ""
    return Operation(
        method="GET",
        path="/block-orders/{block_id}" + path,
        name=name,
        tag="block orders",
        summary=summary,
        scope="block_orders:read",
        handler=handler,
        answer=answer,
        parameters=(_BLOCK_ID, LIMIT, CURSOR) if is_list else (_BLOCK_ID,),
        statuses=(400, 404),
    )


BLOCK_ORDERS: tuple[Operation, ...] = (
    _about_one("get_block_order", "", "One block order", _get, BlockOrderRow),
    _about_one(
        "list_block_order_legs",
        "/legs",
        "Its legs: the split, and what each sub-account received",
        _page_of(_legs),
        Page[BlockLegRow],
    ),
    _about_one(
        "list_block_order_orders",
        "/orders",
        "The orders that were sent for it, as far as they are remembered",
        _page_of(_orders, by_number),
        Page[OrderRow],
    ),
    _about_one(
        "list_block_order_executions",
        "/executions",
        "Its executions: how each fill was divided, in the order of allocation",
        _page_of(_executions),
        Page[ExecutionRow],
    ),
)
