"""``fencang margin``: what SPAN asks for a list of positions, explained."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

import msgspec

from fencang.app.commands.margin_shares import rule_of, shares_of
from fencang.app.commands.margin_words import tell
from fencang.app.exit_status import InputFault, UsageFault
from fencang.app.parameter_files import load_for_use
from fencang.app.positions_file import Holding, portfolios_of, read_positions, with_orders
from fencang.basics.decimals import DecimalFault
from fencang.basics.money import RATE_NANOS, convert, parse_money
from fencang.margin.reference import requirement
from fencang.margin.span.parameters import AccountType, SpanParameters
from fencang.margin.span.portfolio import Fallback
from fencang.margin.span.restricted import for_customers
from fencang.margin.span.result import SpanResult

__all__ = ["MarginQuestion", "run_margin"]


class MarginQuestion(NamedTuple):
    """What was asked on the command line."""

    positions: Path
    parameters: tuple[Path, ...]
    what_if: Path | None
    compare: tuple[Path, ...]
    account: str
    is_gross: bool
    fallback: str
    base: str
    lenient: bool
    is_house: bool
    attribution: str


class _Kept(TypedDict):
    # How the account is kept and margined.
    is_gross: bool
    account_type: AccountType
    fallback: Fallback | None


def run_margin(question: MarginQuestion, *, as_json: bool) -> None:
    """Compute, explain and print."""
    held = read_positions(question.positions)
    sets = [_load(path, question) for path in question.parameters]
    found = _answer(question, sets, held)
    if question.what_if is not None:
        orders = read_positions(question.what_if)
        found["what_if"] = _answer(question, sets, with_orders(held, orders))
    if question.compare:
        others = [_load(path, question) for path in question.compare]
        found["compare"] = _answer(question, others, held)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        tell(found)


def _load(path: Path, question: MarginQuestion) -> SpanParameters:
    parameters = load_for_use(path, lenient=question.lenient)
    return parameters if question.is_house else for_customers(parameters)


def _answer(
    question: MarginQuestion, sets: Sequence[SpanParameters], held: Sequence[Holding]
) -> dict[str, Any]:
    kept = _Kept(
        is_gross=question.is_gross,
        account_type=_account_type(question.account),
        fallback=_fallback(question.fallback),
    )
    rule = rule_of(question.attribution)
    portfolios = portfolios_of(sets, held, **kept)
    try:
        results = [requirement(each, own) for each, own in zip(sets, portfolios, strict=True)]
    except ValueError as fault:
        raise InputFault(f"the positions cannot be margined: {fault}") from fault
    files = [_file(parameters, result) for parameters, result in zip(sets, results, strict=True)]
    for file, shares in zip(files, shares_of(sets, held, rule, **kept) or (), strict=False):
        file["attribution"] = shares
    return {"files": files, "total": _total(sets, results, question.base)}


def _account_type(text: str) -> AccountType:
    if text not in set(AccountType):
        raise UsageFault(f"--account {text!r} is not member, hedger or speculator")
    return AccountType(text)


def _fallback(text: str) -> Fallback | None:
    if not text:
        return None
    currency, _, amount = text.partition("=")
    try:
        micros = parse_money(amount)
    except DecimalFault as fault:
        raise UsageFault(f"--fallback {text!r} is not CURRENCY=AMOUNT such as USD=10000") from fault
    if len(currency) != 3 or not currency.isupper() or micros < 0:
        raise UsageFault(f"--fallback {text!r} is not CURRENCY=AMOUNT such as USD=10000")
    return Fallback(currency, micros)


def _file(parameters: SpanParameters, result: SpanResult) -> dict[str, Any]:
    header = parameters.header
    return {
        "clearing_organisation": header.clearing_organisation,
        "business_date": header.business_date,
        "cycle": header.cycle,
        "sha256": parameters.sha256,
        **msgspec.to_builtins(result),
    }


def _total(
    sets: Sequence[SpanParameters], results: Sequence[SpanResult], base: str
) -> dict[str, Any]:
    """Return requirements per currency over all files, never netted; and in one currency."""
    initial: dict[str, int] = {}
    maintenance: dict[str, int] = {}
    for result in results:
        for total in result.totals:
            currency = total.currency
            initial[currency] = initial.get(currency, 0) + total.initial_total_micros
            kept = maintenance.get(currency, 0)
            maintenance[currency] = kept + total.maintenance_total_micros
    found: dict[str, Any] = {
        "maintenance_micros": dict(sorted(maintenance.items())),
        "initial_micros": dict(sorted(initial.items())),
    }
    if base:
        rates = _rates(sets, base)
        lacking = sorted({*initial} - {*rates})
        if lacking:
            raise InputFault(f"no file states a rate from {', '.join(lacking)} to {base}")
        found["base_currency"] = base
        for name, amounts in (("maintenance", maintenance), ("initial", initial)):
            found[f"{name}_base_micros"] = sum(
                convert(micros, rates[currency]) for currency, micros in amounts.items()
            )
    return found


def _rates(sets: Sequence[SpanParameters], base: str) -> dict[str, int]:
    """Return nano rates into the base currency that the files state (rule R5)."""
    rates = {base: RATE_NANOS}
    for parameters in sets:
        for rate in parameters.currency_rates:
            if rate.to_currency == base:
                rates.setdefault(rate.from_currency, rate.rate_nanos)
    return rates
