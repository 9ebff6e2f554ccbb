"""The engine: lock, net, cross-net by priority, floor; by hand, by laws, and unit by unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.margin.rates.exact import EXACT
from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.netting.engine import (
    NO_BENEFIT,
    Basis,
    Coefficient,
    Cross,
    Family,
    Group,
    Meaning,
    NettingSet,
    Risk,
    net,
)
from fencang.margin.rates.netting.margin import NettingTerms, netted_margin

MILLION = 1_000_000
YUAN = EXACT * MILLION


def percent(number, basis=Basis.ONE_SIDE, meaning=Meaning.CHARGED):
    return Coefficient(ratio_ppm=number * 10_000, basis=basis, meaning=meaning)


def risk(contract, family, long=0, short=0, lock=NO_BENEFIT):
    """Return a risk in yuan."""
    return Risk(
        contract_id=contract,
        family_id=family,
        long_units=long * YUAN,
        short_units=short * YUAN,
        lock=lock,
    )


def family(name, intra=NO_BENEFIT, **more):
    return Family(family_id=name, intra=intra, **more)


def cross(priority, first, second, coefficient, *, shares=(1, 1)):
    return Cross(
        priority=priority,
        first_id=first,
        second_id=second,
        coefficient=coefficient,
        first_share=shares[0],
        second_share=shares[1],
    )


def yuan(netting):
    """Return what each family pays in yuan."""
    return {found.family_id: found.margin_exact / YUAN for found in net(netting)[0]}


@pytest.mark.parametrize(
    ("coefficient", "pays"),
    [
        (percent(20), 20),
        (percent(20, Basis.BOTH_SIDES), 40),
        (percent(20, meaning=Meaning.CREDITED), 180),
        (percent(20, Basis.BOTH_SIDES, Meaning.CREDITED), 160),
        (percent(500), 200),
        (percent(500, meaning=Meaning.CREDITED), 0),
    ],
)
def test_a_coefficient_charges_or_gives_back_one_side_or_both(coefficient, pays):
    """100 against 100; never more than both, never less than nothing."""
    assert coefficient.charge(100 * EXACT, 100 * EXACT) == pays * EXACT


def test_lock_net_cross_and_rest_by_hand():
    """SR: SR601 70/40 locks 40 at 10 % = 4, leaves 30 long; SR603 0/50: 30 nets at 20 % = 6.

    20 short are left.  CF: 80 long.  They cross 20 at 50 % of one side = 10, 5 each; CF keeps 60.
    """
    netting = NettingSet(
        risks=(
            risk("SR601", "SR", 70, 40, percent(10)),
            risk("SR603", "SR", 0, 50, percent(10)),
            risk("CF601", "CF", 80, 0, percent(10)),
        ),
        families=(family("SR", percent(20)), family("CF", percent(20))),
        crosses=(cross(1, "SR", "CF", percent(50)),),
    )
    families, crosses = net(netting)
    assert yuan(netting) == {"CF": 65, "SR": 15}
    found = {found.family_id: found for found in families}["SR"]
    assert found.lock_exact == 4 * YUAN
    assert (found.long_units, found.short_units) == (30 * YUAN, 50 * YUAN)
    assert (found.intra_exact, found.cross_exact, found.naked_exact) == (6 * YUAN, 5 * YUAN, 0)
    assert [(pair.first_units, pair.charge_exact) for pair in crosses] == [(20 * YUAN, 10 * YUAN)]


def test_families_cross_in_order_of_priority():
    """A 100 long; B 80 short and C 80 short: the lower number goes first, C gets what is left."""
    risks = (risk("a", "A", 100), risk("b", "B", 0, 80), risk("c", "C", 0, 80))
    families = (family("A"), family("B"), family("C"))
    free = percent(0)
    first_b = (cross(2, "A", "C", free), cross(1, "A", "B", free))
    netting = NettingSet(risks=risks, families=families, crosses=first_b)
    assert yuan(netting) == {"A": 0, "B": 0, "C": 60}
    first_c = (cross(1, "A", "C", free), cross(1, "A", "B", free))
    netting = NettingSet(risks=risks, families=families, crosses=first_c)
    assert yuan(netting) == {"A": 0, "B": 60, "C": 0}


def test_families_on_the_same_side_do_not_cross():
    netting = NettingSet(
        risks=(risk("a", "A", 100), risk("b", "B", 100)),
        families=(family("A"), family("B")),
        crosses=(cross(1, "A", "B", percent(0)),),
    )
    assert yuan(netting) == {"A": 100, "B": 100}


def test_shares_and_unit_values_of_a_pair():
    """2 lots of A (10 yuan) against 3 of B (4 yuan): 5 and 9 lots form 2 times, at 50 % dearer.

    20·2 = 40 against 12·2 = 24: half of 40 = 20, shared 40:24 = 12.50 and 7.50; 10 and 12 rest.
    """
    netting = NettingSet(
        risks=(
            Risk(contract_id="a", family_id="A", long_units=5),
            Risk(contract_id="b", family_id="B", short_units=9),
        ),
        families=(family("A", unit_exact=10 * YUAN), family("B", unit_exact=4 * YUAN)),
        crosses=(cross(1, "A", "B", percent(50), shares=(2, 3)),),
    )
    assert yuan(netting) == {"A": 22.5, "B": 19.5}


def test_minimum_add_on_offset_and_royalty_of_a_family():
    """max(10 + 5, 40) + 7 uncombined − 20 option value + 3 premium = 30."""
    amounts = {
        "add_on_exact": 5 * YUAN,
        "minimum_exact": 40 * YUAN,
        "uncombined_exact": 7 * YUAN,
        "offset_exact": 20 * YUAN,
        "royalty_exact": 3 * YUAN,
    }
    netting = NettingSet(risks=(risk("a", "A", 10),), families=(family("A", **amounts),))
    assert yuan(netting) == {"A": 30}
    [found] = net(netting)[0]
    assert found.at_minimum_exact == 25 * YUAN
    amounts["offset_exact"] = 900 * YUAN
    netting = NettingSet(risks=(risk("a", "A", 10),), families=(family("A", **amounts),))
    assert yuan(netting) == {"A": 3}


def test_a_group_pays_at_least_its_share_of_the_margin_before_benefits():
    """200 before benefits, all of it netted away; 30 % of 200 stays."""
    netting = NettingSet(
        risks=(risk("a", "A", 100, 100, percent(0)),),
        families=(family("A", group_id="metals"),),
        groups=(Group(group_id="metals", minimum_ppm=300_000), Group(group_id="none")),
    )
    assert yuan(netting) == {"A": 60}
    assert net(netting)[0][0].top_up_exact == 60 * YUAN


def test_broker_and_frozen_margin():
    """Broker's ratio 1.2; an order of 40 against a position of 100 freezes 40, or nets 20 away."""

    def build(rows):
        return NettingSet(risks=tuple(rows), families=(family("A", percent(50)),))

    position, order = risk("a", "A", 100), risk("b", "A", 0, 40)
    careful = netted_margin(build, [position], [order], NettingTerms(investor_ratio_ppm=1_200_000))
    assert careful.used == (100 * MILLION, 120 * MILLION)
    assert careful.frozen == (40 * MILLION, 48 * MILLION)
    # 40 against 40 at 50 % = 20, and 60 left: 80, less than without the order.
    kind = netted_margin(build, [position], [order], NettingTerms(orders_earn_credit=True))
    assert kind.frozen == (0, 0)
    bought = netted_margin(
        build, [position], [risk("b", "A", 30)], NettingTerms(orders_earn_credit=True)
    )
    assert bought.frozen == (30 * MILLION, 30 * MILLION)


