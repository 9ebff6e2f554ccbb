"""Events of drafts and of authority: who proposed and approved what, and what became of it."""

from fencang.messages.message import Event
from fencang.messages.reasons import Reason
from fencang.refdata.user import Role

__all__ = [
    "AuthorityFounded",
    "DraftApproved",
    "DraftEvent",
    "DraftExpired",
    "DraftProposed",
    "DraftRefused",
    "DraftRejected",
    "DraftWithdrawn",
    "SingleOperatorActed",
]


class AuthorityFounded(Event, tag="AuthorityFounded.1"):
    """The desk has an authority from now on; signatures name the desk by ``desk_id`` for ever."""

    desk_id: str


class DraftProposed(Event, tag="DraftProposed.1"):
    """A draft is open: ``command`` in ``body``, from ``opens_ns`` on until ``expires_ns``.

    ``acts_for`` is whose role the maker acts in by delegation, empty where it is the maker's own.
    """

    draft_id: int
    command: str
    body: bytes
    body_sha256: str
    maker: str
    role: Role
    acts_for: str
    nonce: int
    public_key: str
    signature: bytes
    opens_ns: int
    expires_ns: int


class DraftApproved(Event, tag="DraftApproved.1"):
    """A second person signed, and the draft is closed; what came of it follows in the record."""

    draft_id: int
    command: str
    body_sha256: str
    maker: str
    maker_role: Role
    checker: str
    role: Role
    acts_for: str
    public_key: str
    signature: bytes


class DraftRefused(Event, tag="DraftRefused.1"):
    """The desk refused the command of the draft that was just approved: nothing came of it."""

    draft_id: int
    reason: Reason
    detail: str


class DraftRejected(Event, tag="DraftRejected.1"):
    """A draft was turned down."""

    draft_id: int
    rejected_by: str
    reason: str


class DraftWithdrawn(Event, tag="DraftWithdrawn.1"):
    """A draft was taken back by its maker."""

    draft_id: int


class DraftExpired(Event, tag="DraftExpired.1"):
    """Nobody approved a draft in its time."""

    draft_id: int


class SingleOperatorActed(Event, tag="SingleOperatorActed.1"):
    """One operator did alone what needs two persons; the desk allows it, and says so."""

    user_id: str
    command: str


DraftEvent = (
    AuthorityFounded
    | DraftProposed
    | DraftApproved
    | DraftRefused
    | DraftRejected
    | DraftWithdrawn
    | DraftExpired
    | SingleOperatorActed
)
