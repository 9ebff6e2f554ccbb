"""Own orders that meet: the rows, and the pairs a venue could let trade with each other."""

from itertools import combinations

from fencang.engine.orders import Pending
from fencang.engine.risk.own_orders import quote_of
from fencang.limits.self_match import could_trade
from fencang.messages.self_match_commands import ReleaseWashTrades
from fencang.refdata.self_match import SelfMatchMode
from tests.engine.control_firm import APART
from tests.engine.firm import changed, define

NEWEST, OLDEST, BOTH, DECREMENT = SelfMatchMode


def apart(desk, mode=NEWEST, **fields):
    """Let the desk keep own orders apart."""
    desk.done(define(changed(APART, mode=mode, **fields)))


def release(principal="FUND", contract="CLM0", approved_by="boss"):
    return ReleaseWashTrades(
        principal_id=principal,
        contract_id=contract,
        reason="explained",
        entered_by="risk",
        approved_by=approved_by,
    )


def pairs_that_could_trade(state):
    """Return the pairs of own orders that could meet at the venue, by the readable definition.

    What has not left cannot; what is being cancelled left the way free for what came after it.
    """
    book, found = state.risk.self_match, []
    for _, contract in sorted(state.contracts.items()):
        live = [order for _, order in sorted(contract.live_orders.items())]
        for one, other in combinations(live, 2):
            if {one.order_id, other.order_id} & set(book.held):
                continue
            if Pending.CANCEL in {one.pending, other.pending}:
                continue
            if not set(book.principals_of(one)) & set(book.principals_of(other)):
                continue
            stops = book.table.stops_meet_all
            if could_trade(quote_of(one), quote_of(other), stops_meet_all=stops):
                found.append((one.order_id, other.order_id))
    return found
