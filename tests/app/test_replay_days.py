"""The driver's rounds: next-bar fills, rolls, expiry, refusals, and what the venue may not do."""

from datetime import date

import pytest

from fencang.app.commands.replay import drive
from fencang.app.desk.file import parse_desk
from fencang.app.exit_status import InputFault, JournalFault
from fencang.app.replay.desk_session import DeskSession, ForgetfulJournal
from fencang.app.replay.driver import Replay
from fencang.app.replay.outcome import LawBooks, check_laws
from fencang.app.replay.prices import open_prices
from fencang.journal.header import header_of_today
from fencang.journal.memory import MemoryJournal
from fencang.messages.commands import ExpireContract, OpenSession, ReportFill, SubmitOrder
from fencang.messages.day_commands import Check
from fencang.messages.day_events import TradingDayClosed
from fencang.messages.events import CommandRejected, ContractExpired, FillBooked, OrderRejected
from tests.app.program import SMALL_DESK

FIRST, LAST = date(2024, 1, 1), date(2024, 1, 31)


def replayed(tmp_path, text, files):
    for name, rows in files.items():
        (tmp_path / name).write_text("\n".join(rows) + "\n")
    desk = parse_desk(text)
    records = []
    replay = Replay(desk, open_prices(desk, tmp_path, FIRST, LAST), DeskSession(ForgetfulJournal()))
    replay.subscribe(records.extend)
    replay.run()
    return replay, records


def events_of(records, kind):
    return [event for record in records for event in record.events if isinstance(event, kind)]


def commands_of(records, kind):
    return [record.command for record in records if isinstance(record.command, kind)]


CLOSES = {"closes.csv": ["Date,Price", "2024-01-02,70", "2024-01-03,71", "2024-01-04,72.5"]}


def test_an_order_decided_on_a_bar_fills_at_the_next_one(tmp_path):
    """No look-ahead: decided on 70 of 2 January, filled at 71 of the 3rd plus two ticks."""
    _, records = replayed(tmp_path, SMALL_DESK, CLOSES)
    fills = commands_of(records, ReportFill)
    assert [(fill.quantity_lots, fill.price_nanos) for fill in fills] == [(10, 71_020_000_000)]


def test_a_desk_that_keeps_days_strictly_opens_and_closes_every_one(tmp_path):
    """On 4 January the contract has no bar: its missing price is accepted, the 5th is complete."""
    text = SMALL_DESK.replace("[desk]", '[desk]\nday_policy = "strict"')
    text += '[[replay.prices]]\nlayout = "closes"\nfile = "other.csv"\n'
    text += 'series = { CL-D = "Price" }\ndate_column = "Date"\n'
    text = text.replace("[master]", '[[contract]]\nid = "CL-D"\nproduct = "CL"\n[master]')
    files = {
        "closes.csv": ["Date,Price", *(f"2024-01-0{day},7{day}" for day in (2, 3, 5))],
        "other.csv": ["Date,Price", *(f"2024-01-0{day},6{day}" for day in (2, 3, 4, 5))],
    }
    _, records = replayed(tmp_path, text, files)
    closed = events_of(records, TradingDayClosed)
    assert [event.trading_day.day for event in closed] == [2, 3, 4, 5]
    assert [[each.check for each in event.accepted] for event in closed] == [
        [],
        [],
        [Check.PRICES],
        [],
    ]
    assert events_of(records, CommandRejected) == []
    _, lenient = replayed(tmp_path, text.replace("strict", "lenient"), files)
    fills = [
        [(fill.quantity_lots, fill.price_nanos) for fill in commands_of(found, ReportFill)]
        for found in (records, lenient)
    ]
    assert fills[0] == fills[1]
    assert len(fills[0]) == 1


def test_a_strict_replay_that_is_driven_again_ends_alike(tmp_path):
    (tmp_path / "closes.csv").write_text("\n".join(CLOSES["closes.csv"]) + "\n")
    desk = parse_desk(SMALL_DESK.replace("[desk]", '[desk]\nday_policy = "strict"'))
    hashes = []
    journal = MemoryJournal(header_of_today("strict"))
    for _ in range(2):
        prices = open_prices(desk, tmp_path, FIRST, LAST)
        session = DeskSession(journal)
        replay, laws = drive_again(desk, prices, session)
        assert laws.hold
        hashes.append(replay.session.machine.state_hash())
    assert hashes[0] == hashes[1]


