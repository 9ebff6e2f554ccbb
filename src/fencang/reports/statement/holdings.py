"""Positions with their cost of record, and how they stood when a day ended.

A sub-account's lots are kept as the ledger keeps them (``ledger.position``), so that average price,
lots of today and realised profit are those of the books.  A suspense account has lots without a
cost of their own: what carries them is the last settlement, so its variation is its realised
profit, and a side may be owed (negative).

Where a premium is paid nothing is carried: cash moved at the trade, and what the lots are worth is
option value.  A suspense account then keeps what its lots cost until none are left.
"""

from collections.abc import Callable
from typing import NamedTuple

from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_half_away
from fencang.ledger.conversion import convert_position
from fencang.ledger.position import NOTHING_CLOSED, Position, trade
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import Product
from fencang.reports.statement.values import MarkKind

__all__ = ["Held", "HoldingKey", "OwnedHolding", "SuspendedHolding", "Traded"]

HoldingKey = tuple[str, str, str]
"""(book, carrying account, contract)."""


class Traded(NamedTuple):
    """What a trade did at once: profit by cost of record, and a premium received (or paid, < 0)."""

    realised_micros: int
    premium_micros: int
    closed: list[list[int]] = NOTHING_CLOSED
    """``[opened_day, lots, cost]`` of the lots that a sub-account closed."""


class Held(NamedTuple):
    """A position as a day left it, with the product of that day."""

    book_id: str
    carrying_account_id: str
    contract_id: str
    product: Product
    mark_nanos: int
    mark_kind: MarkKind
    long_lots: int
    long_today_lots: int
    long_cost_micros: int
    short_lots: int
    short_today_lots: int
    short_cost_micros: int
    carried_micros: int

    @property
    def net_lots(self) -> int:
        """Return long less short lots."""
        return self.long_lots - self.short_lots

    @property
    def unpaid_micros(self) -> int:
        """Return the variation that settling at the mark would pay: none after a premium."""
        if self.product.pays_premium:
            return 0
        return self.product.value_micros(self.mark_nanos, self.net_lots) - self.carried_micros

    @property
    def option_value_micros(self) -> int:
        """Return what options whose premium was paid are worth at the mark; it is no cash."""
        if not self.product.pays_premium:
            return 0
        return self.product.value_micros(self.mark_nanos, self.net_lots)

    @property
    def unrealised_micros(self) -> int:
        """Return value at the mark less cost of record."""
        cost = self.long_cost_micros - self.short_cost_micros
        return self.product.value_micros(self.mark_nanos, self.net_lots) - cost

    def on_a_later_day(self) -> "Held":
        """Return the same position a day on, at a venue that did not open."""
        return self._replace(mark_kind=MarkKind.MARK, long_today_lots=0, short_today_lots=0)

    def average_price_nanos(self, lots: int, cost_micros: int) -> int | None:
        """Return cost over lots as a price, half away from zero; None without lots."""
        if not lots:
            return None
        sign = 1 if lots > 0 else -1
        value_of_point = self.product.point_value_micros * abs(lots)
        return divide_half_away(sign * cost_micros * NANOS, value_of_point)


class OwnedHolding:
    """Lots of a sub-account."""

    __slots__ = ("position",)

    def __init__(self) -> None:
        self.position = Position()

    @property
    def is_gone(self) -> bool:
        """Return whether nothing is left, neither lots nor unpaid value."""
        return self.position.is_flat and not self.position.carried_micros

    @property
    def sides(self) -> tuple[int, int]:
        """Return long and short lots."""
        return self.position.long.quantity_lots, self.position.short.quantity_lots

    def trade(
        self,
        product: Product,
        side: Side,
        offset: Offset,
        lots: int,
        price_nanos: int,
        today: int,
        opened_day: int = 0,
    ) -> Traded:
        """Book a trade; return the profit it realised and the premium that it moved.

        Lots that it opens are today's unless ``opened_day`` says otherwise.
        """
        before = self.position.realised_micros
        closed = trade(self.position, product, side, offset, lots, price_nanos, today, opened_day)
        premium = self.position.pay_premium() if product.pays_premium else 0
        return Traded(self.position.realised_micros - before, premium, closed)

    def change(self, product: Product, change: Callable[[Position], None]) -> Traded:
        """Change the position in another way; return profit realised and premium moved."""
        before = self.position.realised_micros
        change(self.position)
        premium = self.position.pay_premium() if product.pays_premium else 0
        return Traded(self.position.realised_micros - before, premium)

    def converted(self, new_lots: int, old_lots: int) -> "OwnedHolding":
        """Return the same lots as those of a successor, ``new_lots`` for every ``old_lots``."""
        found = OwnedHolding()
        convert_position(self.position, found.position, new_lots, old_lots)
        return found

    def handed_over(self, product: Product) -> tuple[int, int, int]:
        """Return cost long and short, and what carries the lots: their cost after a premium."""
        long, short = self.position.long.cost_micros, self.position.short.cost_micros
        return long, short, long - short if product.pays_premium else self.position.carried_micros

    def carry_more(self, micros: int) -> int:
        """Carry what a corrected settlement paid; return the profit that this realises: none."""
        self.position.carried_micros += micros
        return 0

    def take_over(
        self, product: Product, side: Side, lots: int, prices: tuple[int, int], day: int
    ) -> tuple[int, int]:
        """Take lots over at (cost, carried) prices.

        Return the profit that the prior system counted, and what options were worth to it.
        """
        cost = product.value_micros(prices[0], lots)
        own = self.position.long if side is Side.BUY else self.position.short
        own.open(day, lots, cost)
        carried = product.value_micros(prices[1], side.sign * lots)
        if product.pays_premium:
            return carried - side.sign * cost, carried
        self.position.carried_micros += carried
        return carried - side.sign * cost, 0

    def settle(
        self, product: Product, price_nanos: int, variation_micros: int, *, is_final: bool
    ) -> int:
        """Carry at the settlement price; return the profit that this realises: none."""
        paid = self.position.settle(product, price_nanos, is_final=is_final)
        assert paid == variation_micros, (paid, variation_micros)
        return 0

    def expire(self, product: Product, price_nanos: int) -> int:
        """Close everything at the price, which was just settled; return the profit realised."""
        return self.position.unrealised_micros(product, price_nanos)

    def held(self, key: HoldingKey, product: Product, mark: tuple[int, MarkKind], day: int) -> Held:
        """Return how the position stands; ``day`` says which lots are today's."""
        long, short = self.position.long, self.position.short
        return Held(
            *key,
            product,
            *mark,
            long.quantity_lots,
            long.quantity_of_day(day),
            long.cost_micros,
            short.quantity_lots,
            short.quantity_of_day(day),
            short.cost_micros,
            self.position.carried_micros,
        )


