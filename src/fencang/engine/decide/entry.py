"""A new order meets the pre-trade checks, in the order of the ladder.

duplicate → permission → trading state → contract, session, tick → quantity → price known → margin
parameters known → position limit on the worst case at every node → leverage and margin what-if at
the sub-account, then at the owner's pool.  The first refusal ends the ladder and names control,
node, limit and value.  A reducing order skips everything that measures exposure.
"""

from collections.abc import Sequence
from datetime import date

from fencang.basics.money import PPM, saturated
from fencang.engine.accounts import ContractState, Line, MarginEntry, SubState
from fencang.engine.conversion import ended_words
from fencang.engine.decide.controls import control_refusal
from fencang.engine.decide.regimes import regime_answer
from fencang.engine.delivery import is_guarded
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.phases import phase_refusal
from fencang.engine.state import DeskState
from fencang.limits.order_controls import (
    NodeRefusal,
    Refusal,
    contract_refusal,
    offset_refusal,
    price_refusal,
    time_in_force_refusal,
)
from fencang.margin.standing import Rates
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent, OrderAccepted, OrderRejected, OrderRouted
from fencang.messages.message import Offset, OrderTerms, Side, TimeInForce, TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.contract import DeliveryPolicy
from fencang.refdata.session import Phase

__all__ = [
    "NodeRefusal",
    "accepted",
    "checked",
    "closable_lots",
    "decide_submit",
    "exposure_refusal",
    "is_reducing",
    "needed_micros",
    "order_rejected",
    "own_margin_refusal",
    "position_limit_refusal",
    "raises_elsewhere",
    "state_refusal",
]


def decide_submit(state: DeskState, command: SubmitOrder) -> list[AnyEvent]:
    """Accept and route an order, or refuse it."""
    found = checked(state, command)
    if isinstance(found, tuple):
        return [order_rejected(command, found)]
    side, lots = command.side, command.quantity_lots
    reduces = is_reducing(found, side, command.offset, lots)
    events: list[AnyEvent] = [*accepted(state, command, found, reduces=reduces)]
    if found.pool_entry.tallies:
        events += regime_answer(state, found, side, lots, reduces=reduces).notices
    return events


def checked(state: DeskState, command: SubmitOrder, *, opens: bool = False) -> Line | NodeRefusal:
    """Return the line that an order may enter by, or the first refusal of the ladder.

    ``opens``: it is asked everything even where it would reduce.
    """
    sub = state.subs.get(command.sub_account_id)
    if sub is None:
        detail = f"no sub-account {command.sub_account_id}"
        return Reason.UNKNOWN_SUB_ACCOUNT, "", 0, 0, detail
    contract = state.contracts.get(command.contract_id)
    carrying_id = None
    if contract is not None:
        carrying_id = state.route(sub, contract.product.venue_id)
    refusal = _permission_refusal(command, sub, contract, carrying_id)
    if refusal is not None:
        return refusal
    assert contract is not None
    assert carrying_id is not None
    line = state.line(sub, carrying_id, contract)
    quantity = command.quantity_lots
    reduces = not opens and is_reducing(line, command.side, command.offset, quantity)
    refusal = state_refusal(state, sub, reduces=reduces)
    if refusal is None and not reduces and state.flow.rows:
        refusal = state.flow.message_refusal(sub.path, state.time_ns)
    refusal = refusal or _contract_refusal(state, command, line)
    if refusal is None and state.controls.version:
        price = command.limit_price_nanos
        price = command.stop_price_nanos if price is None else price
        refusal = control_refusal(state, line, command.side, quantity, price, reduces=reduces)
    if refusal is None and not reduces and state.flow.rows:
        refusal = state.flow.working_refusal(sub.path)
    if refusal is None and not reduces:
        premium = 0
        if contract.product.pays_premium and command.side is Side.BUY:
            premium = contract.product.value_micros(command.limit_price_nanos or 0, quantity)
        refusal = exposure_refusal(state, line, command.side, quantity, premium)
    if refusal is None and reduces and line.pool_entry.tallies:
        refusal = regime_answer(state, line, command.side, quantity, reduces=True).refusal
    return line if refusal is None else refusal


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


