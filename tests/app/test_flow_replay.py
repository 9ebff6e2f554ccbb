"""A replay whose desk limits orders by volume: its bars say what was traded."""

from fencang.messages.commands import ReportFill
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_commands import ReportVolumes
from tests.app.program import SMALL_DESK
from tests.app.test_replay_days import CLOSES, commands_of, replayed

DAY = 86_400 * 10**9
LIMIT = """
[[impact_limit]]
node = "MASTER"
order_share = "10 %"
window_share = "50 %"
window = "24 h"
volume_age = "5 d"
"""


def traded(volume):
    """Return the desk's ten lots a trade, in a market of so many lots a day."""
    return SMALL_DESK.replace(
        'date_column = "Date"', f'date_column = "Date"\nvolume_lots = {volume}'
    )


def test_a_desk_without_the_limit_is_told_nothing(tmp_path):
    _, records = replayed(tmp_path, traded(100), CLOSES)
    assert commands_of(records, ReportVolumes) == []


def test_orders_of_a_replay_keep_to_their_share_of_the_days_volume(tmp_path):
    """10 lots are 10 % of 100, and more than 10 % of 99."""
    _, records = replayed(tmp_path, traded(100) + LIMIT, CLOSES)
    reports = commands_of(records, ReportVolumes)
    assert [report.source for report in reports] == ["feed"] * 3
    (volume,) = reports[0].volumes
    assert (volume.contract_id, volume.quantity_lots, volume.window_ns) == ("CL-C", 100, DAY)
    assert [fill.quantity_lots for fill in commands_of(records, ReportFill)] == [10]
    replay, records = replayed(tmp_path, traded(99) + LIMIT, CLOSES)
    assert commands_of(records, ReportFill) == []
    assert replay.tally.orders_rejected == {Reason.MARKET_IMPACT.words: 2}
