"""Sentences of controls of single orders and of their flow."""

from pytest_bdd import step

from fencang.refdata.flow_control import FlowControl
from tests.engine.control_firm import FREE_FLOW, WIDE, control
from tests.engine.firm import changed, define
from tests.scenarios.phrases import amount, lots, percent, phrase, rows
from tests.scenarios.steps_stopping import seconds

FIELDS = {
    "lots": ("quantity_lots_max", lots),
    "value": ("value_micros_max", lambda text: amount(text).micros),
    "collar": ("collar_ppm", percent),
    "age": ("price_age_ns_max", seconds),
}


@step(phrase("the master account states every control of orders, and none that binds"))
def states_everything(office):
    office.do(define(changed(WIDE, collar_ticks=0), FREE_FLOW))


@step(phrase("these controls of orders:"))
def controls_of_orders(office, datatable):
    for row in rows(datatable, "node", "scope", optional=FIELDS):
        stated = {field: read(row[key]) for key, (field, read) in FIELDS.items() if row.get(key)}
        office.do(define(control(row["node"], row["scope"], collar_ticks=0, **stated)))


@step(phrase("{contract:Name} is restricted for {node:Node}"))
def is_restricted(office, contract, node):
    office.do(define(control(node, contract, is_restricted=True)))


@step(phrase("these bounds of the flow:"))
def bounds_of_the_flow(office, datatable):
    for row in rows(datatable, "node", optional=("messages", "per", "working")):
        root = FREE_FLOW if row["node"] == "MASTER" else FlowControl(node_id=row["node"])
        stated = {}
        if row.get("messages"):
            stated |= {"messages_max": lots(row["messages"]), "messages_ns": seconds(row["per"])}
        if row.get("working"):
            stated["working_orders_max"] = lots(row["working"])
        office.do(define(changed(root, **stated)))
