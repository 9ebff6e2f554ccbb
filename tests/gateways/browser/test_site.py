"""The door of pages and acts without a network: cookies, ends of sessions, guesses, escaping."""

import asyncio
import html
import json
import re

import pytest
from msgspec.structs import replace as with_fields

from fencang.app.desk.definitions import parse_definitions
from fencang.app.serve.doorkeeping import session_door
from fencang.app.serve.settings import ListenSettings
from fencang.gateways.browser.acts import SignIn, Visit
from fencang.gateways.browser.admission import SessionDoor
from fencang.gateways.browser.answer import Answer
from fencang.gateways.browser.draft_pages import CHANGES_MAX, draft_page
from fencang.gateways.browser.draft_questions import ChangeWords, DraftShown
from fencang.gateways.browser.html import Frame, Html, element, field, page, table
from fencang.gateways.browser.site import BrowserSite
from fencang.gateways.doors.authenticate import DoorRates
from fencang.gateways.doors.faults import HashingBusy
from fencang.gateways.doors.throttle import BucketRate
from fencang.gateways.link.frames import Browsed
from fencang.gateways.metrics import Metrics
from fencang.gateways.secret import Secret
from fencang.projections.drafts import DraftView
from fencang.refdata.user import Role, User
from fencang.signing.request import Request
from tests.gateways.doors.door_desk import HOME, Office

HOST = "desk.example"
PASSWORD = "a long enough word"  # noqa: S105 - made up


class House:
    """A site over an office whose clock the test moves."""

    def __init__(self, folder, **door):
        self.office = Office(folder)
        self.door = SessionDoor(self.office.people, **({"is_secure": True} | door))
        self.site = BrowserSite(
            None,
            self.office.people,
            self.office.desk,
            self.door,
            None,
            Metrics(),
            desk_name="A <desk>",
            clock=lambda: self.office.now,
        )
        self.cookie = self.token = ""

    def ask(self, method, path, body=None, scheme="https", **headers):
        origin = f"{'https' if self.door.is_secure else 'http'}://{HOST}"
        given = {"Cookie": self.cookie, "X-CSRF-Token": self.token, "Origin": origin}
        given |= {"Content-Type": "application/json"} | headers
        request = Request(
            method=method,
            authority=HOST,
            target=path,
            scheme=scheme,
            headers=tuple((name, value) for name, value in given.items() if value),
            body=b"" if body is None else json.dumps(body).encode(),
        )
        return asyncio.run(self.site.answer(request, HOME))

    def sign_in(self, user_id, **more):
        code = self.office.code(user_id).reveal()
        given = {"user_id": user_id, "password": PASSWORD, "one_time_code": code}
        answer = self.ask("POST", "/v1/session", given, **more)
        if answer.status == 200:
            self.cookie = dict(answer.headers)["Set-Cookie"].partition(";")[0]
            self.token = json.loads(answer.body)["csrf_token"]
        return answer


@pytest.fixture
def house(tmp_path):
    found = House(tmp_path)
    found.office.join("rita", "carl")
    return found


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_where_the_line_is_encrypted_the_cookie_is_bound_to_the_host(house, scheme):
    """Also where something else ends TLS, and plain text arrives here."""
    set_cookie = dict(house.sign_in("rita", scheme=scheme).headers)["Set-Cookie"]
    assert set_cookie.startswith("__Host-fencang=fcs_")
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(set_cookie.split("; "))
    assert house.ask("GET", "/v1/session", scheme=scheme).status == 200
    assert house.ask("POST", "/v1/session/end", {}, scheme=scheme).status == 200


def test_a_cookie_of_plain_text_opens_nothing_where_the_line_is_encrypted(house):
    house.sign_in("rita")
    house.cookie = house.cookie.replace("__Host-", "")
    assert house.ask("GET", "/v1/session").status == 401


@pytest.mark.parametrize(
    ("listen", "is_secure"),
    [
        (ListenSettings(), False),
        (ListenSettings(host="::1"), False),
        (ListenSettings(allow_plain_text=True), True),
        (ListenSettings(host="0.0.0.0", allow_plain_text=True), True),  # noqa: S104
    ],
)
def test_only_plain_text_on_loopback_goes_without_secure_cookies(house, listen, is_secure):
    doors = type("Doors", (), {"people": house.office.people})
    assert session_door(doors, listen, 8_000).is_secure is is_secure


