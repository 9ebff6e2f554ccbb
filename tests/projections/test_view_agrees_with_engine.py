"""The view beside a real engine: same cash, same lots, same equity, and plans that it accepts."""

from datetime import date

import pytest

from fencang.engine.machine import Machine
from fencang.messages import commands as c
from fencang.messages.events import CommandRejected, MarginPublished, OrderRejected, OrderRouted
from fencang.messages.message import OrderType, Side
from fencang.messages.record import DECISION_VERSION, Record
from fencang.planning.parameters import VolatilityParameters
from fencang.planning.plan import changes_nothing, propose_by_volatility, total_capital_micros
from fencang.projections.desk_view import DeskView
from fencang.projections.plans import PlanState
from fencang.refdata.account import CarryingAccount, Mandate, MasterAccount, Route, SubAccount
from fencang.refdata.contract import Contract, FeeSchedule, Product
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue
from tests.projections.desk_sample import NANOS, USD

MONDAY = date(2018, 2, 5)
PARAMETERS = VolatilityParameters(
    history_days_min=1, prior_observations=0, cap_ppm=700_000, step_ppm=400_000
)


def product(name, venue, currency, point_value):
    return Product(
        product_id=name,
        venue_id=venue,
        name=name,
        currency=currency,
        point_value_micros=point_value * USD,
        tick_nanos=NANOS // 100,
        fees=FeeSchedule(per_lot_micros=2 * USD),
    )


def sub_account(name, *tags):
    return SubAccount(
        sub_account_id=name,
        owner_id="FUND",
        name=name,
        mandate=Mandate(leverage_max_ppm=20_000_000, products=("CL", "DAX"), tags=tags),
        routes=tuple(
            Route(venue_id=venue, carrying_account_id="C1") for venue in ("NYMEX", "EUREX")
        ),
    )


ITEMS = (
    LegalPerson(person_id="FUND", name="Fund", jurisdiction="US"),
    Venue(venue_id="NYMEX", name="NYMEX", country="US"),
    Venue(venue_id="EUREX", name="Eurex", country="DE"),
    product("CL", "NYMEX", "USD", 1_000),
    product("DAX", "EUREX", "EUR", 25),
    Contract(contract_id="CLH8", product_id="CL"),
    Contract(contract_id="FDAX", product_id="DAX"),
    MasterAccount(master_account_id="M", person_id="FUND", name="M", base_currency="USD"),
    CarryingAccount(
        carrying_account_id="C1", holder_id="FUND", broker="B", venues=("NYMEX", "EUREX")
    ),
    sub_account("A", "vix"),
    sub_account("B"),
    PositionLimit(node_id="M", scope_id="*", long_lots_max=1_000, short_lots_max=1_000),
    IndicatorRule(
        rule_id="R", indicator="VIX", tag="vix", rise_ppm=50_000, keep_ppm=500_000, hold_ns=1
    ),
)


class Desk:
    """An engine with a view behind it; a venue that fills every routed order at once."""

    def __init__(self):
        self.machine, self.view, self.records = Machine(), DeskView(), []

    def run(self, command):
        sequence = self.machine.sequence + 1
        events = self.machine.execute(command, sequence, sequence * NANOS)
        record = Record(sequence, sequence * NANOS, DECISION_VERSION, command, events)
        self.records.append(record)
        self.view.apply(record)
        refused = [event for event in events if isinstance(event, CommandRejected | OrderRejected)]
        assert not refused, refused
        return events

    def fill(self, events, price):
        for event in events:
            if isinstance(event, OrderRouted):
                self.run(c.ReportOrderWorking(order_id=event.order_id, venue_order_id="v"))
                self.run(
                    c.ReportFill(
                        carrying_account_id="C1",
                        execution_id=f"x{event.order_id}",
                        order_id=event.order_id,
                        contract_id=event.terms.contract_id,
                        side=event.terms.side,
                        quantity_lots=event.terms.quantity_lots,
                        price_nanos=price,
                    )
                )

    def trade(self, account, contract, side, lots, price):
        order = c.SubmitOrder(
            sub_account_id=account,
            client_order_id=f"{account}{len(self.records)}",
            contract_id=contract,
            side=side,
            quantity_lots=lots,
            order_type=OrderType.MARKET,
        )
        self.fill(self.run(order), price)

    def settle(self, day, crude, dax):
        events = []
        for venue, contract, price in (("NYMEX", "CLH8", crude), ("EUREX", "FDAX", dax)):
            mark = c.PriceMark(contract, price)
            command = c.SettleTradingDay(
                venue_id=venue, trading_day=day, source="exchange", prices=(mark,)
            )
            events += self.run(command)
            self.run(c.CloseSession(venue_id=venue))
        return [event for event in events if isinstance(event, MarginPublished)]

    def plan(self):
        total = total_capital_micros(self.view, "FUND")
        sequence = self.view.sequence
        plan = propose_by_volatility(self.view, "FUND", total, PARAMETERS, sequence)
        [proposed] = self.run(plan)
        self.run(c.ApprovePlan(plan_id=proposed.plan_id, approved_by="ann"))
        self.run(c.ApplyPlan(plan_id=proposed.plan_id, entered_by="ops"))
        return plan, proposed.plan_id


