"""Law: whatever a client folds from a channel is what the list says at the same sequence.

A careless office fills the board; clients come, go on where they were, lose their place and come by
another gateway, and see the whole desk or what stands under one node.
"""

import random
from functools import partial

import pytest

from fencang.gateways.questions import MarginAnswer
from fencang.gateways.rest.sight import sees
from fencang.gateways.stream import hub as hubs
from fencang.gateways.stream.hub import Hub
from fencang.gateways.stream.protocol import ASKED, CHANNELS
from fencang.projections.tables.board import TABLES, Board
from tests.engine.random_desk import Office

SEEDS = (3, 23)


@pytest.fixture(scope="module", params=SEEDS)
def records(request):
    office = Office(request.param, uses_span=False)
    for _ in range(160):
        office.step()
    return office.desk.records


class Client:
    """Follows every table through one of several gateways, as a connection does."""

    def __init__(self, sub_tree):
        self.sub_tree = sub_tree
        self.rows = {name: {} for name in TABLES}
        self.places = dict.fromkeys(TABLES)
        self.seen = dict.fromkeys(TABLES, 0)
        self.snapshots = 0

    def take(self, hub, board, name):
        is_seen = partial(sees, board, self.sub_tree)
        place = self.places[name]
        batch = None if place is None else hub.since(name, place)
        if batch is None:
            self.snapshots += 1
            self.places[name] = hub.end(name)
            self.rows[name] = {
                key: row for key, row in hub.rows(name).items() if is_seen(hub.book_of(name, row))
            }
        else:
            for told in batch.told:
                if not is_seen(told.book_id):
                    continue
                if told.row is None:
                    del self.rows[name][told.key]  # what was never shown is not taken away
                else:
                    self.rows[name][told.key] = told.row
            self.places[name] = batch.place
        self.seen[name] = hub.sequence(name)

    def come_back(self, hub):
        """Come by a gateway that may know nothing of this client, with what was seen last."""
        self.places = {name: hub.place_after(name, self.seen[name]) for name in TABLES}


def listed(board, sub_tree, hub, name):
    return {
        key: row
        for key, row in board.tables[name].items()
        if sees(board, sub_tree, hub.book_of(name, row))
    }


def books(records):
    board = Board()
    for record in records:
        board.apply(record)
    return sorted(board.reference.sub_accounts)


def test_what_is_folded_is_what_is_listed(records, monkeypatch):
    """Across reconnects, other gateways, places that are gone, and the sight of a sub-tree."""
    monkeypatch.setattr(hubs, "REMEMBERED_MAX", 40)
    monkeypatch.setattr(hubs, "FORGOTTEN_AT_ONCE", 7)
    chance = random.Random(len(records))
    board, gateways = Board(), []
    clients = [Client(sub_tree) for sub_tree in ("", "", *books(records)[:3])]
    for record in records:
        if record.sequence % 60 == 1:
            gateways.append(Hub(board))
        changes = board.apply(record)
        for hub in gateways:
            hub.hear(record, changes)
        for client in clients:
            if chance.random() < 0.2:
                hub = gateways[0]
                if chance.random() < 0.3:
                    hub = chance.choice(gateways)
                    client.come_back(hub)
                    for name in TABLES:
                        client.take(hub, board, name)
                        assert client.rows[name] == listed(board, client.sub_tree, hub, name)
                    client.come_back(gateways[0])
                    continue
                for name in TABLES:
                    client.take(hub, board, name)
                    assert client.rows[name] == listed(board, client.sub_tree, hub, name), name
    assert sum(client.snapshots for client in clients) > len(clients)


def test_every_table_is_a_channel():
    assert {*TABLES} | {*ASKED} == {*CHANNELS}


# -------------------------------------------------------- what is asked for from time to time


def margin(book_id, requirement):
    return MarginAnswer(
        level="sub_account",
        book_id=book_id,
        owner_id="FIRM",
        equity="0.00",
        requirement=requirement,
        granted="0.00",
        available="0.00",
        attributed="0.00",
    )


class Desk:
    """A board that only counts."""

    def __init__(self):
        self.sequence, self.tables = 0, {}


def test_what_is_asked_for_goes_on_where_it_was_asked_and_nowhere_else():
    """A figure that came back between two askings is told to whoever saw it in between."""
    board = Desk()
    here, there = Hub(board), Hub(board)
    for hub, sequence, requirement in (
        (here, 10, "1.00"),
        (there, 11, "2.00"),
        (here, 12, "1.00"),
        (there, 12, "1.00"),
    ):
        board.sequence = sequence
        hub.tell_rows("margin", sequence, {"A": margin("A", requirement)})
    assert here.place_after("margin", 11) is None
    assert there.place_after("margin", 11) is not None
    assert here.place_after("margin", 10) == here.end("margin")
    assert here.place_after("margin", 12) == here.end("margin")


def test_what_nobody_follows_is_not_asked_for():
    board = Desk()
    hub = Hub(board)
    board.sequence = 5
    assert not hub.is_due("margin")
    follower = hub.follow()
    hub.want("margin", follower)
    hub.want("orders", follower)
    assert hub.is_due("margin")
    assert not hub.is_due("limits")
    hub.tell_rows("margin", 5, {})
    assert not hub.is_due("margin")
    board.sequence = 6
    assert hub.is_due("margin")
    hub.want_no_more("margin", follower)
    assert not hub.is_due("margin")
    hub.want("margin", follower)
    hub.leave(follower)
    assert not hub.is_due("margin")


def test_before_it_was_asked_for_there_was_nothing():
    board = Desk()
    board.sequence = 7
    hub = Hub(board)
    assert (hub.sequence("margin"), hub.rows("margin")) == (0, {})


def test_whoever_is_bound_hears_of_what_is_no_more_only_where_it_was_theirs():
    board = Desk()
    board.tables = {"positions": {"A|ACC|C": margin("A", "0.00"), "B|ACC|C": margin("B", "0.00")}}
    hub = Hub(board)
    for key in ("A|ACC|C", "B|ACC|C"):
        hub._channels["positions"].add(1, key, None)
    told = hub.since("positions", 0).told
    assert [each.book_id for each in told] == ["A", "B"]
