"""Commands of proposals: what a limit refused may be offered to somebody who is truly not one.

Nothing overflows by itself.  A proposal is a new order of the other owner, and only a person who
may decide for that owner can accept it.
"""

from typing import Annotated

import msgspec

from fencang.messages.message import Command
from fencang.refdata.definition import Identifier, Lots, Text

__all__ = ["AcceptProposal", "ProposalCommand", "ProposeExcess", "RejectProposal"]

Number = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]


class ProposeExcess(Command, tag="ProposeExcess.1"):
    """Propose lots that a hard limit refused today, in the terms refused, to another's sub-account.

    ``refusal_id`` is that of ``ExcessRefused``.  At most the excess can be proposed: the lots of
    the order that would not have passed.
    """

    refusal_id: Number
    to_sub_account_id: Identifier
    quantity_lots: Lots
    reason: Text
    entered_by: Identifier


class AcceptProposal(Command, tag="AcceptProposal.1"):
    """Accept a proposal for its owner: it becomes an ordinary order of the sub-account.

    ``accepted_by`` stands as a ``Representative`` of the owner, and is not who proposed it.
    """

    proposal_id: Number
    client_order_id: Identifier
    accepted_by: Identifier


class RejectProposal(Command, tag="RejectProposal.1"):
    """Turn a proposal down, or take it back; one person is enough."""

    proposal_id: Number
    rejected_by: Identifier
    reason: Text = ""


ProposalCommand = ProposeExcess | AcceptProposal | RejectProposal
