"""A statement as one self-contained page: no script, no reference to anything outside, printable.

Everything that comes from the desk is escaped.  Tables have captions and scoped headings, so that
they can be read aloud.
"""

from html import escape

from fencang.reports.statement.layout import Page, Section

__all__ = ["render_html"]

NARROW_MAX = 5
"""Columns of a table that need not take the whole width."""

_STYLE = """
:root { color-scheme: light; }
body { font: 13px/1.45 "Helvetica Neue", Arial, "Noto Sans SC", "PingFang SC",
  "Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif; color: #1a1a1a; background: #fff;
  margin: 2rem auto; max-width: 76rem; padding: 0 1.5rem; }
header { border-bottom: 2px solid #1a1a1a; margin-bottom: 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
header p { font-size: 1.1rem; margin: .2rem 0 .6rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr max-content 1fr; gap: .15rem 1rem; }
dt { color: #555; } dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.warning { border: 2px solid #a33; color: #a33; font-weight: 600; padding: .4rem .7rem; }
section { margin: 1.4rem 0; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
table.narrow { width: auto; min-width: 28rem; }
caption { text-align: left; font-size: 1.05rem; font-weight: 600; padding: .3rem 0; }
th, td { padding: .22rem .5rem; text-align: left; vertical-align: top; }
thead th { border-bottom: 1px solid #1a1a1a; vertical-align: bottom; }
tbody th { font-weight: 400; }
tbody tr:nth-child(even) { background: #f4f5f7; }
tfoot th, tfoot td { border-top: 1px solid #bbb; font-weight: 600; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.note, footer { color: #555; font-size: .9em; }
@media (max-width: 44rem) { body { margin: 1rem auto; padding: 0 .8rem; }
  dl { grid-template-columns: max-content 1fr; } table.narrow { min-width: 0; } }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 9px; }
  section { overflow: visible; } thead { display: table-header-group; }
  tr { break-inside: avoid; } @page { size: A4 landscape; margin: 12mm; } }
""".strip()

_BETWEEN = "\x1f"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_html(page: Page) -> str:
    """Return the page, ended by a line feed."""
    title = escape(f"{page.title} {page.account}")
    facts = "".join(f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>" for key, text in page.facts)
    warning = f'<p class="warning" role="note">{escape(page.warning)}</p>\n' if page.warning else ""
    sections = "".join(_section(section) for section in page.sections)
    return (
        f'<!DOCTYPE html>\n<html lang="{page.language.page_tag}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n"
        f"<header>\n<h1>{escape(page.title)}</h1>\n<p>{escape(page.account)}</p>\n</header>\n"
        f"{warning}<dl>{facts}</dl>\n{sections}"
        f"</main>\n<footer>{escape(page.footer)}</footer>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    classes = [' class="n"' if column.is_number else "" for column in section.columns]
    heads = "".join(
        f'<th scope="col"{kind}>{escape(column.title)}</th>'
        for column, kind in zip(section.columns, classes, strict=True)
    )
    rows = "".join(_row(row, classes) for row in section.rows)
    totals = "".join(_row(row, classes) for row in section.totals)
    foot = f"<tfoot>\n{totals}</tfoot>\n" if totals else ""
    narrow = ' class="narrow"' if len(section.columns) <= NARROW_MAX else ""
    note = f'<p class="note">{escape(section.note)}</p>\n' if section.note else ""
    return (
        f"<section>\n<table{narrow}>\n<caption>{escape(section.title)}</caption>\n"
        f"<thead>\n<tr>{heads}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n{foot}</table>\n{note}"
        "</section>\n"
    )


def _row(row: tuple[str, ...], classes: list[str]) -> str:
    # A whole row is escaped at once; every character of it can be seen, so no cell has the mark.
    first, *rest = escape(_BETWEEN.join(row)).split(_BETWEEN)
    cells = "".join(
        [f"<td{kind}>{text}</td>" for text, kind in zip(rest, classes[1:], strict=True)]
    )
    return f'<tr><th scope="row"{classes[0]}>{first}</th>{cells}</tr>\n'
