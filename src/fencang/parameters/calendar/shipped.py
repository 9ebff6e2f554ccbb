"""The calendars that belong to the project: found by name in the files of ``data``."""

import tomllib
from pathlib import Path

from fencang.parameters.calendar.reading import parse_calendars
from fencang.parameters.calendar.values import Calendar

__all__ = ["calendar_ids", "load_calendar", "load_calendars"]

_FOLDER = Path(__file__).parent / "data"


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _index() -> dict[str, str]:
    """Return which file holds which calendar, without reading more of it than that."""
    found = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        for each in tomllib.loads(_text(path.name)).get("calendar", ()):
            found[each["id"]] = path.name
    return found


def calendar_ids() -> tuple[str, ...]:
    """Return the names of all calendars, in order."""
    return tuple(sorted(_index()))


def load_calendar(calendar_id: str) -> Calendar | None:
    """Return a calendar by name, or None when there is none of this name."""
    file = _index().get(calendar_id)
    if file is None:
        return None
    found = parse_calendars(_text(file), file, _text)
    return next(each for each in found if each.calendar_id == calendar_id)


def load_calendars() -> tuple[Calendar, ...]:
    """Return all calendars, by name."""
    files = sorted(set(_index().values()))
    found = [each for file in files for each in parse_calendars(_text(file), file, _text)]
    return tuple(sorted(found, key=lambda calendar: calendar.calendar_id))
