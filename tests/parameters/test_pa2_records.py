"""Record layouts of the expanded unpacked format: one table serves reading and writing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.parameters.faults import FaultList
from fencang.parameters.pa2.records.layout import (
    Kind,
    Record,
    RecordFault,
    format_record,
    layout,
    parse_record,
)
from fencang.parameters.pa2.records.layouts import LAYOUTS
from fencang.parameters.pa2.records.lines import PADDING, LineIndex, Rows
from fencang.parameters.pa2.sheet import Sheet
from tests.parameters.pa2_files import pa2, real_lines

TEXT = st.text(alphabet="ABCXYZ019/-& ", max_size=4).map(str.rstrip)


def records(layout):
    """Draw the values of a record."""

    def value(field):
        if field.kind is Kind.TEXT:
            return TEXT.filter(lambda text: len(text) <= field.width)
        if field.kind is Kind.SIGN:
            return st.sampled_from(["", "+", "-"])
        least = -(10 ** (field.width - 1) - 1) if field.kind is Kind.LOCATOR else 0
        return st.none() | st.integers(least, 10**field.width - 1)

    return st.fixed_dictionaries({field.name: value(field) for field in layout.fields})


@st.composite
def lines_of_one_type(draw):
    """Draw a few lines of one record type with their values."""
    layout = LAYOUTS[draw(st.sampled_from(sorted(LAYOUTS)))]
    values = draw(st.lists(records(layout), min_size=1, max_size=4))
    return layout, values, [format_record(Record(layout, each)) for each in values]


def columns_of(layout, lines):
    raw = pa2(*lines)
    text = np.full(len(raw) + PADDING, ord(" "), dtype=np.uint8)
    text[: len(raw)] = np.frombuffer(raw, dtype=np.uint8)
    index = LineIndex(text, len(raw))
    assert list(index.types) == [layout.record]
    return index.columns(index.types[layout.record], layout)


def test_every_real_line_is_written_again_byte_for_byte():
    """24 lines of 15 record types of CME's files of 2018, 2019 and 2025."""
    lines = real_lines()
    assert len(lines) == 24
    for text in lines:
        record = parse_record(LAYOUTS[text[:2].rstrip()], text)
        assert format_record(record) == text


def test_fields_of_real_lines_have_their_meaning():
    """CME's published columns, on the real lines."""
    found = [parse_record(LAYOUTS[text[:2].rstrip()], text).values for text in real_lines()]

    def only(number, **wanted):
        assert {name: found[number][name] for name in wanted} == wanted

    only(0, clearing_organisation="CME", business_date=20250620, cycle="E", created_time=1407)
    only(0, file_format="U2", account_kind="C", account_type="H", requirement_kind="M")
    only(1, business_date=20190102, cycle="F", business_time=None)
    only(2, from_currency="CLP", to_currency="USD", to_code="$", multiplier=1_063)
    only(3, exchange="CBT", code="01")
    only(4, code="ES", settlement_locator=2, settlement_alignment="", value_factor=50 * 10**7)
    only(5, code="21", settlement_locator=3, settlement_alignment="C", value_factor=10**10)
    only(6, code="C", settlement_alignment="0", value_factor=5_000 * 10**7, valuation="FUT")
    only(7, code="26", risk_exponent=0, currency="USD", option_style="P", family_6_code="GT1")
    only(8, commodity="07", method=20, tiers=2, tier_2_last=202812, price_risk_method="2")
    only(9, priority=1, legs=3, rate=100, leg_2_tier=15, leg_2_ratio=2, leg_2_side="B")
    only(10, rate=250, leg_1_month=2509, leg_2_ratio=20_000, leg_3_side="A", leg_4_month=None)
    only(11, volatility=209_372, volatility_scan=9_000_000, volatility_scan_quotation="P")
    only(11, price_scan_range=1_100, extreme_multiplier=3_000, cover=3_300, expiry_day=20180925)
    only(11, reference_price=280_500, reference_price_sign="+", pricing_model="M")
    only(12, price_scan_range=6_000, delta_scaling=2_000, value_factor=50 * 10**7)
    only(14, code="ON", underlying_code="NG", right="C", strike=2_750, value_9=314)
    only(16, code="ES", long_settlement=251_100, long_settlement_flag="N")
    only(17, value_15=5_940, value_15_sign="-", delta=10_000, settlement=251_100)
    only(20, code="06", value_9=1_133)
    only(22, rate=980_000, leg_1_required="N", leg_2_commodity="NY-HP", method=4, group_flag="S")
    only(22, target_exchange="NYM", target_commodity="NY-NG", target_ratio=10_000, legs_min=1)
    only(23, leg_number=1, leg_side="B", leg_ratio=10, leg_code="S", leg_month=202507)


@settings(max_examples=60)
@given(lines_of_one_type())
def test_a_record_reads_back_as_it_was_written(drawn):
    layout, values, lines = drawn
    for each, text in zip(values, lines, strict=True):
        read = parse_record(layout, text)
        assert read.values == each
        assert format_record(read) == text


