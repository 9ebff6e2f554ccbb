"""A desk that wants no delivery: warned, or kept from opening, before first notice day."""

from fencang.messages.events import MarginPublished, OrderRejected
from fencang.messages.reasons import Reason
from fencang.refdata.contract import DeliveryGuard, DeliveryPolicy
from tests.engine.desk import BUY, SELL, only
from tests.engine.firm import CL, TUESDAY, WEDNESDAY, changed, define


def guard(desk, policy, days_before=1):
    notice = changed(desk.state.contracts["CLM0"].contract, first_notice_day=WEDNESDAY)
    terms = DeliveryGuard(policy=policy, days_before=days_before)
    desk.done(define(notice, changed(CL, delivery_guard=terms)))


def test_from_its_day_on_positions_are_only_reduced(desk):
    guard(desk, DeliveryPolicy.BLOCK)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.next_day(TUESDAY)
    rejected = only(desk.submit("ALPHA", BUY, 1, at="20"), OrderRejected)
    assert rejected.reason is Reason.DELIVERY_GUARD
    assert "may be delivered from 2020-04-22 on" in rejected.detail
    desk.accepted("ALPHA", BUY, 1, at="20", contract="CLN0")
    desk.trade("ALPHA", SELL, 4, "20")


def test_open_positions_are_named_when_the_day_is_settled(desk):
    guard(desk, DeliveryPolicy.WARN)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", SELL, 3, "20")
    assert only(desk.settle(CLM0="20"), MarginPublished).flags == ()
    desk.next_day(TUESDAY)
    desk.accepted("ALPHA", BUY, 1, at="20")
    published = only(desk.settle(TUESDAY, CLM0="20"), MarginPublished)
    assert published.flags == ("CLM0: first notice day is 2020-04-22, 13 lots are open",)


def test_without_a_guard_nothing_is_said(desk):
    guard(desk, DeliveryPolicy.ALLOW, days_before=60)
    desk.trade("ALPHA", BUY, 10, "20")
    assert only(desk.settle(CLM0="20"), MarginPublished).flags == ()
