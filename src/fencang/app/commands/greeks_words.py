"""Greeks in tables, for a person."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fencang.app.commands.fitting import Column, fitting

__all__ = ["tell"]

NAMES = ("book", "contract")
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
    tables = [*_lines(found["lines"], console.width)]
    for title, rows, keys in (
        ("Books, by underlying", found["books"], ("book", "underlying")),
        ("Pools, by underlying", found["pools"], ("owner", "underlying")),
        ("Pools, by product", found["products"], ("owner", "underlying_product")),
    ):
        tables += _sums(title, rows, keys, console.width)
    for number, table in enumerate(tables):
        if number:
            console.print()
        console.print(table)
    missing = {(line["contract"], line["missing"]) for line in found["lines"] if line["missing"]}
    for contract, words in sorted(missing):
        console.print(f"[yellow]NOT COMPLETE[/yellow] {escape(contract)}: {escape(words)}")


def _text(amount: str | None) -> str:
    return "–" if amount is None else f"{Decimal(amount):,.2f}"


def _lines(rows: list[dict[str, Any]], width: int) -> Iterator[Table]:
    names = [Column(key, [row[key] for row in rows], is_number=False) for key in NAMES]
    told = [
        Column("in", [row["currency"] for row in rows], is_number=False),
        Column("lots", [f"{row['lots']:,}" for row in rows]),
        Column("underlying at", [row["price"] or "–" for row in rows]),
        Column("volatility", [_volatility(row["volatility"]) for row in rows]),
        Column("by", [row["by"] or "–" for row in rows], is_number=False),
        *_figures(rows),
    ]
    return fitting(width, "Positions", names, told)


def _volatility(text: str | None) -> str:
    return "–" if text is None else f"{Decimal(text):.4f}"


def _figures(rows: list[dict[str, Any]]) -> list[Column]:
    return [Column(words, [_text(row[name]) for row in rows]) for name, words in FIGURES]


def _sums(
    title: str, rows: list[dict[str, Any]], keys: tuple[str, str], width: int
) -> Iterator[Table]:
    names = [
        Column(key.replace("_", " "), [row[key] for row in rows], is_number=False) for key in keys
    ]
    names.append(Column("in", [row["currency"] for row in rows], is_number=False))
    told = _figures(rows)
    if any(row["incomplete"] for row in rows):
        told.append(Column("incomplete", [str(row["incomplete"] or "") for row in rows]))
    return fitting(width, title, names, told)
