"""What is unlike a key's past: a new address, an unusual hour, an unusual size, many drafts.

A function from what is remembered of a key and one act of it to what is remembered then and what is
to be said.  It blocks nothing; whether something freezes the key is a stated policy.  What is
remembered is bounded and old habits fade, so that a key that changes its habits is told of for a
while and not for ever.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec.structs import replace as with_fields

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.gateways.doors.throttle import address_name

__all__ = [
    "ADDRESSES_MAX",
    "DRAFTS_MAX",
    "Act",
    "Anomaly",
    "AnomalyKind",
    "AnomalyPolicy",
    "KeyHistory",
    "looked_at",
    "size_class_of",
    "with_more",
]

ADDRESSES_MAX: Final = 32
"""Addresses remembered of a key; the one that was used longest ago is forgotten first."""
DRAFTS_MAX: Final = 1_000

_HOUR_NS: Final = 3_600 * SECOND_NS
_FADE_AT: Final = 100_000
"""Acts after which all counts are halved."""
_SIZE_CLASSES: Final = 63
"""Sizes are counted by their power of two; no money is larger (`MONEY_MICROS_MAX`)."""
_RARE: Final = 200
"""One in so many is rare."""


class AnomalyKind(StrEnum):
    """What is unlike the past."""

    NEW_ADDRESS = "new address"
    UNUSUAL_HOUR = "unusual hour"
    UNUSUAL_SIZE = "unusual size"
    MANY_DRAFTS = "many drafts"


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One thing done with a key: when, from where, how large (0: no size), whether a draft."""

    time_ns: int
    address: str
    size_micros: int = 0
    is_draft: bool = False


class AnomalyPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """From when on something is unusual, and what freezes the key.

    Hours and sizes count once there were ``acts_min`` acts on ``days_min`` days.  A size is unusual
    from ``size_doublings`` doublings above what one act in 200 was larger than.  More than
    ``drafts_max`` drafts within ``drafts_ns`` are many.  The same kind is told again after
    ``quiet_ns``.  By itself only a burst of drafts freezes: it can wait, and an order that reduces
    cannot.
    """

    acts_min: int = 500
    days_min: int = 5
    size_doublings: int = 2
    drafts_max: Annotated[int, msgspec.Meta(ge=1, le=DRAFTS_MAX - 1)] = 20
    drafts_ns: int = 600 * SECOND_NS
    quiet_ns: int = _HOUR_NS
    freezing: frozenset[AnomalyKind] = frozenset({AnomalyKind.MANY_DRAFTS})


