"""Imagined lots: margin is what it would be if they were real, and nothing is left behind."""

import pytest

from fencang.engine.invariants import check
from fencang.engine.margin_parts import margin_parts
from fencang.engine.margin_what_if import (
    HeldLots,
    Imagined,
    ImaginedFaults,
    WorkingLots,
    margin_of_books,
    margin_what_if,
)
from fencang.refdata.margin_rate import LargerSide
from tests.engine.broker_firm import concentration, fixed
from tests.engine.desk import BUY, CLOSE, MAKER, OPEN, SELL, stray, trading_desk
from tests.engine.firm import define
from tests.engine.random_desk import Office
from tests.engine.rate_book import by_money, rate_of
from tests.engine.span_firm import use_span

STEPS = 60


@pytest.fixture(params=["percentage", "span", "stated rate"])
def any_desk(request):
    """A desk with lots, orders and a suspended fill, margined in each of the three ways."""
    desk = trading_desk()
    if request.param == "span":
        use_span(desk)
    elif request.param == "stated rate":
        desk.done(define(rate_of("CL", by_money(10), side=LargerSide.NONE)))
    desk.done(define(concentration(), fixed("1000")))
    desk.trade("ALPHA", BUY, 8, "20")
    desk.trade("BETA", SELL, 5, "20", contract="CLN0")
    desk.working("GAMMA", BUY, 2, at="19")
    stray(desk, BUY, 1, "20")
    return desk


def copied(desk):
    """What a follower would be: never the machine that decides."""
    return MAKER.load(desk.machine.dump()).state


def books(effects):
    return {(each.level, each.book_id): each for each in effects}


def test_imagined_orders_count_as_real_ones(any_desk):
    copy = copied(any_desk)
    imagined = [
        Imagined("a", "ALPHA", "CLN0", WorkingLots(SELL, 6)),
        Imagined("b", "GAMMA", "CLM0", WorkingLots(BUY, 5)),
        Imagined("c", "ALPHA", "CLN0", WorkingLots(BUY, 1)),
    ]
    effects = books(margin_what_if(copy, imagined))
    assert effects["sub_account", "BETA"].owner_id == "FUND"
    any_desk.accepted("ALPHA", SELL, 6, "CLN0", at="20")
    any_desk.accepted("GAMMA", BUY, 5, at="20")
    any_desk.accepted("ALPHA", BUY, 1, "CLN0", at="20")
    real = margin_of_books(any_desk.state, any_desk.state.pools["FUND"])
    assert {key: each.after for key, each in effects.items()} == real


def test_imagined_positions_count_as_real_ones(any_desk):
    effects = books(
        margin_what_if(
            copied(any_desk),
            [
                Imagined("a", "ALPHA", "CLM0", HeldLots(-3, 0)),
                Imagined("b", "BETA", "CLM0", HeldLots(0, 4)),
            ],
        )
    )
    any_desk.trade("ALPHA", SELL, 3, "20")
    any_desk.trade("BETA", SELL, 4, "20")
    real = margin_of_books(any_desk.state, any_desk.state.pools["FUND"])
    for key, each in effects.items():
        assert each.after.requirement_micros == real[key].requirement_micros
        assert each.after.attributed_micros == real[key].attributed_micros


def test_shares_sum_to_the_pool_before_and_after(any_desk):
    effects = margin_what_if(
        copied(any_desk), [Imagined("a", "BETA", "CLM0", WorkingLots(SELL, 40))]
    )
    pool = next(each for each in effects if each.level == "pool")
    for when in ("before", "after"):
        shares = [getattr(each, when).attributed_micros for each in effects if each is not pool]
        assert sum(shares) == getattr(pool, when).requirement_micros
    assert pool.after.requirement_micros > pool.before.requirement_micros


def test_a_copy_is_left_as_it_was(any_desk):
    copy = copied(any_desk)
    before = MAKER.load(any_desk.machine.dump()).state_hash()
    for lots in (WorkingLots(SELL, 40), HeldLots(7, 0), HeldLots(-8, 0)):
        margin_what_if(copy, [Imagined("a", "ALPHA", "CLM0", lots)])
        assert check(copy) == []
    machine = MAKER()
    machine.state = copy
    assert machine.state_hash() == before


def test_what_cannot_be_is_told_whole_and_changes_nothing(any_desk):
    copy = copied(any_desk)
    with pytest.raises(ImaginedFaults) as told:
        margin_what_if(
            copy,
            [
                Imagined("$.orders[0]", "NOBODY", "CLM0", WorkingLots(BUY, 1)),
                Imagined("$.orders[1]", "ALPHA", "NOTHING", WorkingLots(BUY, 1)),
                Imagined("$.orders[2]", "ALPHA", "CLM0", WorkingLots(BUY, 1), "C9"),
                Imagined("$.orders[3]", "ALPHA", "FDAX", WorkingLots(BUY, 1), "CN1"),
            ],
        )
    assert [where for where, _ in told.value.faults] == [f"$.orders[{n}]" for n in range(4)]
    assert check(copy) == []


def test_no_more_is_taken_away_than_is_there():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    taken = Imagined("$", "ALPHA", "CU06", HeldLots(-4, 0))
    more = Imagined("$", "ALPHA", "CU06", HeldLots(0, 2))
    copy = copied(desk)
    with pytest.raises(ImaginedFaults, match="more than 3 long and 2 short"):
        margin_what_if(copy, [more, taken])
    assert check(copy) == []
    closing = Imagined("$", "ALPHA", "CU06", WorkingLots(SELL, 2, CLOSE))
    assert all(each.before == each.after for each in margin_what_if(copy, [closing]))


@pytest.mark.parametrize("uses_span", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_parts_sum_to_every_requirement_whatever_an_office_does(seed, uses_span):
    """Law: in each currency, to the micro, of every book and pool; imagining leaves no trace."""
    office = Office(seed, uses_span=uses_span)
    for step in range(STEPS):
        office.step()
        state = office.desk.state
        for holder in state.holders():
            sums = {}
            for part in margin_parts(state, holder):
                assert part.kind != "envelopes" or state.risk.envelopes.open
                sums[part.currency] = sums.get(part.currency, 0) + part.requirement_micros
            asked = {key: micros for key, micros in holder.standing.requirement.items() if micros}
            assert {key: micros for key, micros in sums.items() if micros} == asked
        if step % 20 == 19:
            copy = copied(office.desk)
            imagined = [Imagined("", sub, "CLM0", WorkingLots(BUY, 3)) for sub in ("ALPHA", "BETA")]
            margin_what_if(copy, imagined)
            assert check(copy) == []
