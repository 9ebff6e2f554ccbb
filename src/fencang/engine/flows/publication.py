"""The daily publication of margin: every book, every pool, every account at a broker.

For projections and people only: what binds an order is computed anew from the same caches.
"""

from collections import Counter

from fencang.basics.money import saturated
from fencang.basics.price import format_price
from fencang.engine.accounts import ContractState, PoolState
from fencang.engine.attribution import attributed_micros
from fencang.engine.delivery import is_guarded
from fencang.engine.netting.links import is_stale
from fencang.engine.state import DeskState
from fencang.messages.events import (
    AccountMargin,
    AnyEvent,
    MarginLine,
    MarginPublished,
    TradingDaySettled,
)
from fencang.refdata.broker_terms import CrossMarginLeg
from fencang.refdata.contract import DeliveryPolicy

__all__ = ["account_lines", "follow_day_settled", "pool_id"]

FLAGS_MAX = 100


def pool_id(owner_id: str) -> str:
    """Return the identifier under which an owner's whole pool is published."""
    return f"@pool:{owner_id}"


def follow_day_settled(state: DeskState, event: TradingDaySettled) -> list[AnyEvent]:
    """Publish where every book, every pool and every account at a broker stands."""
    lines: list[MarginLine] = []
    accounts: list[AccountMargin] = []
    shares: dict[str, int] = {}
    for owner_id in sorted(state.pools):
        shares.update(attributed_micros(state, state.pools[owner_id]))
    for sub_id in sorted(state.subs):
        standing = state.subs[sub_id].standing
        lines.append(
            MarginLine(
                book_id=sub_id,
                equity_micros=saturated(standing.equity_micros(state.rates)),
                requirement_micros=saturated(state.rates.total(standing.requirement)),
                attributed_micros=saturated(shares.get(sub_id, 0)),
                granted_micros=standing.granted_micros,
            )
        )
    for owner_id in sorted(state.pools):
        pool = state.pools[owner_id]
        lines += _pool_lines(state, pool, shares)
        accounts += account_lines(state, pool)
    return [
        MarginPublished(
            trading_day=event.trading_day,
            lines=tuple(lines),
            accounts=tuple(accounts),
            flags=tuple(_flags(state)[:FLAGS_MAX]),
        )
    ]


def _pool_lines(state: DeskState, pool: PoolState, shares: dict[str, int]) -> list[MarginLine]:
    """Return the reserve, the pool, and suspense accounts that margin is asked for."""
    rates = state.rates
    requirement = saturated(rates.total(pool.standing.requirement))
    lines = [
        MarginLine(
            book_id=pool.reserve.book_id,
            equity_micros=saturated(rates.total(pool.reserve.cash)),
            requirement_micros=0,
        ),
        MarginLine(
            book_id=pool_id(pool.owner_id),
            equity_micros=saturated(pool.standing.equity_micros(rates)),
            requirement_micros=requirement,
            attributed_micros=requirement,
            granted_micros=sum(state.subs[key].standing.granted_micros for key in pool.sub_ids),
        ),
    ]
    for carrying_id in sorted(state.carrying):
        suspense = state.carrying[carrying_id].suspense
        share = shares.get(suspense.book.book_id, 0)
        if share and suspense.book.owner_id == pool.owner_id:
            equity = saturated(rates.total(_suspense_balance(state, carrying_id)))
            lines.append(
                MarginLine(
                    book_id=suspense.book.book_id,
                    equity_micros=equity,
                    requirement_micros=0,
                    attributed_micros=share,
                )
            )
    return lines


def _suspense_balance(state: DeskState, carrying_id: str) -> Counter[str]:
    suspense = state.carrying[carrying_id].suspense
    balance = Counter(suspense.book.cash)
    for contract_id, position in suspense.positions.items():
        contract = state.contracts[contract_id]
        unpaid = position.net_lots * contract.unit_value_micros - position.carried_micros
        balance[contract.currency] += unpaid
    return balance


def account_lines(state: DeskState, pool: PoolState) -> list[AccountMargin]:
    """Return what is held and asked for per carrying account and currency."""
    lines = []
    for carrying_id in sorted(state.carrying):
        cash = _cash(state, pool, carrying_id)
        unpaid, required = _exposed(state, pool, carrying_id)
        add_ons = _add_ons(state, pool, carrying_id)
        required.update(add_ons)
        credits_ = _credits(pool, carrying_id)
        backed: Counter[str] = Counter()
        for (account_id, _), item in sorted(pool.collateral.items()):
            if account_id == carrying_id:
                backed[item.currency] += item.counted_micros
        for currency in sorted({*cash, *unpaid, *required, *backed}):
            held = cash[currency] + unpaid[currency] + backed[currency]
            if not (held or required[currency] or cash[currency]):
                continue
            lines.append(
                AccountMargin(
                    carrying_account_id=carrying_id,
                    owner_id=pool.owner_id,
                    currency=currency,
                    cash_micros=saturated(cash[currency]),
                    unpaid_micros=saturated(unpaid[currency]),
                    collateral_micros=saturated(backed[currency]),
                    requirement_micros=saturated(required[currency]),
                    add_ons_micros=saturated(add_ons[currency]),
                    credits_micros=saturated(credits_[currency]),
                    excess_micros=saturated(held - required[currency]),
                )
            )
    return lines


