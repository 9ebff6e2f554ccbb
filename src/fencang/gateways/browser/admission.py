"""Lets people in by the session of their cookie: to pages and acts here, to operations of REST.

Whoever is let in is a `Caller` like one with a key, with what its roles allow and the whole desk in
sight.  Streams ask for a key: a session can end while its stream would go on, and a gateway in
another process would not hear of it.
"""

from typing import Final

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors.authenticate import DoorRates
from fencang.gateways.doors.browser import BrowserRefusal, SignedIn, admit_browser, began_here
from fencang.gateways.doors.login_sessions import session_of_cookie
from fencang.gateways.doors.people import People
from fencang.gateways.doors.throttle import Throttle, address_name
from fencang.gateways.rest.problem import Refused
from fencang.gateways.secret import Secret
from fencang.signing.request import Request

__all__ = ["SessionDoor"]

_KEY_FIELDS: Final = ("authorization", "signature", "signature-input")
_STREAMS: Final = "/v1/events/"
_KINDS: Final = {401: "not-signed-in", 403: "forged-request"}


class SessionDoor:
    """The door of sessions.

    ``is_secure`` is false only where people come over plain text on loopback; where something else
    encrypts the line, their browser spoke https whatever arrives here.  ``hosts`` are the only ones
    that pages are served under, empty for any: a name that somebody pointed at loopback is none.
    """

    def __init__(
        self,
        people: People,
        *,
        is_secure: bool,
        hosts: tuple[str, ...] = (),
        rates: DoorRates | None = None,
    ) -> None:
        rates = DoorRates() if rates is None else rates
        self._people = people
        self.is_secure = is_secure
        self._hosts = frozenset(hosts)
        self._addresses = Throttle(rates.of_address)
        self._users = Throttle(rates.of_key)

    def brings_session(self, request: Request) -> bool:
        """Return whether a request comes by a cookie alone: a key counts before a cookie."""
        fields = request.fields
        return "cookie" in fields and not any(name in fields for name in _KEY_FIELDS)

    def session_of(self, request: Request) -> Secret | None:
        """Return the session that a request brings along, whatever it is worth."""
        cookies = request.fields.get("cookie", [])
        return session_of_cookie("; ".join(cookies), is_secure=self.is_secure)

    def check_visitor(self, request: Request, address: str, time_ns: int) -> Request:
        """Return the request as its browser sent it, of anybody who may come this often.

        Raises:
            Refused: a host that is not ours, or too many requests.
        """
        if self._hosts and request.authority.lower() not in self._hosts:
            names = ", ".join(sorted(self._hosts))
            raise Refused.of(421, "another-host", f"pages are served under {names}")
        _spend(self._addresses, address_name(address), time_ns)
        if not self.is_secure or request.scheme == "https":
            return request
        return Request(
            method=request.method,
            authority=request.authority,
            target=request.target,
            scheme="https",
            headers=request.headers,
            body=request.body,
        )

    def check_origin(self, request: Request) -> None:
        """Refuse an act of somebody without a session that no page of ours began.

        Raises:
            Refused: it began elsewhere.
        """
        if not began_here(request):
            raise Refused.of(403, _KINDS[403], "this request began at another site")

    def admit(self, request: Request, address: str, time_ns: int) -> SignedIn:
        """Return who is signed in; ``request`` is one that `check_visitor` returned.

        Raises:
            Refused: no session that lives, an act that began elsewhere, or too many requests.
        """
        path = request.target.partition("?")[0]
        if path.startswith(_STREAMS):
            raise Refused.of(401, "key-needed", "streams are opened with a key, not by a session")
        found = admit_browser(self._people, request, address, time_ns, is_secure=self.is_secure)
        if isinstance(found, BrowserRefusal):
            raise Refused.of(found.status, _KINDS[found.status], found.detail)
        _spend(self._users, found.caller.user_id, time_ns)
        return found


def _spend(throttle: Throttle, name: str, time_ns: int) -> None:
    if wait_ns := throttle.wait_ns(name, time_ns):
        headers = {"Retry-After": str(-(-wait_ns // SECOND_NS))}
        raise Refused.of(429, "too-many-requests", "too many requests", headers=headers)
    throttle.spend(name, time_ns)
