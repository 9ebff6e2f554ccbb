"""Sentences of reconciliation: a broker's slips, what is found, who mends it, the certificate."""

import shlex
from datetime import date
from pathlib import Path

from pytest_bdd import step, then

from fencang.app.commands.mend import FillWords, fill_of
from fencang.app.commands.reconcile_steps import steps_of
from fencang.messages import commands as cmd
from fencang.messages.reconciliation_commands import AssignBreak, Resolution, ResolveBreak
from fencang.messages.reconciliation_events import BreakCleared
from fencang.projections.carrying_days import CarryingDays
from fencang.projections.reconciliations import Reconciliations
from fencang.projections.reference import Reference
from fencang.refdata.account import PositionMode
from fencang.reports.reconciliation.basis import Basis
from fencang.reports.reconciliation.certificate import certificate_of, money_words
from fencang.reports.reconciliation.comparison import compare, report_of
from fencang.reports.reconciliation.mapping import read_map
from fencang.reports.reconciliation.margin import MarginParts
from fencang.reports.reconciliation.reading import read_statement
from tests.reports.clearing import MAP
from tests.scenarios.phrases import phrase, rows

CHAIN = "00" * 32


# -------------------------------------------------------------------------------------- slips


@step(phrase("the broker lost fill {name:Name}"))
def lost_fill(broker, name):
    broker.lost.add(name)


@step(phrase("the broker finds fill {name:Name} again"))
def found_again(broker, name):
    broker.lost.remove(name)


@step(phrase("the broker has fill {name:Name} at {at:Price}"))
def other_price(broker, name, at):
    broker.prices[name] = at


@step(phrase("the broker charged {more:Money} too much for fill {name:Name}"))
def other_fee(broker, more, name):
    broker.fees[name] = more.micros


@step(phrase("the broker has {more:Lots} lots of {contract:Name} too many on {of_day:Day}"))
def extra_lots(broker, more, contract, of_day):
    broker.lots[of_day, contract] = more


@step(
    phrase(
        "the broker has a fill that nobody told us of on {of_day:Day}: {deals:Deals} "
        "{quantity:Lots} {contract:Name} at {at:Price} through {account:Name}{name:Label}"
    )
)
def own_fill(broker, of_day, deals, quantity, contract, at, account, name):
    told = cmd.ReportFill(
        carrying_account_id=account,
        execution_id=name,
        order_id=None,
        contract_id=contract,
        side=deals,
        quantity_lots=quantity,
        price_nanos=at,
    )
    broker.own.setdefault(of_day, []).append(told)


# -------------------------------------------------------------------------------- the comparison


class Folded:
    """What projections know of a desk's journal."""

    def __init__(self, records):
        self.reference, self.breaks = Reference(), Reconciliations()
        self.days = CarryingDays(self.reference)
        for record in records:
            for part in (self.reference, self.breaks, self.days):
                part.apply(record)


@step(phrase("the broker's statement of {account:Name} of {of_day:Day} is reconciled"))
def reconciles(office, broker, account, of_day):
    """Compare the statement with the carrying book and bring what is found into the journal."""
    folded = Folded(office.desk.records)
    text = broker.statement(account, office.desk.records, of_day)
    statement = read_statement(
        {"broker.csv": text.encode()},
        "broker.csv",
        map_ := read_map(MAP, "map.toml"),
        account=account,
        contracts=folded.reference.contracts,
        asked_day=of_day,
    )
    mode = folded.reference.carrying_accounts[account].position_mode
    basis = Basis(
        ours=folded.days.day(account, of_day),
        theirs=statement,
        tolerances=map_.tolerances,
        products={key: folded.reference.product_of(key) for key in folded.reference.contracts},
        is_net=mode is PositionMode.NET,
        known={each.found.break_id: each.found for each in folded.breaks.unresolved(account)},
        late=tuple(folded.days.late_fills(account)),
    )
    office.found = compare(basis, MarginParts())
    sequence = office.desk.machine.sequence
    office.do(report_of(office.found, at_sequence=sequence, entered_by="ops"))


@then(phrase("both books agree"))
def books_agree(office):
    found = [(each.kind.words, each.subject) for each in office.found.breaks]
    assert found == []


@then(phrase("the breaks are, without what only follows from them:"))
def breaks_are(office, datatable):
    """Exactly these in their own right, each with what is proposed."""
    found = [(each.kind.words, _subject(each), each.proposal.words) for each in office.found.causes]
    told = rows(datatable, "kind", "of", "proposal")
    assert sorted(found) == sorted((row["kind"], row["of"], row["proposal"]) for row in told)


@then(phrase("nothing is a break in its own right"))
def only_follows(office):
    assert [_subject(each) for each in office.found.causes] == []


def _subject(found):
    return found.subject.split(":")[0]


def _break_id(office, account, subject):
    open_breaks = Folded(office.desk.records).breaks.unresolved(account)
    (found,) = [
        each.found.break_id
        for each in open_breaks
        if not each.found.cause_id and _subject(each.found) == subject
    ]
    return found


