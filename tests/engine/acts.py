"""What people do before a scenario starts: commands in short form and ways into trouble.

A way into trouble takes a desk and does something to it; what it returns, the command that follows
may need (a plan, an order, an execution).
"""

from datetime import date

from fencang.messages import commands as cmd
from fencang.messages.commands import OpeningCash, OpeningLots, PlanLine
from fencang.messages.message import TradingState
from tests.engine.desk import (
    BUY,
    stray,
    transfer,
)
from tests.engine.firm import (
    CL,
    changed,
    define,
    limit,
    money,
    price,
    product,
    rule,
)


def resume(approved_by=""):
    return cmd.SetTradingState(
        node_id="ALPHA",
        trading_state=TradingState.ACTIVE,
        reason="calm",
        entered_by="risk",
        approved_by=approved_by,
    )


def halt(desk, node="ALPHA", state=TradingState.HALTED, approved_by=""):
    desk.done(
        cmd.SetTradingState(
            node_id=node,
            trading_state=state,
            reason="storm",
            entered_by="risk",
            approved_by=approved_by,
        )
    )


def lose_all(desk):
    """ALPHA loses 3m on 1m of capital, the reserve has given everything away: over-granted."""
    desk.trade("ALPHA", BUY, 400, "20")
    desk.done(transfer(None, "GAMMA", "6000000"))
    desk.mark(CLM0="12.50")


def opening(lots=(), cash=(), lots_total=None, cash_totals=None, approved_by="boss", add=False):
    """Return an opening book whose control totals agree unless given."""
    sums = {}
    for entry in cash:
        sums[entry.currency] = sums.get(entry.currency, 0) + entry.amount_micros
    return cmd.ImportOpeningBook(
        source="prior system",
        lots=lots,
        cash=cash,
        lots_total=sum(e.quantity_lots for e in lots) if lots_total is None else lots_total,
        cash_totals=tuple(sums.items()) if cash_totals is None else cash_totals,
        entered_by="ops",
        approved_by=approved_by,
        adds_to_holdings=add,
    )


def opening_lots(sub="ALPHA", side=BUY, lots=5, at="18", carried="19", contract="CLM0", **more):
    fields = {"carrying_account_id": "C1", "opened_day": date(2020, 4, 16), **more}
    return OpeningLots(
        sub_account_id=sub,
        contract_id=contract,
        side=side,
        quantity_lots=lots,
        price_nanos=price(at),
        carried_price_nanos=price(carried),
        **fields,
    )


def opening_cash(sub, amount, currency="USD", account="C1", owner="FUND"):
    return OpeningCash(sub, owner, account, currency, money(amount))


def line(sub, old, new):
    return PlanLine(sub, money(old), money(new), 0, "why")


def plan(*lines, owner="FUND", at_sequence=1):
    return cmd.ProposePlan(
        model="inverse volatility",
        solver_version="1",
        input_sha256="0" * 64,
        at_sequence=at_sequence,
        owner_id=owner,
        lines=lines,
        entered_by="planner",
    )


def proposed(*lines):
    return lambda desk: desk.done(plan(*lines))[0].plan_id


def approve(plan_id, by="cio"):
    return cmd.ApprovePlan(plan_id=plan_id, approved_by=by)


def approved(*lines):
    def setup(desk):
        plan_id = proposed(*lines)(desk)
        desk.done(approve(plan_id))
        return plan_id

    return setup


def apply(plan_id):
    return cmd.ApplyPlan(plan_id=plan_id, entered_by="cio")


def cancel(order_id, sub="ALPHA"):
    return cmd.CancelOrder(sub_account_id=sub, order_id=order_id)


def replace(order_id, lots, sub="ALPHA", at=None):
    nanos = None if at is None else price(at)
    return cmd.ReplaceOrder(
        sub_account_id=sub, order_id=order_id, quantity_lots=lots, limit_price_nanos=nanos
    )


def works(lots=10):
    return lambda desk: desk.working("ALPHA", BUY, lots, at="20")


def after(setup, *commands):
    """Return a setup followed by commands made from what it returned."""

    def longer(desk):
        found = setup(desk)
        for command in commands:
            desk.done(command(found))
        return found

    return longer


def partly_filled(desk):
    order_id = works()(desk)
    desk.fill(order_id, 4, "20")
    return order_id


def block_slice(desk):
    """Fire a rule over 10 lots; return the order of its block's slice."""
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.vix("20", close=True)
    return next(event.order_id for event in desk.vix("21") if hasattr(event, "order_id"))


def crowded_pool(desk):
    """The pool's margin needs more than the reserve can be spared from."""
    desk.done(define(limit("MASTER", "*", 10_000)))
    desk.trade("BETA", BUY, 450, "20")
    desk.done(define(changed(CL, margin_ppm=950_000)))


def held_by_client(desk):
    desk.fund("CLIENT1", "50000", owner="CLIENT", account="OMNI")


def stray_fill(desk):
    return stray(desk, BUY, 4, "20")


def expired(desk):
    desk.done(
        cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("-37.63"), source="feed")
    )


def gigantic(desk):
    """One point of BIG is worth a billion: a day's variation exceeds what a record holds."""
    desk.done(
        define(
            product("BIG", "NYMEX", "USD", "1000000000", "1"),
            changed(desk.state.contracts["CLM0"].contract, contract_id="BIG1", product_id="BIG"),
        )
    )
    stray(desk, BUY, 1, "0", contract="BIG1")
