"""A reconciliation on the terminal, for a clerk: what differs, why, and what to enter.

Every break is a block of lines, so that nothing is cut off on a narrow screen.
"""

from collections.abc import Mapping
from textwrap import wrap
from typing import Any, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from fencang.app.commands.reconcile_steps import Step, meanings, short_id, words_of
from fencang.reports.reconciliation.certificate import Certificate, CertificateLine
from fencang.reports.reconciliation.comparison import Comparison

__all__ = ["tell"]

PLAIN: dict[str, Any] = {"box": None, "padding": (0, 2, 0, 0), "title_justify": "left"}
LINES_MAX = 200
"""Breaks that a terminal shows; the certificate has all of them."""
INDENT = 10
"""Where the lines of a break begin, behind its identity."""


def tell(
    certificate: Certificate,
    found: Comparison,
    steps: Mapping[str, Step],
    record: tuple[str, ...],
) -> None:
    """Print what agrees, what differs, what follows from it, and what to enter.

    ``record`` brings the breaks into the journal; it is empty when they are there.
    """
    console = Console(highlight=False)
    broker = f" at {escape(certificate.broker)}" if certificate.broker else ""
    console.print(
        f"[bold]{escape(certificate.carrying_account_id)}[/bold]{broker} on "
        f"{certificate.trading_day}: "
        f"{certificate.lines_compared:,} lines against the book as of record "
        f"{certificate.at_sequence:,}"
    )
    console.print(_sections(certificate))
    follows: dict[str, list[CertificateLine]] = {}
    for line in certificate.breaks:
        if line.cause_id:
            follows.setdefault(line.cause_id, []).append(line)
    causes = [line for line in certificate.breaks if not line.cause_id]
    known = {line.break_id for line in causes}
    orphans = [line for cause, own in follows.items() if cause not in known for line in own]
    _tell_breaks(console, "Breaks", causes, follows, steps)
    _tell_breaks(console, "What follows from breaks of earlier days", orphans, {}, {})
    earlier = [line for line in certificate.earlier if not line.cause_id]
    _tell_breaks(console, "Open from before", earlier, {}, {})
    _tell_tables(console, certificate)
    open_ones = [line.break_id for line in causes if line.status == "open"]
    _tell_how(console, [steps[key] for key in open_ones if key in steps], record)
    console.print(_verdict(certificate, len(causes), len(found.breaks)))


def _sections(certificate: Certificate) -> Table:
    sections = Table(**PLAIN, show_header=False)
    for name, result in certificate.sections:
        colour = "green" if result == "equal" else "yellow" if "break" in result else "dim"
        sections.add_row(name, f"[{colour}]{result}[/{colour}]")
    return sections


def _tell_breaks(
    console: Console,
    title: str,
    lines: list[CertificateLine],
    follows: Mapping[str, list[CertificateLine]],
    steps: Mapping[str, Step],
) -> None:
    if not lines:
        return
    console.print(f"[italic]{title}[/italic]")
    width = console.width - INDENT
    for line in lines[:LINES_MAX]:
        told = [*_head(line), *_proposal(line, steps.get(line.break_id), width)]
        told += [
            Told(f"follows: {each.kind}, {each.subject}, {each.difference}", "dim")
            for each in follows.get(line.break_id, ())
        ]
        _tell_block(console, short_id(line.break_id), told)
    if len(lines) > LINES_MAX:
        console.print(f"and {len(lines) - LINES_MAX:,} more; the certificate has all of them")


class Told(NamedTuple):
    """One line of a block and its style; a command is never wrapped anew."""

    text: str
    style: str = ""
    is_command: bool = False


def _tell_block(console: Console, name: str, told: list[Told]) -> None:
    """Print lines behind a name, without a space at their end: a command is copied as it is."""
    lead = f"{name:{INDENT}}"
    for each in told:
        lines = [each.text]
        if not each.is_command:
            lines = wrap(each.text, max(20, console.width - INDENT)) or [""]
        for line in lines:
            console.print(Text(lead).append(line, style=each.style), soft_wrap=True)
            lead = " " * INDENT


def _head(line: CertificateLine) -> list[Told]:
    """Return what a break is, of what age and whose, and its figures."""
    age = "new" if not line.age_days else f"{line.age_days} days old"
    status = line.status + (f" by {line.approved_by}" if line.approved_by else "")
    owner = f", with {line.owner}" if line.owner else ""
    figures = f"ours {line.ours}, broker {line.theirs}, difference {line.difference}"
    colour = "bold yellow" if line.status in {"open", "follows"} else "bold green"
    head = Told(f"{line.kind}: {age}, {status}{owner}", colour)
    return [head, Told(line.subject), Told(figures)]


def _proposal(line: CertificateLine, step: Step | None, width: int) -> list[Told]:
    """Return what is proposed, why, and what to enter."""
    told = [Told(f"{line.proposal}: {line.why}" if line.proposal else line.why)]
    if step is None or line.status != "open":
        return told
    for command in step.commands:
        lines = words_of(command, width - 2)
        told += [Told(f"  {each}", "cyan", is_command=True) for each in lines]
    if step.note:
        told.append(Told(f"  {step.note}"))
    return told


def _tell_how(console: Console, steps: list[Step], record: tuple[str, ...]) -> None:
    """Say what comes before the commands, and what their capitals stand for."""
    if not steps:
        return
    commands = [command for step in steps for command in step.commands]
    # An entry needs no break in the journal; giving one to a person and ending it do.
    if record and any(command[2] != "fill" for command in commands):
        console.print("Only what is in the journal is assigned or resolved; this brings it there:")
        for line in words_of(record, console.width - 2):
            console.print(f"[cyan]  {escape(line)}[/cyan]", soft_wrap=True)
        commands.append(record)
    told = meanings(commands, [step.note for step in steps])
    if told:
        console.print(f"[dim]{escape(told)}[/dim]")


def _tell_tables(console: Console, certificate: Certificate) -> None:
    """Print entries that mend earlier days, fills booked later, and our margin where it differs."""
    if certificate.mends:
        table = Table(title="Entries that mend earlier days", **PLAIN)
        for heading in ("what", "mends", ""):
            table.add_column(heading, overflow="fold")
        table.add_column("paid at once", justify="right", overflow="fold")
        for mend in certificate.mends:
            day = mend.mended_day or "before the first day"
            table.add_row(escape(mend.subject), day, mend.currency, mend.amount)
        console.print(table)
    if certificate.booked_later:
        table = Table(title="Booked here on a later day", **PLAIN)
        for heading in ("what", "cleared", "booked"):
            table.add_column(heading, overflow="fold")
        for late in certificate.booked_later:
            table.add_row(escape(late.subject), late.cleared, late.booked)
        console.print(table)
    if any(line.section == "margin" and line.status == "open" for line in certificate.breaks):
        table = Table(title="Our margin in its parts", **PLAIN)
        table.add_column("part", overflow="fold")
        table.add_column("")
        table.add_column("amount", justify="right", overflow="fold")
        for part in certificate.margin:
            table.add_row(escape(part.name), part.currency, part.amount)
        console.print(table)


def _verdict(certificate: Certificate, causes: int, breaks: int) -> str:
    if certificate.is_clean:
        return f"[green]{certificate.verdict}[/green]"
    follow = breaks - causes
    words = f"{causes} break{'' if causes == 1 else 's'}"
    if follow:
        words += f", {follow} more follow from them"
    earlier = sum(not line.cause_id for line in certificate.earlier)
    if earlier:
        words += f"; {earlier} open from before"
    return f"[yellow]{words}.[/yellow]"
