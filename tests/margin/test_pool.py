"""The margin pool: what nets, house terms, collateral, excess and calls, across clearing houses."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.money import RATE_NANOS
from fencang.margin.method import MarginRefused, Measure
from fencang.margin.pool.collateral import (
    CollateralItem,
    CollateralKind,
    ConversionTerms,
    SecuritiesLimit,
    counted_collateral,
    covered,
)
from fencang.margin.pool.cross_margin import CrossMarginAgreement, CrossMarginLeg
from fencang.margin.pool.house import ConcentrationAddOn, FixedAddOn, HouseTerms
from fencang.margin.pool.netting import Holding, NettingKey, netting_sets
from fencang.margin.pool.pool import (
    AccountCollateral,
    PoolTerms,
    account_statements,
    across_houses,
)
from fencang.margin.rate_method import LotRequirement, RateMethod
from fencang.refdata.account import CarryingAccount
from tests.margin.textbook import DOLLAR, lots

FIRM, CLIENT = "FIRM", "CLIENT"
OWN = CarryingAccount(
    carrying_account_id="OWN", holder_id=FIRM, broker="First Clearing", venues=("CME", "ICE")
)
SECOND = CarryingAccount(
    carrying_account_id="SECOND", holder_id=FIRM, broker="Second Clearing", venues=("CME",)
)
OMNIBUS = CarryingAccount(
    carrying_account_id="OMNI",
    holder_id=FIRM,
    broker="First Clearing",
    venues=("CME",),
    omnibus=True,
)
ACCOUNTS = (OWN, SECOND, OMNIBUS)
CONVERSION = ConversionTerms(
    base_currency="USD",
    rate_nanos={"USD": RATE_NANOS, "EUR": 1_100_000_000},
    haircut_ppm=50_000,
)


def rate(**per_lot):
    """Return a rate method: dollars a lot by contract; names that end in E are in euros."""
    return RateMethod(
        {
            name: LotRequirement(
                currency="EUR" if name.endswith("E") else "USD",
                maintenance_micros=dollars * DOLLAR,
                initial_micros=dollars * DOLLAR,
            )
            for name, dollars in per_lot.items()
        }
    )


METHOD = rate(A=1_000, BE=500, W=2_000)
METHODS = {
    ("OWN", "CME"): METHOD,
    ("OWN", "ICE"): METHOD,
    ("SECOND", "CME"): METHOD,
    ("OMNI", "CME"): METHOD,
}


def holding(sub_account, account="OWN", house="CME", owner=FIRM, **positions):
    return Holding(
        sub_account=sub_account,
        owner=owner,
        carrying_account=account,
        clearing_house=house,
        positions={name: lots(net) for name, net in positions.items()},
    )


def cash(amount, currency="USD", haircut_ppm=0):
    return CollateralItem(
        name="cash",
        kind=CollateralKind.CASH,
        currency=currency,
        value_micros=amount * DOLLAR,
        haircut_ppm=haircut_ppm,
    )


def bonds(amount, currency="USD", haircut_ppm=20_000):
    return CollateralItem(
        name="bonds",
        kind=CollateralKind.SECURITY,
        currency=currency,
        value_micros=amount * DOLLAR,
        haircut_ppm=haircut_ppm,
    )


def statements(holdings, collateral=(), **terms):
    return account_statements(
        ACCOUNTS,
        holdings,
        [
            AccountCollateral(person=person, carrying_account=account, items=tuple(items))
            for person, account, items in collateral
        ],
        PoolTerms(**{"methods": METHODS, "conversion": CONVERSION, **terms}),
    )


def required(statement, currency="USD"):
    return {line.currency: line.requirement_micros for line in statement.currencies}[currency]


def test_two_books_of_one_person_in_one_account_at_one_house_net():
    (statement,) = statements([holding("S1", A=5), holding("S2", A=-3)])
    assert required(statement) == 2_000 * DOLLAR
    (division,) = statement.sets[0].attribution.currencies
    assert division.benefit_micros == 6_000 * DOLLAR


@pytest.mark.parametrize(
    ("second", "asked"),
    [
        (holding("S2", account="SECOND", A=-3), [5_000, 3_000]),
        (holding("S2", house="ICE", A=-3), [8_000]),
        (holding("S2", account="OMNI", owner=CLIENT, A=-3), [3_000, 5_000]),
    ],
    ids=["another account", "another clearing house", "another person"],
)
def test_nothing_nets_beyond_person_account_and_clearing_house(second, asked):
    """Design §5.  Two houses of one account add up in it; all else has statements of its own."""
    made = statements([holding("S1", A=5), second])
    assert [required(statement) for statement in made] == [amount * DOLLAR for amount in asked]


def test_an_omnibus_account_is_gross_by_owner():
    """+5 of one owner and -3 of another ask for 8; within an owner books net."""
    made = statements(
        [
            holding("S1", account="OMNI", owner=FIRM, A=5),
            holding("S2", account="OMNI", owner=CLIENT, A=-4),
            holding("S3", account="OMNI", owner=CLIENT, A=1),
        ]
    )
    assert {statement.person: required(statement) for statement in made} == {
        FIRM: 5_000 * DOLLAR,
        CLIENT: 3_000 * DOLLAR,
    }


def test_one_owners_excess_never_supports_another():
    """The client has a million too much and the firm is called for all it needs."""
    made = statements(
        [
            holding("S1", account="OMNI", owner=FIRM, A=5),
            holding("S2", account="OMNI", owner=CLIENT, A=-3),
        ],
        [(CLIENT, "OMNI", [cash(1_000_000)]), (FIRM, "OMNI", [])],
    )
    calls = {each.person: each.currencies[0].call_micros for each in made}
    assert calls == {CLIENT: 0, FIRM: 5_000 * DOLLAR}


def test_an_undeclared_owner_and_an_unknown_account_are_refused_together():
    with pytest.raises(MarginRefused) as refused:
        netting_sets(
            [holding("S1", owner=CLIENT, A=1), holding("S2", account="NONE", A=1)], ACCOUNTS
        )
    undeclared, unknown = refused.value.faults
    assert "owner CLIENT is not FIRM" in undeclared
    assert "not declared omnibus" in undeclared
    assert "NONE is unknown" in unknown


def test_positions_of_one_book_add_up():
    (made,) = netting_sets([holding("S1", A=1), holding("S1", A=2, W=1)], ACCOUNTS)
    assert made.key == NettingKey(FIRM, "OWN", "CME")
    assert made.books == {"S1": {"A": lots(3), "W": lots(1)}}


def test_the_house_multiplies_and_adds():
    """10 A and -4 W: 10,000 + 8,000 = 18,000; × 1.25 = 22,500; 2 lots beyond 12 at 300; 1,000."""
    terms = HouseTerms(
        multiplier_ppm=1_250_000,
        concentration=(
            ConcentrationAddOn(
                name="concentration",
                contracts=("A", "W"),
                currency="USD",
                free_lots=12,
                per_lot_micros=300 * DOLLAR,
            ),
        ),
        fixed=(FixedAddOn(name="deposit", currency="USD", amount_micros=1_000 * DOLLAR),),
    )
    (statement,) = statements([holding("S1", A=10, W=-4)], house={("OWN", "CME"): terms})
    (house,) = statement.sets[0].house
    assert house.clearing_micros == 18_000 * DOLLAR
    assert house.multiplied_micros == 22_500 * DOLLAR
    assert [(each.name, each.lots, each.amount_micros) for each in house.add_ons] == [
        ("concentration", 2, 600 * DOLLAR),
        ("deposit", 0, 1_000 * DOLLAR),
    ]
    assert required(statement) == house.total_micros == 24_100 * DOLLAR


def test_a_fraction_of_a_micro_is_asked_for_in_full():
    (house,) = HouseTerms(multiplier_ppm=1_100_000).house_requirements({"USD": 1}, {})
    assert house.total_micros == 2


def test_securities_count_after_haircut_and_within_their_limit():
    """100 of bonds less 2 % are 98, 60 % of a need of 100 are 60; a debit counts in full."""
    lines = counted_collateral(
        [bonds(100), bonds(50), cash(-10, haircut_ppm=500_000), cash(30, haircut_ppm=100_000)],
        {"USD": 100 * DOLLAR},
        [SecuritiesLimit(currency="USD", share_ppm_max=600_000)],
    )
    assert [line.counted_micros for line in lines] == [
        60 * DOLLAR,
        0,
        -10 * DOLLAR,
        27 * DOLLAR,
    ]
    assert [line.over_limit_micros for line in lines] == [38 * DOLLAR, 49 * DOLLAR, 0, 0]


def test_an_amount_limits_securities_too():
    limit = SecuritiesLimit(currency="USD", amount_micros_max=20 * DOLLAR)
    (line,) = counted_collateral([bonds(100)], {"USD": 100 * DOLLAR}, [limit])
    assert line.counted_micros == 20 * DOLLAR


def test_excess_of_one_currency_covers_a_deficit_at_the_stated_haircut():
    """EUR -100 at 1.10 costs USD 110 / 0.95 = 115.789474, rounded up to a micro."""
    left, (cover,) = covered({"EUR": -100 * DOLLAR, "USD": 500 * DOLLAR}, CONVERSION)
    assert cover.taken_micros == 115_789_474
    assert cover.covered_micros == 100 * DOLLAR
    assert left == {"EUR": 0, "USD": 500 * DOLLAR - 115_789_474}


def test_what_the_excess_is_not_worth_stays_a_call():
    """USD 95 after 5 % are 90.25, that is EUR 82.045454 at 1.10, rounded down."""
    left, _ = covered({"EUR": -100 * DOLLAR, "USD": 95 * DOLLAR}, CONVERSION)
    assert left == {"EUR": -100 * DOLLAR + 82_045_454, "USD": 0}


def test_without_permission_or_rate_nothing_is_covered():
    short = {"JPY": -5 * DOLLAR, "USD": 9 * DOLLAR}
    assert covered(short, CONVERSION) == (short, ())
    closed = ConversionTerms(
        base_currency="USD", rate_nanos=CONVERSION.rate_nanos, covers_deficits=False
    )
    deficit = {"EUR": -5 * DOLLAR, "USD": 9 * DOLLAR}
    assert covered(deficit, closed) == (deficit, ())


@given(
    st.dictionaries(st.sampled_from(["USD", "EUR", "JPY", "GBP"]), st.integers(-(10**12), 10**12)),
    st.integers(0, 999_999),
    st.dictionaries(st.sampled_from(["EUR", "JPY"]), st.integers(1, 10**12)),
)
def test_cover_never_makes_money(differences, haircut_ppm, rates):
    """Law: no excess turns negative, no deficit positive, and the value in base never rises."""
    rates = {"USD": RATE_NANOS, **rates}
    terms = ConversionTerms(base_currency="USD", rate_nanos=rates, haircut_ppm=haircut_ppm)
    left, covers = covered(differences, terms)
    moved = Counter()
    for cover in covers:
        moved[cover.from_currency] -= cover.taken_micros
        moved[cover.to_currency] += cover.covered_micros
        worth = cover.taken_micros * rates[cover.from_currency] * (1_000_000 - haircut_ppm)
        assert cover.covered_micros * rates[cover.to_currency] * 1_000_000 <= worth
    for currency, difference in differences.items():
        assert left[currency] == difference + moved[currency]
        assert (left[currency] >= 0) is (difference >= 0) or left[currency] == 0


def test_the_statement_gives_excess_or_call_per_currency_and_explains_itself():
    """BE 4 × 500 = EUR 2,000; A 3 × 1,000 = USD 3,000; USD 6,000 of cash covers the euros."""
    (statement,) = statements(
        [holding("S1", A=5, BE=4), holding("S2", A=-2)], [(FIRM, "OWN", [cash(6_000)])]
    )
    euros, dollars = statement.currencies
    assert (euros.currency, euros.requirement_micros, euros.call_micros) == (
        "EUR",
        2_000 * DOLLAR,
        0,
    )
    taken = 2_315_789_474  # 2,000 × 1.10 / 0.95
    assert dollars.covered_micros == -taken
    assert dollars.excess_micros == 3_000 * DOLLAR - taken
    told = "\n".join(statement.lines())
    for words in (
        "FIRM at OWN",
        "USD pooling saves 4000.00: 7000.00 apart, 3000.00 together",
        "S1: 5000.00 (stand-alone 5000.00)",
        "S2: -2000.00 (stand-alone 2000.00)",
        "USD 2315.789474 covers EUR 2000.00 (haircut 50000 ppm)",
        "EUR: collateral 0.00, required 2000.00, excess 0.00",
    ):
        assert words in told


def test_collateral_without_positions_is_stated_as_excess():
    (statement,) = statements([], [(FIRM, "OWN", [cash(5)])])
    assert statement.sets == ()
    assert statement.currencies[0].excess_micros == 5 * DOLLAR


def test_every_fault_is_named_and_nothing_is_stated_by_halves():
    terms = PoolTerms(
        methods={("OWN", "CME"): METHOD},
        conversion=ConversionTerms(
            base_currency="USD", rate_nanos={"EUR": 0}, haircut_ppm=1_000_000
        ),
        house={
            ("OWN", "CME"): HouseTerms(
                multiplier_ppm=900_000,
                concentration=(
                    ConcentrationAddOn(
                        name="c", contracts=(), currency="USD", free_lots=-1, per_lot_micros=0
                    ),
                ),
                fixed=(FixedAddOn(name="f", currency="USD", amount_micros=-1),),
            )
        },
        agreements=(agreement(offset_ppm=2_000_000, cap_micros=-1, second="CME"),),
    )
    owned = AccountCollateral(
        person=FIRM,
        carrying_account="OWN",
        items=(bonds(-1), cash(1, haircut_ppm=-1)),
        securities_limits=(SecuritiesLimit(currency="USD", share_ppm_max=-1),),
    )
    with pytest.raises(MarginRefused) as refused:
        account_statements(
            ACCOUNTS,
            [holding("S1", UNKNOWN=1), holding("S2", house="ICE", A=1)],
            [owned, owned],
            terms,
        )
    told = "\n".join(refused.value.faults)
    for words in (
        "OWN at CME: UNKNOWN: no amount per lot",
        "OWN at ICE: no margin method",
        "two collateral statements",
        "house multiplier 900000 ppm is below",
        "c: free_lots and per_lot_micros",
        "f: amount_micros must be",
        "both legs are at CME",
        "offset 2000000 ppm",
        "the cap must be",
        "a security is not worth less",
        "haircut -1 ppm",
        "securities limit USD",
        "conversion haircut 1000000 ppm",
        "rate of EUR",
    ):
        assert words in told


def agreement(*, second="ICE", **terms):
    return CrossMarginAgreement(
        **{
            "name": "WTI",
            "carrying_account": "OWN",
            "first": CrossMarginLeg(clearing_house="CME", part="W"),
            "second": CrossMarginLeg(clearing_house=second, part="W"),
            "offset_ppm": 750_000,
            "cap_micros": 20_000 * DOLLAR,
            **terms,
        }
    )


ACROSS = [holding("S1", W=10), holding("S2", house="ICE", W=-6)]
"""CME 20,000 long, ICE 12,000 short."""


def test_across_clearing_houses_nothing_nets_without_an_agreement():
    (statement,) = statements(ACROSS)
    assert required(statement) == 32_000 * DOLLAR
    view = across_houses(FIRM, METHOD, [*ACROSS, holding("S9", owner=CLIENT, W=99)], [statement])
    assert view.apart_micros == {"USD": 32_000 * DOLLAR}
    assert view.together.by_currency(Measure.MAINTENANCE) == {"USD": 8_000 * DOLLAR}


@pytest.mark.parametrize(
    ("terms", "credit"),
    [
        ({}, 9_000),
        ({"cap_micros": 5_000 * DOLLAR}, 2_500),
        ({"offsets_same_side": True}, 0),
        ({"carrying_account": "SECOND"}, 0),
        ({"first": CrossMarginLeg(clearing_house="CME", part="A")}, 0),
    ],
    ids=["in full", "capped", "wrong side", "another account", "no such part"],
)
def test_an_agreement_credits_both_legs_of_the_smaller_part(terms, credit):
    """75 % of 12,000 on each leg, both together at most the cap."""
    (statement,) = statements(ACROSS, agreements=(agreement(**terms),))
    assert required(statement) == (32_000 - 2 * credit) * DOLLAR
    assert sum(len(held.credits) for held in statement.sets) == (2 if credit else 0)


def test_what_one_agreement_matched_another_does_not_match_again():
    """8,000 of CME's 20,000 are left after the first, and nothing of ICE's 12,000."""
    both = (agreement(), agreement(name="again"))
    (statement,) = statements(ACROSS, agreements=both)
    assert required(statement) == 14_000 * DOLLAR


def test_an_agreement_never_joins_two_persons():
    books = [
        holding("S1", account="OMNI", owner=FIRM, W=10),
        holding("S2", account="OMNI", owner=CLIENT, house="ICE", W=-6),
    ]
    methods = {**METHODS, ("OMNI", "ICE"): METHOD}
    made = statements(books, methods=methods, agreements=(agreement(carrying_account="OMNI"),))
    assert sorted(required(statement) for statement in made) == [12_000 * DOLLAR, 20_000 * DOLLAR]


@given(st.lists(st.tuples(st.sampled_from("AW"), st.integers(-9, 9)), max_size=6))
def test_a_statement_is_deaf_to_what_others_hold(others):
    """Law: only one's own holdings in one's own account count."""
    own = holding("S1", account="OMNI", owner=FIRM, A=5)
    alone = statements([own], [(FIRM, "OMNI", [cash(9)])])
    strangers = [
        holding(f"C{n}", account="OMNI", owner=CLIENT, **{name: net})
        for n, (name, net) in enumerate(others)
    ]
    crowd = statements([own, *strangers], [(FIRM, "OMNI", [cash(9)])])
    assert [each for each in crowd if each.person == FIRM] == list(alone)
