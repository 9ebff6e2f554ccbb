"""Service tiers in a desk file: their table in human units, and its faults."""

import pytest

from fencang.app.desk.file import DeskFileFault
from fencang.refdata.order_words import Interface, OrderType, TimeInForce
from fencang.refdata.service_tier import ServiceTier, TakesEffect
from tests.app.test_regime_tables import with_tables

HOUR = 3_600 * 10**9
VIP = """
[[service_tier]]
id = "standard"
interfaces = ["fix", "websocket", "rest"]
order_types = ["market", "limit", "stop", "stop_limit"]
times_in_force = ["day", "gtc", "ioc", "fok", "gtd"]
instruments = ["*"]
messages_per_second = 500
"""
ORDINARY = """
[[service_tier]]
id = "ordinary"
interfaces = ["rest"]
order_types = ["limit"]
times_in_force = ["day"]
instruments = ["COPPER"]
messages_per_second = 5
burst = 20
priority_class = 3
takes_effect = "next_trading_day"
cutoff = "2 h"
venue = "EXCHANGE"
instructions = 10
"""


def rows_of(tables):
    return [row.item for row in with_tables(tables).risk_rows]


def faults_of(tables):
    with pytest.raises(DeskFileFault) as found:
        with_tables(tables)
    return {fault.key: fault.words for fault in found.value.faults}


def test_tiers_are_read_in_human_units():
    assert rows_of(VIP + ORDINARY) == [
        ServiceTier(
            tier_id="standard",
            interfaces=(Interface.FIX, Interface.WEBSOCKET, Interface.REST),
            order_types=tuple(OrderType),
            times_in_force=tuple(TimeInForce),
            instruments=("*",),
            messages_per_second=500,
            messages_burst=500,
        ),
        ServiceTier(
            tier_id="ordinary",
            interfaces=(Interface.REST,),
            order_types=(OrderType.LIMIT,),
            times_in_force=(TimeInForce.DAY,),
            instruments=("COPPER",),
            messages_per_second=5,
            messages_burst=20,
            priority_class=3,
            takes_effect=TakesEffect.NEXT_TRADING_DAY,
            cutoff_ns=2 * HOUR,
            venue_id="EXCHANGE",
            instructions_max=10,
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ('"rest"]', '"telex"]', "interfaces", "'telex' is not one of internal, rest, websocket"),
        ('"rest"]', '"internal"]', "", "interfaces names internal, which is no door from outside"),
        ('["limit"]', "[]", "order_types", "is empty: the tier could do nothing"),
        ('["day"]', '["day", "day"]', "times_in_force", 'names "day" twice'),
        ('"COPPER"', '"TIN"', "instruments", '"TIN" is no product or contract of this desk'),
        ('"COPPER"', '"*", "COPPER"', "instruments", "'*' is not an identifier"),
        ("second = 5", "second = 0", "messages_per_second", "0 is not a whole number from 1"),
        ("burst = 20", "burst = 0", "burst", "0 is not a whole number from 1"),
        ("class = 3", "class = 8", "priority_class", "8 is not a whole number from 0 to 7"),
        ('"next_trading_day"', '"later"', "takes_effect", "'later' is not one of at_once"),
        ('"2 h"', '"25 h"', "", "`int` <= 86400000000000"),
        ('venue = "EXCHANGE"\n', "", "", "venue_id is missing: whose trading days"),
        ('"EXCHANGE"', '"LME"', "venue", '"LME" is no venue of this desk'),
        ("instructions = 10", "instructions = 1001", "instructions", "from 0 to 1,000"),
        ("instructions = 10", "queue = 10", "queue", "is not a key of this table"),
    ],
)
def test_every_fault_is_named_at_its_key(old, new, place, words):
    found = faults_of(VIP + ORDINARY.replace(old, new))
    at = "service_tier[1]" + (f".{place}" if place else "")
    assert words in found[at]


def test_a_tier_is_stated_once_and_covers_every_account():
    found = faults_of(VIP + VIP)
    assert found["service_tier[1]"] == "standard is stated by service_tier[0] already"
    found = faults_of(ORDINARY)
    assert any(place.endswith(".service_tier") for place in found)
    assert '"standard" is no service tier of this desk' in "".join(found.values())
