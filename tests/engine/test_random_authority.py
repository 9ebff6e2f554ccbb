"""Law: no command that loosens takes effect without two valid signatures of two persons."""

import pytest

from fencang.messages.draft_events import DraftApproved, DraftProposed
from fencang.messages.events import CommandRejected
from fencang.messages.reasons import Reason
from tests.engine.random_authority import Clerk, Signers
from tests.seeds import seeds

STEPS = 250
ALWAYS_WRONG = ("forge", "swap", "elsewhere")
"""Ways that nothing valid comes out of, whatever chance brings."""


def lived(seed, steps=STEPS):
    signers, clerk = Signers(seed), Clerk()
    for _ in range(steps):
        signers.step()
    for record in signers.desk.records:
        clerk.read(record)
    return signers, clerk


@pytest.mark.parametrize("seed", seeds(3, of=6))
def test_nothing_takes_effect_that_two_persons_did_not_sign(seed):
    signers, clerk = lived(seed)
    assert clerk.faults == []
    for way, command, events in signers.tries:
        if way in ALWAYS_WRONG:
            kept = [event for event in events if isinstance(event, DraftProposed | DraftApproved)]
            assert kept == [], (way, command)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_nothing_takes_effect_over_many_seeds(seed):
    _, clerk = lived(seed, 600)
    assert clerk.faults == []


def test_every_way_to_go_wrong_is_met():
    reasons, approved = set(), 0
    for seed in range(6):
        signers, _ = lived(seed)
        for _, _, events in signers.tries:
            approved += any(isinstance(event, DraftApproved) for event in events)
            reasons |= {each.reason for each in events if isinstance(each, CommandRejected)}
    assert approved > 40
    assert {
        Reason.ACTOR_UNKNOWN,
        Reason.SIGNATURES_REQUIRED,
        Reason.SECOND_PERSON_REQUIRED,
        Reason.DRAFT_NONCE,
        Reason.DRAFT_ROLE,
        Reason.DRAFT_KEY,
        Reason.DRAFT_SIGNATURE,
        Reason.DRAFT_UNKNOWN,
        Reason.DRAFT_COOLING_OFF,
        Reason.DRAFT_SAME_PERSON,
        Reason.DRAFT_SAME_ROLE,
        Reason.DRAFT_MAKER_LAPSED,
        Reason.DRAFT_NOT_OWN,
    } <= reasons
