"""Walks a SPAN XML file element by element and hands over each finished part, never the whole.

Knows which elements hold which (``vocabulary``), nothing of what they mean.  A part that a reader
asked for by name (an option, a future, a combined commodity) is handed over at its end tag and then
forgotten, so memory follows the largest part, not the file.

Law: a document type, an entity, too deep a nesting, too long a text or too large a file ends the
walk with its reason; an element that nobody knows is skipped with all that it holds and counted.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO, NamedTuple, NoReturn
from xml.parsers import expat

from fencang.parameters.faults import (
    ParameterFileDamaged,
    ParameterFileFault,
    ParameterFileForeign,
    ParameterFileTruncated,
)
from fencang.parameters.spn.vocabulary import CONTAINERS, ROOT

__all__ = [
    "BYTES_MAX",
    "DEPTH_MAX",
    "TEXT_CHARS_MAX",
    "Element",
    "FaultCall",
    "Position",
    "ScanStopped",
    "scan",
]

BYTES_MAX = 4 * 1024 * 1024 * 1024
"""Largest file that is walked; a real one has 57 MB."""
DEPTH_MAX = 32
"""Deepest nesting; a real file has 9 levels."""
TEXT_CHARS_MAX = 4_096
"""Longest text of one element."""
CHUNK_BYTES = 1024 * 1024


FaultCall = Callable[["Position", str, str], None]
"""Where, what was found, what is allowed."""


class Position(NamedTuple):
    """Where an element begins (line and column from 1), its path, and the leaf meant in it."""

    line: int
    column: int
    path: str
    leaf: str = ""


class ScanStopped(Exception):
    """The walk cannot go on; what was found, what is allowed, and in which way the file fails."""

    def __init__(
        self, position: Position, found: str, allowed: str, kind: type[ParameterFileFault]
    ) -> None:
        super().__init__(found)
        self.position = position
        self.found = found
        self.allowed = allowed
        self.kind = kind


class Element:
    """One element that holds others: texts of its leaves, its parts, and where it begins.

    ``fields``: the text of each leaf by name.  ``values``: the texts of all leaves ``a``, the
    numbers of a risk array.  ``parts``: elements inside it by name, unless a consumer took them.
    """

    __slots__ = ("column", "fields", "line", "name", "parent", "parts", "values")

    def __init__(self, name: str, line: int, column: int, parent: "Element | None") -> None:
        self.name = name
        self.line = line
        self.column = column
        self.parent = parent
        self.fields: dict[str, str] = {}
        self.values: list[str] = []
        self.parts: dict[str, list[Element]] = {}

    def position(self, leaf: str = "") -> Position:
        """Return where the element begins; ``leaf`` names the text in it that is meant."""
        names = []
        element: Element | None = self
        while element is not None:
            names.append(element.name)
            element = element.parent
        return Position(self.line, self.column, "/".join(reversed(names)), leaf)

    def part(self, name: str) -> "Element | None":
        """Return the first part of a name, None when there is none."""
        found = self.parts.get(name)
        return found[0] if found else None


class Walk:
    """The state of one walk: open elements, the leaf that may turn out to be a container."""

    def __init__(
        self,
        consumers: Mapping[str, Callable[[Element], None]],
        fault: FaultCall,
        skipped: Callable[[str], None],
    ) -> None:
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.entity
        parser.SkippedEntityHandler = self.entity
        self.consumers = consumers
        self.fault = fault
        self.skipped = skipped
        self.current: Element | None = None
        self.leaf = ""
        """Name of the innermost open element while nothing but text was seen in it."""
        self.leaf_text = ""
        self.line = self.column = 0
        """Where the innermost open element that may hold others begins."""
        self.skip_depth = 0
        self.depth = 0
        self.ended = False
        """Whether the last byte was read."""

    def here(self) -> Position:
        """Return the walk's own position."""
        path = self.current.position().path if self.current else ""
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        return Position(line, column, path, self.leaf)

    def stop(
        self, found: str, allowed: str, kind: type[ParameterFileFault] = ParameterFileDamaged
    ) -> NoReturn:
        """End the walk where it stands."""
        raise ScanStopped(self.here(), found, allowed, kind)

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        """Open an element; its surrounding leaf, if any, turns out to be a container."""
        self.depth += 1
        if self.skip_depth:
            self.skip_depth += 1
        elif self.leaf:
            self.open_container(self.leaf)
        if self.depth > DEPTH_MAX:
            self.stop("a deeper element", f"a nesting of at most {DEPTH_MAX} levels")
        if not self.skip_depth:
            self.leaf = name
            self.leaf_text = ""
            if name in CONTAINERS:
                self.line = self.parser.CurrentLineNumber
                self.column = self.parser.CurrentColumnNumber + 1

    def open_container(self, name: str) -> None:
        """Make the open leaf a container; one that is not known is skipped."""
        parent = self.current
        known = name in CONTAINERS and (
            name == ROOT if parent is None else name in CONTAINERS[parent.name]
        )
        if not known:
            if parent is None:
                self.stop(f"the outermost element {name}", ROOT, ParameterFileForeign)
            self.skipped(f"{parent.name}/{name}")
            # Two are open: the unknown one and the child that showed it to be a container.
            self.skip_depth = 2
            self.leaf = ""
            return
        self.current = Element(name, self.line, self.column, parent)
        self.leaf = ""

    def text(self, text: str) -> None:
        """Collect the text of a leaf."""
        if self.leaf:
            self.leaf_text += text
            if len(self.leaf_text) > TEXT_CHARS_MAX:
                self.stop("a longer text", f"at most {TEXT_CHARS_MAX} characters")

    def end(self, name: str) -> None:
        """Close a leaf into its container, or hand over a finished container."""
        self.depth -= 1
        if self.skip_depth:
            self.skip_depth -= 1
            return
        current = self.current
        if not self.leaf:
            assert current is not None
            self.current = current.parent
            self.close_container(current)
            return
        self.leaf = ""
        if current is None:
            self.stop(
                f"nothing but the element {name}", f"{ROOT} with its parts", ParameterFileForeign
            )
        if name == "a" and current.name == "ra":
            current.values.append(self.leaf_text.strip())
        elif name not in CONTAINERS[current.name]:
            self.skipped(f"{current.name}/{name}")
        elif name in current.fields:
            self.fault(current.position(name), f"{name} a second time", f"one in a {current.name}")
        elif name in CONTAINERS:
            # A container without content: an empty table, or a part that states nothing.
            if not self.leaf_text.strip():
                self.close_container(Element(name, self.line, self.column, current))
            else:
                self.fault(current.position(name), "a text", "elements only")
        else:
            current.fields[name] = self.leaf_text.strip()

    def close_container(self, element: Element) -> None:
        """Hand a finished container to its consumer, else to the element around it."""
        consumer = self.consumers.get(element.name)
        if consumer is not None:
            consumer(element)
        elif element.parent is not None:
            element.parent.parts.setdefault(element.name, []).append(element)

    def doctype(self, *_: object) -> None:
        """Refuse a document type: it is what entities that grow without bound are declared in."""
        self.stop(
            "a document type (DTD)",
            "none: entities declared in one can grow without bound or reach for other files",
        )

    def entity(self, *_: object) -> None:
        """Refuse an entity."""
        self.stop("an entity", "plain text")


