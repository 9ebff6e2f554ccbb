"""The auditor's orders, limits, rules and persons: each law shown by a record that breaks it."""

from fencang.messages import commands as cm
from fencang.messages import events as ev
from fencang.messages.message import Side, TradingState
from fencang.messages.reasons import Reason
from fencang.messages.reconciliation_commands import Resolution, ResolveBreak
from fencang.messages.reconciliation_events import BreakResolved
from fencang.simulation.auditor.rules import by_shortfall
from tests.simulation.audited_stream import DAY, PRICE, USD, Stream


def test_a_gap_in_the_sequence_is_found():
    assert Stream().say(cm.AdvanceTime(), gap=2) == ["sequence"]


def test_time_that_stands_still_is_found():
    assert Stream().say(cm.AdvanceTime(), pause_ns=0) == ["time"]


def test_an_order_identifier_used_twice_is_found():
    stream = Stream()
    order_id = stream.order()
    asked = stream.submission()
    laws = stream.say(asked, *stream.accepted(asked, order_id))
    assert laws == ["order id", "order id"]


def test_a_client_order_id_accepted_twice_is_found():
    stream = Stream()
    stream.order(name="same")
    asked = stream.submission(name="same")
    assert stream.say(asked, *stream.accepted(asked)) == ["client order id"]


def test_an_order_that_differs_from_what_was_asked_is_found():
    stream = Stream()
    asked, other = stream.submission(lots=3), stream.submission(lots=4)
    assert stream.say(asked, *stream.accepted(other)) == ["order life"]


def test_an_order_routed_without_being_accepted_is_found():
    stream = Stream()
    asked = stream.submission()
    assert stream.say(asked, stream.accepted(asked)[1]) == ["routing"]


def test_an_order_routed_twice_is_found():
    stream = Stream()
    asked = stream.submission()
    accepted, routed = stream.accepted(asked)
    assert stream.say(asked, accepted, routed, routed) == ["routing"]


def test_an_order_is_sent_again_only_when_the_venue_denied_it():
    stream = Stream()
    asked = stream.submission()
    accepted, routed = stream.accepted(asked)
    stream.say(asked, accepted, routed)
    again = ev.OrderRouted(order_id=routed.order_id, terms=routed.terms, is_resend=True)
    denied = cm.ReportOrderStatus(order_id=routed.order_id, known=False)
    assert stream.say(denied, again) == []
    assert stream.say(cm.AdvanceTime(), again) == ["routing"]
    assert stream.say(denied, again, pause_ns=6_000_000_000) == ["routing"]


def test_a_refused_order_that_leaves_is_found():
    stream = Stream()
    asked = stream.submission()
    refused = ev.OrderRejected(
        sub_account_id="A",
        client_order_id=asked.client_order_id,
        contract_id="CLH8",
        reason=Reason.NO_PRICE,
        node_id="A",
        limit=0,
        value=0,
        detail="",
    )
    assert stream.say(asked, refused, *stream.accepted(asked)) == ["refusal"]


def test_a_refused_command_that_is_applied_is_found():
    stream = Stream()
    refused = ev.CommandRejected(reason=Reason.SESSION_STATE, detail="")
    laws = stream.say(cm.CloseSession(venue_id="X"), refused, ev.SessionClosed(venue_id="X"))
    assert laws == ["refusal"]


def test_a_word_about_an_unknown_order_is_found():
    told = cm.ReportOrderWorking(order_id=5, venue_order_id="v")
    assert Stream().say(told, ev.OrderWorking(order_id=5, venue_order_id="v")) == ["order life"]


def test_a_word_after_the_order_s_end_is_found():
    stream = Stream()
    order_id = stream.order()
    told = cm.ReportOrderExpired(order_id=order_id)
    assert stream.say(told, ev.OrderExpired(order_id=order_id)) == []
    assert stream.say(told, ev.OrderExpired(order_id=order_id)) == ["order life"]


def test_a_fill_after_the_order_s_end_is_booked():
    """Fills after a cancel are booked, not refused."""
    stream = Stream()
    order_id = stream.order()
    cancelled = ev.OrderCancelled(order_id=order_id, was_requested=False, text="")
    assert stream.say(cm.ReportOrderCancelled(order_id=order_id), cancelled) == []
    stream.fill(order_id, "A", 3)


def test_an_execution_booked_twice_is_found():
    stream = Stream()
    told = stream.report(stream.order(lots=9), 3)
    booking = stream.booked(told), stream.allocated(told, "A")
    assert stream.say(told, *booking) == []
    assert stream.say(told, *booking) == ["duplicate"]
    ignored = ev.DuplicateFillIgnored(carrying_account_id="NET", execution_id="e9")
    assert stream.say(told, ignored) == ["duplicate"]


