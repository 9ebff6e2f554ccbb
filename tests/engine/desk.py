"""A desk to try: every command is executed, checked, stored, replayed and restored.

After each command the laws hold; the record survives its codec; a follower that only applies
records, and a twin that is written to bytes and read back before every third command and then
decides for itself, stand at the same hash.  Law: snapshot plus tail equals full replay.
"""

from fencang.engine.invariants import check
from fencang.engine.machine import MachineMaker
from fencang.ledger.book import reserve_id, suspense_id
from fencang.messages import commands as cmd
from fencang.messages.commands import PriceMark, RateMark
from fencang.messages.events import CommandRejected, OperatorCalled, OrderRejected
from fencang.messages.message import Offset, OrderType, Side
from fencang.messages.proposal_events import ExcessRefused
from fencang.messages.record import DECISION_VERSION, Record, decode_record, encode_record
from tests.engine.firm import FIRM, MONDAY, SECOND, define, money, price
from tests.engine.span_firm import FILES

BUY, SELL = Side.BUY, Side.SELL
OPEN, CLOSE = Offset.OPEN, Offset.CLOSE
CLOSE_TODAY, CLOSE_YESTERDAY = Offset.CLOSE_TODAY, Offset.CLOSE_YESTERDAY
MAKER = MachineMaker(FILES)
START_NS = 1_587_340_800 * SECOND


