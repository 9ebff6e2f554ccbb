"""One scenario for every reason a new order can be refused for, in the order of the ladder.

Each rung knows how to bring its fault about (``desk`` before, ``fields`` of the order), so that the
faults of two rungs can be present at once and the earlier one must win.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from fencang.messages import commands as cmd
from fencang.messages.message import OrderType, TimeInForce, TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.contract import DeliveryGuard, DeliveryPolicy
from fencang.refdata.regime import RegimeVenue
from fencang.refdata.service_tier import TakesEffect
from fencang.refdata.session import Phase
from fencang.refdata.tenor import TenorLimit
from tests.engine.acts import halt
from tests.engine.connection_acts import link, links
from tests.engine.control_firm import FREE_FLOW, WIDE
from tests.engine.day_acts import in_phase, no_early_orders
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, order, transfer
from tests.engine.exposure_firm import NO_BUFFER, WIDE_EXPOSURE, buffer
from tests.engine.firm import (
    CL,
    SECOND,
    TUESDAY,
    VENUES,
    WEDNESDAY,
    changed,
    define,
    limit,
    price,
    product,
    rule,
    sub_account,
)
from tests.engine.flow_firm import FREE_TRADE_FLOW, impact
from tests.engine.loss_firm import WIDE_LOSSES
from tests.engine.regime_firm import group, member, regime, regime_limit
from tests.engine.self_match_acts import apart
from tests.engine.span_firm import activate, load
from tests.engine.tier_firm import FIX, REST, VIP


class Rung(NamedTuple):
    """One refusal of the ladder, made on sub-account ALPHA."""

    reason: Reason
    setup: Callable[..., Any] | None = None
    fields: Mapping[str, Any] = MappingProxyType({})
    base: Mapping[str, Any] = MappingProxyType({})
    """``base``: what the order must be for this rung to be reachable (a gross contract, …)."""


GROSS = {"contract": "CU06", "at": "40000", "offset": OPEN}


def guarded(desk):
    """CLM0 may be delivered from Wednesday on; the desk stays out from two days before."""
    guard = DeliveryGuard(policy=DeliveryPolicy.BLOCK, days_before=2)
    contract = desk.state.contracts["CLM0"].contract
    notice = changed(contract, first_notice_day=WEDNESDAY)
    desk.done(define(notice, changed(desk.state.products["CL"], delivery_guard=guard)))


def uncovered(desk):
    """A SPAN file is in force that has no CLM0."""
    crude = desk.state.contracts["CLM0"].contract
    desk.done(define(changed(crude, margin_key="XYZ/CL/FUT/209912")))
    desk.done(load())
    desk.done(activate())


def controls(mark=None, **fields):
    """The master account narrows what an order may be, beside what it narrows already."""

    def setup(desk):
        if mark is not None:
            desk.mark(CLM0=mark)
        known = desk.state.controls.get("MASTER", "*")
        desk.done(define(changed(known or WIDE, **fields)))

    return setup


def flows(**fields):
    """The master account lets fewer orders through, beside what it holds back already."""

    def setup(desk):
        known = desk.state.flow.rows.get("MASTER", FREE_FLOW)
        desk.done(define(changed(known, **fields)))

    return setup


def trade_flows(**fields):
    """The master account's orders may come to less, beside what they may come to already."""

    def setup(desk):
        known = desk.state.risk.trade_flow.rows.get(("MASTER", "*"), FREE_TRADE_FLOW)
        desk.done(define(changed(known, **fields)))

    return setup


def exposures(**fields):
    """The master account lets less exposure through, beside what it holds back already."""

    def setup(desk):
        known = desk.state.risk.exposures.definitions.get(("MASTER", "*"), WIDE_EXPOSURE)
        desk.done(define(changed(known, **fields)))

    return setup


def repeated(desk):
    """ALPHA's first execution disables it."""
    known = desk.state.risk.trade_flow.rows.get(("MASTER", "*"), FREE_TRADE_FLOW)
    desk.done(define(FREE_TRADE_FLOW))
    desk.done(define(changed(FREE_TRADE_FLOW, repeated_executions_max=1)))
    desk.trade("ALPHA", BUY, 1, "20")
    desk.done(define(changed(known, repeated_executions_max=1)))


def sent_before(desk):
    """The same order was sent a moment ago."""
    trade_flows(duplicate_ns=3_600 * SECOND)(desk)
    desk.done(order("ALPHA", BUY, 1, at="20", client_order_id="before"))


