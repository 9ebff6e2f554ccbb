"""The eleven extreme scenarios by calculation: files, arrays, rates and pool, both SPAN programs.

``tests/engine/test_span_extreme.py`` takes those through the engine in which sub-accounts hold
SPAN margined positions; here stand the others, and those that are margined by rate (3, 7, 11).
"""

import csv
import math
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.basics.price import parse_price
from fencang.ledger.fees import fee_micros
from fencang.margin.method import MarginRefused, Measure
from fencang.margin.rate import notional_per_lot, requirement_per_lot
from fencang.margin.rates.instrument import CommodityOption, OptionRight
from fencang.margin.rates.portfolio import Run, WorkingOrder
from fencang.margin.rates.requirement import rate_margin
from fencang.margin.rates.result import LineFlag
from fencang.margin.span.compiled import compile_span
from fencang.margin.span.full import requirement as fast
from fencang.margin.span.method import SpanMethod
from fencang.margin.span.portfolio import Fallback, Lots
from fencang.margin.var.scenarios import PriceHistory, ReturnKind, scenario_set
from fencang.messages.events import OrderRejected
from fencang.messages.reasons import Reason
from fencang.parameters.arrays import compute_arrays
from fencang.parameters.compare import equal_parameters
from fencang.parameters.faults import ParameterFileFault
from fencang.parameters.pricing import PricingFormula, SeriesModel, implied_volatilities, prices
from fencang.parameters.spn import read_spn
from fencang.planning.volatility import daily_returns
from fencang.projections.desk_view import DeskView
from fencang.refdata.contract import FeeSchedule
from tests.engine.desk import BUY, CLOSE_YESTERDAY, OPEN, SELL, assign, only, stray, trading_desk
from tests.engine.firm import CL, CU, TUESDAY, changed, define, money
from tests.margin import rates_book as rb
from tests.margin.extreme_books import (
    CL_JUNE,
    CL_MAY,
    DOLLAR,
    FLOORED,
    INITIAL_E3,
    MARKETS,
    OIL,
    TENTH,
    WTI,
    ZERO,
    as_xml,
    books_of,
    both,
    called,
    computed_set,
    credited,
    held,
    maintenance,
    nickel_desk,
    parsed,
    parsed_or_refused,
    portfolio_of,
    wti_file,
    wti_lines,
)
from tests.parameters.pa2_files import pa2
from tests.parameters.scan_points import CALL, PUT, chain_of, option_family, scan_points, series_of

MARGINS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "span" / "lean_margins"
STRIKES = ("-40", "-10", "0", "10", "20")
CHAIN = tuple((right, strike) for right in (CALL, PUT) for strike in STRIKES)
PUT_KEY, CALL_KEY = "NYM/LO/OOF/202006/P/-10", "NYM/LO/OOF/202006/C/0"
BOOK = {CL_JUNE: 2, PUT_KEY: -5, CALL_KEY: 1}


# ------------------------------------------------------------------------ 1: 15 to 24 April 2020


@pytest.mark.skipif(not MARGINS.exists(), reason="the dated margins are not here")
def test_1_the_margins_of_the_week_are_those_that_were_published():
    """Scenario 1.  Asserted: each file carries what was in force on the next day, initial 1.1 ×."""
    with (MARGINS / "nymex_CL.csv").open(encoding="ascii") as file:
        rows = [
            (int(row["date"]), row["initial"], row["maintenance"]) for row in csv.DictReader(file)
        ]
    for of_day, following in pairwise(WTI):
        in_force = max(row for row in rows if row[0] <= int(f"{following.day:%Y%m%d}"))
        initial = of_day.maintenance * INITIAL_E3 // 1_000
        assert in_force[1:] == (str(initial), str(of_day.maintenance)), of_day.day
    raised = [later.day for first, later in pairwise(WTI) if later.maintenance > first.maintenance]
    assert raised == [date(2020, 4, 16), date(2020, 4, 21), date(2020, 4, 23)]


