"""A SPAN set of the tests with a series behind every option: time, interest and a volatility."""

import numpy as np

from fencang.margin.span.parameters import ContractTable, Series, SpanParameters

__all__ = ["with_series"]


def with_series(parameters, *, stated_e6=0, price_nanos=None, family_name="XYZ/CL/OOF", **more):
    """Return the set with one series for its options: 73 days, 5 %; nothing else changes."""
    table = parameters.contracts
    columns = {name: getattr(table, name).copy() for name in ContractTable.COLUMNS}
    options = table.right > 0
    columns["series"] = np.where(options, 0, -1)
    columns["volatility_e6"][options] = stated_e6
    if price_nanos is not None:
        columns["price_nanos"][options] = price_nanos
    fields = {"expiry_years_e6": 200_000, "interest_rate_e6": 50_000, "pricing_model": "M", **more}
    series = Series(family=family_name, period="202006", underlying_period="202006", **fields)
    return SpanParameters(
        header=parameters.header,
        scan_points=parameters.scan_points,
        commodities=parameters.commodities,
        families=parameters.families,
        series=(series,),
        contracts=ContractTable(table.periods, columns),
        sha256=parameters.sha256,
    )