def short_tenor(desk):
    """CLM0 ends tomorrow and nothing is opened less than two days before its end."""
    contract = desk.state.contracts["CLM0"].contract
    ends = contract if contract.first_notice_day else changed(contract, last_trading_day=TUESDAY)
    root = TenorLimit(node_id="MASTER", furthest_days=0, nearest_days=2)
    desk.done(define(ends, root))


def no_volume(desk):
    """The master account opens nothing on volumes that nobody reports."""
    desk.done(define(impact(order_share_ppm=10_000, window_share_ppm=10_000)))


def buffered(desk):
    """ALPHA must keep all its capital free beside margin."""
    desk.done(define(NO_BUFFER, buffer("ALPHA", amount="1000000")))


def unread_rules(desk):
    """New York is governed by rules that end before today."""
    over = regime("OLD", valid_to=date(2020, 1, 1))
    desk.done(define(over, RegimeVenue(regime_id="OLD", venue_id="NYMEX")))


def no_lots_by_law(desk):
    """What New York trades counts as crude, and none of it may be held."""
    governs = RegimeVenue(regime_id="US", venue_id="NYMEX")
    products = desk.state.products.values()
    members = [member(each.product_id, "CL") for each in products if each.venue_id == "NYMEX"]
    desk.done(define(regime(), governs, group("CL"), *members, regime_limit(0)))


def used_identifier(desk):
    desk.done(order("ALPHA", BUY, 1, at="20", client_order_id="used"))
    desk.cancelled(next(iter(desk.state.subs["ALPHA"].working)))


def mandate_without(desk):
    desk.done(define(changed_mandate(products=("NK",)), approved_by=""))


def changed_mandate(**fields):
    old = sub_account("ALPHA", tags=("cut",))
    return changed(old, mandate=changed(old.mandate, **fields))


def without_route(desk):
    desk.done(define(sub_account("ALPHA", tags=("cut",), routes={"OSE": "C1"})))


def fire_rule(desk):
    """Fire a rule while nothing is open: ALPHA may not open until it re-arms."""
    desk.done(define(rule()))
    desk.vix("20", close=True)
    desk.vix("21")


def over_grant(desk):
    """Capital of GAMMA is lost several times over and the reserve is spent."""
    desk.trade("GAMMA", BUY, 40, "20000", contract="NKM0")
    desk.done(transfer(None, "BETA", "7000000"))
    desk.mark(NKM0="10000")
    assert desk.state.pools["FUND"].is_over_granted


def lost_rate(desk):
    """A Swedish product whose currency nobody has valued."""
    desk.done(
        define(
            product("SEKX", "NYMEX", "SEK", "100", "1"),
            changed(desk.state.contracts["CLM0"].contract, contract_id="SEK1", product_id="SEKX"),
            changed_mandate(products=("SEKX", "CL", "CU", "ES")),
        )
    )
    desk.mark(SEK1="100")


def no_leverage(desk):
    desk.done(define(changed_mandate(leverage_max_ppm=0), approved_by=""))


def poor(desk):
    """Leave ALPHA with 1,000 dollars."""
    desk.done(transfer("ALPHA", None, "999000"))
    desk.done(define(changed_mandate(leverage_max_ppm=1_000_000_000)))


def crowded(desk):
    """GAMMA's requirement grows beyond its capital until the pool can spare nothing."""
    desk.done(transfer(None, "GAMMA", "7000000"))
    desk.trade("GAMMA", BUY, 400, "20", contract="CLM0")
    desk.done(define(changed(CL, margin_ppm=1_300_000)))
    desk.done(define(changed_mandate(leverage_max_ppm=1_000_000_000)))


def lost(**fields):
    """ALPHA has lost a little, and may not lose so much, beside what it may not lose already."""

    def setup(desk):
        if not desk.state.risk.losses.rows:
            desk.done(define(WIDE_LOSSES, changed(WIDE_LOSSES, node_id="ALPHA")))
        desk.trade("ALPHA", BUY, 1, "20")
        desk.mark(CLM0="19.99")
        desk.done(define(changed(desk.state.risk.losses.rows["ALPHA"], **fields)))

    return setup


def tight_limit(desk):
    desk.done(define(limit("ALPHA", "*", 0)))


def close_nymex(desk):
    for venue in ("NYMEX", "SHFE"):
        desk.done(cmd.CloseSession(venue_id=venue))


def expire_all(desk):
    for contract, final in (("CLM0", "20"), ("CU06", "40000")):
        command = cmd.ExpireContract(
            contract_id=contract, final_price_nanos=price(final), source="feed"
        )
        desk.done(command)


