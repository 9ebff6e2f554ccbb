"""The pages and acts of people behind one door: who may come, to what, and what is answered.

Every path stands in one table.  A page without a session leads to signing in; an act without one,
or one that no page of ours began, is refused.  Acts take JSON only, which no form of another site
can send.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple
from urllib.parse import parse_qs

import structlog

from fencang.basics.time import SECOND_NS
from fencang.gateways.browser.acts import Acts, Visit
from fencang.gateways.browser.admission import SessionDoor
from fencang.gateways.browser.answer import (
    Answer,
    page_answer,
    problem_answer,
    redirect_answer,
)
from fencang.gateways.browser.draft_pages import draft_page, drafts_page
from fencang.gateways.browser.draft_questions import DraftQuestions
from fencang.gateways.browser.files import file_answer
from fencang.gateways.browser.html import Frame
from fencang.gateways.browser.pages import (
    enrol_page,
    key_page,
    password_page,
    people_page,
    plain_page,
    sessions_page,
    sign_in_page,
)
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.doors.enrolment import ActRefused
from fencang.gateways.doors.faults import DoorFault, HashingBusy
from fencang.gateways.doors.login_sessions import csrf_token
from fencang.gateways.doors.people import LoginRefused, People
from fencang.gateways.metrics import DoorRefusal, Metrics
from fencang.gateways.ports import DeskFault, ServedDesk
from fencang.gateways.rest.problem import Refused, problem_of
from fencang.projections.drafts import DraftState
from fencang.refdata.authority import Matter
from fencang.refdata.user import Role
from fencang.signing.request import Request

__all__ = ["PATHS", "BrowserSite"]

BODY_BYTES_MAX = 16_384
Handler = Callable[["BrowserSite", Visit], Awaitable[Answer]]


class Route(NamedTuple):
    """A page (GET below the root) or an act (GET or POST below ``/v1``)."""

    method: str
    path: str
    handler: Handler
    is_open: bool = False
    """Whether it needs no session."""

    @property
    def is_page(self) -> bool:
        """Return whether it answers with HTML or a file."""
        return not self.path.startswith("/v1/")


class BrowserSite:
    """Answers browsers in the desk's own process, which alone has the secrets of persons."""

    def __init__(
        self,
        desk: ServedDesk,
        people: People,
        directory: DefinedDirectory,
        door: SessionDoor,
        questions: DraftQuestions,
        metrics: Metrics,
        *,
        desk_name: str,
        clock: Callable[[], int],
    ) -> None:
        self.acts = Acts(people, directory, door)
        self._desk = desk
        self._directory = directory
        self._door = door
        self._questions = questions
        self._metrics = metrics
        self._desk_name = desk_name
        self._clock = clock

    async def answer(self, request: Request, address: str) -> Answer:
        """Return the answer to a request, whatever it was."""
        route = _route_of(request)
        try:
            seen = self._door.check_visitor(request, address, self._clock())
            if route is None:
                raise Refused.of(404, "not-found", "there is nothing of that name")
            return await route.handler(self, self._admitted(route, seen, address))
        except (Refused, LoginRefused, ActRefused, DoorFault, DeskFault) as fault:
            refused = _refused(fault)
        if route is not None and route.is_page:
            return self._page_of(refused)
        self._count(refused.problem.status)
        return problem_answer(refused)

    def _count(self, status: int) -> None:
        """Count an act that got no further than the door."""
        if status == 401:
            self._metrics.door_refused(DoorRefusal.CREDENTIALS)
        elif status == 429:
            self._metrics.door_refused(DoorRefusal.THROTTLED)

    def _admitted(self, route: Route, request: Request, address: str) -> Visit:
        """Return the visit of whoever may come.

        Raises:
            Refused: nobody that may.
        """
        now_ns = self._clock()
        if request.method == "POST":
            _check_body(request)
            if route.is_open:
                self._door.check_origin(request)
        if route.is_open:
            return Visit(request, address, now_ns, None)
        return Visit(request, address, now_ns, self._door.admit(request, address, now_ns))

    def _page_of(self, refused: Refused) -> Answer:
        problem = refused.problem
        if problem.status == 401:
            return redirect_answer("/sign-in")
        html = plain_page(self._frame(None), problem.title, problem.detail)
        found = page_answer(html, problem.status)
        return Answer(
            found.status, found.body, found.media_type, (*found.headers, *refused.headers.items())
        )

    def _frame(self, visit: Visit | None) -> Frame:
        is_single = self._directory.authority().single_operator
        if visit is None or visit.signed_in is None:
            return Frame(self._desk_name, is_single)
        token = csrf_token(visit.signed_in.session).reveal()
        return Frame(self._desk_name, is_single, visit.user_id, visit.scopes, token)

    # --------------------------------------------------------------------------------------- pages

    async def home(self, visit: Visit) -> Answer:
        """Lead to the drafts, or to what a person without them may see."""
        return redirect_answer("/drafts" if "drafts:read" in visit.scopes else "/sessions")

    async def sign_in_page(self, visit: Visit) -> Answer:
        """Show the page that everything begins with."""
        return page_answer(sign_in_page(self._frame(visit)))

    async def enrol_page(self, visit: Visit) -> Answer:
        """Show where a code becomes a password and an authenticator."""
        return page_answer(enrol_page(self._frame(visit)))

    async def sessions_page(self, visit: Visit) -> Answer:
        """Show one's own sessions."""
        begun_by = self.acts.own_recovery(visit)
        own = self.acts.own_sessions(visit)
        return page_answer(sessions_page(self._frame(visit), own, begun_by))

    async def password_page(self, visit: Visit) -> Answer:
        """Show where a password is changed."""
        return page_answer(password_page(self._frame(visit)))

    async def key_page(self, visit: Visit) -> Answer:
        """Show the signing key of this browser and of the desk."""
        user = self._directory.user(visit.user_id)
        assert user is not None, visit.user_id
        return page_answer(key_page(self._frame(visit), user))

    async def people_page(self, visit: Visit) -> Answer:
        """Show the persons of the desk."""
        rows, roles = self.acts.people_rows(visit), self._roles(visit)
        return page_answer(people_page(self._frame(visit), rows, roles))

    async def drafts_page(self, visit: Visit) -> Answer:
        """Show open drafts, or all of them."""
        _require_drafts(visit)
        query = parse_qs(visit.request.target.partition("?")[2], max_num_fields=8)
        everything = query.get("all") == ["1"]
        views = self._desk.board.drafts.drafts(None if everything else DraftState.OPEN)
        return page_answer(drafts_page(self._frame(visit), views, everything=everything))

    async def draft_page(self, visit: Visit) -> Answer:
        """Show one draft with what it would change."""
        _require_drafts(visit)
        text = _path_of(visit.request).rpartition("/")[2]
        number = int(text) if text.isdecimal() and text.isascii() and len(text) <= 18 else 0
        view = self._desk.board.drafts.draft(number)
        shown = None if view is None else await self._questions.draft(view)
        if view is None or shown is None:
            raise Refused.of(404, "not-found", f"there is no draft {text[:18]}, or no more")
        roles = self._signing_roles(visit)
        return page_answer(draft_page(self._frame(visit), view, shown, roles, visit.time_ns))

    def _signing_roles(self, visit: Visit) -> list[Role]:
        """Return the roles that a person acts in and that approve anything at this desk."""
        authority = self._directory.authority()
        approving = {role for matter in Matter for role in authority.power(matter).approve}
        return sorted(approving & self._roles(visit))

    def _roles(self, visit: Visit) -> frozenset[Role]:
        return self._directory.roles_at(visit.user_id, visit.time_ns)

    async def file(self, visit: Visit) -> Answer:
        """Send the script or the style sheet."""
        found = file_answer(_path_of(visit.request).rpartition("/")[2])
        if found is None:
            raise Refused.of(404, "not-found", "there is no such file; load the page again")
        return found


