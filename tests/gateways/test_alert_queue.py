"""The queue of alerts: once each, at least once delivered, handed on, given up, across restarts."""

import sqlite3
import stat
import sys

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts import store as store_module
from fencang.gateways.alerts.alert import Severity
from fencang.gateways.alerts.feed import HELD_RECORDS_MAX, AlertFeed
from fencang.gateways.alerts.routes import QuietHours, Route, Routing
from fencang.gateways.alerts.store import (
    AlertStoreForeign,
    AlertStoreUnwritable,
    DeliveryState,
    DeliveryTerms,
)
from fencang.messages.events import DeskRestarted, PricesMarked
from tests.gateways.alert_parts import (
    DESK,
    EVERYTHING,
    MINUTE_NS,
    NOON_NS,
    TERMS,
    HeldExecutor,
    NotedChannel,
    Records,
    dispatch_of,
    open_store,
)

DAY_MINUTES = 24 * 60


@pytest.fixture
def store(tmp_path):
    kept = open_store(tmp_path)
    yield kept
    kept.close()


class Counts:
    def __init__(self):
        self.delivered = self.failed = self.given_up = 0

    def alert_delivered(self, alerts):
        self.delivered += alerts

    def alert_attempt_failed(self, given_up):
        self.failed += 1
        self.given_up += given_up


def states(store, alert_id):
    return {channel: state for channel, state, _, _ in store.deliveries(alert_id)}


# ----------------------------------------------------------------------------------------- reading


def test_a_record_reaches_a_channel(store):
    records, channel = Records(), NotedChannel()
    records.call("order 7", detail="nobody knows it")
    dispatch_of(store, {"desk": channel}, records).tick(NOON_NS)
    (message,) = channel.messages
    assert message.subject_line() == "[DESK] CRITICAL: A person is needed - order 7"
    assert "nobody knows it" in message.text()
    assert "fencang alerts acknowledge 1 --by NAME" in message.text()
    assert states(store, 1) == {"desk": DeliveryState.SENT}


def test_a_restart_neither_loses_nor_repeats(tmp_path):
    records, channel = Records(), NotedChannel()
    for number in range(5):
        records.call(f"order {number}")
        store = open_store(tmp_path)
        dispatch_of(store, {"desk": channel}, records).tick(NOON_NS + number)
        store.close()
    assert channel.subjects == [f"order {number}" for number in range(5)]


def test_what_was_heard_and_what_was_read_are_told_once(store):
    """The feed hears from the start of the sequencer on, the journal holds it too."""
    records, channel, feed = Records(), NotedChannel(), AlertFeed()
    dispatch = dispatch_of(store, {"desk": channel}, records, feed=feed)
    records.call("before")
    records.call("between")
    feed.hear(tuple(records[1:]))
    dispatch.tick(NOON_NS)
    records.call("after")
    feed.hear(tuple(records[2:]))
    dispatch.tick(NOON_NS + 1)
    assert channel.subjects == ["before", "between", "after"]


def test_what_the_feed_could_not_hold_is_read_from_the_journal(store):
    records, channel, feed = Records(), NotedChannel(), AlertFeed()
    dispatch = dispatch_of(store, {"desk": channel}, records, feed=feed)
    dispatch.tick(NOON_NS)
    for number in range(2 * HELD_RECORDS_MAX + 2):
        records.call(f"order {number % 3}")
    half = HELD_RECORDS_MAX + 1
    feed.hear(tuple(records[:half]))
    feed.hear(tuple(records[half:]))
    for second in range(3):
        dispatch.tick(NOON_NS + second)
    assert sorted(channel.subjects) == ["order 0", "order 1", "order 2"]
    assert sum(alert.count for alert in store.alerts(only_open=False)) == len(records)


def test_the_feed_holds_only_what_is_told():
    feed, records = AlertFeed(), Records()
    records.add(PricesMarked(marks=()))
    records.call("order 1")
    feed.hear(tuple(records))
    heard = feed.take()
    assert [record.sequence for record in heard.records] == [2]
    assert (heard.first_sequence, heard.last_sequence) == (1, 2)
    assert feed.take().records == []


def test_a_long_journal_is_read_in_slices(store, monkeypatch):
    monkeypatch.setattr("fencang.gateways.alerts.dispatch.READ_RECORDS_MAX", 10)
    records, channel = Records(), NotedChannel()
    for number in range(25):
        records.call(f"order {number}")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    counts = []
    for second in range(4):
        dispatch.tick(NOON_NS + second)
        counts.append(len(channel.subjects))
    assert counts == [10, 20, 25, 25]


