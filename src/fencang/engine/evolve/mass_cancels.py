"""Mass cancels that go on: how far each has come."""

from collections.abc import Callable
from typing import Any

from fencang.engine.risk.mass_cancels import MassCancel
from fencang.engine.state import DeskState
from fencang.messages.cancel_events import MassCancelAccepted, MassCancelContinued

__all__ = ["MASS_CANCEL_CHANGES"]


def on_accepted(state: DeskState, event: MassCancelAccepted) -> None:
    """Remember what is left to ask, if anything is; the cancels are events of their own."""
    if event.left_orders:
        state.risk.mass_cancels.going_on[event.mass_cancel_id] = MassCancel(
            event.mass_cancel_id,
            event.node_id,
            event.scope_id,
            event.side,
            event.carrying_account_id,
            event.last_order_id,
        )


def on_continued(state: DeskState, event: MassCancelContinued) -> None:
    """Remember how far it has come; forget it when nothing is left."""
    going_on = state.risk.mass_cancels.going_on
    if event.left_orders:
        before = going_on[event.mass_cancel_id]
        going_on[event.mass_cancel_id] = before._replace(last_order_id=event.last_order_id)
    else:
        del going_on[event.mass_cancel_id]


MASS_CANCEL_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    MassCancelAccepted: on_accepted,
    MassCancelContinued: on_continued,
}