def drive_again(desk, prices, session):
    books = LawBooks()
    replay = Replay(desk, prices, session)
    replay.subscribe(books)
    replay.run()
    return replay, check_laws(session.machine, books.books)


def test_a_fill_never_exceeds_the_bars_volume(tmp_path):
    text = SMALL_DESK.replace('date_column = "Date"', 'date_column = "Date"\nvolume_lots = 60')
    text = text.replace('volume_share = "100 %"', 'volume_share = "10 %"')
    _, records = replayed(tmp_path, text, CLOSES)
    assert [fill.quantity_lots for fill in commands_of(records, ReportFill)] == [6, 4]


def test_bars_with_open_high_low_fill_at_the_open(tmp_path):
    text = SMALL_DESK.replace('layout = "closes"', 'layout = "ohlc"')
    text = text.replace('"closes.csv"', '"{series}.csv"').replace('"Date"', '"date"')
    rows = [
        "date,open,high,low,close,volume",
        "2024-01-02,70,71,69,70.5,900",
        "2024-01-03,70.6,72,70,71,900",
    ]
    _, records = replayed(tmp_path, text, {"Price.csv": rows})
    assert [fill.price_nanos for fill in commands_of(records, ReportFill)] == [70_620_000_000]


def test_ticks_are_matched_one_by_one(tmp_path):
    """Ten lots need two trades of six; both prices count, each with two ticks of slippage."""
    text = SMALL_DESK.replace('layout = "closes"', 'layout = "ticks"').replace('"Price"', '"CL"')
    text = text.replace('date_column = "Date"', "keeps_tick = true")
    rows = ["contract,time,price,size", "CL,2024-01-02 15:00:00,70.00,5"]
    rows += ["CL,2024-01-03 15:00:00,71.00,6", "CL,2024-01-03 15:00:01,71.05,6"]
    _, records = replayed(tmp_path, text, {"closes.csv": rows})
    fills = [(fill.quantity_lots, fill.price_nanos) for fill in commands_of(records, ReportFill)]
    assert fills == [(6, 71_020_000_000), (4, 71_070_000_000)]


def test_a_price_off_the_tick_is_refused_where_the_source_keeps_it(tmp_path):
    text = SMALL_DESK.replace('date_column = "Date"', 'date_column = "Date"\nkeeps_tick = true')
    (tmp_path / "closes.csv").write_text("Date,Price\n2024-01-02,70.005\n")
    with pytest.raises(InputFault, match="not a multiple of the tick"):
        open_prices(parse_desk(text), tmp_path, FIRST, LAST)


HELD_HEADER = "date,instrument,price,price_contract,carry,carry_contract,forward,forward_contract"
HELD = [
    HELD_HEADER,
    "2024-01-02,CRUDE,70,202402,,,71,202403",
    "2024-01-03,CRUDE,70.5,202402,,,71.5,202403",
    "2024-01-04,CRUDE,70.7,202402,,,71.8,202403",
    "2024-01-05,CRUDE,72,202403,70.9,202402,73,202404",
    "2024-01-08,CRUDE,72.4,202403,,,73.4,202404",
]


def held_desk():
    text = SMALL_DESK.replace('layout = "closes"', 'layout = "held"')
    text = text.replace(
        'series = { CL-C = "Price" }\ndate_column = "Date"', 'series = { CL = "CRUDE" }'
    )
    return text.replace('[[contract]]\nid = "CL-C"\nproduct = "CL"\n', "")


