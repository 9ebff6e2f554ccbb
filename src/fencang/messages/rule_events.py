"""Events of rules: armed at a reference, fired."""

from fencang.messages.message import Event

__all__ = ["RuleArmed", "RuleFired"]


class RuleArmed(Event, tag="RuleArmed.1"):
    """A rule holds a new reference; evolve captures the tagged positions of this moment."""

    rule_id: str
    reference_nanos: int


class RuleFired(Event, tag="RuleFired.1"):
    """A rule triggered: opening in the tagged sub-accounts is blocked until it re-arms."""

    rule_id: str
    reference_nanos: int
    value_nanos: int
    hold_until_ns: int
