"""The sections of a desk file that become reference values: each table read in human units.

Knows the form of one table, not how tables refer to each other (``references``) and not the
sub-accounts (``accounts``).  Every function returns what could be read and leaves the faults
with its ``Fields``.
"""

from typing import NamedTuple

import msgspec

from fencang.app.desk.calendars import calendar_of, with_calendar
from fencang.app.desk.fields import Fields
from fencang.app.desk.opening_book import OpeningRate
from fencang.basics.money import MONEY_MICROS_MAX, RATE_NANOS_MAX
from fencang.basics.price import PRICE_NANOS_MAX
from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.messages.commands import DepositCash, RateMark
from fencang.refdata.account import AccountType, CarryingAccount, MasterAccount, PositionMode
from fencang.refdata.contract import (
    CashStyle,
    Contract,
    ContractKind,
    CostMethod,
    DeliveryGuard,
    DeliveryPolicy,
    ExerciseStyle,
    FeeSchedule,
    OptionRight,
    OptionSettlement,
    OptionTerms,
    Product,
)
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.desk import DayPolicy, DeskAttribution, DeskItem, DeskSettings
from fencang.refdata.faults import faults_of
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule, ReferenceKind
from fencang.refdata.venue import Venue

__all__ = [
    "SpanFile",
    "finished",
    "read_carrying",
    "read_contract",
    "read_deposit",
    "read_limit",
    "read_master",
    "read_opening_rate",
    "read_person",
    "read_product",
    "read_rule",
    "read_settings",
    "read_span_file",
    "read_venue",
]


def finished(fields: Fields, item: DeskItem) -> None:
    """Note what is wrong with the finished value: bounds of its type first, then its own laws."""
    fields.finish()
    try:
        msgspec.convert(msgspec.to_builtins(item), type(item))
    except msgspec.ValidationError as fault:
        if not fields.is_faulty:  # otherwise it is the stand-in of a fault already named
            fields.fault("", str(fault))
        return
    fields.checked("", lambda: faults_of(item))


def read_settings(fields: Fields) -> DeskSettings:
    """Read ``[desk]`` without its name."""
    settings = DeskSettings(
        route_age_ns_max=fields.span_ns("route_age", 5 * SECOND_NS),
        currency_haircut_ppm=fields.percent("currency_haircut", 0, high=1_000_000),
        plan_age_ns_max=fields.span_ns("plan_age", 4 * DAY_NS),
        span_age_days_max=fields.whole("span_age_days", 4, high=365),
        span_stale_ppm=fields.multiple("span_stale", 1_200_000, high=100_000_000),
        attribution=fields.choice("attribution", DeskAttribution, DeskAttribution.EULER),
        day_policy=fields.choice("day_policy", DayPolicy, DayPolicy.LENIENT),
        settlement_days_max=fields.whole("settlement_days_max", 5, low=1, high=60),
        transfers_at_cost=fields.flag("transfers_at_cost"),
    )
    finished(fields, settings)
    return settings


def read_person(fields: Fields) -> LegalPerson:
    """Read one ``[[person]]``."""
    person = LegalPerson(
        person_id=fields.identifier("id"),
        name=fields.text("name"),
        owners_declared=fields.flag("owners_declared"),
        jurisdiction=fields.country("jurisdiction"),
        lei=fields.text("lei", ""),
    )
    finished(fields, person)
    return person


def read_venue(fields: Fields) -> Venue:
    """Read one ``[[venue]]``; a named calendar states its time zone, weekends and holidays."""
    venue = Venue(
        venue_id=fields.identifier("id"),
        name=fields.text("name"),
        country=fields.country("country"),
        timezone=fields.text("timezone", "UTC"),
        one_owner_only=fields.flag("one_owner_only"),
        clearing_house=fields.identifier("clearing_house", ""),
        weekend_days=fields.wholes("weekend_days", (6, 7), low=1, high=7),
        holidays=fields.days("holidays"),
        pre_open_orders=fields.flag("pre_open_orders", default=True),
    )
    if fields.has("calendar"):
        venue = with_calendar(fields, venue)
    finished(fields, venue)
    return venue


