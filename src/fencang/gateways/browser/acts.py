"""Acts of people, each a JSON body in and a JSON answer out: sign in and out, enrol, recover.

Secrets come in as `Secret` and go out in the one answer that shows them.  What anybody did is
logged by name; what proved it never is.  Whatever checks a password or waits for a disk runs beside
the event loop.
"""

import asyncio
import secrets
from typing import Annotated, Any, NamedTuple

import msgspec
import structlog

from fencang.basics.time import DAY_NS, format_time
from fencang.gateways.browser.admission import SessionDoor
from fencang.gateways.browser.answer import Answer, value_answer
from fencang.gateways.doors.browser import SignedIn
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.doors.enrolment import ENROLMENT_CHANCE_BYTES, HALF_BYTES, ActRefused
from fencang.gateways.doors.login_sessions import (
    OwnSession,
    csrf_token,
    session_cookie,
    session_name,
)
from fencang.gateways.doors.people import LOGIN_FAILURES, LoginRefused, LoginRequest, People
from fencang.gateways.doors.throttle import Throttle, address_name
from fencang.gateways.rest.problem import Fault, Refused
from fencang.gateways.secret import SECRET_BYTES, Secret
from fencang.refdata.user import User, UserKind
from fencang.signing.request import Request

__all__ = ["INVITED_DAYS", "Acts", "Visit", "person_row"]

INVITED_DAYS = 3
_SECRET_LENGTH_MAX = 1_000
UserId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]


class Visit(NamedTuple):
    """One request of a browser; ``signed_in`` is None where nobody has to be."""

    request: Request
    address: str
    time_ns: int
    signed_in: SignedIn | None

    def __repr__(self) -> str:
        return f"Visit({self.request.method}, address={self.address!r})"

    @property
    def user_id(self) -> str:
        """Return who is signed in."""
        assert self.signed_in is not None, self.request.target
        return self.signed_in.caller.user_id

    @property
    def scopes(self) -> frozenset[str]:
        """Return what that person's roles allow, nothing where nobody is signed in."""
        return frozenset() if self.signed_in is None else self.signed_in.caller.scopes


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class SignIn(_Body, frozen=True):
    """Who, and what proves it."""

    user_id: UserId
    password: Secret
    one_time_code: Secret


class BeginEnrolment(_Body, frozen=True):
    """An invitation's code and the password that its user chose."""

    user_id: UserId
    code: Secret
    password: Secret


class FinishEnrolment(_Body, frozen=True):
    """The same code, and what the authenticator shows."""

    user_id: UserId
    code: Secret
    one_time_code: Secret


class ChangePassword(_Body, frozen=True):
    """The old proof and the new password."""

    password: Secret
    one_time_code: Secret
    new_password: Secret


class EndSession(_Body, frozen=True):
    """One of one's own sessions by its name; "" for all but this one."""

    name: Annotated[str, msgspec.Meta(max_length=64)] = ""


class OfUser(_Body, frozen=True):
    """The user that an act is about."""

    user_id: UserId


