"""Stated rates at the desk: in the order path, in pool and books, over days, through restarts."""

from datetime import date

import pytest

from fencang.engine.attribution import attributed_micros
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract
from fencang.refdata.margin_rate import LargerSide, LotRate, MarginRate, RequirementPrice
from tests.engine.desk import BUY, OPEN, SELL
from tests.engine.firm import CN1, CU, MONDAY, TUESDAY, changed, define, money
from tests.engine.random_desk import Office
from tests.engine.span_firm import use_span
from tests.seeds import seeds

TEN = LotRate(ratio_ppm=100_000)
CU07 = Contract(contract_id="CU07", product_id="CU", last_trading_day=date(2020, 4, 28))


def rate(scope="CU", side=LargerSide.PRODUCT, long=TEN, **more):
    return MarginRate(
        scope_id=scope,
        **{"from_day": MONDAY, "long": long, "short": long, "larger_side": side, **more},
    )


def opened(desk, side, lots, contract="CU06", sub="ALPHA"):
    desk.trade(sub, side, lots, "40000", contract=contract, offset=OPEN)


def shanghai(desk, **more):
    """State a rate of copper and a second month; 2,800 dollars a lot (10 % of 200,000 at 0.14)."""
    desk.done(define(CU07, rate(**more)))
    desk.mark(CU06="40000", CU07="40000")


def lots(number):
    return number * money("2800")


def test_the_larger_side_pays_and_an_order_under_it_needs_nothing(desk):
    shanghai(desk)
    opened(desk, BUY, 5)
    opened(desk, SELL, 3, "CU07")
    assert desk.requirement("ALPHA") == lots(5)
    desk.accepted("ALPHA", SELL, 2, "CU07", "40000", offset=OPEN)
    assert desk.requirement("ALPHA") == lots(5)
    order_id = desk.accepted("ALPHA", SELL, 1, "CU07", "40000", offset=OPEN)
    assert desk.requirement("ALPHA") == lots(6)
    desk.fill(order_id, 1, "40000")
    assert desk.requirement("ALPHA") == lots(6)


def test_books_stand_alone_and_the_pool_nets_them(desk):
    shanghai(desk)
    opened(desk, BUY, 5)
    opened(desk, SELL, 3, "CU07", sub="BETA")
    pool = desk.state.pools["FUND"]
    rates = desk.state.rates
    assert (desk.requirement("ALPHA"), desk.requirement("BETA")) == (lots(5), lots(3))
    assert rates.total(pool.standing.requirement) == lots(5)
    shares = attributed_micros(desk.state, pool)
    assert sum(shares.values()) == lots(5)
    assert (shares["ALPHA"], shares["BETA"]) == (lots(5), 0)


def test_a_rate_that_is_stated_while_lots_are_open_takes_them_along(desk):
    opened(desk, BUY, 5)
    opened(desk, SELL, 3)
    desk.accepted("ALPHA", BUY, 1, "CU06", "40000", offset=OPEN)
    assert desk.requirement("ALPHA") == lots(9)
    desk.done(define(rate()))
    assert desk.requirement("ALPHA") == lots(6)
    desk.mark(CU06="50000")
    assert desk.requirement("ALPHA") == lots(6) * 5 // 4
    desk.done(define(changed(CU, margin_floor_micros=money("30000"))))
    assert desk.requirement("ALPHA") == 6 * money("4200")  # 30,000 yuan a lot at 0.14
    desk.done(define(changed(CN1, house_multiplier_ppm=1_500_000)))
    assert desk.requirement("ALPHA") == 6 * money("6300")


def test_a_stage_begins_with_its_day(desk):
    shanghai(desk)
    desk.done(define(rate(long=LotRate(ratio_ppm=200_000), from_day=TUESDAY)))
    opened(desk, BUY, 5)
    assert desk.requirement("ALPHA") == lots(5)
    desk.settle(venue="SHFE", CU06="40000", CU07="40000")
    assert desk.requirement("ALPHA") == lots(5)
    desk.next_day(TUESDAY, "SHFE")
    assert desk.requirement("ALPHA") == lots(10)


def test_the_larger_side_ends_with_the_settlement_of_its_day(desk):
    """CU07 trades until Tuesday the 28th; six trading days before is Monday the 20th."""
    shanghai(desk, larger_side_days=6)
    opened(desk, BUY, 5)
    opened(desk, SELL, 3, "CU07")
    assert desk.requirement("ALPHA") == lots(5)
    desk.settle(venue="SHFE", CU06="40000", CU07="40000")
    assert desk.requirement("ALPHA") == lots(8)


def test_a_rate_may_count_at_the_last_settlement(desk):
    shanghai(desk, price=RequirementPrice.LAST_SETTLEMENT)
    opened(desk, BUY, 5)
    desk.settle(venue="SHFE", CU06="44000", CU07="40000")
    assert desk.requirement("ALPHA") == lots(5) * 11 // 10
    desk.next_day(TUESDAY, "SHFE")
    desk.mark(CU06="50000")
    assert desk.requirement("ALPHA") == lots(5) * 11 // 10


def test_span_wins_where_a_file_has_the_contract_and_the_rate_where_it_lacks_it(desk):
    """CL: 3,000 a lot by SPAN, 1,500 by the stated rate; the second file lacks December."""
    desk.done(define(rate("CL", LargerSide.NONE, LotRate(amount_micros=money("1500")))))
    desk.trade("ALPHA", BUY, 2, "20")
    assert desk.requirement("ALPHA") == money("3000")
    use_span(desk)
    assert desk.requirement("ALPHA") == money("6000")


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((rate("XX"),), "no contract or product XX"),
        ((rate(), rate(long=LotRate(amount_micros=1))), "more than once"),
        ((rate(long=LotRate()),), "asks for nothing"),
        (
            (
                rate(side=LargerSide.GROUP, larger_side_group="ALL"),
                rate("CL", LargerSide.GROUP, larger_side_group="ALL"),
            ),
            "another clearing house or currency",
        ),
    ],
)
def test_faulty_rates_are_refused_whole(desk, items, words):
    refusal = desk.refused(define(*items), Reason.FAULTY_DEFINITION)
    assert words in refusal.detail


def test_stating_a_rate_needs_a_second_person(desk):
    desk.refused(define(rate(), approved_by=""), Reason.SECOND_PERSON_REQUIRED)


@pytest.mark.parametrize("seed", seeds(2, of=3))
def test_a_careless_office_breaks_no_law(seed):
    office = Office(seed, uses_span=seed == 2)
    office.desk.done(
        define(
            rate(),
            rate("CL", LargerSide.PRODUCT, LotRate(ratio_ppm=80_000)),
            rate("CL", LargerSide.CONTRACT, LotRate(ratio_ppm=90_000), from_day=TUESDAY),
            rate("ESM0", LargerSide.CONTRACT),
        )
    )
    for _ in range(400):
        office.step()
