"""Warnings of exposure, margin, leverage and losses: with orders, and with what moves them."""

import pytest

from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.limit_events import LimitWarned, LimitWarningEnded
from fencang.messages.loss_events import LossLimitReached
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, SELL, all_of, kinds, only, stray, trading_desk, transfer
from tests.engine.envelope_acts import open_envelope
from tests.engine.exposure_firm import NO_BUFFER, WIDE_EXPOSURE, buffer, exposure
from tests.engine.firm import TUESDAY, changed, define, money, sub_account
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses
from tests.engine.node_firm import warning


@pytest.fixture
def warned(desk):
    """Everybody is warned as the field does it; exposure is measured and nothing bound."""
    desk.done(define(warning(), WIDE_EXPOSURE, NO_BUFFER))
    return desk


def told(events, reason, node="ALPHA", scope=None):
    """Return the levels in per cent told by a control, below zero where one has ended."""
    return [
        event.level_ppm // 10_000 * (-1 if isinstance(event, LimitWarningEnded) else 1)
        for event in events
        if isinstance(event, LimitWarned | LimitWarningEnded)
        and (event.reason, event.node_id) == (reason, node)
        and scope in (None, event.scope_id)
    ]


# ------------------------------------------------------------------------------------ exposure


def test_every_measure_of_exposure_is_told_once_with_the_order_that_reaches_it(warned):
    """A lot of CL is worth 20,000: gross 100,000, net 80,000."""
    warned.done(define(exposure("ALPHA", gross="100000", net="80000")))
    events = warned.submit("ALPHA", BUY, 2, at="20")
    assert isinstance(events[0], OrderAccepted)
    assert told(events, Reason.GROSS_EXPOSURE) == []
    (found,) = [each for each in all_of(events, LimitWarned) if each.node_id == "ALPHA"]
    assert (found.control, found.reason, found.side) == (
        "net exposure",
        Reason.NET_EXPOSURE,
        "long",
    )
    assert (found.limit, found.value) == (money("80000"), money("40000"))
    events = warned.submit("ALPHA", BUY, 1, at="20")
    assert told(events, Reason.GROSS_EXPOSURE) == [50]
    assert told(events, Reason.NET_EXPOSURE) == []
    events = warned.submit("ALPHA", BUY, 1, at="20")
    assert told(events, Reason.GROSS_EXPOSURE) == [80]
    assert told(events, Reason.NET_EXPOSURE) == [100]
    assert isinstance(warned.submit("ALPHA", BUY, 1, at="20")[0], OrderRejected)
    events = warned.submit("ALPHA", SELL, 1, at="20")
    assert told(events, Reason.GROSS_EXPOSURE) == [100]


def test_a_fall_below_a_level_is_told_and_the_level_again_after_it(warned):
    warned.done(define(exposure("ALPHA", net="100000")))
    first = warned.accepted("ALPHA", BUY, 3, at="20")
    second = warned.accepted("ALPHA", BUY, 1, at="20")
    warned.cancelled(second)
    events = warned.submit("ALPHA", BUY, 1, at="20")
    assert told(events, Reason.NET_EXPOSURE) == [80]  # fell to 60: 80 ended, and comes again
    warned.cancelled(events[0].order_id)
    warned.cancelled(first)
    assert told(warned.submit("ALPHA", BUY, 1, at="20"), Reason.NET_EXPOSURE) == [0]


def test_a_side_that_has_fallen_is_told_by_an_order_of_the_other(warned):
    warned.done(define(exposure("ALPHA", net="100000")))
    order_id = warned.accepted("ALPHA", BUY, 4, at="20")
    warned.cancelled(order_id)
    events = warned.submit("ALPHA", SELL, 1, at="20")
    assert told(events, Reason.NET_EXPOSURE) == [0]
    assert not warned.state.risk.warnings.told


def test_that_a_level_has_ended_is_told_whatever_currencies_a_refused_order_brought(warned):
    """A refused order leaves nothing behind but an empty line, which a replay may not have."""
    warned.done(define(exposure("ALPHA", net="100000")))
    order_id = warned.accepted("ALPHA", BUY, 4, at="20")
    assert isinstance(warned.submit("ALPHA", BUY, 1_000, "FDAX", "10000")[0], OrderRejected)
    warned.cancelled(order_id)
    assert told(warned.submit("ALPHA", SELL, 1, at="20"), Reason.NET_EXPOSURE) == [0]


