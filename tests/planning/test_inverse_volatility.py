"""Laws of the shares: exact sums, bounds, step, hysteresis; nothing hangs on the order given."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fencang.planning.inverse_volatility import Claimant, distribute
from fencang.planning.parameters import ParametersFault, StandingFault, VolatilityParameters

TOTAL = 1_000_000
OPEN = VolatilityParameters(floor_ppm=0, cap_ppm=1_000_000, step_ppm=1_000_000, band_ppm=0)

volatilities = st.floats(min_value=0.01, max_value=5.0)


@st.composite
def desks(draw, with_current=True):
    count = draw(st.integers(1, 12))
    floor_ppm = draw(st.integers(0, TOTAL // count))
    cap_ppm = draw(st.integers(max(1, floor_ppm, -(-TOTAL // count)), TOTAL))
    step_ppm = draw(st.integers(1, TOTAL))
    parameters = VolatilityParameters(
        floor_ppm=floor_ppm,
        cap_ppm=cap_ppm,
        step_ppm=step_ppm,
        band_ppm=draw(st.integers(0, step_ppm)),
    )
    current = st.integers(0, 2 * TOTAL // count) if with_current else st.just(0)
    claimants = [
        Claimant(f"S{index:02}", draw(volatilities), draw(current)) for index in range(count)
    ]
    return claimants, parameters


def news(claimants, parameters, total=TOTAL):
    split = distribute(claimants, total, parameters)
    return {share.sub_account_id: share.new for share in split.shares}


@given(desks(), st.integers(0, 10**18))
def test_shares_sum_to_the_total_exactly(desk, total):
    """Law: no unit is lost or made, whatever the limits and the size of the total."""
    claimants, parameters = desk
    split = distribute(claimants, total, parameters)
    assert sum(share.ideal for share in split.shares) == total
    assert sum(share.target for share in split.shares) == total
    assert sum(share.new for share in split.shares) == total


@given(desks())
def test_every_share_lies_between_floor_and_cap(desk):
    """Law: floor ≤ share ≤ cap; they rule over the step limit and the band."""
    claimants, parameters = desk
    for share in news(claimants, parameters).values():
        assert parameters.floor_ppm <= share <= parameters.cap_ppm


@given(desks())
def test_no_share_moves_beyond_the_step_unless_floor_or_cap_demand_it(desk):
    """Law: |new − present share| ≤ step, but floor and cap have precedence."""
    claimants, parameters = desk
    whole = sum(claimant.current for claimant in claimants)
    assume(whole > 0)
    split = distribute(claimants, TOTAL, parameters)
    assert split.is_step_widened or split.step == parameters.step_ppm
    for claimant, share in zip(claimants, split.shares, strict=True):
        present = claimant.current * TOTAL / whole
        least = min(present - split.step, parameters.cap_ppm) - 1
        most = max(present + split.step, parameters.floor_ppm) + 1
        assert least <= share.new <= most


@given(desks(), st.randoms(use_true_random=False))
def test_the_order_in_which_accounts_are_given_does_not_matter(desk, chance):
    """Law: permutation equivariance."""
    claimants, parameters = desk
    shuffled = list(claimants)
    chance.shuffle(shuffled)
    assert news(claimants, parameters) == news(shuffled, parameters)


@given(desks(with_current=False))
def test_a_more_volatile_account_never_gets_more(desk):
    """Law: without step limit and band, shares fall as volatility rises."""
    claimants, parameters = desk
    shares = news(claimants, parameters)
    ordered = sorted(claimants, key=lambda claimant: claimant.volatility)
    for calm, wild in pairwise(ordered):
        assume(calm.volatility < wild.volatility)
        assert shares[calm.sub_account_id] >= shares[wild.sub_account_id]


@given(desks(with_current=False), st.floats(min_value=0.1, max_value=10))
def test_scaling_every_volatility_leaves_the_shares(desk, factor):
    """Law: only ratios of volatilities matter (two units of float noise allowed)."""
    claimants, parameters = desk
    scaled = [replace(claimant, volatility=claimant.volatility * factor) for claimant in claimants]
    before, after = news(claimants, parameters), news(scaled, parameters)
    assert all(abs(before[name] - after[name]) <= 2 for name in before)


@given(desks())
def test_proposing_again_right_after_applying_changes_nothing(desk):
    """Law: hysteresis has a fixpoint, wherever no step limit held an account back."""
    claimants, parameters = desk
    parameters = replace(parameters, step_ppm=TOTAL, band_ppm=max(2, parameters.band_ppm))
    applied = news(claimants, parameters)
    after = [replace(claimant, current=applied[claimant.sub_account_id]) for claimant in claimants]
    assert news(after, parameters) == applied


@given(desks())
def test_step_limited_plans_arrive_and_then_rest(desk):
    """Law: repeated plans with unchanged volatilities come to rest."""
    claimants, parameters = desk
    step_ppm = max(50_000, parameters.step_ppm)
    parameters = replace(
        parameters, step_ppm=step_ppm, band_ppm=min(step_ppm, max(2, parameters.band_ppm))
    )
    for _ in range(25):
        applied = news(claimants, parameters)
        claimants = [
            replace(claimant, current=applied[claimant.sub_account_id]) for claimant in claimants
        ]
    assert news(claimants, parameters) == applied


def test_three_accounts_by_hand():
    """1/0.1 : 1/0.2 : 1/0.4 is 4 : 2 : 1; the odd unit goes to the largest rest."""
    claimants = [Claimant("A", 0.1), Claimant("B", 0.2), Claimant("C", 0.4)]
    assert news(claimants, OPEN) == {"A": 571_429, "B": 285_714, "C": 142_857}


def test_a_cap_hands_the_excess_to_the_others_in_proportion():
    claimants = [Claimant("A", 0.1), Claimant("B", 0.2), Claimant("C", 0.4)]
    capped = replace(OPEN, cap_ppm=400_000)
    assert news(claimants, capped) == {"A": 400_000, "B": 400_000, "C": 200_000}


def test_equal_accounts_share_equally_and_the_odd_unit_goes_by_name():
    claimants = [Claimant("C", 0.1), Claimant("A", 0.1), Claimant("B", 0.1)]
    assert news(claimants, OPEN) == {"A": 333_334, "B": 333_333, "C": 333_333}


def test_the_step_limit_holds_a_jump_and_says_so():
    claimants = [Claimant("A", 0.1, 500_000), Claimant("B", 0.4, 500_000)]
    split = distribute(claimants, TOTAL, replace(OPEN, step_ppm=50_000))
    assert [share.new for share in split.shares] == [550_000, 450_000]
    assert [share.target_bound for share in split.shares] == ["step", "step"]


def test_floor_rules_over_the_step_limit():
    """Precedence: an account below the floor is raised to it at once."""
    claimants = [Claimant("A", 0.1, TOTAL), Claimant("B", 0.1, 0)]
    narrow = replace(OPEN, floor_ppm=200_000, step_ppm=10_000)
    split = distribute(claimants, TOTAL, narrow)
    assert [share.new for share in split.shares] == [800_000, 200_000]
    assert split.is_step_widened


def test_an_account_is_not_cut_below_what_it_needs():
    claimants = [Claimant("A", 0.1, 500_000), Claimant("B", 0.4, 500_000, need=450_000)]
    split = distribute(claimants, TOTAL, OPEN)
    assert [share.new for share in split.shares] == [550_000, 450_000]
    assert split.shares[1].target_bound == "need"


def test_small_gaps_stay_and_the_fewest_move_for_the_sum():
    """C and D move; of A (short 500) and B (over 1,500) only B gives the missing 1,000."""
    claimants = [
        Claimant("A", 0.2, 249_500),
        Claimant("B", 0.2, 251_500),
        Claimant("C", 0.2, 246_000),
        Claimant("D", 0.2, 253_000),
    ]
    shares = news(claimants, replace(OPEN, band_ppm=2_000))
    assert shares == {"A": 249_500, "B": 250_500, "C": 250_000, "D": 250_000}


def test_contradicting_parameters_are_all_listed_at_once():
    wrong = VolatilityParameters(
        half_life_days=0, floor_ppm=50_000, cap_ppm=20_000, step_ppm=10, band_ppm=20
    )
    with pytest.raises(ParametersFault) as caught:
        wrong.check(30)
    assert len(caught.value.faults) == 5
    text = str(caught.value)
    for words in ("half_life_days", "more than the whole", "less than the whole", "above cap_ppm"):
        assert words in text
    assert "band_ppm" in text


def test_needs_beyond_the_total_are_refused_with_what_to_do():
    claimants = [Claimant("A", 0.1, TOTAL, need=900_000), Claimant("B", 0.1, TOTAL, need=900_000)]
    with pytest.raises(StandingFault, match="distribute more"):
        distribute(claimants, TOTAL, OPEN)
