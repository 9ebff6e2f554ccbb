"""Families, months and contracts of one made-up combined commodity.

Exchanges and codes are invented and belong to nobody.  A commodity is one of five kinds, in turn:
futures with options; futures with weekly months and weekly options; a physical with options on it;
futures with a combination and options on that; futures and options around a price of zero.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.basics.price import NANOS
from fencang.margin.span.parameters import (
    ContractRight,
    ContractType,
    ProductFamily,
    ScanPoint,
    Series,
)
from fencang.parameters.synthetic.draw import Draw
from fencang.parameters.synthetic.shapes import Market, future_values, option_quotes, rounded

__all__ = ["KINDS", "LOOK_AHEAD_YEARS_E6", "Part", "Product", "make_product", "month_after"]

Ints = NDArray[np.int64]

KINDS = ("plain", "weekly", "physical", "combination", "around zero")
EXCHANGES = ("QXA", "QXB", "QXC", "QXD")
CURRENCIES = (("USD", 0), ("EUR", 0), ("JPY", 2), ("USD", 1), ("GBP", 0))
"""Currency and risk exponent: arrays count 10^exponent units of the currency."""
LOOK_AHEAD_YEARS_E6 = 2_740
"""One calendar day."""
FACTOR_MAX = 9_000_000.0
VALUE_MAX = 99_999
"""Array values and prices have five and seven digits in positional files."""
PRICE_DIGITS_MAX = 9_000_000
WEEKS = ("07", "14", "21", "28")


class Part(NamedTuple):
    """Contracts of one family as columns of one length, with the months they refer to."""

    family: ProductFamily
    series: list[Series]
    columns: dict[str, Ints]
    """``series`` counts from the family's first; ``values`` has shape (N, scenarios)."""
    legs: dict[int, list[tuple[int, int]]]
    """Of combinations: leg's place in the first part, and ratio e4, by place in this one."""


class Product(NamedTuple):
    """One commodity's contracts and what its tables are made from."""

    number: int
    kind: str
    exchange: str
    currency: str
    risk_exponent: int
    parts: list[Part]
    months: list[str]
    """Months that count deltas, nearest first."""
    scan_range: int


def month_after(business_date: str, count: int) -> str:
    """Return the month ``count`` months behind that of the business date, as CCYYMM."""
    month = int(business_date[:4]) * 12 + int(business_date[4:6]) - 1 + count
    return f"{month // 12:04d}{month % 12 + 1:02d}"


