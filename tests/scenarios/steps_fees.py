"""Sentences of fees and interest: what fills cost row by row, what balances bear by night."""

from pytest_bdd import step, then

from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.margin_commands import GrantBenefit
from fencang.messages.money_commands import PostInterest
from fencang.messages.money_events import FillCharged, InterestKind, InterestPosted
from fencang.refdata.fees import FeeKind, FeeRow, FeeStep
from fencang.refdata.funding import DayCount, InterestRate, InterestScope
from tests.engine.firm import define
from tests.scenarios.phrases import Amount, amount, book, lots, money, percent, phrase, rows
from tests.scenarios.steps_desk import fields

PPB_PER_PPM = 1_000


def per_billion(text):
    """Return parts per billion of ``0.005 %``."""
    number, sign = text.split()
    assert sign == "%", f"{text!r} is no share such as 0.005 %"
    return money(number) * PPB_PER_PPM // 100


def fee_steps(text):
    """Return the steps of ``10: 0.95, 25: 0.80``: beyond 10 lots a lot costs 0.95."""
    pairs = (part.split(":") for part in text.split(","))
    return tuple(FeeStep(lots(above), money(per_lot)) for above, per_lot in pairs)


FEE = {
    "row": ("row_id", str),
    "paid to": ("kind", lambda text: FeeKind(text.replace("-", "_"))),
    "for": ("scope_id", str),
    "at": ("carrying_account_id", str),
    "a lot": ("per_lot_micros", money),
    "of the value": ("value_ppb", per_billion),
    "a lot closed today": ("close_today_per_lot_micros", money),
    "of the value closed today": ("close_today_value_ppb", per_billion),
    "beyond lots of the month": ("steps", fee_steps),
    "least an order": ("order_minimum_micros", money),
    "least a day": ("day_minimum_micros", money),
    "rebate": ("is_rebate", {"yes": True, "no": False}.__getitem__),
}
INTEREST = {
    "currency": ("currency", str),
    "credit": ("credit_ppm", percent),
    "debit": ("debit_ppm", percent),
    "on used benefit": ("benefit_ppm", percent),
    "days of a year": ("day_count", lambda text: DayCount(f"act_{text}")),
}


# ---------------------------------------------------------------------------------------- fees


@step(phrase("these fees from {of_day:Day} on, in the currency of the product:"))
def fees(office, of_day, datatable):
    optional = [column for column in FEE if column not in {"row", "paid to", "for"}]
    found = rows(datatable, "row", "paid to", "for", optional=optional)
    office.do(define(*(FeeRow(from_day=of_day, **fields(row, FEE)) for row in found)))


@then(phrase("the last fill cost {who:Book} row by row:"))
def charged(office, who, datatable):
    (event,) = [each for each in office.all_of(FillCharged) if each.book_id == who]
    found = {part.row_id: Amount(part.amount_micros, event.currency) for part in event.parts}
    assert found == {row["row"]: amount(row["fee"]) for row in rows(datatable, "row", "fee")}


@then(phrase("{who:Book} has paid {paid:Money} of fees"))
def fees_paid(office, who, paid):
    found = Amount(office.state.book(who).fees.get(paid.currency, 0), paid.currency)
    assert found == paid, found


@then(phrase("what {of_day:Day} lacks to its least is charged:"))
def minimum_charged(office, of_day, datatable):
    """Below zero where it comes back."""
    event = office.only(DayMinimumCharged)
    assert event.trading_day == of_day
    found = {part.book_id: Amount(part.amount_micros, event.currency) for part in event.books}
    told = rows(datatable, "who", "fee")
    assert found == {book(row["who"]): amount(row["fee"]) for row in told}


# ------------------------------------------------------------------------------------ interest


@step(phrase("these interest rates from {of_day:Day} on:"))
def interest_rates(office, of_day, datatable):
    """``on`` a carrying account: what its broker pays; on sub-accounts: what the reserve pays."""
    optional = [column for column in INTEREST if column != "currency"]
    found = rows(datatable, "on", "currency", optional=optional)
    office.do(define(*(_rate(office, row, of_day) for row in found)))


def _rate(office, row, of_day):
    on = row["on"]
    is_carrying = on in office.state.carrying
    scope = InterestScope.CARRYING if is_carrying else InterestScope.SUB_ACCOUNT
    scope_id = "" if on == "every sub-account" else on
    return InterestRate(scope=scope, scope_id=scope_id, from_day=of_day, **fields(row, INTEREST))


@step(phrase("interest is posted for the nights from {first:Day} to {until:Day}"))
def posts_interest(office, first, until):
    office.do(PostInterest(day=first, until_day=until, entered_by="ops"))


@then(phrase("the interest is:"))
def interest(office, datatable):
    """Every amount that moved and no other; ``for`` cash or used benefit."""
    found = sorted(
        (
            line.account_id,
            "benefit" if line.kind is InterestKind.BENEFIT else "cash",
            str(Amount(line.amount_micros, line.currency)),
        )
        for line in office.only(InterestPosted).lines
        if line.amount_micros
    )
    told = rows(datatable, "on", "for", "interest")
    assert found == sorted(
        (book(row["on"]), row["for"], str(amount(row["interest"]))) for row in told
    )


@step(phrase("{who:Book} is granted {granted:Money} of the pool's benefit{by:Approved}"))
def grants(office, who, granted, by):
    office.do(
        GrantBenefit(
            sub_account_id=who,
            amount_micros=granted.micros,
            reason="benefit",
            entered_by="risk",
            approved_by=by,
        )
    )
