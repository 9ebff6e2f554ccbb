"""The indicator rule: when it fires, what it cuts, when it lets go."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import (
    BlockOrderCreated,
    CancelRequested,
    OperatorCalled,
    OrderAccepted,
    RuleArmed,
    RuleFired,
)
from fencang.messages.reasons import Reason
from fencang.refdata.rule import ReferenceKind
from tests.engine.acts import halt
from tests.engine.desk import (
    BUY,
    CLOSE,
    OPEN,
    SELL,
    all_of,
    assign,
    kinds,
    only,
    order,
    stray,
)
from tests.engine.firm import DAY, SECOND, define, price, rule, sub_account


@pytest.fixture
def armed(desk):
    """ALPHA long 10, BETA short 7, GAMMA long 5 (untagged); VIX closed at 20: armed."""
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", SELL, 7, "20", contract="CLN0")
    desk.trade("GAMMA", BUY, 5, "20")
    assert only(desk.vix("20", close=True), RuleArmed).reference_nanos == price("20")
    return desk


def blocks(events):
    """Return {(contract, side name): {sub-account: lots}} of the blocks created."""
    return {
        (block.contract_id, block.side.name): {
            leg.sub_account_id: leg.quantity_lots for leg in block.legs
        }
        for block in all_of(events, BlockOrderCreated)
    }


def slices(events):
    return [event for event in all_of(events, OrderAccepted) if event.block_id]


def fill_slices(desk, events, at="20"):
    for found in slices(events):
        desk.fill(found.order_id, found.terms.quantity_lots, at)


@pytest.mark.parametrize(
    ("level", "fires"),
    [("20.999999999", False), ("21", True), ("40", True), ("20", False), ("5", False)],
)
def test_a_rise_of_exactly_five_percent_fires(armed, level, fires):
    events = armed.vix(level)
    assert [event.value_nanos for event in all_of(events, RuleFired)] == [price(level)] * fires


def test_a_firing_cuts_tagged_positions_to_the_share_that_may_stay(armed):
    """Half of 10 stays 5; half of 7 stays 3: the cut rounds in favour of less risk."""
    events = armed.vix("21")
    assert blocks(events) == {("CLM0", "SELL"): {"ALPHA": 5}, ("CLN0", "BUY"): {"BETA": 4}}
    fill_slices(armed, events)
    assert [armed.net(sub) for sub in ("ALPHA", "GAMMA")] == [5, 5]
    assert armed.net("BETA", "CLN0") == -3


def test_the_reference_is_the_position_of_the_last_close(armed):
    """ALPHA bought 6 more since the close: 5 of 16 may stay."""
    armed.trade("ALPHA", BUY, 6, "20")
    assert blocks(armed.vix("21"))["CLM0", "SELL"] == {"ALPHA": 11}


def test_what_the_account_sold_itself_since_the_close_counts(armed):
    armed.trade("ALPHA", SELL, 4, "20")
    assert blocks(armed.vix("21"))["CLM0", "SELL"] == {"ALPHA": 1}


def test_positions_opened_after_the_reference_go_entirely(armed):
    armed.trade("ALPHA", BUY, 3, "3000", contract="ESM0")
    armed.trade("ALPHA", SELL, 10 + 2, "20")  # turned from long 10 to short 2
    cut = blocks(armed.vix("21"))
    assert cut["ESM0", "SELL"] == {"ALPHA": 3}
    assert cut["CLM0", "BUY"] == {"ALPHA": 2}


def test_a_firing_inside_the_hold_never_compounds(armed):
    fill_slices(armed, armed.vix("21"))
    assert kinds(armed.vix("30")) == ["IndicatorReported"]
    assert kinds(armed.vix("31", close=True)) == ["IndicatorReported"]
    assert armed.net("ALPHA") == 5


def test_opening_is_blocked_for_the_tagged_until_the_rule_arms_again(armed):
    armed.vix("21", close=True)
    refusal = armed.refused(order("ALPHA", BUY, 1, at="20"), Reason.OPENING_BLOCKED_BY_RULE)
    assert "STORM" in refusal.detail
    armed.done(order("GAMMA", BUY, 1, at="20"))
    assert kinds(armed.vix("21", after_ns=DAY - 3 * SECOND)) == ["IndicatorReported"]
    armed.refused(order("ALPHA", BUY, 1, at="20"), Reason.OPENING_BLOCKED_BY_RULE)
    events = armed.vix("21", close=True)
    assert only(events, RuleArmed).reference_nanos == price("21")
    armed.done(order("ALPHA", BUY, 1, at="20", client_order_id="again"))


def test_the_rule_does_not_arm_on_a_level_that_itself_triggers(armed):
    armed.vix("21", close=True)
    assert kinds(armed.vix("23", close=True, after_ns=DAY)) == ["IndicatorReported"]
    assert only(armed.vix("23.5", close=True), RuleArmed).reference_nanos == price("23.5")


def test_a_timer_arms_the_rule_when_the_last_level_is_calm(armed):
    armed.vix("21", close=True)
    armed.vix("21.5", close=True)
    assert armed.done(cmd.AdvanceTime()) == ()
    assert kinds(armed.done(cmd.AdvanceTime(), after_ns=DAY)) == ["RuleArmed"]
    assert armed.done(cmd.AdvanceTime(), after_ns=DAY) == ()


def test_after_arming_again_the_next_firing_cuts_what_was_left(armed):
    fill_slices(armed, armed.vix("21", close=True))
    armed.vix("21", close=True, after_ns=DAY)
    events = armed.vix("22.05")
    assert blocks(events)["CLM0", "SELL"] == {"ALPHA": 3}  # half of 5 keeps 2


def test_levels_between_closes_do_not_move_the_reference(armed):
    armed.vix("19")
    assert all_of(armed.vix("20.99"), RuleFired) == []
    assert only(armed.vix("21"), RuleFired).reference_nanos == price("20")


def test_each_close_moves_the_reference(armed):
    armed.vix("18", close=True)
    assert only(armed.vix("18.90"), RuleFired).reference_nanos == price("18")


def test_a_rule_that_never_saw_a_close_arms_at_the_first_level(desk):
    desk.done(define(rule()))
    assert only(desk.vix("20"), RuleArmed).reference_nanos == price("20")
    assert len(all_of(desk.vix("21"), RuleFired)) == 1


def test_a_window_rule_compares_with_the_low_of_its_minutes(desk):
    desk.done(define(rule(reference=ReferenceKind.WINDOW_LOW, window_ns=60 * SECOND)))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20")
    assert all_of(desk.vix("20.50", after_ns=61 * SECOND), RuleFired) == []  # 20 is too old
    assert all_of(desk.vix("21.10", after_ns=30 * SECOND), RuleFired) == []  # 2.9 % over 20.50
    fired = only(desk.vix("21.525", after_ns=30 * SECOND), RuleFired)
    assert fired.reference_nanos == price("20.50")


def test_working_orders_are_cancelled_before_the_reduction_goes_out(armed):
    mine = armed.working("ALPHA", BUY, 2, at="19")
    other = armed.working("GAMMA", BUY, 2, at="19")
    events = armed.vix("21")
    assert [event.order_id for event in all_of(events, CancelRequested)] == [mine]
    names = kinds(events)
    assert names.index("CancelRequested") < names.index("BlockOrderCreated")
    assert armed.order_state(other) == "WORKING"


def test_an_order_whose_cancel_is_pending_is_not_cancelled_twice(armed):
    order_id = armed.working("ALPHA", BUY, 2, at="19")
    armed.cancel(order_id)
    assert all_of(armed.vix("21"), CancelRequested) == []


def test_working_closes_count_and_their_cancel_sends_the_rest(armed):
    """ALPHA itself sells 4 of 10: 1 more is cut at once, 4 when the cancel is confirmed."""
    order_id = armed.working("ALPHA", SELL, 4, at="21")
    assert blocks(armed.vix("21"))["CLM0", "SELL"] == {"ALPHA": 1}
    assert blocks(armed.cancelled(order_id)) == {("CLM0", "SELL"): {"ALPHA": 4}}


def test_a_close_that_fills_instead_of_being_cancelled_is_never_cut_again(armed):
    order_id = armed.working("ALPHA", SELL, 9, at="21")
    events = armed.vix("21")
    assert ("CLM0", "SELL") not in blocks(events)
    assert blocks(armed.fill(order_id, 9, "21")) == {}
    assert armed.net("ALPHA") == 1


def test_late_fills_of_opening_orders_are_cut_on_top(armed):
    order_id = armed.working("ALPHA", BUY, 6, at="19")
    first = armed.vix("21")
    assert blocks(first)["CLM0", "SELL"] == {"ALPHA": 5}
    assert blocks(armed.fill(order_id, 2, "19")) == {("CLM0", "SELL"): {"ALPHA": 2}}
    armed.cancelled(order_id)
    again = armed.fill(order_id, 1, "19")
    assert blocks(again) == {("CLM0", "SELL"): {"ALPHA": 1}}
    fill_slices(armed, first)
    assert armed.net("ALPHA") == 10 + 2 + 1 - 5


def test_a_close_through_zero_that_fills_is_bought_back(armed):
    order_id = armed.working("ALPHA", SELL, 12, at="21")
    armed.vix("21")
    assert blocks(armed.fill(order_id, 12, "21")) == {("CLM0", "BUY"): {"ALPHA": 2}}


def test_suspense_assigned_under_a_rule_is_cut(armed):
    fill_slices(armed, armed.vix("21"))
    execution_id = stray(armed, BUY, 3, "20")
    events = armed.done(assign(execution_id, "ALPHA", 3))
    assert blocks(events) == {("CLM0", "SELL"): {"ALPHA": 3}}


def test_a_gross_account_is_cut_by_closes_on_both_sides(desk):
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 6, "40000", contract="CU06", offset=OPEN)
    desk.trade("ALPHA", SELL, 3, "40000", contract="CU06", offset=OPEN)
    desk.vix("20", close=True)
    events = desk.vix("21")
    assert blocks(events) == {("CU06", "SELL"): {"ALPHA": 3}, ("CU06", "BUY"): {"ALPHA": 2}}
    assert {block.offset for block in all_of(events, BlockOrderCreated)} == {CLOSE}
    fill_slices(desk, events, at="40000")
    assert desk.lots("ALPHA", "CU06", "CN1") == (3, 1)


def test_a_halted_sub_account_is_left_alone_and_a_person_called(armed):
    halt(armed)
    events = armed.vix("21")
    assert blocks(events) == {("CLN0", "BUY"): {"BETA": 4}}
    assert only(events, OperatorCalled).subject == "ALPHA"


def test_two_rules_on_one_account_keep_the_least(desk):
    """STORM keeps half, TEMPEST a quarter of the same 8 lots: 2 stay, 6 go, once."""
    desk.done(define(rule(), rule("TEMPEST", keep_ppm=250_000)))
    desk.trade("ALPHA", BUY, 8, "20")
    desk.vix("20", close=True)
    events = desk.vix("21")
    assert len(all_of(events, RuleFired)) == 2
    cut = [leg.quantity_lots for block in all_of(events, BlockOrderCreated) for leg in block.legs]
    assert sum(cut) == 6
    fill_slices(desk, events)
    assert desk.net("ALPHA") == 2


def test_two_rules_cancel_an_order_once(desk):
    desk.done(define(rule(), rule("TEMPEST", keep_ppm=250_000)))
    desk.working("ALPHA", BUY, 8, at="20")
    desk.vix("20", close=True)
    assert len(all_of(desk.vix("21"), CancelRequested)) == 1


def test_a_second_stricter_rule_cuts_further_and_both_must_let_go(desk):
    desk.done(define(rule(), rule("TEMPEST", rise_ppm=500_000, keep_ppm=0, hold_ns=2 * DAY)))
    desk.trade("ALPHA", BUY, 8, "20")
    desk.vix("20", close=True)
    fill_slices(desk, desk.vix("21"))
    assert desk.net("ALPHA") == 4
    events = desk.vix("30")
    assert blocks(events) == {("CLM0", "SELL"): {"ALPHA": 4}}
    fill_slices(desk, events)
    desk.vix("20", close=True, after_ns=DAY)
    refusal = desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.OPENING_BLOCKED_BY_RULE)
    assert "TEMPEST" in refusal.detail
    desk.vix("20", close=True, after_ns=DAY)
    desk.done(order("ALPHA", BUY, 1, at="20", client_order_id="again"))


@pytest.mark.parametrize(
    "change",
    [
        sub_account("ALPHA"),
        sub_account("GAMMA", tags=("cut",)),
        sub_account("NEW", tags=("cut",)),
        rule(keep_ppm=0),
    ],
    ids=["tag taken", "tag given", "new account", "rule changed"],
)
def test_tags_and_rules_may_change_while_a_rule_holds(armed, change):
    """Law: the desk that never stopped decides as the one restored from a snapshot."""
    armed.vix("21")
    armed.do(define(change))
    for sub in ("ALPHA", "BETA", "GAMMA"):
        armed.submit(sub, BUY, 1, "CLN0", "20")
        armed.submit(sub, SELL, 1, at="20")


def test_a_flat_line_without_profit_may_be_forgotten_but_not_its_share(armed):
    """ALPHA went flat at the price it came in at; half of the reference may still come back."""
    fill_slices(armed, armed.vix("21"))
    armed.trade("ALPHA", SELL, 5, "20")
    execution_id = stray(armed, BUY, 4, "20")
    events = [armed.done(assign(execution_id, "ALPHA", 1)) for _ in range(3)]
    assert [blocks(found) for found in events] == [{}, {}, {}]
    assert armed.net("ALPHA") == 3
