"""Fills return to the legs of a block by cumulative shortfall.

After a fill the block has received T lots of the Q instructed in all; a leg with instruction q is
due q·T/Q.  Each lot of the fill goes to the leg furthest below its due share, equal shortfalls in
rotation (first the leg whose place follows the number of lots already received, modulo legs).
Small accounts therefore never starve, and what a leg lacks after one fill comes back with the next
(17 CFR 1.35(b)(5): no account consistently worse off); rounding each fill by itself gives a 10 %
account nothing at all.  With n legs a leg is never more than 1 − 1/n lot above its share and
1/2 + 1/3 + … + 1/n lot below it, however the fills come.

The lots that are due with a shortfall of one or more are given in bulk, the rest by remainder:
``allocate`` does this, ``allocate_lot_by_lot`` is its slow, readable twin.
"""

from collections.abc import Sequence
from heapq import heapify, heapreplace

__all__ = ["allocate", "allocate_lot_by_lot"]


def allocate(instructed: Sequence[int], received: Sequence[int], fill_lots: int) -> list[int]:
    """Return the lots of a fill per leg.

    Args:
        instructed: lots instructed per leg.
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
        if shortfall >= 0:
            given[leg] = shortfall // wanted
            left -= given[leg]
            remainders.append((-(shortfall % wanted), (leg - total_before) % legs, leg))
    if not 0 <= left <= len(remainders):
        # Legs that earlier fills put ahead of their share leave less than the bulk asks for.
        return _allocate_by_heap(instructed, received, fill_lots)
    remainders.sort()
    for _, _, leg in remainders[:left]:
        given[leg] += 1
    return given


def _allocate_by_heap(
    instructed: Sequence[int], received: Sequence[int], fill_lots: int
) -> list[int]:
    total_before = sum(received)
    total, wanted, legs = total_before + fill_lots, sum(instructed), len(instructed)
    heap = [
        (received[leg] * wanted - instructed[leg] * total, (leg - total_before) % legs, leg)
        for leg in range(legs)
    ]
    heapify(heap)
    given = [0] * legs
    for _ in range(fill_lots):
        excess, place, leg = heap[0]
        given[leg] += 1
        heapreplace(heap, (excess + wanted, place, leg))
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