@settings(max_examples=60)
@given(lines_of_one_type())
def test_lines_read_together_are_read_like_each_alone(drawn):
    """The columns of many lines are the slow twin's values of each, cut blanks included."""
    layout, values, lines = drawn
    columns = columns_of(layout, lines)
    faults = FaultList()
    assert columns.check(faults).all()
    assert not faults
    rows = Rows(columns)
    for name, numbers in rows.numbers.items():
        assert numbers == [each[name] or 0 for each in values]
        assert columns.is_stated(name).tolist() == [each[name] is not None for each in values]
    for name, texts in rows.texts.items():
        assert texts == [each[name] for each in values]


@settings(max_examples=60)
@given(lines_of_one_type(), st.data())
def test_a_strange_byte_is_told_with_its_field(drawn, data):
    """One byte that no field can hold makes the line's only faults, each naming its columns."""
    layout, _, lines = drawn
    field = data.draw(st.sampled_from(layout.fields))
    column = data.draw(st.integers(field.first, field.last))
    text = lines[0].ljust(layout.width)
    lines[0] = f"{text[: column - 1]}\x07{text[column:]}"
    columns, faults = columns_of(layout, lines), FaultList()
    assert columns.check(faults).tolist() == [False] + [True] * (len(lines) - 1)
    (fault,) = faults
    assert (fault.line, fault.record, fault.field) == (1, layout.record, field.name)
    assert (fault.first_column, fault.last_column) == (field.first, field.last)
    with pytest.raises(RecordFault) as alone:
        parse_record(layout, lines[0])
    assert alone.value.field == field


@settings(max_examples=25)
@given(st.sampled_from(["81", "82", "83", "84", "B"]), st.data())
def test_a_sheet_writes_what_single_records_write(record, data):
    """The writer of many lines is the writer of one line, many times."""
    layout = LAYOUTS[record]
    values = data.draw(st.lists(records(layout), min_size=1, max_size=3))
    sheet = Sheet(layout, len(values), reasons := [])
    for field in layout.fields:
        column = [each[field.name] for each in values]
        if field.kind is Kind.TEXT:
            sheet.text(field.name, column)
        elif field.kind is Kind.NUMBER:
            numbers = np.array([number or 0 for number in column], dtype=np.int64)
            sheet.number(field.name, numbers, np.array([each is not None for each in column]))
        else:
            sheet.sign(field.name, np.array([each == "-" for each in column]))
            for each in values:
                each[field.name] = each[field.name] or "+"
    assert not reasons
    written = sheet.lines().tobytes().decode("ascii").splitlines()
    assert [each.rstrip() for each in written] == [
        format_record(Record(layout, each)) for each in values
    ]


@pytest.mark.parametrize(
    ("raw", "holds"),
    [
        ("00042", True),
        ("   42", True),
        ("     ", True),
        ("4 2  ", False),
        ("42   ", False),
        ("-0042", False),
        ("0x042", False),
    ],
)
def test_a_number_is_digits_with_blanks_before_them_only(raw, holds):
    """A number that ends in blanks was cut; the rest would be another number."""
    own = layout("4", [("number", 3, 7, Kind.NUMBER)])
    text = f"4 {raw}"
    faults = FaultList()
    assert columns_of(own, [text]).check(faults).tolist() == [holds]
    if holds:
        assert parse_record(own, text).values["number"] == (int(raw) if raw.strip() else None)
    else:
        assert str(next(iter(faults))).startswith("line 1, record 4, number (columns 3-7): found")
        with pytest.raises(RecordFault, match="5 digits"):
            parse_record(own, text)


def test_a_value_that_does_not_fit_its_columns_is_refused():
    with pytest.raises(RecordFault, match=r"multiplier: found 10000000000, allowed is 10 digits"):
        format_record(Record(LAYOUTS["T"], {"multiplier": 10**10}))
    with pytest.raises(RecordFault, match="3 printable ASCII"):
        format_record(Record(LAYOUTS["T"], {"from_currency": "EURO"}))
    with pytest.raises(RecordFault, match="at least 0"):
        format_record(Record(LAYOUTS["T"], {"multiplier": -1}))
    with pytest.raises(RecordFault, match="record type T"):
        parse_record(LAYOUTS["T"], "1 CME")


def test_layouts_stand_inside_their_lines():
    """No field overlaps another; 83 and 84 place their signs where CME's tables say."""
    at = LAYOUTS["84"].by_name
    assert (at["settlement"].first, at["settlement"].last) == (132, 138)
    assert (at["settlement_sign"].first, at["strike_sign"].first) == (139, 140)
    assert LAYOUTS["81"].by_name["long_settlement"].first == 109
    assert LAYOUTS["82"].by_name["settlement_sign"].first == 118
    assert max(each.width for each in LAYOUTS.values()) <= PADDING
