"""Sentences of dealing: orders, what the venue answers, settlements, the next day."""

from pytest_bdd import step, then

from fencang.engine.delivery import DELIVERY_GUARD
from fencang.messages import commands as cmd
from fencang.messages.commands import PriceMark
from fencang.messages.events import BlockOrderCreated, OrderAccepted
from fencang.messages.message import OrderType, TimeInForce
from tests.scenarios.phrases import DEALS, OFFSETS, lots, phrase, price, rows


def order(office, who, deals, quantity, contract, at, offset, **more):
    """Send a limit order under a client order id of its own; return its identifier if accepted."""
    office.desk.executions += 1
    events = office.do(
        cmd.SubmitOrder(
            sub_account_id=who,
            client_order_id=f"o{office.desk.executions}",
            contract_id=contract,
            side=deals,
            quantity_lots=quantity,
            order_type=OrderType.LIMIT,
            limit_price_nanos=at,
            offset=offset,
            **more,
        )
    )
    office.kept["sent"] = events
    return None if office.refusal else events[0].order_id


def fill(office, order_id, quantity, at, name=""):
    """Report a fill as the order's terms say, under the name that the scenario gives it."""
    office.desk.executions += 1
    terms = office.state.orders[order_id].terms
    return office.do(
        cmd.ReportFill(
            carrying_account_id=terms.carrying_account_id,
            execution_id=name or f"x{office.desk.executions}",
            order_id=order_id,
            contract_id=terms.contract_id,
            side=terms.side,
            quantity_lots=quantity,
            price_nanos=at,
            offset=terms.offset,
        )
    )


def trade(office, who, deals, quantity, contract, at, offset, name=""):
    order_id = order(office, who, deals, quantity, contract, at, offset)
    assert order_id is not None, office.refusal
    fill(office, order_id, quantity, at, name)


@step(
    phrase(
        "{who:Book} {deals:Deals} {quantity:Lots} {contract:Name} at {at:Price}"
        "{offset:Offset}{name:Label}"
    )
)
def trades(office, who, deals, quantity, contract, at, offset, name):
    """Order and fill in one sentence."""
    trade(office, who, deals, quantity, contract, at, offset, name)


@step(phrase("these trades:"))
def table_of_trades(office, datatable):
    needed = ("who", "deal", "lots", "contract", "price")
    for row in rows(datatable, *needed, optional=("offset", "fill")):
        deals, offset = DEALS[row["deal"]], OFFSETS[row.get("offset", "")]
        terms = row["contract"], price(row["price"]), offset
        trade(office, row["who"], deals, lots(row["lots"]), *terms, row.get("fill", ""))


@step(
    phrase(
        "{who:Book} orders to {deals:Deals} {quantity:Lots} {contract:Name} at {at:Price}"
        "{offset:Offset}{name:Label}"
    )
)
def orders(office, who, deals, quantity, contract, at, offset, name):
    ordered(office, name, order(office, who, deals, quantity, contract, at, offset))


@step(
    phrase(
        "{who:Book} orders to {deals:Deals} {quantity:Lots} {contract:Name} at {at:Price}"
        " until cancelled{name:Label}"
    )
)
def orders_until_cancelled(office, who, deals, quantity, contract, at, name):
    more = {"time_in_force": TimeInForce.GTC}
    ordered(office, name, order(office, who, deals, quantity, contract, at, OFFSETS[""], **more))


def ordered(office, name, order_id):
    """Let the venue work an order that was accepted, and keep its name."""
    if order_id is not None:
        working = cmd.ReportOrderWorking(order_id=order_id, venue_order_id=f"V{order_id}")
        office.do(working)
        office.orders[name] = order_id


@step(
    phrase("the venue fills {quantity:Lots} lots of order {known:Name} at {at:Price}{name:Label}")
)
def venue_fills(office, quantity, known, at, name):
    fill(office, office.orders[known], quantity, at, name)


@step(phrase("the venue reports that order {known:Name} has expired"))
def venue_expires(office, known):
    office.do(cmd.ReportOrderExpired(order_id=office.orders[known]))


@step(phrase("{who:Book} cancels order {known:Name}"))
def cancels(office, who, known):
    office.do(cmd.CancelOrder(sub_account_id=who, order_id=office.orders[known]))


@step(phrase("the venue confirms that order {known:Name} is cancelled"))
def venue_cancels(office, known):
    office.do(cmd.ReportOrderCancelled(order_id=office.orders[known]))


@step(
    phrase(
        "a fill that nobody ordered comes at {account:Name}: {deals:Deals} {quantity:Lots} "
        "{contract:Name} at {at:Price}{name:Label}"
    )
)
def stray_fill(office, account, deals, quantity, contract, at, name):
    office.do(
        cmd.ReportFill(
            carrying_account_id=account,
            execution_id=name,
            order_id=None,
            contract_id=contract,
            side=deals,
            quantity_lots=quantity,
            price_nanos=at,
        )
    )


@then(
    phrase(
        "the delivery guard orders to {deals:Deals} {contract:Name} at {at:Price}{name:Label}, for:"
    )
)
def guard_orders(office, deals, contract, at, name, datatable):
    """One block order, sent as one; its lots are divided beforehand."""
    block, sent = office.only(BlockOrderCreated), office.only(OrderAccepted)
    assert (block.rule_id, block.contract_id, block.side) == (DELIVERY_GUARD, contract, deals)
    found = {leg.sub_account_id: leg.quantity_lots for leg in block.legs}
    assert found == {row["who"]: lots(row["lots"]) for row in rows(datatable, "who", "lots")}
    assert (sent.terms.quantity_lots, sent.terms.limit_price_nanos) == (sum(found.values()), at)
    office.orders[name] = sent.order_id


# ------------------------------------------------------------------------------- day after day


@step(phrase("{venue:Name} opens for {of_day:Day}"))
def opens(office, venue, of_day):
    office.do(cmd.OpenSession(venue_id=venue, trading_day=of_day))


@step(phrase("{venue:Name} shuts"))
def shuts(office, venue):
    office.do(cmd.CloseSession(venue_id=venue))


@step(phrase("the next day at {venue:Name} is {of_day:Day}"))
def next_day(office, venue, of_day):
    shuts(office, venue)
    opens(office, venue, of_day)


@step(phrase("{venue:Name} settles {of_day:Day} at:"))
def settles(office, venue, of_day, datatable):
    found = rows(datatable, "contract", "price")
    _settle(office, venue, of_day, {row["contract"]: price(row["price"]) for row in found})


@step(phrase("{venue:Name} settles {of_day:Day} with {contract:Name} at {at:Price}{by:Approved}"))
def settles_one(office, venue, of_day, contract, at, by):
    _settle(office, venue, of_day, {contract: at}, by)


@step(phrase("{venue:Name} settles {of_day:Day} without prices"))
def settles_none(office, venue, of_day):
    _settle(office, venue, of_day, {})


def _settle(office, venue, of_day, prices, approved_by=""):
    office.do(
        cmd.SettleTradingDay(
            venue_id=venue,
            trading_day=of_day,
            source="feed",
            prices=tuple(PriceMark(contract, at) for contract, at in prices.items()),
            approved_by=approved_by,
        )
    )


@step(phrase("{contract:Name} ends at {at:Price}{by:Approved}"))
def ends(office, contract, at, by):
    office.do(
        cmd.ExpireContract(
            contract_id=contract, final_price_nanos=at, source="feed", approved_by=by
        )
    )
