"""Events of proposals: what a limit refused, and to whom it was offered, with every check made."""

from enum import StrEnum

from fencang.messages.message import Event, OrderTerms

__all__ = [
    "ExcessProposed",
    "ExcessRefused",
    "ProposalAccepted",
    "ProposalCheck",
    "ProposalCheckKind",
    "ProposalEvent",
    "ProposalExpired",
    "ProposalRejected",
]


class ExcessRefused(Event, tag="ExcessRefused.1"):
    """An order was refused beyond a hard limit of a regime; today its excess may be proposed.

    ``terms`` are those refused, ``excess_lots`` the lots of them that would not have passed.
    """

    refusal_id: int
    sub_account_id: str
    client_order_id: str
    terms: OrderTerms
    regime_id: str
    limit_id: str
    excess_lots: int


class ProposalCheckKind(StrEnum):
    """What is asked before lots may be offered to another owner, in this order."""

    APART = "apart"
    """The owners do not count as one in any group of contracts that counts the contract."""
    CLAIM_TRUE = "claim_true"
    """Where only a claim of independence parts them, it is true of this desk."""
    OWN_TRADE = "own_trade"
    """The trade is the other's: its mandate, its account, its risk, decided before execution."""
    OWN_ROOM = "own_room"
    """The other has room of its own under the limits of its own group."""


class ProposalCheck(Event):
    """One check and what it found, in words; ``regime_id`` where it is asked of a regime."""

    kind: ProposalCheckKind
    regime_id: str
    words: str


class ExcessProposed(Event, tag="ExcessProposed.1"):
    """Lots that a limit refused were proposed to another owner's sub-account, until a time.

    ``terms`` are those that the order will have: of the account it is proposed to.
    """

    proposal_id: int
    refusal_id: int
    from_sub_account_id: str
    to_sub_account_id: str
    terms: OrderTerms
    expires_ns: int
    entered_by: str
    reason: str
    checks: tuple[ProposalCheck, ...]


class ProposalAccepted(Event, tag="ProposalAccepted.1"):
    """Somebody who may decide for the owner accepted; the owner's order follows.

    The checks were made again.
    """

    proposal_id: int
    accepted_by: str
    client_order_id: str
    checks: tuple[ProposalCheck, ...]


class ProposalRejected(Event, tag="ProposalRejected.1"):
    """A proposal was turned down or taken back; its lots may be proposed again."""

    proposal_id: int
    rejected_by: str
    reason: str


class ProposalExpired(Event, tag="ProposalExpired.1"):
    """Nobody accepted a proposal in its time; its lots may be proposed again."""

    proposal_id: int


ProposalEvent = (
    ExcessRefused | ExcessProposed | ProposalAccepted | ProposalRejected | ProposalExpired
)
