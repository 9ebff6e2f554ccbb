"""Sessions: random, hashed, ending; cookies and the tokens against forged requests."""

import pytest
from msgspec.structs import replace as with_fields

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors import login_sessions
from fencang.gateways.doors.browser import BrowserRefusal, SignedIn, admit_browser
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.login_sessions import (
    SESSION_SCHEMA,
    LoginSessionLife,
    LoginSessions,
    csrf_matches,
    csrf_token,
    session_cookie,
    session_name,
    session_of_cookie,
)
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from tests.gateways.doors.door_desk import HOME, NOON, Office, chance, request

LIFE = LoginSessionLife()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "secrets.sqlite"


@pytest.fixture
def book(path):
    return LoginSessions(PrivateFile(path, SESSION_SCHEMA))


def test_a_session_is_found_until_it_is_idle(book):
    token = book.begin("rita", NOON, chance("a"))
    assert book.find(token, NOON + LIFE.idle_ns_max - 1).user_id == "rita"
    assert book.find(token, NOON + 2 * LIFE.idle_ns_max - 2).user_id == "rita"
    assert book.find(token, NOON + 4 * LIFE.idle_ns_max) is None
    assert book.find(token, NOON) is None, "what ended does not come back"


def test_a_session_ends_at_its_whole_length_however_busy(book):
    token = book.begin("rita", NOON, chance("a"))
    now, step = NOON, LIFE.idle_ns_max // 2
    while now + step < NOON + LIFE.whole_ns_max:
        now += step
        assert book.find(token, now) is not None
    assert book.find(token, NOON + LIFE.whole_ns_max) is None


def test_the_file_holds_hashes_only(book, path):
    token = book.begin("rita", NOON, chance("a"))
    stored = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert token.reveal().encode() not in stored
    assert token.reveal().removeprefix("fcs_").encode() not in stored
    assert chance("a") not in stored
    assert token.sha256() in stored


def test_a_login_ends_the_session_that_was_brought_along(book):
    """Session fixation: nothing that existed before a login is worth anything after it."""
    planted = book.begin("rita", NOON, chance("a"))
    own = book.begin("rita", NOON, chance("b"), previous=planted)
    assert book.find(planted, NOON) is None
    assert book.find(own, NOON) is not None
    made_up = Secret("fcs_" + "0" * 64)
    assert book.begin("rita", NOON, chance("c"), previous=made_up) is not None
    assert book.find(made_up, NOON) is None


def test_sessions_survive_a_restart_and_ended_ones_do_not_come_back(book, path):
    kept, ended = (book.begin("rita", NOON, chance(name)) for name in "ab")
    book.end(ended)
    later = NOON + LIFE.idle_ns_max - SECOND_NS
    assert book.find(kept, later) is not None
    again = LoginSessions(PrivateFile(path, SESSION_SCHEMA))
    assert again.find(kept, later + LIFE.idle_ns_max - SECOND_NS) is not None
    assert again.find(ended, NOON) is None


def test_what_another_process_changes_holds_at_once(book, path):
    """The command line ends sessions of a running server, and a server begins them meanwhile."""
    ended, kept = (book.begin(name, NOON, chance(name)) for name in ("rita", "carl"))
    beside = LoginSessions(PrivateFile(path, SESSION_SCHEMA))
    later = book.begin("rita", NOON, chance("later"))
    assert beside.end_all("rita") == 2
    assert [book.find(each, NOON) is None for each in (ended, later, kept)] == [True, True, False]
    assert [each.begun_ns for each in beside.of_user("carl", NOON)] == [NOON]


def test_a_session_that_another_process_does_not_see_yet_is_no_older_for_it(book, path):
    """What was last seen stands in memory; what the file says of it is older and does not count."""
    token = book.begin("rita", NOON, chance("a"))
    soon = NOON + 200 * SECOND_NS
    assert book.find(token, soon) is not None
    LoginSessions(PrivateFile(path, SESSION_SCHEMA)).begin("carl", soon, chance("b"))
    assert book.find(token, soon + LIFE.idle_ns_max - 1) is not None


def test_own_sessions_are_named_by_what_opens_nothing(book):
    first, second = (book.begin("rita", NOON + at, chance(f"{at}")) for at in range(2))
    book.begin("carl", NOON, chance("carl"))
    names = [each.name for each in book.of_user("rita", NOON + 1)]
    assert names == [session_name(second), session_name(first)]
    assert not any(each.name in first.reveal() for each in book.of_user("rita", NOON + 1))
    assert not book.end_named("carl", session_name(first)), "nobody ends another's by its name"
    assert book.end_named("rita", session_name(first))
    assert book.find(first, NOON + 1) is None
    assert book.find(second, NOON + 1) is not None


def test_all_sessions_of_a_user_end_at_once_in_the_file_as_well(book, path):
    tokens = [book.begin("rita", NOON, chance(f"{number}")) for number in range(3)]
    other = book.begin("carl", NOON, chance("carl"))
    assert book.end_all("rita", but=tokens[1]) == 2
    for found in (book, LoginSessions(PrivateFile(path, SESSION_SCHEMA))):
        lives = [found.find(token, NOON) is not None for token in (*tokens, other)]
        assert lives == [False, True, False, True]


