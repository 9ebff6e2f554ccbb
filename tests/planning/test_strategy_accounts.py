"""Thirty real strategy accounts through 2018: inverse volatility evens out what each risks."""

import csv
import gzip
from pathlib import Path
from statistics import fmean, pstdev

import pytest

from fencang.planning.parameters import VolatilityParameters
from fencang.planning.plan import propose_by_volatility, total_capital_micros
from tests.planning.capital_sample import MILLION, SampleDesk

PRICES = Path(__file__).parents[3] / "shared/data/market/strategy_accounts_daily.csv.gz"
LEVERAGES = (0.5, 1.0, 2.0)
PARAMETERS = VolatilityParameters(deploy_ppm=950_000)


def read_returns():
    if not PRICES.exists():
        pytest.skip(f"{PRICES.name} is not beside this project (../shared/data/market)")
    with gzip.open(PRICES, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name != "date"]
    # Upstream scales all accounts to 10 % a year; real ones run at different leverage.
    scale = {name: LEVERAGES[index % 3] for index, name in enumerate(names)}
    days = [
        (int(row["date"].replace("-", "")), {n: scale[n] * float(row[n]) for n in names})
        for row in rows
        if "2016" <= row["date"] < "2019"
    ]
    return names, days


def run_2018(names, days):
    desk = SampleDesk(capital=dict.fromkeys(names, 30 * MILLION), reserve=100 * MILLION)
    desk.histories = {name: [] for name in names}
    weighted, equal, month = [], [], 0
    for day, returns in days:
        if day >= 20180000 and day // 100 != month:
            month = day // 100
            total = total_capital_micros(desk, "FUND")
            plan = propose_by_volatility(desk, "FUND", total, PARAMETERS, day)
            desk.apply(plan)
        whole = sum(desk.capital.values())
        for name in names:
            profit = round(desk.capital[name] * returns[name])
            desk.histories[name].append((day, profit, desk.capital[name]))
        if day >= 20180000:
            weighted.append([desk.capital[name] / whole * returns[name] for name in names])
            equal.append([returns[name] / len(names) for name in names])
    return desk, weighted, equal


def dispersion(contributions):
    """Return the spread over accounts of the risk each brought alone, relative to its mean."""
    risks = [pstdev(column) for column in zip(*contributions, strict=True)]
    return pstdev(risks) / fmean(risks)


def test_a_plan_by_volatility_lowers_the_dispersion_of_risk_against_equal_capital():
    names, days = read_returns()
    desk, weighted, equal = run_2018(names, days)
    assert len(names) == 30
    assert sum(desk.capital.values()) + desk.reserve == 1_000 * MILLION
    assert dispersion(weighted) < dispersion(equal) / 2
