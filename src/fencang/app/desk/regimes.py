"""Position limits of jurisdictions in a desk file: rule packs by name, and tables of its own.

A ``[[contract_group]]`` states a group with its limits in one row, as the tables of law do; it
becomes a ``ContractGroup`` with one ``RegimeLimit`` per bucket and a ``ReportThreshold``.  Spot
limits begin on days that differ from month to month: ``[[spot_month]]`` states them per contract.
"""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from importlib import resources
from typing import NamedTuple

from msgspec.structs import replace

from fencang.app.desk.faults import DeskFault, Lines
from fencang.app.desk.fields import Fields
from fencang.refdata.contract import Contract
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.evasion import STEP_DAYS_MAX, TURN_DAYS_MAX, EvasionWatch
from fencang.refdata.regime import (
    PPM,
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
    OptionCount,
    Regime,
    RegimeLimit,
    RegimeVenue,
    ReportThreshold,
    SettlementKind,
)
from fencang.refdata.regime_faults import regime_item_faults
from fencang.refdata.ties import (
    ClaimStatus,
    ConcertEdge,
    ControlBasis,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
    RegimeItem,
    Representative,
)

__all__ = ["RegimeRow", "pack_names", "read_regimes"]

_DATA = resources.files("fencang.limits.regimes") / "data"


class RegimeRow(NamedTuple):
    """A value and the place in the file that it comes from (of a pack: the pack's key)."""

    path: str
    item: RegimeItem


class _Spot(NamedTuple):
    """A spot limit before its days are known."""

    path: str
    group: ContractGroup
    lots: tuple[int, ...]


class _Reading:
    """Rows read so far, of packs and of the file."""

    def __init__(self) -> None:
        self.rows: list[RegimeRow] = []
        self.spots: list[_Spot] = []

    def add(self, fields: Fields, *items: RegimeItem) -> None:
        """Take in what one table states, after its own laws were checked."""
        fields.finish()
        if fields.is_faulty:
            return
        for item in items:
            fields.checked("", partial(regime_item_faults, item))
            self.rows.append(RegimeRow(fields.path, item))


def pack_names() -> tuple[str, ...]:
    """Return the names of the rule packs that belong to the project."""
    return tuple(
        sorted(
            path.name.removesuffix(".toml")
            for path in _DATA.iterdir()
            if path.name.endswith(".toml")
        )
    )


def read_regimes(
    head: Fields, root: Fields, contracts: Sequence[Contract]
) -> tuple[RegimeRow, ...]:
    """Read the packs that ``[desk]`` names and the file's tables; what both state is the file's."""
    reading = _Reading()
    known = pack_names()
    for name in head.identifiers("rule_packs", ()):
        head.reference("rule_packs", name, known, "rule pack")
        if name in known:
            _read_pack(name, reading)
    _read_rules(root, reading)
    _read_ties(root, reading)
    _read_watch(root, reading)
    _confirm(root, reading)
    _expand_spots(root, reading, contracts)
    last = {(type(row.item), row.item.key): row for row in reading.rows}
    return tuple(last.values())


def _read_pack(name: str, reading: _Reading) -> None:
    text = (_DATA / f"{name}.toml").read_text(encoding="utf-8")
    faults: list[DeskFault] = []
    pack = Fields(tomllib.loads(text, parse_float=str), "", faults, Lines(text))
    _read_rules(pack, reading)
    pack.finish()
    assert not faults, f"the rule pack {name} has faults: {[str(fault) for fault in faults]}"


# A rule pack and a desk file state rules in the same tables.


def _read_rules(root: Fields, reading: _Reading) -> None:
    for each in root.each("regime"):
        reading.add(each, _regime(each))
    for each in root.each("regime_venue"):
        reading.add(
            each,
            RegimeVenue(regime_id=each.identifier("regime"), venue_id=each.identifier("venue")),
        )
    for each in root.each("contract_group"):
        _read_group(each, reading)
    for each in root.each("group_member"):
        member = GroupMember(
            regime_id=each.identifier("regime"),
            group_id=each.identifier("group"),
            scope_id=each.identifier("scope"),
            ratio_ppm=each.decimal("ratio", 6, PPM, low=1, high=1_000 * PPM),
            settlement=each.choice("settlement", SettlementKind, SettlementKind.ANY),
        )
        reading.add(each, member)


def _day(fields: Fields, key: str) -> date:
    if not fields.has(key):
        fields.fault(key, "is missing")
    return fields.day(key) or date.min


