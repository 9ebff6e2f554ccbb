"""Holds two lots while the price is below its mean, and is two short while it is above.

It loads a desk; it is not there to earn money.  `fencang serve` runs a desk to try it on.
"""

import sys
from collections import deque
from decimal import Decimal
from uuid import uuid4

from fencang.client import Desk

BOOK, CONTRACT, LOTS = "BETA", "COPPER-C", 2


def trade(orders_max: int) -> None:
    """Follow the price of a contract and send market orders, at most so many."""
    prices: deque[Decimal] = deque(maxlen=20)
    with Desk.from_environment() as desk, desk.stream("prices") as stream:
        held = sum(row.net_lots for row in desk.positions(book_id=BOOK, contract_id=CONTRACT))
        for _ in stream:
            prices.append(stream.tables.prices[CONTRACT].price)
            wanted = LOTS if prices[-1] < sum(prices) / len(prices) else -LOTS
            if wanted != held:
                stream.place(
                    sub_account_id=BOOK,
                    client_order_id=uuid4().hex,
                    contract_id=CONTRACT,
                    side="buy" if wanted > held else "sell",
                    quantity_lots=abs(wanted - held),
                    order_type="market",
                )
                print(f"{wanted - held:+} lots at about {prices[-1]}", flush=True)
                held, orders_max = wanted, orders_max - 1
            if not orders_max:
                return


if __name__ == "__main__":
    trade(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
