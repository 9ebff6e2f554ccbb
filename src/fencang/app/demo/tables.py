"""The demo's story on a terminal."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from fencang.app.commands.replay_words import money, refusals_table
from fencang.app.demo.story import AccountLine, Story
from fencang.app.replay.driver import Replay

__all__ = ["print_story"]


def print_story(story: Story, replay: Replay, folder: Path) -> None:
    """Print every table, what was checked, what was measured, and where the files are."""
    console = Console(highlight=False)
    facts = story.facts
    console.print()
    console.print(f"[bold]{facts['desk']}[/bold]  {facts['from']} to {facts['to']}")
    console.print(
        "Prices are the S&P 500 and NASDAQ Composite indices and WTI spot from the package arch, "
        "rounded to the tick,\nas one continuous contract each with the multiplier and tick of ES, "
        "NQ and CL: no rolls, no carry.",
        style="dim",
    )
    _accounts(console, story)
    _firings(console, story)
    _families(console, story, replay)
    _counts(console, story)
    refusals = refusals_table(facts)
    if refusals is not None:
        console.print(refusals)
    _laws(console, story)
    _measured(console, story)
    console.print(f"[bold]State hash[/bold] {facts['state_hash']}", soft_wrap=True)
    console.print(f"The same on every run. Record {facts['sequence']:,} is the last.")
    console.print(f"Journal {folder / 'desk.journal'}, picture {folder / 'desk.svg'}")


def _table(title: str, left: int, *headings: str) -> Table:
    """Return an empty table whose first ``left`` columns are text and the others numbers."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="dim",
        box=SIMPLE_HEAD,
        padding=(0, 0),
    )
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="left" if index < left else "right", no_wrap=True)
    return table


def _accounts(console: Console, story: Story) -> None:
    if story.compared_days is None or not story.accounts:
        return
    before, shock, after = story.compared_days
    table = _table(
        f"Capital around {shock:%-d %B %Y} (VIX {story.shock_words}), USD million",
        2,
        "sub-account",
        "rule",
        f"{before:%-d %b}",
        f"{shock:%-d %b}",
        f"{after:%-d %b}",
        "change",
        "lots held",
        "after the cut",
    )
    _account_rows(table, story.accounts)
    console.print(table)
    if story.in_force_since is not None and story.in_force_since < shock:
        console.print(
            f"The rule had fired on the close of {story.in_force_since:%-d %B} and held: tagged "
            "accounts went into the day\ncut to half of what they held when the rule armed, and "
            "could open nothing.",
            style="dim",
        )


def _account_rows(table: Table, lines: list[AccountLine]) -> None:
    for line in lines:
        table.add_row(
            line.name,
            "cut" if line.is_cut else "",
            _millions(line.capital_before_micros),
            _millions(line.capital_shock_micros),
            _millions(line.capital_after_micros),
            _signed_millions(line.capital_after_micros - line.capital_before_micros),
            f"{line.lots_before:,}" if line.is_cut else "",
            f"{line.lots_after:,}" if line.is_cut else "",
        )
    before = sum(line.capital_before_micros for line in lines)
    after = sum(line.capital_after_micros for line in lines)
    table.add_section()
    table.add_row(
        "all",
        "",
        _millions(before),
        _millions(sum(line.capital_shock_micros for line in lines)),
        _millions(after),
        _signed_millions(after - before),
        f"{sum(line.lots_before for line in lines if line.is_cut):,}",
        f"{sum(line.lots_after for line in lines if line.is_cut):,}",
    )


def _millions(micros: int) -> str:
    return f"{micros / 1e12:,.2f}"


def _signed_millions(micros: int) -> str:
    style = "red" if micros < 0 else "green"
    return f"[{style}]{micros / 1e12:+,.2f}[/{style}]"


def _signed(micros: int) -> str:
    style = "red" if micros < 0 else "green"
    return f"[{style}]{round(micros / 1_000_000):+,}[/{style}]"


