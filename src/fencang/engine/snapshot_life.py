"""The stored form of rolls and of contracts that were converted, part of a snapshot."""

import msgspec

from fencang.engine.conversion import Conversion
from fencang.engine.rolls import Roll
from fencang.engine.state import DeskState
from fencang.messages.life_events import RollStarted
from fencang.messages.message import Side

__all__ = ["LifeForm", "life_form", "restore_life"]


class RollForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One roll that an order still names."""

    roll_id: int
    sub_account_id: str
    client_roll_id: str
    carrying_account_id: str
    from_contract_id: str
    to_contract_id: str
    side: Side
    quantity_lots: int
    near_order_id: int
    far_order_id: int
    near_lots: int
    near_price_lots: str
    far_lots: int
    far_price_lots: str
    is_done: bool


class ConversionForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One contract that became another one."""

    from_contract_id: str
    to_contract_id: str
    day: int
    new_lots: int
    old_lots: int
    price_numerator: int
    price_denominator: int


class LifeForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """All of it."""

    rolls: list[RollForm] = []
    conversions: list[ConversionForm] = []


def life_form(state: DeskState) -> LifeForm:
    """Return the stored form; sums beyond 64 bits are decimal text."""
    return LifeForm(
        rolls=[_roll_form(state.rolls[key]) for key in sorted(state.rolls)],
        conversions=[
            ConversionForm(key, found.successor.contract.contract_id, *found[1:])
            for key, contract in sorted(state.contracts.items())
            if (found := contract.conversion) is not None
        ],
    )


def _roll_form(roll: Roll) -> RollForm:
    return RollForm(
        roll.roll_id,
        roll.sub_account_id,
        roll.client_roll_id,
        roll.carrying_account_id,
        roll.from_contract_id,
        roll.to_contract_id,
        roll.side,
        roll.quantity_lots,
        *roll.order_ids,
        roll.near_lots,
        str(roll.near_price_lots),
        roll.far_lots,
        str(roll.far_price_lots),
        roll.is_done,
    )


def restore_life(state: DeskState, form: LifeForm) -> None:
    """Bring rolls back and join them with their orders, which are there already; conversions."""
    for form_of in form.conversions:
        successor = state.contracts[form_of.to_contract_id]
        state.contracts[form_of.from_contract_id].conversion = Conversion(
            successor,
            form_of.day,
            form_of.new_lots,
            form_of.old_lots,
            form_of.price_numerator,
            form_of.price_denominator,
        )
    for entry in form.rolls:
        started = RollStarted(
            roll_id=entry.roll_id,
            sub_account_id=entry.sub_account_id,
            client_roll_id=entry.client_roll_id,
            carrying_account_id=entry.carrying_account_id,
            from_contract_id=entry.from_contract_id,
            to_contract_id=entry.to_contract_id,
            side=entry.side,
            quantity_lots=entry.quantity_lots,
            near_order_id=entry.near_order_id,
            far_order_id=entry.far_order_id,
        )
        roll = state.rolls[entry.roll_id] = Roll(started)
        roll.near_lots, roll.near_price_lots = entry.near_lots, int(entry.near_price_lots)
        roll.far_lots, roll.far_price_lots = entry.far_lots, int(entry.far_price_lots)
        roll.is_done = entry.is_done
        for order_id in roll.order_ids:
            order = state.orders.get(order_id)
            if order is not None:
                order.roll = roll
