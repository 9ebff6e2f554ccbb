"""Law: each message of a channel goes on from the one before, whoever else follows it."""

import asyncio
import itertools
import json

import msgspec
import pytest

from fencang.gateways.caller import Caller
from fencang.gateways.stream.connection import Connection
from fencang.gateways.stream.hub import Hub
from fencang.messages.message import Interface
from fencang.projections.tables.board import Change

CALLER = Caller(
    user_id="ann",
    key_id="ann-1",
    scopes=frozenset({"prices:read", "margin:read"}),
    sub_tree="",
    address="127.0.0.1",
    interface=Interface.WEBSOCKET,
)


class Price(msgspec.Struct, frozen=True):
    last: str


class Margin(msgspec.Struct, frozen=True):
    book_id: str
    requirement: str


class Decided(msgspec.Struct, frozen=True):
    sequence: int
    time_ns: int = 1


class Board:
    def __init__(self):
        self.sequence, self.tables = 0, {"prices": {}}


class Desk:
    is_single_operator = False

    def __init__(self, board):
        self.board = board


class Socket:
    """Takes what is sent; ``then`` happens whenever a change was."""

    def __init__(self, channel, then=lambda: None):
        self.asked, self.told, self.then = asyncio.Queue(), [], then
        self.news = asyncio.Event()
        self.asked.put_nowait(json.dumps({"type": "subscribe", "channel": channel}))

    async def receive(self):
        return await self.asked.get()

    async def send(self, frame, *, is_text):
        assert is_text
        found = json.loads(frame)
        self.told += found if isinstance(found, list) else [found]
        self.news.set()
        if self.told[-1]["type"] == "changes":
            self.then()

    async def close(self, code, reason):
        raise AssertionError(f"{code}: {reason}")

    def heard(self):
        """Return how many snapshots and changes came."""
        return sum(each["type"] in ("snapshot", "changes") for each in self.told)

    def chain(self):
        """Return the messages of the channel, once each is seen to go on from the last."""
        found = [each for each in self.told if each["type"] in ("snapshot", "changes")]
        for before, after in itertools.pairwise(found):
            assert after["after_sequence"] == before["sequence"]
        return found


async def never():
    await asyncio.Event().wait()


async def served(hub, board, sockets, acts):
    """Serve clients of one hub while things happen, each once all have heard of the one before."""
    kept = [
        Connection(socket, CALLER, Desk(board), hub, lambda: 0, is_json=True, interval_s=0)
        for socket in sockets
    ]
    news = asyncio.Event()
    for socket in sockets:
        socket.news = news
    async with asyncio.timeout(20):
        tasks = [asyncio.create_task(each.run(never())) for each in kept]
        ticking = asyncio.create_task(hub.run())
        try:
            for number, act in enumerate((lambda: None, *acts)):
                act()
                while min(socket.heard() for socket in sockets) <= number:
                    news.clear()
                    await news.wait()
        finally:
            for task in (*tasks, ticking):
                task.cancel()
            await asyncio.gather(*tasks, ticking, return_exceptions=True)


def test_followers_of_one_place_are_told_their_own_sequence():
    """A record of something else that is decided between two followers of the same change."""
    board = Board()

    def decide_elsewhere():
        board.sequence += 1

    def mark():
        board.sequence += 1
        board.tables["prices"]["COPPER"] = row = Price(str(board.sequence))
        hub.hear(Decided(board.sequence), [Change("prices", "COPPER", row)])

    hub = Hub(board)
    sockets = [Socket("prices", decide_elsewhere) for _ in range(3)]
    asyncio.run(served(hub, board, sockets, [mark] * 4))
    for socket in sockets:
        *_, last = socket.chain()
        assert [key for key, _ in last["rows"]] == ["COPPER"]


@pytest.mark.parametrize("is_moved", [False, True])
def test_what_is_asked_for_is_told_as_of_the_last_asking(is_moved):
    """That nothing changed is news: else a client cannot tell it from a desk that asks no more."""
    board = Board()
    hub = Hub(board)

    def ask():
        board.sequence += 10
        requirement = str(board.sequence if is_moved else 10)
        hub.tell_rows("margin", board.sequence, {"A": Margin("A", requirement)})

    sockets = [Socket("margin") for _ in range(2)]
    asyncio.run(served(hub, board, sockets, [ask] * 3))
    for socket in sockets:
        _snapshot, *changes = socket.chain()
        assert [each["sequence"] for each in changes] == [10, 20, 30]
        assert [len(each["rows"]) for each in changes] == ([1, 1, 1] if is_moved else [1, 0, 0])
