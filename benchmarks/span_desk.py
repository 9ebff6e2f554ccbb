"""The workload's desk under SPAN: its contracts are futures of a made-up clearing house's file."""

from collections.abc import Sequence

import msgspec

from benchmarks.workload import DAY, contract_ids, desk_commands, executed
from fencang.engine.machine import Machine, MachineMaker
from fencang.margin.span.keys import key_of
from fencang.margin.span.parameters import ContractType, SpanParameters
from fencang.messages import commands as cmd
from fencang.messages.commands import AnyCommand
from fencang.parameters.synthetic import synthetic_parameters
from fencang.refdata.contract import Contract

__all__ = ["SHA256", "parameters_of", "span_commands", "span_machine"]

SHA256 = "5" * 64
SCAN_MICROS_MAX = 8_000 * 1_000_000
"""Dearer contracts are left out: capital is there to be measured with, not to run out."""


class _OneFile:
    def __init__(self, parameters: SpanParameters) -> None:
        self._parameters = parameters

    def get(self, sha256: str) -> SpanParameters | None:
        return self._parameters if sha256 == SHA256 else None


def parameters_of(contracts: int, seed: int) -> SpanParameters:
    """Return a set with a combined commodity per contract, all in dollars, joined by spreads."""
    made = synthetic_parameters(
        seed=seed, commodities=3 * contracts, contracts=150 * contracts, inter_spreads=4 * contracts
    )
    made.commodities = tuple(
        msgspec.structs.replace(commodity, currency="USD") for commodity in made.commodities
    )
    return made


def _futures(parameters: SpanParameters, count: int) -> list[str]:
    """Return the key of the first future of so many combined commodities that are not too large."""
    found: dict[int, str] = {}
    for row in range(len(parameters.contracts)):
        family = parameters.families[parameters.contracts.family[row]]
        place = int(parameters.contracts.commodity[row])
        unit = parameters.commodities[place].risk_unit_micros
        is_small = int(parameters.contracts.values[row].max()) * unit <= SCAN_MICROS_MAX
        if family.kind is ContractType.FUTURE and is_small:
            found.setdefault(place, key_of(parameters, row))
    keys = list(found.values())
    assert len(keys) >= count, (len(keys), count)
    return keys[:count]


def span_commands(
    opening: Sequence[AnyCommand], contracts: int = 20, seed: int = 1
) -> tuple[MachineMaker, list[AnyCommand]]:
    """Return who makes the machine, and the opening commands with a SPAN file put in force."""
    parameters = parameters_of(contracts, seed)
    keyed = tuple(
        Contract(contract_id=contract_id, product_id=f"X{number:02d}", margin_key=key)
        for number, (contract_id, key) in enumerate(
            zip(contract_ids(contracts), _futures(parameters, contracts), strict=True)
        )
    )
    return MachineMaker(_OneFile(parameters)), [
        *opening,
        cmd.DefineDesk(items=keyed, entered_by="one", approved_by="two"),
        cmd.LoadSpanParameters(
            clearing_house="XV",
            sha256=SHA256,
            bytes_count=1,
            parser_version=1,
            business_date=DAY,
        ),
        cmd.ActivateSpanParameters(clearing_house="XV", sha256=SHA256),
    ]


def span_machine(subs: int = 30, contracts: int = 20, carrying: int = 3, seed: int = 1) -> Machine:
    """Return a machine with the workload's desk open for trading, a SPAN file in force."""
    maker, commands = span_commands(desk_commands(subs, contracts, carrying), contracts, seed)
    machine = executed(maker(), commands)
    assert all(contract.is_span_margined for contract in machine.state.contracts.values())
    return machine
