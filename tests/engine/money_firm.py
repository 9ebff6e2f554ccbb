"""Money of the scenarios: funding terms, fee rows, interest rates, wires, calls in short form."""

from datetime import date

from fencang.engine.funds import OPEN_MAX
from fencang.messages import money_commands as mc
from fencang.messages.money_commands import CallKind, WireDirection
from fencang.messages.record import DECISION_VERSION, Record
from fencang.refdata.fees import FeeKind, FeeRow
from fencang.refdata.funding import (
    DayCount,
    FundingTerms,
    InterestRate,
    InterestScope,
    SweepTarget,
)
from tests.engine.firm import MONDAY, SECOND, TUESDAY, define, money

FRIDAY = date(2020, 4, 24)
NEXT_MONDAY = date(2020, 4, 27)
LONG_AGO = date(2020, 1, 1)
IN, OUT = WireDirection.IN, WireDirection.OUT
HOUR = 3_600


def funding(currency="USD", account="C1", **more):
    """Return terms: cut-off 18:00 UTC, calls due at noon of the next business day."""
    fields = {"from_day": LONG_AGO, "cutoff_s": 18 * HOUR, **more}
    return FundingTerms(carrying_account_id=account, currency=currency, **fields)


def row(name="exchange", scope="CL", kind=FeeKind.EXCHANGE, from_day=LONG_AGO, **more):
    return FeeRow(row_id=name, kind=kind, scope_id=scope, from_day=from_day, **more)


def broker_pays(currency="USD", account="C1", **more):
    fields = {"from_day": LONG_AGO, **more}
    return InterestRate(scope=InterestScope.CARRYING, scope_id=account, currency=currency, **fields)


def reserve_pays(currency="USD", sub="", **more):
    fields = {"from_day": LONG_AGO, **more}
    return InterestRate(scope=InterestScope.SUB_ACCOUNT, scope_id=sub, currency=currency, **fields)


def year_of(currency):
    """Return the day count of a currency's money market: 365 for sterling and the like."""
    return DayCount.ACT_365 if currency in ("GBP", "CNY", "HKD") else DayCount.ACT_360


def wire(amount="1000", direction=OUT, currency="USD", day=MONDAY, account="C1", owner="FUND"):
    return mc.RequestWire(
        carrying_account_id=account,
        owner_id=owner,
        currency=currency,
        direction=direction,
        amount_micros=money(amount),
        value_date=day,
        reason="funding",
        entered_by="ops",
    )


def approve(wire_id, approved_by="boss"):
    return mc.ApproveWire(wire_id=wire_id, approved_by=approved_by)


def send(wire_id):
    return mc.SendWire(wire_id=wire_id, reference="MT103-1", entered_by="ops")


def confirm(wire_id, amount):
    return mc.ConfirmWire(wire_id=wire_id, amount_micros=money(amount), entered_by="ops")


def give_back(wire_id, amount, approved_by=""):
    return mc.ReturnWire(
        wire_id=wire_id,
        amount_micros=money(amount),
        reason="wrong account number",
        entered_by="ops",
        approved_by=approved_by,
    )


def withdraw_wire(wire_id):
    return mc.CancelWire(wire_id=wire_id, reason="not needed", entered_by="ops")


def post(day=MONDAY, until=TUESDAY):
    return mc.PostInterest(day=day, until_day=until)


def broker_call(amount, kind=CallKind.INITIAL, reference="B-1", due_ns=10**19, account="C1"):
    return mc.ReportMarginCall(
        carrying_account_id=account,
        owner_id="FUND",
        currency="USD",
        kind=kind,
        amount_micros=money(amount),
        due_ns=min(due_ns, 2**62),
        reference=reference,
        entered_by="ops",
    )


def take_back(call_id, approved_by="boss"):
    return mc.CancelMarginCall(
        call_id=call_id, reason="broker's error", entered_by="ops", approved_by=approved_by
    )


def target(amount, currency="USD", account="C1", owner="FUND", least="0"):
    return SweepTarget(
        carrying_account_id=account,
        owner_id=owner,
        currency=currency,
        target_micros=money(amount),
        least_micros=money(least),
    )


def propose_sweep(owner="FUND"):
    return mc.ProposeSweep(owner_id=owner, entered_by="ops")


def apply_sweep(sweep_id, approved_by="boss"):
    return mc.ApplySweep(sweep_id=sweep_id, approved_by=approved_by)


def with_terms(desk, *more):
    """Let dollars be wired at C1, and define whatever else is given."""
    desk.done(define(funding(), *more))


def requested(desk, *args, **more):
    """Request a wire that passes; return its number."""
    return desk.done(wire(*args, **more))[0].wire_id


def sent(desk, *args, **more):
    """Request, approve and send a wire; return its number."""
    number = requested(desk, *args, **more)
    desk.done(approve(number))
    desk.done(send(number))
    return number


def confirmed(desk, amount, **more):
    """Let a wire go its whole way; return its number."""
    number = sent(desk, amount, **more)
    desk.done(confirm(number, amount))
    return number


def many(desk, commands):
    """Execute commands on all three machines of a desk without looking at the laws in between."""
    for command in commands:
        desk.now_ns += SECOND
        sequence = desk.machine.sequence + 1
        events = desk.machine.execute(command, sequence, desk.now_ns)
        record = Record(sequence, desk.now_ns, DECISION_VERSION, command, events)
        desk.records.append(record)
        desk.follower.apply(record)
        assert desk.twin.execute(command, sequence, desk.now_ns) == events


def many_wires(desk):
    """Leave as many wires open as may be."""
    with_terms(desk)
    many(desk, [wire("1", IN)] * OPEN_MAX)


def many_calls(desk):
    """Leave as many of a broker's calls open as may be."""
    many(desk, [broker_call("1", reference=f"B-{number}") for number in range(OPEN_MAX)])
