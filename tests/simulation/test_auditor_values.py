"""The auditor reads limits of value for itself: exposure, margin that stays free, and volume.

Honest desks are clean; an engine that has lost a control, or rows that were others, are told.
"""

import pytest
from msgspec.structs import replace

from fencang.engine.decide import ladder, margin_checks
from fencang.limits.margin_buffers import BoundBuffer, Buffer
from fencang.messages import commands as cmd
from fencang.messages.events import DeskDefined, OrderAccepted, OrderRejected
from fencang.messages.reasons import Reason
from fencang.messages.trade_flow_events import CoolingOffStarted, VolumesReported
from tests.engine.desk import BUY, SELL, trading_desk, transfer
from tests.engine.exposure_firm import NO_BUFFER, WIDE_EXPOSURE, betas, buffer, exposure
from tests.engine.firm import SECOND, changed, define, money
from tests.engine.flow_firm import FREE_IMPACT, impact, volumes
from tests.plain_core import plain_core_only
from tests.simulation.forgery import forged, laws_of, left_out

MINUTE = 60 * SECOND
ALL = ("gross", "net", "beta")
BOUNDS = (*(f"{name}_micros_max" for name in ALL), "share_ppm_max")


def stated_otherwise(records, *rows):
    """Return records whose last definitions are others than those that were decided under."""
    place = sum(isinstance(event, DeskDefined) for each in records for event in each.events) - 1

    def other(event):
        kept = {(type(item), item.key): item for item in event.items}
        kept |= {(type(row), row.key): row for row in rows}
        return replace(event, items=tuple(kept.values()))

    return forged(records, DeskDefined, other, place)


def lose_control(monkeypatch, name):
    """Let every desk forget one control of the ladder."""
    left = tuple(control for control in ladder.LADDER if control.name != name)
    assert len(left) == len(ladder.LADDER) - 1
    monkeypatch.setattr(ladder, "LADDER", left)


def root(**fields):
    """Return the master account's row for everything with another number: ``root(gross="1")``."""
    amounts = {f"{name}_micros_max": money(fields.pop(name)) for name in ALL if name in fields}
    return changed(WIDE_EXPOSURE, **amounts, **fields)


def refusals(desk):
    return [
        event.reason
        for record in desk.records
        for event in record.events
        if isinstance(event, OrderRejected)
    ]


# -------------------------------------------------------------------------------------- exposure


def exposed(*rows, index_ppm=None):
    """ALPHA holds 10 lots at 20, 20,000 each, reduces 4; BETA works 5, and then 2 more, to sell."""
    desk = trading_desk()
    desk.done(define(WIDE_EXPOSURE, *rows))
    if index_ppm is not None:
        desk.done(betas(desk.now_ns, CL=index_ppm))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.accepted("ALPHA", SELL, 4, at="21")
    working = desk.working("BETA", SELL, 5, at="22")
    desk.replace(working, 7, sub="BETA")
    return desk


def test_exposure_within_its_rows_is_clean():
    assert laws_of(exposed().records) == set()


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [
        (WIDE_EXPOSURE, "gross", 340_000),
        (exposure("person:FUND"), "gross", 340_000),
        (exposure("carrying:C1", "CL"), "gross", 340_000),
        (exposure("venue:NYMEX", "CLM0"), "gross", 340_000),
        (exposure("ALPHA"), "net", 200_000),
        (exposure("BETA", "CLM0"), "net", 140_000),
        (WIDE_EXPOSURE, "net", 200_000),
        (WIDE_EXPOSURE, "beta", 510_000),
        (root(beta_unknown_ppm=1_000_000), "beta", 340_000),
    ],
)
def test_an_exposure_is_counted_to_the_micro_and_one_beyond_its_row_is_told(row, name, value):
    """Gross is 17 lots; net 10 bought, and 7 sold of what BETA has; unknown betas count 1.5."""
    records, micros = exposed().records, value * 1_000_000
    exactly = changed(row, **{f"{name}_micros_max": micros})
    assert laws_of(stated_otherwise(records, exactly)) == set()
    less = changed(row, **{f"{name}_micros_max": micros - 1})
    assert laws_of(stated_otherwise(records, less)) == {"exposure"}


def test_products_that_are_named_count_together_and_a_floor_holds_at_a_price_near_nothing():
    desk = exposed()
    desk.trade("BETA", BUY, 1, "3000", contract="ESM0")
    several = {"product_ids": ("CL", "ES")}
    row = exposure("MASTER", "BOTH", net="350000", **several)
    assert laws_of(stated_otherwise(desk.records, row)) == set()
    less = exposure("MASTER", "BOTH", net="349999", **several)
    assert laws_of(stated_otherwise(desk.records, less)) == {"exposure"}
    floor = exposure("ALPHA", net="200000", floor_ticks=2_001)
    assert "exposure" in laws_of(stated_otherwise(desk.records, floor))


