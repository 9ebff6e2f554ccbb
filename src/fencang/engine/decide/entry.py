"""A new order: known to whom, permitted, up the ladder, then accepted and on its way.

duplicate → permission → the ladder (``engine/decide/ladder.py``), which begins with the service
tier.  The first refusal ends it and names control, node, limit and value.  A reducing order skips
everything that measures exposure.
"""

from fencang.basics.money import saturated
from fencang.engine.accounts import ContractState, Line, SubState
from fencang.engine.decide.ask import Ask, ask_of_submit
from fencang.engine.decide.ladder import ladder_refusal
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import OrderAccepted, OrderRejected, OrderRouted
from fencang.messages.message import OrderTerms, Side
from fencang.messages.reasons import Reason
from fencang.messages.self_match_events import OrderHeld

__all__ = ["accepted", "checked", "entry_line", "order_rejected"]


def checked(
    state: DeskState, command: SubmitOrder, *, opens: bool = False, is_due: bool = False
) -> Ask | NodeRefusal:
    """Return the ask of an order that passed every check, or the first refusal of the ladder.

    ``opens``: it is asked everything even where it would reduce.  ``is_due``: it has waited for
    this day.
    """
    line = entry_line(state, command)
    if isinstance(line, tuple):
        return line
    ask = ask_of_submit(state, command, line, opens=opens)
    ask.is_due = is_due
    return ladder_refusal(ask) or ask


def entry_line(state: DeskState, command: SubmitOrder) -> Line | NodeRefusal:
    """Return the line that an order may enter by, or why it has none."""
    sub = state.subs.get(command.sub_account_id)
    if sub is None:
        detail = f"no sub-account {command.sub_account_id}"
        return Reason.UNKNOWN_SUB_ACCOUNT, "", 0, 0, detail
    known = sub.entry_lines.get(command.contract_id)
    if known is not None and command.client_order_id not in sub.client_order_ids:
        return known
    contract = state.contracts.get(command.contract_id)
    carrying_id = None
    if contract is not None:
        carrying_id = state.route(sub, contract.product.venue_id)
    refusal = _permission_refusal(command, sub, contract, carrying_id)
    if refusal is not None:
        return refusal
    assert contract is not None
    assert carrying_id is not None
    line = sub.entry_lines[command.contract_id] = state.line(sub, carrying_id, contract)
    return line


def order_rejected(command: SubmitOrder, refusal: NodeRefusal) -> OrderRejected:
    """Return the refusal of an order as an event."""
    reason, node_id, limit, value, detail = refusal
    return OrderRejected(
        sub_account_id=command.sub_account_id,
        client_order_id=command.client_order_id,
        contract_id=command.contract_id,
        reason=reason,
        node_id=node_id,
        limit=saturated(limit),
        value=saturated(value),
        detail=detail,
    )


def accepted(ask: Ask, roll_id: int = 0) -> tuple[OrderAccepted, OrderRouted | OrderHeld]:
    """Return the acceptance of an order that passed every check, and its way to the venue.

    One that waits for own orders to end is held instead.
    """
    command, line, lots = ask.command, ask.line, ask.quantity_lots
    order_id = ask.state.new_order_id()
    terms = OrderTerms(
        venue_id=line.contract.product.venue_id,
        carrying_account_id=line.carrying_account_id,
        contract_id=command.contract_id,
        side=ask.side,
        offset=ask.offset,
        quantity_lots=lots,
        order_type=command.order_type,
        limit_price_nanos=command.limit_price_nanos,
        stop_price_nanos=command.stop_price_nanos,
        time_in_force=command.time_in_force,
        expire_day=command.expire_day,
    )
    taken = OrderAccepted(
        order_id=order_id,
        sub_account_id=command.sub_account_id,
        client_order_id=command.client_order_id,
        terms=terms,
        is_reducing=ask.reduces,
        raises_elsewhere=ask.reduces and _raises_elsewhere(line, ask.side, lots),
        roll_id=roll_id,
        envelope_id=ask.envelope.envelope_id if ask.envelope is not None else 0,
    )
    if ask.waits_for:
        return taken, OrderHeld(order_id=order_id, terms=terms, waits_for=ask.waits_for)
    return taken, OrderRouted(order_id=order_id, terms=terms)


def _permission_refusal(
    command: SubmitOrder, sub: SubState, contract: ContractState | None, carrying_id: str | None
) -> NodeRefusal | None:
    sub_id = command.sub_account_id
    known = sub.client_order_ids.get(command.client_order_id)
    if known is not None:
        detail = f"client order id {command.client_order_id} was used by order {known}"
        return Reason.DUPLICATE_ORDER, sub_id, 0, known, detail
    if contract is None:
        detail = f"no contract {command.contract_id}"
        return Reason.ORDER_CONTRACT_UNKNOWN, sub_id, 0, 0, detail
    product = contract.product
    if product.product_id not in sub.permitted:
        detail = f"the mandate of {sub_id} does not permit {product.product_id}"
        return Reason.PRODUCT_NOT_PERMITTED, sub_id, 0, 0, detail
    if carrying_id is None:
        detail = f"{sub_id} has no route to venue {product.venue_id}"
        return Reason.NO_ROUTE, sub_id, 0, 0, detail
    return None


def _raises_elsewhere(line: Line, side: Side, quantity_lots: int) -> bool:
    """Return whether a reducing order enlarges the worst case of a node above the sub-account."""
    if line.is_gross:
        return False
    buys, sells = (quantity_lots, 0) if side is Side.BUY else (0, quantity_lots)
    for exposure in line.exposures_above:
        if exposure.margined_lots_with(buys, sells) > exposure.margined_lots():
            return True
    return False
