"""Who asks: the identity that a gateway gets with every request once the doors let it in."""

import msgspec

from fencang.messages.message import Interface

__all__ = ["Caller"]


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """One authenticated asker.

    ``key_id`` is the API key that proved it, empty for a person's session.  ``scopes`` are what
    key and roles both allow, as ``resource:verb``.  ``sub_tree`` is the node that it may see and
    trade with all below it, empty for the whole desk.  ``address`` is its peer's.
    ``lane`` is the priority class of what it enters, 0 first.
    """

    user_id: str
    key_id: str
    scopes: frozenset[str]
    sub_tree: str
    address: str
    interface: Interface
    lane: int = 2
