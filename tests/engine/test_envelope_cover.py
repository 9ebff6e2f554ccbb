"""Lots over several contracts hold what they need at most in any split, and not the sum of all."""

import random

import pytest

from fencang.messages import commands as cmd
from fencang.messages.envelope_events import EnvelopeOpened
from fencang.messages.message import OrderType, Side
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract
from fencang.refdata.margin_rate import LargerSide
from tests.engine.broker_firm import concentration
from tests.engine.cover_oracle import figures, overruns, splits
from tests.engine.desk import BUY, OPEN, SELL, order, trading_desk, transfer
from tests.engine.envelope_acts import endings, inside, open_envelope, opened, state_of, taken
from tests.engine.exposure_firm import WIDE_EXPOSURE, betas, exposure
from tests.engine.firm import MONDAY, define, limit, money, sub_account
from tests.engine.regime_firm import use_regimes
from tests.engine.span_firm import DEARER, activate, keyed, load, use_span
from tests.engine.test_rate_margin import rate

CL_MONTHS = ("CLM0", "CLN0", "CLZ0")
COPPER = ("CU06", "CU07")
SEEDS = range(8)


def plain(desk):
    desk.done(
        define(WIDE_EXPOSURE, concentration(free_lots=3), exposure("ALPHA", gross="90000000"))
    )


def by_span(desk):
    """Crude alone has no spread to another commodity, but calendars of its own."""
    keys = [each for each in keyed() if each.contract_id in CL_MONTHS]
    desk.done(define(*keys))
    desk.done(load())
    desk.done(activate())


def by_joined_span(desk):
    """Crude and the index are joined by a spread: orders may break the credit of what is held."""
    use_span(desk)
    desk.trade("ALPHA", SELL, 6, "3000", "ESM0")
    desk.trade("ALPHA", BUY, 6, "20")
    desk.mark(CLM0="20")


def by_rates(desk):
    desk.done(define(rate("CL", side=LargerSide.NONE)))


def by_larger_side(desk):
    desk.done(define(rate("CL", side=LargerSide.PRODUCT)))


def counted(desk):
    """Limits of jurisdictions and of exposure, a beta known for one month alone."""
    desk.done(define(WIDE_EXPOSURE, exposure("ALPHA", "CL", net="100000000", share_ppm_max=10**6)))
    desk.done(betas(desk.now_ns, CLM0=-500_000, CLN0=700_000))
    use_regimes(desk)


def copper(desk):
    desk.done(define(Contract(contract_id="CU07", product_id="CU"), rate()))
    desk.mark(CU06="40000", CU07="41000")


KINDS = {
    "plain": plain,
    "span": by_span,
    "joined span": by_joined_span,
    "rates": by_rates,
    "larger side": by_larger_side,
    "counted": counted,
    "copper": copper,
}