PATHS = st.lists(st.integers(-6_000, 2_500), min_size=1, max_size=3)
NETS = st.lists(st.integers(-40, 40), min_size=len(CHAIN) + 1, max_size=len(CHAIN) + 1)


@given(PATHS, NETS, st.sampled_from([6_700, 7_500, 8_500, 10_000]), st.booleans())
@settings(max_examples=60)
def test_1_no_path_through_zero_gives_a_negative_requirement(path, nets, scan, is_gross):
    """Scenario 1.  Asserted: prices from 25.00 to -60.00, options struck from -40 to 20, whole
    numbers, at least zero, and the two programs alike (``both``), net and gross.
    """
    for cents in path:
        future = f"{cents / 100:.2f}"
        made, parameters, keys = computed_set(
            OIL, future, CHAIN, price_scan_range=scan, volatility_e6=1_200_000
        )
        lots = {key: (max(net, 0), max(-net, 0)) for key, net in zip(keys, nets, strict=True)}
        both(parameters, made.portfolio(lots, is_gross=is_gross))


# ------------------------------------------------------- 2: settlements and strikes at zero, below


@pytest.mark.parametrize(
    ("long", "record", "settlement", "strike"), [(False, "82", 118, 119), (True, "84", 139, 140)]
)
def test_2_signs_stand_in_their_columns_and_decide(long, record, settlement, strike):
    """Scenario 2.  Asserted: columns 118 and 119 of record 82, 139 and 140 of record 84.

    The future of the 20th reads -37.63 and the put's strike -10; a plus in the column turns each.
    """
    lines = wti_lines(WTI[4], options=(TENTH, ZERO), long=long)
    (future,) = (
        n for n, text in enumerate(lines) if text.startswith(f"{record}NYMCL") and "202005" in text
    )
    (put,) = (
        n for n, text in enumerate(lines) if text.startswith(f"{record}NYMLO") and "OOFP" in text
    )
    assert (lines[future][settlement - 1], lines[put][strike - 1]) == ("-", "-")
    for sign in (-1, 1):
        table = parsed(pa2(*lines)).contracts
        assert table.price_nanos[0] == sign * parse_price("37.63")
        assert table.strike_nanos[2:4].tolist() == [sign * parse_price("10"), 0]
        for number, column in ((future, settlement), (put, strike)):
            text = lines[number]
            lines[number] = f"{text[: column - 1]}+{text[column:]}"


def test_2_a_book_below_zero_is_margined_alike_from_either_format():
    """Scenario 2.  Asserted: 2 June futures, 5 puts struck at -10 sold, 1 call struck at 0.

    Worst is scenario 16: 3 × 7,425 + 5 × 6,000 = 52,275 (13: 3 × 7,500 + 5 × 2,000 = 32,500).
    Initial 1.1 × = 57,502.50 → 57,503.  Option value 20,600 - 5 × 400 = 18,600.  So maintenance
    33,675, initial 38,903, from .pa2 in both widths and from XML, where the signs are minus signs.
    """
    short = parsed(wti_file(WTI[4], options=(TENTH, ZERO)))
    long = parsed(wti_file(WTI[4], options=(TENTH, ZERO), long=True))
    text, xml = as_xml(short)
    assert b"<p>-37.63</p>" in text
    assert b"<k>-10</k>" in text
    assert equal_parameters(short, long) == equal_parameters(short, xml) == []
    for parameters in (short, long, xml):
        (total,) = both(parameters, held(parameters, BOOK)).totals
        assert total.maintenance_total_micros == 33_675 * DOLLAR
        assert total.initial_total_micros == 38_903 * DOLLAR
    for row in range(len(short.contracts)):  # anything alone, long and short
        for net in (1, -1):
            both(short, portfolio_of({row: net}))


