"""Products that keep hours of their own: phases, orders, cuts and the checklist follow them."""

import msgspec
import pytest

from fencang.engine.checklist import checklist
from fencang.messages import commands as cmd
from fencang.messages.day_commands import Check, OpenTradingDay
from fencang.messages.day_events import PhaseEntered, ProductPhaseEntered
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract
from fencang.refdata.session import Phase, ProductSessions
from fencang.simulation.auditor.audit import Auditor
from tests.engine.day_acts import close_day, no_early_orders, session, shut
from tests.engine.desk import BUY, order, trading_desk
from tests.engine.firm import DAY, MONDAY, SECOND, TUESDAY, define, rule

HOUR = 3_600 * SECOND


@pytest.fixture
def desk():
    return trading_desk()


def opened(desk, *groups, sessions=(), day=MONDAY, venue="NYMEX"):
    """Open a day on which some products keep hours of their own; return the events."""
    return desk.done(
        OpenTradingDay(
            venue_id=venue,
            trading_day=day,
            sessions=sessions,
            product_sessions=groups,
            entered_by="ops",
        )
    )


def group(*sessions, products=("ES",)):
    return ProductSessions(products, sessions)


def grains(desk):
    """CL trades for ten hours; ES halts in the second hour and ends with the fifth."""
    start = desk.now_ns
    return opened(
        desk,
        group(
            session(Phase.OPEN, start, start + HOUR),
            session(Phase.HALT, start + HOUR, start + 2 * HOUR),
            session(Phase.OPEN, start + 2 * HOUR, start + 5 * HOUR),
        ),
        sessions=(session(Phase.OPEN, start, start + 10 * HOUR),),
    )


def wait(desk, span_ns):
    return desk.done(cmd.AdvanceTime(), after_ns=span_ns)


def kinds(events):
    return [type(event).__name__ for event in events]


def es(lots=1, at="2800"):
    return order("ALPHA", BUY, lots, contract="ESM0", at=at)


def missing_sessions(desk):
    rows = {row.check: row.missing for row in checklist(desk.state, "NYMEX")}
    return rows[Check.SESSIONS]


def test_a_halt_of_one_product_leaves_the_others_trading(desk):
    desk.mark(ESM0="2800")
    grains(desk)
    order_id = desk.working("ALPHA", BUY, 1, contract="ESM0", at="2800")
    (entered,) = wait(desk, HOUR)
    assert isinstance(entered, ProductPhaseEntered)
    assert (entered.product_ids, entered.phase) == (("ES",), Phase.HALT)
    refused = desk.refused(es(), Reason.SESSION_HALTED)
    assert refused.detail == "product ES at venue NYMEX is halted; cancels pass"
    replaced = cmd.ReplaceOrder(
        sub_account_id="ALPHA", order_id=order_id, quantity_lots=2, limit_price_nanos=None
    )
    desk.refused(replaced, Reason.SESSION_HALTED)
    desk.accepted("ALPHA", BUY, 1, at="20")
    wait(desk, HOUR)
    desk.done(replaced)
    assert kinds(desk.cancel(order_id)) == ["CancelRequested"]


def test_a_night_session_may_end_at_another_hour_for_each_product(desk):
    """The order itself brings the end of the product's night, three hours after anybody spoke."""
    desk.mark(ESM0="2800")
    start = desk.now_ns
    opened(
        desk,
        group(session(Phase.OPEN, start, start + 2 * HOUR)),
        sessions=(session(Phase.OPEN, start, start + 6 * HOUR),),
    )
    events = desk.do(es(), after_ns=3 * HOUR)
    assert kinds(events) == ["ProductPhaseEntered", "OrderRejected"]
    assert events[1].reason is Reason.SESSION_CLOSED
    desk.accepted("ALPHA", BUY, 1, at="20")
    events = wait(desk, 6 * HOUR)
    assert [(type(event), event.phase) for event in events] == [(PhaseEntered, Phase.CLOSE)]


def test_a_product_without_a_session_is_shut_all_day(desk):
    events = opened(desk, group(), sessions=(session(Phase.OPEN),))
    assert kinds(events) == ["TradingDayOpened", "ProductSessionsStated", "ProductPhaseEntered"]
    desk.refused(es(), Reason.SESSION_CLOSED)
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_the_pre_open_of_a_product_follows_its_venues_rule(desk):
    desk.mark(ESM0="2800")
    opened(desk, group(session(Phase.PRE_OPEN)), sessions=(session(Phase.OPEN),))
    desk.accepted("ALPHA", BUY, 1, contract="ESM0", at="2800")
    desk.done(no_early_orders())
    desk.refused(es(), Reason.SESSION_PRE_OPEN)
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_a_cut_waits_for_its_product_and_not_for_the_venue(desk):
    """A rule fires while CL is halted and the venue opens: the cut leaves with CL's own open."""
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20", close=True)
    start = desk.now_ns
    opened(
        desk,
        group(
            session(Phase.HALT, start, start + 2 * HOUR),
            session(Phase.OPEN, start + 2 * HOUR, start + 9 * HOUR),
            products=("CL",),
        ),
        sessions=(
            session(Phase.HALT, start, start + HOUR),
            session(Phase.OPEN, start + HOUR, start + 9 * HOUR),
        ),
    )
    assert "OrderRouted" not in kinds(desk.vix("21"))
    assert kinds(wait(desk, HOUR)) == ["PhaseEntered"]
    assert kinds(wait(desk, HOUR)) == ["ProductPhaseEntered", "OrderAccepted", "OrderRouted"]


