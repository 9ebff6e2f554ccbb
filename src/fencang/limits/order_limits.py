"""Controls of one order against the rows of the account tree: size, value, collar, age.

``ControlTable.binding`` resolves the rows once per line and change of a row; the controls are
functions over values.  Prices may be negative: values and bands are absolute.
"""

from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.basics.price import format_price
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.row_scopes import ANY_SCOPE, Bound, stated_bounds
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.order_control import OrderControl

__all__ = [
    "ControlTable",
    "EffectiveControl",
    "age_refusal",
    "collar_band",
    "collar_refusal",
    "size_refusal",
]


class EffectiveControl(NamedTuple):
    """What binds one line: of every field the most restrictive on the way to the root."""

    quantity: Bound
    value: Bound
    collar_ppm: Bound
    collar_ticks: Bound
    fast_after: Bound
    fast_collar: Bound
    age: Bound
    market_orders: Bound
    restricted_by: str


class ControlTable:
    """All order controls of the desk."""

    __slots__ = ("_rows", "version")

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], OrderControl] = {}
        self.version = 0
        """Rises with every change; 0 while there is no row and orders are asked nothing here."""

    def set(self, row: OrderControl) -> None:
        """Set or replace the row of one node and scope."""
        self._rows[row.node_id, row.scope_id] = row
        self.version += 1

    def get(self, node_id: str, scope_id: str) -> OrderControl | None:
        """Return the row set at exactly this node and scope."""
        return self._rows.get((node_id, scope_id))

    def all(self) -> list[OrderControl]:
        """Return every row, by node and scope."""
        return [self._rows[key] for key in sorted(self._rows)]

    def binding(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> EffectiveControl:
        """Return what binds ``path[0]``, for scopes from the narrowest on.

        At one node the narrowest scope that states a field counts; of all nodes the least number.
        The row of the root states every field.
        """
        restricted = (
            node_id
            for node_id in path
            for scope_id in (*scope_ids, ANY_SCOPE)
            if (row := self._rows.get((node_id, scope_id))) is not None and row.is_restricted
        )
        return EffectiveControl(
            quantity=self._least("quantity_lots_max", path, scope_ids),
            value=self._least("value_micros_max", path, scope_ids),
            collar_ppm=self._least("collar_ppm", path, scope_ids),
            collar_ticks=self._least("collar_ticks", path, scope_ids),
            fast_after=self._least("fast_after_ppm", path, scope_ids, wants_most=True),
            fast_collar=self._least("fast_collar_ppm", path, scope_ids),
            age=self._least("price_age_ns_max", path, scope_ids),
            market_orders=self._least("takes_market_orders", path, scope_ids),
            restricted_by=next(restricted, ""),
        )

    def _least(
        self,
        field: str,
        path: tuple[str, ...],
        scope_ids: tuple[str, ...],
        *,
        wants_most: bool = False,
    ) -> Bound:
        stated = list(stated_bounds(self._rows, field, path, scope_ids))
        if not stated:
            return Bound(0, path[-1])
        return max(stated) if wants_most else min(stated)


def size_refusal(
    control: EffectiveControl, quantity_lots: int, value_micros: int
) -> NodeRefusal | None:
    """Refuse an order of too many lots or of too large an absolute value."""
    limit, node_id = control.quantity
    if quantity_lots > limit:
        detail = f"{quantity_lots} lots exceed the largest order of {limit} lots set at {node_id}"
        return Reason.ORDER_QUANTITY_MAX, node_id, limit, quantity_lots, detail
    limit, node_id = control.value
    if value_micros > limit:
        detail = f"worth {value_micros} micros, more than the {limit} set at {node_id}"
        return Reason.ORDER_VALUE_MAX, node_id, limit, value_micros, detail
    return None


def collar_refusal(
    control: EffectiveControl,
    side: Side,
    price_nanos: int | None,
    *,
    tick_nanos: int,
    mark_nanos: int,
    settlement_nanos: int | None,
) -> NodeRefusal | None:
    """Refuse a buy too far above the mark or a sell too far below it.

    ``price_nanos`` None is a market order.  An order that waits on the other side of the market is
    as far away as it likes.
    """
    if price_nanos is None:
        allowed, node_id = control.market_orders
        if allowed:
            return None
        detail = f"{node_id} takes no market orders: state a limit price"
        return Reason.ORDER_COLLAR, node_id, 0, 0, detail
    away = price_nanos - mark_nanos if side is Side.BUY else mark_nanos - price_nanos
    if away <= 0:
        return None
    band, node_id = collar_band(
        control, tick_nanos=tick_nanos, mark_nanos=mark_nanos, settlement_nanos=settlement_nanos
    )
    if away <= band:
        return None
    word = "above" if side is Side.BUY else "below"
    detail = (
        f"{format_price(price_nanos)} lies {format_price(away)} {word} the mark "
        f"{format_price(mark_nanos)}; {format_price(band)} are allowed by {node_id}"
    )
    return Reason.ORDER_COLLAR, node_id, band, away, detail


def collar_band(
    control: EffectiveControl, *, tick_nanos: int, mark_nanos: int, settlement_nanos: int | None
) -> Bound:
    """Return how far beyond the mark a price may lie, in nanos: wider in a fast market."""
    share, node_id = control.collar_ppm
    if settlement_nanos is not None:
        moved = abs(mark_nanos - settlement_nanos) * PPM
        if moved > abs(settlement_nanos) * control.fast_after.value:
            share, node_id = control.fast_collar
    return Bound(
        max(abs(mark_nanos) * share // PPM, control.collar_ticks.value * tick_nanos), node_id
    )


def age_refusal(control: EffectiveControl, age_ns: int) -> NodeRefusal | None:
    """Refuse to open on a mark that is too old."""
    limit, node_id = control.age
    if age_ns <= limit:
        return None
    detail = f"the mark is {age_ns} ns old, {limit} ns are allowed by {node_id}"
    return Reason.PRICE_STALE, node_id, limit, age_ns, detail
