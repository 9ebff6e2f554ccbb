"""What a fill costs, row by row: the product's own schedule and the fee rows of the desk.

The product's schedule counts as three rows, ``commission``, ``clearing`` and ``by-value``; a fee
row of the same name stands instead of it.  Which statement of a name counts: one for the contract
before one for its product, then one for the carrying account before one for all, then one for the
service tier before one for all, then the latest day.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_half_away
from fencang.refdata.contract import Product
from fencang.refdata.fees import PPB, FeeKind, FeeRow, FeeStep

__all__ = [
    "OWN_ROWS",
    "FeePlace",
    "FeeTable",
    "Fill",
    "RowFee",
    "fee_micros",
    "no_lots",
    "rows_of_product",
    "stepped_micros",
    "total_micros",
]

OWN_ROWS = ("commission", "clearing", "by-value")
"""Names of what a product's own schedule charges."""


FOUND_MAX = 50_000
"""Places whose rows are remembered until a row changes; beyond it they are found anew."""


class Fill(NamedTuple):
    """What a fee depends on: ``value_micros`` of the lots, and which of them close today's."""

    product: Product
    price_nanos: int
    quantity_lots: int
    closes_today_lots: int


class FeePlace(NamedTuple):
    """Where a fill was made: the statements that may fit it."""

    contract_id: str
    product_id: str
    carrying_account_id: str
    service_tier: str
    day: int
    """Trading day as proleptic ordinal."""


class RowFee(NamedTuple):
    """One row's part of a fee; ``plain_micros`` is without the order's minimum."""

    row_id: str
    kind: FeeKind
    amount_micros: int
    plain_micros: int
    has_minimum: bool
    has_day_minimum: bool = False


LotsOf = Callable[[tuple[str, ...]], int]
"""Lots that the carrying account has traded in products in the month, before the fill."""


def no_lots(_products: tuple[str, ...]) -> int:
    """Return that nothing was traded in the month before."""
    return 0


def fee_micros(
    product: Product, price_nanos: int, quantity_lots: int, closes_today_lots: int
) -> int:
    """Return the fee of a fill by the product's own schedule, never negative.

    Per-lot and clearing fees, plus parts per million of the absolute value (half away from zero).
    Lots that close a position of the same day pay the close-today rate where there is one.

    Example: 3 lots at 2.05 a lot and 0.40 clearing → 7.35.
    """
    fees = product.fees
    fee = (fees.per_lot_micros + fees.clearing_per_lot_micros) * quantity_lots
    if fees.close_today_per_lot_micros is not None:
        fee += (fees.close_today_per_lot_micros - fees.per_lot_micros) * closes_today_lots
    if fees.notional_ppm:
        value = abs(product.value_micros(price_nanos, quantity_lots))
        fee += divide_half_away(value * fees.notional_ppm, PPM)
    return fee


def rows_of_product(fill: Fill) -> list[RowFee]:
    """Return a fill's fee by the product's own schedule, row by row; sums to ``fee_micros``."""
    product, fees = fill.product, fill.product.fees
    clearing = fees.clearing_per_lot_micros * fill.quantity_lots
    free = msgspec.structs.replace(
        product,
        fees=msgspec.structs.replace(fees, notional_ppm=0, clearing_per_lot_micros=0),
    )
    commission = fee_micros(free, fill.price_nanos, fill.quantity_lots, fill.closes_today_lots)
    whole = fee_micros(product, fill.price_nanos, fill.quantity_lots, fill.closes_today_lots)
    by_value = whole - commission - clearing
    kinds = (FeeKind.BROKER, FeeKind.CLEARING, FeeKind.BROKER)
    return [
        RowFee(name, kind, amount, amount, False)
        for name, kind, amount in zip(
            OWN_ROWS, kinds, (commission, clearing, by_value), strict=True
        )
    ]


def stepped_micros(
    per_lot_micros: int, steps: Iterable[FeeStep], before_lots: int, quantity_lots: int
) -> int:
    """Return what lots cost that follow so many of the month: each the rate of where it stands.

    Example: 1.20 a lot, 0.95 above 1,000; 20 lots after 990 → 10 × 1.20 + 10 × 0.95 = 21.50.
    """
    end = before_lots + quantity_lots
    fee, rate = per_lot_micros * quantity_lots, per_lot_micros
    for step in steps:
        beyond = min(quantity_lots, max(0, end - step.above_lots))
        fee += (step.per_lot_micros - rate) * beyond
        rate = step.per_lot_micros
    return fee