def _regime(fields: Fields) -> Regime:
    ownership = fields.percent("ownership", 0, high=PPM)
    return Regime(
        regime_id=fields.identifier("id"),
        jurisdiction=fields.country("jurisdiction"),
        authority=fields.text("authority"),
        version=fields.text("version"),
        valid_from=_day(fields, "valid_from"),
        valid_to=fields.day("valid_to"),
        source=fields.text("source"),
        aggregation=AggregationPolicy(
            ownership_ppm=ownership or None,
            uses_control=fields.flag("control", default=True),
            uses_concert=fields.flag("concert", default=True),
            unknown_is_linked=fields.flag("unknown_is_linked", default=True),
        ),
        counting=CountingRule(
            netting=fields.choice("netting", Netting),
            report_netting=fields.choice("report_netting", Netting, Netting.PER_SIDE),
            options=fields.choice("options", OptionCount, OptionCount.DELTA),
        ),
    )


def _read_group(fields: Fields, reading: _Reading) -> None:
    confirmed = fields.flag("confirmed")
    group = ContractGroup(
        regime_id=fields.identifier("regime"),
        group_id=fields.identifier("id"),
        name=fields.text("name"),
        source=fields.text("source"),
        confirmed=confirmed,
    )
    from_day = _day(fields, "from_day")
    items: list[RegimeItem] = [group, *_limits(fields, group, from_day)]
    if fields.has("report"):
        items.append(
            ReportThreshold(
                threshold_id=f"{group.regime_id}/{group.group_id}/report",
                regime_id=group.regime_id,
                group_id=group.group_id,
                report_kind=fields.text("report_kind"),
                from_day=from_day,
                quantity_lots_min=fields.whole("report", low=1, high=LOTS_MAX),
                each_month=fields.flag("report_each_month", default=True),
                due_days=fields.whole("report_due_days", 1, high=30),
                source=fields.text("report_source", group.source),
                confirmed=fields.flag("report_confirmed", default=confirmed),
            )
        )
    spot = fields.wholes("spot", (), low=0, high=LOTS_MAX)
    reading.add(fields, *items)
    if spot:
        reading.spots.append(_Spot(fields.path, group, spot))


def _limits(fields: Fields, group: ContractGroup, from_day: date) -> Iterator[RegimeLimit]:
    for key, bucket, hardness in (
        ("single_month", LimitBucket.SINGLE_MONTH, LimitHardness.LIMIT),
        ("all_months", LimitBucket.ALL_MONTHS, LimitHardness.LIMIT),
        ("accountability", LimitBucket.ALL_MONTHS, LimitHardness.ACCOUNTABILITY),
    ):
        if fields.has(key):
            lots = fields.whole(key, low=0, high=LOTS_MAX)
            yield RegimeLimit(
                limit_id=f"{group.regime_id}/{group.group_id}/{key}",
                regime_id=group.regime_id,
                group_id=group.group_id,
                bucket=bucket,
                steps=(LimitStep(from_day, lots),),
                hardness=hardness,
                source=group.source,
                confirmed=group.confirmed,
            )


def _confirm(root: Fields, reading: _Reading) -> None:
    """Confirm rows of a pack: whoever looked into the official text says where."""
    confirmed: dict[tuple[str, str], str] = {}
    for each in root.each("confirmation"):
        regime_id, source = each.identifier("regime"), each.text("source")
        groups = {
            row.item.group_id
            for row in reading.rows
            if isinstance(row.item, ContractGroup) and row.item.regime_id == regime_id
        }
        for group_id in each.identifiers("groups"):
            each.reference("groups", group_id, sorted(groups), f"group of {regime_id}")
            confirmed[regime_id, group_id] = source
        each.finish()
    for place, (path, item) in enumerate(reading.rows):
        if isinstance(item, ContractGroup | RegimeLimit | ReportThreshold):
            stated = confirmed.get((item.regime_id, item.group_id))
            if stated is not None:
                reading.rows[place] = RegimeRow(path, replace(item, confirmed=True, source=stated))
    reading.spots = [
        spot._replace(group=replace(spot.group, confirmed=True, source=confirmed[spot.group.key]))
        if spot.group.key in confirmed
        else spot
        for spot in reading.spots
    ]


def _expand_spots(root: Fields, reading: _Reading, contracts: Sequence[Contract]) -> None:
    """Give spot limits their days, for each contract that counts in their group."""
    begins: dict[str, tuple[date, ...]] = {}
    for each in root.each("spot_month"):
        name = each.identifier("contract")
        each.reference("contract", name, [known.contract_id for known in contracts], "contract")
        begins[name] = each.days("from")
        each.finish()
    for spot in reading.spots:
        for contract in _members(reading, spot.group, contracts):
            days = begins.get(contract.contract_id)
            if not contract.month:
                continue
            if days is None or len(days) != len(spot.lots):
                count = len(spot.lots)
                root.fault(
                    "spot_month",
                    f"{contract.contract_id} counts in {spot.group.group_id}, whose spot limit has "
                    f"{count} step{'s' if count > 1 else ''}: state as many days in from",
                )
                continue
            limit = RegimeLimit(
                limit_id=f"{spot.group.regime_id}/{spot.group.group_id}/spot/{contract.month}",
                regime_id=spot.group.regime_id,
                group_id=spot.group.group_id,
                bucket=LimitBucket.SPOT,
                month=contract.month,
                steps=tuple(map(LimitStep, days, spot.lots)),
                source=spot.group.source,
                confirmed=spot.group.confirmed,
            )
            reading.rows.append(RegimeRow("spot_month", limit))


