"""Sentences of stopping: kill switch, lost clients, deadlines, silent links."""

from pytest_bdd import step, then

from fencang.messages import commands as cmd
from fencang.messages.cancel_events import MassCancelAccepted
from fencang.messages.connection_commands import StopAction
from fencang.messages.events import CancelRequested, ReplaceRejected, ReplaceRequested
from fencang.messages.message import TradingState
from tests.engine.cancel_acts import cancel_orders
from tests.engine.connection_acts import client, deadline, gone, link, links, losing, stop
from tests.engine.firm import SECOND, define
from tests.scenarios.phrases import phrase, rows

YES = {"yes": True, "no": False}


def seconds(text):
    number, unit = text.split()
    assert unit == "s", text
    return int(number) * SECOND


@step(phrase("risk stops {node:Node}, {action:Action}"))
def stops(office, node, action):
    office.do(stop(node, StopAction(action.replace(" ", "_"))))


@step(phrase("risk stops {node:Node}, {action:Action}, and confirms {confirmed:Node}"))
def stops_another(office, node, action, confirmed):
    office.do(stop(node, StopAction(action.replace(" ", "_")), confirmed))


@step(phrase("risk resumes {node:Node}{by:Approved}"))
def resumes(office, node, by):
    office.do(
        cmd.SetTradingState(
            node_id=node,
            trading_state=TradingState.ACTIVE,
            reason="calm",
            entered_by="risk",
            approved_by=by,
        )
    )


@then(phrase("the venues are asked to cancel:"))
def asked_to_cancel(office, datatable):
    wanted = {office.orders[row["order"]] for row in rows(datatable, "order")}
    assert _cancels(office) == wanted


@then(phrase("the venues are asked to cancel nothing"))
def asked_nothing(office):
    assert _cancels(office) == set()


@step(phrase("{node:Node} cancels every order in {scope:Name}"))
def cancels_orders(office, node, scope):
    office.do(cancel_orders(node, scope_id=scope))


@then(phrase("it told: {asked:Lots} asked, {pending:Lots} asked before, {left:Lots} left"))
def counted(office, asked, pending, left):
    (told,) = [each for each in office.events if isinstance(each, MassCancelAccepted)]
    assert (told.asked_orders, told.pending_orders, told.left_orders) == (asked, pending, left)


def _cancels(office):
    return {each.order_id for each in office.events if isinstance(each, CancelRequested)}


@step(phrase("these terms of lost clients:"))
def terms_of_clients(office, datatable):
    for row in rows(datatable, "node", "cancel", "grace", "keep good till"):
        office.do(
            define(
                losing(
                    row["node"],
                    cancels=YES[row["cancel"]],
                    grace_ns=seconds(row["grace"]),
                    keeps=YES[row["keep good till"]],
                )
            )
        )


@step(phrase("a client {session:Name} connects for {node:Node}"))
def connects(office, session, node):
    office.do(client(node, session))


@step(phrase("the client {session:Name} is lost"))
def is_lost(office, session):
    office.do(gone(session))


@step(phrase("{node:Node} sets a deadline of {count:Lots} seconds"))
def sets_deadline(office, node, count):
    office.do(deadline(node, count * SECOND))


@step(phrase("these bounds of silence:"))
def bounds_of_silence(office, datatable):
    for row in rows(datatable, "node", "link", "feed"):
        office.do(define(links(row["node"], seconds(row["link"]), seconds(row["feed"]))))


@step(phrase("the link of {account:Name} to {venue:Name} is up"))
def link_is_up(office, account, venue):
    office.do(link(account, venue))


@step(phrase("{count:Lots} seconds pass"))
def seconds_pass(office, count):
    office.desk.now_ns += (count - 1) * SECOND
    office.do(cmd.AdvanceTime())


# --------------------------------------------------------------------------------- orders in doubt


@step(phrase("{who:Book} asks for {quantity:Lots} lots of order {known:Name}"))
def asks_for_lots(office, who, quantity, known):
    order_id = office.orders[known]
    office.do(cmd.ReplaceOrder(sub_account_id=who, order_id=order_id, quantity_lots=quantity))


@step(phrase("the desk comes up again"))
def comes_up_again(office):
    office.do(cmd.RestartDesk())


@step(phrase("the venue says that order {known:Name} works with {quantity:Lots} lots"))
def venue_says(office, known, quantity):
    order_id = office.orders[known]
    office.do(cmd.ReportOrderStatus(order_id=order_id, known=True, working_lots=quantity))


@then(phrase("order {known:Name} stays at {quantity:Lots} lots, for {number:Lots}, {words:Reason}"))
def stays_at(office, known, quantity, number, words):
    told = office.only(ReplaceRejected)
    assert told.order_id == office.orders[known]
    assert (told.reason, told.reason.name) == (number, words.replace(" ", "_").upper())
    assert office.state.orders[told.order_id].quantity_lots == quantity


@then(phrase("the venue is asked for {quantity:Lots} lots of order {known:Name}"))
def asked_for_lots(office, quantity, known):
    asked = office.only(ReplaceRequested)
    assert (asked.order_id, asked.quantity_lots) == (office.orders[known], quantity)
