"""One scenario for every reason of the trading day, in the form of ``reason_rows``."""

import msgspec

from fencang.messages import commands as cmd
from fencang.messages.day_commands import Check
from fencang.messages.reasons import Reason
from fencang.refdata.session import Phase, ProductSessions
from tests.engine.day_acts import (
    banded,
    close_day,
    closed,
    correct,
    held,
    in_phase,
    open_day,
    session,
    settle_some,
    settled,
    shut,
    strict,
)
from tests.engine.desk import BUY, assign, settlement
from tests.engine.fill_acts import bust, move
from tests.engine.fill_acts import correct as correct_fill
from tests.engine.firm import MONDAY, TUESDAY, price


def given(command):
    return lambda _found: command


def strict_and_held(desk):
    strict(desk)
    held(desk)


def working_pre_open(desk):
    order_id = desk.working("ALPHA", BUY, 2, at="20")
    in_phase(Phase.PRE_OPEN)(desk)
    return order_id


def working_halted(desk):
    order_id = desk.working("ALPHA", BUY, 2, at="20")
    in_phase(Phase.HALT)(desk)
    return order_id


def replacement(order_id):
    return cmd.ReplaceOrder(
        sub_account_id="ALPHA",
        order_id=order_id,
        quantity_lots=3,
        limit_price_nanos=price("20"),
    )


def product_hours(*groups):
    return msgspec.structs.replace(open_day(), product_sessions=groups)


def late_fill(_found):
    return cmd.ReportFill(
        carrying_account_id="C1",
        execution_id="late",
        order_id=None,
        contract_id="CLM0",
        side=BUY,
        quantity_lots=1,
        price_nanos=price("20"),
    )


def final(_found):
    return cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("20"), source="feed")


PRICES = Check.PRICES
DAY_ROWS = (
    ("day without prices", held, given(close_day()), Reason.DAY_NOT_READY),
    (
        "accepted another row",
        held,
        given(close_day(MONDAY, Check.FILLS, reason="x", approved_by="boss")),
        Reason.DAY_ACCEPTED_DIFFERS,
    ),
    (
        "accepted what is met",
        shut,
        given(close_day(MONDAY, PRICES, reason="x", approved_by="boss")),
        Reason.DAY_ACCEPTED_DIFFERS,
    ),
    (
        "accepted without a reason",
        held,
        given(close_day(MONDAY, PRICES, approved_by="boss")),
        Reason.DAY_REASON_MISSING,
    ),
    ("closed twice", closed, given(close_day()), Reason.DAY_CLOSED),
    ("fill on a closed day", closed, late_fill, Reason.DAY_CLOSED),
    ("expiry on a closed day", closed, final, Reason.DAY_CLOSED),
    (
        "suspense on a closed day",
        closed,
        lambda execution_id: assign(execution_id, "ALPHA", 1),
        Reason.DAY_CLOSED,
    ),
    ("slice on a closed day", closed, given(settle_some(CLN0="20")), Reason.DAY_CLOSED),
    ("correction on a closed day", closed, given(correct(MONDAY, "21")), Reason.DAY_CLOSED),
    (
        "fill corrected on a closed day",
        closed,
        lambda execution_id: correct_fill(execution_id, 1, "21"),
        Reason.DAY_CLOSED,
    ),
    ("fill busted on a closed day", closed, bust, Reason.DAY_CLOSED),
    ("lots moved on a closed day", closed, given(move("ALPHA", "BETA", 1)), Reason.DAY_CLOSED),
    (
        "session of a day that nobody opened",
        lambda desk: (shut(desk), strict(desk)),
        given(cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY)),
        Reason.DAY_NOT_OPEN,
    ),
    (
        "day after one that is not closed",
        strict_and_held,
        given(open_day(TUESDAY)),
        Reason.DAY_BEFORE_NOT_CLOSED,
    ),
    (
        "day after one that is not closed, without a reason",
        strict_and_held,
        given(open_day(TUESDAY, approved_by="boss")),
        Reason.DAY_BEFORE_NOT_CLOSED,
    ),
    (
        "sessions that overlap",
        None,
        given(open_day(MONDAY, session(Phase.OPEN, 0, 10), session(Phase.HALT, 9, 12))),
        Reason.SESSIONS_FAULTY,
    ),
    (
        "session that ends before it begins",
        None,
        given(open_day(MONDAY, session(Phase.OPEN, 10, 10))),
        Reason.SESSIONS_FAULTY,
    ),
    (
        "hours of a product that overlap",
        None,
        given(
            product_hours(
                ProductSessions(("CL",), (session(Phase.OPEN, 0, 10), session(Phase.HALT, 9, 12)))
            )
        ),
        Reason.SESSIONS_FAULTY,
    ),
    ("settled far", banded, given(settlement(CLM0="22")), Reason.SETTLEMENT_PRICE_FAR),
    ("slice settled far", banded, given(settle_some(CLM0="22")), Reason.SETTLEMENT_PRICE_FAR),
    (
        "final price far",
        banded,
        given(cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("18"), source="feed")),
        Reason.SETTLEMENT_PRICE_FAR,
    ),
    (
        "correction of a day long gone",
        settled,
        given(correct(MONDAY.replace(year=2019), "21")),
        Reason.SETTLEMENT_NOT_KEPT,
    ),
    (
        "correction to the same price",
        settled,
        given(correct(MONDAY, "20")),
        Reason.SETTLEMENT_UNCHANGED,
    ),
    ("replace in a halt", working_halted, replacement, Reason.SESSION_HALTED),
    ("replace before the open", working_pre_open, replacement, Reason.SESSION_PRE_OPEN),
    (
        "hours of a product of another venue",
        None,
        given(product_hours(ProductSessions(("CU",)))),
        Reason.PRODUCT_SESSIONS_FAULTY,
    ),
    (
        "hours of a product twice",
        None,
        given(product_hours(ProductSessions(("CL", "ES")), ProductSessions(("CL",)))),
        Reason.PRODUCT_SESSIONS_FAULTY,
    ),
)
