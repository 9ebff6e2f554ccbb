"""Desk files: exact numbers, templates expanded, and every fault at once with key and line."""

from datetime import date

import msgspec
import pytest

from fencang.app.commands.demo import demo_desk
from fencang.app.commands.desk import desk_json, refusals_of
from fencang.app.desk.file import DeskFileFault, parse_desk, read_desk
from fencang.app.exit_status import ExitStatus, InputFault
from fencang.refdata.account import Capacity
from fencang.refdata.contract import CostMethod
from tests.app.program import EXAMPLE, SMALL_DESK


def faults_of(text):
    with pytest.raises(DeskFileFault) as caught:
        parse_desk(text)
    return {fault.key: fault for fault in caught.value.faults}


def changed(old, new):
    assert SMALL_DESK.count(old) == 1, old
    return SMALL_DESK.replace(old, new)


def test_numbers_are_exact_whether_quoted_or_not():
    """No float takes part: 0.1 + 0.2 has no place in a price or a margin rate."""
    desk = parse_desk(changed('margin = "10 %"', 'margin = "5.4321 %"\nmargin_floor = 1234.567891'))
    product = desk.products[0]
    assert product.margin_ppm == 54_321
    assert product.margin_floor_micros == 1_234_567_891
    assert product.tick_nanos == 10_000_000
    assert product.point_value_micros == 1_000_000_000
    assert product.fees.per_lot_micros == 2_310_000
    assert product.cost_method is CostMethod.FIFO


def test_the_file_becomes_one_definition_and_opening_commands():
    desk = parse_desk(SMALL_DESK)
    assert len(desk.define.items) == 9
    assert [type(command).__name__ for command in desk.opening] == [
        "DepositCash",
        "TransferCapital",
    ]
    assert desk.opening[1].amount_micros == 2_000_000_000_000
    assert desk.sub_accounts[0].capacity is Capacity.OWN_BOOK
    assert desk.sub_accounts[0].mandate.leverage_max_ppm == 10_000_000
    assert refusals_of(desk) == []


def test_every_fault_is_listed_at_once_with_its_key_and_line():
    text = SMALL_DESK
    for old, new in (
        ('leverage = "10x"', 'leverage = "ten"'),
        ('tick = "0.01"', 'tick = "NaN"'),
        ('margin = "10 %"', 'margin = "0.1"'),
        ('jurisdiction = "US"', 'jurisdiction = "USA"'),
        ('routes = { NYMEX = "FCM" }', 'routes = { NYMEX = "FMC" }'),
        ('strategy = "TEN"', 'strategie = "TEN"'),
        ('currency = "USD"\npoint_value', 'currency = "US"\npoint_value'),
        ('amount = "3000000"', 'amount = "1e6"'),
        ("lots = 1000", "lots = -1"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    found = faults_of(text)
    assert found["sub_account[0].mandate.leverage"].words == '"ten" is not a number such as 10x'
    assert 'did you mean "strategy"?' in found["sub_account[0].strategie"].words
    assert 'did you mean "FCM"?' in found["sub_account[0].routes"].words
    assert '"NaN" is not a number' in found["product[0].tick"].words
    assert '"0.1" is not a number such as 5.5 %' in found["product[0].margin"].words
    assert "three-letter" in found["product[0].currency"].words
    assert "1e6" in found["capital.deposit[0].amount"].words
    assert "whole number" in found["limit[0].lots"].words
    assert "USA" in found["person[0].jurisdiction"].words
    lines = text.splitlines()
    for key in ("product[0].tick", "limit[0].lots", "sub_account[0].strategie"):
        name = key.rpartition(".")[2]
        assert lines[found[key].line - 1].startswith(name), found[key]


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("[master]\n", "[masters]\n", "master", "is missing"),
        ('["CL"]', '["CL", "CO"]', "sub_account[0].mandate.products", "no product"),
        ('venue = "NYMEX"\n', 'venue = "NYMX"\n', "product[0].venue", 'did you mean "NYMEX"'),
        ('holder = "FIRM"', 'holder = "FIRMA"', "carrying[0].holder", "no person"),
        ("[[limit]]", "[[limits]]", "limit", "unset at the root means zero"),
        ('granted = "2000000"', 'granted = "4000000"', "capital", "more capital"),
        ("granted =", "grantid =", "capital.grantid", 'did you mean "granted"'),
        ('"0.01"', '"0.0000000001"', "product[0].tick", "beyond the 9 decimal places"),
        ('"0.01"', '"0.01"\npositive_prices_only = 0', "product[0].positive_prices_only", "true"),
        ("lots = 10\n", "lots = true\n", "strategy[0].lots", "whole number"),
        ('{ CL-C = "Price" }', '{ CL-D = "P" }', "replay.prices[0].series", "no contract"),
        ('kind = "hold"', 'kind = "hodl"', "strategy[0].kind", "not one of trend"),
    ],
)  # fmt: skip
def test_one_fault_is_told_where_it_stands(old, new, key, words):
    found = faults_of(changed(old, new))
    assert key in found, found
    assert words in found[key].words


