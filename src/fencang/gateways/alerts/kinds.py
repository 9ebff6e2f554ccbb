"""Which events make an alert: one table from event to severity, title, words and page of the guide.

Every event of the desk stands either in ``KINDS`` or in ``SILENT``; a new one has to be decided.
Events that always come with ``OperatorCalled`` are silent, because the call tells of them.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fencang.basics.money import format_money
from fencang.basics.time import format_time
from fencang.gateways.alerts.alert import (
    SUBJECT_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    WORDS_LENGTH_MAX,
    Alert,
    Severity,
    plain,
)
from fencang.messages import connection_events as connections
from fencang.messages import draft_events as drafts
from fencang.messages import evasion_events, limit_events, money_events, plan_events, rule_events
from fencang.messages import events as desk
from fencang.messages import loss_events as losses
from fencang.messages import proposal_events as proposals
from fencang.messages import reconciliation_events as breaks
from fencang.messages import regime_events as regimes
from fencang.messages import trade_flow_events as flow
from fencang.messages.message import TradingState
from fencang.messages.record import Record
from fencang.messages.self_match_events import WashTradeSuspected
from fencang.projections import risk_words

__all__ = ["KINDS", "NOTICES", "SILENT", "AlertKind", "AlertTable", "Seen"]

INFORMATION, WARNING, CRITICAL = Severity.INFORMATION, Severity.WARNING, Severity.CRITICAL
_NUMBER = re.compile(r"\d[\d,.]*")


class Seen(NamedTuple):
    """What an event says to people: about what, and in which words.

    ``cause`` is given where two kinds of events tell the same; otherwise kind and subject are it.
    """

    severity: Severity
    subject: str
    words: str
    cause: str = ""


class AlertKind(NamedTuple):
    """How events of one type are told; ``read`` returns None where there is nothing to tell."""

    title: str
    runbook: str
    read: Callable[[Any], Seen | None]
    severity: Severity
    """The highest that it can have; routes are checked against it."""


def _called(event: desk.OperatorCalled) -> Seen:
    # The same subject may need a person for another reason: that is not the same said again.
    reason = _NUMBER.sub("#", event.detail)
    return Seen(CRITICAL, event.subject, event.detail, f"call {event.subject}: {reason}")


def _stopped(event: connections.TradingStopped) -> Seen:
    words = risk_words.kill_switch(event)
    return Seen(CRITICAL, event.node_id, words, f"stop {event.node_id}")


def _state_set(event: desk.TradingStateSet) -> Seen:
    node_id, words = event.node_id, risk_words.trading_state(event)
    if event.trading_state is TradingState.ACTIVE:
        return Seen(INFORMATION, node_id, words)
    return Seen(CRITICAL, node_id, words, f"stop {node_id}")


def _loss_step(event: losses.LossLimitReached) -> Seen:
    words = risk_words.loss_step(event)
    cause = f"loss {event.node_id} {event.measure.value} {event.step.name}"
    return Seen(CRITICAL, event.node_id, words, cause)


def _liquidation(event: losses.LiquidationPlanned) -> Seen:
    return Seen(CRITICAL, event.node_id, risk_words.liquidation_planned(event))


def _liquidation_ended(event: losses.LiquidationEnded) -> Seen:
    return Seen(INFORMATION, event.node_id, risk_words.liquidation_ended(event))


def _suspended(event: losses.LiquidationSuspended) -> Seen:
    words = risk_words.liquidation_suspended(event)
    return Seen(CRITICAL, event.node_id, words, f"suspended {event.node_id} {event.cause.value}")


def _resumed(event: losses.LiquidationResumed) -> Seen:
    return Seen(INFORMATION, event.node_id, risk_words.liquidation_resumed(event))


def _over_granted(event: desk.OverGrantedChanged) -> Seen:
    severity = CRITICAL if event.is_over_granted else INFORMATION
    return Seen(severity, event.owner_id, risk_words.over_granted(event))


def _duty(event: regimes.ReportDutyArisen) -> Seen:
    words = risk_words.report_duty(event)
    return Seen(WARNING, f"{event.persons_id} {event.threshold_id}", words)


def _limit_notice(event: regimes.LimitNotice) -> Seen:
    is_exempt = event.kind is regimes.LimitNoticeKind.EXEMPTION
    words = risk_words.limit_notice(event)
    subject = f"{event.persons_id} {event.limit_id} {event.side}"
    return Seen(INFORMATION if is_exempt else WARNING, subject, words)


def _step_down(event: regimes.LimitStepApproached) -> Seen:
    words = risk_words.limit_step(event)
    return Seen(WARNING, f"{event.persons_id} {event.limit_id} {event.side}", words)


def _evasion(event: evasion_events.EvasionAlarm) -> Seen:
    kind = event.kind.value.replace("_", " ")
    return Seen(WARNING, f"{kind}: {', '.join(event.subjects)}", event.evidence)


def _wash_trade(event: WashTradeSuspected) -> Seen:
    words = risk_words.wash_trade(event)
    severity = CRITICAL if event.closes else WARNING
    return Seen(severity, f"{event.principal_id} {event.contract_id}", words)


def _silence(event: connections.SilenceBegan) -> Seen:
    is_link = event.kind is connections.SilenceKind.LINK
    words = risk_words.silence_began(event)
    return Seen(CRITICAL if is_link else WARNING, risk_words.place_of(event), words)


def _silence_ended(event: connections.SilenceEnded) -> Seen:
    return Seen(INFORMATION, risk_words.place_of(event), risk_words.silence_ended(event))


def _link(event: connections.VenueLinkReported) -> Seen | None:
    if event.is_up:
        return None
    place = f"{event.carrying_account_id} at {event.venue_id}"
    return Seen(CRITICAL, f"link {place}", risk_words.link(event))


def _client_gone(event: connections.ClientForgotten) -> Seen | None:
    words = f"Client {event.session_id} is gone; {event.orders} orders are being cancelled."
    return Seen(WARNING, event.node_id, words) if event.orders else None


def _deadline(event: connections.DeadlinePassed) -> Seen:
    words = f"Nobody moved the deadline on; {event.orders} orders are being cancelled."
    return Seen(WARNING, event.node_id, words)


def _in_doubt(event: desk.OrderInDoubt) -> Seen:
    terms = event.terms
    place = f"{terms.carrying_account_id} at {terms.venue_id}"
    words = f"Order {event.order_id} in {terms.contract_id}: the venue is being asked what it is."
    return Seen(WARNING, f"orders of {place}", words)


def _break(event: breaks.BreakOpened) -> Seen:
    what = event.found.kind.name.lower().replace("_", " ")
    words = f"{what} at {event.carrying_account_id} on {event.trading_day}: {event.found.subject}."
    return Seen(WARNING, f"breaks of {event.carrying_account_id} {event.trading_day}", words)


def _fired(event: rule_events.RuleFired) -> Seen:
    return Seen(WARNING, f"rule {event.rule_id}", risk_words.rule_fired(event))


def _limit_warned(event: limit_events.LimitWarned) -> Seen:
    side = f" {event.side}" if event.side else ""
    words = risk_words.limit_warned(event)
    subject = f"{event.node_id} {event.scope_id} {event.control}{side}"
    cause = f"limit {subject} {event.level_ppm}"
    return Seen(WARNING, subject, words, cause)


def _day_limit(event: flow.DayLimitNeared) -> Seen:
    words = risk_words.day_limit(event)
    return Seen(WARNING, f"{event.counted_id} {event.counted.value}", words)


def _override(event: limit_events.OverrideBegun) -> Seen:
    words = risk_words.override_begun(event)
    return Seen(WARNING, f"{event.row_kind} {event.node_id} {event.scope_id}", words)


def _plan(event: plan_events.PlanProposed) -> Seen:
    words = f"Capital plan {event.plan_id} of {event.proposed_by} waits for a second person."
    return Seen(INFORMATION, f"plan {event.plan_id}", words)


def _excess(event: proposals.ExcessProposed) -> Seen:
    words = (
        f"{event.entered_by} offers lots of {event.from_sub_account_id} to "
        f"{event.to_sub_account_id}, who answers until {format_time(event.expires_ns)}."
    )
    return Seen(INFORMATION, f"proposal {event.proposal_id}", words)


def _wire(event: money_events.WireRequested) -> Seen:
    words = (
        f"{event.entered_by} asks for {format_money(event.amount_micros)} {event.currency} "
        f"at {event.carrying_account_id}: {event.reason}."
    )
    return Seen(WARNING, f"wire {event.wire_id}", words)


def _wire_back(event: money_events.WireReturned) -> Seen:
    return Seen(WARNING, f"wire {event.wire_id}", f"It came back: {event.reason}.")


def _draft(event: drafts.DraftProposed) -> Seen:
    words = (
        f"{event.maker} ({event.role.value.replace('_', ' ')}) proposes {event.command}; a second "
        f"person may approve it from {format_time(event.opens_ns)} until "
        f"{format_time(event.expires_ns)}."
    )
    return Seen(WARNING, f"draft {event.draft_id}", words)


def _draft_done(event: drafts.DraftApproved) -> Seen:
    words = f"{event.checker} approved {event.command} that {event.maker} had proposed."
    return Seen(INFORMATION, f"draft {event.draft_id}", words)


def _draft_refused(event: drafts.DraftRefused) -> Seen:
    words = f"It was approved and the desk refused it ({event.reason.value}): {event.detail}."
    return Seen(WARNING, f"draft {event.draft_id}", words)


def _draft_expired(event: drafts.DraftExpired) -> Seen:
    return Seen(WARNING, f"draft {event.draft_id}", "Nobody approved it in its time.")


def _alone(event: drafts.SingleOperatorActed) -> Seen:
    words = f"{event.user_id} did alone what needs two persons elsewhere: {event.command}."
    return Seen(WARNING, f"{event.user_id} {event.command}", words)


def _restarted(_event: desk.DeskRestarted) -> Seen:
    return Seen(WARNING, "desk", "The process came up anew; the venue is asked about its orders.")


_DELIVERY = "metrics-and-alerts.md#delivery"
_DOORS = "metrics-and-alerts.md#drafts-keys-and-doors"
KINDS: Mapping[str, AlertKind] = {
    "OperatorCalled": AlertKind("A person is needed", "fills.md", _called, CRITICAL),
    "TradingStopped": AlertKind(
        "The kill switch was used", "stopping.md#the-kill-switch", _stopped, CRITICAL
    ),
    "TradingStateSet": AlertKind(
        "A trading state was set", "stopping.md#the-kill-switch", _state_set, CRITICAL
    ),
    "LossLimitReached": AlertKind(
        "A loss limit's step was taken", "loss-limits.md#the-steps", _loss_step, CRITICAL
    ),
    "LiquidationPlanned": AlertKind(
        "Positions are closed by force", "loss-limits.md#liquidation", _liquidation, CRITICAL
    ),
    "LiquidationEnded": AlertKind(
        "A liquidation ended", "loss-limits.md#liquidation", _liquidation_ended, INFORMATION
    ),
    "LiquidationSuspended": AlertKind(
        "Liquidation is suspended",
        "loss-limits.md#when-it-is-not-trusted",
        _suspended,
        CRITICAL,
    ),
    "LiquidationResumed": AlertKind(
        "Liquidation may go on", "loss-limits.md#when-it-is-not-trusted", _resumed, INFORMATION
    ),
    "OverGrantedChanged": AlertKind(
        "Grants against equity changed",
        "margin-pool.md#what-binds-a-sub-account",
        _over_granted,
        CRITICAL,
    ),
    "ReportDutyArisen": AlertKind(
        "A report is due", "regimes.md#what-is-to-be-reported", _duty, WARNING
    ),
    "LimitNotice": AlertKind(
        "An accountability level was passed",
        "regimes.md#what-an-order-is-asked",
        _limit_notice,
        WARNING,
    ),
    "LimitStepApproached": AlertKind(
        "A limit steps down soon", "regimes.md#before-a-limit-steps-down", _step_down, WARNING
    ),
    "EvasionAlarm": AlertKind(
        "A pattern looks like evasion",
        "regimes.md#alarms-for-what-looks-like-evasion",
        _evasion,
        WARNING,
    ),
    "WashTradeSuspected": AlertKind(
        "A trade looks like one with oneself",
        "self-match.md#trades-that-look-like-one-with-oneself",
        _wash_trade,
        CRITICAL,
    ),
    "SilenceBegan": AlertKind(
        "A link or a feed is silent",
        "stopping.md#a-link-or-a-feed-that-is-silent",
        _silence,
        CRITICAL,
    ),
    "SilenceEnded": AlertKind(
        "A link or a feed is heard again",
        "stopping.md#a-link-or-a-feed-that-is-silent",
        _silence_ended,
        INFORMATION,
    ),
    "VenueLinkReported": AlertKind(
        "A venue link is down", "stopping.md#a-link-or-a-feed-that-is-silent", _link, CRITICAL
    ),
    "ClientForgotten": AlertKind(
        "A client is gone", "stopping.md#a-client-that-is-gone", _client_gone, WARNING
    ),
    "DeadlinePassed": AlertKind(
        "A dead man's switch fired", "stopping.md#a-client-that-is-gone", _deadline, WARNING
    ),
    "OrderInDoubt": AlertKind(
        "Orders are in doubt", "verify-and-recover.md#crash-and-resume", _in_doubt, WARNING
    ),
    "DeskRestarted": AlertKind(
        "The desk came up anew", "verify-and-recover.md#crash-and-resume", _restarted, WARNING
    ),
    "WireRequested": AlertKind("A wire waits for approval", "money.md#wires", _wire, WARNING),
    "WireReturned": AlertKind("A wire came back", "money.md#wires", _wire_back, WARNING),
    "BreakOpened": AlertKind(
        "Books and broker differ", "reconciliation.md#when-they-differ", _break, WARNING
    ),
    "RuleFired": AlertKind("A rule fired", "rules.md#how-the-cut-goes-out", _fired, WARNING),
    "LimitWarned": AlertKind(
        "A limit is nearly used", "limits.md#warnings", _limit_warned, WARNING
    ),
    "DayLimitNeared": AlertKind(
        "A day's messages are nearly used",
        "order-flow.md#messages-and-cancels-of-a-day",
        _day_limit,
        WARNING,
    ),
    "OverrideBegun": AlertKind("An override holds", "limits.md#overrides", _override, WARNING),
    "DraftProposed": AlertKind("A draft waits", _DOORS, _draft, WARNING),
    "DraftApproved": AlertKind("A draft was approved", _DOORS, _draft_done, INFORMATION),
    "DraftRefused": AlertKind("An approved draft was refused", _DOORS, _draft_refused, WARNING),
    "DraftExpired": AlertKind("A draft expired", _DOORS, _draft_expired, WARNING),
    "SingleOperatorActed": AlertKind("One person acted alone", _DOORS, _alone, WARNING),
    "PlanProposed": AlertKind(
        "A capital plan waits", "capital-by-volatility.md#what-the-desk-checks", _plan, INFORMATION
    ),
    "ExcessProposed": AlertKind(
        "Lots are offered to another account",
        "regimes.md#when-an-order-is-too-large-propose-never-overflow",
        _excess,
        INFORMATION,
    ),
}
"""By the name of the event's type.  Pages are those of ``docs/guide``."""

