"""Every book's share of its owner's pool requirement, as it stands, in base currency.

Euler's rule where it has a closed form: a book pays its own loss in the scenario that hurts the
pool (SPAN, orders included), or its own lots on the pool's larger side (rate-based).  What SPAN
adds to and takes from scan risk (charges, credits, minimums, roundings) is spread by the size of
these shares, and so are credits of other clearing houses.  The broker's charges for concentration
go by lots; its fixed amounts by the size of the shares of the whole.

Law: shares of books and suspense accounts sum to the pool's requirement exactly.

The desk may have sub-accounts' shares capped at stand-alone, or divided by stand-alone instead.
The derivatives of the whole of SPAN, and Shapley, are in ``margin/attribution``: they cost many
requirements and are computed outside the engine.
"""

from collections import Counter
from fractions import Fraction

from fencang.engine.accounts import ContractState, MarginEntry, PoolState
from fencang.engine.netting.add_ons import ConcentrationCharge
from fencang.engine.netting.node import SpanNode
from fencang.engine.state import DeskState
from fencang.ledger.book import suspense_id
from fencang.margin.attribution.shares import (
    capped,
    largest_remainder,
    proportional,
    settled,
)
from fencang.refdata.desk import DeskAttribution

__all__ = ["attributed_micros"]

Shares = dict[str, Counter[str]]
"""Currency → book → micros."""


def attributed_micros(state: DeskState, pool: PoolState) -> dict[str, int]:
    """Return book → share of the pool's requirement in base micros.

    Books are the owner's sub-accounts and the suspense accounts of what it holds.
    """
    books = [*pool.sub_ids, *(suspense_id(key) for key in _held_accounts(state, pool))]
    if not books:
        return {}
    shares: Shares = {}
    _add_contract_shares(shares, state, pool)
    _add_cover_shares(shares, state, pool)
    for key in sorted(pool.span_nodes):
        _add_span_shares(shares, state, pool, key)
    for key in sorted(pool.rate_nodes):
        _add_netted_rate_shares(shares, state, pool, key)
    rates = state.rates
    total = rates.total(pool.standing.requirement)
    needs = [_stand_alone(state, book) for book in books]
    values = [
        Fraction(sum(rates.value(currency, found[book]) for currency, found in shares.items()))
        for book in books
    ]
    found, _ = settled(values, total, needs)
    count = len(pool.sub_ids)
    if count:
        found[:count] = _by_rule(state.settings.attribution, found[:count], needs[:count])
    return dict(zip(books, found, strict=True))


def _add_contract_shares(shares: Shares, state: DeskState, pool: PoolState) -> None:
    """Divide what is asked for contract by contract: premiums, percentages, concentration."""
    concentrated: dict[str, Counter[str]] = {}
    for (carrying_id, contract_id), entry in sorted(pool.entries.items(), key=_by_key):
        contract = state.contracts[contract_id]
        if entry.premium_micros:
            _add_premium_shares(shares, pool, (carrying_id, contract))
        if entry.netted is not None and not entry.add_ons:
            continue
        lots = _lots_shares(state, pool, (carrying_id, contract), entry)
        if entry.netted is None:
            counter = shares.setdefault(contract.currency, Counter())
            per_lot, known = contract.requirement_per_lot, counter.get
            for book, margined in lots.items():
                counter[book] = known(book, 0) + margined * per_lot
        for add_on in entry.add_ons:
            concentrated.setdefault(add_on.term.add_on_id, Counter()).update(lots)
    for add_on_id, lots in sorted(concentrated.items()):
        _add_concentration_shares(shares, pool.add_ons[add_on_id], lots)


def _by_rule(rule: DeskAttribution, shares: list[int], needs: list[int]) -> list[int]:
    """Divide the sub-accounts' Euler shares anew; suspense accounts always keep theirs."""
    if rule is DeskAttribution.CAPPED:
        return capped(shares, needs)
    if rule is DeskAttribution.PROPORTIONAL:
        rest = sum(shares)
        return settled(proportional(rest, needs), rest, needs)[0]
    return shares


def _by_key(item: tuple[tuple[str, str], MarginEntry]) -> tuple[str, str]:
    return item[0]


def _held_accounts(state: DeskState, pool: PoolState) -> list[str]:
    return [
        key
        for key in sorted(state.carrying)
        if state.carrying[key].account.holder_id == pool.owner_id
    ]


def _stand_alone(state: DeskState, book: str) -> int:
    sub = state.subs.get(book)
    return 0 if sub is None else max(0, state.rates.total(sub.standing.requirement))


def _lots_shares(
    state: DeskState, pool: PoolState, place: tuple[str, ContractState], entry: MarginEntry
) -> dict[str, int]:
    """Divide a contract's margined lots: a net account's larger side, both of a gross one."""
    carrying_id, contract = place
    exposure = entry.exposure
    rest = exposure.margined_lots()
    if not rest:
        return {}
    # These loops visit every position of the desk while orders wait: nothing is asked twice.
    lines = contract.lines.get(carrying_id, {})
    key = (carrying_id, contract.contract.contract_id)
    if any(key in other.entries for other in state.pools.values() if other is not pool):
        lines = {sub_id: line for sub_id, line in lines.items() if line.sub.pool is pool}
    if exposure.is_gross:
        found = {sub_id: line.exposure.margined_lots() for sub_id, line in lines.items()}
    elif exposure.net_lots + exposure.buy_lots >= exposure.sell_lots - exposure.net_lots:
        found = {
            sub_id: (own := line.exposure).long_lots - own.short_lots + own.buy_lots
            for sub_id, line in lines.items()
        }
    else:
        found = {
            sub_id: (own := line.exposure).sell_lots - own.long_lots + own.short_lots
            for sub_id, line in lines.items()
        }
    rest -= sum(found.values())
    if rest:
        found[suspense_id(carrying_id)] = rest
    return found