def new_contract(desk):
    """A contract that never had a price."""
    contract = desk.state.contracts["CLM0"].contract
    copper = desk.state.contracts["CU06"].contract
    desk.done(define(changed(contract, contract_id="CLQ0"), changed(copper, contract_id="CU07")))


def links_down(desk):
    desk.done(define(links()))


def links_stale(desk):
    desk.done(define(links(link_ns=0)))
    for account, venue in (("C1", "NYMEX"), ("CN1", "SHFE")):
        desk.done(link(account, venue))


def feeds_stale(desk):
    links_stale(desk)
    desk.done(define(links(feed_ns=0)))


def met(desk):
    """An own order rests where the order would trade with it."""
    apart(desk)
    desk.working("BETA", SELL, 1, at="20")


def washed(desk):
    """Two sub-accounts of one owner dealt at one price, and no such trade is let pass."""
    apart(desk, wash_count_max=0)
    desk.trade("BETA", BUY, 2, "20")
    desk.trade("GAMMA", SELL, 1, "20")


def washed_and_met(desk):
    """A reduction rests in a contract that suspected wash trades closed."""
    washed(desk)
    desk.working("BETA", SELL, 1, at="20")


def sent_and_washed(desk):
    """The same order was sent and is gone again; meanwhile the contract was closed."""
    sent_before(desk)
    desk.cancelled(next(iter(desk.state.subs["ALPHA"].working)))
    washed(desk)


def of_tier(**fields):
    """ALPHA's tier lets less in, or later, beside what it holds back already."""

    def setup(desk):
        known = desk.state.risk.tiers.rows.get(VIP.tier_id, VIP)
        desk.done(define(changed(known, **fields)))

    return setup


def never_open(desk):
    """ALPHA's openings wait for the next trading day, and New York has none."""
    of_tier(**NEXT_DAY)(desk)
    desk.done(define(changed(VENUES[0], weekend_days=(1, 2, 3, 4, 5, 6, 7))))


NEXT_DAY = {"takes_effect": TakesEffect.NEXT_TRADING_DAY, "venue_id": "NYMEX"}

