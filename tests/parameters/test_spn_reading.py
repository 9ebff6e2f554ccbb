"""What a SPAN XML file states arrives in the set, exactly; what it states in vain is named."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.margin.span.keys import key_of, row_of
from fencang.margin.span.parameters import (
    ContractRight,
    ContractType,
    InterMethod,
    LegSide,
    PriceRiskMethod,
    ShortOptionMethod,
)
from fencang.parameters.faults import (
    ParameterFileDamaged,
    ParameterFileFault,
    ParameterFileForeign,
    ParameterFileTruncated,
)
from fencang.parameters.spn import read_spn
from fencang.parameters.spn.scanner import DEPTH_MAX
from tests.parameters.spn_file import FILE, LINEAR, array, future, read, scan_points, spoiled


def refusal(text, kind=ParameterFileDamaged):
    """Return the faults for which a file is refused."""
    with pytest.raises(kind) as caught:
        read(text)
    assert type(caught.value) is kind
    return caught.value.report.faults


def test_header_and_definitions_arrive():
    parameters, report = read(FILE)
    header = parameters.header
    assert (header.clearing_organisation, header.business_date) == ("QXCC", "20260625")
    assert (header.file_format, header.cycle) == ("4.00", "E")
    assert not header.is_settlement
    assert not header.is_gross
    rate = parameters.currency_rates[0]
    assert (rate.from_currency, rate.to_currency, rate.rate_nanos) == ("INR", "USD", 10_559_000)
    assert len(parameters.sha256) == 64
    assert report.faults == ()
    assert report.skipped == {}
    assert report.records["opt"] == 3
    assert report.lines == FILE.count("\n")


def test_scenarios_come_from_the_file():
    """Number, moves, weights and pairs; the extreme multiplier and cover go to the series."""
    parameters, _ = read(FILE)
    points = parameters.scan_points
    assert [point.number for point in points] == list(range(1, 17))
    third = points[2]
    assert (third.price_numerator, third.price_denominator, third.paired_number) == (1, 3, 4)
    assert (points[14].weight_ppm, points[14].paired_number) == (350_000, 15)
    assert {one.extreme_multiplier_e3 for one in parameters.series} == {2_000}
    assert {one.cover_ppm for one in parameters.series} == {350_000}


def test_a_file_with_another_number_of_scenarios_is_read():
    """Four scenarios: two moves, two extremes."""
    points = "".join(
        f"<scanPointDef><point>{number}</point><priceScanDef><mult>1</mult>"
        f"<numerator>{move}</numerator><denominator>1</denominator></priceScanDef>"
        f"<weight>1</weight><pairedPoint>{pair}</pairedPoint></scanPointDef>"
        for number, move, pair in ((1, 1, 2), (2, 1, 1), (3, 3, 3), (4, -3, 4))
    )
    text = FILE.replace(scan_points(), points)
    for values in (LINEAR, ["0.00"] * 16, [one.partition(".")[0] for one in LINEAR]):
        whole = "".join(f"<a>{value}</a>" for value in values)
        text = text.replace(whole, "".join(f"<a>{value}</a>" for value in values[:4]))
    parameters, _ = read(text)
    assert parameters.contracts.values.shape[1] == len(parameters.scan_points) == 4


def test_the_unit_follows_from_the_decimals_in_use():
    """Two decimals: unit 10,000 micros; ALPHA's delivery rate 2.25 is 225 of them.

    BETA's arrays, charges and ranges are whole: unit 1,000,000 although charges have six zeros.
    """
    parameters, _ = read(FILE)
    alpha, beta = parameters.commodities
    assert (alpha.risk_unit_micros, alpha.rounding_micros) == (10_000, 10_000)
    assert alpha.delivery_months[0].rate_remaining == 225
    assert alpha.series_spreads[0].rate == 42_500
    assert alpha.som_rate == 750
    assert (beta.risk_unit_micros, beta.rounding_micros) == (1_000_000, 1_000_000)
    assert beta.tier_spreads[0].rate == 50
    first = parameters.rows_of_family("QXA/ALPHA/FUT")[0]
    assert parameters.contracts.values[first, 2] == -10_000
    first = parameters.rows_of_family("QXB/BETA/FUT")[0]
    assert parameters.contracts.values[first, 2] == -100


def test_a_risk_exponent_widens_the_unit_of_whole_numbers():
    """The numbers of the format hold the exponent already: 100 stays 100 of the currency."""
    text = FILE.replace(
        "<cc>BETA</cc><currency>INR</currency><riskExponent>0",
        "<cc>BETA</cc><currency>INR</currency><riskExponent>1",
    )
    parameters, _ = read(text)
    beta = parameters.commodities[1]
    first = parameters.rows_of_family("QXB/BETA/FUT")[0]
    assert beta.risk_unit_micros == 10_000_000
    assert parameters.contracts.values[first, 2] * beta.risk_unit_micros == -100_000_000


def test_commodities_state_their_methods_and_factors():
    parameters, _ = read(FILE)
    alpha = parameters.commodities[0]
    assert alpha.price_risk_method is PriceRiskMethod.CAPPED_AT_SCAN_RANGE
    assert alpha.som_method is ShortOptionMethod.MAX
    assert alpha.combination_method == ""
    assert alpha.adjustment_ppm == (900_000, 1_000_000, 1_000_000)
    assert alpha.initial_ratio_ppm == (1_000_000, 1_000_000, 1_100_000)
    assert [leg.period for leg in alpha.series_spreads[0].legs] == ["20260630", "20260728"]
    assert alpha.tier_spreads == ()
    beta = parameters.commodities[1]
    assert [(leg.tier_number, leg.ratio_e4) for leg in beta.tier_spreads[0].legs] == [
        (1, 10_000),
        (2, 20_000),
    ]
    assert [tier.first_period for tier in beta.intra_tiers] == ["202607", "202608"]


def test_contracts_have_prices_strikes_deltas_and_months():
    """D1: an option on a physical counts in its own month, one on a future in the future's."""
    parameters, _ = read(FILE)
    table = parameters.contracts
    row = row_of(parameters, "QXA/ALPHA/OOP/20260728/C/100")
    assert row is not None
    assert table.periods[table.underlying_period[row]] == "20260728"
    assert (table.delta_e4[row], table.current_delta_e4[row]) == (8_453, 8_453)
    assert (table.price_nanos[row], table.volatility_e6[row]) == (2_050_000_000, 402_890)
    assert table.right[row] == ContractRight.CALL
    row = row_of(parameters, "QXB/BETAO/OOF/202607/P/-50.5/202608")
    assert row is not None
    assert table.periods[table.underlying_period[row]] == "202608"
    assert (table.price_nanos[row], table.strike_nanos[row]) == (-100_000_000, -50_500_000_000)
    assert table.value_factor_e7[row] == 100_000_000
    series = parameters.series[table.series[row]]
    assert series.underlying_family == "QXB/BETA/FUT"
    assert (series.volatility_scan_e6, series.volatility_scan_is_relative) == (310_000, True)
    assert key_of(parameters, 0) == "QXA/ALPHA/PHY"


