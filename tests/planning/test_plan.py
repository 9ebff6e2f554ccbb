"""Plans: exact money, no account below its margin need, the same input the same hash."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.messages.commands import ProposePlan
from fencang.planning.explain import PLAN_COLUMNS, plan_rows, plan_table, plan_total
from fencang.planning.parameters import ParametersFault, StandingFault, VolatilityParameters
from fencang.planning.plan import changes_nothing, propose_by_volatility, total_capital_micros
from tests.planning.capital_sample import MILLION, SampleDesk, swings

FREE = VolatilityParameters(floor_ppm=0, cap_ppm=1_000_000, step_ppm=1_000_000)


def propose(desk, parameters=FREE, at_sequence=7):
    total_micros = total_capital_micros(desk, "FUND")
    return propose_by_volatility(desk, "FUND", total_micros, parameters, at_sequence)


def two_accounts():
    return SampleDesk(
        capital={"CALM": 400 * MILLION, "WILD": 400 * MILLION},
        reserve=200 * MILLION,
        histories={"CALM": swings(MILLION // 200), "WILD": swings(MILLION // 50)},
    )


def test_the_calm_account_gets_four_times_the_wild_one():
    """Daily swings of 0.5 % and 2 % → 4 : 1 of the 900 of 1,000 millions that are deployed."""
    plan = propose(two_accounts(), replace(FREE, prior_observations=0))
    assert {line.sub_account_id: line.new_micros for line in plan.lines} == {
        "CALM": 720 * MILLION,
        "WILD": 180 * MILLION,
    }
    assert [line.weight_ppm for line in plan.lines] == [800_000, 200_000]
    assert plan.lines[0].why == "volatility 7.9 % a year → 80.00 %"
    assert plan_total(plan.lines).change_micros == 100 * MILLION


def test_the_first_plan_of_a_new_desk_uses_the_prior_and_no_step_limit():
    desk = SampleDesk(capital=dict.fromkeys("ABCDE", 0), reserve=1_000 * MILLION)
    plan = propose(desk, VolatilityParameters(cap_ppm=400_000))
    assert all(line.new_micros == 180 * MILLION for line in plan.lines)
    assert "the prior: 0 of 20 days of history" in plan.lines[0].why


def test_the_step_limit_is_named_in_the_statement():
    plan = propose(two_accounts(), replace(FREE, step_ppm=25_000, prior_observations=0))
    assert [line.weight_ppm for line in plan.lines] == [525_000, 475_000]
    assert plan.lines[1].why.endswith("→ 20.00 %; step limit held it at 47.50 %")


def test_no_account_is_cut_below_requirement_and_buffer():
    desk = two_accounts()
    desk.requirements["WILD"] = 300 * MILLION
    plan = propose(desk)
    assert plan.lines[1].new_micros == 375 * MILLION
    assert "margin requirement with buffer held it" in plan.lines[1].why


def test_an_account_already_below_its_need_is_not_cut_further():
    desk = two_accounts()
    desk.requirements["WILD"] = 390 * MILLION
    assert propose(desk).lines[1].new_micros == 400 * MILLION


def test_proposing_again_after_applying_changes_nothing_to_the_micro():
    """Law: hysteresis has a fixpoint, in money too."""
    desk = two_accounts()
    plan = propose(desk)
    assert not changes_nothing(plan)
    desk.apply(plan)
    again = propose(desk)
    assert changes_nothing(again)
    assert "within the band: unchanged" in again.lines[0].why


def test_the_hash_names_the_input():
    first, same, later = propose(two_accounts()), propose(two_accounts()), two_accounts()
    later.histories["CALM"][-1] = (20190101, 1, MILLION)
    assert first == same
    assert first.input_sha256 != propose(later).input_sha256
    assert first.input_sha256 != propose(two_accounts(), at_sequence=8).input_sha256
    assert len(first.input_sha256) == 64


def test_a_proposed_plan_passes_the_bounds_of_its_message():
    plan = propose(two_accounts())
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(plan), type=ProposePlan) == plan


def test_a_desk_without_capital_is_refused_in_words():
    desk = SampleDesk(capital={"A": 0, "B": 0})
    with pytest.raises(StandingFault, match="deposit cash first"):
        propose(desk)
    with pytest.raises(ParametersFault, match="no sub-account"):
        propose_by_volatility(desk, "STRANGER", MILLION, FREE, 1)


@given(
    st.lists(st.integers(-(10**13), 10**15), min_size=1, max_size=9),
    st.integers(0, 10**15),
    st.integers(10_000, 1_000_000),
    st.integers(0, 50_000),
)
def test_new_capital_sums_to_old_capital_and_release(capitals, reserve, deploy_ppm, band_ppm):
    """Law: sum(new) == sum(old) + released, covered by the reserve; weights sum to 1,000,000."""
    desk = SampleDesk(
        capital={f"S{i}": capital for i, capital in enumerate(capitals)}, reserve=reserve
    )
    total_micros = total_capital_micros(desk, "FUND")
    parameters = replace(
        FREE, deploy_ppm=deploy_ppm, band_ppm=band_ppm, cap_ppm=1_000_000, floor_ppm=1_000
    )
    if total_micros * deploy_ppm < 10**12:
        return
    plan = propose(desk, parameters)
    old, new = sum(capitals), sum(line.new_micros for line in plan.lines)
    wanted = total_micros * deploy_ppm // 1_000_000
    assert new - old <= reserve
    assert new == min(wanted, old + reserve) or (new == old and abs(wanted - old) <= wanted // 20)
    assert sum(line.weight_ppm for line in plan.lines) == 1_000_000
    assert all(line.new_micros >= 0 for line in plan.lines)


def test_the_table_has_a_row_per_account_and_the_total():
    plan = propose(two_accounts())
    table = plan_table(plan.lines)
    assert len(table) == 3
    assert all(len(row) == len(PLAN_COLUMNS) for row in table)
    assert table[-1][:4] == ("all", "800,000,000", "900,000,000", "+100,000,000")
    assert table[-1][5] == "2 of 2 change; the reserve releases 100,000,000"
    assert sum(row.change_micros for row in plan_rows(plan.lines)) == 100 * MILLION
