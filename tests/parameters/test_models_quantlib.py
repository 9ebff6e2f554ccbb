"""Formulas against QuantLib: bivariate normal, European prices and Greeks, American errors."""

import itertools

import numpy as np
import pytest

ql = pytest.importorskip("QuantLib", reason="QuantLib is the oracle of these tests only")

from fencang.parameters.pricing import PricingFormula, greeks, prices  # noqa: E402
from fencang.parameters.pricing.kernels import normal  # noqa: E402
from tests.parameters import american_oracle as oracle  # noqa: E402
from tests.parameters.scan_points import CALL, PUT  # noqa: E402

GRID = tuple(itertools.product((CALL, PUT), (70.0, 95.0, 100.0, 130.0), (0.1, 0.4, 1.2), (3, 180)))


def test_bivariate_normal_is_quantlibs_to_the_last_digits():
    """West's variant of Genz's algorithm (QuantLib We04DP): at most 3e-15 apart."""
    chance = np.random.default_rng(20_020_901)
    worst = 0.0
    near_one = 1.0 - 10.0 ** chance.uniform(-9, -1, 1_000)
    correlations = np.concatenate((chance.uniform(-1, 1, 3_000), near_one, -near_one))
    for rho in correlations.tolist():
        x, y = chance.normal(0.0, 2.5, 2).tolist()
        exact = ql.BivariateCumulativeNormalDistributionWe04DP(rho)(x, y)
        worst = max(worst, abs(normal.bivariate_cumulative(x, y, rho) - exact))
    assert worst < 3e-15


@pytest.mark.parametrize("rate", [-0.01, 0.0, 0.05])
def test_black_76_and_its_greeks_are_quantlibs(rate):
    for right, strike, volatility, days in GRID:
        option = oracle.option_of(right, strike, days, is_american=False)
        option.setPricingEngine(
            ql.AnalyticEuropeanEngine(oracle.process_of(100.0, volatility, rate))
        )
        at = (PricingFormula.BLACK_76, right, 100.0, strike, volatility, days / 365, rate)
        assert float(prices(*at)) == pytest.approx(option.NPV(), abs=1e-11)
        found = greeks(*at)
        assert float(found.delta) == pytest.approx(option.delta(), abs=1e-12)
        assert float(found.gamma) == pytest.approx(option.gamma(), abs=1e-11)
        assert float(found.vega) == pytest.approx(option.vega(), abs=1e-9)
        assert float(found.theta) == pytest.approx(option.theta(), abs=1e-8)


def test_bachelier_is_quantlibs_below_zero_too():
    for right, strike, volatility, days in GRID:
        kind = ql.Option.Call if right == CALL else ql.Option.Put
        for shift in (0.0, -100.0, -150.0):
            years = days / 365
            deviation = 50 * volatility * np.sqrt(years)
            exact = ql.bachelierBlackFormula(
                kind, strike + shift, 100.0 + shift, deviation, float(np.exp(-0.05 * years))
            )
            found = prices(
                PricingFormula.BACHELIER,
                right,
                100.0 + shift,
                strike + shift,
                50 * volatility,
                years,
                0.05,
            )
            assert float(found) == pytest.approx(exact, abs=1e-11)


def test_bachelier_greeks_are_quantlibs():
    """Calls; a put's delta is the call's less the discount (QuantLib 1.44's calculator gives far
    puts the values of calls, its price function does not).
    """
    for right, strike, volatility, days in GRID:
        years, normal_volatility = days / 365, 50 * volatility
        discount = float(np.exp(-0.05 * years))
        exact = ql.BachelierCalculator(
            ql.PlainVanillaPayoff(ql.Option.Call, strike - 90.0),
            10.0,
            normal_volatility * float(np.sqrt(years)),
            discount,
        )
        at = (PricingFormula.BACHELIER, right, 10.0, strike - 90.0, normal_volatility, years, 0.05)
        found = greeks(*at)
        delta = exact.deltaForward() - (0.0 if right == CALL else discount)
        assert float(found.delta) == pytest.approx(delta, abs=1e-12)
        assert float(found.gamma) == pytest.approx(exact.gammaForward(), abs=1e-12)
        assert float(found.vega) == pytest.approx(exact.vega(years), abs=1e-11)


def test_the_american_reference_is_what_trees_and_differences_find():
    """QdFp against 2,001 binomial steps and 400 × 800 differences: within 0.006 of 100."""
    for right, strike, volatility, days in itertools.product(
        (CALL, PUT), (80.0, 100.0, 110.0), (0.2, 0.8), (30, 730)
    ):
        at = (right, strike, volatility, days, 0.05)
        exact = oracle.american(*at)
        assert oracle.american(*at, oracle.tree) == pytest.approx(exact, abs=0.006)
        assert oracle.american(*at, oracle.differences) == pytest.approx(exact, abs=0.006)


def test_bjerksund_stensland_never_exceeds_the_true_price():
    """It is the value of a strategy; what it lacks stays within the bounds of the guide's table."""
    bounds = {(0.2, 30): 0.05, (0.2, 182): 0.12, (0.5, 91): 0.36, (0.5, 365): 0.52, (0.8, 730): 1.4}
    for (volatility, days), bound in bounds.items():
        for rate in oracle.RATES:
            errors = oracle.errors(volatility, days, rate)
            assert errors.max() < 1e-11
            assert errors.min() > -bound


def test_american_greeks_are_close_to_quantlibs_differences():
    """Near the money, 30 %, 91 days, 5 %: by differences of QuantLib's prices."""
    for right, strike in itertools.product((CALL, PUT), (90.0, 100.0, 110.0)):
        at = (right, strike, 0.3, 91, 0.05)
        shifted = [oracle.american(*at, forward=100.0 + h) for h in (0.5, 0.0, -0.5)]
        found = greeks(
            PricingFormula.BJERKSUND_STENSLAND, right, 100.0, strike, 0.3, 91 / 365, 0.05
        )
        assert float(found.delta) == pytest.approx(shifted[0] - shifted[2], abs=0.02)
        gamma = (shifted[0] - 2 * shifted[1] + shifted[2]) / 0.25
        assert float(found.gamma) == pytest.approx(gamma, abs=0.003)
        vega = (
            oracle.american(right, strike, 0.31, 91, 0.05)
            - oracle.american(right, strike, 0.29, 91, 0.05)
        ) / 0.02
        assert float(found.vega) == pytest.approx(vega, abs=0.5)
        theta = (
            (
                oracle.american(right, strike, 0.3, 90, 0.05)
                - oracle.american(right, strike, 0.3, 92, 0.05)
            )
            * 365
            / 2
        )
        assert float(found.theta) == pytest.approx(theta, abs=0.5)