def test_a_links_scaling_factor_counts_where_the_contract_states_one():
    """The pfLink says 0.2000, the contract 1.00000: 0.2000, once."""
    parameters, _ = read(FILE)
    row = row_of(parameters, "QXB/BETA/FUT/202607")
    assert parameters.contracts.delta_scaling_e4[row] == 2_000
    text = FILE.replace("<sc>1.00000</sc><setlDate>", "<sc>0.50000</sc><setlDate>")
    parameters, _ = read(text)
    assert parameters.contracts.delta_scaling_e4[row] == 5_000


def test_option_styles_come_from_the_valuation_method():
    parameters, _ = read(FILE)
    by_key = {family.key: family for family in parameters.families}
    assert not by_key["QXA/ALPHA/OOP"].is_futures_style
    assert by_key["QXB/BETAO/OOF"].is_futures_style
    assert by_key["QXB/BETAO/OOF"].kind is ContractType.OPTION_ON_FUTURE


def test_spreads_between_commodities_arrive():
    parameters, _ = read(FILE)
    by_super = {spread.is_super: spread for spread in parameters.inter_spreads}
    scanning, weighted = by_super[True], by_super[False]
    assert (scanning.method, scanning.legs_min) == (InterMethod.SCANNING, 1)
    assert scanning.rate_ppm == 980_000
    assert scanning.target is not None
    assert scanning.target.commodity == "ALPHA"
    assert [(leg.commodity, leg.is_required) for leg in scanning.legs] == [("BETA", False)]
    assert (weighted.method, weighted.rate_ppm) == (InterMethod.TIER_LEGS, 750_000)
    assert [(leg.tier_number, leg.side, leg.ratio_e4) for leg in weighted.legs] == [
        (0, LegSide.A, 10_000),
        (1, LegSide.B, 15_000),
    ]


