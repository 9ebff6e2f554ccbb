"""A statement on paper: A4 across, tables that go on over pages, the same bytes every time.

Needs the extra ``statements`` (reportlab).  Streams are left uncompressed and neither clock nor
chance enters, so the bytes follow from the statement and the version of reportlab alone.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, NamedTuple

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from fencang.reports.statement.fonts import FontSet
from fencang.reports.statement.layout import Column, Page, Section
from fencang.reports.statement.paper_text import PaperText
from fencang.reports.statement.words import word

__all__ = ["render_pdf"]

WIDTH, HEIGHT = landscape(A4)
MARGIN = 34.0
INNER = WIDTH - 2 * MARGIN
SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5)
"""Sizes of a table's text, the largest that fits."""
GAP = 11.0
"""Space between columns."""
LEADING = 1.35
TEXT_COLUMN_MIN = 40.0
GREY, DARK, RED, RULE = 0.35, 0.1, (0.64, 0.2, 0.2), 0.6


class _Text(NamedTuple):
    """A line of text at its place, from the left or to the right."""

    x: float
    y: float
    text: str
    size: float
    is_bold: bool = False
    is_number: bool = False
    grey: float = DARK
    is_warning: bool = False


class _Rule(NamedTuple):
    """A line across."""

    y: float
    length: float


def render_pdf(page: Page, fonts: FontSet) -> bytes:
    """Return the document."""
    paper = _Paper(page, fonts)
    paper.heading()
    for section in page.sections:
        paper.table(section)
    return paper.document()