def test_a_venue_of_one_owner_refuses_accounts_of_another():
    """The Chinese futures exchanges look through to the owner of every account."""
    text = changed('country = "US"', 'country = "CN"\none_owner_only = true')
    other = '[[person]]\nid = "OTHER"\nname = "O"\njurisdiction = "CN"\n'
    text = text.replace("[[venue]]", f"{other}[[venue]]", 1)
    text = text.replace('owner = "FIRM"\nstrategy', 'owner = "OTHER"\nstrategy')
    assert "admits one owner per account" in faults_of(text)["sub_account[0].routes"].words


def test_a_file_that_is_not_toml_says_where():
    found = faults_of("[desk\nname = 1")
    assert "line 1" in found["desk.toml"].words


def test_a_missing_file_is_an_input_fault(tmp_path):
    with pytest.raises(InputFault) as caught:
        read_desk(tmp_path / "none.toml")
    assert caught.value.status is ExitStatus.FAULTY_INPUT


def test_a_grid_makes_one_account_per_product_and_strategy_and_shows_them_all():
    desk = demo_desk()
    assert len(desk.sub_accounts) == 30
    assert len({account.sub_account_id for account in desk.sub_accounts}) == 30
    shown = desk_json(desk)
    assert len(shown["sub_accounts"]) == 30
    assert shown["sub_accounts"][0]["mandate"]["products"] == ("ES",)
    assert msgspec.convert(shown["define"], type(desk.define)) == desk.define
    assert refusals_of(desk) == []


def test_a_template_lends_what_the_account_does_not_state():
    text = SMALL_DESK.replace('mandate = { leverage = "10x", products = ["CL"] }', 'template = "T"')
    text += "\n[sub_account_template.T]\n"
    text += 'mandate = { leverage = "2x", products = ["CL"], tags = ["a"] }\n'
    mandate = parse_desk(text).sub_accounts[0].mandate
    assert (mandate.leverage_max_ppm, mandate.tags) == (2_000_000, ("a",))


def test_the_example_is_sound():
    desk = read_desk(EXAMPLE / "desk.toml")
    assert refusals_of(desk) == []
    assert [plan.capital_micros for plan in desk.account_plans] == [
        3_250_000_000_000,
        3_250_000_000_000,
        2_500_000_000_000,
    ]


def test_a_venue_takes_its_days_from_a_calendar():
    desk = parse_desk(changed('name = "NYMEX"\n', 'name = "NYMEX"\ncalendar = "cme-energy"\n'))
    (venue,) = desk.venues
    assert venue.timezone == "America/Chicago"
    assert not venue.is_trading_day(date(2018, 3, 30))  # Good Friday
    assert not venue.is_trading_day(date(2018, 9, 3))  # Labor Day is traded, but settled on Tuesday
    assert not venue.is_trading_day(date(2018, 9, 2))
    assert venue.is_trading_day(date(2018, 9, 4))
    assert refusals_of(desk) == []


def test_a_venue_states_days_or_names_a_calendar_not_both():
    found = faults_of(
        changed(
            'name = "NYMEX"\n',
            'name = "NYMEX"\ncalendar = "cme-enrgy"\nholidays = [2018-12-25]\n'
            'weekend_days = [7]\ntimezone = "UTC"\n',
        )
    )
    assert found.pop("venue[0].calendar").words == (
        '"cme-enrgy" is no calendar; did you mean "cme-energy"?'
    )
    assert sorted(found) == ["venue[0].holidays", "venue[0].timezone", "venue[0].weekend_days"]
    assert {fault.words for fault in found.values()} == {
        "is stated by the calendar; leave it out, or the calendar"
    }
