"""Rows of the flow of orders for the firm, and commands about it: at the root all gets through."""

from fencang.messages.trade_flow_commands import (
    ContractVolume,
    ReenableStrategy,
    ReportVolumes,
)
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.trade_flow import TradeFlowControl
from tests.engine.firm import SECOND, define

FREE_TRADE_FLOW = TradeFlowControl(
    node_id="MASTER",
    order_to_trade_max=1_000_000,
    free_messages=1_000_000,
    cancels_max=1_000_000,
    repeated_executions_max=1_000_000,
    duplicate_ns=0,
)
"""Everything that the root must state, and nothing that holds anybody back."""


FREE_IMPACT = ImpactLimit(
    node_id="MASTER",
    order_share_ppm=1_000_000_000,
    window_share_ppm=1_000_000_000,
    passes_unknown=True,
)
"""Unknown volumes pass, and of known ones a thousand times as much."""


def impact(node="MASTER", scope="*", **fields):
    return ImpactLimit(node_id=node, scope_id=scope, **fields)


def volumes(window_ns=300 * SECOND, source="feed", approved_by="", **lots):
    """Return volumes: ``volumes(CLM0=1_000)``."""
    reported = tuple(ContractVolume(name, traded, window_ns) for name, traded in lots.items())
    return ReportVolumes(source=source, volumes=reported, approved_by=approved_by)


def careless_impact(chance, nodes, contracts):
    """Return what defines a share of the volume, or reports one."""
    row = impact(
        chance.choice(nodes),
        order_share_ppm=chance.choice((None, 10_000, 200_000)),
        window_share_ppm=chance.choice((None, 50_000, 300_000, 300_000)),
        window_ns=chance.choice((30, 900)) * SECOND,
        volume_age_ns_max=chance.choice((60, 9_000)) * SECOND,
        passes_unknown=chance.random() < 0.5,
        cooling_off_ns=chance.choice((0, 60 * SECOND, 120 * SECOND)),
    )
    name, lots = chance.choice(contracts), chance.choice((0, 40, 300, 10_000))
    window = chance.choice((60, 300)) * SECOND
    return chance.choice((define(FREE_IMPACT), define(row), *[volumes(window, **{name: lots})] * 3))


def trade_flow(node="MASTER", scope="*", **fields):
    return TradeFlowControl(node_id=node, scope_id=scope, **fields)


def reenable(sub="ALPHA", entered_by="risk", approved_by="boss"):
    return ReenableStrategy(
        sub_account_id=sub, reason="looked at", entered_by=entered_by, approved_by=approved_by
    )


def careless_flow(chance, subs, products, nodes=()):
    """Return what defines a row that holds somebody back, or lets a strategy go on."""
    row = trade_flow(
        chance.choice(nodes or (*subs, "venue:NYMEX")),
        chance.choice(("*", *products)),
        of_each_contract=chance.random() < 0.5,
        **chance.choice(
            (
                {
                    "order_to_trade_max": chance.randint(1, 9),
                    "free_messages": chance.randint(1, 30),
                },
                {"cancels_max": chance.randint(0, 4)},
                {
                    "repeated_executions_max": chance.randint(1, 3),
                    "repeated_ns": chance.choice((SECOND, 900 * SECOND)),
                },
                {"duplicate_ns": chance.choice((0, 2, 900 * SECOND))},
            )
        ),
    )
    boss = chance.choice(("boss", "risk", ""))
    sub = chance.choice(subs)
    again = reenable(sub, approved_by=boss)
    rows = (define(FREE_TRADE_FLOW), *[define(row)] * 4)
    return chance.choice((*rows, again, reenable(sub)))