def _require_drafts(visit: Visit) -> None:
    if "drafts:read" not in visit.scopes:
        raise Refused.of(403, "scope-missing", "your roles lack the scope drafts:read")


def _act(name: str) -> Handler:
    async def handle(site: BrowserSite, visit: Visit) -> Answer:
        found: Answer = await getattr(site.acts, name)(visit)
        return found

    return handle


ROUTES: Final = (
    Route("GET", "/", BrowserSite.home),
    Route("GET", "/sign-in", BrowserSite.sign_in_page, is_open=True),
    Route("GET", "/enrol", BrowserSite.enrol_page, is_open=True),
    Route("GET", "/sessions", BrowserSite.sessions_page),
    Route("GET", "/password", BrowserSite.password_page),
    Route("GET", "/key", BrowserSite.key_page),
    Route("GET", "/people", BrowserSite.people_page),
    Route("GET", "/drafts", BrowserSite.drafts_page),
    Route("GET", "/drafts/{draft_id}", BrowserSite.draft_page),
    Route("GET", "/assets/{name}", BrowserSite.file, is_open=True),
    Route("GET", "/v1/session", _act("who_am_i")),
    Route("POST", "/v1/session", _act("sign_in"), is_open=True),
    Route("POST", "/v1/session/end", _act("sign_out")),
    Route("GET", "/v1/session/list", _act("sessions")),
    Route("POST", "/v1/session/list/end", _act("end_session")),
    Route("POST", "/v1/password", _act("change_password")),
    Route("POST", "/v1/enrolment/begin", _act("begin_enrolment"), is_open=True),
    Route("POST", "/v1/enrolment/finish", _act("finish_enrolment"), is_open=True),
    Route("GET", "/v1/people", _act("people")),
    Route("POST", "/v1/people/invite", _act("invite")),
    Route("POST", "/v1/people/recovery/begin", _act("begin_recovery")),
    Route("POST", "/v1/people/recovery/approve", _act("approve_recovery")),
    Route("POST", "/v1/people/recovery/refuse", _act("refuse_recovery")),
    Route("POST", "/v1/people/sign-out", _act("sign_out_everywhere")),
)
PATHS: Final = tuple((route.method, route.path) for route in ROUTES)
"""Method and path of everything here, for whoever listens for it."""

