"""Files and books of extreme markets, every number in sight: oil through zero, gaps, large moves.

The May prices, the day and size of each margin and the multiples are facts of April 2020 (quoted
from published notices); June prices are round numbers near that month's.  A file carries the
settlement prices of its business date and the margins that hold from the next session on.
"""

import io
from datetime import date
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from fencang.basics.price import format_price, parse_price
from fencang.basics.rounding import divide_half_away
from fencang.margin.pool.collateral import CollateralItem, CollateralKind, ConversionTerms
from fencang.margin.pool.netting import Holding
from fencang.margin.pool.pool import AccountCollateral, PoolTerms, account_statements
from fencang.margin.reference import requirement as reference
from fencang.margin.span.compiled import compile_span
from fencang.margin.span.full import requirement as fast
from fencang.margin.span.full import requirement_totals
from fencang.margin.span.keys import row_of
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.parameters.arrays import compute_arrays
from fencang.parameters.faults import ParameterFileFault
from fencang.parameters.pa2 import read_pa2
from fencang.parameters.pricing import model_of
from fencang.parameters.spn import read_spn, write_spn
from fencang.refdata.account import CarryingAccount
from fencang.refdata.contract import Contract
from fencang.refdata.venue import Venue
from tests.engine.desk import SELL, trading_desk, transfer
from tests.engine.firm import (
    C1,
    CL,
    PRODUCTS,
    TUESDAY,
    changed,
    define,
    money,
    product,
    sub_account,
)
from tests.margin.span_sets import STANDARD_MOVES, SpanSet, leg
from tests.margin.span_sets import line as straight
from tests.parameters.pa2_files import arrays, commodity, line, pa2
from tests.parameters.pa2_files import product as family_line
from tests.parameters.scan_points import CALL, chain_of, option_family, scan_points, series_of

CL_MAY, CL_JUNE = "NYM/CL/FUT/202005", "NYM/CL/FUT/202006"
CONTRACT_KEYS = {"CLK0": CL_MAY, "CLM0": CL_JUNE}
DOLLAR = 1_000_000
CALENDAR_RATE = 700
INITIAL_E3 = 1_100
"""Initial over maintenance: 8,250 over 7,500, and so throughout that spring."""


class WtiDay(NamedTuple):
    """Settlement prices of a day, and the maintenance margin that held from the day after."""

    day: date
    may: str | None
    june: str
    maintenance: int


WTI = (
    WtiDay(date(2020, 4, 14), "20.11", "26.50", 6_700),
    WtiDay(date(2020, 4, 15), "19.87", "26.00", 6_700),
    WtiDay(date(2020, 4, 16), "19.87", "25.50", 7_500),
    WtiDay(date(2020, 4, 17), "18.27", "25.00", 7_500),
    WtiDay(date(2020, 4, 20), "-37.63", "20.50", 7_500),
    WtiDay(date(2020, 4, 21), "10.01", "11.50", 8_500),
    WtiDay(date(2020, 4, 22), None, "14.00", 8_500),
    WtiDay(date(2020, 4, 23), None, "16.50", 10_000),
    WtiDay(date(2020, 4, 24), None, "17.00", 10_000),
)


class Option(NamedTuple):
    """An option of the June contract with its array, as a file states it."""

    right: str
    strike: str
    price: str
    values: tuple[int, ...]
    delta_e4: int


def linear(scan):
    """Return a future's sixteen values: thirds rounded half away, extremes 3 × 0.33 of the range.

    ``linear(7_500)``: 0 0 -2,500 -2,500 … 7,500 7,500 -7,425 7,425.
    """
    values = [divide_half_away(-move * scan, 3) for move in STANDARD_MOVES]
    extreme = divide_half_away(scan * 99, 100)
    return (*values, -extreme, extreme)


def header(day):
    return line(
        "0",
        clearing_organisation="CME",
        business_date=int(f"{day:%Y%m%d}"),
        settlement_or_intraday="S",
        cycle="F",
        file_format="U2",
        gross_or_net="N",
        caps_option_value="N",
        account_kind="C",
        account_class="1",
        requirement_kind="M",
    )


def priced(text, places=2):
    """Return digits and sign of a price as records 82 and 84 write them."""
    nanos = parse_price(text)
    return abs(nanos) // 10 ** (9 - places), "-" if nanos < 0 else "+"


def wti_lines(of_day, *, options=(), long=False):
    """Return a day's file as lines: CL futures, one calendar at 700, options where given."""
    families = [("CL", "FUT"), ("LO", "OOF")] if options else [("CL", "FUT")]
    scan = {"price_scan_range": of_day.maintenance, "extreme_multiplier": 3_000, "cover": 3_300}
    found = [
        header(of_day.day),
        *(family_line(*family, settlement_locator=2, strike_locator=2) for family in families),
        commodity("CL", *families),
        _intra_tiers(),
        line(
            "C",
            commodity="CL",
            method=10,
            priority=1,
            legs=2,
            rate=CALENDAR_RATE,
            **_legs((1, 1, "A"), (2, 2, "B")),
        ),
    ]
    for period, price in ((202005, of_day.may), (202006, of_day.june)):
        if price is None:
            continue
        digits, sign = priced(price)
        found.append(line("B", exchange="NYM", code="CL", kind="FUT", future_month=period, **scan))
        found += arrays(
            "CL",
            period=period,
            values=linear(of_day.maintenance),
            settlement=digits,
            settlement_sign=sign,
            long=long,
        )
    months = {"future_month": 202006, "option_month": 202006}
    if options:
        found.append(line("B", exchange="NYM", code="LO", kind="OOF", **months, **scan))
    for option in options:
        found += _option(option, long=long)
    return found


