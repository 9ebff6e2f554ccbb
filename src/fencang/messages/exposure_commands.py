"""Commands of exposure: betas, which somebody outside has estimated."""

from typing import Annotated

import msgspec

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, TimeNs
from fencang.refdata.exposure_limit import BETA_PPM_MAX

__all__ = ["BETAS_MAX", "BetaMark", "ReportBetas"]

BETAS_MAX = 10_000
"""Betas of one command."""
BetaPpm = Annotated[int, msgspec.Meta(ge=-BETA_PPM_MAX, le=BETA_PPM_MAX)]


class BetaMark(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a contract, or every contract of a product, moves when the index moves by one part."""

    scope_id: Identifier
    beta_ppm: BetaPpm


class ReportBetas(Command, tag="ReportBetas.1"):
    """State betas to a named index as of a moment; a manual source needs two persons.

    They replace those known of the same contracts and products to the same index.  How old one may
    grow is said by the rows that count it.
    """

    index_id: Identifier
    as_of_ns: TimeNs
    source: Identifier
    betas: Annotated[tuple[BetaMark, ...], msgspec.Meta(min_length=1, max_length=BETAS_MAX)]
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""
