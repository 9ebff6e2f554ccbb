"""How much must stay available beside margin: the rows, and what they ask of a book or a pool."""

from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.reasons import Reason
from fencang.refdata.margin_buffer import MarginBuffer

__all__ = ["BoundBuffer", "Buffer", "BufferTable", "buffer", "buffer_refusal"]


class BoundBuffer(NamedTuple):
    """The share of the requirement and the amount that bind, each with the node that set it."""

    ppm: int = 0
    ppm_by: str = ""
    micros: int = 0
    micros_by: str = ""


class BufferTable:
    """All margin buffers of the desk."""

    __slots__ = ("_of_path", "_of_pool", "_rows")

    def __init__(self) -> None:
        self._rows: dict[str, MarginBuffer] = {}
        self._of_path: dict[tuple[str, ...], BoundBuffer] = {}
        self._of_pool: dict[str, BoundBuffer] = {}

    def __bool__(self) -> bool:
        """Return whether any buffer is stated."""
        return bool(self._rows)

    def set(self, row: MarginBuffer) -> None:
        """Set or replace the row of a node."""
        self._rows[row.node_id] = row
        self._of_path.clear()
        self._of_pool.clear()

    def get(self, node_id: str) -> MarginBuffer | None:
        """Return the row of a node."""
        return self._rows.get(node_id)

    def all(self) -> list[MarginBuffer]:
        """Return every row, by node."""
        return [self._rows[key] for key in sorted(self._rows)]

    def of_book(self, path: tuple[str, ...]) -> BoundBuffer:
        """Return what binds the book of ``path[0]``: shares of the whole path, its own amount."""
        found = self._of_path.get(path)
        if found is None:
            found = self._of_path[path] = self._bound(path, path[:1])
        return found

    def of_pool(self, owner_id: str, root_id: str) -> BoundBuffer:
        """Return what binds an owner's pool: the rows of its person and of the master account."""
        found = self._of_pool.get(owner_id)
        if found is None:
            nodes = (f"person:{owner_id}", root_id)
            found = self._of_pool[owner_id] = self._bound(nodes, nodes)
        return found

    def _bound(self, of_share: tuple[str, ...], of_amount: tuple[str, ...]) -> BoundBuffer:
        shares = [
            (row.buffer_ppm, node)
            for node in of_share
            if (row := self._rows.get(node)) is not None and row.buffer_ppm is not None
        ]
        amounts = [
            (row.buffer_micros, node)
            for node in of_amount
            if (row := self._rows.get(node)) is not None and row.buffer_micros is not None
        ]
        share, amount = max(shares, default=(0, "")), max(amounts, default=(0, ""))
        return BoundBuffer(*share, *amount)


class Buffer(NamedTuple):
    """How much must stay available, and by which rows."""

    micros: int
    bound: BoundBuffer

    @property
    def words(self) -> str:
        """Return which rows ask for it."""
        parts = []
        if self.bound.ppm:
            parts.append(f"{self.bound.ppm} ppm of the requirement by {self.bound.ppm_by}")
        if self.bound.micros:
            parts.append(f"{self.bound.micros} micros by {self.bound.micros_by}")
        return " and ".join(parts)


def buffer(bound: BoundBuffer, requirement_micros: int) -> Buffer:
    """Return what must stay available beside a requirement, the share rounded up."""
    share = divide_ceiling(max(0, requirement_micros) * bound.ppm, PPM)
    return Buffer(share + bound.micros, bound)


def buffer_refusal(
    found: Buffer, node_id: str, available_micros: int, need_micros: int
) -> NodeRefusal:
    """Return the refusal of a need that would leave less than the buffer."""
    value = need_micros + found.micros
    detail = (
        f"needs {need_micros} micros of margin and must leave a buffer of {found.micros}, "
        f"{available_micros} are available; the buffer is {found.words}"
    )
    return Reason.MARGIN_BUFFER, node_id, available_micros, value, detail
