"""Events: what was decided.  Only ``engine/evolve`` turns them into state.

Amounts that a shared function can recompute (margin, unrealised profit, reservations) are not in
events; amounts that need a rate, a fee schedule or a rounding at that moment are.
"""

from datetime import date

from fencang.messages.cancel_events import MassCancelEvent
from fencang.messages.commands import (
    OpeningCash,
    OpeningLots,
    PriceMark,
    RateMark,
)
from fencang.messages.connection_events import ConnectionEvent
from fencang.messages.day_events import DayEvent
from fencang.messages.draft_events import DraftEvent
from fencang.messages.envelope_events import EnvelopeEvent
from fencang.messages.exposure_events import BetasReported
from fencang.messages.fee_events import FeeEvent
from fencang.messages.fill_events import FillEvent
from fencang.messages.instruction_events import InstructionEvent
from fencang.messages.life_events import LifeEvent
from fencang.messages.limit_events import LimitEvent
from fencang.messages.loss_events import LossEvent
from fencang.messages.margin_events import (
    AccountMargin,
    BenefitGranted,
    CollateralReported,
    MarginLine,
    MarginPublished,
    RiskArraysLoaded,
    SpanParametersActivated,
    SpanParametersLoaded,
    UncoveredContract,
)
from fencang.messages.message import Event, Offset, OrderTerms, Side, TradingState
from fencang.messages.money_events import MoneyEvent
from fencang.messages.option_events import (
    ExerciseInstructed,
    ExerciseLeg,
    OptionExercised,
    OptionExpiring,
)
from fencang.messages.plan_events import PlanApplied, PlanApproved, PlanProposed, PlanRejected
from fencang.messages.reasons import Reason
from fencang.messages.reconciliation_events import AnyReconciliationEvent
from fencang.messages.regime_events import RegimeEvent
from fencang.messages.rule_events import RuleArmed, RuleFired
from fencang.messages.self_match_events import SelfMatchEvent
from fencang.messages.substitution_events import SubstitutionEvent
from fencang.messages.trade_flow_events import TradeFlowEvent
from fencang.refdata.desk import DeskItem

__all__ = [
    "EFFECT_TYPES",
    "EVENT_TYPES",
    "AccountMargin",
    "AnyEvent",
    "BenefitGranted",
    "BlockLeg",
    "BlockOrderCreated",
    "BlockOrderDone",
    "BookVariation",
    "CancelRejected",
    "CancelRequested",
    "CapitalTransferred",
    "CarryingVariation",
    "CashDeposited",
    "CashWithdrawn",
    "CollateralReported",
    "CommandRejected",
    "ContractExpired",
    "ContractSettled",
    "CurrencyConverted",
    "DeskDefined",
    "DeskRestarted",
    "DuplicateFillIgnored",
    "ExerciseInstructed",
    "ExerciseLeg",
    "FillAllocated",
    "FillBooked",
    "FillSuspended",
    "GatewayCursorAdvanced",
    "IndicatorReported",
    "MarginLine",
    "MarginPublished",
    "OpeningBookImported",
    "OperatorCalled",
    "OptionExercised",
    "OptionExpiring",
    "OrderAccepted",
    "OrderCancelled",
    "OrderExpired",
    "OrderInDoubt",
    "OrderRejected",
    "OrderRejectedByVenue",
    "OrderReplaced",
    "OrderRouted",
    "OrderStatusConfirmed",
    "OrderWorking",
    "OverGrantedChanged",
    "PlanApplied",
    "PlanApproved",
    "PlanProposed",
    "PlanRejected",
    "PricesMarked",
    "RatesMarked",
    "ReplaceRejected",
    "ReplaceRequested",
    "RiskArraysLoaded",
    "RuleArmed",
    "RuleFired",
    "SessionClosed",
    "SessionOpened",
    "SpanParametersActivated",
    "SpanParametersLoaded",
    "SuspenseAssigned",
    "TradingDaySettled",
    "TradingStateSet",
    "UncoveredContract",
]


class CommandRejected(Event, tag="CommandRejected.1"):
    """A command other than an order was refused; nothing of it was applied."""

    reason: Reason
    detail: str


class DeskDefined(Event, tag="DeskDefined.1"):
    """Reference values were defined or changed."""

    items: tuple[DeskItem, ...]


class TradingStateSet(Event, tag="TradingStateSet.1"):
    """A node was stopped or resumed."""

    node_id: str
    trading_state: TradingState
    reason: str


class CashDeposited(Event, tag="CashDeposited.1"):
    """Cash came in: carrying account and owner's reserve both rose."""

    carrying_account_id: str
    owner_id: str
    currency: str
    amount_micros: int


class CashWithdrawn(Event, tag="CashWithdrawn.1"):
    """Cash went out: carrying account and owner's reserve both fell."""

    carrying_account_id: str
    owner_id: str
    currency: str
    amount_micros: int


class CapitalTransferred(Event, tag="CapitalTransferred.1"):
    """Base-currency capital moved from one book to another of the same owner."""

    from_book_id: str
    to_book_id: str
    amount_micros: int
    reason: str


