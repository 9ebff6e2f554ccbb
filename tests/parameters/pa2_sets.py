"""Small whole sets that the expanded unpacked format can state, drawn by hypothesis."""

import msgspec
import numpy as np
from hypothesis import strategies as st

from fencang.margin.span.parameters import (
    CombinationLeg,
    CombinedCommodity,
    ContractTable,
    ContractType,
    CurrencyRate,
    DeliveryMonth,
    InterLeg,
    InterMethod,
    InterSpread,
    IntraLeg,
    IntraSpread,
    LegSide,
    PriceRiskMethod,
    ProductFamily,
    Series,
    ShortOptionMethod,
    SpanHeader,
    SpanParameters,
    Tier,
)
from fencang.parameters.pa2.reader import SCAN_POINTS
from fencang.parameters.prices import PriceFormat, PriceFormatFault, decode_price

PERIODS = ("201903", "201904W1", "20190515", "201906", "201912", "202003")
MONTHS = ("201903", "201906", "201912", "202003")
SIDES = st.sampled_from(LegSide)
FORMATS = [
    PriceFormat(0),
    PriceFormat(2),
    PriceFormat(5),
    PriceFormat(-1),
    PriceFormat(3, "C"),
    PriceFormat(3, "0"),
]


@st.composite
def prices(draw, price_format, *, digits_max=10**7 - 1):
    """Draw a price, of either sign, that a format can write."""
    digits = draw(st.integers(0, digits_max))
    if price_format.alignment:
        digits = digits // 10_000 * 1_000 + draw(st.integers(0, 31)) * 10
        digits += draw(st.sampled_from([0, 1, 2, 3, 5, 6, 7, 8]))
    try:
        price = decode_price(digits, price_format)
    except PriceFormatFault:
        price = 0
    return price * draw(st.sampled_from([1, -1]))


@st.composite
def tiers(draw, *, som=False, scale=1):
    """Draw a table of consecutive tiers."""
    count = draw(st.integers(0, 7))
    found = []
    for number in range(1, count + 1):
        first, last = sorted(draw(st.tuples(st.sampled_from(PERIODS), st.sampled_from(PERIODS))))
        rate = draw(st.integers(0, 9_999)) * scale if som else 0
        found.append(Tier(number=number, first_period=first, last_period=last, som_rate=rate))
    return tuple(found)


@st.composite
def calendars(draw, intra, scale):
    """Draw series spreads and, where there are tiers, tier spreads."""
    rate = st.integers(0, 99_999).map(lambda rate: rate * scale)

    def legs(make, most):
        return st.lists(make, min_size=2, max_size=most).map(tuple)

    def spreads(legs):
        return st.lists(
            st.builds(IntraSpread, priority=st.integers(0, 99), rate=rate, legs=legs), max_size=2
        ).map(tuple)

    month = st.builds(
        IntraLeg, side=SIDES, ratio_e4=st.integers(1, 99_999), period=st.sampled_from(PERIODS)
    )
    series = draw(spreads(legs(month, 4)))
    if not intra:
        return series, ()
    tier = st.builds(
        IntraLeg,
        side=SIDES,
        ratio_e4=st.integers(1, 99).map(lambda ratio: ratio * 10_000),
        tier_number=st.sampled_from([each.number for each in intra]),
    )
    return series, draw(spreads(legs(tier, 8)))


@st.composite
def commodities(draw, code, families):
    exponent = draw(st.integers(0, 2))
    power = draw(st.sampled_from([exponent, max(exponent - 2, -3)]))
    scale = 10 ** (exponent - power)
    intra, scan, som = draw(tiers()), draw(tiers()), draw(tiers(som=True, scale=scale))
    inter = draw(st.one_of(st.just(scan), tiers()))
    series_spreads, tier_spreads = draw(calendars(intra, scale))
    rate = st.integers(0, 9_999).map(lambda rate: rate * scale)
    factor = st.tuples(*[st.integers(1, 999)] * 3)
    return CombinedCommodity(
        code=code,
        currency=draw(st.sampled_from(["USD", "EUR"])),
        risk_exponent=exponent,
        risk_unit_micros=10 ** (power + 6),
        is_futures_style=draw(st.booleans()),
        caps_option_value=draw(st.booleans()),
        combination_method=draw(st.sampled_from(["", "S", "D", "M"])),
        families=tuple(family.key for family in families),
        scan_tiers=scan,
        intra_tiers=intra,
        inter_tiers=inter,
        som_tiers=som,
        price_risk_method=draw(st.sampled_from(PriceRiskMethod)),
        series_spreads=series_spreads,
        tier_spreads=tier_spreads,
        delivery_months=tuple(
            draw(
                st.lists(
                    st.builds(
                        DeliveryMonth,
                        period=st.sampled_from(MONTHS),
                        rate_consumed=rate,
                        rate_remaining=rate,
                    ),
                    max_size=3,
                )
            )
        ),
        som_rate=draw(rate),
        som_method=draw(st.sampled_from(ShortOptionMethod)),
        adjustment_ppm=tuple(each * 10_000 for each in draw(factor)),
        initial_ratio_ppm=tuple(each * 1_000 for each in draw(factor)),
    )


