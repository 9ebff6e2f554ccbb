"""The engine against venues with own orders in them: no two that could trade ever stand there.

Law: whatever is sent, in any mode, no two own orders stand at the venue that could trade with each
other, and no own order is filled against an own one; reductions always get out.  A
venue that refuses cancels, or serves them late, may only let a reduction meet what it could not
cancel: whatever opens has waited for the venue's word.
"""

import random

import pytest

from fencang.basics.price import NANOS
from fencang.engine.decide.ask import is_reducing
from fencang.gateways.market_data import Bar
from fencang.gateways.paper import PaperConfig, PaperVenue
from fencang.limits.self_match import Quote, could_trade
from fencang.messages import commands as cmd
from fencang.messages.events import (
    CancelRequested,
    OrderAccepted,
    OrderInDoubt,
    OrderRejected,
    OrderRouted,
    ReplaceRequested,
)
from fencang.messages.message import OrderType, Side, TimeInForce
from fencang.messages.reasons import Reason
from fencang.messages.self_match_events import OrderHeld
from fencang.refdata.self_match import SelfMatchMode
from tests.engine.desk import order, trading_desk
from tests.engine.firm import SECOND, changed, define, price, rule
from tests.engine.self_match_acts import APART, pairs_that_could_trade

TICK = NANOS // 100
SUBS = ("ALPHA", "BETA", "GAMMA")
APARTNESS = (Reason.SELF_MATCH, Reason.WASH_TRADE)


class MeetingVenue:
    """Price-time matching among own orders alone: whatever crosses on arrival trades at once.

    Messages are served in their order, after as many calls as chance says.
    """

    def __init__(self, chance):
        self.chance = chance
        self.arrivals, self.books, self.reports, self.self_trades = [], {}, [], []

    def handle(self, record):
        effects = (OrderRouted, CancelRequested, ReplaceRequested, OrderInDoubt)
        self.arrivals += [event for event in record.events if isinstance(event, effects)]
        while self.arrivals and self.chance.random() < 0.7:
            self._serve(self.arrivals.pop(0))

    def _serve(self, effect):
        order_id, standing = effect.order_id, self.books.get(effect.order_id)
        match effect:
            case OrderRouted():
                self._meet(order_id, effect.terms, effect.terms.limit_price_nanos)
                self.books[order_id] = [effect.terms, effect.terms.limit_price_nanos]
                self.reports.append(cmd.ReportOrderWorking(order_id=order_id, venue_order_id="V"))
            case CancelRequested() if standing is None:
                self.reports.append(cmd.ReportCancelRejected(order_id=order_id, text="unknown"))
            case CancelRequested():
                self._end(order_id)
            case ReplaceRequested() if standing is None:
                self.reports.append(cmd.ReportReplaceRejected(order_id=order_id, text="unknown"))
            case ReplaceRequested():
                self._meet(order_id, effect.terms, effect.limit_price_nanos)
                standing[1] = effect.limit_price_nanos
                self.reports.append(
                    cmd.ReportOrderReplaced(
                        order_id=order_id,
                        quantity_lots=effect.quantity_lots,
                        limit_price_nanos=effect.limit_price_nanos,
                    )
                )
            case OrderInDoubt():
                self.reports.append(
                    cmd.ReportOrderStatus(
                        order_id=order_id,
                        known=standing is not None,
                        working_lots=int(standing is not None),
                    )
                )

    def _meet(self, order_id, terms, limit):
        for other_id, standing in self.standing():
            quote = Quote.of(terms.side, terms.order_type, limit, terms.stop_price_nanos)
            if other_id != order_id and could_trade(quote, standing, stops_meet_all=True):
                self.self_trades.append((order_id, other_id))

    def standing(self):
        for order_id, (terms, limit) in self.books.items():
            stop = terms.stop_price_nanos
            yield order_id, Quote.of(terms.side, terms.order_type, limit, stop)

    def _end(self, order_id):
        del self.books[order_id]
        self.reports.append(cmd.ReportOrderCancelled(order_id=order_id))

    def pass_market(self, desk, level):
        """Somebody else trades with an own order, or the venue ends one unasked."""
        if not self.books:
            return
        order_id = self.chance.choice(sorted(self.books))
        terms = self.books[order_id][0]
        known = desk.state.orders[order_id]
        if self.chance.random() < 0.2 or not known.is_live or known.pending:
            self._end(order_id)
            return
        del self.books[order_id]
        self.reports.append(
            cmd.ReportFill(
                carrying_account_id=terms.carrying_account_id,
                execution_id=f"m{order_id}",
                order_id=order_id,
                contract_id=terms.contract_id,
                side=terms.side,
                quantity_lots=known.quantity_lots - known.filled_lots,
                price_nanos=level * TICK,
                offset=terms.offset,
            )
        )

    def take_reports(self):
        count = self.chance.randint(0, len(self.reports))
        taken, self.reports = self.reports[:count], self.reports[count:]
        return taken


