"""The desk, persons, venues, products, contracts and accounts.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

__all__ = [
    "AccountType",
    "Capacity",
    "CarryingAccount",
    "CashStyle",
    "Contract",
    "ContractKind",
    "CostMethod",
    "DayPolicy",
    "DeliveryGuard",
    "DeliveryPolicy",
    "DeskAttribution",
    "DeskSettings",
    "ExerciseStyle",
    "FeeSchedule",
    "LegalPerson",
    "Mandate",
    "MasterAccount",
    "OptionRight",
    "OptionSettlement",
    "OptionTerms",
    "PositionMode",
    "Product",
    "Route",
    "SubAccount",
    "Venue",
]

DeskAttribution = Literal["capped", "euler", "proportional"]
"""By which rule the daily publication divides an owner's pool (``margin.attribution``).

Shapley is not among them: it needs a requirement for every group of books.
"""


DayPolicy = Literal["lenient", "strict"]
"""Whether trading days must be opened and closed one after the other, or may be."""


class DeskSettings(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """Numbers that hold for the whole desk.

    ``route_age_seconds_max``: an order in doubt that the venue denies knowing is resent only
    when it is younger than this.  ``currency_haircut_ppm`` lowers the value of foreign credit
    balances and raises foreign debits when the pool values itself.  ``plan_age_seconds_max``:
    an approved plan older than this is refused.  ``span_age_days_max``: a SPAN file older than
    this (calendar days before the trading day) is stale, and its requirements count
    ``span_stale_ppm`` of themselves. ``attribution`` divides what is published; it binds no
    order.  ``day_policy``: under ``strict`` sessions open only inside an open trading day, and
    a day opens only after the one before it was closed.  ``settlement_days_max``: of so many
    days positions at settlement are kept, so that a settlement price can be corrected.
    ``transfers_at_cost`` lets two persons move positions between sub-accounts at cost, profit
    and loss going with them.
    """

    route_age_seconds_max: Decimal = Decimal(5)
    currency_haircut_ppm: int = 0
    plan_age_seconds_max: Decimal = Decimal(345600)
    span_age_days_max: int = 4
    span_stale_ppm: int = 1200000
    attribution: DeskAttribution = "euler"
    day_policy: DayPolicy = "lenient"
    settlement_days_max: int = 5
    transfers_at_cost: bool = False


class LegalPerson(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One legal entity or natural person.

    ``lei`` is its ISO 17442 identifier where it has one (20 characters, empty otherwise);
    ``jurisdiction`` its ISO 3166 country code.  ``owners_declared``: everybody who owns part of
    it stands in an ``OwnershipEdge``; while that is not said, regimes tie it to everybody.
    """

    person_id: str
    name: str
    jurisdiction: str
    lei: str = ""
    owners_declared: bool = False


