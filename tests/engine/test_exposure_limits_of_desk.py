"""Gross, net, beta-weighted and concentrated exposure on a desk, at every level of a path."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.message import OrderType
from fencang.messages.reasons import Reason
from fencang.refdata.exposure_limit import EXPOSURE_FIELDS
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, assign, stray, trading_desk
from tests.engine.exposure_firm import WIDE_EXPOSURE, betas, exposure
from tests.engine.firm import DAY, changed, define, money, sub_account
from tests.engine.option_firm import ALL as OPTIONS
from tests.engine.option_firm import PRODUCTS as ALL_PRODUCTS
from tests.engine.span_firm import use_span


@pytest.fixture
def bounded(desk):
    """Everything is measured and nothing bound."""
    desk.done(define(WIDE_EXPOSURE))
    return desk


def nested_desk():
    """NEST trades below ALPHA; both may trade everything."""
    found = trading_desk(sub_account("NEST", parent="ALPHA"))
    found.fund("NEST", "1000000")
    found.done(define(WIDE_EXPOSURE))
    return found


def refusal(events, reason):
    (found,) = events
    assert isinstance(found, OrderRejected), found
    assert found.reason is reason, found
    return found


def sums(desk, node="MASTER", scope="*", currency="USD"):
    return desk.state.risk.exposures.rows[node, scope].sums[currency]


def test_exactly_at_the_limit_passes_and_one_lot_more_does_not(bounded):
    bounded.done(define(exposure("ALPHA", gross="100000", net="80000")))
    bounded.accepted("ALPHA", BUY, 4, at="20")
    found = refusal(bounded.submit("ALPHA", BUY, 1, at="20"), Reason.NET_EXPOSURE)
    assert (found.node_id, found.limit, found.value) == ("ALPHA", money("80000"), money("100000"))
    assert "net value long" in found.detail
    bounded.accepted("ALPHA", SELL, 1, at="20")
    found = refusal(bounded.submit("ALPHA", SELL, 1, at="20"), Reason.GROSS_EXPOSURE)
    assert (found.limit, found.value) == (money("100000"), money("120000"))
    bounded.accepted("BETA", BUY, 40, at="20")


def test_gross_adds_books_and_net_nets_them(bounded):
    bounded.trade("ALPHA", BUY, 10, "20")
    bounded.trade("BETA", SELL, 8, "20", contract="CLN0")
    total = sums(bounded)
    assert (total.gross, total.long, total.short) == (
        money("360000"),
        money("40000"),
        money("-40000"),
    )
    bounded.done(define(exposure("MASTER", "CL", gross="360000", net="40000")))
    refusal(bounded.submit("GAMMA", BUY, 1, at="20"), Reason.GROSS_EXPOSURE)
    bounded.done(define(exposure("MASTER", "CL", gross="400000", net="40000")))
    refusal(bounded.submit("GAMMA", BUY, 1, at="20"), Reason.NET_EXPOSURE)
    bounded.accepted("GAMMA", SELL, 1, at="20")


def test_what_works_both_ways_counts_gross_and_what_reduces_does_not(bounded):
    bounded.trade("ALPHA", BUY, 5, "20")
    bounded.working("ALPHA", SELL, 5, at="21")
    assert sums(bounded).gross == money("100000")
    bounded.working("ALPHA", BUY, 2, at="19")
    assert sums(bounded).gross == money("140000")
    assert (sums(bounded).long, sums(bounded).short) == (money("140000"), 0)


@pytest.mark.parametrize(
    "node", ["NEST", "ALPHA", "MASTER", "carrying:C1", "venue:NYMEX", "person:FUND"]
)
def test_every_level_above_an_order_is_asked(node):
    found = nested_desk()
    row = exposure(node, "CL", gross="40000")
    found.done(define(row))
    found.accepted("NEST", BUY, 2, at="20")
    assert refusal(found.submit("NEST", BUY, 1, at="20"), Reason.GROSS_EXPOSURE).node_id == node
    assert isinstance(found.submit("NEST", BUY, 1, "ESM0", at="3000")[0], OrderAccepted)


def test_reductions_get_out_of_any_exposure(bounded):
    bounded.trade("ALPHA", BUY, 5, "20")
    bounded.done(define(exposure("ALPHA", gross="0", net="0", beta="0", share_ppm_max=0)))
    refusal(bounded.submit("ALPHA", BUY, 1, at="20"), Reason.GROSS_EXPOSURE)
    bounded.trade("ALPHA", SELL, 5, "20")
    refusal(bounded.submit("ALPHA", SELL, 1, at="20"), Reason.GROSS_EXPOSURE)
    assert sums(bounded).all() == (0, 0, 0, 0, 0)


def test_a_mark_counts_at_once_and_an_order_of_the_other_side_passes(bounded):
    bounded.done(define(exposure("ALPHA", net="100000")))
    bounded.trade("ALPHA", BUY, 4, "20")
    bounded.mark(CLM0="30")
    found = refusal(bounded.submit("ALPHA", BUY, 1, at="30"), Reason.NET_EXPOSURE)
    assert found.value == money("150000")
    bounded.accepted("ALPHA", SELL, 5, at="30")


def test_a_price_near_nothing_hides_no_size(bounded):
    """Law: what a positive price near by would refuse, zero and negative prices refuse too."""
    bounded.done(define(exposure("ALPHA", gross="50", floor_ticks=1)))
    for mark in ("0.01", "0", "-0.01"):
        bounded.mark(CLM0=mark)
        found = refusal(bounded.submit("ALPHA", BUY, 6, at=mark), Reason.GROSS_EXPOSURE)
        assert found.value == money("60")
        assert isinstance(bounded.submit("ALPHA", BUY, 5, at=mark)[0], OrderAccepted)
        bounded.cancelled(next(iter(bounded.state.subs["ALPHA"].working)))
    bounded.mark(CLM0="-36.98")
    bounded.done(define(exposure("ALPHA", gross="36980")))
    bounded.accepted("ALPHA", BUY, 1, at="-36.98")
    refusal(bounded.submit("ALPHA", BUY, 1, at="-36.98"), Reason.GROSS_EXPOSURE)


def test_where_margin_asks_for_more_than_a_lot_is_worth_margin_counts(bounded):
    floor = changed(bounded.state.products["CL"], margin_floor_micros=money("900"))
    bounded.done(define(floor))
    bounded.mark(CLM0="0.5")
    bounded.trade("ALPHA", BUY, 2, "0.5")
    assert sums(bounded).gross == money("1800")
    bounded.mark(CLM0="2")
    assert sums(bounded).gross == money("4000")


def test_currencies_count_at_the_rate_of_now(bounded):
    bounded.done(define(exposure("ALPHA", gross="600000")))
    bounded.trade("ALPHA", BUY, 2, "10000", contract="FDAX")
    assert sums(bounded, currency="EUR").gross == money("500000")
    bounded.accepted("ALPHA", BUY, 1, at="20")
    bounded.rate(EUR="1.2")
    found = refusal(bounded.submit("ALPHA", BUY, 1, at="20"), Reason.GROSS_EXPOSURE)
    assert found.value == money("640000")
    bounded.rate(EUR="1.1")
    bounded.accepted("ALPHA", BUY, 1, at="20")


def test_exposure_in_a_currency_that_nobody_values_opens_nothing(bounded):
    """A venue's fill may enter in it; at every level that counts it nothing is opened on top."""
    bounded.trade("BETA", BUY, 1, "10000", contract="FDAX")
    del bounded.state.rates.rate_nanos["EUR"]
    found = bounded.machine.execute(
        cmd.SubmitOrder(
            sub_account_id="ALPHA",
            client_order_id="e",
            contract_id="CLM0",
            side=BUY,
            quantity_lots=1,
            order_type=OrderType.MARKET,
        ),
        bounded.machine.sequence + 1,
        bounded.now_ns + 1,
    )
    assert refusal(found, Reason.UNKNOWN_CURRENCY_RATE).node_id == "MASTER"


