"""The flow of orders in a desk file: its tables in human units, and their faults."""

import pytest

from fencang.app.desk.file import DeskFileFault
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl
from tests.app.test_regime_tables import with_tables

SECOND = 10**9
FLOW = """
[[trade_flow]]
node = "MASTER"
order_to_trade = 250
free_messages = 10_000
cancels = 400
of_each_contract = true
repeated_executions = 20
repeated_within = "10 s"
duplicates_within = "500 ms"
"""


def rows_of(tables):
    return [row.item for row in with_tables(tables).risk_rows]


def test_trade_flows_are_read_in_human_units():
    assert rows_of(FLOW) == [
        TradeFlowControl(
            node_id="MASTER",
            order_to_trade_max=250,
            free_messages=10_000,
            cancels_max=400,
            of_each_contract=True,
            repeated_executions_max=20,
            repeated_ns=10 * SECOND,
            duplicate_ns=SECOND // 2,
        )
    ]


TENOR = """
[[tenor_limit]]
node = "MASTER"
furthest_days = 730
nearest_days = 5
undated = true
"""


def test_tenor_limits_are_read():
    rows = rows_of(TENOR + '[[tenor_limit]]\nnode = "MASTER"\nscope = "COPPER"\nundated = false\n')
    assert rows == [
        TenorLimit(node_id="MASTER", furthest_days=730, nearest_days=5, takes_undated=True),
        TenorLimit(node_id="MASTER", scope_id="COPPER", takes_undated=False),
    ]


IMPACT = """
[[impact_limit]]
node = "MASTER"
order_share = "2 %"
window_share = "10 %"
window = "1 min"
volume_age = "5 min"
unknown_passes = true
cooling_off = "30 s"
"""


def test_impact_limits_are_read_in_human_units():
    assert rows_of(IMPACT) == [
        ImpactLimit(
            node_id="MASTER",
            order_share_ppm=20_000,
            window_share_ppm=100_000,
            window_ns=60 * SECOND,
            volume_age_ns_max=300 * SECOND,
            passes_unknown=True,
            cooling_off_ns=30 * SECOND,
        )
    ]


def test_a_row_states_what_it_likes():
    (_, row) = rows_of(FLOW + '[[trade_flow]]\nnode = "venue:EXCHANGE"\ncancels = 400\n')
    assert row == TradeFlowControl(node_id="venue:EXCHANGE", cancels_max=400)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (FLOW.replace("cancels = 400\n", ""), "trade_flow[0].cancels: is missing"),
        (FLOW.replace('"MASTER"', '"ALPHA"'), "the master account has none"),
        (
            FLOW.replace("repeated_executions = 20", "repeated_executions = 0"),
            "whole number from 1",
        ),
        (FLOW.replace('"10 s"', '"0 s"'), "trade_flow[0]"),
        (FLOW.replace("cancels = 400", "cancel = 400"), "is not a key of this table"),
        (TENOR.replace("nearest_days = 5\n", ""), "tenor_limit[0].nearest_days: is missing"),
        (TENOR.replace("730", "99_999"), "whole number from 0 to 36,500"),
        (IMPACT.replace('order_share = "2 %"\n', ""), "impact_limit[0].order_share: is missing"),
        (IMPACT.replace('"1 min"', '"2 d"'), "impact_limit[0]"),
        (FLOW + '[[trade_flow]]\nnode = "venue:MOON"\n', '"venue:MOON" is no account'),
    ],
)
def test_faults_of_tables_are_named(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))
