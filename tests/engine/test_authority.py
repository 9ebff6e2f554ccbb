"""Who may act on a desk: references, what one person may take away, and who is never locked out."""

import pytest
from msgspec.structs import replace

from fencang.messages import commands as cmd
from fencang.messages.commands import COMMAND_TYPES, DefineDesk
from fencang.messages.draft_events import AuthorityFounded, SingleOperatorActed
from fencang.messages.reasons import Reason
from fencang.refdata.authority import PROGRAMS, SINGLE_OPERATOR, Authority, Matter, Power
from fencang.refdata.user import Role
from tests.engine.acts import halt, line, plan, proposed, resume
from tests.engine.authority_firm import (
    ADMIN,
    ALAN,
    ALLOCATOR,
    ANN,
    AUTHORITY,
    CARL,
    COMPLIANCE,
    MANAGER,
    NAMES,
    OLGA,
    OPS,
    PEOPLE,
    RISK,
    ROB,
    RUTH,
    VIC,
    VIEWER,
    alone,
    api_key,
    delegation,
    found,
    founded_desk,
    propose,
    public,
    sign,
    signed_desk,
    user,
)
from tests.engine.desk import (
    BUY,
    START_NS,
    Desk,
    all_of,
    deposit,
    only,
    order,
    trading_desk,
    transfer,
    withdraw,
)
from tests.engine.firm import DAY, FIRM, define, limit

NEVER = START_NS + 10 * DAY


def one(*items, by="ann"):
    return define(*items, by=by, approved_by="")


def two(desk, *items):
    """Bring people in with two signatures."""
    return sign(desk, one(*items), "ann", ADMIN)


# ------------------------------------------------------------------------------------- founding


def test_the_first_record_founds_the_authority_and_names_the_desk():
    desk = Desk()
    founded = only(desk.done(define(*FIRM, *PEOPLE, AUTHORITY)), AuthorityFounded)
    assert desk.state.authority.desk_id == founded.desk_id
    assert len(founded.desk_id) == 64
    assert desk.state.authority.asks_signatures


def test_two_desks_of_the_same_file_have_two_names():
    first, second = founded_desk(), Desk()
    second.done(define(*FIRM, *PEOPLE, AUTHORITY), after_ns=5)
    assert first.state.authority.desk_id != second.state.authority.desk_id


def test_a_desk_without_an_authority_takes_names_on_trust(desk):
    desk.done(define(*PEOPLE))
    assert not desk.state.authority.asks_signatures
    desk.done(withdraw("1"))


def test_the_name_is_given_once():
    desk = founded_desk()
    events = two(desk, replace(AUTHORITY, cooling_off_ns=5))
    assert all_of(events, AuthorityFounded) == []
    assert desk.state.authority.stated.cooling_off_ns == 5


# ------------------------------------------------------------------------------------ references


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (replace(ANN, user_id="eve"), "is ann's: keys name one person"),
        (user("eve", ADMIN, RISK), "administrator and risk_officer are kept apart"),
        (user("eve", MANAGER, COMPLIANCE), "portfolio_manager and compliance are kept apart"),
        (api_key(user_id="eve"), "no user eve"),
        (api_key(sub_tree="NOWHERE"), "no sub-account or master account NOWHERE"),
        (api_key(proof_hex=public("rob")), "is the key that rob approves with"),
        (delegation("d", "ann", "eve", ADMIN), "no user eve"),
        (delegation("d", "eve", "ann", ADMIN), "no user eve"),
        (delegation("d", "ann", "rob", RISK), "ann is no risk_officer"),
        (delegation("d", "olga", "bot", OPS), "bot is a service"),
        (delegation("d", "olga", "vic", OPS), "vic is a viewer"),
        (delegation("d", "rob", "ann", RISK), "administrator and risk_officer are kept apart"),
        (Authority(single_operator=False, powers=()), ""),
    ],
)
def test_what_leads_nowhere_is_refused_with_its_place(item, words):
    desk = founded_desk()
    if not words:
        two(desk, item)
        return
    refusal = desk.refused(one(item), Reason.FAULTY_DEFINITION)
    assert words in refusal.detail, refusal.detail


