"""The tables of a desk file that state pre-trade controls, beside ``[[limit]]``."""

from collections.abc import Callable
from typing import NamedTuple

from fencang.app.desk.fields import Fields
from fencang.app.desk.limit_tables import (
    read_limit_group,
    read_limit_warning,
    read_override,
    read_values,
)
from fencang.app.desk.losses import LOSS_KEYS, read_liquidation, read_loss_limit
from fencang.app.desk.sections import finished, read_limit
from fencang.app.desk.tier_table import read_service_tier
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.limit import PositionLimit
from fencang.refdata.loss_limit import LossLimit
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.refdata.order_control import OrderControl
from fencang.refdata.override import ControlOverride
from fencang.refdata.risk import RiskItem
from fencang.refdata.self_match import COUNT_MAX, SelfMatch, SelfMatchMode, SelfMatchScope
from fencang.refdata.substitute import Substitute, SubstituteMode
from fencang.refdata.tenor import TENOR_DAYS_MAX, TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = ["ROOT_KEYS", "RiskRow", "read_risk"]


class RiskRow(NamedTuple):
    """A row and the place in the file that it comes from."""

    path: str
    item: RiskItem


CONTROL_KEYS = {
    "lots": "quantity_lots_max",
    "value": "value_micros_max",
    "collar": "collar_ppm",
    "collar_ticks": "collar_ticks",
    "fast_after": "fast_after_ppm",
    "fast_collar": "fast_collar_ppm",
    "price_age": "price_age_ns_max",
    "market_orders": "takes_market_orders",
}
"""Key of ``[[order_control]]`` → field."""

FLOW_KEYS = {"messages": "messages_max", "working_orders": "working_orders_max"}
"""Key of ``[[flow_control]]`` → field."""

CONNECTION_KEYS = {
    "cancel_on_disconnect": "cancels_on_disconnect",
    "grace": "grace_ns",
    "keep_good_till": "keeps_good_till",
}
"""Key of ``[[connection_control]]`` → field."""

LINK_KEYS = {"link_age": "link_age_ns_max", "feed_age": "feed_age_ns_max"}
"""Key of ``[[link_control]]`` → field."""
EXPOSURE_KEYS = {
    "gross": "gross_micros_max",
    "net": "net_micros_max",
    "beta": "beta_micros_max",
    "share": "share_ppm_max",
    "beta_index": "beta_index",
    "beta_age": "beta_age_ns_max",
    "beta_unknown": "beta_unknown_ppm",
    "floor_ticks": "floor_ticks",
}
"""Key of ``[[exposure_limit]]`` → field."""

BUFFER_KEYS = {"share": "buffer_ppm", "amount": "buffer_micros"}
"""Key of ``[[margin_buffer]]`` → field."""

TRADE_FLOW_KEYS = {
    "order_to_trade": "order_to_trade_max",
    "cancels": "cancels_max",
    "repeated_executions": "repeated_executions_max",
    "duplicates_within": "duplicate_ns",
}
"""Key of ``[[trade_flow]]`` → field."""

TENOR_KEYS = {"furthest_days": "furthest_days", "nearest_days": "nearest_days"}
"""Key of ``[[tenor_limit]]`` → field."""

IMPACT_KEYS = {"order_share": "order_share_ppm", "window_share": "window_share_ppm"}
"""Key of ``[[impact_limit]]`` → field."""

SELF_MATCH_KEYS = {
    "mode": "mode",
    "scope": "scope",
    "stops_meet_all": "stops_meet_all",
    "wash_window": "wash_window_ns",
    "wash_ticks": "wash_price_ticks",
    "wash_trades": "wash_count_max",
}
"""Key of ``[[self_match]]`` → field."""

ROOT_KEYS: dict[type[RiskItem], dict[str, str]] = {
    OrderControl: CONTROL_KEYS,
    FlowControl: FLOW_KEYS,
    ConnectionControl: CONNECTION_KEYS,
    LinkControl: LINK_KEYS,
    TradeFlowControl: TRADE_FLOW_KEYS,
    TenorLimit: TENOR_KEYS,
    ImpactLimit: IMPACT_KEYS,
    SelfMatch: SELF_MATCH_KEYS,
    LossLimit: LOSS_KEYS,
    ExposureLimit: EXPOSURE_KEYS,
    MarginBuffer: BUFFER_KEYS,
}
"""Kinds whose row at the root, for everything, states every one of these keys."""


def read_risk(root: Fields) -> tuple[RiskRow, ...]:
    """Read every table that states a control, kind by kind."""
    return tuple(
        RiskRow(each.path, read(each)) for table, read in _READERS for each in root.each(table)
    )