def test_the_cursor_is_not_stored_for_every_record(store, monkeypatch):
    monkeypatch.setattr("fencang.gateways.alerts.dispatch.CURSOR_STEP", 100)
    records = Records()
    dispatch = dispatch_of(store, {}, records)
    for _ in range(99):
        records.add(PricesMarked(marks=()))
    dispatch.tick(NOON_NS)
    assert store.cursor == 0
    records.add(PricesMarked(marks=()))
    dispatch_of(store, {}, records).tick(NOON_NS)
    assert store.cursor == 100


def test_a_new_queue_begins_where_it_is_told(tmp_path):
    records, channel = Records(), NotedChannel()
    records.call("history")
    records.call("news")
    store = open_store(tmp_path, begin_at=1)
    dispatch_of(store, {"desk": channel}, records).tick(NOON_NS)
    assert channel.subjects == ["news"]
    store.close()


def test_a_failed_step_is_done_again(store, monkeypatch):
    records, channel, feed = Records(), NotedChannel(), AlertFeed()
    dispatch = dispatch_of(store, {"desk": channel}, records, feed=feed)
    dispatch.tick(NOON_NS)
    records.call("order 1")
    feed.hear(tuple(records))
    with monkeypatch.context() as patch:
        patch.setattr(store, "take", lambda *_: (_ for _ in ()).throw(AlertStoreUnwritable("full")))
        with pytest.raises(AlertStoreUnwritable):
            dispatch.tick(NOON_NS + 1)
    records.call("order 2")
    feed.hear(tuple(records[1:]))
    dispatch.tick(NOON_NS + 2)
    assert channel.subjects == ["order 1", "order 2"]


# --------------------------------------------------------------------------------------- repeating


def test_the_same_cause_is_counted_and_not_sent_again(store):
    records, channel = Records(), NotedChannel()
    for minute in (0, 10, 59):
        records.call("order 7", NOON_NS + minute * MINUTE_NS)
    dispatch_of(store, {"desk": channel}, records).tick(NOON_NS)
    (alert,) = store.alerts(only_open=True)
    assert (alert.count, alert.last_ns - alert.first_ns) == (3, 59 * MINUTE_NS + 2)
    assert channel.subjects == ["order 7"]


def test_after_the_stated_time_the_same_cause_is_told_again(store):
    records, channel = Records(), NotedChannel()
    records.call("order 7")
    records.call("order 7", NOON_NS + 61 * MINUTE_NS)
    dispatch_of(store, {"desk": channel}, records).tick(NOON_NS)
    assert channel.subjects == ["order 7", "order 7"]


def test_what_is_worse_than_before_is_told_at_once(store):
    dispatch = dispatch_of(store, {"desk": NotedChannel()})
    table = dispatch._table
    mild = table.notice("KeyAnomaly", "key 1", "a new address", NOON_NS)
    worse = msgspec.structs.replace(mild, source="other", severity=Severity.CRITICAL)
    assert store.take([mild], NOON_NS) == 1
    assert store.take([worse], NOON_NS) == 1
    assert store.take([msgspec.structs.replace(mild, source="third")], NOON_NS) == 0


def test_alerts_that_are_due_together_travel_together(store):
    records, channel = Records(), NotedChannel()
    records.add(DeskRestarted())
    for number in range(60):
        records.call(f"order {number}")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    dispatch.tick(NOON_NS)
    dispatch.tick(NOON_NS + 1)
    assert [len(message.alerts) for message in channel.messages] == [50, 11]
    assert channel.messages[0].subject_line().endswith("order 0 (and 49 more)")
    assert channel.messages[1].alerts[-1].kind == "DeskRestarted", "the mildest comes last"
    assert len({message.delivery_id for message in channel.messages}) == 2


# ---------------------------------------------------------------------------------------- retrying


def test_a_failed_try_is_repeated_later_and_later(store):
    records, channel = Records(), NotedChannel(faults=3)
    records.call("order 7")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    tried_at = []
    for second in range(60):
        before = channel.tries
        dispatch.tick(NOON_NS + second * SECOND_NS)
        if channel.tries > before:
            tried_at.append(second)
    # pauses of 5, 10 and 20 s, of which three quarters by a chance of one half
    assert tried_at == [0, 4, 12, 27]
    assert channel.subjects == ["order 7"]


@given(st.integers(1, 100), st.floats(0, 1, exclude_max=True))
def test_pauses_are_bounded_and_spread(attempts, chance):
    terms = DeliveryTerms()
    pause_ns = terms.pause_ns(attempts, lambda: chance)
    whole = min(terms.retry_longest_ns, terms.retry_first_ns * 2 ** (attempts - 1))
    assert whole // 2 <= pause_ns <= whole


