"""One book's position in one contract through one carrying account.

Long and short lots are kept apart; in a net account one side is always empty.  Cash moves only at
settlement: ``carried_micros`` is the value of the position at the last settlement plus the value
of every trade since, so variation = value at the settlement price − carried value, exactly.

Where a premium is paid cash moves at the trade (``pay_premium``), and nothing is carried:
``variation_micros`` is then premiums received less premiums paid, and the value of what is held
stands for itself.

Law: realised + unrealised profit = variation paid + value − carried value.
"""

from typing import NamedTuple

from fencang.ledger.lots import OpenLots
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import CostMethod, Product

__all__ = ["NOTHING_CLOSED", "ClosedLots", "Position", "closed_lots", "share_cost", "trade"]

NOTHING_CLOSED: list[list[int]] = []
"""Most trades close nothing; nobody writes into what they return."""


class ClosedLots(NamedTuple):
    """How a trade splits: lots it closes (of today among them) and lots it opens."""

    closes: int
    closes_today: int
    opens: int


class Position:
    """Lots of both sides, value carried since the last settlement, and profit to date."""

    __slots__ = ("carried_micros", "long", "realised_micros", "short", "variation_micros")

    def __init__(self) -> None:
        self.long = OpenLots()
        self.short = OpenLots()
        self.carried_micros = 0
        self.realised_micros = 0
        self.variation_micros = 0

    @property
    def net_lots(self) -> int:
        """Return long minus short lots."""
        return self.long.quantity_lots - self.short.quantity_lots

    @property
    def is_flat(self) -> bool:
        """Return whether no lots are open on either side."""
        return not (self.long.quantity_lots or self.short.quantity_lots)

    def value_micros(self, product: Product, price_nanos: int) -> int:
        """Return the signed value of the open lots at a price."""
        return product.value_micros(price_nanos, self.net_lots)

    def unrealised_micros(self, product: Product, price_nanos: int) -> int:
        """Return value at a price minus cost of record."""
        cost = self.long.cost_micros - self.short.cost_micros
        return self.value_micros(product, price_nanos) - cost

    def variation(self, product: Product, price_nanos: int, *, is_final: bool = False) -> int:
        """Return what a settlement at a price pays: nothing where cash moves at another time."""
        if not product.pays_variation(is_final=is_final):
            return 0
        return self.value_micros(product, price_nanos) - self.carried_micros

    def settle(self, product: Product, price_nanos: int, *, is_final: bool = False) -> int:
        """Carry the position at the settlement price; return the variation it is paid."""
        variation = self.variation(product, price_nanos, is_final=is_final)
        self.carried_micros += variation
        self.variation_micros += variation
        return variation

    def pay_premium(self) -> int:
        """Return what is to be paid for trades whose whole price moves at once; nothing is carried.

        For products that pay premiums, after every trade.
        """
        premium = -self.carried_micros
        self.carried_micros = 0
        self.variation_micros += premium
        return premium


def closed_lots(
    position: Position, side: Side, offset: Offset, quantity_lots: int, today: int
) -> ClosedLots:
    """Return how a trade of this side and offset would split between closing and opening.

    ``NET`` closes the other side as far as it goes, oldest lots first, and opens the rest.
    ``CLOSE`` and ``CLOSE_YESTERDAY`` take the oldest lots, ``CLOSE_TODAY`` today's.
    """
    if offset is Offset.OPEN:
        return ClosedLots(0, 0, quantity_lots)
    other = position.short if side is Side.BUY else position.long
    closes = quantity_lots if quantity_lots < other.quantity_lots else other.quantity_lots
    if not closes:
        return ClosedLots(0, 0, quantity_lots)
    of_today = other.quantity_of_day(today)
    if offset is Offset.CLOSE_TODAY:
        closes = min(closes, of_today)
        closes_today = closes
    elif offset is Offset.CLOSE_YESTERDAY:
        closes = min(closes, other.quantity_lots - of_today)
        closes_today = 0
    else:
        closes_today = max(0, closes - (other.quantity_lots - of_today))
    return ClosedLots(closes, closes_today, quantity_lots - closes)


def trade(
    position: Position,
    product: Product,
    side: Side,
    offset: Offset,
    quantity_lots: int,
    price_nanos: int,
    today: int,
    opened_day: int = 0,
) -> list[list[int]]:
    """Book a trade into a position.  A close beyond the open lots is the caller's error.

    Returns ``[opened_day, lots, cost]`` of the lots it closed.  Lots that it opens are today's
    unless ``opened_day`` says otherwise: a fill may be entered late.
    """
    own, other = position.long, position.short
    if side is Side.SELL:
        own, other = other, own
    split = closed_lots(position, side, offset, quantity_lots, today)
    unit_micros = product.value_micros(price_nanos, 1)
    sign = side.sign
    position.carried_micros += sign * unit_micros * quantity_lots
    closed = NOTHING_CLOSED
    if split.closes:
        average = product.cost_method is CostMethod.AVERAGE
        closed = other.pieces(split.closes, of_last_day=offset is Offset.CLOSE_TODAY)
        close = other.close_oldest
        if offset is Offset.CLOSE_TODAY:
            close = other.close_of_last_day
        released = close(split.closes, average=average)
        if average:
            share_cost(closed, released)
        # Closing a long sells its value; closing a short buys it back.
        position.realised_micros += -sign * (unit_micros * split.closes - released)
    if split.opens:
        assert offset in (Offset.NET, Offset.OPEN), (offset, split)
        own.open(opened_day or today, split.opens, unit_micros * split.opens)
    return closed


def share_cost(pieces: list[list[int]], cost_micros: int) -> None:
    """Let pieces of lots share a pooled cost by their lots; the last one takes the rest."""
    total = sum(piece[1] for piece in pieces)
    left = cost_micros
    for piece in pieces[:-1]:
        piece[2] = cost_micros * piece[1] // total
        left -= piece[2]
    pieces[-1][2] = left
