"""The 16 scenarios in use everywhere (docs/span-method.md, S), and short ways to build inputs."""

import numpy as np

from fencang.basics.price import parse_price
from fencang.margin.span.parameters import (
    ContractRight,
    ContractTable,
    ContractType,
    ProductFamily,
    ScanPoint,
    Series,
)
from fencang.parameters.option_chain import OptionChain

CALL, PUT = ContractRight.CALL, ContractRight.PUT
MOVES = ((0, 1), (1, 3), (-1, 3), (2, 3), (-2, 3), (1, 1), (-1, 1))


def scan_points(extreme=3, cover_ppm=330_000):
    """Seven price moves, each with volatility up and down, then the two extremes."""
    points = []
    for place, (numerator, denominator) in enumerate(MOVES):
        for volatility in (1, -1):
            number = len(points) + 1
            points.append(
                ScanPoint(
                    number=number,
                    price_numerator=numerator,
                    price_denominator=denominator,
                    volatility_numerator=volatility,
                    volatility_denominator=1,
                    weight_ppm=1_000_000,
                    paired_number=2 * place + (2 if volatility == 1 else 1),
                )
            )
    for number, sign in ((15, 1), (16, -1)):
        points.append(
            ScanPoint(
                number=number,
                price_numerator=sign * extreme,
                price_denominator=1,
                volatility_numerator=0,
                volatility_denominator=1,
                weight_ppm=cover_ppm,
                paired_number=number,
            )
        )
    return tuple(points)


def option_family(exchange="NYM", code="LO", factor=1_000, **fields):
    return ProductFamily(
        exchange=exchange,
        code=code,
        kind=ContractType.OPTION_ON_FUTURE,
        value_factor_e7=factor * 10**7,
        **fields,
    )


def series_of(family, period="202006", **fields):
    """A series of the family with 35 % volatility, 25 % scan of it, 30 days to go."""
    usual = {
        "underlying_period": period,
        "volatility_e6": 350_000,
        "volatility_scan_e6": 250_000,
        "price_scan_range": 1_000,
        "expiry_years_e6": round(30 / 365 * 1e6),
    }
    return Series(family=family.key, period=period, **usual | fields)


def chain_of(*options):
    """Options as (right, strike, price or None, volatility or 0), prices as text."""
    no_price = ContractTable.NO_PRICE
    return OptionChain(
        right=np.array([option[0] for option in options], dtype=np.int8),
        strike_nanos=np.array([parse_price(option[1]) for option in options]),
        price_nanos=np.array(
            [no_price if option[2] is None else parse_price(option[2]) for option in options]
        ),
        volatility_e6=np.array([round(option[3] * 1e6) for option in options], dtype=np.int64),
    )