def test_an_over_fill_calls_a_person():
    stream = Stream()
    told = stream.report(stream.order(lots=3), 4)
    booking = stream.booked(told), stream.allocated(told, "A")
    assert stream.say(told, *booking) == ["over-fill"]


def test_an_unanswered_order_is_in_doubt_after_a_restart():
    stream = Stream()
    asked = stream.submission()
    accepted, routed = stream.accepted(asked)
    stream.say(asked, accepted, routed)
    doubt = ev.OrderInDoubt(order_id=routed.order_id, terms=routed.terms)
    assert stream.say(cm.RestartDesk(), ev.DeskRestarted(), doubt) == []
    assert stream.say(cm.RestartDesk(), ev.DeskRestarted()) == ["in doubt"]


def test_a_reducing_order_never_exceeds_the_own_position():
    stream = Stream()
    stream.hold("A", 3)
    stream.order("A", Side.SELL, 3, reducing=True)
    asked = stream.submission("A", Side.SELL, 1)
    assert stream.say(asked, *stream.accepted(asked, reducing=True)) == ["reducing"]


def test_the_limit_of_a_sub_account_holds_over_its_working_orders():
    stream = Stream()
    stream.hold("A", 3)
    stream.order("A", Side.BUY, 7)
    asked = stream.submission("A", Side.BUY, 1)
    assert stream.say(asked, *stream.accepted(asked)) == ["position limit", "position limit"]


def test_the_limit_of_the_master_account_holds_over_all_below_it():
    stream = Stream()
    stream.order("B", Side.BUY, 19)
    asked = stream.submission("A", Side.BUY, 2)
    laws = stream.say(asked, *stream.accepted(asked))
    assert laws == ["position limit", "position limit"]


def test_working_orders_of_the_other_side_are_no_credit():
    stream = Stream()
    stream.order("A", Side.SELL, 10)
    asked = stream.submission("A", Side.BUY, 11)
    assert "position limit" in stream.say(asked, *stream.accepted(asked))


def test_a_replace_that_breaks_a_limit_is_found():
    stream = Stream()
    order_id = stream.order("A", Side.BUY, 7)
    asked = cm.ReplaceOrder(sub_account_id="A", order_id=order_id, quantity_lots=11)
    wish = ev.ReplaceRequested(
        order_id=order_id,
        terms=stream.auditor.orders.orders[order_id].event.terms,
        quantity_lots=11,
        limit_price_nanos=None,
    )
    assert "position limit" in stream.say(asked, wish)


def test_an_order_while_the_venue_is_closed_is_found():
    stream = Stream()
    stream.say(cm.CloseSession(venue_id="X"), ev.SessionClosed(venue_id="X"))
    asked = stream.submission()
    assert stream.say(asked, *stream.accepted(asked)) == ["session"]


def test_an_order_of_a_stopped_account_is_found():
    stream = Stream()
    stop = {"node_id": "M", "trading_state": TradingState.HALTED, "reason": ""}
    asked = cm.SetTradingState(**stop, entered_by="a")
    assert stream.say(asked, ev.TradingStateSet(**stop)) == []
    asked = stream.submission()
    assert stream.say(asked, *stream.accepted(asked)) == ["trading state"]


def test_resuming_takes_two_persons():
    stream = Stream()
    for state, laws in ((TradingState.HALTED, []), (TradingState.ACTIVE, ["second person"])):
        change = {"node_id": "A", "trading_state": state, "reason": ""}
        asked = cm.SetTradingState(**change, entered_by="a")
        assert stream.say(asked, ev.TradingStateSet(**change)) == laws


def test_an_opening_order_of_an_over_granted_owner_is_found():
    stream = Stream()
    told = ev.OverGrantedChanged(owner_id="FUND", is_over_granted=True, uncovered_micros=1)
    stream.say(cm.AdvanceTime(), told)
    asked = stream.submission()
    assert stream.say(asked, *stream.accepted(asked)) == ["trading state"]


def priced(stream):
    mark = (cm.PriceMark("CLH8", PRICE),)
    assert stream.say(cm.MarkPrices(source="feed", marks=mark), ev.PricesMarked(marks=mark)) == []


def test_an_order_beyond_the_capital_of_its_sub_account_is_found():
    """One lot at 60.00 asks for 10 % of USD 60,000; the sub-account has nothing."""
    stream = Stream()
    priced(stream)
    asked = stream.submission("C", Side.BUY, 1)
    assert {"margin", "leverage"} <= set(stream.say(asked, *stream.accepted(asked)))


