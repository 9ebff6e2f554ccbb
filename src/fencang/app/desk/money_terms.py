"""``[[fee_row]]``, ``[[funding]]``, ``[[interest]]``, ``[[sweep]]`` of a desk file.

Whether what they name is part of the desk is a question of ``references``; ``check_money_terms``
asks it, with key and line.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from fencang.app.desk.fields import Fields
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.desk import DeskItem
from fencang.refdata.fees import FEE_MICROS_MAX, FeeKind, FeeRow, FeeStep, fee_row_faults
from fencang.refdata.funding import (
    DAYS_AHEAD_MAX,
    AfterCutoff,
    DayCount,
    FundingTerms,
    InterestRate,
    InterestScope,
    SweepTarget,
    funding_terms_faults,
    interest_rate_faults,
)

__all__ = ["MoneyTerms", "Names", "check_money_terms", "read_money_terms"]

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)")
PPB_PLACES = 7
"""Decimal places of a percentage whose last one is a part per billion."""


class MoneyTerms(NamedTuple):
    """What a desk file states of fees, funding and interest."""

    fee_rows: tuple[FeeRow, ...] = ()
    funding: tuple[FundingTerms, ...] = ()
    interest: tuple[InterestRate, ...] = ()
    targets: tuple[SweepTarget, ...] = ()

    @property
    def items(self) -> tuple[DeskItem, ...]:
        """Return all of them, as they are defined."""
        return (*self.fee_rows, *self.funding, *self.interest, *self.targets)


def read_money_terms(root: Fields) -> MoneyTerms:
    """Read the four lists of tables."""
    return MoneyTerms(
        tuple(read_fee_row(each) for each in root.each("fee_row")),
        tuple(read_funding(each) for each in root.each("funding")),
        tuple(read_interest(each) for each in root.each("interest")),
        tuple(read_target(each) for each in root.each("sweep")),
    )


def _from_day(fields: Fields) -> date:
    day = fields.day("from_day")
    if not fields.has("from_day"):
        fields.fault("from_day", "is missing")
    return day or date.min


def read_fee_row(fields: Fields) -> FeeRow:
    """Read one ``[[fee_row]]``: amounts per lot and shares of the value."""
    is_rebate = fields.flag("rebate")
    row = FeeRow(
        row_id=fields.identifier("id"),
        kind=fields.choice("kind", FeeKind),
        scope_id=fields.identifier("scope"),
        from_day=_from_day(fields),
        carrying_account_id=fields.identifier("carrying", ""),
        service_tier=fields.identifier("service_tier", ""),
        per_lot_micros=_fee(fields, "per_lot") or 0,
        value_ppb=_share(fields, "value") or 0,
        close_today_per_lot_micros=_fee(fields, "close_today_per_lot"),
        close_today_value_ppb=_share(fields, "close_today_value"),
        order_minimum_micros=fields.decimal("order_minimum", 6, 0, low=0, high=MONEY_MICROS_MAX),
        is_rebate=is_rebate,
        day_minimum_micros=fields.decimal("day_minimum", 6, 0, low=0, high=MONEY_MICROS_MAX),
        steps=tuple(_read_step(each) for each in fields.each("steps")),
        counted_products=fields.identifiers("counts", ()),
    )
    fields.finish()
    if not fields.is_faulty:
        fields.checked("", lambda: fee_row_faults(row))
    return row


def _read_step(fields: Fields) -> FeeStep:
    """Read one step of a fee row: ``{ above = 1000, per_lot = "0.95" }``."""
    step = FeeStep(
        above_lots=fields.whole("above", low=1, high=LOTS_MAX),
        per_lot_micros=fields.decimal("per_lot", 6, low=-FEE_MICROS_MAX, high=FEE_MICROS_MAX),
    )
    fields.finish()
    return step


def _fee(fields: Fields, key: str) -> int | None:
    if not fields.has(key):
        return None
    return fields.decimal(key, 6, 0, low=-FEE_MICROS_MAX, high=FEE_MICROS_MAX)


def _share(fields: Fields, key: str) -> int | None:
    """Return ``"0.0023 %"`` as parts per billion: 23_000."""
    if not fields.has(key):
        return None
    return fields.signed_percent(key, PPB_PLACES, low=-(10**9), high=10**9)


def read_funding(fields: Fields) -> FundingTerms:
    """Read one ``[[funding]]``: times as ``"17:30"``, the offset from UTC as ``"-05:00"``."""
    terms = FundingTerms(
        carrying_account_id=fields.identifier("carrying"),
        currency=fields.currency("currency"),
        from_day=_from_day(fields),
        cutoff_s=_clock(fields, "cutoff", None),
        utc_offset_minutes=_offset(fields),
        after_cutoff=fields.choice("after_cutoff", AfterCutoff, AfterCutoff.NEXT_DAY),
        call_due_days=fields.whole("call_due_days", 1, high=DAYS_AHEAD_MAX),
        call_due_s=_clock(fields, "call_due", "12:00"),
        call_minimum_micros=fields.decimal("call_minimum", 6, 0, low=0, high=MONEY_MICROS_MAX),
        weekend_days=fields.wholes("weekend_days", (6, 7), low=1, high=7),
        holidays=fields.days("holidays"),
    )
    fields.finish()
    if not fields.is_faulty:
        fields.checked("", lambda: funding_terms_faults(terms))
    return terms


def _clock(fields: Fields, key: str, default: str | None) -> int:
    text = fields.text(key, default)
    match = _CLOCK.fullmatch(text)
    if match is None:
        if text or key in fields.table:
            fields.fault(key, f'"{text}" is not a time of day such as 17:30')
        return 0
    return 3_600 * int(match[1]) + 60 * int(match[2])


def _offset(fields: Fields) -> int:
    text = fields.text("utc_offset", "+00:00")
    match = _OFFSET.fullmatch(text)
    minutes = 60 * int(match[2]) + int(match[3]) if match is not None else -1
    if match is None or minutes > 14 * 60:
        fields.fault("utc_offset", f'"{text}" is not an offset from UTC such as +08:00 or -05:00')
        return 0
    return -minutes if match[1] == "-" else minutes


def read_interest(fields: Fields) -> InterestRate:
    """Read one ``[[interest]]``: yearly rates in percent."""
    rate = InterestRate(
        scope=fields.choice("of", InterestScope),
        currency=fields.currency("currency"),
        from_day=_from_day(fields),
        scope_id=fields.identifier("account", ""),
        credit_ppm=fields.signed_percent("credit", 4, low=-1_000_000, high=10_000_000)
        if fields.has("credit")
        else 0,
        debit_ppm=fields.percent("debit", 0),
        benefit_ppm=fields.percent("benefit", 0),
        day_count=fields.choice("day_count", DayCount, DayCount.ACT_360),
    )
    fields.finish()
    if not fields.is_faulty:
        fields.checked("", lambda: interest_rate_faults(rate))
    return rate


def read_target(fields: Fields) -> SweepTarget:
    """Read one ``[[sweep]]``: the free balance that is wanted."""
    target = SweepTarget(
        carrying_account_id=fields.identifier("carrying"),
        owner_id=fields.identifier("owner"),
        currency=fields.currency("currency"),
        target_micros=fields.decimal("target", 6, None, low=0, high=MONEY_MICROS_MAX),
        least_micros=fields.decimal("least", 6, 0, low=0, high=MONEY_MICROS_MAX),
    )
    fields.finish()
    return target


class Names(NamedTuple):
    """What the tables may refer to."""

    persons: Sequence[str]
    carrying: Sequence[str]
    scopes: Sequence[str]
    """Products and contracts."""
    sub_accounts: Sequence[str]
    service_tiers: Sequence[str]
    base_currency: str
    products: Sequence[str]


def check_money_terms(root: Fields, names: Names, terms: MoneyTerms) -> None:
    """Note every name that leads nowhere, and what is stated twice."""
    _check_fee_rows(root, names, terms.fee_rows)
    seen = []
    for index, each in enumerate(terms.funding):
        key, account = f"funding[{index}]", each.carrying_account_id
        root.reference(f"{key}.carrying", account, names.carrying, "carrying account")
        dated = (account, each.currency, each.from_day)
        if dated in seen:
            root.fault(f"{key}.from_day", f"{each.currency} at {account} has this day already")
        seen.append(dated)
    _check_interest(root, names, terms.interest)
    _check_targets(root, names, terms.targets)


def _check_targets(root: Fields, names: Names, targets: Sequence[SweepTarget]) -> None:
    seen = []
    for index, target in enumerate(targets):
        key, account = f"sweep[{index}]", target.carrying_account_id
        root.reference(f"{key}.carrying", account, names.carrying, "carrying account")
        root.reference(f"{key}.owner", target.owner_id, names.persons, "person")
        place = (account, target.owner_id, target.currency)
        if place in seen:
            root.fault(f"{key}.target", f"{target.currency} at {account} has a target already")
        seen.append(place)


def _check_fee_rows(root: Fields, names: Names, rows: Sequence[FeeRow]) -> None:
    seen = []
    for index, row in enumerate(rows):
        key, account, tier = f"fee_row[{index}]", row.carrying_account_id, row.service_tier
        root.reference(f"{key}.scope", row.scope_id, names.scopes, "product or contract")
        root.reference(f"{key}.carrying", account, names.carrying, "carrying account")
        root.reference(f"{key}.service_tier", tier, names.service_tiers, "service tier")
        for product_id in row.counted_products:
            root.reference(f"{key}.counts", product_id, names.products, "product")
        if row.day_minimum_micros and row.scope_id in set(names.scopes) - set(names.products):
            root.fault(f"{key}.day_minimum", f"is asked of a product; {row.scope_id} is a contract")
        place = (row.row_id, row.scope_id, account, tier, row.from_day)
        if place in seen:
            root.fault(f"{key}.id", f"{row.row_id} is stated twice for one place and day")
        seen.append(place)


def _check_interest(root: Fields, names: Names, interest: Sequence[InterestRate]) -> None:
    for index, rate in enumerate(interest):
        key = f"interest[{index}]"
        if rate.scope is InterestScope.CARRYING:
            account = rate.scope_id
            root.reference(f"{key}.account", account, names.carrying, "carrying account")
        else:
            root.reference(f"{key}.account", rate.scope_id, names.sub_accounts, "sub-account")
        if rate.benefit_ppm and rate.currency != names.base_currency:
            root.fault(f"{key}.benefit", f"is charged in the base currency {names.base_currency}")
        dated = (rate.scope, rate.scope_id, rate.currency, rate.from_day)
        if dated in [
            (each.scope, each.scope_id, each.currency, each.from_day) for each in interest[:index]
        ]:
            root.fault(f"{key}.from_day", f"{rate.currency} of this account has this day already")
