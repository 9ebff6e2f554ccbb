"""The indicator rule: an index jumps, tagged positions are cut to a share of a reference.

Worked number: reference close 17.31, level 37.32, rise 5 %: 37.32 ≥ 17.31 × 1.05 = 18.1755, so
the rule fires.  Keeping 50 % of 7 reference lots keeps 3: the cut rounds in favour of less risk.
"""

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_floor

__all__ = ["band_limit_nanos", "is_triggered", "lots_kept", "slices"]


def is_triggered(reference_nanos: int, value_nanos: int, rise_ppm: int) -> bool:
    """Return whether the level stands at least ``rise_ppm`` above the reference."""
    return value_nanos * PPM >= reference_nanos * (PPM + rise_ppm)


def lots_kept(reference_lots: int, keep_ppm: int) -> int:
    """Return how many of the (unsigned) reference lots may stay, rounded down."""
    return divide_floor(reference_lots * keep_ppm, PPM)


def slices(quantity_lots: int, clip_lots: int) -> list[int]:
    """Return the quantity cut into clips, the last one taking the rest."""
    whole, rest = divmod(quantity_lots, clip_lots)
    return [clip_lots] * whole + ([rest] if rest else [])


def band_limit_nanos(
    mark_nanos: int, *, is_buy: bool, tick_nanos: int, band_ppm: int, band_ticks: int
) -> int:
    """Return the limit price of a reduction: the far edge of the band, on the tick, inside it.

    The band is ``band_ppm`` of the absolute mark but never narrower than ``band_ticks`` ticks, so
    that it does not vanish at a price of zero.
    """
    width = max(abs(mark_nanos) * band_ppm // PPM, band_ticks * tick_nanos)
    if is_buy:
        return (mark_nanos + width) // tick_nanos * tick_nanos
    return -((width - mark_nanos) // tick_nanos) * tick_nanos