def accepted(
    state: DeskState, command: SubmitOrder, line: Line, *, reduces: bool, roll_id: int = 0
) -> tuple[OrderAccepted, OrderRouted]:
    """Return the acceptance of an order that passed every check, and its way to the venue."""
    order_id = state.new_order_id()
    terms = OrderTerms(
        venue_id=line.contract.product.venue_id,
        carrying_account_id=line.carrying_account_id,
        contract_id=command.contract_id,
        side=command.side,
        offset=command.offset,
        quantity_lots=command.quantity_lots,
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
        is_reducing=reduces,
        raises_elsewhere=reduces and raises_elsewhere(line, command.side, command.quantity_lots),
        roll_id=roll_id,
    )
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


def state_refusal(state: DeskState, sub: SubState, *, reduces: bool) -> NodeRefusal | None:
    """Refuse what trading states, rules in force or an over-granted owner do not allow."""
    sub_id = sub.sub_account_id
    if state.trading_states:
        strictest, node = state.trading_state(sub.path)
        if strictest is TradingState.HALTED:
            return Reason.TRADING_HALTED, node, 0, 0, f"{node} is halted; cancels still pass"
        if strictest is TradingState.REDUCE_ONLY and not reduces:
            return Reason.REDUCE_ONLY, node, 0, 0, f"{node} may only reduce"
    if reduces:
        return None
    if sub.blocked_by:
        detail = f"rule {sub.blocked_by} blocks opening until it re-arms"
        return Reason.OPENING_BLOCKED_BY_RULE, sub_id, 0, 0, detail
    if sub.pool.is_over_granted:
        detail = f"deficits of {sub.pool.owner_id}'s sub-accounts exceed its reserve"
        return Reason.OVER_GRANTED, sub.pool.owner_id, 0, 0, detail
    return None


def _contract_refusal(state: DeskState, command: SubmitOrder, line: Line) -> NodeRefusal | None:
    contract = line.contract
    product, venue = contract.product, contract.venue
    if contract.is_expired:
        detail = ended_words(contract)
        return Reason.ORDER_CONTRACT_EXPIRED, product.venue_id, 0, 0, detail
    if contract.hours.phase is not Phase.OPEN:
        refusal = phase_refusal(contract)
        if refusal is not None:
            return refusal[0], product.venue_id, 0, 0, refusal[1]
    found = None
    definition = contract.contract
    if definition.last_trading_day is not None or definition.first_trading_day is not None:
        found = contract_refusal(definition, date.fromordinal(venue.today))
    if found is None:
        found = price_refusal(
            product, command.order_type, command.limit_price_nanos, command.stop_price_nanos
        )
    if found is None and (
        command.time_in_force is TimeInForce.GTD or command.expire_day is not None
    ):
        today = date.fromordinal(venue.today)
        found = time_in_force_refusal(command.time_in_force, command.expire_day, today)
    if found is None:
        account = state.carrying[line.carrying_account_id].account
        found = offset_refusal(command.offset, account.position_mode)
    if found is None:
        found = _quantity_refusal(command, line)
    if found is None:
        return None
    reason, limit, value, detail = found
    return reason, product.venue_id, limit, value, detail


def _quantity_refusal(command: SubmitOrder, line: Line) -> Refusal | None:
    quantity = command.quantity_lots
    clip = line.contract.product.order_quantity_max
    if quantity > clip:
        detail = f"{quantity} lots exceed the largest order of {clip} lots"
        return Reason.ORDER_QUANTITY_MAX, clip, quantity, detail
    if line.is_gross and command.offset is not Offset.OPEN:
        closable = closable_lots(line, command.side, command.offset)
        if quantity > closable:
            detail = f"{closable} lots can be closed with {command.offset.name}, not {quantity}"
            return Reason.CLOSE_LOTS_TOO_FEW, closable, quantity, detail
    if line.contract.mark_nanos is None:
        return Reason.NO_PRICE, 0, 0, f"{command.contract_id} has no price yet"
    return None


