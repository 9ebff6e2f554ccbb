"""Commands of liquidation: one person pauses it, two resume it."""

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, Text

__all__ = ["LossCommand", "PauseLiquidation", "ResumeLiquidation"]


class PauseLiquidation(Command, tag="PauseLiquidation.1"):
    """Let nothing be closed by force at and below a node, whether it has begun or not.

    ``node_id`` is a sub-account, the master account (everything), ``person:ID`` or
    ``contract:ID``.
    """

    node_id: Identifier
    reason: Text
    entered_by: Identifier


class ResumeLiquidation(Command, tag="ResumeLiquidation.1"):
    """Trust what suspended liquidation at a node, and let it go on; needs two persons."""

    node_id: Identifier
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""


LossCommand = PauseLiquidation | ResumeLiquidation
