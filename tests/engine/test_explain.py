"""An explanation shows every number; its first that does not pass is what the order got."""

import random

import pytest

from fencang.engine.explain import explain
from fencang.messages import commands as cmd
from fencang.messages.events import CommandRejected, OrderRejected
from fencang.messages.life_commands import RollPosition
from fencang.messages.reasons import Reason
from fencang.refdata.flow_control import FlowControl
from tests.engine.control_firm import FREE_FLOW, WIDE, control
from tests.engine.desk import MAKER, Desk
from tests.engine.firm import define
from tests.engine.random_desk import Office
from tests.seeds import seeds

EXPLAINED = (cmd.SubmitOrder, cmd.ReplaceOrder, RollPosition)


class ExplainingDesk(Desk):
    """Explains every order before it is decided, and compares with what was decided."""

    explained = refused = 0

    def do(self, command, after_ns=10**9):
        found, entered = None, []
        if isinstance(command, EXPLAINED):
            reader = MAKER.load(self.machine.dump())
            entered = reader.prepare(reader.sequence + 1, self.now_ns + after_ns)
            before = reader.state_hash()
            found = explain(reader.state, command)
            assert reader.state_hash() == before, "an explanation changes nothing"
        events = super().do(command, after_ns)
        if found is not None:
            self.compare(found, events[len(entered) :])  # behind what time had brought
        return events

    def compare(self, found, events):
        ExplainingDesk.explained += 1
        refused = [each for each in found if each.refusal is not None]
        first = events[0]
        if not isinstance(first, CommandRejected | OrderRejected):
            assert refused == []
            for each in found:
                assert all(one.passes for one in each.evaluations), each
                assert each.reached == len(each.evaluations)
            return
        ExplainingDesk.refused += 1
        assert refused, first
        told = refused[0]
        assert told.refusal[0] is first.reason
        binding = told.evaluations[told.reached - 1]
        assert all(one.passes for one in told.evaluations[: told.reached - 1])
        assert not binding.passes
        assert binding.reason is first.reason
        if isinstance(first, OrderRejected):
            assert binding.node_id == first.node_id
            if first.reason is not Reason.PRODUCT_NOT_PERMITTED:
                assert (binding.limit, binding.value) == (first.limit, first.value)


@pytest.mark.parametrize("seed", seeds(2, of=4))
def test_what_binds_is_what_the_order_got(seed):
    ExplainingDesk.explained = ExplainingDesk.refused = 0
    chance = random.Random(seed)
    office = Office(seed, uses_span=seed % 2 == 1, desk=ExplainingDesk())
    office.desk.done(
        define(WIDE, FREE_FLOW, control("ALPHA", quantity_lots_max=chance.randint(2, 9)))
    )
    office.desk.done(define(FlowControl(node_id="BETA", messages_max=3, working_orders_max=4)))
    for _ in range(400):
        office.step()
    assert ExplainingDesk.explained > 50
    assert ExplainingDesk.refused > 10
