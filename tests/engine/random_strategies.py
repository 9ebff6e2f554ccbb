"""Strategies on a random tree that reserve ahead, and an oracle that counts without any cache."""

import random

from fencang.engine.machine import Machine
from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted
from fencang.messages.message import OrderType, Side
from tests.engine.desk import deposit, marks, transfer
from tests.engine.envelope_acts import close_envelope, open_envelope
from tests.engine.firm import FIRM, MONDAY, SECOND, define, limit, money, price, sub_account

CONTRACTS = ("CLM0", "CLN0")
SCOPES = (*CONTRACTS, "CL")


class Strategies:
    """A desk of nested sub-accounts with tight limits; every step is one command."""

    def __init__(self, seed):
        self.chance = chance = random.Random(seed)
        self.machine = Machine()
        self.orders = []
        names = [f"S{number}" for number in range(6)]
        self.parents = {name: chance.choice([None, *names[:at]]) for at, name in enumerate(names)}
        self.do(define(*FIRM, *(sub_account(name, parent=up) for name, up in self.parents.items())))
        self.do(cmd.OpenSession(venue_id="NYMEX", trading_day=MONDAY))
        self.do(cmd.MarkPrices(source="feed", marks=marks({"CLM0": "20", "CLN0": "20"})))
        self.do(deposit("2000000"))
        for name in names:
            self.do(transfer(None, name, str(chance.choice((20_000, 60_000, 200_000)))))
        self.rows = {("MASTER", "*"): 1_000}
        self.do(self._row())
        self.seen = []

    @property
    def state(self):
        return self.machine.state

    def do(self, command):
        sequence = self.machine.sequence + 1
        events = self.machine.execute(command, sequence, self.machine.time_ns + SECOND)
        self.orders += [event.order_id for event in events if isinstance(event, OrderAccepted)]
        return events

    def step(self):
        """Do one thing, by chance."""
        acts = (self._open, self._inside, self._order, self._fill, self._cancel, self._mark)
        acts, weights = (*acts, self._row, self._move, self._close), (20, 25, 12, 15, 8, 6, 8, 4, 2)
        events = self.do(self.chance.choices(acts, weights)[0]())
        self.seen += events
        return events

    def _name(self):
        return self.chance.choice(sorted(self.parents))

    def _open(self):
        lots = self.chance.choice((1, 3, 8, 20))
        scope, chosen = self.chance.choice(SCOPES), ()
        if scope == "CL":
            chosen = self.chance.choice((CONTRACTS, CONTRACTS[:1]))
        stated = money(self.chance.choice(("6000", "50000", "1000000")))
        more = {"clip_lots": lots, "margin_micros": stated, "contract_ids": chosen}
        more["lifetime_ns"] = self.chance.choice((10, 60)) * SECOND
        return open_envelope(self._name(), self.chance.choice(list(Side)), lots, scope, **more)

    def _close(self):
        known = sorted(self.state.risk.envelopes.open)
        return close_envelope(self.chance.choice(known)) if known else self._mark()

    def _inside(self):
        known = self.state.risk.envelopes.open
        if not known:
            return self._open()
        envelope = known[self.chance.choice(sorted(known))]
        lots = self.chance.choice((1, 2, max(1, envelope.reserved_lots)))
        contract = self.chance.choice(envelope.lines).key[1]
        terms = envelope.sub_account_id, envelope.side, lots, contract
        return self._submit(*terms, envelope_id=envelope.envelope_id)

    def _order(self):
        lots = self.chance.choice((1, 2, 5, 15))
        contract = self.chance.choice(CONTRACTS)
        return self._submit(self._name(), self.chance.choice(list(Side)), lots, contract)

    def _submit(self, sub, side, lots, contract, **more):
        return cmd.SubmitOrder(
            sub_account_id=sub,
            client_order_id=f"c{self.machine.sequence}",
            contract_id=contract,
            side=side,
            quantity_lots=lots,
            order_type=OrderType.MARKET,
            **more,
        )

    def _live(self):
        live = [key for key in self.orders if self.state.orders[key].is_live]
        return self.state.orders[self.chance.choice(live)] if live else None

    def _fill(self):
        order = self._live()
        if order is None:
            return self._order()
        over = self.chance.random() < 0.05
        return cmd.ReportFill(
            carrying_account_id=order.terms.carrying_account_id,
            execution_id=f"x{self.machine.sequence}",
            order_id=order.order_id,
            contract_id=order.terms.contract_id,
            side=order.terms.side,
            quantity_lots=self.chance.randint(1, order.needed_lots) + 4 * over,
            price_nanos=price(str(self.chance.randint(15, 25))),
        )

    def _cancel(self):
        order = self._live()
        return cmd.ReportOrderCancelled(order_id=order.order_id) if order else self._order()

    def _mark(self):
        level = str(self.chance.choice((-3, 0, 5, 15, 18, 20, 22, 30)))
        found = marks({self.chance.choice(CONTRACTS): level})
        return cmd.MarkPrices(source="feed", marks=found)

    def _row(self):
        node, scope = self.chance.choice(("MASTER", *self.parents)), self.chance.choice(SCOPES)
        self.rows[node, scope] = self.chance.choice((2, 5, 10, 25, 60))
        return define(limit(node, scope, self.rows[node, scope]))

    def _move(self):
        return transfer(self._name(), None, str(self.chance.choice((1_000, 20_000))))

    # ------------------------------------------------------------------ the oracle

    def overshoots(self):
        """Return (node, scope, side) where lots lie reserved although the worst case is too much.

        Counted from books, orders and envelopes alone: an envelope's unused lots may all be dealt
        in any one of its contracts, and only once in their product.
        """
        found = []
        for node in ("MASTER", *self.parents):
            under = [name for name in self.parents if node in self._path(name)]
            for scope in SCOPES:
                for side in Side:
                    reserved = sum(
                        envelope.quantity_lots - envelope.working_lots - envelope.filled_lots
                        for envelope in self.state.risk.envelopes.open.values()
                        if envelope.sub_account_id in under
                        and envelope.side is side
                        and self._counts(envelope, scope)
                        and envelope.reserved_lots
                    )
                    worst = self._dealt(under, scope, side) + reserved
                    if reserved and worst > self._limit(node, scope):
                        found.append((node, scope, side, worst))
        return found

    def _path(self, name):
        path = []
        while name is not None:
            path.append(name)
            name = self.parents[name]
        return (*path, "MASTER")

    def _counts(self, envelope, scope):
        return scope == "CL" or any(line.key[1] == scope for line in envelope.lines)

    def _dealt(self, under, scope, side):
        """Return net position and working orders of the side."""
        names = CONTRACTS if scope == "CL" else (scope,)
        lots = 0
        for name in under:
            for (_, contract), position in self.state.subs[name].book.positions.items():
                lots += side.sign * position.net_lots if contract in names else 0
        for order in self.state.orders.values():
            terms = order.terms
            if order.is_live and terms.side is side and terms.contract_id in names:
                lots += order.needed_lots if order.sub.sub_account_id in under else 0
        return lots

    def _limit(self, node, scope):
        """Return what a node states, narrowest scope first, or inherits from the next above it."""
        scopes = (scope, "*") if scope == "CL" else (scope, "CL", "*")
        path = self._path(node) if node != "MASTER" else ("MASTER",)
        places = [(above, each) for above in path for each in scopes]
        return next(self.rows[place] for place in places if place in self.rows)
