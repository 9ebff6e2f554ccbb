"""The tables of limits in a desk file: nodes beside the tree, groups, warnings, overrides."""

import pytest

from fencang.app.commands.desk import refusals_of
from fencang.app.desk.file import DeskFileFault, parse_desk
from fencang.basics.time import parse_time
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_group import LimitGroup, LimitGroupMember
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.override import ControlOverride, OverrideValue
from tests.app.program import SMALL_DESK

LIMITS = """
[[limit]]
node = "carrying:FCM"
lots = 40

[[limit]]
node = "venue:NYMEX"
scope = "FUEL"
lots = 60

[[limit_group]]
id = "FUEL"
members = { CL = "0.5" }

[[warning]]
node = "MASTER"
levels = ["60 %", "90 %"]
margin = "2 %"

[[override]]
id = "O-1"
table = "limit"
node = "carrying:FCM"
from = "2026-11-26T14:00:00Z"
until = "2026-11-26T20:00:00Z"
reason = "a roll"
values = { long_lots = 80, short_lots = 40 }
"""


def faults_of(text):
    with pytest.raises(DeskFileFault) as caught:
        parse_desk(text)
    return [(fault.key, fault.words) for fault in caught.value.faults]


def test_every_table_becomes_its_definition_and_the_desk_takes_them():
    desk = parse_desk(SMALL_DESK + LIMITS)
    rows = desk.define.items
    assert (
        PositionLimit(node_id="venue:NYMEX", scope_id="FUEL", long_lots_max=60, short_lots_max=60)
        in rows
    )
    member = LimitGroupMember(scope_id="CL", ratio_ppm=500_000)
    assert LimitGroup(group_id="FUEL", members=(member,)) in rows
    levels = (600_000, 900_000)
    assert LimitWarning(node_id="MASTER", levels_ppm=levels, margin_ppm=20_000) in rows
    (override,) = [row for row in rows if isinstance(row, ControlOverride)]
    assert override.place == ("PositionLimit", "carrying:FCM", "*")
    assert override.from_ns == parse_time("2026-11-26T14:00:00Z")
    assert override.values == (
        OverrideValue(field="long_lots_max", value=80),
        OverrideValue(field="short_lots_max", value=40),
    )
    assert refusals_of(desk) == []


def test_a_warning_has_the_fields_levels_by_itself():
    desk = parse_desk(SMALL_DESK + '\n[[warning]]\nnode = "MASTER"\n')
    (row,) = [row for row in desk.define.items if isinstance(row, LimitWarning)]
    assert row.levels_ppm == (500_000, 800_000, 1_000_000)


def test_a_restriction_may_be_lifted_for_a_while():
    text = """
[[order_control]]
node = "MASTER"
lots = 9
value = 1_000_000
collar = "2 %"
collar_ticks = 1
fast_after = "5 %"
fast_collar = "6 %"
price_age = "30 s"
market_orders = true
restricted = true

[[override]]
id = "O-1"
table = "order_control"
node = "MASTER"
from = "2026-11-26T14:00:00Z"
until = "2026-11-26T20:00:00Z"
reason = "a test"
values = { restricted = false, lots = 20 }
"""
    (override,) = [
        row
        for row in parse_desk(SMALL_DESK + text).define.items
        if isinstance(row, ControlOverride)
    ]
    assert {each.field: each.value for each in override.values} == {
        "quantity_lots_max": 20,
        "is_restricted": 0,
    }


LATER = """
[[exposure_limit]]
node = "MASTER"
gross = 2_000_000
net = 2_000_000
beta = 2_000_000
share = "100 %"
beta_index = "SPX"
beta_age = "3 d"
beta_unknown = "1.5x"
floor_ticks = 1

[[loss_limit]]
node = "MASTER"
daily_loss = 5_000_000
drawdown = 4_000_000
velocity = 2_000_000
margin_use = "100 %"

[[impact_limit]]
node = "MASTER"
order_share = "10 %"
window_share = "10 %"
cooling_off = "1 min"
"""


def later_override(table, values):
    return f"""
[[override]]
id = "O-1"
table = "{table}"
node = "MASTER"
from = "2026-11-26T14:00:00Z"
until = "2026-11-26T15:00:00Z"
reason = "a test"
values = {values}
"""


