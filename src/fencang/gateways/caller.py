"""Who calls: what a door knows of a request once it has let it in."""

from typing import NamedTuple

__all__ = ["Caller"]


class Caller(NamedTuple):
    """A user by one of the user's keys, through one interface.

    ``sub_tree`` is the node under which the key may act, "" for everything; ``lane`` the priority
    class of what it enters.
    """

    user_id: str
    key_id: str
    scopes: frozenset[str]
    sub_tree: str
    address: str
    interface: str
    lane: int = 2
