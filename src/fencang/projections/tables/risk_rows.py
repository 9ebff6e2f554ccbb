"""Rows of risk: signals as they were told, and rules with their standing."""

from fencang.basics.decimals import format_scaled
from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.basics.price import format_price
from fencang.basics.time import format_time
from fencang.projections.risk_signals import Signal
from fencang.projections.rules import Firing
from fencang.projections.tables.rows import Row
from fencang.projections.tables.texts import DecimalText, TimeText
from fencang.refdata.rule import IndicatorRule

__all__ = ["RiskSignalRow", "RuleRow", "risk_signal_row", "rule_row"]


class RiskSignalRow(Row):
    """One risk signal: what kind, by number and name, about which node, in plain words.

    ``node_id`` is empty where it is about no node of the account tree.  ``limit`` and ``value`` are
    counted as the control counts them, money in millionths; ``sequence`` is its record.
    """

    signal_id: int
    sequence: int
    time: TimeText
    kind: int
    kind_name: str
    severity: str
    node_id: str
    subject: str
    words: str
    level_ppm: int | None
    limit: int | None
    value: int | None


class RuleRow(Row):
    """A rule as it is defined, and how it stands.

    ``standing``: ``waiting`` for its first reference, ``armed`` at ``reference``, or ``fired``:
    then opening is blocked until ``hold_until_time`` at least, and the next observation after that
    which does not trigger arms it anew.  ``version`` is the record that defined it last.
    """

    rule_id: str
    kind: str
    version: int
    indicator: str
    tag: str
    rise_ppm: int
    keep_ppm: int
    hold_seconds: DecimalText
    reference_kind: str
    window_seconds: DecimalText
    attempts_max: int
    standing: str
    reference: DecimalText | None
    fired_time: TimeText | None
    hold_until_time: TimeText | None


def risk_signal_row(signal: Signal) -> RiskSignalRow:
    """Return a signal's row."""
    return RiskSignalRow(
        signal_id=signal.signal_id,
        sequence=signal.signal_id // ORDERS_PER_COMMAND_MAX,
        time=format_time(signal.time_ns),
        kind=signal.kind.value,
        kind_name=signal.kind.name.lower(),
        severity=signal.severity.value,
        node_id=signal.node_id,
        subject=signal.subject,
        words=signal.words,
        level_ppm=signal.level_ppm,
        limit=signal.limit,
        value=signal.value,
    )


def rule_row(
    rule: IndicatorRule, version: int, reference_nanos: int | None, firing: Firing | None
) -> RuleRow:
    """Return a rule's row; ``firing`` is the one that lasts, None while there is none."""
    armed = "waiting" if reference_nanos is None else "armed"
    return RuleRow(
        rule_id=rule.rule_id,
        kind=type(rule).__name__,
        version=version,
        indicator=rule.indicator,
        tag=rule.tag,
        rise_ppm=rule.rise_ppm,
        keep_ppm=rule.keep_ppm,
        hold_seconds=format_scaled(rule.hold_ns, 9),
        reference_kind=rule.reference.value,
        window_seconds=format_scaled(rule.window_ns, 9),
        attempts_max=rule.attempts_max,
        standing=armed if firing is None else "fired",
        reference=None if reference_nanos is None else format_price(reference_nanos),
        fired_time=None if firing is None else format_time(firing.fired_ns),
        hold_until_time=None if firing is None else format_time(firing.hold_until_ns),
    )
