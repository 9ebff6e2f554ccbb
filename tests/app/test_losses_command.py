"""``fencang losses``: limits, steps, plans and suspensions of a journal."""

from fencang.app.commands.losses import losses_found
from fencang.app.commands.losses_words import tell
from fencang.messages.events import OrderAccepted
from fencang.projections.losses import Losses
from tests.app.program import replay_arguments, run, run_json
from tests.engine.desk import BUY, all_of, trading_desk
from tests.engine.firm import define, money
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses, pause


def closed_desk():
    """ALPHA loses 130,000 of 100,000; 10 of 100 lots are closed, then a person looks."""
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, TERMS, losses(daily="100000", **STEPS)))
    desk.trade("ALPHA", BUY, 100, "20")
    (slice_,) = all_of(desk.mark(CLM0="18.70"), OrderAccepted)
    desk.fill(slice_.order_id, 10, "18.70")
    desk.done(pause("ALPHA"))
    return desk


def found_of(desk):
    view = Losses()
    for record in desk.records:
        view.apply(record)
    return losses_found(desk.state, view)


def test_limits_steps_and_plan_are_told():
    found = found_of(closed_desk())
    (row,) = [each for each in found["limits"] if each["node"] == "ALPHA"]
    assert (row["measure"], row["value_micros"]) == ("daily loss", money("130000"))
    assert (row["used_percent"], row["is_beyond"], row["step"]) == (130, True, "liquidate")
    assert [step["step"] for step in found["steps"]] == ["stop", "cancel", "liquidate"]
    (plan,) = found["plans"]
    assert plan["state"] == "running"
    (leg,) = plan["legs"]
    assert (leg["lots"], leg["sent_lots"], leg["closed_lots"], leg["intervals"]) == (
        100,
        10,
        10,
        10,
    )
    assert [each["cause"] for each in found["suspensions"]] == ["paused"]
    assert found["budget"]["lots"] == 10


def test_a_person_gets_tables(capsys):
    tell(found_of(closed_desk()))
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "ALPHA daily loss 100000.00 130000.00 130 % liquidate",
        "Liquidation of ALPHA, daily loss",
        "ALPHA CLM0 sell 100 0 10 10 10 187000.00",
        "Suspended at ALPHA by risk: paused, look first; two persons resume it",
        "Closed by force today: 10 of 10,000 lots",
    ):
        assert words in told


def test_a_projection_that_was_rebuilt_is_the_one_that_was_kept():
    desk = closed_desk()
    views = (Losses(), Losses())
    for view in views:
        for record in desk.records:
            view.apply(record)
    assert views[0].dump() == views[1].dump()


def test_a_desk_without_limits_says_so(tmp_path):
    path = tmp_path / "minimal.journal"
    assert run(*replay_arguments(path, last="2024-01-10")).returncode == 0
    assert "states no loss limit" in run("losses", "--data", path).stdout
    assert run_json("losses", "--data", path)["limits"] == []
