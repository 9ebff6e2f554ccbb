"""The flow of orders of every node: a token bucket of messages, a count of working orders.

A sub-account whose service tier states a rate has a bucket of that rate too, beside its own.

The bucket is the generic cell rate algorithm: one moment per node, the time at which it will be
full again, moved on by every message.  It never queues, and it never stays shut: a node that sends
nothing has its whole burst back after the period.

Source: ITU-T I.371, Annex A (generic cell rate algorithm).
"""

from collections import Counter
from typing import NamedTuple

from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.service_tier import ServiceTier

__all__ = ["OrderFlow", "tier_bucket_id"]

_SECOND_NS = 1_000_000_000


def tier_bucket_id(sub_account_id: str) -> str:
    """Return the name that a sub-account's bucket of its tier is kept under; no node has it."""
    return f"@tier:{sub_account_id}"


class _Bucket(NamedTuple):
    """A node's bucket, counted out once: after what time a message is free, and its whole burst.

    ``tier_of`` is the sub-account whose tier the bucket is of, empty for that of a row.
    """

    node_id: str
    interval_ns: int
    burst_ns: int
    tier_of: str = ""


class OrderFlow:
    """Rows, buckets and counts of one desk.

    ``full_ns`` is primary state, ``working`` a cache over the live orders.
    """

    __slots__ = (
        "_buckets_of",
        "_rows_of",
        "full_ns",
        "is_stated",
        "rows",
        "tiers",
        "working",
    )

    def __init__(self) -> None:
        self.rows: dict[str, FlowControl] = {}
        self.tiers: dict[str, ServiceTier] = {}
        """Sub-account → the tier that its messages count under (a cache)."""
        self.is_stated = False
        """Whether any node or tier bounds the flow."""
        self.full_ns: dict[str, int] = {}
        """Node → when its bucket will be full again."""
        self.working: Counter[str] = Counter()
        """Node with a row → live orders at and below it."""
        self._rows_of: dict[tuple[str, ...], tuple[FlowControl, ...]] = {}
        self._buckets_of: dict[tuple[str, ...], tuple[_Bucket, ...]] = {}

    def set(self, row: FlowControl) -> None:
        """Set or replace the row of a node; orders at work are to be counted anew."""
        self.rows[row.node_id] = row
        self.is_stated = True
        self._rows_of.clear()
        self._buckets_of.clear()
        self.working.clear()

    def set_tiers(self, tiers: dict[str, ServiceTier]) -> None:
        """Set which sub-account counts under which tier."""
        self.tiers = tiers
        self.is_stated = bool(self.rows or tiers)
        self._buckets_of.clear()

    def rows_of(self, path: tuple[str, ...]) -> tuple[FlowControl, ...]:
        """Return the rows that stand over a path, in its order; most nodes have none."""
        found = self._rows_of.get(path)
        if found is None:
            found = tuple(self.rows[node_id] for node_id in path if node_id in self.rows)
            self._rows_of[path] = found
        return found

    def all(self) -> list[FlowControl]:
        """Return every row, by node."""
        return [self.rows[key] for key in sorted(self.rows)]

    def count(self, path: tuple[str, ...], orders: int) -> None:
        """Count live orders at every node of a path that has a row."""
        for row in self.rows_of(path):
            self.working[row.node_id] += orders

    def spend(self, path: tuple[str, ...], time_ns: int) -> None:
        """Take a message out of the bucket of every node that has one."""
        full_ns = self.full_ns
        for bucket in self._buckets_of.get(path) or self._find_buckets(path):
            if bucket.burst_ns:
                full = full_ns.get(bucket.node_id, 0)
                full_ns[bucket.node_id] = bucket.interval_ns + (full if full > time_ns else time_ns)

    def message_refusal(
        self, path: tuple[str, ...], time_ns: int, *, is_due: bool = False
    ) -> NodeRefusal | None:
        """Refuse a message for which some node's bucket is empty.

        ``is_due``: its tier counted it when it was entered.
        """
        full_ns = self.full_ns
        for bucket in self._buckets_of.get(path) or self._find_buckets(path):
            ahead = full_ns.get(bucket.node_id, 0) - time_ns
            if (ahead if ahead > 0 else 0) + bucket.interval_ns > bucket.burst_ns:
                if bucket.tier_of:
                    if is_due:
                        continue
                    return self.tier_refusal(bucket.tier_of, time_ns)
                row = self.rows[bucket.node_id]
                spent, wait = self.spent(row, time_ns)
                detail = (
                    f"{row.node_id} may send {row.messages_max} messages in {row.messages_ns} ns; "
                    f"the next one is free in {wait} ns; cancels always pass"
                )
                return Reason.MESSAGE_RATE, row.node_id, row.messages_max or 0, spent, detail
        return None

    def _find_buckets(self, path: tuple[str, ...]) -> "tuple[_Bucket, ...]":
        """Return the buckets that stand over a path, in its order."""
        found = [
            _Bucket(row.node_id, _interval_ns(row), _interval_ns(row) * row.messages_max)
            for row in self.rows_of(path)
            if row.messages_max is not None
        ]
        tier = self.tiers.get(path[0])
        if tier is not None:
            found.append(_tier_bucket(path[0], tier))
        buckets = self._buckets_of[path] = tuple(found)
        return buckets

    def tier_refusal(self, sub_account_id: str, time_ns: int) -> NodeRefusal | None:
        """Refuse a message for which the bucket of the sub-account's tier is empty."""
        tier = self.tiers.get(sub_account_id)
        if tier is None:
            return None
        spent, wait = self.tier_spent(sub_account_id, time_ns)
        if not wait:
            return None
        detail = (
            f"tier {tier.tier_id} of {sub_account_id} has {tier.messages_per_second} messages a "
            f"second, {tier.messages_burst} at once; the next one is free in {wait} ns; cancels "
            "and reductions always pass"
        )
        return Reason.MESSAGE_RATE, sub_account_id, tier.messages_burst, spent, detail

    def tier_spent(self, sub_account_id: str, time_ns: int) -> tuple[int, int]:
        """Return the messages out of a tier's bucket with one more, and how long it waits."""
        bucket = _tier_bucket(sub_account_id, self.tiers[sub_account_id])
        used_ns = max(0, self.full_ns.get(bucket.node_id, 0) - time_ns) + bucket.interval_ns
        return -(-used_ns // bucket.interval_ns), max(0, used_ns - bucket.burst_ns)

    def spend_tier(self, sub_account_id: str, time_ns: int) -> None:
        """Take a message out of the tier's bucket alone: it was entered and waits for its day."""
        tier = self.tiers.get(sub_account_id)
        if tier is not None:
            bucket = _tier_bucket(sub_account_id, tier)
            full = max(time_ns, self.full_ns.get(bucket.node_id, 0))
            self.full_ns[bucket.node_id] = full + bucket.interval_ns

    def give_back_tier(self, sub_account_id: str, messages: int) -> None:
        """Put back what orders took just now that their tier had counted when they were entered."""
        tier = self.tiers.get(sub_account_id)
        if tier is not None:
            bucket = _tier_bucket(sub_account_id, tier)
            self.full_ns[bucket.node_id] -= bucket.interval_ns * messages

    def spent(self, row: FlowControl, time_ns: int) -> tuple[int, int]:
        """Return the messages out of a node's bucket with one more, and how long that one waits."""
        interval = _interval_ns(row)
        used_ns = max(0, self.full_ns.get(row.node_id, 0) - time_ns) + interval
        wait_ns = used_ns - interval * (row.messages_max or 0)
        return -(-used_ns // interval), max(0, wait_ns)

    def working_refusal(self, path: tuple[str, ...]) -> NodeRefusal | None:
        """Refuse an order that would be one too many at work."""
        for row in self.rows_of(path):
            limit = row.working_orders_max
            if limit is None:
                continue
            orders = self.working[row.node_id] + 1
            if orders > limit:
                detail = f"{orders} working orders exceed the {limit} of {row.node_id}"
                return Reason.WORKING_ORDERS_MAX, row.node_id, limit, orders, detail
        return None


def _interval_ns(row: FlowControl) -> int:
    """Return after what time one more message is free, rounded up."""
    return -(-row.messages_ns // row.messages_max) if row.messages_max else row.messages_ns


def _tier_bucket(sub_account_id: str, tier: ServiceTier) -> _Bucket:
    """Return the bucket of a sub-account under its tier; an interval is rounded up."""
    interval = -(-_SECOND_NS // tier.messages_per_second)
    burst = interval * tier.messages_burst
    return _Bucket(tier_bucket_id(sub_account_id), interval, burst, sub_account_id)