class KeyHistory(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one key.

    ``addresses`` with the time of their last use, latest last; acts by hour of the day (UTC) and by
    power of two of their size; days counted, the last of them; times of drafts within the window;
    when each kind was last told.
    """

    addresses: tuple[tuple[str, int], ...] = ()
    by_hour: tuple[int, ...] = (0,) * 24
    by_size: tuple[int, ...] = (0,) * _SIZE_CLASSES
    days: int = 0
    last_day: int = -1
    drafts_ns: tuple[int, ...] = ()
    told_ns: tuple[tuple[AnomalyKind, int], ...] = ()


class Anomaly(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is unlike the past, in plain words, and whether it freezes the key."""

    kind: AnomalyKind
    words: str
    freezes: bool


def looked_at(
    history: KeyHistory, act: Act, policy: AnomalyPolicy
) -> tuple[KeyHistory, tuple[Anomaly, ...]]:
    """Return what is remembered after the act, and what about it is unlike what was before."""
    drafts_ns = _drafts(history, act, policy)
    found = [
        (AnomalyKind.NEW_ADDRESS, _new_address(history, act)),
        (AnomalyKind.UNUSUAL_HOUR, _unusual_hour(history, act, policy)),
        (AnomalyKind.UNUSUAL_SIZE, _unusual_size(history, act, policy)),
        (AnomalyKind.MANY_DRAFTS, _many_drafts(drafts_ns, policy)),
    ]
    told = dict(history.told_ns)
    anomalies = []
    for kind, words in found:
        is_quiet = kind in told and 0 <= act.time_ns - told[kind] < policy.quiet_ns
        if words and (kind is AnomalyKind.NEW_ADDRESS or not is_quiet):
            told[kind] = act.time_ns
            anomalies.append(Anomaly(kind=kind, words=words, freezes=kind in policy.freezing))
    day = act.time_ns // DAY_NS
    after = KeyHistory(
        addresses=_with_address(history, act),
        by_hour=_counted(history.by_hour, _hour(act)),
        by_size=_counted(history.by_size, _size_class(act)) if act.size_micros else history.by_size,
        days=history.days + (day != history.last_day),
        last_day=day,
        drafts_ns=drafts_ns,
        told_ns=tuple(told.items()),
    )
    return after, tuple(anomalies)


def with_more(history: KeyHistory, act: Act, acts: int, by_size: Mapping[int, int]) -> KeyHistory:
    """Return what is remembered after so many further acts like one that was looked at.

    They came from its address in its hour; ``by_size`` counts those of a size by its power of two.
    """
    sizes = history.by_size
    for size_class, count in by_size.items():
        sizes = _counted(sizes, size_class, count)
    after: KeyHistory = with_fields(
        history,
        addresses=_with_address(history, act),
        by_hour=_counted(history.by_hour, _hour(act), acts),
        by_size=sizes,
    )
    return after


def _new_address(history: KeyHistory, act: Act) -> str:
    """Return words about an address never seen; the first one of a key is not told."""
    name = address_name(act.address)
    if not history.addresses or any(known == name for known, _ in history.addresses):
        return ""
    return f"it came from {name}, where it never came from; it is known from {_known(history)}"


def _known(history: KeyHistory) -> str:
    names = [name for name, _ in reversed(history.addresses)]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _unusual_hour(history: KeyHistory, act: Act, policy: AnomalyPolicy) -> str:
    """Return words about an hour in which, and around which, hardly anything was ever done."""
    total = sum(history.by_hour)
    if total < policy.acts_min or history.days < policy.days_min:
        return ""
    hour = _hour(act)
    around = sum(history.by_hour[(hour + step) % 24] for step in (-1, 0, 1))
    if around * _RARE >= total:
        return ""
    return f"it acts at {hour:02}:00 UTC; of {total} acts before, {around} were around that hour"


def _unusual_size(history: KeyHistory, act: Act, policy: AnomalyPolicy) -> str:
    """Return words about a size far beyond what is exceeded once in 200 acts."""
    total = sum(history.by_size)
    if not act.size_micros or total < policy.acts_min or history.days < policy.days_min:
        return ""
    above, usual = 0, _SIZE_CLASSES - 1
    while (above + history.by_size[usual]) * _RARE < total:
        above += history.by_size[usual]
        usual -= 1
    if _size_class(act) < usual + 1 + policy.size_doublings:
        return ""
    bound_micros = 1 << (usual + 1)
    return (
        f"its size is {act.size_micros // 1_000_000}; of {total} acts before, {above} were above "
        f"{bound_micros // 1_000_000}"
    )


def _many_drafts(drafts_ns: tuple[int, ...], policy: AnomalyPolicy) -> str:
    if len(drafts_ns) <= policy.drafts_max:
        return ""
    seconds = policy.drafts_ns // SECOND_NS
    return f"it made {len(drafts_ns)} drafts within {seconds} s; {policy.drafts_max} are usual"


def _drafts(history: KeyHistory, act: Act, policy: AnomalyPolicy) -> tuple[int, ...]:
    if not act.is_draft:
        return history.drafts_ns
    recent = tuple(each for each in history.drafts_ns if act.time_ns - each < policy.drafts_ns)
    return (*recent, act.time_ns)[-DRAFTS_MAX:]


def _with_address(history: KeyHistory, act: Act) -> tuple[tuple[str, int], ...]:
    name = address_name(act.address)
    if history.addresses and history.addresses[-1][0] == name:
        return (*history.addresses[:-1], (name, act.time_ns))
    others = tuple(each for each in history.addresses if each[0] != name)
    return (*others, (name, act.time_ns))[-ADDRESSES_MAX:]


def _counted(counts: tuple[int, ...], index: int, count: int = 1) -> tuple[int, ...]:
    after = (*counts[:index], counts[index] + count, *counts[index + 1 :])
    return tuple(each // 2 for each in after) if sum(after) >= _FADE_AT else after


def _hour(act: Act) -> int:
    return act.time_ns // _HOUR_NS % 24


def _size_class(act: Act) -> int:
    return size_class_of(act.size_micros)


def size_class_of(size_micros: int) -> int:
    """Return the power of two that a size counts as; -1 for no size."""
    return min(abs(size_micros).bit_length() - 1, _SIZE_CLASSES - 1)
