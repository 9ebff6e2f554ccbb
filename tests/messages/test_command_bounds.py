"""Every number of a command is bounded, so that whatever passes its door can be stored."""

import pytest
from msgspec import inspect

from fencang.messages.commands import COMMAND_TYPES

STORED_MAX = 2**63 - 1


def numbers(info, where):
    match info:
        case inspect.IntType():
            yield where, info
        case inspect.StructType():
            for field in info.fields:
                yield from numbers(field.type, f"{where}.{field.name}")
        case inspect.UnionType(types=types) | inspect.TupleType(item_types=types):
            for each in types:
                yield from numbers(each, where)
        case inspect.VarTupleType(item_type=item):
            yield from numbers(item, where)
        case _:
            pass


@pytest.mark.parametrize("command", COMMAND_TYPES)
def test_every_number_of_a_command_can_be_stored(command):
    for where, info in numbers(inspect.type_info(command), command.__name__):
        assert info.ge is not None, where
        assert info.ge >= -STORED_MAX, where
        assert info.le is not None, where
        assert info.le <= STORED_MAX, where