def test_an_order_beyond_the_leverage_of_its_mandate_is_found():
    """USD 12,000 of margin is there for two lots, ten times the equity of 11,000 is not."""
    stream = Stream()
    stream.capital("C", 12_000 * USD)
    priced(stream)
    fitting = stream.submission("C", Side.BUY, 2)
    assert stream.say(fitting, *stream.accepted(fitting)) == []
    asked = stream.submission("C", Side.BUY, 1)
    assert {"leverage", "margin"} == set(stream.say(asked, *stream.accepted(asked)))


def test_a_published_standing_off_by_a_micro_is_found():
    stream = Stream()
    stream.capital("C", 12_000 * USD)
    priced(stream)
    stream.order("C", Side.BUY, 2)
    for requirement, laws in ((12_000 * USD, []), (12_000 * USD + 1, ["standing"])):
        line = ev.MarginLine(
            book_id="C", equity_micros=12_000 * USD, requirement_micros=requirement
        )
        told = ev.MarginPublished(trading_day=DAY, lines=(line,))
        assert stream.say(cm.AdvanceTime(), told) == laws


def gone(order_id):
    return (ev.OrderCancelled(order_id=order_id, was_requested=False, text=""),)


def test_a_firing_inside_the_hold_is_found():
    stream = Stream()
    stream.arm_and_fire()
    laws = stream.indicate(12, stream.fired(value=12))
    assert "rule hold" in laws


def test_arming_inside_the_hold_is_found():
    stream = Stream()
    stream.arm_and_fire()
    armed = ev.RuleArmed(rule_id="R", reference_nanos=10)
    assert stream.indicate(10, armed) == ["rule hold"]
    assert stream.indicate(10, armed, pause_ns=2_000) == []


def test_a_rule_that_should_have_fired_is_found():
    stream = Stream()
    stream.indicate(1_000, ev.RuleArmed(rule_id="R", reference_nanos=1_000))
    assert stream.indicate(1_050) == ["rule"]


def test_an_owner_called_over_granted_who_is_not_is_found():
    told = ev.OverGrantedChanged(owner_id="FUND", is_over_granted=True, uncovered_micros=1)
    assert Stream().say(cm.AdvanceTime(), told) == ["over-granted"]


def test_a_block_counts_what_already_works():
    """Of 7 lots 3 may stay; two are being sold already, so two more may go."""
    stream = Stream()
    stream.hold("A", 7)
    stream.order("A", Side.SELL, 2)
    stream.arm_and_fire()
    assert stream.block([("A", 2)])[0] == []
    assert stream.block([("A", 1)])[0] == ["block"]


def test_a_firing_on_too_small_a_rise_is_found():
    stream = Stream()
    stream.indicate(1_000, ev.RuleArmed(rule_id="R", reference_nanos=1_000))
    assert stream.indicate(1_049, stream.fired(1_000, 1_049)) == ["rule"]


def test_an_opening_order_against_a_rule_is_found():
    stream = Stream()
    stream.arm_and_fire()
    asked = stream.submission()
    assert stream.say(asked, *stream.accepted(asked)) == ["rule block"]


def test_a_block_cuts_to_the_kept_share_and_no_further():
    """Keeping 50 % of 7 lots keeps 3: four may go."""
    stream = Stream()
    stream.hold("A", 7)
    stream.arm_and_fire()
    assert stream.block([("A", 5)])[0] == ["block"]
    stream = Stream()
    stream.hold("A", 7)
    stream.arm_and_fire()
    assert stream.block([("A", 4)])[0] == []


def test_a_block_beyond_the_position_is_found():
    stream = Stream()
    stream.hold("A", 1)
    stream.indicate(10, ev.RuleArmed(rule_id="R", reference_nanos=10))
    stream.indicate(11, stream.fired())
    assert "reducing" in stream.block([("A", 2)])[0]


def test_slices_beyond_the_block_are_found():
    stream = Stream()
    stream.hold("A", 7)
    stream.arm_and_fire()
    assert stream.block([("A", 4)], slice_lots=5)[0] == ["block", "reducing"]


def test_a_fresh_slice_for_lots_that_are_gone_is_found():
    """What a late fill took from a leg is not to be cut a second time."""
    stream = Stream()
    stream.hold("A", 4)
    closing = stream.order("A", Side.SELL, 4)
    stream.say(cm.AdvanceTime(), *gone(closing))
    stream.arm_and_fire()
    laws, slice_id = stream.block([("A", 2)])
    assert laws == []
    stream.say(cm.AdvanceTime(), *gone(slice_id))
    stream.fill(closing, "A", 3, Side.SELL)
    asked = stream.submission("", Side.SELL, 2, name="x")
    fresh = stream.accepted(asked, reducing=True, block_id=slice_id - 1, client_order_id="")
    assert stream.say(cm.AdvanceTime(), *fresh) == ["reducing"]