class SuspendedHolding:
    """Lots of a suspense account, carried at the last settlement that paid variation."""

    __slots__ = ("long_cost_micros", "long_lots", "short_cost_micros", "short_lots")

    def __init__(self) -> None:
        self.long_lots = self.short_lots = 0
        self.long_cost_micros = self.short_cost_micros = 0

    @property
    def is_gone(self) -> bool:
        """Return whether nothing is left, neither lots nor unpaid value."""
        return not (
            self.long_lots or self.short_lots or self.long_cost_micros != self.short_cost_micros
        )

    @property
    def sides(self) -> tuple[int, int]:
        """Return long and short lots."""
        return self.long_lots, self.short_lots

    def trade(
        self,
        product: Product,
        side: Side,
        offset: Offset,
        lots: int,
        price_nanos: int,
        today: int,
        opened_day: int = 0,
    ) -> Traded:
        """Book a trade (negative lots take one back); return profit and premium.

        Nothing is realised yet, but for the last lots of options whose premium was paid.
        """
        assert today >= opened_day == 0, (today, opened_day)
        signed = side.sign * lots
        value = product.value_micros(price_nanos, signed)
        if offset is Offset.NET or (offset is Offset.OPEN) == (side is Side.BUY):
            self.long_lots += signed
            self.long_cost_micros += value
        else:
            self.short_lots -= signed
            self.short_cost_micros -= value
        if not product.pays_premium:
            return Traded(0, 0)
        if self.long_lots or self.short_lots:
            return Traded(0, -value)
        realised = self.short_cost_micros - self.long_cost_micros
        self.long_cost_micros = self.short_cost_micros = 0
        return Traded(realised, -value)

    def settle(
        self, product: Product, price_nanos: int, variation_micros: int, *, is_final: bool
    ) -> int:
        """Carry at a price that pays variation; return the variation, which is realised."""
        if not product.pays_variation(is_final=is_final):
            assert variation_micros == 0, variation_micros
            return 0
        before = self.long_cost_micros - self.short_cost_micros
        self.long_cost_micros = product.value_micros(price_nanos, self.long_lots)
        self.short_cost_micros = product.value_micros(price_nanos, self.short_lots)
        paid = self.long_cost_micros - self.short_cost_micros - before
        assert paid == variation_micros, (paid, variation_micros)
        return paid

    def converted(self, new_lots: int, old_lots: int) -> "SuspendedHolding":
        """Return the same lots as those of a successor, ``new_lots`` for every ``old_lots``."""
        found = SuspendedHolding()
        found.long_lots = self.long_lots * new_lots // old_lots
        found.short_lots = self.short_lots * new_lots // old_lots
        found.long_cost_micros = self.long_cost_micros
        found.short_cost_micros = self.short_cost_micros
        return found

    def handed_over(self, product: Product) -> tuple[int, int, int]:
        """Return cost long and short, and what carries the lots."""
        assert product.product_id
        long, short = self.long_cost_micros, self.short_cost_micros
        return long, short, long - short

    def carry_more(self, micros: int) -> int:
        """Carry what a corrected settlement paid; return it: variation is realised here."""
        if self.short_lots and not self.long_lots:
            self.short_cost_micros -= micros
        else:
            self.long_cost_micros += micros
        return micros

    def expire(self, product: Product, price_nanos: int) -> int:
        """Close everything at the price; return the profit realised: none that was settled."""
        value = product.value_micros(price_nanos, self.long_lots - self.short_lots)
        return value - (self.long_cost_micros - self.short_cost_micros)

    def held(self, key: HoldingKey, product: Product, mark: tuple[int, MarkKind], day: int) -> Held:
        """Return how the position stands; nobody's lots are of no day."""
        assert day >= 0, day
        cost = self.long_cost_micros - self.short_cost_micros
        return Held(
            *key,
            product,
            *mark,
            self.long_lots,
            0,
            self.long_cost_micros,
            self.short_lots,
            0,
            self.short_cost_micros,
            0 if product.pays_premium else cost,
        )