def _add_ons(state: DeskState, pool: PoolState, carrying_id: str) -> Counter[str]:
    """Return what the broker of a carrying account asks on top, per currency."""
    found: Counter[str] = Counter()
    is_holder = state.carrying[carrying_id].account.holder_id == pool.owner_id
    for add_on_id, term in sorted(state.add_ons.items()):
        if term.carrying_account_id != carrying_id:
            continue
        charge = pool.add_ons.get(add_on_id)
        found[term.currency] += charge.charged_micros if charge is not None else 0
        found[term.currency] += term.amount_micros if is_holder else 0
    return found


def _credits(pool: PoolState, carrying_id: str) -> Counter[str]:
    """Return what agreements of clearing houses take off at a carrying account, per currency."""
    found: Counter[str] = Counter()
    for (account_id, _), node in sorted(pool.span_nodes.items(), key=lambda item: item[0]):
        if account_id == carrying_id:
            found.update(node.credits())
    return found


def _cash(state: DeskState, pool: PoolState, carrying_id: str) -> Counter[str]:
    cash: Counter[str] = Counter()
    for (owner_id, currency), amount in sorted(state.carrying[carrying_id].book.cash.items()):
        if owner_id == pool.owner_id:
            cash[currency] += amount
    return cash


def _exposed(
    state: DeskState, pool: PoolState, carrying_id: str
) -> tuple[Counter[str], Counter[str]]:
    """Return variation not yet paid and the requirement, per currency, of one carrying account."""
    unpaid: Counter[str] = Counter()
    required: Counter[str] = Counter()
    for (account_id, contract_id), entry in sorted(pool.entries.items(), key=lambda item: item[0]):
        if account_id != carrying_id:
            continue
        contract = state.contracts[contract_id]
        currency = contract.currency
        required[currency] += entry.premium_micros
        if entry.netted is None:
            required[currency] += entry.exposure.margined_lots() * contract.requirement_per_lot
        unpaid[currency] += entry.exposure.net_lots * contract.unit_value_micros
        unpaid[currency] -= _carried(state, pool, carrying_id, contract)
    for (account_id, _), node in sorted(pool.span_nodes.items(), key=lambda item: item[0]):
        if account_id == carrying_id:
            required.update(node.contributed())
    for (account_id, _), by_rate in sorted(pool.rate_nodes.items(), key=lambda item: item[0]):
        if account_id == carrying_id:
            required.update(by_rate.contributed())
    return unpaid, required


def _carried(state: DeskState, pool: PoolState, carrying_id: str, contract: ContractState) -> int:
    """Return what an owner's books carry in a contract at one carrying account."""
    contract_id = contract.contract.contract_id
    key = (carrying_id, contract_id)
    carrying = state.carrying[carrying_id]
    if not any(key in other.entries for other in state.pools.values() if other is not pool):
        # Nobody else's: by the law of the two books it is what the account carries.
        position = carrying.book.positions.get(contract_id)
        return position.carried_micros if position is not None else 0
    lines = contract.lines.get(carrying_id, {}).values()
    carried = sum(line.position.carried_micros for line in lines if line.sub.pool is pool)
    suspended = carrying.suspense.positions.get(contract_id)
    if suspended is not None and carrying.suspense.book.owner_id == pool.owner_id:
        carried += suspended.carried_micros
    return carried


def _flags(state: DeskState) -> list[str]:
    """Return what people should know: stale files, contracts that a file lacks, no margin."""
    flags = [
        f"{house}: the SPAN file in force is of {span.active.business_date} and stale"
        for house, span in sorted(state.span_sets.items())
        if span.active is not None and is_stale(state, house)
    ]
    flags += [
        f"{contract_id}: not in the SPAN file in force, margined by rate"
        for contract_id, contract in sorted(state.contracts.items())
        if contract.lacks_parameters and not contract.is_expired and contract.entries
    ]
    flags += [
        f"{contract_id}: marked at {format_price(contract.mark_nanos)}, its rate asks for nothing"
        for contract_id, contract in sorted(state.contracts.items())
        if contract.asks_for_nothing and contract.entries and contract.mark_nanos is not None
    ]
    flags += [
        f"{contract_id}: {_delivery_words(contract)}, {held} lots are open"
        for contract_id, contract in sorted(state.contracts.items())
        if is_guarded(contract, DeliveryPolicy.WARN)
        and (held := sum(abs(line.position.net_lots) for line in contract.sorted_lines()))
    ]
    flags += [
        f"{agreement_id}: the SPAN file in force of {leg.clearing_house} has no {leg.commodity}, "
        "nothing is credited"
        for agreement_id, agreement in sorted(state.agreements.items())
        for leg in agreement.legs
        if not _has_commodity(state, leg)
    ]
    return flags


def _delivery_words(contract: ContractState) -> str:
    definition = contract.contract
    if definition.first_notice_day is not None:
        return f"first notice day is {definition.first_notice_day}"
    return f"last trading day is {definition.last_trading_day}"


def _has_commodity(state: DeskState, leg: CrossMarginLeg) -> bool:
    """Return whether a leg's clearing house has its commodity, or no file at all yet."""
    span = state.span_sets.get(leg.clearing_house)
    if span is None or span.parameters is None:
        return True
    return any(commodity.code == leg.commodity for commodity in span.parameters.commodities)
