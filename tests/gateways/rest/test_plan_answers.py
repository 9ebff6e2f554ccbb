"""What a computed plan says of who must approve it, as the desk's authority has it."""

import msgspec
import pytest

from fencang.app.serve.copies.kept import InputAge, KeptInput
from fencang.app.serve.copies.plans import computed_of, parameters_of
from fencang.gateways.computed_plans import ComputePlan, InverseVolatility
from fencang.gateways.forms.forms import BodyFaults, read_body
from fencang.gateways.rest.plans import with_authority
from fencang.messages.commands import RestartDesk
from fencang.messages.events import DeskDefined
from fencang.messages.record import DECISION_VERSION, Record
from fencang.planning.computation import AccountInput, PlanInput
from fencang.planning.parameters import VolatilityParameters
from fencang.projections.tables.board import Board
from fencang.refdata.authority import Authority

UNIT = 10**6
POLICY = InverseVolatility(cap_ppm=1_000_000, step_ppm=1_000_000)


def computed():
    """A plan that gives 900 of a reserve of 1,000 to two accounts."""
    given = PlanInput(
        owner_id="FUND",
        total_micros=1_000 * UNIT,
        releasable_micros=1_000 * UNIT,
        at_sequence=7,
        parameters=parameters_of(POLICY),
        accounts=(AccountInput("A", 0, 0, ()), AccountInput("B", 0, 0, ())),
    )
    return computed_of(KeptInput(given, 5, None, (InputAge(None, None), InputAge(3, 4)))).computed


def board_with(**authority):
    board = Board()
    items = (Authority(**authority),) if authority else ()
    event = DeskDefined(items=items)
    board.apply(Record(1, 1, DECISION_VERSION, RestartDesk(), (event,)))
    return board


@pytest.mark.parametrize(
    ("authority", "above", "needs"),
    [
        ({}, None, False),
        ({"single_operator": True}, None, False),
        ({"plan_micros_max": 0}, "0.00", True),
        ({"plan_micros_max": 900 * UNIT - 1}, "899.999999", True),
        ({"plan_micros_max": 900 * UNIT}, "900.00", False),
    ],
)
def test_a_plan_above_the_size_of_one_person_says_so(authority, above, needs):
    found = with_authority(board_with(**authority), computed())
    assert found.moved == "900.00"
    assert (found.second_person_above, found.needs_second_person) == (above, needs)


def test_a_policy_of_the_api_is_the_planners_with_its_defaults():
    assert parameters_of(InverseVolatility()) == VolatilityParameters()


def test_figures_and_ages_stand_beside_their_account():
    first, second = computed().accounts
    assert (first.new, first.change, first.weight_ppm) == ("450.00", "450.00", 500_000)
    assert (first.requirement_time, first.oldest_price_time) == (None, None)
    assert second.requirement_time.endswith("00.000000003Z")
    assert second.oldest_price_time.endswith("00.000000004Z")


def test_an_answer_says_all_that_was_computed_in_text():
    found = msgspec.json.decode(msgspec.json.encode(computed()))
    assert found["proposal"]["lines"][0]["new"] == "450.00"
    assert found["policy"]["type"] == "InverseVolatility"
    assert found["computation_id"] == found["proposal"]["input_sha256"]


def test_a_body_with_another_policy_is_refused():
    body = b'{"owner_id": "FUND", "policy": {"type": "Martingale"}}'
    with pytest.raises(BodyFaults):
        read_body(ComputePlan, body)
