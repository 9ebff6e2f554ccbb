"""Volumes, lots sent beside them and nodes that rest, to their stored form and back."""

import msgspec

from fencang.engine.risk.impact import ImpactKey, MarketImpact
from fencang.limits.impact import Volume
from fencang.limits.sliding_count import SlidingCount

__all__ = ["ImpactForm", "impact_form", "restore_impact"]


class ImpactForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is known and remembered of volumes."""

    volumes: list[tuple[str, Volume]] = []
    sent: list[tuple[ImpactKey, int, list[tuple[int, int]]]] = []
    """Node, scope and contract; the window; its slices."""
    resting: list[tuple[ImpactKey, int]] = []


def impact_form(impact: MarketImpact) -> ImpactForm:
    """Return the stored form; a count of nothing is no state."""
    sent = [
        (key, count.window_ns, list(count.slices))
        for key, count in sorted(impact.sent.items(), key=lambda item: item[0])
        if count.slices
    ]
    volumes, resting = sorted(impact.volumes.items()), sorted(impact.resting.items())
    return ImpactForm(volumes, sent, resting)


def restore_impact(impact: MarketImpact, form: ImpactForm) -> None:
    """Set what is remembered from its stored form; the rows are there already."""
    impact.volumes = dict(form.volumes)
    for key, window_ns, slices in form.sent:
        impact.sent[key] = SlidingCount(window_ns, slices)
    impact.resting = dict(form.resting)
