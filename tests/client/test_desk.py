"""Both kinds of client against a desk that is served in another process."""

import asyncio
import threading
import time
from decimal import Decimal

import msgspec
import pytest

from fencang.client import (
    BadRequest,
    Desk,
    Instant,
    NotAllowed,
    NotFound,
    Refused,
    Signer,
    Unreachable,
)
from fencang.client.definitions import definition_of
from fencang.client.exchange import Patience
from fencang.client.types import OrderRow, PriceMark
from tests.client.served_desk import KEY_ID, Served

FAR = Decimal(3000)
FILL_S = 20


def order(number, **more):
    return {
        "sub_account_id": "ALPHA",
        "client_order_id": f"c-{number}",
        "contract_id": "COPPER-C",
        "side": "buy",
        "quantity_lots": 1,
        "limit_price": FAR,
        **more,
    }


def test_an_order_is_placed_seen_replaced_and_cancelled(desk):
    placed = desk.orders.place(**order("life"))
    (order_id,) = placed.order_ids
    row = desk.orders.get(order_id)
    assert isinstance(row, OrderRow)
    assert (row.limit_price, row.quantity_lots) == (FAR, 1)
    assert row.accepted_time == placed.time
    assert isinstance(placed.time, Instant)
    until(lambda: desk.orders.get(order_id).state == "working")
    desk.orders.replace(order_id, sub_account_id="ALPHA", quantity_lots=2, limit_price="3001")
    until(lambda: desk.orders.get(order_id).limit_price == Decimal(3001))
    desk.orders.cancel(order_id, sub_account_id="ALPHA")
    until(lambda: desk.orders.get(order_id).state == "cancelled")


def test_many_orders_are_cancelled_at_once_over_rest_and_over_a_stream(desk):
    placed = [desk.orders.place(**order(f"many-{n}")).order_ids[0] for n in range(2)]
    found = desk.cancel_orders(node_id="ALPHA", scope_id="COPPER", side="buy")
    assert {*placed} <= {*found.order_ids}
    assert (found.asked_orders, found.left_orders) == (len(found.order_ids), 0)
    assert isinstance(found.time, Instant)
    with desk.stream("orders") as stream:
        entered = stream.place(**order("many-2"))
        cancelled = stream.cancel_orders(node_id="MASTER")
    assert entered.cancels is None
    assert {*entered.order_ids} <= {*cancelled.order_ids}
    assert cancelled.cancels.asked_orders == len(cancelled.order_ids)
    with pytest.raises(Refused, match="nothing on this desk is called NOBODY"):
        desk.orders.cancel_many(node_id="NOBODY")


def until(is_so):
    end = time.monotonic() + FILL_S
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_a_market_order_fills_and_shows_in_every_table(desk):
    (order_id,) = desk.orders.place(
        **order("fill", order_type="market", limit_price=None)
    ).order_ids
    until(lambda: desk.orders.get(order_id).state == "filled")
    executions = [row for row in desk.executions() if row.order_id == order_id]
    assert sum(row.quantity_lots for row in executions) == 1
    position = next(desk.positions(book_id="ALPHA", contract_id="COPPER-C"))
    assert position.net_lots >= 1
    balance = next(desk.balances(book_id="ALPHA", currency="USD"))
    assert isinstance(balance.cash, Decimal)
    standing = {row.book_id: row for row in desk.margin().rows}
    assert standing["ALPHA"].requirement > 0


def test_one_key_is_one_order_however_often_it_is_asked(desk):
    first = desk.orders.place(**order("once"), idempotency_key="once-1")
    assert desk.orders.place(**order("once"), idempotency_key="once-1") == first
    with pytest.raises(BadRequest, match="another request"):
        desk.orders.place(**order("once", quantity_lots=2), idempotency_key="once-1")
    found = [row for row in desk.orders() if row.client_order_id == "c-once"]
    assert len(found) == 1


def test_a_refusal_is_numbered_and_stands_in_the_journal(desk):
    with pytest.raises(Refused) as caught:
        desk.orders.place(**order("refused", quantity_lots=5_000_000))
    fault = caught.value
    assert fault.reason > 0
    assert fault.reason_name
    record = next(desk.audit.records(from_sequence=fault.sequence))
    assert record.events[0]["type"] == "OrderRejected"
    assert record.origin.request_id == fault.idempotency_key


def test_every_fault_of_a_body_is_told_at_once(desk):
    with pytest.raises(BadRequest) as caught:
        desk.orders.place(**order("a b", quantity_lots=0))
    assert {each.where for each in caught.value.faults} == {"$.client_order_id", "$.quantity_lots"}


def test_what_is_not_there_is_not_found(desk):
    with pytest.raises(NotFound):
        desk.orders.get(1)
    with pytest.raises(NotFound):
        desk.definitions.get("SubAccount", "NOBODY")


def test_what_if_and_explain_say_which_controls_there_are(desk):
    asked = desk.what_if(**order("what-if"))
    assert asked.is_accepted
    (order_id,) = desk.orders.place(**order("explained")).order_ids
    explained = desk.explain(order_id)
    assert {each.control for each in explained.controls} <= {
        each.control for each in asked.controls
    }
    assert explained.is_accepted


