"""One ``[[margin_rate]]`` of a desk file: a stage of margin by rate, read in human units.

Whether its scope is a product or contract of the desk is a question of ``references``.
"""

from datetime import date

from fencang.app.desk.fields import Fields
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.refdata.account import AccountType
from fencang.refdata.margin_rate import (
    LARGER_SIDE_DAYS_MAX,
    RATIO_PPM_MAX,
    BrokerRate,
    LargerSide,
    LotRate,
    MarginRate,
    RequirementPrice,
    margin_rate_faults,
)

__all__ = ["read_margin_rate"]


def read_margin_rate(fields: Fields) -> MarginRate:
    """Read one ``[[margin_rate]]``: rates for both sides, or for either side its own."""
    from_day = fields.day("from_day")
    if not fields.has("from_day"):
        fields.fault("from_day", "is missing")
    long, short = _sides(fields)
    broker, is_broker_faulty = _broker(fields)
    rate = MarginRate(
        scope_id=fields.identifier("scope"),
        from_day=from_day or date.min,
        long=long,
        short=short,
        broker=broker,
        larger_side=fields.choice("larger_side", LargerSide, LargerSide.NONE),
        larger_side_group=fields.identifier("larger_side_group", "") or None,
        larger_side_days=fields.whole("larger_side_days", 0, high=LARGER_SIDE_DAYS_MAX)
        if fields.has("larger_side_days")
        else None,
        price=fields.choice("price", RequirementPrice, RequirementPrice.LATEST_MARK),
        account_type=fields.choice("account_type", AccountType, AccountType.SPECULATOR)
        if fields.has("account_type")
        else None,
    )
    fields.finish()
    if not fields.is_faulty and not is_broker_faulty:
        fields.checked("", lambda: margin_rate_faults(rate))
    return rate


def _broker(fields: Fields) -> tuple[BrokerRate | None, bool]:
    """Return what the broker asks for, None where the file is silent, and whether it is faulty."""
    if not fields.has("broker"):
        return None, False
    inner = fields.inner("broker")
    long, short = _sides(inner)
    broker = BrokerRate(long=long, short=short, is_relative=inner.flag("relative"))
    inner.finish()
    return broker, inner.is_faulty


def _sides(fields: Fields) -> tuple[LotRate, LotRate]:
    ratio = fields.percent("ratio", 0, high=RATIO_PPM_MAX)
    amount = _amount(fields, "per_lot", 0)
    long, short = (
        LotRate(
            ratio_ppm=fields.percent(f"{side}_ratio", ratio, high=RATIO_PPM_MAX),
            amount_micros=_amount(fields, f"{side}_per_lot", amount),
        )
        for side in ("long", "short")
    )
    return long, short


def _amount(fields: Fields, key: str, default: int) -> int:
    return fields.decimal(key, 6, default, low=0, high=MONEY_MICROS_MAX)
