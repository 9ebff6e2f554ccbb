"""``fencang statement``: statements of account from a journal, for any past day or month."""

import json
import sys
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from fencang.app.exit_status import DiskFault, InputFault, UsageFault
from fencang.app.journals import journal_in, reading
from fencang.app.progress import counting
from fencang.projections.reference import pool_id
from fencang.reports.statement.as_csv import render_csv
from fencang.reports.statement.as_html import render_html
from fencang.reports.statement.as_json import render_json
from fencang.reports.statement.compiled import Account, Period, accounts_of, compile_statement
from fencang.reports.statement.day import EndedDay
from fencang.reports.statement.fold import StatementDays
from fencang.reports.statement.layout import lay_out
from fencang.reports.statement.values import Statement
from fencang.reports.statement.words import Language

__all__ = ["StatementRequest", "run_statement"]

PROGRESS_EVERY_RECORDS = 1_000
NAMES_SHOWN_MAX = 20

Renderer = Callable[[Statement], bytes]


class StatementRequest(NamedTuple):
    """What was asked for, as the command line has it."""

    account: str
    owner: str
    everyone: bool
    day: date | None
    month: str
    data: Path
    language: str
    forms: tuple[str, ...]
    out: Path
    font: Path | None


class _Written(NamedTuple):
    """One file that was written."""

    account_id: str
    file: Path
    content_sha256: str
    size_bytes: int
    is_final: bool


def run_statement(request: StatementRequest, *, as_json: bool) -> None:
    """Write the files that were asked for and tell which they are."""
    first, last = _window(request)
    _require_one_account(request)
    renderers = _renderers(request)
    days = _days(journal_in(request.data), first, last)
    period = Period(days, request.month)
    written = _write_all(request, period, _accounts(request, days[-1]), renderers)
    if as_json:
        sys.stdout.write(json.dumps(_as_json(period, written), indent=1) + "\n")
    else:
        sys.stdout.write(_words(period, written))


# -------------------------------------------------------------------------------------- the request


def _window(request: StatementRequest) -> tuple[date, date]:
    if (request.day is None) == (not request.month):
        raise UsageFault("say either --date 2018-02-05 or --month 2018-02")
    if request.day is not None:
        return request.day, request.day
    try:
        first = date.fromisoformat(f"{request.month}-01")
    except ValueError:
        raise UsageFault(f"{request.month!r} is not a month such as 2018-02") from None
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _require_one_account(request: StatementRequest) -> None:
    asked = [bool(request.account), bool(request.owner), request.everyone]
    if sum(asked) != 1:
        raise UsageFault("name one account, or say --owner PERSON or --all")


def _renderers(request: StatementRequest) -> dict[str, Renderer]:
    """Return a renderer per file ending, in the order asked for."""
    try:
        language = Language(request.language)
    except ValueError:
        known = ", ".join(Language)
        raise UsageFault(f"no language {request.language!r}; there are {known}") from None

    def html(statement: Statement) -> bytes:
        return render_html(lay_out(statement, language)).encode()

    def csv(statement: Statement) -> bytes:
        return render_csv(statement).encode()

    makers: dict[str, Callable[[], Renderer]] = {
        "html": lambda: html,
        "pdf": lambda: _pdf_renderer(language, request.font),
        "csv": lambda: csv,
        "json": lambda: render_json,
    }
    unknown = [form for form in request.forms if form not in makers]
    if unknown:
        raise UsageFault(f"no form {unknown[0]!r}; there are {', '.join(makers)}")
    # Pages for people name their language; the machine forms have none.
    endings = {"html": f"{language}.html", "pdf": f"{language}.pdf"}
    return {endings.get(form, form): makers[form]() for form in dict.fromkeys(request.forms)}


def _pdf_renderer(language: Language, font: Path | None) -> Renderer:
    try:
        from fencang.reports.statement.as_pdf import render_pdf
        from fencang.reports.statement.fonts import FontFault, FontSet
    except ModuleNotFoundError as fault:
        if (fault.name or "").partition(".")[0] != "reportlab":
            raise
        words = "PDF needs the extra: pip install 'fencang[statements]'. Nothing was written."
        raise UsageFault(words) from fault
    try:
        fonts = FontSet(font)
    except FontFault as fault:
        raise InputFault(str(fault)) from fault
    return lambda statement: render_pdf(lay_out(statement, language), fonts)


