"""A margin requirement in tables, for a person."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

__all__ = ["tell"]

WIDE = 110
"""Columns of a terminal that has room for every column of the table of commodities."""
PLAIN: dict[str, Any] = {"box": None, "padding": (0, 1, 0, 0)}
"""How tables look that must fit eighty columns."""


def _money(micros: int) -> str:
    """Return an amount in whole units where it is one, with cents elsewhere."""
    return f"{micros // 1_000_000:,}" if micros % 1_000_000 == 0 else f"{micros / 1_000_000:,.2f}"


def _number(e4: int) -> str:
    return f"{e4 / 10_000:,.4f}".rstrip("0").rstrip(".")


def tell(found: dict[str, Any]) -> None:
    """Print the requirement, and what an order or another file would change."""
    console = Console(highlight=False)
    for file in found["files"]:
        _tell_file(console, file)
    _tell_total(console, found)
    if "what_if" in found:
        console.print(_difference("What if the orders fill", found, found["what_if"]))
    if "compare" in found:
        console.print(_difference("Under the other parameters", found, found["compare"]))


def _tell_file(console: Console, file: dict[str, Any]) -> None:
    date = file["business_date"]
    day = f"{date[:4]}-{date[4:6]}-{date[6:8]}"
    cycle = f", cycle {file['cycle']}" if file["cycle"] else ""
    console.print(f"[bold]{file['clearing_organisation']}[/bold] of {day}{cycle}")
    console.print(f"file {file['sha256']}")
    is_wide = console.width >= WIDE
    console.print(_commodities(file["commodities"], is_wide=is_wide))
    if any(line["is_merged_away"] for line in file["commodities"]):
        console.print("→ its risk stands at the target of a scanning spread.")
    if file["spreads"]:
        currencies = {line["commodity"]: line["currency"] for line in file["commodities"]}
        console.print(_spreads(file["spreads"], currencies))
    for line in file["fallbacks"]:
        console.print(
            f"[yellow]FALLBACK[/yellow] {line['contract']}: not in any file, "
            f"{_money(line['requirement_micros'])} {line['currency']} for "
            f"{line['long_lots']} long and {line['short_lots']} short lots"
        )
    for contract in file["unpriced"]:
        console.print(f"[yellow]no price[/yellow] for {contract}: its option value counts as 0")
    if "attribution" in file:
        _tell_shares(console, file["attribution"])


def _commodities(lines: list[dict[str, Any]], *, is_wide: bool) -> Table:
    table = Table(title="Combined commodities", title_justify="left", **PLAIN)
    for heading in ("code", ""):
        table.add_column(heading)
    headings = ["scan", "no.", "calendar", "delivery", "credit", "minimum", "maintenance"]
    headings += ["initial", "option value"] if is_wide else []
    for heading in headings:
        table.add_column(heading, justify="right")
    for line in lines:
        credit = line["inter_credit_micros"]
        cells = [
            line["commodity"] + (" →" if line["is_merged_away"] else ""),
            line["currency"],
            _money(line["scan_risk_micros"]),
            str(line["active_scenario"] or ""),
            _money(line["intra_charge_micros"]),
            _money(line["delivery_charge_micros"]),
            _money(-credit) if credit else "0",
            _money(line["short_option_minimum_micros"]),
            _money(line["maintenance_micros"]),
        ]
        if is_wide:
            cells += [_money(line["initial_micros"]), _money(line["option_value_micros"])]
        table.add_row(*cells)
    return table


def _spreads(lines: list[dict[str, Any]], currencies: dict[str, str]) -> Table:
    table = Table(
        title="Spreads, in the order they were formed",
        title_justify="left",
        **PLAIN,
    )
    table.add_column("kind")
    table.add_column("prio.", justify="right")
    table.add_column("method", justify="right")
    table.add_column("number", justify="right")
    table.add_column("legs (delta)")
    table.add_column("charge", justify="right")
    table.add_column("credit", justify="right")
    for line in lines:
        legs = ", ".join(f"{leg['commodity']} {_number(leg['delta_e4'])}" for leg in line["legs"])
        table.add_row(
            line["kind"],
            str(line["priority"]),
            str(line["method"] or ""),
            _number(line["n_e4"]),
            legs,
            _money(line["charge_micros"]) if line["charge_micros"] else "",
            _credits(line["legs"], currencies),
        )
    return table


def _credits(legs: list[dict[str, Any]], currencies: dict[str, str]) -> str:
    """Return the credits of a spread per currency: two currencies never add."""
    sums: dict[str, int] = {}
    for leg in legs:
        currency = currencies[leg["commodity"]]
        sums[currency] = sums.get(currency, 0) + leg["credit_micros"]
    return ", ".join(f"{_money(micros)} {currency}" for currency, micros in sums.items() if micros)


def _tell_shares(console: Console, attribution: dict[str, Any]) -> None:
    rows = [(each, line) for each in attribution["currencies"] for line in each["sub_accounts"]]
    has_errors = any(line["standard_error_micros"] for _, line in rows)
    table = Table(
        title=f"Who brings how much ({attribution['rule']})", title_justify="left", **PLAIN
    )
    for heading in ("sub-account", ""):
        table.add_column(heading)
    for heading in ("alone", "share", *(["±"] if has_errors else []), "above alone", "may borrow"):
        table.add_column(heading, justify="right")
    for each, line in rows:
        table.add_row(
            escape(line["sub_account"]),
            each["currency"],
            _money(line["stand_alone_micros"]),
            _money(line["share_micros"]),
            *([_money(line["standard_error_micros"])] if has_errors else []),
            _money(line["exceeds_micros"]) if line["exceeds_micros"] else "",
            _money(line["grantable_micros"]),
        )
    console.print(table)
    for each in attribution["currencies"]:
        console.print(
            f"{each['currency']}: {_money(each['stand_alone_micros'])} alone, "
            f"{_money(each['pool_micros'])} together; "
            f"pooling saves {_money(each['benefit_micros'])}."
        )
    for note in attribution["notes"]:
        console.print(f"[yellow]note[/yellow] {note}")


def _tell_total(console: Console, found: dict[str, Any]) -> None:
    table = Table(title="Requirement", title_justify="left", **PLAIN)
    table.add_column("currency")
    for heading in ("option value", "maintenance", "initial"):
        table.add_column(heading, justify="right")
    values: dict[str, int] = {}
    for file in found["files"]:
        for line in file["totals"]:
            value = line["option_value_micros"]
            values[line["currency"]] = values.get(line["currency"], 0) + value
    total = found["total"]
    for currency, kept in total["maintenance_micros"].items():
        initial = total["initial_micros"][currency]
        table.add_row(currency, _money(values[currency]), _money(kept), _money(initial))
    if "base_currency" in total:
        table.add_section()
        kept, initial = total["maintenance_base_micros"], total["initial_base_micros"]
        table.add_row(f"all in {total['base_currency']}", "", _money(kept), _money(initial))
    console.print(table)


def _difference(title: str, found: dict[str, Any], other: dict[str, Any]) -> Table:
    """Return commodities whose maintenance differs, then the totals."""
    table = Table(title=title, title_justify="left", **PLAIN)
    table.add_column("code")
    table.add_column("")
    for heading in ("now", "then", "change"):
        table.add_column(heading, justify="right")
    before, after = _by_commodity(found), _by_commodity(other)
    for key in sorted({*before, *after}):
        now, then = before.get(key, 0), after.get(key, 0)
        if now != then:
            table.add_row(*key, _money(now), _money(then), _money(then - now))
    table.add_section()
    totals = found["total"]["maintenance_micros"], other["total"]["maintenance_micros"]
    for currency in sorted({*totals[0], *totals[1]}):
        now, then = totals[0].get(currency, 0), totals[1].get(currency, 0)
        table.add_row("total", currency, _money(now), _money(then), _money(then - now))
    return table


def _by_commodity(found: dict[str, Any]) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for file in found["files"]:
        for line in file["commodities"]:
            key = line["commodity"], line["currency"]
            sums[key] = sums.get(key, 0) + line["maintenance_micros"]
    return sums
