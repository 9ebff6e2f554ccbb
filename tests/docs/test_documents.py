"""What documents say is true: commands run, names exist, languages and pictures are in step."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from benchmarks import NAMES
from tests.app.program import environment, run
from tests.docs.documents import (
    ROOT,
    classes,
    code_spans,
    commands,
    defined_in,
    desk_file_keys,
    heading_levels,
    link_targets,
    names_in_files,
    names_of,
    place_of,
    prose,
    text_of,
    words_of_code,
)

ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
GUIDES = names_of("docs/guide/*.md")
WITH_COMMANDS = [ENGLISH, CHINESE, "docs/performance.md", *GUIDES]
ABOUT_CODE = [
    "ARCHITECTURE.md",
    "docs/bounds.md",
    "docs/decisions.md",
    "docs/performance.md",
    *names_of("docs/adr/*.md"),
]

NOT_RUN = {
    "python -m fencang.simulation --seeds 1..20": "tests/simulation runs seeds; twenty take long",
}
"""Commands that are shown and not run here, each with the reason."""

AT_THE_SOURCE = ("docs/guide/scenarios.md",)
"""Pages whose commands need the source, not only the examples."""

SECONDS_MAX = 240

GLOSSARY_TYPES = {
    "legal person": "LegalPerson",
    "master account": "MasterAccount",
    "carrying account": "CarryingAccount",
    "position mode": "PositionMode",
    "sub-account": "SubAccount",
    "mandate": "Mandate",
    "suspense account": "SuspenseState",
    "product": "Product",
    "contract": "Contract",
    "venue": "Venue",
    "trading calendar": "Calendar",
    "trading day": "OpenTradingDay",
    "session": "Session",
    "phase": "Phase",
    "checklist": "ChecklistRow",
    "correction": "SettlementCorrected",
    "indicator": "ReportIndicator",
    "order": "SubmitOrder",
    "in doubt": "OrderInDoubt",
    "offset": "Offset",
    "block order": "BlockOrderCreated",
    "leg": "BlockLeg",
    "fill": "ReportFill",
    "allocation": "FillAllocated",
    "reject reason": "Reason",
    "position": "Position",
    "mark": "PriceMark",
    "settlement price": "SettleTradingDay",
    "variation margin": "BookVariation",
    "cost method": "CostMethod",
    "statement": "Statement",
    "fee": "FeeSchedule",
    "fee row": "FeeRow",
    "wire": "RequestWire",
    "interest": "InterestRate",
    "sweep": "SweepTarget",
    "day count": "DayCount",
    "cut-off": "FundingTerms",
    "margin call": "MarginCallIssued",
    "over-granted": "OverGrantedChanged",
    "exposure": "Exposure",
    "standing": "Standing",
    "limit": "PositionLimit",
    "trading state": "TradingState",
    "plan": "ProposePlan",
    "rule": "IndicatorRule",
    "firing": "RuleFired",
    "re-arm": "RuleArmed",
    "command": "Command",
    "event": "Event",
    "record": "Record",
    "journal": "JournalPort",
    "snapshot": "Snapshot",
    "cursor": "AdvanceGatewayCursor",
    "projection": "Projection",
    "auditor": "Auditor",
    "break": "BreakFound",
    "certificate": "Certificate",
}


def targets():
    return dict(re.findall(r"^([a-z-]+):.*## (.*)$", text_of("Makefile"), re.MULTILINE))


def run_in(folder, command):
    program, *arguments = shlex.split(command)
    if program == "fencang":
        return run(*arguments, folder=folder, timeout=SECONDS_MAX)
    assert program == "python"
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
    )


@pytest.mark.parametrize("name", [name for name in WITH_COMMANDS if name != CHINESE])
def test_every_command_shown_runs(name, tmp_path):
    """One after another in one folder, as a reader would; the Chinese page shows the same ones."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    folder = ROOT if name in AT_THE_SOURCE else tmp_path
    for command in commands(name):
        if command in NOT_RUN or command.startswith("make "):
            continue
        done = run_in(folder, command)
        assert done.returncode == 0, f"{name}: {command}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("name", WITH_COMMANDS)
