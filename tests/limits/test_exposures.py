"""What a lot counts: absolute, never near nothing, on the right side, with beta or without."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.evaluation import Evaluation
from fencang.limits.exposures import (
    BETA,
    MEASURES,
    LotValue,
    exposure_evaluation,
    exposure_refusal,
    floor_micros,
    lot_value,
    weights,
)
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract, OptionRight
from tests.engine.firm import CL, money, price
from tests.engine.option_firm import LO

FUTURE = Contract(contract_id="CLM0", product_id="CL")
ONE = 1_000_000


def option(right, strike="20"):
    return Contract(contract_id="O", product_id="LO", right=right, strike_nanos=price(strike))


def test_a_future_counts_its_absolute_value_and_at_least_its_margin():
    assert lot_value(CL, FUTURE, price("20")) == (money("20000"), False)
    assert lot_value(CL, FUTURE, price("-36.98")) == (money("36980"), False)
    assert lot_value(CL, FUTURE, None) == (0, False)
    assert lot_value(CL, FUTURE, price("0.5"), margin_micros=money("900")).micros == money("900")


def test_an_option_counts_delta_and_underlying_else_its_strike():
    call, put = option(OptionRight.CALL), option(OptionRight.PUT)
    known = {"delta_ppm": 250_000, "underlying_nanos": price("30")}
    assert lot_value(LO, call, price("1"), **known) == (money("7500"), False)
    known["delta_ppm"] = -400_000
    assert lot_value(LO, put, price("1"), **known) == (money("12000"), True)
    assert lot_value(LO, put, price("1")) == (money("20000"), True)
    assert lot_value(LO, call, None, delta_ppm=250_000) == (money("20000"), False)
    known["delta_ppm"] = 0
    assert lot_value(LO, put, price("1"), **known) == (0, True)


@given(
    ticks=st.integers(1, 500),
    mark=st.integers(-600, 600),
    near=st.integers(1, 500),
    margin=st.integers(0, money("2000")),
)
def test_no_price_near_zero_counts_less_than_a_positive_one_near_by(ticks, mark, near, margin):
    """Law: within the floor, whatever the price, a lot counts as much as at any price there."""

    def counts(at):
        lot = lot_value(CL, FUTURE, at * CL.tick_nanos, margin_micros=margin)
        return weights(lot, floor_micros(CL, ticks), ONE, ONE).value

    assert counts(mark) == counts(-mark)
    if near <= ticks:
        assert counts(mark) >= counts(near)
    assert counts(mark) >= money("10") * max(ticks, abs(mark))


def test_a_beta_turns_and_an_unknown_one_counts_both_ways():
    lot = LotValue(100, False)
    assert weights(lot, 0, 500_000, ONE) == (100, False, 100 * 500_000, False, False)
    assert weights(lot, 0, -2 * ONE, ONE) == (100, False, 200 * ONE, True, False)
    assert weights(LotValue(100, True), 0, -2 * ONE, ONE) == (100, True, 200 * ONE, False, False)
    assert weights(lot, 150, None, 3 * ONE) == (150, False, 450 * ONE, False, True)


def test_refusal_and_evaluation_say_the_same():
    where = (BETA, "ALPHA", "CL", 5, 7, "long")
    reason, node, limit, value, detail = exposure_refusal(*where)
    found = exposure_evaluation(*where, passes=False)
    assert found == Evaluation(
        "beta-weighted exposure", reason, node, "CL", limit, value, "micros", False, detail
    )
    assert detail == "beta-weighted net value long in CL of 7 micros is more than 5"
    assert [each.reason for each in MEASURES] == [
        Reason.GROSS_EXPOSURE,
        Reason.NET_EXPOSURE,
        Reason.BETA_EXPOSURE,
        Reason.CONCENTRATION,
    ]
