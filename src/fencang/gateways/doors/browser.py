"""People's requests from a browser: the session of a cookie, and no act that another site began.

Three fences against forged requests, each enough by itself: the cookie is not sent along by other
sites (SameSite=Strict), the browser's own word about where a request began (Sec-Fetch-Site, else
Origin), and a token that only a page of ours can know.
"""

from typing import Final, NamedTuple

from fencang.gateways.caller import Caller
from fencang.gateways.doors.login_sessions import csrf_matches, session_of_cookie
from fencang.gateways.doors.people import People
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from fencang.signing.request import Request

__all__ = ["CSRF_HEADER", "BrowserRefusal", "SignedIn", "admit_browser", "began_here"]

CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class SignedIn(NamedTuple):
    """A caller and its session, which some acts need again (log out, change password)."""

    caller: Caller
    session: Secret


class BrowserRefusal(NamedTuple):
    """401 without a session that lives, 403 for an act that no page of ours began."""

    status: int
    detail: str


def admit_browser(
    people: People,
    request: Request,
    address: str,
    time_ns: int,
    *,
    is_secure: bool = True,
    interface: Interface = Interface.REST,
) -> SignedIn | BrowserRefusal:
    """Return who is logged in, or why this request is not let through.

    ``is_secure`` is false only for a server on loopback that speaks plain text.  A request that
    opens a WebSocket changes nothing by its method and is held to where it began all the same.
    """
    fields = request.fields
    cookies = fields.get("cookie", [])
    session = session_of_cookie("; ".join(cookies), is_secure=is_secure)
    caller = None
    if session is not None:
        caller = people.caller_of(session, address, interface, time_ns)
    if session is None or caller is None:
        return BrowserRefusal(401, "log in first")
    is_act = request.method not in _SAFE_METHODS
    if (is_act or interface is Interface.WEBSOCKET) and not began_here(request):
        return BrowserRefusal(403, "this request began at another site")
    if is_act:
        tokens = fields.get(CSRF_HEADER.lower(), [])
        if len(tokens) != 1 or not csrf_matches(session, tokens[0]):
            return BrowserRefusal(403, f"{CSRF_HEADER} is missing or not that of this session")
    return SignedIn(caller, session)


def began_here(request: Request) -> bool:
    """Return whether the browser says that a page of this very origin began the request.

    Every browser sends one of the two with an act; a request that has neither comes from none.
    """
    fields = request.fields
    sites = fields.get("sec-fetch-site", [])
    if sites and sites != ["same-origin"]:
        return False
    origins = fields.get("origin", [])
    if origins:
        return origins == [f"{request.scheme}://{request.authority.lower()}"]
    return bool(sites)
