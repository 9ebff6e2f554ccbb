"""Position limits of jurisdictions for one seed's desk: rules, persons, ties, claims that end.

They have a stream of chance of their own, so that a seed without them is what it was before there
were any.  Limits lie near what is traded, so that they are reached.
"""

from datetime import date, timedelta

from msgspec.structs import replace

from fencang.refdata.account import SubAccount
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.evasion import EvasionWatch
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import (
    AggregationPolicy,
    ContractGroup,
    CountingRule,
    Exemption,
    ExemptionKind,
    GroupMember,
    LimitBucket,
    LimitHardness,
    LimitStep,
    Netting,
    Regime,
    RegimeLimit,
    RegimeVenue,
    ReportThreshold,
)
from fencang.refdata.ties import (
    INDEPENDENCE_CONDITIONS,
    ClaimStatus,
    DisaggregationClaim,
    OwnershipEdge,
    Representative,
)
from fencang.refdata.venue import Venue
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.random import Chance

__all__ = ["BEGIN", "claim", "has_rulebooks", "owns", "representative", "with_rulebooks"]

BEGIN = date(2017, 1, 1)
END = date(2030, 12, 31)
RULEBOOKS_PPM = 300_000
HOLDINGS = ("A-HOLDING", "B-HOLDING")
SHARES_PPM = (30_000, 60_000, 95_000, 99_999, 100_000, 300_000)
SOURCE = "rule book"


def has_rulebooks(chance: Chance) -> bool:
    """Return whether a seed's desk has regimes; the stream moves alike either way."""
    return chance.strikes(RULEBOOKS_PPM)


def with_rulebooks(chance: Chance, items: list[DeskItem]) -> list[DeskItem]:
    """Return a desk's reference values with regimes over its venues and ties of its persons."""
    changed = [_known(chance, item) for item in items]
    persons = [item.person_id for item in items if isinstance(item, LegalPerson)]
    holdings = [_person(chance, name) for name in HOLDINGS]
    return [
        *changed,
        *holdings,
        *_rules(chance, items),
        *_ties(chance, [*HOLDINGS, *persons]),
        EvasionWatch(valid_from=BEGIN, mirror_times=2, near_limit_ppm=600_000),
    ]


def _known(chance: Chance, item: DeskItem) -> DeskItem:
    """Say of a person whether its owners are known, of a contract its month, who directs what."""
    match item:
        case LegalPerson():
            return replace(item, owners_declared=chance.strikes(940_000))
        case Contract():
            month = chance.one_of(("2018-03", "2018-03", "2018-06"))
            return item if chance.strikes(50_000) else replace(item, delivery_month=month)
        case SubAccount() if chance.strikes(800_000):
            return replace(item, controller_id=item.owner_id)
        case _:
            return item


def _person(chance: Chance, name: str) -> LegalPerson:
    country = chance.one_of(("US", "KY", "HK"))
    return LegalPerson(person_id=name, name=name, jurisdiction=country, owners_declared=True)


# --------------------------------------------------------------------------------------- rules


def _rules(chance: Chance, items: list[DeskItem]) -> list[DeskItem]:
    found: list[DeskItem] = []
    products = [item for item in items if isinstance(item, Product)]
    for venue in [item for item in items if isinstance(item, Venue)]:
        for number in range(chance.between(1, 2)):
            name = f"LAW-{venue.venue_id}-{number}"
            found += [_regime(chance, name), RegimeVenue(regime_id=name, venue_id=venue.venue_id)]
            for product in products:
                if product.venue_id == venue.venue_id and not chance.strikes(15_000):
                    found += _group(chance, name, product.product_id)
    return found


def _regime(chance: Chance, name: str) -> Regime:
    last = FIRST_DAY + timedelta(days=chance.between(0, 3)) if chance.strikes(80_000) else None
    return Regime(
        regime_id=name,
        jurisdiction="US",
        authority=name,
        version="1",
        valid_from=BEGIN,
        valid_to=last,
        source=SOURCE,
        aggregation=AggregationPolicy(
            ownership_ppm=chance.one_of((None, 100_000, 100_000, 100_000)),
            uses_control=chance.strikes(700_000),
        ),
        counting=CountingRule(
            netting=chance.one_of((Netting.NET, Netting.PER_SIDE)),
            report_netting=chance.one_of((Netting.PER_SIDE, Netting.PER_SIDE, Netting.NET)),
        ),
    )


