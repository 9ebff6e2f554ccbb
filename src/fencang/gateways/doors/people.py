"""People at the door: logging in, changing a password, leaving.

A wrong name, a wrong password, a wrong or used code, a user who left: one answer, and one check of
a password's cost for each of them.  Whoever guesses waits longer and longer, by address and by
user; where a user logged in before, strangers' failures elsewhere do not count, so that nobody is
locked out by somebody else.  Every method that checks a password takes a fifth of a second: call
it outside the event loop.
"""

import contextlib
import re
from pathlib import Path
from typing import Final, NamedTuple

from fencang.basics.identifiers import IDENTIFIER_LENGTH_MAX
from fencang.basics.time import SECOND_NS
from fencang.gateways.caller import Caller
from fencang.gateways.doors import totp
from fencang.gateways.doors.delays import GuessDelays
from fencang.gateways.doors.enrolment import ActRefused, Enrolment
from fencang.gateways.doors.faults import HashingBusy
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.live import LiveConnections
from fencang.gateways.doors.login_sessions import LoginSessionLife, LoginSessions
from fencang.gateways.doors.passwords import PasswordHashing, password_faults
from fencang.gateways.doors.people_rows import PEOPLE_SCHEMA, PeopleRows
from fencang.gateways.doors.ports import Directory
from fencang.gateways.doors.scopes import scopes_of
from fencang.gateways.doors.sealing import Sealing
from fencang.gateways.doors.throttle import BucketRate, Throttle, address_name
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from fencang.refdata.user import User, UserKind

__all__ = ["LOGIN_FAILURES", "LoginRefused", "LoginRequest", "People", "PersonStanding"]

LOGIN_FAILURES: Final = BucketRate(burst=20, interval_ns=30 * SECOND_NS)
"""Failed logins of one address, which may be a whole office: twenty, then one each half minute."""

_USER_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.:/-]{{0,{IDENTIFIER_LENGTH_MAX - 1}}}", re.ASCII)
_DECOY_SEED = totp.seed_of(bytes(totp.SEED_BYTES))


class LoginRequest(NamedTuple):
    """What somebody hands in: who, password, one-time code, and from where."""

    user_id: str
    password: Secret
    one_time_code: Secret
    address: str


class PersonStanding(NamedTuple):
    """How a person stands: enrolled or invited until when (0: not), in recovery by whom."""

    user_id: str
    is_enrolled: bool
    was_enrolled: bool
    invited_until_ns: int
    recovery_begun_by: str
    sessions: int


class LoginRefused(Exception):
    """Not let in.  ``wait_ns`` says how long nothing from there is looked at, 0 when at once.

    The same for everybody: neither text nor wait tells whether such a user exists.
    """

    def __init__(self, wait_ns: int) -> None:
        super().__init__("name, password or code is wrong" if wait_ns == 0 else "try again later")
        self.wait_ns = wait_ns


