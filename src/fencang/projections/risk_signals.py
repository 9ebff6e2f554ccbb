"""Risk signals: what the desk tells whoever watches risk, numbered by kind, with plain words.

Every signal is one event of a durable record; a kind's number never changes its meaning.  Tens: 10
limits near, 20 losses and forced closing, 30 envelopes, 40 regimes, evasion, wash trades, 50 links
and feeds, 60 stops, 70 rules and money.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from fencang.basics.identifiers import order_id_of
from fencang.messages import connection_events as connections
from fencang.messages import evasion_events as evasion
from fencang.messages import events as desk
from fencang.messages import limit_events as limits
from fencang.messages import loss_events as losses
from fencang.messages import money_events as money
from fencang.messages import regime_events as regimes
from fencang.messages import rule_events as rules
from fencang.messages import self_match_events as matches
from fencang.messages import trade_flow_events as flow
from fencang.messages.envelope_events import EnvelopeCause, EnvelopeClosed, EnvelopeShrunk
from fencang.messages.message import TradingState
from fencang.messages.record import Record
from fencang.projections import risk_words as words
from fencang.projections.projection import Projection

__all__ = ["READERS", "SIGNALS_MAX", "RiskKind", "RiskSignals", "Severity", "Signal"]

SIGNALS_MAX = 10_000
WORDS_LENGTH_MAX = 1_000


class Severity(StrEnum):
    """How much a signal matters, as alerts count it."""

    INFORMATION = "information"
    WARNING = "warning"
    CRITICAL = "critical"


class RiskKind(IntEnum):
    """What a signal tells."""

    LIMIT_WARNED = 10
    LIMIT_WARNING_ENDED = 11
    DAY_LIMIT_NEARED = 12
    OVERRIDE_BEGUN = 13
    OVERRIDE_ENDED = 14
    LOSS_LIMIT_REACHED = 20
    LIQUIDATION_PLANNED = 21
    LIQUIDATION_ENDED = 22
    LIQUIDATION_SUSPENDED = 23
    LIQUIDATION_RESUMED = 24
    OVER_GRANTED = 25
    ENVELOPE_SHRUNK = 30
    ENVELOPE_VOID = 31
    REPORT_DUTY_ARISEN = 40
    REPORT_DUTY_ENDED = 41
    LIMIT_NOTICE = 42
    LIMIT_STEP_APPROACHED = 43
    EVASION_ALARM = 44
    WASH_TRADE_SUSPECTED = 45
    WASH_TRADES_RELEASED = 46
    LINK_OR_FEED_SILENT = 50
    LINK_OR_FEED_HEARD = 51
    VENUE_LINK = 52
    KILL_SWITCH = 60
    TRADING_STATE = 61
    STRATEGY_DISABLED = 62
    STRATEGY_REENABLED = 63
    COOLING_OFF = 64
    RULE_FIRED = 70
    MARGIN_CALL_ISSUED = 71
    MARGIN_CALL_OVERDUE = 72


class Signal(NamedTuple):
    """One signal: ``node_id`` is the node of the tree that it is about, empty where it is none.

    ``subject`` names what else it is about.  ``level_ppm``, ``limit`` and ``value`` are None where
    the kind has none; they are counted as the event counts them (money in micros).
    """

    signal_id: int
    time_ns: int
    kind: RiskKind
    severity: Severity
    node_id: str
    subject: str
    words: str
    level_ppm: int | None = None
    limit: int | None = None
    value: int | None = None


class _Read(NamedTuple):
    """What one event says: everything of a signal but its place."""

    kind: RiskKind
    severity: Severity
    node_id: str
    subject: str
    words: str
    numbers: tuple[int | None, int | None, int | None] = (None, None, None)


_INFORMATION, _WARNING, _CRITICAL = Severity.INFORMATION, Severity.WARNING, Severity.CRITICAL
_OWN_END = frozenset({EnvelopeCause.ASKED, EnvelopeCause.EXPIRED, EnvelopeCause.DAY_END})
"""Ends of envelopes that were agreed beforehand; whatever else ends one makes it void."""


def _warned(event: limits.LimitWarned) -> _Read:
    severity = _CRITICAL if event.level_ppm >= 1_000_000 else _WARNING
    severity = severity if event.level_ppm >= 800_000 else _INFORMATION
    numbers = event.level_ppm, event.limit, event.value
    subject, told = _of_limit(event), words.limit_warned(event)
    return _Read(RiskKind.LIMIT_WARNED, severity, event.node_id, subject, told, numbers)


def _warning_ended(event: limits.LimitWarningEnded) -> _Read:
    numbers = event.level_ppm, event.limit, event.value
    subject, told = _of_limit(event), words.limit_warning_ended(event)
    kind = RiskKind.LIMIT_WARNING_ENDED
    return _Read(kind, _INFORMATION, event.node_id, subject, told, numbers)


def _of_limit(event: limits.LimitWarned | limits.LimitWarningEnded) -> str:
    return f"{event.control} {event.scope_id} {event.side}".rstrip()


def _day_limit(event: flow.DayLimitNeared) -> _Read:
    subject = f"{event.counted_id} {event.counted.value}"
    numbers = event.per_cent * 10_000, event.limit, event.value
    kind, told = RiskKind.DAY_LIMIT_NEARED, words.day_limit(event)
    severity = _CRITICAL if event.per_cent >= 100 else _WARNING
    severity = severity if event.per_cent >= 80 else _INFORMATION
    return _Read(kind, severity, event.node_id, subject, told, numbers)


def _loss(event: losses.LossLimitReached) -> _Read:
    kind, subject = RiskKind.LOSS_LIMIT_REACHED, event.measure.value
    numbers = event.share_ppm, event.limit_micros, event.value_micros
    return _Read(kind, _CRITICAL, event.node_id, subject, words.loss_step(event), numbers)


def _suspended(event: losses.LiquidationSuspended) -> _Read:
    kind, told = RiskKind.LIQUIDATION_SUSPENDED, words.liquidation_suspended(event)
    return _Read(kind, _CRITICAL, event.node_id, event.cause.value, told)


def _over_granted(event: desk.OverGrantedChanged) -> _Read:
    severity = _CRITICAL if event.is_over_granted else _INFORMATION
    numbers = None, None, event.uncovered_micros
    told = words.over_granted(event)
    return _Read(RiskKind.OVER_GRANTED, severity, "", event.owner_id, told, numbers)


def _envelope_closed(event: EnvelopeClosed) -> _Read | None:
    if event.cause in _OWN_END:
        return None
    kind, told = RiskKind.ENVELOPE_VOID, words.envelope_closed(event)
    return _Read(kind, _WARNING, event.sub_account_id, str(event.envelope_id), told)


def _duty(event: regimes.ReportDutyArisen) -> _Read:
    subject = f"{event.persons_id} {event.threshold_id}"
    numbers = None, event.level_lots, event.held_lots
    told = words.report_duty(event)
    return _Read(RiskKind.REPORT_DUTY_ARISEN, _WARNING, "", subject, told, numbers)


def _notice(event: regimes.LimitNotice) -> _Read:
    is_exempt = event.kind is regimes.LimitNoticeKind.EXEMPTION
    severity = _INFORMATION if is_exempt else _WARNING
    subject = f"{event.persons_id} {event.limit_id} {event.side}"
    numbers = None, event.quantity_lots_max, event.worst_case_lots
    told = words.limit_notice(event)
    return _Read(RiskKind.LIMIT_NOTICE, severity, "", subject, told, numbers)


def _step(event: regimes.LimitStepApproached) -> _Read:
    subject = f"{event.persons_id} {event.limit_id} {event.side}"
    numbers = None, event.quantity_lots_max, event.worst_case_lots
    told = words.limit_step(event)
    return _Read(RiskKind.LIMIT_STEP_APPROACHED, _WARNING, "", subject, told, numbers)


def _wash_trade(event: matches.WashTradeSuspected) -> _Read:
    severity = _CRITICAL if event.closes else _WARNING
    subject = f"{event.principal_id} {event.contract_id}"
    return _Read(RiskKind.WASH_TRADE_SUSPECTED, severity, "", subject, words.wash_trade(event))


def _silence(event: connections.SilenceBegan) -> _Read:
    severity = _CRITICAL if event.kind is connections.SilenceKind.LINK else _WARNING
    subject, told = words.place_of(event), words.silence_began(event)
    return _Read(RiskKind.LINK_OR_FEED_SILENT, severity, "", subject, told)


def _link(event: connections.VenueLinkReported) -> _Read:
    severity = _INFORMATION if event.is_up else _CRITICAL
    subject = f"{event.carrying_account_id} at {event.venue_id}"
    return _Read(RiskKind.VENUE_LINK, severity, "", subject, words.link(event))


def _state(event: desk.TradingStateSet) -> _Read:
    is_free = event.trading_state is TradingState.ACTIVE
    severity, subject = _INFORMATION if is_free else _CRITICAL, event.trading_state.name.lower()
    told = words.trading_state(event)
    return _Read(RiskKind.TRADING_STATE, severity, event.node_id, subject, told)


def _plainly(
    kind: RiskKind,
    severity: Severity,
    said: Callable[[Any], str],
    *,
    node: str = "",
    subject: str = "",
) -> Callable[[Any], _Read]:
    """Return the reader of an event whose node and subject are fields of it."""

    def read(event: Any) -> _Read:  # noqa: ANN401 - an event of one type of the table
        node_id = getattr(event, node) if node else ""
        about = str(getattr(event, subject)) if subject else ""
        return _Read(kind, severity, node_id, about, said(event))

    return read


def _evasion(event: evasion.EvasionAlarm) -> _Read:
    kind, subject = RiskKind.EVASION_ALARM, f"{event.kind.value}: {', '.join(event.subjects)}"
    return _Read(kind, _WARNING, "", subject, words.evasion_alarm(event))


def _silence_ended(event: connections.SilenceEnded) -> _Read:
    kind, subject = RiskKind.LINK_OR_FEED_HEARD, words.place_of(event)
    return _Read(kind, _INFORMATION, "", subject, words.silence_ended(event))


READERS: Mapping[type, Callable[[Any], _Read | None]] = {
    limits.LimitWarned: _warned,
    limits.LimitWarningEnded: _warning_ended,
    limits.OverrideBegun: _plainly(
        RiskKind.OVERRIDE_BEGUN,
        _WARNING,
        words.override_begun,
        node="node_id",
        subject="override_id",
    ),
    limits.OverrideEnded: _plainly(
        RiskKind.OVERRIDE_ENDED,
        _INFORMATION,
        words.override_ended,
        node="node_id",
        subject="override_id",
    ),
    flow.DayLimitNeared: _day_limit,
    flow.StrategyDisabled: _plainly(
        RiskKind.STRATEGY_DISABLED,
        _CRITICAL,
        words.strategy_disabled,
        node="sub_account_id",
        subject="contract_id",
    ),
    flow.StrategyReenabled: _plainly(
        RiskKind.STRATEGY_REENABLED,
        _INFORMATION,
        words.strategy_reenabled,
        node="sub_account_id",
    ),
    flow.CoolingOffStarted: _plainly(
        RiskKind.COOLING_OFF,
        _WARNING,
        words.cooling_off,
        node="node_id",
        subject="contract_id",
    ),
    losses.LossLimitReached: _loss,
    losses.LiquidationPlanned: _plainly(
        RiskKind.LIQUIDATION_PLANNED,
        _CRITICAL,
        words.liquidation_planned,
        node="node_id",
        subject="liquidation_id",
    ),
    losses.LiquidationEnded: _plainly(
        RiskKind.LIQUIDATION_ENDED,
        _INFORMATION,
        words.liquidation_ended,
        node="node_id",
        subject="liquidation_id",
    ),
    losses.LiquidationSuspended: _suspended,
    losses.LiquidationResumed: _plainly(
        RiskKind.LIQUIDATION_RESUMED,
        _INFORMATION,
        words.liquidation_resumed,
        node="node_id",
    ),
    desk.OverGrantedChanged: _over_granted,
    EnvelopeShrunk: _plainly(
        RiskKind.ENVELOPE_SHRUNK,
        _WARNING,
        words.envelope_shrunk,
        node="sub_account_id",
        subject="envelope_id",
    ),
    EnvelopeClosed: _envelope_closed,
    regimes.ReportDutyArisen: _duty,
    regimes.ReportDutyEnded: _plainly(
        RiskKind.REPORT_DUTY_ENDED, _INFORMATION, words.report_duty_ended, subject="persons_id"
    ),
    regimes.LimitNotice: _notice,
    regimes.LimitStepApproached: _step,
    evasion.EvasionAlarm: _evasion,
    matches.WashTradeSuspected: _wash_trade,
    matches.WashTradesReleased: _plainly(
        RiskKind.WASH_TRADES_RELEASED,
        _INFORMATION,
        words.wash_trades_released,
        subject="contract_id",
    ),
    connections.SilenceBegan: _silence,
    connections.SilenceEnded: _silence_ended,
    connections.VenueLinkReported: _link,
    connections.TradingStopped: _plainly(
        RiskKind.KILL_SWITCH, _CRITICAL, words.kill_switch, node="node_id"
    ),
    desk.TradingStateSet: _state,
    rules.RuleFired: _plainly(RiskKind.RULE_FIRED, _WARNING, words.rule_fired, subject="rule_id"),
    money.MarginCallIssued: _plainly(
        RiskKind.MARGIN_CALL_ISSUED, _WARNING, words.call_issued, subject="call_id"
    ),
    money.MarginCallOverdue: _plainly(
        RiskKind.MARGIN_CALL_OVERDUE, _CRITICAL, words.call_overdue, subject="call_id"
    ),
}
"""By the type of the event; a reader returns None where there is nothing to tell."""


class RiskSignals(Projection):
    """The last signals by number; the oldest are forgotten first, the journal keeps all."""

    __slots__ = ("_forgotten", "_fresh", "_signals", "signals_max")

    def __init__(self, signals_max: int = SIGNALS_MAX) -> None:
        self.signals_max = signals_max
        self._signals: OrderedDict[int, Signal] = OrderedDict()
        self._fresh: list[Signal] = []
        self._forgotten: list[int] = []

    def apply(self, record: Record) -> None:
        """Fold in what a record tells of risk."""
        if len(self._fresh) + len(self._forgotten) > self.signals_max:
            self._fresh.clear()  # nobody asks
            self._forgotten.clear()
        index = 0
        for event in record.events:
            reader = READERS.get(type(event))
            if reader is not None and (read := reader(event)) is not None:
                self._add(order_id_of(record.sequence, index), record.time_ns, read)
                index += 1

    def content(self) -> object:
        """Return the signals, first told first."""
        return [list(self._signals.values()), self.signals_max]

    def signals(self) -> list[Signal]:
        """Return the remembered signals, first told first."""
        return list(self._signals.values())

    def take_fresh(self) -> list[Signal]:
        """Return the signals that came since the last call."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def take_forgotten(self) -> list[int]:
        """Return the numbers of the signals forgotten since the last call."""
        forgotten, self._forgotten = self._forgotten, []
        return forgotten

    def _add(self, signal_id: int, time_ns: int, read: _Read) -> None:
        place, said = read.node_id, read.words[:WORDS_LENGTH_MAX]
        signal = Signal(
            signal_id, time_ns, read.kind, read.severity, place, read.subject, said, *read.numbers
        )
        self._signals[signal_id] = signal
        self._fresh.append(signal)
        if len(self._signals) > self.signals_max:
            self._forgotten.append(self._signals.popitem(last=False)[0])
