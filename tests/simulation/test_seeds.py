"""Whole desks from seeds: every law holds through crashes, restarts and a faulty venue."""

import os
import subprocess
import sys

import pytest

from fencang.simulation.runs import run_quickly, run_seed

# Beyond the first twelve: 1823 over-filled one order of a block that had room, 9844 left an order
# holding margin for ever, 137 paid twice for lots that suspense owed after a settlement, 1559 asks
# a replace again behind the close, 1775 and 1799 take an assignment back, 1125 asked for the price
# of a contract that only a block without anything left to close still named, and 4384 swallows what
# is sent again after the last restart.  Desks with a firm's controls: 39 shuts two venues at one
# moment while an order waits for own ones.  Of desks with limits of value, 216 had lost more than
# it may since before today as a day began, of 249 one measure was cured while another was not, in
# 290 a rule and a liquidation closed the same lots.  Of envelopes, 52 publishes margin as one ends,
# 569 ends one with an order inside that never left, in 1800 an order of the other side hid what one
# asks for, in 2556 another person's exemption leaves one no room, in 2933 one of two is enough.
# 2686 ends two orders together that a rule counted on, 2813 liquidates around an order in doubt.
# Of tiers, 35 lets instructions end every way.
FIXED_SEEDS = (
    *range(1, 13),
    *(35, 39, 46, 52, 105, 137, 174, 216, 249, 290, 383, 569),
    *(1125, 1559, 1775, 1799, 1800, 1823, 2556, 2686, 2813, 2933, 4384, 9844),
)
THOROUGH_SEEDS = (7, 41, 42, 234)
LONG_SEEDS = 10_000
LONG_SEEDS_PER_TEST = 200


def said_by(seed, hash_seed):
    environment = dict(os.environ, PYTHONHASHSEED=hash_seed)
    told = subprocess.run(
        [sys.executable, "-m", "fencang.simulation", "--seed", str(seed)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout


@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_every_law_holds_for_a_fixed_seed(seed):
    outcome = run_quickly(seed)
    assert outcome.is_sound, outcome.fault_line()


@pytest.mark.parametrize("seed", THOROUGH_SEEDS)
def test_the_engine_s_own_invariants_hold_after_every_single_record(seed):
    outcome = run_seed(seed)
    assert outcome.is_sound, outcome.fault_line()


@pytest.mark.long
def test_one_seed_tells_one_story_whatever_the_hash_seed():
    """No iteration over sets, no hash(): the state hash is a function of the seed alone."""
    first, second = said_by(7, "1"), said_by(7, "2")
    assert first == second
    assert first.splitlines()[-1].startswith("state_hash=")


def test_a_shorter_run_is_a_run_of_its_own():
    outcome = run_quickly(7, 10)
    assert outcome.is_sound, outcome.fault_line()
    assert outcome.records < run_quickly(7).records


@pytest.mark.long
@pytest.mark.parametrize("first", range(1, LONG_SEEDS + 1, LONG_SEEDS_PER_TEST))
def test_every_law_holds_for_ten_thousand_seeds(first):
    outcomes = (run_quickly(seed) for seed in range(first, first + LONG_SEEDS_PER_TEST))
    broken = [outcome.fault_line() for outcome in outcomes if not outcome.is_sound]
    assert not broken, "\n".join(broken)