def test_two_keys_never_prove_the_same():
    desk = founded_desk()
    two(desk, api_key("k1"))
    refusal = desk.refused(one(api_key("k2", proof_hex=public("api k1"))), Reason.FAULTY_DEFINITION)
    assert "proves what k1 proves" in refusal.detail


def test_pairs_stated_anew_are_held_against_everybody():
    desk = founded_desk(Authority(roles_apart=()), (*PEOPLE, user("max", MANAGER, RISK)))
    refusal = desk.refused(one(Authority()), Reason.FAULTY_DEFINITION)
    assert "max: portfolio_manager and risk_officer" in refusal.detail


@pytest.mark.parametrize(
    "people",
    [
        (),
        (ANN,),
        (ANN, VIC),
        (ANN, replace(ROB, public_keys=())),
        (ANN, replace(ROB, until_ns=NEVER)),
        (ANN, replace(ROB, is_active=False)),
        (ROB, RUTH),
        (OLGA, CARL),
    ],
    ids=lambda people: "+".join(each.user_id for each in people) or "nobody",
)
def test_a_desk_on_which_nobody_could_ever_sign_is_refused(people):
    desk = Desk()
    refusal = desk.refused(define(*FIRM, *people, AUTHORITY), Reason.FAULTY_DEFINITION)
    assert "nobody could change anything any more" in refusal.detail


def test_one_operator_must_be_there():
    desk = Desk()
    assert (
        "single operator" in desk.refused(define(*FIRM, alone()), Reason.FAULTY_DEFINITION).detail
    )
    desk.done(define(*FIRM, ANN, alone()))


# ------------------------------------------------------------------- what one person may take away

KEY = api_key(networks=("10.0.0.0/8",), sub_tree="ALPHA")
LEAVE = delegation("d", "olga", "alan", OPS)


@pytest.mark.parametrize(
    "item",
    [
        replace(OLGA, is_active=False),
        replace(OLGA, until_ns=NEVER),
        replace(OLGA, from_ns=5),
        replace(OLGA, public_keys=()),
        replace(OLGA, roles=()),
        replace(OLGA, roles=(OPS, VIEWER), public_keys=()),
        replace(KEY, is_revoked=True),
        replace(KEY, until_ns=KEY.until_ns - 1),
        replace(KEY, scopes=("orders:read",)),
        replace(KEY, networks=("10.1.0.0/16", "10.2.0.0/16")),
        replace(LEAVE, is_revoked=True),
        replace(LEAVE, until_ns=LEAVE.until_ns - 1),
    ],
)
def test_one_person_takes_away_and_two_give_back(item):
    """Law: deactivating, revoking, shortening and narrowing need one person, all else two."""
    desk = founded_desk(people=(*PEOPLE, *NAMES))
    two(desk, KEY, LEAVE)
    before = desk.state.authority.find(type(item), item.key)
    desk.done(one(item))
    back = desk.do(one(before))[0]
    assert back.reason in (Reason.SECOND_PERSON_REQUIRED, Reason.DEFINITION_IN_USE)


@pytest.mark.parametrize(
    "item",
    [
        user("eve", OPS),
        replace(OLGA, name="Other"),
        replace(OLGA, roles=(OPS, ALLOCATOR)),
        replace(OLGA, public_keys=(*OLGA.public_keys, public("second"))),
        replace(OLGA, public_keys=(public("second"),)),
        api_key("k2"),
        replace(KEY, scopes=(*KEY.scopes, "limits:read")),
        replace(KEY, networks=()),
        replace(KEY, networks=("10.0.0.0/8", "11.0.0.0/8")),
        replace(KEY, networks=("2001:db8::/32",)),
        replace(KEY, sub_tree=""),
        replace(KEY, sub_tree="BETA"),
        replace(KEY, until_ns=KEY.until_ns + 1),
        replace(LEAVE, until_ns=LEAVE.until_ns + 1),
        delegation("d2", "olga", "alan", OPS),
        replace(AUTHORITY, cooling_off_ns=5),
        replace(AUTHORITY, plan_micros_max=5),
        alone(),
    ],
)
def test_what_gives_needs_two_persons(item):
    desk = founded_desk()
    two(desk, KEY, LEAVE)
    desk.refused(one(item), Reason.SECOND_PERSON_REQUIRED)
    two(desk, item)
    assert desk.state.authority.find(type(item), item.key) == item


