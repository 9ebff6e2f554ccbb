"""A reconciliation in tables, for a clerk."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fencang.reports.reconciliation.certificate import Certificate, CertificateLine
from fencang.reports.reconciliation.comparison import Comparison

__all__ = ["tell"]

PLAIN: dict[str, Any] = {"box": None, "padding": (0, 2, 0, 0), "title_justify": "left"}
LINES_MAX = 200
"""Breaks that a terminal shows; the certificate has all of them."""


def tell(certificate: Certificate, found: Comparison) -> None:
    """Print what agrees, what differs, what follows from it, and what to do."""
    console = Console(highlight=False)
    broker = f" at {escape(certificate.broker)}" if certificate.broker else ""
    console.print(
        f"[bold]{escape(certificate.carrying_account_id)}[/bold]{broker} on "
        f"{certificate.trading_day}: "
        f"{certificate.lines_compared:,} lines against the book as of record "
        f"{certificate.at_sequence:,}"
    )
    sections = Table(**PLAIN, show_header=False)
    for name, result in certificate.sections:
        colour = "green" if result == "equal" else "yellow" if "break" in result else "dim"
        sections.add_row(name, f"[{colour}]{result}[/{colour}]")
    console.print(sections)
    follows: dict[str, list[CertificateLine]] = {}
    for line in certificate.breaks:
        if line.cause_id:
            follows.setdefault(line.cause_id, []).append(line)
    causes = [line for line in certificate.breaks if not line.cause_id]
    if causes:
        console.print(_breaks("Breaks", causes))
    _tell_reasons(console, causes, follows)
    orphans = [
        line
        for cause, lines in follows.items()
        for line in lines
        if cause not in {each.break_id for each in causes}
    ]
    if orphans:
        console.print(_breaks("What follows from breaks of earlier days", orphans))
    earlier = [line for line in certificate.earlier if not line.cause_id]
    if earlier:
        console.print(_breaks("Open from before", earlier))
    if any(line.section == "margin" and line.status == "open" for line in certificate.breaks):
        console.print(_margin(certificate))
    console.print(_verdict(certificate, len(causes), len(found.breaks)))


def _breaks(title: str, lines: list[CertificateLine]) -> Table:
    table = Table(title=title, **PLAIN)
    for heading in ("break", "kind", "what"):
        table.add_column(heading)
    for heading in ("ours", "broker", "difference", "age"):
        table.add_column(heading, justify="right")
    for heading in ("owner", "status"):
        table.add_column(heading)
    for line in lines[:LINES_MAX]:
        age = f"{line.age_days} d" if line.age_days else "new"
        status = line.status + (f" by {line.approved_by}" if line.approved_by else "")
        cells = (line.break_id[:8], line.kind, line.subject, line.ours, line.theirs)
        rest = (line.difference, age, line.owner or "–", status)
        table.add_row(*(escape(cell) for cell in (*cells, *rest)))
    if len(lines) > LINES_MAX:
        table.caption = f"and {len(lines) - LINES_MAX:,} more"
    return table


def _tell_reasons(
    console: Console, causes: list[CertificateLine], follows: dict[str, list[CertificateLine]]
) -> None:
    for line in causes[:LINES_MAX]:
        proposal = f"[bold]{line.proposal}[/bold]: " if line.proposal else ""
        console.print(f"{line.break_id[:8]}  {proposal}{escape(line.why)}")
        for each in follows.get(line.break_id, ()):
            told = f"{each.kind}, {each.subject}, {each.difference}"
            console.print(f"          follows: {escape(told)}", style="dim")


def _margin(certificate: Certificate) -> Table:
    table = Table(title="Our margin in its parts", **PLAIN)
    table.add_column("part")
    table.add_column("")
    table.add_column("amount", justify="right")
    for line in certificate.margin:
        table.add_row(escape(line.name), line.currency, line.amount)
    return table


def _verdict(certificate: Certificate, causes: int, breaks: int) -> str:
    if certificate.is_clean and not breaks:
        return "[green]Broker and book agree.[/green]"
    if certificate.is_clean:
        return "[green]Broker and book differ only by what two persons have let go.[/green]"
    follow = breaks - causes
    words = f"{causes} break{'' if causes == 1 else 's'}"
    if follow:
        words += f", {follow} more follow from them"
    earlier = sum(not line.cause_id for line in certificate.earlier)
    if earlier:
        words += f"; {earlier} open from before"
    return f"[yellow]{words}.[/yellow]"