class _Paper:
    """Places text from top to bottom; pages are drawn when their number is known."""

    def __init__(self, page: Page, fonts: FontSet) -> None:
        self._page = page
        self._fonts = fonts
        self._pages: list[list[_Text | _Rule]] = [[]]
        self._y = HEIGHT - MARGIN

    # -------------------------------------------------------------------------------------- placing

    def heading(self) -> None:
        """Place title, account, warning and facts in two columns."""
        page = self._page
        self._line(page.title, 15, is_bold=True)
        for part in self._wrapped(page.account, INNER, 11):
            self._line(part, 11)
        self._rule()
        for part in self._wrapped(page.warning, INNER, 9) if page.warning else []:
            self._line(part, 9, is_bold=True, is_warning=True)
        half = INNER / 2
        for place in range(0, len(page.facts), 2):
            lines = 1
            for column, (key, text) in enumerate(page.facts[place : place + 2]):
                x = MARGIN + column * half
                self._place(_Text(x, self._y - 9, key, 8, grey=GREY))
                parts = self._wrapped(text, half - 130, 8)
                lines = max(lines, len(parts))
                for row, part in enumerate(parts):
                    y = self._y - 9 - row * 8 * LEADING
                    self._place(_Text(x + 120, y, part, 8, is_bold=True))
            self._y -= lines * 8 * LEADING
        self._y -= 6

    def table(self, section: Section) -> None:
        """Place a table; its heading is repeated on every page."""
        size, widths = self._fit(section)
        self._need(5 * size * LEADING + 16)
        self._y -= 8
        self._line(section.title, 10.5, is_bold=True)
        self._y -= 1
        self._head(section, size, widths)
        for row in section.rows:
            self._row(section, row, size, widths, is_bold=False)
        if section.totals:
            self._rule(_length(widths))
        for row in section.totals:
            self._row(section, row, size, widths, is_bold=True)
        for part in self._wrapped(section.note, INNER, 6.5) if section.note else []:
            self._need(9)
            self._line(part, 6.5, grey=GREY)

    def _head(self, section: Section, size: float, widths: Sequence[float]) -> None:
        titles = tuple(column.title for column in section.columns)
        self._cells(section.columns, titles, size, widths, is_bold=True)
        self._rule(_length(widths))

    def _row(
        self,
        section: Section,
        row: Sequence[str],
        size: float,
        widths: Sequence[float],
        *,
        is_bold: bool,
    ) -> None:
        height = self._height(section.columns, row, size, widths, is_bold=is_bold)
        if self._need(height):
            self._head(section, size, widths)
        self._cells(section.columns, row, size, widths, is_bold=is_bold)

    def _cells(
        self,
        columns: Sequence[Column],
        row: Sequence[str],
        size: float,
        widths: Sequence[float],
        *,
        is_bold: bool,
    ) -> None:
        x, lines = MARGIN, 1
        for column, text, width in zip(columns, row, widths, strict=True):
            parts = self._wrapped(text, width, size, is_bold=is_bold)
            lines = max(lines, len(parts))
            at = x + width if column.is_number else x
            for place, part in enumerate(parts):
                y = self._y - size - place * size * LEADING
                self._place(_Text(at, y, part, size, is_bold, column.is_number))
            x += width + GAP
        self._y -= lines * size * LEADING + 1

    def _height(
        self,
        columns: Sequence[Column],
        row: Sequence[str],
        size: float,
        widths: Sequence[float],
        *,
        is_bold: bool,
    ) -> float:
        lines = max(
            len(self._wrapped(text, width, size, is_bold=is_bold))
            for _, text, width in zip(columns, row, widths, strict=True)
        )
        return lines * size * LEADING + 1

    def _fit(self, section: Section) -> tuple[float, list[float]]:
        """Return size of text and widths of columns; headings break first, numbers never do."""
        columns = range(len(section.columns))
        cells = [
            max(
                [self._width(row[place]) for row in section.rows]
                + [self._width(row[place], bold=True) for row in section.totals]
            )
            for place in columns
        ]
        titles = [column.title for column in section.columns]
        whole = [self._width(title, bold=True) for title in titles]
        words = [max(self._width(part, bold=True) for part in title.split()) for title in titles]
        room = INNER - GAP * (len(cells) - 1)
        for heads, sizes in ((whole, SIZES[:2]), (words, SIZES)):
            natural = [max(pair) for pair in zip(cells, heads, strict=True)]
            for size in sizes:
                if sum(natural) * size <= room:
                    return size, [width * size + 0.1 for width in natural]
        size = SIZES[-1]
        natural = [max(pair) * size + 0.1 for pair in zip(cells, words, strict=True)]
        return size, _squeezed(natural, section.columns, room)

    def _width(self, text: str, *, bold: bool = False) -> float:
        return self._fonts.measured(text, is_bold=bold).width

    def _wrapped(self, text: str, width: float, size: float, *, is_bold: bool = False) -> list[str]:
        """Return a text in lines that fit, broken between words where there are any."""
        room = width / size
        if self._width(text, bold=is_bold) <= room:
            return [text]
        lines, line = [], ""
        for piece in _pieces(text):
            if line and self._width(line + piece.rstrip(), bold=is_bold) > room:
                lines.append(line.rstrip())
                line = ""
            line += piece
            while self._width(line.rstrip(), bold=is_bold) > room and len(line) > 1:
                fits = self._fitting(line, room, is_bold=is_bold)
                lines.append(line[:fits])
                line = line[fits:]
        return [*lines, line.rstrip()] if line.strip() or not lines else lines

    def _fitting(self, text: str, room: float, *, is_bold: bool) -> int:
        """Return how many characters fit, at least one."""
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self._width(text[:middle], bold=is_bold) <= room:
                low = middle
            else:
                high = middle - 1
        return low

    def _line(self, text: str, size: float, **style: Any) -> None:  # noqa: ANN401 - of _Text
        self._place(_Text(MARGIN, self._y - size, text, size, **style))
        self._y -= size * LEADING

    def _rule(self, length: float = INNER) -> None:
        self._y -= 1
        self._pages[-1].append(_Rule(self._y, length))
        self._y -= 2

    def _place(self, text: _Text) -> None:
        if text.text:
            self._pages[-1].append(text)

    def _need(self, height: float) -> bool:
        """Begin a new page when the height is not there; return whether one was begun."""
        if self._y - height >= MARGIN + 14:
            return False
        self._pages.append([])
        self._y = HEIGHT - MARGIN
        return True

    # -------------------------------------------------------------------------------------- drawing

    def document(self) -> bytes:
        """Draw all pages."""
        page, stream = self._page, BytesIO()
        canvas = Canvas(
            stream,
            pagesize=(WIDTH, HEIGHT),
            invariant=1,
            pageCompression=0,
            lang=page.language.page_tag,
        )
        canvas.setTitle(f"{page.title} {page.account}")
        canvas.setCreator("fencang")
        for number, placed in enumerate(self._pages, 1):
            self._draw(canvas, placed)
            self._footer(canvas, number)
            canvas.showPage()
        canvas.save()
        return stream.getvalue()

    def _footer(self, canvas: Canvas, number: int) -> None:
        page = self._page
        of = f"{word('foot.page', page.language)} {number} / {len(self._pages)}"
        y = MARGIN - 10
        # The note ends before the number of the page, whatever its language.
        note = self._wrapped(page.footer, INNER - 60, 6.5)[0]
        self._draw(
            canvas,
            [
                _Text(MARGIN, y, note, 6.5, grey=GREY),
                _Text(WIDTH - MARGIN, y, of, 6.5, is_number=True, grey=GREY),
            ],
        )

    def _draw(self, canvas: Canvas, placed: Sequence[_Text | _Rule]) -> None:
        canvas.setStrokeGray(RULE)
        canvas.setLineWidth(RULE)
        for item in placed:
            if isinstance(item, _Rule):
                canvas.line(MARGIN, item.y, MARGIN + item.length, item.y)
        # One text object a page, told only what changes: a tenth of the time of single strings.
        text, ink, font = PaperText(canvas, self._fonts.written), (-1.0, False), ("", 0.0)
        for item in placed:
            if isinstance(item, _Rule):
                continue
            if ink != (item.grey, item.is_warning):
                ink = (item.grey, item.is_warning)
                text.setFillColorRGB(*(RED if item.is_warning else (item.grey,) * 3))
            measured = self._fonts.measured(item.text, is_bold=item.is_bold)
            x = item.x - measured.width * item.size if item.is_number else item.x
            for run, width in zip(measured.runs, measured.widths, strict=True):
                if font != (run.font, item.size):
                    font = (run.font, item.size)
                    text.setFont(*font)
                text.show(x, item.y, run.font, run.text)
                x += width * item.size
        canvas.drawText(text)


def _length(widths: Sequence[float]) -> float:
    return sum(widths) + GAP * (len(widths) - 1)


def _squeezed(widths: list[float], columns: Sequence[Column], room: float) -> list[float]:
    """Return widths that fit the room: the widest text columns give, numbers keep theirs."""
    widths = list(widths)
    while sum(widths) > room + 0.5:
        given = [
            (width, place)
            for place, (width, column) in enumerate(zip(widths, columns, strict=True))
            if not column.is_number and width > TEXT_COLUMN_MIN
        ]
        if not given:
            break
        _, place = max(given, key=lambda pair: (pair[0], -pair[1]))
        over = sum(widths) - room
        widths[place] = max(TEXT_COLUMN_MIN, widths[place] - max(over / len(given), 1.0))
    return widths


def _pieces(text: str) -> list[str]:
    """Return a text in pieces that may stand on lines of their own: words with their space."""
    return [f"{piece} " for piece in text.split(" ")]
