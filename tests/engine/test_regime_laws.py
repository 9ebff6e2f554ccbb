"""What no order, paper or address may change about position limits of jurisdictions."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.limits.regimes.counting import LOT_PARTS
from fencang.messages.events import OrderAccepted
from fencang.messages.reasons import Reason
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import LimitBucket, LimitStep
from fencang.refdata.ties import ClaimStatus
from tests.engine.desk import BUY, CLOSE, MAKER, OPEN, SELL, Desk, trading_desk
from tests.engine.firm import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    changed,
    define,
    limit,
    sub_account,
)
from tests.engine.proposal_firm import claim, client_account, owns
from tests.engine.regime_firm import DECLARED, exemption, regime_limit, use_regimes

SLOWLY = settings(max_examples=30)
SUBS = ("ALPHA", "BETA", "GAMMA", "FUNDOMNI", "CLIENT1")
"""Accounts of FUND at two brokers, and one of a client whose orders FUND decides."""


def wealthy_desk():
    desk = trading_desk()
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.fund("CLIENT1", "1000000", owner="CLIENT", account="OMNI")
    desk.fund("FUNDOMNI", "1000000", account="OMNI")
    return desk


@pytest.fixture(scope="module")
def lawful():
    """A desk with regimes in which everybody has money; copied, never changed."""
    return use_regimes(wealthy_desk())


def copy_of(desk):
    copy, payload = Desk(), desk.machine.dump()
    copy.machine, copy.follower, copy.twin = (MAKER.load(payload) for _ in range(3))
    copy.now_ns, copy.executions = desk.now_ns, desk.executions
    return copy


def passes(desk, sub, side, lots, contract="CLM0", at="20", **more):
    return isinstance(desk.submit(sub, side, lots, contract, at, **more)[0], OrderAccepted)


def room(desk, sub="ALPHA", side=BUY):
    """Return the lots that would pass, as a refusal of far too many says."""
    refusal = desk.submit(sub, side, 900, at="20")[0]
    assert refusal.reason is Reason.REGIME_LIMIT
    return int(re.search(r"(\d+) lots would pass", refusal.detail)[1])


@SLOWLY
@given(
    held=st.lists(st.tuples(st.sampled_from(SUBS), st.integers(1, 20)), max_size=2),
    parts=st.lists(st.tuples(st.sampled_from(SUBS), st.integers(1, 25)), min_size=1, max_size=5),
    side=st.sampled_from((BUY, SELL)),
)
def test_splitting_an_order_over_accounts_of_a_group_does_not_change_the_answer(
    lawful, held, parts, side
):
    """At once in one account, or piece by piece in several: all of it passes or not all does."""
    whole, split = copy_of(lawful), copy_of(lawful)
    for desk in (whole, split):
        for sub, lots in held:
            desk.trade(sub, side, lots, "20")
    at_once = passes(whole, "ALPHA", side, sum(lots for _, lots in parts))
    assert at_once == all(passes(split, sub, side, lots) for sub, lots in parts)


@SLOWLY
@given(
    homes=st.tuples(*[st.sampled_from(("US", "KY", "HK", "CN", "GB"))] * 2),
    orders=st.lists(
        st.tuples(st.sampled_from(SUBS), st.sampled_from((BUY, SELL)), st.integers(1, 45)),
        min_size=1,
        max_size=5,
    ),
)
def test_domicile_alone_changes_nothing(lawful, homes, orders):
    here, there = copy_of(lawful), copy_of(lawful)
    moved = [
        changed(person, jurisdiction=home) for person, home in zip(DECLARED, homes, strict=True)
    ]
    here.done(define(*DECLARED))
    there.done(define(*moved))
    for sub, side, lots in orders:
        assert here.submit(sub, side, lots, at="20") == there.submit(sub, side, lots, at="20")


@SLOWLY
@given(
    held=st.integers(0, 60),
    theirs=st.integers(0, 60),
    declared=st.booleans(),
    share_ppm=st.sampled_from((None, 99_999, 100_000, 1_000_000)),
    decides=st.booleans(),
)
def test_an_account_offshore_never_adds_room(lawful, held, theirs, declared, share_ppm, decides):
    """Whoever owns it, wherever it sits: what is left for the desk is never more than before."""
    desk = copy_of(lawful)
    if held:
        desk.trade("ALPHA", BUY, held, "20")
    before = room(desk)
    island = LegalPerson(
        person_id="ISLAND", name="Island", jurisdiction="KY", owners_declared=declared
    )
    account = changed(
        sub_account("FAR", owner="ISLAND", routes={"NYMEX": "OMNI"}),
        controller_id=None if decides else "ISLAND",
    )
    ties = [] if share_ppm is None else [owns(share_ppm, owned="ISLAND")]
    desk.done(define(island, account, *ties))
    assert room(desk) <= before
    desk.fund("FAR", "1000000", owner="ISLAND", account="OMNI")
    if theirs:
        passes(desk, "FAR", BUY, theirs)
    assert room(desk) <= before
    is_one = decides or not declared or (share_ppm or 0) >= 100_000
    if is_one and not held:
        assert room(desk, "FAR") == room(desk)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(("order", "order", "fill", "cancel", "replace")),
        st.sampled_from(SUBS),
        st.sampled_from(("CLM0", "CLN0", "ESM0", "CU06")),
        st.sampled_from((BUY, SELL)),
        st.integers(1, 60),
        st.sampled_from((OPEN, CLOSE)),
    ),
    min_size=4,
    max_size=16,
)
PRICES = {"CLM0": "20", "CLN0": "20", "ESM0": "2800", "CU06": "40000"}


def act(desk, what, sub, contract, side, lots, offset):
    state = desk.state
    working = sorted(state.subs[sub].working)
    if what == "order":
        terms = {"offset": offset} if contract == "CU06" else {}
        desk.submit(sub, side, lots, contract, PRICES[contract], **terms)
    elif working and what == "fill":
        order = state.orders[working[0]]
        contract_id = order.terms.contract_id
        desk.fill(working[0], min(lots, order.needed_lots), PRICES[contract_id])
    elif working and what == "cancel":
        desk.cancelled(working[0])
    elif working:
        desk.replace(working[-1], lots, sub=sub)


@SLOWLY
@given(acts=ACTS)
def test_no_burst_of_orders_and_fills_takes_a_group_beyond_a_hard_limit(lawful, acts):
    desk = copy_of(lawful)
    desk.done(define(exemption(75), regime_limit(3, "SP")))
    for each in acts:
        act(desk, *each)
        for counter in desk.state.regimes.counters.values():
            caps = [granted.long_lots_max for granted in counter.exemptions]
            for bound in counter.bounds:
                if bound.is_hard:
                    most = max(bound.lots_max, *caps) if caps else bound.lots_max
                    assert counter.total.long_parts <= most * LOT_PARTS
                    assert counter.total.short_parts <= most * LOT_PARTS


def test_a_claim_that_ends_joins_again_at_once():
    desk = use_regimes(wealthy_desk())
    desk.done(define(client_account(desk), owns(200_000), claim(valid_to=MONDAY)))
    desk.accepted("ALPHA", BUY, 40, at="20")
    desk.accepted("CLIENT1", BUY, 50, at="20")
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    refusal = desk.submit("CLIENT1", BUY, 1, at="20")[0]
    assert (refusal.reason, refusal.value) == (Reason.REGIME_LIMIT, 91)


def test_a_claim_that_is_revoked_joins_again_in_the_same_command():
    desk = use_regimes(wealthy_desk())
    desk.done(define(client_account(desk), owns(200_000), claim()))
    desk.accepted("ALPHA", BUY, 40, at="20")
    assert passes(desk, "CLIENT1", BUY, 30)
    desk.done(define(claim(status=ClaimStatus.REVOKED), approved_by=""))
    assert not passes(desk, "CLIENT1", BUY, 1)


@pytest.mark.parametrize(("share_ppm", "is_one"), [(99_900, False), (100_000, True)])
def test_nine_and_ninety_nine_hundredths_part_and_ten_join(share_ppm, is_one):
    desk = use_regimes(wealthy_desk())
    desk.done(define(client_account(desk), owns(share_ppm)))
    desk.accepted("ALPHA", BUY, 60, at="20")
    assert passes(desk, "CLIENT1", BUY, 1) is not is_one


def test_six_and_five_percent_over_two_paths_join():
    """6 % directly, and 50 % of somebody who holds 10 %: 11 % together, neither is enough."""
    desk = use_regimes(wealthy_desk())
    middle = LegalPerson(person_id="MID", name="Mid", jurisdiction="KY", owners_declared=True)
    direct, first, second = (
        owns(60_000),
        owns(500_000, owned="MID", valid_from=MONDAY - timedelta(1)),
        owns(100_000, owner="MID"),
    )
    desk.done(define(client_account(desk), middle, direct))
    desk.accepted("ALPHA", BUY, 60, at="20")
    assert passes(desk, "CLIENT1", BUY, 1)
    desk.done(define(first, second))
    assert not passes(desk, "CLIENT1", BUY, 1)


def test_what_passed_before_a_step_down_is_beyond_it_on_its_day():
    desk = wealthy_desk()
    steps = (LimitStep(MONDAY, 60), LimitStep(TUESDAY, 30), LimitStep(WEDNESDAY, 10))
    use_regimes(desk, regime_limit(60, bucket=LimitBucket.SPOT, month="2020-06", steps=steps))
    desk.trade("ALPHA", BUY, 29, "20")
    for day, before, lots in ((TUESDAY, MONDAY, 1), (WEDNESDAY, TUESDAY, 0)):
        desk.settle(before, CLM0="20")
        desk.next_day(day)
        assert passes(desk, "ALPHA", BUY, 1) is bool(lots)
    assert desk.submit("ALPHA", SELL, 29, at="20")[0].is_reducing


@pytest.mark.parametrize(
    ("contract", "at", "nets"), [("CLM0", "20", True), ("CU06", "40000", False)]
)
def test_opposite_legs_of_two_members_net_here_and_not_there(lawful, contract, at, nets):
    desk = copy_of(lawful)
    terms = {"offset": OPEN} if contract == "CU06" else {}
    desk.trade("ALPHA", BUY, 50, at, contract, **terms)
    desk.trade("BETA", SELL, 50, at, contract, **terms)
    assert passes(desk, "GAMMA", BUY, 50, contract, at, **terms) is nets