class Acts:
    """Everything that people do beside the desk's own commands."""

    def __init__(self, people: People, directory: DefinedDirectory, door: SessionDoor) -> None:
        self._people = people
        self._directory = directory
        self._door = door
        self._failures = Throttle(LOGIN_FAILURES)

    # ---------------------------------------------------------------------------- in and out again

    async def sign_in(self, visit: Visit) -> Answer:
        """Begin a session; one that was brought along ends: a planted one is worth nothing."""
        given = _read(SignIn, visit)
        asked = LoginRequest(given.user_id, given.password, given.one_time_code, visit.address)
        chance, previous = secrets.token_bytes(SECRET_BYTES), self._door.session_of(visit.request)
        try:
            session = await asyncio.to_thread(
                self._people.log_in, asked, visit.time_ns, chance, previous
            )
        except LoginRefused:
            _log("person not let in", address=visit.address)
            raise
        _log("person signed in", user_id=given.user_id, address=visit.address)
        cookie = session_cookie(session, is_secure=self._door.is_secure)
        found = {"user_id": given.user_id, "csrf_token": csrf_token(session).reveal()}
        return value_answer(found, cookie=cookie)

    async def sign_out(self, visit: Visit) -> Answer:
        """End the session that this is done in."""
        assert visit.signed_in is not None
        await asyncio.to_thread(self._people.sessions.end, visit.signed_in.session)
        _log("person signed out", user_id=visit.user_id, address=visit.address)
        cookie = session_cookie(None, is_secure=self._door.is_secure)
        return value_answer({"user_id": visit.user_id}, cookie=cookie)

    async def who_am_i(self, visit: Visit) -> Answer:
        """Tell who is signed in, with the token that acts need."""
        assert visit.signed_in is not None
        user = self._directory.user(visit.user_id)
        assert user is not None, visit.user_id
        roles = self._directory.roles_at(visit.user_id, visit.time_ns)
        return value_answer(
            {
                "user_id": user.user_id,
                "name": user.name,
                "roles": sorted(roles),
                "scopes": sorted(visit.scopes),
                "is_single_operator": self._directory.authority().single_operator,
                "csrf_token": csrf_token(visit.signed_in.session).reveal(),
            }
        )

    async def sessions(self, visit: Visit) -> Answer:
        """List one's own sessions."""
        rows = [
            {
                "name": each.name,
                "begun_time": format_time(each.begun_ns),
                "seen_time": format_time(each.seen_ns),
                "is_this_one": is_present,
            }
            for each, is_present in self.own_sessions(visit)
        ]
        return value_answer({"sessions": rows})

    def own_sessions(self, visit: Visit) -> list[tuple[OwnSession, bool]]:
        """Return one's own sessions, each with whether it is the present one."""
        assert visit.signed_in is not None
        own = session_name(visit.signed_in.session)
        found = self._people.sessions.of_user(visit.user_id, visit.time_ns)
        return [(each, each.name == own) for each in found]

    def own_recovery(self, visit: Visit) -> str:
        """Return who began a recovery of this person's login, "" when nobody did."""
        return self._people.standing(visit.user_id, visit.time_ns).recovery_begun_by

    async def end_session(self, visit: Visit) -> Answer:
        """End one of one's own sessions, or all but this one."""
        assert visit.signed_in is not None
        given, book = _read(EndSession, visit), self._people.sessions
        if given.name:
            ended = int(await asyncio.to_thread(book.end_named, visit.user_id, given.name))
        else:
            own = visit.signed_in.session
            ended = await asyncio.to_thread(book.end_all, visit.user_id, own)
        _log("sessions ended", user_id=visit.user_id, by=visit.user_id, ended=ended)
        return value_answer({"ended": ended})

    async def change_password(self, visit: Visit) -> Answer:
        """Change the password of whoever proves itself again; its other sessions end."""
        assert visit.signed_in is not None
        given = _read(ChangePassword, visit)
        asked = LoginRequest(visit.user_id, given.password, given.one_time_code, visit.address)
        await asyncio.to_thread(
            self._people.change_password,
            asked,
            given.new_password,
            visit.time_ns,
            visit.signed_in.session,
        )
        _log("person changed what it signs in with", user_id=visit.user_id, address=visit.address)
        return value_answer({"user_id": visit.user_id})

    # ----------------------------------------------------------------------------------- enrolling

    async def begin_enrolment(self, visit: Visit) -> Answer:
        """Take a joiner's password and show the seed for its authenticator, this once."""
        given = _read(BeginEnrolment, visit)
        chance = secrets.token_bytes(ENROLMENT_CHANCE_BYTES)
        begun = await self._enrolling(
            visit,
            self._people.enrolment.begin,
            given.user_id,
            given.code,
            given.password,
            visit.time_ns,
            chance,
        )
        return value_answer({"seed": begun.seed.reveal(), "address": begun.address.reveal()})

    async def finish_enrolment(self, visit: Visit) -> Answer:
        """Enrol the joiner once its authenticator shows the right code."""
        given = _read(FinishEnrolment, visit)
        await self._enrolling(
            visit,
            self._people.enrolment.finish,
            given.user_id,
            given.code,
            given.one_time_code,
            visit.time_ns,
        )
        _log("person enrolled", user_id=given.user_id, address=visit.address)
        return value_answer({"user_id": given.user_id})

    async def _enrolling(self, visit: Visit, act: Any, *given: Any) -> Any:  # noqa: ANN401 - of either step
        """Do a step of an enrolment; failures of an address count as those of its logins do."""
        address = address_name(visit.address)
        if wait_ns := self._failures.wait_ns(address, visit.time_ns):
            raise LoginRefused(wait_ns)
        try:
            return await asyncio.to_thread(act, *given)
        except ActRefused:
            self._failures.spend(address, visit.time_ns)
            _log("enrolment refused", address=visit.address)
            raise

    # -------------------------------------------------------------------------------------- people

    async def people(self, visit: Visit) -> Answer:
        """List the persons of the desk and how they stand with their logins."""
        return value_answer({"people": self.people_rows(visit)})

    def people_rows(self, visit: Visit) -> list[dict[str, Any]]:
        """Return the persons of the desk.

        Raises:
            Refused: not to this one.
        """
        _require(visit, "users:read")
        return [
            person_row(self._people, user, visit.time_ns)
            for user in self._directory.users()
            if user.kind is UserKind.HUMAN
        ]

    async def invite(self, visit: Visit) -> Answer:
        """Invite a joiner; the code is shown this once."""
        user_id = _read(OfUser, visit).user_id
        chance = secrets.token_bytes(2 * HALF_BYTES)
        code = await asyncio.to_thread(
            self._people.enrolment.invite, user_id, visit.user_id, visit.time_ns, chance
        )
        _log("joiner asked in", user_id=user_id, by=visit.user_id)
        until = format_time(visit.time_ns + INVITED_DAYS * DAY_NS)
        return value_answer({"user_id": user_id, "code": code.reveal(), "until_time": until})

    async def begin_recovery(self, visit: Visit) -> Answer:
        """Begin somebody's recovery as the first of two; half of the code is shown this once."""
        return await self._recover(visit, self._people.enrolment.begin_recovery, "begun")

    async def approve_recovery(self, visit: Visit) -> Answer:
        """Agree as the second: what the user had opens nothing now; show the other half once."""
        return await self._recover(visit, self._people.approve_recovery, "approved")

    async def _recover(self, visit: Visit, act: Any, done: str) -> Answer:  # noqa: ANN401 - of either step
        user_id, chance = _read(OfUser, visit).user_id, secrets.token_bytes(HALF_BYTES)
        half = await asyncio.to_thread(act, user_id, visit.user_id, visit.time_ns, chance)
        _log(f"recovery {done}", user_id=user_id, by=visit.user_id)
        return value_answer({"user_id": user_id, "half_code": half.reveal()})

    async def refuse_recovery(self, visit: Visit) -> Answer:
        """Take a recovery back: one's own, or anybody's for who looks after users."""
        user_id = _read(OfUser, visit).user_id
        if user_id != visit.user_id:
            _require(visit, "users:tighten")
        is_ended = await asyncio.to_thread(self._people.enrolment.refuse_recovery, user_id)
        _log("recovery refused", user_id=user_id, by=visit.user_id)
        return value_answer({"user_id": user_id, "was_begun": is_ended})

    async def sign_out_everywhere(self, visit: Visit) -> Answer:
        """End all sessions and connections of a user, for who looks after users."""
        user_id = _read(OfUser, visit).user_id
        _require(visit, "users:tighten")
        ended = await asyncio.to_thread(self._people.log_out_everywhere, user_id)
        _log("sessions ended", user_id=user_id, by=visit.user_id, ended=ended)
        return value_answer({"user_id": user_id, "ended": ended})


