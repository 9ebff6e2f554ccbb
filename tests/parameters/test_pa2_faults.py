"""A damaged ``.pa2`` file is refused as a whole, and every damaged place is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.margin.span.keys import row_of
from fencang.parameters.faults import (
    FAULTS_MAX,
    ParameterFileDamaged,
    ParameterFileFault,
    ParameterFileForeign,
    ParameterFileTruncated,
)
from fencang.parameters.pa2.reader import read_pa2
from tests.parameters.pa2_files import HEADER, arrays, commodity, line, pa2, product, small


def refused(raw, kind=ParameterFileDamaged):
    """Return the faults of a file that is refused."""
    with pytest.raises(kind) as refusal:
        read_pa2(raw)
    report = refusal.value.report
    assert report.faults_total >= len(report.faults) >= 1
    return report.faults


def the_fault(*lines, kind=ParameterFileDamaged):
    (fault,) = refused(pa2(*lines), kind)
    return fault


def spread(**fields):
    """Return a record 6 between CL and HO."""
    stated = {
        "group": "ALL",
        "priority": 1,
        "rate": 750_000,
        "method": 1,
        "leg_1_exchange": "NYM",
        "leg_1_commodity": "CL",
        "leg_1_ratio": 10_000,
        "leg_1_side": "A",
        "leg_2_exchange": "NYM",
        "leg_2_commodity": "HO",
        "leg_2_ratio": 10_000,
        "leg_2_side": "B",
    }
    return line("6", **(stated | fields))


SECOND = [product("HO"), commodity("HO", ("HO", "FUT")), *arrays("HO")]
TIERS = line(
    "3",
    commodity="CL",
    method=10,
    tier_1_number=1,
    tier_1_first=201901,
    tier_1_last=201903,
    tier_2_number=2,
    tier_2_first=201904,
    tier_2_last=201906,
)
CALENDAR = {
    "commodity": "CL",
    "method": 10,
    "priority": 1,
    "legs": 2,
    "rate": 100,
    "leg_1_number": 1,
    "leg_1_tier": 1,
    "leg_1_ratio": 1,
    "leg_1_side": "A",
    "leg_2_number": 2,
    "leg_2_tier": 2,
    "leg_2_ratio": 1,
    "leg_2_side": "B",
}
MONTHS = {
    "commodity": "CL",
    "priority": 1,
    "rate": 100,
    "leg_1_month": 1901,
    "leg_1_ratio": 10_000,
    "leg_1_side": "A",
    "leg_2_month": 1902,
    "leg_2_ratio": 10_000,
    "leg_2_side": "B",
}


@pytest.mark.parametrize(
    ("raw", "found", "allowed"),
    [
        (b"", "an empty file", "a header record 0"),
        (pa2(*small(without=["header"])), "'P NYMCL", "a header record 0"),
        (pa2(product("CL"), HEADER), "'P NYMCL", "a header record 0"),
        (pa2(HEADER.replace("U2", "UP")), "file format 'UP'", "U2"),
        (pa2(HEADER.replace("20190102", "20190231")), "business date 20190231", "CCYYMMDD"),
        (b"<?xml version='1.0'?>\n<spanFile/>\n", "<?xml", "a header record 0"),
    ],
)
def test_a_file_of_another_kind_is_refused(raw, found, allowed):
    """Lenient or not: nothing of it can be trusted."""
    for lenient in (False, True):
        with pytest.raises(ParameterFileForeign) as refusal:
            read_pa2(raw, lenient=lenient)
        (fault,) = refusal.value.report.faults
        assert found in fault.found
        assert allowed in fault.allowed


def test_a_damaged_header_is_refused():
    with pytest.raises(ParameterFileForeign, match="business_date"):
        read_pa2(pa2(HEADER.replace("20190102", "2019O102")), lenient=True)


def test_a_file_cut_inside_its_last_line_is_truncated():
    """Without its line end nobody knows what the last line would have said."""
    raw = pa2(*small())
    faults = refused(raw[:-20], ParameterFileTruncated)
    assert any(fault.line == 5 and "the file ends inside" in fault.found for fault in faults)
    faults = refused(raw[:-2], ParameterFileTruncated)
    assert faults[0].allowed in {"a line end behind the last line", "record 82 directly behind it"}


def test_a_file_cut_between_the_records_of_a_contract_is_truncated():
    lines = small()
    fault = the_fault(*lines[:-1], kind=ParameterFileTruncated)
    assert str(fault) == (
        "line 4, record 81, line: found a record 81 without its 82, "
        "allowed is record 82 directly behind it"
    )


def test_records_of_a_contract_must_stand_together_and_agree():
    first, second = arrays("CL", period=201904)
    third, fourth = arrays("CL", period=201905)
    fault = the_fault(*small(extra=[second]))
    assert (fault.line, fault.record) == (6, "82")
    assert "without its 81" in fault.found
    (fault, other) = refused(pa2(*small(extra=[first, third, fourth, second])))
    assert (fault.line, other.line) == (6, 9)
    fault = the_fault(*small(extra=[first, fourth]))
    assert (fault.line, fault.first_column, fault.last_column) == (7, 3, 54)
    assert "201905" in fault.found
    assert "201904" in fault.allowed


def test_a_damaged_digit_is_told_with_line_record_field_and_columns():
    """Value 12 of the second record stands in columns 67 to 71."""
    lines = small()
    second = lines[4]
    assert second[66:71] == "01200"
    lines[4] = f"{second[:66]}01x00{second[71:]}"
    fault = the_fault(*lines)
    assert str(fault) == (
        "line 5, record 82, value_12 (columns 67-71): found '01x00', allowed is 5 digits"
    )
    lines[4] = f"{second[:71]}*{second[72:]}"
    fault = the_fault(*lines)
    assert (fault.field, fault.allowed) == ("value_12_sign", "+, - or blank")
    lines[4] = second[:69]
    assert the_fault(*lines).found == "'012  '"


def test_every_fault_is_told_to_a_bound_and_counted_beyond_it():
    damaged = []
    for number in range(300):
        first, second = arrays("CL", period=200001 + number)
        damaged += [first, second.replace("+", "*", 1)]
    with pytest.raises(ParameterFileDamaged) as refusal:
        read_pa2(pa2(*small(extra=damaged)))
    report = refusal.value.report
    assert (len(report.faults), report.faults_total) == (FAULTS_MAX, 300)
    assert str(refusal.value).endswith("and 100 more")
    assert [fault.line for fault in report.faults[:2]] == [7, 9]


def test_a_second_header_is_told_with_its_date():
    """Two files joined, or two days mixed."""
    other = HEADER.replace("20190102", "20190103", 1)
    fault = the_fault(*small(extra=[other]))
    assert (fault.line, fault.record) == (6, "0")
    assert fault.found == "a second header, of 20190103"
    assert fault.allowed == "one header; the file is of 20190102"


CASES = {
    "a currency that nothing defines": (
        [product("HO", currency="XXX"), commodity("HO", ("HO", "FUT"))],
        "P currency 'XXX' | defines: USD",
    ),
    "a commodity without currency": ([commodity("HO", currency="")], "2 currency blank | own"),
    "a rate of zero": (
        [line("T", from_currency="EUR", to_currency="USD", multiplier=0)],
        "T multiplier 0 | above 0",
    ),
    "a currency of two letters": (
        [line("T", from_currency="EU", to_currency="USD", multiplier=1)],
        "T from_currency 'EU' | three letters",
    ),
    "an alignment code that nobody knows": (
        [product("HO", settlement_alignment="K")],
        "P settlement_alignment alignment code 'K' | blank, C or 0",
    ),
    "treasury alignment without three decimals": (
        [product("HO", strike_alignment="C")],
        "P strike_alignment alignment code C with locator 2 | 3",
    ),
    "a kind of product that SPAN lacks": (
        [product("HO", "XXX")],
        "P kind 'XXX' | CMB, FUT, OOC, OOF, OOP, PHY",
    ),
    "a value factor beyond bounds": (
        [product("HO", value_factor=10**13, value_factor_exponent=9)],
        "P value_factor times 10^9 | below 10^11",
    ),
    "a product told twice and differently": (
        [product("CL", value_factor=1)],
        "P code NYM/CL/FUT once more | one record P",
    ),
    "a commodity whose lines disagree": (
        [commodity("CL", risk_exponent=2)],
        "2 currency USD with risk exponent 2 | risk exponent 0",
    ),
    "a family of two commodities": (
        [commodity("HO", ("CL", "FUT"))],
        "2 family_1_code NYM/CL/FUT, which CL holds | once",
    ),
    "a risk unit below a millionth": (
        [commodity("HO", ("HO", "FUT"), family_1_array_locator=7)],
        "2 risk_exponent units from 10^-7 to 10^0 | 10^-6 at least",
    ),
    "tiers of an unknown commodity": (
        [line("S", commodity="XX", method=1)],
        "S commodity 'XX' | record 2 defines",
    ),
    "an unknown method of tiers": (
        [line("S", commodity="CL", method=11)],
        "S method 11 | 01, 02, 10, 20, 21, 22, 23, 30",
    ),
    "a dead method of calendar spreads": (
        [line("3", commodity="CL", method=3)],
        "3 method 03 | blank, 01, 10",
    ),
    "basis risk delivery": ([line("4", commodity="CL", method=11)], "4 method 11 | blank, 01, 10"),
    "a tier that ends before it begins": (
        [
            line(
                "3",
                commodity="CL",
                method=10,
                tier_1_number=1,
                tier_1_first=201903,
                tier_1_last=201901,
            )
        ],
        "3 tier_1_first 201903 to 201901 | not before it",
    ),
    "an unknown weighted price risk": (
        [line("S", commodity="CL", method=1, price_risk_method="4")],
        "S price_risk_method '4' | blank, 1, 2 or 3",
    ),
    "two weighted price risks": (
        [
            line("S", commodity="CL", method=1, price_risk_method="2"),
            line("S", commodity="CL", method=1, price_risk_method="3"),
        ],
        "S price_risk_method '3' | that of the record before, 2",
    ),
    "an unknown minimum": (
        [line("4", commodity="CL", som_method="3")],
        "4 som_method '3' | blank, 1 or 2",
    ),
    "a calendar leg in no tier": (
        [TIERS, line("C", **(CALENDAR | {"leg_2_tier": 9}))],
        "C leg_2_tier 09 | a tier of CL that a record 3 defines",
    ),
    "a calendar leg without side": (
        [TIERS, line("C", **(CALENDAR | {"leg_2_side": "X"}))],
        "C leg_2_side 'X' | A or B",
    ),
    "a calendar spread that announces three legs": (
        [TIERS, line("C", **(CALENDAR | {"legs": 3}))],
        "C line 2 legs where 3 are announced | all announced legs",
    ),
    "a calendar ratio of zero": (
        [TIERS, line("C", **(CALENDAR | {"leg_1_ratio": 0}))],
        "C line a leg with ratio 0 | above 0",
    ),
    "a series spread of one leg": (
        [line("E", **(MONTHS | {"leg_2_month": 0}))],
        "E line 1 legs where 1 | at least two",
    ),
    "a spread leg of an unknown commodity": (
        [*SECOND, spread(leg_2_commodity="XB")],
        "6 leg_2_commodity NYM XB | record 2 of that exchange",
    ),
    "a spread leg of another exchange": (
        [*SECOND, spread(leg_2_exchange="CBT")],
        "6 leg_2_commodity CBT HO | record 2 of that exchange",
    ),
    "a spread leg in no tier": (
        [*SECOND, spread(method=10, leg_1_tier=3)],
        "6 leg_1_tier 03 | 00 or a tier of CL",
    ),
    "an unknown spread method": (
        [*SECOND, spread(method=5)],
        "6 method 05 | 01, 02, 03, 04, 10, 20",
    ),
    "an unknown credit method": (
        [*SECOND, spread(credit_method="Q")],
        "6 credit_method 'Q' | blank, W or F",
    ),
    "a spread of one leg": (
        [*SECOND, spread(leg_2_commodity="")],
        "6 line 1 legs | two legs, or one and a target",
    ),
    "a spread ratio of zero": ([*SECOND, spread(leg_1_ratio=0)], "6 leg_1_ratio 0 | above 0"),
    "a scanning spread without target": (
        [*SECOND, spread(method=4, target_ratio=10_000)],
        "6 target_commodity blank | record 2",
    ),
    "a scanning spread over two currencies": (
        [
            product("HO", currency="EUR"),
            commodity("HO", ("HO", "FUT"), currency="EUR"),
            *arrays("HO"),
            spread(method=4, target_exchange="NYM", target_commodity="CL", target_ratio=10_000),
        ],
        "6 target_commodity commodities in EUR and USD | one currency",
    ),
    "a contract of no commodity": (
        [product("HO"), *arrays("HO")],
        "81 code NYM/HO/FUT | a product family that a record 2 lists",
    ),
    "a contract of an unknown family": (
        arrays("XB"),
        "81 code XB | a product family that a record 2 lists",
    ),
    "a contract without price format": (
        [commodity("HO", ("HO", "FUT")), *arrays("HO")],
        "81 code NYM/HO/FUT | whose record P states",
    ),
    "a future with a right": (arrays("CL", period=201904, right="C"), "81 right 'C' | blank for"),
    "a contract that stands twice": (arrays("CL"), "81 code once more 'NYMCL | each contract once"),
    "a price that its alignment cannot mean": (
        [
            product("21", settlement_alignment="C"),
            commodity("21", ("21", "FUT")),
            *arrays("21", settlement=122_320),
        ],
        "82 settlement 122320 | format of settlement prices",
    ),
    "a series of an unknown family": (
        [line("B", exchange="NYM", code="XB", kind="FUT", future_month=201903)],
        "B code NYM/XB/FUT | record 2 or P",
    ),
    "a series that stands twice": (
        [line("B", exchange="NYM", code="CL", kind="FUT", future_month=201903)] * 2,
        "B line the same series once more | one record B",
    ),
    "a percentage that weighted price risk is capped by": (
        [
            line("S", commodity="CL", method=1, price_risk_method="2"),
            line(
                "B",
                exchange="NYM",
                code="CL",
                kind="FUT",
                future_month=201903,
                price_scan_range=5,
                price_scan_quotation="P",
            ),
        ],
        "B price_scan_quotation 'P' | an absolute range",
    ),
    "a combination leg that is not there": (
        [
            product("31", "CMB"),
            commodity("31", ("31", "CMB")),
            *arrays("31", "CMB"),
            line(
                "Z",
                exchange="NYM",
                code="31",
                month=201903,
                leg_number=1,
                leg_side="A",
                leg_ratio=1,
                leg_code="S",
                leg_kind="FUT",
                leg_month=201903,
            ),
        ],
        "Z leg_code NYM/S/FUT/201903 | a future or physical with a risk array",
    ),
    "a combination leg without side": (
        [
            product("31", "CMB"),
            commodity("31", ("31", "CMB")),
            *arrays("31", "CMB"),
            line(
                "Z",
                exchange="NYM",
                code="31",
                month=201903,
                leg_number=1,
                leg_side="C",
                leg_ratio=1,
                leg_code="CL",
                leg_kind="FUT",
                leg_month=201903,
            ),
        ],
        "Z leg_side 'C' | A or B",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_hold_together_is_refused_and_left_out_leniently(case):
    """Record, field, what was found, what is allowed; lenient reading keeps the rest."""
    extra, wanted = CASES[case]
    found, _, allowed = wanted.partition(" | ")
    record, field, _ = f"{found} ".split(" ", 2)
    raw = pa2(*small(extra=extra))
    faults = refused(raw)
    fault = faults[0]
    assert (fault.record, fault.field) == (record, field), [str(each) for each in faults]
    assert found.removeprefix(f"{record} {field} ") in fault.found
    assert allowed in fault.allowed
    assert 6 <= fault.line <= 5 + len(extra)
    parameters, report = read_pa2(raw, lenient=True)
    assert row_of(parameters, "NYM/CL/FUT/201903") is not None
    assert report.faults == faults
    assert report.lines_left_out >= 1


def test_lenient_reading_leaves_the_damaged_contract_out_and_says_so():
    """Both records of a contract go: five lines hold, two are left out."""
    first, second = arrays("CL", period=201904)
    lines = small(extra=[first, second.replace("+", "?", 1)])
    parameters, report = read_pa2(pa2(*lines), lenient=True)
    assert len(parameters.contracts) == 1
    assert (report.lines, report.lines_left_out, report.faults_total) == (7, 2, 1)
    assert report.describe().startswith("line 7, record 82, value_10_sign")


def test_a_lenient_reading_of_a_cut_file_keeps_what_is_whole():
    raw = pa2(*small(extra=arrays("CL", period=201904)))
    parameters, report = read_pa2(raw[:-30], lenient=True)
    assert len(parameters.contracts) == 1
    assert report.lines_left_out == 2


def test_legs_of_a_combination_that_nobody_can_hold_are_set_aside():
    leg = line(
        "Z",
        exchange="NYM",
        code="31",
        month=201903,
        leg_number=1,
        leg_side="A",
        leg_ratio=1,
        leg_code="CL",
        leg_kind="FUT",
        leg_month=201903,
    )
    parameters, report = read_pa2(pa2(*small(extra=[leg])))
    assert parameters.combinations == {}
    assert report.notes == ("1 legs of combinations without risk array are not used",)


def test_a_percentage_that_nothing_uses_is_noted():
    series = line(
        "B",
        exchange="NYM",
        code="CL",
        kind="FUT",
        future_month=201903,
        price_scan_range=5,
        price_scan_quotation="P",
    )
    parameters, report = read_pa2(pa2(*small(extra=[series])))
    assert parameters.series[0].price_scan_range == 0
    assert report.notes == ("1 price scan ranges in percent are not used",)


SOUND = pa2(
    *small(
        extra=[
            *SECOND,
            TIERS,
            line("C", **CALENDAR),
            line("E", **MONTHS),
            line("S", commodity="CL", method=2),
            line("4", commodity="CL", method=10, som_rate=5),
            line("B", exchange="NYM", code="CL", kind="FUT", future_month=201903),
            spread(),
        ]
    )
)


@settings(max_examples=100)
@given(st.data())
def test_no_damage_does_more_than_refuse(data):
    """Bytes from strangers give a set or a refusal, never another end; lenient reading likewise."""
    read_pa2(SOUND)
    raw = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        match data.draw(st.sampled_from(["set", "cut", "drop", "repeat"])):
            case "set":
                raw[place] = data.draw(st.sampled_from(list(b"09AZ+- \n\r\x00\xff")))
            case "cut":
                del raw[place:]
            case "drop":
                del raw[place : place + data.draw(st.integers(1, 130))]
            case _:
                raw[place:place] = raw[place : place + data.draw(st.integers(1, 130))]
        if not raw:
            break
    for lenient in (False, True):
        refusal = None
        try:
            parameters, report = read_pa2(bytes(raw), lenient=lenient)
        except ParameterFileFault as fault:
            refusal = fault
        if refusal is None:
            assert lenient or not report.faults_total
            assert len(parameters.contracts) <= 2
        else:
            assert refusal.report.faults_total
            assert not lenient or isinstance(refusal, ParameterFileForeign)
