"""Whether money is there for lots reserved over several contracts, whichever they are dealt in."""

from fencang.basics.money import PPM
from fencang.engine.accounts import Line
from fencang.engine.decide.margin_checks import own_buffer, pool_buffer
from fencang.engine.risk.envelope_cover import LotCover, cover_micros
from fencang.engine.state import DeskState
from fencang.limits.margin_buffers import buffer_refusal
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason

__all__ = ["cover_refusal"]


def cover_refusal(state: DeskState, line: Line, cover: LotCover, lots: int) -> NodeRefusal | None:
    """Refuse lots whose cover is more than leverage or margin of book or pool bear.

    ``line`` is any of the contracts'.  Contract by contract the ladder has been asked already.
    """
    sub, rates = line.sub, state.rates
    pool = sub.pool
    value = cover_micros(rates, cover.notional, lots)
    notional = rates.total(sub.standing.notional) + value
    allowed = sub.standing.equity_micros(rates) * sub.definition.mandate.leverage_max_ppm
    if value and notional * PPM > allowed:
        limit = max(0, allowed // PPM)
        detail = f"gross value {notional} micros exceeds {limit} micros of the mandate's leverage"
        return Reason.LEVERAGE, sub.sub_account_id, limit, notional, detail
    need = cover_micros(rates, cover.own, lots)
    available = sub.standing.available_micros(rates)
    if need > 0 and need > available:
        detail = f"needs {need} micros of margin, {available} are available"
        return Reason.MARGIN_SUB_ACCOUNT, sub.sub_account_id, available, need, detail
    pool_need = cover_micros(rates, cover.pool, lots)
    pool_available = pool.standing.available_micros(rates)
    if pool_need > 0 and pool_need > pool_available:
        detail = f"needs {pool_need} micros of margin in the pool, {pool_available} are available"
        return Reason.MARGIN_POOL, pool.owner_id, pool_available, pool_need, detail
    if not state.risk.buffers:
        return None
    for node_id, left, wanted, found in (
        (sub.sub_account_id, available, need, own_buffer(state, line, need)),
        (pool.owner_id, pool_available, pool_need, pool_buffer(state, line, pool_need)),
    ):
        if wanted > 0 and wanted + found.micros > left:
            return buffer_refusal(found, node_id, left, wanted)
    return None