def test_every_make_target_shown_exists(name):
    """Slow targets are not run, but make has to know what to do for each."""
    shown = [shlex.split(command) for command in commands(name) if command.startswith("make ")]
    for _, target, *variables in shown:
        assert target in targets(), f"{name}: make {target} is no target that `make` lists"
        if shutil.which("make"):
            dry = ["make", "--dry-run", target, *variables]
            done = subprocess.run(dry, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


def test_every_command_that_is_not_run_is_still_shown():
    shown = [command for name in WITH_COMMANDS for command in commands(name)]
    assert [command for command in NOT_RUN if command not in shown] == []


def test_the_chinese_page_shows_the_same_commands_headings_and_links():
    assert commands(CHINESE) == commands(ENGLISH)
    assert heading_levels(CHINESE) == heading_levels(ENGLISH)
    other = {ENGLISH: CHINESE, CHINESE: ENGLISH}
    assert link_targets(CHINESE) == [other.get(link, link) for link in link_targets(ENGLISH)]


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_figures_of_the_demo_are_those_of_the_picture(name):
    """The picture is drawn by the demo; a page that tells its story must tell the same one."""
    picture = text_of("docs/pictures/demo.svg")
    found = re.search(
        r"from ([\d,]+) to ([\d,]+) [A-Z]{3}.*?at most ([\d.]+) %", picture, re.DOTALL
    )
    told = re.search(r"on (\d+) days; the rule fired on the (\d+)", picture)
    counts = re.search(r"(\d+) sub-accounts, ([\d,]+) orders, ([\d,]+) fills", picture)
    assert None not in (found, told, counts), "the picture no longer says what the pages quote"
    figures = [*found.groups(), *told.groups(), *counts.groups()]
    assert [figure for figure in figures if figure not in prose(name)] == []


@pytest.mark.parametrize("name", ABOUT_CODE)
def test_every_path_named_exists(name):
    paths = [span for span in code_spans(name) if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", span)]
    assert [path for path in paths if place_of(path) is None] == []


@pytest.mark.parametrize("name", ABOUT_CODE)
def test_every_name_said_to_stand_in_a_file_does(name):
    missing = []
    for word, path in names_in_files(name):
        place = place_of(path)
        assert place is not None, f"{name}: {path}"
        missing += [
            f"{word} in {path}"
            for part in word.split(".")
            if part not in defined_in(place).names | members_in(place)
        ]
    assert missing == []


def members_in(place):
    return frozenset(name for found in defined_in(place).members.values() for name in found)


@pytest.mark.parametrize("name", ABOUT_CODE)
def test_every_member_named_belongs_to_its_class(name):
    dotted = [
        span.split(".") for span in code_spans(name) if re.fullmatch(r"[A-Z]\w+\.[a-z_]\w*", span)
    ]
    pairs = [(owner, member) for owner, member in dotted if member not in {"md", "toml"}]
    assert [pair for pair in pairs if pair[1] not in classes().get(pair[0], ())] == []


@pytest.mark.parametrize("name", ABOUT_CODE)
def test_every_code_word_is_a_word_of_the_code(name):
    """Names with an underscore and type names; a bound named ``…_max`` is one of them."""
    name_like = re.compile(r"[a-z]+_\w+|_\w+|[A-Z]\w*_\w+|[A-Z][a-z]+[A-Z]\w*")
    words = [
        word for span in code_spans(name) for word in span.split() if name_like.fullmatch(word)
    ]
    patterns = {"p50_us_N", "new_p50_us_N"}
    figures = re.compile(r"(?:p\d\d|snapshot)_\w+_\d+x?\d*")  # keys that benchmarks put together
    unknown = [
        word
        for word in words
        if word not in words_of_code() and word not in patterns and not figures.fullmatch(word)
    ]
    assert unknown == []


def test_glossary_words_have_their_types():
    first_columns = re.findall(r"^\| ([^|]+?) \|", text_of("GLOSSARY.md"), re.MULTILINE)
    words = [re.sub(r"[^\x00-\x7f].*", "", column).strip() for column in first_columns]
    assert [word for word in GLOSSARY_TYPES if word not in words] == []
    kinds = [kind for kind in GLOSSARY_TYPES.values() if kind not in classes()]
    assert kinds == []


def test_no_word_of_the_glossary_stands_twice():
    words = re.findall(r"^\| ([a-z][^|]*?) \|", text_of("GLOSSARY.md"), re.MULTILINE)
    assert [word for word in words if words.count(word) > 1] == []


def test_the_guide_names_every_key_of_a_desk_file():
    spans = {
        word
        for page in ("docs/guide/desk-file.md", "docs/guide/desk-file-limits.md")
        for span in code_spans(page)
        for word in [span, *span.split()]
    }
    tables = {re.sub(r"[^\w.].*|\.\w+$", "", span.lstrip("[")) for span in spans if "[" in span}
    known = spans | tables | {part for span in spans for part in re.findall(r"\w+", span)}
    assert sorted(desk_file_keys() - known) == []


def test_every_decision_is_in_the_index_and_fits_a_page():
    pages = [name.removeprefix("docs/adr/") for name in names_of("docs/adr/0*.md")]
    assert [link for link in link_targets("docs/adr/README.md") if link in pages] == pages
    long = [name for name in names_of("docs/adr/0*.md") if text_of(name).count("\n") > 60]
    assert long == []


def test_every_guide_is_reached_from_the_front_page():
    assert [guide for guide in GUIDES if guide not in link_targets(ENGLISH)] == []


def test_every_benchmark_is_described():
    rows = re.findall(r"^\| `(\w+)` \|", text_of("docs/performance.md"), re.MULTILINE)
    assert [name for name in NAMES if name not in rows] == []


def test_the_changelog_keeps_its_sections():
    allowed = ["Safety", "Journal compatibility", "Features", "Fixed", "Internals"]
    sections = re.findall(r"^### (.*)$", text_of("CHANGELOG.md"), re.MULTILINE)
    assert [section for section in sections if section not in allowed] == []
