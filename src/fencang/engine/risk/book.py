"""The memory of the pre-trade controls: their rows, and what they count.

Each family keeps its own part here.  Rows are defined by ``DefineDesk``; what is counted is primary
state where it cannot be found anew from orders and positions.
"""

from collections.abc import Callable
from typing import Any

from fencang.engine.risk.connections import Connections
from fencang.engine.risk.envelopes import EnvelopeBook
from fencang.engine.risk.exposures import ExposureBook
from fencang.engine.risk.impact import MarketImpact
from fencang.engine.risk.limit_warnings import WarningBook
from fencang.engine.risk.losses import LossBook
from fencang.engine.risk.mass_cancels import MassCancelBook
from fencang.engine.risk.overrides import OverrideBook
from fencang.engine.risk.self_match import SelfMatchBook
from fencang.engine.risk.substitutes import Substitutes
from fencang.engine.risk.tiers import TierBook
from fencang.engine.risk.trade_flow import TradeFlow
from fencang.limits.limit_groups import LimitGroups
from fencang.limits.margin_buffers import BufferTable
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.tenor import TenorTable

__all__ = ["Check", "RiskBook"]

Check = Callable[[Any], NodeRefusal | None]
"""One step of the ladder: takes an ``Ask``, returns why the order is refused, or None."""


class RiskBook:
    """Rows and counts of every family of controls of one desk."""

    __slots__ = (
        "buffers",
        "checks",
        "connections",
        "envelopes",
        "exposures",
        "impact",
        "limit_groups",
        "losses",
        "mass_cancels",
        "overrides",
        "self_match",
        "substitutes",
        "tenors",
        "tiers",
        "trade_flow",
        "warnings",
    )

    def __init__(self) -> None:
        self.checks: tuple[tuple[Check, ...], ...] | None = None
        """What opening orders, reducing orders and those inside an envelope are asked; a cache,
        found anew after a change of definitions."""
        self.connections = Connections()
        self.substitutes = Substitutes()
        self.trade_flow = TradeFlow()
        self.tenors = TenorTable()
        self.tiers = TierBook()
        self.impact = MarketImpact()
        self.self_match = SelfMatchBook()
        self.limit_groups = LimitGroups()
        self.warnings = WarningBook()
        self.overrides = OverrideBook()
        self.losses = LossBook()
        self.exposures, self.buffers = ExposureBook(), BufferTable()
        self.envelopes = EnvelopeBook()
        self.mass_cancels = MassCancelBook()