def test_products_together_are_bounded_by_a_row_that_names_them(bounded):
    bounded.done(define(exposure("BETA", "ENERGY", product_ids=("CL", "NK"), gross="40000")))
    bounded.accepted("BETA", BUY, 1, "ESM0", at="3000")
    bounded.accepted("BETA", BUY, 1, at="20")
    bounded.accepted("BETA", BUY, 1, "CLN0", at="20")
    found = refusal(bounded.submit("BETA", BUY, 1, at="20"), Reason.GROSS_EXPOSURE)
    assert "in ENERGY" in found.detail


def test_no_product_is_more_than_its_share(bounded):
    bounded.done(
        define(exposure("ALPHA", share_ppm_max=500_000, share_from_micros=money("100000")))
    )
    bounded.trade("ALPHA", BUY, 5, "20")
    found = refusal(bounded.submit("ALPHA", BUY, 1, at="20"), Reason.CONCENTRATION)
    assert (found.limit, found.value) == (500_000, 1_000_000)
    bounded.trade("BETA", BUY, 1, "3000", contract="ESM0")
    bounded.done(define(exposure("ALPHA", share_ppm_max=600_000)))
    bounded.trade("ALPHA", BUY, 1, "3000", contract="ESM0")
    bounded.accepted("ALPHA", BUY, 5, at="20")
    refusal(bounded.submit("ALPHA", BUY, 20, at="20"), Reason.CONCENTRATION)


