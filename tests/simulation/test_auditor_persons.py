"""Acts that need two persons, told as one person's: margin, arrays, ends of options."""

from msgspec.structs import replace

from fencang.messages.margin_commands import (
    ActivateSpanParameters,
    GrantBenefit,
    LoadRiskArrays,
    ReportCollateral,
)
from fencang.messages.margin_events import (
    BenefitGranted,
    CollateralReported,
    RiskArraysLoaded,
    SpanParametersActivated,
)
from fencang.messages.option_commands import ExpireOption
from fencang.messages.option_events import OptionExpiring
from fencang.messages.record import Record
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, money
from tests.engine.span_firm import collateral, grant
from tests.simulation.forgery import asked_otherwise, forged, laws_of

SHA = "0" * 64


def raised():
    """Grants and collateral raised by two persons, lowered by one."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", SELL, 5, "20")
    desk.trade("GAMMA", SELL, 5, "20")
    desk.done(grant("ALPHA", 1_000))
    desk.done(collateral(money("1000")))
    desk.settle(CLM0="20")
    return desk


def test_honest_grants_and_collateral_break_no_law():
    desk = raised()
    desk.done(grant("ALPHA", 0, approved_by=""))
    desk.done(collateral(0, approved_by=""))
    assert laws_of(desk.records) == set()


def test_one_person_who_raises_is_found():
    records = raised().records
    assert laws_of(asked_otherwise(records, GrantBenefit, approved_by="risk")) == {"second person"}
    assert laws_of(asked_otherwise(records, ReportCollateral, approved_by="")) == {"second person"}


def test_what_was_granted_or_counted_is_what_was_asked():
    records = raised().records
    more = forged(records, BenefitGranted, lambda e: replace(e, amount_micros=2_000))
    assert laws_of(more) == {"grant"}
    better = forged(records, CollateralReported, lambda e: replace(e, haircut_ppm=0))
    assert laws_of(better) == {"collateral", "account"}


def said(*told):
    """Return what the auditor finds in commands and events after an honest beginning."""
    records = trading_desk().records
    last = records[-1]
    for place, (command, *events) in enumerate(told, 1):
        at = last.sequence + place, last.time_ns + place
        records = [*records, Record(*at, 1, command, tuple(events))]
    return laws_of(records)


def test_arrays_computed_by_one_person_are_found():
    asked = LoadRiskArrays(
        clearing_house="NYMEX",
        sha256=SHA,
        model="m",
        solver_version="1",
        input_sha256=SHA,
        arrays=(),
        entered_by="quant",
    )
    loaded = RiskArraysLoaded(clearing_house="NYMEX", arrays=())
    assert said((asked, loaded)) == {"second person"}
    assert said((replace(asked, approved_by="risk"), loaded)) == set()


def test_a_file_of_an_earlier_day_needs_two_persons():
    def active(day, approved_by=""):
        asked = ActivateSpanParameters(
            clearing_house="NYMEX", sha256=SHA, entered_by="ops", approved_by=approved_by
        )
        event = SpanParametersActivated(
            clearing_house="NYMEX", sha256=SHA, business_date=day, uncovered=()
        )
        return asked, event

    assert said(active(TUESDAY), active(MONDAY)) == {"second person"}
    assert said(active(TUESDAY), active(MONDAY, "risk")) == set()
    assert said(active(MONDAY), active(TUESDAY)) == set()


def test_an_option_that_ends_at_a_price_of_one_person_is_found():
    asked = ExpireOption(contract_id="CLM0", underlying_price_nanos=0, source="manual: phone")
    ended = OptionExpiring(contract_id="CLM0", underlying_price_nanos=0)
    assert said((asked, ended)) == {"second person"}
