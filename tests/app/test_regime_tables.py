"""Position limits of jurisdictions in a desk file, and ``fencang limits``."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from fencang.app.commands.limits import limits_found
from fencang.app.commands.limits_words import tell
from fencang.app.desk.file import DeskFileFault, parse_desk
from fencang.app.desk.regimes import pack_names
from fencang.limits import regimes
from fencang.refdata.evasion import EvasionWatch
from fencang.refdata.regime import (
    ContractGroup,
    LimitBucket,
    LimitHardness,
    LimitStep,
    Regime,
    RegimeLimit,
    ReportThreshold,
)
from fencang.refdata.ties import Representative
from tests.app.program import replay_arguments, run, run_json
from tests.engine.desk import BUY, MAKER, trading_desk
from tests.engine.firm import define, limit
from tests.engine.proposal_firm import owns, proposed, two_owners
from tests.engine.regime_firm import exemption, regime_limit, use_regimes

MINIMAL = Path("examples/minimal/desk.toml").read_text(encoding="utf-8")
PACKS = Path(regimes.__file__).parent / "data"


def with_tables(tables, packs=()):
    head = "[desk]\n" + (f"rule_packs = {list(packs)}\n".replace("'", '"') if packs else "")
    return parse_desk(MINIMAL.replace("[desk]\n", head, 1) + tables)


def items_of(desk, kind):
    return [row.item for row in desk.regime_rows if isinstance(row.item, kind)]


OWN = """
[[regime]]
id = "US"
jurisdiction = "US"
authority = "CFTC"
version = "1"
valid_from = 2020-01-01
source = "rule book"
ownership = "10 %"
netting = "net"

[[contract_group]]
regime = "US"
id = "COPPER"
name = "copper"
from_day = 2021-03-15
source = "rule book"
confirmed = true
spot = [1_000, 500]
single_month = 2_000
all_months = 5_000
accountability = 3_000
report = 100
report_kind = "large trader"

