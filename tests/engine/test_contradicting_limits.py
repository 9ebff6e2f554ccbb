"""A tree of limits that cannot be meant: every fault at once, and the old tree stays in force."""

from datetime import date

from fencang.messages.reasons import Reason
from fencang.refdata.ties import OwnershipEdge
from tests.engine.desk import BUY
from tests.engine.firm import define, limit, sub_account
from tests.engine.node_firm import group, override, warning, wide
from tests.engine.regime_firm import exemption, use_regimes

OWNED = {"share_ppm": 100_000, "valid_from": date(2020, 1, 1), "evidence": "register"}


def test_all_faults_are_listed_at_once_and_the_old_tree_stays(desk):
    use_regimes(desk)
    desk.done(define(limit("ALPHA", "CL", 5)))
    faulty = {
        "is its own ancestor over ROUND": sub_account("CIRCLE", parent="ROUND"),
        "is its own ancestor over CIRCLE": sub_account("ROUND", parent="CIRCLE"),
        "no parent sub-account NOBODY": sub_account("ORPHAN", parent="NOBODY"),
        "ALPHA CL is defined more than once": limit("ALPHA", "CL", 1),
        "no sub-account or master account STRANGER": limit("STRANGER", "CL", 1),
        "no contract or product XX": limit("MASTER", "XX", 1),
        "no venue LSE that venue:LSE could name": limit("venue:LSE", "*", 1),
        "no contract or product ZZ": group("ODD", ZZ=1),
        "levels_ppm must rise": warning(levels_ppm=(800_000, 800_000)),
        "BETA in CL has no PositionLimit": override("O-1", node="BETA", **wide()),
        "evidence is empty": exemption(9, exemption_id="BARE", evidence=" "),
        "is past its date": exemption(9, exemption_id="OLD", valid_to=date(2020, 2, 1)),
        "no person GHOST": OwnershipEdge(owner_id="GHOST", owned_id="FUND", **OWNED),
        "no person SPIRIT": OwnershipEdge(owner_id="FUND", owned_id="SPIRIT", **OWNED),
    }
    items = (*faulty.values(), limit("ALPHA", "CL", 99))
    found = desk.refused(define(*items), Reason.FAULTY_DEFINITION)
    for words in faulty:
        assert words in found.detail, f"{words}: {found.detail}"
    desk.accepted("ALPHA", BUY, 5, at="20")
    assert desk.submit("ALPHA", BUY, 1, at="20")[0].reason is Reason.POSITION_LIMIT


def test_a_childs_limit_above_its_parents_is_no_contradiction(desk):
    """The parent binds all the same: the most restrictive wins."""
    desk.done(define(sub_account("NEST", parent="ALPHA")))
    desk.fund("NEST", "1000000")
    desk.done(define(limit("NEST", "CL", 50), limit("ALPHA", "CL", 5)))
    desk.accepted("NEST", BUY, 5, at="20")
    found = desk.submit("NEST", BUY, 1, at="20")[0]
    assert (found.node_id, found.limit, found.value) == ("ALPHA", 5, 6)