class StubbornVenue(MeetingVenue):
    """It refuses some cancels, and serves cancels and orders out of their order."""

    def handle(self, record):
        super().handle(record)
        self.chance.shuffle(self.arrivals)

    def _serve(self, effect):
        is_refused = isinstance(effect, CancelRequested) and self.chance.random() < 0.4
        if is_refused and effect.order_id in self.books:
            self.reports.append(cmd.ReportCancelRejected(order_id=effect.order_id, text="auction"))
        else:
            super()._serve(effect)


class RealPaper:
    """The paper venue, with what stands in its books."""

    def __init__(self, chance):
        self.chance, self.self_trades = chance, []
        self.venue = PaperVenue(
            PaperConfig(
                tick_nanos={"CLM0": TICK},
                participation_max_ppm=500_000,
                queue_ahead_ppm=0,
                latency_ns=SECOND // 2,
            )
        )

    def handle(self, record):
        self.venue.handle(record)

    def standing(self):
        for book in self.venue._state.books.values():
            for order_id, known in book.orders.items():
                terms, limit = known.terms, known.limit_price_nanos
                stop = terms.stop_price_nanos
                yield order_id, Quote.of(terms.side, terms.order_type, limit, stop)

    def pass_market(self, desk, level):
        low, high = sorted((level, level + self.chance.randint(-4, 4)))
        self.venue.on_bar(
            Bar(
                contract_id="CLM0",
                time_ns=desk.now_ns,
                open_nanos=level * TICK,
                high_nanos=high * TICK,
                low_nanos=low * TICK,
                close_nanos=low * TICK,
                volume_lots=self.chance.randint(0, 12),
            )
        )

    def take_reports(self):
        self.venue.advance(self.venue._state.now_ns)
        return self.venue.take_reports()