def _intra_tiers():
    tiers = {"tier_1_number": 1, "tier_1_first": 202005, "tier_1_last": 202005}
    tiers |= {"tier_2_number": 2, "tier_2_first": 202006, "tier_2_last": 202012}
    names = ("member", "hedger", "speculator")
    ratios = {f"initial_ratio_{name}": INITIAL_E3 for name in names}
    return line("3", commodity="CL", method=10, **tiers, **ratios)


def _legs(*legs):
    return {
        f"leg_{place}_{name}": value
        for place, (number, tier, side) in enumerate(legs, 1)
        for name, value in (("number", number), ("tier", tier), ("ratio", 1), ("side", side))
    }


def _option(option, *, long):
    digits, sign = priced(option.price)
    strike, strike_sign = priced(option.strike)
    return arrays(
        "LO",
        "OOF",
        period=202006,
        option_month=202006,
        right=option.right,
        strike=strike,
        strike_sign=strike_sign,
        settlement=digits,
        settlement_sign=sign,
        values=option.values,
        delta=abs(option.delta_e4),
        delta_sign="-" if option.delta_e4 < 0 else "+",
        long=long,
    )


def wti_file(of_day, **more):
    """Return a day's file as bytes."""
    return pa2(*wti_lines(of_day, **more))


def parsed(file):
    """Return the set of a .pa2 file that holds."""
    parameters, report = read_pa2(file)
    assert not report.faults
    return parameters


class Blobs:
    """The days' files by the hash of their bytes, parsed once: a source of sets for the engine."""

    def __init__(self):
        self.files = {SHA256[of_day.day]: wti_file(of_day) for of_day in WTI}
        self._parsed = {}

    def get(self, file):
        if file in self.files and file not in self._parsed:
            self._parsed[file] = parsed(self.files[file])
        return self._parsed.get(file)


SHA256 = {of_day.day: sha256(wti_file(of_day)).hexdigest() for of_day in WTI}
BLOBS = Blobs()


def asked(file, lots):
    """Return the initial requirement (micros) of net lots by contract under a file's hash."""
    parameters = BLOBS.get(file)
    rows = {row_of(parameters, CONTRACT_KEYS[name]): net for name, net in lots.items() if net}
    result = both(parameters, portfolio_of(rows))
    return sum(total.initial_total_micros for total in result.totals)


def portfolio_of(nets, **fields):
    """Return a portfolio of net lots by row."""
    held = {row: Lots(max(net, 0), max(-net, 0)) for row, net in nets.items()}
    return Portfolio(lots=held, **fields)


def parsed_or_refused(file):
    """Return the set of a .pa2 file, None where it is refused with its faults."""
    try:
        return read_pa2(file)[0]
    except ParameterFileFault as fault:
        if not fault.report.faults:
            raise
        return None


def held(parameters, nets, **fields):
    """Return a portfolio of net lots by key."""
    return portfolio_of({row_of(parameters, key): net for key, net in nets.items()}, **fields)


def as_xml(parameters):
    """Return a set written as XML, and the set read from that."""
    stream = io.BytesIO()
    write_spn(parameters, stream)
    read, report = read_spn(stream.getvalue())
    assert not report.faults
    return stream.getvalue(), read


def both(parameters, portfolio, compiled=None):
    """Return the requirement that the reference and the fast program agree on.

    Laws of section 7: whole numbers, nothing below zero, the two programs alike in every field.
    """
    compiled = compiled or compile_span(parameters)
    slow = reference(parameters, portfolio)
    assert fast(compiled, portfolio) == slow
    assert requirement_totals(compiled, portfolio) == slow.totals
    for held in slow.commodities:
        assert min(held.risk_micros, held.scan_risk_micros, held.maintenance_micros) >= 0, held
    for total in slow.totals:
        for name in total.__struct_fields__[1:]:
            assert isinstance(getattr(total, name), int), (name, total)
        assert min(total.maintenance_total_micros, total.initial_total_micros) >= 0, total
    return slow


def maintenance(result):
    """Return the total maintenance in whole units of the only currency, 0 for nothing held."""
    if not result.totals:
        return 0
    (total,) = result.totals
    return divide_half_away(total.maintenance_total_micros, DOLLAR)


