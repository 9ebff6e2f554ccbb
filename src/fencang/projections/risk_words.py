"""What events of risk say to people: a sentence or two, for alerts and the list of signals."""

from fencang.basics.money import format_money
from fencang.basics.time import format_time
from fencang.messages import connection_events as connections
from fencang.messages import envelope_events as envelopes
from fencang.messages import evasion_events as evasion
from fencang.messages import events as desk
from fencang.messages import limit_events as limits
from fencang.messages import loss_events as losses
from fencang.messages import money_events as money
from fencang.messages import regime_events as regimes
from fencang.messages import rule_events as rules
from fencang.messages import self_match_events as matches
from fencang.messages import trade_flow_events as flow
from fencang.messages.message import TradingState

__all__ = [
    "call_issued",
    "call_overdue",
    "cooling_off",
    "day_limit",
    "envelope_closed",
    "envelope_shrunk",
    "evasion_alarm",
    "kill_switch",
    "limit_notice",
    "limit_step",
    "limit_warned",
    "limit_warning_ended",
    "link",
    "liquidation_ended",
    "liquidation_planned",
    "liquidation_resumed",
    "liquidation_suspended",
    "loss_step",
    "over_granted",
    "override_begun",
    "override_ended",
    "place_of",
    "report_duty",
    "report_duty_ended",
    "rule_fired",
    "silence_began",
    "silence_ended",
    "strategy_disabled",
    "strategy_reenabled",
    "trading_state",
    "wash_trade",
    "wash_trades_released",
]

PPM_PER_CENT = 10_000


def limit_warned(event: limits.LimitWarned) -> str:
    """Say which share of a limit is used."""
    return (
        f"{_of_limit(event)} has reached {event.level_ppm // PPM_PER_CENT} % of its limit: "
        f"{event.value:,} of {event.limit:,}."
    )


def limit_warning_ended(event: limits.LimitWarningEnded) -> str:
    """Say that a limit is used less again."""
    return f"{_of_limit(event)} is used less again: {event.value:,} of {event.limit:,}."


def _of_limit(event: limits.LimitWarned | limits.LimitWarningEnded) -> str:
    side = f" {event.side}" if event.side else ""
    return f"{event.control} of {event.node_id} {event.scope_id}{side}"


def override_begun(event: limits.OverrideBegun) -> str:
    """Say until when another value holds, and why."""
    return f"Until {format_time(event.until_ns)} another value holds: {event.reason}."


def override_ended(event: limits.OverrideEnded) -> str:
    """Say that the row holds again."""
    return f"{event.row_kind} of {event.node_id} {event.scope_id} holds again as it is stated."


def day_limit(event: flow.DayLimitNeared) -> str:
    """Say how much of a day's count is used."""
    return (
        f"{event.counted.value} of {event.counted_id} under {event.node_id}: {event.value:,} of "
        f"{event.limit:,} for the day ({event.per_cent} %)."
    )


def strategy_disabled(event: flow.StrategyDisabled) -> str:
    """Say what repeated itself."""
    return (
        f"{event.executions} executions of {event.sub_account_id} in {event.contract_id} repeated "
        f"themselves, {event.executions_max} may: it opens nothing until two persons let it."
    )


def strategy_reenabled(event: flow.StrategyReenabled) -> str:
    """Say why it may open again."""
    return f"{event.sub_account_id} may open again: {event.reason}."


def cooling_off(event: flow.CoolingOffStarted) -> str:
    """Say what rests, and until when."""
    return (
        f"Orders of {event.node_id} in {event.contract_id} have used up their share of the volume "
        f"with {event.sent_lots} lots: it rests until {format_time(event.until_ns)}."
    )


def loss_step(event: losses.LossLimitReached) -> str:
    """Say which loss reached which share of its limit, and the step taken."""
    return (
        f"{event.measure.value} of {event.node_id} is {format_money(event.value_micros)} of "
        f"{format_money(event.limit_micros)} in base currency. Step taken: "
        f"{event.step.name.lower()} (from {event.share_ppm // PPM_PER_CENT} % of the limit on)."
    )


def liquidation_planned(event: losses.LiquidationPlanned) -> str:
    """Say how much is closed by force, and because of what."""
    return (
        f"{len(event.legs)} positions at and below {event.node_id} are being closed by force "
        f"because of {event.measure.value}."
    )


def liquidation_ended(event: losses.LiquidationEnded) -> str:
    """Say why nothing more is closed."""
    return f"Nothing more is closed by force at {event.node_id}: {event.end.value}."


def liquidation_suspended(event: losses.LiquidationSuspended) -> str:
    """Say why nothing is closed by force although it should be."""
    return (
        f"Nothing is closed by force at, above and below {event.node_id}: {event.cause.value} of "
        f"{event.subject} by {event.what}. Two persons resume it."
    )


def liquidation_resumed(event: losses.LiquidationResumed) -> str:
    """Say that closing by force may go on."""
    return f"Closing by force may go on at {event.node_id} after {event.cause.value}."


