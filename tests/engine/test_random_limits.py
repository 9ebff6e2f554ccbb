"""All laws hold while limits, groups, warnings and overrides change among careless commands."""

import pytest

from fencang.messages.limit_events import (
    LimitEvent,
    LimitWarned,
    LimitWarningEnded,
    OverrideBegun,
)
from tests.engine.exposure_firm import NO_BUFFER, WIDE_EXPOSURE, exposure
from tests.engine.firm import define, limit
from tests.engine.node_firm import warning
from tests.engine.random_authority import approved_by_boss
from tests.engine.random_desk import Office
from tests.engine.random_exposures import exposure_command
from tests.engine.random_limits import limit_command
from tests.engine.random_losses import loss_command, use_losses
from tests.engine.test_explain import ExplainingDesk

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


class UseOffice(LimitOffice):
    """Exposure, margin and losses are limited too, tightly enough to be warned of."""

    def _exposures(self):
        return exposure_command(self)

    def _losses(self):
        return loss_command(self)


class LimitDesk(ExplainingDesk):
    """Explains every order; what limits tell beside it is not what the order got."""

    def compare(self, found, events):
        super().compare(found, [each for each in events if not isinstance(each, LimitEvent)])


def state(office, command):
    """Define by two persons, by name or by signature, whichever the desk asks for."""
    office.desk.done(approved_by_boss(office.desk, command))


def live(seed, commands, desk=None):
    office = LimitOffice(seed, uses_span=seed % 2 == 1, desk=desk)
    state(office, define(warning(margin_ppm=10_000), limit("venue:NYMEX", "CL", 60)))
    for _ in range(commands):
        office.step(office.chance.choice(("", "", "", "limits", "order")))
    return {type(event).__name__ for record in office.desk.records for event in record.events}


def use(seed, commands):
    """Live with limits of everything; return which controls warned, and what was overridden."""
    office = UseOffice(seed, uses_span=seed % 2 == 1)
    state(office, define(warning(levels_ppm=(20_000, 400_000, 1_000_000), margin_ppm=10_000)))
    state(office, define(WIDE_EXPOSURE, NO_BUFFER, exposure("person:FUND", net="3000000")))
    use_losses(office)
    for _ in range(commands):
        office.step(office.chance.choice(("", "", "order", "limits", "exposures", "losses")))
    events = [event for record in office.desk.records for event in record.events]
    begun = {event.row_kind for event in events if isinstance(event, OverrideBegun)}
    warned = (event for event in events if isinstance(event, LimitWarned | LimitWarningEnded))
    return begun | {event.control for event in warned}


def test_the_laws_hold_while_everything_is_warned_of():
    seen = set()
    for seed in (49, 52):
        seen |= use(seed, 150)
    assert seen >= {"net exposure", "sub-account margin", "leverage", "daily loss", "drawdown"}
    assert seen >= {"ExposureLimit", "LossLimit"}


def test_the_laws_hold_while_limits_change():
    seen = set()
    for seed in range(4):
        seen |= live(seed, 150)
    assert seen >= WANTED


def test_what_binds_is_what_the_order_got_while_limits_change():
    LimitDesk.explained = LimitDesk.refused = 0
    for seed in (20, 21):
        live(seed, 150, LimitDesk())
    assert ExplainingDesk.explained > 20


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_the_laws_hold_over_many_seeds(seed):
    live(seed, 300)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(200, 240))
def test_the_laws_hold_over_many_seeds_of_everything(seed):
    use(seed, 300)
