"""All laws hold under regimes whose limits are soon reached, whatever the seed."""

import pytest

from tests.engine.random_regimes import LawfulOffice
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(3, of=6))
def test_the_laws_hold_while_excess_is_proposed_and_papers_change(seed):
    office = LawfulOffice(seed, uses_span=seed % 3 == 2)
    for _ in range(220):
        office.step()


@pytest.mark.long
def test_the_office_gets_something_done():
    """The commands are not all refused: the test would prove nothing."""
    seen, kinds = set(), set()
    for seed in range(20, 25):
        office = LawfulOffice(seed)
        for _ in range(260):
            office.step()
        for record in office.desk.records:
            for event in record.events:
                seen.add(type(event).__name__)
                if type(event).__name__ == "EvasionAlarm":
                    kinds.add(event.kind)
    wanted = {
        "ExcessRefused",
        "ExcessProposed",
        "ProposalAccepted",
        "ProposalRejected",
        "ProposalExpired",
        "EvasionAlarm",
        "LimitNotice",
    }
    assert wanted - seen == set()
    assert len(kinds) >= 5, kinds
    assert "circular_transfer" in kinds


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_the_laws_hold_over_many_seeds(seed):
    test_the_laws_hold_while_excess_is_proposed_and_papers_change(seed)
