"""One scenario for every reason that wires, interest and margin calls are refused for."""

from fencang.messages.reasons import Reason
from fencang.refdata.funding import AfterCutoff
from tests.engine.desk import transfer
from tests.engine.firm import DAY, SATURDAY, define
from tests.engine.money_firm import (
    IN,
    apply_sweep,
    approve,
    broker_call,
    confirm,
    confirmed,
    funding,
    give_back,
    many_calls,
    many_wires,
    post,
    propose_sweep,
    requested,
    send,
    sent,
    take_back,
    target,
    wire,
    with_terms,
)

__all__ = ["MONEY_ROWS", "ONE_PERSON_ROWS", "SAME_PERSON_ROWS"]


def _requested(desk):
    with_terms(desk)
    return requested(desk, "1000")


def _sent(desk):
    with_terms(desk)
    return sent(desk, "1000")


def _came_in(desk):
    with_terms(desk)
    number = requested(desk, "1000", direction=IN)
    desk.done(confirm(number, "1000"))
    return number


def _given_away(desk):
    number = _came_in(desk)
    desk.done(transfer(None, "ALPHA", "7001000"))
    return number


def _late(desk):
    """The cut-off lies one second into Monday, a minute of which has passed."""
    desk.done(define(funding(cutoff_s=1, after_cutoff=AfterCutoff.REFUSE)), after_ns=60 * 10**9)


def _late_to_send(desk):
    with_terms(desk, funding("EUR", after_cutoff=AfterCutoff.REFUSE))
    desk.deposit("1000", "EUR")
    number = requested(desk, "1000", currency="EUR")
    desk.done(approve(number), after_ns=DAY)
    return number


def _proposed(desk):
    with_terms(desk, funding(account="OMNI"), target("1000000"), target("500", account="OMNI"))
    return desk.done(propose_sweep())[0].sweep_id


def _applied(desk):
    number = _proposed(desk)
    desk.done(apply_sweep(number))
    return number


def _called(desk):
    return desk.done(broker_call("1000"))[0].call_id


def _called_back(desk):
    number = _called(desk)
    desk.done(take_back(number))
    return number


ONE_PERSON_ROWS = (
    ("wire sent unapproved", _requested, send, Reason.SECOND_PERSON_REQUIRED),
    (
        "wire recalled alone",
        _came_in,
        lambda x: give_back(x, "1000"),
        Reason.SECOND_PERSON_REQUIRED,
    ),
    ("call taken back alone", _called, lambda x: take_back(x, ""), Reason.SECOND_PERSON_REQUIRED),
)
SAME_PERSON_ROWS = (
    (
        "sweep applied by whoever proposed it",
        _proposed,
        lambda x: apply_sweep(x, "ops"),
        Reason.SECOND_PERSON_IS_THE_FIRST,
    ),
    (
        "wire approved by whoever asked",
        _requested,
        lambda x: approve(x, "ops"),
        Reason.SECOND_PERSON_IS_THE_FIRST,
    ),
)
MONEY_ROWS = (
    ("wire without terms", None, lambda _: wire(), Reason.FUNDING_TERMS_MISSING),
    ("wire on a Saturday", with_terms, lambda _: wire(day=SATURDAY), Reason.WIRE_VALUE_DATE),
    ("wire after the cut-off", _late, lambda _: wire(), Reason.WIRE_AFTER_CUTOFF),
    ("wire sent after the cut-off", _late_to_send, send, Reason.WIRE_AFTER_CUTOFF),
    (
        "wire beyond the free cash",
        with_terms,
        lambda _: wire("10000000.01"),
        Reason.WIRE_BEYOND_FREE_CASH,
    ),
    ("wire nobody knows", None, lambda _: approve(77), Reason.WIRE_UNKNOWN),
    ("wire confirmed unsent", _requested, lambda x: confirm(x, "1000"), Reason.WIRE_STATE),
    ("wire sent twice", _sent, send, Reason.WIRE_STATE),
    ("wire confirmed otherwise", _sent, lambda x: confirm(x, "999"), Reason.WIRE_AMOUNT),
    ("wire returned in part", _sent, lambda x: give_back(x, "999"), Reason.WIRE_AMOUNT),
    (
        "more returned than sent",
        lambda desk: (with_terms(desk), confirmed(desk, "1000"))[1],
        lambda x: give_back(x, "1000.01"),
        Reason.WIRE_AMOUNT,
    ),
    ("a wire too many", many_wires, lambda _: wire("1", IN), Reason.WIRES_TOO_MANY),
    ("interest of no night", None, lambda _: post(until=post().day), Reason.INTEREST_DAYS),
    ("call nobody knows", None, lambda _: take_back(77), Reason.MARGIN_CALL_UNKNOWN),
    ("call entered twice", _called, lambda _: broker_call("1"), Reason.MARGIN_CALL_KNOWN),
    ("call taken back twice", _called_back, take_back, Reason.MARGIN_CALL_STATE),
    (
        "a call too many",
        many_calls,
        lambda _: broker_call("1", reference="X"),
        Reason.MARGIN_CALLS_TOO_MANY,
    ),
    ("sweep of nothing", with_terms, lambda _: propose_sweep(), Reason.SWEEP_EMPTY),
    ("sweep nobody knows", None, lambda _: apply_sweep(77), Reason.SWEEP_UNKNOWN),
    ("sweep applied twice", _applied, apply_sweep, Reason.SWEEP_APPLIED),
)
