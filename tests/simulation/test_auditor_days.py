"""The auditor follows trading days by books of its own, and sees a correction that is wrong."""

import msgspec
import pytest

from fencang.messages.day_events import SettlementCorrected
from fencang.simulation.auditor.audit import Auditor
from tests.engine.day_acts import close_day, correct, open_day, shut
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY
from tests.engine.random_desk import Office


def audited(records):
    auditor = Auditor()
    return [fault for record in records for fault in auditor.audit(record)]


def corrected_desk():
    """Monday settled at 21, ALPHA sells to BETA on Tuesday, then Monday is mended to 22."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 3, "20")
    desk.settle(CLM0="21")
    shut(desk)
    desk.done(close_day())
    desk.done(open_day(TUESDAY))
    desk.open("NYMEX", TUESDAY)
    desk.trade("ALPHA", SELL, 3, "21.50")
    desk.trade("BETA", BUY, 3, "21.50")
    desk.done(correct(MONDAY, "22"))
    desk.settle(TUESDAY, CLM0="22")
    desk.next_day(WEDNESDAY)
    desk.done(correct(MONDAY, "21"))
    desk.settle(WEDNESDAY, CLM0="23")
    return desk


def test_a_mended_settlement_is_right_by_the_auditors_books():
    assert audited(corrected_desk().records) == []


def test_a_correction_by_todays_positions_is_found():
    """The fault that the law forbids: who bought since is paid, who sold since is not."""
    records = []
    for record in corrected_desk().records:
        events = tuple(_to_beta(event) for event in record.events)
        records.append(msgspec.structs.replace(record, events=events))
    laws = {fault.law for fault in audited(records)}
    assert "correction" in laws


def _to_beta(event):
    if not isinstance(event, SettlementCorrected):
        return event
    books = tuple(msgspec.structs.replace(part, book_id="BETA") for part in event.books)
    return msgspec.structs.replace(event, books=books)


@pytest.mark.parametrize("seed", [2, 4, 6, 8])
def test_the_auditor_agrees_with_a_careless_office_that_opens_and_closes_days(seed):
    office = Office(seed)
    for _ in range(200):
        office.step()
    kept = ("correction", "closed day", "cash", "variation", "refusal", "second person", "session")
    faults = [fault for fault in audited(office.desk.records) if fault.law in kept]
    assert faults == []
