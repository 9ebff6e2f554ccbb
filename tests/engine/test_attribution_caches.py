"""What is published does not depend on caches: an order that came to nothing leaves no trace."""

from fencang.messages.events import MarginPublished
from tests.engine.desk import BUY, OPEN, SELL, only, stray
from tests.engine.firm import define, sub_account
from tests.engine.span_firm import use_span


def test_a_book_that_holds_nothing_shares_in_nothing_whether_it_asked_or_not(desk):
    """Suspense alone is margined in CN1; MIXED asked there once, and its order was cancelled."""
    use_span(desk)
    desk.done(define(sub_account("MIXED", routes={"NYMEX": "CN1", "SHFE": "CN1"})))
    desk.fund("MIXED", "300000")
    desk.cancelled(desk.working("MIXED", BUY, 1, at="20", offset=OPEN))
    for side in (BUY, SELL):
        stray(desk, side, 3, "20", account="CN1", offset=OPEN)
    events = desk.settle(CLM0="20", CLN0="20")
    lines = {line.book_id: line for line in only(events, MarginPublished).lines}
    assert lines["MIXED"].attributed_micros == 0
    assert lines["@suspense:CN1"].attributed_micros > 0
