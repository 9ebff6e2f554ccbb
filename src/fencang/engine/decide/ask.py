"""One order on its way up the ladder: what is asked for, and what the controls brought about.

A new order asks for all its lots.  A replacement asks for what it adds: lots that join the working
orders, a price further in the market, more premium.
"""

from typing import TYPE_CHECKING, Any, Final

from fencang.engine.accounts import Line
from fencang.engine.orders import Order
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.state import DeskState
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.message import Offset, OrderType, Side

if TYPE_CHECKING:
    from fencang.messages.events import AnyEvent

__all__ = ["Ask", "ask_of_lots", "ask_of_replace", "ask_of_submit", "closable_lots", "is_reducing"]

_BUY: Final = Side.BUY
_OPEN: Final = Offset.OPEN
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""


class Ask:
    """The question that every control is asked, and what answering it brought.

    ``quantity_lots`` is what the order would be in all, ``added_lots`` what would join the working
    orders, ``price_nanos`` its limit price, else its stop price, None for a market order.
    ``premium_micros`` may have to be paid more than before.  ``order`` is the order that a
    replacement changes.  ``reduces``: nothing is opened, so that whatever measures exposure is not
    asked.

    A control may lower ``quantity_lots`` and ``added_lots`` (decrement), and add events:
    ``cancels`` go before the acceptance, ``notices`` after it; ``refused_with`` go with the refusal
    of the control that set them.  An order that ``waits_for`` others leaves when they have ended.
    ``envelope_id`` names the envelope
    that its lots are to be taken from, ``envelope`` is set when they lie inside it.  ``is_due``: it
    was entered before and has waited for this day.
    """

    __slots__ = (
        "added_lots",
        "cancels",
        "command",
        "envelope",
        "envelope_id",
        "is_due",
        "line",
        "notices",
        "offset",
        "order",
        "order_type",
        "premium_micros",
        "price_nanos",
        "quantity_lots",
        "reduces",
        "refused_with",
        "side",
        "state",
        "waits_for",
    )

    def __init__(
        self,
        state: DeskState,
        line: Line,
        side: Side,
        offset: Offset,
        lots: int,
        *,
        order_type: OrderType,
        price_nanos: int | None,
        premium_micros: int,
        reduces: bool,
        command: SubmitOrder | ReplaceOrder | None = None,
    ) -> None:
        self.state = state
        self.line = line
        self.side = side
        self.offset = offset
        self.quantity_lots = self.added_lots = lots
        self.order_type = order_type
        self.price_nanos = price_nanos
        self.premium_micros = premium_micros
        self.reduces = reduces
        self.command: Any = command
        self.order: Order | None = None
        self.envelope_id = 0
        self.is_due = False
        self.envelope: Envelope | None = None
        self.cancels: list[AnyEvent] = []
        self.notices: list[AnyEvent] = []
        self.refused_with: list[AnyEvent] = []
        self.waits_for: tuple[int, ...] = ()

    @property
    def of_client(self) -> tuple[str, str]:
        """Return sub-account and client order identifier; empty for lots without an order."""
        sub_id = self.line.sub.sub_account_id
        if self.order is not None:
            return sub_id, self.order.client_order_id
        return sub_id, "" if self.command is None else self.command.client_order_id

    @property
    def stays_reducing(self) -> bool:
        """Return whether nothing opens: neither what is asked for nor the order it would change."""
        return self.reduces and (self.order is None or self.order.is_reducing)

    @property
    def limit_price_nanos(self) -> int | None:
        """Return the limit price: its price, unless the order has none but a stop."""
        has_limit = self.order_type in (OrderType.LIMIT, OrderType.STOP_LIMIT)
        return self.price_nanos if has_limit else None

    @property
    def changes_price(self) -> bool:
        """Return whether a replacement asks for another limit price."""
        if self.order is None or self.command.limit_price_nanos is None:
            return False
        return bool(self.command.limit_price_nanos != self.order.limit_price_nanos)


