"""Every number that the ladder's first controls look at, whether an order passes or not.

Slow and complete where the checks are fast and end early.  The first evaluation that does not pass
is what the check beside it refuses with; a test holds both together.
"""

from collections.abc import Iterable, Iterator

from fencang.basics.money import PPM
from fencang.engine.accounts import MarginEntry
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.controls import order_value_micros
from fencang.engine.decide.exposure_checks import worst_cases
from fencang.engine.decide.margin_checks import (
    order_need_micros,
    own_buffer,
    own_margin_check,
    pool_buffer,
)
from fencang.engine.decide.regimes import raised, regime_answer
from fencang.limits.evaluation import Evaluation
from fencang.limits.margin_buffers import Buffer
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.order_limits import EffectiveControl, collar_band
from fencang.limits.regimes.counting import LOT_PARTS
from fencang.messages.message import Side, TradingState
from fencang.messages.reasons import Reason

__all__ = [
    "evaluation_of",
    "message_evaluations",
    "order_evaluations",
    "own_margin_evaluations",
    "pool_margin_evaluations",
    "position_evaluations",
    "regime_evaluations",
    "state_evaluations",
    "working_evaluations",
]


def evaluation_of(control: str, refusal: NodeRefusal, scope_id: str, unit: str = "") -> Evaluation:
    """Return a refusal as an evaluation."""
    reason, node_id, limit, value, detail = refusal
    return Evaluation(control, reason, node_id, scope_id, limit, value, unit, False, detail)


def state_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield the state of every node, the strictest first, then rules and the owner's grants."""
    line, sub = ask.line, ask.line.sub
    states = ask.state.trading_states
    found = [(states.get(node_id, TradingState.ACTIVE), node_id) for node_id in line.path]
    for stands, node_id in sorted(found, key=lambda each: -each[0]):
        reason, passes = Reason.TRADING_HALTED, stands is not TradingState.HALTED
        if stands is TradingState.REDUCE_ONLY:
            reason, passes = Reason.REDUCE_ONLY, ask.reduces
        words = stands.name.lower().replace("_", " ")
        yield Evaluation("trading state", reason, node_id, "", 0, 0, "", passes, words)
    if ask.reduces:
        return
    rule, owner = sub.blocked_by, sub.pool
    for reason, node_id, blocks, words in (
        (Reason.OPENING_BLOCKED_BY_RULE, sub.sub_account_id, bool(rule), f"rule {rule}"),
        (Reason.OVER_GRANTED, owner.owner_id, owner.is_over_granted, "deficits exceed the reserve"),
    ):
        detail = words if blocks else ""
        yield Evaluation("trading state", reason, node_id, "", 0, 0, "", not blocks, detail)


def message_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield the bucket of every node that has one."""
    flow, order = ask.state.flow, ask.order
    if ask.stays_reducing or (order is not None and ask.quantity_lots < order.quantity_lots):
        return
    for row in flow.rows_of(ask.line.path):
        if row.messages_max is not None:
            spent, _ = flow.spent(row, ask.state.time_ns)
            passes = spent <= row.messages_max
            yield Evaluation(
                "message rate",
                Reason.MESSAGE_RATE,
                row.node_id,
                "",
                row.messages_max,
                spent,
                "messages",
                passes,
            )
    sub_id = ask.line.sub.sub_account_id
    tier = flow.tiers.get(sub_id)
    if tier is not None and not ask.is_due:
        spent, wait = flow.tier_spent(sub_id, ask.state.time_ns)
        limit = tier.messages_burst
        name, reason = "message rate", Reason.MESSAGE_RATE
        yield Evaluation(name, reason, sub_id, "", limit, spent, "messages", not wait)


def working_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield the orders at work under every node that bounds them, with one more."""
    flow = ask.state.flow
    for row in flow.rows_of(ask.line.path) if ask.order is None else ():
        if row.working_orders_max is not None:
            orders, limit = flow.working[row.node_id] + 1, row.working_orders_max
            yield Evaluation(
                "working orders",
                Reason.WORKING_ORDERS_MAX,
                row.node_id,
                "",
                limit,
                orders,
                "orders",
                orders <= limit,
            )


