"""How much of the pool's diversification benefit may be lent to sub-accounts.

The benefit is what stand-alone requirements sum to beyond the pool's.  It belongs to nobody: when a
sub-account leaves, part of it leaves too.  Law: with everybody there, and after the leaving of any
one sub-account, what the others must hold still covers the pool; so the largest benefactor can
flatten and nobody else is called.

Positions count as they stand; working orders reserve their own margin and lend nothing.  After a
leaving no credit across clearing houses counts: an agreement may need who left.
``margin/pool`` finds the largest grants that keep the law; here proposed ones are held against it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fencang.engine.accounts import Line, PoolState, SubState
from fencang.engine.state import DeskState
from fencang.margin.exposure import Exposure

__all__ = ["Shortfall", "grants_shortfall"]


class Shortfall(NamedTuple):
    """Grants that are too large: who would have left, what may be granted then, and what is."""

    without: str
    allowed_micros: int
    granted_micros: int


def grants_shortfall(
    state: DeskState, pool: PoolState, grants: Mapping[str, int]
) -> Shortfall | None:
    """Return the first case in which these grants (base micros) are too large, None when none is.

    The case "" is that nobody leaves.
    """
    rates = state.rates
    needs = {key: rates.total(_stand_alone(state.subs[key])) for key in pool.sub_ids}
    total, granted = sum(needs.values()), sum(grants.values())
    for leaving in ("", *(key for key in pool.sub_ids if needs[key])):
        left = state.subs[leaving] if leaving else None
        required = rates.total(_pool_without(state, pool, left))
        allowed = total - needs.get(leaving, 0) - required
        remaining = granted - grants.get(leaving, 0)
        if remaining > max(0, allowed):
            return Shortfall(leaving, max(0, allowed), remaining)
    return None


def _lots(exposure: Exposure, longs: int, shorts: int) -> int:
    """Return the lots that margin is asked for, of open lots alone, less some of them."""
    long_lots, short_lots = exposure.long_lots - longs, exposure.short_lots - shorts
    return long_lots + short_lots if exposure.is_gross else abs(long_lots - short_lots)


def _stand_alone(sub: SubState) -> Counter[str]:
    need: Counter[str] = Counter()
    for line in sub.sorted_lines():
        if line.entry.netted is None:
            contract = line.contract
            lots = _lots(line.exposure, 0, 0)
            need[contract.currency] += lots * contract.requirement_per_lot
    for key in sorted(sub.span_nodes):
        need.update(sub.span_nodes[key].held())
    for key in sorted(sub.rate_nodes):
        need.update(sub.rate_nodes[key].held())
    need.update(_concentration(sub, _held_lots(sub.lines.values())))
    return need


def _held_lots(lines: Iterable[Line]) -> Counter[str]:
    """Return add-on → lots that lines alone hold, as margin counts them."""
    found: Counter[str] = Counter()
    for line in lines:
        lots = _lots(line.exposure, 0, 0)
        for add_on in line.entry.add_ons:
            found[add_on.term.add_on_id] += lots
    return found


def _concentration(holder: SubState | PoolState, lots: Counter[str]) -> Counter[str]:
    """Return what add-ons charge for lots, per currency."""
    found: Counter[str] = Counter()
    for add_on_id, held in sorted(lots.items()):
        charge = holder.add_ons[add_on_id]
        found[charge.term.currency] += charge.charge_micros(held)
    return found


def _pool_without(state: DeskState, pool: PoolState, sub: SubState | None) -> Counter[str]:
    """Return the pool's requirement per currency as if a sub-account held nothing."""
    need: Counter[str] = Counter(pool.fixed_add_ons)
    concentrated: Counter[str] = Counter()
    for (carrying_id, contract_id), entry in pool.entries.items():
        if entry.netted is not None and not entry.add_ons:
            continue
        contract = state.contracts[contract_id]
        line = sub.lines.get((carrying_id, contract_id)) if sub is not None else None
        longs, shorts = (
            (line.exposure.long_lots, line.exposure.short_lots) if line is not None else (0, 0)
        )
        lots = _lots(entry.exposure, longs, shorts)
        if entry.netted is None:
            need[contract.currency] += lots * contract.requirement_per_lot
        for add_on in entry.add_ons:
            concentrated[add_on.term.add_on_id] += lots
    need.update(_concentration(pool, concentrated))
    for key in sorted(pool.span_nodes):
        node = pool.span_nodes[key]
        need.update(node.held() if sub is None else node.held_without(sub.span_nodes.get(key)))
    for key in sorted(pool.rate_nodes):
        by_rate = pool.rate_nodes[key]
        lent = sub.rate_nodes.get(key) if sub is not None else None
        need.update(by_rate.held() if lent is None else by_rate.held_without(lent))
    return need
