"""The auditor's clock of overrides, and what people may widen alone.

Laws: an override holds from its first nanosecond on and no longer at its last, and both are told
with the first record of that time; a row that lets more through than before is stated by two
persons.
"""

from typing import Any

from fencang.messages.commands import DefineDesk
from fencang.messages.events import DeskDefined
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.desk import DeskItem
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.limit import PositionLimit
from fencang.refdata.loss_limit import LossLimit
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.refdata.order_control import OrderControl
from fencang.refdata.override import ControlOverride
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Overrides"]

MORE_IS_WIDER: dict[type[Any], tuple[str, ...]] = {
    PositionLimit: ("long_lots_max", "short_lots_max"),
    OrderControl: (
        "quantity_lots_max",
        "value_micros_max",
        "collar_ppm",
        "collar_ticks",
        "fast_collar_ppm",
        "price_age_ns_max",
        "takes_market_orders",
    ),
    FlowControl: ("messages_max", "working_orders_max"),
    TradeFlowControl: (
        "order_to_trade_max",
        "free_messages",
        "cancels_max",
        "repeated_executions_max",
    ),
    TenorLimit: ("furthest_days", "takes_undated"),
    ImpactLimit: ("order_share_ppm", "window_share_ppm", "volume_age_ns_max"),
    ExposureLimit: ("gross_micros_max", "net_micros_max", "beta_micros_max", "share_ppm_max"),
    LossLimit: ("daily_loss_micros", "drawdown_micros", "velocity_micros", "margin_use_ppm"),
    ConnectionControl: ("grace_ns",),
    LinkControl: ("link_age_ns_max", "feed_age_ns_max"),
}
LESS_IS_WIDER: dict[type[Any], tuple[str, ...]] = {
    FlowControl: ("messages_ns",),
    TradeFlowControl: ("repeated_ns", "duplicate_ns"),
    TenorLimit: ("nearest_days",),
    ImpactLimit: ("cooling_off_ns",),
    ExposureLimit: ("floor_ticks", "beta_unknown_ppm"),
    MarginBuffer: ("buffer_ppm", "buffer_micros"),
    OrderControl: ("is_restricted", "fast_after_ppm"),
    ConnectionControl: ("cancels_on_disconnect",),
}
"""Numbers of a row whose change lets more through; what is no longer stated does so too."""


class Overrides:
    """Times of overrides, and second persons of rows; it stands before what learns the rows."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.handlers: Handlers = {
            DeskDefined: self._define,
            OverrideBegun: self._begin,
            OverrideEnded: self._end,
        }

    # ------------------------------------------------------------------------------------- times

    def _begin(self, page: Page, event: OverrideBegun) -> None:
        override, now = self.reference.overrides.get(event.override_id), page.record.time_ns
        if override is None or not override.from_ns <= now < override.until_ns:
            page.report("override", f"{event.override_id} begins outside its time")

    def _end(self, page: Page, event: OverrideEnded) -> None:
        override = self.reference.overrides.get(event.override_id)
        if override is None or page.record.time_ns < override.until_ns:
            page.report("override", f"{event.override_id} ends before its time")

    def close(self, page: Page) -> None:
        """Check that what is in force is what the time says."""
        now = page.record.time_ns
        for name, override in self.reference.overrides.items():
            is_due = override.from_ns <= now < override.until_ns
            if is_due != (name in self.reference.in_force):
                word = "is not in force in" if is_due else "is in force beyond"
                page.report("override", f"{name} {word} its time")

    # ----------------------------------------------------------------------------------- persons

    def _define(self, page: Page, event: DeskDefined) -> None:
        command = page.record.command
        if not isinstance(command, DefineDesk):
            page.report("second person", "the desk was defined unasked")
            return
        if command.approved_by and command.approved_by != command.entered_by:
            return
        for item in event.items:
            field = self._widened(item)
            if field:
                name = f"{type(item).__name__} by {command.entered_by!r} alone"
                page.report("second person", f"{name} widens {field}")

    def _widened(self, item: DeskItem) -> str:
        """Return what of a row lets more through than before, empty when nothing does."""
        if isinstance(item, ControlOverride):
            known = self.reference.overrides.get(item.override_id)
            is_end = known is not None and item.until_ns <= known.until_ns
            return "" if is_end else "what it overrides"
        if isinstance(item, PositionLimit):
            old: Any = self.reference.limits.get(item.key)
        else:
            key = getattr(item, "key", None)
            old = self.reference.rows.get(type(item), {}).get(key) if key is not None else None
        if old is None:
            return ""
        for field in MORE_IS_WIDER.get(type(item), ()):
            if _is_above(getattr(item, field), getattr(old, field)):
                return field
        for field in LESS_IS_WIDER.get(type(item), ()):
            if (getattr(item, field) or 0) < (getattr(old, field) or 0):
                return field
        return ""


def _is_above(now: int | None, before: int | None) -> bool:
    return before is not None and (now is None or now > before)
