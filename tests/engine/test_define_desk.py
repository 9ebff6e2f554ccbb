"""Reference values: all faults at once, nothing half-applied, one person tightens, two loosen."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.account import PositionMode
from fencang.refdata.contract import Contract
from fencang.refdata.desk import DeskSettings
from fencang.refdata.person import LegalPerson
from tests.engine.acts import halt, resume
from tests.engine.desk import BUY, SELL, Desk, order
from tests.engine.firm import (
    ALPHA,
    C1,
    CL,
    FIRM,
    MASTER,
    PERSONS,
    changed,
    define,
    limit,
    money,
    product,
    rule,
    sub_account,
)


def test_an_empty_desk_refuses_everything_and_needs_a_master_account():
    desk = Desk()
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.UNKNOWN_SUB_ACCOUNT)
    refusal = desk.refused(define(*PERSONS), Reason.FAULTY_DEFINITION)
    assert "MasterAccount" in refusal.detail
    desk.done(cmd.RestartDesk())
    desk.done(cmd.AdvanceTime())


def test_items_may_come_in_any_order():
    desk = Desk()
    desk.done(define(*reversed(FIRM)))
    assert sorted(desk.state.subs) == ["ALPHA", "BETA", "CLIENT1", "FUNDOMNI", "GAMMA"]


def test_every_fault_is_listed_at_once_and_nothing_is_applied(desk):
    command = define(
        LegalPerson(person_id="GOOD", name="Good", jurisdiction="US"),
        LegalPerson(person_id="BAD", name="Bad", jurisdiction="us", lei="123"),
        product("XX", "CBOT", "USD", "1", "0.0000001"),
        Contract(contract_id="X1", product_id="NOPE"),
        changed(C1, carrying_account_id="C9", holder_id="NOBODY", venues=("CBOT",)),
        sub_account("S9", owner="NOBODY", parent="P9", products=("ZZ",), routes={"OSE": "C8"}),
        limit("NODE", "SCOPE", 1),
        rule(tag="untagged"),
    )
    detail = desk.refused(command, Reason.FAULTY_DEFINITION).detail
    for text in (
        "items[1] LegalPerson: lei",
        "items[1] LegalPerson: jurisdiction",
        "items[2] Product: one settlement tick",
        "items[2] Product: no venue CBOT",
        "items[3] Contract: no product NOPE",
        "items[4] CarryingAccount: no person NOBODY",
        "items[4] CarryingAccount: no venue CBOT",
        "items[5] SubAccount: no person NOBODY",
        "items[5] SubAccount: no parent sub-account P9",
        "items[5] SubAccount: no product ZZ",
        "items[5] SubAccount: no carrying account C8",
        "items[6] PositionLimit: no sub-account or master account NODE",
        "items[6] PositionLimit: no contract or product SCOPE",
        "items[7] IndicatorRule: no sub-account carries the tag",
    ):
        assert text in detail, text
    assert "items[0]" not in detail
    assert "GOOD" not in desk.state.persons


@pytest.mark.parametrize(
    "twice",
    [
        (product("XX", "NYMEX", "USD", "1", "1"), product("XX", "NYMEX", "EUR", "1", "1")),
        (
            changed(C1, carrying_account_id="C9"),
            changed(C1, carrying_account_id="C9", position_mode=PositionMode.GROSS),
        ),
        (sub_account("NEW"), sub_account("NEW", parent="ALPHA")),
        (limit("ALPHA", "*", 1), limit("ALPHA", "*", 2)),
    ],
    ids=["product", "carrying account", "sub-account", "limit"],
)
def test_a_value_defined_twice_in_one_command_is_a_fault(desk, twice):
    """Law: snapshot plus tail equals full replay; of two definitions none is the right one."""
    desk.refused(define(*twice), Reason.FAULTY_DEFINITION)


@pytest.mark.parametrize(
    "item",
    [
        changed(CL, currency="EUR"),
        changed(CL, point_value_micros=money("10")),
        changed(MASTER, base_currency="EUR"),
        changed(MASTER, master_account_id="OTHER"),
        changed(C1, position_mode=PositionMode.GROSS),
        changed(C1, holder_id="CLIENT", omnibus=True),
        changed(ALPHA, parent_id="BETA"),
        Contract(contract_id="CLM0", product_id="ES"),
    ],
    ids=lambda item: type(item).__name__,
)
def test_what_books_stand_on_cannot_change(desk, item):
    events = desk.do(define(item))
    assert events[0].reason in (Reason.DEFINITION_IN_USE, Reason.FAULTY_DEFINITION)


@pytest.mark.parametrize("active", [True, False])
def test_routes_are_fixed_while_positions_or_orders_stand(desk, active):
    moved = sub_account("ALPHA", tags=("cut",), routes={"NYMEX": "OMNI"})
    order_id = desk.working("ALPHA", BUY, 1, at="20")
    desk.refused(define(moved), Reason.DEFINITION_IN_USE)
    if active:
        desk.fill(order_id, 1, "20")
        desk.refused(define(moved), Reason.DEFINITION_IN_USE)
        return
    desk.cancelled(order_id)
    desk.done(define(moved))
    desk.trade("ALPHA", BUY, 2, "20")
    assert desk.lots("ALPHA", account="OMNI") == (2, 0)


LOOSE = {"leverage_max_ppm": 20_000_001}
TIGHTER = [
    limit("MASTER", "*", 999),
    sub_account("ALPHA", tags=("cut",), leverage_max_ppm=1),
    sub_account("ALPHA", tags=("cut",), products=("CL",)),
]
LOOSER = [
    limit("MASTER", "*", 1_001),
    limit("MASTER", "*", 1, 1_001),
    limit("ALPHA", "*", 1),
    sub_account("ALPHA", tags=("cut",), **LOOSE),
    sub_account("ALPHA"),
    sub_account("ALPHA", tags=("cut",), leverage_max_ppm=1, risk_budget_micros=1),
    changed(CL, margin_ppm=1),
    DeskSettings(),
    sub_account("NEW"),
    rule(),
]


@pytest.mark.parametrize("item", TIGHTER)
def test_one_person_tightens(desk, item):
    desk.done(define(item, approved_by=""))


@pytest.mark.parametrize("item", LOOSER)
def test_everything_else_needs_two(desk, item):
    desk.refused(define(item, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.refused(define(item, approved_by="risk"), Reason.SECOND_PERSON_IS_THE_FIRST)
    desk.done(define(item))


def test_one_looser_value_among_tighter_ones_needs_two(desk):
    desk.refused(define(TIGHTER[0], LOOSER[3], approved_by=""), Reason.SECOND_PERSON_REQUIRED)


@pytest.mark.parametrize("node", ["ALPHA", "MASTER"])
def test_one_person_stops_and_two_resume(desk, node):
    halt(desk, node, TradingState.REDUCE_ONLY)
    halt(desk, node)
    looser = changed(resume(), node_id=node, trading_state=TradingState.REDUCE_ONLY)
    desk.refused(looser, Reason.SECOND_PERSON_REQUIRED)
    desk.refused(changed(looser, approved_by="risk"), Reason.SECOND_PERSON_IS_THE_FIRST)
    desk.done(changed(looser, approved_by="boss"))
    desk.refused(order("ALPHA", BUY, 1, at="20"), Reason.REDUCE_ONLY)
    desk.done(changed(looser, trading_state=TradingState.ACTIVE, approved_by="boss"))
    desk.done(order("ALPHA", BUY, 1, at="20"))


@pytest.fixture
def nested(desk):
    """HOUSE over TEAM over TRADER, and RIVAL beside TEAM."""
    desk.done(
        define(
            sub_account("HOUSE"),
            sub_account("TEAM", parent="HOUSE"),
            sub_account("TRADER", parent="TEAM"),
            sub_account("RIVAL", parent="HOUSE"),
        )
    )
    desk.fund("TRADER", "1000000")
    desk.fund("RIVAL", "1000000")
    return desk


@pytest.mark.parametrize("node", ["TRADER", "TEAM", "HOUSE", "MASTER"])
@pytest.mark.parametrize("scope", ["CLM0", "CL", "*"])
def test_limits_bind_at_every_level_of_the_tree(nested, node, scope):
    nested.done(define(limit(node, scope, 10, 20)))
    refusal = nested.refused(order("TRADER", BUY, 11, at="20"), Reason.POSITION_LIMIT)
    assert (refusal.limit, refusal.value) == (10, 11)
    refusal = nested.refused(order("TRADER", SELL, 21, at="20"), Reason.POSITION_LIMIT)
    assert (refusal.limit, refusal.value) == (20, 21)
    nested.accepted("TRADER", BUY, 10, at="20")
    nested.refused(order("TRADER", BUY, 1, at="20"), Reason.POSITION_LIMIT)


def test_a_parents_limit_counts_all_below_it_and_nobody_else(nested):
    nested.done(define(limit("HOUSE", "CL", 10)))
    nested.trade("RIVAL", BUY, 4, "20", contract="CLN0")
    nested.accepted("RIVAL", BUY, 3, at="20")
    nested.trade("ALPHA", BUY, 50, "20")
    refusal = nested.refused(order("TRADER", BUY, 4, at="20"), Reason.POSITION_LIMIT)
    # TRADER inherits the limit and is within it; the house as a whole is not.
    assert (refusal.node_id, refusal.limit, refusal.value) == ("HOUSE", 10, 11)
    nested.done(order("TRADER", BUY, 3, at="20"))


def test_long_and_short_worst_cases_stand_apart(nested):
    """Working orders of one side earn no credit against the other."""
    nested.done(define(limit("TRADER", "CLM0", 10)))
    nested.accepted("TRADER", SELL, 10, at="21")
    nested.accepted("TRADER", BUY, 10, at="19")
    nested.refused(order("TRADER", BUY, 1, at="19"), Reason.POSITION_LIMIT)


def test_a_contract_limit_wins_over_the_products(nested):
    nested.done(define(limit("TRADER", "CL", 100), limit("TRADER", "CLM0", 5)))
    nested.refused(order("TRADER", BUY, 6, at="20"), Reason.POSITION_LIMIT)
    nested.done(order("TRADER", BUY, 6, "CLN0", "20", "n"))


def test_without_any_limit_nothing_trades(desk):
    """Unset at the root is zero, never infinite."""
    bare = Desk()
    bare.done(define(*(item for item in FIRM if type(item).__name__ != "PositionLimit")))
    bare.open()
    bare.mark(CLM0="20")
    bare.fund("ALPHA", "1000000")
    refusal = bare.refused(order("ALPHA", BUY, 1, at="20"), Reason.POSITION_LIMIT)
    assert refusal.limit == 0


@pytest.mark.parametrize("node", ["TEAM", "HOUSE", "MASTER"])
def test_stopping_a_node_stops_all_below(nested, node):
    halt(nested, node)
    refusal = nested.refused(order("TRADER", BUY, 1, at="20"), Reason.TRADING_HALTED)
    assert refusal.node_id == node
    if node != "MASTER":
        nested.done(order("ALPHA", BUY, 1, at="20"))


@pytest.mark.parametrize("parent", ["TRADER", "NEW"])
def test_a_sub_account_is_not_its_own_ancestor(nested, parent):
    looped = sub_account("TEAM" if parent == "TRADER" else "NEW", parent=parent)
    nested.refused(define(looped), Reason.FAULTY_DEFINITION)


def test_a_change_of_margin_reaches_every_standing_at_once(desk):
    desk.trade("ALPHA", BUY, 10, "20")
    desk.done(define(changed(CL, margin_ppm=200_000, margin_floor_micros=money("5000"))))
    assert desk.requirement("ALPHA") == 10 * money("5000")
