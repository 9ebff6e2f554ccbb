"""A desk file (``desk.toml``) read whole: reference values, opening commands, and the replay.

All or nothing: a file with any fault gives no desk, only ``DeskFileFault`` with every fault in it.
What comes out is data for others to use; nothing is executed here.
"""

import tomllib
from dataclasses import replace
from pathlib import Path

from fencang.app.desk.accounts import AccountPlan, read_accounts, read_strategy
from fencang.app.desk.authority import read_authority_tables
from fencang.app.desk.broker_terms import read_add_on, read_cross_margin
from fencang.app.desk.desk import Desk
from fencang.app.desk.faults import DeskFault, Lines
from fencang.app.desk.fields import Fields
from fencang.app.desk.margin_rates import read_margin_rate
from fencang.app.desk.money_terms import read_money_terms
from fencang.app.desk.opening_book import OpeningBookFiles, read_opening_book
from fencang.app.desk.paper import read_paper
from fencang.app.desk.references import check_references
from fencang.app.desk.regimes import read_regimes
from fencang.app.desk.replay_settings import read_plan, read_replay
from fencang.app.desk.risk import read_risk
from fencang.app.desk.sections import (
    read_carrying,
    read_contract,
    read_deposit,
    read_limit,
    read_master,
    read_opening_rate,
    read_person,
    read_product,
    read_rule,
    read_settings,
    read_span_file,
    read_venue,
)
from fencang.app.exit_status import InputFault
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.messages.commands import DepositCash

__all__ = ["DeskFileFault", "parse_desk", "read_desk"]


class DeskFileFault(InputFault):
    """A desk file has faults; ``faults`` holds every one of them."""

    def __init__(self, name: str, faults: list[DeskFault]) -> None:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"{name} has {count}; nothing was applied.", [str(fault) for fault in faults]
        )
        self.faults = tuple(faults)


def read_desk(path: Path) -> Desk:
    """Return the desk of a file.

    Raises:
        InputFault: no such file, not UTF-8, or an opening book with faulty lines.
        DeskFileFault: the file has faults, each named with key and line.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError as fault:
        raise InputFault(f"there is no desk file {path}") from fault
    except IsADirectoryError as fault:
        raise InputFault(f"{path} is a folder; name the desk file itself") from fault
    except OSError as fault:
        raise InputFault(f"{path} cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise InputFault(f"{path} is not UTF-8 text: {fault.reason} at {fault.start}") from fault
    desk = parse_desk(text, path.name)
    if not (desk.opening_files.positions or desk.opening_files.cash):
        return desk
    book = read_opening_book(
        desk.opening_files,
        path.parent,
        entered_by=desk.entered_by,
        approved_by=desk.approved_by,
    )
    return replace(desk, opening_book=book)


def parse_desk(text: str, name: str = "desk.toml") -> Desk:
    """Return the desk that a TOML text states.

    Raises:
        DeskFileFault: the text has faults, each named with key and line.
    """
    try:
        table = tomllib.loads(text, parse_float=str)
    except tomllib.TOMLDecodeError as fault:
        raise DeskFileFault(name, [DeskFault(name, f"is not TOML: {fault}")]) from fault
    faults: list[DeskFault] = []
    root = Fields(table, "", faults, Lines(text))
    desk = _desk(root)
    root.finish()
    check_references(desk, root)
    if faults:
        unique = list(dict.fromkeys(faults))
        raise DeskFileFault(name, sorted(unique, key=lambda fault: fault.line))
    return desk


def _desk(root: Fields) -> Desk:
    head = root.inner("desk")
    entered_by = head.identifier("entered_by", "desk-file")
    approved_by = head.identifier("approved_by", "desk-file-second")
    strategies = tuple(read_strategy(each) for each in root.each("strategy"))
    accounts, plans = read_accounts(root)
    deposits, account_plans = _capital(root.inner("capital"), plans, entered_by)
    opening = root.inner("opening")
    contracts = tuple(read_contract(each) for each in root.each("contract"))
    return Desk(
        name=head.text("name"),
        entered_by=entered_by,
        approved_by=approved_by,
        regime_rows=read_regimes(head, root, contracts),
        settings=read_settings(head),
        persons=tuple(read_person(each) for each in root.each("person")),
        venues=tuple(read_venue(each) for each in root.each("venue")),
        products=tuple(read_product(each) for each in root.each("product")),
        contracts=contracts,
        master=read_master(root.inner("master")),
        carrying=tuple(read_carrying(each) for each in root.each("carrying")),
        sub_accounts=tuple(accounts),
        limits=tuple(read_limit(each) for each in root.each("limit")),
        risk_rows=read_risk(root),
        authority_rows=read_authority_tables(root),
        margin_rates=tuple(read_margin_rate(each) for each in root.each("margin_rate")),
        add_ons=tuple(read_add_on(each) for each in root.each("add_on")),
        agreements=tuple(read_cross_margin(each) for each in root.each("cross_margin")),
        rules=tuple(read_rule(each) for each in root.each("rule")),
        money_terms=read_money_terms(root),
        strategies=strategies,
        account_plans=account_plans,
        deposits=deposits,
        plan=read_plan(root.inner("plan"), len(accounts)),
        replay=read_replay(root.inner("replay")),
        paper=read_paper(root.inner("paper")),
        span_files=tuple(read_span_file(each) for each in root.each("span")),
        opening_rates=tuple(read_opening_rate(each) for each in opening.each("rate")),
        opening_files=_opening_files(opening),
    )


def _capital(
    capital: Fields, plans: list[AccountPlan], entered_by: str
) -> tuple[tuple[DepositCash, ...], tuple[AccountPlan, ...]]:
    """Read ``[capital]``: deposits, and what is granted to whom."""
    deposits = tuple(read_deposit(each, entered_by) for each in capital.each("deposit"))
    granted = _with_granted(capital, plans)
    capital.finish()
    return deposits, granted


def _opening_files(opening: Fields) -> OpeningBookFiles:
    """Read ``[opening]``: files beside the desk file, and the totals they must come to."""
    totals = []
    for each in opening.each("cash_total"):
        currency = each.currency("currency")
        limit = MONEY_MICROS_MAX
        totals.append((currency, each.decimal("amount", 6, None, low=-limit, high=limit)))
        each.finish()
    files = OpeningBookFiles(
        positions=opening.text("positions", ""),
        cash=opening.text("cash", ""),
        lots_total=opening.whole("lots_total", 0),
        cash_totals=tuple(totals),
    )
    opening.finish()
    return files


def _with_granted(capital: Fields, plans: list[AccountPlan]) -> tuple[AccountPlan, ...]:
    """Share ``granted`` equally among the accounts that state no capital of their own."""
    if not capital.has("granted"):
        return tuple(plans)
    granted = capital.decimal("granted", 6, None, low=1, high=MONEY_MICROS_MAX)
    stated = sum(plan.capital_micros or 0 for plan in plans)
    silent = [plan for plan in plans if plan.capital_micros is None]
    if granted < stated:
        capital.fault("granted", "is less than what the sub-accounts state as their capital")
    elif silent:
        # whole cents, so that the opening transfers read as money; the rest stays in the reserve
        share = (granted - stated) // len(silent) // 10_000 * 10_000
        return tuple(
            plan._replace(capital_micros=share) if plan.capital_micros is None else plan
            for plan in plans
        )
    return tuple(plans)
