"""What margin and leverage bear: asked of the sub-account first, then of its owner's pool."""

from typing import Final

from fencang.basics.money import PPM
from fencang.engine.accounts import ContractState, Line, MarginEntry
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.margin_news import (
    buffer_of_book,
    buffer_of_pool,
    leverage_news,
    own_margin_news,
    pool_margin_news,
)
from fencang.engine.state import DeskState
from fencang.limits.margin_buffers import Buffer, buffer_refusal
from fencang.limits.order_controls import NodeRefusal
from fencang.margin.standing import Rates
from fencang.messages.events import AnyEvent
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.margin_buffer import MarginBuffer

__all__ = [
    "needed_micros",
    "order_need_micros",
    "own_buffer",
    "own_margin_check",
    "own_margin_refusal",
    "pool_buffer",
    "pool_margin_check",
]

_BUY: Final = Side.BUY
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""


def own_margin_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what the sub-account's own leverage or margin does not bear."""
    state, line = ask.state, ask.line
    notices = ask.notices if state.risk.warnings.table.rows else None
    return own_margin_refusal(
        state, line, ask.side, ask.added_lots, ask.premium_micros, notices=notices
    )


def pool_margin_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what the margin of the owner's whole pool does not bear."""
    line, rates = ask.line, ask.state.rates
    pool, lots, premium = line.sub.pool, ask.added_lots, ask.premium_micros
    need = order_need_micros(rates, line.pool_entry, line.contract, ask.side, lots, premium)
    if need > 0:
        available = pool.standing.available_micros(rates)
        if need > available:
            detail = f"needs {need} micros of margin in the pool, {available} are available"
            return Reason.MARGIN_POOL, pool.owner_id, available, need, detail
        free = available
        if ask.state.risk.buffers:
            found = pool_buffer(ask.state, line, need)
            if need + found.micros > available:
                return _buffer_refusal(ask.state, found, pool.owner_id, available, need)
            free -= found.micros
        if ask.state.risk.warnings.table.rows:
            ask.notices += pool_margin_news(ask.state, pool, need, free)
    return None


def own_margin_refusal(
    state: DeskState,
    line: Line,
    side: Side,
    added_lots: int,
    premium_micros: int = 0,
    *,
    notices: list[AnyEvent] | None = None,
) -> NodeRefusal | None:
    """Refuse what the sub-account's own leverage or margin does not bear; note what is told."""
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
    buys, sells = (added_lots, 0) if side is _BUY else (0, added_lots)
    added = line.exposure.more_margined_lots(buys, sells)
    if added > 0:
        refusal = _leverage_refusal(state, line, added, notices)
        if refusal is not None:
            return refusal
    need = order_need_micros(rates, line.entry, contract, side, added_lots, premium_micros)
    return _free_refusal(state, line, need, notices) if need > 0 else None


def _free_refusal(
    state: DeskState, line: Line, need: int, notices: list[AnyEvent] | None
) -> NodeRefusal | None:
    """Refuse more margin than the sub-account has free, its buffer left."""
    sub = line.sub
    available = free = sub.standing.available_micros(state.rates)
    if need > available:
        detail = f"needs {need} micros of margin, {available} are available"
        return Reason.MARGIN_SUB_ACCOUNT, sub.sub_account_id, available, need, detail
    if state.risk.buffers:
        found = own_buffer(state, line, need)
        if need + found.micros > available:
            return _buffer_refusal(state, found, sub.sub_account_id, available, need)
        free -= found.micros
    if notices is not None:
        notices += own_margin_news(state, sub, need, free)
    return None


def _buffer_refusal(
    state: DeskState, found: Buffer, node_id: str, available: int, need: int
) -> NodeRefusal:
    """Return the refusal by a buffer; where an override set a row of it, its words say so."""
    reason, node_id, limit, value, detail = buffer_refusal(found, node_id, available, need)
    kind, bound = MarginBuffer.__name__, found.bound
    for setter in dict.fromkeys((bound.ppm_by, bound.micros_by)):
        detail += state.risk.overrides.words(kind, setter, ("*",))
    return reason, node_id, limit, value, detail


def own_buffer(state: DeskState, line: Line, need_micros: int) -> Buffer:
    """Return what must stay free beside the sub-account's requirement and a further need."""
    return buffer_of_book(state, line.sub, need_micros)


def pool_buffer(state: DeskState, line: Line, need_micros: int) -> Buffer:
    """Return what must stay free beside the pool's requirement and a further need."""
    return buffer_of_pool(state, line.sub.pool, need_micros)


def order_need_micros(
    rates: Rates,
    entry: MarginEntry,
    contract: ContractState,
    side: Side,
    lots: int,
    premium_micros: int,
) -> int:
    """Return what an order needs of what is available: margin, and its premium, in base micros."""
    buys, sells = (lots, 0) if side is _BUY else (0, lots)
    need = needed_micros(rates, entry, contract, buys, sells)
    if premium_micros:
        need += rates.value(contract.currency, premium_micros)
    return need


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


def _leverage_refusal(
    state: DeskState, line: Line, added_lots: int, notices: list[AnyEvent] | None
) -> NodeRefusal | None:
    sub, rates, contract = line.sub, state.rates, line.contract
    added = rates.value(contract.currency, added_lots * contract.notional_per_lot)
    notional = rates.total(sub.standing.notional) + added
    leverage = sub.definition.mandate.leverage_max_ppm
    allowed = sub.standing.equity_micros(rates) * leverage
    if notional * PPM > allowed:
        limit = max(0, allowed // PPM)
        detail = f"gross value {notional} micros exceeds {limit} micros of the mandate's leverage"
        return Reason.LEVERAGE, sub.sub_account_id, limit, notional, detail
    if notices is not None:
        notices += leverage_news(state, sub, allowed // PPM, notional - added, notional)
    return None
