"""What is critical is told once also where the queue of alerts cannot be written."""

import pytest

from fencang.gateways.alerts.store import AlertStoreUnwritable
from tests.gateways.alert_parts import (
    NOON_NS,
    HeldExecutor,
    NotedChannel,
    Records,
    dispatch_of,
    open_store,
)


@pytest.fixture
def store(tmp_path):
    found = open_store(tmp_path)
    yield found
    found.close()


def test_what_stops_the_desk_is_told_also_where_no_queue_can_be_written(store, monkeypatch):
    """A full disk stops journal and queue together, and of all things nobody would hear of that."""
    channel, warned = NotedChannel(), NotedChannel()
    dispatch = dispatch_of(store, {"desk": channel, "other": warned}, Records())

    def take(*_):
        raise AlertStoreUnwritable("full")

    monkeypatch.setattr(store, "take", take)
    with pytest.raises(AlertStoreUnwritable):
        dispatch.notice("SequencerStopped", "desk", "no space left", NOON_NS)
    (message,) = channel.messages
    assert (message.alerts[0].kind, message.alerts[0].alert_id) == ("SequencerStopped", 0)
    assert "no space left" in message.text()
    assert "kept nowhere" in message.text()
    assert warned.messages == [], "it is not of its route"


def test_what_was_stored_and_cannot_be_claimed_is_told_too(store, monkeypatch):
    """The last bytes of a disk take the alert, and none are left to note that it is on its way."""
    channel = NotedChannel()
    dispatch = dispatch_of(store, {"desk": channel}, Records())
    dispatch.notice("SequencerStopped", "desk", "no space left", NOON_NS)

    def claim(*_):
        raise AlertStoreUnwritable("full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "claim", claim)
        with pytest.raises(AlertStoreUnwritable):
            dispatch.tick(NOON_NS + 1)
        with pytest.raises(AlertStoreUnwritable):
            dispatch.tick(NOON_NS + 2)
    assert [message.alerts[0].alert_id for message in channel.messages] == [0], "once"
    dispatch.tick(NOON_NS + 3)
    assert channel.messages[-1].alerts[0].alert_id, "and once more by the queue that is well again"
    dispatch.notice("KeyFrozen", "key", "frozen", NOON_NS + 4)
    dispatch.tick(NOON_NS + 5)
    with monkeypatch.context() as patch:
        patch.setattr(store, "claim", claim)
        with pytest.raises(AlertStoreUnwritable):
            dispatch.tick(NOON_NS + 6)
    assert channel.subjects.count("key") == 1, "what a tick has sent is not sent without the queue"


def test_the_end_waits_for_what_no_queue_holds(store, monkeypatch):
    channel, executor = NotedChannel(), HeldExecutor()
    dispatch = dispatch_of(store, {"desk": channel}, Records(), executor=executor)

    def take(*_):
        raise AlertStoreUnwritable("full")

    monkeypatch.setattr(store, "take", take)
    with pytest.raises(AlertStoreUnwritable):
        dispatch.notice("SequencerStopped", "desk", "no space left", NOON_NS)
    assert not dispatch.is_idle
    executor.run()
    assert dispatch.is_idle