def scan(
    stream: BinaryIO,
    consumers: Mapping[str, Callable[[Element], None]],
    *,
    fault: FaultCall,
    skipped: Callable[[str], None],
    seen: Callable[[bytes], None],
) -> None:
    """Walk the file; ``seen`` gets every chunk (to hash it), ``skipped`` each unknown ``in/name``.

    Raises:
        ScanStopped: the file is no XML, is cut off, or breaks one of the bounds above.
    """
    walk = Walk(consumers, fault, skipped)
    size = 0
    try:
        while chunk := stream.read(CHUNK_BYTES):
            size += len(chunk)
            if size > BYTES_MAX:
                walk.stop("a larger file", f"at most {BYTES_MAX} bytes")
            seen(chunk)
            walk.parser.Parse(chunk, False)
        walk.ended = True
        walk.parser.Parse(b"", True)
    except expat.ExpatError as error:
        position = walk.here()._replace(line=error.lineno, column=error.offset + 1)
        reason = expat.errors.messages.get(error.code, str(error))
        if walk.ended and size:
            found = f"the end of the file ({reason})"
            allowed = "the end tag of every element"
            raise ScanStopped(position, found, allowed, ParameterFileTruncated) from None
        kind = ParameterFileDamaged if walk.current else ParameterFileForeign
        raise ScanStopped(position, reason, "well-formed XML", kind) from None
