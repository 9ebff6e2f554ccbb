"""All laws hold while contracts become other ones in the middle of a careless office's day."""

import pytest

from tests.engine.random_desk import Office


class LifeOffice(Office):
    """A careless office that converts and rolls more often than any other."""

    def step(self, only=""):
        super().step(only)
        super().step(self.chance.choice(("conversion", "life", "session", "report")))


@pytest.mark.parametrize("seed", range(4))
def test_the_laws_hold_while_contracts_are_converted(seed):
    office = LifeOffice(seed, uses_span=seed == 3)
    for _ in range(90):
        office.step()


def test_conversions_happen_and_are_followed_by_more():
    seen, again = set(), False
    for seed in range(4):
        office = LifeOffice(seed)
        for _ in range(60):
            office.step()
        for record in office.desk.records:
            if again and "FillAllocated" in {type(event).__name__ for event in record.events}:
                seen.add(record.events[0].contract_id)
            again = again or type(record.events[0]).__name__ == "ContractConverted"
    assert seen & {"CLX0", "CUX6"}
