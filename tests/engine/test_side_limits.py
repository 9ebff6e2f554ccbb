"""Position limits on carrying account, venue and owner, and on groups of products."""

import pytest

from fencang.messages.events import OrderRejected
from fencang.messages.reasons import Reason
from fencang.refdata.contract import Contract
from tests.engine.desk import BUY, SELL, stray
from tests.engine.firm import changed, define, limit, sub_account
from tests.engine.node_firm import group

CRUDE = "CL"


def refusal(events):
    (found,) = events
    assert isinstance(found, OrderRejected), found
    assert found.reason is Reason.POSITION_LIMIT, found
    return found.node_id, found.limit, found.value


@pytest.mark.parametrize("node", ["carrying:C1", "venue:NYMEX", "person:FUND"])
def test_a_node_beside_the_tree_counts_everybody_under_it(desk, node):
    """Exactly at the limit passes, one lot more does not; what another node holds is not asked."""
    desk.done(define(limit(node, CRUDE, 30)))
    desk.accepted("ALPHA", BUY, 20, at="20")
    assert refusal(desk.submit("BETA", BUY, 11, at="20")) == (node, 30, 31)
    desk.accepted("BETA", BUY, 10, at="20")
    desk.accepted("ALPHA", BUY, 31, "FDAX", at="10000")
    desk.accepted("BETA", SELL, 30, at="20")


def test_what_is_not_stated_beside_the_tree_is_not_asked(desk):
    desk.accepted("ALPHA", BUY, 20, at="20")
    desk.done(define(limit("venue:EUREX", "*", 1), limit("person:CLIENT", "*", 0)))
    desk.accepted("BETA", BUY, 20, at="20")
    desk.accepted("ALPHA", BUY, 1, "FDAX", at="10000")
    assert refusal(desk.submit("ALPHA", BUY, 1, "FDAX", at="10000")) == ("venue:EUREX", 1, 2)


def test_a_limit_that_comes_later_counts_what_is_held_and_what_works(desk):
    """12 held, 5 at work, 3 that nobody claims: 20, and the limit of 22 leaves room for two."""
    desk.trade("ALPHA", BUY, 12, "20")
    desk.working("BETA", BUY, 5, at="20")
    stray(desk, BUY, 3, "20")
    desk.done(define(limit("carrying:C1", CRUDE, 22)))
    assert refusal(desk.submit("GAMMA", BUY, 3, at="20")) == ("carrying:C1", 22, 23)
    desk.accepted("GAMMA", BUY, 2, at="20")
    desk.done(define(limit("carrying:C1", CRUDE, 23)))
    desk.accepted("GAMMA", BUY, 1, at="20")


def test_a_product_nets_over_its_contracts_and_a_contract_does_not(desk):
    """50 long in July sold against 50 in June: the product is flat, the contract is not."""
    desk.done(define(limit("venue:NYMEX", CRUDE, 60), limit("venue:NYMEX", "CLM0", 55)))
    desk.trade("ALPHA", SELL, 50, "20", contract="CLN0")
    desk.trade("BETA", BUY, 55, "20")
    assert refusal(desk.submit("BETA", BUY, 1, at="20")) == ("venue:NYMEX", 55, 56)
    desk.accepted("BETA", BUY, 55, "CLN0", at="20")
    assert refusal(desk.submit("BETA", BUY, 1, "CLN0", at="20")) == ("venue:NYMEX", 60, 61)


def test_reducing_gets_out_and_lots_move_within_an_account(desk):
    desk.trade("ALPHA", BUY, 20, "20")
    desk.done(define(limit("carrying:C1", CRUDE, 5)))
    assert refusal(desk.submit("BETA", BUY, 1, at="20")) == ("carrying:C1", 5, 21)
    desk.accepted("ALPHA", SELL, 20, at="20")


def test_an_unclaimed_fill_counts_for_account_venue_and_holder(desk):
    desk.done(define(*(limit(node, CRUDE, 10) for node in ("carrying:OMNI", "person:FUND"))))
    stray(desk, BUY, 4, "20", account="OMNI")
    desk.fund("FUNDOMNI", "500000", account="OMNI")
    assert refusal(desk.submit("FUNDOMNI", BUY, 7, at="20")) == ("carrying:OMNI", 10, 11)
    assert refusal(desk.submit("ALPHA", BUY, 7, at="20")) == ("person:FUND", 10, 11)


