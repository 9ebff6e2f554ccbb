"""Fonts of a paper statement: which font shows which character, and how wide it is.

Latin text is set in Helvetica, which every PDF reader has.  Chinese text is set in STSong-Light, a
font of the Adobe-GB1 collection that is named in the file and supplied by the reader: the file is
the same on every machine.  With a TrueType font of the user's the used glyphs are embedded instead.
A character that neither font has is written as its number, ``[U+1F600]``: never an empty box.
"""

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from fencang.reports.statement.paper_text import Written

__all__ = ["FontFault", "FontSet", "Measured", "Run"]

LATIN, BOLD = "Helvetica", "Helvetica-Bold"
CHINESE = "STSong-Light"
LATIN_CODEC, CHINESE_CODEC = "cp1252", "gbk"
TEXTS_MAX = 20_000
"""Texts whose runs and width are remembered."""


class FontFault(Exception):
    """The font file of the user cannot be used; nothing was written."""


class Run(NamedTuple):
    """Characters in one font."""

    font: str
    text: str


class Measured(NamedTuple):
    """Runs of a text with their widths, and its whole width, at size 1."""

    runs: tuple[Run, ...]
    widths: tuple[float, ...]
    width: float


class FontSet:
    """Two fonts, one for what cp1252 holds and one for the rest."""

    def __init__(self, embedded: Path | None = None) -> None:
        """Use the reader's Chinese font, or a TrueType file.

        Raises:
            FontFault: not a TrueType font with outlines, or not readable.
        """
        self._measured: dict[tuple[str, bool], Measured] = {}
        self.written = Written()
        """What the papers in these fonts have written already."""
        self._glyphs: dict[int, int] | None = None
        if embedded is None:
            self._other = CHINESE
            pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
            return
        try:
            # Named by content: two files in one program stay apart.
            self._other = f"Embedded-{sha256(embedded.read_bytes()).hexdigest()[:16]}"
            font = TTFont(self._other, str(embedded))
        except (TTFError, OSError) as fault:
            raise FontFault(
                f"{embedded} is no TrueType font that can be embedded: {fault}"
            ) from fault
        pdfmetrics.registerFont(font)
        self._glyphs = font.face.charToGlyph

    def measured(self, text: str, *, is_bold: bool = False) -> Measured:
        """Return the text cut into runs of one font each, and its width at size 1."""
        known = self._measured.get((text, is_bold))
        if known is not None:
            return known
        runs = tuple(self._runs(text, BOLD if is_bold else LATIN))
        widths = tuple(float(pdfmetrics.stringWidth(run.text, run.font, 1)) for run in runs)
        if len(self._measured) >= TEXTS_MAX:
            self._measured.clear()
        found = self._measured[text, is_bold] = Measured(runs, widths, sum(widths))
        return found

    def _runs(self, text: str, latin: str) -> list[Run]:
        if text.isascii() and text.isprintable():
            return [Run(latin, text)]
        runs: list[Run] = []
        for character in text:
            font, shown = self._shown(character, latin)
            if runs and runs[-1].font == font:
                runs[-1] = Run(font, runs[-1].text + shown)
            else:
                runs.append(Run(font, shown))
        return runs

    def _shown(self, character: str, latin: str) -> tuple[str, str]:
        if not character.isprintable():
            return latin, f"[U+{ord(character):04X}]"
        if _holds(LATIN_CODEC, character):
            return latin, character
        if self._glyphs is None:
            is_there = _holds(CHINESE_CODEC, character)
        else:
            is_there = ord(character) in self._glyphs
        return (self._other, character) if is_there else (latin, f"[U+{ord(character):04X}]")


def _holds(codec: str, character: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
