"""Every command has a decision and every event a change: nothing is forgotten in a table."""

from fencang.engine.decide import DECISIONS
from fencang.engine.evolve import CHANGES
from fencang.engine.flows import REACTIONS
from fencang.messages.commands import COMMAND_TYPES
from fencang.messages.events import EVENT_TYPES


def test_every_command_has_a_decision():
    assert set(DECISIONS) == set(COMMAND_TYPES)


def test_every_event_has_a_change():
    assert set(CHANGES) == set(EVENT_TYPES)


def test_flows_react_to_events_only():
    assert set(REACTIONS) <= set(EVENT_TYPES)
