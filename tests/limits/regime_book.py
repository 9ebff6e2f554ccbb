"""Regimes, persons and ties of the tests; the wheat of the tests has a mini of a fifth."""

from datetime import date

from fencang.limits.regimes.aggregation import Ties
from fencang.limits.regimes.counting import Holding
from fencang.limits.regimes.verdict import LimitQuestion, OrderSize
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import (
    AggregationPolicy,
    ContractGroup,
    CountingRule,
    Exemption,
    ExemptionKind,
    LimitBucket,
    LimitStep,
    Netting,
    Regime,
    RegimeLimit,
)
from fencang.refdata.ties import (
    INDEPENDENCE_CONDITIONS,
    ClaimStatus,
    ControlBasis,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
)

DAY = date(2026, 3, 2)
BEGIN, END = date(2020, 1, 1), date(2030, 12, 31)


def regime(netting=Netting.NET, **more):
    values = {
        "regime_id": "US",
        "jurisdiction": "US",
        "authority": "CFTC",
        "version": "2021-03-15",
        "valid_from": BEGIN,
        "source": "17 CFR 150",
        "aggregation": AggregationPolicy(ownership_ppm=100_000),
        "counting": CountingRule(netting=netting),
    }
    return Regime(**(values | more))


def persons(*names, undeclared=()):
    return {
        name: LegalPerson(
            person_id=name, name=name, jurisdiction="US", owners_declared=name not in undeclared
        )
        for name in names
    }


def owns(owner, owned, percent, **more):
    share_ppm = round(percent * 10_000)
    values = {"valid_from": BEGIN, "evidence": "register"} | more
    return OwnershipEdge(owner_id=owner, owned_id=owned, share_ppm=share_ppm, **values)


def directs(controller, controlled, *products, basis=ControlBasis.MANDATE):
    return ControlEdge(
        controller_id=controller,
        controlled_id=controlled,
        basis=basis,
        product_ids=products,
        valid_from=BEGIN,
        evidence="mandate",
    )


def claim(first, second, **more):
    values = {
        "claim_id": f"{first}-{second}",
        "regime_id": "US",
        "first_id": first,
        "second_id": second,
        "conditions": INDEPENDENCE_CONDITIONS,
        "notice_day": BEGIN,
        "valid_from": BEGIN,
        "valid_to": END,
        "status": ClaimStatus.VERIFIED,
        "reviewer": "compliance",
        "evidence": "notice",
    }
    return DisaggregationClaim(**(values | more))


def ties(*edges):
    return Ties(
        ownership=tuple(each for each in edges if isinstance(each, OwnershipEdge)),
        control=tuple(each for each in edges if isinstance(each, ControlEdge)),
        claims=tuple(each for each in edges if isinstance(each, DisaggregationClaim)),
    )


WHEAT = ContractGroup(
    regime_id="US",
    group_id="WHEAT",
    name="wheat",
    source="rule book",
    confirmed=True,
)


def limit(bucket=LimitBucket.ALL_MONTHS, lots=1_000, **more):
    values = {
        "limit_id": f"WHEAT-{bucket}",
        "regime_id": "US",
        "group_id": "WHEAT",
        "bucket": bucket,
        "steps": (LimitStep(BEGIN, lots),),
        "source": "rule book",
        "confirmed": True,
    }
    return RegimeLimit(**(values | more))


def exemption(person="A", lots=1_500, **more):
    values = {
        "exemption_id": "HEDGE",
        "regime_id": "US",
        "person_id": person,
        "group_id": "WHEAT",
        "kind": ExemptionKind.BONA_FIDE_HEDGE,
        "buckets": tuple(LimitBucket),
        "long_lots_max": lots,
        "short_lots_max": lots,
        "valid_from": BEGIN,
        "valid_to": END,
        "conditions": "",
        "grantor": "CBOT",
        "evidence": "letter",
    }
    return Exemption(**(values | more))


def holding(person="A", long=0, short=0, month="2026-05", **more):
    return Holding(person, f"W-{month}", month, long_lots=long, short_lots=short, **more)


def order(lots, person="A", month="2026-05", *, is_buy=True, opening=None, **more):
    opening = lots if opening is None else opening
    return OrderSize(holding(person, month=month, **more), is_buy, lots, opening)


def question(size, *held, limits=None, exemptions=(), law=None, **more):
    return LimitQuestion(
        day=more.pop("day", DAY),
        regime=law or regime(),
        group=more.pop("group", WHEAT),
        limits=(limit(),) if limits is None else limits,
        exemptions=exemptions,
        holdings=held,
        order=size,
        **more,
    )
