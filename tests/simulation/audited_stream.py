"""A small desk told record by record, for tests of the auditor; every call returns its faults."""

from datetime import date

from fencang.basics.identifiers import order_id_of
from fencang.messages import commands as cm
from fencang.messages import events as ev
from fencang.messages.message import Offset, OrderTerms, OrderType, Side
from fencang.messages.record import Record
from fencang.refdata.account import (
    CarryingAccount,
    Mandate,
    MasterAccount,
    PositionMode,
    Route,
    SubAccount,
)
from fencang.refdata.contract import Contract, FeeSchedule, Product
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue
from fencang.simulation.auditor import Auditor

DAY = date(2018, 2, 5)
USD = 1_000_000
LOT_FEE = 2 * USD
PRICE = 60_000_000_000


def _sub(name, owner="FUND", account="NET"):
    return SubAccount(
        sub_account_id=name,
        owner_id=owner,
        name=name,
        mandate=Mandate(leverage_max_ppm=10_000_000, products=("CL",), tags=("RISKY",)),
        routes=(Route(venue_id="X", carrying_account_id=account),),
    )


ITEMS = (
    LegalPerson(person_id="FUND", name="fund", jurisdiction="US"),
    LegalPerson(person_id="CLIENT", name="client", jurisdiction="US"),
    Venue(venue_id="X", name="venue", country="US"),
    MasterAccount(master_account_id="M", person_id="FUND", name="master", base_currency="USD"),
    Product(
        product_id="CL",
        venue_id="X",
        name="crude",
        currency="USD",
        point_value_micros=1_000_000_000,
        tick_nanos=10_000_000,
        fees=FeeSchedule(per_lot_micros=LOT_FEE),
    ),
    Contract(contract_id="CLH8", product_id="CL"),
    CarryingAccount(
        carrying_account_id="NET", holder_id="FUND", broker="b", venues=("X",), omnibus=True
    ),
    CarryingAccount(
        carrying_account_id="GROSS",
        holder_id="FUND",
        broker="b",
        venues=("X",),
        position_mode=PositionMode.GROSS,
    ),
    _sub("A"),
    _sub("B"),
    _sub("C", owner="CLIENT"),
    _sub("G", account="GROSS"),
    PositionLimit(node_id="M", scope_id="*", long_lots_max=20, short_lots_max=20),
    PositionLimit(node_id="A", scope_id="CL", long_lots_max=10, short_lots_max=10),
    IndicatorRule(
        rule_id="R",
        indicator="VIX",
        tag="RISKY",
        rise_ppm=50_000,
        keep_ppm=500_000,
        hold_ns=1_000,
    ),
)


