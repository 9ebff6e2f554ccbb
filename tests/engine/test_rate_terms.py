"""Which rate is in force, at which price a lot counts, and when a larger side ends."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.money import parse_money as money
from fencang.basics.price import parse_price as price
from fencang.engine.netting.rate_terms import PICOS, RateGroup, RateTable
from fencang.margin.rates.instrument import SideScope
from fencang.refdata.account import AccountType
from fencang.refdata.contract import Contract
from fencang.refdata.margin_rate import (
    BrokerRate,
    LargerSide,
    RequirementPrice,
    account_type_faults,
)
from tests.engine import rate_book as rb

MARCH = Contract(contract_id="cu2603", product_id="cu")
APRIL = Contract(contract_id="cu2604", product_id="cu")


MEMBER, HEDGER, SPECULATOR = AccountType


def stage(scope, percent, day, account_type=None):
    return rb.rate_of(
        scope, rb.by_money(percent), from_day=date(2026, 1, day), account_type=account_type
    )


def percent_of(table, contract, day, account_type=SPECULATOR):
    """Return the rate in force on a day of January."""
    rate = table.in_force(contract, account_type, date(2026, 1, day).toordinal())
    return rate.long.ratio_ppm // 10_000


def test_the_latest_stage_that_has_begun_is_in_force():
    table = RateTable()
    assert not table
    for percent, day in ((12, 20), (8, 1), (10, 10)):
        table.set(stage("cu", percent, day))
    ratios = {day: percent_of(table, MARCH, day) for day in (1, 9, 10, 19, 20, 31)}
    assert ratios == {1: 8, 9: 8, 10: 10, 19: 10, 20: 12, 31: 12}
    assert table.in_force(MARCH, SPECULATOR, date(2025, 12, 31).toordinal()) is None
    assert table.in_force(MARCH, SPECULATOR, 0) is None


def test_a_contracts_own_stages_win_once_one_has_begun():
    table = RateTable()
    for rate in (stage("cu", 8, 1), stage("cu2603", 15, 10), stage("cu", 9, 12)):
        table.set(rate)
    ratios = [
        percent_of(table, contract, day) for contract in (MARCH, APRIL) for day in (9, 10, 12)
    ]
    assert ratios == [8, 15, 15, 8, 8, 9]


def test_a_types_own_stages_win_over_those_for_all_once_one_has_begun():
    """Those for all count for a hedger until the 10th; from there on not even a later one does."""
    table = RateTable()
    for rate in (stage("cu", 8, 1), stage("cu", 5, 10, HEDGER), stage("cu", 9, 12)):
        table.set(rate)
    days = (9, 10, 12)
    assert [percent_of(table, MARCH, day, HEDGER) for day in days] == [8, 5, 5]
    assert [percent_of(table, MARCH, day, SPECULATOR) for day in days] == [8, 8, 9]
    assert [percent_of(table, MARCH, day, MEMBER) for day in days] == [8, 8, 9]


def test_a_contracts_stages_for_all_win_over_its_products_for_the_type():
    table = RateTable()
    for rate in (stage("cu", 8, 1), stage("cu", 5, 1, HEDGER), stage("cu2603", 15, 10)):
        table.set(rate)
    assert [percent_of(table, MARCH, day, HEDGER) for day in (9, 10)] == [5, 15]
    assert [percent_of(table, APRIL, day, HEDGER) for day in (9, 10)] == [5, 5]
    table.set(stage("cu2603", 7, 12, HEDGER))
    assert [percent_of(table, MARCH, day, HEDGER) for day in (11, 12)] == [15, 7]
    assert percent_of(table, MARCH, 12, SPECULATOR) == 15


def test_where_a_contract_has_a_rate_for_hedgers_alone_others_have_their_products():
    table = RateTable()
    for rate in (stage("cu", 8, 1), stage("cu2603", 5, 10, HEDGER)):
        table.set(rate)
    assert [percent_of(table, MARCH, day, HEDGER) for day in (9, 10)] == [8, 5]
    assert [percent_of(table, MARCH, day, SPECULATOR) for day in (9, 10)] == [8, 8]


STAGES = st.builds(
    stage,
    st.sampled_from(["cu", "cu2603"]),
    st.integers(1, 90),
    st.integers(1, 20),
    st.none() | st.sampled_from(AccountType),
)


@given(st.lists(STAGES, max_size=12))
def test_a_contract_has_a_rate_for_every_account_type_or_for_none(stages):
    """Law: of a table to which no faulty stage was added, on every day."""
    table = RateTable()
    for new in stages:
        others = [*table.all(), new]
        scope_ids = {new.scope_id, "cu"}
        if not list(account_type_faults(new, others, scope_ids)):
            table.set(new)
    for contract in (MARCH, APRIL):
        for day in range(22):
            today = date(2026, 1, 1).toordinal() + day
            found = {table.in_force(contract, each, today) is None for each in AccountType}
            assert len(found) == 1


@given(st.lists(STAGES, max_size=12), st.randoms(use_true_random=False))
def test_all_rates_are_listed_in_one_order_whatever_order_they_came_in(stages, chance):
    own = {(each.scope_id, each.from_day, each.account_type): each for each in stages}
    one, other, shuffled = RateTable(), RateTable(), list(own.values())
    chance.shuffle(shuffled)
    for table, rates in ((one, own.values()), (other, shuffled)):
        for rate in rates:
            table.set(rate)
    assert one.all() == other.all()
    assert len(one.all()) == len(own)
    assert all(one.get(*key) == rate for key, rate in own.items())


def test_a_rate_replaces_that_of_its_scope_and_day_and_all_are_listed_in_order():
    table = RateTable()
    rates = [stage("cu2603", 15, 10), stage("cu", 9, 12), stage("cu", 8, 1)]
    for rate in (stage("cu", 7, 1), *rates):
        table.set(rate)
    assert table.all() == [rates[2], rates[1], rates[0]]
    assert table.get("cu", date(2026, 1, 1)) == rates[2]
    assert table.get("al", date(2026, 1, 1)) is None
    hedged = [stage("cu", 5, 9, HEDGER), stage("cu", 4, 8, HEDGER), stage("cu", 6, 8, MEMBER)]
    for rate in (stage("cu", 3, 8, HEDGER), *hedged):
        table.set(rate)
    assert table.all() == [rates[2], hedged[1], hedged[2], hedged[0], rates[1], rates[0]]
    assert table.get("cu", date(2026, 1, 8), HEDGER) == hedged[1]
    assert table.get("cu", date(2026, 1, 8)) is None


def lot(row):
    assert row.long_picos == row.short_picos
    return row.long_picos // PICOS


@pytest.mark.parametrize(
    ("choice", "mark", "settlement", "yuan"),
    [
        (RequirementPrice.LATEST_MARK, 71_000, 70_000, 35_500),
        (RequirementPrice.LAST_SETTLEMENT, 71_000, 70_000, 35_000),
        (RequirementPrice.LAST_SETTLEMENT, 71_000, None, 35_500),
        (RequirementPrice.LAST_SETTLEMENT, 71_000, 0, 0),
    ],
)
def test_a_lot_counts_at_the_chosen_price(choice, mark, settlement, yuan):
    """10 % of the price × 5 tonnes."""
    rate = rb.rate_of("cu", rb.by_money(10), price=choice)
    assert lot(rb.row_of("cu2603", rate, mark, settlement=settlement)) == money(str(yuan))


def test_without_any_price_a_lot_asks_for_amount_and_floor():
    rate = rb.rate_of("cu", rb.by_money(10, 100))
    row = rb.row_of("cu2603", rate)
    assert row.set_prices(None, None)
    assert lot(row) == money("100")
    assert row.set_prices(None, None, floor_micros=money("200"))
    assert lot(row) == money("200")
    floored = rb.row_of("cu2603", rate, floor=300)
    floored.set_prices(None, None)
    assert lot(floored) == money("300")


@pytest.mark.parametrize(("is_relative", "yuan"), [(False, 42_000), (True, 77_050)])
def test_the_brokers_rate_stands_alone_or_is_added(is_relative, yuan):
    """Exchange 10 % of 350,000 and 50 a lot, broker 12 %: 42,000 alone, 77,000 + 50 together."""
    broker = BrokerRate(long=rb.by_money(12), short=rb.by_money(12), is_relative=is_relative)
    rate = rb.rate_of("cu", rb.by_money(10, 50), broker=broker)
    assert lot(rb.row_of("cu2603", rate)) == money(str(yuan))


def test_a_mark_changes_nothing_where_the_settlement_counts():
    """So that a tick need not be carried into every netting set."""
    rate = rb.rate_of("cu", rb.by_money(10), price=RequirementPrice.LAST_SETTLEMENT)
    row = rb.row_of("cu2603", rate, settlement=70_000)
    assert not row.set_prices(price("72000"), price("70000"))
    assert row.set_prices(price("72000"), price("72000"))


@pytest.mark.parametrize(
    ("side", "group"),
    [
        (LargerSide.NONE, (SideScope.BOTH_SIDES, "cu2603")),
        (LargerSide.CONTRACT, (SideScope.CONTRACT, "cu2603")),
        (LargerSide.PRODUCT, (SideScope.PRODUCT, "cu")),
        (LargerSide.GROUP, (SideScope.PRODUCT_GROUP, "metals")),
    ],
)
def test_the_larger_side_names_its_group(side, group):
    row = rb.row_of("cu2603", rb.rate_of("cu", rb.by_money(10), side=side))
    assert row.group == RateGroup(*group, "CNY")


@pytest.mark.parametrize(
    ("today", "settled", "is_over"),
    [
        (date(2026, 3, 6), date(2026, 3, 6), False),
        (date(2026, 3, 9), date(2026, 3, 6), False),
        (date(2026, 3, 9), date(2026, 3, 9), True),
        (date(2026, 3, 10), date(2026, 3, 9), True),
        (date(2026, 3, 10), date(2026, 3, 6), True),
    ],
)
def test_the_larger_side_ends_with_the_settlement_of_its_day(today, settled, is_over):
    """Last trading day Monday the 16th, five trading days before: Monday the 9th."""
    rate = rb.rate_of("cu", rb.by_money(10), larger_side_days=5)
    row = rb.row_of("cu2603", rate, last=date(2026, 3, 16))
    changed = row.set_stage(rate, today=today.toordinal(), settled_day=settled.toordinal())
    assert changed is is_over
    assert (row.group.scope is SideScope.BOTH_SIDES) is is_over
    endless = rb.row_of("cu2604", rate, last=None)
    assert not endless.set_stage(rate, today=today.toordinal(), settled_day=settled.toordinal())


def test_holidays_are_no_trading_days():
    """With the 11th and 12th shut, five trading days before the 16th is the 5th."""
    rate = rb.rate_of("cu", rb.by_money(10), larger_side_days=5)
    shut = rb.changed_venue(holidays=(date(2026, 3, 11), date(2026, 3, 12)))
    row = rb.row_of("cu2603", rate, last=date(2026, 3, 16), venue=shut)
    for day, is_over in ((4, False), (5, True)):
        ordinal = date(2026, 3, day).toordinal()
        row.set_stage(rate, today=ordinal, settled_day=ordinal)
        assert (row.group.scope is SideScope.BOTH_SIDES) is is_over


def test_a_calendar_without_trading_days_ends_the_larger_side():
    """The careful answer: both sides pay."""
    rate = rb.rate_of("cu", rb.by_money(10), larger_side_days=5)
    never = rb.changed_venue(weekend_days=(1, 2, 3, 4, 5, 6, 7))
    row = rb.row_of("cu2603", rate, last=date(2026, 1, 20), venue=never)
    assert row.group.scope is SideScope.BOTH_SIDES
