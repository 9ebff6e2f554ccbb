"""Events of mass cancels; each cancel that they ask for is an event of its own."""

from fencang.messages.message import Event, Side

__all__ = ["MassCancelAccepted", "MassCancelContinued", "MassCancelEvent"]


class MassCancelAccepted(Event, tag="MassCancelAccepted.1"):
    """Orders of a node are asked to cancel, all or, where there are many, the first of them.

    Meant are the orders with lower numbers than ``mass_cancel_id``.  ``asked_orders`` are asked
    with this event, ``pending_orders`` were asked before and wait for the venue, ``left_orders``
    are asked after the commands to come; ``last_order_id`` is the last order that was
    asked, 0 for none.
    ``instructions`` waited for a later trading day and were taken back.
    """

    mass_cancel_id: int
    node_id: str
    scope_id: str | None
    side: Side | None
    carrying_account_id: str | None
    asked_orders: int
    pending_orders: int
    left_orders: int
    last_order_id: int
    instructions: int
    entered_by: str


class MassCancelContinued(Event, tag="MassCancelContinued.1"):
    """The next orders of a mass cancel were asked to cancel; with none left it is over."""

    mass_cancel_id: int
    node_id: str
    asked_orders: int
    left_orders: int
    last_order_id: int


MassCancelEvent = MassCancelAccepted | MassCancelContinued
