"""Faulty maps and statements are refused whole, with every fault and its place."""

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.messages.message import Side
from fencang.messages.reconciliation_commands import StatementSection
from fencang.projections.carrying_days import Movement
from fencang.reports.reconciliation.encodings import ENCODINGS
from fencang.reports.reconciliation.fields import FieldFault, NumberStyle, date_of, date_pattern
from fencang.reports.reconciliation.mapping import Tolerances, read_map
from fencang.reports.reconciliation.reading import files_of, read_statement
from fencang.reports.reconciliation.statement import StatementFault

DAY = date(2024, 3, 13)
FILLS = """
[fills.columns]
execution = "No"
contract = "Contract"
side = "Side"
lots = "Lots"
price = "Price"
day = "Date"
"""
HEADER = "Date,No,Contract,Side,Lots,Price\n"
GOOD = HEADER + "2024-03-13,1,ESM4,B,2,5100.25\n"


def read(payload, map_text=FILLS, day=DAY, **others):
    payload = payload if isinstance(payload, bytes) else payload.encode()
    files = {"broker.csv": payload, **others}
    return read_statement(
        files,
        "broker.csv",
        read_map(map_text, "map.toml"),
        account="C1",
        contracts=("ESM4", "CLM4"),
        asked_day=day,
    )


def faults(payload, map_text=FILLS, day=DAY, **others):
    with pytest.raises(StatementFault) as caught:
        read(payload, map_text, day, **others)
    return [str(fault) for fault in caught.value.faults]


def map_faults(text):
    with pytest.raises(StatementFault) as caught:
        read_map(text, "map.toml")
    return [str(fault) for fault in caught.value.faults]


def test_a_good_statement_is_read():
    found = read(GOOD)
    (fill,) = found.fills
    assert (fill.execution_id, fill.contract_id, fill.side) == ("1", "ESM4", Side.BUY)
    assert (fill.quantity_lots, fill.price_nanos, fill.fee_micros) == (2, 5_100_250_000_000, None)
    assert found.sections == (StatementSection.FILLS,)
    assert found.positions is None


def test_a_statement_of_another_day_is_refused():
    (fault,) = faults(GOOD, day=date(2024, 3, 14))
    assert fault == (
        "broker.csv, line 2: is of 2024-03-13, asked for is 2024-03-14: "
        "the statement of another day"
    )


def test_a_statement_of_two_days_is_refused():
    (fault,) = faults(GOOD + "2024-03-14,2,ESM4,B,2,5100.25\n", day=None)
    assert fault == ("broker.csv, line 3: is of 2024-03-14; line 2 of broker.csv is of 2024-03-13")


def test_a_statement_without_a_day_needs_to_be_told():
    dayless = FILLS.replace('day = "Date"\n', "")
    assert read(GOOD, dayless).trading_day == DAY
    (fault,) = faults(GOOD, dayless, day=None)
    assert "ask for one with --date" in fault


def test_a_missing_column_is_named_with_those_that_are_there():
    (fault,) = faults(GOOD.replace("Price", "Kurs"))
    assert fault == (
        "broker.csv, line 1, column Price: is missing; [fills] price needs it, the file has: "
        "Date, No, Contract, Side, Lots, Kurs"
    )


def test_a_column_that_stands_twice_is_refused():
    told = faults(GOOD.replace("No,", "Price,", 1))
    assert "column No: is missing" in told[0]
    assert told[1] == (
        "broker.csv, line 1, column Price: stands twice; [fills] price cannot mean both"
    )


def test_every_faulty_field_is_named():
    text = HEADER + "2024-03-13,1,ESM4,X,2,5100.25\n13.3.2024,2,ESM4,B,two,51OO\n2024-03-13,3\n"
    told = faults(text)
    plain = "is not a plain decimal number such as -36.98"
    sides = "'B', 'BUY', 'Buy', 'S', 'SELL', 'Sell'"
    assert told == [
        f"broker.csv, line 2, column Side: 'X' is no side; the map knows {sides}",
        "broker.csv, line 3, column Date: '13.3.2024' is not a date of the form YYYY-MM-DD",
        f"broker.csv, line 3, column Lots: 'two': 'two' {plain}",
        "broker.csv, line 3, column Lots: 0 is no fill",
        f"broker.csv, line 3, column Price: '51OO': '51OO' {plain}",
        "broker.csv, line 4: has 2 fields, its header has 6",
    ]


