"""What a record may have touched, told from the types and identifiers of its events.

Which identifiers an event type carries, also inside the tuples it holds, is read from its type.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from fencang.messages import events as ev
from fencang.messages.day_events import SettlementCorrected
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.instruction_events import InstructionQueued
from fencang.messages.life_events import ContractConverted
from fencang.messages.money_events import (
    InterestPosted,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.messages.record import Record
from fencang.projections.ledger_days import OF_DAYS
from fencang.projections.reference import promised_id, reserve_id, suspense_id
from fencang.projections.risk_signals import READERS
from fencang.refdata.rule import IndicatorRule

__all__ = ["MOVING", "WIDE", "Touched", "touched_by"]

WIDE: frozenset[type] = frozenset(
    {
        ev.ContractSettled,
        ev.ContractExpired,
        ev.OpeningBookImported,
        ContractConverted,
        SettlementCorrected,
        DayMinimumCharged,
        InterestPosted,
        WireCancelled,
        WireConfirmed,
        WireRequested,
        WireReturned,
    }
)
"""Events that move lots or cash of books that they do not name one by one, or of many: rare."""

MOVING: frozenset[type] = WIDE | {
    ev.CashDeposited,
    ev.CashWithdrawn,
    ev.CapitalTransferred,
    ev.CurrencyConverted,
    ev.FillAllocated,
    ev.FillBooked,
    ev.FillSuspended,
    ev.SuspenseAssigned,
    ev.OptionExercised,
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
}
"""Events that move lots or cash."""

_STANDING = frozenset({ev.MarginPublished, ev.OverGrantedChanged, ev.TradingStateSet})
_DEFINING = frozenset(
    {
        ev.DeskDefined,
        ev.PricesMarked,
        ev.RatesMarked,
        ev.ContractSettled,
        SettlementCorrected,
        ContractConverted,
    }
)
_OF_RULES = frozenset({ev.RuleArmed, ev.RuleFired})
_OF_BLOCKS = _OF_RULES | {
    ev.FillAllocated,
    ev.OrderAccepted,
    ev.BlockOrderCreated,
    ev.BlockOrderDone,
}
"""What firings and block orders follow: their slices and fills too."""
_BOOKS = ("sub_account_id", "book_id", "from_book_id", "to_book_id")
_SUBS = ("from_sub_account_id", "to_sub_account_id")
_CONTRACTS = ("contract_id", "from_contract_id", "to_contract_id", "underlying_id")


Value = Any
"""An event whose type is only known by what is read of it."""


class Touched:
    """Identifiers that a record names; ``is_wide``: of its contracts every book may have moved.

    A read model is only given records that touch what it keeps: orders, plans and drafts those that
    name one (drafts those that define, too), executions those that move something, firings and
    block orders ``is_of_blocks``.
    """

    __slots__ = (
        "books",
        "carrying",
        "contracts",
        "drafts",
        "executions",
        "instructions",
        "is_defining",
        "is_moving",
        "is_of_blocks",
        "is_of_days",
        "is_of_risk",
        "is_wide",
        "orders",
        "plans",
        "rules",
        "settled",
    )

    def __init__(self) -> None:
        self.orders: dict[int, None] = {}
        self.executions: dict[tuple[str, str], None] = {}
        self.books: set[str] = set()
        self.carrying: set[str] = set()
        self.contracts: set[str] = set()
        self.settled: dict[str, None] = {}
        self.plans: dict[int, None] = {}
        self.drafts: dict[int, None] = {}
        self.instructions: dict[int, InstructionQueued | None] = {}
        self.rules: dict[str, None] = {}
        self.is_wide = self.is_moving = self.is_defining = False
        self.is_of_blocks = self.is_of_days = self.is_of_risk = False


def touched_by(record: Record) -> Touched:
    """Return what the events of a record may have touched."""
    touched = Touched()
    for event in record.events:
        kind = type(event)
        reads = _reads(kind)
        if reads.is_order:
            order_id = event.order_id  # type: ignore[union-attr]
            if order_id is not None:
                touched.orders[order_id] = None
        if reads.is_execution:
            touched.executions[event.carrying_account_id, event.execution_id] = None  # type: ignore[union-attr, index]
        if kind in _DEFINING:
            touched.is_defining = True
            if kind not in (ev.DeskDefined, ev.PricesMarked, ev.RatesMarked):
                touched.settled.update(dict.fromkeys(_named(event, _CONTRACTS)))
        if kind in MOVING:
            _move(touched, event)
        elif kind in _STANDING:
            touched.is_moving = True
        if kind in _OF_BLOCKS:
            touched.is_of_blocks = True
        if kind in _OF_RULES:
            touched.rules[event.rule_id] = None  # type: ignore[union-attr]
        elif isinstance(event, ev.DeskDefined):
            defined = (item.rule_id for item in event.items if isinstance(item, IndicatorRule))
            touched.rules.update(dict.fromkeys(defined))
        if reads.is_draft:
            touched.drafts[event.draft_id] = None  # type: ignore[union-attr]
        if reads.is_instruction:
            queued = event if isinstance(event, InstructionQueued) else None
            touched.instructions[event.instruction_id] = queued  # type: ignore[union-attr]
        if reads.is_plan:
            touched.plans[event.plan_id] = None  # type: ignore[union-attr]
        if reads.is_rare:
            touched.is_of_days |= kind in OF_DAYS
            touched.is_of_risk |= kind in READERS
    return touched


class _Reads(NamedTuple):
    """Which identifiers an event type has at its top."""

    is_order: bool
    is_execution: bool
    is_plan: bool
    is_draft: bool
    is_instruction: bool
    is_rare: bool
    """It is one of those that only a few read models take."""


@cache
def _reads(kind: type[msgspec.Struct]) -> _Reads:
    names = kind.__struct_fields__
    return _Reads(
        is_order="order_id" in names,
        is_execution="execution_id" in names and "carrying_account_id" in names,
        is_draft="draft_id" in names,
        is_instruction="instruction_id" in names and kind.__module__.endswith("n_events"),
        is_rare=kind in READERS or kind in OF_DAYS,
        is_plan="plan_id" in names and kind.__module__.endswith("plan_events"),
    )


def _move(touched: Touched, event: Value) -> None:
    touched.is_moving = True
    kind = type(event)
    if kind in WIDE:
        touched.is_wide = True
    touched.books.update(_named(event, _BOOKS))
    touched.books.update(_named(event, _SUBS))
    touched.contracts.update(_named(event, _CONTRACTS))
    carrying = list(_named(event, ("carrying_account_id",)))
    touched.carrying.update(carrying)
    touched.books.update(suspense_id(each) for each in carrying)
    for owner in _named(event, ("owner_id",)):
        touched.books.update((reserve_id(owner), promised_id(owner)))


def _named(event: msgspec.Struct, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts of fields so named, in the event and in the structures that it holds."""
    for read in _readers(type(event), names):
        yield from read(event)


@cache
def _readers(
    kind: type[msgspec.Struct], names: tuple[str, ...]
) -> tuple[Callable[[Any], Iterator[str]], ...]:
    readers: list[Callable[[Any], Iterator[str]]] = []
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        if field.name in names:
            readers.append(_text_of(field.name))
        elif isinstance(field.type, inspect.VarTupleType) and isinstance(
            field.type.item_type, inspect.StructType
        ):
            readers.append(_texts_inside(field.name, names))
    return tuple(readers)


def _text_of(name: str) -> Callable[[Any], Iterator[str]]:
    def read(event: Value) -> Iterator[str]:
        text = getattr(event, name)
        if text:
            yield text

    return read


def _texts_inside(name: str, names: tuple[str, ...]) -> Callable[[Any], Iterator[str]]:
    def read(event: Value) -> Iterator[str]:
        for item in getattr(event, name):
            yield from _named(item, names)

    return read
