"""Whether a sub-account's service tier lets an order in, and lets it open at once.

A reduction is asked for its door alone: whoever is in gets out, by any type of order, in any
instrument, at any rate.  Cancels are asked nothing.
"""

from collections.abc import Iterator
from typing import Final

from fencang.engine.decide.ask import Ask
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.tier import (
    day_refusal,
    instrument_refusal,
    interface_refusal,
    order_type_refusal,
    time_in_force_refusal,
)
from fencang.messages.commands import SubmitOrder
from fencang.messages.message import Interface
from fencang.messages.reasons import Reason

__all__ = ["TIER_CONTROL", "has_tiers", "tier_check", "tier_evaluations"]

TIER_CONTROL = "permission and tier"
_INTERNAL: Final = Interface.INTERNAL


def has_tiers(state: DeskState) -> bool:
    """Return whether the desk has service tiers."""
    return bool(state.risk.tiers.rows)


def tier_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what the tier does not have, and what would open today under a tier of tomorrow.

    ``TIER_NEXT_TRADING_DAY`` comes last: an order that was refused nothing else may be queued.
    """
    sub, command = ask.line.sub, ask.command
    tier = sub.tier
    if tier is None:
        return None
    sub_id = sub.sub_account_id
    if command.interface is not _INTERNAL:
        refusal = interface_refusal(tier, sub_id, command.interface)
        if refusal is not None:
            return refusal
    if ask.state.risk.tiers.names and not ask.is_due:
        refusal = _name_refusal(ask)
        if refusal is not None:
            return refusal
    if ask.reduces:
        return None
    order = ask.order
    time_in_force = command.time_in_force if order is None else order.terms.time_in_force
    contract = ask.line.contract.contract
    refusal = order_type_refusal(tier, sub_id, ask.order_type)
    refusal = refusal or time_in_force_refusal(tier, sub_id, time_in_force)
    refusal = refusal or instrument_refusal(tier, sub_id, contract.contract_id, contract.product_id)
    if refusal is None and tier.is_dated and not ask.is_due:
        return day_refusal(tier, sub_id)
    return refusal


def _name_refusal(ask: Ask) -> NodeRefusal | None:
    """Refuse a client order identifier under which an order waits for its day."""
    sub_id, command = ask.line.sub.sub_account_id, ask.command
    if not isinstance(command, SubmitOrder):
        return None
    name = command.client_order_id
    if (sub_id, name) not in ask.state.risk.tiers.names:
        return None
    detail = f"client order id {name} is used by an instruction that waits for its day"
    return Reason.DUPLICATE_ORDER, sub_id, 0, 0, detail


def tier_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield what the tier says to door, name, type, time in force, instrument and day."""
    sub, command = ask.line.sub, ask.command
    tier, sub_id = sub.tier, sub.sub_account_id
    if tier is None:
        return
    order, contract = ask.order, ask.line.contract.contract
    time_in_force = command.time_in_force if order is None else order.terms.time_in_force
    named = None if ask.is_due else _name_refusal(ask)
    found = [
        (Reason.TIER_INTERFACE, interface_refusal(tier, sub_id, command.interface)),
        (Reason.DUPLICATE_ORDER, named),
    ]
    if not ask.reduces:
        instrument = instrument_refusal(tier, sub_id, contract.contract_id, contract.product_id)
        found += [
            (Reason.TIER_ORDER_TYPE, order_type_refusal(tier, sub_id, ask.order_type)),
            (Reason.TIER_TIME_IN_FORCE, time_in_force_refusal(tier, sub_id, time_in_force)),
            (Reason.TIER_INSTRUMENT, instrument),
            (
                Reason.TIER_NEXT_TRADING_DAY,
                None if ask.is_due else day_refusal(tier, sub_id),
            ),
        ]
    scope_id = contract.contract_id
    for reason, refusal in found:
        detail = f"tier {tier.row.tier_id}" if refusal is None else refusal[4]
        yield Evaluation(TIER_CONTROL, reason, sub_id, scope_id, 0, 0, "", refusal is None, detail)
