"""Executions are remembered up to a bound, by their own names and by those of their corrections."""

from fencang.engine import executions
from fencang.engine.executions import Execution, Executions
from fencang.messages.message import Offset, Side
from fencang.messages.reasons import Reason
from tests.engine.desk import kinds
from tests.engine.fill_acts import bought, bust, correct


def execution():
    return Execution("CLM0", Side.BUY, Offset.NET, 1, 0, 1)


def test_the_oldest_execution_is_forgotten_with_its_corrections(monkeypatch):
    monkeypatch.setattr(executions, "DETAILED_EXECUTIONS_MAX", 2)
    known = Executions()
    for name in ("a", "b"):
        known.add(("C1", name), execution())
    known.correct(("C1", "a"), "fix")
    assert known.original(("C1", "fix")) == ("C1", "a")
    known.add(("C1", "c"), execution())
    assert [key for key, _ in known.items()] == [("C1", "b"), ("C1", "c")]
    assert known.get(known.original(("C1", "fix"))) is None


def test_the_same_name_at_another_account_is_another_execution():
    known = Executions()
    known.add(("C1", "a"), execution())
    assert known.get(("C2", "a")) is None


def test_a_desk_that_forgot_says_so_and_still_knows_the_name(desk, monkeypatch):
    """What is forgotten can be entered as fills of today; told again it is a duplicate still."""
    monkeypatch.setattr(executions, "DETAILED_EXECUTIONS_MAX", 1)
    first = bought(desk, 2, "20")
    desk.done(correct(first, 2, "19", "c1"))
    bought(desk, 1, "20")
    desk.refused(bust(first, "c2"), Reason.EXECUTION_FORGOTTEN)
    desk.refused(bust("c1", "c2"), Reason.EXECUTION_FORGOTTEN)
    order_id = next(iter(desk.state.orders))
    assert kinds(desk.fill(order_id, 2, "20", execution_id=first)) == ["DuplicateFillIgnored"]