class CurrencyConverted(Event, tag="CurrencyConverted.1"):
    """One book sold one currency for another; the carrying account did the same."""

    book_id: str
    carrying_account_id: str
    sold_currency: str
    sold_micros: int
    bought_currency: str
    bought_micros: int
    rate_source: str


class OpeningBookImported(Event, tag="OpeningBookImported.1"):
    """Positions and cash of a prior system were taken over."""

    source: str
    lots: tuple[OpeningLots, ...]
    cash: tuple[OpeningCash, ...]


class SessionOpened(Event, tag="SessionOpened.1"):
    """A venue opened for a trading day; lots of earlier days are yesterday's from here on."""

    venue_id: str
    trading_day: date


class SessionClosed(Event, tag="SessionClosed.1"):
    """A venue closed."""

    venue_id: str


class PricesMarked(Event, tag="PricesMarked.1"):
    """Contracts have new marks."""

    marks: tuple[PriceMark, ...]


class RatesMarked(Event, tag="RatesMarked.1"):
    """Currencies have new values in the base currency."""

    source: str
    rates: tuple[RateMark, ...]


class IndicatorReported(Event, tag="IndicatorReported.1"):
    """A watched index has a new level."""

    indicator: str
    value_nanos: int
    is_close: bool


class BookVariation(Event):
    """Variation margin of one virtual book in one contract; paid when positive to the book."""

    book_id: str
    carrying_account_id: str
    variation_micros: int


class CarryingVariation(Event):
    """Variation margin of one carrying account in one contract."""

    carrying_account_id: str
    variation_micros: int


class ContractSettled(Event, tag="ContractSettled.1"):
    """A contract was settled; the books' parts sum to the carrying accounts' parts.

    ``is_final``: for the last time, so that forwards are paid too.
    """

    contract_id: str
    price_nanos: int
    currency: str
    carrying: tuple[CarryingVariation, ...]
    books: tuple[BookVariation, ...]
    is_final: bool = False


class TradingDaySettled(Event, tag="TradingDaySettled.1"):
    """A venue's day was settled."""

    venue_id: str
    trading_day: date
    source: str


class ContractExpired(Event, tag="ContractExpired.1"):
    """A contract ended; every position in it was closed at its final settlement price."""

    contract_id: str
    final_price_nanos: int


class OverGrantedChanged(Event, tag="OverGrantedChanged.1"):
    """An owner's deficits outgrew its reserve (or no longer do): opening and plans freeze."""

    owner_id: str
    is_over_granted: bool
    uncovered_micros: int


class OrderAccepted(Event, tag="OrderAccepted.1"):
    """An order passed every check and holds its reservation.

    ``sub_account_id`` is empty for a slice of a block order (``block_id`` names the block);
    ``is_reducing`` orders skipped exposure checks; ``raises_elsewhere`` flags a reducing order that
    enlarges the worst case of a node above it.  ``roll_id`` names the roll that it is a leg of,
    ``envelope_id`` the envelope that its lots were taken from.
    """

    order_id: int
    sub_account_id: str
    client_order_id: str
    terms: OrderTerms
    is_reducing: bool
    raises_elsewhere: bool = False
    block_id: int = 0
    attempt: int = 1
    roll_id: int = 0
    envelope_id: int = 0


class OrderRouted(Event, tag="OrderRouted.1"):
    """Effect: send the order to its venue (again, after the venue denied knowing it)."""

    order_id: int
    terms: OrderTerms
    is_resend: bool = False


class OrderRejected(Event, tag="OrderRejected.1"):
    """An order was refused before it left: control, level, limit and value."""

    sub_account_id: str
    client_order_id: str
    contract_id: str
    reason: Reason
    node_id: str
    limit: int
    value: int
    detail: str


class OrderWorking(Event, tag="OrderWorking.1"):
    """The venue works the order."""

    order_id: int
    venue_order_id: str


class OrderRejectedByVenue(Event, tag="OrderRejectedByVenue.1"):
    """The venue refused the order; its reservation is free."""

    order_id: int
    text: str


class CancelRequested(Event, tag="CancelRequested.1"):
    """Effect: ask the venue to cancel; the reservation stays until it answers."""

    order_id: int
    terms: OrderTerms


class CancelRejected(Event, tag="CancelRejected.1"):
    """The venue refused to cancel; the order stands as it stood."""

    order_id: int
    text: str


class OrderCancelled(Event, tag="OrderCancelled.1"):
    """The venue took the order out of its book, asked or unasked."""

    order_id: int
    was_requested: bool
    text: str


class ReplaceRequested(Event, tag="ReplaceRequested.1"):
    """Effect: ask the venue to replace; the larger of both needs is reserved until it answers."""

    order_id: int
    terms: OrderTerms
    quantity_lots: int
    limit_price_nanos: int | None


class OrderReplaced(Event, tag="OrderReplaced.1"):
    """The venue works the order with new quantity and price."""

    order_id: int
    quantity_lots: int
    limit_price_nanos: int | None