def test_sessions_end_idle_and_at_their_whole_length(house):
    house.sign_in("rita")
    house.office.wait(1_799)
    assert house.ask("GET", "/v1/session").status == 200
    house.office.wait(1_800)
    assert house.ask("GET", "/v1/session").status == 401
    house.sign_in("rita")
    for _ in range(23):
        house.office.wait(1_790)
        assert house.ask("GET", "/v1/session").status == 200
    house.office.wait(43_200 - 23 * 1_790)
    assert house.ask("GET", "/v1/session").status == 401


def test_who_left_is_out_with_the_next_request(house):
    house.sign_in("rita")
    house.office.desk.change_user("rita", is_active=False)
    assert house.ask("GET", "/v1/session").status == 401


def test_who_is_about_to_be_recovered_is_told_and_refuses(house):
    house.sign_in("rita")
    assert "recovery of your login" not in house.ask("GET", "/sessions").body.decode()
    house.office.join("olga")
    people, now, draw = house.office.people, house.office.now, house.office.draw
    people.enrolment.begin_recovery("rita", "carl", now, draw(16))
    assert "carl began a recovery of your login" in house.ask("GET", "/sessions").body.decode()
    refused = house.ask("POST", "/v1/people/recovery/refuse", {"user_id": "rita"})
    assert json.loads(refused.body)["was_begun"]
    assert "recovery of your login" not in house.ask("GET", "/sessions").body.decode()
    other = house.ask("POST", "/v1/people/recovery/refuse", {"user_id": "olga"})
    assert other.status == 200, "a risk officer looks after users"


def test_guesses_at_invitations_of_an_address_are_counted(house):
    given = {"user_id": "olga", "code": "fci_" + "0" * 64, "password": PASSWORD}
    found = [house.ask("POST", "/v1/enrolment/begin", given).status for _ in range(22)]
    assert found == [403] * 20 + [429] * 2
    refused = house.ask("POST", "/v1/enrolment/finish", {**given, "one_time_code": "1"})
    assert refused.status == 400, "whatever is no such body is said before"
    house.office.wait(30)
    assert house.ask("POST", "/v1/enrolment/begin", given).status == 403


def test_guesses_at_passwords_wait_longer_and_longer(house):
    given = {"user_id": "rita", "password": "wrong", "one_time_code": "000000"}
    found = [house.ask("POST", "/v1/session", given) for _ in range(5)]
    assert [each.status for each in found] == [401, 401, 401, 401, 429]
    assert dict(found[-1].headers)["Retry-After"] == "1"


def test_too_many_requests_of_an_address_wait(tmp_path):
    rate = BucketRate(burst=3, interval_ns=10**9)
    house = House(tmp_path, rates=DoorRates(of_address=rate))
    found = [house.ask("GET", "/sign-in").status for _ in range(4)]
    assert found == [200, 200, 200, 429]


def test_as_many_passwords_as_memory_allows(house, monkeypatch):
    def busy(*_):
        raise HashingBusy("too many")

    monkeypatch.setattr(house.office.people, "log_in", busy)
    answer = house.sign_in("rita")
    assert (answer.status, dict(answer.headers)["Retry-After"]) == (503, "1")


def test_a_name_that_was_pointed_at_loopback_is_not_served(tmp_path):
    house = House(tmp_path, is_secure=False, hosts=("127.0.0.1:8000", "localhost:8000"))
    assert house.ask("GET", "/sign-in", scheme="http").status == 421


def test_faults_of_a_body_repeat_nothing_of_it(house):
    secret = "swordfish-and-more"  # noqa: S105 - made up
    for body in (
        {"user_id": "rita", "password": [secret], "one_time_code": "1"},
        {"user_id": "rita", "password": "x" * 1_001, "one_time_code": secret, "more": secret},
        {"user_id": secret * 20, "password": secret, "one_time_code": "1"},
    ):
        answer = house.ask("POST", "/v1/session", body)
        assert answer.status == 400
        assert secret.encode() not in answer.body


