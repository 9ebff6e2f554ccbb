"""The command that cancels many orders at once."""

from fencang.messages.message import Command, Interface, Side
from fencang.refdata.definition import Identifier

__all__ = ["CancelOrders"]


class CancelOrders(Command, tag="CancelOrders.1"):
    """Ask to cancel every order at work under a node, or those of them that the filters leave.

    The node is a sub-account with all below it, the master account, a carrying account
    (``carrying:FCM-1``), a venue (``venue:CME``) or an owner (``person:FIRM``); ``scope_id`` is a
    contract or a product.  Orders that wait for the next trading day are taken back too.  Block
    orders of the desk and envelopes stay, and nothing keeps new orders from coming: that is
    ``StopTrading``.
    """

    node_id: Identifier
    entered_by: Identifier
    scope_id: Identifier | None = None
    side: Side | None = None
    carrying_account_id: Identifier | None = None
    interface: Interface = Interface.INTERNAL
