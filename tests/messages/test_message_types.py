"""The tables of commands and events are complete, and every type has a tag of its own."""

import importlib
import inspect
import pkgutil
import re

import msgspec
import pytest

import fencang.messages
from fencang.messages.commands import COMMAND_TYPES
from fencang.messages.events import EFFECT_TYPES, EVENT_TYPES
from fencang.messages.message import Command, Event, Offset, OrderType, Side, TimeInForce
from fencang.messages.reasons import Reason

PARTS_OF_EVENTS = {
    "AcceptedCheck",
    "AccountMargin",
    "BlockLeg",
    "BookCharge",
    "BookVariation",
    "CarryingVariation",
    "ConvertedAccount",
    "ConvertedBook",
    "ExerciseLeg",
    "FeePart",
    "InterestLine",
    "ProposedConversion",
    "ProposedWire",
    "CorrectedAccount",
    "CorrectedBook",
    "FillMend",
    "LiquidationLeg",
    "MarginLine",
    "MovedLots",
    "ProposalCheck",
    "UncoveredContract",
}
"""Structures inside events: they share the common form and have no tag."""


def tag_of(message_type):
    return message_type.__struct_config__.tag


def made_of(kind):
    """Return every subclass that a module of the package makes."""
    names = [module.name for module in pkgutil.iter_modules(fencang.messages.__path__)]
    modules = [importlib.import_module(f"fencang.messages.{name}") for name in sorted(names)]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, kind)
        and value is not kind
        and value.__module__ == module.__name__
    }


def test_every_command_is_in_the_union_once():
    assert len(set(COMMAND_TYPES)) == len(COMMAND_TYPES)
    assert set(COMMAND_TYPES) == made_of(Command)


def test_every_event_is_in_the_union_once():
    assert len(set(EVENT_TYPES)) == len(EVENT_TYPES)
    made = made_of(Event)
    parts = {kind for kind in made if kind.__name__ in PARTS_OF_EVENTS}
    assert len(parts) == len(PARTS_OF_EVENTS)
    assert set(EVENT_TYPES) == made - parts
    assert all(tag_of(part) is None for part in parts)


def test_tags_are_the_name_and_a_version_and_nobody_shares_one():
    """Law: every record carries (tag, version)."""
    tags = [tag_of(message_type) for message_type in COMMAND_TYPES + EVENT_TYPES]
    assert len(set(tags)) == len(tags)
    for message_type, tag in zip(COMMAND_TYPES + EVENT_TYPES, tags, strict=True):
        name, _, version = tag.partition(".")
        assert message_type.__name__.startswith(name)
        assert re.fullmatch(r"[1-9][0-9]*", version)


@pytest.mark.parametrize("message_type", COMMAND_TYPES + EVENT_TYPES)
def test_messages_are_frozen_arrays_that_refuse_unknown_fields(message_type):
    config = message_type.__struct_config__
    assert config.frozen
    assert config.array_like
    assert config.forbid_unknown_fields


def structures_of(info, found):
    """Collect every structure that a type may hold, at any depth."""
    match info:
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            if cls not in found:
                found.append(cls)
                for field in fields:
                    structures_of(field.type, found)
        case msgspec.inspect.UnionType(types=parts) | msgspec.inspect.TupleType(item_types=parts):
            for part in parts:
                structures_of(part, found)
        case msgspec.inspect.VarTupleType(item_type=part) | msgspec.inspect.Metadata(type=part):
            structures_of(part, found)
    return found


def test_no_structure_inside_a_message_takes_unknown_fields():
    """Law: bytes that are accepted are written back as they were."""
    found = []
    for message_type in COMMAND_TYPES + EVENT_TYPES:
        structures_of(msgspec.inspect.type_info(message_type), found)
    lenient = [cls.__name__ for cls in found if not cls.__struct_config__.forbid_unknown_fields]
    assert lenient == []


def test_effects_are_events():
    assert [kind for kind in EFFECT_TYPES if kind not in EVENT_TYPES] == []
    names = sorted(kind.__name__ for kind in EFFECT_TYPES)
    assert names == ["CancelRequested", "OrderInDoubt", "OrderRouted", "ReplaceRequested"]


def test_reasons_are_numbered_once_within_their_ranges_and_speak_in_words():
    """Thousands: 1 reference, 2 money, 3-4 orders, 5 plans, 6 margin, 7 day, 8 people, 9 edges."""
    numbers = [int(reason) for reason in Reason]
    assert len(Reason.__members__) == len(set(numbers))
    assert {number // 1_000 for number in numbers} == {1, 2, 3, 4, 5, 6, 7, 8, 9}
    assert numbers == sorted(numbers)
    assert Reason.ORDER_PRICE_OFF_TICK.words == "order price off tick"
    assert Reason(3024) is Reason.ORDER_PRICE_OFF_TICK


def test_pre_trade_reasons_are_numbered_in_the_order_of_the_checks():
    order = [
        Reason.DUPLICATE_ORDER,
        Reason.PRODUCT_NOT_PERMITTED,
        Reason.TRADING_HALTED,
        Reason.ORDER_CONTRACT_UNKNOWN,
        Reason.ORDER_PRICE_OFF_TICK,
        Reason.ORDER_QUANTITY_MAX,
        Reason.POSITION_LIMIT,
        Reason.MARGIN_SUB_ACCOUNT,
        Reason.MARGIN_POOL,
    ]
    assert order == sorted(order)


def test_sides_are_signed_and_have_an_opposite():
    assert (Side.BUY.sign, Side.SELL.sign) == (1, -1)
    assert (Side.BUY.opposite, Side.SELL.opposite) == (Side.SELL, Side.BUY)


def test_the_words_of_an_order_keep_their_fix_numbers():
    """FIX 4.4: tags 54, 40 and 59."""
    assert [side.value for side in Side] == [1, 2]
    assert [kind.value for kind in OrderType] == [1, 2, 3, 4]
    assert {time.name: time.value for time in TimeInForce} == {
        "DAY": 0,
        "GTC": 1,
        "IOC": 3,
        "FOK": 4,
        "GTD": 6,
    }


def test_close_flags_close():
    closing = [offset.name for offset in Offset if offset.is_close]
    assert closing == ["CLOSE", "CLOSE_TODAY", "CLOSE_YESTERDAY"]