def test_a_roll_closes_the_old_contract_and_opens_the_new_one_as_the_data_say(tmp_path):
    """Announced on the 4th, both sides trade on the bars of the 5th, the old contract expires."""
    replay, records = replayed(tmp_path, held_desk(), {"closes.csv": HELD})
    fills = [
        (fill.contract_id, int(fill.side), fill.quantity_lots, fill.price_nanos)
        for fill in events_of(records, FillBooked)
    ]
    assert sorted(fills) == [
        ("CRUDE-202402", 1, 10, 70_520_000_000),
        ("CRUDE-202402", 2, 10, 70_880_000_000),
        ("CRUDE-202403", 1, 10, 72_020_000_000),
    ]
    assert "CRUDE-202402" in [event.contract_id for event in events_of(records, ContractExpired)]
    assert replay.tally.commands_rejected == {}


def test_a_contract_on_its_last_day_is_left_and_expires(tmp_path):
    text = SMALL_DESK.replace(
        'id = "CL-C"\nproduct = "CL"', 'id = "CL-C"\nproduct = "CL"\nlast_trading_day = 2024-01-04'
    )
    rows = [*CLOSES["closes.csv"], "2024-01-05,73"]
    _, records = replayed(tmp_path, text, {"closes.csv": rows})
    expiries = commands_of(records, ExpireContract)
    assert [(each.contract_id, each.final_price_nanos) for each in expiries] == [
        ("CL-C", 72_500_000_000)
    ]
    opened = [command.trading_day for command in commands_of(records, OpenSession)]
    assert opened == [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)]


def test_the_venues_holidays_are_kept(tmp_path):
    text = SMALL_DESK.replace('country = "US"', 'country = "US"\nholidays = [2024-01-03]')
    _, records = replayed(tmp_path, text, CLOSES)
    opened = [command.trading_day for command in commands_of(records, OpenSession)]
    assert opened == [date(2024, 1, 2), date(2024, 1, 4)]


def test_refusals_are_counted_per_reason(tmp_path):
    text = SMALL_DESK.replace("lots = 1000", "lots = 4")
    replay, records = replayed(tmp_path, text, CLOSES)
    assert replay.tally.orders_rejected == {"position limit": 2}
    assert len(events_of(records, OrderRejected)) == 2


def test_a_missing_price_is_no_price_and_the_mark_stands(tmp_path):
    rows = ["Date,Price", "2024-01-02,70", "2024-01-03,NaN", "2024-01-04,72.5"]
    replay, records = replayed(tmp_path, SMALL_DESK, {"closes.csv": rows})
    assert replay.tally.days == 2
    assert len(commands_of(records, SubmitOrder)) == 1


def test_gross_accounts_are_told_which_side_an_order_opens(tmp_path):
    text = SMALL_DESK.replace('venues = ["NYMEX"]', 'venues = ["NYMEX"]\nposition_mode = "gross"')
    replay, records = replayed(tmp_path, text, CLOSES)
    assert replay.tally.orders_rejected == {}
    assert [order.offset.name for order in commands_of(records, SubmitOrder)] == ["OPEN"]


def test_a_desk_without_prices_cannot_be_replayed(tmp_path):
    text = SMALL_DESK[: SMALL_DESK.index("[[replay.prices]]")]
    with pytest.raises(InputFault, match="names no prices"):
        open_prices(parse_desk(text), tmp_path, FIRST, LAST)


def test_a_journal_read_back_is_not_decided_again(tmp_path):
    """The same records come back; a different command at their place is refused."""
    (tmp_path / "closes.csv").write_text("\n".join(CLOSES["closes.csv"]) + "\n")
    desk = parse_desk(SMALL_DESK)
    batches = []
    journal = MemoryJournal(header_of_today("Small desk"), batches)
    first, _ = drive(desk, open_prices(desk, tmp_path, FIRST, LAST), journal)
    again, laws = drive(
        desk,
        open_prices(desk, tmp_path, FIRST, LAST),
        MemoryJournal(header_of_today("Small desk"), batches[:-2]),
    )
    assert laws.hold
    assert 0 < again.session.records_resumed < first.session.machine.sequence
    assert again.session.machine.state_hash() == first.session.machine.state_hash()
    other = parse_desk(SMALL_DESK.replace('per_lot = "2.31"', 'per_lot = "2.32"'))
    with pytest.raises(JournalFault, match="another replay"):
        drive(
            other,
            open_prices(other, tmp_path, FIRST, LAST),
            MemoryJournal(header_of_today("Small desk"), batches),
        )