# ------------------------------------------------------------------------- who mends it, and how


@then(phrase("below the break of {name:Name} stands what to enter:"))
def below_stands(office, name, docstring):
    """Commands as ``fencang reconcile`` prints them; words in capitals are for people to fill in.

    They are of a past day when the account has later ones.
    """
    account, of_day = office.found.basis.ours[:2]
    is_past = Folded(office.desk.records).days.days(account)[-1] != of_day
    proposed = steps_of(office.found, Path("desk.journal"), is_past=is_past)
    (it,) = [each.break_id for each in office.found.causes if _subject(each) == name]
    commands = proposed[it].commands
    office.kept[name] = commands[0]
    found = [shlex.join(words).replace(it[:8], "BREAK") for words in commands]
    assert found == [" ".join(told.split()) for told in docstring.split("\n\n")]


@step(phrase("what stands there for {name:Name} is entered for {who:Book}, by ops and boss"))
def entered_as_it_stands(office, name, who):
    """Enter the first command, with the words in capitals filled in."""
    words = office.kept[name]
    given = dict(zip(words[3::2], words[4::2], strict=True))
    legs = (given["--leg"].replace("SUB", who),) if "--leg" in given else ()
    told = FillWords(
        account=given["--account"],
        execution=given["--execution"],
        contract=given["--contract"],
        side=given["--side"],
        lots=int(given["--lots"]),
        price=given["--price"],
        traded=date.fromisoformat(given["--date"]),
        clearing=None,
        legs=legs,
        offset="net",
    )
    assert (given["--by"], given["--approved-by"]) == ("WHO", "SECOND")
    office.do(fill_of(told, ("ops", "boss", given["--reason"])))


@step(phrase('the break of {subject} at {account:Name} is given to {who:Name}, "{reason}"'))
def gives_break(office, subject, account, who, reason):
    office.do(
        AssignBreak(
            carrying_account_id=account,
            break_id=_break_id(office, account, subject),
            owner=who,
            reason=reason,
            entered_by="lead",
        )
    )


@step(
    phrase(
        "the break of {subject} at {account:Name} is resolved as {how:Resolved}, "
        '"{reason}"{by:Approved}'
    )
)
def resolves(office, subject, account, how, reason, by):
    """As booked: by the command just before."""
    resolution = Resolution[how.upper().replace(" ", "_")]
    booked = office.desk.machine.sequence if resolution is Resolution.BOOKED else 0
    office.do(
        ResolveBreak(
            carrying_account_id=account,
            break_id=_break_id(office, account, subject),
            resolution=resolution,
            booked_sequence=booked,
            reason=reason,
            entered_by="ops",
            approved_by=by,
        )
    )


@then(phrase("{count:Lots} breaks are open at {account:Name}"))
def open_breaks(office, count, account):
    """With what follows from them."""
    found = office.state.reconciliations[account].unresolved
    assert len(found) == count, len(found)


@then(phrase("breaks are cleared"))
def breaks_cleared(office):
    assert office.all_of(BreakCleared)


@then(phrase("the certificate is clean"))
def clean(office):
    assert _certificate(office).is_clean


@then(phrase("the certificate names these breaks, and is not clean:"))
def certificate_names(office, datatable):
    page = _certificate(office)
    found = [
        (line.subject.split(":")[0], line.age_days, line.owner, line.status)
        for line in (*page.breaks, *page.earlier)
        if not line.cause_id
    ]
    told = rows(datatable, "of", "days old", "owner", "status")
    assert sorted(found) == sorted(
        (row["of"], int(row["days old"]), row["owner"], row["status"]) for row in told
    )
    assert not page.is_clean


@then(phrase("the certificate says that fill {name:Name} was booked here on {of_day:Day}"))
def booked_later(office, name, of_day):
    """And that it was cleared on the day of the statement."""
    (line,) = _certificate(office).booked_later
    assert line.subject.startswith(f"{name}: ")
    cleared = office.found.basis.ours.trading_day
    assert (line.cleared, line.booked) == (cleared.isoformat(), of_day.isoformat())


@then(phrase("the certificate says that fill {name:Name} mends {of_day:Day}, for {paid:Money}"))
def mends_day(office, name, of_day, paid):
    (line,) = _certificate(office).mends
    assert line.subject.startswith(f"execution {name} of ")
    assert (line.mended_day, line.currency) == (of_day.isoformat(), paid.currency)
    assert line.amount == money_words(paid.micros)


@then(phrase('the break of {name:Name} says: "{words}"'))
def break_says(office, name, words):
    (found,) = [each for each in office.found.causes if _subject(each) == name]
    assert words in found.why, found.why


def _certificate(office):
    folded = Folded(office.desk.records)
    account = office.found.basis.ours.carrying_account_id
    return certificate_of(
        office.found,
        broker=folded.reference.carrying_accounts[account].broker,
        at_sequence=office.desk.machine.sequence,
        chain_hash=CHAIN,
        unresolved=folded.breaks.unresolved(account),
        ended=folded.breaks.ended(account),
    )
