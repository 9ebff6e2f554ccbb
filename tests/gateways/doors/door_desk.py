"""A desk as the doors see it: users, keys, an account tree; requests as a client signs them."""

from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from msgspec.structs import replace as with_fields

from fencang.basics.time import SECOND_NS, parse_time
from fencang.gateways.doors.authenticate import Doorkeeper
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.frozen import FROZEN_SCHEMA, FrozenKeys
from fencang.gateways.doors.nonces import NONCE_SCHEMA, NonceBook
from fencang.gateways.doors.passwords import PasswordHashing
from fencang.gateways.doors.people import LoginRequest, People
from fencang.gateways.doors.sealing import Sealing
from fencang.gateways.doors.tokens import new_bearer_token
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from fencang.refdata.api_key import ApiKey, ApiKeyKind
from fencang.refdata.authority import Authority
from fencang.refdata.user import Role, User, UserKind
from fencang.signing.http_messages import SignaturePolicy, sign_request
from fencang.signing.keys import PrivateKey
from fencang.signing.request import Request

NOON = parse_time("2026-11-26T12:00:00Z")
HOME = "192.0.2.10"
STRATEGY_SCOPES = ("orders:read", "orders:write", "positions:read")
WEAK = PasswordHashing(memory_kib=8, passes=1, lanes=1)
"""Hashing that takes no time; the real parameters have a test of their own."""


def chance(name, size=32):
    return sha256(name.encode()).digest()[:size] + bytes(max(size - 32, 0))


def private_key(name):
    return PrivateKey.from_seed(chance(name))


def user(user_id, *roles, kind=UserKind.HUMAN, **fields):
    return User(user_id=user_id, name=user_id, kind=kind, roles=roles, **fields)


def signed_key(key_id, user_id, **fields):
    given = {
        "kind": ApiKeyKind.SIGNED,
        "proof_hex": private_key(key_id).public_key.hex,
        "scopes": STRATEGY_SCOPES,
        "until_ns": NOON + 10**9 * SECOND_NS,
    }
    return ApiKey(key_id=key_id, user_id=user_id, **(given | fields))


@dataclass
class Desk:
    """A directory and an account tree, from plain tables."""

    users: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    above: dict = field(default_factory=dict)
    the_authority: Authority = field(default_factory=Authority)
    delegated: dict = field(default_factory=dict)

    def api_key(self, key_id):
        return self.keys.get(key_id)

    def user(self, user_id):
        return self.users.get(user_id)

    def roles_at(self, user_id, time_ns):
        found = self.users.get(user_id)
        own = frozenset() if found is None or not found.acts_at(time_ns) else frozenset(found.roles)
        return own | self.delegated.get(user_id, frozenset())

    def authority(self):
        return self.the_authority

    def path_of(self, node_id):
        if node_id not in self.above:
            return ()
        upper = self.above[node_id]
        return (node_id, *(self.path_of(upper) if upper else ()))

    def change_key(self, key_id, **fields):
        self.keys[key_id] = with_fields(self.keys[key_id], **fields)

    def change_user(self, user_id, **fields):
        self.users[user_id] = with_fields(self.users[user_id], **fields)


TOKEN = new_bearer_token("watch", chance("watch"))


def firm():
    users = [
        user("ada", Role.ADMINISTRATOR),
        user("rita", Role.RISK_OFFICER),
        user("carl", Role.COMPLIANCE),
        user("olga", Role.OPERATIONS),
        user("pam", Role.PORTFOLIO_MANAGER),
        user("vera", Role.VIEWER),
        user("trend", Role.PORTFOLIO_MANAGER, kind=UserKind.SERVICE),
    ]
    keys = [
        signed_key("trend-1", "trend"),
        signed_key("trend-2", "trend", sub_tree="DESK-A"),
        ApiKey(
            key_id="watch",
            user_id="trend",
            kind=ApiKeyKind.BEARER,
            proof_hex=TOKEN.proof_hex,
            scopes=("orders:read", "positions:read"),
            until_ns=NOON + 10**9 * SECOND_NS,
        ),
    ]
    above = {"MASTER": "", "DESK-A": "MASTER", "DESK-B": "MASTER", "A-1": "DESK-A", "B-1": "DESK-B"}
    return Desk(
        users={each.user_id: each for each in users},
        keys={each.key_id: each for each in keys},
        above=above,
    )


