"""The directory that follows the journal, and what is ended when a record changes somebody."""

import pytest
from msgspec.structs import replace as with_fields

from fencang.basics.time import SECOND_NS
from fencang.gateways.caller import Caller
from fencang.gateways.doors.directory import DefinedDirectory, Warden
from fencang.gateways.doors.live import LiveConnections
from fencang.gateways.doors.scopes import is_within
from fencang.messages.commands import AdvanceTime
from fencang.messages.events import DeskDefined
from fencang.messages.message import Interface
from fencang.messages.record import DECISION_VERSION, Record
from fencang.refdata.account import CarryingAccount, Mandate, MasterAccount, SubAccount
from fencang.refdata.authority import Authority, Delegation
from fencang.refdata.user import Role, UserKind
from tests.gateways.doors.door_desk import HOME, NOON, Office, signed_key, user

MASTER = MasterAccount(
    master_account_id="MASTER", person_id="FIRM", name="pool", base_currency="USD"
)
LENT = Delegation(
    delegation_id="d-1",
    from_user_id="rita",
    to_user_id="pam",
    role=Role.RISK_OFFICER,
    from_ns=NOON,
    until_ns=NOON + 10 * SECOND_NS,
    reason="away",
)


def book(sub_account_id, parent_id=None):
    return SubAccount(
        sub_account_id=sub_account_id,
        owner_id="FIRM",
        name=sub_account_id,
        mandate=Mandate(leverage_max_ppm=0, products=()),
        routes=(),
        parent_id=parent_id,
    )


def carrying(carrying_account_id):
    return CarryingAccount(
        carrying_account_id=carrying_account_id, holder_id="FIRM", broker="B", venues=("CME",)
    )


ITEMS = (
    book("A-1", "DESK-A"),  # the order within a record does not matter
    book("DESK-A"),
    carrying("FCM-1"),
    MASTER,
    user("rita", Role.RISK_OFFICER),
    user("pam", Role.PORTFOLIO_MANAGER),
    user("trend", Role.PORTFOLIO_MANAGER, kind=UserKind.SERVICE),
    signed_key("trend-1", "trend", sub_tree="DESK-A"),
    signed_key("trend-2", "trend"),
    LENT,
)


def record(*items):
    return Record(1, NOON, DECISION_VERSION, AdvanceTime(), (DeskDefined(items=items),))


@pytest.fixture
def directory():
    directory = DefinedDirectory()
    directory.apply(record(*ITEMS))
    return directory


def test_the_tree_leads_to_the_master_account(directory):
    assert directory.path_of("A-1") == ("A-1", "DESK-A", "MASTER")
    assert directory.path_of("carrying:FCM-1") == ("carrying:FCM-1", "MASTER")
    assert directory.path_of("MASTER") == ("MASTER",)
    assert directory.path_of("GONE") == directory.path_of("") == ()
    assert is_within(directory, "A-1", "DESK-A")
    assert not is_within(directory, "DESK-A", "A-1")


def test_a_lent_role_holds_while_the_lender_has_it_and_the_loan_runs(directory):
    both = {Role.PORTFOLIO_MANAGER, Role.RISK_OFFICER}
    own = {Role.PORTFOLIO_MANAGER}
    assert directory.roles_at("pam", NOON) == both
    assert directory.roles_at("pam", NOON - 1) == own
    assert directory.roles_at("pam", LENT.until_ns) == own
    for change in (
        user("rita", Role.RISK_OFFICER, is_active=False),
        user("rita", Role.VIEWER),
        with_fields(LENT, is_revoked=True),
    ):
        directory.define([change])
        assert directory.roles_at("pam", NOON) == own
        directory.define([user("rita", Role.RISK_OFFICER), LENT])
    assert directory.roles_at("nobody", NOON) == frozenset()
    directory.define([user("pam", Role.PORTFOLIO_MANAGER, is_active=False)])
    assert directory.roles_at("pam", NOON) == frozenset()


def test_what_was_lent_is_not_lent_on(directory):
    onward = with_fields(LENT, delegation_id="d-2", from_user_id="pam", to_user_id="trend")
    directory.define([onward])
    assert directory.roles_at("trend", NOON) == {Role.PORTFOLIO_MANAGER}


def test_a_desk_without_an_authority_has_the_ordinary_one(directory):
    assert directory.authority() == Authority()
    directory.define([Authority(single_operator=True)])
    assert directory.authority().single_operator


def test_a_record_says_whom_it_touched(directory):
    touched = directory.define([signed_key("trend-2", "trend", is_revoked=True), book("NEW")])
    assert (touched.key_ids, touched.user_ids) == ({"trend-2"}, frozenset())
    touched = directory.define([user("rita", Role.VIEWER)])
    assert touched.user_ids == {"rita", "pam"}, "who borrowed from her is touched too"
    assert directory.define([with_fields(LENT, to_user_id="trend")]).user_ids == {"pam", "trend"}
    assert directory.define([book("A-1", "DESK-B")]).key_ids == {"trend-1"}, "walls moved"
    assert not directory.define([Authority()]).everybody
    assert directory.define([Authority(single_operator=True)]).everybody


@pytest.fixture
def closed():
    return []


@pytest.fixture
def warden(tmp_path, directory, closed):
    directory.define([user("ada", Role.ADMINISTRATOR)])
    live = LiveConnections()
    office = Office(tmp_path, directory, live=live)
    office.join("rita")
    for key_id, user_id in (("trend-1", "trend"), ("trend-2", "trend"), ("", "rita")):
        caller = Caller(
            user_id=user_id,
            key_id=key_id,
            scopes=frozenset(),
            sub_tree="",
            address=HOME,
            interface=Interface.WEBSOCKET,
        )
        live.register(caller, lambda name=key_id or user_id: closed.append(name))
    warden = Warden(directory, live, office.people)
    warden.office = office
    return warden


def test_a_revoked_or_narrowed_key_loses_its_connections_with_the_record(warden, closed):
    revoked = signed_key("trend-1", "trend", is_revoked=True)
    assert warden.follow(record(revoked), NOON) == 1
    narrowed = signed_key("trend-2", "trend", scopes=("orders:read",))
    assert warden.follow(record(narrowed), NOON) == 1
    assert closed == ["trend-1", "trend-2"]


def test_a_user_who_leaves_leaves_nothing_behind(warden, closed):
    office = warden.office
    session = office.log_in("rita")
    assert warden.follow(record(user("rita", Role.RISK_OFFICER, is_active=False)), office.now) == 1
    assert closed == ["rita"]
    assert len(office.people.sessions) == 0
    assert office.people.caller_of(session, HOME, Interface.REST, office.now) is None
    assert office.people._rows.enrolled() == ["ada"]


def test_another_authority_lets_everybody_come_in_anew(warden, closed):
    assert warden.follow(record(Authority(single_operator=True)), NOON) == 3
    assert len(closed) == 3


def test_a_record_about_something_else_ends_nothing(warden, closed):
    assert warden.follow(record(book("NEW")), NOON) == 0
    assert closed == []
