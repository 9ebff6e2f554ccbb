"""Sentences of loss limits: what may be lost, which steps are taken, what is closed by force."""

from pytest_bdd import step, then

from fencang.messages import commands as cmd
from fencang.messages.events import BlockOrderCreated, OrderAccepted
from fencang.messages.loss_commands import PauseLiquidation, ResumeLiquidation
from fencang.messages.loss_events import (
    LiquidationEnded,
    LiquidationPlanned,
    LiquidationSuspended,
    LossLimitReached,
    LossMeasure,
    LossStep,
)
from fencang.messages.message import TradingState
from fencang.refdata.loss_limit import LossLimit
from tests.engine.firm import changed, define
from tests.engine.loss_firm import TERMS
from tests.scenarios.phrases import DEALS, lots, money, percent, phrase, rows
from tests.scenarios.steps_desk import fields
from tests.scenarios.steps_orders import fill

LIMITS = {
    "node": ("node_id", str),
    "daily loss": ("daily_loss_micros", money),
    "drawdown": ("drawdown_micros", money),
    "loss in 60 s": ("velocity_micros", money),
    "margin use": ("margin_use_ppm", percent),
    "stop": ("stop_ppm", percent),
    "cancel": ("cancel_ppm", percent),
    "liquidate": ("liquidate_ppm", percent),
    "resumes next day": ("resumes_next_day", {"yes": True}.__getitem__),
}


# --------------------------------------------------------------------------------- what is stated


@step(phrase("these loss limits:"))
def loss_limits(office, datatable):
    found = rows(datatable, "node", optional=[name for name in LIMITS if name != "node"])
    office.do(define(*(LossLimit(**fields(row, LIMITS)) for row in found)))


@step(phrase("liquidation sends at most {most:Lots} lots of a contract a minute, {day:Lots} a day"))
def liquidation_terms(office, most, day):
    office.do(define(changed(TERMS, interval_lots_max=most, day_lots_max=day)))


@step(phrase("the margin of {product:Name} becomes {share:Percent}"))
def margin_becomes(office, product, share):
    office.do(define(changed(office.state.products[product], margin_ppm=share)))


# -------------------------------------------------------------------------------- what happens


@step(phrase("the venue fills all that liquidation ordered, at {at:Price}"))
def venue_fills_liquidation(office, at):
    for order in [each for each in office.all_of(OrderAccepted) if each.block_id]:
        fill(office, order.order_id, order.terms.quantity_lots, at)


@step(phrase("{by:Name} pauses liquidation at {where:Node}"))
def pauses(office, by, where):
    office.do(PauseLiquidation(node_id=where, reason="look first", entered_by=by))


@step(phrase("{by:Name} resumes liquidation at {where:Node}{second:Approved}"))
def resumes(office, by, where, second):
    office.do(ResumeLiquidation(node_id=where, reason="looked", entered_by=by, approved_by=second))


@step(phrase("{by:Name} lets {who:Book} trade again{second:Approved}"))
def trades_again(office, by, who, second):
    office.do(
        cmd.SetTradingState(
            node_id=who,
            trading_state=TradingState.ACTIVE,
            reason="calm",
            entered_by=by,
            approved_by=second,
        )
    )


# ---------------------------------------------------------------------------------- what is seen


@then(phrase("{who:Book} has lost {lost:Money} today"))
def has_lost(office, who, lost):
    memory = office.state.risk.losses.memories[who]
    assert memory.start_micros - memory.now_micros == lost.micros


@then(phrase("these steps are taken:"))
def steps_taken(office, datatable):
    found = [
        (each.node_id, each.measure, each.step, each.value_micros, each.limit_micros)
        for each in office.all_of(LossLimitReached)
    ]
    assert found == [
        (
            row["node"],
            LossMeasure(row["measure"]),
            LossStep[row["step"].upper()],
            money(row["it is"]),
            money(row["it may be"]),
        )
        for row in rows(datatable, "node", "measure", "step", "it is", "it may be")
    ]


@then(phrase("no step is taken"))
def no_step(office):
    assert office.all_of(LossLimitReached) == []


@then(phrase("{who:Book} may only reduce"))
def may_only_reduce(office, who):
    assert office.state.trading_states.get(who) is TradingState.REDUCE_ONLY


@then(phrase("{who:Book} may trade"))
def may_trade(office, who):
    assert who not in office.state.trading_states


@then(phrase("the plan is to close, in this order:"))
def plan(office, datatable):
    found = [
        (leg.sub_account_id, leg.contract_id, leg.side, leg.quantity_lots, leg.relief_micros)
        for leg in office.only(LiquidationPlanned).legs
    ]
    assert found == [
        (row["who"], row["contract"], DEALS[row["deal"]], lots(row["lots"]), money(row["relief"]))
        for row in rows(datatable, "who", "contract", "deal", "lots", "relief")
    ]


@then(phrase("liquidation orders:"))
def liquidation_orders(office, datatable):
    found = [
        (leg.sub_account_id, block.side, leg.quantity_lots, block.contract_id)
        for block in office.all_of(BlockOrderCreated)
        for leg in block.legs
    ]
    assert found == [
        (row["who"], DEALS[row["deal"]], lots(row["lots"]), row["contract"])
        for row in rows(datatable, "who", "deal", "lots", "contract")
    ]


@then(phrase("liquidation orders nothing"))
def liquidation_orders_nothing(office):
    assert office.all_of(BlockOrderCreated) == []


@then(phrase("the liquidation of {who:Book} is over"))
def is_over(office, who):
    assert office.only(LiquidationEnded).node_id == who


@then(phrase("liquidation is suspended at {where:Node}: {cause:Suspension}"))
def is_suspended(office, where, cause):
    found = [(each.node_id, each.cause.value) for each in office.all_of(LiquidationSuspended)]
    assert found == [(where, cause)]
