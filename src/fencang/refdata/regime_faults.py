"""What is wrong with one value of a regime on its own, in plain words."""

from itertools import pairwise

from fencang.refdata.regime import (
    Exemption,
    LimitBucket,
    Regime,
    RegimeLimit,
)
from fencang.refdata.ties import (
    INDEPENDENCE_CONDITIONS,
    ConcertEdge,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
    RegimeItem,
    Representative,
)

__all__ = ["regime_item_faults"]


def regime_item_faults(item: RegimeItem) -> list[str]:
    """Return the faults of a value, none of them where there are none."""
    faults = _span_faults(item)
    match item:
        case RegimeLimit():
            faults += _limit_faults(item)
        case Exemption(evidence=evidence, grantor=grantor):
            if not evidence.strip():
                faults.append("evidence is empty: an exemption is granted, never self-declared")
            if not grantor.strip():
                faults.append("grantor is empty: name the authority or venue that granted it")
        case OwnershipEdge(owner_id=first, owned_id=second):
            faults += _pair_faults(first, second)
        case ControlEdge(controller_id=first, controlled_id=second):
            faults += _pair_faults(first, second)
        case ConcertEdge(first_id=first, second_id=second):
            faults += _pair_faults(first, second)
        case Representative(evidence=evidence) if not evidence.strip():
            faults.append("evidence is empty: a representative has a power to act")
        case DisaggregationClaim():
            faults += _pair_faults(item.first_id, item.second_id)
            unknown = sorted(set(item.conditions) - set(INDEPENDENCE_CONDITIONS))
            if unknown:
                allowed = ", ".join(INDEPENDENCE_CONDITIONS)
                faults.append(f"conditions names {', '.join(unknown)}; there are {allowed}")
            if not item.evidence.strip():
                faults.append("evidence is empty: a claim rests on a notice that was filed")
        case _:
            pass
    return faults


def _span_faults(item: RegimeItem) -> list[str]:
    if isinstance(
        item,
        Regime
        | Exemption
        | OwnershipEdge
        | ControlEdge
        | ConcertEdge
        | DisaggregationClaim
        | Representative,
    ):
        last = item.valid_to
        if last is not None and last < item.valid_from:
            return [f"valid_to {last} lies before valid_from {item.valid_from}"]
    return []


def _pair_faults(first_id: str, second_id: str) -> list[str]:
    return [f"{first_id} is tied to itself"] if first_id == second_id else []


def _limit_faults(limit: RegimeLimit) -> list[str]:
    faults = []
    days = [step.from_day for step in limit.steps]
    if any(later <= earlier for earlier, later in pairwise(days)):
        faults.append("steps must rise from day to day")
    is_spot = limit.bucket is LimitBucket.SPOT
    if is_spot != bool(limit.month):
        faults.append("a spot limit names its month, no other limit has one")
    return faults
