"""Sentences of money at the brokers: wires, margin calls, sweeps, conversions, who owes whom."""

from datetime import date

from pytest_bdd import step, then

from fencang.basics.time import SECOND_NS, midnight_ns
from fencang.messages import commands as cmd
from fencang.messages.margin_commands import ReportCollateral
from fencang.messages.money_commands import (
    ApplySweep,
    ApproveWire,
    CallKind,
    CancelWire,
    ConfirmWire,
    ProposeSweep,
    RequestWire,
    ReturnWire,
    SendWire,
    WireDirection,
)
from fencang.messages.money_events import (
    MarginCallIssued,
    MarginCallMet,
    SweepProposed,
    WireRequested,
)
from fencang.projections.desk_view import DeskView
from fencang.refdata.funding import AfterCutoff, FundingTerms, SweepTarget
from tests.engine.firm import define
from tests.scenarios.phrases import Amount, amount, book, clock, phrase, rows

LONG_AGO = date(2020, 1, 1)
DIRECTIONS = {"out of": WireDirection.OUT, "into": WireDirection.IN}


# --------------------------------------------------------------------------------------- wires


@step(phrase("these funding terms, on a clock of UTC:"))
def funding_terms(office, datatable):
    found = rows(datatable, "account", "currency", "cut-off", "after it", "calls are due at")
    office.do(
        define(
            *(
                FundingTerms(
                    carrying_account_id=row["account"],
                    currency=row["currency"],
                    from_day=LONG_AGO,
                    cutoff_s=60 * clock(row["cut-off"]),
                    after_cutoff=AfterCutoff(row["after it"].replace(" ", "_")),
                    call_due_s=60 * clock(row["calls are due at"]),
                )
                for row in found
            )
        )
    )


@step(
    phrase(
        "{owner:Name} asks to wire {cash:Money} {way:Way} {account:Name}, "
        "value {of_day:Day}{name:Label}"
    )
)
def asks_for_wire(office, owner, cash, way, account, of_day, name):
    events = office.do(
        RequestWire(
            carrying_account_id=account,
            owner_id=owner,
            currency=cash.currency,
            direction=DIRECTIONS[way],
            amount_micros=cash.micros,
            value_date=of_day,
            reason="funding",
            entered_by="ops",
        )
    )
    if office.refusal is None:
        office.wires[name] = events[0].wire_id


@step(phrase("wire {name:Name} is approved by {who:Name}"))
def approves_wire(office, name, who):
    office.do(ApproveWire(wire_id=office.wires[name], approved_by=who))


@step(phrase("wire {name:Name} is sent"))
def sends_wire(office, name):
    office.do(SendWire(wire_id=office.wires[name], reference="MT103-1", entered_by="ops"))


@step(phrase("the broker confirms {cash:Money} of wire {name:Name}"))
def confirms_wire(office, cash, name):
    office.do(ConfirmWire(wire_id=office.wires[name], amount_micros=cash.micros, entered_by="ops"))


@step(phrase("wire {name:Name} comes back with {cash:Money}{by:Approved}"))
def wire_comes_back(office, name, cash, by):
    office.do(
        ReturnWire(
            wire_id=office.wires[name],
            amount_micros=cash.micros,
            reason="wrong account number",
            entered_by="ops",
            approved_by=by,
        )
    )


@step(phrase("wire {name:Name} is withdrawn"))
def withdraws_wire(office, name):
    office.do(CancelWire(wire_id=office.wires[name], reason="not needed", entered_by="ops"))


@then(phrase("the value date of wire {name:Name} is {of_day:Day}"))
def value_date(office, name, of_day):
    assert office.state.funds.wires[office.wires[name]].value_date == of_day


@then(phrase("{promised:Money} of {owner:Name} are promised to wires"))
def promised_cash(office, promised, owner):
    found = office.state.funds.promised_micros(owner, promised.currency)
    assert Amount(found, promised.currency) == promised, found


# --------------------------------------------------------------------------------- margin calls


