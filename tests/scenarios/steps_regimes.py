"""Sentences about position limits of jurisdictions: rules, ties, proposals, reports, alarms."""

from datetime import date

from msgspec.structs import replace
from pytest_bdd import step, then

from fencang.messages.evasion_events import EvasionAlarm
from fencang.messages.proposal_commands import AcceptProposal, ProposeExcess, RejectProposal
from fencang.messages.proposal_events import ExcessProposed, ProposalExpired
from fencang.messages.regime_events import LimitNotice, LimitStepApproached, ReportDutyArisen
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
from tests.engine.firm import define
from tests.scenarios.phrases import DEALS, day, lots, percent, phrase, rows

BEGIN, END = date(2019, 1, 1), date(2030, 12, 31)
NETTING = {"offset each other": Netting.NET, "count apart": Netting.PER_SIDE}
BUCKETS = {
    "single month": (LimitBucket.SINGLE_MONTH, LimitHardness.LIMIT),
    "all months": (LimitBucket.ALL_MONTHS, LimitHardness.LIMIT),
    "answered for from": (LimitBucket.ALL_MONTHS, LimitHardness.ACCOUNTABILITY),
}


# --------------------------------------------------------------------------------------- rules


@step(phrase("these regimes:"))
def regimes(office, datatable):
    items = []
    for row in rows(datatable, "regime", "venue", "long and short", "owned from"):
        name = row["regime"]
        items += [
            Regime(
                regime_id=name,
                jurisdiction=name[:2],
                authority=name,
                version="1",
                valid_from=BEGIN,
                source="rule book",
                aggregation=AggregationPolicy(ownership_ppm=percent(row["owned from"])),
                counting=CountingRule(netting=NETTING[row["long and short"]]),
            ),
            RegimeVenue(regime_id=name, venue_id=row["venue"]),
        ]
    office.do(define(*items))


@step(phrase("these limits, confirmed from the official text:"))
def limits(office, datatable):
    """Each row is a group of one product's contracts."""
    items = []
    for row in rows(datatable, "regime", "product", optional=(*BUCKETS, "reported from")):
        place = {"regime_id": row["regime"], "group_id": row["product"], "source": "rule book"}
        items += [
            ContractGroup(name=row["product"], confirmed=True, **place),
            GroupMember(regime_id=row["regime"], group_id=row["product"], scope_id=row["product"]),
        ]
        for column, (bucket, hardness) in BUCKETS.items():
            if row.get(column):
                items.append(
                    RegimeLimit(
                        limit_id=f"{row['regime']}-{row['product']}-{column.replace(' ', '-')}",
                        bucket=bucket,
                        hardness=hardness,
                        steps=(LimitStep(BEGIN, lots(row[column])),),
                        confirmed=True,
                        **place,
                    )
                )
        if row.get("reported from"):
            items.append(
                ReportThreshold(
                    threshold_id=f"{row['regime']}-{row['product']}-report",
                    report_kind="large trader",
                    from_day=BEGIN,
                    quantity_lots_min=lots(row["reported from"]),
                    confirmed=True,
                    **place,
                )
            )
    office.do(define(*items))


@step(phrase("{regime:Name} steps the spot month {month} of {product:Name} down:"))
def spot_month(office, regime, month, product, datatable):
    steps = tuple(
        LimitStep(day(row["from"]), lots(row["lots"])) for row in rows(datatable, "from", "lots")
    )
    office.do(
        define(
            RegimeLimit(
                limit_id=f"{regime}-{product}-spot-{month}",
                regime_id=regime,
                group_id=product,
                bucket=LimitBucket.SPOT,
                month=month,
                steps=steps,
                source="rule book",
                confirmed=True,
            )
        )
    )


@step(
    phrase(
        "{regime:Name} grants {who:Name} {most:Lots} lots of {product:Name} on a side, as a hedge"
    )
)
def exemption(office, regime, who, most, product):
    office.do(
        define(
            Exemption(
                exemption_id="HEDGE",
                regime_id=regime,
                person_id=who,
                group_id=product,
                kind=ExemptionKind.BONA_FIDE_HEDGE,
                buckets=tuple(LimitBucket),
                long_lots_max=most,
                short_lots_max=most,
                valid_from=BEGIN,
                valid_to=END,
                conditions="barrels in store",
                grantor="exchange",
                evidence="letter",
            )
        )
    )


# ---------------------------------------------------------------------------------------- ties


@step(phrase("the owners of {who:Name} are declared"))
def declared(office, who):
    office.do(define(replace(office.state.persons[who], owners_declared=True)))


@step(phrase("{who:Name} is a person of {country:Name} whose owners are declared"))
def person(office, who, country):
    office.do(
        define(LegalPerson(person_id=who, name=who, jurisdiction=country, owners_declared=True))
    )


@step(phrase("{who:Name} moves its seat to {country:Name}"))
def moves_seat(office, who, country):
    office.do(define(replace(office.state.persons[who], jurisdiction=country)))


@step(phrase("{who:Name} directs the trading in {account:Name}"))
def directs(office, who, account):
    office.do(define(replace(office.state.subs[account].definition, controller_id=who)))


@step(phrase("{owner:Name} owns {share:Percent} of {owned:Name}"))
def owns(office, owner, share, owned):
    office.do(
        define(
            OwnershipEdge(
                owner_id=owner,
                owned_id=owned,
                share_ppm=share,
                valid_from=BEGIN,
                evidence="register",
            )
        )
    )