@pytest.fixture
def desk():
    desk = Desk()
    desk.run(c.DefineDesk(items=ITEMS, entered_by="ann", approved_by="bob"))
    desk.run(
        c.DepositCash(
            carrying_account_id="C1",
            owner_id="FUND",
            currency="USD",
            amount_micros=100_000_000 * USD,
            entered_by="ann",
        )
    )
    desk.run(c.MarkRates(source="bank", rates=(c.RateMark("EUR", 1_234_567_891),)))
    return desk


def mark(crude, dax):
    marks = (c.PriceMark("CLH8", crude), c.PriceMark("FDAX", dax))
    return c.MarkPrices(source="feed", marks=marks)


def trade_two_days(desk):
    for index in range(2):
        day = date.fromordinal(MONDAY.toordinal() + index)
        crude, dax = 6_415 * NANOS // 100, 1_268_750 * NANOS // 100
        for venue in ("NYMEX", "EUREX"):
            desk.run(c.OpenSession(venue_id=venue, trading_day=day))
        desk.run(mark(crude, dax))
        desk.trade("A", "CLH8", Side.BUY, 40, crude)
        desk.trade("B", "CLH8", Side.SELL, 15, crude)
        desk.trade("B", "FDAX", Side.BUY, 7, dax)
        crude, dax = crude - 133 * NANOS // 100, dax - 37 * NANOS
        desk.run(mark(crude, dax))
        yield day, crude, dax


def test_equity_cash_and_lots_agree_with_the_engine_to_the_micro(desk):
    """Law: the read model tells what the engine decides from, at every settlement."""
    desk.plan()
    for day, crude, dax in trade_two_days(desk):
        published = desk.settle(day, crude, dax)[-1]
        for line in published.lines:
            assert desk.view.books.standing(line.book_id) == line
            if not line.book_id.startswith("@pool:"):
                assert desk.view.capital_micros(line.book_id) == line.equity_micros
    view = desk.view
    assert view.books.cash_gaps() == {}
    assert view.books.lot_gaps() == {}
    assert view.performance.days() == [20180205, 20180206]
    assert view.performance.unbalanced_days() == []
    curve = dict(view.performance.equity_curve("@pool:FUND"))
    moved = view.performance.profit_micros("@pool:FUND", 20180206)
    # Cash in euros is revalued nowhere here, so equity moves by profit alone (roundings apart).
    assert abs(curve[20180206] - curve[20180205] - moved) <= 8


def test_the_engine_accepts_plans_made_from_the_view(desk):
    first, plan_id = desk.plan()
    assert [line.new_micros for line in first.lines] == [45_000_000 * USD] * 2
    assert desk.view.plans.plan(plan_id).state is PlanState.APPLIED
    for day, crude, dax in trade_two_days(desk):
        desk.settle(day, crude, dax)
    second, _ = desk.plan()
    assert not changes_nothing(second)
    for line in second.lines:
        assert desk.view.capital_micros(line.sub_account_id) == line.new_micros


def test_a_firing_is_told_with_its_cut(desk):
    desk.plan()
    _, crude, _ = next(trade_two_days(desk))
    desk.run(c.ReportIndicator(indicator="VIX", value_nanos=15 * NANOS, is_close=True))
    events = desk.run(c.ReportIndicator(indicator="VIX", value_nanos=17 * NANOS))
    desk.fill(events, crude)
    [firing] = desk.view.rules.firings("R")
    assert firing.before == {"A": {"CLH8": 40}}
    assert firing.cut_of("A").instructed_lots == 20
    assert firing.cut_of("A").filled_lots == 20
    assert desk.view.rules.positions_after(firing) == {"A": {"CLH8": 20}}
    assert [block.unfilled_lots for block in firing.blocks.values()] == [0]
    rebuilt = DeskView()
    for record in desk.records:
        rebuilt.apply(record)
    assert rebuilt == desk.view
