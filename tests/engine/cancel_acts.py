"""Mass cancels: the command as tests send it, careless ones, and a row for every refusal."""

from contextlib import contextmanager

from fencang.engine.decide import mass_cancel
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.cancel_events import MassCancelAccepted, MassCancelContinued
from fencang.messages.events import CancelRequested, OrderCancelled
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = [
    "MASS_CANCEL_ROWS",
    "asked_ids",
    "bounded",
    "cancel_orders",
    "careless_cancels",
    "parts",
]


def cancel_orders(node="MASTER", **filters):
    return CancelOrders(node_id=node, entered_by="trader", **filters)


def asked_ids(events):
    """Return the orders that are asked to cancel, or ended before they left."""
    return [each.order_id for each in events if isinstance(each, CancelRequested | OrderCancelled)]


def parts(events):
    """Return what is told of mass cancels: (asked, left) of each part."""
    return [
        (each.asked_orders, each.left_orders)
        for each in events
        if isinstance(each, MassCancelAccepted | MassCancelContinued)
    ]


@contextmanager
def bounded(orders, going_on=100):
    """Let one command ask so few orders, and so few mass cancels go on."""
    before = mass_cancel.CANCELS_PER_COMMAND_MAX, mass_cancel.MASS_CANCELS_MAX
    mass_cancel.CANCELS_PER_COMMAND_MAX, mass_cancel.MASS_CANCELS_MAX = orders, going_on
    try:
        yield
    finally:
        mass_cancel.CANCELS_PER_COMMAND_MAX, mass_cancel.MASS_CANCELS_MAX = before


def careless_cancels(chance, subs):
    """Return a mass cancel, of something that is there or not."""
    beside = ("venue:SHFE", "carrying:OMNI", "person:CLIENT", "NOBODY")
    nodes = (*subs, *["MASTER"] * 3, *beside)
    return cancel_orders(
        chance.choice(nodes),
        scope_id=chance.choice((*[None] * 6, "CL", "CLM0", "CU", "NOTHING")),
        side=chance.choice((None, None, None, *Side)),
        carrying_account_id=chance.choice((*[None] * 7, "C1", "OMNI", "NOWHERE")),
    )


MASS_CANCEL_ROWS = tuple(
    (f"a mass cancel of {what}", None, command, Reason.UNKNOWN_REFERENCE)
    for what, command in (
        ("nobody", cancel_orders("NOBODY")),
        ("no venue", cancel_orders("venue:NOWHERE")),
        ("no contract", cancel_orders(scope_id="NOTHING")),
        ("no account", cancel_orders(carrying_account_id="NOWHERE")),
    )
)
