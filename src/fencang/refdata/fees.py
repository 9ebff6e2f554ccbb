"""Fee rows: what a fill costs, one named line of a statement at a time.

A row has a name, and what stands under one name is one charge stated in several places: for a
product or one of its contracts, for every carrying account or one, for every service tier of
sub-accounts or one, from one day or a later one.  Of the statements of a name that fit a fill the
narrowest counts (``ledger.fees.FeeTable``).  Whether what is named exists is not seen here.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.money import MONEY_MICROS_MAX
from fencang.refdata.definition import Definition, Identifier, Lots, NonNegativeMicros

__all__ = ["FEE_MICROS_MAX", "PPB", "FeeKind", "FeeRow", "FeeStep", "fee_row_faults"]

PPB = 1_000_000_000
"""Scale of rates by value: 23,000 parts per billion are 0.0023 %."""

FEE_MICROS_MAX = 1_000_000_000_000
FeeMicros = Annotated[int, msgspec.Meta(ge=-FEE_MICROS_MAX, le=FEE_MICROS_MAX)]
PartsPerBillion = Annotated[int, msgspec.Meta(ge=-PPB, le=PPB)]
OptionalIdentifier = Annotated[str, msgspec.Meta(max_length=64)]

FEE_STEPS_MAX = 20
COUNTED_MAX = 100

assert FEE_MICROS_MAX * 10_000_000 <= 4 * MONEY_MICROS_MAX


class FeeKind(StrEnum):
    """Who is paid."""

    EXCHANGE = "exchange"
    CLEARING = "clearing"
    REGULATORY = "regulatory"
    BROKER = "broker"
    GIVE_UP = "give_up"


class FeeStep(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a lot costs beyond the first ``above_lots`` of the month."""

    above_lots: Lots
    per_lot_micros: FeeMicros


class FeeRow(Definition, tag="FeeRow.1"):
    """One charge of a fill, in the product's currency, from a trading day on.

    ``per_lot_micros`` a lot and ``value_ppb`` of the absolute value (half away from zero) add up;
    for lots that close positions of the same day ``close_today_per_lot_micros`` and
    ``close_today_value_ppb`` stand instead, where they are set.  ``order_minimum_micros`` is the
    least that all fills of one order pay together, ``day_minimum_micros`` the least that all fills
    of a day in the product at one carrying account do, if there are any.  A rebate (``is_rebate``)
    pays us: its amounts are zero or negative; all other rows have none below zero.  Empty
    ``carrying_account_id`` and ``service_tier`` mean every one.  To end a row, state it anew with
    zeros from a later day.

    ``steps`` change the amount of a lot by what the carrying account has traded in the calendar
    month of the trading day: in the product, and in ``counted_products`` beside it.
    """

    row_id: Identifier
    kind: FeeKind
    scope_id: Identifier
    from_day: date
    carrying_account_id: OptionalIdentifier = ""
    service_tier: OptionalIdentifier = ""
    per_lot_micros: FeeMicros = 0
    value_ppb: PartsPerBillion = 0
    close_today_per_lot_micros: FeeMicros | None = None
    close_today_value_ppb: PartsPerBillion | None = None
    order_minimum_micros: NonNegativeMicros = 0
    is_rebate: bool = False
    day_minimum_micros: NonNegativeMicros = 0
    steps: Annotated[tuple[FeeStep, ...], msgspec.Meta(max_length=FEE_STEPS_MAX)] = ()
    counted_products: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=COUNTED_MAX)] = ()


def fee_row_faults(row: FeeRow) -> list[str]:
    """Return what is wrong with a row on its own, in plain words; empty when nothing is."""
    rates = {
        "per_lot_micros": row.per_lot_micros,
        "value_ppb": row.value_ppb,
        "close_today_per_lot_micros": row.close_today_per_lot_micros or 0,
        "close_today_value_ppb": row.close_today_value_ppb or 0,
    }
    rates |= {f"steps above {step.above_lots}": step.per_lot_micros for step in row.steps}
    faults = _step_faults(row)
    if row.day_minimum_micros and row.service_tier:
        faults.append(
            "day_minimum_micros stands beside service_tier; it is asked of the carrying account"
        )
    if not row.is_rebate:
        return faults + [
            f"{name} is below zero; only a row with is_rebate pays us"
            for name, rate in rates.items()
            if rate < 0
        ]
    faults += [
        f"{name} is above zero; a rebate is stated by amounts below zero"
        for name, rate in rates.items()
        if rate > 0
    ]
    for name in ("order_minimum_micros", "day_minimum_micros"):
        if getattr(row, name):
            faults.append(f"{name} stands beside is_rebate; a rebate has no minimum")
    return faults


def _step_faults(row: FeeRow) -> list[str]:
    """Return what is wrong with the steps of a row."""
    faults = []
    above = [step.above_lots for step in row.steps]
    if above != sorted(set(above)):
        faults.append(f"steps begin above {above}; each begins above more lots than the one before")
    if row.steps and row.close_today_per_lot_micros is not None:
        faults.append("steps stand beside close_today_per_lot_micros; state a row for each")
    if row.counted_products and not row.steps:
        faults.append("counted_products is for rows with steps")
    return faults