@st.composite
def product_families(draw, exchange, code):
    """Draw a future, options on it and a combination."""
    found = []
    for kind in (
        ContractType.FUTURE,
        ContractType.OPTION_ON_FUTURE,
        ContractType.COMBINATION,
        ContractType.OPTION_ON_COMBINATION,
    ):
        settlement, strike = draw(st.sampled_from(FORMATS)), draw(st.sampled_from(FORMATS))
        found.append(
            ProductFamily(
                exchange=exchange,
                code=code,
                kind=kind,
                name=draw(st.sampled_from(["", "A PRODUCT WITH A LONG NAME"])),
                currency="USD",
                value_factor_e7=draw(st.integers(0, 10**11)),
                settlement_locator=settlement.locator,
                settlement_alignment=settlement.alignment,
                strike_locator=strike.locator,
                strike_alignment=strike.alignment,
                is_american=kind.is_option and draw(st.booleans()),
                is_positionable=draw(st.booleans()),
                is_futures_style=kind.is_option and draw(st.booleans()),
            )
        )
    return found


@st.composite
def series_of(draw, family, period, underlying, scale):
    price_format = PriceFormat(family.settlement_locator, family.settlement_alignment)
    kind = {"OOF": "FUT", "OOC": "CMB"}.get(family.kind.value)
    return Series(
        family=family.key,
        period=period,
        underlying_period=underlying,
        underlying_family=f"{family.exchange}/{family.code}/{kind}" if kind else "",
        volatility_e6=draw(st.integers(0, 10**8 - 1)),
        volatility_scan_e6=draw(st.integers(0, 999_999)),
        volatility_scan_is_relative=draw(st.booleans()),
        price_scan_range=draw(st.integers(0, 99_999)) * scale,
        extreme_multiplier_e3=draw(st.integers(0, 99_999)),
        cover_ppm=draw(st.integers(0, 9_999)) * 100,
        interest_rate_e6=draw(st.integers(0, 9_999)) * 100,
        expiry_years_e6=draw(st.integers(0, 9_999_999)),
        look_ahead_years_e6=draw(st.integers(0, 999_999)),
        delta_scaling_e4=draw(st.integers(0, 999_999)),
        expiry_day=draw(st.sampled_from(["", "20190315"])),
        pricing_model=draw(st.sampled_from(["", "M", "BC"])),
        reference_price_nanos=draw(st.none() | prices(price_format)),
        value_factor_e7=draw(st.sampled_from([0, 0, 123 * 10**7])),
    )


@st.composite
def contract_rows(draw, family, periods, values_max):
    """Draw what names the contracts of a family, and their numbers."""
    option = family.kind.is_option
    settlement = PriceFormat(family.settlement_locator, family.settlement_alignment)
    strike_format = PriceFormat(family.strike_locator, family.strike_alignment)
    key = st.tuples(
        st.sampled_from([1, 2]) if option else st.just(0),
        st.sampled_from(periods),
        st.sampled_from(periods),
        prices(strike_format, digits_max=10**6) if option else st.just(0),
    ).map(lambda key: key if option else (0, key[1], key[1], 0))
    keys = draw(st.lists(key, min_size=0 if option else 1, max_size=4, unique=True))
    value = st.integers(-values_max, values_max)
    number = st.tuples(
        st.one_of(st.just(ContractTable.NO_PRICE), prices(settlement, digits_max=10**8)),
        st.integers(0, 10**8 - 1),
        st.sampled_from([0, 0, 77 * 10**7]),
        st.integers(-99_999, 99_999),
        st.integers(-99_999, 99_999),
        st.lists(value, min_size=16, max_size=16),
    )
    return [(each, draw(number)) for each in keys]


