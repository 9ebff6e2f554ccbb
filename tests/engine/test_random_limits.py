"""All laws hold while limits, groups, warnings and overrides change among careless commands."""

import pytest

from tests.engine.firm import define, limit
from tests.engine.node_firm import warning
from tests.engine.random_desk import Office
from tests.engine.random_limits import limit_command

WANTED = {
    "LimitWarned",
    "LimitWarningEnded",
    "OverrideBegun",
    "OverrideEnded",
}


class LimitOffice(Office):
    """The careless office, of whose commands some state limits."""

    def _limits(self):
        return limit_command(self)


def live(seed, commands):
    office = LimitOffice(seed, uses_span=seed % 2 == 1)
    office.desk.done(define(warning(margin_ppm=10_000), limit("venue:NYMEX", "CL", 60)))
    for _ in range(commands):
        office.step(office.chance.choice(("", "", "", "limits", "order")))
    return {type(event).__name__ for record in office.desk.records for event in record.events}


def test_the_laws_hold_while_limits_change():
    seen = set()
    for seed in range(4):
        seen |= live(seed, 150)
    assert seen >= WANTED


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_the_laws_hold_over_many_seeds(seed):
    live(seed, 300)
