"""Options that several commands share."""

from datetime import date
from typing import Annotated

import typer

__all__ = ["AsJson", "parse_day"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of words.")]


def parse_day(value: str | date) -> date:
    """Return the day that an option names.

    Raises:
        BadParameter: it is no day.
    """
    if isinstance(value, date):  # typer parses defaults too
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"{value!r} is not a day such as 2018-02-05") from None