def test_tier_1_of_a_commodity_without_inter_tiers_is_the_whole_of_it():
    """X6; all legs whole: method 1."""
    text = FILE.replace(
        "<interTiers><tier><tn>1</tn><sPe>202607</sPe><ePe>202609</ePe></tier></interTiers>", ""
    )
    parameters, _ = read(text)
    weighted = next(spread for spread in parameters.inter_spreads if not spread.is_super)
    assert weighted.method is InterMethod.REGULAR
    assert [leg.tier_number for leg in weighted.legs] == [0, 0]


def test_combinations_have_signed_legs():
    """B is bought with the combination, S sold: our reading of ``s``."""
    legs = "".join(
        f"<undC><exch>QXB</exch><pfId>1</pfId><cId>{number}</cId><s>{side}</s><i>{ratio}</i></undC>"
        for number, side, ratio in ((1, "B", "1"), (2, "S", "2"))
    )
    family = f"""<cmbPf><pfId>9</pfId><pfCode>BETAS</pfCode><currency>INR</currency><cvf>10</cvf>
<positionsAllowed>0</positionsAllowed>
<cmb><cId>1</cId><pe>202607</pe><p>-3</p>{legs}{array(["0"] * 16)}</cmb></cmbPf>
<oofPf><pfId>2</pfId>"""
    link = """<pfLink><exch>QXB</exch><pfId>9</pfId><pfCode>BETAS</pfCode>
<pfType>COMBO</pfType></pfLink><scanTiers>"""
    text = spoiled("<oofPf><pfId>2</pfId>", family).replace("<scanTiers>", link)
    parameters, _ = read(text)
    (row, found), *rest = parameters.combinations.items()
    assert not rest
    assert key_of(parameters, row) == "QXB/BETAS/CMB/202607"
    assert [(key_of(parameters, leg.contract), leg.ratio_e4) for leg in found] == [
        ("QXB/BETA/FUT/202607", 10_000),
        ("QXB/BETA/FUT/202608", -20_000),
    ]
    assert not next(one for one in parameters.families if one.code == "BETAS").is_positionable
    faults = refusal(text.replace("<cId>2</cId><s>S", "<cId>7</cId><s>S"))
    assert "contract 7 of family 1 of QXB" in faults[0].found


def test_a_price_scan_range_in_percent_is_taken_of_the_price():
    """10 % of 105.25 with factor 10 is 105.25; BETA then counts hundredths."""
    text = FILE.replace(
        "<scanRate><r>1</r><priceScan>300.00</priceScan><volScan>0.04</volScan></scanRate>\n"
        + array([one.partition(".")[0] for one in LINEAR]),
        "<scanRate><r>1</r><priceScanPct>10.0</priceScanPct><volScanPct>0.3</volScanPct></scanRate>"
        + array([*LINEAR[:-1], "0.01"]),
    ).replace("<cvf>1.00</cvf><sc>", "<cvf>10.00</cvf><sc>")
    parameters, _ = read(text)
    row = row_of(parameters, "QXB/BETA/FUT/202607")
    beta = parameters.commodities[1]
    assert parameters.contracts.price_scan_range[row] * beta.risk_unit_micros == 105_250_000


def test_unknown_elements_are_skipped_with_all_they_hold_and_counted():
    text = spoiled(
        "<ec>QXCC</ec>", "<ec>QXCC</ec><novel><deep><p>1</p></deep><cc>x</cc></novel><odd>1</odd>"
    ).replace("<fut>", "<fut><novelty>7</novelty>")
    parameters, report = read(text)
    assert report.skipped == {"clearingOrg/novel": 1, "clearingOrg/odd": 1, "fut/novelty": 4}
    assert len(parameters.contracts) == 8


def test_families_in_no_commodity_are_left_out_and_counted():
    text = FILE.replace(
        "<pfLink><exch>QXB</exch><pfId>2</pfId><pfCode>BETAO</pfCode><pfType>OOF</pfType>"
        "<sc>0.2000</sc></pfLink>",
        "",
    )
    parameters, report = read(text)
    assert row_of(parameters, "QXB/BETAO/OOF/202607/P/-50.5") is None
    assert report.unused["contract in no combined commodity"] == 1


