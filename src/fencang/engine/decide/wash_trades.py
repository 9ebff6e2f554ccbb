"""Opening a contract again that suspected wash trades closed."""

from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent
from fencang.messages.reasons import Reason
from fencang.messages.self_match_commands import ReleaseWashTrades
from fencang.messages.self_match_events import WashTradesReleased

__all__ = ["decide_release"]


def decide_release(state: DeskState, command: ReleaseWashTrades) -> list[AnyEvent]:
    """Let the contract be opened again; the count begins anew."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    key = (command.principal_id, command.contract_id)
    if not state.risk.self_match.closes(key):
        detail = f"no suspected wash trades closed {key[1]} to {key[0]}"
        return [rejected(Reason.UNKNOWN_REFERENCE, detail)]
    return [
        WashTradesReleased(
            principal_id=command.principal_id,
            contract_id=command.contract_id,
            reason=command.reason,
            entered_by=command.entered_by,
            approved_by=command.approved_by,
        )
    ]
