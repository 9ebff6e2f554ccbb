"""Careless and false signers: drafts by chance, and a clerk who checks every signature again.

The clerk keeps books of its own: who holds which keys and roles when, what was signed, and what was
applied.  It reads records alone, and verifies with the library, not with the desk.
"""

import random
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace

from fencang.engine.decide.draft_matters import matters_of
from fencang.messages import commands as cmd
from fencang.messages.draft_body import decode_body, encode_body
from fencang.messages.draft_commands import ApproveDraft, ProposeDraft, RejectDraft, WithdrawDraft
from fencang.messages.draft_events import (
    AuthorityFounded,
    DraftApproved,
    DraftExpired,
    DraftProposed,
    DraftRefused,
    DraftRejected,
    DraftWithdrawn,
    SingleOperatorActed,
)
from fencang.messages.draft_signing import sign_approval, sign_proposal
from fencang.messages.events import CommandRejected, DeskDefined
from fencang.messages.money_commands import ApplySweep, ApproveWire
from fencang.refdata.authority import Authority, Delegation
from fencang.refdata.user import User
from tests.engine.authority_firm import (
    ADMIN,
    ALLOCATOR,
    AUTHORITY,
    COMPLIANCE,
    MANAGER,
    OPS,
    RISK,
    approval,
    delegation,
    key_of,
    propose,
    public,
    user,
)
from tests.engine.desk import trading_desk, transfer, withdraw
from tests.engine.firm import DAY, SECOND, define, limit

ROLES = {
    "ann": (ADMIN,),
    "abe": (ADMIN,),
    "rob": (RISK,),
    "ruth": (RISK,),
    "carl": (COMPLIANCE,),
    "cora": (COMPLIANCE,),
    "olga": (OPS,),
    "max": (MANAGER, ALLOCATOR),
    "alan": (ALLOCATOR,),
}
NAMES = tuple(ROLES)


