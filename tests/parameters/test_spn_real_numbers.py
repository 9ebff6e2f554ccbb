"""SPAN XML around real numbers: NSE's NIFTY future and its BANKNIFTY options of 2025-08-08."""

import csv
import gzip
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest

from fencang.margin.span.keys import row_of
from fencang.parameters.spn import read_spn
from tests.parameters.spn_file import array, scan_points

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "span"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared test data are not here")

HEAD = """<?xml version="1.0"?>
<spanFile><fileFormat>4.00</fileFormat>
<definitions><currencyDef><currency>INR</currency><decimalPos>2</decimalPos></currencyDef></definitions>
<pointInTime><date>20250808</date><isSetl>0</isSetl><setlQualifier>early</setlQualifier>
<clearingOrg><ec>NSCCL</ec><isNetMargin>0</isNetMargin><oopDeltaMeth>PERIOD</oopDeltaMeth>
"""


def spn(code, pf_type, body):
    """Return a file of one commodity with one family beside its physical."""
    points = scan_points()
    return f"""{HEAD}<pointDef><r>1</r>{points}</pointDef>
<ccDef><cc>{code}</cc><currency>INR</currency><riskExponent>0</riskExponent>
<wfprMeth>NORMAL</wfprMeth><somMeth>GROSS</somMeth>
<pfLink><exch>NSE</exch><pfId>1</pfId><pfCode>{code}</pfCode><pfType>{pf_type}</pfType></pfLink>
<somTiers><tier><tn>0</tn><rate><r>1</r><val>0</val></rate></tier></somTiers>
<dSpread><spread>1</spread><chargeMeth>F</chargeMeth><rate><r>1</r><val>425.000000</val></rate>
<pLeg><cc>{code}</cc><pe>20260630</pe><rs>A</rs><i>1.000000</i></pLeg>
<pLeg><cc>{code}</cc><pe>20260728</pe><rs>B</rs><i>1.000000</i></pLeg></dSpread></ccDef>
<exchange><exch>NSE</exch>{body}</exchange></clearingOrg></pointInTime></spanFile>"""


def read(text):
    return read_spn(io.BytesIO(text.encode()))


@needs_data
def test_the_nifty_futures_array_keeps_its_paise():
    """Two decimals: the unit is a paisa, the calendar charge of 425 rupees 42,500 of them."""
    examples = json.loads((DATA / "worked_examples.json").read_text())["examples"]
    (known,) = [one for one in examples if one["id"] == "nse-nifty-fut-20260625"]
    texts = [f"{value:.2f}" for value in known["values"]]
    body = f"""<futPf><pfId>1</pfId><pfCode>NIFTY</pfCode><currency>INR</currency><cvf>1.00</cvf>
<priceDl>2</priceDl><valueMeth>FUT</valueMeth><fut><cId>1</cId><pe>20260630</pe><p>24051.80</p>
<d>1.00000000</d><v>0.17</v><sc>1.00000</sc><cvf>1.00</cvf><setlDate>20260630</setlDate>
<scanRate><r>1</r><priceScan>{known["price_scan"]}</priceScan><volScan>{known["vol_scan"]}</volScan>
</scanRate>{array(texts)}</fut></futPf>"""
    parameters, report = read(spn("NIFTY", "FUT", body))
    commodity = parameters.commodities[0]
    assert (commodity.risk_unit_micros, commodity.rounding_micros) == (10_000, 10_000)
    assert commodity.series_spreads[0].rate == 42_500
    row = row_of(parameters, "NSE/NIFTY/FUT/20260630")
    values = parameters.contracts.values[row].tolist()
    assert values[:2] == [872, 872]
    assert values[13] == max(values) == 224_436
    assert values[14:] == [-156_189, 156_800]
    assert values == [int(Decimal(text) * 100) for text in texts]
    assert parameters.contracts.price_scan_range[row] == 223_401
    assert parameters.contracts.price_nanos[row] == 24_051_800_000_000
    # The cover of 35 % is inside 15 and 16: 0.35 × 2 × 2,235.635 = 1,564.94, either side of the
    # carry 0.35 × 8.72 = 3.05: 1,561.89 and 1,568.00, to a paisa.
    half = Decimal(values[13] - values[11]) / 200
    assert abs(Decimal("0.7") * half - Decimal("0.35") * Decimal("8.72") - Decimal("1561.89")) < 1
    assert parameters.scan_points[14].weight_ppm == 350_000
    assert report.unused["pLeg of a month without contracts"] == 1


@needs_data
@pytest.mark.parametrize("issue", ["i1", "i5"])
def test_the_banknifty_options_keep_price_delta_and_worst_value(issue):
    """Every option of the file: largest array value × lot is the file's own margin per lot."""
    path = DATA / f"nse_banknifty_options_20250808_{issue}.csv.gz"
    with gzip.open(path, "rt", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 2_284
    family = """<oopPf><pfId>1</pfId><pfCode>BANKNIFTY</pfCode><exercise>EURO</exercise>
<currency>INR</currency><cvf>1.00</cvf><priceDl>2</priceDl><strikeDl>2</strikeDl>
<valueMeth>EQTY</valueMeth><priceModel>BS</priceModel>"""
    body = [family]
    for expiry in dict.fromkeys(row["expiry_raw"] for row in rows):
        body.append(f"<series><pe>{expiry}</pe><setlDate>{expiry}</setlDate><sc>1.00000</sc>")
        for number, row in enumerate(rows, 1):
            if row["expiry_raw"] == expiry:
                values = ["0.00"] * 16
                # A long call loses most when the price falls, a long put when it rises.
                values[13 if row["type"] == "C" else 11] = (
                    f"{Decimal(row['worst_RA_per_unit']):.2f}"
                )
                body.append(
                    f"<opt><cId>{number}</cId><o>{row['type']}</o><k>{row['strike']}</k>"
                    f"<p>{row['premium_in_rpf']}</p><d>{row['delta_in_rpf']}</d>"
                    f"{array(values, row['delta_in_rpf'])}</opt>"
                )
        body.append("</series>")
    parameters, report = read(spn("BANKNIFTY", "OOP", "\n".join([*body, "</oopPf>"])))
    assert report.records["opt"] == len(parameters.contracts) == 2_284
    table, unit = parameters.contracts, parameters.commodities[0].risk_unit_micros
    assert unit == 10_000
    for row in rows:
        key = f"NSE/BANKNIFTY/OOP/{row['expiry_raw']}/{row['type']}/{row['strike']}"
        found = row_of(parameters, key)
        assert found is not None, key
        assert table.price_nanos[found] == Decimal(row["premium_in_rpf"]) * 10**9
        assert abs(table.delta_e4[found] - Decimal(row["delta_in_rpf"]) * 10_000) <= Decimal("0.5")
        worst_micros = int(table.values[found].max()) * unit
        per_lot = Decimal(row["span_per_lot"]).quantize(Decimal("0.01"))
        assert worst_micros * int(row["lot_size"]) == per_lot * 1_000_000
