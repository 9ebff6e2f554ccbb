"""Events of own orders that are kept apart, and of own trades that look like wash trades."""

from fencang.messages.message import Event, OrderTerms

__all__ = ["OrderHeld", "SelfMatchEvent", "WashTradeSuspected", "WashTradesReleased"]


class OrderHeld(Event, tag="OrderHeld.1"):
    """An accepted order does not leave before the venue has ended the orders it waits for."""

    order_id: int
    terms: OrderTerms
    waits_for: tuple[int, ...]


class WashTradeSuspected(Event, tag="WashTradeSuspected.1"):
    """Two executions on both sides of one contract look like a trade with oneself.

    ``principal_id`` is who counts as one.  ``count`` is how many were suspected on the trading day;
    ``closes``: from here on nothing more is opened in the contract.
    """

    principal_id: str
    contract_id: str
    buy_execution_id: str
    sell_execution_id: str
    buy_sub_account_ids: tuple[str, ...]
    sell_sub_account_ids: tuple[str, ...]
    quantity_lots: int
    buy_price_nanos: int
    sell_price_nanos: int
    apart_ns: int
    count: int
    closes: bool


class WashTradesReleased(Event, tag="WashTradesReleased.1"):
    """Two persons let a contract be opened again; the count begins anew."""

    principal_id: str
    contract_id: str
    reason: str
    entered_by: str
    approved_by: str


SelfMatchEvent = OrderHeld | WashTradeSuspected | WashTradesReleased
