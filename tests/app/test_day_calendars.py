"""Trading days opened with calendars: one for the venue, others for single products."""

import shutil
from datetime import UTC, datetime

import msgspec
import pytest

from fencang.app.commands.day_words import tell
from fencang.app.data_directory import committing
from fencang.app.desk.file import DeskFileFault, parse_desk
from fencang.messages.commands import DefineDesk
from fencang.refdata.session import Phase
from tests.app.program import SMALL_DESK, replay_arguments, run, run_json

THURSDAY, MONDAY = "2024-03-28", "2024-04-01"


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """A data directory whose Thursday is closed; Monday has not begun."""
    folder = tmp_path_factory.mktemp("desk")
    done = run(*replay_arguments(folder / "journal", last=THURSDAY))
    assert done.returncode == 0, done.stderr
    run_json("day", "close", "--data", folder, "--date", THURSDAY)
    return folder


@pytest.fixture
def data(closed, tmp_path):
    shutil.copytree(closed, tmp_path / "data")
    return tmp_path / "data"


def opened(data, *calendars, status=0, venue=("--venue", "EXCHANGE"), day=MONDAY):
    asked = [part for name in calendars for part in ("--calendar", name)]
    found = run_json("day", "open", "--data", data, "--date", day, *venue, *asked, status=status)
    (told,) = found["venues"]
    return told


def begins(sessions):
    """Return when trading begins, each time, in UTC."""
    return [
        f"{datetime.fromtimestamp(each.start_ns // 10**9, UTC):%m-%d %H:%M}"
        for each in sessions
        if each.phase is Phase.OPEN
    ]


def stated(data):
    """Return when the venue and when its products trade on the day it is on."""
    with committing(data) as sequencer:
        venue = sequencer.machine.state.venues["EXCHANGE"]
    groups = {hours.product_ids: begins(hours.sessions) for hours in venue.product_hours}
    return begins(venue.sessions), groups


def naming(data, venue_calendar, **products):
    """Let the desk itself name calendars, as its desk file would."""
    with committing(data) as sequencer:
        state = sequencer.machine.state
        venue = state.venues["EXCHANGE"].venue
        items = [msgspec.structs.replace(venue, calendar_id=venue_calendar)]
        items += [
            msgspec.structs.replace(state.products[name], calendar_id=calendar)
            for name, calendar in products.items()
        ]
        command = DefineDesk(items=tuple(items), entered_by="risk", approved_by="boss")
        (record,) = sequencer.commit([command])
    assert type(record.events[0]).__name__ == "DeskDefined"


ENERGY, GRAINS = ["03-31 22:00"], ["04-01 00:00", "04-01 13:30"]


def test_one_product_takes_the_sessions_of_a_calendar_of_its_own(data):
    """Copper trades the day through; wheat rests from 07:45 to 08:30 in Chicago."""
    told = opened(data, "cme-energy", "WHEAT=cme-grains")
    assert told["product_hours"][0]["products"] == ["WHEAT"]
    assert stated(data) == (ENERGY, {("WHEAT",): GRAINS})


def test_sessions_of_a_product_may_be_written_out(data):
    half = f"WHEAT:open={MONDAY}T13:30Z/{MONDAY}T17:05Z"
    asked = ("--venue", "EXCHANGE", "--session", half, "--calendar", "cme-energy")
    run_json("day", "open", "--data", data, "--date", MONDAY, *asked)
    assert stated(data) == (ENERGY, {("WHEAT",): ["04-01 13:30"]})


def test_a_desk_that_names_its_calendars_opens_every_venue_with_them(data):
    naming(data, "cme-energy", WHEAT="cme-grains", COPPER="cme-energy")
    opened(data, "desk", venue=())
    assert stated(data) == (ENERGY, {("WHEAT",): GRAINS})


def test_on_a_holiday_of_its_own_a_product_is_shut_while_its_venue_trades(data):
    """Osaka trades on Good Friday, grains in Chicago do not."""
    naming(data, "ose-index", WHEAT="cme-grains")
    told = opened(data, "desk", venue=(), day="2024-03-29")
    assert told["product_hours"] == [{"products": ["WHEAT"], "phase": "close", "until": None}]
    assert stated(data)[1] == {("WHEAT",): []}


def test_a_clerk_sees_the_phase_of_every_product(data, capsys):
    opened(data, "cme-energy", "WHEAT=cme-grains")
    assert "  WHEAT: phase close\n" in run("day", "status", "--data", data).stdout
    found = run_json("day", "status", "--data", data, status=1)
    hours = {"products": ["WHEAT", "CORN"], "phase": "pre_open", "until": "2024-04-01T13:30:00Z"}
    found["venues"][0]["product_hours"] = [hours]
    tell(found)
    assert "  WHEAT, CORN: phase pre-open until 2024-04-01 13:30 UTC\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (2, ("--venue", "EXCHANGE", "--calendar", "WHEAT=cme-grians")),
        (2, ("--calendar", "WHEAT=cme-grains")),
        (2, ("--calendar", "desk", "--calendar", "WHEAT=cme-grains")),
        (2, ("--venue", "EXCHANGE", "--calendar", "cme-energy", "--calendar", "cme-fx")),
        (2, ("--calendar", "desk", "--session", "open=2024-04-01T13:30Z/2024-04-01T20:00Z")),
        (
            2,
            (
                *("--venue", "EXCHANGE", "--calendar", "WHEAT=cme-grains"),
                *("--session", "WHEAT:open=2024-04-01T13:30Z/2024-04-01T20:00Z"),
            ),
        ),
        (1, ("--venue", "EXCHANGE", "--calendar", "GOLD=cme-energy")),
    ],
)
def test_what_cannot_be_meant_opens_no_day(data, status, arguments):
    done = run("day", "open", "--data", data, "--date", MONDAY, *arguments)
    assert done.returncode == status, done.stderr
    with committing(data) as sequencer:
        venue = sequencer.machine.state.venues["EXCHANGE"]
    assert venue.opened_day < datetime.fromisoformat(MONDAY).toordinal()


# ------------------------------------------------------------------------------- the desk file


def test_a_desk_file_names_a_calendar_for_a_product():
    text = SMALL_DESK.replace('venue = "NYMEX"\n', 'venue = "NYMEX"\ncalendar = "cme-grains"\n', 1)
    assert parse_desk(text).products[0].calendar_id == "cme-grains"
    wrong = text.replace("cme-grains", "cme-grain")
    with pytest.raises(DeskFileFault) as caught:
        parse_desk(wrong)
    assert [fault.key for fault in caught.value.faults] == ["product[0].calendar"]
    assert 'did you mean "cme-grains"' in caught.value.faults[0].words


def test_a_venue_remembers_the_calendar_its_days_were_taken_from():
    text = SMALL_DESK.replace('name = "NYMEX"\n', 'name = "NYMEX"\ncalendar = "cme-energy"\n', 1)
    assert parse_desk(text).venues[0].calendar_id == "cme-energy"
    assert parse_desk(SMALL_DESK).venues[0].calendar_id == ""
