"""One scenario for every reason that entered fills, corrections, busts and transfers are refused.

Rows have the form of ``reason_rows`` and stand in the order of the numbers.
"""

from datetime import timedelta

from fencang.messages.message import Offset
from fencang.messages.reasons import Reason
from tests.engine.acts import expired, halt, opening, opening_lots
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, assign, stray, transfer
from tests.engine.fill_acts import bought, bust, correct, enter, move, permit_cost, undo
from tests.engine.firm import MONDAY, SATURDAY, TUESDAY, define, limit, sub_account
from tests.engine.reason_rows import Row, fixed

__all__ = ["FILL_ROWS"]

ONE = {"ALPHA": 1}
EVE = MONDAY - timedelta(days=3)
GROSS = {"contract": "CU06", "account": "CN1"}


def bought_ten(desk):
    return bought(desk, 10, "20")


def busted(desk):
    execution_id = bought_ten(desk)
    desk.done(bust(execution_id, "first"))
    return execution_id


def forgotten(desk):
    execution_id = bought_ten(desk)
    for machine in (desk.machine, desk.follower, desk.twin):
        machine.state.detailed_executions.forget_oldest()
    return execution_id


def stray_lots(desk):
    return stray(desk, BUY, 5, "20")


def assigned(desk):
    name = stray_lots(desk)
    desk.done(assign(name, "ALPHA", 3))
    return name


def assigned_yesterday(desk):
    name = assigned(desk)
    desk.next_day(TUESDAY)
    return name


def assigned_and_settled(desk):
    name = assigned(desk)
    desk.settle(CLM0="21")
    return name


def expired_since(desk):
    execution_id = bought_ten(desk)
    expired(desk)
    return execution_id


def known_elsewhere(desk):
    bought(desk, 1, "20", sub="BETA")
    return bought_ten(desk)


def holding_limited_by(node, lots):
    def setup(desk):
        bought_ten(desk)
        desk.done(define(limit(node, "CLM0", lots)))

    return setup


def holding_while_halted(desk):
    bought_ten(desk)
    halt(desk, "BETA")


def frozen(desk):
    bought_ten(desk)
    desk.working("ALPHA", SELL, 6, at="20")


def frozen_yesterdays(desk):
    """Yesterday's lots are being closed by name; today's would be free, but the oldest move."""
    bought(desk, 3, "40000", contract="CU06", offset=OPEN)
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")
    bought(desk, 3, "40000", contract="CU06", offset=OPEN)
    desk.working("ALPHA", SELL, 2, "CU06", "40000", offset=Offset.CLOSE_YESTERDAY)


def at_cost_with_profit(desk):
    """ALPHA's 10 lots made USD 1m, it gave 1m back, and 120,000 of what is left is margin."""
    permit_cost(desk)
    bought_ten(desk)
    desk.mark(CLM0="120")
    desk.done(transfer("ALPHA", None, "1000000"))


def without_products(desk):
    bought_ten(desk)
    desk.done(define(sub_account("BETA", tags=("cut",), products=("ES",))))


def receiver_without_margin(desk):
    """10 lots ask for USD 20,000; BETA gave back all but 19,999."""
    bought_ten(desk)
    desk.done(transfer("BETA", None, "980001"))