@pytest.mark.parametrize(
    ("table", "values", "found"),
    [
        (
            "exposure_limit",
            '{ net = 3_000_000, share = "60 %" }',
            {"net_micros_max": 3 * 10**12, "share_ppm_max": 600_000},
        ),
        (
            "loss_limit",
            '{ daily_loss = 6_000_000, margin_use = "120 %" }',
            {"daily_loss_micros": 6 * 10**12, "margin_use_ppm": 1_200_000},
        ),
        (
            "impact_limit",
            '{ order_share = "20 %", cooling_off = "2 min" }',
            {"order_share_ppm": 200_000, "cooling_off_ns": 120_000_000_000},
        ),
    ],
)
def test_later_tables_are_overridden_in_their_own_keys(table, values, found):
    desk = parse_desk(SMALL_DESK + LATER + later_override(table, values))
    (override,) = [row for row in desk.define.items if isinstance(row, ControlOverride)]
    assert {each.field: each.value for each in override.values} == found
    assert refusals_of(desk) == []


@pytest.mark.parametrize(
    ("table", "values", "words"),
    [
        ("self_match", "{ wash_ticks = 1 }", '"self_match" cannot be overridden'),
        ("loss_limit", '{ peak_of = "ever" }', "peak_of is no number"),
        ("loss_limit", '{ stop = "90 %" }', "stop_ppm says what LossLimit counts or does"),
        ("exposure_limit", '{ net = 1, beta_index = "X" }', "beta_index is no number"),
    ],
)
def test_what_is_no_limit_is_not_overridden(table, values, words):
    found = faults_of(SMALL_DESK + LATER + later_override(table, values))
    assert words in "\n".join(told for _, told in found)


FAULTY = """
[[limit]]
node = "carrying:NONE"
lots = 1

[[limit]]
node = "MASTER"
scope = "FUEL"
lots = 1

[[limit]]
node = "MASTER"
scope = "CL"
lots = 1

[[limit]]
node = "MASTER"
scope = "CL"
lots = 2

[[limit_group]]
id = "CL"
members = { XX = 1 }

[[limit_group]]
id = "NONE"
members = { CL = 0 }

[[warning]]
node = "NOBODY"
levels = ["80 %", "120 %"]

[[override]]
id = "O-1"
table = "position"
node = "MASTER"
from = "noon"
until = "2026-11-26T20:00:00Z"
reason = "why not"
values = { lots = 1 }

[[override]]
id = "O-2"
table = "limit"
node = "carrying:FCM"
from = "2026-11-26T20:00:00Z"
until = "2026-11-26T20:00:00Z"
reason = "why not"
values = { lots = 1 }
"""


def test_every_fault_is_listed_at_once():
    found = faults_of(SMALL_DESK + FAULTY)
    told = "\n".join(f"{key}: {words}" for key, words in found)
    for words in (
        '"carrying:NONE" is no account of this desk',
        '"FUEL" is no product, contract or limit group of this desk',
        "MASTER in CL is stated by limit[",
        '"CL" is a product or contract of this desk',
        '"XX" is no product or contract of this desk',
        "members.CL: 0 is out of range",
        '"NOBODY" is no account of this desk',
        '"120 %" is out of range',
        '"position" cannot be overridden; there are limit, order_control, flow_control',
        "'noon' is not RFC 3339 time",
        "until_ns must lie after from_ns",
        "carrying:FCM in * has no PositionLimit to override",
    ):
        assert words in told, f"{words}\n---\n{told}"


CIRCLE = """
[[sub_account]]
id = "{name}"
owner = "FIRM"
strategy = "TEN"
parent = "{parent}"
routes = {{ NYMEX = "FCM" }}
mandate = {{ leverage = "10x", products = ["CL"] }}
"""

TIES = """
[[ownership]]
owner = "GHOST"
owned = "FIRM"
share = "10 %"
valid_from = 2020-01-01
evidence = "register"
"""


def test_a_tree_that_cannot_be_meant_is_refused_whole():
    accounts = (("ONE", "TWO"), ("TWO", "ONE"), ("ORPHAN", "NOBODY"), ("SELF", "SELF"))
    made = "".join(CIRCLE.format(name=name, parent=parent) for name, parent in accounts)
    found = [words for _, words in faults_of(SMALL_DESK + made + TIES + FAULTY)]
    for words in (
        "is its own ancestor over TWO",
        "is its own ancestor over ONE",
        "names the account itself",
        "no person GHOST",
        '"120 %" is out of range',
    ):
        assert words in found, words
    assert any(words.startswith('"NOBODY" is no sub-account') for words in found)