class Signers:
    """Send one command after another: right ones, and every kind of wrong one."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.desk = trading_desk()
        people = [user(name, *roles) for name, roles in ROLES.items()]
        cooling = self.chance.choice((0, 0, 20 * SECOND))
        self.desk.done(define(*people, replace(AUTHORITY, cooling_off_ns=cooling)))
        self.proposals, self.approvals, self.tries = [], [], []
        self.made = 0

    @property
    def book(self):
        return self.desk.state.authority

    def step(self):
        """Choose a command, execute it, and remember what was tried."""
        ways = {
            self.propose: 8,
            self.approve: 14,
            self.forge: 3,
            self.swap: 3,
            self.replay: 4,
            self.elsewhere: 3,
            self.lend: 2,
            self.raw: 4,
            self.tighten: 3,
            self.close: 1,
            self.people: 3,
        }
        (way,) = self.chance.choices(tuple(ways), tuple(ways.values()))
        command = way()
        if command is None:
            return
        late = self.chance.choice((1, SECOND, SECOND, 30 * SECOND, DAY // 3))
        events = self.desk.do(command, after_ns=late)
        self.tries.append((way.__name__, command, events))
        if isinstance(command, ProposeDraft):
            self.proposals.append(command)
        elif isinstance(command, ApproveDraft):
            self.approvals.append(command)

    # ------------------------------------------------------------------------------- what is wanted

    def wanted(self, maker):
        """Return something that needs two persons."""
        self.made += 1
        sub = self.chance.choice(("ALPHA", "BETA", "GAMMA"))
        small = self.chance.choice(("1", "2"))
        return self.chance.choice(
            (
                define(limit(sub, "*", self.made), by=maker, approved_by=""),
                define(user(f"new{self.made}", OPS, keys=()), by=maker, approved_by=""),
                replace(transfer(None, sub, small), entered_by=maker),
                replace(withdraw(small, approved_by=""), entered_by=maker),
                replace(withdraw("99999999999", approved_by=""), entered_by=maker),
            )
        )

    def role_of(self, name):
        """Return a role of the user, now and then one that it does not hold."""
        lent = [each.role for each in self.book.delegations.values() if each.to_user_id == name]
        roles = (*ROLES[name] * 4, *lent * 3, self.chance.choice((RISK, COMPLIANCE, OPS, ADMIN)))
        return self.chance.choice(roles)

    def propose(self):
        maker = self.chance.choice(NAMES)
        return self.proposal(self.wanted(maker), maker, self.role_of(maker), maker)

    def proposal(self, command, maker, role, key):
        nonce, desk_id = self.book.drafts.next_nonce(maker), self.book.desk_id
        return sign_proposal(desk_id, command, key_of(key), maker=maker, role=role, nonce=nonce)

    def open_draft(self):
        waiting = self.book.drafts.open
        return waiting[self.chance.choice(sorted(waiting))] if waiting else None

    def approve(self):
        draft = self.open_draft()
        if draft is None:
            return self.propose()
        checker = self.chance.choice((*NAMES, "rob", "carl", "cora", "ruth", draft.maker))
        return self.approval(draft, checker, self.role_of(checker), checker)

    def approval(self, draft, checker, role, key):
        return sign_approval(self.book.desk_id, draft, key_of(key), checker=checker, role=role)

    # -------------------------------------------------------------------------------- what is wrong

    def forge(self):
        """Sign without the key: with one's own, or with bytes of chance."""
        draft = self.open_draft()
        if draft is None or self.chance.random() < 0.4:
            maker = self.chance.choice(NAMES)
            command = self.proposal(self.wanted(maker), maker, ROLES[maker][0], "mallory")
            return replace(command, public_key=public(maker))
        checker = self.chance.choice(("rob", "carl", "cora"))
        made = self.approval(draft, checker, ROLES[checker][0], checker)
        noise = bytearray(made.signature)
        noise[self.chance.randrange(64)] ^= 1 << self.chance.randrange(8)
        return replace(made, signature=bytes(noise))

    def swap(self):
        """Put another body, number, name or role under a signature."""
        maker = self.chance.choice(("olga", "ann", "max"))
        command = self.proposal(self.wanted(maker), maker, ROLES[maker][0], maker)
        other = self.proposal(self.wanted(maker), maker, ROLES[maker][0], maker)
        changes = ({"body": other.body}, {"role": RISK}, {"nonce": command.nonce + 1})
        change = self.chance.choice(changes if other.body != command.body else changes[1:])
        return replace(command, **change)

    def replay(self):
        """Send again what was signed before."""
        known = self.chance.choice((self.proposals, self.approvals))
        return self.chance.choice(known) if known else None

    def elsewhere(self):
        """Put the approval of one draft under another."""
        draft = self.open_draft()
        if draft is None or not self.approvals:
            return None
        return replace(self.chance.choice(self.approvals), draft_id=draft.draft_id)

    def lend(self):
        """Let somebody sign in another's name."""
        draft = self.open_draft()
        if draft is None:
            return None
        made = self.approval(draft, "carl", COMPLIANCE, "carl")
        return replace(made, checker=self.chance.choice(NAMES))

    def raw(self):
        """Name a second person instead of asking for a signature."""
        maker = self.chance.choice((*NAMES, "feed", "desk-file", "nobody"))
        command = self.wanted(maker)
        if isinstance(command, cmd.TransferCapital):
            return command
        second = self.chance.choice(("", "rob", "carl", maker, "single-operator"))
        return replace(command, approved_by=second)

    # --------------------------------------------------------------------------------- what changes

    def tighten(self):
        """Take away alone: a limit, a key, a user, a delegation."""
        by = self.chance.choice(NAMES)
        users = [self.book.users[name] for name in NAMES]
        draft = self.open_draft()
        makers = [] if draft is None else [self.book.users[draft.maker]] * len(users)
        each = self.chance.choice([*users, *makers])
        lent = [*self.book.delegations.values()]
        item = self.chance.choice(
            (
                replace(each, is_active=False),
                replace(each, public_keys=each.public_keys[1:]),
                replace(self.chance.choice(lent), is_revoked=True) if lent else each,
            )
        )
        return define(item, by=by, approved_by="")

    def people(self):
        """Bring keys and people back, lend roles, change the authority: by a draft of two."""
        who = self.chance.choice(NAMES)
        held = self.book.users[who]
        now = self.desk.now_ns
        item = self.chance.choice(
            (
                replace(held, is_active=True, public_keys=(public(who),)),
                replace(held, is_active=True, public_keys=(public(f"{who} new"), public(who))),
                delegation(
                    f"d{self.made}",
                    who,
                    self.chance.choice([name for name in NAMES if name != who]),
                    ROLES[who][0],
                    from_ns=now,
                    until_ns=now + 40 * SECOND,
                ),
                replace(self.book.stated, cooling_off_ns=self.chance.choice((0, 10 * SECOND))),
            )
        )
        self.made += 1
        maker = self.chance.choice(("ann", "abe"))
        return self.proposal(define(item, by=maker, approved_by=""), maker, ADMIN, maker)

    def close(self):
        draft = self.open_draft()
        if draft is None:
            return None
        by = self.chance.choice((*NAMES, "nobody"))
        if self.chance.random() < 0.5:
            return WithdrawDraft(draft_id=draft.draft_id, withdrawn_by=by)
        return RejectDraft(draft_id=draft.draft_id, rejected_by=by)


