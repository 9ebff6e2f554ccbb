"""SPAN in the engine: files in force, stand-alone and pool requirements, orders, shares."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import MarginPublished, OrderRejected, SpanParametersActivated
from fencang.messages.reasons import Reason
from fencang.refdata.desk import DeskAttribution, DeskSettings
from tests.engine.desk import BUY, SELL, only, stray
from tests.engine.firm import (
    C1,
    CL,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    changed,
    define,
    money,
    sub_account,
)
from tests.engine.span_firm import (
    DEARER,
    JUNE,
    KEYS,
    MONDAY_EVENING,
    activate,
    arrays,
    collateral,
    grant,
    load,
    use_span,
)


@pytest.fixture
def span_desk(desk):
    use_span(desk)
    return desk


def pool(desk, owner="FUND"):
    return desk.state.rates.total(desk.state.pools[owner].standing.requirement)


def test_a_file_in_force_takes_the_place_of_the_products_rate(desk):
    desk.trade("ALPHA", BUY, 10, "20")
    assert desk.requirement("ALPHA") == money("20000")  # 10 % of 20 × 1,000 × 10
    activated = only(use_span(desk), SpanParametersActivated)
    assert activated.uncovered == ()
    assert desk.requirement("ALPHA") == money("30000")  # 3,000 × 10
    desk.mark(CLM0="10")
    assert desk.requirement("ALPHA") == money("30000")


def test_the_pool_nets_what_sub_accounts_hold_against_each_other(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 4, "20")
    assert span_desk.requirement("BETA") == money("12000")
    assert pool(span_desk) == money("18000")


def test_calendars_are_charged_and_inter_commodity_spreads_credited(span_desk):
    """10 CL long in June, 10 short in July: scan 0, charge 10 × 500; CL and ES halve each other."""
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("ALPHA", SELL, 10, "20", contract="CLN0")
    assert span_desk.requirement("ALPHA") == money("5000")
    span_desk.trade("BETA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 10, "3000", contract="ESM0")
    assert span_desk.requirement("BETA") == money("45000")  # 30,000 / 2 + 60,000 / 2


def test_nothing_nets_between_two_carrying_accounts(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.fund("FUNDOMNI", "100000", account="OMNI")
    span_desk.trade("FUNDOMNI", SELL, 10, "20")
    assert pool(span_desk) == money("60000")


def test_nothing_nets_between_two_owners_of_an_omnibus_account(span_desk):
    span_desk.fund("FUNDOMNI", "100000", account="OMNI")
    span_desk.fund("CLIENT1", "100000", owner="CLIENT", account="OMNI")
    span_desk.trade("FUNDOMNI", BUY, 10, "20")
    span_desk.trade("CLIENT1", SELL, 10, "20")
    assert pool(span_desk) == money("30000")
    assert pool(span_desk, "CLIENT") == money("30000")


def test_a_gross_account_is_asked_for_both_sides(span_desk):
    trader = sub_account("GROSS", routes={"NYMEX": "CN1"})
    span_desk.done(define(trader))
    span_desk.fund("GROSS", "500000", account="CN1")
    open_, _ = cmd.Offset.OPEN, cmd.Offset.CLOSE
    span_desk.trade("GROSS", BUY, 10, "20", offset=open_)
    span_desk.trade("GROSS", SELL, 4, "20", offset=open_)
    assert span_desk.requirement("GROSS") == money("42000")
    span_desk.working("GROSS", BUY, 5, at="20", offset=open_)
    assert span_desk.requirement("GROSS") == money("57000")


def test_working_orders_reserve_their_worst_case_and_no_more(span_desk):
    """Buys and sells cannot both fill into the worst: 10 each way reserve 10."""
    buy = span_desk.working("ALPHA", BUY, 10, at="20")
    assert span_desk.requirement("ALPHA") == money("30000")
    span_desk.working("ALPHA", SELL, 10, at="20")
    assert span_desk.requirement("ALPHA") == money("30000")
    span_desk.cancel(buy)
    span_desk.cancelled(buy)
    assert span_desk.requirement("ALPHA") == money("30000")


def test_an_order_that_could_form_a_calendar_reserves_its_charge_too(span_desk):
    """5 June long, 5 December to sell: 15,000 if nothing fills, 2,500 if all does; both counted."""
    span_desk.next_day(TUESDAY)
    span_desk.trade("ALPHA", BUY, 5, "20")
    span_desk.working("ALPHA", SELL, 5, at="30", contract="CLZ0")
    assert span_desk.requirement("ALPHA") == money("17500")


def test_an_order_that_could_break_a_credit_reserves_it(span_desk):
    """10 CL against 10 ES: 45,000.  Selling 4 CL could cost 4/10 of all credits: 18,000."""
    span_desk.trade("BETA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 10, "3000", contract="ESM0")
    span_desk.working("BETA", SELL, 4, at="20", contract="CLN0")
    # Of calendars the order could form 4: 2,000; its own scan is covered by the long position.
    assert span_desk.requirement("BETA") == money("65000")


def test_margin_bounds_orders_to_the_lot(span_desk):
    rejected = only(span_desk.submit("ALPHA", BUY, 334, at="20"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_SUB_ACCOUNT
    assert (rejected.limit, rejected.value) == (money("1000000"), money("1002000"))
    span_desk.accepted("ALPHA", BUY, 333, at="20")


def test_what_the_initial_ratio_and_the_broker_add_is_asked_for(desk):
    desk.done(define(changed(C1, house_multiplier_ppm=1_500_000)))
    use_span(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    assert desk.requirement("ALPHA") == money("45000")
    desk.done(define(changed(C1, house_multiplier_ppm=1_000_000)))
    assert desk.requirement("ALPHA") == money("30000")


def test_another_file_margins_from_its_activation_on(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.done(load(DEARER, MONDAY_EVENING))
    assert span_desk.requirement("ALPHA") == money("30000")
    span_desk.done(activate(DEARER))
    assert span_desk.requirement("ALPHA") == money("45000")


def test_a_file_is_of_one_day(span_desk):
    """Its hash is known: another day can only be a mistake, and would make it look fresh."""
    span_desk.done(load(JUNE))
    refused = span_desk.refused(load(JUNE, MONDAY_EVENING), Reason.PARAMETERS_DIFFER)
    assert "is of 2020-04-17, not of 2020-04-20" in refused.detail


def test_going_back_to_an_earlier_day_needs_two_persons(span_desk):
    span_desk.done(load(DEARER, MONDAY_EVENING))
    span_desk.done(activate(DEARER))
    span_desk.refused(activate(), Reason.SECOND_PERSON_REQUIRED)
    span_desk.done(activate(approved_by="boss"))


def test_a_contract_the_file_lacks_is_margined_by_rate_and_not_opened(span_desk):
    span_desk.next_day(TUESDAY)
    span_desk.trade("ALPHA", BUY, 10, "30", contract="CLZ0")
    span_desk.done(load(DEARER, MONDAY_EVENING))
    refused = span_desk.refused(activate(DEARER), Reason.SECOND_PERSON_REQUIRED)
    assert "CLZ0" in refused.detail
    events = span_desk.done(activate(DEARER, approved_by="boss"))
    (lacking,) = only(events, SpanParametersActivated).uncovered
    assert (lacking.contract_id, lacking.floor_micros) == ("CLZ0", money("3000"))
    assert span_desk.requirement("ALPHA") == money("30000")  # 10 % of 30 × 1,000 × 10
    span_desk.mark(CLZ0="0")
    assert span_desk.requirement("ALPHA") == money("30000")  # what it asked for before
    span_desk.mark(CLZ0="60")
    assert span_desk.requirement("ALPHA") == money("60000")
    rejected = only(span_desk.submit("ALPHA", BUY, 1, at="30", contract="CLZ0"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_PARAMETERS_MISSING
    span_desk.accepted("ALPHA", SELL, 10, at="30", contract="CLZ0")  # reducing always gets out
    published = only(span_desk.settle(TUESDAY, CLM0="20", CLZ0="30"), MarginPublished)
    assert any("CLZ0" in flag for flag in published.flags)


def test_a_rate_that_asks_for_nothing_is_told(desk):
    """At a price of zero a share of the value is nothing: products have floors for that."""
    desk.mark(CLM0="0")
    desk.trade("ALPHA", BUY, 1, "0")
    published = only(desk.settle(CLM0="0"), MarginPublished)
    assert published.flags == ("CLM0: marked at 0, its rate asks for nothing",)


def test_a_fallback_lets_a_contract_that_the_file_lacks_be_opened_at_its_rate(span_desk):
    span_desk.next_day(TUESDAY)
    span_desk.done(define(changed(CL, fallback_margin=True)))
    span_desk.done(load(DEARER, MONDAY_EVENING))
    span_desk.done(activate(DEARER))
    span_desk.accepted("ALPHA", BUY, 10, at="30", contract="CLZ0")
    assert span_desk.requirement("ALPHA") == money("30000")


def test_a_stale_file_asks_for_more_until_a_new_one_comes(span_desk):
    """The file is of Friday the 17th; four days are allowed, Wednesday the 22nd is five later."""
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.next_day(TUESDAY)
    assert span_desk.requirement("ALPHA") == money("30000")
    span_desk.next_day(WEDNESDAY)
    assert span_desk.requirement("ALPHA") == money("36000")
    published = only(span_desk.settle(WEDNESDAY, CLM0="20"), MarginPublished)
    assert any("stale" in flag for flag in published.flags)
    span_desk.done(load(DEARER, TUESDAY))
    span_desk.done(activate(DEARER))
    assert span_desk.requirement("ALPHA") == money("45000")


def test_computed_arrays_margin_until_the_next_file(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.done(arrays(3_600, "CLM0"))
    assert span_desk.requirement("ALPHA") == money("36000")
    span_desk.working("ALPHA", BUY, 10, at="20")
    assert span_desk.requirement("ALPHA") == money("72000")
    span_desk.done(load(DEARER, MONDAY_EVENING))
    span_desk.done(activate(DEARER))
    assert span_desk.requirement("ALPHA") == money("90000")


def test_a_contract_listed_later_joins_the_file_in_force(span_desk):
    fresh = changed(
        span_desk.state.contracts["CLN0"].contract, contract_id="CLX", margin_key=KEYS["CLZ0"]
    )
    span_desk.done(define(fresh))
    span_desk.mark(CLX="25")
    span_desk.trade("ALPHA", BUY, 2, "25", contract="CLX")
    assert span_desk.requirement("ALPHA") == money("6000")


def test_a_file_is_made_ready_in_slices_while_the_desk_trades(span_desk):
    """Design §2: the set in force rules until the next is activated; nobody sees it being made.

    Follower and twin do not stage: the harness compares their states with this desk's.
    """
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 4, "20")
    span_desk.done(load(DEARER, MONDAY_EVENING))
    machine = span_desk.machine
    machine.stage_parameters("NYMEX", DEARER)
    assert not machine.advance_staging("NYMEX", 1)
    span_desk.trade("ALPHA", BUY, 5, "20")
    order_id = span_desk.working("GAMMA", BUY, 7, at="3000", contract="ESM0")
    while not machine.advance_staging("NYMEX", 1):
        span_desk.trade("BETA", BUY, 1, "20")
    span_desk.fill(order_id, 2, "3000")
    assert span_desk.requirement("ALPHA") == money("45000")  # still 3,000 × 15
    span_desk.done(activate(DEARER))
    assert span_desk.requirement("ALPHA") == money("67500")
    assert span_desk.requirement("GAMMA") == money("42000")
    assert machine.advance_staging("NYMEX")  # nothing is being made any more


def test_a_file_half_made_ready_is_finished_at_its_activation(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 4, "20")
    span_desk.done(load(DEARER, MONDAY_EVENING))
    span_desk.machine.stage_parameters("NYMEX", DEARER)
    span_desk.machine.advance_staging("NYMEX", 1)
    span_desk.done(activate(DEARER))
    assert span_desk.requirement("BETA") == money("18000")


def test_changed_definitions_let_a_file_be_made_ready_anew(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.done(load(DEARER, MONDAY_EVENING))
    span_desk.machine.stage_parameters("NYMEX", DEARER)
    span_desk.machine.advance_staging("NYMEX", 1)
    span_desk.done(define(changed(C1, house_multiplier_ppm=1_100_000)))
    assert span_desk.requirement("ALPHA") == money("33000")
    span_desk.done(activate(DEARER))
    assert span_desk.requirement("ALPHA") == money("49500")


def test_only_one_file_of_a_house_is_made_ready_at_a_time(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.done(load(DEARER, MONDAY_EVENING))
    machine = span_desk.machine
    machine.stage_parameters("NYMEX", DEARER)
    machine.advance_staging("NYMEX")
    machine.stage_parameters("NYMEX", JUNE)
    machine.advance_staging("NYMEX")
    span_desk.done(activate(DEARER))
    assert span_desk.requirement("ALPHA") == money("45000")


def shares(published):
    return {line.book_id: line.attributed_micros for line in published.lines}


def test_shares_sum_to_the_pool_and_a_hedger_is_paid(span_desk):
    """Pool +6: it loses 3,000 a lot as prices fall; BETA gains there what it is short."""
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 4, "20")
    found = shares(only(span_desk.settle(CLM0="20"), MarginPublished))
    assert found["ALPHA"] == money("30000")
    assert found["BETA"] == -money("12000")
    assert found["@pool:FUND"] == money("18000")


def test_the_suspense_account_takes_its_share(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    stray(span_desk, BUY, 3, "20")
    found = shares(only(span_desk.settle(CLM0="20"), MarginPublished))
    assert found["@suspense:C1"] == money("9000")
    assert sum(found.values()) - found["@pool:FUND"] == found["@pool:FUND"] == money("39000")


@pytest.mark.parametrize(
    ("rule", "alpha", "beta"),
    [
        ("euler", "30000", "-12000"),
        ("capped", "30000", "-12000"),
        ("proportional", "12857", "5142"),
    ],
)
def test_a_desk_chooses_how_its_pool_is_divided(span_desk, rule, alpha, beta):
    """By stand-alone (30,000 and 12,000) ALPHA brings 5 / 7 of 18,000; suspense keeps its own."""
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 4, "20")
    stray(span_desk, BUY, 3, "20")
    span_desk.done(define(DeskSettings(attribution=DeskAttribution(rule))))
    found = shares(only(span_desk.settle(CLM0="20"), MarginPublished))
    assert [found[sub] // 10**6 for sub in ("ALPHA", "BETA")] == [int(alpha), int(beta)]
    assert found["@suspense:C1"] == money("9000")
    assert sum(found.values()) == 2 * found["@pool:FUND"] == 2 * money("27000")


def test_capped_nobody_pays_more_than_alone(span_desk):
    """The spread of CL against ES is formed from lots of three books."""
    span_desk.done(define(DeskSettings(attribution=DeskAttribution.CAPPED)))
    span_desk.trade("ALPHA", BUY, 2, "20")
    span_desk.trade("BETA", SELL, 4, "3000", contract="ESM0")
    span_desk.trade("GAMMA", BUY, 3, "3000", contract="ESM0")
    published = only(span_desk.settle(CLM0="20", ESM0="3000"), MarginPublished)
    for line in published.lines:
        if not line.book_id.startswith("@"):
            assert line.attributed_micros <= line.requirement_micros
    found = shares(published)
    assert sum(found.values()) == 2 * found["@pool:FUND"]


def test_every_carrying_account_shows_its_excess_or_call(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.done(collateral(money("50000")))
    published = only(span_desk.settle(CLM0="20"), MarginPublished)
    account = next(
        line
        for line in published.accounts
        if (line.carrying_account_id, line.owner_id, line.currency) == ("C1", "FUND", "USD")
    )
    assert account.collateral_micros == money("45000")
    assert account.requirement_micros == money("30000")
    assert account.excess_micros == money("10000000") + money("45000") - money("30000")


def test_collateral_backs_the_pool_but_is_nobodys_capital(span_desk):
    standing = span_desk.state.pools["FUND"].standing
    before, equity = standing.available_micros(span_desk.state.rates), span_desk.equity("ALPHA")
    span_desk.done(collateral(money("50000")))
    assert standing.available_micros(span_desk.state.rates) == before + money("45000")
    assert span_desk.equity("ALPHA") == equity
    span_desk.done(collateral(money("40000"), approved_by=""))  # less needs one person
    span_desk.done(collateral(0, approved_by=""))
    assert standing.available_micros(span_desk.state.rates) == before


def test_securities_keep_their_currency_until_they_are_taken_out(span_desk):
    span_desk.done(collateral(money("100")))
    span_desk.refused(collateral(1, currency="EUR"), Reason.FAULTY_DEFINITION)
    span_desk.done(collateral(0, approved_by=""))
    span_desk.done(collateral(money("10"), currency="EUR"))


def test_the_largest_benefactor_flattens_and_nobody_else_is_called(span_desk):
    """Design §5.  ALPHA +10, BETA −10, GAMMA −10 and the benefit lent as far as it survives."""
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("BETA", SELL, 10, "20")
    span_desk.trade("GAMMA", SELL, 10, "20")
    # Pool −10: 30,000 against 90,000 stand-alone.  Without ALPHA the others have no benefit.
    span_desk.refused(grant("BETA", 1), Reason.BENEFIT_TOO_LARGE)
    # Without BETA or GAMMA 60,000 of benefit remain, and only ALPHA may use it.
    span_desk.done(grant("ALPHA", money("30000")))
    assert span_desk.state.subs["ALPHA"].standing.need_micros(span_desk.state.rates) == 0
    span_desk.trade("ALPHA", SELL, 10, "20")
    for sub in ("BETA", "GAMMA"):
        standing = span_desk.state.subs[sub].standing
        assert standing.available_micros(span_desk.state.rates) >= 0
    bound = sum(
        span_desk.state.subs[sub].standing.need_micros(span_desk.state.rates)
        for sub in ("ALPHA", "BETA", "GAMMA")
    )
    assert bound >= pool(span_desk)


def test_a_grant_lets_a_sub_account_open_more_and_is_revoked_by_one_person(span_desk):
    span_desk.trade("BETA", SELL, 100, "20")
    span_desk.trade("GAMMA", SELL, 100, "20")
    span_desk.trade("ALPHA", BUY, 200, "20")
    span_desk.done(grant("ALPHA", money("300000")))
    span_desk.accepted("ALPHA", BUY, 230, at="20")  # 1,290,000 on 1,000,000 and 300,000 lent
    span_desk.done(grant("ALPHA", 0, approved_by=""))
    rejected = only(span_desk.submit("ALPHA", BUY, 1, at="20"), OrderRejected)
    assert rejected.reason is Reason.MARGIN_SUB_ACCOUNT


def test_orders_of_a_block_are_reserved_in_the_netting_set(span_desk):
    """A rule cuts half of 10 lots: the closing block adds nothing to what the position asks for."""
    from tests.engine.firm import rule

    span_desk.done(define(rule()))
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.trade("BETA", BUY, 10, "20")
    span_desk.vix("20", close=True)
    span_desk.vix("21")
    assert span_desk.requirement("ALPHA") == money("30000")
    assert pool(span_desk) == money("60000")


def test_expiry_takes_a_contract_out_of_its_netting_set(span_desk):
    span_desk.trade("ALPHA", BUY, 10, "20")
    span_desk.settle(MONDAY, CLM0="20")
    span_desk.done(
        cmd.ExpireContract(contract_id="CLM0", final_price_nanos=20_000_000_000, source="feed")
    )
    assert span_desk.requirement("ALPHA") == 0
