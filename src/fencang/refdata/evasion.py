"""What the desk watches for at limits: the numbers of alarms, and how long a proposal waits."""

from datetime import date
from typing import Annotated

import msgspec

from fencang.basics.time import SECOND_NS
from fencang.refdata.definition import Definition, Text
from fencang.refdata.regime import PPM

__all__ = ["STEP_DAYS_MAX", "TURN_DAYS_MAX", "EvasionWatch"]

TURN_DAYS_MAX = 14
"""So long that two ends of months never share a window."""
STEP_DAYS_MAX = 30
SpanNs = Annotated[int, msgspec.Meta(ge=0, le=1 << 56)]
SharePpm = Annotated[int, msgspec.Meta(ge=0, le=PPM)]


class EvasionWatch(Definition, tag="EvasionWatch.1"):
    """From a day on these numbers raise an alarm; without any the defaults here do.

    ``follow_ns``: lots that an account of another owner under common control opens so soon after a
    limit refused them.  ``mirror_ns``, ``mirror_times``: accounts of two owners who do not count as
    one send orders of one contract and size so close to each other, so many times a day.
    ``ownership_margin_ppm``: a share that lies below a threshold by no more than this.
    ``near_limit_ppm``: from this part of a hard limit on, new accounts and changed papers are told.
    ``proposal_age_ns_max``: a proposed excess that nobody accepts in this time has expired.

    ``turn_days``, ``turn_share_ppm``, ``reporting_days``: of what left an account in so many
    calendar days up to the end of a month or a reporting day, this part or more is back in as many
    days after it; 0 days: nobody watches.

    ``step_days``: so many business days before a limit steps down below what a group holds and has
    working, the group is told; 0: it is not.
    """

    valid_from: date
    follow_ns: SpanNs = 30 * 60 * SECOND_NS
    mirror_ns: SpanNs = 60 * SECOND_NS
    mirror_times: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 3
    ownership_margin_ppm: SharePpm = 10_000
    near_limit_ppm: SharePpm = 800_000
    proposal_age_ns_max: SpanNs = 60 * 60 * SECOND_NS
    source: Text = ""
    turn_days: Annotated[int, msgspec.Meta(ge=0, le=TURN_DAYS_MAX)] = 5
    turn_share_ppm: SharePpm = 500_000
    reporting_days: Annotated[tuple[date, ...], msgspec.Meta(max_length=100)] = ()
    step_days: Annotated[int, msgspec.Meta(ge=0, le=STEP_DAYS_MAX)] = 5

    @property
    def key(self) -> tuple[str, ...]:
        """Return what identifies it among its kind."""
        return (self.valid_from.isoformat(),)
