"""Limits of positions, rules, margin, fees and cash.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from fencang.client.types.accounts import AccountType

__all__ = [
    "AfterCutoff",
    "BrokerAddOn",
    "BrokerRate",
    "CrossMargin",
    "CrossMarginLeg",
    "DayCount",
    "FeeKind",
    "FeeRow",
    "FeeStep",
    "FundingTerms",
    "IndicatorRule",
    "InterestRate",
    "InterestScope",
    "LargerSide",
    "LotRate",
    "MarginRate",
    "PositionLimit",
    "ReferenceKind",
    "RequirementPrice",
    "SweepTarget",
]


class PositionLimit(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """The largest worst-case position of one node in one contract or one product.

    ``node_id`` names a sub-account or the master account, or a node beside the tree:
    ``carrying:ID``, ``venue:ID``, ``person:ID``.  ``scope_id`` names a contract, a product (net
    over its contracts), a ``LimitGroup``, or is ``"*"`` (every product without a limit of its
    own). The worst case counts the position and every working order that could enlarge it, long
    and short apart.
    """

    node_id: str
    scope_id: str
    long_lots_max: int
    short_lots_max: int


ReferenceKind = Literal["last_close", "window_low"]
"""What the indicator is compared with: its last close, or its low of the last minutes."""


class IndicatorRule(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """``indicator`` up by ``rise_ppm`` → cut sub-accounts with ``tag`` to ``keep_ppm``, then hold.

    ``window_seconds`` is the look-back of ``WINDOW_LOW``.  After ``hold_seconds`` the rule re-
    arms with the next observation that does not itself trigger: a firing inside the hold never
    compounds. ``attempts_max`` bounds how often unfilled lots are sliced anew; re-pricing a
    working slice that the market left behind is no attempt.
    """

    rule_id: str
    indicator: str
    tag: str
    rise_ppm: int
    keep_ppm: int
    hold_seconds: Decimal
    reference: ReferenceKind = "last_close"
    window_seconds: Decimal = Decimal(0)
    attempts_max: int = 20


class LotRate(msgspec.Struct, frozen=True, kw_only=True):
    """Margin of one lot: a share of its absolute value (by money) and an amount (by volume)."""

    ratio_ppm: int = 0
    amount: Decimal = Decimal("0.00")


class BrokerRate(msgspec.Struct, frozen=True, kw_only=True):
    """What the broker asks for: instead of the exchange's rate, or (relative) on top of it."""

    long: LotRate = LotRate(ratio_ppm=0, amount=Decimal("0.00"))
    short: LotRate = LotRate(ratio_ppm=0, amount=Decimal("0.00"))
    is_relative: bool = False


LargerSide = Literal["contract", "group", "none", "product"]
"""Over which positions of one owner only the side with the greater margin pays."""


RequirementPrice = Literal["last_settlement", "latest_mark"]
"""Price that a position is margined at during the day."""