@st.composite
def sets(draw):
    """Draw small whole sets that the format can state."""
    periods = draw(st.lists(st.sampled_from(PERIODS), min_size=1, max_size=3, unique=True))
    table = tuple(sorted(periods))
    families, held, series = [], [], []
    columns = {name: [] for name in ContractTable.COLUMNS}
    for number in range(draw(st.integers(1, 2))):
        own = draw(product_families("NYM", f"F{number}"))
        commodity = draw(commodities(f"CC-{number}", own))
        held.append(commodity)
        scale = 10 ** (commodity.risk_exponent + 6) // commodity.risk_unit_micros
        values_max = draw(st.sampled_from([99_999, 99_999_999]))
        for family in own:
            draw_family(
                draw, family, number, len(families), table, scale, values_max, columns, series
            )
            families.append(family)
    contracts = ContractTable(
        table,
        {
            name: np.array(column, dtype=np.int64).reshape(
                (len(column), 16) if name == "values" else len(column)
            )
            for name, column in columns.items()
        },
    )
    return SpanParameters(
        header=SpanHeader(
            clearing_organisation="CME",
            business_date="20190102",
            file_format="U2",
            is_settlement=draw(st.booleans()),
            cycle="F",
            is_gross=draw(st.booleans()),
            caps_option_value=draw(st.booleans()),
        ),
        scan_points=SCAN_POINTS,
        commodities=tuple(held),
        families=tuple(families),
        series=tuple(series),
        contracts=contracts,
        inter_spreads=draw(inter_spreads(held)),
        combinations=draw(combinations(families, contracts)),
        currency_rates=(
            CurrencyRate(from_currency="EUR", to_currency="USD", rate_nanos=1_134_500_000),
        ),
    )


def draw_family(draw, family, commodity, row, periods, scale, values_max, columns, series):
    """Append the contracts of one family and the series that some of them have."""
    own = {}
    for (right, period, underlying, strike), numbers in draw(
        contract_rows(family, periods, values_max)
    ):
        key = (period, underlying)
        if key not in own:
            own[key] = -1
            if draw(st.booleans()):
                own[key] = len(series)
                series.append(draw(series_of(family, period, underlying, scale)))
        stated = series[own[key]] if own[key] >= 0 else None
        price, volatility, factor, delta, current, values = numbers
        inherited = (stated.value_factor_e7 if stated else 0) or family.value_factor_e7
        for name, value in {
            "family": row,
            "commodity": commodity,
            "series": own[key],
            "right": right,
            "period": periods.index(period),
            "underlying_period": periods.index(underlying),
            "strike_nanos": strike,
            "price_nanos": price,
            "volatility_e6": volatility,
            "value_factor_e7": factor or inherited,
            "delta_e4": delta,
            "current_delta_e4": current,
            "delta_scaling_e4": stated.delta_scaling_e4 if stated else 10_000,
            "price_scan_range": stated.price_scan_range if stated else 0,
            "values": values,
        }.items():
            columns[name].append(value)


@st.composite
def combinations(draw, families, contracts):
    """Draw legs in futures for combinations."""
    kinds = [families[row].kind for row in contracts.family.tolist()]
    futures = [row for row, kind in enumerate(kinds) if kind is ContractType.FUTURE]
    found = {}
    for row, kind in enumerate(kinds):
        if kind is ContractType.COMBINATION and draw(st.booleans()):
            leg = st.builds(
                CombinationLeg,
                contract=st.sampled_from(futures),
                ratio_e4=st.integers(-99_999, 99_999).filter(bool),
            )
            found[row] = tuple(draw(st.lists(leg, min_size=1, max_size=3)))
    return found


@st.composite
def inter_spreads(draw, held):
    found = []
    for priority in range(draw(st.integers(0, 3))):
        method = draw(st.sampled_from(InterMethod))
        is_flat, has_own = draw(st.booleans()), draw(st.booleans())
        same = [each for each in held if each.currency == held[0].currency]

        def leg(method=method, is_flat=is_flat, has_own=has_own, same=same):
            commodity = draw(st.sampled_from(same if method is InterMethod.SCANNING else held))
            known = commodity.inter_tiers
            amount = draw(st.integers(0, 9_999_999)) if has_own else 0
            return InterLeg(
                commodity=commodity.code,
                side=draw(SIDES),
                ratio_e4=draw(st.integers(1, 9_999_999)),
                is_required=draw(st.booleans()),
                tier_number=draw(st.sampled_from([0, *(tier.number for tier in known)])),
                rate_ppm=0 if is_flat else amount,
                amount_micros=amount * 10_000 if is_flat else 0,
            )

        target = None
        if method is InterMethod.SCANNING:
            target = msgspec.structs.replace(
                leg(), side=LegSide.A, rate_ppm=0, amount_micros=0, tier_number=0
            )
        rate = draw(st.integers(0, 9_999_999))
        found.append(
            InterSpread(
                priority=priority,
                method=method,
                legs=tuple(leg() for _ in range(draw(st.integers(2, 4)))),
                is_super=draw(st.booleans()),
                is_flat=is_flat,
                rate_ppm=0 if is_flat else rate,
                amount_micros=rate * 10_000 if is_flat else 0,
                has_own_rates=has_own,
                target=target,
                legs_min=draw(st.integers(0, 4)),
                eligibility=draw(st.sampled_from(["", "N", "H"])),
                group="ALL",
            )
        )
    return tuple(found)
