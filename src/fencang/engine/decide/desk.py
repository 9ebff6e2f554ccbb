"""Reference data and trading states: every fault is listed at once, nothing is half-applied."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from fencang.basics.hashing import sha256_canonical
from fencang.basics.price import format_price
from fencang.engine.decide.authority_references import (
    authority_change_faults,
    authority_tightens,
)
from fencang.engine.decide.node_orders import has_node
from fencang.engine.decide.overrides import ends_earlier, override_change_faults
from fencang.engine.decide.references import References
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.decide.regime_references import only_revokes
from fencang.engine.decide.risk_references import risk_tightens
from fencang.engine.state import DeskState
from fencang.messages.commands import DefineDesk, SetTradingState
from fencang.messages.draft_events import AuthorityFounded
from fencang.messages.events import AnyEvent, CommandRejected, DeskDefined, TradingStateSet
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.authority import Authority, AuthorityItem
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.faults import faults_of
from fencang.refdata.fees import FeeRow
from fencang.refdata.funding import FundingTerms, InterestRate, SweepTarget
from fencang.refdata.item_key import item_key
from fencang.refdata.limit import PositionLimit
from fencang.refdata.margin_rate import MarginRate
from fencang.refdata.override import ControlOverride
from fencang.refdata.risk import RiskItem
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.ties import RegimeItem
from fencang.refdata.venue import Venue

__all__ = ["decide_define", "decide_trading_state"]

_FIXED_OF_PRODUCT = (
    "venue_id",
    "currency",
    "point_value_micros",
    "cost_method",
    "kind",
    "cash_style",
    "option",
)
_FIXED_OF_CONTRACT = ("right", "strike_nanos", "underlying_id")


def decide_define(state: DeskState, command: DefineDesk) -> list[AnyEvent]:
    """Define or change reference values, all or none."""
    if command.expected_versions:
        refusal = _version_refusal(state, command)
        if refusal is not None:
            return [refusal]
    references = References(state, command.items)
    faults = [
        f"items[{index}] {type(item).__name__}: {fault}"
        for index, item in enumerate(command.items)
        for fault in _item_faults(references, item)
    ]
    if references.master is None:
        faults.append("a desk needs a MasterAccount")
    faults += references.authority.desk_faults()
    if faults:
        return [rejected(Reason.FAULTY_DEFINITION, "; ".join(faults))]
    in_use = [
        f"items[{index}] {type(item).__name__}: {fault}"
        for index, item in enumerate(command.items)
        for fault in _change_faults(state, item)
    ]
    if in_use:
        return [rejected(Reason.DEFINITION_IN_USE, "; ".join(in_use))]
    tightens = all(_tightens(state, item) for item in command.items)
    if not tightens or references.authority.takes_the_last_checker():
        refusal = second_person_refusal(command.entered_by, command.approved_by)
        if refusal is not None:
            return [refusal]
    return [DeskDefined(items=command.items), *_founded(state, command)]


def _version_refusal(state: DeskState, command: DefineDesk) -> CommandRejected | None:
    """Refuse what was made for other versions than the present ones.

    It is looked at where the change takes effect, in the order of the journal: of two changes of
    one version, whoever they come from, the second finds another one.
    """
    expected, items = command.expected_versions, command.items
    if len(expected) != len(items):
        detail = f"{len(expected)} expected versions for {len(items)} items: one for each, or none"
        return rejected(Reason.FAULTY_DEFINITION, detail)
    other = []
    for item, version in zip(items, expected, strict=True):
        key = item_key(item)
        present = state.versions.get(key, 0)
        if present != version:
            name = " ".join(key)
            was = f"version {version} was expected" if version else "it was to be new"
            other.append(f"{name}: {was}, " + (f"it is {present}" if present else "there is none"))
    return rejected(Reason.DEFINITION_CHANGED, "; ".join(other)) if other else None


def _founded(state: DeskState, command: DefineDesk) -> list[AnyEvent]:
    """Return that an authority is founded: its desk gets the name that signatures bear."""
    is_new = state.authority.stated is None
    if not is_new or not any(isinstance(item, Authority) for item in command.items):
        return []
    first = [state.sequence, state.time_ns, msgspec.msgpack.encode(command)]
    return [AuthorityFounded(desk_id=sha256_canonical(first))]


def _item_faults(references: References, item: DeskItem) -> Iterator[str]:
    yield from faults_of(item)
    yield from references.twice(item)
    match item:
        case MasterAccount(person_id=person):
            yield from references.missing("person", person)
        case Product(product_id=product, venue_id=venue):
            yield from references.missing("venue", venue)
            yield from references.faults_of_rates(product)
            yield from references.risk.name_faults(product)
        case Contract():
            yield from references.contract_faults(item)
        case CarryingAccount(holder_id=holder, venues=venues):
            yield from references.missing("person", holder)
            for venue in venues:
                yield from references.missing("venue", venue)
            yield from references.faults_of_routes(carrying_id=item.carrying_account_id)
        case Venue(venue_id=venue):
            yield from references.faults_of_routes(venue_id=venue)
        case SubAccount():
            yield from references.sub_account_faults(item)
        case PositionLimit():
            yield from references.position_limit_faults(item)
        case MarginRate():
            yield from references.margin_rate_faults(item)
        case BrokerAddOn():
            yield from references.add_on_faults(item)
        case CrossMargin():
            yield from references.agreement_faults(item)
        case FeeRow() | FundingTerms() | InterestRate() | SweepTarget():
            yield from references.money_faults(item)
        case _ if isinstance(item, RiskItem | RegimeItem | AuthorityItem):
            yield from references.family_faults(item)
        case IndicatorRule(tag=tag):
            if not references.has_tag(tag):
                yield f"no sub-account carries the tag {tag}"
        case _:
            pass


def _change_faults(state: DeskState, item: DeskItem) -> Iterator[str]:
    """Yield why an existing value cannot change the way it is asked to."""
    match item:
        case MasterAccount() if state.master is not None:
            fixed = (item.master_account_id, item.base_currency, item.person_id)
            master = state.master
            if fixed != (master.master_account_id, master.base_currency, master.person_id):
                yield "the master account's identity and base currency are fixed"
        case Product(product_id=product_id) if product_id in state.products:
            old = state.products[product_id]
            changed = [
                name for name in _FIXED_OF_PRODUCT if getattr(old, name) != getattr(item, name)
            ]
            if changed:
                yield f"{product_id}: {', '.join(changed)} cannot change once defined"
            if old.tick_nanos != item.tick_nanos:
                yield from _orders_off_tick(state, item)
        case Contract(contract_id=contract_id) if contract_id in state.contracts:
            known = state.contracts[contract_id].contract
            if known.product_id != item.product_id:
                yield f"{contract_id} cannot change its product"
            if any(getattr(known, name) != getattr(item, name) for name in _FIXED_OF_CONTRACT):
                yield f"{contract_id} cannot change right, strike or underlying"
        case CarryingAccount(carrying_account_id=carrying_id) if carrying_id in state.carrying:
            account = state.carrying[carrying_id].account
            held = (account.holder_id, account.position_mode)
            if held != (item.holder_id, item.position_mode):
                yield f"{carrying_id} cannot change holder or position mode"
            if account.omnibus and not item.omnibus:
                yield f"{carrying_id} cannot stop being omnibus while it may carry other owners"
        case SubAccount(sub_account_id=sub_id) if sub_id in state.subs:
            sub = state.subs[sub_id].definition
            if (sub.owner_id, sub.parent_id) != (item.owner_id, item.parent_id):
                yield f"{sub_id} cannot change owner or parent"
            if sub.routes != item.routes and _is_active(state, sub_id):
                yield f"{sub_id} holds positions or working orders; routes are fixed meanwhile"
        case _ if isinstance(item, ControlOverride | AuthorityItem):
            yield from _family_change_faults(state, item)
        case _:
            pass


def _family_change_faults(state: DeskState, item: ControlOverride | AuthorityItem) -> Iterator[str]:
    if isinstance(item, ControlOverride):
        yield from override_change_faults(state, item)
    else:
        yield from authority_change_faults(state, item)


def _orders_off_tick(state: DeskState, product: Product) -> Iterator[str]:
    """Yield working orders whose prices are off a product's new tick.

    What was traded and settled before stays as it was: its value is exact at the old tick.
    """
    for contract_id, contract in sorted(state.contracts.items()):
        if contract.contract.product_id != product.product_id:
            continue
        for order_id, order in sorted(contract.live_orders.items()):
            asked = (order.limit_price_nanos, order.pending_price_nanos)
            for price in (*asked, order.terms.stop_price_nanos):
                if price is not None and price % product.tick_nanos:
                    yield (
                        f"order {order_id} works in {contract_id} at {format_price(price)}, off "
                        f"the new tick {format_price(product.tick_nanos)}: cancel or replace it"
                    )
                    break


def _is_active(state: DeskState, sub_id: str) -> bool:
    sub = state.subs[sub_id]
    return bool(sub.working) or any(not line.position.is_flat for line in sub.sorted_lines())


def _tightens(state: DeskState, item: DeskItem) -> bool:
    """Return whether the change only takes away: one person is enough.

    An override stands over the row as it is stated: then two persons say what shall be stated.  One
    ends it earlier where the row that is back takes away.
    """
    if isinstance(item, ControlOverride):
        row = ends_earlier(state, item)
        return row is not None and _takes_away(state, row)
    return not state.risk.overrides.covers(item) and _takes_away(state, item)


def _takes_away(state: DeskState, item: DeskItem) -> bool:
    match item:
        case PositionLimit():
            old = state.limits.get(item.node_id, item.scope_id)
            return (
                old is not None
                and item.long_lots_max <= old.long_lots_max
                and item.short_lots_max <= old.short_lots_max
            )
        case _ if isinstance(item, RiskItem):
            return risk_tightens(state, item)
        case SubAccount(sub_account_id=sub_id) if sub_id in state.subs:
            old_sub = state.subs[sub_id].definition
            mandate, old_mandate = item.mandate, old_sub.mandate
            same = (item.routes, item.service_tier, item.capacity, mandate.tags)
            return (
                same == (old_sub.routes, old_sub.service_tier, old_sub.capacity, old_mandate.tags)
                and mandate.leverage_max_ppm <= old_mandate.leverage_max_ppm
                and set(mandate.products) <= set(old_mandate.products)
                and mandate.risk_budget_micros <= old_mandate.risk_budget_micros
            )
        case BrokerAddOn():
            return _asks_more(item, state.add_ons.get(item.add_on_id))
        case CrossMargin(agreement_id=agreement_id) if agreement_id in state.agreements:
            agreed = state.agreements[agreement_id]
            offset_ppm = min(item.offset_ppm, agreed.offset_ppm)
            cap_micros = min(item.cap_micros, agreed.cap_micros)
            return item == replace(agreed, offset_ppm=offset_ppm, cap_micros=cap_micros)
        case _ if isinstance(item, RegimeItem):
            return only_revokes(item, state.regimes.get(type(item), *item.key))
        case _ if isinstance(item, AuthorityItem):
            return authority_tightens(state, item)
        case _:
            return False


def _asks_more(item: BrokerAddOn, old: BrokerAddOn | None) -> bool:
    """Return whether an add-on is new or asks of the same lots at least what it did."""
    if old is None:
        return True
    amount_micros = max(item.amount_micros, old.amount_micros)
    per_lot_micros = max(item.per_lot_micros, old.per_lot_micros)
    free_lots = min(item.free_lots, old.free_lots)
    return item == replace(
        old, amount_micros=amount_micros, per_lot_micros=per_lot_micros, free_lots=free_lots
    )


def decide_trading_state(state: DeskState, command: SetTradingState) -> list[AnyEvent]:
    """Stop with one person, resume with two."""
    node = command.node_id
    if not has_node(state, node):
        return [rejected(Reason.UNKNOWN_REFERENCE, f"nothing on this desk is called {node}")]
    old = state.trading_states.get(node, TradingState.ACTIVE)
    if command.trading_state < old:
        refusal = second_person_refusal(command.entered_by, command.approved_by)
        if refusal is not None:
            return [refusal]
    return [
        TradingStateSet(node_id=node, trading_state=command.trading_state, reason=command.reason)
    ]
