"""Sentences of own orders that would meet, and of trades that look like one with oneself."""

from pytest_bdd import step, then

from fencang.messages import commands as cmd
from fencang.messages.commands import DefineDesk
from fencang.messages.events import CancelRequested, OrderAccepted, OrderRouted, ReplaceRequested
from fencang.messages.message import OrderType
from fencang.messages.reasons import Reason
from fencang.messages.self_match_commands import ReleaseWashTrades
from fencang.messages.self_match_events import OrderHeld
from fencang.refdata.self_match import SelfMatch, SelfMatchMode, SelfMatchScope
from tests.engine.firm import SECOND
from tests.scenarios.phrases import DEALS, lots, phrase, price, rows


@step(phrase("own orders are kept apart:"))
def kept_apart(office, datatable):
    """The master account's row states everything, another one its mode alone."""
    needed = ("node", "mode", "scope", "seconds", "ticks", "trades")
    items = []
    for row in rows(datatable, *needed):
        mode = SelfMatchMode(row["mode"].replace(" ", "_"))
        if not row["scope"]:
            items.append(SelfMatch(node_id=row["node"], mode=mode))
            continue
        items.append(
            SelfMatch(
                node_id=row["node"],
                mode=mode,
                scope=SelfMatchScope(row["scope"].replace(" ", "_")),
                stops_meet_all=True,
                wash_window_ns=lots(row["seconds"]) * SECOND,
                wash_price_ticks=lots(row["ticks"]),
                wash_count_max=lots(row["trades"]),
            )
        )
    office.do(DefineDesk(items=tuple(items), entered_by="risk", approved_by="boss"))


@step(phrase("these orders come one after the other:"))
def orders_come(office, datatable):
    """Each works, waits, or is refused with its number, as its row says."""
    needed = ("order", "who", "deal", "lots", "contract", "price", "then it")
    for row in rows(datatable, *needed):
        market = row["price"] == "market"
        office.do(
            cmd.SubmitOrder(
                sub_account_id=row["who"],
                client_order_id=row["order"],
                contract_id=row["contract"],
                side=DEALS[row["deal"]],
                quantity_lots=lots(row["lots"]),
                order_type=OrderType.MARKET if market else OrderType.LIMIT,
                limit_price_nanos=None if market else price(row["price"]),
            )
        )
        then_it = row["then it"]
        if then_it.startswith("is refused with "):
            number = Reason(int(then_it.removeprefix("is refused with ")))
            assert office.take_refusal().reason is number, row
            continue
        accepted = office.only(OrderAccepted)
        office.orders[row["order"]] = accepted.order_id
        assert bool(office.all_of(OrderHeld)) is (then_it == "waits"), row
        if then_it == "works":
            assert office.only(OrderRouted).order_id == accepted.order_id
            asked = office.events
            office.do(cmd.ReportOrderWorking(order_id=accepted.order_id, venue_order_id="V"))
            office.events = asked
        else:
            assert then_it == "waits", f"an order works, waits or is refused, not {then_it!r}"


@then(phrase("the venue is asked to cancel order {known:Name}"))
def asked_to_cancel(office, known):
    asked = [event.order_id for event in office.all_of(CancelRequested)]
    assert office.orders[known] in asked, asked


@then(phrase("the venue is asked to leave {quantity:Lots} lots of order {known:Name}"))
def asked_to_shrink(office, quantity, known):
    asked = office.only(ReplaceRequested)
    assert (asked.order_id, asked.quantity_lots) == (office.orders[known], quantity)


@then(phrase("the venue is asked for nothing"))
def asked_for_nothing(office):
    assert office.all_of((CancelRequested, ReplaceRequested, OrderRouted)) == []


@then(phrase("order {known:Name} leaves with {quantity:Lots} lots"))
def leaves(office, known, quantity):
    routed = office.only(OrderRouted)
    assert (routed.order_id, routed.terms.quantity_lots) == (office.orders[known], quantity)


@then(phrase("{count:Lots} wash trades of {who:Name} in {contract:Name} are suspected"))
def suspected(office, count, who, contract):
    found = office.state.risk.self_match.counts.get((who, contract))
    assert (found.trades if found is not None else 0) == count


@step(phrase("two persons let {who:Name} open {contract:Name} again"))
def let_go(office, who, contract):
    office.do(
        ReleaseWashTrades(
            principal_id=who,
            contract_id=contract,
            reason="explained",
            entered_by="risk",
            approved_by="boss",
        )
    )