class _Maker:
    """Numbers that all families of a commodity share."""

    def __init__(
        self, draw: Draw, number: int, points: tuple[ScanPoint, ...], business_date: str
    ) -> None:
        self.draw = draw
        self.number = number
        self.points = points
        self.business_date = business_date
        self.kind = KINDS[number % len(KINDS)]
        self.exchange = draw.pick(EXCHANGES)
        self.currency, self.risk_exponent = CURRENCIES[(number // 2) % len(CURRENCIES)]
        self.locator = draw.between(1, 4)
        self.tick = 10.0**-self.locator
        is_small = self.kind == "around zero"
        digits = draw.between(2_000, 60_000) if is_small else draw.between(50_000, 900_000)
        self.level = digits * self.tick
        """Size of a price: the price itself, or what moves of a price around zero are made of."""
        self.scan_range = draw.between(60, 9_000)
        share = draw.between(2, 9) / 100
        # Risk units per lot and point, so that the scan range is a likely share of the price.
        points_wide = self.level * share
        factor = self.scan_range * 10.0**self.risk_exponent / points_wide
        factor = min(max(factor, 1e-3), FACTOR_MAX)
        self.value_factor_e7 = max(int(rounded(np.array([factor * 1e3]))[0]), 1) * 10_000
        self.units_per_point = self.value_factor_e7 / 10.0 ** (7 + self.risk_exponent)
        self.volatility_e6 = draw.between(8, 60) * 10_000
        self.volatility_scan_e6 = draw.between(5, 40) * 10_000
        self.extreme_e3 = draw.pick((3_000, 3_000, 2_000))
        self.cover_ppm = 330_000 if self.extreme_e3 == 3_000 else 350_000
        self.scaling_e4 = draw.pick((10_000, 10_000, 10_000, 2_000, 25_000))

    def family(
        self,
        letter: str,
        kind: ContractType,
        *,
        is_american: bool = False,
        is_positionable: bool = True,
        is_futures_style: bool = False,
    ) -> ProductFamily:
        """Return a family of the commodity."""
        return ProductFamily(
            exchange=self.exchange,
            code=f"{letter}{self.number:04d}",
            kind=kind,
            name=f"Synthetic {kind.name.lower().replace('_', ' ')} {self.number}"[:35],
            currency=self.currency,
            value_factor_e7=self.value_factor_e7,
            settlement_locator=self.locator,
            strike_locator=self.locator if kind.is_option else 0,
            is_american=is_american,
            is_positionable=is_positionable,
            is_futures_style=is_futures_style,
        )

    def series(
        self,
        family: ProductFamily,
        period: str,
        underlying: tuple[str, str],
        years: float,
        scan: int,
    ) -> Series:
        """Return a month; ``underlying`` is its period and family."""
        day = period if len(period) == 8 and period.isdecimal() else f"{period[:6]}20"
        is_option = family.kind.is_option
        return Series(
            family=family.key,
            period=period,
            underlying_period=underlying[0],
            underlying_family=underlying[1],
            volatility_e6=self.volatility_e6,
            volatility_scan_e6=self.volatility_scan_e6,
            volatility_scan_is_relative=True,
            price_scan_range=scan,
            extreme_multiplier_e3=self.extreme_e3,
            cover_ppm=self.cover_ppm,
            interest_rate_e6=30_000,
            expiry_years_e6=int(years * 1_000_000),
            look_ahead_years_e6=LOOK_AHEAD_YEARS_E6,
            delta_scaling_e4=self.scaling_e4,
            expiry_day=day if period else "",
            pricing_model="M" if is_option else "",
        )

    def nanos(self, prices: NDArray[np.floating[Any]]) -> Ints:
        """Return prices on the grid of the family's decimals."""
        digits = np.clip(rounded(prices / self.tick), -PRICE_DIGITS_MAX, PRICE_DIGITS_MAX)
        nanos: Ints = digits * (NANOS // 10**self.locator)
        return nanos

    def futures(self, months: list[str], letter: str, kind: ContractType) -> Part:
        """Return the curve, or the one contract of a physical."""
        family = self.family(letter, kind)
        places = np.arange(len(months))
        slope = self.draw.between(-12, 12) / 1_000
        base = 0.0 if self.kind == "around zero" else self.level
        start = -0.4 * self.level if self.kind == "around zero" else 0.0
        step = 0.25 * self.level if self.kind == "around zero" else self.level * slope
        prices = self.nanos(base + start + step * np.minimum(places, 24))
        scans = np.maximum(self.scan_range - places * self.scan_range // 100, 1)
        series = [
            self.series(family, month, (month, ""), _years(self.business_date, month), int(scan))
            for month, scan in zip(months, scans, strict=True)
        ]
        values = future_values(self.points, scans, self.extreme_e3 / 1e3, self.cover_ppm / 1e6)
        ones = np.full(len(months), 10_000, dtype=np.int64)
        columns = self.columns(places, series, prices, values, ones, ones)
        return Part(family, series, columns, {})

    def columns(
        self,
        number: Ints,
        series: list[Series],
        prices: Ints,
        values: Ints,
        delta_e4: Ints,
        current_delta_e4: Ints,
    ) -> dict[str, Ints]:
        """Return columns; strike, right and volatility are those of contracts without any."""
        count = len(number)
        scans = np.array([one.price_scan_range for one in series], dtype=np.int64)
        return {
            "series": number,
            "right": np.zeros(count, dtype=np.int64),
            "strike_nanos": np.zeros(count, dtype=np.int64),
            "price_nanos": prices,
            "volatility_e6": np.full(count, self.volatility_e6, dtype=np.int64),
            "value_factor_e7": np.full(count, self.value_factor_e7, dtype=np.int64),
            "delta_e4": delta_e4,
            "current_delta_e4": current_delta_e4,
            "delta_scaling_e4": np.full(count, self.scaling_e4, dtype=np.int64),
            "price_scan_range": scans[number],
            "values": values,
        }

    def options(
        self, family: ProductFamily, on: Part, listed: list[tuple[str, int]], strikes: int
    ) -> Part:
        """Return calls and puts; ``listed`` gives each month and its underlying's place."""
        series = self._option_series(family, on, listed)
        number = np.repeat(np.arange(len(series)), strikes * 2)
        places = np.array([place for _, place in listed], dtype=np.int64)[number]
        underlying_price = on.columns["price_nanos"][places] / NANOS
        is_call = np.tile(np.array([True, False]), len(number) // 2)
        step = max(round(self.level / 60 / self.tick), 1) * self.tick
        ladder = np.tile(np.repeat(np.arange(strikes) - strikes // 2, 2), len(series))
        strike = self.nanos((np.floor(underlying_price / step + 0.5) + ladder) * step)
        smile = 1 + 0.3 * np.abs(ladder) / max(strikes, 1)
        volatility_e6 = rounded(self.volatility_e6 * smile)
        scans = np.array([one.price_scan_range for one in series], dtype=np.int64)[number]
        market = Market(
            underlying=underlying_price,
            strike=strike / NANOS,
            is_call=is_call,
            sigma=volatility_e6 / 1e6 * self.level,
            years=np.array([one.expiry_years_e6 for one in series])[number] / 1e6,
            scan_move=scans / self.units_per_point,
            units_per_point=self.units_per_point,
            volatility_scan=self.volatility_scan_e6 / 1e6,
            extreme_multiplier=self.extreme_e3 / 1e3,
            look_ahead_years=LOOK_AHEAD_YEARS_E6 / 1e6,
        )
        quotes = option_quotes(self.points, market, self.cover_ppm / 1e6)
        columns = self.columns(
            number,
            series,
            self.nanos(quotes.price),
            np.clip(quotes.values, -VALUE_MAX, VALUE_MAX),
            quotes.delta_e4,
            quotes.current_delta_e4,
        )
        columns["right"] = np.where(is_call, int(ContractRight.CALL), int(ContractRight.PUT))
        columns["strike_nanos"] = strike
        columns["volatility_e6"] = volatility_e6
        return Part(family, series, columns, {})

    def _option_series(
        self, family: ProductFamily, on: Part, listed: list[tuple[str, int]]
    ) -> list[Series]:
        is_physical = family.kind == ContractType.OPTION_ON_PHYSICAL
        series = []
        for period, place in listed:
            own = on.series[place]
            underlying = (period if is_physical else own.period, on.family.key)
            years = _years(self.business_date, period)
            series.append(self.series(family, period, underlying, years, own.price_scan_range))
        return series

    def combinations(self, futures: Part) -> Part:
        """Return calendar combinations of neighbouring months, one of them two to one."""
        family = self.family("S", ContractType.COMBINATION, is_positionable=self.draw.happens(1, 2))
        months = [one.period for one in futures.series[:-1]]
        series, legs, prices, values = [], {}, [], []
        for place, month in enumerate(months):
            ratio = 2 if place == 1 and len(months) > 2 else 1
            near, far = futures.columns["values"][place], futures.columns["values"][place + 1]
            values.append(near - ratio * far)
            price = futures.columns["price_nanos"]
            prices.append(price[place] - ratio * price[place + 1])
            legs[place] = [(place, 10_000), (place + 1, -10_000 * ratio)]
            scan = max(int(np.abs(values[-1]).max()), 10)
            years = _years(self.business_date, month)
            series.append(self.series(family, month, (month, ""), years, scan))
        ones = np.full(len(months), 10_000, dtype=np.int64)
        columns = self.columns(
            np.arange(len(months)), series, np.array(prices), np.array(values), ones, ones
        )
        return Part(family, series, columns, legs)


def _years(business_date: str, period: str) -> float:
    """Return the years from the business date to the period's day, the 20th where it has none."""
    if not period:
        return 0.0
    day = int(period[6:]) if period[6:].isdecimal() and len(period) == 8 else 20
    months = int(period[:4]) * 12 + int(period[4:6])
    months -= int(business_date[:4]) * 12 + int(business_date[4:6])
    days = months * 30 + day - int(business_date[6:])
    return min(max(days, 1), 3_000) / 365


def make_product(
    draw: Draw,
    number: int,
    points: tuple[ScanPoint, ...],
    *,
    contracts: int,
    business_date: str,
) -> Product:
    """Return commodity ``number`` with about so many contracts (at least a handful)."""
    maker = _Maker(draw, number, points, business_date)
    count = min(max(contracts // 12, 3), draw.between(3, 24) if contracts > 100 else 4)
    months = [month_after(business_date, one) for one in range(count)]
    if maker.kind == "weekly":
        weeks = [f"{months[0]}{day}" for day in WEEKS if day > business_date[6:]][:2]
        months = sorted([*months, *weeks])
    if maker.kind == "physical":
        parts = _physical(maker, months, contracts)
    else:
        parts = _with_futures(maker, months, contracts)
    return Product(
        number=number,
        kind=maker.kind,
        exchange=maker.exchange,
        currency=maker.currency,
        risk_exponent=maker.risk_exponent,
        parts=parts,
        months=months,
        scan_range=maker.scan_range,
    )


def _physical(maker: _Maker, months: list[str], contracts: int) -> list[Part]:
    spot = maker.futures([""], "P", ContractType.PHYSICAL)
    family = maker.family("O", ContractType.OPTION_ON_PHYSICAL)
    strikes = max((contracts - 1) // (2 * len(months)), 1)
    return [spot, maker.options(family, spot, [(month, 0) for month in months], strikes)]


def _with_futures(maker: _Maker, months: list[str], contracts: int) -> list[Part]:
    futures = maker.futures(months, "F", ContractType.FUTURE)
    parts = [futures]
    left = contracts - len(months)
    if maker.kind == "combination":
        combination = maker.combinations(futures)
        parts.append(combination)
        left -= len(combination.series)
    listed = [(month, place) for place, month in enumerate(months)]
    if maker.kind == "plain" and len(months) > 2:
        # One option month with two underlyings.
        listed.append((months[1], 2))
    if maker.kind == "weekly":
        # A weekly option is on the next monthly future.
        monthly = next(place for place, month in enumerate(months) if len(month) == 6)
        listed.append((f"{months[0][:6]}W3", monthly))
    on_combination = 0
    if maker.kind == "combination":
        on_combination = len(parts[1].series)
    strikes = max(left // (2 * (len(listed) + on_combination)), 1)
    is_futures_style = maker.draw.happens(1, 4)
    is_american = maker.draw.happens(1, 2)
    option = maker.family(
        "O",
        ContractType.OPTION_ON_FUTURE,
        is_futures_style=is_futures_style,
        is_american=is_american,
    )
    parts.append(maker.options(option, futures, listed, strikes))
    if on_combination:
        family = maker.family("K", ContractType.OPTION_ON_COMBINATION)
        on = [(one.period, place) for place, one in enumerate(parts[1].series)]
        parts.append(maker.options(family, parts[1], on, strikes))
    return parts
