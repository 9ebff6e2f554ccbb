"""Limits of exposure and margin buffers in a desk file."""

import pytest

from fencang.app.desk.file import DeskFileFault
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.margin_buffer import MarginBuffer
from tests.app.test_regime_tables import with_tables

ROOT = """
[[exposure_limit]]
node = "MASTER"
gross = 2_000_000
net = "600_000.50"
beta = 500_000
share = "40 %"
beta_index = "SPX"
beta_age = "3 d"
beta_unknown = "1.5x"
floor_ticks = 100
"""
OWN = """
[[exposure_limit]]
node = "person:P"
scope = "energy"
products = ["CL"]
net = 20_000
share_from = 1_000
"""
BUFFER = """
[[margin_buffer]]
node = "MASTER"
share = "10 %"
amount = 5_000
"""


def test_rows_are_read_in_human_units():
    root, buffer = (row.item for row in with_tables(ROOT + BUFFER).risk_rows)
    assert root == ExposureLimit(
        node_id="MASTER",
        gross_micros_max=2_000_000 * 10**6,
        net_micros_max=600_000_500_000,
        beta_micros_max=500_000 * 10**6,
        share_ppm_max=400_000,
        beta_index="SPX",
        beta_age_ns_max=3 * 86_400 * 10**9,
        beta_unknown_ppm=1_500_000,
        floor_ticks=100,
    )
    assert buffer == MarginBuffer(node_id="MASTER", buffer_ppm=100_000, buffer_micros=5_000 * 10**6)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (ROOT.replace("gross = 2_000_000\n", ""), "nothing is unset at the root"),
        (ROOT.replace('"MASTER"', '"ALPHA"'), "the master account has none"),
        (ROOT.replace('"1.5x"', '"0.5x"'), "exposure_limit[0]"),
        (ROOT.replace('"40 %"', '"140 %"'), "out of range"),
        (ROOT.replace("floor_ticks = 100", "floor_ticks = 0"), "floor_ticks"),
        (ROOT + OWN.replace("person:P", "person:NOBODY"), "is no account of this desk"),
        (ROOT + OWN.replace('["CL"]', '["XX"]'), "is no product of this desk"),
        (ROOT + OWN.replace('products = ["CL"]\n', ""), "is no product or contract of this desk"),
        (BUFFER.replace("amount = 5_000\n", ""), "nothing is unset at the root"),
        (BUFFER + BUFFER.replace("MASTER", "venue:X"), "has no margin of its own"),
    ],
)
def test_faults_are_named(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))
