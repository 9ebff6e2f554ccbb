"""Sentences of fills that need a person: entered, corrected, busted, moved, out of suspense."""

from pytest_bdd import step, then

from fencang.messages import commands as cmd
from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    EnterFill,
    FillKind,
    FillLeg,
    TransferPosition,
    UndoSuspenseAssignment,
)
from fencang.messages.fill_events import FillBusted, FillCorrected, FillEntered
from tests.scenarios.phrases import SIDES, Amount, book, lots, phrase, rows

KINDS = {kind.name.lower().replace("_", " "): kind for kind in FillKind} | {
    "fill": FillKind.ORDINARY
}


@step(
    phrase(
        "ops enters a {kind}: {deals:Deals} {contract:Name} at {at:Price}{offset:Offset} through "
        "{account:Name}, agreed on {traded:Day}, cleared on {cleared:Day}{name:Label}{by:Approved}:"
    )
)
def enters_fill(
    office, kind, deals, contract, at, offset, account, traded, cleared, name, by, datatable
):
    """The table divides the fill; with no row of lots it would go to suspense."""
    legs = tuple(FillLeg(row["who"], lots(row["lots"])) for row in rows(datatable, "who", "lots"))
    office.do(
        EnterFill(
            carrying_account_id=account,
            execution_id=name,
            kind=KINDS[kind],
            contract_id=contract,
            side=deals,
            quantity_lots=sum(leg.quantity_lots for leg in legs),
            price_nanos=at,
            trade_day=traded,
            clearing_day=cleared,
            legs=legs,
            entered_by="ops",
            approved_by=by,
            offset=offset,
            counterparty="another firm",
            reason="by phone",
        )
    )


@step(
    phrase(
        "the broker corrects fill {name:Name} at {account:Name} to {quantity:Lots} lots at "
        "{at:Price}"
    )
)
def corrects_fill(office, name, account, quantity, at):
    office.do(
        CorrectFill(
            carrying_account_id=account,
            execution_id=name,
            correction_id=_correction_id(office),
            quantity_lots=quantity,
            price_nanos=at,
            source="broker",
            reason="price error",
        )
    )


@step(phrase("the venue busts fill {name:Name} at {account:Name}"))
def busts_fill(office, name, account):
    office.do(
        BustFill(
            carrying_account_id=account,
            execution_id=name,
            correction_id=_correction_id(office),
            source="venue",
            reason="obvious error",
        )
    )


def _correction_id(office):
    return f"c{office.desk.machine.sequence}"


@then(phrase("the mend is of {of_day:Day} and touches only:"))
def mend_touches(office, of_day, datatable):
    (event,) = office.all_of(FillCorrected) or office.all_of(FillBusted)
    assert event.mended_day == of_day
    told = [book(row["who"]) for row in rows(datatable, "who")]
    assert sorted(mend.book_id for mend in event.mends) == sorted(told)


@then(phrase("the entered fill is told as a {kind} vouched for by {first:Name} and {second:Name}"))
def told_as(office, kind, first, second):
    entered = office.only(FillEntered)
    assert entered.kind is KINDS[kind]
    assert (entered.entered_by, entered.approved_by) == (first, second)


@step(
    phrase(
        "{quantity:Lots} {side:Side} {contract:Name} move from {source:Book} to {target:Book} "
        "at {price_kind:Moved}{by:Approved}"
    )
)
def moves(office, quantity, side, contract, source, target, price_kind, by):
    sub = office.state.subs[source]
    venue = office.state.contracts[contract].product.venue_id
    office.do(
        TransferPosition(
            from_sub_account_id=source,
            to_sub_account_id=target,
            carrying_account_id=office.state.route(sub, venue),
            contract_id=contract,
            side=SIDES[side],
            quantity_lots=quantity,
            reason="strategy moves",
            entered_by="cio",
            approved_by=by,
            at_cost=price_kind == "cost",
        )
    )


@step(
    phrase(
        "{quantity:Lots} lots of fill {name:Name} at {account:Name} are given to "
        "{who:Book}{by:Approved}"
    )
)
def assigns_suspense(office, quantity, name, account, who, by):
    office.do(
        cmd.AssignSuspense(
            carrying_account_id=account,
            execution_id=name,
            sub_account_id=who,
            quantity_lots=quantity,
            reason="claimed",
            entered_by="ops",
            approved_by=by,
        )
    )


@step(
    phrase(
        "{quantity:Lots} lots of fill {name:Name} at {account:Name} are taken back from "
        "{who:Book}{by:Approved}"
    )
)
def undoes_assignment(office, quantity, name, account, who, by):
    office.do(
        UndoSuspenseAssignment(
            carrying_account_id=account,
            execution_id=name,
            sub_account_id=who,
            quantity_lots=quantity,
            reason="not theirs",
            entered_by="ops",
            approved_by=by,
        )
    )


@then(phrase("the lots of {who:Book} in {contract:Name} cost {cost:Money}"))
def cost_of_lots(office, who, contract, cost):
    found = sum(
        position.long.cost_micros + position.short.cost_micros
        for (_, key), position in office.state.book(who).positions.items()
        if key == contract
    )
    assert Amount(found, cost.currency) == cost, Amount(found, cost.currency)


@then(phrase("{who:Book} may close {quantity:Lots} lots of {contract:Name} as yesterday's"))
def may_close_yesterday(office, who, quantity, contract):
    """Lots of the days before today, on either side."""
    today = office.state.contracts[contract].venue.today
    found = sum(
        side.quantity_lots - side.quantity_of_day(today)
        for (_, key), position in office.state.book(who).positions.items()
        if key == contract
        for side in (position.long, position.short)
    )
    assert found == quantity
