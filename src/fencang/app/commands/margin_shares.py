"""Who brings how much of a requirement, and how much of the benefit may be lent to whom."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from fencang.app.exit_status import InputFault, UsageFault
from fencang.app.positions_file import Holding, of_first_set
from fencang.margin.attribution.attribute import Sampling, attribute
from fencang.margin.attribution.shares import AttributionRule, CurrencyAttribution
from fencang.margin.method import MarginRefused, pooled
from fencang.margin.pool.grant import grant_bounds, granted
from fencang.margin.span.keys import row_of
from fencang.margin.span.method import SpanMethod, SpanRequirement
from fencang.margin.span.parameters import AccountType, SpanParameters
from fencang.margin.span.portfolio import Fallback, Lots
from fencang.margin.span.restricted import restricted

__all__ = ["rule_of", "shares_of"]

SAMPLING = Sampling(seed=1)
"""Fixed, so that the same positions have the same shares; each share states its error."""


def rule_of(text: str) -> AttributionRule:
    """Return the rule that an option names."""
    if text not in set(AttributionRule):
        raise UsageFault(f"--attribution {text!r} is not {', '.join(AttributionRule)}")
    return AttributionRule(text)


def shares_of(
    sets: Sequence[SpanParameters],
    held: Sequence[Holding],
    rule: AttributionRule,
    *,
    is_gross: bool,
    account_type: AccountType,
    fallback: Fallback | None,
) -> list[dict[str, Any]] | None:
    """Return each set's requirement, divided; None where a line names no sub-account.

    Raises:
        InputFault: no margin, or no derivatives of it, for what is held.
    """
    if not held or not all(line.sub_account for line in held):
        return None
    return [
        _of_set(parameters, own, rule, is_gross, account_type, fallback)
        for parameters, own in zip(sets, of_first_set(sets, held), strict=True)
    ]


def _of_set(
    parameters: SpanParameters,
    held: Sequence[Holding],
    rule: AttributionRule,
    is_gross: bool,
    account_type: AccountType,
    fallback: Fallback | None,
) -> dict[str, Any]:
    lines: dict[str, list[dict[str, Lots]]] = {}
    for line in held:
        lines.setdefault(line.sub_account, []).append({line.contract: line.lots})
    books = {name: pooled(parts) for name, parts in sorted(lines.items())}
    part = _used_part(parameters, held)
    method = SpanMethod(
        part,
        requirement=_many_times(part) if rule is AttributionRule.SHAPLEY else None,
        account_type=account_type,
        is_gross=is_gross,
        fallbacks={line.contract: fallback for line in held} if fallback else None,
    )
    try:
        divided = attribute(method, books, rule, sampling=SAMPLING)
        bounds = grant_bounds(method, books)
    except MarginRefused as fault:
        raise InputFault(f"the requirement cannot be divided: {fault}") from fault
    return {
        "rule": divided.rule,
        "currencies": [
            _currency(each, granted(bounds[each.currency])) for each in divided.currencies
        ],
        "pieces": msgspec.to_builtins(divided.pieces),
        "notes": list(divided.notes),
    }


def _used_part(parameters: SpanParameters, held: Sequence[Holding]) -> SpanParameters:
    """Return what the positions can reach; margin under it is that under the whole set."""
    rows = (row_of(parameters, line.contract) for line in held)
    commodities = parameters.contracts.commodity
    return restricted(parameters, {int(commodities[row]) for row in rows if row is not None})


def _many_times(parameters: SpanParameters) -> SpanRequirement:
    """Return the fast program: Shapley asks for thousands of coalitions."""
    from fencang.margin.span.compiled import compile_span
    from fencang.margin.span.full import requirement

    return partial(requirement, compile_span(parameters))


def _currency(divided: CurrencyAttribution, grants: Sequence[int]) -> dict[str, Any]:
    return {
        "currency": divided.currency,
        "stand_alone_micros": divided.stand_alone_micros,
        "pool_micros": divided.pool_micros,
        "benefit_micros": divided.benefit_micros,
        "rounded_micros": divided.rounded_micros,
        "sub_accounts": [
            {
                "sub_account": share.account,
                "stand_alone_micros": share.stand_alone_micros,
                "share_micros": share.share_micros,
                "standard_error_micros": share.standard_error_micros,
                "exceeds_micros": share.exceeds_micros,
                "grantable_micros": grant,
            }
            for share, grant in zip(divided.shares, grants, strict=True)
        ],
    }
