"""Seeds that show what the tests want shown; to be looked for again after desks are drawn anew.

``python -m tests.simulation.telling_seeds`` prints a few seeds that together meet most of what
controls do, and for every broken engine the first seed whose desk finds it out.
"""

from collections import Counter
from unittest.mock import patch

from fencang.messages.events import CommandRejected, OrderRejected
from fencang.simulation.firm_controls import has_firm_controls
from fencang.simulation.random import Chance
from fencang.simulation.watch import Broken
from fencang.simulation.world import World
from tests.simulation.broken_engine import FAULTS

SEEDS_MAX = 400


def controlled():
    """Return the first seeds whose desks have controls of their own."""
    seeds = range(1, SEEDS_MAX + 1)
    return [seed for seed in seeds if has_firm_controls(Chance(seed).fork("firm controls"))]


def told_by(seed):
    """Return how often a seed's desk tells every kind of event, and refuses for every reason."""
    world = World(seed, is_thorough=False)
    world.run()
    story, refused = Counter(world.story), Counter()
    for stored in world.disk.read(1):
        for event in stored.record().events:
            if isinstance(event, CommandRejected | OrderRejected):
                refused[event.reason.name] += 1
    return story, refused


def few_that_tell(wanted):
    """Return a few seeds that together tell everything wanted, greedily, and what none tells."""
    told = {}
    for seed in controlled():
        story, refused = told_by(seed)
        told[seed] = wanted & {*story, *refused}
    missing, chosen = set(wanted), []
    while missing:
        best = max(told, key=lambda seed: len(told[seed] & missing))
        if not told[best] & missing:
            break
        chosen.append(best)
        missing -= told[best]
    return sorted(chosen), missing


def finds_out(seed, name):
    """Return whether a seed's desk finds an engine out that lacks a control."""
    place, attribute, false, law = FAULTS[name]
    with patch.object(place, attribute, false):
        try:
            World(seed, is_thorough=False).run()
        except Broken as broken:
            return broken.fault.law == law
    return False


if __name__ == "__main__":
    from tests.simulation.test_risk_desk import REFUSED, WANTED

    print(few_that_tell(WANTED | REFUSED))
    for fault in FAULTS:
        print(fault, next((seed for seed in controlled() if finds_out(seed, fault)), None))
