"""Event rules: an indicator's level meets its rules, a rule fires, holds, and arms again.

Armed with a reference level, a rule holds the tagged positions of that moment.  It re-arms with
each close of its indicator while nothing triggers, so the reference positions are those of the
close the level is compared with.  After a firing it holds; the first observation (or timer)
past the hold that does not itself trigger arms it anew.
"""

from fencang.engine.flows.cuts import cut
from fencang.engine.orders import Pending
from fencang.engine.state import DeskState, IndicatorState, RuleState
from fencang.messages.events import (
    AnyEvent,
    CancelRequested,
    IndicatorReported,
    RuleArmed,
    RuleFired,
)
from fencang.refdata.rule import ReferenceKind
from fencang.rules.indicator import is_triggered

__all__ = ["due_rules", "follow_holding", "follow_indicator", "follow_rules_fired"]


def follow_indicator(state: DeskState, event: IndicatorReported) -> list[AnyEvent]:
    """Fire or arm every rule that watches the indicator."""
    events: list[AnyEvent] = []
    indicator = state.indicators[event.indicator]
    for rule_id in sorted(state.rules):
        armed = state.rules[rule_id]
        if armed.rule.indicator == event.indicator:
            events += _observe(state, armed, indicator, is_close=event.is_close)
    return events


def _observe(
    state: DeskState, armed: RuleState, indicator: IndicatorState, *, is_close: bool
) -> list[AnyEvent]:
    rule = armed.rule
    value = indicator.value_nanos
    reference = armed.reference_nanos
    if rule.reference is ReferenceKind.WINDOW_LOW:
        reference = _window_low(state, indicator, rule.window_ns)
    elif armed.is_holding:
        # While holding, levels are still compared with the close before them.
        reference = indicator.close_nanos
    triggered = reference > 0 and is_triggered(reference, value, rule.rise_ppm)
    if armed.is_holding:
        if state.time_ns < armed.hold_until_ns or triggered:
            return []
        return [_arm(armed, indicator)]
    if triggered:
        fired = RuleFired(
            rule_id=rule.rule_id,
            reference_nanos=reference,
            value_nanos=value,
            hold_until_ns=state.time_ns + rule.hold_ns,
        )
        return [fired]
    if is_close or reference == 0:
        return [_arm(armed, indicator)]
    return []


def _arm(armed: RuleState, indicator: IndicatorState) -> RuleArmed:
    """Return the arming at the last close, or at the level itself before any close."""
    reference = indicator.next_close_nanos or indicator.value_nanos
    return RuleArmed(rule_id=armed.rule.rule_id, reference_nanos=reference)


def due_rules(state: DeskState) -> list[AnyEvent]:
    """Arm rules whose hold has ended and whose indicator's last level does not trigger."""
    events: list[AnyEvent] = []
    for rule_id in sorted(state.rules):
        armed = state.rules[rule_id]
        indicator = state.indicators.get(armed.rule.indicator)
        if armed.is_holding and indicator is not None:
            events += _observe(state, armed, indicator, is_close=False)
    return events


def _window_low(state: DeskState, indicator: IndicatorState, window_ns: int) -> int:
    """Return the lowest level of the window before the latest level, 0 when there is none."""
    oldest = state.time_ns - window_ns
    levels = [value for time_ns, value in indicator.window if oldest <= time_ns < state.time_ns]
    return min(levels, default=0)


def follow_rules_fired(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Cancel every working order of the tagged sub-accounts, then send the reductions.

    Rules that fire on one report cut together: each account once, to the least that may stay.
    """
    fired = [state.rules[event.rule_id] for event in events if isinstance(event, RuleFired)]
    tagged = [
        state.subs[sub_id]
        for sub_id in sorted(state.subs)
        if any(armed in fired for armed in state.subs[sub_id].holding)
    ]
    cancels: list[AnyEvent] = [
        CancelRequested(order_id=order_id, terms=order.terms)
        for sub in tagged
        for order_id, order in sorted(sub.working.items())
        if order.pending is not Pending.CANCEL
    ]
    return cancels + cut(state, tagged)


def follow_holding(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Cut what rules in force do not let stay, after a rule changed or a halted node resumed."""
    return cut(state, [state.subs[key] for key in sorted(state.subs) if state.subs[key].holding])