def _firings(console: Console, story: Story) -> None:
    facts = story.facts
    table = _table(
        f"What the rule did: VIX rose 5 % or more on {facts['shock_days']} closes, "
        f"{facts['firings']} fired, the others fell into a hold",
        1,
        "VIX close",
        "from",
        "to",
        "rise %",
        "accounts",
        "blocks",
        "lots",
        "cut",
        "re-armed",
    )
    for line in story.firings:
        table.add_row(
            line.day,
            line.reference,
            line.value,
            f"{line.rise_percent:.1f}",
            str(line.accounts_cut),
            str(line.block_orders),
            f"{line.lots_instructed:,}",
            f"{line.lots_cut:,}",
            line.rearmed,
        )
    console.print(table)
    console.print(
        "accounts: sub-accounts cut; blocks: block orders sent; lots: instructed; cut: filled.",
        style="dim",
    )


def _families(console: Console, story: Story, replay: Replay) -> None:
    profits, fees = story.facts["profit_micros"], story.facts["fees_micros"]
    kinds = {spec.strategy_id: spec.kind.value for spec in replay.desk.strategies}
    names: dict[str, list[str]] = {}
    for plan in replay.desk.account_plans:
        names.setdefault(kinds[plan.strategy_id], []).append(plan.sub_account_id)
    table = _table("Profit and loss, USD", 1, "strategies", "accounts", "profit after fees", "fees")
    for kind, members in names.items():
        profit = sum(profits[name] for name in members)
        paid = sum(fees[name] for name in members)
        table.add_row(kind.replace("_", " "), str(len(members)), _signed(profit), money(paid))
    table.add_section()
    total, paid = sum(profits.values()), sum(fees.values())
    table.add_row("all", str(len(profits)), _signed(total), money(paid))
    console.print(table)


def _counts(console: Console, story: Story) -> None:
    facts = story.facts
    use = f"{facts['margin_use_mean_ppm'] / 1e4:.1f} % on average"
    console.print(
        f"Equity {money(facts['equity_first_micros'])} → {money(facts['equity_last_micros'])} "
        f"{facts['base_currency']} (low {money(facts['equity_low_micros'])}); margin in use {use}, "
        f"at most {facts['margin_use_max_ppm'] / 1e4:.1f} %; {facts['plans']} capital plans."
    )
    console.print(
        f"{facts['days']} days, {facts['orders']:,} orders and {facts['block_slices']:,} slices of "
        f"block orders, {facts['fills']:,} fills of {facts['lots']:,} lots."
    )


def _laws(console: Console, story: Story) -> None:
    facts = story.facts
    table = _table("Laws checked", 1, "law", "result")
    broken = facts["laws_broken"]
    for law in (
        "carrying books and sub-account books agree, lot by lot",
        "cash is conserved in every currency",
        "engine invariants (reserve, reservations, allocations, caches)",
    ):
        table.add_row(law, "[green]holds[/green]" if not broken else "[red]see below[/red]")
    sound = facts["verification_sound"]
    table.add_row(
        f"journal: {facts['verified_records']:,} records, chain intact, every decision repeated",
        "[green]holds[/green]" if sound else "[red]broken[/red]",
    )
    console.print(table)
    for words in broken[:20]:
        console.print(f"[red]{words}[/red]")


def _measured(console: Console, story: Story) -> None:
    measured = story.measured
    console.print(
        f"Measured on this machine: {story.facts['records']:,} records in "
        f"{measured['wall_s']:.1f} s ({measured['records_per_s']:,} a second, prices, strategies, "
        "venue and disk included)."
    )
    if measured["firings_measured"]:
        console.print(
            "From handing in the VIX close to all its reduction orders being durable: median "
            f"{measured['firing_median_us'] / 1000:.2f} ms, longest "
            f"{measured['firing_max_us'] / 1000:.2f} ms, {measured['firings_measured']} firings."
        )
