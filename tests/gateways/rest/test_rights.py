"""Who may do what over the API: every operation against every role, from the tables themselves."""

import pytest

from fencang.gateways.doors.scopes import SCOPE_OF, role_scopes
from fencang.gateways.rest.app import OPERATIONS
from fencang.gateways.stream.protocol import CHANNELS, scope_of
from fencang.refdata.authority import Authority
from fencang.refdata.user import Role

SCOPES = frozenset(SCOPE_OF.values())
TABLE = role_scopes(Authority())
WRITES = [operation for operation in OPERATIONS if operation.is_write]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_operation_asks_a_scope_that_keys_can_have(operation):
    assert operation.scope in SCOPES


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_asks_a_scope_that_keys_can_have(channel):
    assert scope_of(channel) in SCOPES


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_every_operation_can_be_done_by_somebody(operation):
    assert any(operation.scope in TABLE[role] for role in Role), operation.scope


@pytest.mark.parametrize("operation", WRITES, ids=lambda each: each.name)
def test_a_viewer_writes_nothing(operation):
    assert operation.scope not in TABLE[Role.VIEWER]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
def test_writes_ask_a_name_and_reads_do_not(operation):
    is_read = operation.scope.endswith(":read")
    assert operation.is_write != is_read or operation.name == "what_if"


def test_names_of_operations_are_told_apart():
    names = [operation.name for operation in OPERATIONS]
    assert len(names) == len({*names})
    places = [(operation.method, operation.path) for operation in OPERATIONS]
    assert len(places) == len({*places})


@pytest.mark.parametrize("role", list(Role))
def test_nobody_both_places_orders_and_hands_out_keys(role):
    assert not {"orders:write", "keys:propose"} <= TABLE[role] or role is Role.RISK_OFFICER
