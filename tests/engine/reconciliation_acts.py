"""What operations does with breaks: reports, owners, resolutions, and how each can be refused."""

import hashlib

import msgspec

from fencang.engine.reconciliation import OPEN_BREAKS_MAX
from fencang.messages.reasons import Reason
from fencang.messages.reconciliation_commands import (
    AssignBreak,
    BreakFound,
    BreakKind,
    Proposal,
    ReportReconciliation,
    Resolution,
    ResolveBreak,
    StatementSection,
    Tolerance,
)
from tests.engine.firm import MONDAY, TUESDAY

SHA = "0f" * 32
POSITIONS, FILLS, CASH, MARGIN = (
    StatementSection.POSITIONS,
    StatementSection.FILLS,
    StatementSection.CASH,
    StatementSection.MARGIN,
)


def break_id(subject):
    return hashlib.sha256(subject.encode()).hexdigest()


def found(subject="CLM0", ours=3, theirs=2, section=POSITIONS, **changes):
    """Return a break of a subject: positions of CLM0 that differ by a lot, unless changed."""
    kinds = {
        POSITIONS: BreakKind.POSITION_DIFFERS,
        FILLS: BreakKind.MISSING_HERE,
        CASH: BreakKind.CASH_DIFFERS,
        MARGIN: BreakKind.MARGIN_DIFFERS,
    }
    base = BreakFound(
        break_id=break_id(subject),
        kind=kinds[section],
        section=section,
        subject=subject,
        contract_id="",
        currency="",
        ours=ours,
        theirs=theirs,
        cause_id="",
        proposal=Proposal.ASK_BROKER,
        why="",
    )
    return msgspec.structs.replace(base, **changes)


def report(*breaks, day=MONDAY, account="C1", sections=(POSITIONS, FILLS, CASH), at_sequence=1):
    return ReportReconciliation(
        carrying_account_id=account,
        trading_day=day,
        sha256=SHA,
        at_sequence=at_sequence,
        sections=sections,
        tolerances=(Tolerance("cash", 10_000),),
        lines_compared=100,
        breaks=breaks,
    )


def assign_break(subject="CLM0", owner="ops1", account="C1"):
    return AssignBreak(
        carrying_account_id=account,
        break_id=break_id(subject),
        owner=owner,
        reason="asked",
        entered_by="ops",
    )


def resolve(
    subject="CLM0",
    how=Resolution.EXPLAINED,
    booked=0,
    reason="known",
    approved_by="boss",
    account="C1",
):
    return ResolveBreak(
        carrying_account_id=account,
        break_id=break_id(subject),
        resolution=how,
        booked_sequence=booked,
        reason=reason,
        entered_by="ops",
        approved_by=approved_by,
    )


def careless_act(chance, day):
    """Return a command of the careless office: a statement with some breaks, or what follows."""
    subjects = chance.sample(["CLM0", "CLN0", "ESM0", "x1", "x2", "USD"], chance.randint(0, 4))
    sections = {"x": FILLS, "U": CASH}
    told = [
        found(name, chance.randint(0, 3), 2, sections.get(name[0], POSITIONS)) for name in subjects
    ]
    account = chance.choice(("C1", "OMNI"))
    name = chance.choice(["CLM0", "CLN0", "ESM0", "x1", "x2", "USD"])
    how = chance.choice(list(Resolution))
    booked = chance.choice((0, 30, 200))
    return chance.choice(
        (
            report(*told, day=day, account=account, at_sequence=chance.choice((1, 20))),
            report(*told, day=day, account=account, at_sequence=1),
            report(*told, day=day, account=account, sections=(POSITIONS,)),
            assign_break(name, account=account),
            resolve(name, how, booked, account=account),
            resolve(name, account=account),
        )
    )


def reported(desk):
    desk.done(report(found()))


def many_reported(desk):
    desk.done(report(*(found(f"x{number}", section=FILLS) for number in range(OPEN_BREAKS_MAX))))


RECONCILIATION_ROWS = (
    ("statement of tomorrow", None, report(day=TUESDAY), Reason.STATEMENT_OF_THE_FUTURE),
    ("book of the future", None, report(at_sequence=999), Reason.RECONCILIATION_SEQUENCE),
    ("book of nothing", None, report(at_sequence=0), Reason.RECONCILIATION_SEQUENCE),
    ("break twice", None, report(found(), found()), Reason.BREAK_TWICE),
    (
        "break of a section that is not there",
        None,
        report(found(section=MARGIN)),
        Reason.BREAK_OUTSIDE_SECTIONS,
    ),
    (
        "one break too many",
        many_reported,
        report(found(), sections=(POSITIONS,)),
        Reason.BREAKS_TOO_MANY,
    ),
    ("break that nobody found", None, assign_break(), Reason.BREAK_UNKNOWN),
    ("break without a reason", reported, resolve(reason=" "), Reason.BREAK_REASON_MISSING),
    (
        "break booked by nothing",
        reported,
        resolve(how=Resolution.BOOKED),
        Reason.BREAK_BOOKING,
    ),
    ("break explained by a booking", reported, resolve(booked=2), Reason.BREAK_BOOKING),
)
"""Name, what happened before, the command, the reason."""
