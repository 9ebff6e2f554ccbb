"""Volatility: the kernel agrees with its slow twin; the prior, the floor and bad days."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.planning.kernels import ewma_variances
from fencang.planning.parameters import VolatilityParameters
from fencang.planning.reference import ewma_variance
from fencang.planning.volatility import estimate_volatilities

MILLION = 10**12
returns = st.lists(st.floats(min_value=-1000, max_value=1000), max_size=80)


def days(*profits, capital=MILLION):
    return [(20180101 + index, profit, capital) for index, profit in enumerate(profits)]


@given(
    st.lists(returns, max_size=6),
    st.floats(min_value=0.5, max_value=1.0),
    st.floats(min_value=0, max_value=1.0),
    st.floats(min_value=0, max_value=100),
)
def test_the_kernel_agrees_with_its_twin(accounts, decay, prior_variance, prior_weight):
    """Law: every kernel has a slow readable twin (design §4)."""
    starts = np.cumsum([0, *[len(account) for account in accounts]]).astype(np.int64)
    flat = np.array([value for account in accounts for value in account], dtype=np.float64)
    fast = ewma_variances(flat, starts, decay, prior_variance, prior_weight)
    slow = [
        ewma_variance(
            account, decay=decay, prior_variance=prior_variance, prior_weight=prior_weight
        )
        for account in accounts
    ]
    assert fast.tolist() == pytest.approx(slow, rel=1e-9, abs=1e-300)


def test_steady_swings_of_one_percent_are_sixteen_percent_a_year():
    history = days(*([MILLION // 100, -MILLION // 100] * 300))
    [estimate] = estimate_volatilities([history], VolatilityParameters(trading_days_per_year=256))
    assert estimate.volatility == pytest.approx(0.16, rel=1e-3)
    assert not estimate.uses_prior_only


def test_an_account_without_history_gets_the_stated_prior():
    [none, short] = estimate_volatilities([[], days(1, 2, 3)], VolatilityParameters())
    assert (none.volatility, none.days_count, none.uses_prior_only) == (0.15, 0, True)
    assert (short.volatility, short.days_count, short.uses_prior_only) == (0.15, 3, True)


def test_a_young_account_lies_between_prior_and_its_own_days():
    history = days(*([MILLION // 50] * 30))
    parameters = VolatilityParameters()
    [young] = estimate_volatilities([history], parameters)
    own = 0.02 * 252**0.5
    assert 0.15 < young.volatility < own
    assert own**2 - young.volatility**2 > 0.1 * own**2  # the prior still weighs


def test_a_flat_account_is_held_at_the_volatility_floor():
    parameters = VolatilityParameters(prior_observations=0)
    [flat] = estimate_volatilities([days(*[0] * 100)], parameters)
    assert flat.volatility == 0.01
    assert flat.is_floored


def test_days_without_capital_are_left_out():
    history = [*days(*([MILLION // 100] * 40)), (20190101, 5 * MILLION, 0), (20190102, 7, -5)]
    [with_bad, without] = estimate_volatilities([history, history[:40]], VolatilityParameters())
    assert with_bad == without


@given(st.lists(st.integers(-(10**10), 10**10), min_size=20, max_size=60), st.integers(1, 8))
def test_scaling_profits_scales_volatility(profits, doublings):
    """Law: volatility is homogeneous; a power of two is exact in floats, so no tolerance."""
    parameters = VolatilityParameters(prior_observations=0, volatility_floor_ppm=1)
    scaled = [profit << doublings for profit in profits]
    [one, many] = estimate_volatilities([days(*profits), days(*scaled)], parameters)
    if not one.is_floored:
        assert many.volatility == one.volatility * (1 << doublings)


def test_days_older_than_ten_half_lives_are_not_read():
    parameters = VolatilityParameters(half_life_days=2)
    recent = days(*([MILLION // 100] * 20))
    [long, short] = estimate_volatilities([days(*([MILLION] * 50)) + recent, recent], parameters)
    assert long.volatility == short.volatility
