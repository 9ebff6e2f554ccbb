"""The end of a replay in words and tables, for a person."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from fencang.app.replay.driver import Replay

__all__ = ["laws_line", "money", "refusals_table", "tell"]


def money(micros: int) -> str:
    """Return micros as whole units with thousands separated."""
    return f"{round(micros / 1_000_000):,}"


def tell(replay: Replay, found: dict[str, Any], journal: Path | None) -> None:
    """Print the outcome."""
    console = Console(highlight=False)
    counts = found["counts"]
    base = found["base_currency"]
    console.print(f"[bold]{found['desk']}[/bold]  {found['from']} to {found['to']}")
    table = Table(show_header=False, box=None)
    for name in ("days", "records", "orders", "block_slices", "fills", "lots", "plans", "firings"):
        table.add_row(name.replace("_", " "), f"{counts[name]:,}")
    for owner, equity in found["equity_micros"].items():
        table.add_row(f"equity of {owner}, {base}", money(equity))
        table.add_row(f"margin in use, {base}", money(found["requirement_micros"].get(owner, 0)))
    console.print(table)
    console.print(_capital_table(replay, base))
    refusals = refusals_table(found)
    if refusals is not None:
        console.print(refusals)
    console.print(laws_line(found))
    measured = found["measured"]
    console.print(
        f"{counts['records']:,} records in {measured['wall_s']:.1f} s "
        f"({measured['records_per_s']:,} a second on this machine)"
    )
    console.print(f"state hash {found['state_hash']} at record {found['sequence']:,}")
    if journal is not None:
        resumed = found["records_resumed"]
        words = f", {resumed:,} records were there already" if resumed else ""
        console.print(f"journal {journal}{words}; check it with: fencang verify {journal}")


def _capital_table(replay: Replay, base: str) -> Table:
    table = Table(title=f"Capital by sub-account, {base}", title_justify="left")
    table.add_column("sub-account")
    table.add_column("strategy")
    for heading in ("first", "last", "margin"):
        table.add_column(heading, justify="right")
    for plan in replay.desk.account_plans:
        name = plan.sub_account_id
        table.add_row(
            name,
            plan.strategy_id,
            money(plan.capital_micros or 0),
            money(replay.view.capital_micros(name)),
            money(replay.view.requirement_micros(name)),
        )
    return table


def refusals_table(found: dict[str, Any]) -> Table | None:
    """Return orders and commands that were refused, per reason; None when none was."""
    rows = [*found["orders_rejected"].items(), *found["commands_rejected"].items()]
    if not rows:
        return None
    table = Table(title="Refused", title_justify="left")
    table.add_column("reason")
    table.add_column("times", justify="right")
    for reason, times in sorted(rows, key=lambda row: -row[1]):
        table.add_row(reason, f"{times:,}")
    return table


def laws_line(found: dict[str, Any]) -> str:
    """Return whether the laws hold, as one line of markup, with what breaks them."""
    if found["laws_hold"]:
        return "[green]All laws hold[/green]: two books, cash per currency, engine invariants."
    return "[red]Laws broken[/red]: " + "; ".join(found["laws_broken"][:20])