def _members(
    reading: _Reading, group: ContractGroup, contracts: Sequence[Contract]
) -> Iterator[Contract]:
    scopes = {
        row.item.scope_id
        for row in reading.rows
        if isinstance(row.item, GroupMember) and row.item.key[:2] == group.key
    }
    for contract in contracts:
        if scopes & {contract.contract_id, contract.product_id}:
            yield contract


def _read_ties(root: Fields, reading: _Reading) -> None:
    for each in root.each("exemption"):
        reading.add(each, _exemption(each))
    for each in root.each("ownership"):
        owned = OwnershipEdge(
            owner_id=each.identifier("owner"),
            owned_id=each.identifier("owned"),
            share_ppm=each.percent("share", high=PPM),
            valid_from=_day(each, "valid_from"),
            valid_to=each.day("valid_to"),
            evidence=each.text("evidence"),
        )
        reading.add(each, owned)
    for each in root.each("control"):
        control = ControlEdge(
            controller_id=each.identifier("controller"),
            controlled_id=each.identifier("controlled"),
            basis=each.choice("basis", ControlBasis),
            product_ids=each.identifiers("products", ()),
            valid_from=_day(each, "valid_from"),
            valid_to=each.day("valid_to"),
            evidence=each.text("evidence"),
        )
        reading.add(each, control)
    for each in root.each("concert"):
        concert = ConcertEdge(
            first_id=each.identifier("first"),
            second_id=each.identifier("second"),
            basis=each.text("basis"),
            valid_from=_day(each, "valid_from"),
            valid_to=each.day("valid_to"),
            evidence=each.text("evidence"),
        )
        reading.add(each, concert)
    for each in root.each("claim"):
        reading.add(each, _claim(each))


def _read_watch(root: Fields, reading: _Reading) -> None:
    """Read who may decide for whom, and from which numbers on patterns are told."""
    for each in root.each("representative"):
        representative = Representative(
            representative_id=each.identifier("id"),
            owner_id=each.identifier("owner"),
            valid_from=_day(each, "valid_from"),
            valid_to=each.day("valid_to"),
            evidence=each.text("evidence"),
        )
        reading.add(each, representative)
    usual = EvasionWatch(valid_from=date.min)
    for each in root.each("evasion_watch"):
        watch = EvasionWatch(
            valid_from=_day(each, "valid_from"),
            follow_ns=each.span_ns("follow", usual.follow_ns),
            mirror_ns=each.span_ns("mirror", usual.mirror_ns),
            mirror_times=each.whole("mirror_times", usual.mirror_times, low=1, high=1_000),
            ownership_margin_ppm=each.percent(
                "ownership_margin", usual.ownership_margin_ppm, high=PPM
            ),
            near_limit_ppm=each.percent("near_limit", usual.near_limit_ppm, high=PPM),
            proposal_age_ns_max=each.span_ns("proposal_age", usual.proposal_age_ns_max),
            source=each.text("source", ""),
            turn_days=each.whole("turn_days", usual.turn_days, high=TURN_DAYS_MAX),
            turn_share_ppm=each.percent("turn_share", usual.turn_share_ppm, high=PPM),
            reporting_days=each.days("reporting_days"),
            step_days=each.whole("step_days", usual.step_days, high=STEP_DAYS_MAX),
        )
        reading.add(each, watch)


def _exemption(fields: Fields) -> Exemption:
    return Exemption(
        exemption_id=fields.identifier("id"),
        regime_id=fields.identifier("regime"),
        person_id=fields.identifier("person"),
        group_id=fields.identifier("group"),
        kind=fields.choice("kind", ExemptionKind),
        buckets=tuple(
            bucket for bucket in LimitBucket if bucket.value in fields.identifiers("buckets")
        ),
        long_lots_max=fields.whole("long", 0, high=LOTS_MAX),
        short_lots_max=fields.whole("short", 0, high=LOTS_MAX),
        valid_from=_day(fields, "valid_from"),
        valid_to=_day(fields, "valid_to"),
        conditions=fields.text("conditions", ""),
        grantor=fields.text("grantor"),
        evidence=fields.text("evidence"),
    )


def _claim(fields: Fields) -> DisaggregationClaim:
    return DisaggregationClaim(
        claim_id=fields.identifier("id"),
        regime_id=fields.identifier("regime"),
        first_id=fields.identifier("first"),
        second_id=fields.identifier("second"),
        conditions=fields.identifiers("conditions"),
        notice_day=_day(fields, "notice_day"),
        valid_from=_day(fields, "valid_from"),
        valid_to=_day(fields, "valid_to"),
        status=fields.choice("status", ClaimStatus),
        reviewer=fields.text("reviewer"),
        evidence=fields.text("evidence"),
    )
