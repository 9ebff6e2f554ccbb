"""Own orders that would meet: who counts as one, and what is done about it.

Source: CME Group, Rule 534 (wash trades prohibited) and its advisory notices on self-match
prevention; Delegated Regulation (EU) 2017/589 (RTS 6), Article 15; the modes are those that
exchanges name (cancel newest, cancel oldest, cancel both, decrement).
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.definition import Definition, Identifier, NonNegativeLots

__all__ = ["COUNT_MAX", "SELF_MATCH_FIELDS", "SelfMatch", "SelfMatchMode", "SelfMatchScope"]

COUNT_MAX = 1_000_000
Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
WindowNs = Annotated[int, msgspec.Meta(ge=0, le=DAY_NS)]


class SelfMatchMode(StrEnum):
    """What becomes of a new order that could trade with own orders at work."""

    CANCEL_NEWEST = "cancel_newest"
    """It is refused."""
    CANCEL_OLDEST = "cancel_oldest"
    """The others are cancelled; it leaves when the venue has confirmed that they are gone."""
    CANCEL_BOTH = "cancel_both"
    """The others are cancelled, and it is refused."""
    DECREMENT = "decrement"
    """The smaller quantity is taken off both; what is left of it leaves as with cancel oldest."""


class SelfMatchScope(StrEnum):
    """Whose orders are own ones."""

    SUB_ACCOUNT = "sub_account"
    OWNER = "owner"
    """Every sub-account of one legal person."""
    GROUP = "group"
    """Persons tied by control, by an agreement, or by half of the ownership or more."""


class SelfMatch(Definition, tag="SelfMatch.1"):
    """How own orders in one contract are kept apart, and when trades look like wash trades.

    ``mode`` of the nearest node counts: sub-account, those above it, owner, account, venue, master.
    ``scope`` and ``stops_meet_all`` are the desk's and stand in the master account's row alone.
    A resting stop order counts as one that meets every own order on the other side; with
    ``stops_meet_all`` False only those behind its trigger, which is exact while prices are served
    in their order.

    Executions on both sides within ``wash_window_ns``, no more than ``wash_price_ticks`` apart,
    are suspected; more than ``wash_count_max`` of a trading day close the contract for what opens.
    Of all nodes the longest window, the widest distance and the least count hold.
    """

    node_id: Identifier
    mode: SelfMatchMode | None = None
    scope: SelfMatchScope | None = None
    stops_meet_all: bool | None = None
    wash_window_ns: WindowNs | None = None
    wash_price_ticks: NonNegativeLots | None = None
    wash_count_max: Count | None = None

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)


SELF_MATCH_FIELDS = (
    "mode",
    "scope",
    "stops_meet_all",
    "wash_window_ns",
    "wash_price_ticks",
    "wash_count_max",
)
"""What the row at the root must state."""
