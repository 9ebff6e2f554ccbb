"""The laws of what the desk remembers of the flow of orders."""

from collections.abc import Iterator
from itertools import pairwise

from fencang.engine.risk.trade_flow import SENT_ORDERS_MAX
from fencang.engine.state import DeskState

__all__ = ["flow_is_remembered_in_order"]


def flow_is_remembered_in_order(state: DeskState) -> Iterator[str]:
    """Cancels are messages, no day is ahead of its venue, slices and orders sent are in time."""
    flow = state.risk.trade_flow
    for key, count in sorted(flow.counts.items(), key=lambda item: item[0]):
        contract, venue = state.contracts.get(key[2]), state.venues.get(key[2])
        days = [each.today for each in (venue, contract and contract.venue) if each]
        if count.cancels > count.messages or count.day > max(days, default=0):
            yield f"{key}: {count.cancels} of {count.messages} messages, day {count.day}"
    for name, repeated in sorted(flow.repeats.items()):
        if any(one[0] >= other[0] for one, other in pairwise(repeated.slices)):
            yield f"{name}: slices {list(repeated.slices)}"
    for key, sent in sorted(state.risk.impact.sent.items(), key=lambda item: item[0]):
        if any(one[0] >= other[0] for one, other in pairwise(sent.slices)):
            yield f"{key}: slices {list(sent.slices)}"
    unknown = sorted(set(flow.disabled) - set(state.subs))
    if unknown:
        yield f"disabled, but no sub-accounts: {unknown}"
    moments = list(flow.sent.values())
    if moments != sorted(moments) or len(moments) > SENT_ORDERS_MAX:
        yield f"{len(moments)} orders sent are not kept in time"
