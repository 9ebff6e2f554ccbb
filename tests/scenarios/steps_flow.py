"""Sentences of the flow of orders: what a node's orders may come to, and what is refused when."""

from pytest_bdd import step, then

from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_commands import ContractVolume, ReportVolumes
from fencang.messages.trade_flow_events import DayLimitNeared, StrategyDisabled
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl
from tests.engine.firm import SECOND, define
from tests.engine.flow_firm import FREE_IMPACT, FREE_TRADE_FLOW, reenable
from tests.scenarios.phrases import DEALS, OFFSETS, lots, percent, phrase, price, rows
from tests.scenarios.steps_orders import fill, order

WORDS = {"yes": True, "no": False}


def seconds(text):
    """Return nanoseconds of ``10 s``."""
    number, unit = text.split()
    assert unit == "s", f"{text!r} is no time such as 10 s"
    return lots(number) * SECOND


FLOW = {
    "node": ("node_id", str),
    "scope": ("scope_id", str),
    "messages an execution": ("order_to_trade_max", lots),
    "free messages": ("free_messages", lots),
    "cancels": ("cancels_max", lots),
    "of each contract": ("of_each_contract", WORDS.__getitem__),
    "executions": ("repeated_executions_max", lots),
    "in": ("repeated_ns", seconds),
    "like orders after": ("duplicate_ns", seconds),
}


IMPACT = {
    "node": ("node_id", str),
    "scope": ("scope_id", str),
    "an order": ("order_share_ppm", percent),
    "all orders": ("window_share_ppm", percent),
    "in": ("window_ns", seconds),
    "volume age": ("volume_age_ns_max", seconds),
    "rest": ("cooling_off_ns", seconds),
}
TENOR = {
    "node": ("node_id", str),
    "scope": ("scope_id", str),
    "nearest": ("nearest_days", lots),
    "furthest": ("furthest_days", lots),
    "undated": ("takes_undated", WORDS.__getitem__),
}


def stated(row, columns):
    """Return the fields that a row states; empty cells state nothing."""
    return {columns[head][0]: columns[head][1](cell) for head, cell in row.items() if cell}


@step(phrase("orders may come to no more than:"))
def flow_rows(office, datatable):
    """The master account states everything, widely; the table narrows it."""
    made = rows(datatable, "node", optional=[head for head in FLOW if head != "node"])
    office.do(define(FREE_TRADE_FLOW))
    office.do(define(*(TradeFlowControl(**stated(row, FLOW)) for row in made)))


@step(phrase("contracts may be opened between:"))
def tenor_rows(office, datatable):
    made = rows(datatable, "node", optional=[head for head in TENOR if head != "node"])
    office.do(define(*(TenorLimit(**stated(row, TENOR)) for row in made)))


@step(phrase("orders may be no more of the volume than:"))
def impact_rows(office, datatable):
    """The master account takes what nobody knows and any share; the table narrows it."""
    made = rows(datatable, "node", optional=[head for head in IMPACT if head != "node"])
    office.do(define(FREE_IMPACT))
    office.do(define(*(ImpactLimit(**stated(row, IMPACT)) for row in made)))


@step(phrase("these volumes are reported:"))
def volumes_reported(office, datatable):
    found = rows(datatable, "contract", "lots", "in")
    made = [ContractVolume(row["contract"], lots(row["lots"]), seconds(row["in"])) for row in found]
    office.do(ReportVolumes(source="feed", volumes=tuple(made)))


@step(phrase("these orders come, one a second:"))
def orders_come(office, datatable):
    """Every order passes, or is refused with a number at a node, for a value against a limit."""
    needed = ("who", "deal", "lots", "contract", "price", "answer")
    for row in rows(datatable, *needed, optional=("filled", "node", "value", "limit", "order")):
        deals, at = DEALS[row["deal"]], price(row["price"])
        order_id = order(
            office, row["who"], deals, lots(row["lots"]), row["contract"], at, OFFSETS[""]
        )
        if row["answer"] == "passes":
            assert order_id is not None, office.refusal
            if row.get("filled"):
                fill(office, order_id, lots(row["filled"]), at)
            if row.get("order"):
                office.orders[row["order"]] = order_id
        else:
            number, words = row["answer"].split(" ", 1)
            refusal = office.take_refusal()
            assert (refusal.reason, refusal.reason.words) == (Reason(int(number)), words), refusal
            expected = (row["node"], lots(row["value"]), lots(row["limit"]))
            assert (refusal.node_id, refusal.value, refusal.limit) == expected, refusal


@step(phrase("{number:Lots} seconds go by without an order"))
def time_goes_by(office, number):
    office.wait_until(office.desk.now_ns + number * SECOND)


@step(phrase("{who:Name} is enabled again{by:Approved}"))
def enabled_again(office, who, by):
    office.do(reenable(who, approved_by=by))


@then(phrase("{share:Lots} % of the cancels of {node:Name} are told: {value:Lots} of {limit:Lots}"))
def cancels_told(office, share, node, value, limit):
    (told,) = [each for each in office.all_of(DayLimitNeared) if each.node_id == node]
    assert (told.counted, told.per_cent) == ("cancels", share), told
    assert (told.value, told.limit) == (value, limit), told


@then(phrase("{who:Name} is disabled after {executions:Lots} orders to {deals:Deals} {what:Name}"))
def is_disabled(office, who, executions, deals, what):
    found = office.only(StrategyDisabled)
    assert (found.sub_account_id, found.executions) == (who, executions), found
    assert (found.side, found.contract_id) == (deals, what), found
