"""Which statement of a fee row counts, and what it charges."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import NANOS
from fencang.ledger.fees import FeePlace, FeeTable, Fill, fee_micros, rows_of_product, total_micros
from fencang.refdata.contract import FeeSchedule
from fencang.refdata.fees import FeeKind, FeeRow
from tests.refdata.product_sample import CL, RB

FIRST, SECOND = date(2024, 1, 1), date(2024, 6, 1)
PLACE = FeePlace("CLM4", "CL", "C1", "gold", SECOND.toordinal())


def row(per_lot, scope="CL", account="", tier="", from_day=FIRST, **more):
    return FeeRow(
        row_id="exchange",
        kind=FeeKind.EXCHANGE,
        scope_id=scope,
        from_day=from_day,
        carrying_account_id=account,
        service_tier=tier,
        per_lot_micros=per_lot,
        **more,
    )


# From the widest to the narrowest: each of them takes precedence over all before it.
NARROWING = (
    row(1),
    row(2, from_day=SECOND),
    row(3, tier="gold"),
    row(4, tier="gold", from_day=SECOND),
    row(5, account="C1"),
    row(6, account="C1", tier="gold"),
    row(7, scope="CLM4"),
    row(8, scope="CLM4", tier="gold"),
    row(9, scope="CLM4", account="C1", tier="gold"),
)
FOREIGN = (
    row(90, scope="CLN4"),
    row(91, account="C2"),
    row(92, tier="silver"),
    row(93, from_day=date(2024, 6, 2)),
)


def table_of(*rows):
    table = FeeTable()
    for each in rows:
        table.set(each)
    return table


@pytest.mark.parametrize("count", range(1, len(NARROWING) + 1))
def test_the_narrowest_statement_counts(count):
    """Contract before product, account before all, tier before all, then the latest day."""
    for rows in ((*NARROWING[:count], *FOREIGN), (*FOREIGN, *reversed(NARROWING[:count]))):
        assert table_of(*rows).rows_of(PLACE)["exchange"].per_lot_micros == count


def test_a_row_that_is_stated_again_takes_the_old_ones_place():
    table = table_of(row(1))
    assert table.rows_of(PLACE)["exchange"].per_lot_micros == 1
    table.set(row(2))
    assert table.rows_of(PLACE)["exchange"].per_lot_micros == 2
    assert table.all() == [row(2)]


SCHEDULES = st.builds(
    FeeSchedule,
    per_lot_micros=st.integers(0, 10**7),
    notional_ppm=st.integers(0, 1_000),
    clearing_per_lot_micros=st.integers(0, 10**6),
    close_today_per_lot_micros=st.none() | st.integers(0, 10**7),
)


@given(SCHEDULES, st.integers(-10_000, 10_000), st.integers(1, 1_000), st.data())
def test_the_rows_of_a_products_own_schedule_sum_to_its_fee(fees, ticks, lots, data):
    """Law: the split of a fill without fee rows is derived exactly."""
    today = data.draw(st.integers(0, lots))
    product = msgspec.structs.replace(RB, fees=fees)
    rows = rows_of_product(Fill(product, ticks * NANOS, lots, today))
    assert total_micros(rows) == fee_micros(product, ticks * NANOS, lots, today)


@given(
    st.integers(0, 10**6),
    st.integers(0, 10**5),
    st.integers(0, 10**7),
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
)
def test_an_orders_fills_pay_the_larger_of_minimum_and_rate(per_lot, ppb, least, fills):
    """Law: over all fills of an order, max(minimum, sum of plain fees), and never a refund."""
    free = msgspec.structs.replace(CL, fees=FeeSchedule())
    table = table_of(row(per_lot, value_ppb=ppb, order_minimum_micros=least))
    charged, paid, plain = {}, 0, 0
    for lots in fills:
        (fee, *others) = table.fees_of(PLACE, Fill(free, 50 * NANOS, lots, 0), charged) or [None]
        assert others == []
        if fee is None:
            assert not least
            continue
        assert fee.amount_micros >= 0
        if fee.has_minimum:
            charged[fee.row_id] = charged.get(fee.row_id, 0) + fee.plain_micros
        paid += fee.amount_micros
        plain += fee.plain_micros
    assert paid == max(least, plain)


def test_a_rate_by_value_is_of_the_absolute_value():
    free = msgspec.structs.replace(CL, fees=FeeSchedule())
    table = table_of(row(0, value_ppb=10_000))
    for price_nanos in (37_630_000_000, -37_630_000_000):
        (fee,) = table.fees_of(PLACE, Fill(free, price_nanos, 1, 0), {})
        assert fee.amount_micros == 376_300