def test_an_answer_shows_nothing_of_itself(house):
    answer = house.sign_in("rita")
    assert house.cookie.partition("=")[2] not in f"{answer!r} {answer}"
    asked = Request(method="POST", authority=HOST, target="/v1/session", body=b"secret")
    held = (Answer(200, b"secret"), Visit(asked, HOME, 0, None), Browsed(asked, HOME))
    given = (SignIn(user_id="rita", password=Secret("secret"), one_time_code=Secret("secret")),)
    assert "secret" not in repr((*held, *given))


def test_a_browser_that_leaves_port_80_out_is_served(house):
    doors = type("Doors", (), {"people": house.office.people})
    door = session_door(doors, ListenSettings(), 80)
    asked = Request(method="GET", authority="localhost", target="/sign-in", scheme="http")
    assert door.check_visitor(asked, HOME, 0) == asked


# ----------------------------------------------------------------------------------- HTML


ATTACK = '"><script>alert(1)</script>&'


def test_whatever_is_put_into_a_page_is_escaped():
    frame = Frame(ATTACK, True, ATTACK, frozenset({"drafts:read"}), ATTACK)
    rows = [(ATTACK, ATTACK)]
    made = page(
        frame,
        ATTACK,
        table(ATTACK, (ATTACK, ATTACK), rows),
        field("name", ATTACK, hint=ATTACK, placeholder=ATTACK),
        element("p", ATTACK, title=ATTACK),
    )
    assert "<script>" not in made
    assert made.count("<script") == 1, "our own"
    assert "Single operator" in made


def test_only_what_is_html_already_is_put_in_as_it_is():
    assert element("p", Html("<b>x</b>"), "<b>") == "<p><b>x</b>&lt;b&gt;</p>"
    assert isinstance(element("p"), Html)
    assert element("a", "x", href="/?a=1&b=2", hidden=True, open=False) == (
        '<a href="/?a=1&amp;b=2" hidden>x</a>'
    )


VIEW = DraftView(
    draft_id=7,
    command="DefineDesk",
    body_sha256="",
    maker="ann",
    role="operations",
    acts_for="",
    public_key="0" * 64,
    proposed_sequence=1,
    proposed_ns=0,
    opens_ns=0,
    expires_ns=10**18,
)


def shown(*changes, refusal=""):
    return DraftShown(desk_id="D", body=b"body", changes=changes, refusal=refusal)


def frame_of(user_id, *scopes):
    return Frame("Desk", False, user_id, frozenset(scopes))


def test_a_draft_is_told_with_every_value_before_and_after():
    change = ChangeWords("PositionLimit A <*>", "long lots max", "10", "20")
    new = ChangeWords("User bob", "name", None, "Bob")
    made = draft_page(frame_of("rob"), VIEW, shown(change, new), [], 0)
    assert "PositionLimit A &lt;*&gt;" in made
    assert "<del>10</del>" in made
    assert "<ins>20</ins>" in made
    assert "<em>nothing</em>" in made
    many = draft_page(frame_of("rob"), VIEW, shown(*[change] * (CHANGES_MAX + 1)), [], 0)
    assert "1,000 of 1,001 values are shown" in many


def test_forms_are_those_that_a_person_may_use():
    both = ("drafts:approve", "drafts:tighten")
    checker = draft_page(frame_of("rob", *both), VIEW, shown(), [Role.RISK_OFFICER], 0)
    assert 'id="approve"' in checker
    assert "/v1/drafts/7/reject" in checker
    assert "/withdraw" not in checker
    maker = draft_page(frame_of("ann", *both), VIEW, shown(), [Role.RISK_OFFICER], 0)
    assert 'id="approve"' not in maker
    assert "/v1/drafts/7/withdraw" in maker
    reader = draft_page(frame_of("vera"), VIEW, shown(refusal="too large"), [], 0)
    assert "<form" not in reader.partition("<main")[2]
    assert "would refuse it now: too large" in reader


def test_the_table_of_a_key_is_one_that_a_desk_file_takes(house):
    key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    user = User(
        user_id="rita",
        name='Ri "ta" \\',
        roles=(Role.RISK_OFFICER,),
        from_ns=10**18,
        until_ns=2 * 10**18,
    )
    house.office.desk.users["rita"] = user
    house.sign_in("rita")
    body = house.ask("GET", "/key").body.decode()
    text = html.unescape(re.search(r'data-table="([^"]*)"', body).group(1))
    (found,) = parse_definitions(text.replace("{key}", key), "key.toml")
    assert found == with_fields(user, public_keys=(key,))
