"""How markets move, as it was computed outside: what substitutes are chosen and sized by."""

from typing import Annotated

import msgspec

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, PositiveNanos, Text, TimeNs

__all__ = ["Correlation", "Deviation", "ReportMoves", "SubstitutionCommand"]

MOVES_MAX = 10_000
ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
SignedPpm = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]


class Deviation(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The standard deviation of a contract's or product's daily move, in price nanos.

    In points and not in percent: it means the same at a negative price.
    """

    scope_id: ScopeId
    deviation_nanos: PositiveNanos


class Correlation(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The correlation of two markets' daily moves, in parts per million from -1 to 1."""

    scope_id: ScopeId
    other_scope_id: ScopeId
    correlation_ppm: SignedPpm


class ReportMoves(Command, tag="ReportMoves.1"):
    """Take over deviations and correlations as of a time (manual sources need two persons)."""

    source: Text
    as_of_ns: TimeNs
    deviations: Annotated[tuple[Deviation, ...], msgspec.Meta(max_length=MOVES_MAX)] = ()
    correlations: Annotated[tuple[Correlation, ...], msgspec.Meta(max_length=MOVES_MAX)] = ()
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


SubstitutionCommand = ReportMoves
