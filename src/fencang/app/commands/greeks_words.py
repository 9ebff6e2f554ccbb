"""Greeks in tables, for a person."""

from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["tell"]

FIGURES = (
    ("delta_lots", "delta, lots"),
    ("delta", "a point"),
    ("delta_value", "delta, money"),
    ("gamma", "gamma"),
    ("vega", "vega"),
    ("theta", "theta"),
)


def tell(found: dict[str, Any]) -> None:
    """Print positions, then books, pools and products, and say what is missing."""
    console = Console(highlight=False)
    for file in found["files"]:
        console.print(f"{file['clearing_house']}: parameters of {file['business_date']}")
    if not found["lines"]:
        console.print("No position is open.")
        return
    console.print(_lines(found["lines"]))
    for title, rows, names in (
        ("Books, by underlying", found["books"], ("book", "underlying")),
        ("Pools, by underlying", found["pools"], ("owner", "underlying")),
        ("Pools, by product", found["products"], ("owner", "underlying_product")),
    ):
        console.print(_sums(title, rows, names))
    missing = {(line["contract"], line["missing"]) for line in found["lines"] if line["missing"]}
    for contract, words in sorted(missing):
        console.print(f"[yellow]NOT COMPLETE[/yellow] {escape(contract)}: {escape(words)}")


def _text(amount: str | None) -> str:
    return "–" if amount is None else f"{Decimal(amount):,.2f}"


def _lines(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Positions", title_justify="left")
    for heading in ("book", "contract", "currency"):
        table.add_column(heading)
    for heading in ("lots", "underlying at", "volatility", *(words for _, words in FIGURES)):
        table.add_column(heading, justify="right")
    table.add_column("by")
    for row in rows:
        volatility = row["volatility"]
        texts = [escape(row["book"]), escape(row["contract"]), row["currency"], f"{row['lots']:,}"]
        texts += [row["price"] or "–", "–" if volatility is None else f"{Decimal(volatility):.4f}"]
        texts += [_text(row[name]) for name, _ in FIGURES]
        table.add_row(*texts, row["by"] or "–")
    return table


def _sums(title: str, rows: list[dict[str, Any]], names: tuple[str, str]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in (names[0], names[1].replace("_", " "), "currency"):
        table.add_column(heading)
    for _, words in FIGURES:
        table.add_column(words, justify="right")
    table.add_column("incomplete", justify="right")
    for row in rows:
        texts = [escape(row[names[0]]), escape(row[names[1]]), row["currency"]]
        texts += [_text(row[name]) for name, _ in FIGURES]
        table.add_row(*texts, str(row["incomplete"] or ""))
    return table
