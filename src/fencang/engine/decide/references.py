"""What reference values may refer to: the desk as it is together with what a command brings.

Order inside a command matters only for sub-accounts, whose parent must come before them.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from fencang.engine.decide.authority_references import AuthorityReferences
from fencang.engine.decide.regime_references import RegimeReferences
from fencang.engine.decide.risk_references import RiskReferences
from fencang.engine.decide.tier_references import named_tier_faults, tier_faults
from fencang.engine.state import DeskState
from fencang.limits.row_scopes import ANY_SCOPE
from fencang.refdata.account import (
    CarryingAccount,
    MasterAccount,
    PositionMode,
    SubAccount,
    side_node_of,
)
from fencang.refdata.authority import AuthorityItem
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Contract, ContractKind, OptionSettlement, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.fees import FeeRow
from fencang.refdata.funding import FundingTerms, InterestRate, InterestScope, SweepTarget
from fencang.refdata.item_key import item_key
from fencang.refdata.limit import PositionLimit
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.margin_rate import LargerSide, MarginRate, account_type_faults
from fencang.refdata.override import ControlOverride
from fencang.refdata.person import LegalPerson
from fencang.refdata.risk import RiskItem
from fencang.refdata.service_tier import ServiceTier
from fencang.refdata.substitute import Substitute
from fencang.refdata.ties import RegimeItem
from fencang.refdata.venue import Venue

__all__ = ["References"]


class References:
    """Known identifiers per kind, existing and newly brought."""

    def __init__(self, state: DeskState, items: tuple[DeskItem, ...]) -> None:
        self.master = state.master
        self.persons: dict[str, LegalPerson] = dict(state.persons)
        self.venues = {key: found.venue for key, found in state.venues.items()}
        self.products = dict(state.products)
        self.contracts = {key: found.contract for key, found in state.contracts.items()}
        self.carrying = {key: found.account for key, found in state.carrying.items()}
        self.subs = {key: found.definition for key, found in state.subs.items()}
        self.agreements = dict(state.agreements)
        self.risk = RiskReferences(state)
        self.authority = AuthorityReferences(state)
        self.margin_rates = {item_key(rate): rate for rate in state.margin_rates.all()}
        today = max((found.today for found in state.venues.values()), default=0)
        self.regimes = RegimeReferences(self.persons, date.fromordinal(max(1, today)))
        for known in state.regimes.all():
            self.regimes.add(known)
        self._seen: dict[tuple[str, ...], int] = {}
        for item in items:
            self._add(item)
            key = item_key(item)
            self._seen[key] = self._seen.get(key, 0) + 1

    def twice(self, item: DeskItem) -> Iterator[str]:
        """Yield a fault when the command brings the same value more than once."""
        key = item_key(item)
        if self._seen[key] > 1:
            yield f"{' '.join(key[1:]) or key[0]} is defined more than once in this command"

    def _add(self, item: DeskItem) -> None:
        match item:
            case MasterAccount():
                self.master = item
            case LegalPerson():
                self.persons[item.person_id] = item
            case Venue():
                self.venues[item.venue_id] = item
            case Product():
                self.products[item.product_id] = item
            case Contract():
                self.contracts[item.contract_id] = item
            case CarryingAccount():
                self.carrying[item.carrying_account_id] = item
            case SubAccount():
                self.subs[item.sub_account_id] = item
            case MarginRate():
                self.margin_rates[item_key(item)] = item
            case CrossMargin():
                self.agreements[item.agreement_id] = item
            case PositionLimit():
                self.risk.add_limit(item)
            case _ if isinstance(item, RiskItem):
                self.risk.add(item)
            case _ if isinstance(item, RegimeItem):
                self.regimes.add(item)
            case _ if isinstance(item, AuthorityItem):
                self.authority.add(item)
            case _:
                pass

    def family_faults(self, item: RiskItem | RegimeItem | AuthorityItem) -> Iterator[str]:
        """Yield what is wrong with what a value of one of the families refers to."""
        if isinstance(item, RiskItem):
            yield from self.risk_faults(item)
        elif isinstance(item, RegimeItem):
            yield from self.regime_faults(item)
        else:
            root = () if self.master is None else (self.master.master_account_id,)
            yield from self.authority.faults(item, (*self.subs, *root))

    def regime_faults(self, item: RegimeItem) -> Iterator[str]:
        """Yield what is wrong with what a value of a regime refers to."""
        yield from self.regimes.faults(item, self.venues, {**self.products, **self.contracts})

    def missing(self, kind: str, identifier: str) -> Iterator[str]:
        """Yield a fault when nothing of this kind has the identifier."""
        kinds: dict[str, Mapping[str, object]] = {
            "person": self.persons,
            "venue": self.venues,
            "product": self.products,
            "carrying account": self.carrying,
        }
        if identifier not in kinds[kind]:
            yield f"no {kind} {identifier}"

    def has_tag(self, tag: str) -> bool:
        """Return whether a sub-account carries the tag."""
        return any(tag in sub.mandate.tags for sub in self.subs.values())

    def limit_faults(self, node_id: str, scope_id: str) -> Iterator[str]:
        """Yield what is wrong with the node and scope of a limit."""
        yield from self._node_faults(node_id)
        known = scope_id in self.contracts or scope_id in self.products
        if scope_id != ANY_SCOPE and not known:
            yield f"no contract or product {scope_id}"

    def position_limit_faults(self, limit: PositionLimit) -> Iterator[str]:
        """Yield what is wrong with node and scope of a position limit; groups are scopes too."""
        in_group = self.risk.is_group(limit.scope_id)
        yield from self.limit_faults(limit.node_id, ANY_SCOPE if in_group else limit.scope_id)

    def _node_faults(self, node_id: str) -> Iterator[str]:
        """Yield a fault where nothing stands under a node."""
        beside = side_node_of(node_id)
        if beside is not None:
            kinds: dict[str, Mapping[str, object]] = {
                "carrying": self.carrying,
                "venue": self.venues,
                "person": self.persons,
            }
            kind, identifier = beside
            if identifier not in kinds[kind]:
                yield f"no {kind} {identifier} that {node_id} could name"
            return
        is_master = self.master is not None and node_id == self.master.master_account_id
        if node_id not in self.subs and not is_master:
            yield f"no sub-account or master account {node_id}"

    def risk_faults(self, row: RiskItem) -> Iterator[str]:
        """Yield what is wrong with a control's place, and what the root leaves open."""
        match row:
            case LimitGroup():
                yield from self.risk.group_faults(row, {**self.products, **self.contracts})
                return
            case ControlOverride():
                yield from self.risk.override_faults(row)
                return
            case ServiceTier():
                scopes = {**self.products, **self.contracts}
                yield from tier_faults(row, self.risk.tiers, self.subs, scopes, self.venues)
                return
            case _:
                pass
        root = "" if self.master is None else self.master.master_account_id
        product_ids = getattr(row, "product_ids", ())
        scope_id = ANY_SCOPE if product_ids else getattr(row, "scope_id", ANY_SCOPE)
        yield from self.limit_faults(row.node_id, scope_id)
        for product_id in product_ids:
            yield from self.missing("product", product_id)
        yield from self.risk.root_faults(row, root)
        if isinstance(row, Substitute):
            yield from self._substitute_faults(row)

    def _substitute_faults(self, row: Substitute) -> Iterator[str]:
        """Yield what is wrong with where a substitute trades."""
        own, other = self.subs.get(row.node_id), self.subs.get(row.to_sub_account_id)
        if own is None:
            yield f"no sub-account {row.node_id} whose orders could be substituted"
        if other is None:
            yield f"no sub-account {row.to_sub_account_id}"
        elif own is not None and own.owner_id != other.owner_id:
            yield f"{row.to_sub_account_id} is of another owner: a substitute stays with its own"
        contract = self.contracts.get(row.to_contract_id)
        if contract is None:
            yield f"no contract {row.to_contract_id}"
        elif other is not None and contract.product_id not in other.mandate.products:
            yield f"the mandate of {row.to_sub_account_id} does not permit {contract.product_id}"

    def margin_rate_faults(self, rate: MarginRate) -> Iterator[str]:
        """Yield what is wrong with a rate's scope, account type, and group of the larger side."""
        own = self._margined_product(rate.scope_id)
        if own is None:
            yield f"no contract or product {rate.scope_id}"
            return
        if own.option is not None:
            yield f"{rate.scope_id} is options, which a desk margins by SPAN alone"
            return
        yield from self._account_type_faults(rate)
        if rate.larger_side is not LargerSide.GROUP:
            return
        for _, other in sorted(self.margin_rates.items()):
            if other.larger_side_group != rate.larger_side_group:
                continue
            product = self._margined_product(other.scope_id)
            if product is not None and self._house_and_currency(product) != (
                self._house_and_currency(own)
            ):
                yield (
                    f"larger_side_group {rate.larger_side_group} also holds {other.scope_id}, of "
                    "another clearing house or currency: a larger side reaches over neither"
                )

    def contract_faults(self, contract: Contract) -> Iterator[str]:
        """Yield what is wrong with a contract's name and product, and with what an option is on."""
        yield from self.risk.name_faults(contract.contract_id)
        yield from self.missing("product", contract.product_id)
        product = self.products.get(contract.product_id)
        if product is None:
            return
        if (product.option is None) != (contract.right is None):
            yield f"{product.product_id} is a product of {product.kind}s; right and strike must fit"
            return
        becomes_future = (
            product.option is not None and product.option.settlement is OptionSettlement.FUTURE
        )
        if becomes_future != (contract.underlying_id is not None):
            yield "an option that brings a future names its underlying_id, no other contract does"
        elif contract.underlying_id is not None:
            yield from self._underlying_faults(contract, product)

    def _underlying_faults(self, contract: Contract, product: Product) -> Iterator[str]:
        underlying = self.contracts.get(contract.underlying_id or "")
        other = self.products.get(underlying.product_id) if underlying is not None else None
        if underlying is None or other is None:
            yield f"no contract {contract.underlying_id} to exercise into"
            return
        if other.kind is not ContractKind.FUTURE:
            yield f"{underlying.contract_id} is no future; one lot of an option becomes one of it"
        same = (product.venue_id, product.currency, product.point_value_micros)
        if same != (other.venue_id, other.currency, other.point_value_micros):
            yield f"venue, currency or point value differ from those of {underlying.contract_id}"
        if (contract.strike_nanos or 0) % other.mark_tick_nanos:
            yield f"the strike is off the settlement tick of {underlying.contract_id}"

    def add_on_faults(self, add_on: BrokerAddOn) -> Iterator[str]:
        """Yield what is wrong with the account and the scope of a broker's add-on."""
        yield from self.missing("carrying account", add_on.carrying_account_id)
        carrying = self.carrying.get(add_on.carrying_account_id)
        for scope_id in add_on.scope_ids:
            product = self._margined_product(scope_id)
            if product is None:
                yield f"no contract or product {scope_id}"
                continue
            if product.currency != add_on.currency:
                yield (
                    f"{scope_id} is quoted in {product.currency}, the add-on in {add_on.currency}; "
                    "they must be the same"
                )
            if carrying is not None and product.venue_id not in carrying.venues:
                yield (
                    f"{scope_id} trades at {product.venue_id}, which {add_on.carrying_account_id} "
                    "has no access to"
                )

    def money_faults(
        self, item: FeeRow | FundingTerms | InterestRate | SweepTarget
    ) -> Iterator[str]:
        """Yield what is wrong with what fees, funding, interest and targets refer to."""
        match item:
            case FeeRow():
                yield from self.fee_row_faults(item)
            case FundingTerms(carrying_account_id=carrying):
                yield from self.missing("carrying account", carrying)
            case InterestRate():
                yield from self.interest_faults(item)
            case SweepTarget():
                yield from self.target_faults(item)

    def fee_row_faults(self, row: FeeRow) -> Iterator[str]:
        """Yield what is wrong with the scope and the account of a fee row."""
        if self._margined_product(row.scope_id) is None:
            yield f"no contract or product {row.scope_id}"
        if row.day_minimum_micros and row.scope_id in self.contracts:
            yield f"day_minimum_micros is asked of a product, and {row.scope_id} is a contract"
        for product_id in row.counted_products:
            yield from self.missing("product", product_id)
        if row.carrying_account_id:
            yield from self.missing("carrying account", row.carrying_account_id)
        tiers = sorted({sub.service_tier for sub in self.subs.values()})
        if row.service_tier and row.service_tier not in tiers:
            yield f"no sub-account of service tier {row.service_tier}; there are {', '.join(tiers)}"

    def target_faults(self, target: SweepTarget) -> Iterator[str]:
        """Yield what is wrong with the account and the owner of a target."""
        yield from self.missing("carrying account", target.carrying_account_id)
        yield from self.missing("person", target.owner_id)
        carrying = self.carrying.get(target.carrying_account_id)
        if carrying and not carrying.omnibus and carrying.holder_id != target.owner_id:
            carrying_id = target.carrying_account_id
            yield f"owner {target.owner_id} does not hold {carrying_id}, which is not omnibus"

    def interest_faults(self, rate: InterestRate) -> Iterator[str]:
        """Yield what is wrong with the account of a rate and with a charge for benefit."""
        if rate.scope is InterestScope.CARRYING:
            if rate.scope_id:
                yield from self.missing("carrying account", rate.scope_id)
            return
        if rate.scope_id and rate.scope_id not in self.subs:
            yield f"no sub-account {rate.scope_id}"
        base = self.master.base_currency if self.master is not None else ""
        if rate.benefit_ppm and rate.currency != base:
            yield f"benefit_ppm is charged in the base currency {base}, not in {rate.currency}"

    def agreement_faults(self, agreement: CrossMargin) -> Iterator[str]:
        """Yield what is wrong with the account and the legs of a cross-margin agreement."""
        carrying_id = agreement.carrying_account_id
        yield from self.missing("carrying account", carrying_id)
        carrying = self.carrying.get(carrying_id)
        if carrying is None:
            return
        if carrying.position_mode is PositionMode.GROSS:
            yield f"{carrying_id} keeps both sides apart; credits need an account that nets"
        houses = {
            self.venues[venue_id].clearing_house_id
            for venue_id in carrying.venues
            if venue_id in self.venues
        }
        for leg in agreement.legs:
            if leg.clearing_house not in houses:
                known = ", ".join(sorted(houses))
                yield f"{carrying_id} is not cleared at {leg.clearing_house}, only at {known}"
            for _, other in sorted(self.agreements.items()):
                is_other = other.agreement_id != agreement.agreement_id
                if is_other and other.carrying_account_id == carrying_id and leg in other.legs:
                    yield (
                        f"{leg.commodity} at {leg.clearing_house} is a leg of "
                        f"{other.agreement_id} already; a commodity has one agreement per account"
                    )

    def faults_of_rates(self, product_id: str) -> Iterator[str]:
        """Yield faults of rates stated for a name that is a product's now, a contract's before."""
        for _, rate in sorted(self.margin_rates.items()):
            if rate.scope_id == product_id:
                yield from self._account_type_faults(rate)

    def _account_type_faults(self, rate: MarginRate) -> Iterator[str]:
        # What a contract's own rates leave open its product's say; nothing is above a product.
        scopes, contract = {rate.scope_id}, self.contracts.get(rate.scope_id)
        if contract is not None and rate.scope_id not in self.products:
            scopes.add(contract.product_id)
        return account_type_faults(rate, self.margin_rates.values(), scopes)

    def _margined_product(self, scope_id: str) -> Product | None:
        contract = self.contracts.get(scope_id)
        return self.products.get(scope_id if contract is None else contract.product_id)

    def _house_and_currency(self, product: Product) -> tuple[str, str]:
        venue = self.venues.get(product.venue_id)
        return (product.venue_id if venue is None else venue.clearing_house_id), product.currency

    def sub_account_faults(self, sub: SubAccount) -> Iterator[str]:
        """Yield what is wrong with a sub-account's owner, parent, mandate and routes."""
        yield from self.missing("person", sub.owner_id)
        if sub.controller_id is not None:
            yield from self.missing("person", sub.controller_id)
        if self.master is not None and sub.sub_account_id == self.master.master_account_id:
            yield "has the identifier of the master account"
        yield from self._parent_faults(sub)
        yield from named_tier_faults(sub, self.risk.tiers)
        for product in sub.mandate.products:
            yield from self.missing("product", product)
        for route in sub.routes:
            yield from self._route_faults(sub, route.venue_id, route.carrying_account_id)

    def _parent_faults(self, sub: SubAccount) -> Iterator[str]:
        seen = [sub.sub_account_id]
        parent_id = sub.parent_id
        while parent_id is not None:
            parent = self.subs.get(parent_id)
            if parent is None:
                yield f"no parent sub-account {parent_id}"
                return
            if parent_id in seen:
                yield f"is its own ancestor over {parent_id}"
                return
            if parent.owner_id != sub.owner_id:
                yield f"belongs to {sub.owner_id}, its ancestor {parent_id} to {parent.owner_id}"
            seen.append(parent_id)
            parent_id = parent.parent_id

    def faults_of_routes(self, *, venue_id: str = "", carrying_id: str = "") -> Iterator[str]:
        """Yield faults of every route over a venue or carrying account that is being changed."""
        for _, sub in sorted(self.subs.items()):
            for route in sub.routes:
                if route.venue_id == venue_id or route.carrying_account_id == carrying_id:
                    found = self._route_faults(sub, route.venue_id, route.carrying_account_id)
                    yield from (f"{sub.sub_account_id}: {fault}" for fault in found)

    def _route_faults(self, sub: SubAccount, venue_id: str, carrying_id: str) -> Iterator[str]:
        yield from self.missing("venue", venue_id)
        yield from self.missing("carrying account", carrying_id)
        venue, carrying = self.venues.get(venue_id), self.carrying.get(carrying_id)
        if venue is None or carrying is None:
            return
        if venue_id not in carrying.venues:
            yield f"{carrying_id} has no access to venue {venue_id}"
        if sub.owner_id == carrying.holder_id:
            return
        # Look-through venues know one owner per account; elsewhere omnibus must be declared.
        if venue.one_owner_only:
            yield (
                f"venue {venue_id} refuses sub-accounts of an owner ({sub.owner_id}) who does not "
                f"hold {carrying_id}"
            )
        elif not carrying.omnibus:
            yield f"owner {sub.owner_id} does not hold {carrying_id}, which is not omnibus"
