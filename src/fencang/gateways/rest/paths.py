"""Which template a path is one of, and what its segments say.

The framework finds its routes together with requests and responses of its own, which operations of
the API pass by.
"""

from collections.abc import Iterator
from typing import Any, Generic, TypeVar
from urllib.parse import unquote

__all__ = ["Paths"]

FoundT = TypeVar("FoundT")

_Node = dict[str | None, Any]
"""Segment → what follows it.  None stands for whatever a segment says, "" for the end."""


class Paths(Generic[FoundT]):
    """Templates such as ``/orders/{order_id}`` and what belongs to each.

    A segment that is written out comes before one that is a parameter.  Segments are decoded after
    they are told apart: a ``/`` inside a key does not end it.
    """

    __slots__ = ("_plain", "_root")

    def __init__(self) -> None:
        self._plain: dict[str, FoundT] = {}
        self._root: _Node = {}

    def add(self, template: str, found: FoundT) -> None:
        """Let a path of a template be found.

        Raises:
            ValueError: another template says the same.
        """
        node, names = self._root, []
        for segment in template.strip("/").split("/"):
            is_parameter = segment.startswith("{")
            if is_parameter:
                names.append(segment[1:-1])
            node = node.setdefault(None if is_parameter else segment, {})
        if "" in node:
            raise ValueError(f"{template} is there already, maybe with other names")
        node[""] = tuple(names), found
        if not names:
            self._plain["/" + template.strip("/")] = found

    def find(self, path: str) -> tuple[FoundT, dict[str, str]] | None:
        """Return what belongs to a path's template, and its parameters; None: to no template."""
        plain = self._plain.get(path)
        if plain is not None:
            return plain, {}
        segments = path.strip("/").split("/")
        for end, values in _ends(self._root, segments, 0):
            names, found = end
            given = zip(names, map(unquote, values), strict=True)
            return found, dict(given)
        return None


def _ends(node: _Node, segments: list[str], at: int) -> Iterator[tuple[Any, list[str]]]:
    """Yield the ends that segments lead to, the most literal first, with what parameters said."""
    if at == len(segments):
        if "" in node:
            yield node[""], []
        return
    segment = segments[at]
    if not segment:
        return
    literal, other = node.get(segment), node.get(None)
    if literal is not None:
        yield from _ends(literal, segments, at + 1)
    if other is not None:
        for end, values in _ends(other, segments, at + 1):
            yield end, [segment, *values]