def test_a_link_to_a_family_that_the_file_does_not_hold_is_counted():
    text = spoiled("<pfId>3</pfId><pfCode>ALPHA</pfCode><pfType>", "<pfId>8</pfId><pfType>")
    parameters, report = read(text)
    assert parameters.rows_of_family("QXA/ALPHA/OOP") is None
    assert report.unused["pfLink to a family that the file does not hold"] == 1
    assert report.unused["contract in no combined commodity"] == 2


def test_credits_by_month_are_left_out_and_counted():
    """A credit left out asks too much, never too little."""
    text = FILE.replace(
        "<tLeg><cc>BETA</cc><tn>1</tn><rs>B</rs><i>1.5</i></tLeg>",
        "<rpLeg><cc>BETA</cc><rpNum>1</rpNum><rs>B</rs><i>1</i></rpLeg>",
    )
    parameters, report = read(text)
    assert [spread.is_super for spread in parameters.inter_spreads] == [True]
    assert report.unused["interSpreads/dSpread by months (pLeg, rpLeg)"] == 1


def test_a_leg_of_a_month_without_contracts_is_counted_not_refused():
    text = FILE.replace("<pe>20260728</pe><rs>", "<pe>20261231</pe><rs>")
    _, report = read(text)
    assert report.unused["pLeg of a month without contracts"] == 1


# ----------------------------------------------------------------------------------- refused files


@pytest.mark.parametrize(
    ("old", "new", "leaf", "words"),
    [
        ("<cc>ALPHA</cc><tn>0", "<cc>OMEGA</cc><tn>0", "cc", "'OMEGA'"),
        ("<cc>BETA</cc><isTarget>0", "<cc>OMEGA</cc><isTarget>0", "cc", "'OMEGA'"),
        ("<cc>BETA</cc><tn>1</tn><rs>B", "<cc>BETA</cc><tn>4</tn><rs>B", "tn", "tier 4 of BETA"),
        ("<tn>2</tn><rs>B", "<tn>5</tn><rs>B", "tn", "tier 5"),
        ("<pLeg><cc>ALPHA</cc>", "<pLeg><cc>BETA</cc>", "cc", "a leg in BETA"),
        ("<pLeg><cc>ALPHA", "<rpLeg/><pLeg><cc>ALPHA", "rpLeg", "a leg by relative month"),
        ("<chargeMeth>F</chargeMeth>", "<chargeMeth>W</chargeMeth>", "chargeMeth", "'W'"),
        ("<pe>20260630</pe><p>", "<pe>June</pe><p>", "pe", "'June'"),
        ("<a>-100.00</a>", "<a>1e2</a>", "a", "1e2"),
        ("<a>-100.00</a>", "", "a", "15 numbers"),
        ("<a>-100.00</a>", "<a>-100.1234567</a>", "a", "-100.1234567"),
        ("<p>105.25</p>", "<p>NaN</p>", "p", "'NaN'"),
        ("<p>105.25</p>", "<p>99999999</p>", "p", "99999999"),
        ("<o>C</o>", "<o>X</o>", "o", "'X'"),
        ("<o>C</o>", "", "o", "nothing"),
        ("<k>100.00</k>", "", "k", "nothing"),
        ("<cId>2</cId><s>B", "<cId>9</cId><s>B", "undC", "contract 9 of family 1 of QXB"),
        ("<wfprMeth>NORMAL", "<wfprMeth>OTHER", "wfprMeth", "'OTHER'"),
        ("<currency>INR</currency><symbol>", "<currency>XXX</currency><symbol>", "", "INR"),
        ("<cc>BETA</cc><currency>INR</currency>", "<cc>BETA</cc>", "currency", "nothing"),
        (
            "<pfCode>ALPHA</pfCode><currency>INR</currency>",
            "<pfCode>ALPHA</pfCode>",
            "currency",
            "",
        ),
        ("<fromCur>INR", "<fromCur>CHF", "fromCur", "CHF"),
        ("<factor>0.010559", "<factor>0", "factor", "0"),
        ("<pfType>PHY", "<pfType>FUT", "pfCode", "ALPHA FUT"),
        (
            "<ccDef>",
            "<ccDef><cc>ALPHA</cc><currency>INR</currency></ccDef><ccDef>",
            "cc",
            "ALPHA again",
        ),
        ("<k>100.00</k><p>2.05</p><d>-", "<k>100.00</k><p>2.05</p><p>3</p><d>-", "p", "p a second"),
        ("<cId>2</cId><pe>20260728", "<cId>2</cId><pe>20260630", "contract", "QXA/ALPHA/FUT again"),
        ("<pairedPoint>2</pairedPoint>", "<pairedPoint>3</pairedPoint>", "pointDef", "paired with"),
        ("<val>1.10000", "<val>x", "val", "'x'"),
        ("<baseR>1</baseR><val>0.9", "<baseR>3</baseR><val>.9", "val", "'.90000'"),
        ("<numLegsReq>1", "<numLegsReq>one", "numLegsReq", "'one'"),
        ("<isTarget>1", "<isTarget>0", "sLeg", "0 targets"),
        ("<tn>2</tn><sPe>202608", "<tn>1</tn><sPe>202608", "tn", "tier 1 again"),
        ("<sPe>202608</sPe><ePe>202609", "<sPe>202608</sPe><ePe>202601", "ePe", "202601"),
        ("<priceFmt></priceFmt>", "<priceFmt>Q</priceFmt>", "priceFmt", "alignment code 'Q'"),
        ("</clearingOrg>", "</clearingOrg><clearingOrg><ec>TWO</ec></clearingOrg>", "ec", "TWO"),
    ],
)
def test_each_fault_is_named_with_its_place(old, new, leaf, words):
    faults = refusal(spoiled(old, new))
    named = [fault for fault in faults if words in fault.found and leaf in ("", fault.field)]
    assert named, [str(fault) for fault in faults]
    assert all(fault.line > 0 and fault.record.startswith("spanFile") for fault in named)


