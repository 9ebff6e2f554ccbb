"""Every scenario of every feature file in this folder, and that no sentence is left unused."""

import re
from pathlib import Path

from pytest_bdd import scenarios

from tests.scenarios.phrases import SENTENCES

FOLDER = Path(__file__).parent
SAID = re.compile(r"^ +(?:Given|When|Then|And|But) (.*)$", re.MULTILINE)

scenarios(".")


def test_every_sentence_means_one_thing_and_is_said():
    """A sentence that nobody says is tried by nothing."""
    said = {
        text.strip()
        for path in sorted(FOLDER.glob("*.feature"))
        for text in SAID.findall(path.read_text(encoding="utf-8"))
    }
    meanings = {text: [each.name for each in SENTENCES if each.is_matching(text)] for text in said}
    assert {text: names for text, names in meanings.items() if len(names) != 1} == {}
    used = {name for names in meanings.values() for name in names}
    assert [each.name for each in SENTENCES if each.name not in used] == []
