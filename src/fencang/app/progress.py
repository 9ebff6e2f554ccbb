"""Progress of long work, on stderr only: a bar on a terminal, a line per tenth elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

__all__ = ["counting", "walking_days"]


@contextmanager
def counting(words: str) -> Iterator[Callable[[int, int, str], None]]:
    """Yield a function to be told (done, total, where); it may be called often."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console, words)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=36),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(words, total=None)

        def told(done: int, total: int, where: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{words} {where}")

        yield told


def _lines(console: Console, words: str) -> Callable[[int, int, str], None]:
    tenth = 0

    def told(done: int, total: int, where: str) -> None:
        nonlocal tenth
        reached = 10 * done // max(1, total)
        if reached > tenth:
            tenth = reached
            console.print(f"{words} {where}: {10 * reached} %", highlight=False)

    return told


@contextmanager
def walking_days(words: str, first: date, last: date) -> Iterator[Callable[[date], None]]:
    """Yield a function to be told the day that is done."""
    total = max(1, (last - first).days)
    with counting(words) as told:
        yield lambda day: told((day - first).days, total, day.isoformat())
