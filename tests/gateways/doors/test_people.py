"""Joiners, logins, guesses, recoveries and leavers, over one file on disk."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fencang.basics.time import SECOND_NS
from fencang.gateways.caller import Caller
from fencang.gateways.doors.delays import FREE_FAILURES
from fencang.gateways.doors.enrolment import ActRefused
from fencang.gateways.doors.faults import HashingBusy
from fencang.gateways.doors.live import LiveConnections, TooManyConnections
from fencang.gateways.doors.login_sessions import csrf_matches
from fencang.gateways.doors.passwords import PasswordHashing
from fencang.gateways.doors.people import LOGIN_FAILURES, LoginRefused
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from fencang.refdata.authority import Authority
from fencang.refdata.user import Role
from tests.gateways.doors.door_desk import HOME, NOON, Office, firm, user

ELSEWHERE = "203.0.113.5"
DAY_S = 86_400


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path)
    office.join("rita")
    return office


def refused(office, request):
    with pytest.raises(LoginRefused) as refusal:
        office.people.log_in(request, office.now, office.draw())
    return refusal.value


def caller(office, session):
    return office.people.caller_of(session, HOME, Interface.REST, office.now)


def test_a_joiner_enrols_and_logs_in(office):
    found = caller(office, office.log_in("rita"))
    assert isinstance(found, Caller)
    assert (found.user_id, found.key_id, found.sub_tree) == ("rita", "", "")
    assert "drafts:approve" in found.scopes


def test_a_restart_forgets_nobody(office):
    session = office.log_in("rita")
    office.people.close()
    office.people = office.opened()
    assert caller(office, session).user_id == "rita"
    office.wait(30)
    office.log_in("rita")


def test_every_wrong_login_gets_one_answer_after_one_check(office, monkeypatch):
    """Law: nothing about an answer tells whether such a user exists, or which part was wrong."""
    office.desk.users["gone"] = user("gone", Role.VIEWER)
    office.join("gone")
    office.desk.change_user("gone", is_active=False)
    used = office.attempt("rita")
    office.people.log_in(used, office.now, office.draw())
    checks = []
    hashing = office.people._hashing
    matches = hashing.matches
    monkeypatch.setattr(hashing, "matches", lambda *a, **k: (checks.append(a), matches(*a, **k))[1])
    wrong = {
        "no such user": office.attempt("nobody", code="123456"),
        "never enrolled": office.attempt("carl", code="123456"),
        "a service": office.attempt("trend", code="123456"),
        "wrong password": office.attempt("ada", "some other word"),
        "wrong code": office.attempt("ada", code="000000"),
        "no code": office.attempt("ada", code=""),
        "used code": used,
        "left": office.attempt("gone"),
    }
    for number, (why, request) in enumerate(wrong.items(), 1):
        refusal = refused(office, request._replace(address=f"198.51.100.{number}"))
        assert (str(refusal), refusal.wait_ns) == ("name, password or code is wrong", 0), why
        assert len(checks) == number, why


def test_a_code_logs_in_once_even_over_a_restart(office):
    first = office.attempt("rita")
    office.people.log_in(first, office.now, office.draw())
    office.people.close()
    office.people = office.opened()
    refused(office, first)
    refused(office, office.attempt("rita", code=office.code("rita", at=-30).reveal()))
    office.wait(30)
    office.log_in("rita")


def test_a_wrong_password_does_not_use_up_a_code(office):
    refused(office, office.attempt("rita", "some other word", address=ELSEWHERE))
    office.log_in("rita")


def test_whoever_guesses_waits_longer_and_longer_and_is_not_looked_at_meanwhile(office):
    def guess(number):
        refused(office, office.attempt("rita", f"guess number {number}", address=ELSEWHERE))

    for number in range(FREE_FAILURES):
        guess(number)
    waits = []
    for number in range(6):
        guess(number)
        early = refused(office, office.attempt("rita", address=ELSEWHERE))
        assert str(early) == "try again later"
        waits.append(early.wait_ns // SECOND_NS)
        office.now += early.wait_ns
    assert waits == [1, 2, 4, 8, 16, 32]
    office.log_in("rita", address=ELSEWHERE)


def test_a_name_that_does_not_exist_waits_as_a_name_that_does(office):
    def waits(user_id):
        found = []
        for _ in range(8):
            request = office.attempt(user_id, "a wrong word here", "000000", "198.51.100.1")
            found.append(refused(office, request).wait_ns)
        return found

    assert waits("rita") == waits("nobody")


def test_nobody_is_locked_out_by_strangers(office):
    """Law: failures elsewhere do not count where a user logged in before."""
    office.log_in("rita")
    for number in range(200):
        address = f"203.0.113.{number}"
        refused(office, office.attempt("rita", "a wrong word here", "000000", address))
    office.wait(30)
    assert caller(office, office.log_in("rita")).user_id == "rita"


def test_no_delay_is_for_ever(office):
    for number in range(40):
        request = office.attempt("rita", "a wrong word here", "000000", f"203.0.113.{number}")
        refusal = refused(office, request)
        office.now += refusal.wait_ns
    office.wait(300)
    office.log_in("rita", address="198.51.100.77")


def test_one_address_that_guesses_many_names_is_throttled(office):
    for number in range(LOGIN_FAILURES.burst):
        refused(office, office.attempt(f"user-{number}", code="000000", address=ELSEWHERE))
    refusal = refused(office, office.attempt("another", code="000000", address=ELSEWHERE))
    assert refusal.wait_ns == LOGIN_FAILURES.interval_ns
    office.log_in("rita")


def test_a_check_that_could_not_be_made_is_no_failure(office, monkeypatch):
    request = office.attempt("rita")

    def busy(*_, **__):
        raise HashingBusy("busy")

    with monkeypatch.context() as patched:
        patched.setattr(office.people._hashing, "matches", busy)
        for _ in range(20):
            with pytest.raises(HashingBusy):
                office.people.log_in(request, office.now, office.draw())
    office.people.log_in(request, office.now, office.draw())


def test_hashes_of_older_parameters_are_made_anew_at_login(office):
    before = office.people._rows.credentials("rita").password_hash
    office.people.close()
    office.settings = {"hashing": PasswordHashing(memory_kib=16, passes=1, lanes=1)}
    office.people = office.opened()
    office.log_in("rita")
    after = office.people._rows.credentials("rita").password_hash
    assert "m=8," in before
    assert "m=16," in after
    office.wait(30)
    office.log_in("rita")


def test_a_password_is_changed_by_who_proves_itself_and_other_sessions_end(office):
    other = office.log_in("rita")
    office.wait(30)
    own = office.log_in("rita")
    office.wait(30)
    new = Secret("quite another phrase")
    change = office.people.change_password
    with pytest.raises(ActRefused, match="fewest"):
        change(office.attempt("rita"), Secret("short"), office.now, own)
    with pytest.raises(LoginRefused):
        change(office.attempt("rita", "a wrong word here"), new, office.now, own)
    change(office.attempt("rita"), new, office.now, own)
    assert caller(office, own) is not None
    assert caller(office, other) is None
    office.wait(30)
    refused(office, office.attempt("rita"))
    office.log_in("rita", password="quite another phrase")  # noqa: S106 - made up


ANYTHING = st.text(st.characters(), max_size=80)


@given(user_id=ANYTHING, password=ANYTHING, code=ANYTHING, address=ANYTHING)
@example(user_id="\ud800", password="\ud800", code="\ud800", address="here")  # noqa: S106 - made up
@settings(max_examples=50)
def test_whatever_strangers_hand_in_gets_that_answer(
    shared_office, user_id, password, code, address
):
    office = shared_office
    office.wait(1)
    request = office.attempt(user_id, password, code, address)
    assert refused(office, request).wait_ns >= 0
    for act in (
        lambda: office.people.enrolment.begin(
            "carl", Secret(code), Secret(password), office.now, office.draw()
        ),
        lambda: office.people.enrolment.finish("carl", Secret(code), Secret(code), office.now),
    ):
        with pytest.raises(ActRefused, match="does not hold"):
            act()
    assert caller(office, Secret(code)) is None
    assert not csrf_matches(Secret(password), code)


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


# ------------------------------------------------------------------------------------------ joining


def invite(office, user_id, by="ada"):
    return office.people.enrolment.invite(user_id, by, office.now, office.draw())


@pytest.mark.parametrize(
    ("user_id", "by", "why"),
    [
        ("carl", "rita", "another administrator"),
        ("carl", "nobody", "no active person"),
        ("ada", "ada", "another administrator"),
        ("trend", "ada", "no active person"),
        ("nobody", "ada", "no active person"),
        ("rita", "ada", "two persons recover"),
    ],
)
def test_who_may_not_be_invited_or_invite(office, user_id, by, why):
    with pytest.raises(ActRefused, match=why):
        invite(office, user_id, by)


def test_an_invitation_works_once_for_its_user_and_three_days(office):
    code = invite(office, "carl")
    begin = office.people.enrolment.begin
    word = Secret("a long enough word")
    for user_id, wrong in (
        ("olga", code),
        ("carl", Secret("fci_" + "0" * 64)),
        ("carl", Secret("")),
        ("carl", Secret(code.reveal()[:-1])),
    ):
        with pytest.raises(ActRefused, match="does not hold"):
            begin(user_id, wrong, word, office.now, office.draw())
    with pytest.raises(ActRefused, match="not taken"):
        begin("carl", code, Secret("short"), office.now, office.draw())
    office.enrol("carl", code)
    with pytest.raises(ActRefused, match="does not hold"):
        begin("carl", code, word, office.now, office.draw())
    late = invite(office, "olga")
    office.wait(3 * DAY_S)
    with pytest.raises(ActRefused, match="does not hold"):
        begin("olga", late, word, office.now, office.draw())


def test_nobody_is_enrolled_before_the_authenticator_shows_the_code(office):
    code = invite(office, "carl")
    finish = office.people.enrolment.finish
    with pytest.raises(ActRefused, match="password first"):
        finish("carl", code, Secret("123456"), office.now)
    office.people.enrolment.begin(
        "carl", code, Secret("a long enough word"), office.now, office.draw()
    )
    with pytest.raises(ActRefused, match="not the code"):
        finish("carl", code, Secret("000000"), office.now)
    refused(office, office.attempt("carl", code="000000"))


def test_a_new_invitation_ends_the_older_one(office):
    older, newer = invite(office, "carl"), invite(office, "carl")
    with pytest.raises(ActRefused, match="does not hold"):
        office.enrol("carl", older)
    office.enrol("carl", newer)


def test_the_first_to_enrol_is_an_administrator_and_only_the_first_at_the_host(tmp_path):
    office = Office(tmp_path)
    at_host = office.people.enrolment.invite_at_host
    with pytest.raises(ActRefused, match="no administrator"):
        at_host("rita", office.now, office.draw())
    office.enrol("ada", at_host("ada", office.now, office.draw()))
    with pytest.raises(ActRefused, match="two persons recover"):
        at_host("ada", office.now, office.draw())


def test_a_single_operator_is_invited_anew_at_the_host(tmp_path):
    desk = firm()
    desk.the_authority = Authority(single_operator=True)
    office = Office(tmp_path, desk)
    sessions = []
    for _ in range(2):
        code = office.people.invite_at_host("rita", office.now, office.draw())
        office.enrol("rita", code)
        sessions.append(office.log_in("rita"))
    assert [caller(office, session) is not None for session in sessions] == [False, True]
    with pytest.raises(ActRefused, match="no active person"):
        office.people.invite_at_host("trend", office.now, office.draw())


# --------------------------------------------------------------------------------------- recovering


def begin_recovery(office, user_id, by):
    return office.people.enrolment.begin_recovery(user_id, by, office.now, office.draw(16))


def approve_recovery(office, user_id, by):
    return office.people.approve_recovery(user_id, by, office.now, office.draw(16))


def test_a_recovery_takes_two_persons_and_each_has_half_a_code(office):
    session = office.log_in("rita")
    first = begin_recovery(office, "rita", "ada")
    assert caller(office, session) is not None, "one person changes nothing"
    second = approve_recovery(office, "rita", "olga")
    assert caller(office, session) is None
    office.wait(30)
    refused(office, office.attempt("rita", address="198.51.100.9"))
    for half in (first, second, Secret(second.reveal() + first.reveal())):
        with pytest.raises(ActRefused, match="does not hold"):
            office.enrol("rita", half)
    office.enrol("rita", Secret(f"{first.reveal()} {second.reveal()}"), "a new and other word")
    office.log_in("rita", password="a new and other word")  # noqa: S106 - made up


@pytest.mark.parametrize(
    ("user_id", "first", "second", "why"),
    [
        ("rita", "rita", "ada", "for itself"),
        ("rita", "ada", "rita", "for itself"),
        ("rita", "ada", "ada", "one person"),
        ("rita", "ada", "abe", "same role"),
        ("rita", "ada", "ron", "that rita does not hold"),
        ("rita", "pam", "ada", "none of the roles"),
        ("rita", "ada", "trend", "no active person"),
        ("rita", "nobody", "ada", "no active person"),
        ("carl", "ada", "olga", "never enrolled"),
        ("trend", "ada", "olga", "no active person"),
    ],
)
def test_who_may_not_recover_whom(office, user_id, first, second, why):
    office.desk.users["abe"] = user("abe", Role.ADMINISTRATOR)
    office.desk.users["ron"] = user("ron", Role.RISK_OFFICER)

    def recover():
        begin_recovery(office, user_id, first)
        approve_recovery(office, user_id, second)

    with pytest.raises(ActRefused, match=why):
        recover()
    if user_id == "rita":
        office.log_in("rita")


def test_a_lent_role_does_not_recover(office):
    office.desk.delegated["pam"] = frozenset({Role.ADMINISTRATOR})
    with pytest.raises(ActRefused, match="none of the roles"):
        begin_recovery(office, "rita", "pam")


def test_a_recovery_that_waits_a_day_is_over_and_one_can_be_taken_back(office):
    begin_recovery(office, "rita", "ada")
    assert office.people.enrolment.refuse_recovery("rita")
    with pytest.raises(ActRefused, match="waits"):
        approve_recovery(office, "rita", "olga")
    begin_recovery(office, "rita", "ada")
    office.wait(DAY_S)
    with pytest.raises(ActRefused, match="waits"):
        approve_recovery(office, "rita", "olga")


def test_who_began_a_recovery_and_left_counts_no_more(office):
    begin_recovery(office, "rita", "olga")
    office.desk.change_user("olga", is_active=False)
    with pytest.raises(ActRefused, match="olga is no active person"):
        approve_recovery(office, "rita", "ada")


def test_no_administrator_alone_takes_the_place_of_whom_two_recovered(office):
    begin_recovery(office, "rita", "ada")
    approve_recovery(office, "rita", "olga")
    with pytest.raises(ActRefused, match="two persons recover"):
        invite(office, "rita")
    office.people.end("rita", office.now)
    with pytest.raises(ActRefused, match="two persons recover"):
        invite(office, "rita")


# ------------------------------------------------------------------------------------------ leaving


def test_a_leaver_is_out_everywhere_at_once(office):
    closed = []
    session = office.log_in("rita")
    found = caller(office, session)
    office.people._live.register(found, lambda: closed.append("socket"))
    office.join("carl")
    begin_recovery(office, "carl", "rita")
    office.desk.change_user("rita", is_active=False)
    assert caller(office, session) is None, "before anybody told the doors"
    assert office.people.end_leavers(office.now) == ["rita"]
    assert closed == ["socket"]
    with pytest.raises(ActRefused, match="waits"):
        approve_recovery(office, "carl", "ada")
    office.desk.change_user("rita", is_active=True)
    office.wait(60)
    refused(office, office.attempt("rita"))
    office.enrol("rita", invite(office, "rita"))
    office.log_in("rita")


def test_a_user_whose_time_is_over_is_out(office):
    session = office.log_in("rita")
    office.desk.change_user("rita", until_ns=office.now + SECOND_NS)
    assert caller(office, session) is not None
    office.wait(1)
    assert caller(office, session) is None


def test_logging_out_everywhere_keeps_the_password(office):
    session = office.log_in("rita")
    assert office.people.log_out_everywhere("rita") == 1
    assert caller(office, session) is None
    office.wait(30)
    office.log_in("rita")


def by_key(key_id, user_id="trend"):
    return Caller(
        user_id=user_id,
        key_id=key_id,
        scopes=frozenset(),
        sub_tree="",
        address=HOME,
        interface=Interface.WEBSOCKET,
    )


def test_streams_of_a_revoked_key_are_dropped_at_once():
    live, closed, desk = LiveConnections(), [], firm()
    for key_id in ("trend-1", "trend-1", "trend-2", "watch"):
        live.register(by_key(key_id), lambda key_id=key_id: closed.append(key_id))
    assert live.drop_key("trend-1") == 2
    assert closed == ["trend-1", "trend-1"]
    assert live.drop_ended(desk, NOON) == 0
    desk.change_key("trend-2", until_ns=NOON)
    assert live.drop_ended(desk, NOON) == 1
    desk.change_key("watch", is_revoked=True)
    live.register(by_key("", "rita"), lambda: closed.append("rita"))
    desk.change_user("rita", is_active=False)
    assert live.drop_ended(desk, NOON) == 2
    assert len(live) == 0
    assert sorted(closed) == ["rita", "trend-1", "trend-1", "trend-2", "watch"]


def test_connections_are_bounded_and_forgotten():
    live = LiveConnections()
    numbers = [live.register(by_key("trend-1"), lambda: None) for _ in range(500)]
    with pytest.raises(TooManyConnections):
        live.register(by_key("trend-1"), lambda: None)
    live.forget(numbers[0])
    live.register(by_key("trend-1"), lambda: None)
    assert live.drop_user("trend") == 500


def test_files_of_people_are_their_owners_alone(office):
    modes = {path.name: path.stat().st_mode & 0o777 for path in office.folder.iterdir()}
    assert set(modes.values()) == {0o600}, modes
    assert "secrets.sqlite" in modes
