"""Simulated strategies that reserve ahead: what they do, and what becomes of their envelopes."""

from collections import Counter

import pytest

from fencang.messages.commands import DefineDesk, SubmitOrder
from fencang.messages.envelope_commands import OpenEnvelope
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened, EnvelopeShrunk
from fencang.messages.events import CommandRejected, OrderAccepted, OrderRejected
from fencang.simulation.random import Chance
from fencang.simulation.strategists import has_strategists
from fencang.simulation.world import World

TELLING_SEEDS = (13, 21, 61, 226, 278)
"""Together they meet every way that an envelope goes."""


def test_some_desks_have_strategists_and_the_others_nobody():
    those = [has_strategists(Chance(seed).fork("strategists")) for seed in range(100)]
    assert 20 < sum(those) < 40
    world = World(those.index(False), is_thorough=False)
    assert world.strategists.act() == ("", [])


@pytest.mark.long
def test_envelopes_of_simulated_desks_go_every_way():
    seen, refused = Counter(), Counter()
    for seed in TELLING_SEEDS:
        world = World(seed, is_thorough=False)
        world.run()
        for stored in world.disk.read(1):
            record = stored.record()
            for event in record.events:
                match event:
                    case EnvelopeClosed() | EnvelopeShrunk():
                        seen[event.cause.value, type(event).__name__] += 1
                    case EnvelopeOpened():
                        seen["opened", len(event.contract_ids) > 1] += 1
                    case OrderAccepted() if event.envelope_id:
                        seen["inside"] += 1
                    case CommandRejected() if isinstance(record.command, OpenEnvelope):
                        refused[event.reason.name] += 1
                    case OrderRejected() if isinstance(record.command, SubmitOrder):
                        refused[event.reason.name] += bool(record.command.envelope_id)
                    case _:
                        pass
            seen["rows"] += isinstance(record.command, DefineDesk)
    assert seen["inside"] > 20
    assert seen["opened", True]
    assert seen["opened", False]
    for cause in ("asked", "expired", "day end", "state", "rule", "limit", "position", "margin"):
        assert seen[cause, "EnvelopeClosed"], (cause, seen)
    for cause in ("limit", "mark", "position"):
        assert seen[cause, "EnvelopeShrunk"], (cause, seen)
    for name in ("ENVELOPE_CLIP", "ENVELOPE_LOTS", "ENVELOPE_UNKNOWN", "ENVELOPE_MARGIN"):
        assert refused[name], refused
