"""What a regime answers to an order, case by case and as laws."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.regimes.counting import LOT_PARTS
from fencang.limits.regimes.verdict import Verdict, decide_limit
from fencang.refdata.regime import (
    CountingRule,
    LimitBucket,
    LimitHardness,
    LimitStep,
    Netting,
    OptionCount,
    SettlementKind,
)
from tests.limits.regime_book import (
    DAY,
    WHEAT,
    exemption,
    holding,
    limit,
    order,
    question,
    regime,
)


def verdict(*args, **more):
    return decide_limit(question(*args, **more)).verdict


def test_exactly_at_the_limit_passes_and_one_lot_more_does_not():
    assert verdict(order(400), holding(long=600)) is Verdict.PASS
    found = decide_limit(question(order(401), holding(long=600)))
    assert (found.verdict, found.headroom_lots) == (Verdict.REDUCE, 400)
    assert (found.limit_lots, found.after_parts) == (1_000, 1_001 * LOT_PARTS)
    assert found.words == "1001 long of 1000 by WHEAT-all_months"
    assert verdict(order(1), holding(long=1_000)) is Verdict.BLOCK


def test_working_orders_count_on_their_side_only():
    held = holding(long=600, buying_lots=300, opening_buy_lots=300, selling_lots=900)
    assert decide_limit(question(order(101), held)).headroom_lots == 100


def test_a_mini_counts_a_fifth():
    size = order(2_000, ratio_ppm=200_000)
    assert verdict(size, holding(long=600)) is Verdict.PASS
    found = decide_limit(question(order(2_004, ratio_ppm=200_000), holding(long=600)))
    assert (found.verdict, found.headroom_lots) == (Verdict.REDUCE, 2_000)


def test_a_put_that_is_bought_counts_short():
    put = {"delta_ppm": -400_000}
    assert verdict(order(1_000, **put), holding(short=600)) is Verdict.PASS
    assert verdict(order(1_003, **put), holding(short=600)) is Verdict.REDUCE
    assert verdict(order(5_000, **put), holding(long=2_000)) is Verdict.PASS
    lot_for_lot = regime(counting=CountingRule(netting=Netting.NET, options=OptionCount.CONTRACTS))
    assert verdict(order(401, **put), holding(short=600), law=lot_for_lot) is Verdict.REDUCE


def test_an_order_must_pass_with_the_deltas_of_both_days():
    now, before = order(1_000, delta_ppm=500_000), order(1_000, delta_ppm=300_000)
    held = holding(long=600)
    more = {"lagged": (held,), "lagged_order": now}
    assert verdict(before, held) is Verdict.PASS
    assert verdict(before, held, **more) is Verdict.REDUCE


def test_sides_that_net_here_do_not_net_there():
    """Two persons of one group, long and short: net in one regime, apart in the other."""
    held = holding("A", long=900), holding("B", short=900)
    assert verdict(order(200), *held) is Verdict.PASS
    assert verdict(order(200), *held, law=regime(Netting.PER_SIDE)) is Verdict.REDUCE


def test_closing_raises_nothing_where_sides_are_apart():
    held = holding("A", long=1_500, short=1_200)
    size = order(100, opening=0)
    assert verdict(size, held, law=regime(Netting.PER_SIDE)) is Verdict.PASS


def test_a_close_that_raises_the_group_s_net_is_held_to_the_limit():
    held = holding("A", short=100), holding("B", long=1_050)
    assert verdict(order(100, opening=0), *held) is Verdict.REDUCE


def test_accountability_passes_and_says_so():
    soft = limit(lots=500, hardness=LimitHardness.ACCOUNTABILITY, limit_id="SOFT")
    found = decide_limit(question(order(600), limits=(soft, limit())))
    assert (found.verdict, found.limit_id) == (Verdict.ACCOUNTABILITY, "SOFT")
    assert verdict(order(1_100), limits=(soft, limit())) is Verdict.REDUCE


def test_an_exemption_is_its_person_s_and_of_its_days():
    held = holding("A", long=900)
    granted = exemption("A", 1_500)
    found = decide_limit(question(order(600), held, exemptions=[granted]))
    assert (found.verdict, found.exemption_id) == (Verdict.PASS_WITH_EXEMPTION, "HEDGE")
    over = decide_limit(question(order(601), held, exemptions=[granted]))
    assert (over.verdict, over.headroom_lots) == (Verdict.REDUCE, 600)
    assert verdict(order(600, "B"), held, exemptions=[granted]) is Verdict.REDUCE
    for away in (
        {"valid_to": DAY - timedelta(1)},
        {"valid_from": DAY + timedelta(1)},
        {"is_revoked": True},
        {"buckets": (LimitBucket.SPOT,)},
        {"group_id": "CORN"},
    ):
        found = decide_limit(question(order(600), held, exemptions=[exemption("A", **away)]))
        assert (found.verdict, found.headroom_lots) == (Verdict.REDUCE, 100)


def test_others_of_the_group_may_not_live_on_an_exemption():
    held = holding("A", long=100), holding("B", long=1_001)
    assert verdict(order(10), *held, exemptions=[exemption("A", 5_000)]) is Verdict.BLOCK


def test_a_spot_month_steps_down():
    steps = (LimitStep(DAY, 600), LimitStep(DAY + timedelta(1), 300))
    spot = limit(LimitBucket.SPOT, month="2026-05", steps=steps)
    held = holding(long=300)
    before = {"limits": (spot,), "day": DAY - timedelta(1)}
    assert verdict(order(5_000), held, **before) is Verdict.PASS
    assert verdict(order(300), held, limits=(spot,)) is Verdict.PASS
    assert verdict(order(300), held, limits=(spot,), day=DAY + timedelta(1)) is Verdict.BLOCK
    assert verdict(order(300, month="2026-07"), held, limits=(spot,)) is Verdict.PASS


def test_cash_and_physical_settlement_are_counted_apart_in_the_spot_month():
    spot = limit(LimitBucket.SPOT, month="2026-05", settlement=SettlementKind.CASH)
    cash = {"settlement": SettlementKind.CASH}
    held = holding(long=900, settlement=SettlementKind.PHYSICAL)
    assert verdict(order(1_000, **cash), held, limits=(spot,)) is Verdict.PASS
    assert verdict(order(1_001, **cash), held, limits=(spot,)) is Verdict.REDUCE
    physical = order(1_001, settlement=SettlementKind.PHYSICAL)
    assert verdict(physical, held, limits=(spot,)) is Verdict.PASS


def test_every_month_has_a_limit_of_its_own():
    single = limit(LimitBucket.SINGLE_MONTH)
    held = holding(long=900), holding(long=900, month="2026-07")
    assert verdict(order(100), *held, limits=(single,)) is Verdict.PASS
    assert verdict(order(101), *held, limits=(single,)) is Verdict.REDUCE


UNKNOWN = [
    {"law": regime(valid_to=date(2026, 1, 1))},
    {"group": msgspec.structs.replace(WHEAT, confirmed=False)},
    {"limits": (limit(confirmed=False),)},
]


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_what_is_not_known_blocks_opening_and_lets_out(unknown):
    found = decide_limit(question(order(1), **unknown))
    assert found.verdict is Verdict.BLOCK
    assert found.words
    assert verdict(order(1, opening=0, is_buy=False), holding(long=5), **unknown) is Verdict.PASS


def test_an_option_without_a_delta_blocks():
    found = decide_limit(question(order(1), holding(long=1, delta_ppm=None)))
    assert found.verdict is Verdict.BLOCK
    assert found.words == "the delta of W-2026-05 is not known"


LOTS = st.integers(0, 1_500)
SIDES = st.sampled_from(Netting)


@given(long=LOTS, parts=st.lists(st.integers(1, 400), min_size=1, max_size=5), netting=SIDES)
def test_splitting_an_order_does_not_change_its_sum(long, parts, netting):
    """Sent one after the other by members of one group, or at once: as many lots get through."""
    law, whole = regime(netting), sum(parts)
    answer = decide_limit(question(order(whole), holding("A", long=long), law=law))
    passed_at_once = whole if answer.verdict is Verdict.PASS else answer.headroom_lots
    passed, held = 0, [holding("A", long=long)]
    for number, lots in enumerate(parts):
        person = f"M{number}"
        part = decide_limit(question(order(lots, person), *held, law=law))
        sent = lots if part.verdict is Verdict.PASS else min(lots, part.headroom_lots)
        held.append(holding(person, buying_lots=sent, opening_buy_lots=sent))
        passed += sent
    assert passed == passed_at_once


@given(
    held=st.lists(st.tuples(LOTS, LOTS), max_size=4),
    more=st.tuples(LOTS, LOTS),
    lots=st.integers(1, 500),
)
def test_a_member_more_never_adds_room_where_sides_are_apart(held, more, lots):
    law = regime(Netting.PER_SIDE)
    known = [holding(f"M{n}", long, short) for n, (long, short) in enumerate(held)]
    before = decide_limit(question(order(lots), *known, law=law))
    after = decide_limit(question(order(lots), *known, holding("OFF", *more), law=law))
    assert after.verdict >= before.verdict


@given(lots=st.integers(1, 3_000), long=LOTS, netting=SIDES, cap=st.integers(0, 3_000))
def test_what_is_let_through_fits(lots, long, netting, cap):
    found = decide_limit(
        question(
            order(lots),
            holding(long=long),
            law=regime(netting),
            exemptions=[exemption("A", cap)],
        )
    )
    allowed = max(1_000, cap)
    sent = lots if found.verdict <= Verdict.PASS_WITH_EXEMPTION else found.headroom_lots
    assert sent <= lots
    assert sent == 0 or long + sent <= allowed
    assert sent == lots or long + sent + 1 > allowed
