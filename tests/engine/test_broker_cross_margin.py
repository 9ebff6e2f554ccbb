"""Credits across clearing houses: by agreement only, never on what orders may break."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.engine.netting.cross_margin import CrossMarginCredits
from fencang.engine.netting.node import SpanNode
from fencang.engine.netting.sets import LoadedFile, SpanSet, SpanTerms
from fencang.margin.pool.cross_margin import (
    CrossMarginAgreement,
    CrossMarginLeg,
    cross_margin_credits,
)
from fencang.margin.span.method import SpanMethod
from fencang.margin.span.portfolio import Lots
from fencang.margin.standing import Standing
from fencang.messages.events import MarginPublished, OrderRejected
from fencang.messages.reasons import Reason
from fencang.refdata import broker_terms
from fencang.refdata.account import AccountType
from tests.engine.broker_firm import agreement, use_two_houses
from tests.engine.desk import BUY, SELL, only
from tests.engine.firm import changed, define, money
from tests.engine.span_firm import (
    DEARER,
    FRIDAY,
    JUNE,
    KEYS,
    MONDAY_EVENING,
    activate,
    crude,
    grant,
    load,
    metals,
)


def pool(desk):
    return desk.state.rates.total(desk.state.pools["FUND"].standing.requirement)


@pytest.fixture
def two_houses(desk):
    use_two_houses(desk, agreement())
    return desk


def test_without_an_agreement_houses_add_up(desk):
    use_two_houses(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("ALPHA", SELL, 4, "1700", contract="GCM0")
    assert desk.requirement("ALPHA") == pool(desk) == money("48000")


def test_opposite_sides_are_credited_on_both_legs(two_houses):
    """30,000 of CL long, 18,000 of gold short: half of 18,000 comes off either leg."""
    two_houses.trade("ALPHA", BUY, 10, "20")
    assert two_houses.requirement("ALPHA") == money("30000")
    two_houses.trade("ALPHA", SELL, 4, "1700", contract="GCM0")
    assert two_houses.requirement("ALPHA") == pool(two_houses) == money("30000")
    two_houses.trade("ALPHA", BUY, 8, "1700", contract="GCM0")
    assert two_houses.requirement("ALPHA") == money("48000")  # one side now


def test_the_cap_is_for_both_legs(two_houses):
    two_houses.trade("ALPHA", BUY, 100, "20")
    two_houses.trade("ALPHA", SELL, 100, "1700", contract="GCM0")
    assert two_houses.requirement("ALPHA") == money("750000") - money("60000")


def test_two_accounts_of_one_owner_offset_in_the_pool_alone(two_houses):
    two_houses.trade("ALPHA", BUY, 10, "20")
    two_houses.trade("BETA", SELL, 4, "1700", contract="GCM0")
    assert two_houses.requirement("ALPHA") == money("30000")
    assert two_houses.requirement("BETA") == money("18000")
    assert pool(two_houses) == money("30000")
    published = only(two_houses.settle(CLM0="20"), MarginPublished)
    found = {line.book_id: line.attributed_micros for line in published.lines}
    # Nine thousand came off either house: CL asks 21,000 and gold 9,000.
    assert found["ALPHA"] == money("21000")
    assert found["BETA"] == money("9000")
    (account,) = [line for line in published.accounts if line.carrying_account_id == "C1"]
    assert account.requirement_micros == money("30000")
    assert account.credits_micros == money("18000")


def test_the_broker_multiplies_what_is_left(two_houses):
    two_houses.done(
        define(changed(two_houses.state.carrying["C1"].account, house_multiplier_ppm=1_500_000))
    )
    two_houses.trade("ALPHA", BUY, 10, "20")
    two_houses.trade("ALPHA", SELL, 4, "1700", contract="GCM0")
    assert two_houses.requirement("ALPHA") == money("45000")


def test_an_order_takes_the_credit_that_it_could_break(desk):
    """10 CL against 8 gold (30,000 and 36,000): 15,000 off either.  Selling 4 CL leaves 18,000."""
    leg = broker_terms.CrossMarginLeg(clearing_house="NYMEX", commodity="ES")
    use_two_houses(desk, agreement(first=leg))
    desk.trade("GAMMA", BUY, 5, "3000", contract="ESM0")
    desk.trade("GAMMA", SELL, 8, "1700", contract="GCM0")
    assert desk.requirement("GAMMA") == money("36000")  # 30,000 + 36,000 − 2 × 15,000
    desk.working("GAMMA", BUY, 2, at="1700", contract="GCM0")
    assert desk.requirement("GAMMA") == money("39000")  # gold may fall to 27,000: 13,500 off
    order_id = desk.working("GAMMA", SELL, 1, at="3000", contract="ESM0")
    assert desk.requirement("GAMMA") == money("66000")  # ES has a spread with CL: nothing is sure
    desk.cancel(order_id, "GAMMA")
    desk.cancelled(order_id)
    assert desk.requirement("GAMMA") == money("39000")


def test_a_mark_of_the_file_moves_the_credit(two_houses):
    two_houses.trade("ALPHA", BUY, 4, "20")
    two_houses.trade("ALPHA", SELL, 4, "1700", contract="GCM0")
    assert two_houses.requirement("ALPHA") == money("18000")  # 12,000 + 18,000 − 2 × 6,000
    two_houses.done(load(DEARER, MONDAY_EVENING))
    two_houses.machine.stage_parameters("NYMEX", DEARER)
    two_houses.machine.advance_staging("NYMEX")
    two_houses.done(activate(DEARER))
    assert two_houses.requirement("ALPHA") == money("18000")  # 18,000 + 18,000 − 2 × 9,000


def test_an_agreement_ends_and_changes(two_houses):
    two_houses.trade("ALPHA", BUY, 10, "20")
    two_houses.trade("ALPHA", SELL, 4, "1700", contract="GCM0")
    two_houses.done(define(agreement(offset_ppm=250_000), by="risk", approved_by=""))
    assert two_houses.requirement("ALPHA") == money("39000")
    two_houses.refused(
        define(agreement(offset_ppm=300_000), by="risk", approved_by=""),
        Reason.SECOND_PERSON_REQUIRED,
    )
    two_houses.done(define(agreement(offset_ppm=0), by="risk", approved_by=""))
    assert two_houses.requirement("ALPHA") == money("48000")


def test_an_inverse_quotation_offsets_on_one_side(desk):
    use_two_houses(desk, agreement(offsets_same_side=True))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("ALPHA", BUY, 4, "1700", contract="GCM0")
    assert desk.requirement("ALPHA") == money("30000")


def test_what_rests_on_an_agreement_is_not_lent(two_houses):
    """The pool saves 18,000 by the agreement alone: none of it may be granted after one leaves."""
    two_houses.trade("ALPHA", BUY, 10, "20")
    two_houses.trade("BETA", SELL, 4, "1700", contract="GCM0")
    two_houses.refused(grant("BETA", 1), Reason.BENEFIT_TOO_LARGE)


def test_an_order_is_refused_for_the_credit_it_could_break(desk):
    """Selling 211 of 100 CL needs 33,000 itself, and 300,000 that gold is credited for."""
    use_two_houses(desk, agreement(cap="400000"))
    desk.mark(GCM0="100")
    desk.trade("ALPHA", BUY, 100, "20")
    desk.trade("ALPHA", SELL, 150, "100", contract="GCM0")
    assert desk.requirement("ALPHA") == money("675000")  # 300,000 + 675,000 − 2 × 150,000
    rejected = only(desk.submit("ALPHA", SELL, 211, at="20"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_SUB_ACCOUNT
    assert (rejected.limit, rejected.value) == (money("325000"), money("333000"))
    desk.accepted("ALPHA", SELL, 100, at="20")  # reducing always gets out
    assert desk.requirement("ALPHA") == money("975000")


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (agreement(carrying_account_id="NONE"), "no carrying account NONE"),
        (agreement(carrying_account_id="CN1"), "keeps both sides apart"),
        (
            agreement(second=broker_terms.CrossMarginLeg(clearing_house="ICE", commodity="B")),
            "C1 is not cleared at ICE, only at COMEX, EUREX, NYMEX, OSE",
        ),
        (
            agreement(second=broker_terms.CrossMarginLeg(clearing_house="NYMEX", commodity="ES")),
            "both legs are at NYMEX",
        ),
        (agreement(name="OTHER"), "is a leg of CROSS already"),
    ],
)
def test_a_faulty_agreement_is_refused_in_words(two_houses, item, words):
    assert words in two_houses.refused(define(item), Reason.FAULTY_DEFINITION).detail


def test_a_leg_that_the_file_lacks_is_told(desk):
    leg = broker_terms.CrossMarginLeg(clearing_house="COMEX", commodity="SI")
    use_two_houses(desk, agreement(second=leg))
    published = only(desk.settle(CLM0="20"), MarginPublished)
    assert published.flags == (
        "CROSS: the SPAN file in force of COMEX has no SI, nothing is credited",
    )


# ---------------------------------------------------------------------- laws

LOTS = st.integers(-8, 8)
NAMES = ("CLM0", "CLN0", "GCM0")
ALL_KEYS = {**KEYS, "GCM0": "XYZ/GC/FUT/202006"}
TERMS = CrossMarginAgreement(
    name="CROSS",
    carrying_account="C1",
    first=CrossMarginLeg(clearing_house="NYMEX", part="CL"),
    second=CrossMarginLeg(clearing_house="COMEX", part="GC"),
    offset_ppm=700_000,
    cap_micros=money("50000"),
)


class TwoHouses:
    """Two netting sets of one book under one agreement; CL is or is not in a spread with ES."""

    def __init__(self, *, spread):
        self.parameters = {"NYMEX": crude(3_000), "COMEX": metals()}
        keys = [key for name, key in ALL_KEYS.items() if spread or name != "ESM0"]
        self.nodes = {}
        self.spans = {}
        for house, code in (("NYMEX", "CL"), ("COMEX", "GC")):
            span = self.spans[house] = SpanSet(house)
            span.load(LoadedFile(JUNE, 1, FRIDAY))
            span.activate(JUNE, self.parameters[house])
            span.use(keys)
            terms = SpanTerms(False, AccountType.SPECULATOR, 1_000_000, (code,))
            self.nodes["C1", house] = SpanNode(span, Standing(), terms)
        credits_ = CrossMarginCredits("C1", (TERMS,), self.nodes)
        for node in self.nodes.values():
            node.cross_margin = credits_

    def place(self, name):
        house = "COMEX" if name == "GCM0" else "NYMEX"
        return self.nodes["C1", house], self.spans[house].terms(ALL_KEYS[name])

    def hold(self, name, lots):
        node, row = self.place(name)
        node.change(row, max(lots, 0), max(-lots, 0), 0, 0)

    def work(self, name, lots):
        node, row = self.place(name)
        _, micros = node.addition_of(row, max(lots, 0), max(-lots, 0))
        before = self.asked()
        node.change(row, 0, 0, max(lots, 0), max(-lots, 0))
        return before, micros

    def asked(self):
        return sum(sum(node.standing.requirement.values()) for node in self.nodes.values())

    def full(self, lots):
        """Return what the library asks for, agreement included."""
        requirements = {
            house: SpanMethod(parameters).requirement(
                {
                    ALL_KEYS[name]: Lots(max(number, 0), max(-number, 0))
                    for name, number in lots.items()
                    if number and (name == "GCM0") == (house == "COMEX")
                }
            )
            for house, parameters in self.parameters.items()
        }
        asked = sum(
            total.initial_total_micros
            for requirement in requirements.values()
            for total in requirement.totals
        )
        credits_ = cross_margin_credits((TERMS,), "C1", requirements)
        return asked - sum(credit.credit_micros for credit in credits_)


@given(
    st.booleans(),
    st.dictionaries(st.sampled_from((*NAMES, "ESM0")), LOTS),
    st.lists(st.tuples(st.sampled_from((*NAMES, "ESM0")), LOTS), max_size=5),
)
@settings(max_examples=200)
def test_no_way_to_fill_asks_for_more_than_was_reserved(spread, positions, orders):
    """Law: positions ask for what the library does; with orders, for no less than any fills do."""
    names = (*NAMES, "ESM0") if spread else NAMES
    houses = TwoHouses(spread=spread)
    lots = {name: number for name, number in positions.items() if name in names}
    for name, number in lots.items():
        houses.hold(name, number)
    assert houses.asked() == houses.full(lots)
    working = [order for order in orders if order[0] in names]
    for name, number in working:
        before, micros = houses.work(name, number)
        assert houses.asked() == before + micros >= before
    reserved = houses.asked()
    for fills in product((False, True), repeat=len(working)):
        filled = dict(lots)
        for (name, number), is_filled in zip(working, fills, strict=True):
            if is_filled:
                filled[name] = filled.get(name, 0) + number
        assert reserved >= houses.full(filled), (lots, working, fills)
    for name, number in working:
        node, row = houses.place(name)
        node.change(row, 0, 0, -max(number, 0), -max(-number, 0))
    assert houses.asked() == houses.full(lots)
