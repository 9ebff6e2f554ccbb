"""Four currencies over a week and a weekend, computed by hand to the micro.

The desk has 10,000,000 dollars at C1: 7m in the reserve, 1m each in ALPHA, BETA and GAMMA.  On
Monday the owner brings 1,000,000 euros and 100,000,000 yen to C1 and 5,000,000 yuan to CN1.
"""

from datetime import timedelta

import pytest

from fencang.messages.money_events import InterestPosted, WireConfirmed
from fencang.refdata.contract import FeeSchedule
from fencang.refdata.fees import FeeKind
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, convert, only
from tests.engine.firm import DAY, MONDAY, TUESDAY, changed, define, money
from tests.engine.money_firm import (
    FRIDAY,
    NEXT_MONDAY,
    approve,
    broker_pays,
    confirm,
    funding,
    post,
    requested,
    reserve_pays,
    row,
    send,
    year_of,
)

SATURDAY = FRIDAY + timedelta(days=1)
RATES = (
    broker_pays("USD", credit_ppm=52_500),
    broker_pays("USD", credit_ppm=50_000, from_day=SATURDAY),
    broker_pays("EUR", credit_ppm=34_000),
    broker_pays("JPY", credit_ppm=-1_000),
    broker_pays("CNY", "CN1", credit_ppm=15_000, day_count=year_of("CNY")),
    reserve_pays("USD", credit_ppm=36_000),
)
ROWS = (
    row("exchange", "ES", per_lot_micros=money("1.18")),
    row("NFA", "ES", FeeKind.REGULATORY, per_lot_micros=money("0.02")),
    row("exchange", "FDAX", per_lot_micros=money("1.60")),
    row("exchange", "NK", per_lot_micros=money("11")),
    row("exchange", "CU", value_ppb=50_000, close_today_value_ppb=100_000),
)


@pytest.fixture
def monday(desk):
    """Deposits and the trades of Monday, settled.

    | ES   | 3 bought at 3,000, settled 3,010 | 3 × 50 × 10 = +1,500 | 3 × (2.05 + 0.40 + 1.20) |
    | FDAX | 1 bought at 10,000, 10,020.5     | 25 × 20.5 = +512.50  | 1.60                     |
    | NK   | 1 bought at 20,000, 19,900       | 1,000 × -100         | 11                       |
    | CU   | 2 opened at 40,000, 1 closed the same day at 40,100, settled 40,050:
             5 × 100 + 5 × 50 = +750; 400,000 × 0.05 ‰ = 20; 200,500 × 0.1 ‰ = 20.05 |
    """
    desk.done(
        define(
            funding(),
            *RATES,
            *ROWS,
            changed(desk.state.products["CU"], fees=FeeSchedule()),
        )
    )
    desk.deposit("1000000", "EUR")
    desk.deposit("100000000", "JPY")
    desk.deposit("5000000", "CNY", account="CN1")
    desk.trade("ALPHA", BUY, 3, "3000", contract="ESM0")
    desk.trade("BETA", BUY, 1, "10000", contract="FDAX")
    desk.trade("GAMMA", BUY, 1, "20000", contract="NKM0")
    desk.trade("ALPHA", BUY, 2, "40000", contract="CU06", offset=OPEN)
    desk.trade("ALPHA", SELL, 1, "40100", contract="CU06", offset=CLOSE)
    desk.settle(ESM0="3010")
    desk.settle(venue="EUREX", FDAX="10020.5")
    desk.settle(venue="OSE", NKM0="19900")
    desk.settle(venue="SHFE", CU06="40050")
    return desk


def test_monday_is_settled_to_the_micro(monday):
    assert monday.cash("C1", "USD") == money("10001489.05")  # + 1,500 - 10.95
    assert monday.cash("C1", "EUR") == money("1000510.90")  # + 512.50 - 1.60
    assert monday.cash("C1", "JPY") == money("99899989")  # - 100,000 - 11
    assert monday.cash("CN1", "CNY") == money("5000709.95")  # + 750 - 40.05


def test_a_night_of_interest_in_four_currencies(monday):
    """Dollars: 10,001,489.05 × 5.25 % / 360 = 1,458.550486(4); euros 94.492696(1).

    Yen: -99,899,989 × 0.1 % / 360 = -277.499969(4), rounded down -277.499970; yuan 205.508628(0).
    ALPHA has 1,001,489.05 dollars at 3.6 %: 100.148905; BETA and GAMMA 1,000,000: 100 each.
    """
    event = only(monday.done(post()), InterestPosted)
    amounts = {(line.account_id, line.currency): line.amount_micros for line in event.lines}
    assert amounts == {
        ("C1", "USD"): money("1458.550486"),
        ("C1", "EUR"): money("94.492696"),
        ("C1", "JPY"): money("-277.499970"),
        ("CN1", "CNY"): money("205.508628"),
        ("ALPHA", "USD"): money("100.148905"),
        ("BETA", "USD"): money("100"),
        ("GAMMA", "USD"): money("100"),
    }
    # 7,000,000 + 1,458.550486 - 300.148905
    assert monday.reserve() == money("7001158.401581")
    assert monday.reserve("JPY") == money("99999722.500030")


def test_a_week_with_a_wire_a_conversion_and_a_weekend(monday):
    """Only dollars are followed: the broker's balance at each close, and what it bears.

    Monday night on 10,001,489.05: 1,458.550486, rest 0.458333.
    Tuesday 250,000 go out, 110,000 are sold for 100,000 euros: 9,642,947.600486 stay.
    Three nights (Tuesday to Friday) at 5.25 %: 4,218.789575, rest 0.670958; Friday's night at
    5.25 % and two at 5.00 % on 9,647,166.390061: 1,406.878432 + 2,679.768442 = 4,086.646874.
    """
    monday.done(post())
    number = requested(monday, "250000", day=MONDAY)
    monday.done(approve(number))
    monday.done(send(number), after_ns=DAY)
    assert only(monday.done(confirm(number, "250000")), WireConfirmed)
    monday.done(convert("@reserve:FUND", "110000 USD", "100000 EUR"))
    assert (
        monday.cash("C1", "USD")
        == money("9642947.600486")
        == money("10001489.05") + money("1458.550486") - money("360000")
    )
    monday.done(post(TUESDAY, FRIDAY))
    assert monday.cash("C1", "USD") == money("9647166.390061")
    monday.done(post(FRIDAY, NEXT_MONDAY))
    assert monday.cash("C1", "USD") == money("9651253.036935")
