"""The part ``[watch]`` of the server's settings: what freezes a key, and how much is unusual."""

from typing import NamedTuple

from fencang.app.desk.fields import Fields
from fencang.gateways.doors.alarms import FAILURES_MAX
from fencang.gateways.doors.anomalies import DRAFTS_MAX, AnomalyKind, AnomalyPolicy

__all__ = ["WatchSettings", "read_watch"]


class WatchSettings(NamedTuple):
    """What is unlike a key's past and freezes it, and from how many failures a minute is told."""

    policy: AnomalyPolicy = AnomalyPolicy()
    failures_max: int = FAILURES_MAX


def read_watch(fields: Fields) -> WatchSettings:
    """Return what ``[watch]`` states; faults go to the list that ``fields`` keeps."""
    base = WatchSettings()
    kinds = {kind.name.lower(): kind for kind in AnomalyKind}
    usual = tuple(kind.name.lower() for kind in sorted(base.policy.freezing))
    names = fields.identifiers("freeze", usual) if fields.has("freeze") else usual
    for name in names:
        if name not in kinds:
            fields.fault("freeze", f'"{name}" is not one of {", ".join(kinds)}')
    policy = AnomalyPolicy(
        freezing=frozenset(kinds[name] for name in names if name in kinds),
        drafts_max=fields.whole("drafts_max", base.policy.drafts_max, low=1, high=DRAFTS_MAX - 1),
    )
    failures_max = fields.whole("failures_max", base.failures_max, low=1, high=100_000)
    fields.finish()
    return WatchSettings(policy, failures_max)
