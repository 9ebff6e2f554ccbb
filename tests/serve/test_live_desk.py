"""The desk on its loop: commands of one turn together, refusals that may come again, one cursor."""

import asyncio
import threading
import time

import pytest

from benchmarks.api import DESK
from fencang.app.desk.file import read_desk
from fencang.app.serve.answers import Answers
from fencang.app.serve.live_desk import LiveDesk
from fencang.app.serve.opening import opened_journal, start_desk
from fencang.gateways.ports import DeskStopped
from fencang.journal.port import JournalFull
from fencang.messages.commands import AdvanceGatewayCursor, SubmitOrder
from fencang.messages.events import OrderAccepted, OrderRouted
from fencang.messages.message import Side
from fencang.messages.origin import Origin
from fencang.refdata.order_words import OrderType, TimeInForce

ORDERS = 60


def order(name):
    return SubmitOrder(
        sub_account_id="ALPHA",
        client_order_id=name,
        contract_id="COPPER-C",
        side=Side.BUY,
        quantity_lots=1,
        order_type=OrderType.LIMIT,
        limit_price_nanos=3_900 * 10**9,
        time_in_force=TimeInForce.IOC,
    )


def origin(name):
    return Origin("operator", "operator-1", "rest", "127.0.0.1", name, bytes(32))


@pytest.fixture
def opened(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(DESK)
    desk = read_desk(path)
    with opened_journal(tmp_path / "data", desk) as found:
        yield found, desk


def test_a_command_that_was_not_taken_may_come_again(opened):
    found, _ = opened

    async def ask():
        answers = Answers()
        live = LiveDesk(found.machine, found.journal, found.board, answers, time.time_ns)
        with pytest.raises(DeskStopped):
            await live.enter(order("one"), origin("name-1"))
        assert len(answers) == 0
        live.start()
        record = await live.enter(order("one"), origin("name-1"))
        assert await live.enter(order("one"), origin("name-1")) is record
        await live.stop()
        with pytest.raises(DeskStopped):
            await live.enter(order("two"), origin("name-2"))

    asyncio.run(ask())


def test_whoever_waits_when_the_disk_is_full_is_told(opened, monkeypatch):
    """Commands and questions alike: nobody waits for ever for a desk that stopped."""
    found, _ = opened
    is_reached = threading.Event()

    def append(batch, _expected_sequence):
        is_reached.wait(10)
        raise JournalFull(f"no space for record {batch.last_sequence}")

    async def ask():
        live = LiveDesk(found.machine, found.journal, found.board, Answers(), time.time_ns)
        live.start()
        await live.enter(order("before"), origin("name-0"))
        monkeypatch.setattr(found.journal, "append", append)
        entered = asyncio.ensure_future(live.enter(order("one"), origin("name-1")))
        await asyncio.sleep(0.1)  # decided, and on its way to the disk
        asked = asyncio.ensure_future(live.ask(lambda _: None))
        await asyncio.sleep(0.1)
        is_reached.set()
        async with asyncio.timeout(10):
            outcomes = await asyncio.gather(entered, asked, return_exceptions=True)
        assert [type(each) for each in outcomes] == [DeskStopped] * 2
        assert isinstance(live.stopped.result(), JournalFull)

    asyncio.run(ask())


def test_how_far_effects_got_is_one_record_for_many_and_nothing_is_in_doubt(opened):
    found, desk = opened

    async def trade():
        running = await start_desk(found, desk, time.time_ns, lambda *_: None)
        live = running.desk
        records = await asyncio.gather(
            *(live.enter(order(f"o-{n}"), origin(f"name-{n}")) for n in range(ORDERS))
        )
        assert all(isinstance(record.events[0], OrderAccepted) for record in records)
        await live.stop()

    asyncio.run(trade())
    records = [stored.record() for stored in found.journal.read(1)]
    cursors = [each.command for each in records if isinstance(each.command, AdvanceGatewayCursor)]
    routed = [
        record.sequence
        for record in records
        if any(isinstance(event, OrderRouted) for event in record.events)
    ]
    assert len(routed) == ORDERS
    assert 1 <= len(cursors) <= ORDERS / 4
    assert cursors[-1].handled_sequence == routed[-1]