def read_order_control(fields: Fields) -> OrderControl:
    """Read one ``[[order_control]]``: what a key leaves out is inherited."""
    high = MONEY_MICROS_MAX
    control = OrderControl(
        node_id=fields.identifier("node"),
        scope_id=fields.text("scope", "*"),
        quantity_lots_max=fields.stated("lots", lambda key: fields.whole(key, high=LOTS_MAX)),
        value_micros_max=fields.stated(
            "value", lambda key: fields.decimal(key, 6, None, low=0, high=high)
        ),
        collar_ppm=fields.stated("collar", fields.percent),
        collar_ticks=fields.stated("collar_ticks", lambda key: fields.whole(key, high=LOTS_MAX)),
        fast_after_ppm=fields.stated("fast_after", fields.percent),
        fast_collar_ppm=fields.stated("fast_collar", fields.percent),
        price_age_ns_max=fields.stated("price_age", fields.span_ns),
        takes_market_orders=_flag(fields, "market_orders"),
        is_restricted=fields.flag("restricted"),
    )
    finished(fields, control)
    return control


def read_flow_control(fields: Fields) -> FlowControl:
    """Read one ``[[flow_control]]``: ``messages`` in ``per`` (one second), ``working_orders``."""
    control = FlowControl(
        node_id=fields.identifier("node"),
        messages_max=fields.stated("messages", fields.whole),
        messages_ns=fields.span_ns("per", SECOND_NS),
        working_orders_max=fields.stated("working_orders", fields.whole),
    )
    finished(fields, control)
    return control


def read_risk_override(fields: Fields) -> ControlOverride:
    """Read one ``[[override]]`` of a ``[[limit]]`` or of a table that states a control."""
    readers: dict[str, Callable[[Fields], RiskItem | PositionLimit]] = {"limit": read_limit}
    readers |= {table: read for table, read in _READERS if table in _OVERRIDDEN}
    table, values = fields.text("table"), read_values(fields)
    read = readers.get(table)
    if read is None and table:
        fields.fault("table", f'"{table}" cannot be overridden; there are {", ".join(readers)}')
    return read_override(fields, None if read is None else read(values), values)


_OVERRIDDEN = (
    "order_control",
    "flow_control",
    "trade_flow",
    "tenor_limit",
    "exposure_limit",
    "margin_buffer",
    "loss_limit",
    "impact_limit",
)
"""Tables that may be overridden beside ``limit``."""


def read_connection_control(fields: Fields) -> ConnectionControl:
    """Read one ``[[connection_control]]``."""
    control = ConnectionControl(
        node_id=fields.identifier("node"),
        cancels_on_disconnect=_flag(fields, "cancel_on_disconnect"),
        grace_ns=fields.stated("grace", fields.span_ns),
        keeps_good_till=_flag(fields, "keep_good_till"),
    )
    finished(fields, control)
    return control


def read_link_control(fields: Fields) -> LinkControl:
    """Read one ``[[link_control]]``."""
    control = LinkControl(
        node_id=fields.identifier("node"),
        link_age_ns_max=fields.stated("link_age", fields.span_ns),
        feed_age_ns_max=fields.stated("feed_age", fields.span_ns),
    )
    finished(fields, control)
    return control


def read_substitute(fields: Fields) -> Substitute:
    """Read one ``[[substitute]]``: where the part of an order goes that a risk limit refuses."""
    substitute = Substitute(
        substitute_id=fields.identifier("id"),
        node_id=fields.identifier("node"),
        scope_id=fields.identifier("scope"),
        to_sub_account_id=fields.identifier("to"),
        to_contract_id=fields.identifier("contract"),
        mode=fields.choice("mode", SubstituteMode, SubstituteMode.DIVERSIFY),
        correlation_ppm=fields.percent("correlation", None, high=1_000_000),
        cap_lots=fields.whole("cap", high=LOTS_MAX),
        age_ns_max=fields.span_ns("age", 4 * DAY_NS),
        is_dry_run=fields.flag("dry_run"),
    )
    finished(fields, substitute)
    return substitute


def _flag(fields: Fields, key: str) -> bool | None:
    """Return what a key states, None where it states nothing."""
    return fields.flag(key) if fields.has(key) else None


def read_trade_flow(fields: Fields) -> TradeFlowControl:
    """Read one ``[[trade_flow]]``: what a key leaves out is not asked at this node."""
    control = TradeFlowControl(
        node_id=fields.identifier("node"),
        scope_id=fields.text("scope", "*"),
        order_to_trade_max=fields.stated("order_to_trade", fields.whole),
        free_messages=fields.whole("free_messages", 0),
        cancels_max=fields.stated("cancels", fields.whole),
        of_each_contract=fields.flag("of_each_contract"),
        repeated_executions_max=fields.stated(
            "repeated_executions", lambda key: fields.whole(key, low=1)
        ),
        repeated_ns=fields.span_ns("repeated_within", 60 * SECOND_NS),
        duplicate_ns=fields.stated("duplicates_within", fields.span_ns),
    )
    finished(fields, control)
    return control


