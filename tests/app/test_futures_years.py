"""Real years of futures: many contracts, several currencies, rolls as the data say."""

import json

import pytest

from benchmarks.futures_desk import desk_text, instruments, market_folder
from tests.app.program import MARKET, run_json

needs_data = pytest.mark.skipif(market_folder() is None, reason=f"no market data at {MARKET}")


def replayed(tmp_path, first, last, *, timeout):
    desk = tmp_path / "desk.toml"
    desk.write_text(desk_text(instruments(market_folder())))
    arguments = ["replay", "--desk", desk, "--prices", MARKET, "--from", first, "--to", last]
    return run_json(*arguments, timeout=timeout)


def lawful(found):
    assert found["laws_hold"], json.dumps(found["laws_broken"][:5])
    assert found["commands_rejected"] == {}
    assert len(found["capital_micros"]) == 30
    assert found["plans_not_made"] == []


@pytest.mark.long
@needs_data
def test_a_year_of_sixty_markets_keeps_the_laws(tmp_path):
    """2015 begins with the Swiss franc's jump."""
    found = replayed(tmp_path, "2014-12-01", "2015-06-30", timeout=300)
    lawful(found)
    assert found["counts"]["contracts"] >= 40
    assert found["counts"]["orders"] > 3_000


@needs_data
@pytest.mark.long
def test_nineteen_years_keep_the_laws(tmp_path):
    found = replayed(tmp_path, "2005-01-01", "2023-08-31", timeout=1_800)
    lawful(found)
    assert found["counts"]["contracts"] >= 1_000
    assert found["counts"]["days"] > 4_800