class ReplaceRejected(Event, tag="ReplaceRejected.1"):
    """The replace came to nothing; the order works unchanged.

    ``reason`` None: the venue refused it.  Otherwise the desk did not ask for it again, and why.
    """

    order_id: int
    text: str
    reason: Reason | None = None


class OrderExpired(Event, tag="OrderExpired.1"):
    """The order's time in force ended."""

    order_id: int


class OrderInDoubt(Event, tag="OrderInDoubt.1"):
    """Effect: ask the venue for the order's status; its margin stays reserved meanwhile."""

    order_id: int
    terms: OrderTerms


class OrderStatusConfirmed(Event, tag="OrderStatusConfirmed.1"):
    """The venue answered: the order is as ``working_lots`` says and no longer in doubt."""

    order_id: int
    filled_lots: int
    working_lots: int


class OperatorCalled(Event, tag="OperatorCalled.1"):
    """Something needs a person: what, and which order or contract it is about."""

    subject: str
    detail: str


class FillBooked(Event, tag="FillBooked.1"):
    """A venue fill entered the carrying book."""

    carrying_account_id: str
    execution_id: str
    order_id: int | None
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int


class FillAllocated(Event, tag="FillAllocated.1"):
    """Lots of a fill entered a sub-account, with their fee in the product's currency."""

    order_id: int
    execution_id: str
    sub_account_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int


class FillSuspended(Event, tag="FillSuspended.1"):
    """Lots that nobody claims entered the suspense account of the carrying account."""

    execution_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int
    detail: str


class SuspenseAssigned(Event, tag="SuspenseAssigned.1"):
    """Suspense lots moved to a sub-account at their fill price, with their share of the fee."""

    execution_id: str
    carrying_account_id: str
    contract_id: str
    sub_account_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int
    reason: str


class DuplicateFillIgnored(Event, tag="DuplicateFillIgnored.1"):
    """The same execution was reported again; the first report stands."""

    carrying_account_id: str
    execution_id: str


class BlockLeg(Event):
    """One sub-account's instructed lots in a block order."""

    sub_account_id: str
    quantity_lots: int


class BlockOrderCreated(Event, tag="BlockOrderCreated.1"):
    """A block order with its split, fixed before any fill; its slices follow as orders."""

    block_id: int
    rule_id: str
    carrying_account_id: str
    contract_id: str
    side: Side
    offset: Offset
    legs: tuple[BlockLeg, ...]


class BlockOrderDone(Event, tag="BlockOrderDone.1"):
    """A block order needs nothing more: filled, or given up after its last attempt."""

    block_id: int
    unfilled_lots: int


class GatewayCursorAdvanced(Event, tag="GatewayCursorAdvanced.1"):
    """A gateway has handled every effect up to this sequence."""

    gateway_id: str
    handled_sequence: int


class DeskRestarted(Event, tag="DeskRestarted.1"):
    """The process came up anew; orders without the venue's word follow as in doubt."""


AnyEvent = (
    CommandRejected
    | DeskDefined
    | TradingStateSet
    | CashDeposited
    | CashWithdrawn
    | CapitalTransferred
    | CurrencyConverted
    | OpeningBookImported
    | SessionOpened
    | SessionClosed
    | PricesMarked
    | RatesMarked
    | IndicatorReported
    | ContractSettled
    | TradingDaySettled
    | ContractExpired
    | ExerciseInstructed
    | OptionExercised
    | OptionExpiring
    | SpanParametersLoaded
    | SpanParametersActivated
    | RiskArraysLoaded
    | BenefitGranted
    | BetasReported
    | CollateralReported
    | MarginPublished
    | OverGrantedChanged
    | OrderAccepted
    | OrderRouted
    | OrderRejected
    | OrderWorking
    | OrderRejectedByVenue
    | CancelRequested
    | CancelRejected
    | OrderCancelled
    | ReplaceRequested
    | OrderReplaced
    | ReplaceRejected
    | OrderExpired
    | OrderInDoubt
    | OrderStatusConfirmed
    | OperatorCalled
    | FillBooked
    | FillAllocated
    | FillSuspended
    | SuspenseAssigned
    | DuplicateFillIgnored
    | FillEvent
    | FeeEvent
    | LifeEvent
    | AnyReconciliationEvent
    | BlockOrderCreated
    | BlockOrderDone
    | RuleArmed
    | RuleFired
    | PlanProposed
    | PlanApproved
    | PlanRejected
    | PlanApplied
    | GatewayCursorAdvanced
    | DeskRestarted
    | DayEvent
    | EnvelopeEvent
    | MoneyEvent
    | RegimeEvent
    | LimitEvent
    | ConnectionEvent
    | SubstitutionEvent
    | TradeFlowEvent
    | SelfMatchEvent
    | LossEvent
    | DraftEvent
    | InstructionEvent
    | MassCancelEvent
)

EVENT_TYPES: tuple[type[Event], ...] = AnyEvent.__args__

EFFECT_TYPES: frozenset[type[Event]] = frozenset(
    {OrderRouted, CancelRequested, ReplaceRequested, OrderInDoubt}
)
"""Events that a gateway carries out at its venue, each through its own durable cursor."""
