"""Position limits of jurisdictions for the firm: one that nets over New York, one of Shanghai.

In New York crude (CL) is a group with a limit of 100 in all months, 60 in a single month and an
accountability level of 80; the E-mini counts a fifth of a parent whose limit is 40.  In Shanghai
copper has 50 a side.  FUND and CLIENT have declared owners and nothing ties them but the desk.
"""

from datetime import date

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
from tests.engine.firm import changed, define
from tests.engine.random_authority import approved_by_boss

BEGIN, END = date(2019, 1, 1), date(2030, 12, 31)


def regime(name="US", netting=Netting.NET, **more):
    values = {
        "regime_id": name,
        "jurisdiction": "US",
        "authority": name,
        "version": "2019",
        "valid_from": BEGIN,
        "source": "rule book",
        "aggregation": AggregationPolicy(ownership_ppm=100_000),
        "counting": CountingRule(netting=netting),
    }
    return Regime(**(values | more))


def group(name, regime_id="US", **more):
    return ContractGroup(
        regime_id=regime_id, group_id=name, name=name, source="rule book", confirmed=True, **more
    )


def member(scope, name=None, regime_id="US", **more):
    return GroupMember(regime_id=regime_id, group_id=name or scope, scope_id=scope, **more)


def regime_limit(lots, name="CL", bucket=LimitBucket.ALL_MONTHS, regime_id="US", month="", **more):
    values = {
        "limit_id": f"{regime_id}-{name}-{bucket}{month}",
        "regime_id": regime_id,
        "group_id": name,
        "bucket": bucket,
        "month": month,
        "steps": (LimitStep(BEGIN, lots),),
        "source": "rule book",
        "confirmed": True,
    }
    return RegimeLimit(**(values | more))


def exemption(lots, person="FUND", **more):
    values = {
        "exemption_id": "HEDGE",
        "regime_id": "US",
        "person_id": person,
        "group_id": "CL",
        "kind": ExemptionKind.BONA_FIDE_HEDGE,
        "buckets": tuple(LimitBucket),
        "long_lots_max": lots,
        "short_lots_max": lots,
        "valid_from": BEGIN,
        "valid_to": END,
        "conditions": "hedges of barrels in store",
        "grantor": "exchange",
        "evidence": "letter of 2019-12-02",
    }
    return Exemption(**(values | more))


def threshold(lots=25, **more):
    values = {
        "threshold_id": "US-CL-REPORT",
        "regime_id": "US",
        "group_id": "CL",
        "report_kind": "large trader",
        "from_day": BEGIN,
        "quantity_lots_min": lots,
        "source": "rule book",
        "confirmed": True,
    }
    return ReportThreshold(**(values | more))


DECLARED = tuple(
    LegalPerson(person_id=name, name=name, jurisdiction="US", owners_declared=True)
    for name in ("FUND", "CLIENT")
)
NEW_YORK = (
    *DECLARED,
    regime(),
    RegimeVenue(regime_id="US", venue_id="NYMEX"),
    group("CL"),
    group("SP"),
    member("CL"),
    member("ES", "SP", ratio_ppm=200_000),
    regime_limit(100),
    regime_limit(60, bucket=LimitBucket.SINGLE_MONTH),
    regime_limit(80, limit_id="US-CL-ASK", hardness=LimitHardness.ACCOUNTABILITY),
    regime_limit(40, "SP"),
    threshold(),
)
SHANGHAI = (
    regime("CN", Netting.PER_SIDE),
    RegimeVenue(regime_id="CN", venue_id="SHFE"),
    group("CU", "CN"),
    member("CU", regime_id="CN"),
    regime_limit(50, "CU", regime_id="CN"),
)


def use_regimes(desk, *more):
    """Put both regimes in force; ``more`` values replace those of their key."""
    months = [
        changed(desk.state.contracts[name].contract, delivery_month=month)
        for name, month in (("CLM0", "2020-06"), ("CLN0", "2020-07"), ("CLZ0", "2020-12"))
    ]
    months += [
        changed(desk.state.contracts[name].contract, delivery_month="2020-05")
        for name in ("CLK0", "ESM0", "CU06")
    ]
    named = {getattr(item, "key", None): item for item in more}
    items = [named.pop(getattr(item, "key", None), item) for item in (*NEW_YORK, *SHANGHAI)]
    brought = [item for item in more if item not in items]
    desk.done(approved_by_boss(desk, define(*months, *items, *brought)))
    return desk