def test_families_round_half_away_once():
    def build(rows):
        return NettingSet(risks=tuple(rows), families=(family("A"),))

    half = Risk(contract_id="a", family_id="A", long_units=5_000 * EXACT)
    assert netted_margin(build, [half]).used == (10_000, 10_000)
    assert netted_margin(build, [half], terms=NettingTerms(rounding_micros=1)).used[0] == 5_000


def test_every_fault_of_a_set_is_told():
    netting = NettingSet(
        risks=(
            risk("a", "A", -1),
            risk("a", "A", 1, 0, percent(1)),
            risk("x", "X"),
        ),
        families=(family("A"), family("A"), family("B", royalty_exact=-1)),
        crosses=(cross(1, "A", "A", NO_BENEFIT), cross(1, "A", "Y", NO_BENEFIT, shares=(0, 1))),
        groups=(Group(group_id="g"), Group(group_id="g")),
    )
    with pytest.raises(RateFault) as refusal:
        net(netting)
    assert refusal.value.faults == (
        "family A is given twice",
        "group g is given twice",
        "risk a: units are below zero",
        "risk a: two rows have different lock coefficients",
        "risk x: family X is unknown",
        "family B: an amount is below zero",
        "cross 1 (A, A): the families of a pair differ",
        "cross 2 (A, Y): a family is unknown",
        "cross 2 (A, Y): shares are at least 1",
    )