def _micros(fields: Fields, key: str, default: int | None = None, low: int = 0) -> int:
    return fields.decimal(key, 6, default, low=low, high=MONEY_MICROS_MAX)


def _nanos(fields: Fields, key: str, default: int | None = None) -> int:
    return fields.decimal(key, 9, default, low=1, high=PRICE_NANOS_MAX)


def _fees(fields: Fields) -> FeeSchedule:
    close_today = None
    if fields.has("close_today_per_lot"):
        close_today = _micros(fields, "close_today_per_lot")
    schedule = FeeSchedule(
        per_lot_micros=_micros(fields, "per_lot", 0),
        notional_ppm=fields.percent("notional", 0),
        clearing_per_lot_micros=_micros(fields, "clearing_per_lot", 0),
        close_today_per_lot_micros=close_today,
    )
    fields.finish()
    return schedule


def read_product(fields: Fields) -> Product:
    """Read one ``[[product]]`` with its fees."""
    band = fields.percent("settlement_band", 0) if fields.has("settlement_band") else None
    settlement_tick = _nanos(fields, "settlement_tick") if fields.has("settlement_tick") else None
    product = Product(
        product_id=fields.identifier("id"),
        venue_id=fields.identifier("venue"),
        name=fields.text("name", ""),
        currency=fields.currency("currency"),
        point_value_micros=fields.decimal("point_value", 6, None, low=1, high=10**15) or 1_000_000,
        tick_nanos=_nanos(fields, "tick") or 1_000_000_000,
        settlement_tick_nanos=settlement_tick or None,
        cost_method=fields.choice("cost_method", CostMethod, CostMethod.FIFO),
        fees=_fees(fields.inner("fees")),
        margin_ppm=fields.percent("margin", 100_000),
        margin_floor_micros=_micros(fields, "margin_floor", 0),
        price_band_ppm=fields.percent("price_band", 20_000),
        price_band_ticks=fields.whole("price_band_ticks", 20, low=1, high=LOTS_MAX),
        order_quantity_max=fields.whole("order_quantity_max", 1_000, low=1, high=LOTS_MAX),
        positive_prices_only=fields.flag("positive_prices_only"),
        fallback_margin=fields.flag("fallback_margin"),
        kind=fields.choice("kind", ContractKind, ContractKind.FUTURE),
        cash_style=fields.choice("cash_style", CashStyle, CashStyle.DAILY_VARIATION),
        option=_option_terms(fields.inner("option")) if fields.has("option") else None,
        delivery_guard=_delivery_guard(fields.inner("delivery_guard")),
        settlement_band_ppm=band,
        calendar_id=calendar_of(fields),
    )
    finished(fields, product)
    return product


def _delivery_guard(fields: Fields) -> DeliveryGuard:
    guard = DeliveryGuard(
        policy=fields.choice("policy", DeliveryPolicy, DeliveryPolicy.ALLOW),
        days_before=fields.whole("days_before", 0, high=60),
    )
    fields.finish()
    return guard


def _option_terms(fields: Fields) -> OptionTerms:
    terms = OptionTerms(
        exercise_style=fields.choice("exercise", ExerciseStyle),
        settlement=fields.choice("settlement", OptionSettlement),
        threshold_nanos=_nanos(fields, "threshold", 1),
    )
    fields.finish()
    return terms


def read_contract(fields: Fields) -> Contract:
    """Read one ``[[contract]]``."""
    contract = Contract(
        contract_id=fields.identifier("id"),
        product_id=fields.identifier("product"),
        first_trading_day=fields.day("first_trading_day"),
        last_trading_day=fields.day("last_trading_day"),
        margin_key=fields.text("margin_key", ""),
        right=fields.choice("right", OptionRight) if fields.has("right") else None,
        strike_nanos=_strike(fields) if fields.has("strike") else None,
        underlying_id=fields.identifier("underlying") if fields.has("underlying") else None,
        first_notice_day=fields.day("first_notice_day"),
        delivery_month=fields.text("delivery_month", ""),
    )
    finished(fields, contract)
    return contract


def _strike(fields: Fields) -> int:
    return fields.decimal("strike", 9, None, low=-PRICE_NANOS_MAX, high=PRICE_NANOS_MAX)


