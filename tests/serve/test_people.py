"""People over HTTP: enrolling, signing in, what a session does, who is refused, who is put out."""

import httpx
import pytest

from fencang.gateways.browser.site import ROUTES
from tests.serve.office import PASSWORD, Office, fencang, private_key
from tests.serve.process import DESK, ServedDesk, order


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    served = Office(tmp_path_factory.mktemp("office")).start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def rob(office):
    return office.signed_in("rob")


def deactivate(visitor, user_id, role):
    user = {"type": "User", "user_id": user_id, "name": user_id.title(), "roles": [role]}
    user |= {"public_keys": [private_key(user_id).public_key.hex], "is_active": False}
    response = visitor.write("/v1/definitions", {"items": [user]})
    assert response.status_code == 200, response.text


# ------------------------------------------------------------------------------------ coming in


def test_the_cookie_of_a_session_says_what_protects_it(office):
    office.join("val0")
    visitor = office.visitor()
    (cookie,) = visitor.sign_in("val0").headers.get_list("set-cookie")
    assert cookie.startswith("fencang=fcs_")
    assert {"Path=/", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


def test_who_signed_in_is_told_who_that_is(rob):
    found = rob.get("/v1/session")
    assert found.headers["cache-control"] == "no-store"
    assert found.json()["user_id"] == "rob"
    assert found.json()["roles"] == ["risk_officer"]
    assert found.json()["csrf_token"] == rob.token
    assert not found.json()["is_single_operator"]


def test_unknown_users_wrong_passwords_and_wrong_codes_get_one_answer(office):
    office.join("carl")
    answers = {
        (found.status_code, found.content)
        for found in (
            office.visitor().sign_in("nobody", code="123456"),
            office.visitor().sign_in("carl", "six black bottles", office.code("carl")),
            office.visitor().sign_in("carl", code="000000"),
            office.visitor().sign_in("val1", code="123456"),
        )
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401


def test_a_one_time_code_opens_once(office):
    office.join("carl0")
    code = office.code("carl0")
    assert office.visitor().sign_in("carl0", code=code).status_code == 200
    assert office.visitor().sign_in("carl0", code=code).status_code == 401


def test_a_session_that_was_planted_before_is_worth_nothing(office):
    office.join("olga0")
    planted = "fcs_" + "0" * 64
    visitor = office.visitor()
    visitor.http.cookies.set("fencang", planted)
    assert visitor.get("/v1/session").status_code == 401
    found = visitor.sign_in("olga0")
    assert planted not in found.headers["set-cookie"]
    stranger = office.visitor()
    stranger.http.cookies.set("fencang", planted)
    assert stranger.get("/v1/session").status_code == 401


@pytest.mark.long
def test_signing_in_again_ends_the_session_that_was_brought_along(office):
    visitor = office.signed_in("olga1")
    old = visitor.session
    assert visitor.sign_in("olga1").status_code == 200
    again = office.visitor()
    again.http.cookies.set("fencang", old)
    assert again.get("/v1/session").status_code == 401


def test_a_code_enrols_once_and_a_wrong_one_never(office):
    office.join("rob")
    given = {"user_id": "val1", "password": PASSWORD}
    visitor = office.visitor()
    refused = visitor.act("/v1/enrolment/begin", given | {"code": "fci_" + "0" * 64})
    unknown = visitor.act("/v1/enrolment/begin", given | {"user_id": "nobody", "code": "fci_00"})
    assert (refused.status_code, unknown.status_code) == (403, 403)
    assert refused.content == unknown.content
    invited = office.ada.act("/v1/people/invite", {"user_id": "val1"}).json()
    office.enrol("val1", invited["code"])
    used = visitor.act("/v1/enrolment/begin", given | {"code": invited["code"]})
    assert used.status_code == 403


def test_only_an_administrator_invites_and_not_itself(office, rob):
    assert rob.act("/v1/people/invite", {"user_id": "leo"}).status_code == 403
    assert office.ada.act("/v1/people/invite", {"user_id": "ada"}).status_code == 403


# ---------------------------------------------------------------------------- what a session does


def test_operations_take_a_session_with_what_its_roles_allow(office, rob):
    assert rob.get("/v1/orders").status_code == 200
    assert office.ada.get("/v1/positions").status_code == 403


def test_a_write_by_a_session_is_done_once_under_its_name(office, rob):
    name, body = office.name(), order()
    first = rob.write("/v1/orders", body, name)
    again = rob.write("/v1/orders", body, name)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    unnamed = rob.act("/v1/orders", order())
    assert (unnamed.status_code, unnamed.json()["title"]) == (400, "Request unnamed")


def test_the_journal_says_that_a_person_did_it(office, rob):
    body = order()
    sequence = rob.write("/v1/orders", body).json()["sequence"]
    found = rob.get(f"/v1/audit/records?from_sequence={sequence}&limit=1").json()["records"][0]
    assert (found["origin"]["user_id"], found["origin"]["key_id"]) == ("rob", "")


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"X-CSRF-Token": None}, "X-CSRF-Token"),
        ({"X-CSRF-Token": "fcc_" + "0" * 64}, "X-CSRF-Token"),
        ({"Origin": "https://elsewhere.example"}, "another site"),
        ({"Origin": None}, "another site"),
        ({"Sec-Fetch-Site": "cross-site"}, "another site"),
        ({"Sec-Fetch-Site": "same-site"}, "another site"),
    ],
)
def test_what_another_site_began_is_refused(rob, headers, words):
    body = order()
    refused = rob.write("/v1/orders", body, **headers)
    assert refused.status_code == 403
    assert words in refused.json()["detail"]
    assert rob.act("/v1/session/end", {}, **headers).status_code == 403
    assert body["client_order_id"] not in rob.get("/v1/orders?limit=1000").text


