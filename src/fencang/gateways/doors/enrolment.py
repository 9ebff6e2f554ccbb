"""How people get their password and one-time codes, and how they get new ones.

A **joiner** gets an invitation from an administrator: a code that is shown once, works once and for
three days.  With it the joiner sets a password and proves that an authenticator shows the right
codes; then the invitation is gone.  Nobody else ever sees either.

A **recovery** takes two persons in two roles that the user does not hold.  Each of them gets half
of a code, so that neither can use it alone, and both have to hand theirs to the user.  When the
second one agrees, what the user had before opens nothing any more.

The first administrator of a desk is invited at the host, by whoever can read its files; so is the
only operator of a desk in single-operator mode.
"""

import hmac
import re
from hashlib import sha256
from typing import Final, NamedTuple

from fencang.basics.time import DAY_NS
from fencang.gateways.doors import totp
from fencang.gateways.doors.passwords import PasswordHashing, password_faults
from fencang.gateways.doors.people_rows import BegunRecovery, Credentials, Invitation, PeopleRows
from fencang.gateways.doors.ports import Directory
from fencang.gateways.doors.sealing import NONCE_BYTES, Sealing
from fencang.gateways.doors.two_persons import pair_fault, person_fault
from fencang.gateways.secret import INVITE_MARK, Secret, as_bytes
from fencang.refdata.user import Role, UserKind

__all__ = ["ENROLMENT_CHANCE_BYTES", "HALF_BYTES", "ActRefused", "Enrolment", "NewSeed"]

HALF_BYTES: Final = 16
"""Chance in half an invitation: each half alone cannot be guessed."""
ENROLMENT_CHANCE_BYTES: Final = totp.SEED_BYTES + NONCE_BYTES

_INVITED_NS: Final = 3 * DAY_NS
_RECOVERED_NS: Final = DAY_NS
_MARKS = re.compile(rf"{INVITE_MARK}|[\s-]")


class ActRefused(Exception):
    """An act about people that is not allowed, or a code that does not hold; nothing changed."""


class NewSeed(NamedTuple):
    """What an authenticator is given, as text and as the address of a QR code."""

    seed: Secret
    address: Secret