def test_2_below_zero_the_lognormal_formula_hands_over_to_the_normal_one():
    """Scenario 2.  Asserted: at -37.63, strike -40, 80 %, 30 days, Black-76 is not asked (log of
    a negative number) but Bachelier, under the deviation that gives Black's price at 7.50 (one
    range): 0.8 × √(30/365) = 0.22935; 7.5 × (2 Φ(0.11468) - 1) = 0.68474, × √2π = 1.71639;
    d = 2.37 / 1.71639 = 1.38081; 2.37 Φ(d) + 1.71639 φ(d) = 2.43564; the put 2.37 less.
    """
    normal = NormalDist()
    matched = 7.5 * (2 * normal.cdf(0.4 * math.sqrt(30 / 365)) - 1)
    deviation = matched * math.sqrt(2 * math.pi)
    d = 2.37 / deviation
    call = 2.37 * normal.cdf(d) + deviation * normal.pdf(d)
    assert call == pytest.approx(2.43564, abs=1e-5)
    arguments = (-37.63, -40.0, 0.8, 30 / 365, 0.0, 7.5)
    assert prices(PricingFormula.BLACK_76, CALL, *arguments) == pytest.approx(call, abs=1e-9)
    assert prices(PricingFormula.BLACK_76, PUT, *arguments) == pytest.approx(call - 2.37, abs=1e-9)
    at_zero = prices(PricingFormula.BLACK_76, CALL, 0.0, 0.0, 0.8, 30 / 365, 0.0, 7.5)
    assert at_zero == pytest.approx(matched, abs=1e-9)


def test_2_the_requirement_has_no_step_where_the_formulas_change():
    """Scenario 2.  Asserted: from 12.00 to -12.00 by a cent and a half, range 7,500 a lot.

    Below 7.50 of underlying or strike the normal formula counts.  A step is 15 dollars a lot: an
    array may move by twice that (now and then, slopes at most one), the option value by once, and
    each by its rounding; the book has 10 lots.
    """
    nets, before = [3, -2, 0, 1, 0, -1, 0, -2, 0, 1, 0], None
    for step in range(1_200, -1_201, -15):
        made, parameters, keys = computed_set(
            OIL, f"{step / 100:.2f}", CHAIN, price_scan_range=7_500, volatility_e6=800_000
        )
        found = maintenance(both(parameters, made.portfolio(dict(zip(keys, nets, strict=True)))))
        if before is not None:
            assert abs(found - before) <= 10 * 3 * (150 + 1), step
        before = found


@pytest.mark.parametrize("right", [CALL, PUT])
def test_2_the_day_of_the_other_formula_changes_no_price_and_little_risk(right):
    """Scenario 2.  Asserted: 22 April 2020, June at 13.78, 24 days, range 8,500: from Black-76 at
    120 % to Bachelier at the normal volatility of the same price.

    Prices agree to a nano; without a price move (scenarios 1, 2) arrays differ by at most 5
    dollars; elsewhere by less than a tenth of the range; all within the range.
    """
    family, years = option_family(), 24 / 365
    strikes = np.array([5.0, 10.0, 13.5, 20.0])
    black = prices(PricingFormula.BLACK_76, right, 13.78, strikes, 1.2, years, 0.0, 8.5)
    own = implied_volatilities(PricingFormula.BACHELIER, right, black, 13.78, strikes, years)
    again = prices(PricingFormula.BACHELIER, right, 13.78, strikes, own, years)
    assert np.abs(again - black).max() < 1e-9
    series = series_of(
        family,
        reference_price_nanos=parse_price("13.78"),
        price_scan_range=8_500,
        expiry_years_e6=round(years * 1e6),
    )
    found = [
        compute_arrays(
            series,
            scan_points(),
            family=family,
            model=SeriesModel(formula=formula),
            chain=chain_of(
                *((right, str(k), None, float(v)) for k, v in zip(strikes, each, strict=True))
            ),
        ).columns["values"]
        for formula, each in ((PricingFormula.BLACK_76, [1.2] * 4), (PricingFormula.BACHELIER, own))
    ]
    change = np.abs(found[1] - found[0])
    assert change[:, :2].max() <= 5
    assert change.max() < 850
    assert max(np.abs(values).max() for values in found) <= 8_500