# ---------------------------------------------------------------------------------- betas


def test_a_beta_weighs_and_a_negative_one_turns_the_bet_round(bounded):
    bounded.done(betas(bounded.now_ns, CL=-500_000, ESM0=1_200_000, ES=9_000_000))
    bounded.trade("ALPHA", BUY, 1, "3000", contract="ESM0")
    bounded.trade("ALPHA", BUY, 6, "20")
    total = sums(bounded)
    assert (total.beta_long, total.beta_short) == (
        money("120000") * 1_000_000,
        -money("120000") * 1_000_000,
    )
    bounded.done(define(exposure("ALPHA", beta="130000")))
    bounded.accepted("ALPHA", SELL, 1, "CLN0", at="20")
    found = refusal(bounded.submit("ALPHA", SELL, 1, "CLN0", at="20"), Reason.BETA_EXPOSURE)
    assert found.value == money("140000")
    bounded.accepted("ALPHA", BUY, 20, at="20")


def test_an_unknown_beta_counts_in_full_on_both_sides_and_offsets_nothing(bounded):
    bounded.done(betas(bounded.now_ns, ES=1_000_000))
    bounded.trade("ALPHA", BUY, 1, "3000", contract="ESM0")
    bounded.trade("ALPHA", SELL, 5, "20")
    total = sums(bounded)
    assert total.beta_long == money("300000") * 1_000_000
    assert total.beta_short == 0
    bounded.done(define(exposure("ALPHA", beta="300000", beta_unknown_ppm=2_000_000)))
    refusal(bounded.submit("ALPHA", SELL, 1, at="20"), Reason.BETA_EXPOSURE)


def test_a_beta_grows_old_at_its_nanosecond(bounded):
    as_of = bounded.now_ns
    bounded.done(betas(as_of, CL=100_000))
    bounded.trade("ALPHA", BUY, 10, "20")
    bounded.done(define(exposure("ALPHA", beta="20000")))
    bounded.do(cmd.AdvanceTime(), after_ns=as_of + DAY - bounded.now_ns)
    assert sums(bounded, "ALPHA").beta_long == money("20000") * 1_000_000
    bounded.do(cmd.AdvanceTime(), after_ns=1)
    assert sums(bounded, "ALPHA").beta_long == money("300000") * 1_000_000
    bounded.done(betas(bounded.now_ns, CL=100_000))
    assert sums(bounded, "ALPHA").beta_long == money("20000") * 1_000_000