def test_the_token_of_another_session_is_refused(office, rob):
    other = office.signed_in("carl1")
    assert rob.write("/v1/orders", order(), **{"X-CSRF-Token": other.token}).status_code == 403


def test_another_site_does_not_sign_anybody_in(office):
    office.join("rob")
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": None}):
        given = {"user_id": "rob", "password": PASSWORD, "one_time_code": "000000"}
        refused = office.visitor().act("/v1/session", given, **headers)
        assert refused.json()["title"] == "Forged request"


def test_an_act_is_json_and_small(office):
    given = {"user_id": "rob", "password": PASSWORD, "one_time_code": "000000"}
    headers = {"Origin": office.url}
    assert httpx.post(f"{office.url}/v1/session", data=given, headers=headers).status_code == 415
    visitor = office.visitor()
    assert visitor.act("/v1/session", given | {"more": 1}).status_code == 400
    assert visitor.act("/v1/session", given | {"password": 7}).status_code == 400
    assert visitor.act("/v1/session", given | {"password": "x" * 20_000}).status_code == 413


def test_streams_want_a_key(office, rob):
    assert rob.get("/v1/events/orders").status_code == 401


def test_a_page_under_another_name_is_not_served(office):
    found = httpx.get(f"{office.url}/sign-in", headers={"Host": "elsewhere.example"})
    assert found.status_code == 421


# ---------------------------------------------------------------------------------- going out


def test_signing_out_ends_the_session(office):
    visitor = office.signed_in("carl2")
    kept = visitor.session
    out = visitor.act("/v1/session/end", {})
    assert "Max-Age=0" in out.headers["set-cookie"]
    again = office.visitor()
    again.http.cookies.set("fencang", kept)
    assert again.get("/v1/session").status_code == 401
    assert again.get("/drafts").headers["location"] == "/sign-in"


def test_own_sessions_are_listed_and_ended(office):
    here, there = office.signed_in("val1"), office.signed_in("val1")
    rows = here.get("/v1/session/list").json()["sessions"]
    assert sum(row["is_this_one"] for row in rows) == 1
    (other,) = [row["name"] for row in rows if not row["is_this_one"]]
    assert here.act("/v1/session/list/end", {"name": other}).json() == {"ended": 1}
    assert there.get("/v1/session").status_code == 401
    assert here.get("/v1/session").status_code == 200


def test_nobody_ends_the_sessions_of_others_but_who_looks_after_users(office, rob):
    val = office.signed_in("val2")
    (own,) = [row for row in rob.get("/v1/session/list").json()["sessions"] if row["is_this_one"]]
    assert val.act("/v1/session/list/end", {"name": own["name"]}).json() == {"ended": 0}
    assert val.act("/v1/people/sign-out", {"user_id": "rob"}).status_code == 403
    assert rob.act("/v1/people/sign-out", {"user_id": "val2"}).status_code == 200
    assert val.get("/v1/session").status_code == 401


def test_a_password_is_changed_by_who_proves_itself_again(office):
    here = office.signed_in("olga2")
    given = {"password": PASSWORD, "one_time_code": office.code("olga2"), "new_password": "short"}
    assert here.act("/v1/password", given).status_code == 403, "and its code is not used up"
    given["new_password"] = "eight blue bottles"  # noqa: S105 - made up
    office.secrets.append(given["new_password"])
    assert here.act("/v1/password", given).status_code == 200
    assert here.get("/v1/session").status_code == 200
    assert here.act("/v1/password", given).status_code == 401


