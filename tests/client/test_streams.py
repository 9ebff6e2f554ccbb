"""What a client folds from its stream is what REST reads at the same sequence, whatever happens."""

import asyncio
import secrets
import time
from decimal import Decimal
from typing import get_args

import msgspec
import pytest

from fencang.client import (
    AsyncDesk,
    BadRequest,
    Desk,
    NotAllowed,
    Refused,
    Signer,
    Unexpected,
    Unreachable,
)
from fencang.client.exchange import Exchange, NoReply, Patience, Pause
from fencang.client.following import (
    SIGNED_ANEW_MAX,
    Answered,
    Closed,
    Following,
    Hear,
    Open,
    Say,
    Silence,
    Update,
)
from fencang.client.resources.orders import submit_order
from fencang.client.stream_words import Channel, Tables
from fencang.client.types import OrderRow
from fencang.gateways.stream.protocol import CHANNELS as CHANNELS_OF_DESK
from tests.client.served_desk import KEY_ID, Served
from tests.client.test_desk import order

CHANNELS = ("orders", "executions", "positions", "balances")
SETTLE_S = 20
ORDER_ROW = {
    "order_id": 8,
    "client_order_id": "c",
    "sub_account_id": "ALPHA",
    "carrying_account_id": "B",
    "venue_id": "V",
    "contract_id": "C",
    "side": "buy",
    "offset": "net",
    "order_type": "limit",
    "time_in_force": "day",
    "expire_day": None,
    "quantity_lots": 1,
    "filled_lots": 0,
    "remaining_lots": 1,
    "limit_price": "1.5",
    "stop_price": None,
    "average_price": None,
    "state": "working",
    "is_reducing": False,
    "block_id": 0,
    "roll_id": 0,
    "venue_order_id": "",
    "text": "",
    "accepted_time": "2026-11-26T00:00:00.000000000Z",
    "changed_time": "2026-11-26T00:00:00.000000000Z",
}


# ------------------------------------------------------------------------- without a network


def frame(*messages):
    return msgspec.json.encode(messages[0] if len(messages) == 1 else messages)


def welcome(heartbeat_s=5.0, protocol="fencang.stream.1"):
    return frame(
        {
            "type": "welcome",
            "protocol": protocol,
            "user_id": "ann",
            "sequence": 1,
            "heartbeat_s": heartbeat_s,
            "is_single_operator": True,
        }
    )


def subscribed(sequence, *, is_resumed=False, channel="orders"):
    return {
        "type": "subscribed",
        "channel": channel,
        "sequence": sequence,
        "is_resumed": is_resumed,
    }


def snapshot(sequence, keys, *, is_last=True):
    rows = [[key, {**ORDER_ROW, "order_id": int(key)}] for key in keys]
    return {
        "type": "snapshot",
        "channel": "orders",
        "sequence": sequence,
        "rows": rows,
        "is_last": is_last,
    }


def changes(after, sequence, *rows):
    told = [[key, state and {**ORDER_ROW, "state": state}] for key, state in rows]
    return {
        "type": "changes",
        "channel": "orders",
        "after_sequence": after,
        "sequence": sequence,
        "rows": told,
        "is_conflated": False,
    }


class Play:
    """Carries out the steps of a stream from a script: frames, and ends of connections."""

    def __init__(self, *script, **more):
        self.now_s, self.said, self.opened, self.pauses, self.silences = 0.0, [], [], [], []
        self.script, self.looked = iter(script), 0
        exchange = Exchange(
            url="https://desk.example",
            monotonic=lambda: self.now_s,
            chance=lambda: 1.0,
            new_key=lambda: "key-1",
            **more,
        )
        self.following = Following(exchange, ("orders",))

    def run(self):
        """Return the updates until the script is at its end."""
        updates, heard, steps = [], None, self.following.steps()
        while True:
            step = steps.send(heard)
            heard = None
            match step:
                case Update():
                    updates.append(step)
                case Open():
                    self.opened.append(step)
                    heard = next(self.script, StopIteration)
                    heard = None if heard == "open" else heard
                case Answered():
                    self.looked += 1
                case Say():
                    self.said += [msgspec.json.decode(each) for each in step.frames]
                case Pause():
                    self.pauses.append(step.seconds)
                    self.now_s += step.seconds
                case Hear():
                    self.silences.append(step.timeout_s)
                    heard = next(self.script, StopIteration)
            if heard is StopIteration:
                return updates


def test_a_snapshot_in_pieces_is_one_update_and_changes_follow():
    play = Play(
        "open",
        welcome(),
        frame(subscribed(5), snapshot(5, ["1", "2"], is_last=False)),
        frame(snapshot(5, ["3"])),
        frame(changes(5, 9, ("2", "filled"), ("3", None))),
    )
    first, second = play.run()
    assert first.is_snapshot
    assert [key for key, _ in first.rows] == ["1", "2", "3"]
    assert (second.sequence, second.is_snapshot) == (9, False)
    orders = play.following.tables.orders
    assert sorted(orders) == ["1", "2"]
    assert isinstance(orders["2"], OrderRow)
    assert (orders["2"].state, orders["2"].limit_price) == ("filled", Decimal("1.5"))
    assert play.opened[0].url == "wss://desk.example/v1/stream"


