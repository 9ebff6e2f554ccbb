"""The machine: a refusal is an event, an exception is a programmer's error, time only moves on."""

import pytest

from fencang.engine.machine import Machine
from fencang.engine.snapshot import SnapshotFault
from fencang.messages.commands import AdvanceTime
from fencang.messages.record import DECISION_VERSION, Record
from tests.engine.desk import BUY, START_NS, Desk
from tests.engine.random_desk import Office


def test_an_empty_machine_stands_at_zero():
    machine = Machine()
    assert (machine.sequence, machine.time_ns) == (0, 0)
    assert Machine.load(machine.dump()).state_hash() == machine.state_hash()


def test_every_command_moves_sequence_and_time_even_when_nothing_happens():
    desk = Desk()
    before = desk.machine.state_hash()
    assert desk.do(AdvanceTime()) == ()
    assert desk.machine.sequence == 1
    assert desk.machine.time_ns > START_NS
    assert desk.machine.state_hash() != before


@pytest.mark.parametrize(("sequence", "time_ns"), [(1, 9), (3, 9), (2, 5), (2, 4)])
def test_a_gap_a_repetition_or_time_that_stands_still_is_a_programmers_error(sequence, time_ns):
    machine = Machine()
    machine.execute(AdvanceTime(), 1, 5)
    with pytest.raises(AssertionError):
        machine.execute(AdvanceTime(), sequence, time_ns)


def test_a_record_out_of_sequence_is_never_applied():
    record = Record(2, 5, DECISION_VERSION, AdvanceTime(), ())
    with pytest.raises(AssertionError):
        Machine().apply(record)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda payload: payload[:0],
        lambda payload: b"\xff" * len(payload),
        lambda payload: payload[:-1],
        lambda payload: payload[: len(payload) // 2],
        lambda payload: payload + b"\x00",
        lambda payload: payload.replace(b"ALPHA", b"\xff\xfe\xfd\xfc\xfb"),
    ],
    ids=["nothing", "noise", "last byte lost", "half lost", "one byte more", "no text"],
)
def test_bytes_that_are_no_snapshot_are_refused(desk, spoil):
    with pytest.raises(SnapshotFault):
        Machine.load(spoil(desk.machine.dump()))


def test_a_snapshot_of_another_version_says_so(desk):
    payload = desk.machine.dump()
    # The form is a map or an array; its version is the first small integer in it.
    place = payload.index(b"\x01")
    with pytest.raises(SnapshotFault):
        Machine.load(payload[:place] + b"\x7f" + payload[place + 1 :])


def test_a_snapshot_in_the_middle_of_a_storm_decides_the_same_tail():
    """Law: snapshot plus tail equals full replay, wherever the snapshot is taken."""
    office = Office(5)
    for _ in range(80):
        office.step()
    records = office.desk.records
    for cut in range(20, len(records), 25):
        replayed = Machine()
        for record in records[:cut]:
            replayed.apply(record)
        restored = Machine.load(replayed.dump())
        for record in records[cut:]:
            events = restored.execute(record.command, record.sequence, record.time_ns)
            assert events == record.events
        assert restored.state_hash() == office.desk.machine.state_hash()


def test_the_hash_does_not_depend_on_how_the_state_came_about(desk):
    other = Desk()
    for record in desk.records:
        other.machine.execute(record.command, record.sequence, record.time_ns)
    assert other.machine.state_hash() == desk.machine.state_hash()
    desk.accepted("ALPHA", BUY, 1, at="20")
    assert other.machine.state_hash() != desk.machine.state_hash()
