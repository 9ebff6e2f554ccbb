"""A broker's statement of 100,000 lines against the carrying book: read, matched, compared.

The day has fills in 200 contracts of which the broker puts some thousands into lines at one price,
numbers nothing, and lost one in a thousand; every contract has a position.  Measured from the
bytes of the file and the day of the projection to the list of breaks.
"""

import io
import random
import time
from datetime import date

from fencang.basics.money import MICROS
from fencang.basics.price import NANOS, format_price
from fencang.messages.message import Offset, Side
from fencang.projections.carrying_days import CarryingDay, DayFill, DayPosition
from fencang.refdata.contract import Product
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.comparison import compare
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginParts
from fencang.reports.reconciliation.reading import read_statement

__all__ = ["reconcile_seconds"]

DAY = date(2024, 3, 13)
CONTRACTS = 200
LOST_EVERY = 1_000
PRODUCT = Product(
    product_id="P",
    venue_id="V",
    name="P",
    currency="USD",
    point_value_micros=50 * MICROS,
    tick_nanos=NANOS // 4,
)
MAP = """
[positions]
title = "POSITIONS"
columns = { day = "Date", contract = "Contract", long = "Long", short = "Short" }
[fills]
title = "TRADES"
[fills.columns]
day = "Date"
execution = "No"
contract = "Contract"
side = "Side"
lots = "Lots"
price = "Price"
fee = "Fee"
"""


def reconcile_seconds(lines: int = 100_000, seed: int = 1) -> float:
    """Return how long a statement of so many lines takes; every lost line must be found."""
    fills = _fills(lines, random.Random(seed))
    lots: dict[str, int] = {}
    for fill in fills:
        signed = fill.side.sign * fill.quantity_lots
        lots[fill.contract_id] = lots.get(fill.contract_id, 0) + signed
    ours = CarryingDay(
        carrying_account_id="C1",
        trading_day=DAY,
        positions={key: DayPosition(max(n, 0), max(-n, 0)) for key, n in lots.items()},
        fills=fills,
        exercises=[],
        finals=frozenset(),
        mends=[],
        opening={},
        movements={},
        closing={},
        margins=[],
        settlements={},
        settlements_before={},
        parameters={},
    )
    payload = _statement(fills, lots)
    begun = time.perf_counter()
    map_ = read_map(MAP, "map.toml")
    statement = read_statement(
        {"broker.csv": payload},
        "broker.csv",
        map_,
        account="C1",
        contracts=lots,
        asked_day=DAY,
    )
    products = dict.fromkeys(lots, PRODUCT)
    basis = Basis(ours, statement, map_.tolerances, products, is_net=True, known={})
    found = compare(basis, MarginParts())
    taken = time.perf_counter() - begun
    lost = len(fills) // LOST_EVERY
    assert len(found.breaks) == lost, (len(found.breaks), lost)
    return taken


def _fills(count: int, chance: random.Random) -> list[DayFill]:
    return [
        DayFill(
            execution_id=f"X{number}",
            contract_id=f"C{number % CONTRACTS}",
            side=chance.choice(list(Side)),
            offset=Offset.NET,
            quantity_lots=chance.randint(1, 20),
            price_nanos=chance.randint(20_000, 20_400) * NANOS // 4,
            fee_micros=2 * MICROS,
        )
        for number in range(count)
    ]


def _statement(fills: list[DayFill], lots: dict[str, int]) -> bytes:
    """Return the broker's file: half of the lines numbered as ours are, every thousandth lost."""
    out = io.StringIO()
    out.write("POSITIONS\nDate,Contract,Long,Short\n")
    for contract, net in sorted(lots.items()):
        out.write(f"{DAY},{contract},{max(net, 0)},{max(-net, 0)}\n")
    out.write("\nTRADES\nDate,No,Contract,Side,Lots,Price,Fee\n")
    for number, fill in enumerate(fills):
        if number % LOST_EVERY == LOST_EVERY - 1:
            continue
        name = fill.execution_id if number % 2 else ""
        side = "B" if fill.side is Side.BUY else "S"
        price = format_price(fill.price_nanos)
        out.write(f"{DAY},{name},{fill.contract_id},{side},{fill.quantity_lots},{price},2.00\n")
    return out.getvalue().encode()
