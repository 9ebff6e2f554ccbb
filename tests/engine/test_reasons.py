"""Every numbered reason is given somewhere; in the ladder the earlier control wins."""

from itertools import pairwise

import pytest

from fencang.messages.reasons import Reason
from tests.engine.authority_rows import AUTHORITY_ROWS
from tests.engine.fill_reason_rows import FILL_ROWS
from tests.engine.order_rows import LADDER, PAIRS, faulty_order
from tests.engine.proposal_rows import PROPOSAL_ROWS
from tests.engine.reason_rows import ROWS as COMMON_ROWS

ROWS = (*COMMON_ROWS, *PROPOSAL_ROWS, *FILL_ROWS, *AUTHORITY_ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{int(row.reason)} {row.name}" for row in ROWS])
def test_a_command_is_refused_for_its_reason_and_changes_nothing(desk, row):
    """Law: bad input is refused with a numbered reason and nothing is half-applied."""
    found = row.setup(desk) if row.setup is not None else None
    refusal = desk.refused(row.command(found), row.reason)
    assert refusal.detail


@pytest.mark.parametrize("rung", LADDER, ids=[rung.reason.name for rung in LADDER])
def test_an_order_is_refused_for_its_reason(desk, rung):
    if rung.setup is not None:
        rung.setup(desk)
    refusal = desk.refused(faulty_order(rung.base, rung.fields), rung.reason)
    assert refusal.detail


@pytest.mark.parametrize(
    ("earlier", "later"),
    list(pairwise(LADDER)),
    ids=[f"{a.reason.name} before {b.reason.name}" for a, b in pairwise(LADDER)],
)
def test_of_two_faults_the_earlier_control_of_the_ladder_refuses(desk, earlier, later):
    """Design: duplicate, permission, state, contract, quantity, limits, margin, in this order."""
    pair = PAIRS.get((earlier.reason, later.reason))
    if pair is not None:
        setup, fields = pair
        if setup is not None:
            setup(desk)
        desk.refused(faulty_order(fields), earlier.reason)
        return
    for rung in (later, earlier):
        if rung.setup is not None:
            rung.setup(desk)
    fields = (later.base, later.fields, earlier.base, earlier.fields)
    desk.refused(faulty_order(*fields), earlier.reason)


def test_rows_stand_in_the_order_of_the_numbers():
    for rows in (COMMON_ROWS, PROPOSAL_ROWS, FILL_ROWS, AUTHORITY_ROWS):
        numbers = [row.reason for row in rows]
        assert numbers == sorted(numbers)


def test_every_reason_has_a_row():
    given = {row.reason for row in ROWS} | {rung.reason for rung in LADDER}
    assert [reason.name for reason in Reason if reason not in given] == []
