"""The whole view: a rebuilt projection equals the kept one, over any mix of events."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.messages.record import decode_record, encode_record
from fencang.planning.parameters import VolatilityParameters
from fencang.planning.plan import propose_by_volatility, total_capital_micros
from fencang.projections.desk_view import DeskView
from tests.projections.desk_sample import (
    BUY,
    DESK,
    SELL,
    USD,
    Pen,
    accepted,
    allocated,
    booked,
    day_settled,
    deposit,
    margin,
    marked,
    opened,
    rated,
    settled,
    transfer,
)

lots = st.integers(1, 50)
prices = st.integers(-40, 90)
sides = st.sampled_from([BUY, SELL])
books = st.sampled_from(["A", "B"])
orders = st.integers(1, 6)

moments = st.one_of(
    st.builds(lambda n, b, q: (accepted(n, b, lots=q),), orders, books, lots),
    st.builds(
        lambda n, b, q, p, s: (booked(n, q, p, s), allocated(n, b, q, p, s, fee=q)),
        orders,
        books,
        lots,
        prices,
        sides,
    ),
    st.builds(lambda p: (marked(CLH8=p),), prices),
    st.builds(lambda a: (transfer("@reserve:FUND", "B", a),), lots),
    st.builds(lambda v: (opened(), settled("CLH8", 50, {"A": v, "B": -v}), day_settled()), prices),
    st.just((margin(A=(5, 2), B=(3, 1)),)),
    st.just((opened("EUREX"),)),
)


def rebuilt(records):
    view = DeskView()
    for record in records:
        view.apply(decode_record(encode_record(record)))
    return view


@settings(max_examples=60)
@given(st.lists(moments, max_size=25))
def test_a_rebuilt_projection_equals_the_kept_one(script):
    """Law (design §5), through the stored bytes; what is asked meanwhile changes nothing."""
    pen = Pen(DESK, deposit(10**6 * USD), rated(EUR=1.1))
    for events in script:
        pen.write(*events)
        pen.view.books.equity_micros("A")
        pen.view.performance.capital_shares("FUND")
    again = rebuilt(pen.records)
    assert again == pen.view
    assert again.digest() == pen.view.digest()
    assert pen.view.books.lot_gaps() == {}


def test_views_of_different_desks_differ():
    pen = Pen(DESK)
    before = rebuilt(pen.records)
    pen.write(deposit(1))
    assert pen.view != before
    assert pen.view.books != before.books
    assert pen.view.orders == before.orders


def test_a_record_out_of_sequence_is_a_programmer_error():
    pen = Pen(DESK, deposit(1))
    with pytest.raises(AssertionError):
        pen.view.apply(pen.records[0])


def test_deficits_bind_what_the_reserve_can_release():
    """A lost 30 of its 10; B is untouched: of the reserve's 85 only 65 may leave."""
    pen = Pen(DESK, deposit(100 * USD), rated(EUR=1.1))
    pen.write(transfer("@reserve:FUND", "A", 10 * USD), transfer("@reserve:FUND", "B", 5 * USD))
    pen.write(settled("CLH8", 50, {"A": -30 * USD}))
    assert pen.view.capital_micros("A") == -20 * USD
    assert pen.view.reserve_micros("FUND") == 85 * USD
    assert pen.view.releasable_micros("FUND") == 65 * USD


def test_a_planner_sees_the_desk_through_the_view():
    pen = Pen(DESK, deposit(1_000 * USD))
    total_micros = total_capital_micros(pen.view, "FUND")
    parameters = VolatilityParameters(cap_ppm=600_000)
    plan = propose_by_volatility(pen.view, "FUND", total_micros, parameters, pen.view.sequence)
    assert [(line.sub_account_id, line.new_micros) for line in plan.lines] == [
        ("A", 450 * USD),
        ("B", 450 * USD),
    ]
