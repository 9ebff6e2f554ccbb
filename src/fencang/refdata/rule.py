"""Event rules in data form: when an indicator jumps, tagged sub-accounts are cut.

The only kind of this version watches one indicator (VIX).  Armed, the rule holds a reference level
and the tagged positions of that moment.  It triggers when the indicator stands at least
``rise_ppm`` above the reference; each tagged position is then reduced to ``keep_ppm`` of what it
was at the reference, and opening stays blocked until the rule re-arms.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier

__all__ = ["IndicatorRule", "ReferenceKind"]


class ReferenceKind(StrEnum):
    """What the indicator is compared with: its last close, or its low of the last minutes."""

    LAST_CLOSE = "last_close"
    WINDOW_LOW = "window_low"


class IndicatorRule(Definition, tag="IndicatorRule.1"):
    """``indicator`` up by ``rise_ppm`` → cut sub-accounts with ``tag`` to ``keep_ppm``, then hold.

    ``window_ns`` is the look-back of ``WINDOW_LOW``.  After ``hold_ns`` the rule re-arms with the
    next observation that does not itself trigger: a firing inside the hold never compounds.
    ``attempts_max`` bounds how often unfilled lots are sliced anew; re-pricing a working slice that
    the market left behind is no attempt.
    """

    rule_id: Identifier
    indicator: Identifier
    tag: Identifier
    rise_ppm: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]
    keep_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    hold_ns: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
    reference: ReferenceKind = ReferenceKind.LAST_CLOSE
    window_ns: Annotated[int, msgspec.Meta(ge=0, le=1 << 62)] = 0
    attempts_max: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20
