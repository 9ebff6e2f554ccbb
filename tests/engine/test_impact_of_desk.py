"""Shares of the volume on a desk: what feeds report, what orders use up, who rests and widens."""

import pytest

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.impact import impact_check, impact_evaluations
from fencang.messages.events import OrderRejected
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_commands import ContractVolume, ReportVolumes
from fencang.messages.trade_flow_events import CoolingOffStarted
from fencang.refdata.impact import IMPACT_FIELDS
from tests.engine.desk import BUY, SELL, all_of, only, order
from tests.engine.firm import SECOND, changed, define, sub_account
from tests.engine.flow_firm import FREE_IMPACT, impact, volumes

MINUTE = 60 * SECOND


@pytest.fixture
def traded(desk):
    """2,000 lots of CLM0 in 5 minutes: 1 % are 20, 10 % of a minute's 400 are 40."""
    desk.done(define(FREE_IMPACT))
    row = impact("ALPHA", order_share_ppm=10_000, window_share_ppm=100_000, window_ns=MINUTE)
    desk.done(define(row, sub_account("NEST", parent="ALPHA")))
    desk.fund("NEST", "500000")
    desk.done(volumes(CLM0=2_000))
    return desk


def refusal(events):
    (found,) = events
    assert isinstance(found, OrderRejected), found
    assert found.reason is Reason.MARKET_IMPACT, found
    return found


def test_an_order_and_all_orders_of_a_minute_keep_to_their_shares(traded):
    found = refusal(traded.submit("ALPHA", BUY, 21, at="20"))
    assert (found.node_id, found.limit, found.value) == ("ALPHA", 20, 21)
    traded.accepted("ALPHA", BUY, 20, at="20")
    traded.accepted("NEST", BUY, 15, at="20")
    found = refusal(traded.submit("ALPHA", BUY, 6, at="20"))
    assert (found.limit, found.value) == (40, 41)
    traded.accepted("ALPHA", BUY, 5, at="20")
    refusal(traded.submit("NEST", BUY, 1, at="20"))
    traded.accepted("BETA", BUY, 30, at="20")
    traded.now_ns += MINUTE + 2 * SECOND
    traded.accepted("NEST", BUY, 20, at="20")


def test_splitting_an_order_does_not_let_more_through(traded):
    through = 0
    for number in range(45):
        sent = order("ALPHA", BUY, 1, at="20", client_order_id=f"s{number}")
        through += not isinstance(traded.do(sent, after_ns=1)[0], OrderRejected)
    assert through == 40


def test_reductions_count_and_are_never_held_back(traded):
    traded.trade("ALPHA", BUY, 20, "20")
    traded.trade("ALPHA", BUY, 20, "20")
    traded.accepted("ALPHA", SELL, 30, at="21")
    traded.now_ns += 59 * SECOND
    found = refusal(traded.submit("ALPHA", BUY, 11, at="20"))
    assert found.value == 41


def test_an_unknown_or_old_volume_opens_nothing_unless_the_row_says_so(traded):
    refusal(traded.submit("ALPHA", BUY, 1, "CLN0", at="20"))
    traded.now_ns += 10 * MINUTE + SECOND
    found = refusal(traded.submit("ALPHA", BUY, 1, at="20"))
    assert found.limit == 10 * MINUTE
    traded.done(volumes(CLM0=2_000))
    traded.accepted("ALPHA", BUY, 1, at="20")
    traded.done(define(impact("ALPHA", order_share_ppm=10_000, passes_unknown=True)))
    traded.accepted("ALPHA", BUY, 50, "CLN0", at="20")


def test_a_market_without_volume_takes_nothing(traded):
    traded.done(volumes(CLM0=0))
    assert refusal(traded.submit("ALPHA", BUY, 1, at="20")).limit == 0


def test_a_node_rests_when_another_such_order_would_not_fit(traded):
    row = impact(
        "ALPHA",
        order_share_ppm=10_000,
        window_share_ppm=100_000,
        window_ns=MINUTE,
        cooling_off_ns=300 * SECOND,
    )
    traded.done(define(row))
    assert all_of(traded.submit("ALPHA", BUY, 15, at="20"), CoolingOffStarted) == []
    rest = only(traded.submit("ALPHA", BUY, 15, at="20"), CoolingOffStarted)
    assert (rest.node_id, rest.contract_id, rest.sent_lots) == ("ALPHA", "CLM0", 30)
    found = refusal(traded.submit("ALPHA", BUY, 1, at="20"))
    assert (found.limit, found.value) == (0, 299 * SECOND)
    traded.now_ns += 298 * SECOND
    traded.done(volumes(CLM0=2_000))
    traded.accepted("ALPHA", BUY, 1, at="20")


