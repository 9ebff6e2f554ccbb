"""A careless office that reserves ahead, envelopes among everything else; limits come and go."""

from fencang.messages.message import Side
from tests.engine.desk import order
from tests.engine.envelope_acts import close_envelope, open_envelope
from tests.engine.firm import SECOND, define, limit, money
from tests.engine.random_desk import SUBS, Office

NODES = ("MASTER", "ALPHA", "BETA", "NEST", "MIXED")
SCOPES = ("CLM0", "CLN0", "CL", "ES", "ESM0", "CU", "CU06")


class EnvelopeOffice(Office):
    """Every third command is about an envelope."""

    def step(self, only=""):
        """Send a command about envelopes, or any other."""
        if only or self.chance.random() < 0.6:
            super().step(only)
            return
        events = self.desk.do(self._envelope(), after_ns=self.chance.choice((1, SECOND)))
        self.orders += [event.order_id for event in events if hasattr(event, "is_reducing")]

    def _envelope(self):
        known = self.desk.state.risk.envelopes.open
        roll = self.chance.random()
        if roll < 0.3 or not known:
            return self._opening()
        if roll < 0.35:
            return close_envelope(self.chance.choice(sorted(known)))
        if roll < 0.45:
            lots = self.chance.choice((3, 10, 30, 60, 200, 1_000))
            row = limit(self.chance.choice(NODES), self.chance.choice((*SCOPES, "*")), lots)
            return define(row)
        return self._inside(known[self.chance.choice(sorted(known))])

    def _opening(self):
        lots = self.chance.choice((1, 5, 12, 30))
        return open_envelope(
            self.chance.choice(SUBS),
            self.chance.choice(list(Side)),
            lots,
            self.chance.choice(SCOPES),
            clip_lots=self.chance.choice((2, lots)),
            margin_micros=money(self.chance.choice(("5000", "100000", "900000"))),
            lifetime_ns=self.chance.choice((5, 60, 900)) * SECOND,
        )

    def _inside(self, envelope):
        """Return an order that mostly lies inside the envelope."""
        names = [line.key[1] for line in envelope.lines if line.key[1] in self.contracts]
        contract = self.chance.choice(names or ["CLM0"])
        side = envelope.side if self.chance.random() < 0.95 else envelope.side.opposite
        return order(
            envelope.sub_account_id,
            side,
            self.chance.choice((1, 1, 2, max(1, envelope.reserved_lots))),
            contract,
            client_order_id=f"e{self.chance.randrange(100_000)}",
            limit_price_nanos=self._price(contract),
            order_type=2,
            offset=envelope.offset,
            envelope_id=envelope.envelope_id,
        )