class Desk:
    """One desk with its follower and its twin."""

    def __init__(self):
        self.machine, self.follower, self.twin = MAKER(), MAKER(), MAKER()
        self.records = []
        self.executions = 0
        self.now_ns = START_NS

    @property
    def state(self):
        return self.machine.state

    def do(self, command, after_ns=SECOND):
        """Execute one command ``after_ns`` later; return its events."""
        self.now_ns += after_ns
        sequence = self.machine.sequence + 1
        events = self.machine.execute(command, sequence, self.now_ns)
        record = Record(sequence, self.now_ns, DECISION_VERSION, command, events)
        stored = decode_record(encode_record(record))
        assert stored == record
        self.records.append(stored)
        assert check(self.state) == [], command
        self.follower.apply(stored)
        if sequence % 3 == 0:
            self.twin = MAKER.load(self.twin.dump())
        assert self.twin.execute(stored.command, sequence, self.now_ns) == events, command
        hashes = [machine.state_hash() for machine in (self.machine, self.follower, self.twin)]
        assert hashes == hashes[:1] * 3, command
        return events

    def done(self, command, after_ns=SECOND):
        """Execute a command that must not be refused; return its events."""
        events = self.do(command, after_ns)
        refused = [event for event in events if isinstance(event, CommandRejected | OrderRejected)]
        assert refused == [], refused
        return events

    def refused(self, command, reason, after_ns=SECOND):
        """Execute a command that must be refused for this reason; return the refusal."""
        before = self.machine.dump()
        events = self.do(command, after_ns)
        assert isinstance(events[0], CommandRejected | OrderRejected), events
        assert events[0].reason is reason, events[0]
        assert [type(event) for event in events[1:]] in ([], [OperatorCalled], [ExcessRefused])
        assert without_refusal(self.machine, events) == without_refusal(MAKER.load(before), events)
        return events[0]

    # ------------------------------------------------------------------ orders

    def submit(self, sub, side, lots, contract="CLM0", at=None, **more):
        """Send an order at a limit price (market without one); return its events."""
        self.executions += 1
        return self.do(order(sub, side, lots, contract, at, f"o{self.executions}", **more))

    def accepted(self, sub, side, lots, contract="CLM0", at=None, **more):
        """Send an order that passes; return its identifier."""
        accepted = self.submit(sub, side, lots, contract, at, **more)[0]
        assert not isinstance(accepted, OrderRejected), accepted
        return accepted.order_id

    def working(self, sub, side, lots, contract="CLM0", at=None, **more):
        """Send an order that passes and that the venue works; return its identifier."""
        order_id = self.accepted(sub, side, lots, contract, at, **more)
        self.done(cmd.ReportOrderWorking(order_id=order_id, venue_order_id=f"V{order_id}"))
        return order_id

    def fill(self, order_id, lots, at, **changes):
        """Report a fill of an order, as its terms say unless changed; return its events."""
        self.executions += 1
        known = self.state.orders.get(order_id)
        terms = {}
        if known is not None:
            for name in ("carrying_account_id", "contract_id", "side", "offset"):
                terms[name] = getattr(known.terms, name)
        fields = {
            "execution_id": f"x{self.executions}",
            "order_id": order_id,
            "quantity_lots": lots,
            "price_nanos": price(at),
        }
        return self.do(cmd.ReportFill(**{**fields, **terms, **changes}))

    def trade(self, sub, side, lots, at, contract="CLM0", offset=Offset.NET):
        """Buy or sell at a price, filled at once; return the order's identifier."""
        order_id = self.accepted(sub, side, lots, contract, at, offset=offset)
        self.fill(order_id, lots, at)
        return order_id

    def cancel(self, order_id, sub="ALPHA"):
        return self.do(cmd.CancelOrder(sub_account_id=sub, order_id=order_id))

    def replace(self, order_id, lots, at=None, sub="ALPHA"):
        nanos = None if at is None else price(at)
        return self.do(
            cmd.ReplaceOrder(
                sub_account_id=sub, order_id=order_id, quantity_lots=lots, limit_price_nanos=nanos
            )
        )

    def cancelled(self, order_id):
        return self.do(cmd.ReportOrderCancelled(order_id=order_id))

    # ------------------------------------------------------------------ market and money

    def mark(self, **prices):
        """Mark contracts: ``desk.mark(CLM0="18.31")``."""
        return self.done(cmd.MarkPrices(source="feed", marks=marks(prices)))

    def rate(self, **rates):
        """Value currencies: ``desk.rate(EUR="1.1")``."""
        values = tuple(RateMark(currency, price(text)) for currency, text in rates.items())
        return self.done(cmd.MarkRates(source="bank", rates=values))

    def open(self, venue="NYMEX", day=MONDAY):
        return self.done(cmd.OpenSession(venue_id=venue, trading_day=day))

    def settle(self, day=MONDAY, venue="NYMEX", **prices):
        """Settle a venue's day: ``desk.settle(CLM0="-37.63")``."""
        return self.done(settlement(day, venue, **prices))

    def next_day(self, day, venue="NYMEX"):
        """Close a venue and open it for another day."""
        self.done(cmd.CloseSession(venue_id=venue))
        self.open(venue, day)

    def vix(self, level, *, close=False, after_ns=SECOND):
        """Report a level of VIX; return the events."""
        command = cmd.ReportIndicator(indicator="VIX", value_nanos=price(level), is_close=close)
        return self.done(command, after_ns)

    def deposit(self, amount, currency="USD", account="C1", owner="FUND"):
        return self.done(deposit(amount, currency, account, owner))

    def fund(self, sub, amount, owner="FUND", account="C1"):
        """Deposit cash and hand it to a sub-account."""
        self.deposit(amount, account=account, owner=owner)
        return self.done(transfer(None, sub, amount))

    # ------------------------------------------------------------------ what stands in the books

    def lots(self, sub, contract="CLM0", account="C1"):
        """Return a sub-account's (long, short) lots."""
        position = self.state.subs[sub].book.positions.get((account, contract))
        if position is None:
            return 0, 0
        return position.long.quantity_lots, position.short.quantity_lots

    def net(self, sub, contract="CLM0", account="C1"):
        long_lots, short_lots = self.lots(sub, contract, account)
        return long_lots - short_lots

    def cash(self, book_id, currency="USD"):
        """Return a book's cash in micros."""
        if book_id in self.state.carrying:
            parts = self.state.carrying[book_id].book.cash
            return sum(amount for (_, held), amount in parts.items() if held == currency)
        for account in self.state.carrying.values():
            if book_id == suspense_id(account.account.carrying_account_id):
                return account.suspense.book.cash.get(currency, 0)
        return self.state.book(book_id).cash.get(currency, 0)

    def reserve(self, currency="USD", owner="FUND"):
        return self.cash(reserve_id(owner), currency)

    def equity(self, sub):
        return self.state.subs[sub].standing.equity_micros(self.state.rates)

    def requirement(self, sub):
        return self.state.rates.total(self.state.subs[sub].standing.requirement)

    def suspended(self, contract="CLM0", account="C1"):
        """Return the suspense account's (long, short) lots."""
        found = self.state.carrying[account].suspense.positions.get(contract)
        return (found.long_lots, found.short_lots) if found is not None else (0, 0)

    def reserved(self, sub, contract="CLM0", account="C1"):
        """Return the working (buy, sell) lots that a sub-account's margin counts."""
        exposure = self.state.subs[sub].lines[account, contract].entry.exposure
        return exposure.buy_lots, exposure.sell_lots

    def order_state(self, order_id):
        return self.state.orders[order_id].state.name


def without_refusal(machine, events):
    """Return the state's bytes without time; a refused excess is remembered and left out."""
    told = all_of(events, ExcessRefused)
    if not told:
        return without_time(machine)
    copy = MAKER.load(machine.dump())
    watch = copy.state.regimes.watch
    watch.begin_day(copy.state.regimes.day)
    for event in told:
        watch.refusals.pop(event.refusal_id, None)
    return without_time(copy)


