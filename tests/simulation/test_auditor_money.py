"""The auditor on wires, interest and fee rows: honest books pass, tampered ones do not."""

import pytest
from msgspec.structs import replace

from fencang.messages.money_events import (
    FillCharged,
    InterestPosted,
    WireApproved,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.simulation.auditor.audit import Auditor
from tests.engine.desk import BUY, trading_desk
from tests.engine.firm import money
from tests.engine.money_firm import (
    approve,
    broker_pays,
    confirm,
    give_back,
    post,
    requested,
    reserve_pays,
    row,
    send,
    with_terms,
    withdraw_wire,
)
from tests.engine.random_desk import Office


def faults_of(records):
    auditor = Auditor()
    return [fault.law for record in records for fault in auditor.audit(record)]


@pytest.fixture(scope="module")
def records():
    """Return a day of money: three wires, interest, a fill charged by rows with a rebate."""
    desk = trading_desk()
    rates = (broker_pays(credit_ppm=36_000), reserve_pays(credit_ppm=36_000))
    rebate = row("maker", per_lot_micros=money("-0.10"), is_rebate=True)
    with_terms(desk, *rates, row(per_lot_micros=money("1")), rebate)
    first, second, third = (requested(desk, "1000") for _ in range(3))
    for number in (first, second):
        desk.done(approve(number))
        desk.done(send(number))
    desk.done(confirm(first, "1000"))
    desk.done(give_back(first, "990"))
    desk.done(give_back(second, "1000"))
    desk.done(withdraw_wire(third))
    desk.trade("ALPHA", BUY, 2, "20")
    desk.done(post())
    return desk.records


def tampered(records, kind, change, which=0):
    """Return the records with one event of a kind changed (or left out, by None)."""
    places = [
        (at, spot)
        for at, record in enumerate(records)
        for spot, event in enumerate(record.events)
        if type(event) is kind
    ]
    at, spot = places[which]
    events = list(records[at].events)
    changed = change(events[spot])
    events[spot : spot + 1] = [] if changed is None else [changed]
    return [*records[:at], replace(records[at], events=tuple(events)), *records[at + 1 :]]


def test_honest_records_break_no_law(records):
    assert faults_of(records) == []


@pytest.mark.parametrize("seed", range(2))
def test_what_a_careless_office_does_breaks_no_law(seed):
    office = Office(seed)
    for _ in range(60):
        office.step("cash")
        office.step(office.chance.choice(("order", "report", "market", "session", "money")))
    assert faults_of(office.desk.records) == []


def with_more(line):
    return replace(line, amount_micros=line.amount_micros + 1)


CASES = {
    "approved by whoever asked": (
        WireApproved,
        lambda event: replace(event, approved_by="ops"),
        "second person",
    ),
    "sent unapproved": (WireApproved, lambda _: None, "wire"),
    "confirmed with another amount": (
        WireConfirmed,
        lambda event: replace(event, amount_micros=event.amount_micros - 1),
        "wire",
    ),
    "never confirmed": (WireConfirmed, lambda _: None, "wire"),
    "returned with more than was sent": (
        WireReturned,
        lambda event: replace(event, amount_micros=money("1000.01")),
        "wire",
    ),
    "more promised than there is": (
        WireRequested,
        lambda event: replace(event, amount_micros=money("7000001")),
        "reserve",
    ),
    "cancelled twice": (WireCancelled, lambda event: replace(event, wire_id=1), "wire"),
    "interest across owners": (
        InterestPosted,
        lambda event: replace(
            event, lines=tuple(replace(line, owner_id="CLIENT") for line in event.lines)
        ),
        "owner",
    ),
    "interest backwards": (
        InterestPosted,
        lambda event: replace(event, until_day=event.day),
        "interest",
    ),
    "rows beside the fee": (
        FillCharged,
        lambda event: replace(event, parts=(with_more(event.parts[0]), *event.parts[1:])),
        "fee",
    ),
    "a rebate nobody stated": (
        FillCharged,
        lambda event: replace(
            event, parts=tuple(replace(part, row_id="exchange") for part in event.parts)
        ),
        "fee",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_tampered_records_are_found(records, name):
    kind, change, law = CASES[name]
    assert law in faults_of(tampered(records, kind, change))
