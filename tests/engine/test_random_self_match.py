"""The careless office with own orders kept apart: all laws hold, and what waits comes to an end."""

import random

import pytest

from fencang.messages.events import OrderRejected
from fencang.messages.message import OrderType, Side
from fencang.messages.reasons import Reason
from fencang.messages.self_match_events import OrderHeld, WashTradeSuspected
from fencang.refdata.self_match import SelfMatch, SelfMatchMode, SelfMatchScope
from tests.engine.control_firm import APART
from tests.engine.desk import order
from tests.engine.firm import SECOND, changed, define
from tests.engine.random_desk import SUBS, Office
from tests.engine.self_match_acts import release


class ApartOffice(Office):
    """It changes its mind about own orders by a chance of its own."""

    def __init__(self, seed, **more):
        super().__init__(seed, **more)
        self.own_chance = random.Random(~seed)
        self.desk.do(define(self._apart(SelfMatchMode.CANCEL_OLDEST)))

    def step(self, only=""):
        roll = self.own_chance.random()
        if roll < 0.03:
            self.desk.do(define(self._apart(self.own_chance.choice(list(SelfMatchMode)))))
        elif roll < 0.06:
            self.desk.do(release(self.own_chance.choice(("FUND", "CLIENT", *SUBS))))
        elif roll < 0.6 and not only:
            only = self.own_chance.choice(("crude", "crude", "report"))
        super().step(only)

    def _crude(self):
        """Return an order in crude near the market, which meets others there."""
        chance = self.own_chance
        limited = chance.random() < 0.8
        return order(
            chance.choice(("ALPHA", "BETA", "GAMMA", "NEST")),
            chance.choice(list(Side)),
            chance.choice((1, 2, 5)),
            client_order_id=f"c{chance.randrange(100_000)}",
            order_type=OrderType.LIMIT if limited else OrderType.MARKET,
            limit_price_nanos=self._price("CLM0") if limited else None,
        )

    def _apart(self, mode):
        chance = self.own_chance
        if "MASTER" in self.desk.state.risk.self_match.table.rows and chance.random() < 0.3:
            node = chance.choice((*SUBS, "person:FUND"))
            return SelfMatch(node_id=node, mode=mode, wash_count_max=chance.randint(0, 9))
        return changed(
            APART,
            mode=mode,
            scope=chance.choice(list(SelfMatchScope)),
            stops_meet_all=chance.random() < 0.5,
            wash_window_ns=chance.choice((SECOND, 600 * SECOND)),
            wash_count_max=chance.randint(0, 9),
        )


def told(office):
    """Return how many orders waited, were refused for own ones, and trades were suspected."""
    events = [event for record in office.desk.records for event in record.events]
    refused = [event.reason for event in events if isinstance(event, OrderRejected)]
    return (
        sum(isinstance(event, OrderHeld) for event in events),
        refused.count(Reason.SELF_MATCH) + refused.count(Reason.WASH_TRADE),
        sum(isinstance(event, WashTradeSuspected) for event in events),
    )


@pytest.mark.parametrize("uses_span", [False, True])
def test_all_laws_hold_and_all_of_it_happens(uses_span):
    totals = [0, 0, 0]
    for seed in range(4, 8):
        office = ApartOffice(seed, uses_span=uses_span)
        for _ in range(120):
            office.step()
        totals = [sum(pair) for pair in zip(totals, told(office), strict=True)]
    assert min(totals) > 0, totals