# -------------------------------------------------------------------- 3: rates at zero and below

CENTS = st.integers(-20_000, 20_000)


def test_3_by_its_sign_a_price_would_ask_for_less_than_nothing():
    """Scenario 3.  Asserted: -37.63 × 1,000 × 10 % is -3,763 by sign; 7,500 are asked for."""
    instrument = rb.future("cl2005", 1000, floor_micros=rb.micros(7_500))
    found = rb.parameters([instrument], {"cl2005": rb.stage("0.1")})
    for price, yuan in (("-37.63", 7_500), ("0", 7_500), ("-100", 10_000)):
        for side in (rb.LONG, rb.SHORT):
            result = rate_margin(found, rb.book({"cl2005": price}, [rb.held("cl2005", side, 1)]))
            assert result.used == (rb.micros(yuan), rb.micros(yuan))
            assert result.positions[0].flags == (LineFlag.PRICE_NOT_POSITIVE,)


@given(
    CENTS, CENTS, CENTS, st.integers(0, 5), st.integers(0, 5), st.sampled_from(list(OptionRight))
)
def test_3_no_price_gives_a_rate_margin_below_the_floor(price, strike, premium, long, short, right):
    """Scenario 3.  Asserted: futures at any price, an option short at any strike: whole numbers,
    never below the floor of each lot, a flag exactly where a price is at or below zero.
    """
    future = rb.future("cl", 1000, floor_micros=rb.micros(7_500))
    terms = CommodityOption(right=right, strike_nanos=strike * 10**7, underlying_id="cl")
    option = rb.future("lo", 1000, floor_micros=rb.micros(500), option=terms)
    found = rb.parameters([future, option], {"cl": rb.stage("0.1"), "lo": rb.stage("0.1")})
    quotes = {"cl": rb.quote(price / 100), "lo": rb.quote(premium / 100)}
    positions = [rb.held("cl", rb.LONG, long), rb.held("cl", rb.SHORT, short)]
    positions.append(rb.held("lo", rb.SHORT, 1))
    result = rate_margin(found, rb.book(quotes, positions))
    lines = {(each.key.instrument_id, each.key.side): each for each in result.positions}
    for side, lots in ((rb.LONG, long), (rb.SHORT, short)):
        if lots:
            each = lines["cl", side]
            assert each.single[0] == max(7_500 * lots * DOLLAR, abs(price) * lots * DOLLAR)
            assert (LineFlag.PRICE_NOT_POSITIVE in each.flags) is (price <= 0)
    assert lines["lo", rb.SHORT].single[0] >= 500 * DOLLAR
    assert result.used[0] == sum(each.single[0] for each in result.positions)
    a_lot = requirement_per_lot(FLOORED, price * 10**7)
    assert isinstance(a_lot, int)
    assert a_lot == max(abs(price) * DOLLAR, 7_500 * DOLLAR)


def test_3_a_floor_holds_where_the_price_asks_for_nothing():
    """Scenario 3.  Asserted: by rate (10 %), 10 lots ask for max(10 % of |price|, 7,500) each.

    18.27: 1,827 → 7,500.  0 and 0.01: 7,500.  -37.63: 3,763 → 7,500.  -100: 10,000, never -10,000.
    """
    desk = trading_desk()
    desk.done(define(FLOORED))
    desk.trade("ALPHA", BUY, 10, "18.27")
    for mark, a_lot in (("18.27", 7_500), ("0", 7_500), ("0.01", 7_500), ("-37.63", 7_500)):
        desk.mark(CLM0=mark)
        assert desk.requirement("ALPHA") == 10 * a_lot * DOLLAR, mark
    desk.mark(CLM0="-100")
    assert desk.requirement("ALPHA") == money("100000")
    desk.settle(CLM0="-100")
    assert desk.requirement("ALPHA") == money("100000")


# ------------------------------------------------------- 4: shares and ratios of prices below zero


