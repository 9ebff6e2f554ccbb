"""Cash, debts, calls and wires in tables, for a person."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fencang.app.commands.fitting import Column, fitting

__all__ = ["tell"]


def tell(found: dict[str, Any]) -> None:
    """Print the tables that have a row."""
    console = Console(highlight=False)
    console.print(f"Money at record {found['sequence']:,}, {_moment(found['time_ns'])}")
    for table in _tables(found, console.width):
        console.print()
        console.print(table)
    console.print()
    for words, rows in (
        ("No margin call is open.", found["calls"]),
        ("No wire is known.", found["wires"]),
    ):
        if not rows:
            console.print(words)
    for gap in found["gaps"]:
        place = gap["place"] or "internal"
        words = f"{gap['owner']} {gap['currency']} {place}: {_amount(gap['micros'])}"
        console.print(f"[red]DOES NOT ADD UP[/red] {escape(words)}")
    if not found["gaps"]:
        console.print("Every row, column and internal debt adds up.")


def _tables(found: dict[str, Any], width: int) -> Iterator[Table]:
    """Yield the tables that have a row."""
    if found["balances"]:
        yield from _balances(found["balances"], width)
    for part in found["internal"]:
        yield from _internal(part, width)
    for rows, tables in (
        (found["calls"], _calls),
        (found["wires"], _wires),
        (found["fees"], _fees),
    ):
        if rows:
            yield from tables(rows, width)


def _amount(micros: int | None) -> str:
    """Return an amount with cents; the micros behind them are in ``--json``."""
    if micros is None:
        return "–"
    cents = (abs(micros) + 5_000) // 10_000
    sign = "-" if micros < 0 and cents else ""
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def _moment(time_ns: int) -> str:
    moment = datetime.fromtimestamp(time_ns // 1_000_000_000, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _balances(rows: list[dict[str, Any]], width: int) -> Iterator[Table]:
    names = [
        Column("carrying account", [row["carrying_account"] for row in rows], is_number=False),
        Column("owner", [row["owner"] for row in rows], is_number=False),
        Column("in", [row["currency"] for row in rows], is_number=False),
    ]
    amounts = [
        Column(heading, [_amount(row[f"{key}_micros"]) for row in rows])
        for heading, key in (
            ("cash", "cash"),
            ("promised", "promised"),
            ("margin", "requirement"),
            ("collateral", "collateral"),
            ("excess", "excess"),
        )
    ]
    title = "Cash at carrying accounts; margin as published last"
    return fitting(width, title, names, amounts)


def _internal(part: dict[str, Any], width: int) -> Iterator[Table]:
    books = part["books"]
    places = sorted({place for row in books for place in row["at"]})
    name = Column("book", [*(row["book"] for row in books), "together"], is_number=False)
    amounts = [
        Column(heading, [_amount(each) for each in (*found, sum(found))])
        for heading, found in (
            ("cash", [row["cash_micros"] for row in books]),
            ("from other books", [row["internal_micros"] for row in books]),
            *((f"at {place}", [row["at"].get(place, 0) for row in books]) for place in places),
        )
    ]
    title = f"Who owes whom: {part['owner']}, {part['currency']}"
    return fitting(width, title, [name], amounts, last_is_sum=True)


def _calls(rows: list[dict[str, Any]], width: int) -> Iterator[Table]:
    names = [
        Column("call", [str(row["call_id"]) for row in rows]),
        Column("carrying account", [row["carrying_account_id"] for row in rows], is_number=False),
        Column("owner", [row["owner_id"] for row in rows], is_number=False),
    ]
    told = [
        Column("kind", [row["kind"] for row in rows], is_number=False),
        Column("amount", [_of(row) for row in rows]),
        Column("due, UTC", [_minute(row["due_ns"]) for row in rows], is_number=False),
        Column("state", [row["state"] for row in rows], is_number=False),
        Column("broker's", [row["reference"] for row in rows], is_number=False),
    ]
    return fitting(width, "Open margin calls", names, told)


def _wires(rows: list[dict[str, Any]], width: int) -> Iterator[Table]:
    names = [
        Column("wire", [str(row["wire_id"]) for row in rows]),
        Column("carrying account", [row["carrying_account_id"] for row in rows], is_number=False),
        Column("owner", [row["owner_id"] for row in rows], is_number=False),
    ]
    told = [
        Column("way", [row["direction"] for row in rows], is_number=False),
        Column("amount", [_of(row) for row in rows]),
        Column("value date", [row["value_date"] for row in rows], is_number=False),
        Column("state", [row["state"] for row in rows], is_number=False),
    ]
    return fitting(width, "Wires", names, told)


def _fees(rows: list[dict[str, Any]], width: int) -> Iterator[Table]:
    names = [
        Column(key, [row[key] for row in rows], is_number=False) for key in ("book", "kind", "row")
    ]
    amounts = [f"{_amount(row['micros'])} {row['currency']}" for row in rows]
    return fitting(width, "Fees by row", names, [Column("amount", amounts)])


def _of(row: dict[str, Any]) -> str:
    return f"{_amount(row['amount_micros'])} {row['currency']}"


def _minute(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M")
