"""One table of words, both languages whole, nothing unused."""

import re
from pathlib import Path

import pytest

import fencang.reports.statement as package
from fencang.messages.message import Offset, Side
from fencang.reports.statement.layout import amount, price
from fencang.reports.statement.values import (
    LotChangeKind,
    MarkKind,
    MovementKind,
    PositionSide,
    Scope,
)
from fencang.reports.statement.words import WORDS, Language, word

FOLDER = Path(package.__file__).parent
FAMILIES = {
    "movement": list(MovementKind),
    "change": list(LotChangeKind),
    "mark": list(MarkKind),
    "scope": list(Scope),
    "side": [*PositionSide, *(side.name.lower() for side in Side)],
    "offset": [offset.name.lower() for offset in Offset],
}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("key", WORDS)
def test_every_key_has_words_in_both_languages(key):
    english, chinese = WORDS[key]
    assert english.isascii()
    assert english.strip()
    assert CHINESE.search(chinese)
    assert word(key, Language.ENGLISH) == english
    assert word(key, Language.CHINESE) == chinese


@pytest.mark.parametrize("family", FAMILIES)
def test_every_kind_has_its_words(family):
    keys = {key for key in WORDS if key.startswith(f"{family}.")}
    assert keys == {f"{family}.{member}" for member in FAMILIES[family]}


def test_every_key_is_used():
    sources = [path for path in FOLDER.glob("*.py") if path.name != "words.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    plain = [key for key in WORDS if key.partition(".")[0] not in FAMILIES]
    found = set(re.findall(r"""["']#?([a-z_]+\.[a-z_]+)["']""", text))
    assert [key for key in plain if key not in found] == []


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0.00"),
        (-500_000, "-0.50"),
        (1_234_567_890_000, "1,234,567.89"),
        (-1, "-0.000001"),
        (1_000_001_200, "1,000.0012"),
        ((1 << 62), "4,611,686,018,427.387904"),
    ],
)
def test_amounts_are_exact(micros, text):
    assert amount(micros) == text


@pytest.mark.parametrize(
    ("nanos", "text"),
    [
        (-37_630_000_000, "-37.63"),
        (2_780_500_000_000, "2,780.5"),
        (100_000_000_000, "100"),
        (1, "0.000000001"),
        (0, "0"),
        (None, "–"),
    ],
)
def test_prices_are_exact(nanos, text):
    assert price(nanos) == text
