"""The people of the engine's firm, with keys, and desks on which two of them sign.

ann administers, rob and ruth are risk officers, carl keeps compliance, olga operates,
alan allocates, vic looks on, bot is a service.  Keys are made of names, so that every run signs the
same bytes.
"""

import hashlib
from functools import cache

from msgspec.structs import replace

from fencang.messages.draft_events import DraftProposed
from fencang.messages.draft_signing import sign_approval, sign_proposal
from fencang.refdata.api_key import ApiKey, ApiKeyKind
from fencang.refdata.authority import Authority, Delegation
from fencang.refdata.user import Role, User, UserKind
from fencang.signing.keys import PrivateKey
from tests.engine.desk import START_NS, Desk, only, trading_desk
from tests.engine.firm import DAY, FIRM, define

ADMIN, RISK, COMPLIANCE = Role.ADMINISTRATOR, Role.RISK_OFFICER, Role.COMPLIANCE
OPS, ALLOCATOR, MANAGER, VIEWER = (
    Role.OPERATIONS,
    Role.ALLOCATOR,
    Role.PORTFOLIO_MANAGER,
    Role.VIEWER,
)


@cache
def key_of(name):
    """Return the private key made of a name."""
    return PrivateKey.from_seed(hashlib.sha256(name.encode()).digest())


def public(name):
    return key_of(name).public_key.hex


def user(name, *roles, keys=None, **more):
    held = (public(name),) if keys is None else keys
    return User(user_id=name, name=name.title(), roles=roles, public_keys=held, **more)


def api_key(name="key-1", user_id="bot", **more):
    values = {
        "kind": ApiKeyKind.SIGNED,
        "proof_hex": public(f"api {name}"),
        "scopes": ("orders:read", "orders:write"),
        "until_ns": START_NS + 90 * DAY,
    }
    return ApiKey(key_id=name, user_id=user_id, **{**values, **more})


def delegation(name, giver, taker, role, **more):
    values = {"from_ns": START_NS, "until_ns": START_NS + DAY, "reason": "on leave", **more}
    return Delegation(delegation_id=name, from_user_id=giver, to_user_id=taker, role=role, **values)


ANN, ROB, RUTH = user("ann", ADMIN), user("rob", RISK), user("ruth", RISK)
CARL, OLGA, ALAN = user("carl", COMPLIANCE), user("olga", OPS), user("alan", ALLOCATOR)
VIC = user("vic", VIEWER, keys=())
BOT = user("bot", OPS, keys=(), kind=UserKind.SERVICE)
PEOPLE = (ANN, ROB, RUTH, CARL, OLGA, ALAN, VIC, BOT)
AUTHORITY = Authority(draft_age_ns_max=DAY)
# The names that the engine's other scenarios enter commands by, as users of this desk.
NAMES = (user("ops", OPS), user("cio", ALLOCATOR), user("risk", RISK), user("boss", COMPLIANCE))


def alone(**more):
    return Authority(single_operator=True, draft_age_ns_max=DAY, **more)


def nonce_of(desk, maker):
    return desk.state.authority.drafts.next_nonce(maker)


def proposal(desk, command, maker="olga", role=OPS, *, key="", nonce=None, **changes):
    """Return the proposal of a command; ``changes`` are made after it was signed."""
    signed = sign_proposal(
        desk.state.authority.desk_id,
        command,
        key_of(key or maker),
        maker=maker,
        role=role,
        nonce=nonce_of(desk, maker) if nonce is None else nonce,
    )
    return replace(signed, **changes)


def propose(desk, command, maker="olga", role=OPS):
    """Open a draft; return its number."""
    return only(desk.done(proposal(desk, command, maker, role)), DraftProposed).draft_id


def approval(desk, draft_id, checker="carl", role=COMPLIANCE, *, key="", **changes):
    """Return the approval of an open draft; ``changes`` are made after it was signed."""
    draft = desk.state.authority.drafts.open[draft_id]
    desk_id, key = desk.state.authority.desk_id, key_of(key or checker)
    return replace(sign_approval(desk_id, draft, key, checker=checker, role=role), **changes)


def approve(desk, draft_id, checker="carl", role=COMPLIANCE):
    """Approve an open draft; return what came of it."""
    return desk.done(approval(desk, draft_id, checker, role))


def sign(desk, command, maker="olga", role=OPS, checker="carl", checker_role=COMPLIANCE):
    """Propose and approve a command; return the events of its approval."""
    return approve(desk, propose(desk, command, maker, role), checker, checker_role)


def found(desk, authority=AUTHORITY, people=(*PEOPLE, *NAMES)):
    """Let a desk ask for signatures from now on."""
    desk.done(define(*people, authority))
    return desk


def founded_desk(authority=AUTHORITY, people=PEOPLE):
    """Return a desk whose first record defines the firm, its people and their authority."""
    desk = Desk()
    desk.done(define(*FIRM, *people, authority))
    return desk


def signed_desk(authority=AUTHORITY, people=(*PEOPLE, *NAMES)):
    """Return a desk that trades, and asks for signatures from now on."""
    return found(trading_desk(), authority, people)
