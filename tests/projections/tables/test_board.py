"""The board: rows kept record by record are those built from nothing, and changes fold to them."""

import pytest

from fencang.projections.tables.board import TABLES, Board
from fencang.projections.tables.touched import Touched
from tests.engine.random_desk import Office

SEEDS = (3, 11, 29)


def careless(seed, steps):
    """Return the records of an office that does everything, sensible and senseless."""
    office = Office(seed, uses_span=seed % 2 == 1)
    for _ in range(steps):
        office.step()
    return office.desk.records


@pytest.fixture(scope="module", params=SEEDS)
def records(request):
    return careless(request.param, 160)


def test_changes_fold_to_the_tables_at_every_sequence(records):
    """Law: a client that folds the changes has what a list would tell it."""
    board, folded = Board(), {name: {} for name in TABLES}
    for record in records:
        for change in board.apply(record):
            if change.row is None:
                del folded[change.table][change.key]
            else:
                folded[change.table][change.key] = change.row
        assert folded == board.tables


def test_no_row_is_missed(records):
    """Law: what the read models hold now is what the rows say, for every book and contract."""
    board = Board()
    for record in records:
        board.apply(record)
    books = board.books
    expected = {
        "|".join((book_id, *place)): (holding.long_lots, holding.short_lots, holding.carried_micros)
        for book_id in books.book_ids()
        for place in books.holdings(book_id)
        if (holding := books.holding(book_id, *place)) and (holding.long_lots or holding.short_lots)
    }
    rows = board.tables["positions"]
    kept = {key: row for key, row in rows.items() if row.level != "carrying_account"}
    assert {key: (row.long_lots, row.short_lots) for key, row in kept.items()} == {
        key: lots[:2] for key, lots in expected.items()
    }
    cash = {
        f"{book_id}|{currency}" for book_id in books.book_ids() for currency in books.cash(book_id)
    }
    assert {key for key in board.tables["balances"] if not key.startswith("carrying:")} == cash


def test_every_row_is_what_it_would_be_built_as_now(records):
    """Law: no row is stale: touching everything at the end changes nothing."""
    board = Board()
    for record in records:
        board.apply(record)
    everything = Touched()
    everything.is_moving = everything.is_wide = True
    everything.orders = dict.fromkeys(int(key) for key in board.tables["orders"])
    everything.executions = dict.fromkeys(board.executions.keys())
    everything.plans = dict.fromkeys(int(key) for key in board.tables["plans"])
    everything.drafts = dict.fromkeys(int(key) for key in board.tables["drafts"])
    everything.rules = dict.fromkeys(board.reference.rules)
    for row in board.tables["block_orders"].values():
        legs = board.blocks.block(row.block_id).legs
        for table, key, found in board._block_rows(row.block_id, legs):
            assert board.tables[table][key] == found
    for table, key, row in board._rows(records[-1], everything):
        if table not in ("prices", "trading_states", "instructions"):
            assert board.tables[table].get(key) == row, (table, key)


def test_orders_and_executions_are_bounded():
    board = Board()
    board.orders.closed_orders_max = 3
    board.executions.executions_max = 4
    for record in careless(6, 120):
        board.apply(record)
    closed = [row for row in board.tables["orders"].values() if row.remaining_lots == 0]
    assert len(board.tables["orders"]) == len(board.orders.open_orders()) + 3
    assert len(closed) >= 3
    assert len({key.rpartition("|")[0] for key in board.tables["executions"]}) <= 4
