"""What is to be reported: it arises from positions alone, however they were routed.

A reporting test is not a limit test: it is met at the level exactly, counts what is held and not
what is working, each side and mostly each month alone, and knows no exemption.

Source: 17 CFR 15.00 and 15.03(b); Cap. 571Y of Hong Kong.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from fencang.limits.regimes.counting import LOT_PARTS, Holding, count
from fencang.refdata.regime import Regime, ReportThreshold

__all__ = ["ReportDuty", "report_duties"]


class ReportDuty(NamedTuple):
    """Something to report: by which threshold, of which month (``""``: all) and side."""

    threshold_id: str
    report_kind: str
    month: str
    side: str
    level_lots: int
    held_parts: int


def report_duties(
    regime: Regime,
    thresholds: Iterable[ReportThreshold],
    holdings: Sequence[Holding],
    day: date,
) -> tuple[ReportDuty, ...]:
    """Return what a group of persons has to report of a group of contracts, in order.

    A holding without a known delta counts in full on the side of its lots: a report too many does
    no harm.
    """
    known = [
        each if each.delta_ppm is not None else each._replace(delta_ppm=10**6) for each in holdings
    ]
    found = []
    for threshold in thresholds:
        if threshold.from_day > day:
            continue
        months = sorted({each.month for each in known}) if threshold.each_month else [""]
        for month in months:
            counted = [each for each in known if not threshold.each_month or each.month == month]
            sides = count(counted, regime.counting.report_netting, regime.counting.options)
            for side, parts in zip(("long", "short"), sides, strict=True):
                if parts >= threshold.quantity_lots_min * LOT_PARTS:
                    level = threshold.quantity_lots_min
                    kind = threshold.report_kind
                    found.append(
                        ReportDuty(threshold.threshold_id, kind, month, side, level, parts)
                    )
    return tuple(found)
