"""Commands about trades that look like wash trades."""

from fencang.messages.message import Command, SecondPerson
from fencang.refdata.definition import Identifier, Text

__all__ = ["ReleaseWashTrades"]


class ReleaseWashTrades(Command, tag="ReleaseWashTrades.1"):
    """Let a contract be opened again after too many suspected wash trades; needs two persons.

    ``principal_id`` is who counts as one, as ``WashTradeSuspected`` names it.
    """

    principal_id: Identifier
    contract_id: Identifier
    reason: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""
