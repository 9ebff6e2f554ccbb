"""``fencang demo``: run the demo desk, check it, draw it, tell it."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path
from time import perf_counter

from fencang.app.demo.chart import chart_of
from fencang.app.demo.story import ShockDays, Story, tell_story
from fencang.app.desk.desk import Desk
from fencang.app.desk.file import parse_desk
from fencang.app.exit_status import DiskFault, ExitStatus
from fencang.app.journals import reading, writing
from fencang.app.picture import draw
from fencang.app.progress import counting, walking_days
from fencang.app.replay.desk_session import DeskSession
from fencang.app.replay.driver import Replay
from fencang.app.replay.outcome import check_laws
from fencang.app.replay.prices import Prices, open_prices
from fencang.engine.machine import Machine
from fencang.journal.sqlite import SqliteJournal
from fencang.journal.verify import Verification, verify
from fencang.messages.record import Record
from fencang.projections.desk_view import DeskView

__all__ = ["demo_desk", "run_demo"]


def demo_desk() -> Desk:
    """Return the desk of the demo."""
    text = files("fencang.app.demo").joinpath("desk.toml").read_text(encoding="utf-8")
    return parse_desk(text, "the demo's desk.toml")


def run_demo(folder: Path, first: date, last: date, *, as_json: bool) -> None:
    """Run the demo into a folder; exits with 1 when a law does not hold."""
    desk = demo_desk()
    prices = open_prices(desk, None, first, last)
    story, replay = _run(desk, prices, _fresh_journal(folder, desk))
    _write(folder / "desk.svg", draw(chart_of(story, replay)) if story.rows else "")
    if as_json:
        sys.stdout.write(json.dumps(story.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        from fencang.app.demo.tables import print_story

        print_story(story, replay, folder)
    if not story.facts["laws_hold"]:
        sys.exit(ExitStatus.DIFFERENCES_FOUND)


def _run(desk: Desk, prices: Prices, journal: Path) -> tuple[Story, Replay]:
    rule = desk.rules[0]
    view, shocks = DeskView(), ShockDays(rule.indicator, rule.rise_ppm)

    def fold(records: Sequence[Record]) -> None:
        for record in records:
            view.apply(record)

    started = perf_counter()
    with (
        _written(journal, desk) as port,
        walking_days("Replaying", prices.first, prices.last) as progress,
    ):
        replay = Replay(desk, prices, DeskSession(port))
        replay.subscribe(fold)
        replay.subscribe(shocks)
        replay.run(progress)
    wall_s = perf_counter() - started
    laws = check_laws(replay.session.machine, view.books)
    return tell_story(replay, view, shocks, laws, _verified(journal), wall_s), replay


def _verified(journal: Path) -> Verification:
    with reading(journal) as port, counting("Verifying") as told:
        return verify(port, Machine, lambda done, total: told(done, total, f"record {done:,}"))


@contextmanager
def _written(path: Path, desk: Desk) -> Iterator[SqliteJournal]:
    with writing(path, desk.name) as journal:
        yield journal


def _fresh_journal(folder: Path, desk: Desk) -> Path:
    """Return the path of a journal that is not there; that of an earlier demo is removed."""
    path = folder / "desk.journal"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            with writing(path, desk.name):
                pass  # nobody else writes it
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            for snapshot in path.with_name(path.name + ".snapshots").glob("snapshot-*.bin"):
                snapshot.unlink()
    except OSError as fault:
        raise DiskFault(f"{folder}: {fault.strerror}") from fault
    return path


def _write(path: Path, text: str) -> None:
    if not text:
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise DiskFault(f"{path}: {fault.strerror}") from fault