def test_no_product_may_be_more_than_its_share():
    desk = trading_desk()
    desk.done(define(WIDE_EXPOSURE))
    desk.trade("ALPHA", BUY, 1, "3000", contract="ESM0")
    desk.accepted("ALPHA", BUY, 20, at="20")
    share = exposure("ALPHA", share_ppm_max=600_000, share_from_micros=money("150000"))
    assert laws_of(stated_otherwise(desk.records, share)) == {"exposure"}
    free = exposure("ALPHA", share_ppm_max=600_000, share_from_micros=money("550000"))
    assert laws_of(stated_otherwise(desk.records, free)) == set()


def test_betas_that_are_known_offset_and_old_ones_do_not():
    desk = exposed(index_ppm=-500_000)
    turned = root(beta="100000")
    assert laws_of(stated_otherwise(desk.records, turned)) == set()
    assert laws_of(stated_otherwise(desk.records, root(beta="99999"))) == {"exposure"}
    old = root(beta="100000", beta_age_ns_max=0)
    assert laws_of(stated_otherwise(desk.records, old)) == {"exposure"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (exposure("ALPHA", gross="190000"), Reason.GROSS_EXPOSURE),
        (exposure("ALPHA", net="190000"), Reason.NET_EXPOSURE),
        (exposure("ALPHA", beta="290000"), Reason.BETA_EXPOSURE),
        (exposure("ALPHA", share_ppm_max=900_000), Reason.CONCENTRATION),
    ],
)
def test_a_desk_that_forgets_exposure_is_told_and_what_it_refuses_is_compared(
    monkeypatch, row, reason
):
    honest = trading_desk()
    honest.done(define(WIDE_EXPOSURE, row))
    honest.submit("ALPHA", BUY, 10, at="20")
    assert refusals(honest) == [reason]
    assert laws_of(honest.records) == set()
    more = forged(honest.records, OrderRejected, lambda it: replace(it, value=it.value + 1))
    assert laws_of(more) == {"exposure refusal"}
    wide = stated_otherwise(honest.records, changed(row, **dict.fromkeys(BOUNDS)))
    assert laws_of(wide) == {"exposure refusal"}
    lose_control(monkeypatch, "exposure")
    desk = trading_desk()
    desk.done(define(WIDE_EXPOSURE, row))
    desk.accepted("ALPHA", BUY, 10, at="20")
    assert laws_of(desk.records) == {"exposure"}


# --------------------------------------------------------------------------------------- buffers


def buffered(*rows):
    """ALPHA has a million, its pool three; 10 lots at 20 ask for 20,000 of margin."""
    desk = trading_desk()
    desk.done(define(NO_BUFFER, *rows))
    desk.accepted("ALPHA", BUY, 10, at="20")
    desk.accepted("ALPHA", SELL, 10, at="21")
    return desk


def test_what_stays_free_is_read_to_the_lot():
    records = buffered().records
    assert laws_of(records) == set()
    for row in (
        buffer("ALPHA", amount="979000"),
        buffer("ALPHA", ppm=48_000_000),
        buffer("MASTER", ppm=48_000_000, amount="1"),
        buffer("BETA", amount="100000000"),
    ):
        assert laws_of(stated_otherwise(records, row)) == set()
    for row in (
        buffer("ALPHA", amount="981000"),
        buffer("ALPHA", ppm=50_000_000),
        buffer("MASTER", ppm=50_000_000, amount="1"),
        buffer("MASTER", ppm=0, amount="100000000"),
        buffer("person:FUND", amount="100000000"),
    ):
        assert laws_of(stated_otherwise(records, row)) == {"margin buffer"}


def test_an_order_that_raises_nothing_is_asked_for_no_buffer_even_where_money_lacks():
    """Long 10, so 20 to sell could leave 10 short at most: no more than is asked for already."""
    desk = trading_desk()
    desk.done(define(WIDE_EXPOSURE, NO_BUFFER, buffer("ALPHA", ppm=200_000)))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.done(transfer("ALPHA", None, "900000"))
    desk.mark(CLM0="9")
    assert desk.equity("ALPHA") < 0
    accepted = desk.submit("ALPHA", SELL, 20, at="9")[0]
    assert isinstance(accepted, OrderAccepted)
    assert laws_of(desk.records) == set()


@plain_core_only
@pytest.mark.parametrize("row", [buffer("ALPHA", amount="981000"), buffer("person:FUND", 10**9)])
def test_a_desk_that_forgets_buffers_is_told_and_refusals_that_are_not_due(monkeypatch, row):
    honest = trading_desk()
    honest.done(define(NO_BUFFER, row))
    honest.submit("ALPHA", BUY, 10, at="20")
    assert refusals(honest) == [Reason.MARGIN_BUFFER]
    assert laws_of(honest.records) == set()
    free = stated_otherwise(honest.records, changed(row, buffer_ppm=0, buffer_micros=0))
    assert laws_of(free) == {"buffer refusal"}
    for name in ("own_buffer", "pool_buffer"):
        monkeypatch.setattr(margin_checks, name, lambda *_: Buffer(0, BoundBuffer()))
    assert laws_of(buffered(row).records) == {"margin buffer"}


