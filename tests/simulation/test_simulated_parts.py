"""The simulated world: chance that repeats, a disk that dies, a network that forgets nothing."""

import pytest

from fencang.journal.batch import make_batch
from fencang.journal.header import header_of_today
from fencang.journal.memory import MemoryJournal
from fencang.journal.port import JournalFull
from fencang.messages.commands import AdvanceTime, ReportOrderExpired
from fencang.messages.record import Record
from fencang.simulation.__main__ import main
from fencang.simulation.auditor import AuditFault
from fencang.simulation.disk import Crash, Fuse, SimulatedDisk
from fencang.simulation.network import Network
from fencang.simulation.random import Chance
from fencang.simulation.runs import Outcome


def simulated_disk():
    return SimulatedDisk(MemoryJournal(header_of_today("TEST")))


def one_batch(disk):
    record = Record(disk.last_sequence + 1, 5, 1, AdvanceTime(), ())
    return make_batch(disk.last_hash, [record])


def test_chance_is_splitmix64():
    """The first numbers of seed 1234567 as published with the generator."""
    chance = Chance(1_234_567)
    assert [chance.next() for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def drawn(chance, count=3):
    return [chance.next() for _ in range(count)]


def test_a_forked_stream_does_not_depend_on_how_much_others_drew():
    parent = Chance(5)
    before = parent.fork("a")
    drawn(parent.fork("b"), 10)
    assert drawn(before) == drawn(parent.fork("a"))
    assert drawn(parent.fork("a")) != drawn(parent.fork("b"))


@pytest.mark.parametrize(
    ("fuse", "fault", "kept"),
    [(Fuse.LOSE, Crash, 0), (Fuse.KEEP, Crash, 1), (Fuse.FULL, JournalFull, 0)],
)
def test_a_disk_dies_before_or_after_a_batch_but_never_inside(fuse, fault, kept):
    disk = simulated_disk()
    disk.fuse = fuse
    with pytest.raises(fault):
        disk.append(one_batch(disk), 0)
    assert disk.last_sequence == kept
    disk.append(one_batch(disk), kept)
    assert [stored.sequence for stored in disk.read(1)] == list(range(1, kept + 2))


def reports(*order_ids):
    return [ReportOrderExpired(order_id=order_id) for order_id in order_ids]


def calm_network():
    return Network(Chance(1), late_ppm=0, double_ppm=0, late_steps_max=1)


def test_a_report_comes_again_until_the_desk_has_made_it_durable():
    network = calm_network()
    network.send(reports(1, 2, 3))
    assert network.take() == reports(1, 2, 3)
    network.confirm(1)
    network.reconnect()
    assert network.take() == reports(2, 3)
    network.confirm(2)
    network.reconnect()
    assert network.take() == []
    assert network.is_empty


def test_late_reports_change_places_but_arrive():
    network = Network(Chance(1), late_ppm=500_000, double_ppm=0, late_steps_max=5)
    sent = reports(*range(1, 40))
    network.send(sent)
    arrived = []
    for _ in range(7):
        arrived += network.take()
        network.step()
    assert arrived != sent
    assert sorted(report.order_id for report in arrived) == list(range(1, 40))


def test_a_broken_law_is_told_in_one_line_that_reproduces_it():
    outcome = Outcome(
        seed=7,
        steps=20,
        records=5,
        story={},
        state_hash="",
        fault=AuditFault(5, "cash", "one micro too much"),
    )
    assert outcome.lines()[-1] == (
        "broken: cash at sequence 5: one micro too much; "
        "again with: python -m fencang.simulation --seed 7 --steps 20"
    )


@pytest.mark.parametrize("wrong", [[], ["--seed", "1", "--seeds", "1..2"], ["--seeds", "9..1"]])
def test_unclear_arguments_are_refused_with_a_word(wrong, capsys):
    with pytest.raises(SystemExit) as refused:
        main(wrong)
    assert refused.value.code == 2
    assert "--seed" in capsys.readouterr().err
