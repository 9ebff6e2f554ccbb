"""Text of a page at places that are known: what reportlab writes, without what it works out again.

reportlab measures every string to know where the next one begins, and formats every coordinate and
every string anew.  Here each string has a place of its own, and rows, dates and names repeat from
page to page and from statement to statement, so what was written once is remembered.  The bytes are
those that reportlab writes by itself; a test compares them.
"""

from reportlab.lib.rl_accel import fp_str
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

__all__ = ["PaperText", "Written"]

WRITTEN_MAX = 50_000


class Written:
    """Coordinates and strings as they stand in a file; forgotten as a whole beyond a bound."""

    __slots__ = ("_numbers", "texts")

    def __init__(self) -> None:
        self._numbers: dict[float, str] = {}
        self.texts: dict[tuple[str, str], str] = {}
        """Font and text → the operator that shows it, where it names no font of its own."""

    def number(self, value: float) -> str:
        """Return a coordinate."""
        known = self._numbers.get(value)
        if known is None:
            if len(self._numbers) >= WRITTEN_MAX:
                self._numbers.clear()
            known = self._numbers[value] = str(fp_str(value))
        return known

    def keep(self, font: str, text: str, operator: str) -> None:
        """Remember how a text is shown, but for fonts that every file numbers by itself."""
        if " Tf " not in operator:
            if len(self.texts) >= WRITTEN_MAX:
                self.texts.clear()
            self.texts[font, text] = operator


class PaperText(PDFTextObject):  # type: ignore[misc]
    """A text object whose every string is told its origin first."""

    def __init__(self, canvas: Canvas, written: Written) -> None:
        super().__init__(canvas)
        self._written = written

    def show(self, x: float, y: float, font: str, text: str) -> None:
        """Show a text of the current font at a place."""
        number = self._written.number
        operator = self._written.texts.get((font, text))
        if operator is None:
            operator = self._formatText(text)
            self._written.keep(font, text, operator)
        self._code.append(f"1 0 0 1 {number(x)} {number(y)} Tm")
        self._code.append(operator)
