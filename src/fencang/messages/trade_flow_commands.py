"""Commands about what orders come to: a strategy that repeats itself, volumes of the market."""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, Text

__all__ = ["ContractVolume", "ReenableStrategy", "ReportVolumes", "TradeFlowCommand"]

VolumeLots = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
VolumeNs = Annotated[int, msgspec.Meta(ge=1, le=DAY_NS)]


class ReenableStrategy(Command, tag="ReenableStrategy.1"):
    """Let a sub-account open again whose executions repeated themselves; needs two persons.

    Its repeated executions are counted from nothing.
    """

    sub_account_id: Identifier
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


class ContractVolume(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False
):
    """Lots that a contract's market traded in a window of time that ends now."""

    contract_id: Identifier
    quantity_lots: VolumeLots
    window_ns: VolumeNs


class ReportVolumes(Command, tag="ReportVolumes.1"):
    """State what markets traded lately (manual sources need two persons).

    A volume counts from when it is reported, and ages; the last one of a contract counts.
    """

    source: Text
    volumes: Annotated[tuple[ContractVolume, ...], msgspec.Meta(min_length=1, max_length=100_000)]
    entered_by: Identifier = "feed"
    approved_by: SecondPerson = ""


TradeFlowCommand = ReenableStrategy | ReportVolumes