class Venue(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One market: where its orders go and which owners it lets in.

    ``one_owner_only`` venues (the Chinese futures exchanges) refuse sub-accounts of an owner
    who is not the holder of the carrying account outright (look-through rules, 2019).
    ``clearing_house`` nets and margins its contracts; venues with one name share it, an empty
    one means the venue clears by itself. ``pre_open_orders``: whether orders are taken before
    the market opens; cancels always are. ``weekend_days`` are ISO weekday numbers (Saturday 6,
    Sunday 7); ``holidays`` whole days shut. ``calendar_id`` names the calendar that sessions
    are taken from; nothing is decided by it.
    """

    venue_id: str
    name: str
    country: str
    timezone: str = "UTC"
    one_owner_only: bool = False
    clearing_house: str = ""
    weekend_days: tuple[int, ...] = (
        6,
        7,
    )
    holidays: tuple[date, ...] = ()
    pre_open_orders: bool = True
    calendar_id: str = ""


ContractKind = Literal["forward", "future", "option"]
"""What a contract is."""


CostMethod = Literal["average", "fifo"]
"""Which lots a close takes its cost from: the cost method of record."""


class FeeSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """What one fill costs, in the product's currency.

    ``per_lot`` and ``clearing_per_lot`` are per lot and side; ``notional_ppm`` is parts per
    million of the absolute traded value (rounded half away from zero); ``close_today_per_lot``
    replaces ``per_lot`` for lots that close positions of the same trading day, when it is set.
    """

    per_lot: Decimal = Decimal("0.00")
    notional_ppm: int = 0
    clearing_per_lot: Decimal = Decimal("0.00")
    close_today_per_lot: Decimal | None = None


CashStyle = Literal["at_end", "daily_variation", "premium"]
"""When the money of a position moves."""


ExerciseStyle = Literal["american", "european"]
"""When the holder may exercise."""


OptionSettlement = Literal["cash", "future"]
"""What exercise brings."""


class OptionTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What all options of a product share.

    At expiry what is in the money by at least ``threshold`` is exercised unless its holder
    abandons it; the rest is abandoned unless its holder exercises it.
    """

    exercise_style: ExerciseStyle
    settlement: OptionSettlement
    threshold: Decimal = Decimal("0.000000001")


DeliveryPolicy = Literal["allow", "block", "close", "warn"]
"""What a desk that wants no delivery does with contracts that may be delivered."""


class DeliveryGuard(msgspec.Struct, frozen=True, kw_only=True):
    """The policy, from so many calendar days before a contract's first notice day on.

    ``CLOSE`` also guards contracts without a notice day, before their last trading day, and
    closes short lots only before that day: it is the holder of a short who decides to deliver.
    """

    policy: DeliveryPolicy = "allow"
    days_before: int = 0


class Product(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What the contracts of one product share.

    ``tick`` binds order and fill prices, ``settlement_tick`` marks and settlements.
    ``margin_ppm`` of the absolute value at the last mark, at least ``margin_floor`` a lot, is
    the rate-based requirement.  ``price_band_ppm`` (of the absolute mark, at least
    ``price_band_ticks``) bounds the limit price of the desk's own reduction orders. A
    settlement price further than ``settlement_band_ppm`` from the mark (at least
    ``price_band_ticks``) needs a second person; without a band none is far.
    ``positive_prices_only`` refuses prices of zero and below; by default they are ordinary.
    ``delivery_guard`` keeps a desk out of deliveries. ``cash_style`` says when its money moves,
    ``option`` (of options alone) what exercise brings. ``fallback_margin`` lets a contract that
    the SPAN file in force lacks be opened at the product's rate; what is held of such a
    contract is margined at it in any case. ``calendar_id`` names the trading calendar of a
    product whose sessions are not its venue's; nothing is decided by it.
    """

    product_id: str
    venue_id: str
    name: str
    currency: str
    point_value: Decimal
    tick: Decimal
    settlement_tick: Decimal | None = None
    kind: ContractKind = "future"
    cost_method: CostMethod = "fifo"
    fees: FeeSchedule = FeeSchedule(
        per_lot=Decimal("0.00"),
        notional_ppm=0,
        clearing_per_lot=Decimal("0.00"),
        close_today_per_lot=None,
    )
    margin_ppm: int = 100000
    margin_floor: Decimal = Decimal("0.00")
    price_band_ppm: int = 20000
    price_band_ticks: int = 20
    order_quantity_max: int = 1000
    positive_prices_only: bool = False
    fallback_margin: bool = False
    cash_style: CashStyle = "daily_variation"
    option: OptionTerms | None = None
    delivery_guard: DeliveryGuard = DeliveryGuard(policy="allow", days_before=0)
    settlement_band_ppm: int | None = None
    calendar_id: str = ""


OptionRight = Literal["call", "put"]
"""To buy or to sell the underlying."""


class Contract(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """One tradable delivery month of a product.

    Trading ends with ``last_trading_day`` (inclusive); None means the series never expires
    (perpetual or continuous).  ``margin_key`` names the contract in its clearing house's SPAN
    file (``CME/ES/FUT/201903``); without one it is margined by the product's rate. From
    ``first_notice_day`` on longs may be handed the goods.  ``delivery_month`` is what position
    limits of a month count by, where the last trading day lies in another one. Options have
    ``right`` and ``strike``, and ``underlying_id`` where they become a future.
    """

    contract_id: str
    product_id: str
    first_trading_day: date | None = None
    last_trading_day: date | None = None
    margin_key: str = ""
    right: OptionRight | None = None
    strike: Decimal | None = None
    underlying_id: str | None = None
    first_notice_day: date | None = None
    delivery_month: str = ""


class MasterAccount(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """The pool of one legal person; its base currency values everything."""

    master_account_id: str
    person_id: str
    name: str
    base_currency: str


PositionMode = Literal["gross", "net"]
"""How a carrying account keeps positions: one signed number, or both sides apart."""


AccountType = Literal["hedger", "member", "speculator"]
"""As what a clearing house treats an account: whose factors, ratios and stated rates apply."""


class CarryingAccount(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A real account at a clearing broker.

    ``omnibus`` accounts may carry owners other than the holder and are margined gross by owner.
    ``house_multiplier_ppm``: the broker asks for so much of the clearing house's requirement.
    """

    carrying_account_id: str
    holder_id: str
    broker: str
    venues: tuple[str, ...]
    position_mode: PositionMode = "net"
    omnibus: bool = False
    account_type: AccountType = "speculator"
    house_multiplier_ppm: int = 1000000


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """What a sub-account may do with its capital.

    ``leverage_max_ppm`` caps the gross notional value in parts per million of capital (10× is
    10_000_000), 0 forbids every exposure; an empty ``products`` permits nothing; ``tags`` are
    what rules and reports select by.
    """

    leverage_max_ppm: int
    products: tuple[str, ...]
    risk_budget: Decimal = Decimal("0.00")
    tags: tuple[str, ...] = ()


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Orders of this venue go through this carrying account."""

    venue_id: str
    carrying_account_id: str


Capacity = Literal["agency", "back_to_back", "own_book"]
"""In which capacity the owner of a sub-account trades."""


class SubAccount(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=True):
    """A virtual book: owner, mandate, routes; ``parent_id`` nests it under another sub-account.

    ``controller_id`` names who decides its trades, where that is not the holder of the desk:
    position limits add up what one person directs.
    """

    sub_account_id: str
    owner_id: str
    name: str
    mandate: Mandate
    routes: tuple[Route, ...]
    parent_id: str | None = None
    capacity: Capacity = "own_book"
    service_tier: str = "standard"
    controller_id: str | None = None
