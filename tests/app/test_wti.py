"""West Texas Intermediate through April 2020, when it settled below zero."""

import pytest

from tests.app.program import MARKET, SMALL_DESK, run_json

needs_data = pytest.mark.skipif(
    not (MARKET / "wti_spot_daily.csv").is_file(), reason=f"no market data at {MARKET}"
)


def equity(tmp_path, last):
    desk = tmp_path / "desk.toml"
    desk.write_text(SMALL_DESK.replace("closes.csv", "wti_spot_daily.csv"))
    arguments = ["replay", "--desk", desk, "--prices", MARKET, "--from", "2020-04-14", "--to", last]
    found = run_json(*arguments)
    assert found["laws_hold"], found["laws_broken"]
    assert found["orders_rejected"] == found["commands_rejected"] == {}
    return found["capital_micros"]["OIL"]


@needs_data
def test_ten_lots_through_a_price_of_minus_36_98_lose_what_they_must(tmp_path):
    """Ten lots of 1,000 barrels, bought on 15 April at its only price and two ticks of slippage.

    19.96 + 0.02 = 19.98.  Fee 10 × 2.31 = 23.10.  Marked at -36.98 on 20 April:
    (-36.98 - 19.98) × 1,000 × 10 = -56.96 × 10,000 = -569,600.00.
    2,000,000.00 - 23.10 - 569,600.00 = 1,430,376.90.
    """
    assert equity(tmp_path, "2020-04-20") == 1_430_376_900_000


@needs_data
def test_the_next_day_gives_back_what_the_price_gives_back(tmp_path):
    """8.91 on 21 April: (8.91 + 36.98) × 10,000 = +458,900.00; 1,889,276.90 in all."""
    assert equity(tmp_path, "2020-04-21") == 1_889_276_900_000
