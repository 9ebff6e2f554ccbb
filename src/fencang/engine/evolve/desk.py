"""Reference data, trading states, rules and gateway cursors."""

from fencang.basics.money import RATE_NANOS
from fencang.engine.accounts import ContractState, SubState
from fencang.engine.evolve.overrides import override_again
from fencang.engine.evolve.risk import define_risk
from fencang.engine.limit_links import moves_limits, relink_limits
from fencang.engine.netting.add_ons import relink_add_ons
from fencang.engine.netting.links import relink
from fencang.engine.netting.rate_links import cover_by_rate, relink_rates
from fencang.engine.phases import refresh_phase_due
from fencang.engine.regimes.links import relink_regimes
from fencang.engine.risk.exposure_links import relink_exposures
from fencang.engine.state import DeskState, RuleState
from fencang.engine.venues import VenueState
from fencang.messages import events as ev
from fencang.messages.message import TradingState
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.authority import AUTHORITY_KINDS, AuthorityItem
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem, DeskSettings
from fencang.refdata.fees import FeeRow
from fencang.refdata.funding import FundingTerms, InterestRate, SweepTarget
from fencang.refdata.item_key import item_key
from fencang.refdata.limit import PositionLimit
from fencang.refdata.margin_rate import MarginRate
from fencang.refdata.person import LegalPerson
from fencang.refdata.risk import RISK_KINDS, RiskItem
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.ties import REGIME_KINDS, RegimeItem
from fencang.refdata.venue import Venue

__all__ = ["define", "refresh_holding"]


_DEFINED_FIRST = (
    DeskSettings,
    LegalPerson,
    Venue,
    Product,
    Contract,
    MasterAccount,
    CarryingAccount,
    SubAccount,
    PositionLimit,
    *RISK_KINDS,
    IndicatorRule,
    MarginRate,
    BrokerAddOn,
    CrossMargin,
    FeeRow,
    FundingTerms,
    InterestRate,
    SweepTarget,
    *REGIME_KINDS,
    *AUTHORITY_KINDS,
)


def on_defined(state: DeskState, event: ev.DeskDefined) -> None:
    """Define or change values, whatever order they came in, referred-to kinds first."""
    known = frozenset(state.contracts)
    state.risk.checks = None
    for item in event.items:
        state.versions[item_key(item)] = state.sequence
    for sub in state.subs.values():
        sub.entry_lines.clear()
    for kind in _DEFINED_FIRST:
        waiting = [item for item in event.items if type(item) is kind]
        while waiting:
            item = next(item for item in waiting if _is_ready(state, item))
            define(state, item)
            waiting.remove(item)
    if state.span_sets and any(_moves_netting_sets(state, item, known) for item in event.items):
        relink(state)
    if state.margin_rates:
        _follow_rates(state, event.items, known)
    if any(isinstance(item, BrokerAddOn) for item in event.items):
        relink_add_ons(state)
    if not state.regimes.is_empty:
        relink_regimes(state)
    if state.risk.self_match.is_stated:
        state.risk.self_match.rebuild(state)
    if any(moves_limits(state, item) for item in event.items):
        relink_limits(state)
    if state.risk.tiers.rows:
        state.risk.tiers.link(state.subs.values(), state.flow)
    _follow_overrides(state, event.items)
    if state.risk.exposures.definitions:
        relink_exposures(state)
    if any(armed.is_holding for armed in state.rules.values()):
        for sub in state.subs.values():
            refresh_holding(state, sub)


def _follow_overrides(state: DeskState, items: tuple[DeskItem, ...]) -> None:
    """Let overrides in force hold over rows that were stated anew."""
    if state.risk.overrides.items:
        for item in items:
            override_again(state, item)
        refresh_phase_due(state)


def _moves_netting_sets(state: DeskState, item: DeskItem, known: frozenset[str]) -> bool:
    """Return whether exposures may belong to other netting sets now, or count on other terms.

    A new contract of a commodity in use joins by itself: nobody is exposed to it yet.
    """
    match item:
        case Contract(contract_id=contract_id) if contract_id not in known:
            house = state.contracts[contract_id].venue.venue.clearing_house_id
            span = state.span_sets.get(house)
            return span is not None and not span.is_ready_for(item.margin_key)
        case DeskSettings() | Venue() | Contract() | CarryingAccount() | CrossMargin():
            return True
        case _:
            return False


def _follow_rates(state: DeskState, items: tuple[DeskItem, ...], known: frozenset[str]) -> None:
    """Let rates count on what was defined: new contracts join by themselves, all else anew."""
    moving = (MarginRate, Product, Venue, Contract, CarryingAccount)
    changed = [item for item in items if isinstance(item, moving)]
    fresh = [item for item in changed if isinstance(item, Contract)]
    if len(fresh) == len(changed) and not any(item.contract_id in known for item in fresh):
        for item in fresh:
            cover_by_rate(state, state.contracts[item.contract_id])
    else:
        relink_rates(state)


def _is_ready(state: DeskState, item: DeskItem) -> bool:
    """Return whether a nested sub-account's parent is there."""
    return (
        not isinstance(item, SubAccount) or item.parent_id is None or item.parent_id in state.subs
    )


