"""Whole published chains: WTI options of 9 July 2021, BANKNIFTY options of 8 August 2025."""

import csv
import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import pytest

from fencang.basics.price import parse_price
from fencang.margin.span.parameters import ContractType, ProductFamily
from fencang.parameters.arrays import compute_arrays
from fencang.parameters.option_chain import OptionChain, VolatilitySource
from fencang.parameters.pricing import PricingFormula, implied_volatilities, model_of, prices
from fencang.parameters.pricing.formulas import deltas
from tests.parameters.scan_points import CALL, PUT, option_family, scan_points, series_of

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "span"
OIL = option_family(is_american=True)
INDEX = ProductFamily(
    exchange="NSE", code="BANKNIFTY", kind=ContractType.OPTION_ON_PHYSICAL, value_factor_e7=10**7
)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no market data at {DATA.name}")


def oil_chains():
    """Yield (month, days to expiry, future, chain) of the settlements of 9 July 2021."""
    futures, expiries, options = {}, {}, {}
    with gzip.open(DATA / "nymex_cl_lo_settlements_20210709.txt.gz", "rt") as lines:
        for parts in (line.split() for line in lines):
            match parts:
                case ["CL", month, "Opt", "LO", expiry]:
                    expiries[month] = dt.date.fromisoformat(expiry)
                case ["CL", month, "Fut", price] if "-" not in price:
                    futures[month] = parse_price(price)
                case ["CL", month, "Call" | "Put" as right, strike, price]:
                    options.setdefault(month, []).append((right == "Put", strike, price))
    for month, rows in options.items():
        chain = OptionChain(
            np.array([PUT if is_put else CALL for is_put, *_ in rows], dtype=np.int8),
            np.array([parse_price(strike) for _, strike, _ in rows]),
            np.array([parse_price(price) for *_, price in rows]),
            np.zeros(len(rows), dtype=np.int64),
        )
        days = (expiries[month] - dt.date(2021, 7, 9)).days
        yield month.replace("-", ""), days, futures[month], chain


def oil_arrays(code):
    for month, days, future, chain in oil_chains():
        series = series_of(
            OIL,
            month,
            price_scan_range=5_000,
            expiry_years_e6=round(days / 365 * 1e6),
            interest_rate_e6=1_000,
            reference_price_nanos=future,
            pricing_model=code,
        )
        model = model_of(series, OIL)
        yield chain, compute_arrays(series, scan_points(), family=OIL, model=model, chain=chain)


@pytest.mark.parametrize("code", ["M", "W"])
def test_every_wti_option_gets_an_array(code):
    """12,852 options: no volatility is borrowed from further than its own strike."""
    rows, sources = 0, set()
    for chain, found in oil_arrays(code):
        rows += len(found)
        sources |= set(found.volatility_source.tolist())
        calls = chain.right == CALL
        deltas_e4 = found.columns["delta_e4"]
        assert (deltas_e4[calls] >= 0).all()
        assert (deltas_e4[~calls] <= 0).all()
        assert np.abs(found.columns["values"]).max() <= 3 * 5_000
        losses = found.columns["values"].max(axis=1)
        slack = 10 if code == "M" else 1_000  # in the money the model's price is not the quote
        assert (losses <= chain.price_nanos / 1e6 + slack).all()
    assert rows == 12_852
    assert sources == {VolatilitySource.OWN_PRICE, VolatilitySource.OPPOSITE_RIGHT}


def test_an_own_volatility_gives_the_settlement_again():
    """To a thousandth of a cent: volatilities are kept in millionths."""
    for month, days, future, chain in oil_chains():
        at = (chain.right, future / 1e9, chain.strike_nanos / 1e9)
        years = days / 365
        implied = implied_volatilities(
            PricingFormula.BLACK_76, at[0], chain.price_nanos / 1e9, *at[1:], years
        )
        has = implied > 0
        again = prices(PricingFormula.BLACK_76, *at, np.round(implied, 6), years)
        assert np.abs(again - chain.price_nanos / 1e9)[has].max() < 3e-5, month


def index_options(issue):
    """Yield (expiry, spot, rows) of one issue of NSE's file."""
    path = DATA / f"nse_banknifty_options_20250808_{issue}.csv.gz"
    with gzip.open(path, "rt") as lines:
        rows = list(csv.DictReader(lines))
    for expiry in sorted({row["expiry"] for row in rows}):
        of_expiry = [row for row in rows if row["expiry"] == expiry]
        yield expiry, float(of_expiry[0]["spot_from_rpf"]), of_expiry


RATE = 0.0609
FAR_SCAN = {"2026-06-30": 0.17709}
"""Scan range of the spot: 11.3 %, and more in the ninth month and beyond."""


