"""Greeks of a file's options against QuantLib, and what is said when something is missing."""

from math import exp, sqrt

import pytest

from fencang.basics.price import NANOS
from fencang.margin.span.keys import row_of
from fencang.parameters.greeks import option_greeks
from fencang.parameters.pricing.formulas import prices
from fencang.parameters.pricing.model import PricingFormula
from tests.engine.span_firm import crude
from tests.parameters.span_volatility import with_series

ql = pytest.importorskip("QuantLib", reason="QuantLib is the oracle of these tests only")

CALL, PUT = "XYZ/CL/OOF/202006/C/20", "XYZ/CL/OOF/202006/P/20"
YEARS, RATE, FORWARD = 0.2, 0.05, 21.5
FORWARD_NANOS = 21_500_000_000


def asked(key, forward_nanos=FORWARD_NANOS, **more):
    """Return the Greeks of an option of the firm's file."""
    parameters = with_series(crude(3_000), **more)
    return option_greeks(parameters, row_of(parameters, key), forward_nanos)


@pytest.mark.parametrize("key", [CALL, PUT])
def test_greeks_at_a_stated_volatility_are_quantlibs(key):
    found = asked(key, stated_e6=350_000)
    assert (found.volatility, found.volatility_source) == (0.35, "file")
    right = ql.Option.Call if key is CALL else ql.Option.Put
    exact = ql.BlackCalculator(
        ql.PlainVanillaPayoff(right, 20.0), FORWARD, 0.35 * sqrt(YEARS), exp(-RATE * YEARS)
    )
    assert found.delta == pytest.approx(exact.deltaForward(), abs=1e-12)
    assert found.gamma == pytest.approx(exact.gammaForward(), abs=1e-12)
    assert found.vega == pytest.approx(exact.vega(YEARS), abs=1e-11)


def test_theta_is_what_a_day_takes():
    found = asked(CALL, stated_e6=350_000)
    at = (PricingFormula.BLACK_76, 1, FORWARD, 20.0, 0.35)
    today, tomorrow = (float(prices(*at, YEARS - days / 365, RATE)) for days in (0, 1))
    assert found.theta / 365 == pytest.approx(tomorrow - today, rel=0.01)
    assert found.theta < 0


def test_a_price_in_the_file_implies_the_volatility():
    """The call is worth what Black's formula says at 40 % with the future at 20 in the file."""
    worth = float(prices(PricingFormula.BLACK_76, 1, 20.0, 20.0, 0.4, YEARS, RATE))
    found = asked(
        CALL, price_nanos=round(worth * NANOS), reference_price_nanos=20 * NANOS, volatility_e6=1
    )
    assert found.volatility == pytest.approx(0.4, abs=1e-6)
    assert found.volatility_source == "implied"


def test_a_series_volatility_is_the_last_that_counts():
    found = asked(CALL, volatility_e6=300_000)
    assert (found.volatility, found.volatility_source) == (0.3, "series")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"expiry_years_e6": 0}, "no time to expiry"),
        ({"pricing_model": "??"}, "pricing model '??'"),
        ({}, "brings no volatility"),
        ({"forward_nanos": None, "stated_e6": 1}, "no price of the underlying"),
    ],
)
def test_what_is_missing_is_said(more, words):
    assert words in asked(CALL, **more)


def test_a_file_without_series_says_so():
    parameters = crude(3_000)
    found = option_greeks(parameters, row_of(parameters, CALL), 20 * NANOS)
    assert found == "the file states no time to expiry"
