"""Law: no secret is ever in a repr, a text, a log line or a file that does not exist to hold it."""

import io
import json
import pickle

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from fencang.gateways import logs
from fencang.gateways.doors.enrolment import NewSeed
from fencang.gateways.doors.login_sessions import csrf_token, session_cookie
from fencang.gateways.doors.people import LoginRequest
from fencang.gateways.doors.tokens import new_bearer_token
from fencang.gateways.logs import REDACTED, configure_logs, is_secret_name, redacted
from fencang.gateways.secret import INVITE_MARK, SESSION_MARK, Secret
from fencang.signing.http_messages import read_signature
from tests.gateways.doors.door_desk import (
    NOON,
    TOKEN,
    Doors,
    Office,
    bearing,
    chance,
    private_key,
    signed,
)

PASSWORD = "a long enough word"  # noqa: S105 - made up
SESSION = SESSION_MARK + chance("session").hex()
INVITE = INVITE_MARK + chance("invite").hex()


@pytest.fixture
def lines():
    stream = io.StringIO()
    configure_logs(stream=stream)
    yield stream
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_secret_shows_nothing_of_itself():
    secret = Secret(PASSWORD)
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret):  # noqa: UP031
        assert PASSWORD not in shown
    for holder in ([secret], {"a": secret}, LoginRequest("rita", secret, secret, "here")):
        assert PASSWORD not in repr(holder)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        _ = secret == Secret(PASSWORD)
    with pytest.raises(TypeError):
        hash(secret)
    assert not hasattr(secret, "__dict__")


def everything_of(office, doors):
    """Return every object of the doors that holds or held a secret, and the secrets."""
    office.join("rita")
    request = office.attempt("rita")
    session = office.people.log_in(request, office.now, office.draw())
    code = office.people.enrolment.invite("carl", "ada", office.now, office.draw())
    begun = office.people.enrolment.begin("carl", code, Secret(PASSWORD), office.now, office.draw())
    asked = signed()
    caller = doors.admit(asked)
    rows = office.people._rows
    holders = [
        office.people,
        office.people.sessions,
        office.people.sessions._sessions,
        office.people.enrolment,
        office.people._hashing,
        office.sealing,
        rows,
        rows.credentials("rita"),
        rows.invitation("carl"),
        request,
        session,
        code,
        begun,
        NewSeed(begun.seed, begun.address),
        TOKEN,
        caller,
        doors.keeper,
        doors.nonces,
        doors.frozen,
        doors.admit(bearing(Secret(TOKEN.token.reveal()[:-1]))),
        private_key("trend-1"),
        read_signature(asked).key_id,
        csrf_token(session),
    ]
    secrets = [
        PASSWORD,
        session.reveal(),
        code.reveal(),
        code.reveal().removeprefix(INVITE_MARK)[:32],
        begun.seed.reveal(),
        office.seeds["rita"],
        TOKEN.token.reveal(),
        csrf_token(session).reveal(),
        rows.credentials("rita").password_hash,
        request.one_time_code.reveal(),
        chance("trend-1").hex(),
        chance("sealing").hex(),
    ]
    return holders, secrets


def test_no_object_of_the_doors_shows_a_secret(tmp_path, lines):
    holders, secrets = everything_of(Office(tmp_path), Doors(tmp_path))
    log = structlog.get_logger()
    for holder in holders:
        log.info("shown", holder=holder, nested={"list": [holder, (holder, 1)]}, text=f"{holder}")
    shown = "\n".join([*(f"{holder!r} {holder}" for holder in holders), lines.getvalue()])
    assert [secret for secret in secrets if secret in shown] == []


def test_the_files_hold_only_what_cannot_be_used(tmp_path):
    office, doors = Office(tmp_path), Doors(tmp_path)
    _, secrets = everything_of(office, doors)
    stored = b"".join(
        path.read_bytes() for path in tmp_path.iterdir() if path.name != "secrets.key"
    )
    kept = {office.people._rows.credentials("rita").password_hash}
    codes = {each for each in secrets if len(each) == 6}  # six digits are somewhere by chance
    found = [each for each in set(secrets) - kept - codes if each.encode() in stored]
    assert found == []


SHOWN = {
    "bearer": f"Bearer {TOKEN.token.reveal()}",
    "foreign bearer": "authorization was bearer eyJhbGciOiJIUzI1NiJ9.e30.abcdef",
    "token": TOKEN.token.reveal(),
    "session": SESSION,
    "cookie": session_cookie(Secret(SESSION)),
    "invitation": f"your code is {INVITE}.",
    "half an invitation": INVITE[:36],
    "csrf": csrf_token(Secret(SESSION)).reveal(),
    "hash": "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2g",
    "authenticator": "otpauth://totp/fencang:rita?secret=JBSWY3DPEHPK3PXP",
    "signature": dict(signed().headers)["Signature"],
    "private key": "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIE\n-----END PRIVATE KEY-----",
    "half a private key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk",
    "address with a password": "smtp://desk:hunter22@mail.example:587",
}


