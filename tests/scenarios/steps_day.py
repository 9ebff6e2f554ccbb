"""Sentences of the trading day: calendars and clocks, phases, checklists, closing, corrections."""

from pytest_bdd import step, then

from fencang.engine.checklist import checklist
from fencang.messages.day_commands import (
    Check,
    CloseTradingDay,
    CorrectSettlement,
    OpenTradingDay,
)
from fencang.messages.day_events import SettlementCorrected, TradingDayClosed
from fencang.messages.events import MarginPublished
from fencang.parameters.calendar.days import holidays, is_trading_day
from fencang.parameters.calendar.sessions import local_ns, sessions_of
from fencang.parameters.calendar.shipped import load_calendar
from fencang.refdata.session import Phase, ProductSessions, Session
from tests.engine.firm import changed, define
from tests.scenarios.phrases import Amount, amount, book, clock, day, phrase, rows

UTC = "UTC"


# -------------------------------------------------------------------------- calendars and clocks


@step(phrase("{who:Name} keeps the calendar {name:Name}"))
def keeps_calendar(office, who, name):
    """Give a venue the zone, weekends and holidays of a calendar that the project ships.

    A product's calendar gives its sessions alone: its trading days are its venue's.
    """
    calendar = load_calendar(name)
    assert calendar is not None, f"no calendar is called {name}"
    office.kept[who] = calendar
    if who not in office.state.venues:
        assert who in office.state.products, f"{who} is neither a venue nor a product"
        return
    known = office.state.venues[who].venue
    stated = {
        "timezone": calendar.timezone,
        "weekend_days": calendar.weekend_days,
        "holidays": holidays(calendar),
    }
    office.do(define(changed(known, **stated)))


@step(phrase("it is {time:Clock} on {of_day:Day} in {zone:Zone}"))
def it_is(office, time, of_day, zone):
    office.wait_until(local_ns(zone, of_day, time))


@step(phrase("{venue:Name} opens the trading day {of_day:Day} by its calendar"))
def opens_by_calendar(office, venue, of_day):
    own = [
        ProductSessions((key,), _by_calendar(office, key, of_day))
        for key, product in sorted(office.state.products.items())
        if product.venue_id == venue and key in office.kept
    ]
    sessions = _by_calendar(office, venue, of_day)
    office.do(_open_day(venue, of_day, sessions, product_sessions=tuple(own)))


def _by_calendar(office, who, of_day):
    return tuple(
        Session(Phase(each.phase.value), each.start_ns, each.end_ns)
        for each in sessions_of(office.kept[who], of_day)
    )


@step(phrase("{venue:Name} opens the trading day {of_day:Day} with these sessions, in UTC:"))
def opens_with_sessions(office, venue, of_day, datatable):
    """Sessions of a ``product`` are its own; all others are the venue's."""
    made = {}
    for row in rows(datatable, "phase", "from", "to", optional=("product",)):
        phase = Phase(row["phase"].replace("-", "_"))
        session = Session(phase, _moment(row["from"]), _moment(row["to"]))
        made.setdefault(row.get("product", ""), []).append(session)
    sessions = tuple(made.pop("", ()))
    own = tuple(ProductSessions((key,), tuple(found)) for key, found in made.items())
    office.do(_open_day(venue, of_day, sessions, product_sessions=own))


def _moment(text):
    """Return the moment of ``Monday 2020-04-20 13:30``."""
    of_day, time = text.rsplit(" ", 1)
    return local_ns(UTC, day(of_day), clock(time))


@step(phrase("{venue:Name} opens the trading day {of_day:Day}{by:Approved}"))
def opens_day(office, venue, of_day, by):
    reason = "the broker is late" if by else ""
    office.do(_open_day(venue, of_day, (), approved_by=by, reason=reason))


def _open_day(venue, of_day, sessions, **more):
    return OpenTradingDay(
        venue_id=venue, trading_day=of_day, sessions=sessions, entered_by="ops", **more
    )


@step(phrase("{venue:Name} takes no orders before it opens"))
def no_early_orders(office, venue):
    known = office.state.venues[venue].venue
    office.do(define(changed(known, pre_open_orders=False)))


@then(phrase("{venue:Name} is in phase {phase} of {of_day:Day}"))
def in_phase(office, venue, phase, of_day):
    state = office.state.venues[venue]
    assert (state.phase.value, state.today) == (phase.replace("-", "_"), of_day.toordinal())


@then(phrase("{of_day:Day} is no trading day at {venue:Name}"))
def no_trading_day(office, of_day, venue):
    assert not is_trading_day(office.kept[venue], of_day)
    assert not office.state.venues[venue].venue.is_trading_day(of_day)


# ---------------------------------------------------------------------------------- the closing


@step(phrase("the trading day {of_day:Day} is closed at {venue:Name}"))
def closes(office, of_day, venue):
    office.do(CloseTradingDay(venue_id=venue, trading_day=of_day, entered_by="ops"))


@step(
    phrase(
        "the trading day {of_day:Day} is closed at {venue:Name} without {checks}, "
        'because "{reason}"{by:Approved}'
    )
)
def closes_without(office, of_day, venue, checks, reason, by):
    office.do(
        CloseTradingDay(
            venue_id=venue,
            trading_day=of_day,
            entered_by="ops",
            accepted=tuple(Check(check) for check in checks.split(" and ")),
            reason=reason,
            approved_by=by,
        )
    )


@then(phrase("the checklist of {venue:Name} is met"))
def checklist_is_met(office, venue):
    assert [row for row in checklist(office.state, venue) if not row.is_met] == []


@then(phrase("the checklist of {venue:Name} lacks:"))
def checklist_lacks(office, venue, datatable):
    """Orders are called by the names that the scenario gave them."""
    found = {row.check.value: row.missing for row in checklist(office.state, venue) if row.missing}
    for name, order_id in office.orders.items():
        found = {
            check: words.replace(f"order {order_id}", f"order {name}")
            for check, words in found.items()
        }
    told = {row["row"]: row["what"] for row in rows(datatable, "row", "what")}
    assert found == told, found


@then(phrase("the day was closed without {check:Name}"))
def closed_without(office, check):
    (accepted,) = office.only(TradingDayClosed).accepted
    assert accepted.check is Check(check)


@then(phrase('the publication of margin says: "{words}"'))
def publication_says(office, words):
    assert words in office.only(MarginPublished).flags


@then(phrase("the publication of margin says nothing"))
def publication_says_nothing(office):
    assert office.only(MarginPublished).flags == ()


# ----------------------------------------------------------------------------------- corrections


@step(
    phrase(
        "the settlement of {contract:Name} of {of_day:Day} is corrected to {at:Price}{by:Approved}"
    )
)
def corrects(office, contract, of_day, at, by):
    office.do(
        CorrectSettlement(
            contract_id=contract,
            trading_day=of_day,
            price_nanos=at,
            source="exchange notice",
            reason="the exchange corrected it",
            entered_by="ops",
            approved_by=by,
        )
    )


@then(phrase("the correction mends {of_day:Day} in these books only:"))
def correction_mends(office, of_day, datatable):
    corrected = office.only(SettlementCorrected)
    assert corrected.trading_day == of_day
    found = {
        part.book_id: Amount(part.difference_micros, corrected.currency) for part in corrected.books
    }
    told = rows(datatable, "who", "difference")
    assert found == {book(row["who"]): amount(row["difference"]) for row in told}
