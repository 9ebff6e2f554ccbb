"""All laws hold while tiers, doors, days and second thoughts meet careless commands."""

import pytest

from tests.engine.random_tiers import TierDesk, TierOffice

WANTED = {
    "InstructionQueued",
    "InstructionApplied",
    "InstructionRefused",
    "InstructionCancelled",
}


def live(seed, commands):
    office = TierOffice(seed, uses_span=seed % 2 == 1, desk=TierDesk())
    for _ in range(commands):
        office.step(office.chance.choice(("", "", "", "", "tiers", "order", "session")))
    return {type(event).__name__ for record in office.desk.records for event in record.events}


def test_the_laws_hold_whatever_tier_a_client_is_of():
    """Laws: nothing is decided twice or before its day, the queue is bounded, days are waited."""
    seen = set().union(*(live(seed, 240) for seed in range(3)))
    assert sorted(WANTED - seen) == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_the_laws_hold_over_many_seeds(seed):
    live(seed, 400)
