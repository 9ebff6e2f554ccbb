"""Moves of held futures contracts out of the shared market data; None where it is absent."""

import csv
import gzip
from functools import cache
from itertools import pairwise
from pathlib import Path

from fencang.basics.money import parse_money
from fencang.margin.var.scenarios import PriceHistory

INSTRUMENTS = ("CRUDE_W", "GOLD", "SP500", "US10")
MARKET = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "market"


def histories(returns, *, first_day):
    """Return a ``PriceHistory`` per instrument of ``returns`` (name → kind), from ``first_day`` on.

    A move never crosses a roll: on a day the held contract changes, it starts from the close of
    the new contract, which the day before shows as the forward one.
    """
    source = MARKET / "futures_multiple_daily.csv.gz"
    if not source.exists():
        return None
    points, rows = {}, _rows(source)
    with (MARKET / "futures_instruments.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            points[row["Instrument"]] = (row["Currency"], parse_money(row["Pointsize"]))
    return [
        _history(name, kind, rows[name], *points[name], first_day) for name, kind in returns.items()
    ]


@cache
def _rows(source):
    rows = {name: [] for name in INSTRUMENTS}
    with gzip.open(source, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["instrument"] in rows and row["price"]:
                rows[row["instrument"]].append(row)
    return rows


def _history(name, kind, rows, currency, point_value, first_day):
    moves = []
    for before, row in pairwise(rows):
        if row["price_contract"] == before["price_contract"]:
            start = before["price"]
        elif row["price_contract"] == before["forward_contract"] and before["forward"]:
            start = before["forward"]
        else:
            continue
        day = int(row["date"].replace("-", ""))
        if day >= first_day:
            moves.append((day, nanos(start), nanos(row["price"])))
    return PriceHistory(
        contract=name,
        currency=currency,
        point_value_micros=point_value,
        price_nanos=moves[-1][2],
        returns=kind,
        days=tuple(move[0] for move in moves),
        from_nanos=tuple(move[1] for move in moves),
        to_nanos=tuple(move[2] for move in moves),
    )


def nanos(text):
    """Return a price of the data, which carries float noise beyond nine places."""
    return round(float(text) * 10**9)