# -------------------------------------------------------------------------------------- the journal


def _days(path: Path, first: date, last: date) -> list[EndedDay]:
    """Read until every day of the window has ended, or to the journal's end."""
    fold = StatementDays(first, last)
    with reading(path) as journal, counting("Reading") as told:
        total = journal.last_sequence
        for stored in journal.read(1):
            record = stored.record()
            fold.apply(record)
            if fold.is_past:
                break
            if record.sequence % PROGRESS_EVERY_RECORDS == 0:
                told(record.sequence, total, f"record {record.sequence:,}")
        told(total, total, "done")
    days = [*fold.take(), *fold.unended()]
    if not days:
        raise UsageFault(_no_day(fold, first, last))
    return days


def _no_day(fold: StatementDays, first: date, last: date) -> str:
    asked = f"{first} is no trading day" if first == last else f"{first:%Y-%m} has no trading day"
    known = [*fold.trading_days, *fold.open_days]
    before = [day for day in known if day < first]
    after = [day for day in known if day > last]
    near = [f"the last one before is {before[-1]}"] if before else []
    near += [f"the first one after is {after[0]}"] if after else []
    return f"{asked} of this journal; {', '.join(near) or 'it has none at all'}"


def _accounts(request: StatementRequest, day: EndedDay) -> list[Account]:
    known = {account.account_id: account for account in accounts_of(day)}
    if request.everyone:
        return list(known.values())
    wanted = pool_id(request.owner) if request.owner else request.account
    if wanted in known:
        return [known[wanted]]
    names = ", ".join(list(known)[:NAMES_SHOWN_MAX])
    more = "" if len(known) <= NAMES_SHOWN_MAX else f" and {len(known) - NAMES_SHOWN_MAX} more"
    raise UsageFault(f"no account {wanted} on {day.trading_day}; there are {names}{more}")


# ---------------------------------------------------------------------------------------- the files


def _write_all(
    request: StatementRequest,
    period: Period,
    accounts: Sequence[Account],
    renderers: dict[str, Renderer],
) -> list[_Written]:
    name_of_period = request.month or f"{period.last.trading_day}"
    written = []
    with counting("Writing") as told:
        for number, account in enumerate(accounts, 1):
            statement = compile_statement(period, account)
            state = "" if statement.is_final else ".provisional"
            # Quoted, so that any account gives a file name of its own on any system.
            stem = f"{quote(account.account_id, safe='')}-{name_of_period}{state}"
            for ending, render in renderers.items():
                path = request.out / f"{stem}.{ending}"
                written.append(_write(path, render(statement), statement))
            told(number, len(accounts), account.account_id)
    return written


def _write(path: Path, content: bytes, statement: Statement) -> _Written:
    """Write beside and rename, so that a reader never meets half a statement."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as fault:
        raise DiskFault(f"{path}: {fault.strerror or fault}") from fault
    digest = sha256(content).hexdigest()
    return _Written(statement.account_id, path, digest, len(content), statement.is_final)


def _as_json(period: Period, written: Sequence[_Written]) -> dict[str, object]:
    return {
        "first_day": f"{period.first.trading_day}",
        "last_day": f"{period.last.trading_day}",
        "trading_days": len(period.days),
        "is_final": all(day.is_final for day in period.days),
        "files": [
            {
                "account_id": each.account_id,
                "file": str(each.file),
                "sha256": each.content_sha256,
                "bytes": each.size_bytes,
            }
            for each in written
        ],
    }


def _words(period: Period, written: Sequence[_Written]) -> str:
    lines = [f"{each.file}" for each in written[:NAMES_SHOWN_MAX]]
    if len(written) > NAMES_SHOWN_MAX:
        lines.append(f"and {len(written) - NAMES_SHOWN_MAX:,} more files")
    if not all(day.is_final for day in period.days):
        waits = sorted({name for day in period.days for name in day.waits_for})
        waiting = f" Not yet settled: {', '.join(waits)}." if waits else ""
        lines.append(f"PROVISIONAL: {period.last.trading_day} has not ended.{waiting}")
    return "\n".join(lines) + "\n"