@given(CENTS, st.integers(1, 1_000))
def test_4_value_and_fees_take_no_sign_from_the_price(cents, lots):
    """Scenario 4.  Asserted: fee (50 ppm of value, 2.05 a lot) and value at -p are those at p."""
    priced = changed(CL, fees=FeeSchedule(per_lot_micros=money("2.05"), notional_ppm=50))
    nanos = cents * 10**7
    assert fee_micros(priced, nanos, lots, 0) == fee_micros(priced, -nanos, lots, 0)
    assert fee_micros(priced, nanos, lots, 0) >= lots * money("2.05")
    assert notional_per_lot(priced, nanos) == abs(cents) * 10 * DOLLAR


def test_4_relative_moves_through_zero_are_refused_and_absolute_ones_counted():
    """Scenario 4.  Asserted: 18.27 → -37.63 → 10.01 has differences (-55,900, 47,640), no ratio."""
    path = [parse_price(text) for text in ("18.27", "-37.63", "10.01")]
    history = PriceHistory(
        contract="CLK0",
        currency="USD",
        point_value_micros=1_000 * DOLLAR,
        price_nanos=path[-1],
        returns=ReturnKind.ABSOLUTE,
        days=(20200420, 20200421),
        from_nanos=tuple(path[:2]),
        to_nanos=tuple(path[1:]),
    )
    terms = {"horizon_days": 1, "scenarios": 2}
    (found,) = scenario_set([history], history.days, **terms).contracts
    assert found.profit_micros == (-55_900 * DOLLAR, 47_640 * DOLLAR)
    relative = changed(history, returns=ReturnKind.RELATIVE)
    with pytest.raises(MarginRefused, match="relative moves need prices above zero"):
        scenario_set([relative], history.days, **terms)


def test_4_days_without_capital_have_no_return_and_no_margin_use():
    """Scenario 4.  Asserted: ALPHA at -3,500,000 is in the equity curve, divides nothing.

    400 lots fall from 20.00 to 8.75: 400 × 11,250 = 4,500,000 lost on 1,000,000.
    """
    assert daily_returns([(1, 50, 100), (2, -150, 0), (3, 40, -50), (4, 10, 100)], 10) == [0.5, 0.1]
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 400, "20")
    for venue in ("EUREX", "OSE", "SHFE"):
        desk.settle(venue=venue)
    desk.settle(CLM0="8.75")
    desk.next_day(TUESDAY)
    view = DeskView()
    for record in desk.records:
        view.apply(record)
    assert view.performance.equity_curve("ALPHA") == [(20200420, money("-3500000"))]
    assert view.performance.margin_use("ALPHA") == []
    (shares,) = view.performance.capital_shares("FUND")
    assert shares[1]["ALPHA"] == 0


# ------------------------------------------------------------------------ 7: limit-locked days


def test_7_the_ratio_steps_up_by_stage_and_the_evening_run_asks_for_it():
    """Scenario 7.  Asserted: 10 long rb, 10 t a lot, three locked days, run for the next session.

    Settled 3,500 at 9 %: 31,500.  3,290 at 11 %: 36,190.  3,060 at 13 %: 39,780.  Each fall of 6
    and 7 percent raises the margin; a closing order that works frees nothing, and freezes nothing.
    """
    days = (date(2020, 1, 23), date(2020, 2, 4), date(2020, 2, 5))
    ratios, settled = ("0.09", "0.11", "0.13"), (3_500, 3_290, 3_060)
    stages = tuple(rb.stage(ratio, from_day=day) for ratio, day in zip(ratios, days, strict=True))
    found = rb.parameters([rb.future("rb2005")], {"rb2005": stages})
    close = WorkingOrder(instrument_id="rb2005", side=rb.LONG, lots=10, is_opening=False)
    wanted = (31_500, 36_190, 39_780)
    for day, price, yuan in zip(days, settled, wanted, strict=True):
        quotes = {"rb2005": rb.quote(3_500, settlement=price)}
        positions = [rb.held("rb2005", rb.LONG, 10)]
        run = rb.book(quotes, positions, [close], day=day, run=Run.SETTLEMENT)
        result = rate_margin(found, run)
        assert (result.used[0], result.frozen[0]) == (rb.micros(yuan), 0)