def test_a_faults_line_and_path_are_those_of_its_element():
    text = spoiled("<k>100.00</k><p>2.05</p><d>-", "<k>1e2</k><p>2.05</p><d>-")
    (fault,) = refusal(text)
    assert text.splitlines()[fault.line - 1].startswith("<opt><cId>2</cId><o>P</o><k>1e2")
    assert fault.first_column == 1
    assert fault.record.endswith("clearingOrg/exchange/oopPf/series/opt")
    assert (fault.field, fault.found) == ("k", "'1e2'")
    assert "is not a plain decimal" in fault.allowed


def test_rates_adjusted_in_a_circle_are_refused():
    text = spoiled("<baseR>1</baseR><val>1.1", "<baseR>3</baseR><val>1.1")
    text = text.replace("<baseR>1</baseR><val>0.9", "<baseR>2</baseR><val>0.9")
    faults = refusal(text)
    assert all("adjusted from itself" in fault.found for fault in faults)


def test_a_damaged_commodity_is_told_once_not_through_all_that_name_it():
    (fault,) = refusal(spoiled("<wfprMeth>NORMAL", "<wfprMeth>OTHER"))
    assert fault.field == "wfprMeth"


def test_several_faults_are_told_at_once():
    text = spoiled("<o>C</o>", "<o>X</o>").replace("<fromCur>INR", "<fromCur>CHF")
    assert len(refusal(text)) == 2


def test_two_points_in_time_of_different_dates_are_refused():
    text = spoiled(
        "</spanFile>",
        "<pointInTime><date>20260626</date><isSetl>1</isSetl></pointInTime></spanFile>",
    )
    (fault,) = refusal(text)
    assert (fault.field, fault.found) == ("date", "points in time of 20260625, 20260626")


def test_legs_of_a_scanning_spread_share_one_currency():
    """X8: vectors of different currencies are never added."""
    text = spoiled("<cc>BETA</cc><currency>INR", "<cc>BETA</cc><currency>USD")
    (fault,) = refusal(text)
    assert fault.found == "legs in INR, USD"


@pytest.mark.parametrize("share", [0.05, 0.4, 0.9, 0.999])
def test_a_truncated_file_is_refused_as_such(share):
    text = FILE[: int(len(FILE) * share)]
    (fault, *_) = refusal(text, ParameterFileTruncated)[-1:]
    assert "end of the file" in fault.found


