"""Cash, debts, calls and wires in tables, for a person."""

from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["tell"]


def tell(found: dict[str, Any]) -> None:
    """Print the tables that have a row."""
    console = Console(highlight=False)
    console.print(f"Money at record {found['sequence']:,}, {_moment(found['time_ns'])}")
    console.print(_balances(found["balances"]))
    for part in found["internal"]:
        console.print(_internal(part))
    for words, rows, table in (
        ("No margin call is open.", found["calls"], _calls),
        ("No wire is known.", found["wires"], _wires),
    ):
        console.print(table(rows) if rows else words)
    if found["fees"]:
        console.print(_fees(found["fees"]))
    for gap in found["gaps"]:
        place = gap["place"] or "internal"
        words = f"{gap['owner']} {gap['currency']} {place}: {_amount(gap['micros'])}"
        console.print(f"[red]DOES NOT ADD UP[/red] {escape(words)}")
    if not found["gaps"]:
        console.print("Every row, column and internal debt adds up.")


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


def _table(title: str, texts: tuple[str, ...], numbers: tuple[str, ...]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in texts:
        table.add_column(heading)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _balances(rows: list[dict[str, Any]]) -> Table:
    table = _table(
        "Cash at carrying accounts; margin as published last",
        ("carrying account", "owner", "currency"),
        ("cash", "promised", "margin", "collateral", "excess"),
    )
    for row in rows:
        table.add_row(
            escape(row["carrying_account"]),
            escape(row["owner"]),
            row["currency"],
            _amount(row["cash_micros"]),
            _amount(row["promised_micros"]),
            _amount(row["requirement_micros"]),
            _amount(row["collateral_micros"]),
            _amount(row["excess_micros"]),
        )
    return table


def _internal(part: dict[str, Any]) -> Table:
    places = sorted({place for row in part["books"] for place in row["at"]})
    table = _table(
        f"Who owes whom: {escape(part['owner'])}, {part['currency']}",
        ("book",),
        ("cash", "from other books", *(f"at {escape(place)}" for place in places)),
    )
    sums = [0] * (2 + len(places))
    for row in part["books"]:
        amounts = [row["cash_micros"], row["internal_micros"]]
        amounts += [row["at"].get(place, 0) for place in places]
        sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
        table.add_row(escape(row["book"]), *map(_amount, amounts))
    table.add_section()
    table.add_row("together", *map(_amount, sums))
    return table


def _calls(rows: list[dict[str, Any]]) -> Table:
    table = _table(
        "Open margin calls",
        ("call", "carrying account", "owner", "kind", "due", "state", "broker's"),
        ("amount", "currency"),
    )
    for row in rows:
        table.add_row(
            str(row["call_id"]),
            escape(row["carrying_account_id"]),
            escape(row["owner_id"]),
            row["kind"],
            _moment(row["due_ns"]),
            row["state"],
            escape(row["reference"]),
            _amount(row["amount_micros"]),
            row["currency"],
        )
    return table


def _wires(rows: list[dict[str, Any]]) -> Table:
    table = _table(
        "Wires",
        ("wire", "carrying account", "owner", "way", "value date", "state"),
        ("amount", "currency"),
    )
    for row in rows:
        table.add_row(
            str(row["wire_id"]),
            escape(row["carrying_account_id"]),
            escape(row["owner_id"]),
            row["direction"],
            row["value_date"],
            row["state"],
            _amount(row["amount_micros"]),
            row["currency"],
        )
    return table


def _fees(rows: list[dict[str, Any]]) -> Table:
    table = _table("Fees by row", ("book", "kind", "row"), ("amount", "currency"))
    for row in rows:
        table.add_row(
            escape(row["book"]), row["kind"], row["row"], _amount(row["micros"]), row["currency"]
        )
    return table
