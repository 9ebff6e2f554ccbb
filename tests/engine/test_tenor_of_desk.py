"""Limits by maturity on a desk: what may be opened, what gets out, and who may widen."""

from datetime import timedelta

import pytest

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.tenor import tenor_check, tenor_evaluations
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract
from fencang.refdata.tenor import TENOR_FIELDS, TenorLimit
from tests.engine.desk import BUY, SELL, order
from tests.engine.firm import MONDAY, WEDNESDAY, changed, define

ROOT = TenorLimit(node_id="MASTER", furthest_days=365, nearest_days=3, takes_undated=True)


def ending(contract, days, notice=None):
    """Return a crude contract that ends so many days from Monday on."""
    return Contract(
        contract_id=contract,
        product_id="CL",
        last_trading_day=MONDAY + timedelta(days=days),
        first_notice_day=None if notice is None else MONDAY + timedelta(days=notice),
    )


@pytest.fixture
def dated(desk):
    desk.done(
        define(
            ROOT, ending("NEAR", 3), ending("SOON", 30, 2), ending("FAR", 365), ending("AWAY", 366)
        )
    )
    desk.mark(NEAR="20", SOON="20", FAR="20", AWAY="20")
    return desk


def test_a_contract_is_opened_between_the_nearest_and_the_furthest_day(dated):
    dated.accepted("ALPHA", BUY, 1, "NEAR", at="20")
    dated.accepted("ALPHA", BUY, 1, "FAR", at="20")
    found = dated.refused(order("ALPHA", BUY, 1, "AWAY", at="20"), Reason.TENOR)
    assert (found.node_id, found.limit, found.value) == ("MASTER", 365, 366)
    found = dated.refused(
        order("ALPHA", BUY, 1, "SOON", at="20", client_order_id="x"), Reason.TENOR
    )
    assert (found.limit, found.value) == (3, 2)


def test_days_pass_and_what_is_held_gets_out(dated):
    dated.trade("ALPHA", BUY, 2, "20", "NEAR")
    dated.next_day(WEDNESDAY)
    found = dated.refused(order("ALPHA", BUY, 1, "NEAR", at="20"), Reason.TENOR)
    assert (found.limit, found.value) == (3, 1)
    dated.accepted("ALPHA", SELL, 2, "NEAR", at="20")


def test_undated_contracts_are_opened_only_where_every_row_takes_them(dated):
    dated.accepted("ALPHA", BUY, 1, "CLM0", at="20")
    dated.done(define(TenorLimit(node_id="BETA", takes_undated=False)))
    dated.refused(order("BETA", BUY, 1, at="20"), Reason.TENOR)
    dated.done(define(changed(ROOT, takes_undated=None), approved_by="boss"))
    dated.refused(order("ALPHA", BUY, 1, at="20"), Reason.TENOR)


def test_a_replacement_adds_nothing_either(dated):
    known = dated.working("ALPHA", BUY, 1, "NEAR", at="20")
    dated.next_day(WEDNESDAY)
    (found,) = dated.replace(known, 2)
    assert found.reason is Reason.TENOR
    assert type(dated.replace(known, 1, at="19")[0]).__name__ == "ReplaceRequested"


def test_the_root_states_both_numbers(desk):
    found = desk.refused(
        define(TenorLimit(node_id="ALPHA", furthest_days=1)), Reason.FAULTY_DEFINITION
    )
    assert "MASTER has no TenorLimit" in found.detail
    for field in TENOR_FIELDS:
        refused = desk.refused(define(changed(ROOT, **{field: None})), Reason.FAULTY_DEFINITION)
        assert f"{field} is open at the root" in refused.detail


@pytest.mark.parametrize(
    ("field", "narrower", "wider"),
    [("furthest_days", 364, 366), ("nearest_days", 4, 2), ("takes_undated", False, True)],
)
def test_narrowing_needs_one_person_and_widening_two(dated, field, narrower, wider):
    dated.done(define(changed(ROOT, **{field: narrower}), approved_by=""))
    wide = changed(ROOT, **{field: wider})
    dated.refused(define(wide, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    dated.done(define(wide))
    # A row of a narrower scope may hide a narrower number of the wider one.
    hiding = TenorLimit(node_id="MASTER", scope_id="CL", furthest_days=900)
    dated.refused(define(hiding, approved_by=""), Reason.SECOND_PERSON_REQUIRED)


@pytest.mark.parametrize("contract", ["NEAR", "SOON", "FAR", "AWAY", "CLM0"])
def test_the_first_evaluation_that_fails_is_the_refusal(dated, contract):
    dated.done(define(changed(ROOT, takes_undated=False)))
    state = dated.state
    line = state.line(state.subs["ALPHA"], "C1", state.contracts[contract])
    ask = ask_of_submit(state, order("ALPHA", BUY, 1, contract, at="20"), line)
    refused = tenor_check(ask)
    failed = [each for each in tenor_evaluations(ask) if not each.passes]
    assert (refused is None) == (not failed)
    if refused is not None:
        first = failed[0]
        assert (first.reason, first.node_id, first.limit, first.value) == refused[:4]