def test_a_replacement_is_asked_for_what_it_adds(traded):
    known = traded.working("ALPHA", BUY, 10, at="20")
    (found,) = traded.replace(known, 21)
    assert found.reason is Reason.MARKET_IMPACT
    assert type(traded.replace(known, 20)[0]).__name__ == "ReplaceRequested"
    found = refusal(traded.submit("NEST", BUY, 21, at="20"))
    assert found.limit == 20
    traded.accepted("NEST", BUY, 20, at="20")
    assert refusal(traded.submit("NEST", BUY, 1, at="20")).value == 41


def test_volumes_that_cannot_be_are_refused_with_every_fault(desk):
    found = desk.refused(volumes(CLM0=1, XX=2, YY=3), Reason.UNKNOWN_CONTRACT)
    assert "XX, YY" in found.detail
    pair = (ContractVolume("CLM0", 1, MINUTE), ContractVolume("CLM0", 2, MINUTE))
    desk.refused(ReportVolumes(source="feed", volumes=pair), Reason.UNKNOWN_REFERENCE)
    manual = volumes(source="manual", CLM0=5)
    desk.refused(manual, Reason.SECOND_PERSON_REQUIRED)
    desk.done(volumes(source="manual", approved_by="boss", CLM0=5))


def test_the_root_states_both_shares(desk):
    found = desk.refused(define(impact("ALPHA", order_share_ppm=1)), Reason.FAULTY_DEFINITION)
    assert "MASTER has no ImpactLimit" in found.detail
    for field in IMPACT_FIELDS:
        row = changed(FREE_IMPACT, **{field: None})
        found = desk.refused(define(row), Reason.FAULTY_DEFINITION)
        assert f"{field} is open at the root" in found.detail


TIGHT = impact(
    "ALPHA", order_share_ppm=10, window_share_ppm=10, passes_unknown=True, cooling_off_ns=SECOND
)


@pytest.mark.parametrize(
    ("field", "narrower", "wider"),
    [
        ("order_share_ppm", 9, 11),
        ("window_share_ppm", 9, None),
        ("volume_age_ns_max", SECOND, 9_999 * SECOND),
        ("passes_unknown", False, True),
        ("cooling_off_ns", 2 * SECOND, 0),
        ("window_ns", 300 * SECOND, 600 * SECOND),
    ],
)
def test_narrowing_needs_one_person_and_widening_two(desk, field, narrower, wider):
    desk.done(define(FREE_IMPACT))
    desk.done(define(TIGHT, approved_by=""))
    desk.done(define(changed(TIGHT, **{field: narrower}), approved_by=""))
    row = changed(TIGHT, **{field: wider})
    desk.refused(define(row, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(define(row))


@pytest.mark.parametrize("contract", ["CLM0", "CLN0"])
@pytest.mark.parametrize("lots", [1, 20, 21, 35])
@pytest.mark.parametrize("fields", [{}, {"cooling_off_ns": MINUTE}, {"passes_unknown": True}])
def test_the_first_evaluation_that_fails_is_the_refusal(traded, contract, lots, fields):
    known = traded.state.risk.impact.rows["ALPHA", "*"]
    traded.done(define(changed(known, **fields)))
    traded.accepted("ALPHA", BUY, 16, at="20")
    traded.accepted("ALPHA", BUY, 10, at="20")
    state = traded.state
    line = state.line(state.subs["ALPHA"], "C1", state.contracts[contract])
    ask = ask_of_submit(state, order("ALPHA", BUY, lots, contract, at="20"), line)
    refused = impact_check(ask)
    failed = [each for each in impact_evaluations(ask) if not each.passes]
    assert (refused is None) == (not failed)
    if refused is not None:
        first = failed[0]
        assert (first.reason, first.node_id, first.limit, first.value) == refused[:4]