class Stream:
    """Records one after another through one auditor."""

    def __init__(self):
        self.auditor = Auditor()
        self.sequence = 0
        self.time_ns = 1_000
        self.executions = 0
        sound = self.say(
            cm.DefineDesk(items=ITEMS, entered_by="a", approved_by="b"), ev.DeskDefined(items=ITEMS)
        )
        sound += self.say(
            cm.OpenSession(venue_id="X", trading_day=DAY),
            ev.SessionOpened(venue_id="X", trading_day=DAY),
        )
        sound += self.deposit("FUND", 1_000 * USD)
        assert sound == []
        for sub in ("A", "B", "G"):
            self.capital(sub, 100_000_000 * USD)

    def say(self, command, *events, gap=1, pause_ns=1):
        self.sequence += gap
        self.time_ns += pause_ns
        faults = self.auditor.audit(Record(self.sequence, self.time_ns, 1, command, events))
        return [fault.law for fault in faults]

    def deposit(self, owner, amount):
        place = {"carrying_account_id": "NET", "owner_id": owner, "currency": "USD"}
        return self.say(
            cm.DepositCash(**place, amount_micros=amount, entered_by="a"),
            ev.CashDeposited(**place, amount_micros=amount),
        )

    def capital(self, sub, amount):
        """Bring cash in and grant it to a sub-account."""
        owner = "CLIENT" if sub == "C" else "FUND"
        assert self.deposit(owner, amount) == []
        moved = ev.CapitalTransferred(
            from_book_id=f"@reserve:{owner}", to_book_id=sub, amount_micros=amount, reason=""
        )
        asked = cm.TransferCapital(
            from_sub_account_id=None,
            to_sub_account_id=sub,
            amount_micros=amount,
            reason="",
            entered_by="a",
        )
        assert self.say(asked, moved) == []

    def submission(self, sub="A", side=Side.BUY, lots=3, name=None, offset=Offset.NET, price=PRICE):
        return cm.SubmitOrder(
            sub_account_id=sub,
            client_order_id=name or f"o{self.sequence}",
            contract_id="CLH8",
            side=side,
            quantity_lots=lots,
            limit_price_nanos=price,
            offset=offset,
        )

    def accepted(self, asked, order_id=None, *, reducing=False, account="NET", **changes):
        terms = OrderTerms(
            venue_id="X",
            carrying_account_id=account,
            contract_id="CLH8",
            side=asked.side,
            offset=asked.offset,
            quantity_lots=asked.quantity_lots,
            order_type=OrderType.LIMIT,
            limit_price_nanos=asked.limit_price_nanos,
        )
        order_id = order_id_of(self.sequence + 1, 0) if order_id is None else order_id
        fields = {
            "order_id": order_id,
            "sub_account_id": asked.sub_account_id,
            "client_order_id": asked.client_order_id,
            "terms": terms,
            "is_reducing": reducing,
        } | changes
        return ev.OrderAccepted(**fields), ev.OrderRouted(order_id=order_id, terms=terms)

    def order(self, sub="A", side=Side.BUY, lots=3, *, reducing=False, account="NET", **asked):
        """Accept and route an order; return its identifier."""
        asked = self.submission(sub, side, lots, **asked)
        accepted = self.accepted(asked, reducing=reducing, account=account)
        laws = self.say(asked, *accepted)
        assert laws == [], laws
        return accepted[0].order_id

    def report(self, order_id, lots, side=Side.BUY, price=PRICE, account="NET", offset=Offset.NET):
        self.executions += 1
        return cm.ReportFill(
            carrying_account_id=account,
            execution_id=f"e{self.executions}",
            order_id=order_id,
            contract_id="CLH8",
            side=side,
            quantity_lots=lots,
            price_nanos=price,
            offset=offset,
        )

    def booked(self, told, **changes):
        fields = {name: getattr(told, name) for name in ev.FillBooked.__struct_fields__} | changes
        return ev.FillBooked(**fields)

    def allocated(self, told, sub, lots=None, **changes):
        lots = told.quantity_lots if lots is None else lots
        fields = {
            "order_id": told.order_id,
            "execution_id": told.execution_id,
            "sub_account_id": sub,
            "carrying_account_id": told.carrying_account_id,
            "contract_id": told.contract_id,
            "side": told.side,
            "offset": told.offset,
            "quantity_lots": lots,
            "price_nanos": told.price_nanos,
            "fee_micros": LOT_FEE * lots,
        } | changes
        return ev.FillAllocated(**fields)

    def suspended(self, told, lots=None):
        lots = told.quantity_lots if lots is None else lots
        return ev.FillSuspended(
            execution_id=told.execution_id,
            carrying_account_id=told.carrying_account_id,
            contract_id=told.contract_id,
            side=told.side,
            offset=told.offset,
            quantity_lots=lots,
            price_nanos=told.price_nanos,
            fee_micros=LOT_FEE * lots,
            detail="nobody's",
        )

    def fill(self, order_id, sub, lots, side=Side.BUY, **told):
        told = self.report(order_id, lots, side, **told)
        laws = self.say(told, self.booked(told), self.allocated(told, sub))
        assert laws == [], laws

    def hold(self, sub, lots, side=Side.BUY):
        """Let a sub-account hold lots."""
        self.fill(self.order(sub, side, lots), sub, lots, side)

    def settle(self, price, books, carrying):
        day = {"venue_id": "X", "trading_day": DAY, "source": "exchange"}
        return self.say(
            cm.SettleTradingDay(**day, prices=(cm.PriceMark("CLH8", price),)),
            ev.ContractSettled(
                contract_id="CLH8",
                price_nanos=price,
                currency="USD",
                carrying=tuple(
                    ev.CarryingVariation(carrying_account_id=name, variation_micros=amount)
                    for name, amount in carrying
                ),
                books=tuple(
                    ev.BookVariation(
                        book_id=book, carrying_account_id=name, variation_micros=amount
                    )
                    for book, name, amount in books
                ),
            ),
            ev.TradingDaySettled(**day),
        )

    def arm_and_fire(self):
        """Arm the rule at 10 and fire it at 11."""
        laws = self.indicate(10, ev.RuleArmed(rule_id="R", reference_nanos=10))
        laws += self.indicate(11, self.fired())
        assert laws == [], laws

    def fired(self, reference=10, value=11, hold_ns=1_000):
        return ev.RuleFired(
            rule_id="R",
            reference_nanos=reference,
            value_nanos=value,
            hold_until_ns=self.time_ns + 1 + hold_ns,
        )

    def indicate(self, value, *events, pause_ns=1):
        told = cm.ReportIndicator(indicator="VIX", value_nanos=value)
        seen = ev.IndicatorReported(indicator="VIX", value_nanos=value, is_close=False)
        return self.say(told, seen, *events, pause_ns=pause_ns)

    def block(self, legs, side=Side.SELL, slice_lots=None):
        """Create a block with one slice; return the laws it breaks and the slice's identifier."""
        block_id, slice_id = order_id_of(self.sequence + 1, 0), order_id_of(self.sequence + 1, 1)
        created = ev.BlockOrderCreated(
            block_id=block_id,
            rule_id="R",
            carrying_account_id="NET",
            contract_id="CLH8",
            side=side,
            offset=Offset.NET,
            legs=tuple(ev.BlockLeg(sub_account_id=sub, quantity_lots=lots) for sub, lots in legs),
        )
        lots = sum(lots for _, lots in legs) if slice_lots is None else slice_lots
        asked = self.submission("", side, lots, name="x")
        accepted, routed = self.accepted(
            asked, slice_id, reducing=True, block_id=block_id, client_order_id=""
        )
        return self.say(cm.AdvanceTime(), created, accepted, routed), slice_id
