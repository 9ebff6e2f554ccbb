"""What orders are held against, and how they are kept apart.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from decimal import Decimal
from typing import Literal

import msgspec

from fencang.client.instant import Instant

__all__ = [
    "ConnectionControl",
    "ControlOverride",
    "FlowControl",
    "ImpactLimit",
    "LimitGroup",
    "LimitGroupMember",
    "LimitWarning",
    "LinkControl",
    "OrderControl",
    "OverrideValue",
    "SelfMatch",
    "SelfMatchMode",
    "SelfMatchScope",
    "Substitute",
    "SubstituteMode",
    "TenorLimit",
    "TradeFlowControl",
]


class OrderControl(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What one order of a node may be, in a contract, a product or in all (``"*"``).

    ``quantity_lots_max`` bounds its lots, ``value_max`` its absolute value in the base
    currency.  A buy may lie above the reference price, and a sell below it, by ``collar_ppm``
    of its absolute value, at least ``collar_ticks``; when the mark has moved more than
    ``fast_after_ppm`` from the last settlement, by ``fast_collar_ppm``.  On a mark older than
    ``price_age_seconds_max`` nothing is opened.  ``takes_market_orders`` False asks for a limit
    price. ``is_restricted`` lets nothing be opened at all.
    """

    node_id: str
    scope_id: str = "*"
    quantity_lots_max: int | None = None
    value_max: Decimal | None = None
    collar_ppm: int | None = None
    collar_ticks: int | None = None
    fast_after_ppm: int | None = None
    fast_collar_ppm: int | None = None
    price_age_seconds_max: Decimal | None = None
    takes_market_orders: bool | None = None
    is_restricted: bool = False