class Enrolment:
    """Invitations and recoveries over the rows of people."""

    def __init__(
        self,
        desk_id: str,
        rows: PeopleRows,
        directory: Directory,
        hashing: PasswordHashing,
        sealing: Sealing,
    ) -> None:
        self._desk_id = desk_id
        self._rows = rows
        self._directory = directory
        self._hashing = hashing
        self._sealing = sealing

    def invite(self, user_id: str, by: str, time_ns: int, chance: bytes) -> Secret:
        """Invite a joiner and return the code, which is shown once.

        Raises:
            ActRefused: by nobody who may; the user is no active person, or is enrolled already.
        """
        self._must_be_person(by, time_ns)
        if by == user_id or Role.ADMINISTRATOR not in self._directory.roles_at(by, time_ns):
            raise ActRefused(f"{by} does not invite {user_id}: another administrator does")
        return self._invited(user_id, time_ns, chance)

    def invite_at_host(self, user_id: str, time_ns: int, chance: bytes) -> Secret:
        """Invite the first administrator, or anew the only operator, from the host itself.

        Raises:
            ActRefused: somebody is enrolled who could, or the user is not who may come first.
        """
        if self._directory.authority().single_operator:
            self._must_be_person(user_id, time_ns)
            self._rows.drop_credentials(user_id)
            return self._invited(user_id, time_ns, chance)
        if self._rows.enrolled():
            raise ActRefused("somebody is enrolled: an administrator invites, two persons recover")
        user = self._directory.user(user_id)
        if user is None or Role.ADMINISTRATOR not in user.roles:
            raise ActRefused(f"{user_id} is no administrator, and the first to enrol is one")
        return self._invited(user_id, time_ns, chance)

    def begin(
        self, user_id: str, code: Secret, password: Secret, time_ns: int, chance: bytes
    ) -> NewSeed:
        """Take a joiner's password and return the seed for its authenticator; may be repeated.

        Raises:
            ActRefused: the code does not hold, or the password is none to take.
            HashingBusy: ask again.
        """
        assert len(chance) == ENROLMENT_CHANCE_BYTES, len(chance)
        invitation = self._held(user_id, code, time_ns)
        if faults := password_faults(password, user_id):
            raise ActRefused(f"this password is not taken: {'; '.join(faults)}")
        seed = totp.seed_of(chance[: totp.SEED_BYTES])
        self._rows.put_invitation(
            user_id,
            invitation._replace(
                password_hash=self._hashing.hash(password),
                sealed_seed=self._sealing.seal(seed, user_id, chance[totp.SEED_BYTES :]),
            ),
        )
        return NewSeed(seed, totp.enrolment_address(seed, user_id, self._desk_id))

    def finish(self, user_id: str, code: Secret, one_time_code: Secret, time_ns: int) -> None:
        """Enrol the user once its authenticator shows the right code; the invitation is used up.

        Raises:
            ActRefused: the invitation does not hold, nothing was begun, or the code is wrong.
        """
        invitation = self._held(user_id, code, time_ns)
        if invitation.password_hash is None or invitation.sealed_seed is None:
            raise ActRefused("set a password first")
        seed = self._sealing.open(invitation.sealed_seed, user_id)
        step = totp.matched_step(seed, one_time_code, time_ns, last_step=-1)
        if step is None:
            raise ActRefused("this is not the code of now: look at the clock of the authenticator")
        new = Credentials(invitation.password_hash, invitation.sealed_seed, step)
        with self._rows.file.transaction():
            if self._rows.drop_invitation(user_id) != 1:
                raise ActRefused("the invitation was used meanwhile")
            self._rows.put_credentials(user_id, new, time_ns)

    def begin_recovery(self, user_id: str, by: str, time_ns: int, chance: bytes) -> Secret:
        """Begin a recovery and return the first half of its code; nothing changes for the user yet.

        Raises:
            ActRefused: not by this person, or nobody of this name is enrolled.
        """
        assert len(chance) == HALF_BYTES, len(chance)
        if fault := person_fault(self._directory, by, user_id, time_ns, roles_apart=True):
            raise ActRefused(fault)
        self._must_be_person(user_id, time_ns)
        if not self._rows.was_enrolled(user_id):
            raise ActRefused(f"{user_id} was never enrolled: an administrator invites")
        half = chance.hex()
        self._rows.put_recovery(user_id, BegunRecovery(by, _hash(half), time_ns + _RECOVERED_NS))
        return Secret(INVITE_MARK + half)

    def approve_recovery(self, user_id: str, by: str, time_ns: int, chance: bytes) -> Secret:
        """Agree to a recovery and return the second half; what the user had opens nothing now.

        The caller ends the user's sessions and connections.

        Raises:
            ActRefused: none was begun, or not by these two persons.
        """
        assert len(chance) == HALF_BYTES, len(chance)
        recovery = self._rows.recovery(user_id)
        if recovery is None or time_ns >= recovery.until_ns:
            raise ActRefused(f"no recovery of {user_id} waits for a second person")
        if fault := pair_fault(
            self._directory, recovery.begun_by, by, user_id, time_ns, roles_apart=True
        ):
            raise ActRefused(fault)
        self._must_be_person(user_id, time_ns)
        half = chance.hex()
        until_ns = time_ns + _RECOVERED_NS
        with self._rows.file.transaction():
            self._rows.void_credentials(user_id)
            self._rows.drop_recovery(user_id)
            self._rows.put_invitation(
                user_id, Invitation(recovery.first_hash, _hash(half), until_ns, None, None)
            )
        return Secret(INVITE_MARK + half)

    def refuse_recovery(self, user_id: str) -> bool:
        """Take a recovery back, which anybody may who is asked; return whether there was one."""
        return self._rows.drop_recovery(user_id) == 1

    def _invited(self, user_id: str, time_ns: int, chance: bytes) -> Secret:
        assert len(chance) == 2 * HALF_BYTES, len(chance)
        self._must_be_person(user_id, time_ns)
        if self._rows.was_enrolled(user_id):
            raise ActRefused(f"{user_id} was enrolled before: two persons recover it")
        text = chance.hex()
        first, second = text[: 2 * HALF_BYTES], text[2 * HALF_BYTES :]
        until_ns = time_ns + _INVITED_NS
        new = Invitation(_hash(first), _hash(second), until_ns, None, None)
        self._rows.put_invitation(user_id, new)
        return Secret(INVITE_MARK + text)

    def _must_be_person(self, user_id: str, time_ns: int) -> None:
        user = self._directory.user(user_id)
        if user is None or not user.acts_at(time_ns) or user.kind is not UserKind.HUMAN:
            raise ActRefused(f"{user_id} is no active person of this desk")

    def _held(self, user_id: str, code: Secret, time_ns: int) -> Invitation:
        """Return the invitation that a code opens; one answer for every reason that it does not."""
        text = _MARKS.sub("", code.reveal())
        halves = _hash(text[: 2 * HALF_BYTES]), _hash(text[2 * HALF_BYTES :])
        invitation = self._rows.invitation(user_id)
        expected = (bytes(32), bytes(32)) if invitation is None else invitation[:2]
        # Both are compared whatever the first one says.
        matched = [hmac.compare_digest(*pair) for pair in zip(halves, expected, strict=True)]
        user = self._directory.user(user_id)
        if (
            invitation is None
            or not all(matched)
            or time_ns >= invitation.until_ns
            or user is None
            or not user.acts_at(time_ns)
        ):
            raise ActRefused("this invitation does not hold; ask for a new one")
        return invitation


def _hash(half: str) -> bytes:
    return sha256(as_bytes(half)).digest()
