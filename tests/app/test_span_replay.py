"""A replay with SPAN files: in force from their day on, verified and resumed like any other."""

import msgspec
import pytest

from fencang.parameters.pa2 import write_pa2
from tests.app.program import EXAMPLE, run, run_json
from tests.margin.span_sets import SpanSet, line

SPANS = """
[[span]]
clearing_house = "HOUSE"
file = "first.pa2"

[[span]]
clearing_house = "HOUSE"
file = "second.pa2"
"""


def written(path, day, scan):
    made = SpanSet(exchange="EXC")
    made.commodity("CU")
    made.future("CU", "202412", line(scan), price_scan_range=0)
    parameters = made.build()
    family = msgspec.structs.replace(
        parameters.families[0], currency="USD", value_factor_e7=250_000_000
    )
    parameters.families = (family,)
    parameters.header = msgspec.structs.replace(parameters.header, business_date=day)
    with path.open("wb") as stream:
        write_pa2(parameters, stream)


@pytest.fixture
def folder(tmp_path):
    text = (EXAMPLE / "desk.toml").read_text(encoding="utf-8")
    text = text.replace('country = "US"\n', 'country = "US"\nclearing_house = "HOUSE"\n', 1)
    text = text.replace(
        'id = "COPPER-C"\n', 'id = "COPPER-C"\nmargin_key = "EXC/CU/FUT/202412"\n', 1
    )
    text = text.replace('name = "Minimal desk"\n', 'name = "Minimal desk"\nspan_age_days = 90\n', 1)
    (tmp_path / "desk.toml").write_text(text + SPANS, encoding="utf-8")
    written(tmp_path / "first.pa2", "20240115", 9_000)
    written(tmp_path / "second.pa2", "20240401", 12_000)
    return tmp_path


def arguments(folder, *more):
    return [
        "replay",
        "--desk",
        folder / "desk.toml",
        "--prices",
        EXAMPLE / "prices",
        "--from",
        "2024-01-01",
        "--to",
        "2024-06-30",
        *more,
    ]


def test_a_replay_uses_the_file_of_each_day_and_can_be_verified(folder):
    journal = folder / "desk.journal"
    found = run_json(*arguments(folder, "--journal", journal))
    assert found["laws_hold"]
    assert (folder / "desk.journal.blobs").is_dir()
    verified = run_json("verify", journal)
    assert verified["is_sound"]
    assert verified["state_hash"] == found["state_hash"]
    again = run_json(*arguments(folder, "--journal", journal))
    assert again["state_hash"] == found["state_hash"]
    assert again["records_resumed"] == found["counts"]["records"]
    without = run_json(*arguments(folder))
    assert without["state_hash"] == found["state_hash"]


@pytest.mark.long
def test_another_file_makes_another_replay(folder):
    journal = folder / "desk.journal"
    run_json(*arguments(folder, "--journal", journal))
    written(folder / "second.pa2", "20240401", 15_000)
    done = run(*arguments(folder, "--journal", journal))
    assert done.returncode == 4
    assert "another replay" in done.stderr


def test_faulty_and_missing_files_are_told_before_anything_is_written(folder):
    journal = folder / "desk.journal"
    content = (folder / "second.pa2").read_bytes()
    (folder / "second.pa2").write_bytes(content[:-40])
    done = run(*arguments(folder, "--journal", journal))
    assert done.returncode == 3
    assert "second.pa2 is refused" in done.stderr
    (folder / "second.pa2").unlink()
    done = run(*arguments(folder))
    assert done.returncode == 3
    assert "there is no parameter file" in done.stderr


def test_two_files_of_one_day_and_an_unknown_house_are_refused(folder):
    written(folder / "second.pa2", "20240115", 9_000)
    done = run(*arguments(folder))
    assert done.returncode == 3
    assert "two parameter files of HOUSE are of 2024-01-15" in done.stderr
    text = (
        (folder / "desk.toml")
        .read_text()
        .replace(
            'clearing_house = "HOUSE"\nfile = "first', 'clearing_house = "HOME"\nfile = "first'
        )
    )
    (folder / "desk.toml").write_text(text)
    done = run("desk", "check", folder / "desk.toml")
    assert done.returncode == 3
    assert '"HOME" is no clearing house of this desk' in done.stderr