def core_of(text):
    """Return the part of a text that must not be shown: the password, or its longest word."""
    if "hunter22" in text:
        return "hunter22"
    return max(text.replace("://", " ").replace("@", " ").replace(";", " ").split(), key=len)


@pytest.mark.parametrize("kind", SHOWN)
def test_what_looks_like_a_secret_is_taken_out_of_any_text(lines, kind):
    text = SHOWN[kind]
    log = structlog.get_logger()
    log.info(text, note=text, deep=[{"x": (text,)}], pair=[("X-Some", text)])
    log.info("bytes", body=text.encode())
    try:
        int(text)
    except ValueError:
        log.exception("failed")
    try:
        {}[text]
    except KeyError:
        log.exception("failed")
    shown = lines.getvalue()
    assert core_of(text) not in shown
    assert len(shown.splitlines()) == 4
    for line in shown.splitlines():
        json.loads(line)


@pytest.mark.parametrize(
    "name",
    "password new_password Authorization Cookie set-cookie Signature signature-input token "
    "access_token totp_seed otp one_time_code nonce X-CSRF-Token client_secret private_key "
    "credentials invitation session session_id api_key webhook_secret smtp_password".split(),
)
def test_what_is_called_a_secret_is_taken_out_wherever_it_lies(lines, name):
    assert is_secret_name(name)
    structlog.get_logger().info(
        "asked",
        **{name.replace("-", "_"): "harmless"},
        headers=[(name, "harmless"), (name.encode(), b"harmless"), ("accept", "all")],
        deep={"of": [{name: {"more": "harmless"}}]},
    )
    shown = lines.getvalue()
    assert "harmless" not in shown
    assert shown.count(REDACTED) == 4
    assert '"accept", "all"' in shown


@pytest.mark.parametrize("name", ["key_id", "user_id", "sub_account_id", "order_id", "reason"])
def test_what_a_log_is_read_for_stays(lines, name):
    structlog.get_logger().info("asked", **{name: "A-1"})
    assert json.loads(lines.getvalue())[name] == "A-1"


def test_every_line_of_a_request_bears_its_number(lines):
    log = structlog.get_logger()
    logs.bind_request("r-1", user_id="rita")
    log.info("first")
    log.warning("second", status=401)
    logs.unbind_request()
    log.info("third")
    rows = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [row.get("request_id") for row in rows] == ["r-1", "r-1", None]
    assert rows[1] | {"time": ""} == {
        "event": "second",
        "level": "warning",
        "request_id": "r-1",
        "status": 401,
        "time": "",
        "user_id": "rita",
    }


def test_levels_below_are_not_written(lines):
    structlog.get_logger().debug("asked")
    assert lines.getvalue() == ""


def test_a_line_is_bounded_whatever_strangers_send(lines):
    deep = "x"
    for _ in range(100):
        deep = [deep]
    structlog.get_logger().info("asked", long="y" * 10**6, many=list(range(10**5)), deep=deep)
    line = lines.getvalue()
    assert len(line) < 10_000
    assert len(line.splitlines()) == 1


@given(
    padding=st.integers(0, 4_200), secret=st.sampled_from([SESSION, INVITE, TOKEN.token.reveal()])
)
def test_a_secret_at_the_edge_of_a_cut_is_not_left_standing(padding, secret):
    shown = redacted("." * padding + secret + "." * 5_000)
    assert secret[-40:] not in shown
    assert secret[4:30] not in shown


@given(st.text(st.characters(), max_size=200))
@example("\ud800")
def test_any_text_makes_one_line_that_can_be_written_and_read(text):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8", newline="")
    configure_logs(stream=stream)
    structlog.get_logger().info(text, deep=[{text: text}], holder=text.encode("utf-8", "replace"))
    structlog.reset_defaults()
    stream.flush()
    (line,) = raw.getvalue().decode("utf-8").strip("\n").split("\n")
    assert set(json.loads(line)) >= {"event", "level", "time", "deep"}


def test_a_value_that_cannot_be_shown_loses_no_line(lines):
    class Broken:
        def __repr__(self):
            raise RuntimeError

    structlog.get_logger().info("asked", broken=Broken())
    assert json.loads(lines.getvalue())["broken"] == "(Broken without a repr)"


def test_a_log_line_forged_by_a_stranger_stays_one_line(lines):
    structlog.get_logger().info("asked", path='/v1\n{"event": "forged"}\r\n')
    assert len(lines.getvalue().splitlines()) == 1


def test_new_tokens_are_as_random_as_what_they_are_made_of():
    made = {new_bearer_token("k", chance(f"{number}")).token.reveal() for number in range(100)}
    assert len(made) == 100
    assert NOON > 0
