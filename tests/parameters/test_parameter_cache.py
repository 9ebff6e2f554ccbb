"""The cache of parsed files: the same set, found by hash, never trusted blindly."""

import pytest

from fencang.parameters import cache
from fencang.parameters.cache import load_span
from fencang.parameters.compare import equal_parameters
from fencang.parameters.faults import ParameterFileDamaged
from tests.parameters.pa2_files import arrays, line, pa2, product, small


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cme.pa2"
    tiers = {"tier_1_number": 1, "tier_1_first": 201901, "tier_1_last": 209912}
    path.write_bytes(
        pa2(
            *small(
                extra=[
                    line("3", commodity="CL", method=10, **tiers),
                    line("B", exchange="NYM", code="CL", kind="FUT", future_month=201903),
                    *arrays("CL", period=201904, values=[-99_999] * 16),
                    "5 CME       CL",
                ]
            )
        )
    )
    return path


@pytest.fixture
def parses(monkeypatch):
    """Return the list of files that were parsed."""
    parsed, read = [], cache.read_pa2

    def counted(path, *, lenient):
        parsed.append(path)
        return read(path, lenient=lenient)

    monkeypatch.setattr(cache, "read_pa2", counted)
    return parsed


def kept(folder):
    return sorted(folder.iterdir())


def test_the_second_load_is_the_first_without_parsing(file, tmp_path, parses):
    folder = tmp_path / "cache"
    first, report = load_span(file, folder)
    second, same_report = load_span(file, folder)
    assert len(parses) == 1
    assert len(kept(folder)) == 1
    assert equal_parameters(first, second) == []
    assert first.sha256 == second.sha256
    assert first.commodities == second.commodities
    assert first.series == second.series
    assert first.families == second.families
    assert report == same_report
    assert report.unused == {"5": 1}
    for name in first.contracts.COLUMNS:
        column, same = getattr(first.contracts, name), getattr(second.contracts, name)
        assert column.dtype == same.dtype, name
        assert column.tolist() == same.tolist(), name
        assert not same.flags.writeable


def test_another_file_is_another_parse(file, tmp_path, parses):
    folder = tmp_path / "cache"
    load_span(file, folder)
    file.write_bytes(file.read_bytes().replace(b"-", b"+"))
    changed, _ = load_span(file, folder)
    assert len(parses) == 2
    assert len(kept(folder)) == 2
    assert changed.contracts.values.min() > 0


def test_a_copy_of_the_file_needs_no_parse(file, tmp_path, parses):
    load_span(file, tmp_path / "cache")
    copy = tmp_path / "copy.pa2"
    copy.write_bytes(file.read_bytes())
    load_span(copy, tmp_path / "cache")
    assert len(parses) == 1


@pytest.mark.parametrize("place", [0, 10, 45, 200, -1, -300])
def test_a_damaged_cache_is_noticed_and_made_anew(file, tmp_path, parses, place):
    folder = tmp_path / "cache"
    first, _ = load_span(file, folder)
    (path,) = kept(folder)
    raw = bytearray(whole := path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    again, _ = load_span(file, folder)
    assert len(parses) == 2
    assert equal_parameters(first, again) == []
    assert path.read_bytes() == whole


@pytest.mark.parametrize("size", [0, 5, 100, 1_000])
def test_a_cut_cache_is_noticed_and_made_anew(file, tmp_path, parses, size):
    folder = tmp_path / "cache"
    load_span(file, folder)
    (path,) = kept(folder)
    path.write_bytes(path.read_bytes()[:size])
    load_span(file, folder)
    load_span(file, folder)
    assert len(parses) == 2


def test_a_cache_of_another_parser_version_is_not_read(file, tmp_path, parses, monkeypatch):
    folder = tmp_path / "cache"
    load_span(file, folder)
    monkeypatch.setattr(cache, "PARSER_VERSION", cache.PARSER_VERSION + 1)
    load_span(file, folder)
    assert len(parses) == 2
    assert len(kept(folder)) == 2


def test_a_cache_under_the_name_of_another_file_is_not_believed(file, tmp_path, parses):
    folder = tmp_path / "cache"
    load_span(file, folder)
    (path,) = kept(folder)
    own = file.read_bytes()
    file.write_bytes(own.replace(b"HEDGE", b"MEMBR") + b"5 CBT       CL\r\n")
    load_span(file, folder)
    (other,) = (each for each in kept(folder) if each != path)
    other.write_bytes(path.read_bytes())
    found, _ = load_span(file, folder)
    assert len(parses) == 3
    assert found.sha256 in other.name


def test_a_cache_that_cannot_be_written_is_done_without(file, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    parameters, report = load_span(file, blocked)
    assert len(parameters.contracts) == 2
    assert "could not be kept" in report.notes[-1]


def test_nothing_unfinished_stays_when_writing_fails(file, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.os, "fsync", full)
    _, report = load_span(file, tmp_path / "cache")
    assert report.notes == ("the parse could not be kept: No space left on device",)
    assert kept(tmp_path / "cache") == []


def test_a_file_with_faults_is_never_kept(file, tmp_path):
    file.write_bytes(file.read_bytes() + pa2(product("HO", settlement_alignment="K")))
    folder = tmp_path / "cache"
    with pytest.raises(ParameterFileDamaged):
        load_span(file, folder)
    _, report = load_span(file, folder, lenient=True)
    assert report.faults_total == 1
    assert not folder.exists()
    with pytest.raises(ParameterFileDamaged):
        load_span(file, folder)
