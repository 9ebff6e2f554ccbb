"""A firm's own controls for one seed's desk: a deep tree, and rows of every family on it.

They have streams of chance of their own, one for each family, so that a seed without them is what
it was before there were any.  Numbers lie near what is traded, so that controls are reached.
"""

from collections.abc import Callable

from msgspec.structs import replace

from fencang.basics.time import SECOND_NS
from fencang.refdata.account import Route, SubAccount
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.desk import DeskItem
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_group import LimitGroup, LimitGroupMember
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit, PeakOf
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.refdata.order_control import OrderControl
from fencang.refdata.risk import RiskItem
from fencang.refdata.self_match import SelfMatch, SelfMatchMode, SelfMatchScope
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl
from fencang.simulation.desks import MASTER
from fencang.simulation.places import Places
from fencang.simulation.random import Chance

__all__ = [
    "FAMILIES",
    "GROUP",
    "MILLION",
    "MINUTE_NS",
    "flow_control",
    "has_firm_controls",
    "limit",
    "liquidation_terms",
    "order_control",
    "self_match_root",
    "with_firm_controls",
]

FIRM_CONTROLS_PPM = 300_000
FAMILY_PPM = 350_000
GROUP = "ALL-ENERGY"
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
MILLION = 1_000_000_000_000
"""One million of a currency, in micros."""

Row = PositionLimit | RiskItem


def has_firm_controls(chance: Chance) -> bool:
    """Return whether a desk states controls of its own; the stream moves alike either way."""
    return chance.strikes(FIRM_CONTROLS_PPM)


def with_firm_controls(chance: Chance, items: list[DeskItem]) -> list[DeskItem]:
    """Return a desk's reference values with a deeper tree and rows of some families."""
    nested = [*items, *_nested(chance.fork("tree"), items)]
    places = Places(nested)
    rows: list[DeskItem] = []
    for name, draw in FAMILIES.items():
        own = chance.fork(name)
        if own.strikes(FAMILY_PPM):
            rows += draw(own, places)
    stated = {item.key for item in nested if isinstance(item, PositionLimit)}
    fresh = [row for row in rows if not isinstance(row, PositionLimit) or row.key not in stated]
    return [*nested, *fresh]


def _nested(chance: Chance, items: list[DeskItem]) -> list[SubAccount]:
    """Return strategies below sub-accounts, down to four levels under the master account."""
    subs = [item for item in items if isinstance(item, SubAccount)]
    made: list[SubAccount] = []
    depth = {sub.sub_account_id: 1 if sub.parent_id is None else 2 for sub in subs}
    for _ in range(chance.between(0, 5)):
        above = chance.one_of([*subs, *made])
        if depth[above.sub_account_id] > 3:
            continue
        name = f"{above.sub_account_id}-{len(made)}"
        routes = above.routes
        if chance.strikes(300_000):
            # A strategy may deal through another broker than what is above it.
            routes = tuple(_rerouted(chance, route) for route in routes)
        made.append(
            replace(
                above,
                sub_account_id=name,
                name=f"strategy {name}",
                parent_id=above.sub_account_id,
                routes=routes,
            )
        )
        depth[name] = depth[above.sub_account_id] + 1
    return made


def _rerouted(chance: Chance, route: Route) -> Route:
    if route.carrying_account_id not in {"C-NET", "C-NET-2"}:
        return route
    return replace(route, carrying_account_id=chance.one_of(("C-NET", "C-NET-2")))


# ------------------------------------------------------------------------------------- families


def _limits(chance: Chance, places: Places) -> list[Row]:
    """Return position limits on the tree, beside it and over a group."""
    members = tuple(
        LimitGroupMember(scope_id=scope, ratio_ppm=chance.one_of((1_000_000, 500_000, 100_000)))
        for scope in ("CL", "ES", "CLH8")
        if scope == "CL" or chance.strikes(600_000)
    )
    rows: list[Row] = [LimitGroup(group_id=GROUP, members=members)]
    nodes = places.some(chance, 6)
    rows += [limit(chance, node, chance.one_of(places.scopes)) for node in nodes]
    rows += [limit(chance, node, GROUP) for node in places.some(chance, 3)]
    if chance.strikes(600_000):
        rows.append(LimitWarning(node_id=MASTER))
    return list({row.key: row for row in rows}.values())


