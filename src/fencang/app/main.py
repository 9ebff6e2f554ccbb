"""``fencang``: the command line.

Commands are declared here and live in ``commands``, imported only when they run, so that
``--help`` answers at once.  Operating faults end the program with plain words and a status of
``ExitStatus``; a programmer's error keeps its traceback.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from fencang import __version__
from fencang.app.alerts_app import alerts_app
from fencang.app.day_app import day_app
from fencang.app.draft_app import draft_app
from fencang.app.exit_status import ExitStatus, ProgramFault
from fencang.app.import_app import import_app
from fencang.app.keys_app import keys_app
from fencang.app.mend_app import mend_app
from fencang.app.options import AsJson, parse_day
from fencang.app.people_app import people_app
from fencang.app.risk_app import risk_app
from fencang.basics.compiled import core_name

__all__ = ["main"]

_STATUSES = (
    "Exit status: 0 done, 1 a check found differences, 2 wrong usage, 3 faulty input, "
    "4 journal refused or damaged, 5 disk."
)

app = typer.Typer(
    name="fencang",
    help="One futures master account in many hands: run, replay and check a desk.",
    epilog=_STATUSES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
desk_app = typer.Typer(help="Desk files.", no_args_is_help=True)
app.add_typer(desk_app, name="desk")

app.add_typer(alerts_app, name="alerts")
app.add_typer(day_app, name="day")
app.add_typer(draft_app, name="draft")
app.add_typer(import_app, name="import")
app.add_typer(keys_app, name="keys")
app.add_typer(mend_app, name="mend")
app.add_typer(people_app, name="people")
app.add_typer(risk_app, name="risk")

FROM = typer.Option("--from", parser=parse_day, metavar="DAY", help="First day, as 2017-01-01.")
DATE = typer.Option("--date", parser=parse_day, metavar="DAY", help="Trading day, as 2018-02-05.")
TO = typer.Option("--to", parser=parse_day, metavar="DAY", help="Last day, included.")
WhatIf = Annotated[
    Path | None, typer.Option("--what-if", help="CSV of orders: margin as if they filled.")
]
Compare = Annotated[
    list[Path] | None, typer.Option("--compare", help="Other SPAN file, to compare with.")
]
Account = Annotated[str, typer.Option("--account", help="member, hedger or speculator.")]
PerLot = Annotated[
    str, typer.Option("--fallback", help="Margin a lot of an unknown contract: USD=10000.")
]
House = Annotated[
    bool, typer.Option("--house", help="A clearing member's own account: all credits.")
]
Attribution = Annotated[
    str,
    typer.Option(
        "--attribution",
        help="euler, capped, proportional or shapley: who brings how much (column sub_account).",
    ),
]
Lenient = Annotated[bool, typer.Option("--lenient", help="Leave damaged lines of a file out.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"fencang {__version__} ({core_name()} core)")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    assert not version, "the callback has ended the program"


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--out", help="Where journal and picture go.")] = Path(
        "demo-out"
    ),
    first: Annotated[date, FROM] = date(2017, 1, 1),
    last: Annotated[date, TO] = date(2018, 12, 31),
    as_json: AsJson = False,
) -> None:
    """Run a USD 1 bn desk through 2017-2018 and tell its story."""
    from fencang.app.commands.demo import run_demo

    run_demo(folder, first, last, as_json=as_json)


@app.command()
def replay(
    desk: Annotated[Path, typer.Option("--desk", help="Desk file, desk.toml.")],
    first: Annotated[date, FROM],
    last: Annotated[date, TO],
    prices: Annotated[
        Path | None, typer.Option("--prices", help="Folder of the price files.")
    ] = None,
    journal: Annotated[
        Path | None,
        typer.Option("--journal", help="Keep the journal here; an interrupted replay goes on."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replay any years through a desk; killed at any moment, the same command goes on."""
    from fencang.app.commands.replay import run_replay

    run_replay(desk, prices, first, last, journal=journal, as_json=as_json)


