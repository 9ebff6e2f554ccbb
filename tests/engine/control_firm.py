"""Order controls of the firm: a row at the root that lets everything through."""

from fencang.refdata.flow_control import FlowControl
from fencang.refdata.order_control import OrderControl
from fencang.refdata.self_match import SelfMatch, SelfMatchMode, SelfMatchScope
from tests.engine.firm import DAY, SECOND, money

WIDE = OrderControl(
    node_id="MASTER",
    quantity_lots_max=10_000_000,
    value_micros_max=money("1000000000000"),
    collar_ppm=1_000_000_000,
    collar_ticks=10_000_000,
    fast_after_ppm=1_000_000_000,
    fast_collar_ppm=1_000_000_000,
    price_age_ns_max=30 * DAY,
    takes_market_orders=True,
)
FREE_FLOW = FlowControl(node_id="MASTER", messages_max=1_000_000, working_orders_max=1_000_000)

APART = SelfMatch(
    node_id="MASTER",
    mode=SelfMatchMode.CANCEL_NEWEST,
    scope=SelfMatchScope.OWNER,
    stops_meet_all=True,
    wash_window_ns=60 * SECOND,
    wash_price_ticks=2,
    wash_count_max=1_000_000,
)


def control(node="MASTER", scope="*", **fields):
    return OrderControl(node_id=node, scope_id=scope, **fields)
