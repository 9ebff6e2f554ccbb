"""An engine with one control less, on simulated desks: the auditor refuses what it lets through.

``python -m tests.simulation.telling_seeds`` names seeds that show it, after desks are drawn anew.
"""

import pytest

from fencang.simulation.watch import Broken
from fencang.simulation.world import World
from tests.plain_core import plain_core_only
from tests.simulation.broken_engine import FAULTS

SEEDS = {
    "values": 1,
    "ages": 33,
    "maturities": 24,
    "ratios": 24,
    "cancels": 13,
    "like orders": 13,
    "disabled accounts": 16,
    "repetitions": 16,
    "repetitions too early": 16,
    "wash trades": 28,
    "own orders": 39,
    "terms": 37,
    "groups": 12,
    "warnings": 210,
}


def test_every_fault_has_its_seed():
    assert list(SEEDS) == list(FAULTS)


@plain_core_only
@pytest.mark.parametrize("name", FAULTS)
def test_a_desk_whose_engine_lacks_a_control_is_found_out(name, monkeypatch):
    place, attribute, false, law = FAULTS[name]
    monkeypatch.setattr(place, attribute, false)
    with pytest.raises(Broken) as broken:
        World(SEEDS[name], is_thorough=False).run()
    assert broken.value.fault.law == law