def test_a_block_s_fill_goes_to_the_leg_furthest_below_its_due_share():
    stream = Stream()
    stream.hold("A", 6)
    stream.hold("B", 2)
    stream.arm_and_fire()
    laws, slice_id = stream.block([("A", 3), ("B", 1)])
    assert laws == []
    told = stream.report(slice_id, 2, Side.SELL)
    wrong = stream.allocated(told, "A", 1), stream.allocated(told, "B", 1)
    assert by_shortfall([3, 1], [0, 0], 2) == [2, 0]
    assert stream.say(told, stream.booked(told), *wrong) == ["shortfall"]


def test_a_leg_that_receives_more_than_instructed_is_found():
    stream = Stream()
    stream.hold("A", 6)
    stream.arm_and_fire()
    _, slice_id = stream.block([("A", 3)])
    told = stream.report(slice_id, 4, Side.SELL)
    laws = stream.say(told, stream.booked(told), stream.allocated(told, "A"))
    assert "shortfall" in laws


LINES = (cm.PlanLine("A", 0, 50, 0, ""),)


def plan_event(stream):
    return ev.PlanProposed(
        plan_id=stream.sequence + 1,
        model="m",
        solver_version="1",
        input_sha256="",
        at_sequence=1,
        owner_id="FUND",
        lines=LINES,
        proposed_by="cio",
    )


def proposed(stream):
    event = plan_event(stream)
    asked = cm.ProposePlan(
        model="m",
        solver_version="1",
        input_sha256="",
        at_sequence=1,
        owner_id="FUND",
        lines=LINES,
        entered_by="cio",
    )
    assert stream.say(asked, event) == []
    return event.plan_id


def applied(plan_id, amount):
    moved = ev.CapitalTransferred(
        from_book_id="@reserve:FUND", to_book_id="A", amount_micros=amount, reason=""
    )
    return cm.ApplyPlan(plan_id=plan_id, entered_by="cio"), moved, ev.PlanApplied(plan_id=plan_id)


def test_a_plan_moves_what_its_lines_say_and_once():
    stream = Stream()
    plan_id = proposed(stream)
    approved = ev.PlanApproved(plan_id=plan_id, approved_by="risk")
    assert stream.say(cm.ApprovePlan(plan_id=plan_id, approved_by="risk"), approved) == []
    assert stream.say(*applied(plan_id, 50)) == []
    assert stream.say(*applied(plan_id, 50)) == ["plan"]


def test_a_plan_applied_otherwise_than_its_lines_is_found():
    stream = Stream()
    plan_id = proposed(stream)
    approved = ev.PlanApproved(plan_id=plan_id, approved_by="risk")
    stream.say(cm.ApprovePlan(plan_id=plan_id, approved_by="risk"), approved)
    assert stream.say(*applied(plan_id, 51)) == ["plan"]


def test_a_plan_applied_without_approval_is_found():
    stream = Stream()
    assert stream.say(*applied(proposed(stream), 50)) == ["plan"]


def test_a_plan_approved_by_its_proposer_is_found():
    stream = Stream()
    plan_id = proposed(stream)
    approved = ev.PlanApproved(plan_id=plan_id, approved_by="cio")
    laws = stream.say(cm.ApprovePlan(plan_id=plan_id, approved_by="cio"), approved)
    assert laws == ["second person"]


def test_a_manual_settlement_price_takes_two_persons():
    stream = Stream()
    day = {"venue_id": "X", "trading_day": DAY, "source": "manual: phone"}
    asked = cm.SettleTradingDay(**day, prices=(), entered_by="a")
    assert stream.say(asked, ev.TradingDaySettled(**day)) == ["second person"]


def test_a_break_resolved_by_one_person_is_found():
    stream = Stream()
    told = {
        "carrying_account_id": "C",
        "break_id": "0f" * 32,
        "resolution": Resolution.EXPLAINED,
        "booked_sequence": 0,
        "reason": "known",
        "entered_by": "a",
    }
    asked = ResolveBreak(**told, approved_by="a")
    laws = stream.say(asked, BreakResolved(**told, approved_by="a"))
    assert set(laws) == {"second person", "break"}  # it was not open either


def test_a_cursor_that_runs_ahead_of_the_journal_is_found():
    stream = Stream()
    moved = ev.GatewayCursorAdvanced(gateway_id="v", handled_sequence=99)
    asked = cm.AdvanceGatewayCursor(gateway_id="v", handled_sequence=99)
    assert stream.say(asked, moved) == ["cursor"]
