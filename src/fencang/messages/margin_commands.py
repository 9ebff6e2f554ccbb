"""Commands of margin: parameter files, computed arrays, grants of the benefit, collateral."""

from datetime import date
from typing import Annotated

import msgspec

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import CurrencyCode, Identifier, NonNegativeMicros, Text

__all__ = [
    "ActivateSpanParameters",
    "GrantBenefit",
    "LoadRiskArrays",
    "LoadSpanParameters",
    "ReportCollateral",
    "RiskArray",
]

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
ArrayValue = Annotated[int, msgspec.Meta(ge=-(1 << 40), le=1 << 40)]


class LoadSpanParameters(Command, tag="LoadSpanParameters.1"):
    """Make a clearing house's SPAN file known; its bytes lie in the blob store under ``sha256``.

    The set in force stays in force until ``ActivateSpanParameters``.
    """

    clearing_house: Identifier
    sha256: Sha256
    bytes_count: Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]
    parser_version: Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]
    business_date: date
    entered_by: Identifier = "feed"


class ActivateSpanParameters(Command, tag="ActivateSpanParameters.1"):
    """Put a loaded SPAN file in force; one of an earlier day needs two persons."""

    clearing_house: Identifier
    sha256: Sha256
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


class RiskArray(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A contract's scenario values in its risk unit, and its composite delta in 1e-4."""

    margin_key: Text
    values: Annotated[tuple[ArrayValue, ...], msgspec.Meta(min_length=1, max_length=32)]
    delta_e4: Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]


class LoadRiskArrays(Command, tag="LoadRiskArrays.1"):
    """Replace arrays of the set in force by computed ones (intraday); needs two persons.

    Computed outside by ``model`` at ``solver_version`` from the input with ``input_sha256``; they
    hold until the next ``ActivateSpanParameters``.
    """

    clearing_house: Identifier
    sha256: Sha256
    model: Text
    solver_version: Text
    input_sha256: Sha256
    arrays: Annotated[tuple[RiskArray, ...], msgspec.Meta(min_length=1, max_length=100_000)]
    entered_by: Identifier
    approved_by: SecondPerson = ""


class GrantBenefit(Command, tag="GrantBenefit.1"):
    """Let a sub-account need so much less than its stand-alone margin; raising needs two persons.

    ``amount_micros`` is in base currency and replaces what was granted before; 0 revokes.
    """

    sub_account_id: Identifier
    amount_micros: NonNegativeMicros
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


class ReportCollateral(Command, tag="ReportCollateral.1"):
    """State securities that an owner has deposited at a carrying account; raising needs two.

    ``haircut_ppm`` of the value does not count; a value of 0 takes the item out.
    """

    carrying_account_id: Identifier
    owner_id: Identifier
    collateral_id: Identifier
    currency: CurrencyCode
    value_micros: NonNegativeMicros
    haircut_ppm: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    entered_by: Identifier
    approved_by: SecondPerson = ""
