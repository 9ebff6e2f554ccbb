"""What service tiers may refer to and who must name one, and which changes only take away."""

from collections.abc import Collection, Iterator, Mapping

from fencang.refdata.account import SubAccount
from fencang.refdata.service_tier import ALL_INSTRUMENTS, ServiceTier

__all__ = ["named_tier_faults", "tier_faults", "tier_narrows"]


def tier_faults(
    tier: ServiceTier,
    tiers: Collection[str],
    subs: Mapping[str, SubAccount],
    scopes: Collection[str],
    venues: Collection[str],
) -> Iterator[str]:
    """Yield what is wrong with what a tier names, and sub-accounts that it leaves without one.

    ``tiers`` are all that will be defined; the first of them by name speaks for the sub-accounts.
    """
    for scope_id in tier.instruments:
        if scope_id != ALL_INSTRUMENTS and scope_id not in scopes:
            yield f"no contract or product {scope_id}"
    if tier.venue_id is not None and tier.venue_id not in venues:
        yield f"no venue {tier.venue_id}"
    if tier.tier_id == min(tiers):
        for _, sub in sorted(subs.items()):
            yield from named_tier_faults(sub, tiers)


def named_tier_faults(sub: SubAccount, tiers: Collection[str]) -> Iterator[str]:
    """Yield that a sub-account names a tier that is none; on a desk without tiers every name is."""
    if tiers and sub.service_tier not in tiers:
        yield (
            f"{sub.sub_account_id} is of service tier {sub.service_tier}, which nothing defines; "
            f"there are {', '.join(sorted(tiers))}"
        )


def tier_narrows(tier: ServiceTier, old: ServiceTier | None) -> bool:
    """Return whether clients of a tier may do no more than before, and nothing sooner.

    A new tier gives nobody anything: that a sub-account may be of it takes two persons.
    """
    if old is None:
        return True
    return (
        set(tier.interfaces) <= set(old.interfaces)
        and set(tier.order_types) <= set(old.order_types)
        and set(tier.times_in_force) <= set(old.times_in_force)
        and _covers(old.instruments, tier.instruments)
        and tier.messages_per_second <= old.messages_per_second
        and tier.messages_burst <= old.messages_burst
        and tier.priority_class >= old.priority_class
        and tier.instructions_max <= old.instructions_max
        and _takes_later(tier, old)
    )


def _covers(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return ALL_INSTRUMENTS in old or set(new) <= set(old)


def _takes_later(tier: ServiceTier, old: ServiceTier) -> bool:
    """Return whether nothing takes effect sooner: days of another venue are neither."""
    if not old.is_dated:
        return True
    return tier.is_dated and tier.venue_id == old.venue_id and tier.cutoff_ns >= old.cutoff_ns