class FlowControl(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What a node of the account tree may send, and have at work.

    New orders and replaces are messages, cancels never are.  ``messages_max`` may go at once,
    and as many again in every ``messages_seconds``: after a burst one message is free every
    ``messages_seconds / messages_max``.  A field left out is inherited, in that no level of its
    own is asked; the row of the master account states all.
    """

    node_id: str
    messages_max: int | None = None
    messages_seconds: Decimal = Decimal(1)
    working_orders_max: int | None = None


class ConnectionControl(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Whether orders are cancelled when the client that sends them is gone.

    ``cancels_on_disconnect`` True at any node over an account counts.  ``grace_seconds``: a
    client that is back within that time keeps its orders; the shortest counts.
    ``keeps_good_till`` False cancels orders with a time in force of several days too; False at
    any node counts.
    """

    node_id: str
    cancels_on_disconnect: bool | None = None
    grace_seconds: Decimal | None = None
    keeps_good_till: bool | None = None


class LinkControl(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """How long a venue link, and a venue's prices, may be silent before orders only reduce.

    ``link_age_seconds_max``: since the link of carrying account and venue last said that it is
    up. ``feed_age_seconds_max``: since any contract of the venue was marked.  The shortest
    counts.
    """

    node_id: str
    link_age_seconds_max: Decimal | None = None
    feed_age_seconds_max: Decimal | None = None


SubstituteMode = Literal["diversify", "proxy"]
"""How a substitute is chosen and sized."""


class Substitute(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One market that a mandate names for what does not fit another.

    ``node_id`` is the sub-account whose orders are meant, ``scope_id`` their contract or
    product. The substitute trades ``to_contract_id`` in ``to_sub_account_id``, a book of the
    same owner, up to a worst case of ``cap_lots`` on its side; 0 switches it off.
    ``correlation_ppm`` is the most (diversify, in absolute terms) or the least (proxy) that is
    allowed.  Deviations and correlations older than ``age_seconds_max`` are not used.
    ``is_dry_run`` only tells what it would have done.  Substitutes are tried in the order of
    their identifiers.
    """

    substitute_id: str
    node_id: str
    scope_id: str
    to_sub_account_id: str
    to_contract_id: str
    mode: SubstituteMode
    correlation_ppm: int
    cap_lots: int
    age_seconds_max: Decimal = Decimal(345600)
    is_dry_run: bool = False


class TradeFlowControl(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What a node's orders in a contract, a product or all (``"*"``) may come to.

    New orders, replaces and cancels are messages here.  Beyond ``free_messages`` of a trading
    day there may be ``order_to_trade_max`` for every execution, and ``cancels_max`` cancels;
    the day is the venue's.  What is counted is counted for each venue, with
    ``of_each_contract`` for each contract.  When a sub-account's orders of one side of a
    contract were executed ``repeated_executions_max`` times in ``repeated_seconds``, it is
    disabled until two persons enable it again; an order counts once, however many fills it
    takes.  An order like one of the same sub-account that was sent less than
    ``duplicate_seconds`` ago is refused.
    """

    node_id: str
    scope_id: str = "*"
    order_to_trade_max: int | None = None
    free_messages: int = 0
    cancels_max: int | None = None
    of_each_contract: bool = False
    repeated_executions_max: int | None = None
    repeated_seconds: Decimal = Decimal(60)
    duplicate_seconds: Decimal | None = None


class TenorLimit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What a node may open in a contract, a product or all (``"*"``), by calendar days from today.

    The last trading day lies at most ``furthest_days`` ahead; the last trading day and the
    first notice day, whichever comes first, at least ``nearest_days``.  A contract without a
    last trading day is opened only where ``takes_undated`` says so: what nobody states is not
    allowed.
    """

    node_id: str
    scope_id: str = "*"
    furthest_days: int | None = None
    nearest_days: int | None = None
    takes_undated: bool | None = None


class ImpactLimit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """How large orders of a node may be beside what the market traded, in each contract.

    One order may be ``order_share_ppm`` of the lots traded in the window that a feed reported
    last. All orders sent in ``window_seconds`` may be ``window_share_ppm`` of what the market
    trades in such a time at that pace; the order after which another like it would not fit
    makes the node rest for ``cooling_off_seconds``. A volume older than
    ``volume_age_seconds_max``, or none, opens nothing unless ``passes_unknown``. ``scope_id``
    is a contract, a product or everything (``"*"``).
    """

    node_id: str
    scope_id: str = "*"
    order_share_ppm: int | None = None
    window_share_ppm: int | None = None
    window_seconds: Decimal = Decimal(300)
    volume_age_seconds_max: Decimal = Decimal(600)
    passes_unknown: bool = False
    cooling_off_seconds: Decimal = Decimal(0)


SelfMatchMode = Literal["cancel_both", "cancel_newest", "cancel_oldest", "decrement"]
"""What becomes of a new order that could trade with own orders at work."""


SelfMatchScope = Literal["group", "owner", "sub_account"]
"""Whose orders are own ones."""


class SelfMatch(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """How own orders in one contract are kept apart, and when trades look like wash trades.

    ``mode`` of the nearest node counts: sub-account, those above it, owner, account, venue,
    master. ``scope`` and ``stops_meet_all`` are the desk's and stand in the master account's
    row alone. A resting stop order counts as one that meets every own order on the other side;
    with ``stops_meet_all`` False only those behind its trigger, which is exact while prices are
    served in their order.

    Executions on both sides within ``wash_window_seconds``, no more than ``wash_price_ticks``
    apart, are suspected; more than ``wash_count_max`` of a trading day close the contract for
    what opens. Of all nodes the longest window, the widest distance and the least count hold.
    """

    node_id: str
    mode: SelfMatchMode | None = None
    scope: SelfMatchScope | None = None
    stops_meet_all: bool | None = None
    wash_window_seconds: Decimal | None = None
    wash_price_ticks: int | None = None
    wash_count_max: int | None = None


class LimitGroupMember(msgspec.Struct, frozen=True, kw_only=True):
    """A contract or product of a group.

    One of its lots counts ``ratio_ppm`` parts per million of a lot of the group: 100_000 where
    ten micros are one.
    """

    scope_id: str
    ratio_ppm: int


class LimitGroup(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Products and contracts that position limits count together, each with its ratio.

    A contract's own membership wins over its product's.  What the group could hold is rounded
    up to whole lots of the group.
    """

    group_id: str
    name: str = ""
    members: tuple[LimitGroupMember, ...]


class LimitWarning(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """The shares of its limits at which a node is warned of.

    A node without a row has the one of its nearest parent; nodes beside the account tree have
    the master account's.  A desk without rows is told nothing, and so is a node whose
    ``levels_ppm`` is empty.  A level is told once, and again only after the use of the limit
    has fallen below it by ``margin_ppm`` of the limit.
    """

    node_id: str
    levels_ppm: tuple[int, ...] = (
        500000,
        800000,
        1000000,
    )
    margin_ppm: int = 50000


class OverrideValue(msgspec.Struct, frozen=True, kw_only=True):
    """The value that a field has while the override is in force; 1 and 0 for yes and no."""

    field: str
    value: int


class ControlOverride(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Other values for the row of ``row_kind`` (``PositionLimit``) at a node and scope.

    They hold from ``from_time`` on and no longer at ``until_time``: the time of a command
    decides. With a sub-account and its client order identifier they hold for that order alone.
    """

    override_id: str
    row_kind: str
    node_id: str
    scope_id: str = "*"
    values: tuple[OverrideValue, ...]
    from_time: Instant
    until_time: Instant
    reason: str
    sub_account_id: str = ""
    client_order_id: str = ""
