"""One scenario for every reason of a contract's life, in the form of ``reason_rows``."""

from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract
from tests.engine.acts import replace
from tests.engine.desk import BUY
from tests.engine.firm import define, product
from tests.engine.life_acts import convert, list_halves, permitted, roll
from tests.engine.option_firm import use_options

__all__ = ["LIFE_ROWS"]


def given(command):
    return lambda _found: command


def holding(desk):
    desk.trade("ALPHA", BUY, 4, "20")


def rolling(desk):
    holding(desk)
    return desk.done(roll())[0].near_order_id


def one_for_two():
    return convert(new="CLD0", lots=(1, 2))


def odd_lots(desk):
    double = product("CLD", "NYMEX", "USD", "2000", "0.01")
    desk.done(define(double, Contract(contract_id="CLD0", product_id="CLD")))
    desk.done(define(*permitted(desk, "CLD")))
    desk.trade("ALPHA", BUY, 3, "20")


def working(desk):
    list_halves(desk)
    desk.working("ALPHA", BUY, 1, at="19")


def successor_held(desk):
    list_halves(desk)
    desk.mark(CLX0="20")
    desk.trade("BETA", BUY, 1, "20", contract="CLX0")


def optioned(desk):
    """Calls on CLM0 are listed."""
    use_options(desk)


LIFE_ROWS = (
    ("roll into itself", holding, given(roll(to_contract_id="CLM0")), Reason.ROLL_CONTRACTS),
    ("roll of more than is held", holding, given(roll(lots=5)), Reason.ROLL_LOTS_TOO_FEW),
    ("fewer lots of a leg", rolling, lambda leg: replace(leg, 3), Reason.ROLL_LEG_QUANTITY),
    ("another currency", None, given(convert(new="FDAX")), Reason.CONVERSION_CONTRACTS),
    ("three for one", list_halves, given(convert(lots=(3, 1))), Reason.CONVERSION_VALUE),
    ("three lots, one for two", odd_lots, given(one_for_two()), Reason.CONVERSION_NOT_WHOLE),
    ("while an order works", working, given(convert()), Reason.CONVERSION_ORDERS),
    ("into one that is held", successor_held, given(convert()), Reason.CONVERSION_SUCCESSOR_IN_USE),
    ("under options", optioned, given(convert(new="CLN0", lots=(1, 1))), Reason.CONVERSION_OPTIONS),
)
