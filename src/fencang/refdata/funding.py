"""Funding terms and interest: how money comes and goes at a carrying account, and what it bears.

Nothing here knows time zones: an offset of the local clock from UTC is stated, and stated anew from
the day that it changes.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import SECOND_NS, midnight_ns
from fencang.refdata.definition import (
    CurrencyCode,
    Definition,
    Identifier,
    NonNegativeMicros,
    PartsPerMillion,
)

__all__ = [
    "DAYS_AHEAD_MAX",
    "AfterCutoff",
    "DayCount",
    "FundingTerms",
    "InterestRate",
    "InterestScope",
    "SweepTarget",
    "funding_terms_faults",
    "interest_rate_faults",
]

DAY_SECONDS = 86_400
DAYS_AHEAD_MAX = 30
RatePpm = Annotated[int, msgspec.Meta(ge=-1_000_000, le=10_000_000)]


class AfterCutoff(StrEnum):
    """What becomes of a wire that comes too late for its value date."""

    NEXT_DAY = "next_day"
    REFUSE = "refuse"


class FundingTerms(Definition, tag="FundingTerms.1"):
    """Cut-off, business days and call times of one currency at one carrying account.

    All times of day are seconds on the local clock, which stands ``utc_offset_minutes`` ahead of
    UTC.  A wire of today's value must be entered by ``cutoff_s``.  A margin call is due
    ``call_due_days`` business days after its day at ``call_due_s``; amounts up to
    ``call_minimum_micros`` are not called.  ``weekend_days`` are ISO weekday numbers.
    """

    carrying_account_id: Identifier
    currency: CurrencyCode
    from_day: date
    cutoff_s: Annotated[int, msgspec.Meta(ge=0, le=DAY_SECONDS - 1)]
    utc_offset_minutes: Annotated[int, msgspec.Meta(ge=-840, le=840)] = 0
    after_cutoff: AfterCutoff = AfterCutoff.NEXT_DAY
    call_due_days: Annotated[int, msgspec.Meta(ge=0, le=DAYS_AHEAD_MAX)] = 1
    call_due_s: Annotated[int, msgspec.Meta(ge=0, le=DAY_SECONDS - 1)] = 43_200
    call_minimum_micros: NonNegativeMicros = 0
    weekend_days: tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...] = (6, 7)
    holidays: tuple[date, ...] = ()

    def is_business_day(self, day: date) -> bool:
        """Return whether the banks of the currency work on a day."""
        return day.isoweekday() not in self.weekend_days and day not in self.holidays

    def local(self, time_ns: int) -> tuple[date, int]:
        """Return the local day of a moment and the seconds of it that have passed."""
        seconds = time_ns // SECOND_NS + 60 * self.utc_offset_minutes
        days, second = divmod(seconds, DAY_SECONDS)
        return date.fromordinal(days + date(1970, 1, 1).toordinal()), second

    def business_day_after(self, day: date, days: int) -> date:
        """Return the ``days``-th business day after a day; with 0 the day or the first after it."""
        ordinal, left = day.toordinal(), days
        while left or not self.is_business_day(date.fromordinal(ordinal)):
            ordinal += 1
            if left and self.is_business_day(date.fromordinal(ordinal)):
                left -= 1
        return date.fromordinal(ordinal)

    def first_value_day(self, time_ns: int) -> date:
        """Return the first day that a wire entered at a moment can have as its value date."""
        day, second = self.local(time_ns)
        is_late = self.is_business_day(day) and second > self.cutoff_s
        return self.business_day_after(day, 1 if is_late else 0)

    def call_due_ns(self, time_ns: int) -> int:
        """Return the moment by which a call issued at a moment must be met."""
        day, _ = self.local(time_ns)
        due = self.business_day_after(day, self.call_due_days)
        return midnight_ns(due) + (self.call_due_s - 60 * self.utc_offset_minutes) * SECOND_NS


def funding_terms_faults(terms: FundingTerms) -> list[str]:
    """Return what is wrong with funding terms on their own, in plain words."""
    if len(set(terms.weekend_days)) == 7:
        return ["weekend_days leaves no business day"]
    if _longest_run(terms.holidays) > DAYS_AHEAD_MAX:
        return [f"holidays names more than {DAYS_AHEAD_MAX} days in a row"]
    return []


def _longest_run(days: Sequence[date]) -> int:
    longest = run = before = 0
    for ordinal in sorted({day.toordinal() for day in days}):
        run = run + 1 if ordinal == before + 1 else 1
        longest, before = max(longest, run), ordinal
    return longest


class SweepTarget(Definition, tag="SweepTarget.1"):
    """The balance that an owner wants free at a carrying account in a currency.

    Free is what margin and wires under way do not need.  Amounts below ``least_micros`` are not
    moved.  Balances without a target take no part in sweeps.
    """

    carrying_account_id: Identifier
    owner_id: Identifier
    currency: CurrencyCode
    target_micros: NonNegativeMicros
    least_micros: NonNegativeMicros = 0


class DayCount(StrEnum):
    """Days of a year that a yearly rate is divided by."""

    ACT_360 = "act_360"
    ACT_365 = "act_365"

    @property
    def days(self) -> int:
        """Return the divisor."""
        return 360 if self is DayCount.ACT_360 else 365


class InterestScope(StrEnum):
    """Whose cash a rate is for."""

    CARRYING = "carrying"
    SUB_ACCOUNT = "sub_account"


class InterestRate(Definition, tag="InterestRate.1"):
    """Yearly rates on cash of one currency from a calendar day on.

    ``carrying``: what the broker pays an owner on a balance of ``scope_id``, and takes below zero;
    it goes to the owner's reserve.  ``sub_account``: what the owner's reserve pays a sub-account
    and takes of it.  An empty ``scope_id`` means every account that has no rate of its own.
    ``credit_ppm`` may be negative, as euro and yen have known it.  ``benefit_ppm`` (sub-accounts,
    base currency) is taken on what the sub-account used of the benefit that it was granted.
    """

    scope: InterestScope
    currency: CurrencyCode
    from_day: date
    scope_id: Annotated[str, msgspec.Meta(max_length=64)] = ""
    credit_ppm: RatePpm = 0
    debit_ppm: PartsPerMillion = 0
    benefit_ppm: PartsPerMillion = 0
    day_count: DayCount = DayCount.ACT_360


def interest_rate_faults(rate: InterestRate) -> list[str]:
    """Return what is wrong with a rate on its own, in plain words; empty when nothing is."""
    if rate.benefit_ppm and rate.scope is not InterestScope.SUB_ACCOUNT:
        return ["benefit_ppm is a charge of sub-accounts, not of a carrying account"]
    return []
