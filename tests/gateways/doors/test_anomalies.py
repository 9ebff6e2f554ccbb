"""What is unlike a key's past, and what is only a little unlike it."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.gateways.doors.anomalies import (
    ADDRESSES_MAX,
    Act,
    AnomalyKind,
    AnomalyPolicy,
    KeyHistory,
    looked_at,
)
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.watch import WATCH_SCHEMA, KeyWatch
from tests.gateways.doors.door_desk import HOME, NOON

POLICY = AnomalyPolicy()
HOUR_NS = 3_600 * SECOND_NS
MICROS = 1_000_000


def act(time_ns=NOON, address=HOME, size=0, is_draft=False):
    return Act(time_ns=time_ns, address=address, size_micros=size * MICROS, is_draft=is_draft)


def after(acts, policy=POLICY):
    history, told = KeyHistory(), []
    for each in acts:
        history, anomalies = looked_at(history, each, policy)
        told += anomalies
    return history, told


def weeks_of_trading():
    """Ten days, sixty orders between 9 and 15 hours each, of 1,000 to 16,000."""
    begun = NOON - 10 * DAY_NS - 3 * HOUR_NS
    return [
        act(begun + day * DAY_NS + number * 360 * SECOND_NS, size=1_000 << number % 5)
        for day in range(10)
        for number in range(60)
    ]


USUAL, _ = after(weeks_of_trading())


def found(history, each, policy=POLICY):
    return [(anomaly.kind, anomaly.words) for anomaly in looked_at(history, each, policy)[1]]


def test_ordinary_weeks_tell_nothing():
    assert after(weeks_of_trading())[1] == []
    assert found(USUAL, act(size=20_000)) == []


def test_a_new_address_is_told_once_and_the_first_one_never():
    assert found(KeyHistory(), act()) == []
    ((kind, words),) = found(USUAL, act(address="203.0.113.5"))
    assert kind is AnomalyKind.NEW_ADDRESS
    assert words == (
        "it came from 203.0.113.5, where it never came from; it is known from 192.0.2.10"
    )
    known, _ = looked_at(USUAL, act(address="203.0.113.5"), POLICY)
    assert found(known, act(address="203.0.113.5")) == []
    assert found(known, act()) == []


def test_an_unusual_hour_is_told_and_its_neighbours_are_not():
    ((kind, words),) = found(USUAL, act(NOON + 14 * HOUR_NS))
    assert kind is AnomalyKind.UNUSUAL_HOUR
    assert words == "it acts at 02:00 UTC; of 600 acts before, 0 were around that hour"
    assert found(USUAL, act(NOON + 3 * HOUR_NS)) == []


def test_an_unusual_size_is_told_with_what_was_usual():
    ((kind, words),) = found(USUAL, act(size=500_000))
    assert kind is AnomalyKind.UNUSUAL_SIZE
    assert words == "its size is 500000; of 600 acts before, 0 were above 17179"
    assert found(USUAL, act(size=60_000)) == []


def test_nothing_is_told_of_a_key_that_is_hardly_known():
    young, _ = after(weeks_of_trading()[:400])
    assert found(young, act(NOON + 14 * HOUR_NS, size=500_000)) == []


def test_many_drafts_are_told_and_freeze_by_policy():
    drafts = [act(NOON + number * SECOND_NS, is_draft=True) for number in range(25)]
    _, told = after(drafts)
    assert [(each.kind, each.freezes) for each in told] == [(AnomalyKind.MANY_DRAFTS, True)]
    assert told[0].words == "it made 21 drafts within 600 s; 20 are usual"
    spread = [act(NOON + number * 60 * SECOND_NS, is_draft=True) for number in range(25)]
    assert after(spread)[1] == []


def test_what_freezes_is_what_the_policy_says():
    policy = AnomalyPolicy(freezing=frozenset({AnomalyKind.NEW_ADDRESS}))
    (anomaly,) = looked_at(USUAL, act(address="203.0.113.5"), policy)[1]
    assert anomaly.freezes
    (anomaly,) = looked_at(USUAL, act(address="203.0.113.5"), POLICY)[1]
    assert not anomaly.freezes


def test_the_same_kind_is_told_again_after_a_while():
    nights = [act(NOON + 14 * HOUR_NS + number * 600 * SECOND_NS) for number in range(12)]
    history, told = USUAL, []
    policy = AnomalyPolicy(quiet_ns=HOUR_NS)
    for each in nights[:7]:
        history, anomalies = looked_at(history, each, policy)
        told += [anomaly.kind for anomaly in anomalies]
    assert told == [AnomalyKind.UNUSUAL_HOUR]


ACTS = st.builds(
    Act,
    time_ns=st.integers(0, 1 << 62),
    address=st.ip_addresses().map(str),
    size_micros=st.integers(-(1 << 62), 1 << 62),
    is_draft=st.booleans(),
)


@given(st.lists(ACTS, max_size=60))
def test_what_is_remembered_is_bounded_and_a_function_of_the_acts(acts):
    history, told = after(acts)
    assert after(acts) == (history, told)
    assert len(history.addresses) <= ADDRESSES_MAX
    assert len(history.by_hour) == 24
    assert len(history.drafts_ns) <= len(acts)
    assert sum(history.by_hour) == len(acts)


def test_a_hundred_thousand_acts_fade_instead_of_growing():
    history = KeyHistory()
    quiet = AnomalyPolicy(acts_min=10**9)
    for number in range(101_000):
        history, _ = looked_at(history, act(NOON + number * SECOND_NS), quiet)
    assert sum(history.by_hour) < 100_000
    for number in range(2_000):
        history, _ = looked_at(history, act(NOON + number, is_draft=True), quiet)
    assert len(history.drafts_ns) == 1_000


# ----------------------------------------------------------------------------------------- glances


@st.composite
def acts_of_days(draw):
    """Acts in order of time, often alike: few addresses, few sizes, steps from seconds to hours."""
    steps = draw(st.lists(st.sampled_from([1, 40, 900, 5_000, 90_000]), min_size=1, max_size=60))
    acts, now = [], NOON
    for step in steps:
        now += step * SECOND_NS
        address = draw(st.sampled_from([HOME, HOME, HOME, "203.0.113.5"]))
        size = draw(st.sampled_from([0, 10, 10, 1_000, 1 << 30]))
        acts.append(act(now, address, size, is_draft=draw(st.integers(0, 9)) == 0))
    return acts


@given(acts=acts_of_days())
def test_a_glance_remembers_and_tells_what_a_look_does(tmp_path_factory, acts):
    """Law: acts that are only counted leave the same past, and would have told nothing."""
    policy = AnomalyPolicy(acts_min=5, days_min=1, drafts_max=2)
    looked = after(acts, policy)
    file = PrivateFile(tmp_path_factory.mktemp("glances") / "doors.sqlite", WATCH_SCHEMA)
    try:
        watch = KeyWatch(file, {}, with_fields(policy, freezing=frozenset()))
        told = []
        for each in acts:
            told += watch.glance(
                "key", each.address, each.time_ns, each.size_micros, is_draft=each.is_draft
            )
        watch.save()
        (row,) = file.query("SELECT history FROM histories")
    finally:
        file.close()
    kept = msgspec.msgpack.decode(row[0], type=KeyHistory)
    same = ("by_hour", "by_size", "days", "last_day", "drafts_ns")
    assert [getattr(kept, name) for name in same] == [getattr(looked[0], name) for name in same]
    assert {address for address, _ in kept.addresses} == {
        address for address, _ in looked[0].addresses
    }
    assert [each.kind for each in told] == [each.kind for each in looked[1]]