def test_a_document_type_is_refused_with_its_reason():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    faults = refusal(FILE.replace("<spanFile>", bomb + "<spanFile>"))
    assert "document type" in faults[0].found
    assert "without bound" in faults[0].allowed


def test_an_entity_is_refused():
    faults = refusal(spoiled("<ec>QXCC</ec>", "<ec>&other;</ec>"))
    assert "undefined entity" in faults[0].found


def test_deep_nesting_is_refused():
    deep = "<x>" * (DEPTH_MAX + 1) + "</x>" * (DEPTH_MAX + 1)
    (fault,) = refusal(spoiled("<ec>QXCC</ec>", "<ec>QXCC</ec>" + deep))
    assert f"at most {DEPTH_MAX}" in fault.allowed


def test_a_long_text_is_refused():
    (fault,) = refusal(spoiled("<ec>QXCC</ec>", f"<ec>{'Q' * 5_000}</ec>"))
    assert "at most 4096 characters" in fault.allowed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no file of ours",
        "<html></html>",
        "<html><p>x</p></html>",
        "<spanFile/>",
        FILE.replace("4.00", "3.00", 1),
        "<spanFile><fileFormat>4.00</fileFormat></spanFile>",
        FILE[: FILE.index("<clearingOrg>")] + "</pointInTime></spanFile>",
    ],
)
def test_other_files_are_foreign(text):
    assert refusal(text, ParameterFileForeign)


def test_a_mismatched_tag_is_damage():
    (fault,) = refusal(spoiled("</ec>", "</ce>"))
    assert "mismatched tag" in fault.found


def test_lenient_reading_leaves_out_what_is_damaged_and_says_so():
    text = spoiled("<o>C</o>", "<o>X</o>")
    parameters, report = read(text, lenient=True)
    assert report.faults_total == 1
    assert row_of(parameters, "QXA/ALPHA/OOP/20260728/C/100") is None
    assert row_of(parameters, "QXA/ALPHA/OOP/20260728/P/100") is not None


def test_lenient_reading_leaves_out_a_commodity_whose_tables_are_damaged():
    """A commodity margined without its charges would ask too little."""
    parameters, _ = read(spoiled("<tn>2</tn><rs>B", "<tn>5</tn><rs>B"), lenient=True)
    assert [one.code for one in parameters.commodities] == ["ALPHA"]
    assert parameters.inter_spreads == ()
    assert parameters.rows_of_family("QXB/BETA/FUT") is None


def test_lenient_reading_keeps_one_of_two_equal_contracts():
    text = spoiled("<cId>2</cId><pe>20260728", "<cId>2</cId><pe>20260630")
    parameters, report = read(text, lenient=True)
    assert report.faults_total == 1
    first, end = parameters.rows_of_family("QXA/ALPHA/FUT")
    assert end - first == 1


def test_a_file_is_read_from_a_path(tmp_path):
    path = tmp_path / "small.spn"
    path.write_text(FILE, encoding="utf-8")
    assert len(read_spn(path)[0].contracts) == len(read_spn(str(path))[0].contracts) == 8


def test_latin_1_is_read_where_the_file_says_so():
    text = FILE.replace('version="1.0"', 'version="1.0" encoding="ISO-8859-1"')
    text = text.replace("Alpha index", "Índice")
    parameters, _ = read_spn(io.BytesIO(text.encode("latin-1")))
    assert parameters.commodities[0].name == "Índice"


@settings(max_examples=150)
@given(st.integers(0, len(FILE) - 1), st.integers(1, 40), st.binary(max_size=12), st.booleans())
def test_damaged_bytes_are_read_or_refused_never_anything_else(start, length, bytes_put, lenient):
    data = FILE.encode()
    damaged = data[:start] + bytes_put + data[start + length :]
    try:
        parameters, report = read_spn(io.BytesIO(damaged), lenient=lenient)
    except ParameterFileFault as fault:
        assert fault.report.faults_total  # noqa: PT017 -- either outcome is right
    else:
        assert len(parameters.scan_points) == parameters.contracts.values.shape[1]
        assert lenient or not report.faults


def test_more_than_one_future_of_a_family_stand_together():
    parameters, _ = read(FILE.replace("</futPf>", future(3, "202612") + "</futPf>", 1))
    first, end = parameters.rows_of_family("QXA/ALPHA/FUT")
    assert end - first == 3