FILL_ROWS = (
    Row("fill alone", None, fixed(enter("E", BUY, "20", ONE, approved_by="")), Reason(1001)),
    Row("manual bust alone", bought_ten, lambda x: bust(x, source="manual"), Reason(1001)),
    Row(
        "cost alone",
        permit_cost,
        fixed(move("ALPHA", "BETA", 1, at_cost=True)),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    Row(
        "manual correction by one",
        bought_ten,
        lambda x: correct(x, 9, "20", source="manual", entered_by="ops", approved_by="ops"),
        Reason.SECOND_PERSON_IS_THE_FIRST,
    ),
    Row(
        "undone by one person",
        assigned,
        lambda x: undo(x, "ALPHA", 1, approved_by="ops"),
        Reason.SECOND_PERSON_IS_THE_FIRST,
    ),
    Row("leg of nobody", None, fixed(enter("E", BUY, "20", {"NOBODY": 1})), Reason(2001)),
    Row("to nobody", None, fixed(move("ALPHA", "NOBODY", 1)), Reason.UNKNOWN_SUB_ACCOUNT),
    Row("bust elsewhere", bought_ten, lambda x: bust(x, account="C9"), Reason(2002)),
    Row(
        "fill elsewhere",
        None,
        fixed(enter("E", BUY, "20", ONE, carrying_account_id="C9")),
        Reason.UNKNOWN_CARRYING_ACCOUNT,
    ),
    Row("moved elsewhere", None, fixed(move("ALPHA", "BETA", 1, account="C9")), Reason(2002)),
    Row("fill of nothing", None, fixed(enter("E", BUY, "20", ONE, "CLQ0")), Reason(2003)),
    Row("nothing moved", None, fixed(move("ALPHA", "BETA", 1, contract="CLQ0")), Reason(2003)),
    Row(
        "across owners",
        None,
        fixed(move("FUNDOMNI", "CLIENT1", 1, account="OMNI")),
        Reason.OWNERS_DIFFER,
    ),
    Row(
        "profit that is needed",
        at_cost_with_profit,
        fixed(move("ALPHA", "BETA", 10, at_cost=True, approved_by="boss")),
        Reason.CAPITAL_TOO_SMALL,
    ),
    Row("to itself", bought_ten, fixed(move("ALPHA", "ALPHA", 1)), Reason.SAME_BOOK),
    Row("fill off the tick", None, fixed(enter("E", BUY, "20.001", ONE)), Reason.PRICE_OFF_TICK),
    Row(
        "corrected off the tick",
        bought_ten,
        lambda x: correct(x, 10, "19.999"),
        Reason.PRICE_OFF_TICK,
    ),
    Row("fill too late", expired, fixed(enter("E", BUY, "20", ONE)), Reason.CONTRACT_EXPIRED),
    Row("bust too late", expired_since, bust, Reason.CONTRACT_EXPIRED),
    Row("moved too late", expired_since, fixed(move("ALPHA", "BETA", 1)), Reason(2015)),
    Row(
        "fill of a fortune",
        None,
        fixed(enter("E", BUY, "9999999", {}, lots=10_000_000)),
        Reason.VALUE_OUT_OF_RANGE,
    ),
    Row(
        "corrected to a fortune",
        bought_ten,
        lambda x: correct(x, 10_000_000, "9999999"),
        Reason.VALUE_OUT_OF_RANGE,
    ),
    Row(
        "fill against the mandate",
        lambda desk: desk.done(define(sub_account("ALPHA", tags=("cut",), products=("ES",)))),
        fixed(enter("E", BUY, "20", ONE)),
        Reason.PRODUCT_NOT_PERMITTED,
    ),
    Row(
        "moved against the mandate",
        without_products,
        fixed(move("ALPHA", "BETA", 1)),
        Reason.PRODUCT_NOT_PERMITTED,
    ),
    Row(
        "fill without a route",
        None,
        fixed(enter("E", BUY, "20", ONE, carrying_account_id="OMNI")),
        Reason.NO_ROUTE,
    ),
    Row(
        "moved without a route",
        bought_ten,
        fixed(move("ALPHA", "FUNDOMNI", 1)),
        Reason.NO_ROUTE,
    ),
    Row("to a halted one", holding_while_halted, fixed(move("ALPHA", "BETA", 1)), Reason(3010)),
    Row("net and open", None, fixed(enter("E", BUY, "20", ONE, offset=OPEN)), Reason(3029)),
    Row(
        "beyond the receiver's limit",
        holding_limited_by("BETA", 4),
        fixed(move("ALPHA", "BETA", 5)),
        Reason.POSITION_LIMIT,
    ),
    Row(
        "beyond the receiver's margin",
        receiver_without_margin,
        fixed(move("ALPHA", "BETA", 10)),
        Reason.MARGIN_SUB_ACCOUNT,
    ),
    Row("entered twice", bought_ten, lambda x: enter(x, BUY, "20", ONE), Reason.EXECUTION_KNOWN),
    Row("name of another fill", known_elsewhere, lambda x: bust(x, "x2"), Reason.EXECUTION_KNOWN),
    Row("bust of nothing", None, fixed(bust("never")), Reason.EXECUTION_UNKNOWN),
    Row("correction of nothing", None, fixed(correct("never", 1, "20")), Reason(4102)),
    Row("bust of long ago", forgotten, bust, Reason.EXECUTION_FORGOTTEN),
    Row("bust twice", busted, bust, Reason.FILL_BUSTED),
    Row("correction of a bust", busted, lambda x: correct(x, 1, "20"), Reason.FILL_BUSTED),
    Row("nothing new", bought_ten, lambda x: correct(x, 10, "20"), Reason.FILL_UNCHANGED),
    Row(
        "cleared before it was traded",
        None,
        fixed(enter("E", BUY, "20", ONE, clearing_day=EVE)),
        Reason.FILL_DAYS,
    ),
    Row(
        "cleared on a Saturday",
        None,
        fixed(enter("E", BUY, "20", ONE, clearing_day=SATURDAY)),
        Reason.FILL_DAYS,
    ),
    Row(
        "cleared tomorrow",
        None,
        fixed(enter("E", BUY, "20", ONE, clearing_day=TUESDAY)),
        Reason.FILL_DAYS,
    ),
    Row("legs too few", None, fixed(enter("E", BUY, "20", ONE, lots=2)), Reason.FILL_LEGS),
    Row(
        "close beyond",
        None,
        fixed(enter("E", SELL, "40000", ONE, "CU06", carrying_account_id="CN1", offset=CLOSE)),
        Reason.FILL_CLOSE_LOTS_TOO_FEW,
    ),
    Row(
        "cost without a policy",
        bought_ten,
        fixed(move("ALPHA", "BETA", 1, at_cost=True, approved_by="boss")),
        Reason.TRANSFER_AT_COST,
    ),
    Row("more than held", bought_ten, fixed(move("ALPHA", "BETA", 11)), Reason(4110)),
    Row("the other side", bought_ten, fixed(move("ALPHA", "BETA", 1, SELL)), Reason(4110)),
    Row("frozen", frozen, fixed(move("ALPHA", "BETA", 5)), Reason.TRANSFER_LOTS_FROZEN),
    Row(
        "yesterday's are frozen",
        frozen_yesterdays,
        fixed(move("ALPHA", "BETA", 2, **GROSS)),
        Reason.TRANSFER_LOTS_FROZEN,
    ),
    Row("nothing assigned", stray_lots, lambda x: undo(x, "ALPHA", 1), Reason.ASSIGNMENT_UNKNOWN),
    Row(
        "assigned yesterday",
        assigned_yesterday,
        lambda x: undo(x, "ALPHA", 1),
        Reason.ASSIGNMENT_NOT_OF_TODAY,
    ),
    Row(
        "more than assigned",
        assigned,
        lambda x: undo(x, "ALPHA", 4),
        Reason.ASSIGNMENT_LOTS_TOO_FEW,
    ),
    Row(
        "settled since",
        assigned_and_settled,
        lambda x: undo(x, "ALPHA", 1),
        Reason.ASSIGNMENT_SETTLED_SINCE,
    ),
    Row(
        "opening book that came before",
        bought_ten,
        fixed(opening((opening_lots(),))),
        Reason.OPENING_LOTS_HELD,
    ),
    Row(
        "opening book that would close",
        bought_ten,
        fixed(opening((opening_lots(side=SELL),), add=True)),
        Reason.OPENING_SIDE_OPPOSITE,
    ),
)