@pytest.mark.parametrize("end", [Closed(1006, ""), Closed(4008, "too slow"), Silence()])
def test_a_lost_connection_goes_on_after_what_was_seen(end):
    play = Play(
        "open",
        welcome(),
        frame(subscribed(5), snapshot(5, ["1"])),
        frame(changes(5, 7, ("1", "filled"))),
        end,
        NoReply("refused", was_sent=False),
        "open",
        welcome(),
        frame(subscribed(7, is_resumed=True)),
        frame(changes(7, 9, ("1", "cancelled"))),
    )
    updates = play.run()
    assert [each.sequence for each in updates] == [5, 7, 9]
    assert [each["after_sequence"] for each in play.said] == [None, 7]
    assert play.following.tables.orders["1"].state == "cancelled"
    assert play.pauses == [0.1, 0.2]


def test_what_the_desk_no_longer_remembers_begins_anew_and_gone_rows_are_gone():
    play = Play(
        "open",
        welcome(),
        frame(subscribed(5), snapshot(5, ["1"])),
        Closed(1001, ""),
        "open",
        welcome(),
        frame(subscribed(50), snapshot(50, ["2"])),
    )
    play.run()
    assert sorted(play.following.tables.orders) == ["2"]


def test_a_gap_is_seen_and_closed_by_a_snapshot():
    play = Play(
        "open",
        welcome(),
        frame(subscribed(5), snapshot(5, ["1"])),
        frame(changes(6, 9, ("1", "filled"))),
        frame(subscribed(9), snapshot(9, ["1", "2"])),
    )
    updates = play.run()
    assert [each.is_snapshot for each in updates] == [True, True]
    assert [each["after_sequence"] for each in play.said] == [None, None]


def test_half_a_snapshot_counts_for_nothing():
    play = Play(
        "open",
        welcome(),
        frame(subscribed(5), snapshot(5, ["1"], is_last=False)),
        Closed(1006, ""),
        "open",
        welcome(),
        frame(subscribed(6), snapshot(6, ["2"])),
    )
    (update,) = play.run()
    assert [key for key, _ in update.rows] == ["2"]


def test_silence_is_three_heartbeats():
    play = Play("open", welcome(heartbeat_s=2.0), frame(subscribed(5), snapshot(5, [])))
    play.run()
    assert play.silences[-1] == 6.0


def test_who_cannot_be_reached_for_long_is_given_up():
    play = Play(*[NoReply("refused", was_sent=False)] * 99, patience=Patience(total_s=20))
    with pytest.raises(Unreachable, match="could not be had again"):
        play.run()
    assert play.now_s <= 20


def test_a_stranger_is_told_and_a_late_signature_is_made_anew_some_times():
    with pytest.raises(NotAllowed, match="Unauthenticated"):
        Play("open", Closed(4001, "Unauthenticated")).run()
    late = ["open", Closed(4001, "Sign anew")]
    play = Play(*late, "open", welcome(), frame(subscribed(5), snapshot(5, [])))
    assert len(play.run()) == 1
    assert play.pauses[0] >= 1.0
    with pytest.raises(NotAllowed):
        Play(*(late * (SIGNED_ANEW_MAX + 1))).run()


def test_a_full_desk_is_asked_again():
    play = Play("open", Closed(4001, "operator has 50 of 300 open"), "open", welcome())
    play.run()
    assert len(play.opened) == 2


@pytest.mark.parametrize(
    "heard", [welcome(protocol="fencang.stream.2"), b"{}", frame({"type": "hello"}), b"\xff"]
)
def test_another_version_is_said(heard):
    with pytest.raises(Unexpected, match="speaks"):
        Play("open", heard).run()


def test_what_was_not_answered_is_entered_again_under_its_name():
    answer = {"type": "answer", "request_id": "key-1", "sequence": 12, "order_ids": [8]}
    play = Play("open", welcome(), Closed(1006, ""), "open", welcome(), frame(answer, answer))
    key, _ = play.following.enter(submit_order(**order("x")))
    play.run()
    entered = [each for each in play.said if each["type"] == "enter"]
    assert [each["request_id"] for each in entered] == ["key-1", "key-1"]
    assert entered[0]["command"]["type"] == "SubmitOrder"
    assert play.looked, "an answer is looked at before anything else is waited for"
    assert play.following.outcome(key).order_ids == (8,)
    assert not play.following.pending
    assert not play.following.answers


# ----------------------------------------------------------------------- with a served desk


def rows_of(desk, channel):
    return sorted(getattr(desk, channel).list(), key=repr)


