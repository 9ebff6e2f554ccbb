"""Commands about what orders come to: a strategy that repeats itself, volumes of the market."""

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, Text

__all__ = ["ReenableStrategy", "TradeFlowCommand"]


class ReenableStrategy(Command, tag="ReenableStrategy.1"):
    """Let a sub-account open again whose executions repeated themselves; needs two persons.

    Its repeated executions are counted from nothing.
    """

    sub_account_id: Identifier
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


TradeFlowCommand = ReenableStrategy
