"""Two days of a desk that were computed by hand: crude in dollars, copper in yuan, suspense."""

from tests.engine.desk import (
    BUY,
    CLOSE_TODAY,
    OPEN,
    SELL,
    assign,
    convert,
    stray,
    trading_desk,
    transfer,
    withdraw,
)
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY


def hand_desk():
    """Return a desk on Wednesday, after a Tuesday that is told with a pencil."""
    desk = trading_desk()
    desk.deposit("1000", account="CN1")
    desk.trade("ALPHA", BUY, 4, "20.00")
    for venue, prices in {
        "NYMEX": {"CLM0": "21.00"},
        "SHFE": {"CU06": "40000"},
        "EUREX": {"FDAX": "10000"},
        "OSE": {"NKM0": "20000"},
    }.items():
        desk.settle(MONDAY, venue, **prices)
        desk.next_day(TUESDAY, venue)
    desk.trade("ALPHA", BUY, 2, "22.00")
    desk.trade("ALPHA", SELL, 5, "23.00")
    desk.trade("ALPHA", BUY, 6, "40100", "CU06", OPEN)
    desk.trade("ALPHA", SELL, 2, "40200", "CU06", CLOSE_TODAY)
    lost = stray(desk, SELL, 3, "22.50")
    desk.done(assign(lost, "ALPHA", 1))
    desk.done(transfer(None, "ALPHA", "250"))
    desk.done(transfer("ALPHA", "BETA", "100"))
    desk.done(convert("ALPHA", "140 USD", "1000 CNY", "CN1"))
    desk.done(withdraw("5000"))
    desk.settle(TUESDAY, CLM0="22.80")
    desk.settle(TUESDAY, "SHFE", CU06="40150")
    for venue in ("EUREX", "OSE"):
        desk.settle(TUESDAY, venue)
    for venue in ("NYMEX", "SHFE", "EUREX", "OSE"):
        desk.next_day(WEDNESDAY, venue)
    return desk
