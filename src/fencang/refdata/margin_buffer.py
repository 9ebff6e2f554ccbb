"""What must stay free of margin: a buffer beside the requirement of a book or of a pool.

Source: CFTC Rule 1.73 (clearing members: limits by capital and margin of each account).
"""

from fencang.refdata.account import side_node_of
from fencang.refdata.definition import Definition, Identifier, NonNegativeMicros, PartsPerMillion

__all__ = ["BUFFER_FIELDS", "MarginBuffer", "margin_buffer_faults"]


class MarginBuffer(Definition, tag="MarginBuffer.1"):
    """What an opening order must leave available, in parts of the requirement and as an amount.

    ``buffer_ppm`` of the requirement after the order holds for every sub-account at and below the
    node; the largest on the way to the root counts.  ``buffer_micros``, in base currency, holds for
    the node alone.  The row of the master account, or of ``person:OWNER``, holds for the owner's
    pool, both numbers.  The row of the master account states both.
    """

    node_id: Identifier
    buffer_ppm: PartsPerMillion | None = None
    buffer_micros: NonNegativeMicros | None = None

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)


BUFFER_FIELDS = ("buffer_ppm", "buffer_micros")
"""What the row at the root must state."""


def margin_buffer_faults(row: MarginBuffer) -> list[str]:
    """Return what is wrong with a row on its own: a node that has no margin."""
    beside = side_node_of(row.node_id)
    if beside is None or beside[0] == "person":
        return []
    words = (
        "has no margin of its own: a buffer stands at a sub-account, the master account, a person"
    )
    return [f"{row.node_id} {words}"]