class Dealing:
    """Sub-accounts of one owner deal in one contract, all of them at once."""

    def __init__(self, seed, venue, mode):
        self.chance = random.Random(seed)
        self.venue = venue(self.chance)
        self.desk = trading_desk(rule(hold_ns=5 * SECOND, attempts_max=3))
        self.desk.done(define(changed(APART, mode=mode)))
        self.desk.mark(CLM0="20")
        self.level, self.sent, self.kept_waiting, self.met = 2_000, 0, 0, 0
        self.handled = len(self.desk.records)
        self.judged, self.reductions = 0, set()

    def do(self, command):
        events = self.desk.do(command)
        for record in self.desk.records[self.handled :]:
            self.venue.handle(record)
        self.handled = len(self.desk.records)
        self.kept_waiting += any(isinstance(event, OrderHeld) for event in events)
        self.look()
        return events

    def look(self):
        """The law: at the venue, and in the engine's own view."""
        trades, self.judged = self.venue.self_trades[self.judged :], len(self.venue.self_trades)
        assert [pair for pair in trades if not self.has_reduction(pair)] == []
        # A reduction that grew beyond what it closes was one until then.
        orders = self.desk.state.orders
        self.reductions = {order_id for order_id, each in orders.items() if each.is_reducing}
        if isinstance(self.venue, StubbornVenue):
            return
        assert self.venue.self_trades == []
        standing = list(self.venue.standing())
        for place, (one_id, one) in enumerate(standing):
            for other_id, other in standing[place + 1 :]:
                assert not could_trade(one, other, stops_meet_all=True), (one_id, other_id)
        assert pairs_that_could_trade(self.desk.state) == []

    def has_reduction(self, pair):
        orders = self.desk.state.orders
        return any(orders[each].is_reducing or each in self.reductions for each in pair)

    def step(self):
        roll = self.chance.random()
        if roll < 0.45:
            self.submit()
        elif roll < 0.55:
            self.amend()
        elif roll < 0.60:
            self.do(
                cmd.ReportIndicator(
                    indicator="VIX",
                    value_nanos=price(str(self.chance.choice((20, 20, 20, 22)))),
                    is_close=self.chance.random() < 0.6,
                )
            )
        elif roll < 0.65:
            self.level += self.chance.randint(-2, 2)
            mark = cmd.PriceMark("CLM0", self.level * TICK)
            self.do(cmd.MarkPrices(source="feed", marks=(mark,)))
        elif roll < 0.8:
            self.venue.pass_market(self.desk, self.level)
        for report in self.venue.take_reports():
            self.do(report)

    def submit(self):
        sub, side = self.chance.choice(SUBS), self.chance.choice(list(Side))
        lots, self.sent = self.chance.choice((1, 2, 5)), self.sent + 1
        kind = self.chance.choice((*[OrderType.LIMIT] * 6, *OrderType))
        at, stop = (self.level + self.chance.randint(-4, 4) for _ in range(2))
        wants_stop = kind in (OrderType.STOP, OrderType.STOP_LIMIT)
        line = self.desk.state.subs[sub].lines.get(("C1", "CLM0"))
        has_limit = kind in (OrderType.LIMIT, OrderType.STOP_LIMIT)
        immediate = (TimeInForce.IOC,) if not wants_stop else ()
        reduces = line is not None and is_reducing(line, side, 0, lots)
        events = self.do(
            order(
                sub,
                side,
                lots,
                client_order_id=f"d{self.sent}",
                order_type=kind,
                limit_price_nanos=at * TICK if has_limit else None,
                stop_price_nanos=stop * TICK if wants_stop else None,
                time_in_force=self.chance.choice((TimeInForce.DAY, TimeInForce.GTC, *immediate)),
            )
        )
        for event in events:
            if isinstance(event, OrderRejected) and event.reason in APARTNESS:
                self.met += 1
                assert not reduces, event
            if isinstance(event, OrderAccepted) and event.is_reducing:
                assert any(
                    isinstance(other, OrderRouted) and other.order_id == event.order_id
                    for other in events
                )

    def amend(self):
        sub = self.desk.state.subs[self.chance.choice(SUBS)]
        if not sub.working:
            return
        order_id = self.chance.choice(sorted(sub.working))
        known = sub.working[order_id]
        if self.chance.random() < 0.4:
            self.do(cmd.CancelOrder(sub_account_id=sub.sub_account_id, order_id=order_id))
            return
        at = None
        if known.limit_price_nanos is not None:
            at = (self.level + self.chance.randint(-4, 4)) * TICK
        self.do(
            cmd.ReplaceOrder(
                sub_account_id=sub.sub_account_id,
                order_id=order_id,
                quantity_lots=self.chance.randint(1, 6),
                limit_price_nanos=at,
            )
        )


@pytest.mark.parametrize("venue", [MeetingVenue, StubbornVenue, RealPaper])
@pytest.mark.parametrize("mode", list(SelfMatchMode))
@pytest.mark.parametrize("seed", range(2))
def test_no_two_own_orders_ever_stand_where_they_could_trade(seed, mode, venue):
    dealing = Dealing(seed, venue, mode)
    for _ in range(150):
        dealing.step()
    assert dealing.met > 5
    if mode in (SelfMatchMode.CANCEL_OLDEST, SelfMatchMode.DECREMENT):
        assert dealing.kept_waiting > 0
