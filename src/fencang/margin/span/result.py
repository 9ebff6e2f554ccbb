"""What SPAN finds for one portfolio, explained: shared by the reference and the fast program.

Money is integer micros of the named currency, deltas and numbers of spreads e4.
"""

from enum import StrEnum

from fencang.margin.span.frozen import Frozen

__all__ = [
    "CommodityResult",
    "CurrencyTotal",
    "FallbackLine",
    "LegFormed",
    "SpanResult",
    "SpreadFormed",
    "SpreadKind",
]


class SpreadKind(StrEnum):
    """Which table a spread stands in."""

    SUPER = "super"
    SERIES = "series"
    TIER = "tier"
    INTER = "inter"


class LegFormed(Frozen):
    """A leg of a spread that was formed: signed delta consumed, and the credit its CC received."""

    commodity: str
    delta_e4: int
    credit_micros: int = 0
    """Before the rounding of X4 (rounded half away to a micro for display)."""


class SpreadFormed(Frozen):
    """One spread of the tables with how often it was formed (n, e4)."""

    kind: SpreadKind
    priority: int
    method: int
    n_e4: int
    charge_micros: int = 0
    """Calendar spreads: before the rounding of C5."""
    legs: tuple[LegFormed, ...] = ()


class CommodityResult(Frozen):
    """One combined commodity."""

    commodity: str
    currency: str
    scan_risk_micros: int
    active_scenario: int
    """Counted from 1; 0 when several scan tiers have their own."""
    time_risk_micros: int
    volatility_risk_micros: int
    price_risk_micros: int
    weighted_price_risk_micros: int
    """Per delta, a multiple of 10,000 micros."""
    net_delta_e4: int
    intra_charge_micros: int
    delivery_charge_micros: int
    inter_credit_micros: int
    short_option_minimum_micros: int
    risk_micros: int
    maintenance_micros: int
    initial_micros: int
    option_value_micros: int
    is_merged_away: bool = False
    """Whether a scanning spread moved its risk into its target."""


class FallbackLine(Frozen):
    """Lots in a contract that the file lacks, margined at a configured amount."""

    contract: str
    currency: str
    long_lots: int
    short_lots: int
    requirement_micros: int


class CurrencyTotal(Frozen):
    """Everything of one currency: requirement less option value, never below zero."""

    currency: str
    maintenance_micros: int
    initial_micros: int
    option_value_micros: int
    """What counted (after R4's cap)."""
    excess_option_value_micros: int
    maintenance_total_micros: int
    initial_total_micros: int


class SpanResult(Frozen):
    """A whole portfolio; commodities in the order of the parameter set, currencies by code."""

    commodities: tuple[CommodityResult, ...]
    spreads: tuple[SpreadFormed, ...]
    """In the order they were formed."""
    totals: tuple[CurrencyTotal, ...]
    fallbacks: tuple[FallbackLine, ...] = ()
    unpriced: tuple[str, ...] = ()
    """Keys of premium-style options in position that the file states no price for."""
