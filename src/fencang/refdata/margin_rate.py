"""Margin by rate: what a lot of a product or contract asks for from a day on, on which side.

Worked number, rebar at SHFE (10 tonnes a lot) at 3,000: 9 % of the value and nothing by volume asks
for 2,700 yuan a lot; a broker that adds 2 % asks for 3,300.  With the larger side of the product, 5
lots long and 3 short (of any months) pay for 5.

Exchanges ask other rates of hedgers than of speculators: a stage may be stated for carrying
accounts of one type only.

Whether the scope exists, whether a group stays in one currency and clearing house, and whether
accounts of every type have a rate is not seen from one value.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.refdata.account import AccountType
from fencang.refdata.definition import Definition, Identifier, NonNegativeMicros

__all__ = [
    "LARGER_SIDE_DAYS_MAX",
    "RATIO_PPM_MAX",
    "BrokerRate",
    "LargerSide",
    "LotRate",
    "MarginRate",
    "RequirementPrice",
    "account_type_faults",
    "margin_rate_faults",
]

RATIO_PPM_MAX = 10_000_000
"""Ten times the value: beyond any exchange's ratio, below a percentage taken for a share."""
LARGER_SIDE_DAYS_MAX = 250

Ratio = Annotated[int, msgspec.Meta(ge=0, le=RATIO_PPM_MAX)]
SideDays = Annotated[int, msgspec.Meta(ge=0, le=LARGER_SIDE_DAYS_MAX)]


class LargerSide(StrEnum):
    """Over which positions of one owner only the side with the greater margin pays."""

    NONE = "none"
    """Nothing is shared: both sides pay (in a net account a contract has but one)."""
    CONTRACT = "contract"
    PRODUCT = "product"
    GROUP = "group"
    """Over the products that name one group."""


class RequirementPrice(StrEnum):
    """Price that a position is margined at during the day."""

    LATEST_MARK = "latest_mark"
    LAST_SETTLEMENT = "last_settlement"
    """The last settlement price; the latest mark until there is one."""


class LotRate(Definition):
    """Margin of one lot: a share of its absolute value (by money) and an amount (by volume)."""

    ratio_ppm: Ratio = 0
    amount_micros: NonNegativeMicros = 0


class BrokerRate(Definition):
    """What the broker asks for: instead of the exchange's rate, or (relative) on top of it."""

    long: LotRate = LotRate()
    short: LotRate = LotRate()
    is_relative: bool = False


class MarginRate(Definition, tag="MarginRate.1"):
    """One stage of a rate: in force from ``from_day`` until a later stage of its scope begins.

    ``scope_id`` names a contract or a product; a contract's own stages win over its product's.
    ``long`` and ``short`` are the exchange's rates, ``broker`` None means the broker asks for the
    same; what the broker asks for counts, at least the product's ``margin_floor_micros`` a lot.
    ``larger_side_days``: the larger side ends with the settlement of the day so many trading days
    before the last one, and both sides pay from there on; None: it never ends.
    ``account_type`` None: for accounts of every type that have no rate of their own.  In one scope
    a type's own stages win over those for all once one of them has begun, later ones included.
    """

    scope_id: Identifier
    from_day: date
    long: LotRate
    short: LotRate
    broker: BrokerRate | None = None
    larger_side: LargerSide = LargerSide.NONE
    larger_side_group: Identifier | None = None
    larger_side_days: SideDays | None = None
    price: RequirementPrice = RequirementPrice.LATEST_MARK
    account_type: AccountType | None = None


def margin_rate_faults(item: MarginRate) -> list[str]:
    """Return what is wrong with one stage on its own, in plain words; empty when nothing is."""
    faults = [*_side_faults("long", item), *_side_faults("short", item)]
    if item.larger_side is LargerSide.GROUP and item.larger_side_group is None:
        faults.append("larger_side is group, but larger_side_group names none")
    if item.larger_side is not LargerSide.GROUP and item.larger_side_group is not None:
        faults.append(
            f"larger_side_group {item.larger_side_group} has no meaning when larger_side is "
            f"{item.larger_side}; it must be group"
        )
    if item.larger_side is LargerSide.NONE and item.larger_side_days is not None:
        faults.append("larger_side_days says when a larger side ends, but larger_side is none")
    return faults


def account_type_faults(
    rate: MarginRate, stated: Iterable[MarginRate], scope_ids: Collection[str]
) -> Iterator[str]:
    """Yield which accounts a stage for one type leaves without a rate, among all that are stated.

    ``scope_ids``: where the others may have theirs, in the stage's own scope or, when that is a
    contract, in its product.  So a contract has a rate for accounts of every type or for none, on
    every day: a rate that is stated cannot be taken back.
    """
    if rate.account_type is None:
        return
    begun = {
        other.account_type
        for other in stated
        if other.scope_id in scope_ids and other.from_day <= rate.from_day
    }
    lacking = [each for each in AccountType if each is not rate.account_type and each not in begun]
    if lacking and None not in begun:
        yield (
            f"{' and '.join(lacking)} accounts have no rate of {rate.scope_id} from "
            f"{rate.from_day} on; state a rate for every account type, or one for all, from the "
            "same day or earlier"
        )


def _side_faults(side: str, item: MarginRate) -> Iterator[str]:
    exchange, broker = (item.long if side == "long" else item.short), item.broker
    if broker is None:
        if exchange == LotRate():
            yield f"the {side} side asks for nothing; state a ratio or an amount"
        return
    own = broker.long if side == "long" else broker.short
    if broker.is_relative:
        if exchange == own == LotRate():
            yield f"the {side} side asks for nothing; state a ratio or an amount"
    elif own == LotRate():
        yield f"the broker's {side} side asks for nothing; state a ratio or an amount"
    elif _is_below(own, exchange):
        yield (
            f"the broker's {side} rate is below the exchange's; state a whole rate, or let it be "
            "relative, which adds it to the exchange's"
        )


def _is_below(rate: LotRate, other: LotRate) -> bool:
    """Return whether a rate asks for less at every price (but zero)."""
    return (
        rate != other
        and rate.ratio_ppm <= other.ratio_ppm
        and rate.amount_micros <= other.amount_micros
    )