@step(phrase("{one:Name} and {other:Name} claim in {regime:Name} to trade apart until {last:Day}"))
def claims(office, one, other, regime, last):
    """The claim names every condition, is verified, and a notice of it was filed."""
    office.do(
        define(
            DisaggregationClaim(
                claim_id=f"{one}-{other}",
                regime_id=regime,
                first_id=one,
                second_id=other,
                conditions=INDEPENDENCE_CONDITIONS,
                notice_day=BEGIN,
                valid_from=BEGIN,
                valid_to=last,
                status=ClaimStatus.VERIFIED,
                reviewer="compliance",
                evidence="notice",
            )
        )
    )


@step(phrase("{who:Name} may decide for {owner:Name}"))
def representative(office, who, owner):
    office.do(
        define(
            Representative(
                representative_id=who,
                owner_id=owner,
                valid_from=BEGIN,
                evidence="power of attorney",
            )
        )
    )


# ----------------------------------------------------------------------------------- proposals


@step(
    phrase("{who:Name} proposes {quantity:Lots} of the refused lots to {account:Name}{name:Label}")
)
def proposes(office, who, quantity, account, name):
    """Propose of what a limit refused last."""
    refusal_id = max(office.state.regimes.watch.refusals, default=0)
    events = office.do(
        ProposeExcess(
            refusal_id=refusal_id,
            to_sub_account_id=account,
            quantity_lots=quantity,
            reason="offered",
            entered_by=who,
        )
    )
    if office.refusal is None:
        (made,) = [event for event in events if isinstance(event, ExcessProposed)]
        office.kept[name] = made.proposal_id


@step(phrase("{who:Name} accepts proposal {known:Name}"))
def accepts(office, who, known):
    office.do(
        AcceptProposal(
            proposal_id=office.kept[known], client_order_id=f"of-{known}", accepted_by=who
        )
    )


@step(phrase("{who:Name} turns proposal {known:Name} down"))
def turns_down(office, who, known):
    office.do(RejectProposal(proposal_id=office.kept[known], rejected_by=who, reason="no"))


@then(phrase("proposal {known:Name} has expired"))
def has_expired(office, known):
    assert office.only(ProposalExpired).proposal_id == office.kept[known]


@then(phrase("these questions were asked of the proposal:"))
def questions(office, datatable):
    (proposal,) = office.state.regimes.watch.proposals.values()
    found = [(check.kind.replace("_", " "), check.words) for check in proposal.checks]
    assert found == [
        (row["question"], row["found"]) for row in rows(datatable, "question", "found")
    ]


@then(phrase("{who:Book} works these orders:"))
def works(office, who, datatable):
    found = [
        (order.terms.side, order.terms.contract_id, order.needed_lots)
        for _, order in sorted(office.state.subs[who].working.items())
    ]
    wanted = [
        (DEALS[row["deal"]], row["contract"], lots(row["lots"]))
        for row in rows(datatable, "deal", "lots", "contract")
    ]
    assert found == wanted, found


@then(phrase("{who:Book} works no order"))
def works_nothing(office, who):
    assert not office.state.subs[who].working


# ------------------------------------------------------------------------- reports and alarms


@then(phrase("told is that {who:Name} passed {limit:Name}, {why}"))
def told(office, who, limit, why):
    """``within an exemption`` or ``which is answered for``, of the last order."""
    words = {"exemption": "within an exemption", "accountability": "which is answered for"}
    notices = [
        event
        for record in office.desk.records[-2:]
        for event in record.events
        if isinstance(event, LimitNotice)
    ]
    found = [(each.persons_id, each.limit_id, words[each.kind]) for each in notices]
    assert (who, limit, why) in found, found


@then(phrase("these steps down are told:"))
def steps_down(office, datatable):
    found = [
        (
            each.limit_id,
            each.persons_id,
            each.side,
            each.from_day,
            each.days_left,
            each.quantity_lots_max,
            each.worst_case_lots,
        )
        for each in office.all_of(LimitStepApproached)
    ]
    columns = ("limit", "group of", "side", "from", "business days", "lots", "has")
    wanted = [
        (*list(row.values())[:3], day(row["from"]), *map(lots, list(row.values())[4:]))
        for row in rows(datatable, *columns)
    ]
    assert found == wanted, found


@then(phrase("no step down is told"))
def no_step_down(office):
    assert office.all_of(LimitStepApproached) == []


@then(phrase("to be reported is:"))
def reported(office, datatable):
    found = [
        (each.persons_id, each.month, each.side, each.level_lots, each.held_lots)
        for each in office.all_of(ReportDutyArisen)
    ]
    wanted = [
        (row["group of"], row["month"], row["side"], lots(row["from"]), lots(row["held"]))
        for row in rows(datatable, "group of", "month", "side", "from", "held")
    ]
    assert found == wanted, found


@then(phrase("these alarms are told:"))
def alarms(office, datatable):
    found = [
        (each.kind.replace("_", " "), " and ".join(each.subjects), each.evidence)
        for each in office.all_of(EvasionAlarm)
    ]
    wanted = [
        (row["pattern"], row["of"], row["evidence"])
        for row in rows(datatable, "pattern", "of", "evidence")
    ]
    assert found == wanted, found


@then(phrase("no alarm is told"))
def no_alarm(office):
    assert office.all_of(EvasionAlarm) == []
