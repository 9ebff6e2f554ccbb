"""What a position takes back: lots of a fill that was wrong, and lots that move to another book.

A correction is two trades of today: the opposite one at the old price, and the right one.  They are
matched with each other and with the fill, not with other lots: lots of the fill that are still open
change their cost and keep their day; where they were closed since, the difference is realised.  A
lot that is taken back leaves nothing while it is open, comes back with its day and cost when the
fill had closed it, and is an opposite lot at the fill's price when it has been closed since.  Lots
of one day and price are alike: as many as are open count as the fill's.

Worked number: 5 lots bought at 20, 2 of them sold at 21 (realised 2).  Corrected to 19: three lots
that cost 19, realised 4.  Busted: the two sales stand, two lots short at 20, realised 2.
"""

from fencang.ledger.lots import OpenLots
from fencang.ledger.position import Position, trade
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import CostMethod, Product

__all__ = ["FillLots", "add_lots", "give_lots", "reprice", "take_back", "take_lots"]

Pieces = list[list[int]]
"""``[opened_day, lots, cost]`` each."""


class FillLots:
    """What one fill did to one position: lots opened on ``day``, and the lots that it closed."""

    __slots__ = ("closed", "day", "opened_lots", "price_nanos")

    def __init__(self, day: int, price_nanos: int, opened_lots: int, closed: Pieces) -> None:
        self.day = day
        self.price_nanos = price_nanos
        self.opened_lots = opened_lots
        self.closed = closed

    @property
    def quantity_lots(self) -> int:
        """Return the lots of the fill."""
        return self.opened_lots + sum(piece[1] for piece in self.closed)

    def closed_of(self, day: int) -> int:
        """Return the closed lots that had been opened on a day."""
        return sum(piece[1] for piece in self.closed if piece[0] == day)

    def forget(self, quantity_lots: int) -> None:
        """Drop opened lots from the fill without touching the position."""
        self.opened_lots -= quantity_lots
        assert self.opened_lots >= 0


def _sides(position: Position, side: Side) -> tuple[OpenLots, OpenLots]:
    """Return the lots that a trade of this side opens, and those that it closes."""
    if side is Side.BUY:
        return position.long, position.short
    return position.short, position.long


def take_back(
    position: Position,
    product: Product,
    side: Side,
    fill: FillLots,
    quantity_lots: int,
    *,
    is_gross: bool,
) -> None:
    """Undo lots of a fill at its price: first what it opened, then what it closed, latest first.

    In a gross account the caller asks for no more than stands on the side.
    """
    own, other = _sides(position, side)
    unit = product.value_micros(fill.price_nanos, 1)
    opened = min(quantity_lots, fill.opened_lots)
    still, cost = own.withdraw(fill.day, unit, opened)
    position.realised_micros += side.sign * (unit * still - cost)
    gone = opened - still
    if gone and is_gross:
        average = product.cost_method is CostMethod.AVERAGE
        released = own.close_oldest(gone, average=average)
        position.realised_micros += side.sign * (unit * gone - released)
    elif gone:
        other.open(fill.day, gone, unit * gone)
    fill.opened_lots -= opened
    reopened = quantity_lots - opened
    cost = _reopen(other, fill, reopened)
    position.realised_micros += side.sign * (unit * reopened - cost)
    position.carried_micros -= side.sign * unit * quantity_lots
    if not is_gross:
        _net_off(position, product)


def _reopen(lots: OpenLots, fill: FillLots, quantity_lots: int) -> int:
    """Bring back lots that the fill closed, with their days; return what they cost."""
    left, total = quantity_lots, 0
    while left:
        piece = fill.closed[-1]
        taken = min(left, piece[1])
        cost = piece[2] * taken // piece[1]
        lots.reopen(piece[0], taken, cost)
        total += cost
        left -= taken
        piece[1] -= taken
        piece[2] -= cost
        if not piece[1]:
            fill.closed.pop()
    return total


def _net_off(position: Position, product: Product) -> None:
    """Close the oldest lots of both sides against each other: a net account holds one side."""
    lots = min(position.long.quantity_lots, position.short.quantity_lots)
    if lots:
        average = product.cost_method is CostMethod.AVERAGE
        sold = position.short.close_oldest(lots, average=average)
        bought = position.long.close_oldest(lots, average=average)
        position.realised_micros += sold - bought


def reprice(
    position: Position, product: Product, side: Side, fill: FillLots, price_nanos: int
) -> None:
    """Let a fill have had another price: open lots cost it, of closed ones it is realised."""
    own, _ = _sides(position, side)
    unit = product.value_micros(fill.price_nanos, 1)
    change = product.value_micros(price_nanos, 1) - unit
    total = fill.quantity_lots
    still = own.reprice(fill.day, unit, fill.opened_lots, change) if change else 0
    position.realised_micros -= side.sign * change * (total - still)
    position.carried_micros += side.sign * change * total
    fill.price_nanos = price_nanos


def add_lots(
    position: Position,
    product: Product,
    side: Side,
    offset: Offset,
    fill: FillLots,
    quantity_lots: int,
    today: int,
) -> None:
    """Let a fill have had more lots, at its price; those it opens are of its day."""
    price = fill.price_nanos
    day = fill.day
    closed = trade(position, product, side, offset, quantity_lots, price, today, opened_day=day)
    fill.closed = [*fill.closed, *closed]
    fill.opened_lots += quantity_lots - sum(piece[1] for piece in closed)


def give_lots(
    position: Position, product: Product, side: Side, quantity_lots: int, value_micros: int
) -> None:
    """Give away the oldest lots of a side for a value; what they cost less is realised."""
    own, _ = _sides(position, side)
    average = product.cost_method is CostMethod.AVERAGE
    released = own.close_oldest(quantity_lots, average=average)
    position.realised_micros += side.sign * (value_micros - released)
    position.carried_micros -= side.sign * value_micros


def take_lots(
    position: Position, product: Product, side: Side, pieces: Pieces, *, is_gross: bool
) -> None:
    """Take over lots of a side with their days at what the pieces say they cost."""
    own, _ = _sides(position, side)
    for day, lots, cost in pieces:
        own.open(day, lots, cost)
        position.carried_micros += side.sign * cost
    if not is_gross:
        _net_off(position, product)