@pytest.mark.parametrize(
    "item",
    [
        replace(KEY, user_id="ann"),
        replace(KEY, proof_hex=public("other")),
        replace(LEAVE, role=ALLOCATOR, from_user_id="alan", to_user_id="olga"),
    ],
)
def test_what_a_key_is_never_changes(item):
    desk = founded_desk()
    two(desk, KEY, LEAVE)
    desk.refused(one(item), Reason.DEFINITION_IN_USE)


def test_narrowing_to_a_node_below_takes_one_person():
    desk = founded_desk()
    two(desk, api_key(sub_tree="MASTER"))
    desk.done(one(api_key(sub_tree="ALPHA")))
    desk.refused(one(api_key(sub_tree="MASTER")), Reason.SECOND_PERSON_REQUIRED)


def test_the_last_possible_checker_is_taken_away_by_two():
    """Law: removing the last possible checker takes two persons."""
    desk = founded_desk(people=(ANN, ROB, CARL, OLGA, ALAN))
    # Nobody but olga and rob proposes what concerns books, and nobody but carl approves rob's.
    desk.done(one(replace(OLGA, is_active=False)))
    refusal = desk.refused(one(replace(CARL, is_active=False)), Reason.SECOND_PERSON_REQUIRED)
    assert refusal.detail
    two(desk, replace(CARL, is_active=False))


def test_the_last_pair_is_never_broken():
    """Law: never so that no two active users could approve anything."""
    desk = founded_desk(people=(ANN, ROB))
    for item in (replace(ROB, is_active=False), replace(ANN, roles=())):
        desk.refused(one(item), Reason.FAULTY_DEFINITION)
    command = one(replace(ROB, is_active=False))
    draft_id = propose(desk, command, "ann", ADMIN)
    from tests.engine.authority_firm import approval

    events = desk.do(approval(desk, draft_id, "rob", RISK))
    assert events[-1].reason is Reason.FAULTY_DEFINITION
    assert desk.state.authority.users["rob"].is_active


# ----------------------------------------------------------------------------------- one operator


def test_one_operator_is_both_persons_and_it_is_told():
    desk = signed_desk(alone())
    events = desk.done(withdraw("1", approved_by=""))
    assert only(events, SingleOperatorActed).user_id == "ops"
    events = desk.done(define(limit("ALPHA", "*", 5), by="ann", approved_by=""))
    assert only(events, SingleOperatorActed).command == "DefineDesk"


def test_one_operator_approves_what_is_its_own():
    desk = trading_desk()
    plan_id = desk.done(replace(plan(line("ALPHA", "1000000", "1100000")), entered_by="ann"))[0]
    found(desk, alone())
    command = cmd.ApprovePlan(plan_id=plan_id.plan_id, approved_by="ann")
    assert only(desk.done(command), SingleOperatorActed).user_id == "ann"
    assert desk.state.plans[plan_id.plan_id].approved_by == SINGLE_OPERATOR


def test_what_needs_one_person_is_not_told_as_more():
    desk = signed_desk(alone())
    assert all_of(desk.done(deposit("1")), SingleOperatorActed) == []
    halt(desk)
    assert only(desk.done(resume()), SingleOperatorActed)


def test_a_program_is_never_both_persons():
    desk = signed_desk(alone())
    for program in PROGRAMS:
        command = replace(withdraw("1", approved_by=""), entered_by=program)
        desk.refused(command, Reason.SECOND_PERSON_REQUIRED)