def define(state: DeskState, item: DeskItem) -> None:
    """Define or change one value."""
    match item:
        case DeskSettings():
            state.settings = item
            state.rates.haircut_ppm = item.currency_haircut_ppm
        case LegalPerson():
            state.persons[item.person_id] = item
            state.open_pool(item.person_id)
        case Venue():
            _define_venue(state, item)
        case Product():
            _define_product(state, item)
        case Contract():
            _define_contract(state, item)
        case MasterAccount():
            _define_master(state, item)
        case CarryingAccount():
            _define_carrying(state, item)
        case SubAccount():
            _define_sub(state, item)
        case PositionLimit():
            state.limits.set(item)
        case _ if isinstance(item, RiskItem):
            define_risk(state, item)
        case MarginRate():
            state.margin_rates.set(item)
        case BrokerAddOn():
            state.add_ons[item.add_on_id] = item
        case CrossMargin():
            state.agreements[item.agreement_id] = item
        case FeeRow() | FundingTerms() | InterestRate() | SweepTarget():
            _define_money(state, item)
        case _ if isinstance(item, RegimeItem):
            state.regimes.set(item)
        case _ if isinstance(item, AuthorityItem):
            state.authority.set(item)
        case IndicatorRule():
            state.rules.setdefault(item.rule_id, RuleState(item)).rule = item


def _define_money(
    state: DeskState, item: FeeRow | FundingTerms | InterestRate | SweepTarget
) -> None:
    match item:
        case FeeRow():
            state.fee_rows.set(item)
        case FundingTerms():
            state.funds.set_terms(item)
        case InterestRate():
            state.funds.set_rate(item)
        case SweepTarget():
            state.funds.set_target(item)


def _define_master(state: DeskState, item: MasterAccount) -> None:
    if state.master is None:
        state.rates.base_currency = item.base_currency
        state.rates.rate_nanos[item.base_currency] = RATE_NANOS
    state.master = item
    state.risk.warnings.root = item.master_account_id


def _define_venue(state: DeskState, item: Venue) -> None:
    known = state.venues.get(item.venue_id)
    if known is None:
        state.venues[item.venue_id] = VenueState(item)
    else:
        known.venue = item


def _define_product(state: DeskState, item: Product) -> None:
    state.products[item.product_id] = item
    for contract in state.contracts.values():
        if contract.contract.product_id == item.product_id:
            contract.product = item
            contract.mark_again()


def _define_contract(state: DeskState, item: Contract) -> None:
    known = state.contracts.get(item.contract_id)
    if known is None:
        product = state.products[item.product_id]
        venue = state.venues[product.venue_id]
        state.add_contract(ContractState(item, product, venue))
    else:
        known.contract = item


def _define_carrying(state: DeskState, item: CarryingAccount) -> None:
    known = state.carrying.get(item.carrying_account_id)
    if known is None:
        state.add_carrying(item)
    else:
        known.account = item


def _define_sub(state: DeskState, item: SubAccount) -> None:
    known = state.subs.get(item.sub_account_id)
    if known is None:
        state.add_sub(item)
        return
    known.definition = item
    known.permitted = frozenset(item.mandate.products)


def on_trading_state(state: DeskState, event: ev.TradingStateSet) -> None:
    """Stop or resume a node."""
    if event.trading_state is TradingState.ACTIVE:
        state.trading_states.pop(event.node_id, None)
    else:
        state.trading_states[event.node_id] = event.trading_state


def _tagged(state: DeskState, armed: RuleState) -> list[SubState]:
    tag = armed.rule.tag
    subs = state.subs
    return [subs[key] for key in sorted(subs) if tag in subs[key].definition.mandate.tags]


def on_rule_armed(state: DeskState, event: ev.RuleArmed) -> None:
    """Hold a new reference level with the tagged positions of this moment; end a hold."""
    armed = state.rules[event.rule_id]
    armed.reference_nanos = event.reference_nanos
    was_holding = armed.is_holding
    armed.is_holding = False
    armed.positions = {
        sub.sub_account_id: {
            key: (line.position.long.quantity_lots, line.position.short.quantity_lots)
            for key, line in sub.lines.items()
            if not line.position.is_flat
        }
        for sub in _tagged(state, armed)
    }
    if was_holding:
        for sub in _tagged(state, armed):
            refresh_holding(state, sub)


def on_rule_fired(state: DeskState, event: ev.RuleFired) -> None:
    """Block opening; what each tagged line may keep follows from the rule's reference."""
    armed = state.rules[event.rule_id]
    armed.is_holding = True
    armed.hold_until_ns = event.hold_until_ns
    armed.firings += 1
    for sub in _tagged(state, armed):
        refresh_holding(state, sub)


def refresh_holding(state: DeskState, sub: SubState) -> None:
    """Set the rules in force over a sub-account.

    A tag given while a rule holds puts nobody under that firing: it was not tagged when it armed.
    """
    tags = sub.definition.mandate.tags
    holding = [
        state.rules[rule_id]
        for rule_id in sorted(state.rules)
        if state.rules[rule_id].holds(sub.sub_account_id, tags)
    ]
    sub.set_holding(holding)


def on_cursor(state: DeskState, event: ev.GatewayCursorAdvanced) -> None:
    """Move a gateway's cursor."""
    state.cursors[event.gateway_id] = event.handled_sequence
