"""Sentences of a prior system's books: lots, cash and control totals that must agree."""

from pytest_bdd import step

from fencang.messages.commands import ImportOpeningBook, OpeningCash, OpeningLots
from tests.scenarios.phrases import DEALS, amount, book, day, lots, phrase, price, rows

LOTS = "lots of the prior system"
CASH = "cash of the prior system"


@step(phrase("the prior system has these lots:"))
def prior_lots(office, datatable):
    heads = ("who", "account", "deal", "lots", "contract", "price", "opened", "settled up to")
    office.kept[LOTS] = tuple(
        OpeningLots(
            sub_account_id=row["who"],
            carrying_account_id=row["account"],
            contract_id=row["contract"],
            side=DEALS[row["deal"]],
            quantity_lots=lots(row["lots"]),
            price_nanos=price(row["price"]),
            opened_day=day(row["opened"]),
            carried_price_nanos=price(row["settled up to"]),
        )
        for row in rows(datatable, *heads)
    )


@step(phrase("the prior system has this cash:"))
def prior_cash(office, datatable):
    made = []
    for row in rows(datatable, "who", "owner", "account", "cash"):
        held, who = amount(row["cash"]), book(row["who"])
        made.append(
            OpeningCash(
                sub_account_id=None if who.startswith("@") else who,
                owner_id=row["owner"],
                carrying_account_id=row["account"],
                currency=held.currency,
                amount_micros=held.micros,
            )
        )
    office.kept[CASH] = tuple(made)


@step(phrase("the prior system has no more cash"))
def no_more_cash(office):
    office.kept[CASH] = ()


@step(phrase("its books are brought in with control totals of {total:Lots} lots and{by:Approved}:"))
def brought_in_with_cash(office, total, by, datatable):
    totals = (amount(row["cash"]) for row in rows(datatable, "cash"))
    _bring_in(office, total, tuple((each.currency, each.micros) for each in totals), by)


@step(
    phrase(
        "its books are added to what is held, with control totals of {total:Lots} lots and no "
        "cash{by:Approved}"
    )
)
def added(office, total, by):
    _bring_in(office, total, (), by, adds=True)


@step(
    phrase(
        "its books are brought in with control totals of {total:Lots} lots and no cash{by:Approved}"
    )
)
def brought_in_without_cash(office, total, by):
    _bring_in(office, total, (), by)


@step(
    phrase(
        "its books are brought in with control totals of {total:Lots} lots and "
        "{cash:Money}{by:Approved}"
    )
)
def brought_in(office, total, cash, by):
    _bring_in(office, total, ((cash.currency, cash.micros),), by)


def _bring_in(office, lots_total, cash_totals, approved_by, *, adds=False):
    office.do(
        ImportOpeningBook(
            source="prior system",
            lots=office.kept.get(LOTS, ()),
            cash=office.kept.get(CASH, ()),
            lots_total=lots_total,
            cash_totals=cash_totals,
            entered_by="ops",
            approved_by=approved_by,
            adds_to_holdings=adds,
        )
    )
