"""Small ``.pa2`` files for tests, line by line, and the real lines where the data are there."""

from pathlib import Path

import pytest

from fencang.parameters.pa2.records.layout import Record, format_record
from fencang.parameters.pa2.records.layouts import LAYOUTS

REAL_LINES = (
    Path(__file__).resolve().parents[2].parent
    / "shared"
    / "data"
    / "span"
    / "cme_pa2_real_records.txt"
)


def real_lines():
    """Return the real lines of 2018, 2019 and 2025, in their order."""
    if not REAL_LINES.exists():
        pytest.skip("the real records are not at hand")
    return REAL_LINES.read_text(encoding="ascii").removesuffix("\n").split("\n")


def line(record, **values):
    """Return one line by its layout."""
    return format_record(Record(LAYOUTS[record], values))


def pa2(*lines):
    """Return the bytes of a file."""
    return "".join(f"{each}\r\n" for each in lines).encode("ascii")


HEADER = line(
    "0",
    clearing_organisation="CME",
    business_date=20190102,
    settlement_or_intraday="S",
    cycle="F",
    file_format="U2",
    gross_or_net="N",
    caps_option_value="N",
    account_kind="C",
    account_class="1",
    requirement_kind="M",
)


def product(code, kind="FUT", *, exchange="NYM", **values):
    """Return a record P: locators 3 and 2, factor 1,000, US dollars."""
    stated = {
        "settlement_locator": 3,
        "strike_locator": 2,
        "value_factor": 1_000 * 10**7,
        "currency": "USD",
        "long_name": f"{code} {kind}",
    }
    return line("P", exchange=exchange, code=code, kind=kind, **(stated | values))


def commodity(code, *families, exchange="NYM", **values):
    """Return a record 2 of families ``(code, kind)``."""
    slots = {}
    for slot, (family, kind) in enumerate(families, 1):
        slots |= {f"family_{slot}_code": family, f"family_{slot}_kind": kind}
    stated = {"risk_exponent": 0, "currency": "USD"}
    return line("2", exchange=exchange, code=code, **(stated | slots | values))


def arrays(code, kind="FUT", *, period=201903, values=None, long=False, exchange="NYM", **fields):
    """Return the two records of a contract whose values are 100, 200 … 1,600 unless stated."""
    values = [100 * number for number in range(1, 17)] if values is None else values
    key = {
        "exchange": exchange,
        "code": code,
        "underlying_code": code,
        "kind": kind,
        "future_month": period,
    }
    shared = ("right", "future_month", "future_day", "option_month", "option_day", "strike")
    key |= {name: fields.pop(name) for name in shared if name in fields}
    first, second = dict(key), dict(key)
    for number, value in enumerate(values, 1):
        record = first if number < 10 else second
        record[f"value_{number}"] = abs(value)
        record[f"value_{number}_sign"] = "-" if value < 0 else "+"
    for name in [name for name in fields if name.startswith("long_settlement")]:
        first[name] = fields.pop(name)
    second |= {"delta": 10_000, "delta_sign": "+", "settlement": 50_000, "settlement_sign": "+"}
    second |= {"strike_sign": "+", "current_delta": 10_000, "current_delta_sign": "+"} | fields
    records = ("83", "84") if long else ("81", "82")
    return [line(records[0], **first), line(records[1], **second)]


def small(*, without=(), extra=()):
    """Return a file of one future family with one contract, as lines, by name."""
    lines = {
        "header": HEADER,
        "product": product("CL"),
        "commodity": commodity("CL", ("CL", "FUT")),
        "arrays": arrays("CL"),
    }
    found = []
    for name, each in lines.items():
        if name not in without:
            found += each if isinstance(each, list) else [each]
    return [*found, *extra]