SILENT = frozenset(
    # the ordinary life of a desk
    """DeskDefined CashDeposited CashWithdrawn CapitalTransferred CurrencyConverted
    OpeningBookImported SessionOpened SessionClosed PricesMarked RatesMarked IndicatorReported
    ContractSettled TradingDaySettled ContractExpired ExerciseInstructed OptionExercised
    OptionExpiring SpanParametersLoaded SpanParametersActivated RiskArraysLoaded BenefitGranted
    BetasReported CollateralReported MarginPublished OrderAccepted OrderRouted OrderWorking
    CancelRequested OrderCancelled ReplaceRequested OrderReplaced OrderExpired OrderStatusConfirmed
    FillBooked FillAllocated SuspenseAssigned DuplicateFillIgnored FillEntered EnteredFillAllocated
    PositionTransferred SuspenseAssignmentUndone DayMinimumCharged RollStarted RollDone
    ContractConverted ReconciliationReported BreakSeenAgain BreakCleared BreakAssigned BreakResolved
    BlockOrderCreated BlockOrderDone RuleArmed PlanApproved PlanRejected PlanApplied
    GatewayCursorAdvanced TradingDayOpened PhaseEntered ProductSessionsStated ProductPhaseEntered
    ContractsSettled SettlementPricesApproved TradingDayClosed EnvelopeOpened EnvelopeShrunk
    EnvelopeClosed FillCharged WireApproved WireSent WireConfirmed WireCancelled InterestPosted
    MarginCallMet MarginCallCancelled SweepProposed SweepApplied ReportDutyEnded ProposalAccepted
    ProposalRejected ProposalExpired LimitWarningEnded OverrideEnded ClientConnected
    ClientDisconnected DeadlineSet MovesReported OrderReduced OrderSubstituted VolumesReported
    OrderHeld WashTradesReleased StrategyReenabled CoolingOffStarted AuthorityFounded
    DraftRejected DraftWithdrawn InstructionQueued InstructionApplied InstructionCancelled
    InstructionExpired MassCancelAccepted MassCancelContinued"""
    # refusals, which the metrics count by reason
    """ CommandRejected OrderRejected OrderRejectedByVenue CancelRejected ReplaceRejected
    ExcessRefused SubstituteMissing InstructionRefused"""
    # what two persons entered, or what a call tells already
    """ FillSuspended FillCorrected FillBusted SettlementCorrected StrategyDisabled
    MarginCallIssued MarginCallOverdue""".split()
)
"""Names of events that are not told to people by an alert."""