def test_giving_up_is_told_by_the_other_channels(tmp_path):
    both = Routing([Route("all", ("mail", "hook"))])
    store, counts = open_store(tmp_path, both), Counts()
    records, mail, hook = Records(), NotedChannel(faults=10**6), NotedChannel()
    records.call("order 7")
    dispatch = dispatch_of(store, {"mail": mail, "hook": hook}, records, counts=counts)
    for second in range(600):
        dispatch.tick(NOON_NS + second * SECOND_NS)
    assert mail.tries == TERMS.attempts_max
    assert states(store, 1) == {"mail": DeliveryState.GIVEN_UP, "hook": DeliveryState.SENT}
    assert hook.subjects == ["order 7", "channel mail"]
    assert "it did not listen" in hook.messages[1].text()
    assert states(store, 2) == {"hook": DeliveryState.SENT}, "not by the channel that failed"
    assert (counts.delivered, counts.failed, counts.given_up) == (2, 4, 1)
    store.close()


def test_giving_up_an_alert_about_giving_up_ends(store):
    records, channel = Records(), NotedChannel(faults=10**6)
    records.call("order 7")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    dispatch.notice("DeliveryGivenUp", "channel other", "an earlier one", NOON_NS)
    for second in range(600):
        dispatch.tick(NOON_NS + second * SECOND_NS)
    assert store.counts() == {"open": 3, "waiting": 0, "dropped": 0}


def test_a_channel_that_hangs_holds_up_no_other(tmp_path):
    store = open_store(tmp_path, Routing([Route("all", ("slow", "quick"))]))
    slow, quick, held = NotedChannel(), NotedChannel(), HeldExecutor()
    records = Records()
    records.call("order 1")
    dispatch = dispatch_of(store, {"slow": slow, "quick": quick}, records, executor=held)
    dispatch.tick(NOON_NS)
    waiting, held.held = held.held[:1], held.held[1:]  # the slow one stays out
    held.run()
    for second in range(1, 200):
        dispatch.tick(NOON_NS + second * SECOND_NS)
        held.run()
    assert (slow.messages, quick.subjects) == ([], ["order 1"])
    assert not dispatch.is_idle
    assert states(store, 1)["slow"] is DeliveryState.WAITING
    held.held = waiting
    held.run()
    dispatch.settle(NOON_NS + 201 * SECOND_NS)
    assert states(store, 1)["slow"] is DeliveryState.SENT
    assert slow.subjects == ["order 1"], "nothing was sent beside the one that hung"
    store.close()


def test_a_try_that_died_with_the_process_is_repeated(tmp_path):
    records = Records()
    records.call("order 7")
    store = open_store(tmp_path)
    dispatch_of(store, {"desk": NotedChannel()}, records, executor=HeldExecutor()).tick(NOON_NS)
    store.close()  # as after kill -9: claimed, never finished
    store, channel = open_store(tmp_path), NotedChannel()
    dispatch = dispatch_of(store, {"desk": channel}, records)
    dispatch.tick(NOON_NS + SECOND_NS)
    assert channel.subjects == []
    dispatch.tick(NOON_NS + TERMS.lease_ns)
    assert channel.subjects == ["order 7"]
    store.close()


def test_what_waits_for_a_channel_that_is_gone_goes_where_todays_settings_say(tmp_path):
    records, old = Records(), NotedChannel(faults=99)
    for number in range(3):
        records.call(f"order {number}")
    store = open_store(tmp_path, Routing([Route("all", ("old",))]))
    dispatch_of(store, {"old": old}, records).tick(NOON_NS)
    store.acknowledge(1, "Kim", NOON_NS)
    store.close()
    store, new = open_store(tmp_path, Routing([Route("all", ("new",))])), NotedChannel()
    dispatch_of(store, {"new": new}, records).tick(NOON_NS + MINUTE_NS)
    assert new.subjects == ["order 1", "order 2"]
    assert states(store, 2) == {"old": DeliveryState.GIVEN_UP, "new": DeliveryState.SENT}
    assert store.counts()["waiting"] == 0
    store.close()


# ----------------------------------------------------------------------- people, and their absence


