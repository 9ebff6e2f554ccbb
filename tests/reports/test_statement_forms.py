"""Pages, paper and machine forms: nothing gets through unescaped, nothing is lost, bytes repeat."""

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from fencang.reports.statement.as_csv import COLUMNS, render_csv
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.as_json import render_json
from fencang.reports.statement.layout import Column, Page, Section, amount, lay_out
from fencang.reports.statement.values import Scope, Statement
from fencang.reports.statement.words import Language
from tests.engine.desk import BUY, trading_desk, transfer
from tests.engine.firm import MONDAY, TUESDAY, define, sub_account
from tests.reports.statement_desk import balance_of, days_of, statement_of

HOSTILE = '<script>alert("1")</script>&\u202e\x07 甲 😀'
VOID = {"meta", "!doctype"}


def renamed(name):
    return define(sub_account("ALPHA").__class__(**{**fields(sub_account("ALPHA")), "name": name}))


def fields(item):
    return {name: getattr(item, name) for name in item.__struct_fields__}


@pytest.fixture(scope="module")
def statement():
    desk = trading_desk()
    desk.done(renamed(HOSTILE))
    desk.trade("ALPHA", BUY, 4, "20.00")
    desk.trade("ALPHA", BUY, 3, "10000", "FDAX")
    moves = transfer(None, "ALPHA", "12.5")
    desk.done(msgspec.structs.replace(moves, reason='=HYPERLINK("x")\nnext'))
    for venue, prices in {"NYMEX": {"CLM0": "21.00"}, "EUREX": {"FDAX": "9999.5"}}.items():
        desk.settle(MONDAY, venue, **prices)
    for venue in ("OSE", "SHFE"):
        desk.settle(MONDAY, venue)
    for venue in ("NYMEX", "EUREX", "OSE", "SHFE"):
        desk.next_day(TUESDAY, venue)
    return statement_of(days_of(desk.records, (MONDAY, MONDAY)), "ALPHA")


