"""``fencang margin``: positions and files in, an explained requirement out, faults in words."""

import json

import msgspec
import pytest

from fencang.margin.reference import requirement
from fencang.margin.span.keys import row_of
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.restricted import for_customers
from fencang.parameters.pa2 import read_pa2, write_pa2
from fencang.parameters.spn import write_spn
from tests.app.program import ROOT, run

FOLDER = ROOT / "examples" / "margin"
FILE, POSITIONS, ORDERS = (
    FOLDER / name for name in ("synthetic.pa2", "positions.csv", "orders.csv")
)


@pytest.fixture
def margin(tmp_path):
    """Run the command with a cache of its own; return the finished process."""

    def given(*arguments, positions=POSITIONS, params=FILE):
        arguments = ["--positions", positions, "--params", params, *arguments]
        return run("margin", *arguments, FENCANG_CACHE=str(tmp_path / "cache"))

    return given


def as_json(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_requirement_is_that_of_the_reference(margin):
    parameters = for_customers(read_pa2(FILE)[0])
    lots = {}
    for text in POSITIONS.read_text().splitlines()[1:]:
        contract, number = text.split(",")
        net = int(number)
        lots[row_of(parameters, contract)] = Lots(max(net, 0), max(-net, 0))
    expected = requirement(parameters, Portfolio(lots=lots))
    found = as_json(margin("--json"))
    (file,) = found["files"]
    assert file["sha256"] == parameters.sha256
    assert [line["maintenance_micros"] for line in file["commodities"]] == [
        line.maintenance_micros for line in expected.commodities
    ]
    assert found["total"]["maintenance_micros"] == {
        total.currency: total.maintenance_total_micros for total in expected.totals
    }


def test_words_fit_eighty_columns_and_explain_every_spread(margin):
    done = run(
        "margin",
        "--positions",
        POSITIONS,
        "--params",
        FILE,
        COLUMNS="80",
        FENCANG_CACHE="/dev/null",
    )
    assert done.returncode == 0, done.stderr
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    for word in ("scan", "calendar", "tier", "inter", "Requirement", "its risk stands at"):
        assert word in done.stdout


def test_both_formats_give_the_same_requirement(margin, tmp_path):
    parameters, _ = read_pa2(FILE)
    with (tmp_path / "same.spn").open("wb") as stream:
        write_spn(parameters, stream)
    one, other = as_json(margin("--json")), as_json(margin("--json", params=tmp_path / "same.spn"))
    assert one["total"] == other["total"]


def test_a_what_if_is_the_requirement_after_the_orders(margin, tmp_path):
    both = tmp_path / "both.csv"
    both.write_text(POSITIONS.read_text() + "\n".join(ORDERS.read_text().splitlines()[1:]) + "\n")
    found = as_json(margin("--json", "--what-if", ORDERS))
    assert found["what_if"]["total"] == as_json(margin("--json", positions=both))["total"]
    assert found["total"] == as_json(margin("--json"))["total"]
    assert "What if the orders fill" in margin("--what-if", ORDERS).stdout


def test_other_parameters_are_compared(margin, tmp_path):
    parameters, _ = read_pa2(FILE)
    dearer = [
        msgspec.structs.replace(each, som_rate=each.som_rate * 40 + 500)
        for each in parameters.commodities
    ]
    parameters.commodities = tuple(dearer)
    with (tmp_path / "dearer.pa2").open("wb") as stream:
        write_pa2(parameters, stream)
    found = as_json(margin("--json", "--compare", tmp_path / "dearer.pa2"))
    now = found["total"]["maintenance_micros"]
    then = found["compare"]["total"]["maintenance_micros"]
    assert then["GBP"] > now["GBP"]
    assert "Under the other parameters" in margin("--compare", tmp_path / "dearer.pa2").stdout


def test_spreads_for_house_accounts_give_credit_to_a_house_alone(margin, tmp_path):
    parameters, _ = read_pa2(FILE)
    parameters.inter_spreads = tuple(
        msgspec.structs.replace(each, eligibility="H") for each in parameters.inter_spreads
    )
    kept = tmp_path / "kept.pa2"
    with kept.open("wb") as stream:
        write_pa2(parameters, stream)

    def credited(*options):
        (file,) = as_json(margin("--json", *options, params=kept))["files"]
        return sum(line["inter_credit_micros"] for line in file["commodities"])

    assert credited() == 0 < credited("--house")


def test_sides_in_columns_of_their_own_and_accounts_kept_gross(margin, tmp_path):
    sides = tmp_path / "sides.csv"
    sides.write_text("contract,long,short\nQXB/F0018/FUT/202603,5,5\n")
    assert as_json(margin("--json", positions=sides))["total"]["maintenance_micros"] == {}
    gross = as_json(margin("--json", "--gross", positions=sides))
    assert gross["total"]["maintenance_micros"]["GBP"] > 0


def test_an_unknown_contract_is_refused_by_name_or_margined_at_a_flagged_fallback(margin, tmp_path):
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("contract,lots\nCME/ES/FUT/202003,-3\nNYM/CL/FUT/202006,1\n")
    done = margin(positions=unknown)
    assert done.returncode == 3
    assert "line 2: no parameter file has CME/ES/FUT/202003" in done.stderr
    assert "line 3: no parameter file has NYM/CL/FUT/202006" in done.stderr
    done = margin("--fallback", "USD=1000", positions=unknown)
    assert done.returncode == 0
    assert done.stdout.count("FALLBACK") == 2
    assert "4,000" in done.stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contract\nX\n", "the columns must be contract,lots"),
        ("contract,lots\nQXB/F0018/FUT/202603,1.5\n", "line 2: lots '1.5' is not a whole number"),
        ("contract,lots\nQXB/F0018/FUT/202603\n", "line 2: not as many columns"),
        ("contract,lots\nQXB/F0018/FUT/202603,99999999\n", "from -10,000,000 to 10,000,000"),
        ("contract,long,short\nQXB/F0018/FUT/202603,1,-1\n", "are not below zero"),
        ("contract,lots\nnonsense,1\n", "is not EXCHANGE/CODE/TYPE/PERIOD"),
    ],
)
def test_faulty_positions_are_named_with_their_line(margin, tmp_path, text, words):
    faulty = tmp_path / "faulty.csv"
    faulty.write_text(text)
    done = margin(positions=faulty)
    assert done.returncode == 3
    assert words in done.stderr


def test_a_damaged_file_is_refused_with_the_place_of_its_faults(margin, tmp_path):
    damaged = tmp_path / "damaged.pa2"
    content = FILE.read_bytes()
    damaged.write_bytes(content[: len(content) // 2])
    done = margin(params=damaged)
    assert done.returncode == 3
    assert "is refused" in done.stderr
    assert "line " in done.stderr
    assert margin(params=tmp_path / "absent.pa2").returncode == 3


@pytest.mark.parametrize(
    ("option", "value"),
    [("--account", "nobody"), ("--fallback", "dollars"), ("--fallback", "USD=-1")],
)
def test_a_wrong_option_says_what_is_right(margin, option, value):
    done = margin(option, value)
    assert done.returncode == 2
    assert value in done.stderr


def test_a_total_in_one_currency_needs_rates_of_the_files(margin):
    done = margin("--base", "XAU")
    assert done.returncode == 3
    assert "no file states a rate from GBP, USD to XAU" in done.stderr