def test_a_mark_is_told_of_without_an_order(warned):
    """4 lots at 20 are 80,000 of 200,000; at 26 they are 104,000."""
    warned.done(define(exposure("ALPHA", gross="200000"), exposure("venue:NYMEX", net="130000")))
    warned.trade("ALPHA", BUY, 4, "20")
    events = warned.mark(CLM0="26")
    assert kinds(events)[0] == "PricesMarked"
    assert told(events, Reason.GROSS_EXPOSURE) == [50]
    assert told(events, Reason.NET_EXPOSURE, "venue:NYMEX") == [80]
    assert told(warned.mark(CLM0="25.5"), Reason.GROSS_EXPOSURE) == []
    events = warned.mark(CLM0="19")
    assert told(events, Reason.GROSS_EXPOSURE) == [0]
    assert told(events, Reason.NET_EXPOSURE, "venue:NYMEX") == [-50]


def test_rates_betas_rows_and_lots_from_elsewhere_are_told_of_too(warned):
    warned.done(define(exposure("MASTER", "ES", beta="200000"), exposure("carrying:C1", net="1")))
    warned.done(define(exposure("carrying:C1", net="400000")))
    assert told(stray(warned, BUY, 10, "20"), Reason.NET_EXPOSURE, "carrying:C1") == []
    assert told(warned.records[-1].events, Reason.NET_EXPOSURE, "carrying:C1") == [50]
    assert told(
        warned.done(define(exposure("carrying:C1", net="200000"))),
        Reason.NET_EXPOSURE,
        "carrying:C1",
    ) == [100]


def test_foreign_exposure_is_told_by_a_rate(warned):
    """A lot of FDAX at 10,000 is 250,000 euros."""
    warned.done(define(exposure("MASTER", "FDAX", gross="800000")))
    events = warned.submit("ALPHA", BUY, 1, "FDAX", at="10000")
    assert told(events, Reason.GROSS_EXPOSURE, "MASTER") == []
    events = warned.rate(EUR="1.7")
    assert told(events, Reason.GROSS_EXPOSURE, "MASTER") == [50]


def test_concentration_names_the_product_and_begins_where_its_limit_does(warned):
    """One lot of ES is 150,000; 9 of CL are 180,000 of 330,000, 54.5 % of at most 60 %."""
    share = {"share_ppm_max": 600_000, "share_from_micros": money("200000")}
    warned.done(define(changed(WIDE_EXPOSURE, **share)))
    row = changed(exposure("ALPHA", "ALL", product_ids=("CL", "ES")), **share)
    warned.done(define(row))
    warned.trade("ALPHA", BUY, 1, "3000", contract="ESM0")
    assert not warned.state.risk.warnings.told
    events = warned.submit("ALPHA", BUY, 9, at="20")
    assert told(events, Reason.CONCENTRATION, "MASTER", "CL") == [80]
    assert told(events, Reason.CONCENTRATION, "ALPHA", "ALL:CL") == [80]
    (found, _) = all_of(events, LimitWarned)
    assert (found.limit, found.value) == (600_000, 545_455)
    events = warned.mark(CLM0="25")
    assert told(events, Reason.CONCENTRATION, "MASTER", "CL") == [100]
    assert told(events, Reason.CONCENTRATION, "MASTER", "ES") == [50]
    events = warned.mark(CLM0="5")
    assert told(events, Reason.CONCENTRATION, "MASTER") == [0, 0]


# -------------------------------------------------------------------------------------- margin


