"""Lots of a contract that becomes another one: their number changes, day, cost and value stay.

What the open lots have been paid in variation goes with them: carried value less cost.  So what the
old contract has realised is what it was paid, and profit stays explained in both.
"""

from collections import deque

from fencang.ledger.lots import OpenLots
from fencang.ledger.position import Position

__all__ = ["convert_position"]


def convert_position(old: Position, new: Position, new_lots: int, old_lots: int) -> None:
    """Move every lot and the value that carries them; the caller has checked that they are whole.

    Worked number, 2 new lots for 1: 3 lots that cost 60,000 and carry 66,000 become 6 with the same
    cost and carried value; the 6,000 of variation that they were paid stand with them.
    """
    cost = old.long.cost_micros - old.short.cost_micros
    paid = old.carried_micros - cost
    for source, target in ((old.long, new.long), (old.short, new.short)):
        _convert_side(source, target, new_lots, old_lots)
        source.clear()
    new.carried_micros, old.carried_micros = old.carried_micros, 0
    new.variation_micros += paid
    old.variation_micros -= paid


def _convert_side(source: OpenLots, target: OpenLots, new_lots: int, old_lots: int) -> None:
    assert not target.quantity_lots, target
    target.layers = deque(
        [day, lots * new_lots // old_lots, cost] for day, lots, cost in source.layers
    )
    target.quantity_lots = sum(layer[1] for layer in target.layers)
    target.cost_micros = source.cost_micros
