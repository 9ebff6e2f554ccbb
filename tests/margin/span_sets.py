"""Small SPAN parameter sets by hand, for tests: a few lines per set, every number in sight.

    made = SpanSet()
    made.commodity("ES", tier_spreads=(calendar(1, 500, tier_leg("A", 1, 1), tier_leg("B", 1, 2)),),
                   intra_tiers=(tier(1, "202003"), tier(2, "202006")))
    march = made.future("ES", "202003", line(900))
    june = made.future("ES", "202006", line(900))
    parameters = made.build()
    portfolio = made.portfolio({march: 3, june: -3})

Contracts are named by their keys (``fencang.margin.span.keys``).  Numbers are those of
``SpanParameters`` (risk units, e4, ppm), but for ratios and percentages, which read better plain.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fencang.basics.price import parse_price
from fencang.margin.span.parameters import (
    CombinationLeg,
    CombinedCommodity,
    ContractRight,
    ContractTable,
    ContractType,
    CurrencyRate,
    InterLeg,
    InterMethod,
    InterSpread,
    IntraLeg,
    IntraSpread,
    LegSide,
    ProductFamily,
    ScanPoint,
    SpanHeader,
    SpanParameters,
    Tier,
)
from fencang.margin.span.portfolio import Lots, Portfolio

EXCHANGE = "XYZ"
STANDARD_MOVES = (0, 0, 1, 1, -1, -1, 2, 2, -2, -2, 3, 3, -3, -3)
"""Price moves of scenarios 1 to 14 in thirds of the scan range."""
STANDARD_POINTS = tuple(
    ScanPoint(
        number=number,
        price_numerator=move,
        price_denominator=3 if number <= 14 else 1,
        volatility_numerator=(1 if number % 2 else -1) if number <= 14 else 0,
        volatility_denominator=1,
        weight_ppm=1_000_000 if number <= 14 else 330_000,
        paired_number=number + (1 if number % 2 else -1) if number <= 14 else number,
    )
    for number, move in enumerate((*STANDARD_MOVES, 3, -3), 1)
)
"""The sixteen scenarios of nearly every file: pairs (1,2) … (13,14), 15 and 16 for themselves."""


def line(scan_range: int, *, time: int = 0, volatility: int = 0) -> tuple[int, ...]:
    """Return sixteen values of one long lot, linear in the price; loss is positive.

    ``line(900)`` is 0 0 -300 -300 300 300 -600 -600 600 600 -900 -900 900 900 -891 891: the scan
    range must be a multiple of 3, that the thirds be whole.  ``time`` is added to 1 to 14,
    ``volatility`` is gained when volatility rises (odd numbers) and lost when it falls.
    """
    assert scan_range % 3 == 0, scan_range
    values = [
        time - move * scan_range // 3 - (volatility if place % 2 == 0 else -volatility)
        for place, move in enumerate(STANDARD_MOVES)
    ]
    extreme = round(scan_range * 0.99)
    return (*values, -extreme, extreme)


def tier(number: int, first: str, last: str = "", som_rate: int = 0) -> Tier:
    """Return a tier of one month, or of all months from ``first`` to ``last``."""
    return Tier(number=number, first_period=first, last_period=last or first, som_rate=som_rate)


def tier_leg(side: str, ratio: float, number: int) -> IntraLeg:
    return IntraLeg(side=LegSide(side), ratio_e4=round(ratio * 10_000), tier_number=number)


def month_leg(side: str, ratio: float, period: str) -> IntraLeg:
    return IntraLeg(side=LegSide(side), ratio_e4=round(ratio * 10_000), period=period)


def calendar(priority: int, rate: int, *legs: IntraLeg) -> IntraSpread:
    """Return a calendar spread (series or tier) of ``rate`` risk units."""
    return IntraSpread(priority=priority, rate=rate, legs=legs)


def leg(side: str, ratio: float, commodity: str, **fields: Any) -> InterLeg:
    """Return a leg of an inter-commodity spread; ``percent`` is its own rate."""
    if "percent" in fields:
        fields["rate_ppm"] = round(fields.pop("percent") * 10_000)
    return InterLeg(
        side=LegSide(side), ratio_e4=round(ratio * 10_000), commodity=commodity, **fields
    )


def inter(
    priority: int, percent: float, *legs: InterLeg, method: int = 1, **fields: Any
) -> InterSpread:
    """Return an inter-commodity spread with a credit (or factor) of ``percent``."""
    return InterSpread(
        priority=priority,
        method=InterMethod(method),
        rate_ppm=round(percent * 10_000),
        legs=legs,
        **fields,
    )


class SpanSet:
    """A set in the making."""

    def __init__(
        self, *, points: Sequence[ScanPoint] = STANDARD_POINTS, exchange: str = EXCHANGE, **header
    ):
        self.points = tuple(points)
        self.exchange = exchange
        self.header = header
        self.commodities: dict[str, dict[str, Any]] = {}
        self.families: dict[str, tuple[str, ProductFamily]] = {}
        self.contracts: dict[str, dict[str, Any]] = {}
        self.combinations: dict[str, dict[str, float]] = {}
        self.inter_spreads: list[InterSpread] = []
        self.currency_rates: list[CurrencyRate] = []
        self.rows: dict[str, int] = {}
        """Row of each key, once built."""

    def commodity(self, code: str, *, currency: str = "USD", **fields: Any) -> None:
        """Add a combined commodity; ``fields`` are those of ``CombinedCommodity``."""
        self.commodities[code] = {"code": code, "currency": currency, **fields}

    def future(self, commodity: str, period: str, values: Sequence[int], **fields: Any) -> str:
        """Add a future and return its key; its composite delta is 1 unless ``delta_e4`` says."""
        kind = fields.pop("kind", ContractType.FUTURE)
        return self._contract(commodity, kind, period, values, {"delta_e4": 10_000, **fields})

    def option(
        self,
        commodity: str,
        period: str,
        right: str,
        strike: str,
        values: Sequence[int],
        **fields: Any,
    ) -> str:
        """Add an option and return its key; it counts in the month ``underlying`` (its own)."""
        kind = fields.pop("kind", ContractType.OPTION_ON_FUTURE)
        letters = {"C": ContractRight.CALL, "P": ContractRight.PUT}
        more = {"right": letters[right], "strike_nanos": parse_price(strike), "strike": strike}
        return self._contract(commodity, kind, period, values, {**more, **fields})

    def combination(
        self,
        commodity: str,
        period: str,
        legs: Mapping[str, float],
        values: Sequence[int] | None = None,
        *,
        is_positionable: bool = False,
        **fields: Any,
    ) -> str:
        """Add a combination of other contracts and return its key."""
        key = self._contract(
            commodity,
            ContractType.COMBINATION,
            period,
            values or (0,) * len(self.points),
            {"is_positionable": is_positionable, **fields},
        )
        self.combinations[key] = dict(legs)
        return key

    def option_on_combination(
        self,
        commodity: str,
        period: str,
        right: str,
        strike: str,
        values: Sequence[int],
        legs: Mapping[str, float],
        **fields: Any,
    ) -> str:
        """Add an option on a combination and return its key."""
        key = self.option(
            commodity,
            period,
            right,
            strike,
            values,
            kind=ContractType.OPTION_ON_COMBINATION,
            **fields,
        )
        self.combinations[key] = dict(legs)
        return key

    def inter(self, *args: Any, **fields: Any) -> None:
        """Add an inter-commodity spread: the arguments of ``inter``."""
        self.inter_spreads.append(inter(*args, **fields))

    def currency_rate(self, from_currency: str, to_currency: str, rate: float) -> None:
        self.currency_rates.append(
            CurrencyRate(
                from_currency=from_currency,
                to_currency=to_currency,
                rate_nanos=round(rate * 1_000_000_000),
            )
        )

    def _contract(
        self,
        commodity: str,
        kind: ContractType,
        period: str,
        values: Sequence[int],
        fields: dict[str, Any],
    ) -> str:
        assert len(values) == len(self.points), len(values)
        family = self._family(commodity, kind, fields)
        underlying = fields.pop("underlying", period)
        key = f"{family.key}/{period}" if period else family.key
        if "strike" in fields:
            letter = "C" if fields["right"] == ContractRight.CALL else "P"
            key += f"/{letter}/{fields.pop('strike')}"
            key += f"/{underlying}" if underlying != period else ""
        price = fields.pop("price", None)
        assert key not in self.contracts, key
        self.contracts[key] = {
            "family": family.key,
            "right": ContractRight.NONE,
            "period": period,
            "underlying_period": underlying,
            "strike_nanos": 0,
            "price_nanos": ContractTable.NO_PRICE if price is None else parse_price(price),
            "volatility_e6": 0,
            "value_factor_e7": fields.pop("factor", 1) * 10_000_000,
            "delta_e4": 0,
            "delta_scaling_e4": 10_000,
            "price_scan_range": max(values),
            "values": tuple(values),
            **fields,
        }
        return key

    def _family(self, commodity: str, kind: ContractType, fields: dict[str, Any]) -> ProductFamily:
        """Take the family's fields out of a contract's and enter the family once."""
        own = {
            name: fields.pop(name)
            for name in ("is_positionable", "is_futures_style", "exchange")
            if name in fields
        }
        code = fields.pop("code", commodity)
        family = ProductFamily(**{"exchange": self.exchange, "code": code, "kind": kind, **own})
        self.families.setdefault(family.key, (commodity, family))
        return family

    def build(self) -> SpanParameters:
        """Return the set; rows of one family stand together, families in order of appearance."""
        family_rows = list(self.families)
        keys = sorted(
            self.contracts, key=lambda key: family_rows.index(self.contracts[key]["family"])
        )
        self.rows = {key: row for row, key in enumerate(keys)}
        return SpanParameters(
            header=SpanHeader(
                clearing_organisation="XYZ",
                business_date="20200102",
                file_format="U2",
                **self.header,
            ),
            scan_points=self.points,
            commodities=tuple(self._commodity(code) for code in self.commodities),
            families=tuple(family for _, family in self.families.values()),
            series=(),
            contracts=self._table([self.contracts[key] for key in keys]),
            inter_spreads=tuple(self.inter_spreads),
            combinations={
                self.rows[key]: tuple(
                    CombinationLeg(contract=self.rows[held], ratio_e4=round(ratio * 10_000))
                    for held, ratio in legs.items()
                )
                for key, legs in self.combinations.items()
            },
            currency_rates=tuple(self.currency_rates),
        )

    def _table(self, contracts: list[dict[str, Any]]) -> ContractTable:
        months = {
            text for held in contracts for text in (held["period"], held["underlying_period"])
        }
        periods = tuple(sorted(months))
        families, commodities = list(self.families), list(self.commodities)
        columns: dict[str, Any] = {
            name: [held.get(name, 0) for held in contracts] for name in ContractTable.COLUMNS
        }
        columns["current_delta_e4"] = [
            held.get("current_delta_e4", held["delta_e4"]) for held in contracts
        ]
        columns["family"] = [families.index(held["family"]) for held in contracts]
        columns["commodity"] = [
            commodities.index(self.families[held["family"]][0]) for held in contracts
        ]
        columns["series"] = [-1] * len(contracts)
        for name in ("period", "underlying_period"):
            columns[name] = [periods.index(held[name]) for held in contracts]
        values = np.array([held["values"] for held in contracts], dtype=np.int64)
        columns["values"] = values.reshape(len(contracts), len(self.points))
        return ContractTable(periods, {name: np.array(held) for name, held in columns.items()})

    def _commodity(self, code: str) -> CombinedCommodity:
        families = tuple(key for key, (owner, _) in self.families.items() if owner == code)
        return CombinedCommodity(families=families, **self.commodities[code])

    def portfolio(self, lots: Mapping[str, int | tuple[int, int]], **fields: Any) -> Portfolio:
        """Return a portfolio of keys: net lots, or (long, short) lots; ``build`` comes first."""
        assert self.rows, "build the set first"
        held = {
            self.rows[key]: Lots(*number)
            if isinstance(number, tuple)
            else Lots(max(number, 0), max(-number, 0))
            for key, number in lots.items()
        }
        return Portfolio(lots=held, **fields)
