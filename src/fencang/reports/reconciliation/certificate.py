"""The day's certificate: every section equal, or which breaks are open, of what age, and by whose
word others were let go.

A value first, so that a machine can read it; then as Markdown, or as one HTML page.  Nothing in it
depends on when it was written: the same statement and the same journal give the same bytes.
"""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.messages.reconciliation_commands import BreakFound, BreakKind, StatementSection
from fencang.projections.carrying_days import DayMend
from fencang.projections.late_fills import LateFill
from fencang.projections.reconciliations import BreakHistory
from fencang.reports.reconciliation.basis import difference_micros
from fencang.reports.reconciliation.comparison import Comparison, tolerances_of

__all__ = [
    "Certificate",
    "CertificateLine",
    "amount_words",
    "as_html",
    "as_markdown",
    "certificate_of",
]

EQUAL, NOT_STATED = "equal", "not in the statement"


class CertificateLine(NamedTuple):
    """One break as it is written down; amounts are texts in the unit of the section."""

    break_id: str
    section: str
    kind: str
    subject: str
    ours: str
    theirs: str
    difference: str
    first_seen: str
    age_days: int
    status: str
    """``open``, ``follows`` (from another break), or how two persons ended it."""
    owner: str
    approved_by: str
    proposal: str
    why: str
    cause_id: str


class PartLine(NamedTuple):
    """One part of our margin, in whole text."""

    name: str
    currency: str
    amount: str


class MendLine(NamedTuple):
    """An entry of the day that mends an earlier one, in whole text."""

    subject: str
    mended_day: str
    """Empty: before the first day."""
    currency: str
    amount: str


class LaterLine(NamedTuple):
    """A fill that the broker counts on its clearing day and that was booked here after it."""

    subject: str
    cleared: str
    booked: str


class Certificate(NamedTuple):
    """One carrying account on one trading day."""

    carrying_account_id: str
    broker: str
    trading_day: str
    sha256: str
    at_sequence: int
    chain_hash: str
    lines_compared: int
    fills_matched: int
    sections: list[tuple[str, str]]
    tolerances: list[tuple[str, str]]
    breaks: list[CertificateLine]
    earlier: list[CertificateLine]
    """Breaks of earlier days that are open and that this statement cannot show."""
    margin: list[PartLine]
    mends: list[MendLine]
    booked_later: list[LaterLine]
    """Fills that this statement has, or had before, and our book has only on a later day."""

    @property
    def is_clean(self) -> bool:
        """Return whether no break is open, neither of this day nor of an earlier one."""
        ours = [*self.breaks, *self.earlier]
        return not any(line.status in {"open", "follows"} for line in ours)

    @property
    def verdict(self) -> str:
        """Return what the comparison comes to, in one sentence."""
        if not self.is_clean:
            return "Broker and book differ; what is open stands below."
        if self.breaks:
            return "Broker and book differ only by what two persons have let go."
        return "Broker and book agree."


def certificate_of(
    found: Comparison,
    *,
    broker: str,
    at_sequence: int,
    chain_hash: str,
    unresolved: Iterable[BreakHistory],
    ended: Iterable[BreakHistory],
) -> Certificate:
    """Return the certificate of a comparison, with the age and the owner its breaks have."""
    ours, theirs = found.basis.ours, found.basis.theirs
    histories = {each.found.break_id: each for each in (*ended, *unresolved)}
    told = {each.break_id for each in found.breaks}
    covered = set(theirs.sections)
    earlier = [
        _line(found, each.found, each)
        for each in unresolved
        if each.first_seen <= ours.trading_day
        and each.found.break_id not in told
        and not _is_gone(each, covered, found)
    ]
    return Certificate(
        carrying_account_id=ours.carrying_account_id,
        broker=broker,
        trading_day=ours.trading_day.isoformat(),
        sha256=theirs.sha256,
        at_sequence=at_sequence,
        chain_hash=chain_hash,
        lines_compared=theirs.lines,
        fills_matched=found.fills_matched,
        sections=[(each.name.lower(), _section(each, covered, found)) for each in StatementSection],
        tolerances=_tolerances(found),
        breaks=[_line(found, each, histories.get(each.break_id)) for each in found.breaks],
        earlier=earlier,
        margin=_margin(found),
        mends=[_mend_line(mend) for mend in ours.mends],
        booked_later=_booked_later(found),
    )