LADDER = (
    Rung(Reason.UNKNOWN_SUB_ACCOUNT, None, {"sub": "NOBODY"}),
    Rung(Reason.DUPLICATE_ORDER, used_identifier, {"client_order_id": "used"}),
    Rung(Reason.ORDER_CONTRACT_UNKNOWN, None, {"contract": "XX"}),
    Rung(Reason.PRODUCT_NOT_PERMITTED, mandate_without),
    Rung(Reason.NO_ROUTE, without_route),
    Rung(Reason.TIER_INTERFACE, of_tier(interfaces=(REST,)), {"interface": FIX}),
    Rung(Reason.TIER_ORDER_TYPE, of_tier(order_types=(OrderType.STOP,))),
    Rung(Reason.TIER_TIME_IN_FORCE, of_tier(times_in_force=(TimeInForce.FOK,))),
    Rung(Reason.TIER_INSTRUMENT, of_tier(instruments=("NK",))),
    Rung(Reason.INSTRUCTIONS_TOO_MANY, of_tier(instructions_max=0, **NEXT_DAY)),
    Rung(Reason.INSTRUCTION_DAY_UNKNOWN, never_open),
    Rung(Reason.TRADING_HALTED, lambda desk: halt(desk, "MASTER")),
    Rung(Reason.REDUCE_ONLY, lambda desk: halt(desk, "ALPHA", TradingState.REDUCE_ONLY)),
    Rung(Reason.OPENING_BLOCKED_BY_RULE, fire_rule),
    Rung(Reason.OVER_GRANTED, over_grant),
    Rung(Reason.MESSAGE_RATE, flows(messages_max=0)),
    Rung(Reason.VENUE_LINK_DOWN, links_down),
    Rung(Reason.VENUE_LINK_STALE, links_stale),
    Rung(Reason.MARKET_DATA_STALE, feeds_stale),
    Rung(Reason.ORDER_CONTRACT_EXPIRED, expire_all),
    Rung(Reason.SESSION_CLOSED, close_nymex),
    Rung(Reason.SESSION_HALTED, in_phase(Phase.HALT)),
    Rung(Reason.SESSION_PRE_OPEN, in_phase(Phase.PRE_OPEN)),
    Rung(Reason.ORDER_CONTRACT_NOT_LISTED, None, {"contract": "CLZ0"}, {"at": "20"}),
    Rung(Reason.ORDER_PRICE_MISSING, None, {"limit_price_nanos": None}),
    Rung(Reason.ORDER_PRICE_UNWANTED, None, {"order_type": OrderType.MARKET}),
    Rung(Reason.ORDER_PRICE_OFF_TICK, None, {"limit_price_nanos": price("-0.001")}),
    Rung(Reason.ORDER_PRICE_NOT_POSITIVE, None, {"limit_price_nanos": 0}, {"contract": "ESM0"}),
    Rung(Reason.ORDER_EXPIRE_DAY, None, {"time_in_force": TimeInForce.GTD}),
    Rung(Reason.OFFSET_MISMATCH, None, {"offset": CLOSE}),
    Rung(Reason.ORDER_QUANTITY_MAX, None, {"lots": 1001}),
    Rung(Reason.CLOSE_LOTS_TOO_FEW, None, {"offset": CLOSE}, GROSS),
    Rung(Reason.NO_PRICE, new_contract, {"contract": "CLQ0"}),
    Rung(Reason.RESTRICTED, controls(is_restricted=True)),
    Rung(Reason.ORDER_VALUE_MAX, controls(value_micros_max=0)),
    Rung(Reason.ORDER_COLLAR, controls(collar_ppm=0, collar_ticks=0, mark="10")),
    Rung(Reason.PRICE_STALE, controls(price_age_ns_max=0)),
    Rung(Reason.WORKING_ORDERS_MAX, flows(working_orders_max=0)),
    Rung(Reason.ORDER_TO_TRADE, trade_flows(order_to_trade_max=0, free_messages=0)),
    Rung(Reason.CANCELS_MAX, trade_flows(cancels_max=0)),
    Rung(Reason.REPEATED_EXECUTION, repeated),
    Rung(Reason.ORDER_REPEATED, sent_before),
    Rung(Reason.WASH_TRADE, washed),
    Rung(Reason.SELF_MATCH, met),
    Rung(Reason.ENVELOPE_UNKNOWN, None, {"envelope_id": 77}),
    Rung(Reason.MARGIN_PARAMETERS_MISSING, uncovered),
    Rung(Reason.DELIVERY_GUARD, guarded),
    Rung(Reason.POSITION_LIMIT, tight_limit),
    Rung(Reason.TENOR, short_tenor),
    Rung(Reason.GROSS_EXPOSURE, exposures(gross_micros_max=0)),
    Rung(Reason.NET_EXPOSURE, exposures(net_micros_max=0)),
    Rung(Reason.BETA_EXPOSURE, exposures(beta_micros_max=0)),
    Rung(Reason.CONCENTRATION, exposures(share_ppm_max=0)),
    Rung(Reason.REGIME_UNKNOWN, unread_rules),
    Rung(Reason.REGIME_LIMIT, no_lots_by_law),
    Rung(Reason.UNKNOWN_CURRENCY_RATE, lost_rate, {"contract": "SEK1"}, {"at": "100"}),
    Rung(Reason.LEVERAGE, no_leverage),
    Rung(Reason.MARGIN_SUB_ACCOUNT, poor),
    Rung(Reason.MARGIN_BUFFER, buffered),
    Rung(Reason.MARGIN_POOL, crowded, {"lots": 30}),
    Rung(Reason.DAILY_LOSS, lost(daily_loss_micros=0)),
    Rung(Reason.DRAWDOWN, lost(drawdown_micros=0)),
    Rung(Reason.LOSS_VELOCITY, lost(velocity_micros=0)),
    Rung(Reason.MARKET_IMPACT, no_volume),
)

