"""The common form of reference values and the bounded field types they use."""

from typing import Annotated, dataclass_transform

import msgspec

from fencang.basics.identifiers import IDENTIFIER_LENGTH_MAX
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import PRICE_NANOS_MAX

__all__ = [
    "LOTS_MAX",
    "CalendarName",
    "CurrencyCode",
    "Definition",
    "Identifier",
    "Lots",
    "Micros",
    "Nanos",
    "NonNegativeLots",
    "NonNegativeMicros",
    "PartsPerMillion",
    "PositiveNanos",
    "Text",
    "TimeNs",
]

LOTS_MAX = 10_000_000
"""Largest number of lots in one order, fill or limit."""

Identifier = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=IDENTIFIER_LENGTH_MAX, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]*\Z"
    ),
]
Text = Annotated[str, msgspec.Meta(max_length=400)]
CalendarName = Annotated[str, msgspec.Meta(max_length=64)]
"""A trading calendar; empty: none is named."""
CurrencyCode = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
Lots = Annotated[int, msgspec.Meta(ge=1, le=LOTS_MAX)]
NonNegativeLots = Annotated[int, msgspec.Meta(ge=0, le=LOTS_MAX)]
Micros = Annotated[int, msgspec.Meta(ge=-MONEY_MICROS_MAX, le=MONEY_MICROS_MAX)]
NonNegativeMicros = Annotated[int, msgspec.Meta(ge=0, le=MONEY_MICROS_MAX)]
Nanos = Annotated[int, msgspec.Meta(ge=-PRICE_NANOS_MAX, le=PRICE_NANOS_MAX)]
PositiveNanos = Annotated[int, msgspec.Meta(ge=1, le=PRICE_NANOS_MAX)]
TimeNs = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
PartsPerMillion = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Definition(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Base of every reference value; the tag carries the version of its stored form."""