def test_7_limit_locked_copper_asks_for_more_each_evening_and_cannot_be_closed():
    """Scenario 7.  Asserted: the requirement rises while the price falls, closing frees nothing.

    10 lots of 5 t, one yuan is 0.14 dollars.  Monday 10 % of 40,000: 200,000 yuan = 28,000.
    Settled limit-down at 38,000, ratio 12 %: 228,000 yuan = 31,920.  Tuesday locked at 35,340,
    ratio 14 %: 247,380 yuan = 34,633.20.  The closing order works and is not filled; the same lots
    cannot be offered twice.  Loss: 10 × 5 × 4,660 = 233,000 yuan, and 100 of fees.
    """
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 10, "40000", contract="CU06", offset=OPEN)
    assert desk.requirement("ALPHA") == money("28000")
    desk.settle(venue="SHFE", CU06="38000")
    desk.done(define(changed(CU, margin_ppm=120_000)))
    assert desk.requirement("ALPHA") == money("31920")
    desk.next_day(TUESDAY, "SHFE")
    desk.mark(CU06="35340")
    order = desk.working("ALPHA", SELL, 10, contract="CU06", at="36100", offset=CLOSE_YESTERDAY)
    again = desk.submit("ALPHA", SELL, 1, "CU06", "36100", offset=CLOSE_YESTERDAY)
    assert only(again, OrderRejected).reason is Reason.CLOSE_LOTS_TOO_FEW
    desk.settle(TUESDAY, "SHFE", CU06="35340")
    desk.done(define(changed(CU, margin_ppm=140_000)))
    assert desk.requirement("ALPHA") == money("34633.20")
    assert desk.cash("ALPHA", "CNY") == money("-233100")
    desk.cancelled(order)
    assert desk.requirement("ALPHA") == money("34633.20")


# ------------------------------------------------------------------------------ 8: half a file

FILE = wti_file(WTI[3], options=(TENTH, ZERO))
WHOLE = parsed(FILE)
LINE_ENDS = [place + 2 for place in range(len(FILE)) if FILE.startswith(b"\r\n", place)]


@given(st.one_of(st.sampled_from(LINE_ENDS[:-1]), st.integers(1, len(FILE) - 3)))
@settings(max_examples=120)
def test_8_half_a_positional_file_is_refused_or_lacks_contracts_by_name(cut):
    """Scenario 8.  Asserted: cut anywhere inside a line or a contract, the file is refused.

    The format has no last record: cut between two contracts it is a smaller file.  What it holds is
    what the whole file holds; what it lost has no row, is refused by name, never free.
    """
    half = parsed_or_refused(FILE[:cut])
    if half is None:
        return
    assert cut in LINE_ENDS
    found = len(half.contracts)
    assert found < len(WHOLE.contracts)
    assert (half.contracts.values == WHOLE.contracts.values[:found]).all()
    method = SpanMethod(half)
    for key in (CL_MAY, CL_JUNE, PUT_KEY, CALL_KEY)[found:]:
        with pytest.raises(MarginRefused, match=f"{key}: not in SPAN CME 20200417"):
            method.requirement({key: Lots(1, 0)})


@given(st.data())
@settings(max_examples=60)
def test_8_half_an_xml_file_is_refused(data):
    """Scenario 8.  Asserted: XML cut before its last tag is refused, wherever."""
    text, _ = as_xml(WHOLE)
    cut = data.draw(st.integers(0, len(text.rstrip()) - 1))
    with pytest.raises(ParameterFileFault):
        read_spn(text[:cut])


