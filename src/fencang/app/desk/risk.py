"""The tables of a desk file that state pre-trade controls, beside ``[[limit]]``."""

from collections.abc import Callable
from typing import NamedTuple

from fencang.app.desk.fields import Fields
from fencang.app.desk.sections import finished
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.order_control import OrderControl
from fencang.refdata.risk import RiskItem
from fencang.refdata.substitute import Substitute, SubstituteMode

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

ROOT_KEYS: dict[type[RiskItem], dict[str, str]] = {
    OrderControl: CONTROL_KEYS,
    FlowControl: FLOW_KEYS,
    ConnectionControl: CONNECTION_KEYS,
    LinkControl: LINK_KEYS,
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
        quantity_lots_max=_stated(fields, "lots", lambda key: fields.whole(key, high=LOTS_MAX)),
        value_micros_max=_stated(
            fields, "value", lambda key: fields.decimal(key, 6, None, low=0, high=high)
        ),
        collar_ppm=_stated(fields, "collar", fields.percent),
        collar_ticks=_stated(fields, "collar_ticks", lambda key: fields.whole(key, high=LOTS_MAX)),
        fast_after_ppm=_stated(fields, "fast_after", fields.percent),
        fast_collar_ppm=_stated(fields, "fast_collar", fields.percent),
        price_age_ns_max=_stated(fields, "price_age", fields.span_ns),
        takes_market_orders=_flag(fields, "market_orders"),
        is_restricted=fields.flag("restricted"),
    )
    finished(fields, control)
    return control


def read_flow_control(fields: Fields) -> FlowControl:
    """Read one ``[[flow_control]]``: ``messages`` in ``per`` (one second), ``working_orders``."""
    control = FlowControl(
        node_id=fields.identifier("node"),
        messages_max=_stated(fields, "messages", fields.whole),
        messages_ns=fields.span_ns("per", SECOND_NS),
        working_orders_max=_stated(fields, "working_orders", fields.whole),
    )
    finished(fields, control)
    return control


def read_connection_control(fields: Fields) -> ConnectionControl:
    """Read one ``[[connection_control]]``."""
    control = ConnectionControl(
        node_id=fields.identifier("node"),
        cancels_on_disconnect=_flag(fields, "cancel_on_disconnect"),
        grace_ns=_stated(fields, "grace", fields.span_ns),
        keeps_good_till=_flag(fields, "keep_good_till"),
    )
    finished(fields, control)
    return control


def read_link_control(fields: Fields) -> LinkControl:
    """Read one ``[[link_control]]``."""
    control = LinkControl(
        node_id=fields.identifier("node"),
        link_age_ns_max=_stated(fields, "link_age", fields.span_ns),
        feed_age_ns_max=_stated(fields, "feed_age", fields.span_ns),
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


def _stated(fields: Fields, key: str, read: Callable[[str], int]) -> int | None:
    """Return what a key states, None where it states nothing."""
    return read(key) if fields.has(key) else None


_READERS: tuple[tuple[str, Callable[[Fields], RiskItem]], ...] = (
    ("order_control", read_order_control),
    ("flow_control", read_flow_control),
    ("connection_control", read_connection_control),
    ("link_control", read_link_control),
    ("substitute", read_substitute),
)