def test_a_contract_with_the_name_of_its_product_counts_once(desk):
    desk.done(define(limit("ALPHA", "FDAX", 5)))
    desk.accepted("ALPHA", BUY, 5, "FDAX", at="10000")
    assert refusal(desk.submit("ALPHA", BUY, 1, "FDAX", at="10000")) == ("ALPHA", 5, 6)


# --------------------------------------------------------------------------------------- groups


def test_a_group_counts_ratios_and_rounds_up(desk):
    """Ten of ES are one of the group: 4 CL and 11 ES are 5.1, which is more than 5."""
    desk.done(define(group(CL=1_000_000, ES=100_000), limit("MASTER", "FUEL", 5)))
    desk.accepted("ALPHA", BUY, 4, at="20")
    desk.accepted("BETA", BUY, 10, "ESM0", at="3000")
    assert refusal(desk.submit("BETA", BUY, 1, "ESM0", at="3000")) == ("MASTER", 5, 6)
    desk.accepted("BETA", SELL, 40, "ESM0", at="3000")


def test_a_group_nets_what_is_held(desk):
    """BETA is 4 of the group short; ALPHA's own limit is wider than the 5 that it would inherit."""
    limits = limit("MASTER", "FUEL", 5), limit("ALPHA", "FUEL", 100)
    desk.done(define(group(CL=1_000_000, ES=100_000), *limits))
    desk.trade("BETA", SELL, 40, "3000", contract="ESM0")
    desk.accepted("ALPHA", BUY, 9, at="20")
    assert refusal(desk.submit("ALPHA", BUY, 1, at="20")) == ("MASTER", 5, 6)


def test_groups_stand_on_the_tree_inherit_and_stand_beside_it(desk):
    desk.done(
        define(
            sub_account("NEST", parent="ALPHA"),
            group(CL=1_000_000, ES=1_000_000),
            limit("ALPHA", "FUEL", 8),
            limit("carrying:C1", "FUEL", 12),
        )
    )
    desk.fund("NEST", "1000000")
    desk.accepted("NEST", BUY, 8, at="20")
    assert refusal(desk.submit("NEST", BUY, 1, "ESM0", at="3000")) == ("NEST", 8, 9)
    assert refusal(desk.submit("ALPHA", BUY, 1, "ESM0", at="3000")) == ("ALPHA", 8, 9)
    desk.accepted("BETA", BUY, 4, "ESM0", at="3000")
    assert refusal(desk.submit("BETA", BUY, 1, "ESM0", at="3000")) == ("carrying:C1", 12, 13)


def test_a_contracts_membership_wins_over_its_products_and_a_changed_group_counts_anew(desk):
    fuel = group(CL=1_000_000, CLN0=500_000)
    desk.trade("ALPHA", BUY, 4, "20", contract="CLN0")
    desk.done(define(fuel, limit("MASTER", "FUEL", 6)))
    desk.accepted("ALPHA", BUY, 4, at="20")
    assert refusal(desk.submit("ALPHA", BUY, 1, at="20")) == ("ALPHA", 6, 7)
    assert refusal(desk.submit("BETA", BUY, 1, at="20")) == ("MASTER", 6, 7)
    desk.refused(define(group(ES=1), approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(define(group(CL=500_000)))
    desk.accepted("ALPHA", BUY, 4, at="20")
    assert refusal(desk.submit("ALPHA", BUY, 1, at="20")) == ("ALPHA", 6, 7)


def test_a_scope_has_one_meaning_and_members_exist(desk):
    for items, words in (
        ((group("CL", ES=1),), "CL is a product or contract"),
        ((group(XX=1),), "no contract or product XX"),
        ((limit("MASTER", "FUEL", 1),), "no contract or product FUEL"),
        ((limit("carrying:NONE", "*", 1),), "no carrying NONE"),
        ((group(ES=1), changed_contract(desk, "FUEL")), "FUEL is a group of position limits"),
    ):
        found = desk.refused(define(*items), Reason.FAULTY_DEFINITION)
        assert words in found.detail, found.detail


def changed_contract(desk, name):
    known = desk.state.contracts["CLM0"].contract
    assert isinstance(known, Contract)
    return changed(known, contract_id=name)