def test_a_disk_that_fails_keeps_nobody_logged_in(book, monkeypatch):
    token = book.begin("rita", NOON, chance("a"))
    monkeypatch.setattr(book._file, "change_many", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        book.end_all("rita")
    assert book.find(token, NOON) is None


def test_sessions_are_bounded_by_user_and_altogether(book, monkeypatch):
    tokens = [book.begin("rita", NOON + number, chance(f"{number}")) for number in range(12)]
    assert len(book) == login_sessions.SESSIONS_OF_USER_MAX
    assert book.find(tokens[1], NOON + 20) is None
    monkeypatch.setattr(login_sessions, "LOGIN_SESSIONS_MAX", 10)
    book.begin("carl", NOON + 30, chance("carl"))
    assert len(book) == 10
    assert book.find(tokens[2], NOON + 30) is None
    assert book.forget_ended(NOON + LIFE.whole_ns_max) == 10


def test_the_token_of_a_page_belongs_to_its_session_only():
    one, other = Secret("fcs_" + "1" * 64), Secret("fcs_" + "2" * 64)
    token = csrf_token(one).reveal()
    assert csrf_matches(one, token)
    for wrong in (csrf_token(other).reveal(), token[:-1], token.upper(), "", "é", one.reveal()):
        assert not csrf_matches(one, wrong)


def test_cookies_say_everything_that_protects_them():
    session = Secret("fcs_" + "1" * 64)
    cookie = session_cookie(session)
    assert cookie.startswith("__Host-fencang=fcs_1")
    for attribute in ("HttpOnly", "Secure", "SameSite=Strict", "Path=/"):
        assert attribute in cookie.split("; ")
    assert "Domain" not in cookie
    assert "Max-Age=0" in session_cookie(None)
    assert "Secure" not in session_cookie(session, is_secure=False)


def test_a_cookie_is_read_once_and_by_its_own_name():
    value = "fcs_" + "1" * 64
    assert session_of_cookie(f"a=b; __Host-fencang={value}; c=d").matches(value)
    for header in (
        f"fencang={value}",
        f"__Host-fencang={value}; __Host-fencang={value}",
        "__Host-fencang=else",
        "",
        "=;=;;",
        "a" * 10_000,
    ):
        assert session_of_cookie(header) is None


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    office.join("rita")
    return office


def asked(session, method="POST", *, token=None, **headers):
    given = [("Cookie", f"__Host-fencang={session.reveal()}")] if session else []
    if token is not None:
        given.append(("X-CSRF-Token", token))
    given += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return with_fields(request(method=method), headers=tuple(given))


def admitted(office, of, **given):
    return admit_browser(office.people, of, HOME, office.now, **given)


def test_an_act_from_our_own_page_passes(office):
    session = office.log_in("rita")
    token = csrf_token(session).reveal()
    for headers in ({"Sec_Fetch_Site": "same-origin"}, {"Origin": "https://desk.example"}):
        found = admitted(office, asked(session, token=token, **headers))
        assert isinstance(found, SignedIn)
        assert found.caller.user_id == "rita"
        assert "limits:tighten" in found.caller.scopes
    assert isinstance(admitted(office, asked(session, "GET")), SignedIn)


def test_an_act_that_another_site_began_is_refused(office):
    session = office.log_in("rita")
    token = csrf_token(session).reveal()
    here = {"Sec_Fetch_Site": "same-origin"}
    forged = [
        asked(session, token=token),
        asked(session, token=token, Origin="https://evil.example"),
        asked(session, token=token, Origin="null"),
        asked(session, token=token, Origin="http://desk.example"),
        asked(session, token=token, Origin="https://desk.example.evil.example"),
        asked(session, token=token, Sec_Fetch_Site="cross-site"),
        asked(session, token=token, Sec_Fetch_Site="same-site", Origin="https://desk.example"),
        asked(session, token=token, Sec_Fetch_Site="none"),
        asked(session, **here),
        asked(session, token="fcc_" + "0" * 64, **here),
        asked(session, token=token, X_CSRF_Token=token, **here),
        asked(session, "DELETE", token="", **here),
    ]
    for each in forged:
        found = admitted(office, each)
        assert isinstance(found, BrowserRefusal), each
        assert found.status == 403


def test_a_socket_that_another_site_opens_is_refused(office):
    session = office.log_in("rita")
    opened = {"Origin": "https://desk.example"}
    given = {"interface": Interface.WEBSOCKET}
    assert isinstance(admitted(office, asked(session, "GET", **opened), **given), SignedIn)
    opened["Origin"] = "https://evil.example"
    assert admitted(office, asked(session, "GET", **opened), **given).status == 403
    assert admitted(office, asked(session, "GET"), **given).status == 403


def test_without_a_session_that_lives_nobody_is_there(office):
    session = office.log_in("rita")
    assert admitted(office, asked(None, "GET")).status == 401
    assert admitted(office, asked(Secret("fcs_" + "0" * 64), "GET")).status == 401
    assert admitted(office, asked(session, "GET"), is_secure=False).status == 401
    office.people.sessions.end(session)
    assert admitted(office, asked(session, "GET")).status == 401