@app.command()
def serve(
    desk: Annotated[Path, typer.Option("--desk", help="Desk file, desk.toml.")],
    settings: Annotated[
        Path | None, typer.Option("--settings", help="Settings of this server, server.toml.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data directory, made if missing; desk-data.")
    ] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address; loopback.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port; 8000, 0 takes a free one.")] = (
        None
    ),
    gateways: Annotated[
        int | None, typer.Option("--gateways", min=0, max=16, help="Doors in own processes; 0.")
    ] = None,
) -> None:
    """Run a desk with REST and streams, trading against a paper venue."""
    from fencang.app.commands.serve import Asked, run_serve

    run_serve(desk, settings, Asked(data, host, port, gateways))


@app.command()
def verify(
    journal: Annotated[Path, typer.Argument(help="A journal, or its folder.")],
    as_json: AsJson = False,
) -> None:
    """Check a journal's chain and decide every command again; name the first difference."""
    from fencang.app.commands.verify import run_verify

    raise typer.Exit(run_verify(journal, as_json=as_json))


@app.command()
def follow(
    journal: Annotated[Path, typer.Argument(help="A journal, or its folder.")],
    snapshots: Annotated[
        Path | None, typer.Option("--snapshots", help="Folder; default JOURNAL.snapshots.")
    ] = None,
    every: Annotated[
        int, typer.Option("--every", min=1, help="Records between two snapshots.")
    ] = 50_000,
    once: Annotated[
        bool, typer.Option("--once", help="Stop at the journal's end instead of waiting.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Follow a journal in a process of its own and write snapshots for a quick recovery."""
    from fencang.app.commands.follow import run_follow

    run_follow(journal, snapshots, every, once=once, as_json=as_json)


@app.command()
def statement(
    account: Annotated[
        str, typer.Argument(help="Sub-account, @reserve:OWNER, @suspense:ACCOUNT, or master.")
    ] = "",
    day: Annotated[date | None, DATE] = None,
    month: Annotated[str, typer.Option("--month", help="Month, as 2018-02.")] = "",
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ] = Path(),
    owner: Annotated[str, typer.Option("--owner", help="All books of this person.")] = "",
    everyone: Annotated[bool, typer.Option("--all", help="Every account there is.")] = False,
    language: Annotated[str, typer.Option("--language", help="en or zh.")] = "en",
    forms: Annotated[
        list[str] | None, typer.Option("--format", help="html, pdf, csv or json; repeatable.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="The same as --format pdf.")] = False,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")] = Path(),
    font: Annotated[
        Path | None, typer.Option("--font", help="TrueType font to embed for Chinese.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write statements of account for any past day or month, the same bytes every time."""
    from fencang.app.commands.statement import StatementRequest, run_statement

    request = StatementRequest(
        account=account,
        owner=owner,
        everyone=everyone,
        day=day,
        month=month,
        data=data,
        language=language,
        forms=(*(forms or ()), *(("pdf",) if pdf else ())) or ("html",),
        out=out,
        font=font,
    )
    run_statement(request, as_json=as_json)


@app.command()
def margin(
    positions: Annotated[
        Path,
        typer.Option(
            "--positions", help="CSV: contract,lots or contract,long,short; sub_account first."
        ),
    ],
    params: Annotated[
        list[Path], typer.Option("--params", help="SPAN file (.pa2 or .spn); may be repeated.")
    ],
    what_if: WhatIf = None,
    compare: Compare = None,
    account: Account = "speculator",
    gross: Annotated[bool, typer.Option("--gross", help="Long and short never net.")] = False,
    fallback: PerLot = "",
    base: Annotated[str, typer.Option("--base", help="Total in this currency too.")] = "",
    lenient: Lenient = False,
    house: House = False,
    attribution: Attribution = "euler",
    as_json: AsJson = False,
) -> None:
    """Compute and explain the SPAN requirement of a list of positions."""
    from fencang.app.commands.margin import MarginQuestion, run_margin

    question = MarginQuestion(
        positions=positions,
        parameters=tuple(params),
        what_if=what_if,
        compare=tuple(compare or ()),
        account=account,
        is_gross=gross,
        fallback=fallback,
        base=base,
        lenient=lenient,
        is_house=house,
        attribution=attribution,
    )
    run_margin(question, as_json=as_json)


@app.command()
def calendar(
    name: Annotated[str, typer.Argument(metavar="[CALENDAR]", help="Without one: the list.")] = "",
    first: Annotated[date | None, FROM] = None,
    last: Annotated[date | None, TO] = None,
    as_json: AsJson = False,
) -> None:
    """List trading calendars with their sources, or show the days and sessions of one."""
    from fencang.app.commands.calendar import CalendarQuestion, run_calendar

    run_calendar(CalendarQuestion(name, first, last), as_json=as_json)


@app.command()
def reconcile(
    statement: Annotated[Path, typer.Argument(help="The broker's statement, CSV.")],
    map_file: Annotated[Path, typer.Option("--map", help="What its columns mean, map.toml.")],
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    day: Annotated[
        date | None,
        typer.Option("--date", parser=parse_day, metavar="DAY", help="The trading day."),
    ] = None,
    account: Annotated[str, typer.Option("--account", help="Our carrying account.")] = "",
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="Write it here, .html or .md.")
    ] = None,
    record: Annotated[
        str, typer.Option("--record", metavar="WHO", help="Bring the breaks into the journal.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Compare a broker's statement with the carrying book; list every break with its cause."""
    from fencang.app.commands.reconcile import ReconciliationQuestion, run_reconcile

    question = ReconciliationQuestion(
        statement=statement,
        map=map_file,
        data=data,
        day=day,
        account=account,
        certificate=certificate,
        recorded_by=record,
    )
    raise typer.Exit(run_reconcile(question, as_json=as_json))


@app.command()
def money(
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show where cash lies, who owes whom inside the pool, and open calls and wires."""
    from fencang.app.commands.money import run_money

    raise typer.Exit(run_money(data, as_json=as_json))


@app.command()
def greeks(
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show delta, gamma, vega and theta of every position, book, pool and underlying."""
    from fencang.app.commands.greeks import run_greeks

    run_greeks(data, as_json=as_json)


@app.command()
def explain(
    order: Annotated[
        str,
        typer.Argument(
            metavar="ORDER_ID",
            help="Order id, ClOrdID as F12.0, or SUB_ACCOUNT:CLIENT_ORDER_ID of a refused order.",
        ),
    ],
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show every control an order met: limit, value and room at every level, and what bound it."""
    from fencang.app.commands.explain import run_explain

    raise typer.Exit(run_explain(data, order, as_json=as_json))


@app.command()
def limits(
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show position limits of jurisdictions: who counts as one, what is used, what to report."""
    from fencang.app.commands.limits import run_limits

    raise typer.Exit(run_limits(data, as_json=as_json))


@app.command()
def losses(
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show loss limits and how much of them is used, steps taken, and what is closed by force."""
    from fencang.app.commands.losses import run_losses

    raise typer.Exit(run_losses(data, as_json=as_json))


@app.command()
def envelopes(
    data: Annotated[
        Path, typer.Option("--data", help="The desk's journal, or the folder that holds it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show what is reserved ahead for strategies, what they took of it, and until when."""
    from fencang.app.commands.envelopes import run_envelopes

    raise typer.Exit(run_envelopes(data, as_json=as_json))


@desk_app.command("check")
def desk_check(
    desk: Annotated[Path, typer.Argument(help="Desk file, desk.toml.")], as_json: AsJson = False
) -> None:
    """List every fault of a desk file at once, or show the desk it makes (--json: expanded)."""
    from fencang.app.commands.desk import run_check

    run_check(desk, as_json=as_json)


def main() -> None:
    """Run the program: the entry point of the ``fencang`` script."""
    try:
        app()
    except ProgramFault as fault:
        _tell(fault)
        sys.exit(fault.status)
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted. What was committed is kept; the same command goes on.\n")
        sys.exit(ExitStatus.INTERRUPTED)


def _tell(fault: ProgramFault) -> None:
    if "--json" in sys.argv:
        import json

        found = {"error": fault.words, "details": list(fault.details), "status": fault.status}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    sys.stderr.write(f"fencang: {fault.words}\n")
    for detail in fault.details:
        sys.stderr.write(f"  {detail}\n")


if __name__ == "__main__":
    main()
