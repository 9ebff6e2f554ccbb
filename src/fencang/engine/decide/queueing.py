"""What a tier opens on the next trading day: when that is, and whether it may wait until then."""

from datetime import date

from fencang.engine.accounts import ContractState, SubState
from fencang.engine.conversion import ended_words
from fencang.engine.risk.tiers import WAITING_MAX
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.tier import effective_day, is_after_cutoff
from fencang.messages.commands import TransferCapital
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.instruction_events import Instruction, InstructionQueued
from fencang.messages.reasons import Reason

__all__ = ["queued"]


def queued(
    state: DeskState, command: Instruction, sub: SubState, contract: ContractState | None
) -> InstructionQueued | NodeRefusal:
    """Let an instruction wait for its trading day, or say why it may not.

    ``sub`` is whose position or capital it would enlarge; ``contract`` None is capital.
    """
    tier, sub_id = sub.tier, sub.sub_account_id
    assert tier is not None
    refusal = _room_refusal(state, sub_id, tier.row.instructions_max)
    if refusal is None and not isinstance(command, TransferCapital | TransferPosition):
        refusal = state.flow.tier_refusal(sub_id, state.time_ns)
    if refusal is not None:
        return refusal
    if contract is not None and contract.is_expired:
        return Reason.ORDER_CONTRACT_EXPIRED, sub_id, 0, 0, ended_words(contract)
    day = _day(state, sub, contract)
    if not isinstance(day, date):
        return day
    assert tier.row.venue_id is not None
    venue_id = contract.product.venue_id if contract is not None else tier.row.venue_id
    return InstructionQueued(
        instruction_id=state.new_order_id(),
        sub_account_id=sub_id,
        tier_id=tier.row.tier_id,
        venue_id=venue_id,
        contract_id="" if contract is None else contract.contract.contract_id,
        trading_day=day,
        command=command,
    )


def _room_refusal(state: DeskState, sub_id: str, instructions_max: int) -> NodeRefusal | None:
    book = state.risk.tiers
    waiting, whole = book.counts[sub_id], len(book.waiting)
    if waiting < instructions_max and whole < WAITING_MAX:
        return None
    detail = (
        f"{waiting} of {instructions_max} instructions of {sub_id} wait for their day, of the "
        f"desk {whole} of {WAITING_MAX}: cancel some"
    )
    return Reason.INSTRUCTIONS_TOO_MANY, sub_id, instructions_max, waiting + 1, detail


def _day(state: DeskState, sub: SubState, contract: ContractState | None) -> date | NodeRefusal:
    """Return from which trading day on an instruction of now may take effect."""
    tier = sub.tier
    assert tier is not None
    assert tier.row.venue_id is not None
    venue = contract.venue if contract is not None else state.venues[tier.row.venue_id]
    hours, name = contract.hours if contract is not None else venue, venue.venue.venue_id
    if not venue.today:
        detail = f"{name} is on no trading day yet, so none comes after it"
        return Reason.INSTRUCTION_DAY_UNKNOWN, sub.sub_account_id, 0, 0, detail
    is_over = venue.settled_day == venue.today or venue.is_day_closed
    is_after = is_after_cutoff(
        hours.sessions, state.time_ns, tier.row.cutoff_ns, is_day_over=is_over
    )
    today = date.fromordinal(venue.today)
    day = effective_day(venue.venue, today, is_after=is_after)
    if day is None:
        detail = f"{name} has no trading day after {today}"
        return Reason.INSTRUCTION_DAY_UNKNOWN, sub.sub_account_id, 0, 0, detail
    return day