def limit(chance: Chance, node_id: str, scope_id: str) -> PositionLimit:
    """Return a position limit that orders soon reach."""
    most = 200 if node_id == MASTER or ":" in node_id else 60
    return PositionLimit(
        node_id=node_id,
        scope_id=scope_id,
        long_lots_max=chance.between(most // 8, most),
        short_lots_max=chance.between(most // 8, most),
    )


def _order_controls(chance: Chance, places: Places) -> list[Row]:
    root = OrderControl(
        node_id=MASTER,
        quantity_lots_max=chance.one_of((8, 30, 100)),
        value_micros_max=chance.one_of((MILLION // 2, MILLION, 5 * MILLION, 100 * MILLION)),
        collar_ppm=chance.one_of((500, 5_000, 50_000)),
        collar_ticks=chance.one_of((4, 7, 20)),
        fast_after_ppm=chance.one_of((1_000, 50_000)),
        fast_collar_ppm=100_000,
        price_age_ns_max=chance.one_of((3 * HOUR_NS, 30 * HOUR_NS, 90 * HOUR_NS)),
        takes_market_orders=chance.strikes(900_000),
    )
    rows = {root.key: root}
    for node in places.some(chance, 4):
        row = order_control(chance, node, places)
        rows.setdefault(row.key, row)
    return [*rows.values()]


def order_control(chance: Chance, node_id: str, places: Places) -> OrderControl:
    """Return a row of a node that states some of what one order may be."""
    scope = chance.one_of(places.scopes)
    return OrderControl(
        node_id=node_id,
        scope_id="CL" if node_id == MASTER and scope == "*" else scope,
        quantity_lots_max=chance.one_of((None, 7, 12)),
        collar_ticks=chance.one_of((None, None, 4)),
        takes_market_orders=chance.one_of((None, None, None, False)),
        is_restricted=chance.strikes(30_000),
    )


def _flow_controls(chance: Chance, places: Places) -> list[Row]:
    root = FlowControl(
        node_id=MASTER,
        messages_max=chance.one_of((8, 40, 1_000)),
        messages_ns=chance.one_of((SECOND_NS, 30 * MINUTE_NS, 3 * HOUR_NS)),
        working_orders_max=chance.one_of((20, 60, 1_000)),
    )
    return [root, *(flow_control(chance, node) for node in places.some(chance, 4, root=False))]


def flow_control(chance: Chance, node_id: str) -> FlowControl:
    """Return a row of a node that states some of what it may send and have at work."""
    return FlowControl(
        node_id=node_id,
        messages_max=chance.one_of((None, None, 4, 20)),
        messages_ns=chance.one_of((SECOND_NS, 10 * MINUTE_NS, HOUR_NS)),
        working_orders_max=chance.one_of((None, None, None, 4, 12)),
    )


def _trade_flow(chance: Chance, places: Places) -> list[Row]:
    root = TradeFlowControl(
        node_id=MASTER,
        order_to_trade_max=chance.one_of((3, 250)),
        free_messages=chance.one_of((20, 60, 10_000)),
        cancels_max=chance.one_of((3, 15, 100_000)),
        repeated_executions_max=chance.one_of((2, 3, 500)),
        repeated_ns=chance.one_of((HOUR_NS, 5 * HOUR_NS)),
        duplicate_ns=chance.one_of((0, SECOND_NS, 30 * MINUTE_NS)),
    )
    rows: list[Row] = [root]
    rows += [
        TradeFlowControl(
            node_id=node,
            scope_id=chance.one_of(("CL", "ESH8")),
            cancels_max=chance.between(1, 6),
            of_each_contract=chance.strikes(500_000),
        )
        for node in places.some(chance, 2)
    ]
    return rows


def _tenors(chance: Chance, places: Places) -> list[Row]:
    root = TenorLimit(
        node_id=MASTER,
        furthest_days=chance.one_of((2, 60)),
        nearest_days=chance.one_of((0, 0, 1)),
        takes_undated=chance.strikes(950_000),
    )
    rows: list[Row] = [root]
    rows += [
        TenorLimit(node_id=node, scope_id="CL", nearest_days=chance.between(0, 2))
        for node in places.some(chance, 2)
    ]
    return rows


def _impact(chance: Chance, _places: Places) -> list[Row]:
    root = ImpactLimit(
        node_id=MASTER,
        order_share_ppm=chance.one_of((40_000, 300_000)),
        window_share_ppm=chance.one_of((200_000, 1_000_000)),
        window_ns=10 * MINUTE_NS,
        volume_age_ns_max=24 * HOUR_NS,
        passes_unknown=chance.strikes(800_000),
        cooling_off_ns=chance.one_of((0, 20 * MINUTE_NS)),
    )
    return [root]


def _exposures(chance: Chance, places: Places) -> list[Row]:
    root = ExposureLimit(
        node_id=MASTER,
        gross_micros_max=chance.one_of((4, 20, 1_000)) * MILLION,
        net_micros_max=chance.one_of((2, 10, 1_000)) * MILLION,
        beta_micros_max=chance.one_of((8, 1_000)) * MILLION,
        share_ppm_max=chance.one_of((600_000, 1_000_000)),
        share_from_micros=2 * MILLION,
        beta_index="VIX",
        beta_age_ns_max=24 * HOUR_NS,
        beta_unknown_ppm=1_500_000,
        floor_ticks=100,
    )
    rows: list[Row] = [root]
    rows += [
        ExposureLimit(
            node_id=node,
            scope_id=chance.one_of(("*", "CL")),
            gross_micros_max=chance.one_of((None, MILLION)),
            net_micros_max=MILLION // 2,
        )
        for node in places.some(chance, 3, root=False)
    ]
    return rows


def _buffers(chance: Chance, places: Places) -> list[Row]:
    root = MarginBuffer(
        node_id=MASTER,
        buffer_ppm=chance.one_of((0, 100_000)),
        buffer_micros=chance.one_of((0, MILLION // 10)),
    )
    nodes = [node for node in places.tree if node != MASTER][:2]
    return [root, *(MarginBuffer(node_id=node, buffer_ppm=200_000) for node in nodes)]


def _self_match(chance: Chance, places: Places) -> list[Row]:
    modes = list(SelfMatchMode)
    root = self_match_root(chance)
    nodes = places.some(chance, 2, root=False)
    return [root, *(SelfMatch(node_id=node, mode=chance.one_of(modes)) for node in nodes)]


def self_match_root(chance: Chance) -> SelfMatch:
    """Return what the whole desk states of own orders."""
    return SelfMatch(
        node_id=MASTER,
        mode=chance.one_of(list(SelfMatchMode)),
        scope=chance.one_of(list(SelfMatchScope)),
        stops_meet_all=chance.strikes(500_000),
        wash_window_ns=chance.one_of((HOUR_NS, 20 * HOUR_NS)),
        wash_price_ticks=chance.one_of((500, 5_000)),
        wash_count_max=chance.one_of((0, 0, 1, 1_000)),
    )


def _losses(chance: Chance, places: Places) -> list[Row]:
    scale = chance.one_of((1_500, 10_000, 200_000))
    stop, cancel = 800_000, 1_000_000
    liquidate = 1_200_000 if chance.strikes(600_000) else None
    stops_all = chance.strikes(300_000)
    root = LossLimit(
        node_id=MASTER,
        daily_loss_micros=10 * scale * 1_000_000,
        drawdown_micros=10 * scale * 1_000_000,
        velocity_micros=10 * scale * 1_000_000,
        velocity_ns=10 * MINUTE_NS,
        margin_use_ppm=1_000_000,
        peak_of=chance.one_of(list(PeakOf)),
        stop_ppm=stop if stops_all else None,
        cancel_ppm=cancel if stops_all else None,
        liquidate_ppm=liquidate if stops_all else None,
    )
    rows: list[Row] = [root, liquidation_terms(chance)]
    nodes = [*places.tree[1:], *places.persons]
    rows += [
        LossLimit(
            node_id=node,
            daily_loss_micros=scale * 1_000_000,
            resumes_next_day=chance.strikes(500_000),
            stop_ppm=stop,
            cancel_ppm=cancel,
            liquidate_ppm=liquidate,
        )
        for node in nodes[: chance.between(1, 4)]
    ]
    return rows


def liquidation_terms(chance: Chance) -> LiquidationTerms:
    """Return how positions are closed by force."""
    return LiquidationTerms(
        node_id=MASTER,
        interval_lots_max=chance.between(1, 5),
        interval_ns=chance.one_of((MINUTE_NS, 20 * MINUTE_NS)),
        day_lots_max=chance.one_of((5, 1_000)),
        day_micros_max=1_000 * MILLION,
        jump_ppm=chance.one_of((100_000, 1_000_000)),
        jump_micros=MILLION // 100,
        mark_jump_ppm=chance.one_of((20_000, 500_000)),
        mark_jump_ticks=chance.one_of((10, 300)),
        price_age_ns_max=chance.one_of((30 * MINUTE_NS, 24 * HOUR_NS)),
        rounds_max=chance.one_of((3, 20)),
    )


def _connections(chance: Chance, places: Places) -> list[Row]:
    root = ConnectionControl(
        node_id=MASTER,
        cancels_on_disconnect=chance.strikes(700_000),
        grace_ns=chance.one_of((0, 15 * MINUTE_NS)),
        keeps_good_till=chance.strikes(400_000),
    )
    nodes = [node for node in places.tree if node != MASTER][: chance.between(0, 2)]
    rows = [ConnectionControl(node_id=node, cancels_on_disconnect=True) for node in nodes]
    return [root, *rows]


def _links(chance: Chance, places: Places) -> list[Row]:
    root = LinkControl(
        node_id=MASTER,
        link_age_ns_max=chance.one_of((2 * HOUR_NS, 24 * HOUR_NS)),
        feed_age_ns_max=chance.one_of((2 * HOUR_NS, 24 * HOUR_NS)),
    )
    nodes = places.some(chance, 2, root=False)
    return [root, *(LinkControl(node_id=node, link_age_ns_max=HOUR_NS) for node in nodes)]


FAMILIES: dict[str, Callable[[Chance, Places], list[Row]]] = {
    "limits": _limits,
    "order controls": _order_controls,
    "flow controls": _flow_controls,
    "trade flow": _trade_flow,
    "tenors": _tenors,
    "impact": _impact,
    "exposures": _exposures,
    "buffers": _buffers,
    "self match": _self_match,
    "losses": _losses,
    "connections": _connections,
    "links": _links,
}
"""What a desk may state, each by a stream of chance of its own."""