def read_master(fields: Fields) -> MasterAccount:
    """Read ``[master]``."""
    master = MasterAccount(
        master_account_id=fields.identifier("id"),
        person_id=fields.identifier("person"),
        name=fields.text("name", ""),
        base_currency=fields.currency("base_currency"),
    )
    finished(fields, master)
    return master


def read_carrying(fields: Fields) -> CarryingAccount:
    """Read one ``[[carrying]]``."""
    carrying = CarryingAccount(
        carrying_account_id=fields.identifier("id"),
        holder_id=fields.identifier("holder"),
        broker=fields.text("broker", ""),
        venues=fields.identifiers("venues"),
        position_mode=fields.choice("position_mode", PositionMode, PositionMode.NET),
        omnibus=fields.flag("omnibus"),
        account_type=fields.choice("account_type", AccountType, AccountType.SPECULATOR),
        house_multiplier_ppm=fields.multiple("house_multiplier", 1_000_000, high=100_000_000),
    )
    if fields.has("venues") and not carrying.venues:
        fields.fault("venues", "is empty; a carrying account serves at least one venue")
    finished(fields, carrying)
    return carrying


def read_limit(fields: Fields) -> PositionLimit:
    """Read one ``[[limit]]``: ``lots`` for both sides, or ``long_lots`` and ``short_lots``."""
    both = fields.whole("lots", 0, high=LOTS_MAX) if fields.has("lots") else None
    if both is None and not (fields.has("long_lots") and fields.has("short_lots")):
        fields.fault("lots", "is missing; state lots, or both long_lots and short_lots")
    limit = PositionLimit(
        node_id=fields.identifier("node"),
        scope_id=_scope(fields),
        long_lots_max=fields.whole("long_lots", both or 0, high=LOTS_MAX),
        short_lots_max=fields.whole("short_lots", both or 0, high=LOTS_MAX),
    )
    finished(fields, limit)
    return limit


def _scope(fields: Fields) -> str:
    return "*" if fields.text("scope", "*") == "*" else fields.identifier("scope")


def read_rule(fields: Fields) -> IndicatorRule:
    """Read one ``[[rule]]``."""
    rule = IndicatorRule(
        rule_id=fields.identifier("id"),
        indicator=fields.identifier("indicator"),
        tag=fields.identifier("tag"),
        rise_ppm=fields.percent("rise", None, high=100_000_000),
        keep_ppm=fields.percent("keep", None, high=1_000_000),
        hold_ns=fields.span_ns("hold"),
        reference=fields.choice("reference", ReferenceKind, ReferenceKind.LAST_CLOSE),
        window_ns=fields.span_ns("window", 0),
        attempts_max=fields.whole("attempts_max", 20, low=1, high=1_000),
    )
    if fields.table.get("rise") is not None and rule.rise_ppm == 0:
        fields.fault("rise", "must be above 0 %")
    finished(fields, rule)
    return rule


class SpanFile(NamedTuple):
    """One ``[[span]]``: a clearing house's SPAN file, named relative to the desk file."""

    clearing_house: str
    file: str


def read_span_file(fields: Fields) -> SpanFile:
    """Read one ``[[span]]``."""
    found = SpanFile(fields.identifier("clearing_house"), fields.text("file"))
    fields.finish()
    return found


def read_opening_rate(fields: Fields) -> OpeningRate:
    """Read one ``[[opening.rate]]``: base units per unit of a currency, with its source."""
    rate = OpeningRate(
        mark=RateMark(
            currency=fields.currency("currency"),
            rate_nanos=fields.decimal("value", 9, None, low=1, high=RATE_NANOS_MAX),
        ),
        source=fields.text("source"),
    )
    fields.finish()
    return rate


def read_deposit(fields: Fields, entered_by: str) -> DepositCash:
    """Read one ``[[capital.deposit]]``."""
    deposit = DepositCash(
        carrying_account_id=fields.identifier("carrying"),
        owner_id=fields.identifier("owner"),
        currency=fields.currency("currency"),
        amount_micros=_micros(fields, "amount", None, low=1),
        entered_by=entered_by,
    )
    fields.finish()
    return deposit