def test_faults_are_bounded():
    assert len(faults(HEADER + "2024-03-13,1,ESM4,X,2,1\n" * 500)) == 100


def test_an_empty_file_and_an_unclosed_quote_are_refused():
    assert faults("", day=DAY) == ["broker.csv: is empty; [fills] begins there"]
    (fault,) = faults(HEADER + '2024-03-13,1,ESM4,"B,2,1\n')
    assert "cannot be split into columns" in fault


@pytest.mark.parametrize(
    ("encoding", "lines", "line", "words"),
    [
        ("utf-8", ["größer", "größer".encode("latin-1")], 2, "the file has two encodings"),
        ("utf-8", ["größer".encode("latin-1")], 1, "state the encoding it is in"),
        ("latin-1", ["größer".encode("latin-1"), "größer"], 2, "the file has two encodings"),
        ("cp1252", ["größer"], 1, "is utf-8 while the map says cp1252"),
        ("gbk", ["合约".encode("gbk"), "持仓"], 2, "two encodings"),
        ("gbk", ["合约"], 1, "is utf-8 while the map says gbk"),
        ("ascii", ["é"], 1, "is not ascii"),
        ("utf-8", [b"a\x00b"], 1, "zero byte"),
    ],
)
def test_a_file_of_two_encodings_or_of_another_one_is_refused(encoding, lines, line, words):
    payload = b"\n".join(each if isinstance(each, bytes) else each.encode() for each in lines)
    (fault,) = faults(payload, f'encoding = "{encoding}"\n' + FILLS)
    assert fault.startswith(f"broker.csv, line {line}: ")
    assert words in fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gbk", "gb18030", "big5", "shift_jis"])
def test_every_encoding_that_is_allowed_reads_what_was_written_in_it(encoding):
    """Names of contracts in Chinese characters, of which a single one is 3 bytes in utf-8."""
    symbol = "期中文大小三"
    text = f'encoding = "{encoding}"\n[symbols]\n"{symbol}" = "ESM4"\n' + FILLS
    found = read(GOOD.replace("ESM4", symbol).encode(encoding), text)
    assert found.fills[0].contract_id == "ESM4"


def test_a_mark_of_utf_8_must_fit_the_map():
    assert read("\ufeff" + GOOD).lines == 1
    (fault,) = faults("\ufeff" + GOOD, 'encoding = "gbk"\n' + FILLS)
    assert "begins as utf-8" in fault


def test_every_fault_of_a_map_is_told_with_its_line():
    text = """account = 5
encoding = "ebcdic"
decimal = ","
thousands = ","
date = "DD.MM"
buy = ["B"]
sell = ["B"]
colour = "red"
[fills]
columns = { contract = "C", side = "S", preis = "P" }
[positions]
columns = { contract = "C" }
[tolerance]
cash = "much"
casch = "1"
"""
    places = [fault.partition(":")[0].removeprefix("map.toml, line ") for fault in map_faults(text)]
    assert places == ["1", "2", "4", "5", "6", "8", "10", "10", "10", "12", "14", "15"]
    told = map_faults(text)
    assert told[1].endswith("encoding = 'ebcdic' is not one of " + ", ".join(map(repr, ENCODINGS)))
    assert told[2] == "map.toml, line 4: thousands = ',' is the decimal sign too"
    assert told[3].endswith("date = 'DD.MM' does not hold YYYY, MM and DD once each")
    assert told[4] == "map.toml, line 6: buy and sell both name 'B'"
    assert "colour is not known here; known are account, encoding" in told[5]
    assert [fault.split("]")[1] for fault in told[7:9]] == [" lots is missing", " price is missing"]
    assert "or long and short in its place" in told[9]
    assert "casch is not known here; known are cash, fee, margin, price, lots" in told[11]


def test_a_map_that_is_no_toml_or_says_nothing_is_refused():
    assert "is no TOML" in map_faults("fills = [")[0]
    assert map_faults("") == [
        "map.toml: sections are missing; there may be positions, fills, cash, margin"
    ]


def test_several_files_and_rows_told_by_a_column():
    text = (
        """
[positions]
file = "open.csv"
where = { column = "Type", value = "POS" }
columns = { contract = "Contract", lots = "Lots", side = "Side" }
"""
        + FILLS
    )
    other = b"Type,Contract,Side,Lots\nPOS,ESM4,S,3\nXXX,ESM4,S,9\nPOS,CLM4,B,0\n"
    assert files_of(read_map(text, "map.toml"), "broker.csv") == ["broker.csv", "open.csv"]
    found = read(GOOD, text, **{"open.csv": other})
    assert [each[1:4] for each in found.positions] == [("ESM4", 0, 3), ("CLM4", 0, 0)]
    assert found.sha256 != read(GOOD).sha256
    (fault,) = faults(GOOD, text, **{"open.csv": other.replace(b"Type", b"Kind")})
    assert "open.csv, line 1, column Type: is missing; [positions] where needs it" in fault


