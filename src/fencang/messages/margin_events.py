"""Events of margin: parameter files in force, grants, collateral, and what is published daily."""

from datetime import date

from fencang.messages.margin_commands import RiskArray
from fencang.messages.message import Event

__all__ = [
    "AccountMargin",
    "BenefitGranted",
    "CollateralReported",
    "MarginLine",
    "MarginPublished",
    "RiskArraysLoaded",
    "SpanParametersActivated",
    "SpanParametersLoaded",
    "UncoveredContract",
]


class SpanParametersLoaded(Event, tag="SpanParametersLoaded.1"):
    """A clearing house's SPAN file is known and may be put in force."""

    clearing_house: str
    sha256: str
    parser_version: int
    business_date: date


class UncoveredContract(Event):
    """A contract that a file lacks, and what a lot asked for under the last file that had it."""

    contract_id: str
    floor_micros: int


class SpanParametersActivated(Event, tag="SpanParametersActivated.1"):
    """A SPAN file is in force; what it lacks is margined by rate, at least at a floor."""

    clearing_house: str
    sha256: str
    business_date: date
    uncovered: tuple[UncoveredContract, ...]


class RiskArraysLoaded(Event, tag="RiskArraysLoaded.1"):
    """Computed arrays replace those of the file in force."""

    clearing_house: str
    arrays: tuple[RiskArray, ...]


class BenefitGranted(Event, tag="BenefitGranted.1"):
    """A sub-account needs so much less than its stand-alone margin, in base micros."""

    sub_account_id: str
    amount_micros: int


class CollateralReported(Event, tag="CollateralReported.1"):
    """Securities lie at a carrying account for an owner (or, at 0, no longer do)."""

    carrying_account_id: str
    owner_id: str
    collateral_id: str
    currency: str
    value_micros: int
    haircut_ppm: int


class MarginLine(Event):
    """One book's standing in the base currency.

    ``requirement_micros`` is the stand-alone requirement (of a pool: the pool's),
    ``attributed_micros`` the book's share of the pool's, ``granted_micros`` what it need not hold.
    A suspense account has no stand-alone requirement; its line shows what it takes of the pool's.
    """

    book_id: str
    equity_micros: int
    requirement_micros: int
    attributed_micros: int = 0
    granted_micros: int = 0


class AccountMargin(Event):
    """An owner's margin at one carrying account in one currency; a negative excess is a call.

    Of ``requirement_micros``, ``add_ons_micros`` is what the broker asks on top of multiplied
    margin; ``credits_micros`` is what agreements of clearing houses took off before.
    """

    carrying_account_id: str
    owner_id: str
    currency: str
    cash_micros: int
    unpaid_micros: int
    collateral_micros: int
    requirement_micros: int
    excess_micros: int
    add_ons_micros: int = 0
    credits_micros: int = 0


class MarginPublished(Event, tag="MarginPublished.1"):
    """Standing of every book and of each owner's pool at a settlement, for projections only."""

    trading_day: date
    lines: tuple[MarginLine, ...]
    accounts: tuple[AccountMargin, ...] = ()
    flags: tuple[str, ...] = ()
    """What is not as it should be: stale files, contracts margined by rate instead of SPAN."""