def _tolerances(found: Comparison) -> list[tuple[str, str]]:
    return [
        (each.subject.partition("_")[0], _tolerance_words(each.subject, each.amount))
        for each in tolerances_of(found.basis.tolerances)
    ]


def _booked_later(found: Comparison) -> list[LaterLine]:
    day = found.basis.ours.trading_day
    return [_later_line(late) for late in found.basis.counted if late.booked_day > day]


def _later_line(late: LateFill) -> LaterLine:
    fill = late.fill
    terms = f"{fill.side.name.lower()} {fill.quantity_lots:,} {fill.contract_id}"
    subject = f"{fill.execution_id}: {terms} at {format_price(fill.price_nanos)}"
    return LaterLine(subject, late.clearing_day.isoformat(), late.booked_day.isoformat())


def _mend_line(mend: DayMend) -> MendLine:
    what = f"execution {mend.execution_id} of" if mend.execution_id else "settlement of"
    day = mend.mended_day.isoformat() if mend.mended_day is not None else ""
    return MendLine(
        f"{what} {mend.contract_id}", day, mend.currency, money_words(mend.amount_micros)
    )


def _is_gone(history: BreakHistory, covered: set[StatementSection], found: Comparison) -> bool:
    """Return whether the statement would show a break and does not: as the engine decides it."""
    section, day = history.found.section, found.basis.ours.trading_day
    if section not in covered:
        return False
    return history.first_seen == day if section.is_of_the_day else history.last_seen <= day


def _section(section: StatementSection, covered: set[StatementSection], found: Comparison) -> str:
    if section not in covered:
        return NOT_STATED
    count = sum(each.section is section for each in found.breaks)
    return EQUAL if not count else f"{count} break{'' if count == 1 else 's'}"


def amount_words(found: BreakFound, amount: int | None) -> str:
    """Return an amount of a break in its unit; a side that has nothing is a dash."""
    if amount is None:
        return "–"
    if found.kind is BreakKind.PRICE_DIFFERS:
        return format_price(amount)
    if found.currency:
        return f"{money_words(amount)} {found.currency}"
    return f"{amount:,}"


def money_words(amount_micros: int) -> str:
    """Return an amount with its thousands parted: -1234567.5 as ``-1,234,567.50``."""
    whole, _, cents = format_money(abs(amount_micros)).partition(".")
    return f"{'-' if amount_micros < 0 else ''}{int(whole):,}.{cents}"


def _tolerance_words(subject: str, amount: int) -> str:
    if subject.endswith("_micros"):
        return format_money(amount)
    if subject.endswith("_nanos"):
        return format_price(amount)
    return str(amount)


def _line(found: Comparison, each: BreakFound, history: BreakHistory | None) -> CertificateLine:
    day = found.basis.ours.trading_day
    first = min(history.first_seen, day) if history is not None else day
    status = "follows" if each.cause_id else "open"
    approved_by = ""
    if history is not None and _is_accepted(history, each):
        status, approved_by = history.end, history.approved_by
    elif history is not None and history.end == "cleared":
        first = day
    return CertificateLine(
        break_id=each.break_id,
        section=each.section.name.lower(),
        kind=each.kind.words,
        subject=each.subject,
        ours=amount_words(each, each.ours),
        theirs=amount_words(each, each.theirs),
        difference=amount_words(each, difference_micros(each)),
        first_seen=first.isoformat(),
        age_days=(day - first).days,
        status=status,
        owner=history.owner if history is not None else "",
        approved_by=approved_by,
        proposal=each.proposal.words if each.proposal.name != "NONE" else "",
        why=each.why,
        cause_id=each.cause_id,
    )


def _is_accepted(history: BreakHistory, each: BreakFound) -> bool:
    """Return whether two persons let this very difference go."""
    same = difference_micros(history.found) == difference_micros(each)
    return history.end in {"explained", "written off"} and same


