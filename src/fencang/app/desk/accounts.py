"""Sub-accounts of a desk file: templates, grids, strategies and the capital they start with.

A template holds what several accounts share; a grid makes one account for every product and
strategy it names.  Both are conveniences of the file only: what comes out is a plain list of
sub-accounts, shown in full by ``fencang desk check --json``.
"""

from enum import StrEnum
from typing import Any, NamedTuple

from fencang.app.desk.fields import Fields
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.refdata.account import Capacity, Mandate, Route, SubAccount
from fencang.refdata.definition import LOTS_MAX

__all__ = [
    "AccountPlan",
    "OrderStyle",
    "StrategyKind",
    "StrategySpec",
    "read_accounts",
    "read_strategy",
]

_TEMPLATE_KEYS = (
    "owner",
    "parent",
    "capacity",
    "service_tier",
    "routes",
    "mandate",
    "strategy",
    "capital",
)


class StrategyKind(StrEnum):
    """The stated strategies a replay can run."""

    TREND = "trend"
    MEAN_REVERSION = "mean_reversion"
    BREAKOUT = "breakout"
    HOLD = "hold"


class OrderStyle(StrEnum):
    """How a strategy opens: at the next bar's open, or with a limit at the last close."""

    MARKET = "market"
    LIMIT = "limit"


class StrategySpec(NamedTuple):
    """One strategy with its parameters; days are days with a price.

    trend: long while the average of ``fast_days`` closes stands above that of ``slow_days``.
    mean_reversion: against a close ``entry_milli`` / 1000 standard deviations away from the average
    of ``slow_days``, until it is back within ``exit_milli``.  breakout: with a close beyond the
    highest or lowest of ``slow_days``, until it crosses the middle of the channel.  hold: a fixed
    number of ``lots`` in every product, whatever happens.
    """

    strategy_id: str
    kind: StrategyKind
    fast_days: int
    slow_days: int
    entry_milli: int
    exit_milli: int
    volatility_days: int
    volatility_target_ppm: int
    buffer_ppm: int
    order_style: OrderStyle
    lots: int


class AccountPlan(NamedTuple):
    """What a replay does with one sub-account: its strategy (none: it rests) and first capital."""

    sub_account_id: str
    strategy_id: str
    capital_micros: int | None
    path: str


def read_strategy(fields: Fields) -> StrategySpec:
    """Read one ``[[strategy]]``."""
    kind = fields.choice("kind", StrategyKind)
    is_hold = kind is StrategyKind.HOLD
    slow = fields.whole("days", 2 if is_hold else None, low=2, high=2_000)
    fast = fields.whole("fast_days", max(1, slow // 4), low=1, high=2_000)
    spec = StrategySpec(
        strategy_id=fields.identifier("id"),
        kind=kind,
        fast_days=fast,
        slow_days=slow or 2,
        entry_milli=fields.decimal("entry", 3, 1_500, low=1, high=20_000),
        exit_milli=fields.decimal("exit", 3, 500, low=0, high=20_000),
        volatility_days=fields.whole("volatility_days", 30, low=5, high=1_000),
        volatility_target_ppm=fields.percent("volatility_target", 100_000, high=2_000_000),
        buffer_ppm=fields.percent("buffer", 200_000, high=1_000_000),
        order_style=fields.choice("order", OrderStyle, OrderStyle.MARKET),
        lots=fields.whole("lots", None, low=-LOTS_MAX, high=LOTS_MAX) if is_hold else 0,
    )
    if kind is StrategyKind.TREND and slow and fast >= slow:
        fields.fault("fast_days", f"{fast} must be below days, {slow}")
    if spec.exit_milli >= spec.entry_milli:
        fields.fault("exit", "must be below entry")
    fields.finish()
    return spec


def read_accounts(root: Fields) -> tuple[list[SubAccount], list[AccountPlan]]:
    """Read ``[[sub_account]]`` and ``[[sub_account_grid]]`` on top of their templates."""
    templates = _templates(root.inner("sub_account_template"))
    accounts: list[SubAccount] = []
    plans: list[AccountPlan] = []
    for fields in root.each("sub_account"):
        account, plan = _account(_merged(fields, templates))
        accounts.append(account)
        plans.append(plan)
    for fields in root.each("sub_account_grid"):
        for cell in _cells(_merged(fields, templates)):
            account, plan = _account(cell)
            accounts.append(account)
            plans.append(plan)
    return accounts, plans


def _templates(fields: Fields) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, table in fields.table.items():
        if not isinstance(table, dict):
            fields.fault(name, f"is not a table; write [sub_account_template.{name}]")
            continue
        inner = fields.inner(name)
        for key in _TEMPLATE_KEYS:
            inner.has(key)
        inner.finish()
        found[name] = {key: table[key] for key in table if key in _TEMPLATE_KEYS}
    return found


def _merged(fields: Fields, templates: dict[str, dict[str, Any]]) -> Fields:
    """Lay the account's own keys over its template's; mandates are merged key by key."""
    name = fields.identifier("template", "")
    fields.reference("template", name, templates, "sub_account_template")
    base = templates.get(name, {})
    own = {key: value for key, value in fields.table.items() if key != "template"}
    merged = {**base, **own}
    if isinstance(base.get("mandate"), dict) and isinstance(own.get("mandate"), dict):
        merged["mandate"] = {**base["mandate"], **own["mandate"]}
    return fields.over(merged)


def _cells(fields: Fields) -> list[Fields]:
    """Return one account per product and strategy of a grid, strategies first."""
    pattern = fields.text("id")
    for part in ("{product}", "{strategy}"):
        if part not in pattern:
            fields.fault("id", f'"{pattern}" must contain {part}, so that accounts differ')
    cells = []
    for strategy in fields.identifiers("strategies"):
        for product in fields.identifiers("products"):
            table = {
                key: value
                for key, value in fields.table.items()
                if key not in {"strategies", "products"}
            }
            mandate = table.get("mandate")
            mandate = dict(mandate) if isinstance(mandate, dict) else {}
            table["id"] = pattern.replace("{product}", product).replace("{strategy}", strategy)
            table["strategy"] = strategy
            table["mandate"] = {**mandate, "products": [product]}
            cells.append(fields.over(table))
    return cells


def _mandate(fields: Fields) -> Mandate:
    mandate = Mandate(
        leverage_max_ppm=fields.multiple("leverage"),
        products=fields.identifiers("products"),
        risk_budget_micros=fields.decimal("risk_budget", 6, 0, low=0, high=MONEY_MICROS_MAX),
        tags=fields.identifiers("tags", ()),
    )
    fields.finish()
    return mandate


def _account(fields: Fields) -> tuple[SubAccount, AccountPlan]:
    identity = fields.identifier("id")
    capital = None
    if fields.has("capital"):
        capital = fields.decimal("capital", 6, None, low=0, high=MONEY_MICROS_MAX)
    account = SubAccount(
        sub_account_id=identity,
        owner_id=fields.identifier("owner"),
        name=fields.text("name", identity),
        mandate=_mandate(fields.inner("mandate")),
        routes=tuple(
            Route(venue_id=venue, carrying_account_id=carrying)
            for venue, carrying in fields.pairs("routes").items()
        ),
        parent_id=fields.identifier("parent") if fields.has("parent") else None,
        capacity=fields.choice("capacity", Capacity, Capacity.OWN_BOOK),
        service_tier=fields.identifier("service_tier", "standard"),
        controller_id=fields.identifier("controller") if fields.has("controller") else None,
    )
    plan = AccountPlan(identity, fields.identifier("strategy", ""), capital, fields.path)
    fields.finish()
    return account, plan