[[group_member]]
regime = "US"
group = "COPPER"
scope = "COPPER"
"""


def test_one_row_states_a_group_with_its_numbers():
    desk = with_tables(OWN)
    (group,) = items_of(desk, ContractGroup)
    assert (group.regime_id, group.group_id, group.confirmed) == ("US", "COPPER", True)
    found = {
        (each.bucket, each.hardness): each.lots_max(date(2024, 1, 1))
        for each in items_of(desk, RegimeLimit)
    }
    assert found == {
        (LimitBucket.SINGLE_MONTH, LimitHardness.LIMIT): 2_000,
        (LimitBucket.ALL_MONTHS, LimitHardness.LIMIT): 5_000,
        (LimitBucket.ALL_MONTHS, LimitHardness.ACCOUNTABILITY): 3_000,
    }
    (threshold,) = items_of(desk, ReportThreshold)
    assert (threshold.quantity_lots_min, threshold.due_days) == (100, 1)


MONTH = """
[[contract]]
id = "COPPER-2403"
product = "COPPER"
last_trading_day = 2024-03-26
"""


def test_a_spot_limit_takes_its_days_from_the_contract():
    days = '[[spot_month]]\ncontract = "COPPER-2403"\nfrom = [2024-02-29, 2024-03-20]\n'
    desk = with_tables(OWN + MONTH + days)
    (spot,) = [each for each in items_of(desk, RegimeLimit) if each.bucket is LimitBucket.SPOT]
    assert spot.month == "2024-03"
    assert spot.steps == (
        LimitStep(date(2024, 2, 29), 1_000),
        LimitStep(date(2024, 3, 20), 500),
    )


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (OWN + MONTH, "COPPER-2403 counts in COPPER, whose spot limit has 2 steps"),
        (OWN.replace('scope = "COPPER"', 'scope = "TIN"'), "no contract or product TIN"),
        (OWN.replace("single_month", "single_months"), "is not a key of this table"),
        (
            OWN + '[[regime_venue]]\nregime = "EU"\nvenue = "COMEX"\n',
            "no regime EU",
        ),
        (
            OWN + '[[confirmation]]\nregime = "US"\ngroups = ["ZINC"]\nsource = "x"\n',
            '"ZINC" is no group of US',
        ),
        (
            OWN
            + '[[ownership]]\nowner = "FIRM"\nowned = "FIRM"\nshare = "110 %"\n'
            + 'valid_from = 2020-01-01\nevidence = "x"\n',
            "is out of range",
        ),
    ],
)
def test_faults_name_their_place(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))


@pytest.mark.parametrize("name", pack_names())
def test_a_pack_is_dated_cited_and_says_what_nobody_confirmed(name):
    desk = with_tables("", packs=[name])
    (rules,) = items_of(desk, Regime)
    assert rules.source
    assert rules.valid_from < date(2026, 1, 1)
    stated = tomllib.loads((PACKS / f"{name}.toml").read_text(encoding="utf-8"))
    assert len(items_of(desk, ContractGroup)) == len(stated.get("contract_group", []))
    for item in items_of(desk, (ContractGroup, RegimeLimit)):
        assert item.source
        assert not item.confirmed


def test_the_federal_pack_has_its_twenty_five_contracts():
    desk = with_tables("", packs=["us-cftc"])
    assert len(items_of(desk, ContractGroup)) == 25
    both = [each for each in items_of(desk, RegimeLimit) if each.bucket is LimitBucket.ALL_MONTHS]
    assert len(both) == 9


def test_a_confirmation_confirms_a_row_of_a_pack():
    text = '[[confirmation]]\nregime = "US-CFTC"\ngroups = ["CBOT-W"]\nsource = "read today"\n'
    desk = with_tables(text, packs=["us-cftc"])
    confirmed = [
        each.group_id for each in items_of(desk, (ContractGroup, RegimeLimit)) if each.confirmed
    ]
    assert confirmed == ["CBOT-W"] * 3


def test_the_desk_accepts_what_its_file_states():
    """Law: a file without faults makes commands that an empty desk takes."""
    desk = with_tables(OWN, packs=["us-cftc"])
    machine = MAKER()
    (event,) = machine.execute(desk.define, 1, 1)
    assert type(event).__name__ == "DeskDefined"


@pytest.fixture(scope="module")
def journal(tmp_path_factory):
    path = tmp_path_factory.mktemp("limits") / "minimal.journal"
    done = run(*replay_arguments(path, last="2024-01-15"))
    assert done.returncode == 0, done.stderr
    return path


def test_a_desk_without_regimes_says_so(journal):
    done = run("limits", "--data", journal.parent)
    assert done.returncode == 0, done.stderr
    assert "Nothing is held or works" in done.stdout
    assert run_json("limits", "--data", journal)["numbers"] == []


def test_the_tables_tell_numbers_persons_and_duties(capsys):
    desk = trading_desk()
    desk.done(define(limit("MASTER", "*", 10_000)))
    use_regimes(desk, exemption(90))
    desk.trade("ALPHA", BUY, 40, "20")
    desk.accepted("BETA", BUY, 12, at="20")
    desk.settle(CLM0="20")
    found = limits_found(desk.state)
    month = next(row for row in found["numbers"] if row["limit"] == "US-CL-single_month")
    assert (month["worst_case_lots"], month["room_lots"], month["used_percent"]) == ("52", "8", 86)
    assert month["exemptions"] == ["HEDGE"]
    tell(found)
    told = capsys.readouterr().out
    for words in (
        "US-CL-single_month",
        "86 %",
        "CLIENT, FUND count as one in US",
        "FUND directs CLIENT by de_facto",
        "To report since 2020-04-20: US-CL-REPORT, CLIENT, long in 2020-06",
    ):
        assert words in told


def test_the_tables_tell_refusals_proposals_and_alarms(capsys):
    desk = two_owners(trading_desk())
    found = proposed(desk)
    desk.done(define(owns(95_000)))
    told = limits_found(desk.state)
    (row,) = told["proposals"]
    assert (row["from"], row["to"], row["quantity_lots"]) == ("ALPHA", "CLIENT1", 20)
    assert row["checks"][0] == "FUND and CLIENT do not count as one in CL"
    assert [row["free_lots"] for row in told["refusals"]] == [0]
    assert {alarm["kind"] for alarm in told["alarms"]} == {
        "share_under_threshold",
        "papers_near_limit",
    }
    tell(told)
    words = " ".join(capsys.readouterr().out.split())
    assert f"Proposed ({found.proposal_id}) by ops: ALPHA to CLIENT1, buy 20 CLM0, until" in words
    assert "ALPHA buy 20 CLM0 by US-CL-single_month; 0 may be proposed to another owner" in words
    assert "share under threshold (FUND, CLIENT): FUND holds 9.5 % of CLIENT" in words


def test_a_step_down_that_was_told_is_shown_until_it_is_taken(capsys):
    desk = trading_desk()
    step = LimitStep(date(2020, 4, 22), 10)
    use_regimes(desk, regime_limit(10, bucket=LimitBucket.SPOT, month="2020-06", steps=(step,)))
    desk.trade("ALPHA", BUY, 11, "20")
    desk.next_day(date(2020, 4, 21))
    tell(limits_found(desk.state))
    words = " ".join(capsys.readouterr().out.split())
    assert (
        "Steps down on 2020-04-22: US-CL-spot2020-06, below what CLIENT had long on 2020-04-21"
    ) in words
    desk.next_day(date(2020, 4, 22))
    assert limits_found(desk.state)["steps"] == []


WATCH = """
[[representative]]
id = "CAROL"
owner = "FIRM"
valid_from = 2024-01-02
evidence = "power of attorney of 2024-01-02"

