"""What a replay adds to a desk: where prices come from, how the paper venue fills, when to plan.

These numbers describe the simulated outside world; the desk itself never sees them.  Every file
name is relative to the folder given with ``--prices``.
"""

from enum import StrEnum
from typing import NamedTuple

from fencang.app.desk.fields import Fields
from fencang.planning.parameters import ParametersFault, VolatilityParameters
from fencang.refdata.definition import LOTS_MAX

__all__ = [
    "FillSettings",
    "MovesSettings",
    "PlanSettings",
    "PriceLayout",
    "PriceSource",
    "ReplaySettings",
    "SeriesSource",
    "read_plan",
    "read_replay",
]


class PriceLayout(StrEnum):
    """How a price file is laid out.

    closes: ``date`` and one column per series.  ohlc: ``date,open,high,low,close,volume``, one file
    per contract (``file`` contains ``{series}``).  held: long rows of ``date,instrument,price,
    price_contract,carry,carry_contract,forward,forward_contract``: the data name the contract to
    hold and the next.  ticks: long rows of ``contract,time,price,size``, matched one by one.
    arch: the series inside the Python package ``arch``.
    """

    CLOSES = "closes"
    OHLC = "ohlc"
    TICKS = "ticks"
    HELD = "held"
    ARCH = "arch"


class PriceSource(NamedTuple):
    """One ``[[replay.prices]]``: ``series`` maps a contract (held: a product) to its series.

    Prices of a source that ``keeps_tick`` are refused when they are off it, others are rounded.
    """

    layout: PriceLayout
    file: str
    series: dict[str, str]
    date_column: str
    volume_lots: int
    keeps_tick: bool
    path: str


class SeriesSource(NamedTuple):
    """Rates or indicators: ``series`` maps a currency or an indicator to a column of closes."""

    layout: PriceLayout
    file: str
    series: dict[str, str]
    date_column: str
    path: str


class FillSettings(NamedTuple):
    """How the paper venue fills: stated assumptions, not measurements."""

    slippage_ticks: dict[str, int]
    slippage_ticks_default: int
    volume_share_ppm: int
    queue_ahead_ppm: int
    latency_ns: int


class PlanSettings(NamedTuple):
    """When capital is planned anew, by whom, and with which numbers."""

    every_days: int
    proposed_by: str
    approved_by: str
    parameters: VolatilityParameters


class MovesSettings(NamedTuple):
    """How often deviations and correlations of markets are reported, and over how many days."""

    every_days: int
    lookback_days: int


class ReplaySettings(NamedTuple):
    """Everything about a replay that is not the desk itself."""

    prices: tuple[PriceSource, ...]
    rates: tuple[SeriesSource, ...]
    indicators: tuple[SeriesSource, ...]
    fills: FillSettings
    moves: MovesSettings | None


def read_replay(fields: Fields) -> ReplaySettings:
    """Read ``[replay]`` with its sources and fills."""
    prices = tuple(_prices(each) for each in fields.each("prices"))
    rates = tuple(_series(each, "currency") for each in fields.each("rates"))
    indicators = tuple(_series(each, "indicator") for each in fields.each("indicators"))
    moves = _moves(fields.inner("moves"))
    settings = ReplaySettings(prices, rates, indicators, _fills(fields.inner("fills")), moves)
    fields.finish()
    return settings


def _prices(fields: Fields) -> PriceSource:
    layout = fields.choice("layout", PriceLayout)
    file = "" if layout is PriceLayout.ARCH else fields.text("file")
    if layout is PriceLayout.OHLC and file and "{series}" not in file:
        fields.fault("file", f'"{file}" must contain {{series}}: one file per contract')
    source = PriceSource(
        layout=layout,
        file=file,
        series=_mapping(fields, "a contract or product"),
        date_column=fields.text("date_column", "date"),
        volume_lots=fields.whole("volume_lots", 1_000_000, low=1, high=LOTS_MAX),
        keeps_tick=fields.flag("keeps_tick"),
        path=fields.path,
    )
    fields.finish()
    return source


def _series(fields: Fields, what: str) -> SeriesSource:
    layout = fields.choice("layout", PriceLayout, PriceLayout.CLOSES)
    if layout not in {PriceLayout.CLOSES, PriceLayout.ARCH}:
        fields.fault("layout", "rates and indicators come as closes or arch")
    file = "" if layout is PriceLayout.ARCH else fields.text("file")
    source = SeriesSource(
        layout=layout,
        file=file,
        series=_mapping(fields, f"a {what}"),
        date_column=fields.text("date_column", "date"),
        path=fields.path,
    )
    fields.finish()
    return source


def _mapping(fields: Fields, what: str) -> dict[str, str]:
    series = fields.pairs("series")
    if not series and not fields.is_faulty:
        fields.fault("series", f"is missing; it maps {what} of the desk to a series of the file")
    return series


def _fills(fields: Fields) -> FillSettings:
    slippage = fields.inner("slippage_ticks")
    ticks = {
        key: slippage.whole(key, 0, high=100_000) for key in slippage.table if key != "default"
    }
    fills = FillSettings(
        slippage_ticks=ticks,
        slippage_ticks_default=slippage.whole("default", 0, high=100_000),
        volume_share_ppm=fields.percent("volume_share", 100_000, high=1_000_000),
        queue_ahead_ppm=fields.percent("queue_ahead", 500_000, high=1_000_000),
        latency_ns=fields.span_ns("latency", 20_000_000),
    )
    slippage.finish()
    fields.finish()
    return fills


def _moves(fields: Fields) -> MovesSettings | None:
    if not fields.table:
        return None
    moves = MovesSettings(
        every_days=fields.whole("every_days", 5, low=1, high=1_000),
        lookback_days=fields.whole("lookback_days", 60, low=2, high=1_000),
    )
    fields.finish()
    return moves


def read_plan(fields: Fields, accounts_count: int) -> PlanSettings | None:
    """Read ``[plan]``; a desk without one keeps the capital it starts with."""
    if not fields.table:
        return None
    standard = VolatilityParameters()
    days_max = 10_000
    parameters = VolatilityParameters(
        half_life_days=fields.whole("half_life_days", 60, low=1, high=days_max),
        history_days_min=fields.whole("history_days_min", 20, high=days_max),
        prior_volatility_ppm=fields.percent("prior_volatility", 150_000),
        prior_observations=fields.whole("prior_days", 20, high=days_max),
        volatility_floor_ppm=fields.percent("volatility_floor", 10_000),
        floor_ppm=fields.percent("floor", standard.floor_ppm),
        cap_ppm=fields.percent("cap", standard.cap_ppm),
        step_ppm=fields.percent("step", standard.step_ppm),
        band_ppm=fields.percent("band", standard.band_ppm),
        deploy_ppm=fields.percent("deploy", standard.deploy_ppm),
        margin_buffer_ppm=fields.percent("margin_buffer", standard.margin_buffer_ppm),
    )
    plan = PlanSettings(
        every_days=fields.whole("every_days", 20, low=1, high=days_max),
        proposed_by=fields.identifier("proposed_by"),
        approved_by=fields.identifier("approved_by"),
        parameters=parameters,
    )
    if plan.proposed_by and plan.proposed_by == plan.approved_by:
        fields.fault("approved_by", "must be another person than proposed_by")
    try:
        parameters.check(max(1, accounts_count))
    except ParametersFault as fault:
        for words in fault.faults:
            fields.fault("", words)
    fields.finish()
    return plan
