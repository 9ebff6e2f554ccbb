"""The auditor's second reading of signatures: nothing is loosened that two persons did not sign.

Laws: on a desk that asks for signatures a name is none: what one person enters with a second name
is refused.  A draft is applied once, in its time, by two persons in two roles, each with a key of
its own that the desk knew at that moment, under the very bytes that were applied.  What one person
defines alone gives nobody a role, a key, a scope or time.

It makes the signed text with ``fencang.signing`` and reads powers from the roles that users hold.
"""

from msgspec.structs import replace

from fencang.messages.commands import AnyCommand, DefineDesk, TransferCapital
from fencang.messages.draft_body import decode_body, signed_command
from fencang.messages.draft_commands import ApproveDraft
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
from fencang.messages.events import CommandRejected, DeskDefined
from fencang.messages.record import Record
from fencang.refdata.api_key import ApiKey
from fencang.refdata.authority import PROGRAMS, SINGLE_OPERATOR, Authority, Delegation
from fencang.refdata.limit import PositionLimit
from fencang.refdata.user import Role, User, UserKind
from fencang.signing.drafts import DraftText, Purpose, body_hash, draft_bytes
from fencang.signing.keys import verify
from fencang.simulation.auditor.page import Handlers, Page

__all__ = ["Signatures"]

_NAMES = ("entered_by", "rejected_by", "accepted_by", "withdrawn_by")


def _with(record: Record, command: AnyCommand) -> Record:
    version = record.decision_version
    return Record(record.sequence, record.time_ns, version, command, record.events)