class Outline(HTMLParser):
    """Checks that every tag is closed in its turn, and collects what was met."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text, self.heads = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("language", Language)
def test_a_page_is_whole_and_runs_nothing(statement, language):
    outline = Outline(render_html(lay_out(statement, language)))
    assert outline.open == []
    names = [tag for tag, _ in outline.tags]
    assert not {"script", "img", "link", "iframe", "a", "form"} & set(names)
    assert not [attrs for _, attrs in outline.tags if any(name.startswith("on") for name in attrs)]
    (page,) = [attrs for tag, attrs in outline.tags if tag == "html"]
    assert page["lang"] == language.page_tag
    assert names.count("table") == names.count("caption") == names.count("thead") >= 5
    assert all("scope" in attrs for tag, attrs in outline.tags if tag == "th")
    shown = "".join(outline.text)
    assert '<script>alert("1")</script>&[U+202E][U+0007] 甲 😀' in shown
    assert '=HYPERLINK("x")[U+000A]next' in shown


@pytest.mark.parametrize("language", Language)
def test_every_amount_of_the_statement_is_on_the_page(statement, language):
    html = render_html(lay_out(statement, language))
    for balance in statement.balances:
        assert f">{amount(balance.closing_micros)}<" in html
        assert f">{amount(balance.base_value_micros)}<" in html
    for line in statement.results:
        assert f">{amount(line.net_micros)}<" in html
    for entry in statement.entries:
        assert f">{amount(entry.amount_micros)}<" in html


def test_both_languages_say_the_same_numbers(statement):
    pages = [lay_out(statement, language) for language in Language]
    shapes = [[[row[1:] for row in section.totals] for section in page.sections] for page in pages]
    assert [len(page.sections) for page in pages][:1] * 2 == [len(p.sections) for p in pages]
    digits = [re.findall(r"-?[\d,]+\.\d+", str(shape)) for shape in shapes]
    assert digits[0] == digits[1] != []


def test_json_is_the_model_and_comes_back(statement):
    content = render_json(statement)
    assert msgspec.json.decode(content, type=Statement) == statement
    assert content == render_json(statement)
    assert b"." not in re.sub(rb'"(?:[^"\\]|\\.)*"', b"", content), "a float is in it"


def test_csv_has_its_columns_and_its_sums(statement):
    rows = list(csv.DictReader(io.StringIO(render_csv(statement), newline="")))
    assert tuple(rows[0]) == COLUMNS
    dollars = {row["item"]: row["amount"] for row in rows if row["section"] == "cash"}
    assert dollars
    closing = [
        row["amount"]
        for row in rows
        if (row["section"], row["item"], row["currency"]) == ("cash", "closing", "USD")
    ]
    assert closing == [amount(balance_of(statement).closing_micros).replace(",", "")]
    (reason,) = [row["text"] for row in rows if row["section"] == "cash_entry" and row["text"]][-1:]
    assert reason == '\'=HYPERLINK("x")\nnext'


# ------------------------------------------------------------------------------------------- paper


@pytest.fixture(scope="module")
def fonts():
    pytest.importorskip("reportlab", reason="PDF needs the extra `statements`")
    from fencang.reports.statement.fonts import FontSet

    return FontSet()


def rendered(page, fonts):
    from fencang.reports.statement.as_pdf import render_pdf

    return render_pdf(page, fonts)


@pytest.mark.parametrize("language", Language)
def test_paper_repeats_to_the_byte_and_knows_no_clock(statement, language, fonts):
    page = lay_out(statement, language)
    content = rendered(page, fonts)
    assert content == rendered(page, fonts)
    assert content.startswith(b"%PDF-")
    assert b"FlateDecode" not in content, "another zlib would give other bytes"
    assert b"/CreationDate (D:20000101" in content
    assert b"(1,004,012.50)" in content
    assert f"/Lang ({language.page_tag})".encode() in content


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("is_embedded", [False, True])
def test_what_was_written_before_changes_no_byte(statement, language, is_embedded, monkeypatch):
    """Law: paper is what reportlab writes by itself, the first time and with everything known."""
    reportlab = pytest.importorskip("reportlab", reason="PDF needs the extra `statements`")
    from fencang.reports.statement.fonts import FontSet
    from fencang.reports.statement.paper_text import PaperText

    embedded = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf" if is_embedded else None
    fonts = FontSet(embedded)
    page = lay_out(statement, language)
    strange = page._replace(account="(A) \\ é € ł 甲 😀", title="T Tf 1")
    found = [rendered(each, fonts) for each in (page, strange, page, strange)]

    def by_itself(self, x, y, _, text):
        self.setTextOrigin(x, y)
        self.textOut(text)

    monkeypatch.setattr(PaperText, "show", by_itself)
    assert found == [rendered(each, FontSet(embedded)) for each in (page, strange)] * 2


def test_characters_that_no_font_has_are_told_by_number(fonts):
    measured = fonts.measured("é 甲 😀\u202e")
    assert "".join(run.text for run in measured.runs) == "é 甲 [U+1F600][U+202E]"
    assert {run.font for run in measured.runs} == {"Helvetica", "STSong-Light"}


def test_a_font_that_cannot_be_embedded_is_refused(tmp_path, fonts):
    from fencang.reports.statement.fonts import FontFault, FontSet

    path = tmp_path / "no.ttf"
    path.write_bytes(b"no font at all")
    with pytest.raises(FontFault, match="no TrueType font"):
        FontSet(path)
    with pytest.raises(FontFault, match="missing"):
        FontSet(tmp_path / "missing.ttf")


def test_long_tables_go_on_over_pages_with_their_headings(fonts):
    rows = tuple((f"row {number}", f"{number:,}.00", "words " * 60) for number in range(200))
    columns = (Column("First"), Column("Number", is_number=True), Column("Words"))
    section = Section("Title", columns, rows, (("Total", "1.00", ""),), "note")
    page = Page(Language.ENGLISH, "T", "A" * 300, (("k", "v"),), "", (section,), "foot")
    content = rendered(page, fonts)
    pages = content.count(b"/Type /Page\n") or content.count(b"/Type /Page ")
    assert pages > 5
    assert content.count(b"(First)") == pages
    assert f"(Page {pages} / {pages})".encode() in content
    for number in range(200):
        assert f"({number:,}.00)".encode() in content


def test_numbers_are_never_broken(fonts):
    """A table too wide for the paper breaks its words, not its numbers."""
    huge = amount(-(1 << 62))
    columns = tuple(Column(f"N{place}", is_number=True) for place in range(8))
    words = (Column("A"), *columns, Column("B"))
    section = Section("Wide", words, (("word " * 20, *([huge] * 8), "x" * 200),))
    page = Page(Language.CHINESE, "T", "A", (), "warned", (section,), "foot")
    assert rendered(page, fonts).count(f"({huge})".encode()) == 8


def test_a_provisional_statement_says_so(statement):
    unfinished = msgspec.structs.replace(statement, is_final=False, waits_for=("OSE",))
    page = lay_out(unfinished, Language.ENGLISH)
    assert page.warning.startswith("PROVISIONAL (not yet settled: OSE).")
    assert "PROVISIONAL" in render_html(page)
    assert lay_out(statement, Language.ENGLISH).warning == ""
    assert unfinished.scope is Scope.BOOK
