"""The demo: its laws hold, it tells the same story every time, and its picture is a picture."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from fencang.app.desk.file import read_desk
from fencang.parameters.calendar.days import trading_days
from fencang.parameters.calendar.shipped import load_calendar
from tests.app.program import ROOT, run, run_json

pytest.importorskip("arch", reason="the demo's prices ship inside the package arch (extra demo)")
DEMO = ROOT / "src" / "fencang" / "app" / "demo" / "desk.toml"
WINDOW = ["--from", "2017-11-01", "--to", "2018-02-28"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def story(folder):
    return run_json("demo", "--out", folder, *WINDOW)


def test_the_laws_hold_and_every_decision_is_repeated(story):
    assert story["laws_hold"]
    assert story["laws_broken"] == []
    assert story["verification_sound"]
    assert story["verified_records"] == story["sequence"]
    assert story["commands_rejected"] == {}


def test_the_rule_cuts_once_per_firing_and_never_compounds(story):
    """A shock inside a hold does not cut again; every lot that was to go has gone."""
    assert story["shock_days"] >= story["firings"] == len(story["firing_list"]) > 3
    assert "2018-02-02" in [line["day"] for line in story["firing_list"]]
    assert "2018-02-05" not in [line["day"] for line in story["firing_list"]]
    for line in story["firing_list"]:
        assert line["lots_cut"] == line["lots_instructed"], line
        assert line["rearmed"] > line["day"] or not line["rearmed"]


def test_the_sharpest_day_is_the_fifth_of_february(story):
    assert story["sharpest_rise"] == "2018-02-05"
    assert story["sharpest_rise_words"] == "17.31 → 37.32, +115.6 %"
    assert len(story["around_it"]) == 30
    assert sum(line["is_cut"] for line in story["around_it"]) == 21


def test_profit_is_what_equity_moved(story):
    """Nobody deposits or withdraws: the sub-accounts' profit is the change of the pool."""
    change = story["equity_last_micros"] - story["equity_first_micros"]
    assert sum(story["profit_micros"].values()) == change


def test_every_price_falls_on_a_trading_day_of_its_calendar():
    """Evidence for the calendars that the demo's desk names: no bar of two years is left out."""
    from importlib import import_module

    wanted = {"sp500": "cme-equity", "nasdaq": "cme-equity", "wti": "cme-energy"}
    first, last = date(2017, 1, 1), date(2018, 12, 31)
    for name, calendar_id in wanted.items():
        series = import_module(f"arch.data.{name}").load().dropna()
        days = {stamp.date() for stamp in series.index if first <= stamp.date() <= last}
        calendar = load_calendar(calendar_id)
        assert days <= frozenset(trading_days(calendar, first, last)), name
        assert len(trading_days(calendar, first, last)) - len(days) <= 4, name
    desk = read_desk(DEMO)
    assert [each.calendar_id for each in desk.venues] == ["cme-equity"]
    assert {each.product_id: each.calendar_id for each in desk.products} == {
        "ES": "",
        "NQ": "",
        "CL": "cme-energy",
    }


def test_a_second_run_gives_the_same_hash(story, folder):
    again = run_json("demo", "--out", folder, *WINDOW)
    for key in ("state_hash", "firing_list", "profit_micros", "orders", "fills"):
        assert again[key] == story[key]


def test_the_picture_is_sound_and_says_what_it_shows(story, folder):
    root = ET.parse(folder / "desk.svg").getroot()  # noqa: S314 - our own file
    assert root.get("role") == "img"
    words = {child.tag.rpartition("}")[2]: child.text for child in root if child.text}
    assert words["title"] == "Demo desk 2017-2018"
    assert "30 sub-accounts" in words["desc"]
    assert "prefers-color-scheme:dark" in words["style"]
    assert len(root.findall(".//*[@class='firing']")) == story["firings"]


def test_the_story_is_told_in_tables(folder):
    done = run("demo", "--out", folder, *WINDOW)
    for words in (
        "Capital around 5 February 2018",
        "What the rule did",
        "Laws checked",
        "Measured",
    ):
        assert words in done.stdout, words
    assert "Traceback" not in done.stderr
