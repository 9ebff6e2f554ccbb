"""Careless limits for the careless office: nodes beside the tree, groups, warnings, overrides."""

from fencang.engine.risk.overrides import place_of
from fencang.engine.snapshot_risk import risk_items
from fencang.refdata.flow_control import FlowControl
from tests.engine.control_firm import FREE_FLOW, WIDE, control
from tests.engine.desk import START_NS
from tests.engine.firm import changed, define, limit
from tests.engine.node_firm import HOUR, group, override, warning

NODES = ("MASTER", "ALPHA", "NEST", "carrying:C1", "carrying:OMNI", "venue:NYMEX", "person:FUND")
SCOPES = ("CL", "CLM0", "ES", "CU", "FUEL", "*")
SECOND_NS = HOUR // 3_600


def limit_command(office):
    """Return a definition of a limit, a group, a warning or an override, sensible or not."""
    chance = office.chance
    node, scope = chance.choice(NODES), chance.choice(SCOPES)
    lots, boss = chance.choice((0, 5, 40, 900)), chance.choice(("boss", "boss", ""))
    ratio = chance.choice((1_000_000, 250_000, 333_333))
    levels = chance.choice(((500_000, 800_000, 1_000_000), (10_000,), (300_000,), ()))
    choices = (
        limit(node, scope, lots, chance.choice((5, 40, 900))),
        limit(node, scope, lots),
        group(CL=1_000_000, ES=ratio, CU06=ratio),
        warning(chance.choice(("MASTER", "ALPHA", "venue:NYMEX")), levels_ppm=levels),
        _override(office, node, scope, lots),
        _override(office, node, scope, lots),
        _ended(office),
        FREE_FLOW,
        FlowControl(node_id="ALPHA", working_orders_max=40),
        WIDE,
        control("NEST", is_restricted=chance.random() < 0.5),
    )
    return define(chance.choice(choices), approved_by=boss)


LATER_KINDS = {
    "TradeFlowControl": ("order_to_trade_max", "repeated_executions_max"),
    "TenorLimit": ("furthest_days", "nearest_days"),
    "ExposureLimit": ("gross_micros_max", "net_micros_max", "share_ppm_max"),
    "MarginBuffer": ("buffer_micros", "buffer_ppm"),
    "LossLimit": ("daily_loss_micros", "drawdown_micros", "margin_use_ppm"),
    "ImpactLimit": ("order_share_ppm", "window_share_ppm"),
    "SelfMatch": ("wash_price_ticks",),
}
"""Kinds of rows → numbers of theirs; an override of the last is refused."""


def _override(office, node, scope, lots):
    """Return an override that begins soon, for a time or for one order."""
    chance, now_ns = office.chance, office.desk.now_ns
    kind = chance.choice(("PositionLimit", "PositionLimit", "OrderControl", "FlowControl"))
    values = {
        "PositionLimit": {"long_lots_max": lots},
        "OrderControl": {"is_restricted": chance.randint(0, 1)},
        "FlowControl": {"working_orders_max": lots},
    }[kind]
    if kind != "PositionLimit":
        node, scope = chance.choice(("MASTER", "ALPHA", "NEST")), "*"
    if chance.random() < 0.3:
        kind, node, scope, values = _of_later_kind(office)
    named = ("ALPHA", f"r{chance.randrange(100_000)}") if chance.random() < 0.2 else ("", "")
    made = override(f"O-{chance.randrange(6)}", kind, node, scope, order=named, **values)
    begins = now_ns + chance.randint(-20, 200) * SECOND_NS
    return changed(made, from_ns=begins, until_ns=begins + chance.randint(1, 300) * SECOND_NS)


def _of_later_kind(office):
    """Return kind, node, scope and values of an override, of a row that is stated if any is."""
    chance = office.chance
    rows = [row for row in risk_items(office.desk.state) if type(row).__name__ in LATER_KINDS]
    kind, node, scope = chance.choice(sorted(LATER_KINDS)), "MASTER", "*"
    if rows:
        kind, node, scope = place_of(chance.choice(rows))
    size = chance.choice((0, 1, 90, 400_000, 10**10, 10**12))
    return kind, node, scope, {chance.choice(LATER_KINDS[kind]): size}


def _ended(office):
    """Return an override that is known, to end at once; any other where none is."""
    known = office.desk.state.risk.overrides.all()
    if not known:
        return override(hours=(0, 1), long_lots_max=7)
    found = office.chance.choice(known)
    return changed(found, until_ns=max(START_NS, found.from_ns + 1))
