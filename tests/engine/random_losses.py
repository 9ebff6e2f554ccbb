"""The careless office under loss limits: tight rows, liquidation that is paused and resumed."""

from fencang.messages import commands as cmd
from tests.engine.firm import DAY, SECOND, changed, define, money
from tests.engine.loss_firm import TERMS, WIDE_LOSSES, losses, pause, resume
from tests.engine.random_authority import approved_by_boss

NODES = ("ALPHA", "BETA", "NEST", "MASTER", "person:FUND", "person:CLIENT", "CLIENT1")
STEPS = {"stop_ppm": 500_000, "cancel_ppm": 700_000, "liquidate_ppm": 1_000_000}


def use_losses(office):
    """Let everybody be stopped and closed for losses of the size that a day here brings."""
    rows = define(
        changed(WIDE_LOSSES, daily_loss_micros=money("60000"), **STEPS),
        changed(
            TERMS,
            interval_lots_max=5,
            interval_ns=30 * SECOND,
            day_lots_max=60,
            price_age_ns_max=DAY,
            rounds_max=3,
        ),
        losses("ALPHA", daily="20000", drawdown="18000", margin_use_ppm=900_000, **STEPS),
        losses("NEST", velocity="5000", cured_ppm=200_000, resumes_next_day=True, **STEPS),
        losses("person:FUND", drawdown="90000", margin_use_ppm=700_000, **STEPS),
    )
    office.desk.done(approved_by_boss(office.desk, rows))


def loss_command(office):
    """Rows change, liquidation is paused and resumed, time goes on, stopped nodes are resumed."""
    chance, node = office.chance, office.chance.choice(NODES)
    suspensions = office.desk.state.risk.losses.liquidations.suspensions
    known = chance.choice([key for key, _ in suspensions] or [node])
    amount = str(chance.choice((1, 5_000, 30_000, 400_000)))
    row = losses(node, daily=amount, drawdown=amount, velocity=amount, margin_use_ppm=800_000)
    tightened = changed(row, keep_ppm=chance.choice((0, 500_000)), **chance.choice((STEPS, {})))
    return chance.choice(
        (
            define(tightened),
            define(changed(TERMS, day_lots_max=chance.choice((20, 5_000)))),
            pause(chance.choice((node, "contract:CLM0"))),
            resume(known),
            resume(known),
            cmd.AdvanceTime(),
            cmd.AdvanceTime(),
            cmd.SetTradingState(
                node_id=node,
                trading_state=cmd.TradingState.ACTIVE,
                reason="",
                entered_by="risk",
                approved_by="boss",
            ),
        )
    )