def closable_lots(line: Line, side: Side, offset: Offset) -> int:
    """Return the lots of a gross account that a further order could close with this offset."""
    lots = line.position.long if side is Side.SELL else line.position.short
    free = lots.quantity_lots - line.closing_lots(side)
    if offset is Offset.CLOSE:
        return max(0, free)
    of_day = lots.quantity_of_day(line.contract.venue.today)
    if offset is Offset.CLOSE_YESTERDAY:
        of_day = lots.quantity_lots - of_day
    return max(0, min(free, of_day - line.frozen.get((side, offset), 0)))


def is_reducing(line: Line, side: Side, offset: Offset, quantity_lots: int) -> bool:
    """Return whether the order, with all same-side working closes, fits the own opposite lots."""
    if line.is_gross and offset is Offset.OPEN:
        return False
    open_lots = line.open_lots(side)
    return open_lots > 0 and quantity_lots + line.closing_lots(side) <= open_lots


def raises_elsewhere(line: Line, side: Side, quantity_lots: int) -> bool:
    """Return whether a reducing order enlarges the worst case of a node above the sub-account."""
    if line.is_gross:
        return False
    buys, sells = (quantity_lots, 0) if side is Side.BUY else (0, quantity_lots)
    for exposure in line.exposures_above:
        if exposure.margined_lots_with(buys, sells) > exposure.margined_lots():
            return True
    return False


def exposure_refusal(
    state: DeskState, line: Line, side: Side, added_lots: int, premium_micros: int = 0
) -> NodeRefusal | None:
    """Refuse what position limits, leverage or margin do not bear.

    ``added_lots`` join the working orders, ``premium_micros`` may have to be paid for them; a
    replacement adds only its surplus.
    """
    contract = line.contract
    if contract.lacks_parameters and not contract.product.fallback_margin:
        detail = f"the SPAN file in force has no contract {contract.contract.margin_key}"
        return Reason.MARGIN_PARAMETERS_MISSING, contract.product.venue_id, 0, 0, detail
    if contract.product.option is not None and not contract.is_span_margined:
        detail = f"{contract.contract.contract_id} is an option and no SPAN file margins it"
        return Reason.MARGIN_PARAMETERS_MISSING, contract.product.venue_id, 0, 0, detail
    guard = contract.product.delivery_guard
    if guard.policy is not DeliveryPolicy.ALLOW and is_guarded(contract, DeliveryPolicy.BLOCK):
        definition = contract.contract
        detail = (
            f"{definition.contract_id} may be delivered from "
            f"{definition.first_notice_day or definition.last_trading_day} on; "
            "positions are only reduced before"
        )
        return Reason.DELIVERY_GUARD, contract.product.venue_id, 0, 0, detail
    refusal = position_limit_refusal(state, line.limit_nodes, line, side, added_lots)
    if refusal is None and (contract.regime_fault or line.pool_entry.tallies):
        refusal = regime_answer(state, line, side, added_lots, reduces=False).refusal
    if refusal is not None:
        return refusal
    return _margin_refusal(state, line, side, added_lots, premium_micros)


def position_limit_refusal(
    state: DeskState, nodes: Sequence[LimitNode], line: Line, side: Side, added_lots: int
) -> NodeRefusal | None:
    """Refuse lots that take the worst case of a side beyond the limit of one of the nodes."""
    is_buy, is_gross = side is Side.BUY, line.is_gross
    limits = state.limits
    for node in nodes:
        limit = node.limit(limits)
        worst = node.worst_lots(added_lots, is_buy=is_buy, is_gross=is_gross)
        largest = limit.long_lots_max if is_buy else limit.short_lots_max
        if worst > largest:
            direction = "long" if is_buy else "short"
            detail = (
                f"worst case {worst} lots {direction} in {node.scope_ids[0]} exceeds "
                f"{largest} lots set at {limit.set_by}"
            )
            return Reason.POSITION_LIMIT, node.path[0], largest, worst, detail
    return None


