"""Attribution of the pool's margin: known answers, sums, and the core of scan risk."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.margin.attribution.attribute import Sampling, attribute
from fencang.margin.attribution.shapley import permutations
from fencang.margin.attribution.shares import AttributionRule, largest_remainder, settled
from fencang.margin.method import MarginRefused, Measure, pooled
from tests.margin.span_sets import SpanSet, calendar, leg, line, tier, tier_leg
from tests.margin.textbook import DOLLAR, OnlyRequirement, ScanOnly, SpanMethod, lots, textbook

RULES = list(AttributionRule)
UNIT = 10_000
"""Losses of the random arrays are whole cents, so only exact ties are ties."""


def shares_of(attribution, currency="USD"):
    for division in attribution.currencies:
        if division.currency == currency:
            return [share.share_micros for share in division.shares]
    return []


def textbook_books():
    """A is long one future, B short one call (McMillan's arrays)."""
    method, future, call = textbook()
    return method, {"A": {future: lots(1)}, "B": {call: lots(-1)}}


@pytest.mark.parametrize(
    ("rule", "shares"),
    [
        (AttributionRule.EULER, [10_000_000_000, -3_380_000_000]),
        (AttributionRule.EULER_CAPPED, [10_000_000_000, -3_380_000_000]),
        (AttributionRule.SHAPLEY, [4_280_000_000, 2_340_000_000]),
        (AttributionRule.PROPORTIONAL, [3_665_559_247, 2_954_440_753]),
    ],
)
def test_the_known_answer(rule, shares):
    """Stand-alone 10,000 and 8,060, pooled 6,620 in scenario 13, benefit 11,440.

    Euler: losses in scenario 13 are 10,000 and -3,380.  Shapley: A first pays 10,000, A second
    6,620 - 8,060 = -1,440; (10,000 - 1,440) / 2 = 4,280.  Proportional: 6,620 × 10,000 / 18,060.
    """
    method, books = textbook_books()
    attribution = attribute(method, books, rule)
    (division,) = attribution.currencies
    assert division.pool_micros == 6_620 * DOLLAR
    assert [share.stand_alone_micros for share in division.shares] == [
        10_000 * DOLLAR,
        8_060 * DOLLAR,
    ]
    assert division.benefit_micros == 11_440 * DOLLAR
    assert shares_of(attribution) == shares
    assert division.rounded_micros == 0


def test_euler_names_the_active_scenario_and_the_gap_to_the_next():
    """Scenario 13 loses 6,620, the runner-up 14 loses 6,010."""
    method, books = textbook_books()
    (piece,) = attribute(method, books, AttributionRule.EULER).pieces
    assert (piece.name, piece.scenarios, piece.gap_micros) == ("SP", (13,), 610 * DOLLAR)


def test_tied_scenarios_are_mixed_equally_whatever_their_order():
    """Losses 5 and 5 in two scenarios: A (5, 3) and B (0, 2) share 4 and 1."""
    for turn in (1, -1):
        method = ScanOnly({"A": (5 * DOLLAR, 3 * DOLLAR)[::turn], "B": (0, 2 * DOLLAR)[::turn]})
        books = {"a": {"A": lots(1)}, "b": {"B": lots(1)}}
        assert shares_of(attribute(method, books, AttributionRule.EULER)) == [
            4 * DOLLAR,
            DOLLAR,
        ]


def test_a_scenario_half_a_cent_behind_is_tied_and_the_rest_is_spread():
    """Losses 10.000000 and 9.995000: the mix is 9.997500, and 2,500 micros are spread by size."""
    method = ScanOnly({"A": (10 * DOLLAR, 4_995_000), "B": (0, 5 * DOLLAR)})
    books = {"a": {"A": lots(1)}, "b": {"B": lots(1)}}
    (division,) = attribute(method, books, AttributionRule.EULER).currencies
    assert division.rounded_micros == 2_500
    assert [share.share_micros for share in division.shares] == [7_499_375, 2_500_625]


def scan_pools(accounts_max=6, scenarios_max=6):
    """Draw a scan-only method and books over three contracts."""
    values = st.lists(st.integers(-300, 300), min_size=2, max_size=scenarios_max)

    @st.composite
    def pools(draw):
        first = draw(values)
        rest = st.lists(st.integers(-300, 300), min_size=len(first), max_size=len(first))
        losses = {"X": first, "Y": draw(rest), "Z": draw(rest)}
        scaled = {name: [loss * UNIT for loss in array] for name, array in losses.items()}
        book = st.dictionaries(st.sampled_from("XYZ"), st.integers(-9, 9).map(lots), max_size=3)
        books = draw(st.lists(book, min_size=1, max_size=accounts_max))
        return ScanOnly(scaled), {f"account {n}": held for n, held in enumerate(books)}

    return pools()


@given(scan_pools(), st.sampled_from(RULES))
def test_shares_always_sum_to_the_pool(pool, rule):
    """Law: to the micro, per currency, by every rule."""
    method, books = pool
    (division,) = attribute(method, books, rule).currencies
    total = method.requirement(pooled(books.values())).by_currency(Measure.MAINTENANCE)["USD"]
    assert sum(share.share_micros for share in division.shares) == division.pool_micros == total


@given(scan_pools())
def test_scan_only_euler_is_in_the_core(pool):
    """Law: no group of accounts pays more than it would by itself (Denault 2001).

    The pool's active scenario is one of those each group's own maximum ranges over.  A whole micro
    per account is the largest remainder's.
    """
    method, books = pool
    attribution = attribute(method, books, AttributionRule.EULER)
    shares = dict(zip(books, shares_of(attribution), strict=True))
    (division,) = attribution.currencies
    assert all(share.exceeds_micros == 0 for share in division.shares)
    for size in range(2, len(books) + 1):
        for group in combinations(books, size):
            alone = method.requirement(pooled(books[account] for account in group))
            need = alone.by_currency(Measure.MAINTENANCE)["USD"]
            assert sum(shares[account] for account in group) < need + size


@st.composite
def scanned_books(draw):
    """Draw a SPAN set of scan risk alone, and books of it."""
    made = SpanSet()
    made.commodity("NG", scan_tiers=(tier(1, "202003"), tier(2, "202006")))
    made.commodity("CL")
    array = st.lists(st.integers(-300, 300), min_size=16, max_size=16)
    keys = [
        made.future(code, period, draw(array))
        for code, period in (("NG", "202003"), ("NG", "202006"), ("CL", "202003"))
    ]
    book = st.dictionaries(st.sampled_from(keys), st.integers(-9, 9).map(lots), max_size=3)
    books = draw(st.lists(book, min_size=1, max_size=4))
    return SpanMethod(made.build()), {f"account {n}": held for n, held in enumerate(books)}


@given(scanned_books())
@settings(max_examples=50)
def test_scan_risk_of_span_divided_by_euler_never_exceeds_stand_alone(pool):
    """Law, through the whole of SPAN: nothing is left over and nobody pays more than alone."""
    method, books = pool
    for division in attribute(method, books, AttributionRule.EULER).currencies:
        assert division.rounded_micros == 0
        assert all(share.exceeds_micros == 0 for share in division.shares)


@given(scan_pools(accounts_max=5))
def test_shapley_of_a_sub_additive_requirement_never_exceeds_stand_alone(pool):
    method, books = pool
    (division,) = attribute(method, books, AttributionRule.SHAPLEY).currencies
    assert all(share.exceeds_micros == 0 for share in division.shares)


@given(scan_pools(accounts_max=4))
def test_euler_does_not_care_whether_an_account_is_split(pool):
    """Law: two books of half the lots each pay together what the one paid."""
    method, books = pool
    doubled = {
        account: {contract: lots(2 * held.net) for contract, held in book.items()}
        for account, book in books.items()
    }
    first = next(iter(books))
    halves = {**doubled, first: books[first], "other half": books[first]}
    whole = shares_of(attribute(method, doubled, AttributionRule.EULER))
    split = shares_of(attribute(method, halves, AttributionRule.EULER))
    assert abs(split[0] + split[-1] - whole[0]) <= len(halves)


def calendar_set():
    """ES with March and June, 900 a lot, calendar charge 90; NQ with a 50 % credit against ES."""
    made = SpanSet()
    made.commodity(
        "ES",
        intra_tiers=(tier(1, "202003"), tier(2, "202006")),
        tier_spreads=(calendar(1, 90, tier_leg("A", 1, 1), tier_leg("B", 1, 2)),),
        initial_ratio_ppm=(1_000_000, 1_000_000, 1_100_000),
    )
    made.commodity("NQ")
    march = made.future("ES", "202003", line(900))
    june = made.future("ES", "202006", line(900))
    other = made.future("NQ", "202003", line(600))
    made.inter(1, 50, leg("A", 1, "ES"), leg("B", 1, "NQ"))
    return SpanMethod(made.build()), march, june, other


def test_a_calendar_charge_is_borne_by_the_scarce_leg():
    """A +10 March, B -6 June: scan 4 × 900 = 3,600, six calendars of 90 = 540.

    June is the scarce leg: one lot of it more forms one calendar more.  A pays 10 × 900 = 9,000;
    B pays -6 × 900 + 540 = -4,860; together 4,140.
    """
    method, march, june, _ = calendar_set()
    books = {"A": {march: lots(10)}, "B": {june: lots(-6)}}
    attribution = attribute(method, books, AttributionRule.EULER)
    assert shares_of(attribution) == [9_000 * DOLLAR, -4_860 * DOLLAR]


def test_equally_scarce_legs_bear_half_each():
    """A +10 March, B -10 June: scan 0 (all tied), ten calendars of 90 = 900; 450 each."""
    method, march, june, _ = calendar_set()
    books = {"A": {march: lots(10)}, "B": {june: lots(-10)}}
    assert shares_of(attribute(method, books, AttributionRule.EULER)) == [450 * DOLLAR] * 2


def test_an_inter_commodity_credit_is_shared_along_its_leg_that_binds():
    """ES +10 (9,000), NQ -4 (2,400): n = 4, each leg credited 4 × its price risk × 50 %.

    WFPR is 900 and 600 a delta: credits 1,800 and 1,200.  Only NQ's lots bind, so its owner has
    both: A 9,000, B 2,400 - 3,000 = -600; together 8,400.
    """
    method, march, _, other = calendar_set()
    books = {"A": {march: lots(10)}, "B": {other: lots(-4)}}
    attribution = attribute(method, books, AttributionRule.EULER)
    assert shares_of(attribution) == [9_000 * DOLLAR, -600 * DOLLAR]
    initial = attribute(method, books, AttributionRule.EULER, measure=Measure.INITIAL)
    assert shares_of(initial) == [9_900 * DOLLAR, -600 * DOLLAR - 180 * DOLLAR]


def leaving_leg():
    """C is long one ES against one NQ, D holds the NQ that undoes C's credit in the pool."""
    method, march, _, other = calendar_set()
    return method, {"C": {march: lots(1), other: lots(-1)}, "D": {other: lots(1)}}


def test_where_spreads_enter_euler_may_exceed_stand_alone_and_says_so():
    """C alone: (900 + 600) × 50 % = 750.  In the pool NQ nets to nothing: 900 for ES, all C's."""
    (division,) = attribute(*leaving_leg(), AttributionRule.EULER).currencies
    assert [share.share_micros for share in division.shares] == [900 * DOLLAR, 0]
    assert [share.exceeds_micros for share in division.shares] == [150 * DOLLAR, 0]
    assert division.benefit_micros == (750 + 600 - 900) * DOLLAR


def test_capped_euler_spreads_what_was_cut_by_the_distance_to_stand_alone():
    (division,) = attribute(*leaving_leg(), AttributionRule.EULER_CAPPED).currencies
    assert [share.share_micros for share in division.shares] == [750 * DOLLAR, 150 * DOLLAR]


def test_where_pooling_costs_no_cap_holds_and_what_is_missing_goes_by_stand_alone():
    """A +10 March and B -10 June at a charge of 2,000: apart 18,000, together 20,000."""
    made = SpanSet()
    made.commodity(
        "ES",
        intra_tiers=(tier(1, "202003"), tier(2, "202006")),
        tier_spreads=(calendar(1, 2_000, tier_leg("A", 1, 1), tier_leg("B", 1, 2)),),
    )
    march, june = made.future("ES", "202003", line(900)), made.future("ES", "202006", line(900))
    books = {"A": {march: lots(10)}, "B": {june: lots(-10)}}
    method = SpanMethod(made.build())
    (division,) = attribute(method, books, AttributionRule.EULER_CAPPED).currencies
    assert division.benefit_micros == -2_000 * DOLLAR
    assert [share.share_micros for share in division.shares] == [10_000 * DOLLAR] * 2


def test_a_minimum_that_binds_is_borne_by_those_who_are_short_options():
    """Ten short calls at a minimum of 100 against 5 futures: scan is 0, the minimum is 1,000."""
    made = SpanSet()
    made.commodity("SP", is_futures_style=True, som_rate=100)
    future = made.future("SP", "202003", line(900))
    call = made.option("SP", "202003", "C", "100", line(450), delta_e4=5_000)
    books = {"A": {future: lots(5)}, "B": {call: lots(-7)}, "C": {call: lots(-3)}}
    attribution = attribute(SpanMethod(made.build()), books, AttributionRule.EULER)
    assert shares_of(attribution) == [0, 700 * DOLLAR, 300 * DOLLAR]


def test_option_value_belongs_to_whoever_holds_the_option():
    """A long calls of 450 risk and 300 value each, B short one future of 900.

    Two calls: no scenario loses, nothing is asked for, nobody shares.  One call: 450 of risk less
    300 of value are 150: B's 900, and A's -450 - 300.
    """
    made = SpanSet()
    made.commodity("SP")
    future = made.future("SP", "202003", line(900))
    call = made.option("SP", "202003", "C", "100", line(450), delta_e4=5_000, price="300")
    method = SpanMethod(made.build())
    for calls, shares in ((2, [0, 0]), (1, [-750 * DOLLAR, 900 * DOLLAR])):
        books = {"A": {call: lots(calls)}, "B": {future: lots(-1)}}
        assert shares_of(attribute(method, books, AttributionRule.EULER)) == shares


@st.composite
def span_books(draw):
    method, *contracts = calendar_set()
    book = st.dictionaries(
        st.sampled_from(contracts), st.integers(-9, 9).map(lots), max_size=len(contracts)
    )
    books = draw(st.lists(book, min_size=1, max_size=4))
    return method, {f"account {n}": held for n, held in enumerate(books)}


@given(span_books(), st.sampled_from(list(Measure)))
@settings(max_examples=60)
def test_euler_of_spreads_leaves_nothing_over_but_at_a_jump(pool, measure):
    """Law (Euler): the derivatives sum to the requirement wherever it is continuous.

    It jumps where a commodity's net delta is zero and its price risk is not; ties of more than two
    pieces may leave a mix.  Elsewhere what is spread is only rounding to whole dollars.
    """
    method, books = pool
    pool_lots = pooled(books.values())
    attribution = attribute(method, books, AttributionRule.EULER, measure=measure)
    for division in attribution.currencies:
        assert sum(share.share_micros for share in division.shares) == division.pool_micros
        nets = [held.net for held in pool_lots.values()]
        tied = sum(nets) == 0 or len({abs(net) for net in nets}) < len(nets)
        if not tied:
            assert abs(division.rounded_micros) <= 2 * DOLLAR


def test_every_scan_tier_has_its_own_active_scenario():
    """Rule S6: no offset between tiers, so March's long and June's short are each their own."""
    made = SpanSet()
    made.commodity("NG", scan_tiers=(tier(1, "202003"), tier(2, "202006")))
    march, june = made.future("NG", "202003", line(900)), made.future("NG", "202006", line(600))
    books = {"A": {march: lots(3), june: lots(-1)}, "B": {march: lots(-1), june: lots(-2)}}
    attribution = attribute(SpanMethod(made.build()), books, AttributionRule.EULER)
    assert [piece.name for piece in attribution.pieces] == ["NG tier 1", "NG tier 2"]
    assert shares_of(attribution) == [(2_700 + 600) * DOLLAR, (-900 + 1_200) * DOLLAR]


def test_a_scanning_spread_is_divided_by_differences():
    """Rule X8 at 98 %: HH -2 gains 2 × 900 × 0.98 = 1,764 where NG +5 loses 4,500; in all 2,736.

    B's short leg is worth what it takes off: 4,500 of A's less 1,764.
    """
    made = SpanSet()
    made.commodity("NG")
    made.commodity("HH")
    last, spot = made.future("NG", "202003", line(900)), made.future("HH", "202003", line(900))
    made.inter(
        1, 98, leg("A", 1, "HH"), method=4, is_super=True, legs_min=1, target=leg("A", 1, "NG")
    )
    method = SpanMethod(made.build())
    books = {"A": {last: lots(5)}, "B": {spot: lots(-2)}}
    (division,) = attribute(method, books, AttributionRule.EULER).currencies
    assert division.pool_micros == 2_736 * DOLLAR
    assert [share.share_micros for share in division.shares] == [
        4_500 * DOLLAR,
        -1_764 * DOLLAR,
    ]


def test_a_capped_option_value_divides_what_its_commodity_still_asks_for():
    """Rule R4 with the cap: SP's 450 are paid by option value, NQ's 600 are not: all B's."""
    made = SpanSet(caps_option_value=True)
    made.commodity("SP")
    made.commodity("NQ")
    call = made.option("SP", "202003", "C", "100", line(450), delta_e4=5_000, price="800")
    future = made.future("NQ", "202003", line(600))
    books = {"A": {call: lots(1)}, "B": {future: lots(1)}}
    attribution = attribute(SpanMethod(made.build()), books, AttributionRule.EULER)
    assert shares_of(attribution) == [0, 600 * DOLLAR]


def test_sampled_shapley_is_within_its_errors_and_sums_exactly():
    """Thirteen equal accounts and one hedger; the exact value by symmetry of the equal ones.

    With v = 900 × |net|: the hedger (-6) arrives after j of 13 with equal chance j = 0 … 13 and
    costs |j - 6| - j: on average (6 + 4 + 2 + 0 - 2 - 4 - 6 × 8) / 14 = -3.
    """
    method, march, _, _ = calendar_set()
    books = {f"account {n}": {march: lots(1)} for n in range(13)}
    books["hedger"] = {march: lots(-6)}
    attribution = attribute(
        method, books, AttributionRule.SHAPLEY, sampling=Sampling(seed=7, pairs=64)
    )
    (division,) = attribution.currencies
    assert division.pool_micros == 6_300 * DOLLAR
    assert division.rounded_micros == 0
    assert sum(share.share_micros for share in division.shares) == division.pool_micros
    hedger = division.shares[-1]
    exact = Fraction(-42, 14) * 900 * DOLLAR
    assert 0 < hedger.standard_error_micros < 300 * DOLLAR
    assert abs(hedger.share_micros - exact) <= 4 * hedger.standard_error_micros
    again = attribute(method, books, AttributionRule.SHAPLEY, sampling=Sampling(seed=7, pairs=64))
    assert again == attribution


def test_shapley_over_many_accounts_asks_for_a_seed():
    method, march, _, _ = calendar_set()
    books = {f"account {n}": {march: lots(1)} for n in range(13)}
    with pytest.raises(MarginRefused, match="state a seed"):
        attribute(method, books, AttributionRule.SHAPLEY)


def test_euler_asks_for_derivatives():
    method, books = textbook_books()
    with pytest.raises(MarginRefused, match="no derivatives"):
        attribute(OnlyRequirement(method), books, AttributionRule.EULER)
    attribute(OnlyRequirement(method), books, AttributionRule.SHAPLEY)


def test_every_pair_of_orders_of_a_seed_is_a_permutation_and_no_two_seeds_agree():
    drawn = list(permutations(20, seed=1, number=50))
    assert all(sorted(order) == list(range(20)) for order in drawn)
    assert drawn != list(permutations(20, seed=2, number=50))
    first_places = [order[0] for order in permutations(4, seed=3, number=4_000)]
    assert all(900 < first_places.count(place) < 1_100 for place in range(4))


def test_no_books_share_nothing():
    method, _ = textbook_books()
    for rule in RULES:
        assert attribute(method, {}, rule).currencies == ()


@given(st.lists(st.fractions(-100, 100, max_denominator=50), min_size=1, max_size=8))
def test_the_largest_remainder_is_never_a_whole_unit_away(values):
    whole = round(sum(values))
    values[0] += whole - sum(values)
    parts = largest_remainder(values)
    assert sum(parts) == whole
    assert all(abs(part - value) < 1 for part, value in zip(parts, values, strict=True))


def test_a_rest_without_values_goes_by_stand_alone_and_without_those_evenly():
    none = [Fraction(0)] * 3
    assert settled(none, 9, [1, 2, 0]) == ([3, 6, 0], 9)
    assert settled(none, 7, [0, 0, 0]) == ([3, 2, 2], 7)
    assert settled([Fraction(3), Fraction(-1), Fraction(0)], 6, [0, 0, 0]) == ([6, 0, 0], 4)


def test_each_currency_is_divided_by_itself():
    made = SpanSet()
    made.commodity("ES")
    made.commodity("FDAX", currency="EUR")
    dollars, euros = (
        made.future("ES", "202003", line(900)),
        made.future("FDAX", "202003", line(300)),
    )
    books = {"A": {dollars: lots(1), euros: lots(2)}, "B": {euros: lots(-1)}}
    attribution = attribute(SpanMethod(made.build()), books, AttributionRule.EULER)
    assert [division.currency for division in attribution.currencies] == ["EUR", "USD"]
    assert shares_of(attribution, "EUR") == [600 * DOLLAR, -300 * DOLLAR]
    assert shares_of(attribution, "USD") == [900 * DOLLAR, 0]
