"""Calls about trading states.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation, Page
from fencang.client.methods import Listing, Method, Resource, TransportT
from fencang.client.types import Outcome, StopAction, TradingState, TradingStateRow
from fencang.client.wire import Number

__all__ = [
    "TradingStatesResource",
    "list_trading_states",
    "set_deadline",
    "set_trading_state",
    "stop_trading",
]

_LIST_TRADING_STATES = Operation(
    name="list_trading_states",
    method="GET",
    path="/trading-states",
    answer=Page[TradingStateRow],
    in_query={"node_id": "node_id", "page_rows": "limit", "cursor": "cursor"},
    cursor="cursor",
)


def list_trading_states(
    *, node_id: str | None = None, page_rows: int | None = None, cursor: str | None = None
) -> Ask[Page[TradingStateRow]]:
    """Trading states set by hand.

    ``node_id``: Rows of this node.
    ``page_rows``: Rows on a page, 100 unless told.
    ``cursor``: Where the page before ended: its `next_cursor`.
    """
    return _LIST_TRADING_STATES.ask(locals())


_SET_TRADING_STATE = Operation(
    name="set_trading_state",
    method="POST",
    path="/trading-states",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def set_trading_state(
    *, node_id: str, trading_state: TradingState, reason: str, idempotency_key: str | None = None
) -> Ask[Outcome]:
    """Stop or resume a node.

    Stop or resume a sub-account (with all below it), the master account, or a node beside.
    """
    return _SET_TRADING_STATE.ask(locals())


_STOP_TRADING = Operation(
    name="stop_trading",
    method="POST",
    path="/kill-switch",
    answer=Outcome,
    has_body=True,
    is_write=True,
)


def stop_trading(
    *,
    node_id: str,
    confirmed_node_id: str,
    action: StopAction,
    reason: str,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Stop a node at once.

    The kill switch: stop a strategy's book, a sub-account, a venue, an owner, or everything.

    ``confirmed_node_id`` repeats the node, so that a slip of the hand stops nothing.  One
    person is enough; resuming (``SetTradingState``) needs two.
    """
    return _STOP_TRADING.ask(locals())


_SET_DEADLINE = Operation(
    name="set_deadline",
    method="POST",
    path="/deadlines",
    answer=Outcome,
    exact=frozenset(["after_seconds"]),
    has_body=True,
    is_write=True,
)


def set_deadline(
    *, node_id: str, after_seconds: Number, idempotency_key: str | None = None
) -> Ask[Outcome]:
    """Cancel orders unless told again.

    A dead man's switch: cancel a node's orders unless this is sent again within
    ``after_seconds``.

    0 takes the deadline away.
    """
    return _SET_DEADLINE.ask(locals())


class TradingStatesResource(Resource[TransportT]):
    """Calls about trading states."""

    list = Listing(list_trading_states)
    page = Method(list_trading_states)
    set = Method(set_trading_state)
    stop = Method(stop_trading)
    set_deadline = Method(set_deadline)
    __call__ = Listing(list_trading_states)
