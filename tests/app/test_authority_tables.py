"""Users, keys, delegations and the authority in a desk file."""

from dataclasses import replace

import pytest

from fencang.app.commands.desk import refusals_of
from fencang.app.desk.definitions import parse_definitions
from fencang.app.desk.file import DeskFileFault
from fencang.basics.time import DAY_NS, parse_time
from fencang.refdata.api_key import ApiKeyKind
from fencang.refdata.authority import ROLES_APART, Authority, Matter
from fencang.refdata.limit import PositionLimit
from fencang.refdata.user import Role, User, UserKind
from tests.app.program import run, run_json
from tests.app.test_regime_tables import MINIMAL, with_tables
from tests.engine.authority_firm import public

PEOPLE = f"""
[[user]]
id = "ann"
name = "Ann"
roles = ["administrator"]
public_keys = ["{public("ann")}"]

[[user]]
id = "rob"
name = "Rob"
roles = ["risk_officer"]
public_keys = ["{public("rob")}"]
from = "2020-01-01T00:00:00Z"

[[user]]
id = "bot"
name = "Trend program"
kind = "service"
roles = ["portfolio_manager"]
until = "2030-01-01T00:00:00Z"
"""
AUTHORITY = """
[authority]
cooling_off = "1 h"
draft_age = "3 d"
plan_size = "1_000_000.50"
roles_apart = [["administrator", "risk_officer"]]

[[authority.power]]
matter = "money"
propose = ["operations"]
approve = ["allocator", "risk_officer"]
"""
KEYS = f"""
[[api_key]]
id = "bot-1"
user = "bot"
public_key = "{public("bot")}"
scopes = ["orders:write", "orders:read"]
networks = ["10.0.0.0/8"]
until = "2030-01-01T00:00:00Z"
note = "rack 4"

[[api_key]]
id = "screen"
user = "ann"
kind = "bearer"
token_sha256 = "{"ab" * 32}"
scopes = ["positions:read"]
until = "2027-01-01T00:00:00Z"
revoked = true

[[delegation]]
id = "leave"
from_user = "rob"
to_user = "rita"
role = "risk_officer"
from = "2026-12-01T00:00:00Z"
until = "2026-12-24T00:00:00Z"
reason = "on leave"

[[user]]
id = "rita"
name = "Rita"
roles = []
"""


def items(text):
    return [row.item for row in with_tables(text).authority_rows]


def faults_of(text):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(text)
    return [str(fault) for fault in caught.value.faults]


def test_people_are_read():
    ann, rob, bot = items(PEOPLE)
    assert (ann.roles, ann.public_keys) == ((Role.ADMINISTRATOR,), (public("ann"),))
    assert (rob.from_ns, rob.until_ns) == (parse_time("2020-01-01T00:00:00Z"), None)
    assert bot.kind is UserKind.SERVICE
    assert bot.until_ns == parse_time("2030-01-01T00:00:00Z")


def test_the_authority_is_read_in_human_units():
    authority = items(PEOPLE + AUTHORITY)[-1]
    assert authority.cooling_off_ns == DAY_NS // 24
    assert authority.draft_age_ns_max == 3 * DAY_NS
    assert authority.plan_micros_max == 1_000_000_500_000
    assert len(authority.roles_apart) == 1
    assert authority.power(Matter.MONEY).propose == (Role.OPERATIONS,)


def test_what_an_authority_leaves_out_has_its_default():
    (authority,) = items("[authority]\n")
    assert authority == Authority()
    assert authority.roles_apart == ROLES_APART


def test_keys_and_delegations_are_read():
    found = {item.key: item for item in items(PEOPLE + KEYS)}
    assert found["bot-1",].proof_hex == public("bot")
    assert found["bot-1",].networks == ("10.0.0.0/8",)
    assert found["screen",].kind is ApiKeyKind.BEARER
    assert found["screen",].is_revoked
    assert found["leave",].role is Role.RISK_OFFICER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PEOPLE.replace('"administrator"', '"boss"'), 'user[0].roles: "boss" is not one of'),
        (PEOPLE.replace('["administrator"]', "3"), "is not a list such as"),
        (PEOPLE.replace("2020-01-01T00:00:00Z", "soon"), "user[1].from: 'soon' is not RFC 3339"),
        (PEOPLE.replace(public("ann"), "00" * 32), "small order"),
        (PEOPLE.replace(public("ann"), "xyz"), "public_keys"),
        (PEOPLE.replace('name = "Ann"', 'nam = "Ann"'), "is not a key of this table"),
        (PEOPLE + PEOPLE, "is stated by user[0] already"),
        (KEYS, "api_key[0].user"),
        (
            PEOPLE + KEYS.replace('until = "2030-01-01T00:00:00Z"', ""),
            "api_key[0].until: is missing",
        ),
        (PEOPLE + KEYS.replace('note = "rack 4"', 'sub_tree = "NOPE"'), "api_key[0].sub_tree"),
        (PEOPLE + KEYS.replace("10.0.0.0/8", "10.0.0.1/8"), "is no network"),
        (PEOPLE + KEYS.replace("rita", "eve", 1), "delegation[0].to_user"),
        (PEOPLE + AUTHORITY.replace('"1 h"', '"4 d"'), "drafts would expire first"),
        (PEOPLE + AUTHORITY.replace('["administrator", "r', '["r'), "is not a pair of two roles"),
    ],
)
def test_every_fault_has_its_place(text, words):
    found = faults_of(text)
    assert any(words in fault for fault in found), found


def test_an_opening_comes_before_the_founding():
    """Rates and books of an opening name two persons; the authority is founded behind them."""
    desk = with_tables(PEOPLE + AUTHORITY)
    assert [type(item) for item in desk.opening[-1].items] == [Authority]
    assert not any(isinstance(item, Authority) for item in desk.define.items)
    assert any(isinstance(item, User) for item in desk.define.items)
    assert refusals_of(desk) == []


def test_without_an_opening_the_first_record_founds_the_authority():
    desk = with_tables(PEOPLE + AUTHORITY)
    desk = replace(desk, opening_rates=(), deposits=(), account_plans=())
    assert desk.opening == ()
    assert isinstance(desk.define.items[-1], Authority)
    assert refusals_of(desk) == []


def test_whoever_approves_plans_of_one_operators_replay_is_a_user():
    found = faults_of(PEOPLE + "[authority]\nsingle_operator = true\n")
    assert any("plan.approved_by" in fault for fault in found)


def test_tables_on_their_own_are_read_for_a_draft():
    found = parse_definitions(PEOPLE + '[[limit]]\nnode = "ALPHA"\nlots = 5\n', "draft.toml")
    assert [type(item) for item in found] == [PositionLimit, User, User, User]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "states nothing"),
        ('[desk]\nname = "x"\n', "is not a key of this table"),
        ("[[limit]\n", "is not TOML"),
        ('[[limit]]\nnode = "ALPHA"\n', "lots"),
    ],
)
def test_faults_of_tables_on_their_own_are_told(text, words):
    with pytest.raises(DeskFileFault) as caught:
        parse_definitions(text, "draft.toml")
    assert any(words in str(fault) for fault in caught.value.faults)


def test_a_desk_of_one_operator_says_so_aloud(tmp_path):
    alone = PEOPLE + "[authority]\nsingle_operator = true\n"
    path = tmp_path / "desk.toml"
    path.write_text(MINIMAL.partition("[plan]")[0] + alone, encoding="utf-8")
    done = run("desk", "check", path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ONE OPERATOR")
    assert run_json("desk", "check", path)["single_operator"] is True