def test_the_margin_of_a_book_and_of_its_pool_is_told(warned):
    """Of 100,000 a lot asks for 2,000: the 25th is half, the 40th 80 %, the 50th all."""
    warned.done(transfer("ALPHA", None, "900000"))
    assert told(warned.submit("ALPHA", BUY, 24, at="20"), Reason.MARGIN_SUB_ACCOUNT) == []
    events = warned.submit("ALPHA", BUY, 1, at="20")
    assert told(events, Reason.MARGIN_SUB_ACCOUNT) == [50]
    (found,) = [each for each in all_of(events, LimitWarned) if each.control != "leverage"]
    assert (found.limit, found.value) == (money("100000"), money("50000"))
    assert told(warned.submit("ALPHA", BUY, 14, at="20"), Reason.MARGIN_SUB_ACCOUNT) == []
    assert told(warned.submit("ALPHA", BUY, 11, at="20"), Reason.MARGIN_SUB_ACCOUNT) == [100]
    assert isinstance(warned.submit("ALPHA", BUY, 1, at="20")[0], OrderRejected)


def test_a_buffer_is_no_part_of_what_may_be_used(warned):
    warned.done(transfer("ALPHA", None, "900000"))
    warned.done(define(buffer("ALPHA", amount="60000")))
    events = warned.submit("ALPHA", BUY, 10, at="20")
    assert told(events, Reason.MARGIN_SUB_ACCOUNT) == [50]
    assert told(warned.submit("ALPHA", BUY, 10, at="20"), Reason.MARGIN_SUB_ACCOUNT) == [100]
    (refused,) = warned.submit("ALPHA", BUY, 1, at="20")
    assert refused.reason is Reason.MARGIN_BUFFER


