"""Many lines of one record type written at once: the layouts, used the other way round."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fencang.parameters.pa2.records.layout import Kind, Layout

__all__ = ["Sheet"]

Ints = NDArray[np.int64]


class Sheet:
    """``count`` lines of a layout, blank at first; ``reasons`` collects values that do not fit."""

    def __init__(self, layout: Layout, count: int, reasons: list[str]) -> None:
        self.layout = layout
        self.reasons = reasons
        self.matrix = np.full((count, layout.width), ord(" "), dtype=np.uint8)
        record = layout.record.ljust(2).encode("ascii")
        self.matrix[:, :2] = np.frombuffer(record, dtype=np.uint8)

    def number(self, name: str, values: Ints, stated: NDArray[np.bool_] | None = None) -> None:
        """Write the magnitudes of a number; lines that are not ``stated`` stay blank."""
        field = self.layout.by_name[name]
        assert field.kind is Kind.NUMBER, field
        rest = np.abs(values)
        columns = self.matrix[:, field.first - 1 : field.last]
        blanks = None if stated is None else ~stated
        for column in range(field.width - 1, -1, -1):
            rest, digit = np.divmod(rest, 10)
            columns[:, column] = digit + ord("0")
        too_long = rest != 0 if blanks is None else (rest != 0) & ~blanks
        if blanks is not None:
            columns[blanks] = ord(" ")
        if too_long.any():
            row = int(np.flatnonzero(too_long)[0])
            self.reasons.append(
                f"record {self.layout.record}, {name}: {int(values[row])} needs more than "
                f"{field.width} digits ({int(too_long.sum())} such lines)"
            )

    def sign(self, name: str, is_minus: NDArray[np.bool_]) -> None:
        """Write plus or minus."""
        field = self.layout.by_name[name]
        self.matrix[:, field.first - 1] = np.where(is_minus, ord("-"), ord("+"))

    def signed(self, name: str, values: Ints) -> None:
        """Write a number and its sign."""
        self.number(name, values)
        self.sign(f"{name}_sign", values < 0)

    def text(self, name: str, text: str | Sequence[str]) -> None:
        """Write the same text on all lines, or one text for each line."""
        field = self.layout.by_name[name]
        texts = [text] if isinstance(text, str) else list(text)
        for each in set(texts):
            if len(each) > field.width or not (each.isascii() and each.isprintable()):
                self.reasons.append(
                    f"record {self.layout.record}, {name}: {each!r} is no {field.width} "
                    "characters of printable ASCII"
                )
                return
        padded = "".join(each.ljust(field.width) for each in texts).encode("ascii")
        raw = np.frombuffer(padded, dtype=np.uint8).reshape(len(texts), field.width)
        self.matrix[:, field.first - 1 : field.last] = raw

    def period(self, prefix: str, periods: Sequence[str]) -> None:
        """Write contract months and their day codes; an empty one is blank."""
        is_right = {each: len(each) in {0, 6, 7, 8} and each[:6].isdigit() for each in set(periods)}
        for each, right in is_right.items():
            if each and not right:
                self.reasons.append(
                    f"record {self.layout.record}: period {each!r} is no CCYYMM with a day code "
                    "of two characters"
                )
                return
        months = np.array([int(each[:6]) if each else 0 for each in periods], dtype=np.int64)
        self.number(f"{prefix}_month", months, months > 0)
        self.text(f"{prefix}_day", [each[6:] for each in periods])

    def lines(self) -> NDArray[np.uint8]:
        """Return the lines with their line ends, as one matrix."""
        ends = np.full((len(self.matrix), 1), ord("\n"), dtype=np.uint8)
        return np.concatenate((self.matrix, ends), axis=1)
