"""Law: what is reserved ahead fits every limit and all margin after each careless command."""

from collections import Counter

import pytest

from fencang.engine.invariants import check
from tests.engine.random_envelopes import EnvelopeOffice
from tests.engine.random_strategies import Strategies
from tests.seeds import seeds


@pytest.mark.parametrize("seed", seeds(3, of=6))
def test_the_total_never_exceeds_the_limits_of_the_tree(seed):
    """``envelopes_are_sound`` is among the laws that ``Desk.do`` checks after every command."""
    office = EnvelopeOffice(seed, uses_span=seed % 2 == 1)
    for _ in range(120):
        office.step()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 200))
def test_the_total_never_exceeds_the_limits_over_many_seeds(seed):
    test_the_total_never_exceeds_the_limits_of_the_tree(seed)


@pytest.mark.parametrize("seed", seeds(12, of=30))
def test_whatever_is_dealt_in_nothing_reserved_is_beyond_a_limit_of_the_tree(seed):
    """Random trees, envelopes, orders, fills, marks and limits; counted anew after every command.

    No order that was let through overshoots either: where lots lie reserved, everything fits.
    """
    desk = Strategies(seed)
    for number in range(150):
        desk.step()
        assert desk.overshoots() == []
        for name in desk.parents:
            reserved = [each.reserved_lots for each in desk.state.risk.envelopes.of_sub(name)]
            if any(reserved):
                standing = desk.state.subs[name].standing
                assert standing.available_micros(desk.state.rates) >= 0 or not _asks(desk, name)
        if number % 25 == 0:
            assert check(desk.state) == []
    assert check(desk.state) == []


def _asks(desk, name):
    """Return whether a sub-account's reserved lots hold any margin."""
    for envelope in desk.state.risk.envelopes.of_sub(name):
        for line in envelope.lines:
            lots = envelope.reserved_lots
            less = (-lots, 0) if envelope.side.sign > 0 else (0, -lots)
            freed = line.exposure.margined_lots() - line.exposure.margined_lots_with(*less)
            if freed * line.contract.requirement_per_lot:  # none at a price of zero
                return True
    return False


def test_envelopes_are_used_shrunk_and_ended_for_every_cause():
    """The commands are not all refused: the laws above would say nothing."""
    seen = Counter()
    for seed in range(30):
        desk = Strategies(seed)
        for _ in range(150):
            desk.step()
        for event in desk.seen:
            seen[f"{type(event).__name__} {getattr(event, 'cause', '')}".strip()] += 1
            seen["inside"] += bool(getattr(event, "envelope_id", 0)) and hasattr(event, "terms")
    assert seen["inside"] > 100
    for cause in ("mark", "limit", "position"):
        assert seen[f"EnvelopeShrunk {cause}"], seen
    for cause in ("asked", "expired", "mark", "limit", "position"):
        assert seen[f"EnvelopeClosed {cause}"], seen
