"""Larger side in the order path: hand cases of the exchanges' rules, one test each."""

from datetime import timedelta

import pytest

from fencang.basics.money import parse_money as money
from fencang.basics.price import parse_price as price
from fencang.engine.netting.sets import SpanTerms
from fencang.refdata.account import AccountType
from fencang.refdata.margin_rate import LargerSide
from tests.engine import rate_book as rb


def spread(side=LargerSide.PRODUCT, **more):
    """Return a set that is long 3 cu2603 (15,000) and short 2 cu2604 (10,000)."""
    node, rows = rb.opened(**more), rb.metals(side)
    rb.hold(node, rows["cu2603"], 3)
    rb.hold(node, rows["cu2604"], 0, 2)
    return node, rows


@pytest.mark.parametrize(
    ("side", "yuan"),
    [
        (LargerSide.NONE, 15_000 + 10_000 + 8_000),
        (LargerSide.CONTRACT, 15_000 + 10_000 + 8_000),
        (LargerSide.PRODUCT, 15_000 + 8_000),
        (LargerSide.GROUP, 18_000),
    ],
)
def test_the_side_reaches_over_contract_product_or_group(side, yuan):
    """Long 3 cu2603, short 2 cu2604 and 4 al2603: 15,000 against 10,000 and 8,000."""
    for gross in (True, False):
        node, rows = spread(side, gross=gross)
        rb.hold(node, rows["al2603"], 0, 4)
        assert rb.asked(node) == rb.held(node) == money(str(yuan))


@pytest.mark.parametrize(
    ("side", "gross", "yuan"),
    [
        (LargerSide.NONE, True, 25_000),
        (LargerSide.CONTRACT, True, 15_000),
        (LargerSide.NONE, False, 5_000),
        (LargerSide.CONTRACT, False, 5_000),
    ],
)
def test_both_sides_of_one_contract(side, gross, yuan):
    """3 long and 2 short of cu2603: a gross account pays both or the larger, a net one for one."""
    node, rows = rb.opened(gross=gross), rb.metals(side)
    rb.hold(node, rows["cu2603"], 3, 2)
    assert rb.asked(node) == money(str(yuan))


def test_an_order_on_the_smaller_side_often_needs_nothing():
    """Used 15,000 long, 10,000 short: a short lot of 5,000 fits into the gap, a second does not."""
    node, rows = spread()
    assert node.addition_of(rows["cu2604"], 0, 1) == ("CNY", 0)
    assert node.addition_of(rows["cu2604"], 0, 2) == ("CNY", money("5000"))
    assert node.addition_of(rows["cu2603"], 1, 0) == ("CNY", money("5000"))
    assert node.addition_of(rows["al2603"], 1, 0) == ("CNY", money("2000"))
    assert rb.asked(node) == money("15000")


def test_working_orders_already_there_use_up_the_gap():
    """The gap of 5,000 holds one short order; the next one adds 5,000."""
    node, rows = spread()
    rb.work(node, rows["cu2604"], -1)
    assert (rb.asked(node), rb.held(node)) == (money("15000"), money("15000"))
    assert node.addition_of(rows["cu2604"], 0, 1) == ("CNY", money("5000"))
    rb.work(node, rows["cu2604"], -1)
    assert (rb.asked(node), rb.held(node)) == (money("20000"), money("15000"))


def test_closing_the_smaller_side_frees_nothing():
    node, rows = spread()
    rb.hold(node, rows["cu2604"], 0, -2)
    assert rb.asked(node) == money("15000")


def test_closing_the_larger_side_frees_at_most_the_difference():
    """15,000 against 10,000: closing two of the three long lots (10,000) frees 5,000."""
    node, rows = spread()
    rb.hold(node, rows["cu2603"], -2)
    assert rb.asked(node) == money("10000")


def test_a_closing_order_of_a_net_account_reserves_nothing_until_it_would_turn_the_position():
    """Long 3: selling 3 can only reduce, selling 6 could end 3 short, selling 7 4 short."""
    node, rows = rb.opened(gross=False), rb.metals(LargerSide.CONTRACT)
    row = rows["cu2603"]
    rb.hold(node, row, 3)
    additions = [node.addition_of(row, 0, lots)[1] for lots in (3, 6, 7)]
    assert additions == [0, 0, money("5000")]


def test_in_a_net_account_each_contract_adds_its_own_worst_case_to_a_side():
    """Long 3 and selling 5 of cu2603, short 2 cu2604: long 15,000; short 2 + 2 lots, 20,000."""
    node, rows = spread(gross=False)
    rb.work(node, rows["cu2603"], -5)
    assert (rb.asked(node), rb.held(node)) == (money("20000"), money("15000"))


def test_long_and_short_rates_differ():
    """10 % and 100 a lot long, 12 % short, of 350,000: 3 long ask for 105,300, 2 short 84,000."""
    node = rb.opened()
    row = rb.row_of("cu2603", rb.rate_of("cu", rb.by_money(10, 100), rb.by_money(12)))
    rb.hold(node, row, 3, 2)
    assert rb.asked(node) == money("105300")
    rb.hold(node, row, 0, 1)
    assert rb.asked(node) == money("126000")


def test_a_new_price_counts_for_positions_and_orders():
    """10 % of 70,000 × 5 is 35,000 a lot; at 72,000 it is 36,000: 2 held and 1 working."""
    node, row = rb.opened(), rb.row_of("cu2603", rb.rate_of("cu", rb.by_money(10)))
    rb.hold(node, row, 2)
    rb.work(node, row, 1)
    assert rb.asked(node) == money("105000")
    assert row.set_prices(price("72000"), None)
    node.reprice(row)
    assert (rb.asked(node), rb.held(node)) == (money("108000"), money("72000"))
    assert not row.set_prices(price("72000"), None)