@then(phrase("{called:Money} of {kind} margin are called at {account:Name}, due {due}"))
def is_called(office, called, kind, account, due):
    """``due`` as ``Tuesday 2020-04-21 12:00``, in UTC."""
    (call,) = [
        each for each in office.all_of(MarginCallIssued) if each.kind is CallKind[kind.upper()]
    ]
    assert call.carrying_account_id == account
    assert Amount(call.amount_micros, call.currency) == called, call
    assert call.due_ns == _moment(due), call


def _moment(text):
    *_, digits, time = text.split()
    return midnight_ns(date.fromisoformat(digits)) + 60 * clock(time) * SECOND_NS


@then(phrase("a margin call is met by {what}"))
def is_met(office, what):
    assert office.only(MarginCallMet).met_by.name.lower() == what


@then(phrase("no margin call is open"))
def no_call(office):
    assert office.state.funds.open_calls == {}


@step(
    phrase(
        "{owner:Name} brings securities {item:Name} worth {worth:Money} to {account:Name}, "
        "less a haircut of {share:Percent}{by:Approved}"
    )
)
def brings_securities(office, owner, item, worth, account, share, by):
    office.do(
        ReportCollateral(
            carrying_account_id=account,
            owner_id=owner,
            collateral_id=item,
            currency=worth.currency,
            value_micros=worth.micros,
            haircut_ppm=share,
            entered_by="ops",
            approved_by=by,
        )
    )


# ------------------------------------------------------------------------ sweeps and conversions


@step(phrase("{owner:Name} wants these balances free:"))
def sweep_targets(office, owner, datatable):
    made = []
    for row in rows(datatable, "account", "cash"):
        wanted = amount(row["cash"])
        made.append(
            SweepTarget(
                carrying_account_id=row["account"],
                owner_id=owner,
                currency=wanted.currency,
                target_micros=wanted.micros,
            )
        )
    office.do(define(*made))


@step(phrase("a sweep of {owner:Name} is worked out"))
def proposes_sweep(office, owner):
    office.do(ProposeSweep(owner_id=owner, entered_by="ops"))
    if office.refusal is None:
        office.kept["sweep"] = office.only(SweepProposed).sweep_id


@then(phrase("the sweep proposes these wires:"))
def sweep_wires(office, datatable):
    found = [
        (each.from_account_id, each.to_account_id, Amount(each.amount_micros, each.currency))
        for each in office.only(SweepProposed).wires
    ]
    told = rows(datatable, "from", "to", "cash")
    assert found == [(row["from"], row["to"], amount(row["cash"])) for row in told]


@step(phrase("the sweep is approved by {who:Name}, and its wires go their way"))
def applies_sweep(office, who):
    office.do(ApplySweep(sweep_id=office.kept["sweep"], approved_by=who))
    for wire in office.all_of(WireRequested):
        office.do(SendWire(wire_id=wire.wire_id, reference="MT202", entered_by="ops"))
        office.do(
            ConfirmWire(wire_id=wire.wire_id, amount_micros=wire.amount_micros, entered_by="ops")
        )


@step(
    phrase(
        "{who:Book} sells {sold:Money} for {bought:Money} at {account:Name}, "
        "at the bank's rate{by:Approved}"
    )
)
def converts(office, who, sold, bought, account, by):
    office.do(
        cmd.ConvertCurrency(
            book_id=who,
            carrying_account_id=account,
            sold_currency=sold.currency,
            sold_micros=sold.micros,
            bought_currency=bought.currency,
            bought_micros=bought.micros,
            rate_source="bank",
            entered_by="ops",
            approved_by=by,
        )
    )


@then(phrase("the books of {owner:Name} owe each other, in {code:Currency}:"))
def who_owes_whom(office, owner, code, datatable):
    """``given by others`` above zero: it holds others' money; the column sums to zero."""
    view = DeskView()
    for record in office.desk.records:
        view.apply(record)
    found = {
        row.book_id: (row.cash_micros, row.internal_micros)
        for row in view.money.internal(owner, code)
    }
    told = {
        book(row["who"]): (amount(row["cash"]), amount(row["given by others"]))
        for row in rows(datatable, "who", "cash", "given by others")
    }
    assert found == {who: (cash.micros, given.micros) for who, (cash, given) in told.items()}
    assert sum(internal for _, internal in found.values()) == 0
