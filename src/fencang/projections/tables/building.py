"""Rows from what the read models hold."""

from functools import lru_cache

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.basics.time import format_time
from fencang.messages.instruction_events import InstructionQueued
from fencang.messages.message import Offset, OrderType, Side, TimeInForce
from fencang.projections.drafts import DraftView
from fencang.projections.executions import Execution, Share
from fencang.projections.holdings import Holding
from fencang.projections.orders import OrderState, OrderView
from fencang.projections.plans import PlanView
from fencang.projections.rules import Firing
from fencang.projections.tables.rows import (
    DraftRow,
    ExecutionRow,
    FiringRow,
    InstructionRow,
    OrderRow,
    PlanLineRow,
    PlanRow,
    PositionRow,
)

__all__ = [
    "draft_row",
    "execution_row",
    "firing_row",
    "instruction_row",
    "order_row",
    "plan_row",
    "position_row",
]


_SIDES = {member: member.name.lower() for member in Side}
_OFFSETS = {member: member.name.lower() for member in Offset}
_TYPES = {member: member.name.lower() for member in OrderType}
_TIMES = {member: member.name.lower() for member in TimeInForce}
_STATES = {state: state.value.replace(" ", "_") for state in OrderState}


@lru_cache(maxsize=4_096)
def _price(price_nanos: int | None) -> str | None:
    return None if price_nanos is None else format_price(price_nanos)


def order_row(order: OrderView) -> OrderRow:
    """Return an order's row."""
    terms = order.terms
    return OrderRow(
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        sub_account_id=order.sub_account_id,
        carrying_account_id=terms.carrying_account_id,
        venue_id=terms.venue_id,
        contract_id=terms.contract_id,
        side=_SIDES[terms.side],
        offset=_OFFSETS[terms.offset],
        order_type=_TYPES[terms.order_type],
        time_in_force=_TIMES[terms.time_in_force],
        expire_day=terms.expire_day,
        quantity_lots=order.quantity_lots,
        filled_lots=order.filled_lots,
        remaining_lots=order.remaining_lots,
        limit_price=_price(order.limit_price_nanos),
        stop_price=_price(terms.stop_price_nanos),
        average_price=_price(order.average_price_nanos),
        state=_STATES[order.state],
        is_reducing=order.is_reducing,
        block_id=order.block_id,
        roll_id=order.roll_id,
        venue_order_id=order.venue_order_id,
        text=order.text,
        accepted_time=format_time(order.accepted_ns),
        changed_time=format_time(order.changed_ns),
    )


def execution_row(execution: Execution, book_id: str, share: Share, currency: str) -> ExecutionRow:
    """Return one book's row of an execution."""
    return ExecutionRow(
        execution_id=execution.execution_id,
        carrying_account_id=execution.carrying_account_id,
        sub_account_id=book_id,
        order_id=execution.order_id,
        contract_id=execution.contract_id,
        side=_SIDES[execution.side],
        offset=_OFFSETS[execution.offset],
        quantity_lots=share.lots,
        price=format_price(execution.price_nanos),
        fee=format_money(share.fee_micros),
        currency=currency,
        state=execution.state.value,
        sequence=execution.sequence,
        time=format_time(execution.time_ns),
    )


def position_row(
    level: str, place: tuple[str, str, str], holding: Holding, currency: str
) -> PositionRow:
    """Return the row of (book, carrying account, contract)."""
    book_id, carrying_id, contract_id = place
    return PositionRow(
        level=level,
        book_id=book_id,
        carrying_account_id=carrying_id,
        contract_id=contract_id,
        long_lots=holding.long_lots,
        short_lots=holding.short_lots,
        net_lots=holding.net_lots,
        carried=format_money(holding.carried_micros),
        currency=currency,
    )


def plan_row(plan: PlanView) -> PlanRow:
    """Return a plan's row."""
    return PlanRow(
        plan_id=plan.plan_id,
        state=plan.state.value,
        owner_id=plan.owner_id,
        model=plan.model,
        solver_version=plan.solver_version,
        input_sha256=plan.input_sha256,
        at_sequence=plan.at_sequence,
        lines=tuple(
            PlanLineRow(
                sub_account_id=line.sub_account_id,
                old=format_money(line.old_micros),
                new=format_money(line.new_micros),
                weight_ppm=line.weight_ppm,
                why=line.why,
            )
            for line in plan.lines
        ),
        proposed_by=plan.proposed_by,
        decided_by=plan.decided_by,
        reason=plan.reason,
        proposed_time=format_time(plan.proposed_ns),
        changed_time=format_time(plan.changed_ns),
    )


def firing_row(firing: Firing) -> FiringRow:
    """Return a firing's row."""
    return FiringRow(
        rule_id=firing.rule_id,
        sequence=firing.sequence,
        reference=format_price(firing.reference_nanos),
        value=format_price(firing.value_nanos),
        fired_time=format_time(firing.fired_ns),
        hold_until_time=format_time(firing.hold_until_ns),
        rearmed_time=format_time(firing.rearmed_ns) if firing.rearmed_ns else None,
    )


def draft_row(draft: DraftView) -> DraftRow:
    """Return a draft's row."""
    return DraftRow(
        draft_id=draft.draft_id,
        state=draft.state.value,
        command=draft.command,
        body_sha256=draft.body_sha256,
        maker=draft.maker,
        role=draft.role,
        proposed_sequence=draft.proposed_sequence,
        proposed_time=format_time(draft.proposed_ns),
        opens_time=format_time(draft.opens_ns),
        expires_time=format_time(draft.expires_ns),
        closed_by=draft.closed_by,
        closed_role=draft.closed_role,
        closed_time=format_time(draft.closed_ns) if draft.closed_ns else None,
        closed_sequence=draft.closed_sequence or None,
        reason=draft.reason,
    )


def instruction_row(queued: InstructionQueued) -> InstructionRow:
    """Return the row of an instruction that waits."""
    return InstructionRow(
        instruction_id=queued.instruction_id,
        sub_account_id=queued.sub_account_id,
        tier_id=queued.tier_id,
        venue_id=queued.venue_id,
        contract_id=queued.contract_id,
        trading_day=queued.trading_day,
        command=type(queued.command).__name__,
        entered_sequence=queued.instruction_id // ORDERS_PER_COMMAND_MAX,
    )