_PATTERNS: Final = tuple(
    (route, re.compile(re.sub(r"\{\w+\}", "[^/]+", route.path))) for route in ROUTES
)


def _path_of(request: Request) -> str:
    return request.target.partition("?")[0]


def _route_of(request: Request) -> Route | None:
    path = _path_of(request)
    for route, pattern in _PATTERNS:
        if route.method == request.method and pattern.fullmatch(path):
            return route
    return None


def _check_body(request: Request) -> None:
    kinds = request.fields.get("content-type", [])
    if len(kinds) != 1 or kinds[0].partition(";")[0].strip().lower() != "application/json":
        raise Refused.of(415, "not-json", "an act is sent as application/json; nothing was done")
    if len(request.body) > BODY_BYTES_MAX:
        words = f"the body has more than {BODY_BYTES_MAX:,} bytes; nothing was done"
        raise Refused.of(413, "body-too-large", words)


def _refused(fault: Exception) -> Refused:
    match fault:
        case LoginRefused(wait_ns=0):
            return Refused.of(401, "not-let-in", str(fault))
        case LoginRefused(wait_ns=wait_ns):
            headers = {"Retry-After": str(-(-wait_ns // SECOND_NS))}
            return Refused.of(429, "too-many-failures", str(fault), headers=headers)
        case ActRefused():
            return Refused.of(403, "act-refused", str(fault))
        case HashingBusy():
            return Refused.of(503, "busy", str(fault), headers={"Retry-After": "1"})
        case DoorFault():
            structlog.get_logger().error("a store of the doors failed", exc_info=fault)
            return Refused.of(503, "store-unusable", "logins cannot be looked up now")
        case _:
            return problem_of(fault)
