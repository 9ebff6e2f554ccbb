"""``fencang risk cancel``: what was asked is told, and what was not."""

import shutil
from datetime import date

import pytest

from fencang.app.data_directory import committing
from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted
from fencang.messages.message import Side
from tests.app.program import replay_arguments, run, run_json
from tests.engine.firm import price


@pytest.fixture(scope="module")
def working(tmp_path_factory):
    """A replayed desk on which the session is open again and two orders work."""
    path = tmp_path_factory.mktemp("cancel") / "desk.journal"
    done = run(*replay_arguments(path, last="2024-01-15"))
    assert done.returncode == 0, done.stderr
    with committing(path) as sequencer:
        state = sequencer.machine.state
        (venue_id,) = state.venues
        today = state.venues[venue_id].today
        day = date.fromordinal(today + 1)
        records = sequencer.commit(
            [
                cmd.OpenSession(venue_id=venue_id, trading_day=day),
                *(
                    cmd.SubmitOrder(
                        sub_account_id="ALPHA",
                        client_order_id=f"c{number}",
                        contract_id="WHEAT-C",
                        side=Side.BUY,
                        quantity_lots=1,
                        limit_price_nanos=price("500"),
                    )
                    for number in range(2)
                ),
            ]
        )
    events = [event for record in records for event in record.events]
    assert sum(isinstance(event, OrderAccepted) for event in events) == 2, events
    return path


@pytest.fixture
def journal(working, tmp_path):
    return shutil.copy(working, tmp_path / "desk.journal")


def cancel(journal, *more, node="MASTER"):
    return "risk", "cancel", node, "--data", journal, *more


def test_it_says_how_many_are_asked_and_how_many_were_before(journal):
    done = run(*cancel(journal, "--side", "buy", "--scope", "WHEAT"))
    assert done.returncode == 0, done.stderr
    assert "2 orders are asked to cancel" in done.stdout
    again = run(*cancel(journal))
    assert "0 orders are asked to cancel; 2 waited for their cancel already" in again.stdout


def test_filters_leave_orders_alone(journal):
    found = run_json(*cancel(journal, "--side", "sell"))
    assert (found["asked_orders"], found["left_orders"], found["refused"]) == (0, 0, "")
    assert run_json(*cancel(journal, node="venue:EXCHANGE"))["asked_orders"] == 2


def test_names_and_words_that_mean_nothing_are_told(journal):
    done = run(*cancel(journal, node="NOBODY"))
    assert done.returncode == 1
    assert "nothing on this desk is called NOBODY; nothing was cancelled" in done.stdout
    found = run_json(*cancel(journal, "--account", "NOWHERE"), status=1)
    assert "no carrying account NOWHERE" in found["refused"]
    wrong = run(*cancel(journal, "--side", "up"))
    assert wrong.returncode == 2
    assert "--side up: it is buy or sell" in wrong.stderr