@pytest.mark.parametrize("net", [1, -1])
def test_8_an_unknown_contract_is_refused_or_costs_its_fallback(net):
    """Scenario 8.  Asserted: July is not in the file: refused; with a fallback 2 × 9,000 and 7,500.

    10 June beside 2 July: 75,000 + 18,000 = 93,000, long or short, flagged.
    """
    july = "NYM/CL/FUT/202007"
    positions = {CL_JUNE: Lots(10, 0), july: Lots(2, 0) if net > 0 else Lots(0, 2)}
    compiled = compile_span(WHOLE)
    for program in (None, partial(fast, compiled)):
        with pytest.raises(MarginRefused, match=f"{july}: not in SPAN CME"):
            SpanMethod(WHOLE, requirement=program).requirement(positions)
        fallbacks = {"NYM/CL/FUT": Fallback("USD", 9_000 * DOLLAR)}
        method = SpanMethod(WHOLE, requirement=program, fallbacks=fallbacks)
        found = method.requirement(positions)
        assert found.by_currency(Measure.MAINTENANCE) == {"USD": 93_000 * DOLLAR}
        assert any(july in flag for flag in found.flags)


# ------------------------------------------------------------------------- 9: credits that vanish


def test_9_the_leg_expires_and_the_account_is_called_overnight():
    """Scenario 9.  Asserted: 10 CL May against 10 ES: 15,000 + 30,000, 5,000 in excess of 50,000.

    The next file has no May, the position is gone: 60,000 for 10 ES alone, a call of 10,000.
    """
    with_may, without = credited("202005", "202006"), credited("202006")
    may, es = "XYZ/CL/FUT/202005", "XYZ/ES/FUT/202006"
    for parameters, positions, wanted in (
        (with_may, {may: Lots(10, 0), es: Lots(0, 10)}, (45_000, 5_000, 0)),
        (without, {es: Lots(0, 10)}, (60_000, 0, 10_000)),
    ):
        for program in (None, partial(fast, compile_span(parameters))):
            assert called(SpanMethod(parameters, requirement=program), positions) == wanted
    with pytest.raises(MarginRefused, match=may):
        called(SpanMethod(without), {may: Lots(10, 0), es: Lots(0, 10)})


# --------------------------------------------------------------- 10: known before it takes effect


def test_10_the_ratio_before_the_holidays_is_known_the_evening_before():
    """Scenario 10.  Asserted: 8 % until 28 September, 12 % from the 29th on, over National Day.

    10 lots × 10 t settled at 3,600 on the 28th: that evening 28,800 by the day, and 43,200 as the
    evening's run for the 29th; 14,400 more are called before anybody trades at the new ratio.
    """
    stages = (rb.stage("0.08"), rb.stage("0.12", from_day=date(2020, 9, 29)))
    found = rb.parameters([rb.future("rb2101")], {"rb2101": stages})
    quotes = {"rb2101": rb.quote(3_650, settlement=3_600)}
    positions = [rb.held("rb2101", rb.LONG, 4), rb.held("rb2101", rb.LONG, 0, (6, 3_640))]
    wanted = {date(2020, 9, 28): 28_800, date(2020, 9, 29): 43_200, date(2020, 10, 9): 43_200}
    for day, yuan in wanted.items():
        run = rb.book(quotes, positions, day=day, run=Run.SETTLEMENT)
        assert rb.used(found, run) == rb.micros(yuan)


def test_10_two_files_compared_say_what_changes_and_by_how_much():
    """Scenario 10.  Asserted: 10 June and a calendar of 6, file of the 22nd against the 23rd.

    Range 8,500 → 10,000: 10 × 1,500 = 15,000 more (``fencang margin --compare`` does the same).
    On the 21st against the 20th only the range of 7,500 → 8,500 counts, the calendar stays 4,200.
    """
    for before, after, nets, wanted in (
        (WTI[6], WTI[7], {CL_JUNE: 10}, (85_000, 100_000)),
        (WTI[4], WTI[5], {CL_JUNE: 6, CL_MAY: -6}, (4_200, 4_200)),
        (WTI[4], WTI[5], {CL_JUNE: 6, CL_MAY: -4}, (2 * 7_500 + 2_800, 2 * 8_500 + 2_800)),
    ):
        sets = parsed(wti_file(before)), parsed(wti_file(after))
        assert tuple(maintenance(both(each, held(each, nets))) for each in sets) == wanted
        assert any("values" in difference for difference in equal_parameters(*sets))


