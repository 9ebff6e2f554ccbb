"""Corrections booked on Thursday, at the broker and here: nothing differs, and what is lost shows.

Law: a broker that takes fills back and enters the right ones on the same day agrees.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from fencang.reports.reconciliation.certificate import as_markdown
from tests.engine.day_acts import correct as correct_settlement
from tests.engine.fill_acts import bust, correct
from tests.engine.firm import WEDNESDAY
from tests.reports.broker import FEES, MAP
from tests.reports.desk_days import CONTRACTS, VENUES, TradedDays
from tests.reports.test_days_of_breaks import certified

THURSDAY = WEDNESDAY + timedelta(days=1)


def on_thursday(seed):
    days = TradedDays(seed)
    for venue in VENUES:
        days.desk.next_day(THURSDAY, venue)
    return days


def mend(days, old, number):
    """Correct an execution by chance, here and there."""
    taken = replace(old, sign=-old.sign, fee=-old.fee, day=THURSDAY)
    days.books.executions.append(taken)
    if days.chance.random() < 0.4:
        days.desk.done(bust(old.number, number))
        return
    lots = days.chance.randint(1, 5)
    at = old.price + Decimal(CONTRACTS[old.contract][1]) * days.chance.randint(-4, 4)
    fee = FEES.get(old.contract[:2], Decimal(0)) * lots
    days.desk.done(correct(old.number, lots, str(at), number))
    right = replace(old, number=number, lots=lots, price=at, fee=fee, day=THURSDAY)
    days.books.executions.append(right)


@pytest.mark.parametrize("seed", range(5))
def test_fills_of_earlier_days_that_both_sides_mend_agree(seed):
    days = on_thursday(seed)
    before = {day: days.days.day("C1", day) for day in days.days.days("C1")}
    for number, old in enumerate(days.chance.sample(days.books.executions, 4)):
        mend(days, old, f"k{number}")
    days._trade(THURSDAY)
    days._close(THURSDAY)
    days.fold()
    found = days.compare(THURSDAY, days.books.statement(THURSDAY))
    assert found.breaks == ()
    assert [each.execution_id for each in found.basis.ours.mends] == ["k0", "k1", "k2", "k3"]
    for day, was in before.items():
        assert days.days.day("C1", day) == was


def test_a_correction_that_the_broker_has_not_is_one_break_that_names_the_day():
    days = on_thursday(3)
    old = next(e for e in days.books.executions if e.contract == "FDAX")
    books = days.books.copy()
    mend(days, old, "k1")
    days._close(THURSDAY)
    books.prices, books.wires = days.books.prices, days.books.wires
    days.fold()
    found = days.compare(THURSDAY, books.statement(THURSDAY))
    told = f"entered today for {old.day}; the statement does not have it"
    assert {(each.kind.words, each.why) for each in found.causes} == {("missing there", told)}
    page = as_markdown(certified(days, found))
    assert "## Entries that mend earlier days" in page
    assert f"| execution k1 of FDAX | {old.day} | EUR | 0.00 |" in page


@pytest.mark.parametrize("has_column", [False, True])
def test_a_settlement_corrected_later_is_variation_or_a_correction(has_column):
    """What the broker pays as one amount is one amount, and two where it has two columns."""
    days = on_thursday(0)
    contract = next(c for c in ("CLM0", "CLN0") if days.books.position(c, WEDNESDAY) != (0, 0))
    longs, shorts = days.books.position(contract, WEDNESDAY)
    at = days.books.prices[WEDNESDAY, contract] + Decimal("0.05")
    days.desk.done(correct_settlement(WEDNESDAY, str(at), contract))
    days._close(THURSDAY)
    days.fold()
    paid = (longs - shorts) * 50
    text, map_text = days.books.statement(THURSDAY), MAP
    if has_column:
        map_text = MAP.replace('variation = "Variation"\n', 'corrections = "Corrected"\n')
        text = text.replace("Variation", "Corrected")
        found = days.compare(THURSDAY, text, map_text)
        (ours,) = {each.ours for each in found.causes if each.subject == "USD corrections"}
        assert ours == paid * 1_000_000
    else:
        assert days.compare(THURSDAY, text, map_text).breaks == ()
