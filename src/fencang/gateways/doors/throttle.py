"""Token buckets by name: how often a key or an address may come, and how often it may fail.

A bucket is one number, the time at which it will be full again (the generic cell rate algorithm),
so that asking and spending take the same time however many there are.  Nothing waits here and
nothing is queued: the answer is how long to stay away.  The number of names is bounded; the one
that spent longest ago is forgotten first, which is the one that is most likely full.
"""

from collections import OrderedDict
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NamedTuple

__all__ = ["NAMES_MAX", "BucketRate", "Throttle", "address_name"]

NAMES_MAX: Final = 100_000
"""Buckets that are not full of one throttle; the one that spent longest ago is forgotten first."""

_SITE_BITS: Final = 64
"""One IPv6 customer has a network of 2^64 addresses or more: it counts as one."""


class BucketRate(NamedTuple):
    """``burst`` at once, then one every ``interval_ns``; both at least 1."""

    burst: int
    interval_ns: int


class Throttle:
    """Buckets of one rate by name."""

    __slots__ = ("_full_ns", "_names_max", "_rate", "_slack_ns")

    def __init__(self, rate: BucketRate, names_max: int = NAMES_MAX) -> None:
        assert rate.burst >= 1, rate
        assert rate.interval_ns >= 1, rate
        self._rate = rate
        self._slack_ns = (rate.burst - 1) * rate.interval_ns
        self._names_max = names_max
        self._full_ns: OrderedDict[str, int] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_ns)

    def wait_ns(self, name: str, time_ns: int) -> int:
        """Return how long the name has to stay away, 0 when it may come; nothing is spent."""
        full_ns = self._full_ns.get(name)
        if full_ns is None:
            return 0
        # A clock that was set back would keep a name away for as long: no bucket is emptier than
        # empty.
        full_ns = min(full_ns, time_ns + self._slack_ns + self._rate.interval_ns)
        return max(full_ns - self._slack_ns - time_ns, 0)

    def spend(self, name: str, time_ns: int) -> None:
        """Take one token; an empty bucket does not get emptier."""
        empty_ns = time_ns + self._slack_ns + self._rate.interval_ns
        full_ns = max(self._full_ns.get(name, time_ns), time_ns) + self._rate.interval_ns
        self._full_ns[name] = min(full_ns, empty_ns)
        self._full_ns.move_to_end(name)
        self._tidy(time_ns)

    def take(self, name: str, time_ns: int) -> int:
        """Spend one token where there is one and return 0; else return how long to stay away."""
        wait_ns = self.wait_ns(name, time_ns)
        if wait_ns == 0:
            self.spend(name, time_ns)
        return wait_ns

    def forget(self, name: str) -> None:
        """Fill the bucket of a name."""
        self._full_ns.pop(name, None)

    def _tidy(self, time_ns: int) -> None:
        """Drop what is full among the two that spent longest ago, and what is too many."""
        for _ in range(2):
            name, full_ns = next(iter(self._full_ns.items()))
            if full_ns > time_ns and len(self._full_ns) <= self._names_max:
                return
            del self._full_ns[name]
            if not self._full_ns:
                return


@lru_cache(maxsize=4_096)
def address_name(address: str) -> str:
    """Return what an address counts as: IPv4 itself, IPv6 its /64, other peers their own text.

    An IPv4 address in IPv6 clothes (``::ffff:192.0.2.1``) is the IPv4 address.
    """
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return address  # a Unix socket has a name of its own
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> _SITE_BITS << _SITE_BITS)}/{_SITE_BITS}"
    return str(parsed)