# ------------------------------------------------- 11: March 2020, oil 2022, nickel March 2022


@pytest.mark.parametrize("name", MARKETS)
def test_11_large_moves_of_price_and_volatility_have_finite_growing_requirements(name):
    """Scenario 11.  Asserted: arrays with the volatility moved by up to ± its whole, ranges up to
    eight times: finite integers, never below zero, no less risk for a wider range, nor (short
    options) for a larger volatility scan; both programs alike.
    """
    family, future, strikes, volatility, scan = MARKETS[name]
    options = [(right, strike) for strike in strikes for right in (CALL, PUT)]
    for fixed, varied in (("volatility", (1, 2, 4, 8)), ("price", (250_000, 500_000, 1_000_000))):
        risks = []
        for each in varied:
            made, parameters, keys = computed_set(
                family,
                future,
                options,
                volatility_e6=volatility,
                volatility_scan_e6=350_000 if fixed == "volatility" else each,
                price_scan_range=scan * each if fixed == "volatility" else scan,
            )
            compiled = compile_span(parameters)
            risks.append([_risk(made, parameters, compiled, nets) for nets in books_of(keys)])
        grow = np.diff(np.array(risks), axis=0)
        short = np.array([not any(net > 0 for net in nets.values()) for nets in books_of(keys)])
        assert (grow[:, short] >= 0).all(), (fixed, risks)
        if fixed == "volatility":
            assert (grow >= 0).all(), risks


def _risk(made, parameters, compiled, nets):
    result = both(parameters, made.portfolio(nets), compiled)
    (commodity,) = result.commodities
    return commodity.risk_micros


def test_11_nickel_doubles_in_a_morning():
    """Scenario 11.  Asserted: short 10 × 6 t, 29,000 → 48,000 → 101,000.

    Lost by the settlement 60 × 19,000 = 1,140,000, by the high 60 × 72,000 = 4,320,000: equity of
    4,000,000 is -320,000, the reserve carries it; requirement 10 % of 60 × 101,000 = 606,000.
    """
    desk = nickel_desk()
    assert desk.cash("METAL") == money("4000000") - money("1140000")
    desk.mark(NIM2="101000")
    assert desk.equity("METAL") == money("-320000")
    assert desk.requirement("METAL") == money("606000")


def test_11_a_trade_that_the_venue_cancels_is_taken_back_at_its_price():
    """Scenario 11.  Asserted today: no command busts a fill; its reversal leaves no lot and no P&L.

    METAL buys 5 back at 80,000 on the 8th: 30 × 32,000 = 960,000 lost against 48,000.  The venue
    cancels the day; the reversal is reported as a fill without order, waits in the suspense
    account (books and account agree throughout) and is assigned by two persons: 10 short again,
    and nothing of the 960,000 is left.  Reversing in one command is for a later issue.
    """
    desk = nickel_desk()
    before = desk.equity("METAL"), desk.net("METAL", "NIM2"), desk.requirement("METAL")
    desk.mark(NIM2="80000")
    desk.trade("METAL", BUY, 5, "80000", contract="NIM2")
    desk.mark(NIM2="48000")
    assert desk.equity("METAL") == before[0] - money("960000")
    execution = stray(desk, SELL, 5, "80000", contract="NIM2")
    assert desk.suspended("NIM2") == (-5, 0)
    desk.refused(assign(execution, "METAL", 5, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(assign(execution, "METAL", 5))
    assert desk.suspended("NIM2") == (0, 0)
    after = desk.equity("METAL"), desk.net("METAL", "NIM2"), desk.requirement("METAL")
    assert after == before == (money("2860000"), -10, money("288000"))
    desk.settle(TUESDAY, "LME", NIM2="48000")
    assert desk.cash("METAL") == before[0]