class MarginRate(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One stage of a rate: in force from ``from_day`` until a later stage of its scope begins.

    ``scope_id`` names a contract or a product; a contract's own stages win over its product's.
    ``long`` and ``short`` are the exchange's rates, ``broker`` None means the broker asks for
    the same; what the broker asks for counts, at least the product's ``margin_floor`` a lot.
    ``larger_side_days``: the larger side ends with the settlement of the day so many trading
    days before the last one, and both sides pay from there on; None: it never ends.
    ``account_type`` None: for accounts of every type that have no rate of their own.  In one
    scope a type's own stages win over those for all once one of them has begun, later ones
    included.
    """

    scope_id: str
    from_day: date
    long: LotRate
    short: LotRate
    broker: BrokerRate | None = None
    larger_side: LargerSide = "none"
    larger_side_group: str | None = None
    larger_side_days: int | None = None
    price: RequirementPrice = "latest_mark"
    account_type: AccountType | None = None


class BrokerAddOn(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What a carrying account asks on top of the clearing house's margin and its multiplier.

    Without ``scope_ids`` a fixed ``amount`` of the account's holder, with or without positions.
    With ``scope_ids`` (contracts or products, all quoted in ``currency``) a charge for
    concentration: ``per_lot`` for every lot beyond ``free_lots`` of those contracts together,
    each owner by itself.  Lots count as margin does: the larger side that position and orders
    could come to, both sides where the account keeps them apart. To end one, set its amounts to
    zero.
    """

    add_on_id: str
    carrying_account_id: str
    currency: str
    amount: Decimal = Decimal("0.00")
    scope_ids: tuple[str, ...] = ()
    free_lots: int = 0
    per_lot: Decimal = Decimal("0.00")


class CrossMarginLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A combined commodity of the SPAN file that a clearing house has in force."""

    clearing_house: str
    commodity: str


class CrossMargin(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """An agreement of two clearing houses to credit each other for one carrying account.

    ``offset_ppm`` of the smaller leg's requirement comes off both legs while their deltas are
    on opposite sides (``offsets_same_side``: on one side, for an inverse quotation); ``cap`` is
    the most for both together.  To end one, set its offset to zero.
    """

    agreement_id: str
    carrying_account_id: str
    first: CrossMarginLeg
    second: CrossMarginLeg
    offset_ppm: int
    cap: Decimal
    offsets_same_side: bool = False


FeeKind = Literal["broker", "clearing", "exchange", "give_up", "regulatory"]
"""Who is paid."""


class FeeStep(msgspec.Struct, frozen=True, kw_only=True):
    """What a lot costs beyond the first ``above_lots`` of the month."""

    above_lots: int
    per_lot: Decimal


class FeeRow(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One charge of a fill, in the product's currency, from a trading day on.

    ``per_lot`` a lot and ``value_ppb`` of the absolute value (half away from zero) add up; for
    lots that close positions of the same day ``close_today_per_lot`` and
    ``close_today_value_ppb`` stand instead, where they are set.  ``order_minimum`` is the least
    that all fills of one order pay together, ``day_minimum`` the least that all fills of a day
    in the product at one carrying account do, if there are any.  A rebate (``is_rebate``) pays
    us: its amounts are zero or negative; all other rows have none below zero.  Empty
    ``carrying_account_id`` and ``service_tier`` mean every one.  To end a row, state it anew
    with zeros from a later day.

    ``steps`` change the amount of a lot by what the carrying account has traded in the calendar
    month of the trading day: in the product, and in ``counted_products`` beside it.
    """

    row_id: str
    kind: FeeKind
    scope_id: str
    from_day: date
    carrying_account_id: str = ""
    service_tier: str = ""
    per_lot: Decimal = Decimal("0.00")
    value_ppb: int = 0
    close_today_per_lot: Decimal | None = None
    close_today_value_ppb: int | None = None
    order_minimum: Decimal = Decimal("0.00")
    is_rebate: bool = False
    day_minimum: Decimal = Decimal("0.00")
    steps: tuple[FeeStep, ...] = ()
    counted_products: tuple[str, ...] = ()


AfterCutoff = Literal["next_day", "refuse"]
"""What becomes of a wire that comes too late for its value date."""


class FundingTerms(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Cut-off, business days and call times of one currency at one carrying account.

    All times of day are seconds on the local clock, which stands ``utc_offset_minutes`` ahead
    of UTC.  A wire of today's value must be entered by ``cutoff_s``.  A margin call is due
    ``call_due_days`` business days after its day at ``call_due_s``; amounts up to
    ``call_minimum`` are not called.  ``weekend_days`` are ISO weekday numbers.
    """

    carrying_account_id: str
    currency: str
    from_day: date
    cutoff_s: int
    utc_offset_minutes: int = 0
    after_cutoff: AfterCutoff = "next_day"
    call_due_days: int = 1
    call_due_s: int = 43200
    call_minimum: Decimal = Decimal("0.00")
    weekend_days: tuple[int, ...] = (
        6,
        7,
    )
    holidays: tuple[date, ...] = ()


InterestScope = Literal["carrying", "sub_account"]
"""Whose cash a rate is for."""


DayCount = Literal["act_360", "act_365"]
"""Days of a year that a yearly rate is divided by."""


class InterestRate(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Yearly rates on cash of one currency from a calendar day on.

    ``carrying``: what the broker pays an owner on a balance of ``scope_id``, and takes below
    zero; it goes to the owner's reserve.  ``sub_account``: what the owner's reserve pays a sub-
    account and takes of it.  An empty ``scope_id`` means every account that has no rate of its
    own. ``credit_ppm`` may be negative, as euro and yen have known it.  ``benefit_ppm`` (sub-
    accounts, base currency) is taken on what the sub-account used of the benefit that it was
    granted.
    """

    scope: InterestScope
    currency: str
    from_day: date
    scope_id: str = ""
    credit_ppm: int = 0
    debit_ppm: int = 0
    benefit_ppm: int = 0
    day_count: DayCount = "act_360"


class SweepTarget(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """The balance that an owner wants free at a carrying account in a currency.

    Free is what margin and wires under way do not need.  Amounts below ``least`` are not
    moved.  Balances without a target take no part in sweeps.
    """

    carrying_account_id: str
    owner_id: str
    currency: str
    target: Decimal
    least: Decimal = Decimal("0.00")
