"""Substitutes: where the part of a bet goes that a risk limit does not take.

Two ways, both in whole lots and rounded down.  ``diversify`` moves the bet to a market that has
little to do with the first: equal volatility, correlation small in absolute terms.  ``proxy`` keeps
the bet in a market that goes with the first: the size that beta gives, correlation large.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.definition import Definition, Identifier, NonNegativeLots

__all__ = ["Substitute", "SubstituteMode", "substitute_faults"]

ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
CorrelationPpm = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class SubstituteMode(StrEnum):
    """How a substitute is chosen and sized."""

    DIVERSIFY = "diversify"
    PROXY = "proxy"


class Substitute(Definition, tag="Substitute.1"):
    """One market that a mandate names for what does not fit another.

    ``node_id`` is the sub-account whose orders are meant, ``scope_id`` their contract or product.
    The substitute trades ``to_contract_id`` in ``to_sub_account_id``, a book of the same owner, up
    to a worst case of ``cap_lots`` on its side; 0 switches it off.  ``correlation_ppm`` is the most
    (diversify, in absolute terms) or the least (proxy) that is allowed.  Deviations and
    correlations older than ``age_ns_max`` are not used.  ``is_dry_run`` only tells what it would
    have done.  Substitutes are tried in the order of their identifiers.
    """

    substitute_id: Identifier
    node_id: Identifier
    scope_id: ScopeId
    to_sub_account_id: Identifier
    to_contract_id: Identifier
    mode: SubstituteMode
    correlation_ppm: CorrelationPpm
    cap_lots: NonNegativeLots
    age_ns_max: Annotated[int, msgspec.Meta(ge=0, le=366 * DAY_NS)] = 4 * DAY_NS
    is_dry_run: bool = False

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a substitute."""
        return (self.substitute_id,)


def substitute_faults(item: Substitute) -> list[str]:
    """Return what is wrong with a substitute on its own."""
    if item.scope_id == "*":
        return ["scope_id names a contract or a product; everything has no one substitute"]
    if item.to_contract_id == item.scope_id and item.to_sub_account_id == item.node_id:
        return ["a contract is no substitute for itself in the same sub-account"]
    return []
