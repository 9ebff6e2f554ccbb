"""Books of a prior system that the careless office brings into a desk that trades already."""

from datetime import timedelta

from fencang.messages.message import Side
from tests.engine.acts import opening, opening_lots

LISTED = (("C1", "CLM0", "20"), ("C1", "ESM0", "2800"), ("CN1", "CU06", "40000"))


def merging_book(chance, subs, day):
    """Return lots in contracts that others hold, or the account itself, often without saying so."""
    lots = []
    for _ in range(chance.randint(1, 3)):
        account, contract, at = chance.choice(LISTED)
        opened = day - timedelta(days=chance.randint(0, 3))
        side, count = chance.choice((Side.BUY, Side.SELL)), chance.randint(1, 3)
        more = {"carrying_account_id": account, "opened_day": opened}
        lots.append(opening_lots(chance.choice(subs), side, count, at, at, contract, **more))
    return opening(tuple(lots), add=chance.random() < 0.7)
