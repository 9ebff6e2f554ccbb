"""Random SPAN parameter sets and portfolios that reach every rule: small, dense, full of ties.

Values are small and round on purpose, so that equal maxima, exact halves, shared months and deltas
that cancel out happen often.  ``random_parameters(seed)`` is a function of its seed.
"""

import random

import msgspec
import numpy as np

from fencang.margin.span.parameters import (
    CombinationLeg,
    CombinedCommodity,
    ContractRight,
    ContractTable,
    ContractType,
    DeliveryMonth,
    InterLeg,
    InterMethod,
    InterSpread,
    IntraLeg,
    IntraSpread,
    LegSide,
    PriceRiskMethod,
    ProductFamily,
    ScanPoint,
    ShortOptionMethod,
    SpanHeader,
    SpanParameters,
    Tier,
)
from fencang.margin.span.portfolio import Fallback, Lots, Portfolio
from fencang.refdata.account import AccountType

MONTHS = ("201810", "201811", "201812", "201903", "20190315", "201903W2", "201906")
RATIOS = (10_000, 10_000, 10_000, 20_000, 5_000, 7_000, 30_000, 3_333)
SIDES = (LegSide.A, LegSide.B)
CALL, PUT, NONE = ContractRight.CALL, ContractRight.PUT, ContractRight.NONE


def random_parameters(seed: int) -> SpanParameters:
    """Return a set of a few commodities with every kind of table."""
    return _Making(random.Random(seed)).build()


def random_portfolio(parameters: SpanParameters, chance: random.Random, **fields) -> Portfolio:
    """Return a portfolio of some contracts; few of them have lots on both sides."""
    rows = len(parameters.contracts)
    most = chance.choice((1, 3, 10, 1_000, 300_000))
    held = chance.sample(range(rows), k=chance.randint(1, min(rows, chance.choice((2, 6, 30)))))
    lots = {}
    for row in held:
        number = chance.randint(1, most) * (2 if row in parameters.combinations else 1)
        other = chance.randint(0, most) * 2 if chance.random() < 0.2 else 0
        lots[row] = Lots(number, other) if chance.random() < 0.5 else Lots(other, number)
    missing = {}
    if chance.random() < 0.1:
        missing["XYZ/GONE/FUT/201812"] = (Lots(chance.randint(0, 2), 1), Fallback("CHF", 7_000_000))
    return Portfolio(
        **{
            "lots": lots,
            "is_gross": chance.random() < 0.15,
            "account_type": chance.choice(tuple(AccountType)),
            "missing": missing,
            **fields,
        }
    )