def _margin(found: Comparison) -> list[PartLine]:
    parts = found.parts
    if found.basis.theirs.margins is None:
        return []
    lines = [
        PartLine(
            f"{part.commodity} at {part.clearing_house}",
            part.currency,
            money_words(part.requirement_micros),
        )
        for part in parts.commodities
    ]
    for name, amounts, sign in (
        ("add-ons of the broker", parts.add_ons, 1),
        ("credits across houses", parts.credits, -1),
        ("by rate and for orders", parts.rest, 1),
        ("requirement", parts.requirement, 1),
    ):
        for currency, amount in sorted(amounts.items()):
            if amount:
                lines.append(PartLine(name, currency, money_words(sign * amount)))
    return lines


# ----------------------------------------------------------------------------------------- written

_HEADINGS = (
    ("kind", "kind"),
    ("subject", "what"),
    ("ours", "ours"),
    ("theirs", "broker"),
    ("difference", "difference"),
    ("age_days", "age, days"),
    ("status", "status"),
    ("owner", "owner"),
    ("approved_by", "approved by"),
    ("proposal", "proposal"),
    ("why", "why"),
)


def _head(certificate: Certificate) -> list[str]:
    broker = certificate.broker or "the broker"
    counts = f"{certificate.lines_compared:,} lines, {certificate.fills_matched:,} fills matched"
    return [
        certificate.verdict,
        f"Statement of {broker}, SHA-256 {certificate.sha256}: {counts}.",
        f"Book as of record {certificate.at_sequence:,}, chain hash {certificate.chain_hash}.",
    ]


def _tables(certificate: Certificate) -> list[tuple[str, list[str], list[list[str]]]]:
    """Return every table of the page: title, headings, rows."""
    tables = [
        ("Sections", ["section", "result"], [list(each) for each in certificate.sections]),
    ]
    for title, lines in (("Breaks", certificate.breaks), ("Open from before", certificate.earlier)):
        if lines:
            rows = [[str(getattr(line, name)) for name, _ in _HEADINGS] for line in lines]
            tables.append((title, [heading for _, heading in _HEADINGS], rows))
    if certificate.mends:
        rows = [list(line) for line in certificate.mends]
        headings = ["what", "mends", "currency", "paid at once"]
        tables.append(("Entries that mend earlier days", headings, rows))
    if certificate.booked_later:
        rows = [list(line) for line in certificate.booked_later]
        tables.append(("Booked here on a later day", ["what", "cleared", "booked"], rows))
    if certificate.margin:
        rows = [list(line) for line in certificate.margin]
        tables.append(("Our margin in its parts", ["part", "currency", "amount"], rows))
    rows = [list(each) for each in certificate.tolerances]
    tables.append(("Tolerances", ["figure", "equal up to"], rows))
    return tables


def _title(certificate: Certificate) -> str:
    return f"Reconciliation of {certificate.carrying_account_id} on {certificate.trading_day}"


def as_markdown(certificate: Certificate) -> str:
    """Return the certificate as Markdown."""
    lines = [f"# {_title(certificate)}", ""]
    for sentence in _head(certificate):
        lines += [_cell(sentence), ""]
    for title, headings, rows in _tables(certificate):
        lines += [f"## {title}", "", f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
        lines += [f"| {' | '.join(map(_cell, row))} |" for row in rows]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return text that keeps to its cell and shows as it is."""
    for sign in "\\|<>*_[]`#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:0 0 1.5rem}"
    "th,td{border-bottom:1px solid #bbb;padding:.25rem .6rem;text-align:left;vertical-align:top}"
)


def as_html(certificate: Certificate) -> str:
    """Return the certificate as one HTML page that needs nothing else."""
    title = escape(_title(certificate))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    parts = [f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n<h1>{title}</h1>']
    parts += [f"<p>{escape(sentence)}</p>" for sentence in _head(certificate)]
    for name, headings, rows in _tables(certificate):
        names = "".join(f"<th>{escape(each)}</th>" for each in headings)
        body = "\n".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        parts.append(f"<h2>{escape(name)}</h2>\n<table><tr>{names}</tr>\n{body}</table>")
    return "\n".join(parts) + "\n</body></html>\n"
