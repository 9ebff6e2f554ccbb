"""Sentences of an option's life: instructions, exercise, assignment, expiry."""

from pytest_bdd import step, then

from fencang.messages.events import DuplicateFillIgnored
from fencang.messages.option_commands import (
    ExerciseKind,
    ExpireOption,
    InstructExercise,
    ReportExercise,
)
from fencang.messages.option_events import OptionExercised
from tests.scenarios.phrases import phrase, rows


def instruct(office, who, contract, exercise, abandon):
    sub = office.state.subs[who]
    venue = office.state.contracts[contract].product.venue_id
    office.do(
        InstructExercise(
            sub_account_id=who,
            carrying_account_id=office.state.route(sub, venue),
            contract_id=contract,
            exercise_lots=exercise,
            abandon_lots=abandon,
            entered_by=who,
        )
    )


@step(phrase("{who:Book} asks to exercise {quantity:Lots} {contract:Name}"))
def asks_to_exercise(office, who, quantity, contract):
    instruct(office, who, contract, quantity, 0)


@step(phrase("{who:Book} abandons {quantity:Lots} {contract:Name}"))
def abandons(office, who, quantity, contract):
    instruct(office, who, contract, 0, quantity)


@step(
    phrase(
        "the clearing house reports that {quantity:Lots} {contract:Name} at {account:Name} "
        "were {kind:Exercise}{name:Label}"
    )
)
def reports_exercise(office, quantity, contract, account, kind, name):
    office.do(
        ReportExercise(
            carrying_account_id=account,
            execution_id=name,
            contract_id=contract,
            kind=ExerciseKind(kind),
            quantity_lots=quantity,
        )
    )


@step(phrase("{contract:Name} expires, what it is on being at {at:Price}{by:Approved}"))
def expires(office, contract, at, by):
    office.do(
        ExpireOption(contract_id=contract, underlying_price_nanos=at, source="feed", approved_by=by)
    )


@then(phrase("these books are exercised or assigned:"))
def exercised(office, datatable):
    (event,) = office.all_of(OptionExercised)
    found = {leg.book_id: (leg.long_lots, leg.short_lots) for leg in event.legs}
    told = rows(datatable, "who", "long", "short")
    assert found == {row["who"]: (int(row["long"]), int(row["short"])) for row in told}


@then(phrase("one of {names} is assigned {quantity:Lots} lot by the draw"))
def drawn(office, names, quantity):
    """Who it is follows from the report; any of them could be it."""
    (leg,) = office.only(OptionExercised).legs
    assert leg.short_lots == quantity
    assert leg.book_id in names.replace(" and ", ", ").split(", ")


@then(phrase("it was known already, and counts once"))
def counts_once(office):
    assert [type(event) for event in office.events] == [DuplicateFillIgnored]