def test_a_statement_that_states_nothing_is_refused():
    text = '[cash]\ncolumns = { currency = "Ccy", closing = "End" }\n'
    (fault,) = faults("Ccy,End\n", text)
    assert "states nothing that could be compared" in fault
    assert read(HEADER).fills == []


@settings(max_examples=300)
@given(payload=st.binary(max_size=300), encoding=st.sampled_from(ENCODINGS))
def test_whatever_bytes_come_they_are_read_or_refused(payload, encoding):
    with contextlib.suppress(StatementFault):
        read(GOOD.encode() + payload, f'encoding = "{encoding}"\n' + FILLS)


@settings(max_examples=300)
@given(text=st.text(max_size=200), place=st.integers(0, 300))
def test_whatever_map_comes_it_is_read_or_refused(text, place):
    whole = f"[tolerance]\ncash = '0.01'\n{FILLS}\n[symbols]\n'a' = 'b'\n"
    with contextlib.suppress(StatementFault):
        read_map(whole[:place] + text + whole[place:], "map.toml")


def test_money_of_a_currency_stands_once():
    text = '[cash]\ncolumns = { currency = "Ccy", closing = "End", fees = "Fees" }\n'
    found = read("Ccy,Fees,End\nUSD,1.50,10\n", text)
    assert found.cash[0].movements == {Movement.FEES: -1_500_000}
    told = faults("Ccy,Fees,End\nUSD,1,10\nUSD,1,10\nusd,1,1\n", text)
    assert told == [
        "broker.csv, line 3, column Ccy: USD stands on line 2 too",
        "broker.csv, line 4, column Ccy: 'usd' is not a currency such as USD",
    ]


@pytest.mark.parametrize(
    ("style", "text", "micros"),
    [
        (NumberStyle(), "-1250.5", -1_250_500_000),
        (NumberStyle(), "(1250.5)", -1_250_500_000),
        (NumberStyle(), "1250.5-", -1_250_500_000),
        (NumberStyle(".", ","), "1,234,567.89", 1_234_567_890_000),
        (NumberStyle(",", "."), "1.234,5", 1_234_500_000),
        (NumberStyle(",", "\u00a0"), "12\u00a0345,5", 12_345_500_000),
        (NumberStyle(".", "'"), "1'000", 1_000_000_000),
        (NumberStyle(",", "."), "12,5", 12_500_000),
    ],
)
def test_numbers_are_read_as_they_are_written(style, text, micros):
    assert style.scaled(text, 6) == micros


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (NumberStyle(), "1,250.50"),
        (NumberStyle(".", ","), "1,25"),
        (NumberStyle(".", ","), "12,34.5"),
        (NumberStyle(",", "."), "1.25"),
        (NumberStyle(",", ""), "1.25"),
        (NumberStyle(), "NaN"),
        (NumberStyle(), ""),
        (NumberStyle(), "1e5"),
        (NumberStyle(), "1.0000001"),
        (NumberStyle(), "9" * 25),
    ],
)
def test_numbers_that_could_mean_two_things_are_refused(style, text):
    """A thousand read as a decimal would be a wrong amount that looks right."""
    with pytest.raises(FieldFault):
        style.scaled(text, 6)


def test_dates_have_one_form():
    pattern = date_pattern("DD.MM.YYYY")
    assert date_of(pattern, "DD.MM.YYYY", "05.02.2018") == date(2018, 2, 5)
    for text in ("5.2.2018", "31.02.2018", "2018-02-05", ""):
        with pytest.raises(FieldFault):
            date_of(pattern, "DD.MM.YYYY", text)
    assert date_pattern("YYYYMMDD") is not None
    assert date_pattern("DD.MM.YY") is None


def test_tolerances_have_defaults_that_are_shown():
    assert read_map(FILLS, "map.toml").tolerances == Tolerances()
    given = read_map(FILLS + '[tolerance]\ncash = "0.05"\nlots = "1"\n', "map.toml").tolerances
    assert (given.cash_micros, given.lots) == (50_000, 1)
