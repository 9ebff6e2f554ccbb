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
from fencang.refdata.definition import Definition, Identifier, NonNegativeMicros

__all__ = ["FEE_MICROS_MAX", "PPB", "FeeKind", "FeeRow", "fee_row_faults"]

PPB = 1_000_000_000
"""Scale of rates by value: 23,000 parts per billion are 0.0023 %."""

FEE_MICROS_MAX = 1_000_000_000_000
FeeMicros = Annotated[int, msgspec.Meta(ge=-FEE_MICROS_MAX, le=FEE_MICROS_MAX)]
PartsPerBillion = Annotated[int, msgspec.Meta(ge=-PPB, le=PPB)]
OptionalIdentifier = Annotated[str, msgspec.Meta(max_length=64)]

assert FEE_MICROS_MAX * 10_000_000 <= 4 * MONEY_MICROS_MAX


class FeeKind(StrEnum):
    """Who is paid."""

    EXCHANGE = "exchange"
    CLEARING = "clearing"
    REGULATORY = "regulatory"
    BROKER = "broker"
    GIVE_UP = "give_up"


class FeeRow(Definition, tag="FeeRow.1"):
    """One charge of a fill, in the product's currency, from a trading day on.

    ``per_lot_micros`` a lot and ``value_ppb`` of the absolute value (half away from zero) add up;
    for lots that close positions of the same day ``close_today_per_lot_micros`` and
    ``close_today_value_ppb`` stand instead, where they are set.  ``order_minimum_micros`` is the
    least that all fills of one order pay together.  A rebate (``is_rebate``) pays us: its amounts
    are zero or negative; all other rows have none below zero.  Empty ``carrying_account_id`` and
    ``service_tier`` mean every one.  To end a row, state it anew with zeros from a later day.
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


def fee_row_faults(row: FeeRow) -> list[str]:
    """Return what is wrong with a row on its own, in plain words; empty when nothing is."""
    rates = {
        "per_lot_micros": row.per_lot_micros,
        "value_ppb": row.value_ppb,
        "close_today_per_lot_micros": row.close_today_per_lot_micros or 0,
        "close_today_value_ppb": row.close_today_value_ppb or 0,
    }
    if not row.is_rebate:
        return [
            f"{name} is below zero; only a row with is_rebate pays us"
            for name, rate in rates.items()
            if rate < 0
        ]
    faults = [
        f"{name} is above zero; a rebate is stated by amounts below zero"
        for name, rate in rates.items()
        if rate > 0
    ]
    if row.order_minimum_micros:
        faults.append("order_minimum_micros stands beside is_rebate; a rebate has no minimum")
    return faults
