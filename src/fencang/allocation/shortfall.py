"""Fills return to the legs of a block by cumulative shortfall.

After a fill the block has received T lots of the Q instructed in all; a leg with instruction q is
due q·T/Q.  Each lot of the fill goes to the leg furthest below its due share, equal shortfalls in
rotation (first the leg whose place follows the number of lots already received, modulo legs).
Small accounts therefore never starve and no leg is ever more than one lot from its due share;
rounding each fill by itself gives a 10 % account nothing at all (17 CFR 1.35(b)(5) asks that no
account be consistently worse off).

Because the shortfalls of one fill sum to the fill, every leg gets at least the whole part of its
shortfall and at most one lot more: ``allocate`` uses this, ``allocate_lot_by_lot`` is its slow,
readable twin.
"""

from collections.abc import Sequence

__all__ = ["allocate", "allocate_lot_by_lot"]


def allocate(instructed: Sequence[int], received: Sequence[int], fill_lots: int) -> list[int]:
    """Return the lots of a fill per leg.

    Args:
        instructed: lots instructed per leg, each above zero.
        received: lots received so far per leg, none above its instruction.
        fill_lots: lots to divide, at most what is still missing.
    """
    total_before = sum(received)
    total, wanted = total_before + fill_lots, sum(instructed)
    assert total <= wanted, (total, wanted)
    if len(instructed) == 1:
        return [fill_lots]
    legs = len(instructed)
    given = [0] * legs
    remainders = []
    left = fill_lots
    for leg in range(legs):
        # Shortfall in units of 1/wanted lot, to stay within integers.
        shortfall = instructed[leg] * total - received[leg] * wanted
        if shortfall > 0:
            given[leg] = shortfall // wanted
            left -= given[leg]
            remainders.append((-(shortfall % wanted), (leg - total_before) % legs, leg))
    remainders.sort()
    for _, _, leg in remainders[:left]:
        given[leg] += 1
    return given


def allocate_lot_by_lot(
    instructed: Sequence[int], received: Sequence[int], fill_lots: int
) -> list[int]:
    """Return the same as ``allocate``, one lot after the other as the rule is worded."""
    total_before = sum(received)
    total, wanted, legs = total_before + fill_lots, sum(instructed), len(instructed)
    given = [0] * legs
    for _ in range(fill_lots):
        best = max(
            range(legs),
            key=lambda leg: (
                instructed[leg] * total - (received[leg] + given[leg]) * wanted,
                -((leg - total_before) % legs),
            ),
        )
        given[best] += 1
    return given