def test_an_alert_nobody_acknowledges_goes_to_the_next_route(tmp_path):
    routing = Routing(
        [
            Route("first", ("desk",), escalate_ns=5 * MINUTE_NS, escalate_to="second"),
            Route("second", ("chief", "desk"), escalate_ns=5 * MINUTE_NS, escalate_to="third"),
            Route("third", ("owner",)),
        ]
    )
    store = open_store(tmp_path, routing)
    channels = {name: NotedChannel() for name in ("desk", "chief", "owner")}
    records = Records()
    records.call("order 7")
    records.call("order 8")
    dispatch = dispatch_of(store, channels, records)
    reached = {}
    for minute in range(15):
        dispatch.tick(NOON_NS + minute * MINUTE_NS)
        if minute == 6:
            assert store.acknowledge(1, "Kim", NOON_NS + minute * MINUTE_NS)
        for name, channel in channels.items():
            reached.setdefault(name, minute) if channel.messages else None
    assert reached == {"desk": 0, "chief": 5, "owner": 10}
    assert channels["desk"].subjects == ["order 7", "order 8"], "one row for alert and channel"
    assert channels["owner"].subjects == ["order 8"], "the other is looked after"
    assert "handed on 2 times" in channels["owner"].messages[0].text()
    store.close()


def test_what_is_given_up_is_handed_on_at_once(tmp_path):
    routing = Routing(
        [
            Route("first", ("desk",), escalate_ns=60 * MINUTE_NS, escalate_to="second"),
            Route("second", ("chief",)),
        ]
    )
    store = open_store(tmp_path, routing)
    chief, records = NotedChannel(), Records()
    records.call("order 7")
    dispatch = dispatch_of(store, {"desk": NotedChannel(faults=99), "chief": chief}, records)
    for second in range(40):
        dispatch.tick(NOON_NS + second * SECOND_NS)
    assert "order 7" in chief.subjects
    store.close()


def test_quiet_hours_hold_back_all_but_what_is_critical(tmp_path):
    night = QuietHours(0, DAY_MINUTES, "UTC")
    store = open_store(tmp_path, Routing([Route("all", ("desk",), quiet=night)]))
    records, channel = Records(), NotedChannel()
    records.add(DeskRestarted())
    records.call("order 7")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    dispatch.tick(NOON_NS)
    assert channel.subjects == ["order 7"]
    dispatch.tick(NOON_NS + 12 * 60 * MINUTE_NS)
    assert channel.subjects == ["order 7", "desk"]
    store.close()


def test_an_acknowledged_alert_is_not_told_further(store):
    records, channel = Records(), NotedChannel(faults=1)
    records.call("order 7")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    dispatch.tick(NOON_NS)
    assert store.acknowledge(1, "Kim\nKim", NOON_NS, "the broker\r\nwas called")
    dispatch.tick(NOON_NS + MINUTE_NS)
    assert channel.messages == []
    assert states(store, 1) == {"desk": DeliveryState.NOT_NEEDED}
    (alert,) = store.alerts(only_open=False)
    assert (alert.acknowledged_by, alert.note) == ("Kim Kim", "the broker was called")
    assert store.alerts(only_open=True) == []


def test_a_person_acknowledges_from_another_process_while_the_server_runs(store, tmp_path):
    """The command line opens the same file; what it says holds for the next tick."""
    records, channel = Records(), NotedChannel(faults=1)
    records.call("order 7")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    dispatch.tick(NOON_NS)
    other = store_module.AlertStore(
        tmp_path / "alerts.sqlite", desk=None, routing=Routing(()), terms=TERMS
    )
    assert other.acknowledge(1, "Kim", NOON_NS + 1)
    other.close()
    dispatch.tick(NOON_NS + MINUTE_NS)
    assert channel.messages == []
    assert store.counts()["open"] == 0


def test_an_alert_is_acknowledged_once_and_by_somebody(store):
    store.take([dispatch_of(store, {})._table.notice("AlertTest", "x", "y", NOON_NS)], NOON_NS)
    assert store.acknowledge(1, "Kim", NOON_NS)
    assert not store.acknowledge(1, "Lee", NOON_NS)
    assert not store.acknowledge(99, "Lee", NOON_NS)
    assert store.alerts(only_open=False)[0].acknowledged_by == "Kim"
    with pytest.raises(ValueError, match="say who"):
        store.acknowledge(1, "\n", NOON_NS)


def test_alerts_without_a_route_are_kept_and_shown(tmp_path):
    store = open_store(tmp_path, Routing([]))
    records = Records()
    records.call("order 7")
    dispatch_of(store, {}, records).tick(NOON_NS)
    assert [alert.subject for alert in store.alerts(only_open=True)] == ["order 7"]
    store.close()


# ------------------------------------------------------------------------------------------ bounds