def read_tenor_limit(fields: Fields) -> TenorLimit:
    """Read one ``[[tenor_limit]]``: what a key leaves out is inherited."""

    def days(key: str) -> int:
        return fields.whole(key, high=TENOR_DAYS_MAX)

    limit = TenorLimit(
        node_id=fields.identifier("node"),
        scope_id=fields.text("scope", "*"),
        furthest_days=fields.stated("furthest_days", days),
        nearest_days=fields.stated("nearest_days", days),
        takes_undated=fields.flag("undated") if fields.has("undated") else None,
    )
    finished(fields, limit)
    return limit


def read_impact_limit(fields: Fields) -> ImpactLimit:
    """Read one ``[[impact_limit]]``: what a key leaves out is not asked at this node."""
    limit = ImpactLimit(
        node_id=fields.identifier("node"),
        scope_id=fields.text("scope", "*"),
        order_share_ppm=fields.stated("order_share", fields.percent),
        window_share_ppm=fields.stated("window_share", fields.percent),
        window_ns=fields.span_ns("window", 300 * SECOND_NS),
        volume_age_ns_max=fields.span_ns("volume_age", 600 * SECOND_NS),
        passes_unknown=fields.flag("unknown_passes"),
        cooling_off_ns=fields.span_ns("cooling_off", 0),
    )
    finished(fields, limit)
    return limit


def read_self_match(fields: Fields) -> SelfMatch:
    """Read one ``[[self_match]]``: what becomes of own orders that would meet, and of trades."""
    row = SelfMatch(
        node_id=fields.identifier("node"),
        mode=fields.choice("mode", SelfMatchMode) if fields.has("mode") else None,
        scope=fields.choice("scope", SelfMatchScope) if fields.has("scope") else None,
        stops_meet_all=fields.flag("stops_meet_all") if fields.has("stops_meet_all") else None,
        wash_window_ns=fields.stated("wash_window", fields.span_ns),
        wash_price_ticks=fields.stated("wash_ticks", lambda key: fields.whole(key, high=LOTS_MAX)),
        wash_count_max=fields.stated("wash_trades", lambda key: fields.whole(key, high=COUNT_MAX)),
    )
    finished(fields, row)
    return row


def read_exposure_limit(fields: Fields) -> ExposureLimit:
    """Read one ``[[exposure_limit]]``: amounts are in the base currency."""

    def amount(key: str) -> int | None:
        return fields.stated(key, lambda key: _amount(fields, key))

    row = ExposureLimit(
        node_id=fields.identifier("node"),
        scope_id=fields.text("scope", "*"),
        product_ids=fields.identifiers("products", ()),
        gross_micros_max=amount("gross"),
        net_micros_max=amount("net"),
        beta_micros_max=amount("beta"),
        share_ppm_max=fields.stated("share", lambda key: fields.percent(key, high=1_000_000)),
        share_from_micros=amount("share_from") or 0,
        beta_index=fields.identifier("beta_index") if fields.has("beta_index") else None,
        beta_age_ns_max=fields.stated("beta_age", fields.span_ns),
        beta_unknown_ppm=fields.stated("beta_unknown", fields.multiple),
        floor_ticks=fields.stated(
            "floor_ticks", lambda key: fields.whole(key, low=1, high=LOTS_MAX)
        ),
    )
    finished(fields, row)
    return row


def read_margin_buffer(fields: Fields) -> MarginBuffer:
    """Read one ``[[margin_buffer]]``: a ``share`` of the requirement, an ``amount`` beside it."""
    row = MarginBuffer(
        node_id=fields.identifier("node"),
        buffer_ppm=fields.stated("share", fields.percent),
        buffer_micros=fields.stated("amount", lambda key: _amount(fields, key)),
    )
    finished(fields, row)
    return row


def _amount(fields: Fields, key: str) -> int:
    return fields.decimal(key, 6, None, low=0, high=MONEY_MICROS_MAX)


_READERS: tuple[tuple[str, Callable[[Fields], RiskItem]], ...] = (
    ("order_control", read_order_control),
    ("flow_control", read_flow_control),
    ("limit_group", read_limit_group),
    ("warning", read_limit_warning),
    ("override", read_risk_override),
    ("connection_control", read_connection_control),
    ("link_control", read_link_control),
    ("substitute", read_substitute),
    ("trade_flow", read_trade_flow),
    ("tenor_limit", read_tenor_limit),
    ("impact_limit", read_impact_limit),
    ("self_match", read_self_match),
    ("loss_limit", read_loss_limit),
    ("liquidation", read_liquidation),
    ("exposure_limit", read_exposure_limit),
    ("margin_buffer", read_margin_buffer),
    ("service_tier", read_service_tier),
)
