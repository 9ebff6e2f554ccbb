"""What binds an account of the rows on a lost connection: the strictest on every path."""

from collections.abc import Iterable
from typing import NamedTuple

from fencang.limits.order_controls import NodeRefusal
from fencang.limits.row_scopes import Bound
from fencang.messages.reasons import Reason
from fencang.refdata.connection_control import ConnectionControl, LinkControl

__all__ = [
    "ConnectionTerms",
    "LinkTerms",
    "connection_terms",
    "feed_refusal",
    "link_refusal",
    "link_terms",
]


class ConnectionTerms(NamedTuple):
    """What happens to the orders of an account whose client is gone."""

    cancels: bool = False
    grace_ns: int = 0
    keeps_good_till: bool = False


class LinkTerms(NamedTuple):
    """How long link and prices may be silent, and the node that says so; None is not asked."""

    link: Bound | None = None
    feed: Bound | None = None


def connection_terms(rows: Iterable[ConnectionControl]) -> ConnectionTerms:
    """Return what the rows over an account come to."""
    stated = list(rows)
    graces = [row.grace_ns for row in stated if row.grace_ns is not None]
    keeps = [row.keeps_good_till for row in stated if row.keeps_good_till is not None]
    return ConnectionTerms(
        cancels=any(row.cancels_on_disconnect for row in stated),
        grace_ns=min(graces, default=0),
        keeps_good_till=bool(keeps) and all(keeps),
    )


def link_terms(rows: Iterable[LinkControl]) -> LinkTerms:
    """Return what the rows over an account come to."""
    links, feeds = [], []
    for row in rows:
        if row.link_age_ns_max is not None:
            links.append(Bound(row.link_age_ns_max, row.node_id))
        if row.feed_age_ns_max is not None:
            feeds.append(Bound(row.feed_age_ns_max, row.node_id))
    return LinkTerms(min(links, default=None), min(feeds, default=None))


def link_refusal(
    bound: Bound, place: str, heard_ns: int | None, time_ns: int
) -> NodeRefusal | None:
    """Refuse to open over a link that is down (``heard_ns`` None) or silent for too long."""
    if heard_ns is None:
        detail = f"the link {place} is not up; orders only reduce"
        return Reason.VENUE_LINK_DOWN, bound.node_id, 0, 0, detail
    age = time_ns - heard_ns
    if age <= bound.value:
        return None
    detail = (
        f"the link {place} was last up {age} ns ago, {bound.value} ns are allowed by "
        f"{bound.node_id}; orders only reduce"
    )
    return Reason.VENUE_LINK_STALE, bound.node_id, bound.value, age, detail


def feed_refusal(bound: Bound, venue_id: str, marked_ns: int, time_ns: int) -> NodeRefusal | None:
    """Refuse to open where no price of a venue came for too long."""
    age = time_ns - marked_ns
    if age <= bound.value:
        return None
    detail = (
        f"no price of {venue_id} for {age} ns, {bound.value} ns are allowed by {bound.node_id}; "
        "orders only reduce"
    )
    return Reason.MARKET_DATA_STALE, bound.node_id, bound.value, age, detail
