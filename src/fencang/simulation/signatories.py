"""Staff that signs what needs two persons, and a forger who tries without their keys.

Only some desks have them.  What others enter with a second name becomes a draft there; who would
have approved it signs later, forgets it, or turns it down.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

from msgspec.structs import replace

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.messages.commands import AnyCommand, ApprovePlan, DefineDesk, TransferCapital
from fencang.messages.draft_body import encode_body
from fencang.messages.draft_commands import ApproveDraft, ProposeDraft, RejectDraft
from fencang.messages.draft_events import (
    AuthorityFounded,
    DraftApproved,
    DraftExpired,
    DraftProposed,
    DraftRejected,
)
from fencang.messages.draft_signing import sign_approval, sign_proposal
from fencang.messages.money_commands import ApplySweep, ApproveWire
from fencang.messages.record import Record
from fencang.refdata.account import SubAccount
from fencang.refdata.authority import Authority
from fencang.refdata.desk import DeskItem
from fencang.refdata.user import Role, User, UserKind
from fencang.signing.keys import PrivateKey
from fencang.simulation.random import Chance

__all__ = ["Signatories", "has_signatories"]

ACT_PPM = 600_000
CHECKED_MAX = 6
"""So many drafts a checker looks at in one go."""

_MAKERS = (Role.OPERATIONS, Role.ALLOCATOR, Role.ADMINISTRATOR, Role.RISK_OFFICER)
_STAFF = ("ops-1", "ops-2", "cio", "risk")
_ORDERED = (ApprovePlan, ApproveWire, ApplySweep)
"""Commands whose form wants the name of a second person."""


def has_signatories(chance: Chance) -> bool:
    """Return whether a seed's desk asks for signatures."""
    return chance.strikes(125_000)


@cache
def _key_of(name: str) -> PrivateKey:
    """Return a key made of a name, so that a seed signs the same bytes in every run."""
    return PrivateKey.from_seed(hashlib.sha256(f"signatory {name}".encode()).digest())


