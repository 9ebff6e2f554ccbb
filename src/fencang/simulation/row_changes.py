"""Rows of controls stated anew: narrower or wider, at nodes that have one and at others.

Some name what the desk does not have.  What is wider than before is stated by one person now and
then, and the desk must refuse that.
"""

from collections.abc import Callable

from fencang.basics.time import SECOND_NS
from fencang.refdata.desk import DeskItem
from fencang.refdata.limit_group import LimitGroup, LimitGroupMember
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.loss_limit import LiquidationTerms
from fencang.refdata.self_match import SelfMatch, SelfMatchMode
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl
from fencang.simulation.desks import MASTER
from fencang.simulation.firm_controls import (
    GROUP,
    MINUTE_NS,
    flow_control,
    limit,
    liquidation_terms,
    order_control,
    self_match_root,
)
from fencang.simulation.places import Places
from fencang.simulation.random import Chance

__all__ = ["changed_row"]

Drawing = Callable[[Chance, Places, str], DeskItem]


def changed_row(chance: Chance, places: Places, stated: set[type]) -> DeskItem:
    """Return a row of a kind that the desk states, mostly, or of limits, flow and orders."""
    beside = places.beside if chance.strikes(350_000) else places.tree
    node = chance.one_of(beside)
    known = [draw for kind, draw in _KINDS.items() if kind in stated]
    if known and chance.strikes(500_000):
        return chance.one_of(known)(chance, places, node)
    scope = chance.one_of((*places.scopes, GROUP))
    kinds: tuple[Callable[[], DeskItem], ...] = (
        lambda: limit(chance, node, scope),
        lambda: limit(chance, node, scope),
        lambda: flow_control(chance, node),
        lambda: order_control(chance, node, places),
    )
    return chance.one_of(kinds)()


def _group(chance: Chance, _places: Places, _node: str) -> DeskItem:
    member = LimitGroupMember(scope_id="CL", ratio_ppm=chance.one_of((1_000_000, 2_000_000)))
    return LimitGroup(group_id=GROUP, members=(member,))


def _warning(chance: Chance, _places: Places, node: str) -> DeskItem:
    levels = (250_000, 500_000, 800_000, 1_000_000)
    return LimitWarning(
        node_id=chance.one_of((node, MASTER)),
        levels_ppm=chance.one_of((levels, levels[1:], levels[2:], ())),
        margin_ppm=chance.one_of((50_000, 50_000, 100_000)),
    )


def _self_match(chance: Chance, _places: Places, node: str) -> DeskItem:
    if node == MASTER:
        return self_match_root(chance)
    mode = chance.one_of((None, SelfMatchMode.CANCEL_NEWEST, *SelfMatchMode))
    return SelfMatch(node_id=node, mode=mode, wash_count_max=chance.one_of((None, 0, 2)))


def _terms(chance: Chance, _places: Places, _node: str) -> DeskItem:
    return liquidation_terms(chance)


def _trade_flow(chance: Chance, _places: Places, node: str) -> DeskItem:
    scope = "CL" if node == MASTER else "*"
    return TradeFlowControl(
        node_id=node,
        scope_id=scope,
        order_to_trade_max=chance.one_of((None, 4, 30)),
        free_messages=chance.one_of((10, 30)),
        cancels_max=chance.one_of((None, 2, 9)),
        of_each_contract=chance.strikes(500_000),
        repeated_executions_max=chance.one_of((None, 2, 4)),
        repeated_ns=chance.one_of((20, 300)) * MINUTE_NS,
        duplicate_ns=chance.one_of((None, 0, SECOND_NS, 30 * MINUTE_NS)),
    )


def _tenor(chance: Chance, _places: Places, node: str) -> DeskItem:
    return TenorLimit(
        node_id=node,
        scope_id=chance.one_of(("CL", "ESH8", "CLH8")),
        furthest_days=chance.one_of((None, 1, 30)),
        nearest_days=chance.one_of((None, 0, 2)),
        takes_undated=chance.one_of((None, None, True, False)),
    )


_KINDS: dict[type, Drawing] = {
    LimitGroup: _group,
    LimitWarning: _warning,
    SelfMatch: _self_match,
    LiquidationTerms: _terms,
    TradeFlowControl: _trade_flow,
    TenorLimit: _tenor,
}
