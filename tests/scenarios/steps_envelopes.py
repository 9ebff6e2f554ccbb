"""Sentences of envelopes: opened, used, smaller, ended."""

from pytest_bdd import step, then

from fencang.messages import commands as cmd
from fencang.messages.envelope_commands import CloseEnvelope, OpenEnvelope
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened, EnvelopeShrunk
from tests.engine.firm import SECOND
from tests.scenarios.phrases import DEALS, amount, lots, phrase, rows
from tests.scenarios.steps_orders import order, ordered

MINUTE = 60 * SECOND


@step(phrase("these envelopes are opened:"))
def envelopes_opened(office, datatable):
    columns = ("envelope", "who", "side", "scope", "lots", "clip", "margin", "minutes")
    for row in rows(datatable, *columns):
        office.do(
            OpenEnvelope(
                sub_account_id=row["who"],
                scope_id=row["scope"],
                side=DEALS[row["side"]],
                quantity_lots=lots(row["lots"]),
                clip_lots=lots(row["clip"]),
                margin_micros=amount(row["margin"]).micros,
                lifetime_ns=lots(row["minutes"]) * MINUTE,
                entered_by="algo",
            )
        )
        if office.refusal is None:
            office.kept[row["envelope"]] = office.only(EnvelopeOpened).envelope_id


@step(
    phrase(
        "{who:Book} orders to {deals:Deals} {quantity:Lots} {contract:Name} at {at:Price}"
        " inside envelope {known:Name}{name:Label}"
    )
)
def orders_inside(office, who, deals, quantity, contract, at, known, name):
    offset = cmd.Offset.NET
    more = {"envelope_id": office.kept[known]}
    ordered(office, name, order(office, who, deals, quantity, contract, at, offset, **more))


@step(phrase("envelope {known:Name} is closed"))
def closed(office, known):
    office.do(CloseEnvelope(envelope_id=office.kept[known], entered_by="algo"))


@step(phrase("{minutes:Lots} minutes pass"))
def minutes_pass(office, minutes):
    office.wait_until(office.desk.now_ns + minutes * MINUTE)


@then(phrase("the envelopes are:"))
def envelopes_are(office, datatable):
    names = {number: name for name, number in office.kept.items()}
    found = [
        {
            "envelope": names[number],
            "lots": str(envelope.quantity_lots),
            "working": str(envelope.working_lots),
            "filled": str(envelope.filled_lots),
            "unused": str(envelope.reserved_lots),
        }
        for number, envelope in sorted(office.state.risk.envelopes.open.items())
    ]
    assert found == rows(datatable, "envelope", "lots", "working", "filled", "unused")


@then(phrase("envelope {known:Name} ends: {why:Reason}, {freed:Lots} lots come back"))
def ends(office, known, why, freed):
    _came_back(office, EnvelopeClosed, known, why, freed)


@then(phrase("envelope {known:Name} shrinks: {why:Reason}, {freed:Lots} lots come back"))
def shrinks(office, known, why, freed):
    _came_back(office, EnvelopeShrunk, known, why, freed)


def _came_back(office, kind, known, why, freed):
    found = [each for each in office.all_of(kind) if each.envelope_id == office.kept[known]]
    assert [(each.cause, each.freed_lots) for each in found] == [(why, freed)]
