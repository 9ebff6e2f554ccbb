"""Two days of options that were computed by hand: premiums, both ends of a call, one for cash."""

from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY
from tests.engine.option_firm import expire, use_options

VENUES = ("NYMEX", "SHFE", "EUREX", "OSE")


def option_hand_desk():
    """Return a desk on Wednesday: calls sold on Monday at 1.50 end on Tuesday at 23."""
    desk = trading_desk()
    use_options(desk)
    desk.trade("ALPHA", BUY, 10, "1.50", contract="LOC")
    desk.trade("BETA", SELL, 10, "1.50", contract="LOC")
    all_settle(desk, MONDAY, TUESDAY, CLM0="20", LOC="2.00")
    desk.trade("ALPHA", BUY, 4, "1.50", contract="LXC")
    desk.mark(CLM0="23")
    desk.done(expire("LOC", "23"))
    desk.done(expire("LXC", "22.25"))
    all_settle(desk, TUESDAY, WEDNESDAY, CLM0="23")
    return desk


def all_settle(desk, today, tomorrow, **prices):
    """Settle every venue's day (New York at prices) and open the next."""
    desk.settle(today, **prices)
    for venue in VENUES[1:]:
        desk.settle(today, venue)
    for venue in VENUES:
        desk.next_day(tomorrow, venue)