class Signatures:
    """Users with their keys, open drafts, and what was made of them."""

    def __init__(self) -> None:
        self.desk_id = ""
        self.authority: Authority | None = None
        self.users: dict[str, User] = {}
        self.api_keys: dict[str, ApiKey] = {}
        self.delegations: dict[str, Delegation] = {}
        self.limits: dict[tuple[str, ...], PositionLimit] = {}
        self.open: dict[int, DraftProposed] = {}
        self.nonces: dict[str, int] = {}
        self.asked = False
        """Whether the desk asked for signatures before the record."""
        self.handlers: Handlers = {
            AuthorityFounded: self._found,
            DeskDefined: self._define,
            DraftProposed: self._propose,
            DraftApproved: self._approve,
            DraftRejected: self._end,
            DraftWithdrawn: self._end,
            DraftExpired: self._end,
            SingleOperatorActed: self._acted_alone,
        }

    def as_decided(self, record: Record) -> Record:
        """Return a record with the command that was decided, in place of the draft's approval."""
        self.asked = self.authority is not None and not self.authority.single_operator
        if any(isinstance(event, SingleOperatorActed) for event in record.events):
            return _with(record, signed_command(record.command, SINGLE_OPERATOR))
        refused = any(isinstance(event, DraftRefused) for event in record.events)
        approved = [event for event in record.events if isinstance(event, DraftApproved)]
        if refused or not approved or approved[0].draft_id not in self.open:
            return record
        inner = decode_body(self.open[approved[0].draft_id].body)
        return _with(record, signed_command(inner, approved[0].checker))

    def _found(self, page: Page, event: AuthorityFounded) -> None:
        if self.desk_id:
            page.report("founding", "an authority is founded a second time")
        self.desk_id = event.desk_id

    def _acted_alone(self, page: Page, event: SingleOperatorActed) -> None:
        if self.asked:
            page.report("second person", f"{event.user_id} alone did {event.command}")

    # --------------------------------------------------------------------------------- definitions

    def _define(self, page: Page, event: DeskDefined) -> None:
        command = page.record.command
        signed = page.has(DraftApproved)
        if self.asked and not signed:
            for item in event.items:
                if self._gives(item):
                    name = command.entered_by if isinstance(command, DefineDesk) else "nobody"
                    page.report("second person", f"{name} alone stated {item}")
        for item in event.items:
            match item:
                case User():
                    self.users[item.user_id] = item
                case ApiKey():
                    self.api_keys[item.key_id] = item
                case Delegation():
                    self.delegations[item.delegation_id] = item
                case Authority():
                    self.authority = item
                case PositionLimit():
                    self.limits[item.node_id, item.scope_id] = item
                case _:
                    pass

    def _gives(self, item: object) -> bool:
        """Return whether a value gives more than before; rows have chapters of their own."""
        match item:
            case User():
                user = self.users.get(item.user_id)
                return user is None or not (
                    {*item.roles} <= {*user.roles, Role.VIEWER}
                    and {*item.public_keys} <= {*user.public_keys}
                    and item.is_active <= user.is_active
                )
            case ApiKey():
                key = self.api_keys.get(item.key_id)
                return key is None or not (
                    {*item.scopes} <= {*key.scopes}
                    and item.until_ns <= key.until_ns
                    and item.is_revoked >= key.is_revoked
                )
            case Delegation():
                lent = self.delegations.get(item.delegation_id)
                return lent is None or item.until_ns > lent.until_ns
            case Authority():
                return True
            case PositionLimit():
                limit = self.limits.get((item.node_id, item.scope_id))
                return limit is None or (
                    item.long_lots_max > limit.long_lots_max
                    or item.short_lots_max > limit.short_lots_max
                )
            case _:
                return False

    # -------------------------------------------------------------------------------------- drafts

    def _propose(self, page: Page, event: DraftProposed) -> None:
        name = f"draft {event.draft_id}"
        if event.body_sha256 != body_hash(event.body):
            page.report("draft", f"{name} is not the bytes of its hash")
        if event.nonce != self.nonces.get(event.maker, 0) + 1:
            page.report("draft", f"{name} repeats a proposal of {event.maker}")
        self.nonces[event.maker] = event.nonce
        text = self._text(event, event.maker, event.role)
        text = replace(text, purpose=Purpose.PROPOSE, draft_id=0, nonce=str(event.nonce))
        if not verify(event.public_key, event.signature, draft_bytes(text)):
            page.report("signature", f"{name} is not signed by {event.maker}")
        self._check_signer(page, event.maker, event.role, event.acts_for, event.public_key)
        self.open[event.draft_id] = event

    def _text(self, draft: DraftProposed, user_id: str, role: Role) -> DraftText:
        return DraftText(
            desk_id=self.desk_id,
            purpose=Purpose.APPROVE,
            draft_id=draft.draft_id,
            command=draft.command,
            body_sha256=body_hash(draft.body),
            user_id=user_id,
            role=role.value,
        )

    def _approve(self, page: Page, event: DraftApproved) -> None:
        draft = self.open.pop(event.draft_id, None)
        name, now = f"draft {event.draft_id}", page.record.time_ns
        if draft is None:
            page.report("draft", f"{name} is approved and was not open")
            return
        if not draft.opens_ns <= now < draft.expires_ns:
            page.report("draft", f"{name} is approved out of its time")
        text = self._text(draft, event.checker, event.role)
        if not verify(event.public_key, event.signature, draft_bytes(text)):
            page.report("signature", f"{name} is not signed by {event.checker}")
        makers = {draft.maker, draft.acts_for} - {""}
        if makers & {event.checker, event.acts_for}:
            page.report("second person", f"{name} was proposed and approved by one person")
        if draft.role is event.role:
            page.report("second person", f"{name} was proposed and approved as {event.role}")
        self._check_signer(page, draft.maker, draft.role, draft.acts_for, draft.public_key)
        self._check_signer(page, event.checker, event.role, event.acts_for, event.public_key)

    def _check_signer(
        self, page: Page, name: str, role: Role, acts_for: str, public_key: str
    ) -> None:
        user, now = self.users.get(name), page.record.time_ns
        if user is None or not user.acts_at(now) or user.kind is not UserKind.HUMAN:
            page.report("signature", f"{name} is nobody who signs")
        elif public_key not in user.public_keys:
            page.report("signature", f"{name} signed with a key that is not its own")
        elif not acts_for and role not in user.roles:
            page.report("signature", f"{name} is no {role}")
        elif acts_for and not any(
            (each.from_user_id, each.to_user_id, each.role) == (acts_for, name, role)
            and each.holds_at(now)
            for each in self.delegations.values()
        ):
            page.report("signature", f"{name} acts for {acts_for} without a delegation")

    def _end(self, page: Page, event: DraftRejected | DraftWithdrawn | DraftExpired) -> None:
        if self.open.pop(event.draft_id, None) is None:
            page.report("draft", f"draft {event.draft_id} ended and was not open")

    def close(self, page: Page) -> None:
        """Check who entered the record's command."""
        if not self.asked or page.has(CommandRejected):
            return
        command = page.record.command
        if page.has(DraftApproved):
            if isinstance(command, ApproveDraft) and not page.has(DraftRefused):
                page.report("draft", "an approval brought nothing about")
            return
        stated = self.authority
        assert stated is not None
        names = [getattr(command, name) for name in _NAMES if hasattr(command, name)]
        for name in names:
            user = self.users.get(name)
            if name not in PROGRAMS and (user is None or not user.acts_at(page.record.time_ns)):
                page.report("actor", f"{name} is nobody on this desk")
        second = getattr(command, "approved_by", "")
        if second and type(command).__name__ != "ApprovePlan":
            page.report("signature", f"{second}'s name stands for a signature")
        if isinstance(command, TransferCapital) and command.amount_micros > stated.plan_micros_max:
            page.report("signature", f"{command.amount_micros} micros moved by one person")