@pytest.mark.parametrize(
    ("mark", "yuan"), [("-40", 120), ("0", 100), ("-100000", 50_100), ("100000", 50_100)]
)
def test_a_price_at_or_below_zero_counts_with_its_absolute_value(mark, yuan):
    """10 % of |price| × 5, and 100 a lot; -40 → 20 + 100."""
    row = rb.row_of("cu2603", rb.rate_of("cu", rb.by_money(10, 100)), mark)
    for long, short in ((1, 0), (0, 1)):
        node = rb.opened()
        rb.hold(node, row, long, short)
        assert rb.asked(node) == money(str(yuan))


def test_a_lot_asks_for_at_least_the_products_floor():
    node = rb.opened()
    row = rb.row_of("cu2603", rb.rate_of("cu", rb.by_money(10, 100)), -40, floor=1_000)
    rb.hold(node, row, 3)
    assert rb.asked(node) == money("3000")


def test_a_side_of_a_contract_is_rounded_once_to_the_cent():
    """7.0001 % of 350,000 is 24,500.35; of 3 lots at 70,010 73,512.550105 → 73,512.55."""
    rate = rb.rate_of("cu", rb.LotRate(ratio_ppm=70_001))
    node, row = rb.opened(), rb.row_of("cu2603", rate, 70_010)
    rb.hold(node, row, 1)
    assert rb.asked(node) == money("24503.85")  # 24,503.850035
    rb.hold(node, row, 2)
    assert rb.asked(node) == money("73511.55")  # 73,511.550105


def test_near_expiry_both_sides_pay_again():
    """The larger side of cu2603 ends: 15,000 and 10,000 pay; orders move with their contract."""
    node = rb.opened()
    rate = rb.rate_of("cu", rb.by_volume(5_000), larger_side_days=5)
    near, far = rb.row_of("cu2603", rate), rb.row_of("cu2604", rate, last=None)
    rb.hold(node, near, 3, 1)
    rb.hold(node, far, 0, 2)
    rb.work(node, near, -1)
    assert (rb.asked(node), rb.held(node)) == (money("20000"), money("15000"))
    after = (rb.LAST - timedelta(days=4)).toordinal()
    assert near.set_stage(rate, today=after, settled_day=after - 1)
    assert not far.set_stage(rate, today=after, settled_day=after - 1)
    node.reprice(near)
    assert (rb.asked(node), rb.held(node)) == (money("35000"), money("30000"))
    assert node.addition_of(near, 1, 1) == ("CNY", money("10000"))
    assert node.addition_of(far, 1, 0) == ("CNY", 0)


def test_a_new_stage_counts_from_its_day_on():
    node, row = rb.opened(), rb.row_of("cu2603", rb.rate_of("cu", rb.by_money(10)))
    rb.hold(node, row, 1)
    dearer = rb.rate_of("cu", rb.by_money(20), from_day=rb.TODAY)
    assert row.set_stage(dearer, today=rb.TODAY.toordinal(), settled_day=0)
    node.reprice(row)
    assert rb.asked(node) == money("70000")


def test_repricing_a_contract_that_the_set_never_met_changes_nothing():
    node, rows = spread()
    node.reprice(rows["al2603"])
    assert node.contributed() == {"CNY": money("15000")}


def test_currencies_never_share_a_side():
    """One group name in two currencies: 15,000 yuan long and 10,000 dollars short both pay."""
    node = rb.opened()
    rate = rb.rate_of("cu", rb.by_volume(5_000), side=LargerSide.GROUP)
    rb.hold(node, rb.row_of("cu2603", rate), 3)
    rb.hold(node, rb.row_of("bc2603", rate, currency="USD"), 0, 2)
    expected = {"CNY": money("15000"), "USD": money("10000")}
    assert node.contributed() == node.held() == node.standing.requirement == expected


def test_the_house_multiplier_counts_on_positions_orders_and_additions():
    node, rows = spread(multiplier_ppm=1_250_000)
    rb.work(node, rows["cu2603"], 1)
    assert (rb.asked(node), rb.held(node)) == (money("25000"), money("18750"))
    assert node.addition_of(rows["cu2603"], 1, 0) == ("CNY", money("6250"))
    node.set_terms(
        SpanTerms(is_gross=True, account_type=AccountType.SPECULATOR, multiplier_ppm=10**6)
    )
    assert (rb.asked(node), rb.held(node)) == (money("20000"), money("15000"))


def test_other_terms_than_the_multiplier_need_a_new_set():
    node, _ = spread()
    with pytest.raises(AssertionError):
        node.set_terms(node.terms._replace(is_gross=False))


def test_a_set_that_leaves_takes_everything_along():
    node, rows = spread()
    rb.work(node, rows["cu2603"], 4)
    node.leave()
    assert rb.asked(node) == 0


def test_unclaimed_closes_count_with_their_size_in_a_gross_account():
    """Two lots nobody knows yet, closing more than is there: their size counts, never less."""
    node, rows = rb.opened(), rb.metals()
    rb.hold(node, rows["cu2603"], -2)
    assert rb.asked(node) == rb.held(node) == money("10000")
    net = rb.opened(gross=False)
    rb.hold(net, rows["cu2603"], -2, -5)
    assert rb.asked(net) == money("15000")


def test_a_contract_is_repriced_before_an_order_is_weighed():
    """Programmer error: the group changed and nobody told the set."""
    node, rows = spread()
    row = rows["cu2603"]
    row.set_stage(
        rb.rate_of("cu", rb.by_volume(5_000), side=LargerSide.NONE), today=1, settled_day=0
    )
    with pytest.raises(AssertionError, match="cu2603"):
        node.addition_of(row, 1, 0)
