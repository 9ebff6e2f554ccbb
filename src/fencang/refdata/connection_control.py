"""What a lost connection means: to a client, to a venue, to a price feed.

Source: Delegated Regulation (EU) 2017/589 (RTS 6), Articles 12 and 18 (cancelling orders, kill
functionality, systems of the venue); FIA, Best Practices for Automated Trading Risk Controls, July
2024 (cancel on disconnect, stale data).
"""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.definition import Definition, Identifier

__all__ = ["CONNECTION_FIELDS", "LINK_FIELDS", "ConnectionControl", "LinkControl"]

SpanNs = Annotated[int, msgspec.Meta(ge=0, le=30 * DAY_NS)]


class ConnectionControl(Definition, tag="ConnectionControl.1"):
    """Whether orders are cancelled when the client that sends them is gone.

    ``cancels_on_disconnect`` True at any node over an account counts.  ``grace_ns``: a client that
    is back within that time keeps its orders; the shortest counts.  ``keeps_good_till`` False
    cancels orders with a time in force of several days too; False at any node counts.
    """

    node_id: Identifier
    cancels_on_disconnect: bool | None = None
    grace_ns: SpanNs | None = None
    keeps_good_till: bool | None = None

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)


class LinkControl(Definition, tag="LinkControl.1"):
    """How long a venue link, and a venue's prices, may be silent before orders only reduce.

    ``link_age_ns_max``: since the link of carrying account and venue last said that it is up.
    ``feed_age_ns_max``: since any contract of the venue was marked.  The shortest counts.
    """

    node_id: Identifier
    link_age_ns_max: SpanNs | None = None
    feed_age_ns_max: SpanNs | None = None

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)


CONNECTION_FIELDS = ("cancels_on_disconnect", "grace_ns", "keeps_good_till")
LINK_FIELDS = ("link_age_ns_max", "feed_age_ns_max")
"""What the row at the root must state."""
