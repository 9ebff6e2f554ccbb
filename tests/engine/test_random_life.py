"""All laws hold while contracts are guarded, and become other ones, in a careless office's day."""

import pytest

from fencang.engine.delivery import DELIVERY_GUARD
from fencang.messages import commands as cmd
from fencang.messages.events import BlockOrderCreated
from fencang.messages.life_events import ContractConverted
from fencang.refdata.contract import DeliveryPolicy
from tests.engine.firm import define
from tests.engine.random_desk import Office


class LifeOffice(Office):
    """A careless office that converts, rolls and guards more often than any other."""

    policies = (*DeliveryPolicy, DeliveryPolicy.CLOSE, DeliveryPolicy.CLOSE)

    def step(self, only=""):
        super().step(only)
        super().step(self.chance.choice(("conversion", "life", "session", "report", "guard")))

    def _guard(self):
        """Guard a product, or shut and open the market for what is guarded."""
        if self.chance.random() < 0.4:
            return define(*self._delivered())
        venue = self.chance.choice(("NYMEX", "SHFE"))
        if self.desk.state.venues[venue].is_open:
            return cmd.CloseSession(venue_id=venue)
        return cmd.OpenSession(venue_id=venue, trading_day=self.day)


@pytest.mark.parametrize("seed", range(4))
def test_the_laws_hold_while_contracts_are_converted(seed):
    office = LifeOffice(seed, uses_span=seed == 3)
    for _ in range(90):
        office.step()


@pytest.mark.long
def test_conversions_of_lots_and_guards_that_close_happen():
    """The commands are not all refused: the laws would prove nothing."""
    converted = guards = 0
    for seed in range(8):
        office = LifeOffice(seed)
        for _ in range(80):
            office.step()
        for record in office.desk.records:
            for event in record.events:
                if isinstance(event, ContractConverted):
                    converted += bool(event.books)
                elif isinstance(event, BlockOrderCreated):
                    guards += event.rule_id == DELIVERY_GUARD
    assert converted
    assert guards