def _plain_micros(row: FeeRow, fill: Fill, lots_of: LotsOf) -> int:
    """Return what a row charges for a fill without regard to a minimum."""
    today = fill.closes_today_lots
    other = fill.quantity_lots - today
    per_lot_today = row.close_today_per_lot_micros
    ppb_today = row.close_today_value_ppb
    if row.steps:
        counted = tuple(sorted({fill.product.product_id, *row.counted_products}))
        before = lots_of(counted)
        fee = stepped_micros(row.per_lot_micros, row.steps, before, fill.quantity_lots)
    else:
        fee = row.per_lot_micros * other
        fee += (row.per_lot_micros if per_lot_today is None else per_lot_today) * today
    if row.value_ppb or ppb_today:
        lot_value = abs(fill.product.value_micros(fill.price_nanos, 1))
        share = row.value_ppb * other + (row.value_ppb if ppb_today is None else ppb_today) * today
        fee += divide_half_away(lot_value * share, PPB)
    return fee


class FeeTable:
    """All fee rows of a desk; finds those of a fill."""

    __slots__ = ("_found", "_rows")

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, str, int], FeeRow] = {}
        self._found: dict[FeePlace, dict[str, FeeRow]] = {}

    def __bool__(self) -> bool:
        """Return whether there is any row."""
        return bool(self._rows)

    def set(self, row: FeeRow) -> None:
        """Add a row or replace the one of the same name, place and day."""
        day = row.from_day.toordinal()
        key = (row.scope_id, row.row_id, row.carrying_account_id, row.service_tier, day)
        self._rows[key] = row
        self._found = {}

    def all(self) -> list[FeeRow]:
        """Return every row in canonical order."""
        return [self._rows[key] for key in sorted(self._rows)]

    def rows_of(self, place: FeePlace) -> dict[str, FeeRow]:
        """Return the row in force under each name, by name."""
        found = self._found.get(place)
        if found is None:
            best: dict[str, tuple[tuple[bool, bool, bool, date], FeeRow]] = {}
            for row in self.all():
                rank = _rank(row, place)
                if rank is not None and (row.row_id not in best or rank > best[row.row_id][0]):
                    best[row.row_id] = (rank, row)
            found = {name: best[name][1] for name in sorted(best)}
            if len(self._found) >= FOUND_MAX:
                self._found = {}
            self._found[place] = found
        return found

    def day_rows(self, place: FeePlace) -> dict[str, FeeRow]:
        """Return the rows that ask a minimum of a day's fills in the product, by name.

        What the carrying account is asked for is stated for the product and for every tier.
        """
        product_id = place.product_id
        whole = place._replace(contract_id=product_id, service_tier="")
        return {name: row for name, row in self.rows_of(whole).items() if row.day_minimum_micros}

    def fees_of(
        self,
        place: FeePlace,
        fill: Fill,
        charged: Mapping[str, int],
        lots_of: LotsOf = no_lots,
    ) -> list[RowFee]:
        """Return a fill's fee row by row, those of zero left out.

        ``charged`` is what rows with a minimum have come to, without it, over the earlier fills of
        the order: the order pays the minimum at once, and more only when its fills outgrow it.
        """
        stated, of_day = self.rows_of(place), self.day_rows(place)
        fees = [row for row in rows_of_product(fill) if row.row_id not in stated]
        for name, row in stated.items():
            plain = amount = _plain_micros(row, fill, lots_of)
            least = row.order_minimum_micros
            if least:
                before = charged.get(name)
                paid = 0 if before is None else max(least, before)
                amount = max(least, (before or 0) + plain) - paid
            fees.append(RowFee(name, row.kind, amount, plain, bool(least), name in of_day))
        return [fee for fee in fees if fee.amount_micros or fee.has_minimum or fee.has_day_minimum]


def _rank(row: FeeRow, place: FeePlace) -> tuple[bool, bool, bool, date] | None:
    """Return how narrowly a row fits a place, None when it does not."""
    if row.scope_id not in (place.contract_id, place.product_id):
        return None
    if row.carrying_account_id not in ("", place.carrying_account_id):
        return None
    if row.service_tier not in ("", place.service_tier):
        return None
    if row.from_day.toordinal() > place.day:
        return None
    return (
        row.scope_id == place.contract_id,
        bool(row.carrying_account_id),
        bool(row.service_tier),
        row.from_day,
    )


def total_micros(fees: Iterable[RowFee]) -> int:
    """Return the sum of rows."""
    return sum(fee.amount_micros for fee in fees)
