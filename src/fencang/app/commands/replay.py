"""``fencang replay``: any years through a desk, resumed where a journal ends."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

from fencang.app.desk.desk import Desk
from fencang.app.desk.file import read_desk
from fencang.app.exit_status import ExitStatus
from fencang.app.journals import writing
from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.app.progress import walking_days
from fencang.app.replay.desk_session import DeskSession, ForgetfulJournal
from fencang.app.replay.driver import Replay
from fencang.app.replay.outcome import LawBooks, Laws, check_laws, outcome_json
from fencang.app.replay.prices import Prices, open_prices
from fencang.app.replay.span_files import SpanSchedule
from fencang.engine.machine import MachineMaker
from fencang.engine.netting.sets import NoParameters, ParameterSource

if TYPE_CHECKING:
    from fencang.journal.port import JournalPort

__all__ = ["run_replay"]


def run_replay(
    desk_file: Path,
    folder: Path | None,
    first: date,
    last: date,
    *,
    journal: Path | None,
    as_json: bool,
) -> None:
    """Replay the days and print what came out; exits with 1 when a law does not hold."""
    desk = read_desk(desk_file)
    prices = open_prices(desk, folder, first, last)
    started = perf_counter()
    with (
        _journal(journal, desk) as port,
        _blobs(journal) as blobs,
        walking_days("Replaying", first, last) as progress,
    ):
        source = ParameterFiles(blobs)
        span = SpanSchedule.of(desk.span_files, desk_file.parent, source)
        replay, laws = drive(desk, prices, port, progress, source=source, span=span)
    found = outcome_json(replay, laws, perf_counter() - started)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        from fencang.app.commands.replay_words import tell

        tell(replay, found, journal)
    if not laws.hold:
        sys.exit(ExitStatus.DIFFERENCES_FOUND)


def drive(
    desk: Desk,
    prices: Prices,
    port: "JournalPort",
    progress: Callable[[date], None] = lambda day: None,  # noqa: ARG005
    *,
    source: ParameterSource = NoParameters(),  # noqa: B008 - empty
    span: SpanSchedule = SpanSchedule(),  # noqa: B008 - empty
) -> tuple[Replay, Laws]:
    """Drive a replay to its end and check the laws."""
    session = DeskSession(port, MachineMaker(source)())
    replay = Replay(desk, prices, session, span)
    books = LawBooks()
    replay.subscribe(books)
    replay.run(progress)
    return replay, check_laws(session.machine, books.books)


@contextmanager
def _blobs(journal: Path | None) -> Iterator[Path]:
    """Yield where large files go: beside the journal, or nowhere for long."""
    if journal is not None:
        yield blobs_beside(journal)
        return
    with TemporaryDirectory(prefix="fencang-") as folder:
        yield Path(folder)


@contextmanager
def _journal(path: Path | None, desk: Desk) -> Iterator[Any]:
    if path is None:
        yield ForgetfulJournal()
        return
    with writing(path, desk.name) as journal:
        yield journal