def test_the_checklist_waits_for_every_product(desk):
    grains(desk)
    assert missing_sessions(desk) == (
        "the venue is in phase open; ES at venue NYMEX is in phase open"
    )
    wait(desk, HOUR)
    assert missing_sessions(desk).endswith("ES at venue NYMEX is in phase halt")
    wait(desk, 4 * HOUR)
    assert missing_sessions(desk) == "the venue is in phase open"
    wait(desk, DAY)
    assert missing_sessions(desk) == ""
    desk.done(close_day())


def test_the_checklist_names_products_whose_sessions_lie_ahead(desk):
    shut(desk)
    start = desk.now_ns + HOUR
    opened(desk, group(session(Phase.OPEN, start, start + HOUR)))
    assert missing_sessions(desk) == "1 sessions of ES at venue NYMEX lie ahead"


def test_the_hours_after_the_last_session_are_none_that_a_day_waits_for(desk):
    """A calendar's day ends with a stretch in which nothing trades: the next day begins then."""
    start = desk.now_ns
    opened(
        desk,
        sessions=(
            session(Phase.OPEN, start, start + HOUR),
            session(Phase.CLOSE, start + HOUR, start + 18 * HOUR),
        ),
    )
    wait(desk, HOUR)
    assert missing_sessions(desk) == ""
    desk.done(close_day())


def test_a_day_is_not_left_while_a_product_trades(desk):
    shut(desk)
    opened(desk, group(session(Phase.OPEN)))
    for command in (
        OpenTradingDay(venue_id="NYMEX", trading_day=TUESDAY),
        cmd.OpenSession(venue_id="NYMEX", trading_day=TUESDAY),
    ):
        desk.refused(command, Reason.SESSION_STATE)
    shut(desk)
    desk.done(OpenTradingDay(venue_id="NYMEX", trading_day=TUESDAY))
    desk.refused(es(), Reason.SESSION_CLOSED)


def test_on_the_next_day_products_follow_their_venue_again(desk):
    desk.mark(ESM0="2800")
    opened(desk, group(), sessions=(session(Phase.OPEN, 0, desk.now_ns + HOUR),))
    wait(desk, DAY)
    desk.done(close_day())
    desk.open("NYMEX", TUESDAY)
    desk.accepted("ALPHA", BUY, 1, contract="ESM0", at="2800")


def test_a_halt_told_by_hand_shuts_every_product_and_opening_keeps_their_hours(desk):
    desk.mark(ESM0="2800")
    grains(desk)
    shut(desk)
    desk.refused(es(), Reason.SESSION_CLOSED)
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.SESSION_CLOSED)
    desk.open()
    desk.accepted("ALPHA", BUY, 1, contract="ESM0", at="2800")
    wait(desk, HOUR)
    shut(desk)
    desk.open()
    desk.refused(es(), Reason.SESSION_HALTED)
    desk.accepted("ALPHA", BUY, 1, at="20")


def test_a_contract_listed_in_the_day_keeps_the_hours_of_its_product(desk):
    opened(desk, group(session(Phase.HALT)), sessions=(session(Phase.OPEN),))
    desk.done(define(Contract(contract_id="ESU0", product_id="ES")))
    desk.mark(ESU0="2800")
    desk.refused(order("ALPHA", BUY, 1, contract="ESU0", at="2800"), Reason.SESSION_HALTED)


def test_the_auditor_follows_the_hours_of_products(desk):
    desk.mark(ESM0="2800")
    grains(desk)
    desk.accepted("ALPHA", BUY, 1, contract="ESM0", at="2800")
    shut(desk)
    desk.open()
    desk.accepted("ALPHA", BUY, 1, contract="ESM0", at="2800")
    wait(desk, 6 * HOUR)
    desk.accepted("ALPHA", BUY, 1, at="20")
    auditor = Auditor()
    assert [fault for record in desk.records for fault in auditor.audit(record)] == []


def test_the_auditor_sees_an_order_in_a_product_that_is_shut(desk):
    """The fault: the record says that ES was shut all day, and an order in it was accepted."""
    desk.mark(ESM0="2800")
    trading = desk.accepted("ALPHA", BUY, 1, contract="ESM0", at="2800")
    assert trading
    opened(desk, group(), sessions=(session(Phase.OPEN),))
    auditor, records = Auditor(), desk.records
    late = {"sequence": len(records) + 1, "time_ns": records[-1].time_ns + 1}
    accepted = records[-2]
    records = [*records, msgspec.structs.replace(accepted, **late)]
    faults = [fault.law for record in records for fault in auditor.audit(record)]
    assert "session" in faults
