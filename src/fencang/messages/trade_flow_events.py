"""Events about what orders come to: limits of the day neared, strategies stopped and let go on."""

from enum import StrEnum

from fencang.messages.message import Event, Side
from fencang.messages.trade_flow_commands import ContractVolume

__all__ = [
    "CoolingOffStarted",
    "DayCounted",
    "DayLimitNeared",
    "StrategyDisabled",
    "StrategyReenabled",
    "TradeFlowEvent",
    "VolumesReported",
]


class DayCounted(StrEnum):
    """What is counted over a trading day."""

    MESSAGES = "messages"
    CANCELS = "cancels"


class DayLimitNeared(Event, tag="DayLimitNeared.1"):
    """Messages or cancels of a node's trading day have reached 50, 80 or 100 % of what may be.

    ``counted_id`` is the venue or contract that they are counted for; each share is told once a
    day.
    """

    node_id: str
    scope_id: str
    counted_id: str
    counted: DayCounted
    per_cent: int
    limit: int
    value: int


class StrategyDisabled(Event, tag="StrategyDisabled.1"):
    """Executions of a sub-account repeated themselves: it opens nothing until it is re-enabled."""

    sub_account_id: str
    node_id: str
    contract_id: str
    side: Side
    executions: int
    executions_max: int
    window_ns: int


class StrategyReenabled(Event, tag="StrategyReenabled.1"):
    """Two persons let a sub-account open again; its executions are counted from nothing."""

    sub_account_id: str
    reason: str
    entered_by: str
    approved_by: str


class VolumesReported(Event, tag="VolumesReported.1"):
    """Markets traded so many lots in a window of time that ends now."""

    source: str
    volumes: tuple[ContractVolume, ...]


class CoolingOffStarted(Event, tag="CoolingOffStarted.1"):
    """A node's orders in a contract have used up their share of the volume: it rests."""

    node_id: str
    scope_id: str
    contract_id: str
    sent_lots: int
    until_ns: int


TradeFlowEvent = (
    DayLimitNeared | StrategyDisabled | StrategyReenabled | VolumesReported | CoolingOffStarted
)