class Strategy:
    """A desk with all that a split can meet: positions, orders, an envelope; steps by chance."""

    def __init__(self, kind, seed):
        self.chance = random.Random(f"{kind} {seed}")
        self.desk = trading_desk()
        self.desk.mark(CLM0="20", CLN0="21", CLZ0="18")
        KINDS[kind](self.desk)
        self.scope, self.months = ("CU", COPPER) if kind == "copper" else ("CL", CL_MONTHS)
        self.offset = OPEN if kind == "copper" else None
        self.live = []

    def prepare(self):
        """Trade and leave orders at work, on either side of every contract."""
        for _ in range(self.chance.randint(2, 6)):
            sub = self.chance.choice(("ALPHA", "ALPHA", "BETA"))
            self._send(sub, self.chance.choice(list(Side)), self.chance.randint(1, 6))
        for order_id in self.live:
            if self.chance.random() < 0.6:
                self._fill(order_id)

    def _send(self, sub, side, lots, **more):
        if self.offset is not None:
            more["offset"] = self.offset
        contract = self.chance.choice(self.months)
        kind = {"order_type": OrderType.MARKET}
        number = f"s{self.desk.machine.sequence}"
        events = self.desk.do(order(sub, side, lots, contract, None, number, **kind, **more))
        accepted = [each for each in events if hasattr(each, "is_reducing")]
        self.live += [each.order_id for each in accepted]
        return any(each.envelope_id for each in accepted)

    def _fill(self, order_id):
        known = self.desk.state.orders[order_id]
        if known.is_live:
            mark = self.desk.state.contracts[known.terms.contract_id].mark_nanos
            lots = self.chance.randint(1, known.needed_lots)
            self.desk.executions += 1
            self.desk.do(
                cmd.ReportFill(
                    carrying_account_id=known.terms.carrying_account_id,
                    execution_id=f"y{self.desk.executions}",
                    order_id=order_id,
                    contract_id=known.terms.contract_id,
                    side=known.terms.side,
                    offset=known.terms.offset,
                    quantity_lots=lots,
                    price_nanos=mark,
                )
            )

    def open(self, lots):
        side = self.chance.choice(list(Side))
        command = open_envelope("ALPHA", side, lots, self.scope, contract_ids=self.months)
        events = self.desk.do(command)
        return next((e.envelope_id for e in events if isinstance(e, EnvelopeOpened)), None)

    def step(self, envelope_id):
        """Use the envelope, or let anything else happen; return whether an order went inside."""
        envelope = self.desk.state.risk.envelopes.open[envelope_id]
        act = self.chance.randrange(7)
        if act < 3 and envelope.reserved_lots:
            lots = self.chance.randint(1, envelope.reserved_lots)
            return self._send("ALPHA", envelope.side, lots, envelope_id=envelope_id)
        if act == 3 and self.live:
            self._fill(self.chance.choice(self.live))
        elif act == 4 and self.live:
            self.desk.cancelled(self.chance.choice(self.live))
        elif act == 5:
            self._send("BETA", self.chance.choice(list(Side)), self.chance.randint(1, 3))
        else:
            level = str(self.chance.choice((-5, 0, 3, 19, 20, 26)))
            level = "39000" if self.scope == "CU" else level
            self.desk.mark(**{self.chance.choice(self.months): level})
        return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_split_over_the_contracts_asks_for_more_than_is_reserved(kind, seed):
    """Brute force: margin of book and pool, gross value, limits of every kind, after every step.

    And an order that goes inside raises none of these numbers.
    """
    strategy = Strategy(kind, seed)
    strategy.prepare()
    envelope_id = strategy.open(strategy.chance.randint(1, 5))
    for _ in range(8):
        envelope = strategy.desk.state.risk.envelopes.open.get(envelope_id)
        if envelope is None:
            return
        assert overruns(strategy.desk.machine, envelope_id) == []
        before = figures(strategy.desk.state, envelope)
        if strategy.step(envelope_id):
            after = figures(strategy.desk.state, envelope)
            assert {name: each for name, each in after.items() if each > before.get(name, 0)} == {}


def test_the_oracle_meets_covers_and_lines():
    """The law above says something: most kinds are covered, joined commodities hold on lines."""
    for kind in KINDS:
        found = [Strategy(kind, seed) for seed in (0, 1)]
        for each in found:
            envelope_id = each.open(3)
            cover = each.desk.state.risk.envelopes.open[envelope_id].cover
            assert (cover is None) == (kind == "joined span"), kind
    assert len(list(splits(5, 3))) == 56


@pytest.fixture
def desk():
    return trading_desk(sub_account("NEST", parent="ALPHA"))


def test_the_dearest_contract_is_reserved_once(desk):
    """10 lots over two months at 20 and 30: 3,000 a lot of the dearer, 30,000 and not 50,000."""
    desk.mark(CLN0="30")
    envelope = opened(desk, "ALPHA", BUY, 10, "CL", contract_ids=("CLM0", "CLN0"))
    assert desk.requirement("ALPHA") == money("30000")
    taken(desk, envelope, 4)
    assert desk.requirement("ALPHA") == money("8000") + money("18000")
    taken(desk, envelope, 6, contract="CLN0", at="30")
    assert desk.requirement("ALPHA") == money("8000") + money("18000")