def computed_set(family, future, options, *, model=None, **series):
    """Return a set of one month: a future, and options (right, strike) with computed arrays.

    ``future`` is the price as text; volatilities, ranges and times are those of ``series_of``.
    """
    of_series = series_of(family, reference_price_nanos=parse_price(future), **series)
    found = compute_arrays(
        of_series,
        scan_points(),
        family=family,
        model=model or model_of(of_series, family),
        chain=chain_of(*((right, strike, None, 0) for right, strike in options)),
    )
    made = SpanSet()
    made.commodity("X", som_rate=10)
    keys = [made.future("X", of_series.period, linear(of_series.price_scan_range))]
    columns = found.columns
    for row, (right, strike) in enumerate(options):
        keys.append(
            made.option(
                "X",
                of_series.period,
                "C" if right == CALL else "P",
                strike,
                columns["values"][row].tolist(),
                delta_e4=int(columns["delta_e4"][row]),
                price=format_price(int(columns["price_nanos"][row])),
                factor=divide_half_away(family.value_factor_e7, 10**7),
            )
        )
    assert np.isfinite(columns["values"]).all()
    return made, made.build(), keys


TENTH = Option(
    "P",
    "-10.00",
    "0.40",
    (-100, 100, 50, 200, -300, -100, 150, 300, -900, -600, 250, 350, -2_000, -1_500, 130, -6_000),
    -500,
)
"""A put struck below zero; 6,000 are gained (a third of it counted) three ranges down."""
ZERO = Option("C", "0.00", "20.60", linear(7_500), 10_000)

OIL = option_family(is_american=True)
MARKETS = {
    "equities, March 2020": (
        option_family("CME", "ES", 50),
        "2386",
        "2000 2400 2800".split(),
        820_000,
        12_000,
    ),
    "rates, March 2020": (
        option_family("CBT", "ZN", 1_000),
        "138.5",
        "132 138.5 145".split(),
        140_000,
        1_500,
    ),
    "oil, March 2022": (OIL, "123.70", "80 120 200".split(), 950_000, 9_000),
    "nickel, March 2022": (
        option_family("LME", "NI", 6),
        "48000",
        "25000 48000 100000".split(),
        2_000_000,
        60_000,
    ),
}
"""Product, future, strikes, at-the-money volatility (1e-6), price scan range (currency a lot)."""
BOOKS = ([1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1], [0, -1, -1])
"""Future, call, put: each long and short, and a short straddle."""


def books_of(keys):
    future, *options = keys
    for call, put in zip(options[::2], options[1::2], strict=True):
        for nets in BOOKS:
            yield dict(zip((future, call, put), nets, strict=True))


def credited(*months):
    """Return CL (3,000 a lot, these months) and ES (6,000) with half of both credited, 1 to 1."""
    made = SpanSet()
    made.commodity("CL")
    made.commodity("ES")
    for month in months:
        made.future("CL", month, straight(3_000))
    made.future("ES", "202006", straight(6_000))
    made.inter(1, 50, leg("A", 1, "CL"), leg("B", 1, "ES"))
    return made.build()


def called(method, positions):
    """Return requirement, excess and call of one account with 50,000 in cash."""
    account = CarryingAccount(
        carrying_account_id="OWN", holder_id="FUND", broker="B", venues=("CME",)
    )
    holding = Holding(
        sub_account="BETA",
        owner="FUND",
        carrying_account="OWN",
        clearing_house="CME",
        positions=positions,
    )
    cash = CollateralItem(
        name="cash",
        kind=CollateralKind.CASH,
        currency="USD",
        value_micros=50_000 * DOLLAR,
        haircut_ppm=0,
    )
    owned = AccountCollateral(person="FUND", carrying_account="OWN", items=(cash,))
    conversion = ConversionTerms(base_currency="USD", rate_nanos={"USD": 10**9}, haircut_ppm=0)
    terms = PoolTerms(methods={("OWN", "CME"): method}, conversion=conversion)
    (statement,) = account_statements([account], [holding], [owned], terms)
    (balance,) = statement.currencies
    amounts = balance.requirement_micros, balance.excess_micros, balance.call_micros
    return tuple(amount // DOLLAR for amount in amounts)


FLOORED = changed(CL, margin_floor_micros=money("7500"))
"""CL with a floor under its rate: what holds where no file does and the price is near zero."""
NICKEL = product("NI", "LME", "USD", "6", "5", margin_floor_micros=money("6000"))


def nickel_desk():
    """Return a desk with a nickel book: short 10 lots of 6 t from 29,000, 4,000,000 of capital."""
    desk = trading_desk()
    routes = {"LME": "C1"}
    desk.done(
        define(
            Venue(venue_id="LME", name="London", country="GB"),
            changed(C1, venues=(*C1.venues, "LME")),
            NICKEL,
            Contract(contract_id="NIM2", product_id="NI"),
            sub_account("METAL", products=(*PRODUCTS, "NI"), routes=routes),
        )
    )
    desk.open("LME")
    desk.mark(NIM2="29000")
    desk.done(transfer(None, "METAL", "4000000"))
    desk.trade("METAL", SELL, 10, "29000", contract="NIM2")
    desk.settle(venue="LME", NIM2="48000")
    desk.next_day(TUESDAY, "LME")
    return desk