def _add_premium_shares(shares: Shares, pool: PoolState, place: tuple[str, ContractState]) -> None:
    """Whoever orders an option holds its premium ready."""
    carrying_id, contract = place
    found = shares.setdefault(contract.currency, Counter())
    for sub_id, line in contract.lines.get(carrying_id, {}).items():
        if line.sub.pool is pool:
            found[sub_id] += line.entry.premium_micros


def _add_cover_shares(shares: Shares, state: DeskState, pool: PoolState) -> None:
    """Whoever reserved lots over several contracts holds what they ask for."""
    for _, envelope in sorted(state.risk.envelopes.open.items()):
        sub = envelope.lines[0].sub
        if envelope.cover is not None and sub.pool is pool:
            for currency, micros in envelope.cover.pool:
                found = shares.setdefault(currency, Counter())
                found[sub.sub_account_id] += micros * envelope.reserved_lots


def _add_concentration_shares(
    shares: Shares, charge: ConcentrationCharge, lots: Counter[str]
) -> None:
    """Divide a charge for concentration by lots: free ones are free to everybody alike."""
    books, whole = sorted(lots), lots.total()
    charged = charge.charged_micros
    if not charged:
        return
    found = shares.setdefault(charge.term.currency, Counter())
    values = [Fraction(charged * lots[book], whole) for book in books]
    for book, micros in zip(books, largest_remainder(values), strict=True):
        found[book] += micros


def _add_netted_rate_shares(
    shares: Shares, state: DeskState, pool: PoolState, key: tuple[str, str]
) -> None:
    """Divide one netting set margined by rate: a book pays its lots on the sides that pay."""
    node = pool.rate_nodes[key]
    nodes = {sub_id: state.subs[sub_id].rate_nodes.get(key) for sub_id in pool.sub_ids}
    # A set that nothing stands in is a cache that may or may not be there: it shares in nothing.
    owned = {sub_id: own for sub_id, own in nodes.items() if own is not None and own.has_lots}
    parts = [node.shares_of(own) for own in owned.values()]
    books = [*owned, suspense_id(key[0])]
    for currency, total in sorted(node.contributed().items()):
        values = [part.get(currency, Fraction()) for part in parts]
        # What no book brings is the suspense account's; with nothing in it, it is roundings.
        is_suspended = bool(state.carrying[key[0]].suspense.positions)
        values.append(total - sum(values, start=Fraction()) if is_suspended else Fraction())
        needs = [own.contributed().get(currency, 0) for own in owned.values()]
        whole, _ = settled(values, total, [*needs, 0])
        counter = shares.setdefault(currency, Counter())
        for book, micros in zip(books, whole, strict=True):
            counter[book] += micros


def _add_span_shares(
    shares: Shares, state: DeskState, pool: PoolState, key: tuple[str, str]
) -> None:
    """Divide one netting set: scan shares first, then the rest by their size, per currency."""
    node = pool.span_nodes[key]
    nodes = {sub_id: state.subs[sub_id].span_nodes.get(key) for sub_id in pool.sub_ids}
    # A set that nothing stands in is a cache that may or may not be there: it shares in nothing.
    owned = {sub_id: own for sub_id, own in nodes.items() if own is not None and own.has_lots}
    books = [*owned, suspense_id(key[0])]
    scans: dict[str, list[Fraction]] = {}
    for place in sorted(node.commodities):
        currency = node.commodities[place].terms.currency
        row = scans.setdefault(currency, [Fraction()] * len(books))
        commodity = node.commodities[place]
        factor = node.factor(commodity)
        rest = commodity.scan_micros() * factor
        for index, own in enumerate(owned.values()):
            share = _scan_share(node, own, place) * factor
            row[index] += share
            rest -= share
        row[-1] += rest
    for currency, total in sorted(node.contributed().items()):
        values = scans.get(currency, [Fraction()] * len(books))
        needs = [own.contributed().get(currency, 0) for own in owned.values()]
        whole, _ = settled(values, total, [*needs, 0])
        counter = shares.setdefault(currency, Counter())
        for book, micros in zip(books, whole, strict=True):
            counter[book] += micros


def _scan_share(pool: SpanNode, own: SpanNode, place: int) -> int:
    """Return a book's loss in the scenario that is worst for the pool, tier by tier."""
    part = own.commodities.get(place)
    if part is None:
        return 0
    whole = pool.commodities[place]
    loss = 0
    for tier, scenario in enumerate(whole.worst_scenarios()):
        if scenario is not None:
            loss += part.total[tier][scenario]
    return loss * whole.terms.unit_micros
