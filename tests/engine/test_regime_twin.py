"""The counters of the engine give the answers of the slow library, whatever is held and works."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.engine.decide.regimes import regime_answer
from fencang.engine.flows.duties import holdings_of
from fencang.engine.regimes.links import counted_in, groups_of, month_of
from fencang.limits.regimes.counting import Holding
from fencang.limits.regimes.verdict import (
    LimitDecision,
    LimitQuestion,
    OrderSize,
    Verdict,
    decide_limit,
)
from fencang.messages.regime_events import LimitNoticeKind
from tests.engine.desk import BUY, CLOSE, MAKER, OPEN, SELL, Desk, trading_desk
from tests.engine.firm import MONDAY, define, limit
from tests.engine.regime_firm import exemption, regime_limit, use_regimes

PRICES = {"CLM0": "20", "CLN0": "20", "ESM0": "2800", "CU06": "40000"}
SUBS = ("ALPHA", "BETA", "GAMMA", "CLIENT1", "FUNDOMNI")
ACTS = st.tuples(
    st.sampled_from(("order", "trade", "cancel", "ask")),
    st.sampled_from(SUBS),
    st.sampled_from(tuple(PRICES)),
    st.sampled_from((BUY, SELL)),
    st.integers(1, 45),
    st.sampled_from((OPEN, CLOSE)),
)


@pytest.fixture(scope="module")
def payload():
    """The bytes of a desk with regimes in which everybody has money."""
    desk = trading_desk()
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.fund("CLIENT1", "1000000", owner="CLIENT", account="OMNI")
    desk.fund("FUNDOMNI", "1000000", account="OMNI")
    use_regimes(desk, exemption(75), regime_limit(3, "SP"))
    return desk


def copy_of(desk):
    copy, payload = Desk(), desk.machine.dump()
    copy.machine, copy.follower, copy.twin = (MAKER.load(payload) for _ in range(3))
    copy.now_ns = desk.now_ns
    return copy


def size_of(state, line, side, lots, *, closes):
    """Return the order as the library sees it, in the first group that counts it."""
    exposure, contract = line.pool_entry.exposure, line.contract
    ((_, _, member),) = counted_in(state, contract)
    opening = lots
    if closes:
        opening = 0
    elif not line.is_gross:
        net = exposure.net_lots if side is BUY else -exposure.net_lots
        working = exposure.buy_lots if side is BUY else exposure.sell_lots
        opening = max(0, net + working + lots) - max(0, net + working)
    held = Holding(
        line.sub.pool.owner_id,
        contract.contract.contract_id,
        month_of(state, contract),
        ratio_ppm=member.ratio_ppm,
    )
    return OrderSize(held, side is BUY, lots, opening)


def answer_of(state, line, side, lots, *, closes) -> LimitDecision:
    """Ask the library, from everything the desk holds."""
    book = state.regimes
    ((regime, group, _),) = counted_in(state, line.contract)
    persons = groups_of(state, regime, group).group_of(line.sub.pool.owner_id)
    return decide_limit(
        LimitQuestion(
            day=MONDAY,
            regime=regime,
            group=group,
            limits=book.limits(*group.key),
            exemptions=book.exemptions(*group.key),
            holdings=holdings_of(state).get((*group.key, persons), ()),
            order=size_of(state, line, side, lots, closes=closes),
        )
    )


def compare(state, line, side, lots, *, closes):
    slow = answer_of(state, line, side, lots, closes=closes)
    fast = regime_answer(state, line, side, lots, reduces=closes)
    if slow.verdict in (Verdict.REDUCE, Verdict.BLOCK):
        assert fast.refusal is not None
        _, limit_id, largest, value, detail = fast.refusal
        assert (limit_id, largest) == (slow.limit_id, slow.limit_lots)
        assert value == -(-slow.after_parts // 10**12)
        assert f"; {slow.headroom_lots} lots would pass" in detail or not line.is_gross
        return
    assert fast.refusal is None
    kinds = {notice.kind for notice in fast.notices}
    book = state.regimes
    if any(key[0] == slow.limit_id and day == book.day for key, day in book.notices.items()):
        return  # it was told today already
    if slow.verdict is Verdict.PASS_WITH_EXEMPTION:
        assert LimitNoticeKind.EXEMPTION in kinds
    if slow.verdict is Verdict.PASS:
        assert not kinds
    if slow.verdict is Verdict.ACCOUNTABILITY:
        assert LimitNoticeKind.ACCOUNTABILITY in kinds


def act(desk, what, sub_id, contract_id, side, lots, offset):
    state = desk.state
    sub, contract = state.subs[sub_id], state.contracts[contract_id]
    carrying_id = state.route(sub, contract.product.venue_id)
    if carrying_id is None:
        return
    line = state.line(sub, carrying_id, contract)
    closes = line.is_gross and offset is CLOSE
    compare(state, line, side, lots, closes=closes)
    terms = {"offset": offset} if line.is_gross else {}
    if what == "cancel" and sub.working:
        desk.cancelled(next(iter(sub.working)))
    elif what in ("order", "trade"):
        events = desk.submit(sub_id, side, lots, contract_id, at=PRICES[contract_id], **terms)
        if what == "trade" and hasattr(events[0], "order_id"):
            desk.fill(events[0].order_id, lots, PRICES[contract_id])


@settings(max_examples=60)
@given(acts=st.lists(ACTS, min_size=3, max_size=14))
def test_counters_answer_as_the_library_does(payload, acts):
    desk = copy_of(payload)
    for each in acts:
        act(desk, *each)
