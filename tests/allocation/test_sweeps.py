"""What a sweep proposes, as numbers alone."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.allocation.sweeps import SweepConversion, SweepPlace, SweepWire, propose_sweeps

RATES = {"USD": 10**9, "EUR": 1_100_000_000, "JPY": 9_000_000}


def place(account, currency, free, target, least=0):
    return SweepPlace(account, currency, free, target, least)


def test_wires_come_first_and_conversions_buy_the_rest():
    """A lacks 100 euros: B can spare 60; 40 cost 44 dollars of A's 50."""
    places = [
        place("A", "EUR", 0, 100),
        place("A", "USD", 50, 0),
        place("B", "EUR", 70, 10),
    ]
    assert propose_sweeps(places, RATES) == (
        [SweepWire("B", "A", "EUR", 60)],
        [SweepConversion("A", "USD", 44, "EUR", 40)],
    )


def test_small_amounts_stay_where_they_are():
    places = [place("A", "USD", 99, 0), place("B", "USD", 0, 99, least=100)]
    assert propose_sweeps(places, RATES) == ([], [])


def test_a_currency_without_a_rate_is_not_bought():
    places = [place("A", "USD", 99, 0), place("A", "XAU", 0, 1)]
    assert propose_sweeps(places, RATES) == ([], [])


PLACES = st.dictionaries(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(sorted(RATES))),
    st.tuples(st.integers(-500, 2_000), st.integers(0, 1_000), st.integers(0, 50)),
    max_size=9,
)


@given(PLACES, st.randoms())
def test_no_balance_is_taken_below_its_target_or_lifted_above_it(found, chance):
    """Law: wires conserve every currency; the order of the balances changes nothing."""
    places = [place(*key, *numbers) for key, numbers in found.items()]
    wires, conversions = propose_sweeps(places, RATES)
    after = {(each.carrying_account_id, each.currency): each.free_micros for each in places}
    for wire in wires:
        assert wire.amount_micros > 0
        after[wire.from_account_id, wire.currency] -= wire.amount_micros
        after[wire.to_account_id, wire.currency] += wire.amount_micros
    for each in conversions:
        after[each.carrying_account_id, each.sold_currency] -= each.sold_micros
        after[each.carrying_account_id, each.bought_currency] += each.bought_micros
        sold = each.sold_micros * RATES[each.sold_currency]
        assert (
            0 <= sold - each.bought_micros * RATES[each.bought_currency] < RATES[each.sold_currency]
        )
    for each in places:
        left, target = after[each.carrying_account_id, each.currency], each.target_micros
        assert min(each.free_micros, target) <= left <= max(each.free_micros, target)
    chance.shuffle(places)
    assert propose_sweeps(places, RATES) == (wires, conversions)
