"""Margin studies: who brings how much, what a requirement is made of, what it would be.

They are worked out on a copy of the desk that follows its journal; answers stand at the durable
``sequence`` that the copy had reached, of ``time``.
"""

from typing import Annotated, Protocol

import msgspec

from fencang.messages.message import Offset, Side
from fencang.projections.tables.texts import DecimalText, TimeText
from fencang.refdata.definition import Identifier, Nanos

__all__ = [
    "AttributedMargin",
    "AttributionRow",
    "HeldChange",
    "ImaginedOrder",
    "MarginChange",
    "MarginEffect",
    "MarginFigures",
    "MarginIfAsked",
    "MarginQuestions",
    "MarginWhatIf",
    "RequirementAnswer",
    "RequirementPart",
    "StudyFault",
    "WhatIfAnswer",
]

IMAGINED_MAX = 100
"""Orders, and positions, of one question."""
LOTS_MAX = 1_000_000

Lots = Annotated[int, msgspec.Meta(ge=1, le=LOTS_MAX)]
LotsChange = Annotated[int, msgspec.Meta(ge=-LOTS_MAX, le=LOTS_MAX)]


class AttributionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A book's share of its owner's pool; level: sub_account, suspense or pool.

    Of the pool, ``attributed`` is the whole requirement, which the shares sum to exactly, and
    ``stand_alone`` is what its sub-accounts would need apart.  ``benefit`` is the difference.
    """

    level: str
    book_id: str
    owner_id: str
    stand_alone: DecimalText
    attributed: DecimalText
    benefit: DecimalText
    granted: DecimalText


class AttributedMargin(msgspec.Struct, frozen=True, kw_only=True):
    """Every pool's requirement, attributed by the desk's ``rule``, in the base currency."""

    sequence: int
    time: TimeText
    rule: str
    rows: tuple[AttributionRow, ...]


class RequirementPart(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a requirement, in one currency; of ``requirement`` positions ask ``held``.

    Kinds: span or rate (a netting set), contract, premium, concentration or fixed (the broker's
    add-ons), envelopes.  Parts of a book sum to its requirement, exactly.
    """

    level: str
    book_id: str
    owner_id: str
    kind: str
    currency: str
    requirement: DecimalText
    held: DecimalText
    carrying_account_id: str
    clearing_house_id: str
    contract_id: str
    add_on_id: str


class RequirementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a requirement is made of."""

    sequence: int
    time: TimeText
    rows: tuple[RequirementPart, ...]


class ImaginedOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order that would work, in its worst case.

    Without ``carrying_account_id`` it goes by the sub-account's route.  ``limit_price_nanos``
    tells the premium that a bought option may cost; without it the last price does.
    """

    sub_account_id: Identifier
    contract_id: Identifier
    side: Side
    quantity_lots: Lots
    offset: Offset = Offset.NET
    limit_price_nanos: Nanos | None = None
    carrying_account_id: Identifier | None = None


class HeldChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lots that would be held beyond those that are, dealt at the mark; below zero, fewer."""

    sub_account_id: Identifier
    contract_id: Identifier
    long_lots: LotsChange = 0
    short_lots: LotsChange = 0
    carrying_account_id: Identifier | None = None


class MarginWhatIf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What margin would be with these orders and positions, all at once; nothing is entered."""

    orders: Annotated[tuple[ImaginedOrder, ...], msgspec.Meta(max_length=IMAGINED_MAX)] = ()
    positions: Annotated[tuple[HeldChange, ...], msgspec.Meta(max_length=IMAGINED_MAX)] = ()


class MarginIfAsked(msgspec.Struct, frozen=True):
    """A what-if; ``asker`` is whose questions wait in one line."""

    asked: MarginWhatIf
    asker: str


class MarginFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Where a book stands: stand-alone requirement, share of the pool's, what is left."""

    requirement: DecimalText
    attributed: DecimalText
    available: DecimalText


class MarginChange(msgspec.Struct, frozen=True, kw_only=True):
    """After less before."""

    requirement: DecimalText
    attributed: DecimalText
    available: DecimalText


class MarginEffect(msgspec.Struct, frozen=True, kw_only=True):
    """One book of a pool that is concerned, and last the pool; in the base currency."""

    level: str
    book_id: str
    owner_id: str
    before: MarginFigures
    after: MarginFigures
    difference: MarginChange


class StudyFault(msgspec.Struct, frozen=True):
    """Something that was asked and cannot be."""

    where: str
    what: str


class WhatIfAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every book of the pools concerned, before and after.

    ``unpriced`` are contracts asked about that have no price, or none in the base currency for
    want of an exchange rate: what they would ask for is not counted.
    """

    sequence: int
    time: TimeText
    rows: tuple[MarginEffect, ...]
    unpriced: tuple[str, ...] = ()


class MarginQuestions(Protocol):
    """Questions about margin; worked out on a copy of the desk, never in its way."""

    async def attribution(self, asker: str) -> AttributedMargin:
        """Return every pool's requirement, attributed to its books."""
        ...

    async def requirement(self, book_id: str, asker: str) -> RequirementAnswer | None:
        """Return what a book's requirement is made of ("": every pool's); None: no such book."""
        ...

    async def margin_what_if(self, asked: MarginIfAsked) -> WhatIfAnswer | tuple[StudyFault, ...]:
        """Return what margin would be, or what of the question cannot be."""
        ...