def test_what_an_order_gives_back_returns_at_the_dearest(desk):
    """4 lots of the cheaper month are cancelled: they may go into the dearer one again."""
    desk.mark(CLN0="30")
    envelope = opened(desk, "ALPHA", BUY, 10, "CL", contract_ids=("CLM0", "CLN0"))
    order_id = taken(desk, envelope, 4)
    desk.cancelled(order_id)
    assert desk.requirement("ALPHA") == money("30000")


def test_opening_asks_for_the_dearest_of_all_lots(desk):
    """29,999 are there for 10 lots of 3,000: 9 fit."""
    desk.mark(CLN0="30")
    desk.done(transfer("ALPHA", None, "970001"))
    command = open_envelope("ALPHA", BUY, 10, "CL", contract_ids=("CLM0", "CLN0"))
    assert desk.refused(command, Reason.MARGIN_SUB_ACCOUNT)
    command = open_envelope("ALPHA", BUY, 9, "CL", contract_ids=("CLM0", "CLN0"))
    assert desk.done(command)[0].needed_micros == money("27000")


def test_a_mark_of_any_of_its_contracts_shrinks_it(desk):
    """21,000 dollars are there: 10 lots at 2,000; when July asks for 3,000, 7 stay."""
    desk.done(transfer("ALPHA", None, "979000"))
    envelope = opened(desk, "ALPHA", BUY, 10, "CL", contract_ids=("CLM0", "CLN0"))
    events = desk.mark(CLN0="30")
    assert endings(events) == [(envelope, 7, "mark")]
    assert desk.requirement("ALPHA") == money("21000")


def test_a_parameter_file_moves_what_is_held(desk):
    """3,000 a lot and 500 for a calendar that fills could form; 4,500 by the dearer file."""
    by_span(desk)
    envelope = opened(desk, "ALPHA", SELL, 4, "CL", contract_ids=("CLM0", "CLN0"))
    assert desk.requirement("ALPHA") == 4 * money("3500")
    desk.done(load(DEARER, MONDAY))
    desk.done(activate(DEARER))
    assert desk.requirement("ALPHA") == 4 * money("5000")
    assert state_of(desk, envelope) == (4, 0, 0, 4)


def test_a_spread_that_joins_commodities_puts_the_lots_on_every_line(desk):
    """As long as orders can break a credit nobody knows a lot's most: each month holds all lots."""
    by_span(desk)
    opened(desk, "ALPHA", BUY, 4, "CL", contract_ids=("CLM0", "CLN0"))
    assert desk.reserved("ALPHA") == (0, 0)
    desk.done(define(*keyed()))
    assert (desk.reserved("ALPHA"), desk.reserved("ALPHA", "CLN0")) == ((4, 0), (4, 0))


def test_a_jurisdiction_counts_the_lots_of_a_product_once(desk):
    """60 in each month and 100 in all: 60 over two months are reserved and used to the last lot."""
    desk.done(define(limit("MASTER", "*", 10_000)))
    use_regimes(desk)
    envelope = opened(desk, "ALPHA", BUY, 60, "CL", contract_ids=("CLM0", "CLN0"))
    assert desk.submit("BETA", BUY, 41, "CLN0", "20")[0].reason is Reason.REGIME_LIMIT
    taken(desk, envelope, 30)
    assert desk.submit("BETA", BUY, 31, "CLN0", "20")[0].reason is Reason.REGIME_LIMIT
    taken(desk, envelope, 30, contract="CLN0")
    assert inside(desk, envelope, 1)[0].reason is Reason.ENVELOPE_LOTS


def test_a_way_in_for_a_price_of_zero_holds_its_exposure(desk):
    """At a price of zero no lot asks for margin, yet it counts its floor in limits of exposure."""
    desk.done(define(WIDE_EXPOSURE, exposure("ALPHA", gross="100")))
    desk.mark(CLM0="0", CLN0="0")
    opened(desk, "ALPHA", BUY, 10, "CL", contract_ids=("CLM0", "CLN0"))
    row = desk.state.risk.exposures.rows["ALPHA", "*"]
    assert row.counted()["USD"][0] == 10 * money("10")