def test_a_leaver_is_out_at_once(office, rob):
    leo = office.signed_in("leo")
    assert leo.get("/v1/orders").status_code == 200
    deactivate(rob, "leo", "operations")
    assert leo.get("/v1/orders").status_code == 401
    assert leo.write("/v1/orders", order()).status_code == 401
    assert office.visitor().sign_in("leo").status_code == 401


@pytest.mark.long
def test_the_command_line_puts_somebody_out_of_a_running_server(office):
    val = office.signed_in("val3")
    told = fencang("people", "end", "val3", "--data", office.data)
    assert "val3 is still an active user" in told
    assert val.get("/v1/session").status_code == 401
    assert office.visitor().sign_in("val3").status_code == 401


@pytest.mark.long
def test_two_persons_recover_a_third_and_one_does_not(office, rob):
    ann, carl, visitor = office.signed_in("ann"), office.signed_in("carl"), office.visitor()
    about = {"user_id": "ann"}
    first = rob.act("/v1/people/recovery/begin", about).json()["half_code"]
    assert ann.get("/v1/session").status_code == 200, "one person changes nothing"
    assert rob.act("/v1/people/recovery/approve", about).status_code == 403
    given = about | {"password": PASSWORD}
    assert visitor.act("/v1/enrolment/begin", given | {"code": first}).status_code == 403
    second = carl.act("/v1/people/recovery/approve", about).json()["half_code"]
    assert ann.get("/v1/session").status_code == 401
    assert office.visitor().sign_in("ann").status_code == 401
    for half in (first, second):
        assert visitor.act("/v1/enrolment/begin", given | {"code": half}).status_code == 403
    office.secrets += [first, second]
    office.enrol("ann", f"{first} {second}")
    assert office.signed_in("ann").get("/v1/session").status_code == 200


def test_people_are_listed_to_who_may_see_them(office, rob):
    rows = {row["user_id"]: row for row in rob.get("/v1/people").json()["people"]}
    assert rows["rob"]["is_enrolled"]
    assert rows["rob"]["sessions"] >= 1
    assert "password" not in rob.get("/v1/people").text


# ---------------------------------------------------------------------------------------- pages


def test_every_page_answers_and_every_answer_protects_itself(office, rob):
    for route in ROUTES:
        if route.method != "GET" or "{" in route.path:
            continue
        found = rob.get(route.path)
        assert found.status_code in {200, 303}, (route.path, found.text)
        policy = found.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert found.headers["x-content-type-options"] == "nosniff"
    assert rob.get("/drafts/999").status_code == 404
    assert rob.get("/assets/other.js").status_code == 404


def test_a_person_without_the_scope_sees_no_page(office):
    val = office.signed_in("val0")
    for path in ("/drafts", "/drafts/1", "/people"):
        assert val.get(path).status_code == 403
    assert office.visitor().get("/people").headers["location"] == "/sign-in"


def test_no_secret_is_in_what_the_server_wrote(office, rob):
    """The last test of the file: everything that was told, typed or shown, searched for."""
    rob.act("/v1/session", {"user_id": "rob", "password": PASSWORD, "one_time_code": "1"})
    log = "\n".join(office.told)
    assert "person signed in" in log
    assert len(office.secrets) > 8
    assert [secret for secret in office.secrets if secret and secret in log] == []
    stored = b"".join(
        path.read_bytes() for path in office.data.iterdir() if path.name.startswith("journal")
    )
    assert [secret for secret in office.secrets if secret and secret.encode() in stored] == []


@pytest.mark.long
def test_a_gateway_in_another_process_serves_people_as_well(tmp_path):
    class Apart(Office):
        extra = ("--gateways", "1")

    desk = Apart(tmp_path, DESK).start()
    try:
        told = fencang("people", "invite", "operator", "--data", desk.data)
        desk.enrol("operator", told.split("this once: ")[1].split()[0])
        visitor = desk.visitor()
        assert visitor.sign_in("operator").status_code == 200
        assert visitor.get("/v1/session").json()["is_single_operator"]
        assert "Single operator" in visitor.get("/drafts").text
        assert visitor.write("/v1/orders", order()).status_code == 201
        assert visitor.write("/v1/orders", order(), **{"X-CSRF-Token": None}).status_code == 403
        visitor.act("/v1/session/end", {})
        assert visitor.get("/v1/orders").status_code == 401
    finally:
        desk.stop()


@pytest.mark.long
def test_the_operator_of_a_single_operator_desk_is_invited_again(tmp_path):
    desk = ServedDesk(tmp_path / "data").start()
    desk.stop()
    for _ in range(2):
        assert "fci_" in fencang("people", "invite", "operator", "--data", tmp_path / "data")
