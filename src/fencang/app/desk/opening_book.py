"""The books of a prior system, read from CSV files into one ``ImportOpeningBook`` command.

Positions: ``sub_account,carrying,contract,side,lots,price,opened_day,carried_price`` (side ``buy``
or ``sell``, days ``2024-01-31``; a missing carried price means the entry price: no variation was
paid yet).  Cash: ``sub_account,owner,carrying,currency,amount`` (no sub-account means the owner's
reserve).  Control totals stand in the desk file, not beside the rows they control.  All or
nothing: every faulty line is named and nothing is taken over.
"""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple, TypeVar

from fencang.app.exit_status import InputFault
from fencang.basics.money import parse_money
from fencang.basics.price import parse_price
from fencang.messages.commands import ImportOpeningBook, OpeningCash, OpeningLots, RateMark
from fencang.messages.message import Side

__all__ = [
    "CASH_COLUMNS",
    "POSITION_COLUMNS",
    "OpeningBookFiles",
    "OpeningRate",
    "read_opening_book",
]

POSITION_COLUMNS = (
    "sub_account",
    "carrying",
    "contract",
    "side",
    "lots",
    "price",
    "opened_day",
    "carried_price",
)
CASH_COLUMNS = ("sub_account", "owner", "carrying", "currency", "amount")
FAULTS_MAX = 100

RowT = TypeVar("RowT")


class OpeningBookFiles(NamedTuple):
    """``[opening]`` of a desk file: the files (none: no book) and their control totals."""

    positions: str
    cash: str
    lots_total: int
    cash_totals: tuple[tuple[str, int], ...]


class OpeningRate(NamedTuple):
    """A currency's value in the base currency at the start, and where it was taken from."""

    mark: RateMark
    source: str


def read_opening_book(
    files: OpeningBookFiles, folder: Path, *, entered_by: str, approved_by: str
) -> ImportOpeningBook:
    """Return the command that takes the books over.

    Raises:
        InputFault: a file is missing or has faulty lines; each is named.
    """
    faults: list[str] = []
    lots = _rows(folder, files.positions, POSITION_COLUMNS, _lots, faults)
    cash = _rows(folder, files.cash, CASH_COLUMNS, _cash, faults)
    if faults:
        raise InputFault("the opening book has faults; nothing was taken over.", faults)
    return ImportOpeningBook(
        source=" and ".join(name for name in (files.positions, files.cash) if name),
        lots=lots,
        cash=cash,
        lots_total=files.lots_total,
        cash_totals=files.cash_totals,
        entered_by=entered_by,
        approved_by=approved_by,
    )


def _rows(
    folder: Path,
    name: str,
    columns: tuple[str, ...],
    read: Callable[[dict[str, str]], RowT],
    faults: list[str],
) -> tuple[RowT, ...]:
    if not name:
        return ()
    found = []
    for line, row in _lines(folder / name, columns, faults):
        try:
            found.append(read(row))
        except (ValueError, KeyError) as fault:
            if len(faults) < FAULTS_MAX:
                faults.append(f"{name}, line {line}: {fault}")
    return tuple(found)


def _lines(
    path: Path, columns: tuple[str, ...], faults: list[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        faults.append(f"{path.name} cannot be read: {fault}")
        return
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != columns:
        faults.append(f"{path.name}, line 1: the columns must be {','.join(columns)}")
        return
    for row in reader:
        if None in row or None in row.values():
            faults.append(f"{path.name}, line {reader.line_num}: not {len(columns)} columns")
            continue
        yield reader.line_num, {key: value.strip() for key, value in row.items()}


def _lots(row: dict[str, str]) -> OpeningLots:
    sides = {"buy": Side.BUY, "sell": Side.SELL}
    if row["side"] not in sides:
        raise ValueError(f"side {row['side']!r} is neither buy nor sell")
    if not row["lots"].isdecimal() or int(row["lots"]) == 0:
        raise ValueError(f"lots {row['lots']!r} is not a whole number above 0")
    price = parse_price(row["price"])
    return OpeningLots(
        row["sub_account"],
        row["carrying"],
        row["contract"],
        sides[row["side"]],
        int(row["lots"]),
        price,
        date.fromisoformat(row["opened_day"]),
        parse_price(row["carried_price"]) if row["carried_price"] else price,
    )


def _cash(row: dict[str, str]) -> OpeningCash:
    return OpeningCash(
        row["sub_account"] or None,
        row["owner"],
        row["carrying"],
        row["currency"],
        parse_money(row["amount"]),
    )
