"""``fencang margin`` with a column ``sub_account``: the requirement divided, the benefit lent."""

import json

import pytest

from fencang.margin.attribution.attribute import attribute
from fencang.margin.attribution.shares import AttributionRule
from fencang.margin.pool.grant import grant_bounds
from fencang.margin.span.method import SpanMethod
from fencang.margin.span.portfolio import Lots
from fencang.margin.span.restricted import for_customers
from fencang.parameters.pa2 import read_pa2
from tests.app.program import ROOT, run

FOLDER = ROOT / "examples" / "margin"
FILE, BOOKS = FOLDER / "synthetic.pa2", FOLDER / "books.csv"


@pytest.fixture
def margin(tmp_path):
    """Run the command with a cache of its own; return the finished process."""

    def given(*arguments, positions=BOOKS):
        arguments = ["--positions", positions, "--params", FILE, *arguments]
        return run("margin", *arguments, FENCANG_CACHE=str(tmp_path / "cache"))

    return given


def books():
    """Return the example's lots per sub-account, each contract once."""
    found = {}
    for text in BOOKS.read_text().splitlines()[1:]:
        name, contract, number = text.split(",")
        found.setdefault(name, {})[contract] = Lots(max(int(number), 0), max(-int(number), 0))
    return dict(sorted(found.items()))


@pytest.mark.parametrize(
    ("option", "rule"),
    [
        ("euler", AttributionRule.EULER),
        ("capped", AttributionRule.EULER_CAPPED),
        ("proportional", AttributionRule.PROPORTIONAL),
        ("shapley", AttributionRule.SHAPLEY),
    ],
)
def test_shares_are_the_rules_and_sum_to_the_requirement(margin, option, rule):
    done = margin("--json", "--attribution", option)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    attribution = found["files"][0]["attribution"]
    assert attribution["rule"] == rule
    method = SpanMethod(for_customers(read_pa2(FILE)[0]))
    expected = attribute(method, books(), rule)
    bounds = grant_bounds(method, books())
    assert len(attribution["currencies"]) == len(expected.currencies)
    for shown, own in zip(attribution["currencies"], expected.currencies, strict=True):
        shares = [line["share_micros"] for line in shown["sub_accounts"]]
        assert shares == [share.share_micros for share in own.shares]
        assert sum(shares) == found["total"]["maintenance_micros"][shown["currency"]]
        grants = [line["grantable_micros"] for line in shown["sub_accounts"]]
        assert bounds[shown["currency"]].is_safe(grants)
        assert sum(grants) > 0


def test_words_fit_eighty_columns_and_state_the_benefit(margin):
    words = margin().stdout
    assert "Who brings how much (euler)" in words
    assert "pooling saves" in words
    start = words.index("Who brings how much")
    assert max(len(line) for line in words[start:].splitlines()) <= 80


def test_many_books_are_sampled_and_state_their_error(margin, tmp_path):
    many = tmp_path / "many.csv"
    lines = [f"book-{number},QXB/F0018/FUT/202603,{7 - number}" for number in range(14)]
    many.write_text("\n".join(["sub_account,contract,lots", *lines]) + "\n")
    done = margin("--json", "--attribution", "shapley", positions=many)
    (currency,) = json.loads(done.stdout)["files"][0]["attribution"]["currencies"]
    assert any(line["standard_error_micros"] for line in currency["sub_accounts"])
    shares = sum(line["share_micros"] for line in currency["sub_accounts"])
    assert shares == currency["pool_micros"]
    assert "±" in margin("--attribution", "shapley", positions=many).stdout


def test_a_contract_at_its_fallback_is_shared_too(margin, tmp_path):
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("sub_account,contract,lots\na,CME/ES/FUT/202003,-3\nb,CME/ES/FUT/202003,1\n")
    done = margin("--json", "--fallback", "USD=1000", positions=unknown)
    (currency,) = json.loads(done.stdout)["files"][0]["attribution"]["currencies"]
    assert [line["stand_alone_micros"] for line in currency["sub_accounts"]] == [
        3_000_000_000,
        1_000_000_000,
    ]
    assert currency["pool_micros"] == sum(line["share_micros"] for line in currency["sub_accounts"])


def test_a_name_in_brackets_is_shown_as_it_is(margin, tmp_path):
    named = tmp_path / "named.csv"
    named.write_text("sub_account,contract,lots\n[trend],QXB/F0018/FUT/202603,1\n")
    assert "[trend]" in margin(positions=named).stdout


def test_positions_that_name_nobody_are_not_divided(margin):
    done = margin("--json", positions=FOLDER / "positions.csv")
    assert "attribution" not in json.loads(done.stdout)["files"][0]


def test_a_line_without_its_sub_account_is_named(margin, tmp_path):
    faulty = tmp_path / "faulty.csv"
    faulty.write_text("sub_account,contract,lots\n,QXB/F0018/FUT/202603,1\n")
    done = margin(positions=faulty)
    assert done.returncode == 3
    assert "line 2: sub_account '' is not of 1 to 64 characters" in done.stderr


def test_a_rule_that_is_none_says_which_there_are(margin):
    done = margin("--attribution", "fair")
    assert done.returncode == 2
    assert "euler, capped, proportional, shapley" in done.stderr