def test_betas_of_another_index_are_not_known(bounded):
    bounded.done(betas(bounded.now_ns, index="DAX", CL=100_000))
    bounded.trade("ALPHA", BUY, 1, "20")
    assert sums(bounded).beta_long == money("30000") * 1_000_000
    bounded.done(define(exposure("ALPHA", beta_index="DAX", beta="2000")))
    assert sums(bounded, "ALPHA").beta_long == money("2000") * 1_000_000


def test_faulty_betas_are_refused_with_every_fault(bounded):
    bounded.done(betas(bounded.now_ns, CL=1))
    found = bounded.refused(betas(bounded.now_ns + DAY, CL=1, XX=1), Reason.BETAS_FAULTY)
    assert "lies ahead" in found.detail
    assert "no contract or product XX" in found.detail
    found = bounded.refused(betas(bounded.now_ns - DAY, CL=1), Reason.BETAS_FAULTY)
    assert "which is later" in found.detail
    alone = betas(bounded.now_ns, source="manual", CL=1)
    bounded.refused(alone, Reason.SECOND_PERSON_REQUIRED)
    bounded.done(betas(bounded.now_ns, source="manual", approved_by="boss", CL=1))


# ---------------------------------------------------------------------------------- books


def test_both_sides_of_a_gross_account_count_gross_and_closes_move_the_net(bounded):
    bounded.rate(CNY="0.1")
    bounded.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    bounded.trade("ALPHA", SELL, 2, "40000", contract="CU06", offset=OPEN)
    total = sums(bounded, currency="CNY")
    assert (total.gross, total.long, total.short) == (
        money("1000000"),
        money("200000"),
        money("-200000"),
    )
    bounded.working("ALPHA", SELL, 3, "CU06", at="40000", offset=CLOSE)
    assert (total.gross, total.long, total.short) == (
        money("1000000"),
        money("200000"),
        money("400000"),
    )


def test_suspended_lots_count_at_the_master_and_its_holder_until_somebody_has_them(bounded):
    bounded.done(define(exposure("person:FUND", gross="100000")))
    name = stray(bounded, BUY, 4, "20")
    assert sums(bounded).gross == sums(bounded, "person:FUND").gross == money("80000")
    refusal(bounded.submit("ALPHA", BUY, 2, at="20"), Reason.GROSS_EXPOSURE)
    bounded.done(assign(name, "ALPHA", 4))
    assert sums(bounded).gross == money("80000")


def test_a_row_on_a_living_desk_counts_what_is_held_and_works(desk):
    desk.trade("ALPHA", BUY, 3, "20")
    desk.working("ALPHA", BUY, 2, at="19")
    desk.done(define(WIDE_EXPOSURE, exposure("ALPHA", gross="100000")))
    assert sums(desk, "ALPHA").gross == money("100000")
    refusal(desk.submit("ALPHA", BUY, 1, at="20"), Reason.GROSS_EXPOSURE)


def test_a_transfer_asks_the_nodes_that_only_the_receiver_has(bounded):
    bounded.trade("ALPHA", BUY, 3, "20")
    bounded.done(define(exposure("BETA", gross="40000"), exposure("MASTER", "CL", gross="60000")))
    moves = TransferPosition(
        from_sub_account_id="ALPHA",
        to_sub_account_id="BETA",
        carrying_account_id="C1",
        contract_id="CLM0",
        side=BUY,
        quantity_lots=3,
        reason="rebalance",
        entered_by="ops",
        approved_by="boss",
    )
    assert "gross value" in bounded.refused(moves, Reason.GROSS_EXPOSURE).detail
    bounded.done(changed(moves, quantity_lots=2))


def test_replacements_are_asked_for_what_they_add(bounded):
    bounded.done(define(exposure("ALPHA", gross="100000")))
    order = bounded.working("ALPHA", BUY, 5, at="20")
    found = bounded.replace(order, 6)[0]
    assert found.reason is Reason.GROSS_EXPOSURE
    bounded.mark(CLM0="30")
    bounded.replace(order, 5, at="19")
    assert bounded.order_state(order) == "WORKING"


