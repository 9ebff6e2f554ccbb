"""Sentences of a contract's life: rolls as pairs of orders, contracts that change, ticks."""

from pytest_bdd import step, then

from fencang.basics.price import format_price
from fencang.messages import commands as cmd
from fencang.messages.events import CancelRequested
from fencang.messages.life_commands import ConvertContract, RollPosition
from fencang.messages.life_events import ContractConverted, RollDone
from tests.engine.firm import changed, define
from tests.scenarios.phrases import SIDES, book, lots, phrase, price, rows

NEAR, FAR = "near", "far"


# --------------------------------------------------------------------------------------- rolls


@step(
    phrase(
        "{who:Book} rolls {quantity:Lots} {side:Side} {near:Name} at {near_at:Price} into "
        "{far:Name} at {far_at:Price}{name:Label}"
    )
)
def rolls(office, who, quantity, side, near, near_at, far, far_at, name):
    """The venue works both orders; of roll R1 they are called R1-near and R1-far."""
    office.desk.executions += 1
    started, *_ = office.do(
        RollPosition(
            sub_account_id=who,
            client_roll_id=f"roll{office.desk.executions}",
            from_contract_id=near,
            to_contract_id=far,
            side=SIDES[side],
            quantity_lots=quantity,
            near_price_nanos=near_at,
            far_price_nanos=far_at,
        )
    )
    if office.refusal:
        return
    for word, order_id in ((NEAR, started.near_order_id), (FAR, started.far_order_id)):
        office.do(cmd.ReportOrderWorking(order_id=order_id, venue_order_id=f"V{order_id}"))
        office.orders[f"{name}-{word}"] = order_id


@then(phrase("this asks the venue to cancel orders {first:Name} and {second:Name}"))
def asks_to_cancel(office, first, second):
    found = [event.order_id for event in office.all_of(CancelRequested)]
    assert found == [office.orders[first], office.orders[second]]


@then(phrase("the roll is over:"))
def roll_is_over(office, datatable):
    """A dash stands for an average of no lots."""
    heads = ("leg", "lots", "average")
    done = office.only(RollDone)
    found = {
        NEAR: (done.near_lots, done.near_average_nanos),
        FAR: (done.far_lots, done.far_average_nanos),
    }
    told = {
        row["leg"]: (lots(row["lots"]), None if row["average"] == "-" else price(row["average"]))
        for row in rows(datatable, *heads)
    }
    assert found == told


@then(phrase("far less near is {difference:Price}"))
def far_less_near(office, difference):
    found = office.only(RollDone).difference_nanos
    assert found == difference, found if found is None else format_price(found)


# ----------------------------------------------------------------------- contracts that change


@step(
    phrase(
        "{old:Name} becomes {new:Name} on {of_day:Day}, {new_lots:Lots} lots for {old_lots:Lots} "
        "at {numerator:Lots}/{denominator:Lots} of the price{by:Approved}"
    )
)
def becomes(office, old, new, of_day, new_lots, old_lots, numerator, denominator, by):
    office.do(
        ConvertContract(
            from_contract_id=old,
            to_contract_id=new,
            trading_day=of_day,
            new_lots=new_lots,
            old_lots=old_lots,
            price_numerator=numerator,
            price_denominator=denominator,
            source="exchange notice",
            reason="the exchange changes the contract",
            entered_by="ops",
            approved_by=by,
        )
    )


@then(phrase("the change touches these books only:"))
def change_touches(office, datatable):
    """Long and short lots, before and after; suspense among them."""
    found = {
        part.book_id: (part.long_lots, part.short_lots, part.new_long_lots, part.new_short_lots)
        for part in office.only(ContractConverted).books
    }
    heads = ("long", "short", "new long", "new short")
    told = {
        book(row["who"]): tuple(lots(row[head]) for head in heads)
        for row in rows(datatable, "who", *heads)
    }
    assert found == told


@step(phrase("the tick of {product:Name} becomes {tick:Price}{by:Approved}"))
def tick_becomes(office, product, tick, by):
    known = office.state.products[product]
    office.do(define(changed(known, tick_nanos=tick), by="ops", approved_by=by))