PAIRS = {
    (Reason.DAILY_LOSS, Reason.DRAWDOWN): (lost(daily_loss_micros=0, drawdown_micros=0), {}),
    (Reason.DRAWDOWN, Reason.LOSS_VELOCITY): (lost(drawdown_micros=0, velocity_micros=0), {}),
    (Reason.LOSS_VELOCITY, Reason.MARKET_IMPACT): (
        lambda desk: (lost(velocity_micros=0)(desk), no_volume(desk)),
        {},
    ),
    # Two faults of neighbouring rungs that need help to be present in one order.
    (Reason.PRODUCT_NOT_PERMITTED, Reason.NO_ROUTE): (
        lambda desk: desk.done(
            define(sub_account("ALPHA", tags=("cut",), routes={"OSE": "C1"}, products=("NK",)))
        ),
        {},
    ),
    (Reason.TRADING_HALTED, Reason.REDUCE_ONLY): (
        lambda desk: (halt(desk, "MASTER"), halt(desk, "ALPHA", TradingState.REDUCE_ONLY)),
        {},
    ),
    (Reason.OVER_GRANTED, Reason.MESSAGE_RATE): (
        lambda desk: (over_grant(desk), flows(messages_max=0)(desk)),
        {},
    ),
    (Reason.MESSAGE_RATE, Reason.VENUE_LINK_DOWN): (
        lambda desk: (links_down(desk), flows(messages_max=0)(desk)),
        {},
    ),
    (Reason.VENUE_LINK_DOWN, Reason.VENUE_LINK_STALE): (links_down, {}),
    (Reason.VENUE_LINK_STALE, Reason.MARKET_DATA_STALE): (
        lambda desk: (links_stale(desk), desk.done(define(links(link_ns=0, feed_ns=0)))),
        {},
    ),
    (Reason.SESSION_HALTED, Reason.SESSION_PRE_OPEN): (
        lambda desk: (desk.done(no_early_orders()), in_phase(Phase.HALT)(desk)),
        {},
    ),
    (Reason.SESSION_PRE_OPEN, Reason.ORDER_CONTRACT_NOT_LISTED): (
        in_phase(Phase.PRE_OPEN),
        {"contract": "CLZ0"},
    ),
    (Reason.ORDER_CONTRACT_NOT_LISTED, Reason.ORDER_PRICE_MISSING): (
        None,
        {"contract": "CLZ0", "limit_price_nanos": None},
    ),
    (Reason.ORDER_PRICE_MISSING, Reason.ORDER_PRICE_UNWANTED): (
        None,  # a LIMIT order with the price in the wrong place
        {"limit_price_nanos": None, "stop_price_nanos": price("20")},
    ),
    (Reason.ORDER_PRICE_UNWANTED, Reason.ORDER_PRICE_OFF_TICK): (
        None,
        {"order_type": OrderType.MARKET, "limit_price_nanos": price("20.001")},
    ),
    (Reason.ORDER_PRICE_OFF_TICK, Reason.ORDER_PRICE_NOT_POSITIVE): (
        None,
        {"contract": "ESM0", "limit_price_nanos": price("-0.1")},
    ),
    (Reason.ORDER_PRICE_NOT_POSITIVE, Reason.ORDER_EXPIRE_DAY): (
        None,
        {"contract": "ESM0", "limit_price_nanos": 0, "expire_day": TUESDAY},
    ),
    (Reason.ORDER_QUANTITY_MAX, Reason.CLOSE_LOTS_TOO_FEW): (
        None,
        {**GROSS, "offset": CLOSE, "lots": 1001},
    ),
    (Reason.CLOSE_LOTS_TOO_FEW, Reason.NO_PRICE): (
        new_contract,
        {**GROSS, "contract": "CU07", "offset": CLOSE},
    ),
    (Reason.ORDER_REPEATED, Reason.WASH_TRADE): (
        sent_and_washed,
        {},
    ),
    (Reason.WASH_TRADE, Reason.SELF_MATCH): (washed_and_met, {}),
    (Reason.SELF_MATCH, Reason.MARGIN_PARAMETERS_MISSING): (
        lambda desk: (met(desk), uncovered(desk)),
        {},
    ),
    (Reason.POSITION_LIMIT, Reason.UNKNOWN_CURRENCY_RATE): (
        lambda desk: (lost_rate(desk), tight_limit(desk)),
        {"contract": "SEK1", "at": "100"},
    ),
    (Reason.UNKNOWN_CURRENCY_RATE, Reason.LEVERAGE): (
        lambda desk: (
            lost_rate(desk),
            desk.done(define(changed_mandate(products=("SEKX",), leverage_max_ppm=0))),
        ),
        {"contract": "SEK1", "at": "100"},
    ),
    (Reason.LEVERAGE, Reason.MARGIN_SUB_ACCOUNT): (
        lambda desk: (poor(desk), no_leverage(desk)),
        {},
    ),
    (Reason.MARGIN_SUB_ACCOUNT, Reason.MARGIN_POOL): (
        lambda desk: (crowded(desk), poor(desk)),
        {"lots": 30},
    ),
    (Reason.OVER_GRANTED, Reason.ORDER_CONTRACT_EXPIRED): (
        lambda desk: (expire_all(desk), over_grant(desk)),
        {},
    ),
}


def faulty_order(*faults):
    """Return an otherwise good order (buy 1 CLM0 at 20) with the fields of the faults."""
    fields = {"sub": "ALPHA", "side": BUY, "lots": 1, "contract": "CLM0", "at": "20"}
    for found in faults:
        fields.update(found)
    return order(**fields)
