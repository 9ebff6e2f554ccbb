"""Ages of inputs: when each price and margin was last said."""

from datetime import date

from fencang.messages.commands import PriceMark, RestartDesk
from fencang.messages.events import PricesMarked
from fencang.messages.margin_events import MarginLine, MarginPublished
from fencang.messages.record import DECISION_VERSION, Record
from fencang.projections.ages import InputAges


def record(sequence, *events):
    return Record(sequence, sequence * 10, DECISION_VERSION, RestartDesk(), events)


def test_the_last_word_of_each_price_and_book_counts():
    ages = InputAges()
    line = MarginLine(book_id="ALPHA", equity_micros=1, requirement_micros=1)
    ages.apply(record(1, PricesMarked(marks=(PriceMark("A", 1), PriceMark("B", 1)))))
    ages.apply(record(2, PricesMarked(marks=(PriceMark("A", 2),))))
    assert (ages.price_ns("A"), ages.price_ns("B"), ages.price_ns("C")) == (20, 10, None)
    assert (ages.margin_ns("ALPHA"), ages.settled_day) == (None, None)
    ages.apply(record(3, MarginPublished(trading_day=date(2024, 1, 2), lines=(line,))))
    assert (ages.margin_ns("ALPHA"), ages.settled_day) == (30, date(2024, 1, 2))
