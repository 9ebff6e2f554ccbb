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
    TierTerms,
    day_refusal,
    instrument_refusal,
    interface_refusal,
    order_type_refusal,
    time_in_force_refusal,
)
from fencang.messages.commands import SubmitOrder
from fencang.messages.message import Interface, TimeInForce
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
    tier = ask.line.sub.tier
    if tier is None:
        return None
    door = ask.command.interface
    if door is not _INTERNAL and door not in tier.interfaces:
        return interface_refusal(tier, ask.line.sub.sub_account_id, door)
    if ask.state.risk.tiers.names and not ask.is_due:
        refusal = _name_refusal(ask)
        if refusal is not None:
            return refusal
    if ask.reduces:
        return None
    instruments = tier.instruments
    if (
        ask.order_type in tier.order_types
        and _time_in_force(ask) in tier.times_in_force
        and (
            instruments is None
            or ask.line.contract.contract.product_id in instruments
            or ask.line.key[1] in instruments
        )
        and (ask.is_due or not tier.is_dated)
    ):
        return None
    return _opening_refusal(ask, tier)


def _time_in_force(ask: Ask) -> TimeInForce:
    """Return how long an order stands, or the one that a replacement changes."""
    order = ask.order
    found: TimeInForce = ask.command.time_in_force if order is None else order.terms.time_in_force
    return found


def _opening_refusal(ask: Ask, tier: TierTerms) -> NodeRefusal | None:
    """Return which of the rules for what opens is not kept."""
    return next((refusal for _, refusal in _opening_rules(ask, tier) if refusal is not None), None)


def _opening_rules(ask: Ask, tier: TierTerms) -> Iterator[tuple[Reason, NodeRefusal | None]]:
    """Yield the rules for what opens, in order, with what they say."""
    sub_id, contract = ask.line.sub.sub_account_id, ask.line.contract.contract
    yield Reason.TIER_ORDER_TYPE, order_type_refusal(tier, sub_id, ask.order_type)
    yield Reason.TIER_TIME_IN_FORCE, time_in_force_refusal(tier, sub_id, _time_in_force(ask))
    instrument = instrument_refusal(tier, sub_id, contract.contract_id, contract.product_id)
    yield Reason.TIER_INSTRUMENT, instrument
    yield Reason.TIER_NEXT_TRADING_DAY, None if ask.is_due else day_refusal(tier, sub_id)


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
    tier, sub_id = ask.line.sub.tier, ask.line.sub.sub_account_id
    if tier is None:
        return
    found = [
        (Reason.TIER_INTERFACE, interface_refusal(tier, sub_id, ask.command.interface)),
        (Reason.DUPLICATE_ORDER, None if ask.is_due else _name_refusal(ask)),
    ]
    if not ask.reduces:
        found += _opening_rules(ask, tier)
    scope_id = ask.line.key[1]
    for reason, refusal in found:
        detail = f"tier {tier.row.tier_id}" if refusal is None else refusal[4]
        passes = refusal is None
        yield Evaluation(TIER_CONTROL, reason, sub_id, scope_id, 0, 0, "", passes, detail)