STAFF = ("ops", "risk", "cio", "quant")


def use_signatures(desk):
    """Let a careless office's desk ask for signatures: its staff proposes, boss approves."""
    staff = [user(name, OPS, ALLOCATOR, ADMIN, RISK) for name in STAFF]
    people = (*staff, user("boss", COMPLIANCE))
    desk.done(define(*people, Authority(roles_apart=(), draft_age_ns_max=DAY)))


def signed(chance, desk, command):
    """Return what brings a command about that two persons sign; now and then it is left as it is.

    Its proposal has been put to the desk then, and its approval is returned.
    """
    needs = isinstance(command, cmd.TransferCapital) or getattr(command, "approved_by", "")
    maker = getattr(command, "entered_by", "ops")
    if not needs or maker not in STAFF or chance.random() < 0.1:
        return command
    if "approved_by" in command.__struct_fields__:
        wants_name = isinstance(command, cmd.ApprovePlan | ApproveWire | ApplySweep)
        command = replace(command, approved_by=maker if wants_name else "")
    stated, book = desk.state.authority.stated, desk.state.authority
    may = [stated.power(matter).propose for matter in matters_of(command)]
    roles = [role for role in (OPS, ALLOCATOR, ADMIN, RISK) if all(role in each for each in may)]
    events = desk.do(
        sign_proposal(
            book.desk_id,
            command,
            key_of(maker),
            maker=maker,
            role=chance.choice(roles),
            nonce=book.drafts.next_nonce(maker),
        )
    )
    (draft,) = (event for event in events if isinstance(event, DraftProposed))
    checker = "boss" if chance.random() < 0.95 else chance.choice(STAFF)
    role = COMPLIANCE if checker == "boss" else RISK
    return sign_approval(book.desk_id, draft, key_of(checker), checker=checker, role=role)


def approved_by_boss(desk, command):
    """Return what brings about a command that boss approves, by name or by signature."""
    if not desk.state.authority.asks_signatures:
        return command
    draft_id = propose(desk, replace(command, approved_by=""), command.entered_by, RISK)
    return approval(desk, draft_id, "boss", COMPLIANCE)