def test_a_refusal_of_one_operator_is_a_refusal():
    desk = signed_desk(alone())
    before = desk.machine.sequence
    events = desk.do(withdraw("99999999999", approved_by=""))
    assert all_of(events, SingleOperatorActed) == []
    assert events[0].reason is Reason.CASH_TOO_SMALL
    assert desk.machine.sequence == before + 1


def test_one_person_ends_the_single_operator_and_two_begin_it():
    desk = founded_desk(alone())
    desk.done(one(replace(alone(), single_operator=False)))
    assert desk.state.authority.asks_signatures
    desk.refused(one(alone()), Reason.SECOND_PERSON_REQUIRED)
    two(desk, alone())
    assert not desk.state.authority.asks_signatures


def test_the_single_operator_ends_only_where_two_could_sign():
    desk = founded_desk(alone(), (ANN,))
    desk.refused(one(replace(alone(), single_operator=False)), Reason.FAULTY_DEFINITION)


# ------------------------------------------------------------------------------------ small plans


def test_a_small_plan_takes_one_person_of_an_approving_role():
    desk = trading_desk()
    small = proposed(line("ALPHA", "1000000", "1000100"))(desk)
    large = proposed(line("ALPHA", "1000000", "1000101"))(desk)
    found(desk, Authority(plan_micros_max=100_000_000))
    desk.refused(cmd.ApprovePlan(plan_id=small, approved_by="nobody"), Reason.ACTOR_UNKNOWN)
    desk.refused(cmd.ApprovePlan(plan_id=large, approved_by="alan"), Reason.SIGNATURES_REQUIRED)
    desk.done(cmd.ApprovePlan(plan_id=small, approved_by="alan"))
    sign(desk, cmd.ApprovePlan(plan_id=large, approved_by="alan"), "alan", ALLOCATOR)


def test_a_small_transfer_takes_one_person():
    desk = signed_desk(Authority(plan_micros_max=100_000_000))
    desk.done(transfer(None, "ALPHA", "100"))
    desk.refused(transfer(None, "ALPHA", "100.01"), Reason.SIGNATURES_REQUIRED)
    sign(desk, transfer(None, "ALPHA", "100.01"), "cio", ALLOCATOR)


# ------------------------------------------------------------------------------------ who may act


def test_strategies_venues_and_programs_work_on_as_before():
    desk = signed_desk()
    desk.done(order("ALPHA", BUY, 1, at="20"))
    desk.mark(CLM0="20.5")
    desk.done(cmd.RestartDesk())


def test_a_role_of_ones_own_powers():
    money = Power(matter=Matter.MONEY, propose=(ALLOCATOR,), approve=(OPS,))
    desk = signed_desk(replace(AUTHORITY, powers=(money,)))
    command = replace(withdraw("1", approved_by=""), entered_by="alan")
    sign(desk, command, "alan", ALLOCATOR, "olga", OPS)


def test_every_role_is_known_to_the_pairs_or_looks_on():
    assert {*Role} == {ADMIN, ALLOCATOR, MANAGER, RISK, OPS, COMPLIANCE, VIEWER}


def test_commands_that_bear_names_are_the_ones_at_the_gate():
    """What somebody enters is asked for its name; orders and reports of venues have none."""
    from fencang.engine.decide import DECISIONS
    from fencang.engine.decide.gate import ACTOR_FIELDS

    for kind in COMMAND_TYPES:
        named = {*kind.__struct_fields__} & {*ACTOR_FIELDS, "approved_by"}
        is_gated = DECISIONS[kind].__name__ == "behind_gate"
        assert is_gated == bool(named), kind
        by = [name for name in kind.__struct_fields__ if name.endswith("_by")]
        assert {*by} == named, kind


def test_a_definition_by_a_stranger_is_refused_before_it_is_read():
    desk = founded_desk()
    command = DefineDesk(items=(limit("NOWHERE", "*", 1),), entered_by="eve")
    desk.refused(command, Reason.ACTOR_UNKNOWN)
    assert ALAN.user_id in desk.state.authority.users
