"""Too much of one market: the part that fits is taken, the rest goes where the mandate says."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.message import OrderType
from fencang.messages.reasons import Reason
from fencang.messages.substitution_commands import Correlation, Deviation, ReportMoves
from fencang.messages.substitution_events import (
    OrderReduced,
    OrderSubstituted,
    SubstituteMissing,
)
from fencang.refdata.substitute import Substitute, SubstituteMode
from tests.engine.acts import halt
from tests.engine.desk import BUY, SELL, all_of, only, order
from tests.engine.firm import DAY, SECOND, changed, define, limit, price
from tests.engine.order_rows import no_lots_by_law

PROXY, DIVERSIFY = SubstituteMode.PROXY, SubstituteMode.DIVERSIFY


def substitute(name="S1", **fields):
    given = {
        "substitute_id": name,
        "node_id": "ALPHA",
        "scope_id": "ES",
        "to_sub_account_id": "BETA",
        "to_contract_id": "FDAX",
        "mode": DIVERSIFY,
        "correlation_ppm": 700_000,
        "cap_lots": 100,
    }
    return Substitute(**{**given, **fields})


def moves(correlation_ppm=600_000, *, es="30", fdax="100", desk=None):
    """A deviation of 30 points of ES is 1,500 USD a lot; of 100 of FDAX 2,500 EUR, 2,750 USD."""
    return ReportMoves(
        source="model",
        as_of_ns=desk.now_ns,
        deviations=(Deviation("ES", price(es)), Deviation("FDAX", price(fdax))),
        correlations=(Correlation("FDAX", "ES", correlation_ppm),),
    )


@pytest.fixture
def bound(desk):
    """ALPHA may hold 10 lots of ES; what goes beyond has the DAX as its substitute."""
    desk.done(define(limit("ALPHA", "ES", 10), substitute()))
    desk.done(moves(desk=desk))
    return desk


def buy(desk, lots, side=BUY, **more):
    return desk.submit("ALPHA", side, lots, contract="ESM0", at="3000", **more)


def test_the_part_that_fits_is_taken_and_equal_volatility_sizes_the_rest(bound):
    """20 lots: 10 fit.  10 × 1,500 / 2,750 = 5.45, so 5 lots of the DAX."""
    events = buy(bound, 20)
    kept, instead = all_of(events, OrderAccepted)
    told = only(events, OrderSubstituted)
    assert (kept.sub_account_id, kept.terms.quantity_lots) == ("ALPHA", 10)
    assert (instead.sub_account_id, instead.terms.contract_id) == ("BETA", "FDAX")
    assert (instead.terms.quantity_lots, instead.terms.side) == (5, BUY)
    assert instead.terms.order_type is OrderType.LIMIT
    assert only(events, OrderReduced).order_id == kept.order_id
    assert (told.excess_lots, told.sized_lots, told.lots) == (10, 5, 5)
    assert (told.own_risk_micros, told.to_risk_micros) == (1_500_000_000, 2_750_000_000)
    assert (told.reason, told.order_id) == (Reason.POSITION_LIMIT, instead.order_id)


def test_an_order_that_fits_is_never_substituted(bound):
    assert all_of(buy(bound, 10), OrderReduced) == []


def test_where_nothing_fits_the_order_is_refused_and_all_of_it_substituted(bound):
    buy(bound, 10)
    events = buy(bound, 11)
    assert only(events, OrderRejected).reason is Reason.POSITION_LIMIT
    assert only(events, OrderReduced).kept_lots == 0
    assert only(events, OrderAccepted).terms.quantity_lots == 6  # 11 × 1,500 / 2,750


def test_a_proxy_is_sized_by_beta(bound):
    """10 × 1,500 × 0.6 / 2,750 = 3.27."""
    bound.done(define(substitute(mode=PROXY, correlation_ppm=500_000)))
    told = only(buy(bound, 20), OrderSubstituted)
    assert (told.mode, told.lots) == (PROXY, 3)


@pytest.mark.parametrize(
    ("row", "correlation_ppm", "is_taken"),
    [
        ({}, 700_000, True),
        ({}, 700_001, False),
        ({}, -700_000, True),
        ({}, -700_001, False),
        ({"mode": PROXY}, 700_000, True),
        ({"mode": PROXY}, 699_999, False),
        ({"mode": PROXY}, -900_000, False),
    ],
)
def test_correlation_bounds_what_is_a_substitute(desk, row, correlation_ppm, is_taken):
    desk.done(define(limit("ALPHA", "ES", 10), substitute(**row)))
    desk.done(moves(correlation_ppm, desk=desk))
    events = buy(desk, 20)
    assert bool(all_of(events, OrderSubstituted)) is is_taken
    if not is_taken:
        assert "correlation" in only(events, OrderRejected).detail


def test_old_numbers_are_not_used(bound):
    bound.done(cmd.AdvanceTime(), after_ns=5 * DAY)
    found = only(buy(bound, 20), OrderRejected)
    assert "ns old" in found.detail


def test_numbers_nobody_reported_are_told(desk):
    desk.done(define(limit("ALPHA", "ES", 10), substitute()))
    assert "never reported" in only(buy(desk, 20), OrderRejected).detail


def test_older_numbers_do_not_take_the_place_of_newer_ones(bound):
    late = changed(moves(100_000, desk=bound), as_of_ns=bound.now_ns - 100 * SECOND)
    bound.done(late)
    assert only(buy(bound, 20), OrderSubstituted).correlation_ppm == 600_000


def test_the_cap_counts_what_the_book_holds_and_works(bound):
    bound.done(define(substitute(cap_lots=3)))
    bound.trade("BETA", BUY, 1, "10000", contract="FDAX")
    told = only(buy(bound, 20), OrderSubstituted)
    assert (told.sized_lots, told.lots) == (5, 2)
    missing = only(buy(bound, 20), SubstituteMissing)
    assert "cap of 3 lots" in missing.detail


def test_the_substitute_meets_every_check_of_its_own(bound):
    bound.done(define(limit("BETA", "FDAX", 2)))
    assert only(buy(bound, 20), OrderSubstituted).lots == 2
    halt(bound, "BETA")
    missing = only(buy(bound, 20), SubstituteMissing)
    assert "BETA is halted" in missing.detail


def test_the_pool_is_asked_after_the_part_that_fits(bound):
    """Both parts together never exceed the tree's own limits on the substitute's market."""
    bound.done(define(limit("MASTER", "FDAX", 4)))
    assert only(buy(bound, 20), OrderSubstituted).lots == 4


def test_the_next_substitute_is_tried_when_the_first_takes_nothing(bound):
    bound.done(define(substitute("S0", to_sub_account_id="GAMMA", cap_lots=1)))
    bound.trade("GAMMA", BUY, 1, "10000", contract="FDAX")
    assert only(buy(bound, 20), OrderSubstituted).substitute_id == "S1"


def test_a_legal_limit_is_never_stepped_around(bound):
    bound.done(define(substitute("S5", scope_id="CL")))
    no_lots_by_law(bound)
    events = bound.submit("ALPHA", BUY, 20, at="20")
    assert only(events, OrderRejected).reason is Reason.REGIME_LIMIT
    assert all_of(events, OrderSubstituted) == []


def test_an_orders_own_words_stay_refused(bound):
    found = only(bound.submit("ALPHA", BUY, 20, contract="ESM0", at="3000.1"), OrderRejected)
    assert found.reason is Reason.ORDER_PRICE_OFF_TICK


def test_a_dry_run_only_tells(bound):
    bound.done(define(substitute(is_dry_run=True), approved_by=""))
    before = bound.state.subs["BETA"].working.copy()
    events = buy(bound, 20)
    told = only(events, OrderSubstituted)
    assert only(events, OrderRejected).reason is Reason.POSITION_LIMIT
    assert (told.is_dry_run, told.kept_lots, told.lots, told.order_id) == (True, 10, 5, 0)
    assert bound.state.subs["BETA"].working == before


def test_sales_are_substituted_by_sales(bound):
    events = buy(bound, 20, SELL)
    assert [each.terms.side for each in all_of(events, OrderAccepted)] == [SELL, SELL]


def test_who_may_state_a_substitute(desk):
    wrong = (
        substitute(to_sub_account_id="CLIENT1"),
        substitute("S2", to_contract_id="NOTHING"),
        substitute("S3", node_id="NOBODY"),
        substitute("S4", scope_id="*"),
    )
    found = desk.refused(define(*wrong), Reason.FAULTY_DEFINITION)
    for words in ("another owner", "no contract NOTHING", "NOBODY", "has no one substitute"):
        assert words in found.detail
    desk.refused(define(substitute(), approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(define(substitute()))
    desk.done(define(substitute(cap_lots=0), approved_by=""))
    desk.refused(define(substitute(cap_lots=5), approved_by=""), Reason.SECOND_PERSON_REQUIRED)


def test_moves_of_the_future_unknown_markets_and_one_persons_word_are_refused(desk):
    given = moves(desk=desk)
    desk.refused(changed(given, as_of_ns=desk.now_ns + DAY), Reason.VALUE_OUT_OF_RANGE)
    unknown = (Deviation("XX", 1),)
    desk.refused(changed(given, deviations=unknown), Reason.UNKNOWN_REFERENCE)
    desk.refused(changed(given, source="manual"), Reason.SECOND_PERSON_REQUIRED)


def test_a_negative_price_has_the_same_risk(bound):
    """Deviations are points: WTI at -37 moves as far as at 37."""
    bound.done(define(limit("ALPHA", "CL", 1), substitute("S5", scope_id="CL")))
    bound.done(
        ReportMoves(
            source="model",
            as_of_ns=bound.now_ns,
            deviations=(Deviation("CL", price("2.75")),),
            correlations=(Correlation("CL", "FDAX", 0),),
        )
    )
    sizes = []
    for at in ("37", "-37"):
        bound.mark(CLM0=at)
        events = bound.do(order("ALPHA", BUY, 11, "CLM0", at, f"n{at}"))
        sizes.append(only(events, OrderSubstituted).sized_lots)
        for kept in all_of(events, OrderAccepted):
            bound.cancelled(kept.order_id)
    assert sizes == [10, 10]  # 10 × 2,750 / 2,750
