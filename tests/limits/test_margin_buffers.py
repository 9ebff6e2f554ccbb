"""Margin buffers as values: what binds a book, what a pool, and what must stay free."""

from fencang.limits.margin_buffers import BoundBuffer, BufferTable, buffer, buffer_refusal
from fencang.messages.reasons import Reason
from fencang.refdata.margin_buffer import MarginBuffer


def table(*rows):
    found = BufferTable()
    for node, ppm, micros in rows:
        found.set(MarginBuffer(node_id=node, buffer_ppm=ppm, buffer_micros=micros))
    return found


def test_shares_are_inherited_and_amounts_are_not():
    found = table(("M", 100_000, 7), ("GROUP", 300_000, 5), ("SUB", 200_000, None))
    assert found.of_book(("SUB", "GROUP", "M")) == BoundBuffer(300_000, "GROUP", 0, "")
    assert found.of_book(("GROUP", "M")) == BoundBuffer(300_000, "GROUP", 5, "GROUP")
    assert found.of_book(("OTHER", "M")) == BoundBuffer(100_000, "M", 0, "")
    assert found.of_pool("FUND", "M") == BoundBuffer(100_000, "M", 7, "M")


def test_a_person_and_the_master_both_bind_a_pool():
    found = table(("M", 100_000, 7), ("person:FUND", 50_000, 9))
    assert found.of_pool("FUND", "M") == BoundBuffer(100_000, "M", 9, "person:FUND")
    found.set(MarginBuffer(node_id="person:FUND", buffer_ppm=200_000))
    assert found.of_pool("FUND", "M") == BoundBuffer(200_000, "person:FUND", 7, "M")


def test_a_share_is_rounded_up_and_credits_free_nothing():
    bound = BoundBuffer(333_333, "M", 10, "SUB")
    assert buffer(bound, 100).micros == 44
    assert buffer(bound, -100).micros == 10
    assert buffer(bound, 0).words == "333333 ppm of the requirement by M and 10 micros by SUB"


def test_a_refusal_names_what_must_stay_free():
    found = buffer(BoundBuffer(0, "", 10, "SUB"), 0)
    reason, node, limit, value, detail = buffer_refusal(found, "SUB", 14, 5)
    assert (reason, node, limit, value) == (Reason.MARGIN_BUFFER, "SUB", 14, 15)
    assert detail == (
        "needs 5 micros of margin and must leave a buffer of 10, 14 are available; "
        "the buffer is 10 micros by SUB"
    )