def ask_of_submit(
    state: DeskState, command: SubmitOrder, line: Line, *, opens: bool = False
) -> Ask:
    """Return what a new order asks for.

    ``opens``: it is asked everything even where it would reduce.
    """
    side, lots = command.side, command.quantity_lots
    price, premium = command.limit_price_nanos, 0
    reduces = not opens and is_reducing(line, side, command.offset, lots)
    if side is _BUY and not reduces and line.contract.pays_premium:
        premium = line.contract.value_micros(price or 0, lots)
    ask = Ask(
        state,
        line,
        side,
        command.offset,
        lots,
        order_type=command.order_type,
        price_nanos=command.stop_price_nanos if price is None else price,
        premium_micros=premium,
        reduces=reduces,
        command=command,
    )
    if not reduces:  # the way out needs no envelope and uses none up
        ask.envelope_id = command.envelope_id
    return ask


def ask_of_replace(state: DeskState, command: ReplaceOrder, order: Order) -> Ask:
    """Return what a replacement asks for beyond what the order has."""
    line, terms = order.line, order.terms
    assert line is not None
    added = max(0, command.quantity_lots - order.quantity_lots)
    closes = line.is_gross and terms.offset.is_close
    opens = added > 0 and not (closes or is_reducing(line, terms.side, terms.offset, added))
    premium = _added_premium(order, command, opens=opens)
    reduces = closes or not (opens or premium)
    price = command.limit_price_nanos
    for known in (order.limit_price_nanos, terms.stop_price_nanos):
        price = known if price is None else price
    ask = Ask(
        state,
        line,
        terms.side,
        terms.offset,
        added,
        order_type=terms.order_type,
        price_nanos=price,
        premium_micros=premium,
        reduces=reduces,
        command=command,
    )
    ask.quantity_lots = command.quantity_lots
    ask.order = order
    if order.envelope is not None and order.envelope.is_open and not reduces:
        ask.envelope_id = order.envelope.envelope_id
    return ask


def ask_of_lots(state: DeskState, line: Line, side: Side, offset: Offset, lots: int) -> Ask:
    """Return what lots ask for that come without an order: an entered fill, a substitute."""
    return Ask(
        state,
        line,
        side,
        offset,
        lots,
        order_type=OrderType.MARKET,
        price_nanos=None,
        premium_micros=0,
        reduces=False,
    )


def _added_premium(order: Order, command: ReplaceOrder, *, opens: bool) -> int:
    """Return what more the replacement may cost in premiums than the order does, in micros.

    A reduction pays none, unless it grows beyond the lots that it closes.
    """
    assert order.line is not None
    product = order.line.contract.product
    stays_reducing = order.is_reducing and not opens
    if not product.pays_premium or order.terms.side is not Side.BUY or stays_reducing:
        return 0
    price = command.limit_price_nanos
    price = order.limit_price_nanos if price is None else price
    lots = command.quantity_lots - order.filled_lots
    return max(0, product.value_micros(price or 0, lots) - order.reserved_premium_micros)


def closable_lots(line: Line, side: Side, offset: Offset) -> int:
    """Return the lots of a gross account that a further order could close with this offset."""
    lots = line.position.long if side is Side.SELL else line.position.short
    free = lots.quantity_lots - line.closing_lots(side)
    if offset is Offset.CLOSE:
        return max(0, free)
    of_day = lots.quantity_of_day(line.contract.venue.today)
    if offset is Offset.CLOSE_YESTERDAY:
        of_day = lots.quantity_lots - of_day
    return max(0, min(free, of_day - line.frozen.get((side, offset), 0)))


def is_reducing(line: Line, side: Side, offset: Offset, quantity_lots: int) -> bool:
    """Return whether the order, with all same-side working closes, fits the own opposite lots."""
    position = line.position
    open_lots = (position.short if side is _BUY else position.long).quantity_lots
    if not open_lots or (line.is_gross and offset is _OPEN):
        return False
    return quantity_lots + line.closing_lots(side) <= open_lots