NAMES = ("A", "B", "C")
COEFFICIENTS = st.builds(
    Coefficient,
    ratio_ppm=st.integers(0, 1_500_000),
    basis=st.sampled_from(Basis),
    meaning=st.sampled_from(Meaning),
)
UNITS = st.integers(0, 15)


@st.composite
def netting_sets(draw):
    """Draw three families with up to four contracts each, and pairs between them."""
    risks = [
        Risk(
            contract_id=f"{name}{month}",
            family_id=name,
            long_units=draw(UNITS),
            short_units=draw(UNITS),
            lock=draw(COEFFICIENTS),
        )
        for name in NAMES
        for month in range(draw(st.integers(0, 3)))
    ]
    crosses = draw(
        st.lists(
            st.builds(
                Cross,
                priority=st.integers(1, 3),
                first_id=st.sampled_from(NAMES),
                second_id=st.sampled_from(NAMES),
                coefficient=COEFFICIENTS,
                first_share=st.integers(1, 3),
                second_share=st.integers(1, 3),
            ).filter(lambda row: row.first_id != row.second_id),
            max_size=5,
        )
    )
    families = tuple(
        family(name, draw(COEFFICIENTS), unit_exact=draw(st.integers(1, 9)) * EXACT)
        for name in NAMES
    )
    return NettingSet(risks=tuple(risks), families=families, crosses=tuple(crosses))


def charge_by_the_unit(coefficient, one, other):
    """Return what two amounts pay, worded anew."""
    both = one + other
    amount = (both if coefficient.basis is Basis.BOTH_SIDES else max(one, other)) * (
        coefficient.ratio_ppm
    )
    if coefficient.meaning is Meaning.CREDITED:
        amount = both * MILLION - amount
    return min(max(amount, 0), both * MILLION)


def net_unit_by_unit(netting):
    """Return the whole charge × 1,000,000, taking one unit, or one pair of shares, at a time."""
    values = {found.family_id: found.unit_exact for found in netting.families}
    intra = {found.family_id: found.intra for found in netting.families}
    total = 0
    sides = {name: [0, 0] for name in values}
    for found in netting.risks:
        long, short, value = found.long_units, found.short_units, values[found.family_id]
        full = 2 * value * MILLION
        while long and short and charge_by_the_unit(found.lock, value, value) < full:
            long, short = long - 1, short - 1
            total += charge_by_the_unit(found.lock, value, value)
        sides[found.family_id][0] += long
        sides[found.family_id][1] += short
    for name, gathered in sides.items():
        while min(gathered):
            gathered[0] -= 1
            gathered[1] -= 1
            total += charge_by_the_unit(intra[name], values[name], values[name])
    for row in sorted(netting.crosses, key=lambda found: found.priority):
        one, other = sides[row.first_id], sides[row.second_id]
        for mine, theirs in ((0, 1), (1, 0)):
            while one[mine] >= row.first_share and other[theirs] >= row.second_share:
                one[mine] -= row.first_share
                other[theirs] -= row.second_share
                total += charge_by_the_unit(
                    row.coefficient,
                    row.first_share * values[row.first_id],
                    row.second_share * values[row.second_id],
                )
    return total + sum(sum(sides[name]) * values[name] * MILLION for name in values)


@given(netting_sets())
def test_the_engine_is_its_twin_that_takes_unit_by_unit(netting):
    """Law: bulk equals one unit after the other, exactly."""
    whole = sum(found.margin_exact for found in net(netting)[0])
    assert whole * MILLION == net_unit_by_unit(netting)


@given(netting_sets(), st.randoms(use_true_random=False))
def test_netting_is_never_negative_never_dearer_and_knows_no_order(netting, chance):
    """Laws: each family pays between nothing and both sides in full; order does not matter."""
    families, crosses = net(netting)
    for found in families:
        assert 0 <= found.margin_exact <= found.before_exact
        assert min(found.lock_exact, found.intra_exact, found.cross_exact) >= 0
    risks = list(netting.risks)
    chance.shuffle(risks)
    mixed = NettingSet(risks=tuple(risks), families=netting.families[::-1], crosses=netting.crosses)
    assert net(mixed) == (families, crosses)