class Signatories:
    """Makers, checkers and the forger of one desk; nobody where it takes names on trust."""

    def __init__(self, chance: Chance, items: list[DeskItem], *, is_there: bool) -> None:
        self._chance, self.is_there = chance, is_there
        subs = [item.sub_account_id for item in items if isinstance(item, SubAccount)]
        owners = {item.owner_id: None for item in items if isinstance(item, SubAccount)}
        self._services = [
            "broker",
            "strategy",
            *(f"strategy-{name}" for name in subs),
            *(f"FOR-{name}" for name in owners),
        ]
        self._desk_id = ""
        self._open: dict[int, DraftProposed] = {}
        self._seconds: dict[int, str] = {}
        self._nonces: dict[str, int] = {}
        self._signed: list[AnyCommand] = []
        self._wanted: dict[tuple[str, int], str] = {}

    def founding(self) -> list[AnyCommand]:
        """Return what makes the desk ask for signatures, once its opening is done."""
        if not self.is_there:
            return []
        staff = [
            User(
                user_id=name,
                name=name,
                roles=(*_MAKERS, Role.COMPLIANCE),
                public_keys=(_key_of(name).public_key.hex,),
            )
            for name in _STAFF
        ]
        services = [
            User(user_id=name, name=name, kind=UserKind.SERVICE, roles=(Role.PORTFOLIO_MANAGER,))
            for name in self._services
        ]
        authority = Authority(
            roles_apart=(),
            cooling_off_ns=self._chance.one_of((0, 0, 60 * SECOND_NS)),
            draft_age_ns_max=self._chance.one_of((DAY_NS // 4, DAY_NS)),
            plan_micros_max=self._chance.one_of((0, 10**12)),
        )
        items: tuple[DeskItem, ...] = (*staff, *services, authority)
        return [DefineDesk(items=items, entered_by="ops-1", approved_by="ops-2")]

    def see(self, record: Record) -> None:
        """Take in a durable record."""
        for event in record.events:
            match event:
                case AuthorityFounded():
                    self._desk_id = event.desk_id
                case DraftProposed():
                    self._open[event.draft_id] = event
                    self._nonces[event.maker] = event.nonce
                    second = self._wanted.get((event.body_sha256, event.nonce), "ops-2")
                    self._seconds[event.draft_id] = second
                case DraftApproved() | DraftRejected() | DraftExpired():
                    self._open.pop(event.draft_id, None)
                case _:
                    pass

    def brought(self, commands: Sequence[AnyCommand]) -> list[AnyCommand]:
        """Return commands as they are entered: what needs two persons as proposals of one."""
        if not self._desk_id:
            return list(commands)
        ahead: dict[str, int] = {}
        return [self._brought(command, ahead) for command in commands]

    def _brought(self, command: AnyCommand, ahead: dict[str, int]) -> AnyCommand:
        second = getattr(command, "approved_by", "")
        maker = getattr(command, "entered_by", "cio")
        needs = bool(second) or isinstance(command, TransferCapital)
        if not needs or maker not in _STAFF or self._chance.strikes(60_000):
            return command
        if second:
            name = maker if isinstance(command, _ORDERED) else ""
            command = replace(command, approved_by=name)
        nonce = self._nonces.get(maker, 0) + 1 + ahead.get(maker, 0)
        ahead[maker] = ahead.get(maker, 0) + 1
        role = Role.ALLOCATOR if isinstance(command, _OF_CAPITAL) else self._role()
        made = sign_proposal(
            self._desk_id, command, _key_of(maker), maker=maker, role=role, nonce=nonce
        )
        sha256 = hashlib.sha256(made.body).hexdigest()
        self._wanted[sha256, nonce] = second or "ops-2"
        return made

    def _role(self) -> Role:
        usual = (Role.OPERATIONS, 9), (Role.RISK_OFFICER, 2), (Role.ADMINISTRATOR, 1)
        return self._chance.weighted(usual)

    # ------------------------------------------------------------------------------------ checkers

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what a checker or the forger does now; often nobody does anything."""
        if not self._open or not self._chance.strikes(ACT_PPM):
            return "", []
        acts: dict[str, Callable[[], list[AnyCommand]]] = {
            "check": self._check,
            "reject": self._reject,
            "forge": self._forge,
            "replay": self._replay,
        }
        name = self._chance.weighted((("check", 12), ("reject", 1), ("forge", 3), ("replay", 2)))
        return f"signatory {name}", acts[name]()

    def _one(self) -> DraftProposed:
        return self._open[self._chance.one_of([*self._open])]

    def _check(self) -> list[AnyCommand]:
        found: list[AnyCommand] = [
            self._approval(self._open[draft_id], self._seconds[draft_id])
            for draft_id in [*self._open][:CHECKED_MAX]
        ]
        self._signed = [*self._signed, *found][-20:]
        return found

    def _approval(self, draft: DraftProposed, checker: str) -> ApproveDraft:
        known = checker if checker in _STAFF else "risk"
        role = Role.COMPLIANCE if self._chance.strikes(950_000) else Role.RISK_OFFICER
        return sign_approval(self._desk_id, draft, _key_of(known), checker=known, role=role)

    def _reject(self) -> list[AnyCommand]:
        return [RejectDraft(draft_id=self._one().draft_id, rejected_by="risk", reason="no")]

    # ---------------------------------------------------------------------------------- the forger

    def _replay(self) -> list[AnyCommand]:
        """Put a signature of before under another draft, or send it once more as it was."""
        if not self._signed:
            return []
        signed = self._chance.one_of(self._signed)
        if isinstance(signed, ApproveDraft) and self._chance.strikes(500_000):
            return [replace(signed, draft_id=self._one().draft_id)]
        return [signed]

    def _forge(self) -> list[AnyCommand]:
        """Sign in somebody's name without the key, or let a signature stand under other words."""
        draft = self._one()
        approval = self._approval(draft, self._chance.one_of(_STAFF))
        public = _key_of(approval.checker).public_key.hex
        false = sign_approval(
            self._desk_id, draft, _key_of("forger"), checker=approval.checker, role=approval.role
        )
        swapped = self._swapped(draft)
        tries: tuple[ApproveDraft | ProposeDraft, ...] = (
            false,
            replace(false, public_key=public),
            replace(approval, checker=self._chance.one_of(_STAFF)),
            replace(approval, role=Role.RISK_OFFICER, signature=bytes(64)),
            swapped,
        )
        return [self._chance.one_of(tries)]

    def _swapped(self, draft: DraftProposed) -> ProposeDraft:
        """Return a proposal that was signed for another command."""
        wanted = DefineDesk(items=(), entered_by=draft.maker)
        nonce = self._nonces[draft.maker] + 1
        made = sign_proposal(
            self._desk_id,
            wanted,
            _key_of(draft.maker),
            maker=draft.maker,
            role=Role.OPERATIONS,
            nonce=nonce,
        )
        other = encode_body(replace(wanted, items=(Authority(single_operator=True),)))
        return replace(made, body=other)


_OF_CAPITAL = (TransferCapital, ApprovePlan)
