"""From holdings, terms and collateral to one statement per legal person and carrying account.

Law: a statement is a function of its own person's holdings and collateral in its own account; what
others hold, owe or have in excess changes nothing in it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fencang.margin.attribution.attribute import Sampling, attribute
from fencang.margin.attribution.shares import Attribution, AttributionRule
from fencang.margin.method import (
    MarginMethod,
    MarginRefused,
    Measure,
    MethodRequirement,
    pooled,
)
from fencang.margin.pool.collateral import (
    CollateralItem,
    ConversionTerms,
    SecuritiesLimit,
    collateral_faults,
    conversion_faults,
    counted_collateral,
    covered,
)
from fencang.margin.pool.cross_margin import (
    AcrossHouses,
    CrossMarginAgreement,
    CrossMarginCredit,
    cross_margin_credits,
)
from fencang.margin.pool.house import HouseTerms
from fencang.margin.pool.netting import Holding, NettingSet, netting_sets
from fencang.margin.pool.statement import AccountStatement, CurrencyBalance, SetStatement
from fencang.margin.span.frozen import Frozen
from fencang.refdata.account import CarryingAccount

__all__ = ["AccountCollateral", "PoolTerms", "account_statements", "across_houses"]


class AccountCollateral(Frozen):
    """What one person has in one carrying account, and how much of it may be securities."""

    person: str
    carrying_account: str
    items: tuple[CollateralItem, ...] = ()
    securities_limits: tuple[SecuritiesLimit, ...] = ()


class PoolTerms(Frozen):
    """How holdings are margined and divided.

    ``methods`` and ``house`` go by (carrying account, clearing house); without house terms the
    broker asks what the clearing house asks.
    """

    methods: Mapping[tuple[str, str], MarginMethod]
    conversion: ConversionTerms
    house: Mapping[tuple[str, str], HouseTerms] = {}
    agreements: tuple[CrossMarginAgreement, ...] = ()
    measure: Measure = Measure.MAINTENANCE
    rule: AttributionRule = AttributionRule.EULER
    sampling: Sampling | None = None


def account_statements(
    accounts: Sequence[CarryingAccount],
    holdings: Sequence[Holding],
    collateral: Sequence[AccountCollateral],
    terms: PoolTerms,
) -> tuple[AccountStatement, ...]:
    """Return the statements by person and carrying account, in that order.

    Raises:
        MarginRefused: holdings without account or method, positions a method cannot margin, terms
            that contradict themselves; every fault is named, and nothing is stated by halves.
    """
    margined, faults = _margined(netting_sets(holdings, accounts), terms)
    owned: dict[tuple[str, str], AccountCollateral] = {}
    for held in collateral:
        if (held.person, held.carrying_account) in owned:
            faults.append(f"{held.person} at {held.carrying_account}: two collateral statements")
        owned[held.person, held.carrying_account] = held
    faults.extend(_term_faults(collateral, terms))
    if faults:
        raise MarginRefused(faults)
    grouped: dict[tuple[str, str], list[_Margined]] = {place: [] for place in owned}
    for each in margined:
        grouped.setdefault(each.netting_set.key[:2], []).append(each)
    return tuple(
        _statement(
            grouped[person, account],
            owned.get(
                (person, account), AccountCollateral(person=person, carrying_account=account)
            ),
            terms,
        )
        for person, account in sorted(grouped)
    )


def across_houses(
    person: str,
    method: MarginMethod,
    holdings: Sequence[Holding],
    statements: Sequence[AccountStatement],
) -> AcrossHouses:
    """Return what one method would ask for all a person holds, beside what is really asked for.

    Args:
        person: whose holdings.
        method: one that knows the contracts of all clearing houses (VaR does).
        holdings: as in ``account_statements``; other persons' are left out.
        statements: what ``account_statements`` made of them.
    """
    apart: dict[str, int] = {}
    for statement in statements:
        if statement.person == person:
            for held in statement.sets:
                for house in held.house:
                    asked = apart.get(house.currency, 0)
                    apart[house.currency] = asked + house.clearing_micros
    own = [holding.positions for holding in holdings if holding.owner == person]
    return AcrossHouses(person=person, apart_micros=apart, together=method.requirement(pooled(own)))


class _Margined(NamedTuple):
    netting_set: NettingSet
    requirement: MethodRequirement
    attribution: Attribution


def _margined(sets: Sequence[NettingSet], terms: PoolTerms) -> tuple[list[_Margined], list[str]]:
    margined, faults = [], []
    for netting_set in sets:
        _, account, house = netting_set.key
        method = terms.methods.get((account, house))
        if method is None:
            faults.append(f"{account} at {house}: no margin method is stated")
            continue
        try:
            attribution = attribute(
                method,
                netting_set.books,
                terms.rule,
                measure=terms.measure,
                sampling=terms.sampling,
            )
            requirement = method.requirement(netting_set.positions)
        except MarginRefused as refused:
            faults.extend(f"{account} at {house}: {fault}" for fault in refused.faults)
            continue
        margined.append(_Margined(netting_set, requirement, attribution))
    return margined, faults


def _statement(
    margined: Sequence[_Margined], owned: AccountCollateral, terms: PoolTerms
) -> AccountStatement:
    credits_ = cross_margin_credits(
        terms.agreements,
        owned.carrying_account,
        {each.netting_set.key.clearing_house: each.requirement for each in margined},
    )
    sets = tuple(_set_statement(each, credits_, terms) for each in margined)
    asked: dict[str, int] = {}
    for held in sets:
        for house in held.house:
            asked[house.currency] = asked.get(house.currency, 0) + house.total_micros
    lines = counted_collateral(owned.items, asked, owned.securities_limits)
    counted: dict[str, int] = {}
    for line in lines:
        currency = line.item.currency
        counted[currency] = counted.get(currency, 0) + line.counted_micros
    currencies = sorted({*asked, *counted})
    difference = {code: counted.get(code, 0) - asked.get(code, 0) for code in currencies}
    left, covers = covered(difference, terms.conversion)
    return AccountStatement(
        person=owned.person,
        carrying_account=owned.carrying_account,
        sets=sets,
        collateral=lines,
        covers=covers,
        currencies=tuple(
            CurrencyBalance(
                currency=code,
                requirement_micros=asked.get(code, 0),
                collateral_micros=counted.get(code, 0),
                covered_micros=left[code] - difference[code],
            )
            for code in currencies
        ),
        conversion_haircut_ppm=terms.conversion.haircut_ppm,
    )


def _set_statement(
    margined: _Margined, credits_: Sequence[CrossMarginCredit], terms: PoolTerms
) -> SetStatement:
    key = margined.netting_set.key
    own = tuple(credit for credit in credits_ if credit.clearing_house == key.clearing_house)
    clearing = margined.requirement.by_currency(terms.measure)
    for credit in own:
        # Option value may have paid for part of it already: a credit never makes money.
        clearing[credit.currency] = max(0, clearing[credit.currency] - credit.credit_micros)
    house = terms.house.get((key.carrying_account, key.clearing_house), HouseTerms())
    return SetStatement(
        key=key,
        requirement=margined.requirement,
        attribution=margined.attribution,
        credits=own,
        house=house.house_requirements(clearing, margined.netting_set.positions),
    )


def _term_faults(collateral: Sequence[AccountCollateral], terms: PoolTerms) -> list[str]:
    faults = [
        f"{account} at {house}: {fault}"
        for (account, house), held in terms.house.items()
        for fault in held.faults()
    ]
    faults.extend(fault for agreement in terms.agreements for fault in agreement.faults())
    faults.extend(conversion_faults(terms.conversion))
    for owned in collateral:
        place = f"{owned.person} at {owned.carrying_account}"
        faults.extend(
            f"{place}: {fault}" for fault in collateral_faults(owned.items, owned.securities_limits)
        )
    return faults
