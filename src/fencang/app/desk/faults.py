"""Faults of a desk file: where they stand, in which words, and what may have been meant."""

import difflib
import re
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["DeskFault", "Lines", "nearest"]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"\s*(\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)\s*(?:\.[^=]*)?=")


class DeskFault(NamedTuple):
    """One fault: where in the file (key path; line when known, else 0) and what is wrong."""

    key: str
    words: str
    line: int = 0

    def __str__(self) -> str:
        """Return the fault as one line for a person."""
        return f"{self.key}: {self.words}" + (f"  (line {self.line})" if self.line else "")


class Lines:
    """Where each key of a TOML text stands; a cheap scan that may miss, never a second parser."""

    def __init__(self, text: str) -> None:
        self._line_of: dict[str, int] = {}
        counts: dict[str, int] = {}
        prefix = ""
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                prefix = header[2].replace('"', "").replace(" ", "")
                if header[1] == "[[":
                    counts[prefix] = counts.get(prefix, -1) + 1
                    prefix = f"{prefix}[{counts[prefix]}]"
                self._line_of.setdefault(prefix, number)
            elif key := _KEY.match(line):
                name = key[1].strip("\"'")
                self._line_of.setdefault(f"{prefix}.{name}" if prefix else name, number)

    def line_of(self, key: str) -> int:
        """Return the line of a key path, or of the nearest table around it; 0 when unknown."""
        while key:
            if key in self._line_of:
                return self._line_of[key]
            head, dot, _ = key.rpartition(".")
            key = head if dot else key.rpartition("[")[0]
        return 0


def nearest(word: str, known: Iterable[str]) -> str:
    """Return what a person may have meant: ``; did you mean "products"?`` or the choices."""
    choices = [str(choice) for choice in known]
    close = difflib.get_close_matches(word, choices, n=1)
    if close:
        return f'; did you mean "{close[0]}"?'
    if not choices:
        return ""
    listed = ", ".join(choices[:8]) + (", …" if len(choices) > 8 else "")
    return f"; known: {listed}"