def without_time(machine):
    """Return the state's bytes as they were at sequence 0: what a refusal may not change."""
    sequence, time_ns = machine.sequence, machine.time_ns
    machine.state.sequence = machine.state.time_ns = 0
    payload = machine.dump()
    machine.state.sequence, machine.state.time_ns = sequence, time_ns
    return payload


def order(sub, side, lots, contract="CLM0", at=None, client_order_id="new", **more):
    """Return an order at a limit price, a market order without one."""
    given = {
        "order_type": OrderType.MARKET if at is None else OrderType.LIMIT,
        "limit_price_nanos": None if at is None else price(at),
    }
    return cmd.SubmitOrder(
        sub_account_id=sub,
        client_order_id=client_order_id,
        contract_id=contract,
        side=side,
        quantity_lots=lots,
        **{**given, **more},
    )


def marks(prices):
    return tuple(PriceMark(contract, price(text)) for contract, text in prices.items())


def settlement(day=MONDAY, venue="NYMEX", source="feed", approved_by="", **prices):
    return cmd.SettleTradingDay(
        venue_id=venue,
        trading_day=day,
        source=source,
        prices=marks(prices),
        approved_by=approved_by,
    )


def deposit(amount, currency="USD", account="C1", owner="FUND"):
    return cmd.DepositCash(
        carrying_account_id=account,
        owner_id=owner,
        currency=currency,
        amount_micros=money(amount),
        entered_by="ops",
    )


def withdraw(amount, currency="USD", account="C1", owner="FUND", approved_by="boss"):
    return cmd.WithdrawCash(
        carrying_account_id=account,
        owner_id=owner,
        currency=currency,
        amount_micros=money(amount),
        entered_by="ops",
        approved_by=approved_by,
    )


def transfer(source, target, amount):
    return cmd.TransferCapital(
        from_sub_account_id=source,
        to_sub_account_id=target,
        amount_micros=money(amount),
        reason="allocation",
        entered_by="cio",
    )


def convert(book, sold, bought, account="C1", approved_by="boss"):
    """Return a conversion: ``convert("ALPHA", "110 USD", "100 EUR")``."""
    (sold_amount, sold_currency), (bought_amount, bought_currency) = sold.split(), bought.split()
    return cmd.ConvertCurrency(
        book_id=book,
        carrying_account_id=account,
        sold_currency=sold_currency,
        sold_micros=money(sold_amount),
        bought_currency=bought_currency,
        bought_micros=money(bought_amount),
        rate_source="bank",
        entered_by="ops",
        approved_by=approved_by,
    )


def assign(execution_id, sub, lots, account="C1", approved_by="boss"):
    return cmd.AssignSuspense(
        carrying_account_id=account,
        execution_id=execution_id,
        sub_account_id=sub,
        quantity_lots=lots,
        reason="claimed",
        entered_by="ops",
        approved_by=approved_by,
    )


def stray(desk, side, lots, at, contract="CLM0", account="C1", **more):
    """Report a fill that names no order; return its execution identifier."""
    desk.executions += 1
    execution_id = f"s{desk.executions}"
    desk.done(
        cmd.ReportFill(
            carrying_account_id=account,
            execution_id=execution_id,
            order_id=None,
            contract_id=contract,
            side=side,
            quantity_lots=lots,
            price_nanos=price(at),
            **more,
        )
    )
    return execution_id


def kinds(events):
    """Return the events' names in order: ``["FillBooked", "FillAllocated"]``."""
    return [type(event).__name__ for event in events]


def only(events, kind):
    """Return the single event of a kind."""
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def all_of(events, kind):
    """Return the events of a kind in order."""
    return [event for event in events if isinstance(event, kind)]


def new_desk(*more, desk=None):
    """Return a desk (a fresh one unless given) with the firm defined and nothing else."""
    desk = desk or Desk()
    desk.done(define(*FIRM, *more))
    return desk


def trading_desk(*more, desk=None):
    """Return a desk that trades: rates, open venues, marks, USD 1m each, USD 7m in reserve."""
    desk = new_desk(*more, desk=desk)
    desk.rate(EUR="1.1", JPY="0.01", CNY="0.14")
    for venue in ("NYMEX", "EUREX", "OSE", "SHFE"):
        desk.open(venue)
    desk.mark(
        CLM0="20",
        CLN0="20",
        CLZ0="30",
        CLK0="10",
        ESM0="3000",
        FDAX="10000",
        NKM0="20000",
        CU06="40000",
    )
    desk.deposit("10000000")
    for sub in ("ALPHA", "BETA", "GAMMA"):
        desk.done(transfer(None, sub, "1000000"))
    return desk