def _group(chance: Chance, regime_id: str, product_id: str) -> list[DeskItem]:
    is_read = not chance.strikes(30_000)
    ratio_ppm = chance.one_of((1_000_000, 1_000_000, 200_000))
    found: list[DeskItem] = [
        ContractGroup(
            regime_id=regime_id,
            group_id=product_id,
            name=product_id,
            source=SOURCE,
            confirmed=is_read,
        ),
        GroupMember(
            regime_id=regime_id, group_id=product_id, scope_id=product_id, ratio_ppm=ratio_ppm
        ),
        ReportThreshold(
            threshold_id=f"{regime_id}/{product_id}/report",
            regime_id=regime_id,
            group_id=product_id,
            source=SOURCE,
            report_kind="large trader",
            from_day=BEGIN,
            quantity_lots_min=chance.between(1, 8),
            each_month=chance.strikes(700_000),
            confirmed=True,
        ),
    ]
    buckets = (
        (LimitBucket.ALL_MONTHS, LimitHardness.LIMIT, 12),
        (LimitBucket.SINGLE_MONTH, LimitHardness.LIMIT, 8),
        (LimitBucket.ALL_MONTHS, LimitHardness.ACCOUNTABILITY, 5),
        (LimitBucket.SPOT, LimitHardness.LIMIT, 5),
    )
    for bucket, hardness, least in buckets:
        if chance.strikes(600_000):
            found.append(_limit(chance, (regime_id, product_id), bucket, hardness, least))
    if chance.strikes(300_000):
        found.append(_exemption(chance, regime_id, product_id))
    return found


def _limit(
    chance: Chance, place: tuple[str, str], bucket: LimitBucket, hardness: LimitHardness, least: int
) -> RegimeLimit:
    lots = chance.between(least, 5 * least)
    steps: tuple[LimitStep, ...] = (LimitStep(BEGIN, lots),)
    if bucket is LimitBucket.SPOT:
        begins = FIRST_DAY + timedelta(days=chance.between(0, 1))
        steps = (LimitStep(begins, lots), LimitStep(begins + timedelta(days=1), lots // 2))
    regime_id, group_id = place
    return RegimeLimit(
        limit_id=f"{regime_id}/{group_id}/{bucket}/{hardness}",
        regime_id=regime_id,
        group_id=group_id,
        source=SOURCE,
        bucket=bucket,
        hardness=hardness,
        month="2018-03" if bucket is LimitBucket.SPOT else "",
        steps=steps,
        confirmed=True,
    )


def _exemption(chance: Chance, regime_id: str, product_id: str) -> Exemption:
    lots = chance.between(20, 90)
    return Exemption(
        exemption_id=f"{regime_id}/{product_id}/hedge",
        regime_id=regime_id,
        person_id="FUND",
        group_id=product_id,
        kind=ExemptionKind.BONA_FIDE_HEDGE,
        buckets=chance.one_of((tuple(LimitBucket), (LimitBucket.ALL_MONTHS,))),
        long_lots_max=lots,
        short_lots_max=lots // 2,
        valid_from=BEGIN,
        valid_to=FIRST_DAY + timedelta(days=chance.between(0, 5)),
        conditions="",
        grantor="authority",
        evidence="letter",
    )


# ---------------------------------------------------------------------------------------- ties


def owns(owner_id: str, owned_id: str, share_ppm: int, last: date | None) -> OwnershipEdge:
    """Return a share of one person in another."""
    return OwnershipEdge(
        owner_id=owner_id,
        owned_id=owned_id,
        share_ppm=share_ppm,
        valid_from=BEGIN,
        valid_to=last,
        evidence="register",
    )


def claim(
    regime_id: str, first_id: str, second_id: str, last: date, status: ClaimStatus
) -> DisaggregationClaim:
    """Return a claim that two persons trade apart."""
    return DisaggregationClaim(
        claim_id=f"{regime_id}/{first_id}/{second_id}",
        regime_id=regime_id,
        first_id=first_id,
        second_id=second_id,
        conditions=INDEPENDENCE_CONDITIONS,
        notice_day=BEGIN,
        valid_from=BEGIN,
        valid_to=last,
        status=status,
        reviewer="compliance",
        evidence="notice",
    )


def representative(name: str, owner_id: str, *, is_revoked: bool = False) -> Representative:
    """Return who may decide for an owner."""
    return Representative(
        representative_id=name,
        owner_id=owner_id,
        valid_from=BEGIN,
        evidence="power of attorney",
        is_revoked=is_revoked,
    )


def _ties(chance: Chance, persons: list[str]) -> list[DeskItem]:
    """Return shares (downward in the order of persons), claims, and somebody for every owner."""
    found: list[DeskItem] = [representative(f"FOR-{name}", name) for name in persons]
    for place, owned in enumerate(persons):
        for owner in persons[:place]:
            if chance.strikes(130_000):
                last = FIRST_DAY + timedelta(days=chance.between(0, 4))
                share = chance.one_of(SHARES_PPM)
                found.append(owns(owner, owned, share, chance.one_of((None, None, last))))
                if chance.strikes(300_000):
                    regime_id = f"LAW-{chance.one_of(('XNET', 'XGRO'))}-0"
                    last = FIRST_DAY + timedelta(days=chance.between(0, 3))
                    found.append(claim(regime_id, owner, owned, last, ClaimStatus.VERIFIED))
    return found