def test_a_pool_is_told_of_under_its_owner(warned):
    """The pool of FUND has what its reserve and its books have."""
    pool = warned.state.pools["FUND"].standing
    held = pool.available_micros(warned.state.rates)
    warned.done(define(buffer("person:FUND", amount=str(held // 10**6 - 40_000))))
    events = warned.submit("ALPHA", BUY, 10, at="20")
    assert told(events, Reason.MARGIN_POOL, "FUND") == [50]


def test_money_and_marks_are_told_of_without_an_order(warned):
    warned.trade("ALPHA", BUY, 100, "20")
    events = warned.done(transfer("ALPHA", None, "700000"))
    assert told(events, Reason.MARGIN_SUB_ACCOUNT) == [50]
    events = warned.mark(CLM0="18.50")
    assert told(events, Reason.MARGIN_SUB_ACCOUNT) == [100]
    assert told(warned.mark(CLM0="18.40"), Reason.MARGIN_SUB_ACCOUNT) == []
    assert told(warned.mark(CLM0="23"), Reason.MARGIN_SUB_ACCOUNT) == [0]


def test_a_book_with_nothing_left_is_wholly_used(warned):
    warned.trade("ALPHA", BUY, 100, "20")
    events = warned.mark(CLM0="9")
    assert told(events, Reason.MARGIN_SUB_ACCOUNT) == [100]
    (found,) = [each for each in all_of(events, LimitWarned) if each.node_id == "ALPHA"][:1]
    assert found.limit == 1


def test_leverage_is_told(warned):
    """20 times 100,000 are 2,000,000: 100 lots of 20,000."""
    warned.done(define(sub_account("ALPHA", leverage_max_ppm=5_000_000)))
    warned.done(transfer("ALPHA", None, "900000"))
    assert told(warned.submit("ALPHA", BUY, 12, at="20"), Reason.LEVERAGE) == []
    assert told(warned.submit("ALPHA", BUY, 1, at="20"), Reason.LEVERAGE) == [50]


def test_a_node_without_levels_is_told_nothing(warned):
    warned.done(define(warning("ALPHA", levels_ppm=()), exposure("ALPHA", net="80000")))
    assert told(warned.submit("ALPHA", BUY, 4, at="20"), Reason.NET_EXPOSURE) == []


# -------------------------------------------------------------------------------------- losses


@pytest.fixture
def losing(desk):
    """ALPHA holds 100 lots at 20 and may lose 100,000: a point."""
    desk.done(define(warning(), WIDE_LOSSES, TERMS))
    desk.done(define(losses("ALPHA", daily="100000", drawdown="200000")))
    desk.trade("ALPHA", BUY, 100, "20")
    return desk


def test_losses_are_told_where_they_arise_and_the_ladder_goes_its_own_way(losing):
    losing.done(define(losses("ALPHA", daily="100000", **{**STEPS, "liquidate_ppm": None})))
    assert told(losing.mark(CLM0="19.51"), Reason.DAILY_LOSS) == []
    events = losing.mark(CLM0="19.50")
    assert kinds(events) == ["PricesMarked", "LimitWarned"]
    found = only(events, LimitWarned)
    assert (found.control, found.scope_id, found.side) == ("daily loss", "", "")
    assert (found.limit, found.value) == (money("100000"), money("50000"))
    assert told(losing.mark(CLM0="19.20"), Reason.DAILY_LOSS) == [80]
    events = losing.mark(CLM0="19.19")
    assert told(events, Reason.DAILY_LOSS) == []
    assert all_of(events, LossLimitReached)
    events = losing.mark(CLM0="18.99")
    assert told(events, Reason.DAILY_LOSS) == [100]
    assert all_of(events, LossLimitReached)


def test_a_loss_that_is_made_good_is_told_and_the_level_again_after_it(losing):
    losing.mark(CLM0="19.20")
    assert told(losing.mark(CLM0="19.25"), Reason.DAILY_LOSS) == []
    assert told(losing.mark(CLM0="19.26"), Reason.DAILY_LOSS) == [-50]
    assert told(losing.mark(CLM0="19.20"), Reason.DAILY_LOSS) == [80]
    assert told(losing.mark(CLM0="20"), Reason.DAILY_LOSS) == [0]


def test_a_new_day_has_lost_nothing(losing):
    losing.mark(CLM0="19.20")
    losing.settle(CLM0="19.20", CLN0="20", CLK0="10", ESM0="3000")
    losing.next_day(TUESDAY)
    assert told(losing.records[-1].events, Reason.DAILY_LOSS) == [0]
    assert not [key for key in losing.state.risk.warnings.told if key[0] == Reason.DAILY_LOSS]


def test_drawdown_and_velocity_are_told(losing):
    losing.done(define(losses("ALPHA", drawdown="100000", velocity="100000")))
    losing.mark(CLM0="21")
    events = losing.mark(CLM0="20.50")
    assert told(events, Reason.DRAWDOWN) == [50]
    assert told(events, Reason.LOSS_VELOCITY) == [50]


def test_margin_use_is_told_with_the_number_that_its_steps_refuse_with(losing):
    """100 lots ask for 200,000 of a million; half of it may be used."""
    losing.done(transfer("ALPHA", None, "700000"))
    events = losing.done(define(losses("ALPHA", margin_use_ppm=1_000_000, stop_ppm=2_000_000)))
    assert told(events, Reason.REDUCE_ONLY) == [50]
    assert [each.control for each in all_of(events, LimitWarned)] == ["margin use"]
    events = losing.mark(CLM0="19.40")
    assert told(events, Reason.REDUCE_ONLY) == [80]


def test_a_wider_row_and_fewer_levels_are_seen_at_once(losing):
    losing.mark(CLM0="19.20")
    events = losing.done(define(losses("ALPHA", daily="1000000")))
    assert told(events, Reason.DAILY_LOSS) == [0]
    events = losing.done(define(warning("ALPHA", levels_ppm=(10_000,), margin_ppm=1_000)))
    assert told(events, Reason.DAILY_LOSS) == [1]


def test_a_desk_without_warnings_is_told_nothing():
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, TERMS, losses("ALPHA", daily="100000"), WIDE_EXPOSURE))
    desk.done(define(exposure("ALPHA", net="2100000")))
    desk.trade("ALPHA", BUY, 100, "20")
    assert kinds(desk.mark(CLM0="19")) == ["PricesMarked"]
    assert not [each for record in desk.records for each in all_of(record.events, LimitWarned)]


def test_an_envelope_over_several_contracts_is_told_of_once(warned):
    """Each contract is asked for all lots: 5 are 100,000 of 200,000, in either of them."""
    warned.done(define(exposure("ALPHA", net="200000")))
    both = {"scope": "CL", "contract_ids": ("CLM0", "CLN0")}
    events = warned.done(open_envelope("ALPHA", BUY, 5, **both))
    assert told(events, Reason.NET_EXPOSURE) == [50]