def settled(desk, stream):
    """Go through a stream until it stands where REST stands; return whether it says the same."""
    end = time.monotonic() + SETTLE_S
    for _ in stream:
        found = [sorted(stream.tables.of(name).values(), key=repr) for name in CHANNELS]
        if found == [rows_of(desk, name) for name in CHANNELS]:
            return True
        if time.monotonic() > end:
            return False
    return False


def test_a_blocking_stream_follows_and_enters(desk):
    with desk.stream(*CHANNELS, "prices") as stream:
        entered = stream.place(**order("stream-1"))
        assert desk.orders.get(entered.order_ids[0]).client_order_id == "c-stream-1"
        stream.place(**order("stream-2", order_type="market", limit_price=None))
        with pytest.raises(Refused) as caught:
            stream.place(**order("stream-3", quantity_lots=5_000_000))
        assert caught.value.reason > 0
        stream.replace(
            entered.order_ids[0], sub_account_id="ALPHA", quantity_lots=2, limit_price="3001"
        )
        stream.cancel(entered.order_ids[0], sub_account_id="ALPHA")
        assert settled(desk, stream)
        assert set(stream.tables.prices) == {"COPPER-C", "WHEAT-C"}
    with pytest.raises(Unreachable, match="is closed"):
        stream.place(**order("stream-4"))


def test_one_name_is_one_order_on_a_stream_too(desk):
    name = secrets.token_hex(8)
    with desk.stream() as stream:
        first = stream.place(**order("named"), idempotency_key=name)
        assert stream.place(**order("named"), idempotency_key=name) == first
        with pytest.raises(BadRequest, match="another request"):
            stream.place(**order("named", quantity_lots=3), idempotency_key=name)


def test_an_unknown_channel_is_said(desk):
    with desk.stream("weather") as stream, pytest.raises(BadRequest, match="no channel weather"):
        next(stream)


def test_a_signed_stream_comes_in_and_a_late_one_does_not(served):
    with served.desk_of() as desk, desk.stream("prices") as stream:
        assert next(stream).is_snapshot
    late = Signer(KEY_ID, served.private_key, clock=lambda: time.time() - 300)
    signed = Desk(served.url, credentials=late)
    refused = pytest.raises(NotAllowed, match="Sign anew")
    with signed as desk, desk.stream("prices") as stream, refused:
        next(stream)


def test_an_awaiting_stream_hears_while_tasks_enter(make_async_desk):
    async def main():
        async with make_async_desk() as desk, desk.stream("orders") as stream:
            names = [f"tasks-{number}" for number in range(50)]
            entered = await asyncio.gather(*(stream.place(**order(name)) for name in names))
            wanted = {str(each.order_ids[0]) for each in entered}
            seen = set()
            async with asyncio.timeout(SETTLE_S):
                async for update in stream:
                    seen |= {key for key, _ in update.rows}
                    if wanted <= seen:
                        break
            with pytest.raises(Refused):
                await stream.place(**order("tasks-refused", quantity_lots=5_000_000))
            return {stream.tables.orders[key].client_order_id for key in wanted}

    assert asyncio.run(main()) == {f"c-tasks-{number}" for number in range(50)}


def test_an_awaiting_stream_enters_without_following_anything(make_async_desk):
    async def main():
        async with make_async_desk() as desk, desk.stream() as stream:
            async with asyncio.timeout(SETTLE_S):
                return await stream.place(**order("alone"))

    assert asyncio.run(main()).order_ids


def test_a_stream_that_cannot_go_on_tells_whoever_waits():
    async def main():
        nobody = AsyncDesk("http://127.0.0.1:9", patience=Patience(total_s=0.3))
        async with nobody as desk, desk.stream("orders") as stream:
            with pytest.raises(Unreachable):
                await stream.place(**order("nobody"))
            with pytest.raises(Unreachable):
                await anext(stream)
            with pytest.raises(Unreachable):
                await stream.place(**order("nobody"))

    asyncio.run(main())


def test_a_stream_outlives_a_desk_that_is_killed(tmp_path):
    """Law: across a restart what was folded is what REST reads, and no order is there twice."""
    served = Served(tmp_path / "data").start()
    try:
        patient = served.desk_of(patience=Patience(total_s=60))
        with patient as desk, desk.stream(*CHANNELS) as stream:
            for number in range(20):
                stream.place(**order(f"before-{number}"))
            served.kill()
            served.start()
            for number in range(20):
                stream.place(**order(f"after-{number}"))
            assert stream.following.connections == 2
            assert settled(desk, stream)
            names = [row.client_order_id for row in desk.orders()]
    finally:
        served.stop()
    assert len(names) == len(set(names)) == 40


def test_the_client_knows_every_channel_of_the_desk():
    assert get_args(Channel) == CHANNELS_OF_DESK
    assert set(vars(Tables())) == set(CHANNELS_OF_DESK)