def test_a_list_goes_on_page_by_page_only_as_far_as_it_is_read(desk):
    asked = []
    run = desk._transport.run
    desk._transport.run = lambda ask: asked.append(ask) or run(ask)
    everything = list(desk.definitions.list(page_rows=2))
    assert len(asked) == -(-len(everything) // 2)
    assert len({(each.kind, each.key) for each in everything}) == len(everything)
    asked.clear()
    next(desk.definitions.list(page_rows=2))
    assert len(asked) == 1
    page = desk.definitions.page(page_rows=2)
    assert [*page.rows] == everything[:2]
    records = list(desk.audit.records(page_rows=3))
    assert [record.sequence for record in records] == list(range(1, len(records) + 1))


def test_a_definition_is_taken_changed_and_said_again(desk):
    form = desk.definitions.get("SubAccount", "BETA")
    assert desk.definitions.get("SubAccount", "BETA") == form, "asked again, and not modified"
    changed = msgspec.structs.replace(definition_of(form), name="The second book")
    outcome = desk.definitions.define(items=[changed])
    again = desk.definitions.get("SubAccount", "BETA")
    assert again.version == outcome.sequence > form.version
    assert definition_of(again) == changed


def test_prices_are_marked_exactly(desk):
    desk.prices.mark(
        source="a test", marks=[PriceMark(contract_id="WHEAT-C", price=Decimal("210.01"))]
    )
    events = [event for record in desk.audit.records() for event in record.events]
    assert any("210.01" in str(event) for event in events)


def test_a_node_is_stopped_by_one_call(desk):
    (order_id,) = desk.orders.place(**order("stopped", sub_account_id="BETA")).order_ids
    desk.kill("BETA", reason="a test")
    until(lambda: desk.orders.get(order_id).state == "cancelled")
    assert [row.trading_state for row in desk.trading_states(node_id="BETA")] == ["halted"]
    with pytest.raises(Refused) as caught:
        desk.orders.place(**order("later", sub_account_id="BETA"))
    assert caught.value.node_id == "BETA"


def test_threads_may_share_a_desk(desk):
    outcomes, names = [], [f"thread-{number}" for number in range(24)]

    def work(mine):
        outcomes.extend(desk.orders.place(**order(name)) for name in mine)

    threads = [threading.Thread(target=work, args=(names[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({outcome.order_ids for outcome in outcomes}) == len(names)


def test_the_awaiting_desk_does_the_same(make_async_desk):
    async def main():
        async with make_async_desk() as desk:
            names = [f"async-{number}" for number in range(20)]
            outcomes = await asyncio.gather(*(desk.orders.place(**order(name)) for name in names))
            ids = {outcome.order_ids[0] for outcome in outcomes}
            rows = [row async for row in desk.orders(page_rows=7) if row.order_id in ids]
            assert {row.order_id for row in rows} == ids
            assert (await desk.margin()).rows
            with pytest.raises(NotFound):
                await desk.orders.get(1)

    asyncio.run(main())


def test_signed_requests_come_in_and_badly_signed_ones_do_not(served):
    with served.desk_of() as desk:
        desk.orders.place(**order("signed"))
        assert list(desk.orders.list(state="cancelled & more", page_rows=5)) == []
        with pytest.raises(NotFound):
            desk.definitions.get("Sub Account", "ä|b*")
    late = Signer(KEY_ID, served.private_key, clock=lambda: time.time() - 300)
    with Desk(served.url, credentials=late) as desk:
        desk._transport.exchange.wall = lambda: time.time() - 300
        with pytest.raises(NotAllowed) as caught:
            desk.margin()
    assert -305 < caught.value.clock_skew_s < -295
    assert "s behind the desk's: set it" in str(caught.value)


def test_a_call_outlives_a_desk_that_is_killed_and_the_order_is_there_once(tmp_path):
    """A `kill -9` while orders come in: who kept asking has each of them, and none twice."""
    served = Served(tmp_path / "data").start()
    patience = Patience(attempts_max=100, total_s=90, pause_s_max=0.5)
    placed, names = [], [f"kill-{number}" for number in range(60)]
    try:
        with served.desk_of(patience=patience, timeout_s=5) as desk:
            thread = threading.Thread(target=place_all, args=(desk, names, placed))
            thread.start()
            until(lambda: len(placed) > 5)
            served.kill()
            served.start()
            thread.join()
            rows = [row.client_order_id for row in desk.orders()]
    finally:
        served.stop()
    assert len(placed) == len(names)
    assert sorted(rows) == sorted(f"c-{name}" for name in names)


def place_all(desk, names, placed):
    for name in names:
        placed.append(desk.orders.place(**order(name)))


def test_a_desk_on_loopback_is_never_asked_through_a_proxy(served, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with served.desk_of() as desk, desk.stream("prices") as stream:
        assert desk.margin().rows
        assert next(stream).is_snapshot


def test_nobody_there_is_said_with_what_is_known():
    with Desk("http://127.0.0.1:9", patience=Patience(attempts_max=2)) as desk:
        with pytest.raises(Unreachable, match="asked 2 times") as caught:
            desk.orders.place(**order("nobody"))
        assert not caught.value.may_be_done
