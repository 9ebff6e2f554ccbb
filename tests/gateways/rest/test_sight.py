"""What a bound key reaches: the books of a command, and the events of its record."""

import pytest

from fencang.gateways.rest.commands import COMMANDS
from fencang.gateways.rest.sight import is_under, reach_of, told_to
from fencang.messages import commands as cmd
from fencang.messages.cancel_events import MassCancelContinued
from fencang.messages.events import CancelRequested, OrderAccepted
from fencang.projections.tables import envelopes
from fencang.projections.tables.board import Board
from tests.engine.cancel_acts import bounded, cancel_orders
from tests.engine.desk import BUY, convert, trading_desk, transfer
from tests.engine.envelope_acts import close_envelope, opened
from tests.engine.firm import sub_account

WHOLE_DESK = {
    "deposit_cash",
    "withdraw_cash",
    "mark_prices",
    "enter_fill",
    "correct_fill",
    "bust_fill",
    "propose_plan",
    "approve_plan",
    "reject_plan",
    "apply_plan",
    "propose_draft",
    "approve_draft",
    "reject_draft",
    "withdraw_draft",
}
"""Writes that no bound key may do, whatever it names."""
OF_BOOKS = {"sub_account_id", "from_sub_account_id", "to_sub_account_id", "node_id", "book_id"}


def board_of(desk):
    board = Board()
    for record in desk.records:
        board.apply(record)
    return board


@pytest.fixture
def desk():
    return trading_desk(sub_account("NEST", parent="ALPHA"))


def test_every_write_is_the_whole_desks_or_names_the_books_that_it_reaches():
    """A new command has to be placed: by a book that it names, or by ``reach_of``."""
    by_name = {operation.name: operation for operation in COMMANDS}
    placed = {"close_envelope"}
    for name, operation in by_name.items():
        in_path = {each.name for each in operation.parameters}
        fields = {*operation.body.__struct_fields__, *in_path}
        assert bool(fields & OF_BOOKS) == (name not in WHOLE_DESK | placed), name
    assert WHOLE_DESK | placed <= {*by_name}


def test_an_envelope_says_by_its_number_whose_it_is_also_after_its_end(desk):
    own, other = opened(desk, "ALPHA"), opened(desk, "BETA")
    desk.done(close_envelope(own))
    board = board_of(desk)
    assert reach_of(board, close_envelope(own)) == [("ALPHA", f"envelope {own}")]
    assert reach_of(board, close_envelope(other)) == [("BETA", f"envelope {other}")]
    ((unknown, named),) = reach_of(board, close_envelope(77))
    assert not is_under(board, unknown, "ALPHA")
    assert is_under(board, unknown, "MASTER")
    assert named == "envelope 77"


def test_of_many_envelopes_the_oldest_are_forgotten(desk, monkeypatch):
    monkeypatch.setattr(envelopes, "ENVELOPES_REMEMBERED_MAX", 2)
    numbers = [opened(desk, "ALPHA", lots=1) for _ in range(3)]
    board = board_of(desk)
    assert [board.envelopes.book_of(number) for number in numbers] == [None, "ALPHA", "ALPHA"]


def test_a_reserve_is_under_nobodys_node(desk):
    board = board_of(desk)
    draws = reach_of(board, transfer(None, "ALPHA", "1"))
    assert [is_under(board, book, "ALPHA") for book, _ in draws] == [False, True]
    gives = reach_of(board, transfer("ALPHA", None, "1"))
    assert gives == [("ALPHA", "ALPHA")]
    between = reach_of(board, transfer("NEST", "ALPHA", "1"))
    assert all(is_under(board, book, "ALPHA") for book, _ in between)
    ((book, _),) = reach_of(board, convert("@reserve:FUND", "1 USD", "7 CNY", "C1"))
    assert not is_under(board, book, "ALPHA")


def test_a_bound_key_is_told_what_became_of_its_command_and_not_what_was_due_with_it(desk):
    """ALPHA sends an order while a mass cancel of BETA's orders goes on in the same record."""
    others = [desk.working("BETA", BUY, 1, at="19") for _ in range(3)]
    with bounded(1):
        desk.done(cancel_orders("BETA"))
        desk.accepted("ALPHA", BUY, 1, at="19")
    record, board = desk.records[-1], board_of(desk)
    kinds = [type(event) for event in record.events]
    assert {OrderAccepted, MassCancelContinued, CancelRequested} <= {*kinds}
    assert told_to(board, "", record) == record.events
    told = told_to(board, "ALPHA", record)
    assert [type(event).__name__ for event in told] == ["OrderAccepted", "OrderRouted"]
    assert told_to(board, "BETA", record) == tuple(
        event for event in record.events if isinstance(event, MassCancelContinued)
    )
    assert others


def test_a_bound_key_is_told_of_the_order_that_its_command_names(desk):
    order_id = desk.working("ALPHA", BUY, 1, at="19")
    desk.done(cmd.CancelOrder(sub_account_id="ALPHA", order_id=order_id))
    record, board = desk.records[-1], board_of(desk)
    assert told_to(board, "ALPHA", record) == record.events != ()