def _nothing(_event: object) -> None:
    return None


NOTICES: Mapping[str, AlertKind] = {
    "DeliveryGivenUp": AlertKind("An alert could not be delivered", _DELIVERY, _nothing, CRITICAL),
    "SequencerStopped": AlertKind(
        "The desk stopped taking commands",
        "verify-and-recover.md#crash-and-resume",
        _nothing,
        CRITICAL,
    ),
    "KeyFrozen": AlertKind("A key was frozen", _DOORS, _nothing, CRITICAL),
    "KeyAnomaly": AlertKind("A key is used in an unusual way", _DOORS, _nothing, WARNING),
    "AuthenticationFailures": AlertKind(
        "Many requests were refused at the door", _DOORS, _nothing, WARNING
    ),
    "AlertTest": AlertKind("A test", _DELIVERY, _nothing, INFORMATION),
}
"""What the server itself tells, beside the journal."""


class AlertTable:
    """``KINDS`` with the desk's own severities and the level from which limit warnings are told."""

    def __init__(
        self, severities: Mapping[str, Severity] | None = None, *, limit_level_ppm: int = 800_000
    ) -> None:
        self._severities = dict(severities or {})
        self._limit_level_ppm = limit_level_ppm
        unknown = [each for each in self._severities if each not in KINDS and each not in NOTICES]
        assert not unknown, f"no kinds of alert: {unknown}"

    def highest(self, kind: str) -> Severity:
        """Return the highest severity that alerts of a kind can have."""
        told = KINDS.get(kind) or NOTICES[kind]
        return self._severities.get(kind, told.severity)

    def highest_of_all(self) -> dict[str, Severity]:
        """Return every kind with the highest severity that its alerts can have."""
        return {kind: self.highest(kind) for kind in (*KINDS, *NOTICES)}

    def alerts_of(self, record: Record) -> list[Alert]:
        """Return the alerts of one durable record, in the order of its events."""
        found = []
        for index, event in enumerate(record.events):
            kind = type(event).__name__
            if kind in KINDS and (seen := self._seen(kind, event)) is not None:
                source = f"record {record.sequence}.{index}"
                found.append(self._alert(source, kind, KINDS[kind], seen, record.time_ns))
        return found

    def notice(self, kind: str, subject: str, words: str, time_ns: int) -> Alert:
        """Return the alert for what the server itself has met; ``kind`` is one of ``NOTICES``."""
        seen = Seen(NOTICES[kind].severity, subject, words)
        source = f"notice {kind} {plain(subject, SUBJECT_LENGTH_MAX)} {time_ns}"
        return self._alert(source, kind, NOTICES[kind], seen, time_ns)

    def _seen(self, kind: str, event: object) -> Seen | None:
        if type(event) is limit_events.LimitWarned and event.level_ppm < self._limit_level_ppm:
            return None
        return KINDS[kind].read(event)

    def _alert(self, source: str, kind: str, told: AlertKind, seen: Seen, time_ns: int) -> Alert:
        subject = plain(seen.subject, SUBJECT_LENGTH_MAX)
        severity = seen.severity
        if severity is told.severity:  # what ends well keeps its own
            severity = self._severities.get(kind, severity)
        return Alert(
            source=source,
            kind=kind,
            cause=plain(seen.cause or f"{kind} {subject}", 2 * SUBJECT_LENGTH_MAX),
            severity=severity,
            subject=subject,
            title=plain(told.title, TITLE_LENGTH_MAX),
            words=plain(seen.words, WORDS_LENGTH_MAX),
            runbook=told.runbook,
            time_ns=time_ns,
        )