class People:
    """Everything about persons that is secret, in one private file."""

    def __init__(
        self,
        path: Path,
        directory: Directory,
        sealing: Sealing,
        *,
        desk_id: str,
        live: LiveConnections | None = None,
        hashing: PasswordHashing | None = None,
        life: LoginSessionLife | None = None,
    ) -> None:
        self._file = PrivateFile(path, PEOPLE_SCHEMA)
        self._rows = PeopleRows(self._file)
        self._directory = directory
        self._sealing = sealing
        self._live = LiveConnections() if live is None else live
        self._hashing = PasswordHashing() if hashing is None else hashing
        self._addresses = Throttle(LOGIN_FAILURES)
        self._delays = GuessDelays()
        self.sessions = LoginSessions(self._file, life)
        self.enrolment = Enrolment(desk_id, self._rows, directory, self._hashing, sealing)

    def log_in(
        self, request: LoginRequest, time_ns: int, chance: bytes, previous: Secret | None = None
    ) -> Secret:
        """Return a new session for whoever proves to be the user; the one brought along ends.

        Raises:
            LoginRefused: in one form for every reason.
            HashingBusy: ask again.
        """
        self._prove(request, time_ns)
        self._rows.remember_place(request.user_id, address_name(request.address), time_ns)
        session = self.sessions.begin(request.user_id, time_ns, chance, previous)
        if self._rows.credentials(request.user_id) is None:  # ended meanwhile: whoever left is out
            self.sessions.end(session)
            raise LoginRefused(0)
        return session

    def change_password(
        self, request: LoginRequest, new: Secret, time_ns: int, session: Secret
    ) -> None:
        """Change the password of a user who proves itself again; all its other sessions end.

        Raises:
            LoginRefused: the old password or the code is wrong.
            ActRefused: the new password is none to take; the old one stays.
            HashingBusy: ask again.
        """
        if faults := password_faults(new, request.user_id):
            raise ActRefused(f"this password is not taken: {'; '.join(faults)}")
        new_hash = self._hashing.hash(new)  # first, so that a busy moment uses up no code
        self._prove(request, time_ns)
        self._rows.put_password(request.user_id, new_hash, time_ns)
        self.sessions.end_all(request.user_id, but=session)

    def caller_of(
        self, session: Secret, address: str, interface: Interface, time_ns: int
    ) -> Caller | None:
        """Return who stands behind a session, None when nobody does any more.

        The user and its roles are asked every time: who left, left everywhere at once.
        """
        found = self.sessions.find(session, time_ns)
        if found is None:
            return None
        user = self._directory.user(found.user_id)
        if not _is_active_person(user, time_ns):
            self.sessions.end_all(found.user_id)
            return None
        roles = self._directory.roles_at(found.user_id, time_ns)
        return Caller(
            user_id=found.user_id,
            key_id="",
            scopes=scopes_of(None, roles, self._directory.authority()),
            sub_tree="",
            address=address,
            interface=interface,
        )

    def invite_at_host(self, user_id: str, time_ns: int, chance: bytes) -> Secret:
        """Invite the first administrator, or anew the only operator, whose sessions end.

        Raises:
            ActRefused: as `Enrolment.invite_at_host` says.
        """
        code = self.enrolment.invite_at_host(user_id, time_ns, chance)
        self.log_out_everywhere(user_id)
        return code

    def approve_recovery(self, user_id: str, by: str, time_ns: int, chance: bytes) -> Secret:
        """Agree to a recovery, end what the user has open, and return the second half of the code.

        Raises:
            ActRefused: as `Enrolment.approve_recovery` says.
        """
        half = self.enrolment.approve_recovery(user_id, by, time_ns, chance)
        self.sessions.end_all(user_id)
        self._live.drop_user(user_id)
        return half

    def log_out_everywhere(self, user_id: str) -> int:
        """End all sessions and connections of a user, who keeps its password; return how many."""
        return self.sessions.end_all(user_id) + self._live.drop_user(user_id)

    def end(self, user_id: str, time_ns: int) -> None:
        """End everything of a leaver: connections, sessions, credentials, invitations, recoveries.

        Of a user that the desk still knows as active the trace stays that it was enrolled, so that
        no administrator alone can end and invite it to take its place.
        """
        self._live.drop_user(user_id)
        is_active = _is_active_person(self._directory.user(user_id), time_ns)
        self._rows.drop_user(user_id, keeps_trace=is_active)
        self.sessions.end_all(user_id)  # last: a login under way finds no credentials any more

    def end_leavers(self, time_ns: int) -> list[str]:
        """End everything of whoever is no active person of the desk any more; return who they are.

        For the start of a server; while it runs, durable changes of users are told to `end`.
        """
        gone = [
            user_id
            for user_id in self._rows.enrolled()
            if not _is_active_person(self._directory.user(user_id), time_ns)
        ]
        for user_id in gone:
            self.end(user_id, time_ns)
        return gone

    def standing(self, user_id: str, time_ns: int) -> "PersonStanding":
        """Return how a person stands with its login; nothing of it opens anything."""
        invitation, recovery = self._rows.invitation(user_id), self._rows.recovery(user_id)
        invited = 0 if invitation is None else invitation.until_ns
        is_begun = recovery is not None and time_ns < recovery.until_ns
        return PersonStanding(
            user_id=user_id,
            is_enrolled=self._rows.credentials(user_id) is not None,
            was_enrolled=self._rows.was_enrolled(user_id),
            invited_until_ns=invited if time_ns < invited else 0,
            recovery_begun_by=recovery.begun_by if recovery is not None and is_begun else "",
            sessions=len(self.sessions.of_user(user_id, time_ns)),
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _prove(self, request: LoginRequest, time_ns: int) -> None:
        """Return when the request proves its user, after the same work in every case."""
        if _USER_ID.fullmatch(request.user_id) is None:
            request = request._replace(user_id="")  # nobody's name, and short
        address = address_name(request.address)
        is_known = self._rows.is_known_place(request.user_id, address)
        guesser = f"{request.user_id}\0{address}" if is_known else request.user_id
        address_wait_ns = self._addresses.wait_ns(address, time_ns)
        if wait_ns := max(address_wait_ns, self._delays.wait_ns(guesser, time_ns)):
            raise LoginRefused(wait_ns)
        # Counted before it is looked at, so that many at once are not many free attempts.
        before = self._delays.fail(guesser, time_ns)
        try:
            is_proven = self._is_proven(request, time_ns, is_known=is_known)
        except HashingBusy:
            self._delays.take_back(guesser, before)
            raise
        if not is_proven:
            self._addresses.spend(address, time_ns)
            raise LoginRefused(0)
        self._delays.forgive(guesser)

    def _is_proven(self, request: LoginRequest, time_ns: int, *, is_known: bool) -> bool:
        user_id = request.user_id
        kept = self._rows.credentials(user_id)
        has_password = self._hashing.matches(
            None if kept is None else kept.password_hash, request.password, is_known=is_known
        )
        seed = _DECOY_SEED if kept is None else self._sealing.open(kept.sealed_seed, user_id)
        last_step = -1 if kept is None else kept.last_step
        step = totp.matched_step(seed, request.one_time_code, time_ns, last_step)
        is_active = _is_active_person(self._directory.user(user_id), time_ns)
        if kept is None or not has_password or step is None or not is_active:
            return False
        if not self._rows.use_step(user_id, step):
            return False
        if self._hashing.is_outdated(kept.password_hash):
            with contextlib.suppress(HashingBusy):  # then at the next login
                self._rows.put_password(user_id, self._hashing.hash(request.password), time_ns)
        return True


def _is_active_person(user: User | None, time_ns: int) -> bool:
    return user is not None and user.kind is UserKind.HUMAN and user.acts_at(time_ns)