def test_an_order_that_grows_leaves_its_buffer_too():
    desk = trading_desk()
    desk.done(define(NO_BUFFER))
    working = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(working, 20)
    told = stated_otherwise(desk.records, buffer("ALPHA", amount="970000"))
    assert laws_of(told) == {"margin buffer"}


# ---------------------------------------------------------------------------------------- volume


def sent(*rows):
    """2,000 lots in 5 minutes: 1 % are 20, 10 % of a minute's 400 are 40; 20 and 15 are sent."""
    desk = trading_desk()
    desk.done(define(FREE_IMPACT, *rows))
    desk.done(volumes(CLM0=2_000))
    desk.accepted("ALPHA", BUY, 20, at="20")
    desk.accepted("BETA", SELL, 15, at="22")
    return desk


SHARES = {"order_share_ppm": 10_000, "window_share_ppm": 100_000, "window_ns": MINUTE}


def test_orders_within_their_shares_are_clean_and_others_are_told():
    records = sent().records
    assert laws_of(records) == set()
    for node, scope in (("MASTER", "*"), ("ALPHA", "CL"), ("venue:NYMEX", "CLM0")):
        row = impact(node, scope, **SHARES)
        root = FREE_IMPACT if node != "MASTER" else row
        assert laws_of(stated_otherwise(records, root, row)) == set()
        for tighter in (
            changed(row, order_share_ppm=9_999),
            changed(row, window_share_ppm=49_999),
        ):
            root = FREE_IMPACT if node != "MASTER" else tighter
            told = laws_of(stated_otherwise(records, root, tighter))
            assert told == {"market impact"}


def test_nothing_opens_on_a_volume_that_is_unknown_or_old():
    strict = changed(FREE_IMPACT, passes_unknown=False)
    records = sent().records
    assert laws_of(stated_otherwise(records, strict)) == set()
    unknown = forged(records, VolumesReported, left_out)
    assert laws_of(stated_otherwise(unknown, strict)) == {"market impact"}
    old = changed(strict, volume_age_ns_max=1)
    assert laws_of(stated_otherwise(records, old)) == {"market impact"}


def rested():
    """Of 40 lots 25 are sent: another 25 would not fit, so ALPHA rests, and its order is refused.

    BETA goes on, and ALPHA after its rest.
    """
    desk = trading_desk()
    row = impact("ALPHA", cooling_off_ns=30 * SECOND, **{**SHARES, "order_share_ppm": 100_000})
    desk.done(define(FREE_IMPACT, row))
    desk.done(volumes(CLM0=2_000))
    desk.accepted("ALPHA", BUY, 25, at="20")
    desk.submit("ALPHA", BUY, 1, at="20")
    desk.accepted("BETA", BUY, 30, at="20")
    desk.done(cmd.AdvanceTime(), after_ns=2 * MINUTE)
    desk.accepted("ALPHA", BUY, 3, at="20")
    return desk


def test_a_rest_begins_with_the_order_that_uses_a_share_up_and_holds():
    records = rested().records
    assert Reason.MARKET_IMPACT in refusals(rested())
    assert laws_of(records) == set()
    assert "market impact" in laws_of(forged(records, CoolingOffStarted, left_out))
    longer = forged(records, CoolingOffStarted, lambda it: replace(it, until_ns=it.until_ns + 1))
    assert laws_of(longer) == {"market impact"}
    other = forged(records, CoolingOffStarted, lambda it: replace(it, node_id="MASTER"))
    assert "market impact" in laws_of(other)


def test_a_desk_that_forgets_volumes_is_told_and_refusals_that_are_not_due(monkeypatch):
    row = impact("ALPHA", **{**SHARES, "order_share_ppm": 9_000})
    honest = trading_desk()
    honest.done(define(FREE_IMPACT, row))
    honest.done(volumes(CLM0=2_000))
    honest.submit("ALPHA", BUY, 20, at="20")
    assert refusals(honest) == [Reason.MARKET_IMPACT]
    assert laws_of(honest.records) == set()
    wider = stated_otherwise(honest.records, impact("ALPHA", **SHARES))
    assert laws_of(wider) == {"impact refusal"}
    lose_control(monkeypatch, "market impact")
    assert laws_of(sent(row).records) == {"market impact"}


def test_what_is_inside_an_envelope_is_not_asked_for_exposure():
    """The envelope was asked for all of it when it opened."""
    records = exposed().records
    row = exposure("ALPHA", gross="1")
    inside = forged(records, OrderAccepted, lambda it: replace(it, envelope_id=1))
    assert laws_of(stated_otherwise(inside, row)) == {"envelope use"}, "there is none of number 1"
