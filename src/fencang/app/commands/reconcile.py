"""``fencang reconcile``: a broker's statement against the carrying book in a journal.

Everything is read and compared before anything is written: a faulty map or file, or one of another
day, is refused with every fault, and neither a certificate nor a record comes of it.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from fencang.app.commands.reconcile_steps import record_step, steps_of
from fencang.app.commands.reconcile_words import tell
from fencang.app.exit_status import DiskFault, ExitStatus, InputFault, UsageFault
from fencang.app.journals import faults_in_words, journal_in, reading
from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.app.progress import counting
from fencang.messages.commands import AnyCommand
from fencang.messages.events import CommandRejected
from fencang.messages.reconciliation_commands import ReportReconciliation
from fencang.projections.carrying_days import CarryingDay, CarryingDays
from fencang.projections.reconciliations import Reconciliations
from fencang.projections.reference import Reference
from fencang.refdata.account import PositionMode
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.certificate import (
    Certificate,
    as_html,
    as_markdown,
    certificate_of,
)
from fencang.reports.reconciliation.comparison import Comparison, compare, report_of
from fencang.reports.reconciliation.mapping import StatementMap, read_map
from fencang.reports.reconciliation.margin import MarginTerms, margin_parts, with_their_lots
from fencang.reports.reconciliation.reading import files_of, read_statement
from fencang.reports.reconciliation.statement import BrokerStatement, StatementFault

__all__ = ["ReconciliationQuestion", "run_reconcile"]

ALL_DAYS = 1_000_000
RECORDS_TOLD = 2_000
FORMATS = {".html": as_html, ".md": as_markdown}


class ReconciliationQuestion(NamedTuple):
    """What was asked on the command line."""

    statement: Path
    map: Path
    data: Path
    day: date | None
    account: str
    certificate: Path | None
    recorded_by: str
    """Who brings the breaks into the journal; empty: they are only shown."""


class _Desk:
    """Everything that the journal tells, as of its last record."""

    def __init__(self) -> None:
        self.reference = Reference()
        self.days = CarryingDays(self.reference, ALL_DAYS)
        self.breaks = Reconciliations()
        self.sequence = 0
        self.chain_hash = bytes(32)


def run_reconcile(question: ReconciliationQuestion, *, as_json: bool) -> ExitStatus:
    """Compare, print, write what was asked for, and return the exit status."""
    if question.certificate is not None and question.certificate.suffix not in FORMATS:
        raise UsageFault(f"--certificate {question.certificate} does not end in .html or .md")
    map_ = _map(question.map)
    files = {name: _bytes(question, name) for name in files_of(map_, question.statement.name)}
    journal = journal_in(question.data)
    desk = _desk(journal)
    account = _account(question, map_, desk)
    found = _compared(question, map_, files, desk, account, journal)
    certificate = certificate_of(
        found,
        broker=desk.reference.carrying_accounts[account].broker,
        at_sequence=desk.sequence,
        chain_hash=desk.chain_hash.hex(),
        unresolved=desk.breaks.unresolved(account),
        ended=desk.breaks.ended(account),
    )
    if question.recorded_by:
        _record(journal, _report(found, desk.sequence, question.recorded_by), desk)
    if question.certificate is not None:
        _write(question.certificate, FORMATS[question.certificate.suffix](certificate))
    is_past = desk.days.days(account)[-1] != found.basis.ours.trading_day
    steps = steps_of(found, question.data, is_past=is_past)
    if as_json:
        plain = {**_plain(certificate), "steps": [each._asdict() for each in steps.values()]}
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=1) + "\n")
    else:
        known = {each.found.break_id for each in desk.breaks.unresolved(account)}
        is_known = bool(question.recorded_by) or steps.keys() <= known
        tell(certificate, found, steps, () if is_known else _record_step(question))
    return ExitStatus.DONE if certificate.is_clean else ExitStatus.DIFFERENCES_FOUND


def _record_step(question: ReconciliationQuestion) -> tuple[str, ...]:
    return record_step(question.statement, question.map, question.data, question.account)


def _plain(certificate: Certificate) -> dict[str, object]:
    plain: dict[str, object] = certificate._asdict()
    for name in ("breaks", "earlier", "margin", "mends", "booked_later"):
        plain[name] = [line._asdict() for line in getattr(certificate, name)]
    for name in ("sections", "tolerances"):
        plain[name] = dict(getattr(certificate, name))
    return {"is_clean": certificate.is_clean, **plain}


# ------------------------------------------------------------------------------------------- input


def _map(path: Path) -> StatementMap:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputFault(f"the map {path} cannot be read: {fault}") from fault
    try:
        return read_map(text, path.name)
    except StatementFault as fault:
        raise _input_fault(f"the map {path} has faults; nothing was compared.", fault) from fault


def _input_fault(words: str, fault: StatementFault) -> InputFault:
    return InputFault(words, [str(each) for each in fault.faults])


def _bytes(question: ReconciliationQuestion, name: str) -> bytes:
    """Return a file of the statement; others stand beside its own."""
    path = question.statement
    if name != path.name:
        path = path.parent / name
    try:
        return path.read_bytes()
    except OSError as fault:
        raise InputFault(f"{path} cannot be read: {fault.strerror or fault}") from fault


def _desk(path: Path) -> _Desk:
    desk = _Desk()
    with reading(path) as journal, counting("Reading") as told:
        last = journal.last_sequence
        for stored in journal.read(1):
            record = stored.record()
            desk.reference.apply(record)
            desk.days.apply(record)
            desk.breaks.apply(record)
            desk.sequence, desk.chain_hash = record.sequence, stored.chain_hash
            if record.sequence % RECORDS_TOLD == 0:
                told(record.sequence, last, f"record {record.sequence:,}")
    return desk


def _account(question: ReconciliationQuestion, map_: StatementMap, desk: _Desk) -> str:
    known = sorted(desk.reference.carrying_accounts)
    if question.account and map_.account and question.account != map_.account:
        words = f"--account {question.account}, but the map is for account {map_.account}"
        raise UsageFault(words)
    named = question.account or map_.account
    if not named and len(known) == 1:
        return known[0]
    if named not in known:
        told = ", ".join(known) or "none"
        words = f"there is no carrying account {named}" if named else "several carrying accounts"
        raise UsageFault(f"{words}; name one with --account or in the map: {told}")
    return named


def _compared(
    question: ReconciliationQuestion,
    map_: StatementMap,
    files: dict[str, bytes],
    desk: _Desk,
    account: str,
    journal: Path,
) -> Comparison:
    reference = desk.reference
    try:
        statement = read_statement(
            files,
            question.statement.name,
            map_,
            account=account,
            contracts=reference.contracts,
            asked_day=question.day,
        )
        ours = _day(desk, account, statement)
        definition = reference.carrying_accounts[account]
        products = {key: reference.product_of(key) for key in reference.contracts}
        files_beside = ParameterFiles(blobs_beside(journal))
        terms = MarginTerms(definition, reference.contracts, products, files_beside)
        parts = margin_parts(ours, terms)
        if statement.margins is not None and statement.positions is not None:
            parts = with_their_lots(parts, ours, terms, statement.positions)
        basis = Basis(
            ours=ours,
            theirs=statement,
            tolerances=map_.tolerances,
            products=products,
            is_net=definition.position_mode is PositionMode.NET,
            known={each.found.break_id: each.found for each in desk.breaks.unresolved(account)},
            late=tuple(desk.days.late_fills(account)),
        )
        return compare(basis, parts)
    except StatementFault as fault:
        words = f"{question.statement} is refused; nothing was compared."
        raise _input_fault(words, fault) from fault


def _day(desk: _Desk, account: str, statement: BrokerStatement) -> CarryingDay:
    found = desk.days.day(account, statement.trading_day)
    if found is None:
        known = desk.days.days(account)
        told = f"{known[0]} to {known[-1]}" if known else "none"
        words = f"the journal has no trading day {statement.trading_day} of {account}"
        raise InputFault(f"{words}; its days are {told}. Nothing was compared.")
    return found


# ------------------------------------------------------------------------------------------ output


def _write(path: Path, text: str) -> None:
    """Write a certificate whole: under another name first, then under its own."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as fault:
        raise DiskFault(f"{path} cannot be written: {fault.strerror or fault}") from fault