@dataclass
class Clerk:
    """What a reader of the records believes, and every fault found in them."""

    desk_id: str = ""
    authority: Authority | None = None
    users: dict = field(default_factory=dict)
    delegations: dict = field(default_factory=dict)
    open: dict = field(default_factory=dict)
    nonces: dict = field(default_factory=dict)
    applied: set = field(default_factory=set)
    faults: list = field(default_factory=list)

    def read(self, record):
        """Check one record and learn from it."""
        was_founded = self.authority is not None and not self.authority.single_operator
        for event in record.events:
            match event:
                case DraftExpired():
                    self._ends(event.draft_id, record)
                case DraftRejected() | DraftWithdrawn():
                    self._ends(event.draft_id, record)
                case DraftProposed():
                    self._propose(event, record)
                case DraftApproved():
                    self._approve(event, record)
                case AuthorityFounded():
                    self.desk_id = event.desk_id
                case SingleOperatorActed():
                    self._require(not was_founded, record, "one person acted alone")
                case _:
                    pass
        if was_founded:
            self._check_command(record)
        for event in record.events:
            if isinstance(event, DeskDefined):
                self._learn(event)

    def _require(self, holds, record, words):
        if not holds:
            self.faults.append(f"record {record.sequence}: {words}")

    def _check_command(self, record):
        """What was not refused has no second name, or two signatures."""
        if any(isinstance(event, CommandRejected) for event in record.events):
            return
        command = record.command
        second = getattr(command, "approved_by", "")
        self._require(not second, record, f"a name was taken for a signature: {second}")
        if isinstance(command, cmd.TransferCapital):
            most = self.authority.plan_micros_max
            self._require(command.amount_micros <= most, record, "a large transfer by one person")
        if isinstance(command, ApproveDraft):
            told = [event for event in record.events if isinstance(event, DraftApproved)]
            self._require(len(told) == 1, record, "approved, and nobody told")
        changed = [event for event in record.events if isinstance(event, DeskDefined)]
        if changed and not isinstance(command, ApproveDraft):
            self._require(self._only_takes_away(changed[0]), record, "loosened by one person")

    def _only_takes_away(self, event):
        """Return whether a definition by one person gives nobody anything."""
        for item in event.items:
            if isinstance(item, User):
                old = self.users.get(item.user_id)
                gives = old is None or (
                    not {*item.roles} <= {*old.roles}
                    or not {*item.public_keys} <= {*old.public_keys}
                    or item.is_active > old.is_active
                )
            elif isinstance(item, Delegation):
                gives = item.delegation_id not in self.delegations or not item.is_revoked
            else:
                gives = True
            if gives:
                return False
        return True

    def _learn(self, event):
        for item in event.items:
            match item:
                case User():
                    self.users[item.user_id] = item
                case Delegation():
                    self.delegations[item.delegation_id] = item
                case Authority():
                    self.authority = item
                case _:
                    pass

    def _ends(self, draft_id, record):
        self._require(self.open.pop(draft_id, None) is not None, record, "ended and not open")

    def _signer(self, name, role, public_key, time_ns):
        """Return the persons that a signer counts as; empty where it may not sign so."""
        who = self.users.get(name)
        if who is None or not who.is_active or public_key not in who.public_keys:
            return set()
        if role in who.roles:
            return {name}
        givers = {
            each.from_user_id
            for each in self.delegations.values()
            if each.to_user_id == name
            and each.role == role
            and not each.is_revoked
            and each.from_ns <= time_ns < each.until_ns
            and self.users[each.from_user_id].is_active
            and role in self.users[each.from_user_id].roles
        }
        return {name, *givers} if givers else set()

    def _verified(self, public_key, signature, text):
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            key.verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True

    def _text(self, purpose, number, nonce, event, name, role):
        return (
            f"fencang draft 1\ndesk: {self.desk_id}\npurpose: {purpose}\ndraft: {number}\n"
            f"nonce: {nonce}\ncommand: {event.command}\nbody-sha256: {event.body_sha256}\n"
            f"user: {name}\nrole: {role}\n"
        )

    def _propose(self, event, record):
        asked = record.command
        self._require(isinstance(asked, ProposeDraft) and asked.body == event.body, record, "body")
        text = self._text("propose", "-", event.nonce, event, event.maker, event.role)
        signed = self._verified(event.public_key, event.signature, text)
        self._require(signed, record, "proposed unsigned")
        may = self._signer(event.maker, event.role, event.public_key, record.time_ns)
        self._require(may, record, f"{event.maker} may not sign as {event.role}")
        wanted = self.nonces.get(event.maker, 0) + 1
        self._require(event.nonce == wanted, record, "a proposal counted twice")
        self.nonces[event.maker] = event.nonce
        self.open[event.draft_id] = event

    def _approve(self, event, record):
        draft = self.open.pop(event.draft_id, None)
        self._require(draft is not None, record, "approved and not open")
        self._require(event.draft_id not in self.applied, record, "applied twice")
        self.applied.add(event.draft_id)
        if draft is None:
            return
        text = self._text("approve", event.draft_id, "-", draft, event.checker, event.role)
        signed = self._verified(event.public_key, event.signature, text)
        self._require(signed, record, "approved unsigned")
        now = record.time_ns
        self._require(draft.opens_ns <= now < draft.expires_ns, record, "out of its time")
        first = self._signer(draft.maker, draft.role, draft.public_key, now)
        second = self._signer(event.checker, event.role, event.public_key, now)
        self._require(first and second, record, "a signer who may not sign")
        persons = {draft.maker, draft.acts_for} & {event.checker, event.acts_for} - {""}
        self._require(not persons, record, f"one person twice: {persons}")
        self._require(draft.role != event.role, record, "one role twice")
        self._took_effect(draft, record)

    def _took_effect(self, draft, record):
        """What came of it is what was signed."""
        inner = decode_body(draft.body)
        assert encode_body(inner) == draft.body
        defined = [each for each in record.events if isinstance(each, DeskDefined)]
        refused = any(isinstance(each, DraftRefused) for each in record.events)
        if isinstance(inner, cmd.DefineDesk) and not refused:
            self._require([each.items for each in defined] == [inner.items], record, "other items")
        if refused:
            self._require(len(record.events) - self._of_time(record) == 2, record, "half applied")

    def _of_time(self, record):
        return sum(isinstance(each, DraftExpired) for each in record.events)