def _margin_refusal(
    state: DeskState, line: Line, side: Side, added_lots: int, premium_micros: int
) -> NodeRefusal | None:
    refusal = own_margin_refusal(state, line, side, added_lots, premium_micros)
    if refusal is not None:
        return refusal
    contract, rates, pool = line.contract, state.rates, line.sub.pool
    buys, sells = (added_lots, 0) if side is Side.BUY else (0, added_lots)
    need = needed_micros(rates, line.pool_entry, contract, buys, sells)
    if premium_micros:
        need += rates.value(contract.currency, premium_micros)
    if need > 0:
        available = pool.standing.available_micros(rates)
        if need > available:
            detail = f"needs {need} micros of margin in the pool, {available} are available"
            return Reason.MARGIN_POOL, pool.owner_id, available, need, detail
    return None


def own_margin_refusal(
    state: DeskState, line: Line, side: Side, added_lots: int, premium_micros: int = 0
) -> NodeRefusal | None:
    """Refuse what the sub-account's own leverage or margin does not bear."""
    contract, rates = line.contract, state.rates
    sub, pool = line.sub, line.sub.pool
    if (
        contract.currency not in rates.rate_nanos
        or rates.misses(pool.standing.balance)
        or (pool.fixed_add_ons and rates.misses(pool.fixed_add_ons))
    ):
        # A venue's fill may enter in a currency nobody can value; nothing is opened on top of it.
        detail = f"an exchange rate is missing for {contract.currency} or a balance of the owner"
        return Reason.UNKNOWN_CURRENCY_RATE, sub.sub_account_id, 0, 0, detail
    buys, sells = (added_lots, 0) if side is Side.BUY else (0, added_lots)
    exposure = line.exposure
    added = exposure.margined_lots_with(buys, sells) - exposure.margined_lots()
    if added > 0:
        refusal = _leverage_refusal(state, line, added)
        if refusal is not None:
            return refusal
    need = needed_micros(rates, line.entry, contract, buys, sells)
    if premium_micros:
        need += rates.value(contract.currency, premium_micros)
    if need > 0:
        available = sub.standing.available_micros(rates)
        if need > available:
            detail = f"needs {need} micros of margin, {available} are available"
            return Reason.MARGIN_SUB_ACCOUNT, sub.sub_account_id, available, need, detail
    return None


def needed_micros(
    rates: Rates, entry: MarginEntry, contract: ContractState, buys: int, sells: int
) -> int:
    """Return what further working lots would add to a requirement, in base micros."""
    netted = entry.netted
    if netted is None:
        currency, micros = contract.currency, 0
    else:
        currency, micros = netted.node.addition_of(netted.row, buys, sells)
    if netted is None or entry.add_ons:
        exposure = entry.exposure
        added = exposure.margined_lots_with(buys, sells) - exposure.margined_lots()
        if netted is None:
            micros = added * contract.requirement_per_lot
        # An add-on is in the currency its contracts are quoted in.
        for add_on in entry.add_ons:
            micros += add_on.addition_of(added)
    return rates.value(currency, micros) if micros else 0


def _leverage_refusal(state: DeskState, line: Line, added_lots: int) -> NodeRefusal | None:
    sub, rates, contract = line.sub, state.rates, line.contract
    added = rates.value(contract.currency, added_lots * contract.notional_per_lot)
    notional = rates.total(sub.standing.notional) + added
    leverage = sub.definition.mandate.leverage_max_ppm
    allowed = sub.standing.equity_micros(rates) * leverage
    if notional * PPM > allowed:
        limit = max(0, allowed // PPM)
        detail = f"gross value {notional} micros exceeds {limit} micros of the mandate's leverage"
        return Reason.LEVERAGE, sub.sub_account_id, limit, notional, detail
    return None
