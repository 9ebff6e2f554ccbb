"""The demo's story as a chart."""

from datetime import date

from fencang.app.demo.story import Story, day_of_row
from fencang.app.picture import Band, Chart
from fencang.app.replay.driver import Replay
from fencang.basics.money import MICROS
from fencang.projections.reference import pool_id

__all__ = ["chart_of"]


def chart_of(story: Story, replay: Replay) -> Chart:
    """Return what the picture shows: one value per settled day."""
    desk, facts = replay.desk, story.facts
    pool = pool_id(desk.master.person_id)
    kinds = {spec.strategy_id: spec.kind.value.replace("_", " ") for spec in desk.strategies}
    bands = [
        Band(
            plan.sub_account_id,
            kinds.get(plan.strategy_id, "resting"),
            [row.equity_micros.get(plan.sub_account_id, 0) / MICROS for row in story.rows],
        )
        for plan in desk.account_plans
    ]
    equity = [row.equity_micros.get(pool, 0) / MICROS for row in story.rows]
    margin = [row.requirement_micros.get(pool, 0) / MICROS for row in story.rows]
    words = (
        f"The VIX closed 5 % or more above its last close on {facts['shock_days']} days; "
        f"the rule fired on the {facts['firings']} marked ones, the others fell into a hold."
    )
    return Chart(
        heading=facts["desk"],
        subheading=(
            f"{facts['sub_accounts']} sub-accounts, {facts['orders']:,} orders, "
            f"{facts['fills']:,} fills; prices of S&P 500, NASDAQ and WTI as continuous contracts"
        ),
        currency=facts["base_currency"],
        days=[day_of_row(row) for row in story.rows],
        equity=equity,
        bands=bands,
        margin_share=[
            need / held if held > 0 else 0.0 for need, held in zip(margin, equity, strict=True)
        ],
        firings=[date.fromisoformat(line.day) for line in story.firings],
        firing_words=words,
    )
