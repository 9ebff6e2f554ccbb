"""What a draft would change, and how it is taken back."""

import pytest
from msgspec.structs import replace

from fencang.engine.decide import outlook
from fencang.engine.draft_changes import Change, NothingBefore, changes_of, command_before
from fencang.messages import commands as cmd
from fencang.messages.reasons import Reason
from tests.engine.acts import halt, line, proposed, resume
from tests.engine.authority_firm import ADMIN, OPS, PEOPLE, api_key, found, sign, signed_desk, user
from tests.engine.desk import withdraw
from tests.engine.firm import ALPHA, define, limit


def test_only_what_differs_is_shown(desk):
    desk.done(define(limit("ALPHA", "*", 5, 7)))
    changes = changes_of(desk.state, define(limit("ALPHA", "*", 9, 7), ALPHA))
    assert changes == [Change("PositionLimit ALPHA *", "long_lots_max", 5, 9)]


def test_a_new_value_has_nothing_before(desk):
    changes = changes_of(desk.state, define(limit("BETA", "CL", 9)))
    assert {change.before for change in changes} == {None}
    assert ("long_lots_max", 9) in [(each.field, each.after) for each in changes]


def test_acts_are_shown_as_they_say(desk):
    halt(desk)
    assert changes_of(desk.state, resume()) == [
        Change("node ALPHA", "trading_state", "HALTED", "ACTIVE")
    ]
    plan_id = proposed(line("ALPHA", "1000000", "2000000"))(desk)
    (moved,) = changes_of(desk.state, cmd.ApprovePlan(plan_id=plan_id, approved_by="x"))
    assert (moved.before, moved.after) == (1_000_000_000_000, 2_000_000_000_000)
    said = {each.field: each.after for each in changes_of(desk.state, withdraw("5"))}
    assert said["amount_micros"] == 5_000_000
    assert "approved_by" not in said


def test_the_way_back_states_what_was_in_force():
    desk = signed_desk()
    command = define(limit("ALPHA", "*", 9), by="olga", approved_by="")
    desk.done(replace(command, items=()))
    sign(desk, define(limit("ALPHA", "*", 5), by="olga", approved_by=""))
    back = command_before(desk.state, command, "rob")
    sign(desk, command)
    assert desk.state.limits.get("ALPHA", "*").long_lots_max == 9
    sign(desk, back, "rob", PEOPLE[1].roles[0])
    assert desk.state.limits.get("ALPHA", "*").long_lots_max == 5


def test_new_people_and_keys_are_taken_back_by_deactivating_and_revoking():
    desk = signed_desk()
    command = define(user("eve", OPS), api_key(), by="ann", approved_by="")
    back = command_before(desk.state, command, "ann")
    sign(desk, command, "ann", ADMIN)
    desk.done(back)
    assert not desk.state.authority.users["eve"].is_active
    assert desk.state.authority.api_keys["key-1"].is_revoked


def test_what_was_not_there_before_and_acts_have_no_way_back(desk):
    with pytest.raises(NothingBefore, match="PositionLimit BETA CL did not exist before"):
        command_before(desk.state, define(limit("BETA", "CL", 9)), "rob")
    with pytest.raises(NothingBefore, match="WithdrawCash is an act"):
        command_before(desk.state, withdraw("1"), "rob")
    halt(desk)
    back = command_before(desk.state, resume("boss"), "rob")
    assert (back.trading_state.name, back.entered_by, back.approved_by) == ("HALTED", "rob", "")


def test_the_outlook_tells_what_the_desk_would_say_and_changes_nothing():
    desk = signed_desk()
    before = desk.machine.state_hash()
    assert outlook(desk.state, replace(withdraw("1"), approved_by="")) is None
    refusal = outlook(desk.state, withdraw("99999999999"))
    assert refusal.reason is Reason.CASH_TOO_SMALL
    assert desk.machine.state_hash() == before


def test_a_founded_desk_is_shown_whole(desk):
    found(desk)
    assert changes_of(desk.state, define(*PEOPLE)) == []