def index_arrays(rows, expiry, spot, volatility_e6):
    """Arrays from the file's spot, and the two parts that are ours: time from 7 August, 2 days."""
    days = (dt.date.fromisoformat(expiry) - dt.date(2025, 8, 7)).days
    series = series_of(
        INDEX,
        expiry.replace("-", ""),
        volatility_e6=184_300,
        volatility_scan_e6=50_000,
        volatility_scan_is_relative=False,
        price_scan_range=round(FAR_SCAN.get(expiry, 0.113) * spot * 100),
        expiry_years_e6=round(days / 365 * 1e6),
        look_ahead_years_e6=round(2 / 365 * 1e6),
        interest_rate_e6=round(RATE * 1e6),
        pricing_model="BS",
    )
    chain = OptionChain(
        rights_of(rows),
        np.array([parse_price(row["strike"]) for row in rows]),
        np.array([parse_price(row["premium_in_rpf"]) for row in rows]),
        volatility_e6,
    )
    return compute_arrays(
        series,
        scan_points(2, 350_000),
        family=INDEX,
        model=model_of(series, INDEX, is_extreme_of_points=True),
        chain=chain,
        underlying_price_nanos=round(spot * np.exp(RATE * days / 365) * 1e9),
        risk_unit_micros=10_000,
    )


def rights_of(rows):
    return np.array([CALL if row["type"] == "C" else PUT for row in rows], dtype=np.int8)


def volatility_of_delta(rows, expiry, spot):
    """Volatility (1e-6) at which today's delta is the file's, of out-of-the-money options."""
    days = (dt.date.fromisoformat(expiry) - dt.date(2025, 8, 7)).days
    years = days / 365
    right, wanted = rights_of(rows), np.array([abs(float(row["delta_in_rpf"])) for row in rows])
    strike = np.array([float(row["strike"]) for row in rows])
    forward = spot * np.exp(RATE * years)
    low, high = np.full(len(rows), 0.02), np.full(len(rows), 1.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        found = np.abs(
            deltas(PricingFormula.BLACK_76, right, forward, strike, middle, years, RATE)
        ) * np.exp(RATE * years)
        low, high = np.where(found < wanted, middle, low), np.where(found < wanted, high, middle)
    return np.round(low * 1e6).astype(np.int64)


def is_told_by_delta(rows, spot):
    """Out of the money by 1 % or more and of a delta with three digits."""
    strike = np.array([float(row["strike"]) for row in rows])
    delta = np.abs([float(row["delta_in_rpf"]) for row in rows])
    is_out = np.where(rights_of(rows) == CALL, strike > 1.03 * spot, strike < 0.99 * spot)
    return is_out & (delta >= 0.02) & (delta < 0.45)


def largest_gain(found):
    """What the files' column holds: the largest gain of a long, so the worst for a short."""
    return -found.columns["values"].min(axis=1) / 100


@pytest.mark.parametrize("issue", ["i1", "i5"])
def test_the_index_options_largest_gain_is_rebuilt_to_the_rupee(issue):
    """Given the volatility that the file's delta implies, arrays agree in both issues.

    Range 11.3 % of the spot, five points of volatility either way, two days, 6.09 %, time counted
    from the day before: half of the options within 0.2 rupees of some thousands.
    """
    found, published = [], []
    for expiry, spot, all_rows in index_options(issue):
        told = is_told_by_delta(all_rows, spot)
        rows = [row for row, is_told in zip(all_rows, told, strict=True) if is_told]
        arrays = index_arrays(rows, expiry, spot, volatility_of_delta(rows, expiry, spot))
        deltas_e4 = arrays.columns["delta_e4"]
        stated = np.array([round(float(row["delta_in_rpf"]) * 10_000) for row in rows])
        assert np.abs(deltas_e4 - stated).max() <= 1
        found.append(largest_gain(arrays))
        published.append([float(row["worst_RA_per_unit"]) for row in rows])
    published = np.concatenate(published)
    differences = np.abs(np.concatenate(found) - published)
    assert len(published) > 450
    assert np.median(differences) < 0.05
    assert np.quantile(differences, 0.9) < 0.25
    assert np.quantile(differences, 0.99) < 4.0  # the far month, whose range is fitted
    assert (differences / published).max() < 0.002


@pytest.mark.parametrize(("issue", "median", "most"), [("i1", 0.005, 0.09), ("i5", 0.03, 0.09)])
def test_the_index_options_own_prices_tell_less(issue, median, most):
    """With the volatility of each option's own price: stale prices in the file show as errors."""
    relative = []
    for expiry, spot, rows in index_options(issue):
        arrays = index_arrays(rows, expiry, spot, np.zeros(len(rows), dtype=np.int64))
        published = np.array([float(row["worst_RA_per_unit"]) for row in rows])
        is_large = published > 100
        relative.append(np.abs(largest_gain(arrays) - published)[is_large] / published[is_large])
    relative = np.concatenate(relative)
    assert np.median(relative) < median
    assert np.quantile(relative, 0.9) < most