# ---------------------------------------------------------------------------------- options


@pytest.fixture
def optioned(desk):
    use_span(desk)
    sub = sub_account("ALPHA", tags=("cut",), products=(*ALL_PRODUCTS, "LO", "LF", "LX"))
    desk.done(define(*OPTIONS, sub))
    desk.mark(LOC="1.5", LOP="1.1", LFC="1.5", LXC="1.5")
    desk.done(define(WIDE_EXPOSURE))
    return desk


def test_options_count_their_delta_times_their_underlying(optioned):
    optioned.trade("ALPHA", BUY, 2, "1.5", contract="LFC")
    assert (sums(optioned).gross, sums(optioned).long) == (money("20000"), money("20000"))
    optioned.mark(CLM0="30")
    assert sums(optioned).gross == money("30000")
    optioned.trade("ALPHA", BUY, 1, "1.1", contract="LOP")
    total = sums(optioned)
    assert (total.gross, total.long, total.short) == (
        money("45000"),
        money("15000"),
        -money("15000"),
    )


def test_a_put_that_is_bought_is_a_bet_on_falling_prices(optioned):
    optioned.done(define(exposure("ALPHA", "LO", net="10000")))
    optioned.accepted("ALPHA", BUY, 1, "LOP", at="1.1")
    found = refusal(optioned.submit("ALPHA", BUY, 1, "LOP", at="1.1"), Reason.NET_EXPOSURE)
    assert "short" in found.detail
    optioned.accepted("ALPHA", BUY, 1, "LOC", at="1.5")


def test_an_option_without_a_future_beneath_counts_its_strike(optioned):
    optioned.trade("ALPHA", BUY, 1, "1.5", contract="LXC")
    assert sums(optioned).gross == money("20000")


# ---------------------------------------------------------------------------------- rows


def test_the_root_states_everything(desk):
    found = desk.refused(define(exposure("ALPHA", gross="1")), Reason.FAULTY_DEFINITION)
    assert "MASTER has no ExposureLimit for everything" in found.detail
    for field in EXPOSURE_FIELDS:
        row = changed(WIDE_EXPOSURE, **{field: None})
        found = desk.refused(define(row), Reason.FAULTY_DEFINITION)
        assert f"{field} is open at the root" in found.detail
    for row, words in (
        (exposure("venue:CBOT", gross="1"), "no venue CBOT"),
        (exposure("ALPHA", "XX", gross="1"), "no contract or product XX"),
        (exposure("ALPHA", "G", product_ids=("XX",)), "no product XX"),
        (exposure("ALPHA", product_ids=("CL", "CL")), "names a product twice"),
        (exposure("ALPHA", product_ids=("CL",)), "need a name"),
    ):
        found = desk.refused(define(WIDE_EXPOSURE, row), Reason.FAULTY_DEFINITION)
        assert words in found.detail


def test_narrowing_needs_one_person_and_widening_two(bounded):
    row = exposure("ALPHA", gross="50000", beta_unknown_ppm=2_000_000, floor_ticks=10)
    bounded.done(define(row, approved_by=""))
    for tighter in (
        {"gross_micros_max": 1},
        {"net_micros_max": 5},
        {"floor_ticks": 11},
        {"beta_unknown_ppm": 3_000_000},
    ):
        row = changed(row, **tighter)
        bounded.done(define(row, approved_by=""))
    for wider in (
        {"gross_micros_max": 2},
        {"net_micros_max": None},
        {"floor_ticks": 1},
        {"beta_unknown_ppm": None},
        {"beta_index": "DAX"},
        {"share_from_micros": 1},
        {"beta_age_ns_max": DAY},
    ):
        wide = define(changed(row, **wider), approved_by="")
        bounded.refused(wide, Reason.SECOND_PERSON_REQUIRED)
