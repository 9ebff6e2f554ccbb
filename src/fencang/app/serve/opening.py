"""Start-up of a served desk, the same after a clean stop and after a crash.

The journal is recovered and its records are folded into the board; a new one begins with what the
desk file says.  Then the paper venue is made, effects of before the stop are handed on, and the
desk takes commands.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fencang.app.desk.desk import Desk
from fencang.app.exit_status import JournalFault
from fencang.app.journals import writing
from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.app.serve.answers import Answers
from fencang.app.serve.live_desk import LiveDesk, RecordListener
from fencang.app.serve.paper_day import PaperDay, paper_venue
from fencang.engine.machine import Machine, MachineMaker
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.routing import EffectRouting, effects_of
from fencang.journal.recovery import recover
from fencang.journal.sequencer import Clock, Subscriber
from fencang.journal.snapshots import snapshots_beside
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.commands import RestartDesk
from fencang.messages.events import CommandRejected
from fencang.messages.record import Record
from fencang.projections.tables.board import Board

__all__ = ["GATEWAY_ID", "Opened", "OpenedJournal", "opened_journal", "start_desk"]

GATEWAY_ID = "paper"
JOURNAL_NAME = "journal"


class OpenedJournal(NamedTuple):
    """A journal with everything that was read from it.

    ``unhandled`` are the records whose effects may not have been handed on.
    """

    journal: SqliteJournal
    machine: Machine
    board: Board
    answers: Answers
    directory: DefinedDirectory
    unhandled: tuple[Record, ...]
    events_applied: int


class Opened(NamedTuple):
    """A running desk and the outside world it trades in."""

    desk: LiveDesk
    day: PaperDay


@contextmanager
def opened_journal(folder: Path, desk: Desk) -> Iterator[OpenedJournal]:
    """Open or make a desk's journal in a folder and recover what is in it.

    Raises:
        ProgramFault: damaged, written by another process, or another desk's.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / JOURNAL_NAME
    with writing(path, desk.name) as journal:
        source = ParameterFiles(blobs_beside(path))
        recovered = recover(journal, snapshots_beside(path), MachineMaker(source))
        board, answers, unhandled = Board(), Answers(), []
        directory = DefinedDirectory()
        handled = recovered.machine.state.cursors.get(GATEWAY_ID, 0)
        for stored in journal.read(1):
            record = stored.record()
            board.apply(record)
            answers.keep(record)
            directory.apply(record)
            if record.sequence > handled and effects_of(record):
                unhandled.append(record)
        yield OpenedJournal(
            journal,
            recovered.machine,
            board,
            answers,
            directory,
            tuple(unhandled),
            recovered.events_applied,
        )


class _Cursor:
    def __init__(self, handled: int) -> None:
        self._handled = handled

    def handled_sequence(self, gateway_id: str) -> int:
        assert gateway_id == GATEWAY_ID, gateway_id
        return self._handled


async def start_desk(
    opened: OpenedJournal,
    desk: Desk,
    clock: Clock,
    heard: RecordListener,
    watching: Sequence[Subscriber] = (),
) -> Opened:
    """Let a recovered desk, or a new one, take commands.

    ``heard`` gets every record of it on the loop, ``watching`` every batch on the commit thread.

    Raises:
        JournalFault: the desk file of a new desk says what the desk refuses.
    """
    machine = opened.machine
    handled = machine.state.cursors.get(GATEWAY_ID, 0)
    old_sequence = machine.sequence
    venue = paper_venue(machine.state, old_sequence)
    routing = EffectRouting(GATEWAY_ID, venue, _Cursor(handled))
    live = LiveDesk(machine, opened.journal, opened.board, opened.answers, clock, watching)
    live.listen(heard)
    live.start()
    if old_sequence:
        await live.enter(RestartDesk())
        moved = routing.recover(opened.unhandled)
        live.route(routing, venue)
        if moved is not None:
            await live.enter(moved)
    else:
        await _begin(live, desk)
        venue.list_contracts(await live.ask(_ticks))
        live.route(routing, venue)
    day = PaperDay(live, venue, desk.paper, clock)
    await day.begin()
    return Opened(live, day)


def _ticks(machine: Machine) -> dict[str, int]:
    contracts = machine.state.contracts
    return {name: found.product.tick_nanos for name, found in sorted(contracts.items())}


async def _begin(live: LiveDesk, desk: Desk) -> None:
    for command in (desk.define, *desk.opening):
        record = await live.enter(command)
        refused = [event for event in record.events if isinstance(event, CommandRejected)]
        if refused:
            raise JournalFault(
                f"the desk file says what the desk refuses ({refused[0].reason.words}): "
                f"{refused[0].detail}. The journal holds what came before it; begin with another "
                "data directory."
            )