def person_row(people: People, user: User, time_ns: int) -> dict[str, Any]:
    """Return how a person stands, for machines and for tables."""
    found = people.standing(user.user_id, time_ns)
    invited = format_time(found.invited_until_ns) if found.invited_until_ns else None
    return {
        "user_id": user.user_id,
        "name": user.name,
        "roles": [str(role) for role in user.roles],
        "is_active": user.acts_at(time_ns),
        "is_enrolled": found.is_enrolled,
        "was_enrolled": found.was_enrolled,
        "invited_until_time": invited,
        "recovery_begun_by": found.recovery_begun_by,
        "sessions": found.sessions,
    }


def _require(visit: Visit, scope: str) -> None:
    if scope not in visit.scopes:
        raise Refused.of(403, "scope-missing", f"your roles lack the scope {scope}")


def _secret(kind: type, given: object) -> Secret:
    """Return a text as a secret; the fault of one that is none repeats nothing of it."""
    assert kind is Secret, kind
    if not isinstance(given, str) or len(given) > _SECRET_LENGTH_MAX:
        raise ValueError(f"is a text of {_SECRET_LENGTH_MAX} characters at most")
    return Secret(given)


def _read(kind: Any, visit: Visit) -> Any:  # noqa: ANN401 - an instance of kind
    """Return the body of an act.

    Raises:
        Refused: it is no such body; nothing of what it says is repeated.
    """
    try:
        return msgspec.json.decode(visit.request.body or b"{}", type=kind, dec_hook=_secret)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        what = Fault("body", str(fault))
        raise Refused.of(
            400, "faulty-body", "the body has a fault; nothing was done", (what,)
        ) from None


def _log(event: str, **names: object) -> None:
    structlog.get_logger().info(event, **names)
