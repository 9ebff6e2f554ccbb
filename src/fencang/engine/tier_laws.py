"""The laws of dated instructions: bounded, in order, each waiting for a day ahead or a market."""

from collections.abc import Iterator

from fencang.engine.decide.instructions import is_due
from fencang.engine.risk.tiers import WAITING_MAX, TierBook
from fencang.engine.snapshot_tiers import restore_waiting, waiting_form
from fencang.engine.state import DeskState
from fencang.refdata.service_tier import INSTRUCTIONS_MAX

__all__ = ["instructions_wait_for_their_day"]


def instructions_wait_for_their_day(state: DeskState) -> Iterator[str]:
    """What waits is bounded and in order, and looked at again as long as any of it is due."""
    book = state.risk.tiers
    numbers = list(book.waiting)
    if numbers != sorted(numbers) or len(numbers) > WAITING_MAX:
        yield f"{len(numbers)} instructions are not kept in order"
    for sub_id, count in sorted(book.counts.items()):
        if count > INSTRUCTIONS_MAX or sub_id not in state.subs:
            yield f"{sub_id}: {count} instructions wait"
    for sub_id, name in sorted(book.names):
        if name in state.subs[sub_id].client_order_ids:
            yield f"{sub_id}: {name} waits and is an order"
    due = [number for number, each in book.waiting.items() if is_due(state, each)]
    if due and book.seen is not None:
        yield f"instructions {due} are due and nobody looks at them"
    gone = [
        number
        for number, each in book.waiting.items()
        if each.contract_id and state.contracts[each.contract_id].is_expired
    ]
    if gone:
        yield f"instructions {gone} wait for contracts that are gone"
    twin = TierBook()
    restore_waiting(twin, waiting_form(book))
    if (twin.counts, twin.names, twin.days) != (book.counts, book.names, book.days):
        yield "what is counted of instructions differs from what waits"
