"""The auditor reads what one person may state alone of own orders, closing by force, and groups."""

import pytest

from fencang.messages.commands import DefineDesk
from fencang.refdata.self_match import SelfMatch, SelfMatchMode, SelfMatchScope
from tests.engine.control_firm import APART
from tests.engine.desk import trading_desk
from tests.engine.firm import changed, define, limit
from tests.engine.loss_firm import TERMS, WIDE_LOSSES
from tests.engine.node_firm import group, warning
from tests.simulation.forgery import asked_otherwise, laws_of

MODES = SelfMatchMode
AWAY = changed(APART, mode=MODES.CANCEL_OLDEST)
ALONE = {"second person"}


def mode(node, of):
    return SelfMatch(node_id=node, mode=of)


def by_one(before, row):
    """Return the laws that are broken when one person states a row after others were stated."""
    desk = trading_desk()
    desk.done(define(*before))
    desk.done(define(row))
    assert laws_of(desk.records) == set()
    return laws_of(asked_otherwise(desk.records, DefineDesk, approved_by=""))


@pytest.mark.parametrize(
    ("before", "row", "laws"),
    [
        ((AWAY,), APART, set()),
        ((APART,), AWAY, ALONE),
        ((AWAY,), changed(AWAY, mode=MODES.CANCEL_BOTH), ALONE),
        ((limit("MASTER", "*", 1_000),), AWAY, set()),
        ((APART,), mode("ALPHA", MODES.DECREMENT), ALONE),
        ((AWAY,), mode("ALPHA", MODES.CANCEL_NEWEST), set()),
        ((APART,), mode("venue:NYMEX", MODES.DECREMENT), ALONE),
        # hidden by the carrying account's, which is nearer
        ((APART, mode("carrying:C1", MODES.CANCEL_BOTH)), mode("ALPHA", None), set()),
        ((APART,), changed(APART, scope=SelfMatchScope.SUB_ACCOUNT), ALONE),
        ((APART,), changed(APART, scope=SelfMatchScope.GROUP), set()),
        ((APART,), changed(APART, stops_meet_all=False), ALONE),
        ((APART,), changed(APART, wash_window_ns=APART.wash_window_ns - 1), ALONE),
        ((APART,), changed(APART, wash_price_ticks=1), ALONE),
        ((changed(APART, wash_count_max=3),), changed(APART, wash_count_max=4), ALONE),
        ((changed(APART, wash_count_max=3),), changed(APART, wash_count_max=2), set()),
        ((APART,), SelfMatch(node_id="ALPHA", wash_count_max=2), set()),
    ],
)
def test_own_orders_are_let_meet_by_two_persons(before, row, laws):
    assert by_one(before, row) == laws


@pytest.mark.parametrize(
    ("before", "row", "laws"),
    [
        ((WIDE_LOSSES, TERMS), TERMS, set()),
        ((WIDE_LOSSES, TERMS), changed(TERMS, interval_lots_max=1), ALONE),
        ((WIDE_LOSSES,), TERMS, ALONE),
        ((APART,), group(CL=1_000_000), set()),
        ((group(CL=1_000_000),), group(CL=1_000_000), set()),
        ((group(CL=1_000_000),), group(CL=500_000), ALONE),
        ((group(CL=1_000_000),), group(CL=1_000_000, ES=100_000), ALONE),
        ((warning(),), warning(levels_ppm=(500_000,)), ALONE),
        ((warning(),), changed(warning(), margin_ppm=60_000), ALONE),
        ((warning(),), changed(warning(), margin_ppm=40_000), set()),
        ((warning(),), warning("ALPHA", levels_ppm=()), ALONE),
        ((warning(),), warning("carrying:C1", levels_ppm=()), ALONE),
        ((APART,), warning("ALPHA", levels_ppm=()), set()),
        ((warning("BETA"),), warning("ALPHA", levels_ppm=()), set()),
    ],
)
def test_terms_groups_and_warnings_are_changed_by_two_persons(before, row, laws):
    assert by_one(before, row) == laws


def test_a_person_is_not_a_second_one_to_themselves():
    desk = trading_desk()
    desk.done(define(APART))
    desk.done(define(AWAY))
    told = asked_otherwise(desk.records, DefineDesk, approved_by="risk")
    assert laws_of(told) == ALONE