def over_granted(event: desk.OverGrantedChanged) -> str:
    """Say by how much deficits outgrew the reserve, or that they no longer do."""
    if not event.is_over_granted:
        return f"{event.owner_id} is no longer over-granted."
    return (
        f"Deficits of {event.owner_id} outgrew its reserve by "
        f"{format_money(event.uncovered_micros)} in base currency: opening and plans are frozen."
    )


def envelope_shrunk(event: envelopes.EnvelopeShrunk) -> str:
    """Say what an envelope lost, and to what."""
    return (
        f"Envelope {event.envelope_id} of {event.sub_account_id} lost {event.freed_lots} lots "
        f"({event.cause.value}) and has {event.quantity_lots}."
    )


def envelope_closed(event: envelopes.EnvelopeClosed) -> str:
    """Say why an envelope ended before its time."""
    return (
        f"Envelope {event.envelope_id} of {event.sub_account_id} is void ({event.cause.value}): "
        f"{event.freed_lots} lots were not used, {event.working_lots} still work."
    )


def report_duty(event: regimes.ReportDutyArisen) -> str:
    """Say who held what, and which report is due when."""
    return (
        f"{event.persons_id} held {event.held_lots} lots {event.side} at the settlement of "
        f"{event.trading_day}; from {event.level_lots} on {event.report_kind} is due within "
        f"{event.due_days} business days ({event.regime_id})."
    )


def report_duty_ended(event: regimes.ReportDutyEnded) -> str:
    """Say that less is held again."""
    return (
        f"{event.persons_id} held less than {event.threshold_id} asks for again at the settlement "
        f"of {event.trading_day}."
    )


def limit_notice(event: regimes.LimitNotice) -> str:
    """Say what may be held beyond which number."""
    return (
        f"{event.persons_id} may come to {event.worst_case_lots} lots {event.side}, beyond "
        f"{event.quantity_lots_max} of {event.limit_id} ({event.kind.value})."
    )


def limit_step(event: regimes.LimitStepApproached) -> str:
    """Say when a limit falls, and to what."""
    return (
        f"{event.limit_id} falls to {event.quantity_lots_max} lots on {event.from_day}, in "
        f"{event.days_left} business days; {event.persons_id} may come to {event.worst_case_lots}."
    )


def evasion_alarm(event: evasion.EvasionAlarm) -> str:
    """Return the evidence."""
    return event.evidence


def wash_trade(event: matches.WashTradeSuspected) -> str:
    """Say what was bought and sold, and whether the contract is closed."""
    words = (
        f"{event.quantity_lots} lots of {event.contract_id} were bought and sold for "
        f"{event.principal_id} by executions {event.buy_execution_id} and "
        f"{event.sell_execution_id}."
    )
    return words + " The contract is closed to what opens." if event.closes else words


def wash_trades_released(event: matches.WashTradesReleased) -> str:
    """Say why a contract may be opened again."""
    return f"{event.principal_id} may open {event.contract_id} again: {event.reason}."


def place_of(event: connections.SilenceBegan | connections.SilenceEnded) -> str:
    """Return what is silent: a link or a feed, and which."""
    return f"{event.kind.value} {event.place}"


def silence_began(event: connections.SilenceBegan) -> str:
    """Say what is silent."""
    return f"The {place_of(event)} is silent: {event.detail}."


def silence_ended(event: connections.SilenceEnded) -> str:
    """Say what is heard again."""
    return f"The {place_of(event)} is heard again."


def link(event: connections.VenueLinkReported) -> str:
    """Say whether a link is up."""
    place = f"{event.carrying_account_id} at {event.venue_id}"
    return f"The link of {place} is {'up' if event.is_up else 'down'}."


def kill_switch(event: connections.TradingStopped) -> str:
    """Say who stopped what, and why."""
    return (
        f"{event.entered_by} used the kill switch at {event.node_id} ({event.action.value}): "
        f"{event.reason}. {event.orders} orders are being cancelled."
    )


def trading_state(event: desk.TradingStateSet) -> str:
    """Say what a node may do, and why."""
    if event.trading_state is TradingState.ACTIVE:
        return f"{event.node_id} may trade again: {event.reason}."
    return (
        f"{event.node_id} is {event.trading_state.name.lower().replace('_', ' ')}: {event.reason}."
    )


def rule_fired(event: rules.RuleFired) -> str:
    """Say what a firing does, and until when."""
    return f"Opening is blocked until {format_time(event.hold_until_ns)}; positions are being cut."


def call_issued(event: money.MarginCallIssued) -> str:
    """Say what is called, and until when."""
    return (
        f"{format_money(event.amount_micros)} {event.currency} are called of {event.owner_id} at "
        f"{event.carrying_account_id} until {format_time(event.due_ns)}."
    )


def call_overdue(event: money.MarginCallOverdue) -> str:
    """Say what is missing."""
    return (
        f"Margin call {event.call_id} is overdue; {format_money(event.missing_micros)} are missing."
    )
