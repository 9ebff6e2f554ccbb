"""Firings: what was to be cut, what was cut, what came late, and positions around it."""

from fencang.basics.identifiers import order_id_of
from fencang.messages.events import (
    BlockLeg,
    BlockOrderCreated,
    BlockOrderDone,
    RuleArmed,
    RuleFired,
)
from fencang.messages.message import Offset
from fencang.projections.rules import Cut, Rules
from tests.projections.desk_sample import BUY, DESK, NANOS, SELL, Pen, accepted, allocated

BLOCK = 77


def fired_desk():
    pen = Pen(DESK)
    own = order_id_of(2, 0)
    pen.write(accepted(own, "A"))
    pen.write(allocated(own, "A", 10, 50))
    pen.write(RuleArmed(rule_id="R", reference_nanos=15 * NANOS))
    slice_id = order_id_of(5, 0)
    pen.write(
        RuleFired(
            rule_id="R", reference_nanos=15 * NANOS, value_nanos=17 * NANOS, hold_until_ns=99
        ),
        BlockOrderCreated(
            block_id=BLOCK,
            rule_id="R",
            carrying_account_id="C1",
            contract_id="CLH8",
            side=SELL,
            offset=Offset.NET,
            legs=(BlockLeg(sub_account_id="A", quantity_lots=5),),
        ),
        accepted(slice_id, "", block_id=BLOCK, side=SELL, lots=5),
    )
    return pen, own, slice_id


def test_a_firing_tells_instructed_filled_and_late_lots():
    pen, own, slice_id = fired_desk()
    pen.write(allocated(slice_id, "A", 3, 49, SELL))
    pen.write(allocated(own, "A", 2, 50, BUY))
    [firing] = pen.view.rules.firings("R")
    assert firing.cuts == {("A", "CLH8"): Cut(5, 3, 2)}
    assert firing.cut_of("A") == Cut(5, 3, 2)
    assert firing.accounts == ("A",)
    assert firing.before == {"A": {"CLH8": 10}}
    assert (firing.reference_nanos, firing.value_nanos) == (15 * NANOS, 17 * NANOS)
    assert (firing.sequence, firing.hold_until_ns, firing.rearmed_ns) == (5, 99, 0)
    assert pen.view.rules.positions_after(firing) == {"A": {"CLH8": 9}}


def test_re_arming_ends_the_firing_and_keeps_the_positions_of_that_moment():
    pen, own, slice_id = fired_desk()
    pen.write(allocated(slice_id, "A", 5, 49, SELL))
    pen.write(BlockOrderDone(block_id=BLOCK, unfilled_lots=0))
    pen.write(RuleArmed(rule_id="R", reference_nanos=14 * NANOS))
    pen.write(allocated(own, "A", 1, 50, BUY))
    [firing] = pen.view.rules.firings()
    assert firing.rearmed_ns == 8 * NANOS
    assert pen.view.rules.positions_after(firing) == {"A": {"CLH8": 5}}
    assert firing.cut_of("A").late_lots == 0
    assert firing.blocks[BLOCK].unfilled_lots == 0
    assert pen.view.rules.open_firing("R") is None
    assert pen.view.rules.reference_nanos("R") == 14 * NANOS


def test_firings_are_bounded():
    pen, _, _ = fired_desk()
    rules = Rules(pen.view.books, firings_max=0)
    for record in pen.records:
        rules.apply(record)
    assert rules.firings() == []