def _report(found: Comparison, at_sequence: int, entered_by: str) -> AnyCommand:
    """Return the command as a journal would read it: nothing that breaks a bound is stored."""
    command = report_of(found, at_sequence=at_sequence, entered_by=entered_by)
    try:
        return msgspec.msgpack.decode(msgspec.msgpack.encode(command), type=ReportReconciliation)
    except msgspec.ValidationError as fault:
        words = f"the breaks cannot be recorded by {entered_by!r}: {fault}; nothing was written"
        raise UsageFault(words) from fault


def _record(path: Path, command: AnyCommand, desk: _Desk) -> None:
    """Bring the breaks into the journal, which must end where it was read."""
    from fencang.engine.machine import MachineMaker
    from fencang.journal.recovery import recover
    from fencang.journal.sequencer import Sequencer
    from fencang.journal.sqlite import SqliteJournal

    with faults_in_words():
        journal = SqliteJournal.writer(path)
        try:
            makers = MachineMaker(ParameterFiles(blobs_beside(path)))
            machine = recover(journal, None, makers).machine
            if machine.sequence != desk.sequence:
                raise InputFault(
                    "the journal went on meanwhile; compare again. Nothing was written"
                )
            (record,) = Sequencer(machine, journal, time.time_ns).commit([command])
        finally:
            journal.close()
    for event in record.events:
        if isinstance(event, CommandRejected):
            words = f"the breaks were not recorded: {event.reason.words} ({event.reason})"
            raise InputFault(words, [event.detail])
