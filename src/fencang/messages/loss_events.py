"""Events of loss limits: steps taken, what is closed by force, and what suspends that."""

from enum import IntEnum, StrEnum

from fencang.messages.message import Event, Side

__all__ = [
    "LiquidationEnd",
    "LiquidationEnded",
    "LiquidationLeg",
    "LiquidationPlanned",
    "LiquidationResumed",
    "LiquidationSuspended",
    "LossEvent",
    "LossLimitReached",
    "LossMeasure",
    "LossStep",
    "Suspension",
]


class LossMeasure(StrEnum):
    """What of a node is measured against a limit."""

    DAILY_LOSS = "daily loss"
    DRAWDOWN = "drawdown"
    VELOCITY = "loss velocity"
    MARGIN_USE = "margin use"


class LossStep(IntEnum):
    """What is done at a share of a limit; each step includes those before it."""

    NONE = 0
    STOP = 1
    CANCEL = 2
    LIQUIDATE = 3


class Suspension(StrEnum):
    """Why nothing is closed by force."""

    MARGIN_JUMP = "margin jump"
    EQUITY_JUMP = "equity jump"
    PRICE_JUMP = "price jump"
    PRICE_STALE = "price stale"
    BUDGET = "budget used"
    NOT_FILLED = "not filled"
    PAUSED = "paused"


class LiquidationEnd(StrEnum):
    """Why a liquidation is over."""

    CURED = "cured"
    DONE = "done"


class LossLimitReached(Event, tag="LossLimitReached.1"):
    """A node went beyond a share of a limit, and a step of its ladder is taken.

    Amounts in base micros; ``equity_micros`` has capital moved since the limit was first stated
    taken away, as ``start_micros`` and ``peak_micros`` have.
    """

    node_id: str
    measure: LossMeasure
    step: LossStep
    share_ppm: int
    limit_micros: int
    value_micros: int
    equity_micros: int
    start_micros: int
    peak_micros: int


class LiquidationLeg(Event):
    """What one sub-account's position in one contract is brought to, and how.

    ``side`` closes it; ``quantity_lots`` go in about ``slices`` intervals, ``kept_lots`` may stay;
    ``relief_micros`` is what margin the same lots would ask for anew, in base currency.
    """

    sub_account_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    quantity_lots: int
    kept_lots: int
    relief_micros: int
    slices: int


class LiquidationPlanned(Event, tag="LiquidationPlanned.1"):
    """Positions at and below a node are to be closed, the largest relief first.

    It ends when the measure that began it is at ``cured_ppm`` of its limit, or every leg is done.
    """

    liquidation_id: int
    node_id: str
    measure: LossMeasure
    cured_ppm: int
    legs: tuple[LiquidationLeg, ...]


class LiquidationEnded(Event, tag="LiquidationEnded.1"):
    """Nothing more is closed at a node."""

    liquidation_id: int
    node_id: str
    end: LiquidationEnd


class LiquidationSuspended(Event, tag="LiquidationSuspended.1"):
    """Nothing is closed by force at, above and below a node until it is resumed.

    ``what`` names the command or contract that changed it, ``subject`` whose figure it is; before
    and after are base micros, of a price its nanos, of an age ns, of a budget what it holds.
    """

    node_id: str
    cause: Suspension
    subject: str
    what: str
    before: int
    after: int
    entered_by: str = ""


class LiquidationResumed(Event, tag="LiquidationResumed.1"):
    """A suspension is over: two persons said so, or what caused it has ended by itself."""

    node_id: str
    cause: Suspension
    what: str
    entered_by: str = ""
    approved_by: str = ""


LossEvent = (
    LossLimitReached
    | LiquidationPlanned
    | LiquidationEnded
    | LiquidationSuspended
    | LiquidationResumed
)
