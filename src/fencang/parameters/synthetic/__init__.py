"""Parameter sets made from a seed: the structure of real ones, of products that do not exist.

For tests, measurements and trying fencang without a clearing house's file.  A seed gives the same
set on every machine.  Law: whatever is made can be written as ``.pa2`` and as ``.spn``: five-digit
arrays, seven-digit rates and prices, four legs, two digits of tiers.

``python -m fencang.parameters.synthetic --lines 690000 --format pa2 --seed 7 --out FILE``
"""

from collections.abc import Iterable

import numpy as np

from fencang.margin.span.parameters import (
    CombinationLeg,
    ContractTable,
    CurrencyRate,
    Series,
    SpanHeader,
    SpanParameters,
)
from fencang.parameters.pa2.reader import SCAN_POINTS
from fencang.parameters.synthetic.between import make_inter_spreads
from fencang.parameters.synthetic.draw import Draw
from fencang.parameters.synthetic.products import Product, make_product
from fencang.parameters.synthetic.tables import make_commodity

__all__ = ["COMMODITIES_MAX", "CONTRACTS_MAX", "small_parameters", "synthetic_parameters"]

COMMODITIES_MAX = 9_999
CONTRACTS_MAX = 3_000_000
BUSINESS_DATE = "20260302"
RATES = tuple(
    CurrencyRate(from_currency=currency, to_currency="USD", rate_nanos=rate)
    for currency, rate in (("EUR", 1_084_250_000), ("GBP", 1_291_400_000), ("JPY", 6_712_000))
)


def small_parameters(seed: int) -> SpanParameters:
    """Return a set of two to six commodities and a few hundred contracts, rich in special cases."""
    draw = Draw(seed ^ 0x5EED)
    commodities = draw.between(2, 6)
    return synthetic_parameters(
        seed=seed,
        commodities=commodities,
        contracts=commodities * draw.between(12, 60),
        inter_spreads=draw.between(3, 12),
        first_commodity=draw.below(60),
    )


def synthetic_parameters(
    *,
    seed: int,
    commodities: int = 20,
    contracts: int = 5_000,
    inter_spreads: int = 40,
    business_date: str = BUSINESS_DATE,
    caps_option_value: bool | None = None,
    is_gross: bool = False,
    first_commodity: int = 0,
) -> SpanParameters:
    """Return a set of so many commodities, about so many contracts, at most so many inter spreads.

    Args:
        seed: which set; equal arguments give equal sets.
        commodities: how many.
        contracts: in all; each commodity has at least a handful.
        inter_spreads: fewer come out where a scanning spread finds no second commodity.
        business_date: CCYYMMDD; the months follow it.
        caps_option_value: the header's flag; by chance where None.
        is_gross: the header's flag.
        first_commodity: number of the first; kinds and currencies go in turn by number.
    """
    assert 1 <= commodities <= COMMODITIES_MAX, commodities
    assert 1 <= contracts <= CONTRACTS_MAX, contracts
    draw = Draw(seed)
    products = _products(draw, first_commodity, commodities, contracts, business_date)
    made = [make_commodity(draw, one) for one in products]
    series, table, combinations = _joined(products)
    return SpanParameters(
        header=_header(draw, business_date, caps_option_value, is_gross),
        scan_points=SCAN_POINTS,
        commodities=tuple(made),
        families=tuple(part.family for one in products for part in one.parts),
        series=series,
        contracts=table,
        inter_spreads=make_inter_spreads(draw, made, inter_spreads),
        combinations=combinations,
        currency_rates=RATES,
    )


def _header(
    draw: Draw,
    business_date: str,
    caps_option_value: bool | None,  # noqa: FBT001 -- passed on as it came
    is_gross: bool,  # noqa: FBT001
) -> SpanHeader:
    by_chance = draw.happens(1, 4)
    return SpanHeader(
        clearing_organisation="SYNTH",
        business_date=business_date,
        file_format="U2",
        cycle="F",
        is_gross=is_gross,
        caps_option_value=by_chance if caps_option_value is None else caps_option_value,
        account_kind="C",
        account_class="1",
        requirement_kind="M",
    )


def _products(
    draw: Draw, first: int, commodities: int, contracts: int, business_date: str
) -> list[Product]:
    """Return the commodities' contracts, each with half to one and a half times its share."""
    products = []
    left = contracts
    for place in range(commodities):
        share = left // (commodities - place)
        size = share if place == commodities - 1 else share * draw.between(50, 150) // 100
        product = make_product(
            draw,
            first + place,
            SCAN_POINTS,
            contracts=max(size, 6),
            business_date=business_date,
        )
        products.append(product)
        left = max(left - sum(len(part.columns["series"]) for part in product.parts), 0)
    return products


def _joined(
    products: Iterable[Product],
) -> tuple[tuple[Series, ...], ContractTable, dict[int, tuple[CombinationLeg, ...]]]:
    """Return all contracts as one table, with the rows of the set."""
    series: list[Series] = []
    parts: dict[str, list[np.ndarray]] = {name: [] for name in ContractTable.COLUMNS}
    combinations: dict[int, tuple[CombinationLeg, ...]] = {}
    families = row = 0
    for place, product in enumerate(products):
        first_row = row
        for part in product.parts:
            count = len(part.columns["series"])
            for name, column in part.columns.items():
                parts[name].append(column + len(series) if name == "series" else column)
            parts["family"].append(np.full(count, families))
            parts["commodity"].append(np.full(count, place))
            for own, legs in part.legs.items():
                combinations[row + own] = tuple(
                    CombinationLeg(contract=first_row + leg, ratio_e4=ratio) for leg, ratio in legs
                )
            series += part.series
            families += 1
            row += count
    periods = sorted({text for one in series for text in (one.period, one.underlying_period)})
    index = {period: number for number, period in enumerate(periods)}
    columns = {name: np.concatenate(found) for name, found in parts.items() if found}
    number = columns["series"]
    for name, attribute in (("period", "period"), ("underlying_period", "underlying_period")):
        columns[name] = np.array([index[getattr(one, attribute)] for one in series])[number]
    return tuple(series), ContractTable(tuple(periods), columns), combinations