def order_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield restricted list, size, value, collar and age of the mark."""
    order, state, line = ask.order, ask.state, ask.line
    quantity, reduces = ask.quantity_lots, ask.reduces
    if order is not None:
        grows = quantity > order.quantity_lots
        if line.contract.mark_nanos is None or not (grows or ask.changes_price):
            return
        quantity, reduces = quantity if grows else 0, ask.stays_reducing or not grows
    control, contract_id = line.control(state.controls), line.key[1]
    at = control.restricted_by
    restricts = bool(at) and not reduces
    value = quantity if restricts else 0
    yield Evaluation(
        "restricted list", Reason.RESTRICTED, at, contract_id, 0, value, "", not restricts
    )
    worth = order_value_micros(state, line, ask.side, quantity, ask.price_nanos)
    for name, reason, bound, number, unit in (
        ("order quantity", Reason.ORDER_QUANTITY_MAX, control.quantity, quantity, "lots"),
        ("order value", Reason.ORDER_VALUE_MAX, control.value, worth, "micros"),
    ):
        passes = number <= bound.value
        yield Evaluation(
            name, reason, bound.node_id, contract_id, bound.value, number, unit, passes
        )
    yield _collar(ask, control)
    if not reduces:
        age = state.time_ns - line.contract.marked_ns
        limit, node_id = control.age
        passes = age <= limit
        yield Evaluation(
            "age of the mark", Reason.PRICE_STALE, node_id, contract_id, limit, age, "ns", passes
        )


def _collar(ask: Ask, control: EffectiveControl) -> Evaluation:
    contract, contract_id, reason = ask.line.contract, ask.line.key[1], Reason.ORDER_COLLAR
    mark_nanos = contract.mark_nanos
    assert mark_nanos is not None, contract_id
    if ask.price_nanos is None:
        allowed, node_id = control.market_orders
        return Evaluation("price collar", reason, node_id, contract_id, 0, 0, "", bool(allowed))
    band, node_id = collar_band(
        control,
        tick_nanos=contract.product.tick_nanos,
        mark_nanos=mark_nanos,
        settlement_nanos=contract.settlement_nanos,
    )
    away = ask.side.sign * (ask.price_nanos - mark_nanos)
    return Evaluation(
        "price collar", reason, node_id, contract_id, band, away, "nanos", away <= band
    )


def position_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield the worst case of the order's side at every node: contract, product, groups last."""
    is_buy = ask.side is Side.BUY
    for node, worst in worst_cases(ask.state, ask.line, ask.side, ask.added_lots):
        largest, lots = node.lots_max(is_buy=is_buy), -(-worst // node.scale)
        yield Evaluation(
            "position limit",
            Reason.POSITION_LIMIT,
            node.path[0],
            node.scope_ids[0],
            largest,
            lots,
            "lots",
            lots <= largest,
            f"{'long' if is_buy else 'short'}, set at {node.limit.set_by}",
        )


def regime_evaluations(ask: Ask) -> Iterable[Evaluation]:
    """Return every number of a jurisdiction that the order raises; what refuses it comes first."""
    line = ask.line
    found: list[Evaluation] = []
    if not ask.added_lots:
        return found
    lots, within = ask.added_lots, ask.envelope
    answer = regime_answer(ask.state, line, ask.side, lots, reduces=ask.reduces, within=within)
    refusal = answer.refusal
    if refusal is not None:
        found.append(evaluation_of("regimes", refusal, line.key[1], "lots"))
    is_buy = ask.side is Side.BUY
    for tally in line.pool_entry.tallies:
        lots, after = raised(
            tally,
            line.pool_entry.exposure,
            is_buy=is_buy,
            lots=ask.added_lots,
            closes=ask.reduces,
            within=within,
        )
        is_long = (tally.parts > 0) == is_buy
        for bound in tally.counter.bounds if lots else ():
            value = -(-after // LOT_PARTS)
            is_over = after > bound.lots_max * LOT_PARTS
            word = "may be passed and is answered for" if is_over else ""
            told = Evaluation(
                "regimes",
                Reason.REGIME_LIMIT,
                bound.limit.limit_id,
                line.key[1],
                bound.lots_max,
                value,
                "lots",
                passes=not (is_over and bound.is_hard and refusal is not None),
                detail=f"{'long' if is_long else 'short'} {word}".strip(),
            )
            if refusal is None or (told.node_id, told.value) != (refusal[1], refusal[3]):
                found.append(told)
    return found


def _leverage_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield the gross value that the mandate's leverage bears."""
    line, rates, contract = ask.line, ask.state.rates, ask.line.contract
    lots, exposure = ask.added_lots, ask.line.exposure
    buys, sells = (lots, 0) if ask.side is Side.BUY else (0, lots)
    added = exposure.margined_lots_with(buys, sells) - exposure.margined_lots()
    if added <= 0:
        return
    sub = line.sub
    value = rates.value(contract.currency, added * contract.notional_per_lot)
    notional = rates.total(sub.standing.notional) + value
    leverage = sub.definition.mandate.leverage_max_ppm
    allowed = sub.standing.equity_micros(rates) * leverage
    yield Evaluation(
        "leverage",
        Reason.LEVERAGE,
        sub.sub_account_id,
        "",
        max(0, allowed // PPM),
        notional,
        "micros",
        notional * PPM <= allowed,
    )


def own_margin_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield rates known, leverage, and the margin of the sub-account."""
    refusal, sub = own_margin_check(ask), ask.line.sub
    if refusal is not None and refusal[0] is Reason.UNKNOWN_CURRENCY_RATE:
        yield evaluation_of("sub-account margin", refusal, ask.line.key[1])
        return
    yield from _leverage_evaluations(ask)
    need = _need_of(ask, ask.line.entry)
    available = sub.standing.available_micros(ask.state.rates)
    yield Evaluation(
        "sub-account margin",
        Reason.MARGIN_SUB_ACCOUNT,
        sub.sub_account_id,
        "",
        available,
        need,
        "micros",
        need <= 0 or need <= available,
    )
    if ask.state.risk.buffers:
        found = own_buffer(ask.state, ask.line, need)
        yield _buffer_evaluation(found, sub.sub_account_id, available, need)


def pool_margin_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield the margin of the owner's pool."""
    pool, need = ask.line.sub.pool, _need_of(ask, ask.line.pool_entry)
    rates = ask.state.rates
    if rates.misses(pool.standing.balance):
        return  # the sub-account's own check has refused already
    available = pool.standing.available_micros(rates)
    yield Evaluation(
        "pool margin",
        Reason.MARGIN_POOL,
        pool.owner_id,
        "",
        available,
        need,
        "micros",
        need <= 0 or need <= available,
    )
    if ask.state.risk.buffers:
        found = pool_buffer(ask.state, ask.line, need)
        yield _buffer_evaluation(found, pool.owner_id, available, need)


def _buffer_evaluation(found: Buffer, node_id: str, available: int, need: int) -> Evaluation:
    """Return what must stay free beside margin; a need that is none is not asked."""
    value = need + found.micros
    return Evaluation(
        "margin buffer",
        Reason.MARGIN_BUFFER,
        node_id,
        "",
        available,
        value,
        "micros",
        need <= 0 or value <= available,
        found.words,
    )


def _need_of(ask: Ask, entry: MarginEntry) -> int:
    line, premium = ask.line, ask.premium_micros
    return order_need_micros(
        ask.state.rates, entry, line.contract, ask.side, ask.added_lots, premium
    )