class _Making:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.points = self._points()
        self.codes = [*chance.sample(["S", "BO", "SM", "ES", "NQ", "NG"], k=chance.randint(1, 6))]
        self.families: list[ProductFamily] = []
        self.owner: list[int] = []
        self.contracts: list[dict] = []
        self.combinations: dict[int, tuple[CombinationLeg, ...]] = {}

    def _points(self) -> tuple[ScanPoint, ...]:
        scenarios = self.chance.choice((4, 16))
        return tuple(
            ScanPoint(
                number=number,
                price_numerator=0,
                price_denominator=1,
                volatility_numerator=0,
                volatility_denominator=1,
                weight_ppm=1_000_000,
                paired_number=number
                if number > scenarios - 2
                else number + (1 if number % 2 else -1),
            )
            for number in range(1, scenarios + 1)
        )

    def build(self) -> SpanParameters:
        commodities = tuple(self._commodity(place) for place in range(len(self.codes)))
        for place, terms in enumerate(commodities):
            self._contracts(place, terms)
        periods = sorted({text for held in self.contracts for text in held["texts"]})
        self.chance.shuffle(periods)
        columns = {
            name: np.array([held.get(name, 0) for held in self.contracts])
            for name in ContractTable.COLUMNS
        }
        for place, name in enumerate(("period", "underlying_period")):
            columns[name] = np.array(
                [periods.index(held["texts"][place]) for held in self.contracts]
            )
        count = self.chance.randint(0, 6)
        currencies = {terms.code: terms.currency for terms in commodities}
        spreads = [self._inter(currencies) for _ in range(count)]
        return SpanParameters(
            header=SpanHeader(
                clearing_organisation="XYZ",
                business_date="20181001",
                file_format="U2",
                caps_option_value=self.chance.random() < 0.2,
            ),
            scan_points=self.points,
            commodities=tuple(
                msgspec.structs.replace(terms, families=self._families_of(place))
                for place, terms in enumerate(commodities)
            ),
            families=tuple(self.families),
            series=(),
            contracts=ContractTable(tuple(periods), columns),
            inter_spreads=tuple(spread for spread in spreads if spread is not None),
            combinations=self.combinations,
        )

    def _families_of(self, place: int) -> tuple[str, ...]:
        return tuple(
            family.key
            for family, owner in zip(self.families, self.owner, strict=True)
            if owner == place
        )

    def _tiers(self, count: int, **fields) -> tuple[Tier, ...]:
        chance = self.chance
        tiers = []
        for number in range(1, count + 1):
            first, last = sorted(chance.choices(MONTHS, k=2))
            tiers.append(
                Tier(
                    number=number if chance.random() < 0.9 else 1,
                    first_period="" if chance.random() < 0.1 else first,
                    last_period="" if chance.random() < 0.1 else last,
                    **{name: chance.choice(rates) for name, rates in fields.items()},
                )
            )
        return tuple(tiers)

    def _commodity(self, place: int) -> CombinedCommodity:
        chance = self.chance
        return CombinedCommodity(
            code=self.codes[place],
            currency="USD" if chance.random() < 0.8 else "EUR",
            risk_unit_micros=chance.choice((1_000_000, 1_000_000, 10_000, 10_000_000)),
            rounding_micros=chance.choice((1_000_000, 1_000_000, 10_000, 3)),
            is_futures_style=chance.random() < 0.1,
            caps_option_value=chance.random() < 0.2,
            combination_method=chance.choice(("", "", "D")),
            scan_tiers=self._tiers(chance.choice((0, 0, 1, 3))),
            intra_tiers=self._tiers(chance.choice((0, 2, 4))),
            inter_tiers=self._tiers(chance.choice((0, 1, 3))),
            som_tiers=self._tiers(chance.choice((0, 0, 2)), som_rate=(0, 5, 40)),
            price_risk_method=PriceRiskMethod(chance.choice((1, 1, 2, 3))),
            series_spreads=tuple(
                self._intra(by_month=True) for _ in range(chance.choice((0, 0, 2)))
            ),
            tier_spreads=tuple(
                self._intra(by_month=False) for _ in range(chance.choice((0, 1, 4)))
            ),
            delivery_months=tuple(
                DeliveryMonth(
                    period=chance.choice(MONTHS),
                    rate_consumed=chance.choice((0, 7, 100)),
                    rate_remaining=chance.choice((0, 11, 250)),
                    side=chance.choice(("both", "both", "long", "short")),
                )
                for _ in range(chance.choice((0, 1, 2)))
            ),
            som_rate=chance.choice((0, 3, 25)),
            som_method=chance.choice(tuple(ShortOptionMethod)),
            adjustment_ppm=tuple(chance.choice((1_000_000, 1_100_000, 876_543)) for _ in range(3)),
            initial_ratio_ppm=tuple(
                chance.choice((1_000_000, 1_100_000, 1_350_001)) for _ in range(3)
            ),
        )

    def _intra(self, *, by_month: bool) -> IntraSpread:
        chance = self.chance
        legs = []
        for place in range(chance.choice((1, 2, 2, 2, 3, 4, 5))):
            where = (
                {"period": chance.choice(MONTHS)}
                if by_month
                else {"tier_number": chance.randint(1, 4)}
            )
            side = SIDES[place % 2] if chance.random() < 0.7 else chance.choice(SIDES)
            legs.append(IntraLeg(side=side, ratio_e4=chance.choice(RATIOS), **where))
        return IntraSpread(
            priority=chance.randint(1, 3), rate=chance.choice((10, 150, 333)), legs=tuple(legs)
        )

    def _values(self) -> tuple[int, ...]:
        chance = self.chance
        most = chance.choice((2, 50, 3_000))
        slope, level = chance.randint(-most, most), chance.choice((0, 0, most // 3))
        if chance.random() < 0.5:
            return tuple(
                (slope * ((place // 2) % 3 - 1)) + level * (place % 2)
                for place in range(len(self.points))
            )
        return tuple(chance.randint(-most, most) for _ in self.points)

    def _contracts(self, place: int, terms: CombinedCommodity) -> None:
        chance = self.chance
        exchange = "CBT" if chance.random() < 0.7 else "XYZ"
        months = chance.sample(MONTHS, k=chance.randint(1, len(MONTHS)))
        futures = range(len(self.contracts), len(self.contracts) + len(months))
        self._family(place, terms, exchange, ContractType.FUTURE)
        scaling = chance.choice((10_000, 10_000, 2_000, 50_000))
        for month in months:
            self._contract(
                place, (month, month), delta_e4=10_000, delta_scaling_e4=scaling, right=NONE
            )
        if chance.random() < 0.7:
            kind = chance.choice((ContractType.OPTION_ON_FUTURE, ContractType.OPTION_ON_PHYSICAL))
            self._options(place, terms, exchange, kind, months)
        if chance.random() < 0.5 and len(futures) > 1:
            self._family(place, terms, exchange, ContractType.COMBINATION, chance.random() < 0.4)
            for month in chance.sample(months, k=min(2, len(months))):
                count = min(len(futures), chance.choice((1, 2, 2, 3)))
                self.combinations[len(self.contracts)] = tuple(
                    CombinationLeg(contract=row, ratio_e4=chance.choice((10_000, -10_000, 5_000)))
                    for row in chance.sample(futures, k=count)
                )
                self._contract(place, (month, month), delta_e4=0, right=NONE)
            if chance.random() < 0.6:
                kind = ContractType.OPTION_ON_COMBINATION
                self._options(place, terms, exchange, kind, months)

    def _options(self, place, terms, exchange, kind, months) -> None:
        chance = self.chance
        self._family(place, terms, exchange, kind)
        for _ in range(chance.randint(1, 6)):
            right = chance.choice((CALL, PUT))
            delta = chance.randint(0, 10_000) * (1 if right is CALL else -1)
            self._contract(
                place,
                (chance.choice(MONTHS), chance.choice(months)),
                delta_e4=delta,
                delta_scaling_e4=chance.choice((10_000, 10_000, 2_500, 0)),
                right=right,
                price_nanos=chance.choice(
                    (ContractTable.NO_PRICE, 0, 1, 2_750_000_000, 123_456_789_123)
                ),
                value_factor_e7=chance.choice((10_000_000, 500_000_000, 12_345, 10**10)),
            )

    def _family(self, place, terms, exchange, kind, is_positionable=True) -> None:
        self.families.append(
            ProductFamily(
                exchange=exchange,
                code=terms.code,
                kind=kind,
                is_positionable=is_positionable,
                is_futures_style=self.chance.random() < 0.1,
            )
        )
        self.owner.append(place)

    def _contract(self, place: int, texts: tuple[str, str], **fields) -> None:
        values = self._values()
        self.contracts.append(
            {
                "texts": texts,
                "family": len(self.families) - 1,
                "commodity": place,
                "series": -1,
                "strike_nanos": len(self.contracts) * 1_000_000_000,
                "price_nanos": ContractTable.NO_PRICE,
                "delta_scaling_e4": 10_000,
                "price_scan_range": abs(max(values)),
                "values": values,
                **fields,
            }
        )

    def _inter(self, currencies: dict[str, str]) -> InterSpread | None:
        chance = self.chance
        method = chance.choice(tuple(InterMethod))
        legs = [self._inter_leg(self.codes) for _ in range(chance.choice((2, 2, 2, 3, 4)))]
        for place, leg in enumerate(legs[:2]):
            legs[place] = self._inter_leg([leg.commodity], SIDES[place])
        target = None
        if method is InterMethod.SCANNING:
            target = legs.pop()
            same = [code for code in self.codes if currencies[code] == currencies[target.commodity]]
            # a commodity that is named twice is refused, see inter_faults
            legs = [self._inter_leg([code]) for code in chance.sample(same, k=min(len(same), 3))]
        return InterSpread(
            priority=chance.randint(1, 4),
            method=method,
            legs=tuple(legs),
            is_super=chance.random() < 0.4,
            is_flat=chance.random() < 0.15,
            rate_ppm=chance.choice((500_000, 750_000, 333_300, 980_000, 1_000_000)),
            amount_micros=chance.choice((1, 50_000_000, 1_234_567)),
            has_own_rates=chance.random() < 0.3,
            target=target,
            legs_min=chance.choice((0, 1, 2)),
        )

    def _inter_leg(self, codes: list[str], side: LegSide | None = None) -> InterLeg:
        chance = self.chance
        return InterLeg(
            commodity=chance.choice(codes),
            side=side or chance.choice(SIDES),
            ratio_e4=chance.choice(RATIOS),
            is_required=chance.random() < 0.6,
            tier_number=chance.choice((0, 0, 1, 2)),
            rate_ppm=chance.choice((0, 400_000, 876_500)),
            amount_micros=chance.choice((0, 3_333_333)),
        )