[[evasion_watch]]
valid_from = 2024-01-02
follow = "10 min"
near_limit = "75 %"
turn_share = "80 %"
reporting_days = [2024-03-15]
step_days = 3
"""


def test_representatives_and_numbers_of_alarms_are_read():
    desk = with_tables(WATCH)
    (person,), (watch,) = items_of(desk, Representative), items_of(desk, EvasionWatch)
    assert (person.representative_id, person.owner_id) == ("CAROL", "FIRM")
    assert (watch.follow_ns, watch.near_limit_ppm) == (600 * 10**9, 750_000)
    assert (watch.mirror_ns, watch.mirror_times) == (60 * 10**9, 3)
    assert (watch.ownership_margin_ppm, watch.proposal_age_ns_max) == (10_000, 3_600 * 10**9)
    assert (watch.turn_days, watch.turn_share_ppm) == (5, 800_000)
    assert (watch.reporting_days, watch.step_days) == ((date(2024, 3, 15),), 3)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (WATCH.replace('"FIRM"', '"NOBODY"'), "no person NOBODY"),
        (WATCH.replace('"power of attorney of 2024-01-02"', '" "'), "evidence is empty"),
        (WATCH.replace('"75 %"', '"175 %"'), "out of range"),
        (WATCH.replace('"10 min"', '"ten"'), "is not a time span"),
        (WATCH + "turn_days = 15\n", "turn_days"),
    ],
)
def test_faults_of_representatives_and_alarms_are_named(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))


CONTROL = """
[[order_control]]
node = "MASTER"
lots = 500
value = 20_000_000
collar = "2 %"
collar_ticks = 10
fast_after = "5 %"
fast_collar = "6 %"
price_age = "30 s"
market_orders = true
"""


def test_order_controls_are_read_in_human_units():
    row = with_tables(CONTROL).risk_rows[0].item
    assert (row.node_id, row.scope_id, row.quantity_lots_max) == ("MASTER", "*", 500)
    assert (row.collar_ppm, row.fast_after_ppm, row.fast_collar_ppm) == (20_000, 50_000, 60_000)
    assert (row.value_micros_max, row.price_age_ns_max) == (20_000_000 * 10**6, 30 * 10**9)
    assert row.takes_market_orders is True


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (CONTROL.replace("lots = 500\n", ""), "nothing is unset at the root"),
        (CONTROL.replace('"MASTER"', '"ALPHA"'), "the master account has none"),
        (CONTROL.replace('"MASTER"', '"NOBODY"'), "is no account of this desk"),
        (CONTROL.replace('"6 %"', '"1 %"'), "narrower than collar_ppm"),
    ],
)
def test_faults_of_order_controls_are_named(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))


FLOW = """
[[flow_control]]
node = "MASTER"
messages = 1_000
per = "2 s"
working_orders = 5_000
"""


def test_flow_controls_are_read_in_human_units():
    row = with_tables(FLOW).risk_rows[0].item
    assert (row.messages_max, row.messages_ns, row.working_orders_max) == (1_000, 2 * 10**9, 5_000)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (FLOW.replace("messages = 1_000\n", ""), "nothing is unset at the root"),
        (FLOW.replace('"MASTER"', '"ALPHA"'), "the master account has none"),
        (FLOW.replace('"2 s"', '"0 s"'), "flow_control[0]"),
    ],
)
def test_faults_of_flow_controls_are_named(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))


APART = """
[[self_match]]
node = "MASTER"
mode = "cancel_oldest"
scope = "owner"
stops_meet_all = false
wash_window = "60 s"
wash_ticks = 2
wash_trades = 5
"""


def test_rows_against_self_matches_are_read_in_human_units():
    row, own = (
        each.item
        for each in with_tables(
            APART + '[[self_match]]\nnode = "ALPHA"\nmode = "decrement"\n'
        ).risk_rows
    )
    assert (row.mode, row.scope, row.stops_meet_all) == ("cancel_oldest", "owner", False)
    assert (row.wash_window_ns, row.wash_price_ticks, row.wash_count_max) == (60 * 10**9, 2, 5)
    assert (own.mode, own.scope, own.wash_window_ns) == ("decrement", None, None)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (APART.replace("wash_ticks = 2\n", ""), "nothing is unset at the root"),
        (APART.replace('"MASTER"', '"ALPHA"'), "the master account has none"),
        (APART.replace("cancel_oldest", "cancel_all"), "is not one of cancel_newest"),
        (APART + APART.replace('"MASTER"', '"ALPHA"'), "only MASTER states it"),
    ],
)
def test_faults_of_rows_against_self_matches_are_named(tables, words):
    with pytest.raises(DeskFileFault) as caught:
        with_tables(tables)
    assert words in "\n".join(map(str, caught.value.faults))
