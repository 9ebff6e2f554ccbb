"""Lists of the board's tables, filtered by what a caller may see."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

from fencang.gateways.rest.operation import Call, Handler, Operation, Parameter, Reply, links_with
from fencang.gateways.rest.paging import CURSOR, LIMIT, PAGE_ROWS, Page, by_number, page_of
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.sight import require_common, sees_book
from fencang.gateways.stream.protocol import scope_of
from fencang.projections.tables import rows as r
from fencang.projections.tables.block_rows import BlockLegRow, BlockOrderRow
from fencang.projections.tables.risk_rows import RiskSignalRow, RuleRow

__all__ = ["LISTINGS", "list_name"]

Id = Annotated[str, msgspec.Meta(max_length=64)]

_FILTERS = {
    "sub_account_id": "Rows of this sub-account.",
    "contract_id": "Rows in this contract.",
    "carrying_account_id": "Rows at this carrying account.",
    "state": "Rows in this state.",
    "side": "Rows of this side: buy or sell.",
    "level": "sub_account, reserve, suspense or carrying_account.",
    "book_id": "Rows of this book.",
    "currency": "Rows in this currency.",
    "node_id": "Rows of this node.",
    "rule_id": "Rows of this rule.",
    "owner_id": "Rows of this owner.",
    "standing": "Rules that stand so: waiting, armed or fired.",
    "severity": "Signals of this severity: information, warning or critical.",
    "kind_name": "Signals of this kind.",
}


_LINKS = {
    "orders": links_with("order_id", "/rows/0/order_id", "get_order", "explain_order"),
    "plans": links_with(
        *("plan_id", "/rows/0/plan_id", "get_plan", "explain_plan"),
        *("approve_plan", "reject_plan", "apply_plan"),
    ),
    "drafts": links_with("draft_id", "/rows/0/draft_id", "approve_draft", "reject_draft"),
}
"""Table → what to ask with the first row of its list."""
_NUMBERED = frozenset({"orders", "plans", "drafts", "instructions", "block_orders", "risk_signals"})
_OTHERWISE = {"rules": "rule_states"}
"""Tables whose list has another name: rules as they are stated are listed by the table's own."""


def list_name(table: str) -> str:
    """Return the name of a table's list; its path is the same with dashes."""
    return _OTHERWISE.get(table, table)


def _filters(*names: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, Id, _FILTERS[name]) for name in names)


def _list_of(table: str, names: tuple[str, ...], book_field: str | None) -> Handler:
    """Return the handler of a table's list."""
    sort = by_number if table in _NUMBERED else str

    async def handle(call: Call) -> Reply:
        board, asked = call.desk.board, call.parameters
        require_common(call.caller.sub_tree, table, is_of_books=book_field is not None)
        wanted = [(name, asked[name]) for name in names if name in asked]

        def kept() -> Iterator[tuple[str, r.Row]]:
            rows: Iterable[tuple[str, r.Row]] = board.tables[table].items()
            for key, row in rows if sort is by_number else sorted(rows):
                if book_field is not None and not sees_book(call, getattr(row, book_field)):
                    continue
                if all(getattr(row, name) == value for name, value in wanted):
                    yield key, row

        page = page_of(
            board.sequence, kept(), asked.get("cursor"), asked.get("limit", PAGE_ROWS), sort
        )
        return Reply(page)

    return handle


def _listing(
    table: str, row: type[r.Row], names: tuple[str, ...], book_field: str | None, summary: str
) -> Operation:
    name = list_name(table)
    return Operation(
        method="GET",
        path="/" + name.replace("_", "-"),
        name=f"list_{name}",
        tag=table.replace("_", " "),
        summary=summary,
        scope=scope_of(table),
        handler=_list_of(table, names, book_field),
        answer=Page[row],  # type: ignore[valid-type]
        parameters=(*_filters(*names), LIMIT, CURSOR),
        statuses=(400,),
        links=_LINKS.get(table, ()),
    )


async def _get_order(call: Call) -> Reply:
    row = call.desk.board.tables["orders"].get(str(call.parameters["order_id"]))
    if row is None or not sees_book(call, row.sub_account_id):  # type: ignore[attr-defined]
        detail = (
            f"no order {call.parameters['order_id']} is open or among the last closed ones; "
            "the audit trail holds older ones"
        )
        raise Refused.of(404, "not-found", detail)
    return Reply(row)


LISTINGS: tuple[Operation, ...] = (
    _listing(
        "orders",
        r.OrderRow,
        ("sub_account_id", "contract_id", "state", "side", "carrying_account_id"),
        "sub_account_id",
        "Orders: open ones and the last closed, by number",
    ),
    Operation(
        method="GET",
        path="/orders/{order_id}",
        name="get_order",
        tag="orders",
        summary="One order",
        scope="orders:read",
        handler=_get_order,
        answer=r.OrderRow,
        parameters=(
            Parameter(
                "order_id", Annotated[int, msgspec.Meta(ge=0, le=1 << 53)], "Its number.", True
            ),
        ),
        statuses=(400, 404),
    ),
    _listing(
        "executions",
        r.ExecutionRow,
        ("sub_account_id", "contract_id", "side", "carrying_account_id", "state"),
        "sub_account_id",
        "Executions: each book's lots of them",
    ),
    _listing(
        "positions",
        r.PositionRow,
        ("level", "book_id", "contract_id", "carrying_account_id"),
        "book_id",
        "Positions of sub-accounts, of suspense, and of carrying accounts",
    ),
    _listing(
        "balances",
        r.BalanceRow,
        ("level", "book_id", "currency"),
        "book_id",
        "Cash by book and currency",
    ),
    _listing("prices", r.PriceRow, ("contract_id",), None, "Latest prices"),
    _listing("trading_states", r.TradingStateRow, ("node_id",), None, "Trading states set by hand"),
    _listing("plans", r.PlanRow, ("state", "owner_id"), None, "Capital plans"),
    _listing("firings", r.FiringRow, ("rule_id",), None, "Firings of rules"),
    _listing("drafts", r.DraftRow, ("state",), None, "Changes that two persons sign"),
    _listing(
        "instructions",
        r.InstructionRow,
        ("sub_account_id", "contract_id"),
        "sub_account_id",
        "What waits for the next trading day",
    ),
    _listing(
        "block_orders",
        BlockOrderRow,
        ("state", "rule_id", "carrying_account_id", "contract_id", "side"),
        None,
        "Block orders: those that work and the last that are done, by number",
    ),
    _listing(
        "block_legs",
        BlockLegRow,
        ("sub_account_id", "carrying_account_id", "contract_id", "side"),
        "sub_account_id",
        "Legs of block orders: each sub-account's part, and what it received",
    ),
    _listing("rules", RuleRow, ("standing",), None, "Rules and how they stand"),
    _listing(
        "risk_signals",
        RiskSignalRow,
        ("node_id", "severity", "kind_name"),
        "node_id",
        "Risk signals, the last of them, first told first",
    ),
)
