"""``fencang risk stop`` and ``resume``: the kill switch from the command line."""

from pathlib import Path

from fencang.app.commands.entering import enter
from fencang.app.data_directory import committing
from fencang.app.exit_status import ExitStatus, UsageFault
from fencang.messages.commands import SetTradingState
from fencang.messages.connection_commands import StopAction, StopTrading
from fencang.messages.message import TradingState

__all__ = ["run_resume", "run_stop"]


def run_stop(
    data: Path, node: str, action: str, confirmed: str, persons: tuple[str, str], *, as_json: bool
) -> ExitStatus:
    """Stop a node.

    Raises:
        UsageFault: there is no such action.
    """
    word = action.replace("-", "_")
    if word not in {each.value for each in StopAction}:
        known = ", ".join(each.value.replace("_", "-") for each in StopAction)
        raise UsageFault(f"--action {action}: it is one of {known}; nothing was stopped")
    entered_by, reason = persons
    command = StopTrading(
        node_id=node,
        confirmed_node_id=confirmed,
        action=StopAction(word),
        reason=reason,
        entered_by=entered_by,
    )
    with committing(data) as sequencer:
        done = f"{node} is stopped ({word.replace('_', ' ')})"
        return enter(sequencer, command, done, as_json=as_json)


def run_resume(
    data: Path, node: str, persons: tuple[str, str, str], *, as_json: bool
) -> ExitStatus:
    """Let a node trade again, by the word of two persons."""
    entered_by, approved_by, reason = persons
    command = SetTradingState(
        node_id=node,
        trading_state=TradingState.ACTIVE,
        reason=reason,
        entered_by=entered_by,
        approved_by=approved_by,
    )
    with committing(data) as sequencer:
        return enter(sequencer, command, f"{node} trades again", as_json=as_json)