_numbers = count(1)


def request(method="POST", target="/v1/orders?dry=1", body=b'{"lots": 3}', headers=()):
    return Request(
        method=method, authority="desk.example", target=target, headers=headers, body=body
    )


def signed(key_id="trend-1", time_ns=NOON, nonce=None, of=None, key=None, key_name=None):
    """Return a request signed by a key, with a nonce of its own."""
    of = request() if of is None else of
    added = sign_request(
        of,
        private_key(key_name or key_id) if key is None else key,
        key_id=key_id,
        created_s=time_ns // SECOND_NS,
        nonce=f"nonce-{next(_numbers):020}" if nonce is None else nonce,
    )
    return with_fields(of, headers=(*of.headers, *added))


def bearing(token, method="GET", target="/v1/orders"):
    return Request(
        method=method,
        authority="desk.example",
        target=target,
        headers=(("Authorization", f"Bearer {token.reveal()}"),),
    )


class Doors:
    """Doorkeeper and stores over one folder; `restart` and `crash` open them anew."""

    def __init__(self, folder, desk=None, time_ns=NOON, **settings):
        self.path = folder / "doors.sqlite"
        self.desk = firm() if desk is None else desk
        self.settings = settings
        self.open(time_ns)

    def open(self, time_ns):
        self.file = PrivateFile(self.path, (*NONCE_SCHEMA, *FROZEN_SCHEMA), is_sole=True)
        self.nonces = NonceBook(self.file, time_ns)
        self.frozen = FrozenKeys(self.file, self.desk)
        policy = SignaturePolicy(authorities=("desk.example",))
        self.keeper = Doorkeeper(self.desk, self.nonces, self.frozen, policy, **self.settings)

    def restart(self, time_ns):
        self.nonces.close()
        self.crash(time_ns)

    def crash(self, time_ns):
        self.file.close()
        self.open(time_ns)

    def admit(self, asked, address=HOME, time_ns=NOON):
        return self.keeper.admit(asked, address, Interface.REST, time_ns)


class Office:
    """People and their store over one folder, with a clock that tests move."""

    def __init__(self, folder, desk=None, **settings):
        self.folder = folder
        self.desk = firm() if desk is None else desk
        self.sealing = Sealing.from_file(folder / "secrets.key", chance("sealing"))
        self.settings = {"hashing": WEAK} | settings
        self.people = self.opened()
        self.now = NOON
        self.seeds = {}
        self.drawn = 0

    def opened(self):
        return People(
            self.folder / "secrets.sqlite",
            self.desk,
            self.sealing,
            desk_id="demo",
            **self.settings,
        )

    def draw(self, size=32):
        self.drawn += 1
        return chance(f"draw {self.drawn}", size)

    def wait(self, seconds):
        self.now += seconds * SECOND_NS

    def code(self, user_id, at=0):
        import pyotp

        return Secret(pyotp.TOTP(self.seeds[user_id]).at(self.now // SECOND_NS + at))

    def enrol(self, user_id, code, password="a long enough word"):  # noqa: S107 - made up
        begun = self.people.enrolment.begin(
            user_id, code, Secret(password), self.now, self.draw(32)
        )
        self.seeds[user_id] = begun.seed.reveal()
        self.people.enrolment.finish(user_id, code, self.code(user_id), self.now)
        self.wait(30)

    def join(self, *user_ids):
        if not self.people._rows.enrolled():
            code = self.people.enrolment.invite_at_host("ada", self.now, self.draw())
            self.enrol("ada", code)
        for user_id in user_ids:
            if user_id != "ada":
                self.enrol(
                    user_id, self.people.enrolment.invite(user_id, "ada", self.now, self.draw())
                )

    def attempt(self, user_id, password="a long enough word", code=None, address=HOME):  # noqa: S107
        code = self.code(user_id) if code is None else Secret(code)
        return LoginRequest(user_id, Secret(password), code, address)

    def log_in(self, user_id, **given):
        return self.people.log_in(self.attempt(user_id, **given), self.now, self.draw())