def test_the_queue_forgets_what_nobody_waits_for_first(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "ALERTS_MAX", 5)
    store = open_store(tmp_path, Routing([Route("all", ("desk",))]))
    records, channel = Records(), NotedChannel()
    for number in range(4):
        records.call(f"sent {number}")
    dispatch = dispatch_of(store, {"desk": channel}, records)
    dispatch.tick(NOON_NS)
    silent = dispatch_of(store, {}, records)
    records.add(DeskRestarted())
    for number in range(7):
        records.call(f"waits {number}")
    silent.tick(NOON_NS)
    subjects = [alert.subject for alert in store.alerts(only_open=False)]
    assert subjects == [f"waits {number}" for number in (6, 5, 4, 3, 2)]
    assert store.counts()["dropped"] == 3, "the mild one, then the oldest: told by a count"
    store.close()


def test_only_the_owner_may_read_the_queue(store, tmp_path):
    for path in tmp_path.glob("alerts.sqlite*"):
        if sys.platform != "win32":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_queue_of_another_desk_is_refused(tmp_path):
    open_store(tmp_path).close()
    with pytest.raises(AlertStoreForeign, match="another journal"):
        store_module.AlertStore(
            tmp_path / "alerts.sqlite", desk="cd" * 32, routing=EVERYTHING, terms=TERMS
        )


def test_what_is_no_queue_is_refused_and_left_alone(tmp_path):
    text = tmp_path / "alerts.sqlite"
    text.write_bytes(b"no database at all, but long enough to look like one" * 20)
    before = text.read_bytes()
    with pytest.raises(AlertStoreForeign):
        open_store(tmp_path)
    assert text.read_bytes() == before
    text.unlink()
    base = sqlite3.connect(text)
    base.execute("CREATE TABLE other (x)")
    base.close()
    with pytest.raises(AlertStoreForeign):
        open_store(tmp_path)


def test_a_queue_that_cannot_be_opened_says_so(tmp_path):
    with pytest.raises(AlertStoreUnwritable):
        store_module.AlertStore(
            tmp_path / "nowhere" / "a", desk=DESK, routing=EVERYTHING, terms=TERMS
        )


# -------------------------------------------------------------------------------------------- laws

STEPS = st.lists(
    st.sampled_from(["call", "again", "mild", "restart", "fail", "tick", "late", "acknowledge"]),
    max_size=40,
)


@settings(max_examples=60)
@given(STEPS)
def test_whatever_happens_every_alert_reaches_every_channel_or_a_person(tmp_path_factory, steps):
    """Laws: one row for alert and channel; records told once; in the end nothing waits."""
    folder = tmp_path_factory.mktemp("queue")
    routing = Routing(
        [
            Route("a", ("one",), escalate_ns=2 * MINUTE_NS, escalate_to="b"),
            Route("b", ("one", "two")),
        ]
    )
    channels = {"one": NotedChannel(), "two": NotedChannel()}
    records, now_ns, store = Records(), NOON_NS, open_store(folder, routing)
    dispatch = dispatch_of(store, channels, records)
    for number, step in enumerate(steps):
        now_ns += SECOND_NS
        match step:
            case "call":
                records.call(f"order {number}", now_ns)
            case "again":
                records.call("order 0", now_ns)
            case "mild":
                records.add(DeskRestarted(), time_ns=now_ns)
            case "restart":
                store.close()
                store = open_store(folder, routing)
                dispatch = dispatch_of(store, channels, records)
            case "fail":
                channels["one"].faults = 5
            case "acknowledge":
                store.acknowledge(1, "Kim", now_ns)
            case "late":
                now_ns += 3 * MINUTE_NS
            case _:
                dispatch.tick(now_ns)
    for minute in range(40):
        store.close()
        store = open_store(folder, routing)
        dispatch_of(store, channels, records).tick(now_ns + minute * MINUTE_NS)
    kept = store.alerts(only_open=False)
    own = [alert for alert in kept if alert.kind != "DeliveryGivenUp"]
    assert sum(alert.count for alert in own) == len(records)
    assert store.counts()["waiting"] == 0
    for alert in kept:
        found = states(store, alert.alert_id)
        for name, channel in channels.items():
            times = [a.alert_id for m in channel.messages for a in m.alerts].count(alert.alert_id)
            if found.get(name) is DeliveryState.SENT:
                assert times == 1, "nobody died, so at least once is once"
            else:
                assert times == 0
        if not alert.acknowledged_ns and alert.kind != "DeliveryGivenUp":
            assert set(found) == {"one", "two"}
    store.close()
