"""The whole desk: everything a decision may look at, and nothing else.

Primary state is what ``engine/snapshot.py`` writes; the rest are caches over it.  Iteration that
can reach an event always goes over sorted keys, so a desk recovered from a snapshot decides as one
that never stopped.
"""

from bisect import insort
from collections import OrderedDict, deque

from fencang.basics.identifiers import order_id_of
from fencang.engine.accounts import (
    ContractState,
    Line,
    LineKey,
    MarginEntry,
    PoolState,
    SubState,
)
from fencang.engine.authority import AuthorityBook
from fencang.engine.carrying import CarryingState, SuspenseState
from fencang.engine.executions import Executions
from fencang.engine.funds import Funds
from fencang.engine.limit_links import link_limits
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.netting.links import cover, open_entry
from fencang.engine.netting.rate_terms import RateTable
from fencang.engine.netting.sets import NoParameters, ParameterSource, SpanSet
from fencang.engine.netting.staging import Staging
from fencang.engine.orders import Block, Order
from fencang.engine.plans import Plan
from fencang.engine.reconciliation import Reconciliation
from fencang.engine.regimes.book import RegimeBook
from fencang.engine.regimes.links import attach_to_regimes
from fencang.engine.risk.book import RiskBook
from fencang.engine.risk.exposure_links import attach_to_exposures
from fencang.engine.rolls import Roll
from fencang.engine.venues import VenueState
from fencang.ledger.book import Book, reserve_id, suspense_id
from fencang.ledger.fees import FeeTable
from fencang.ledger.position import Position
from fencang.limits.order_flow import OrderFlow
from fencang.limits.order_limits import ControlTable
from fencang.limits.position_limits import LimitTable
from fencang.margin.exposure import Exposure
from fencang.margin.standing import Rates
from fencang.messages.message import TradingState
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Product
from fencang.refdata.desk import DeskSettings
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule

__all__ = [
    "CLOSED_ORDERS_MAX",
    "EXECUTIONS_MAX",
    "NEVER_NS",
    "PLANS_MAX",
    "DeskState",
    "IndicatorState",
    "RuleState",
]

CLOSED_ORDERS_MAX = 100_000
"""Done orders kept so that late fills and repeated client identifiers find them."""
EXECUTIONS_MAX = 1_000_000
"""Execution identifiers kept so that a duplicate fill is known as one."""
PLANS_MAX = 1_000
NEVER_NS = 1 << 63
"""Beyond any time that a command carries."""


class IndicatorState:
    """A watched index: last level, the close before it, and levels inside the longest window."""

    __slots__ = ("close_nanos", "next_close_nanos", "value_nanos", "window")

    def __init__(self) -> None:
        self.value_nanos = 0
        self.close_nanos = 0
        self.next_close_nanos = 0
        self.window: deque[tuple[int, int]] = deque()


class RuleState:
    """A rule, armed with a reference level and the tagged positions of that moment, or holding."""

    __slots__ = ("firings", "hold_until_ns", "is_holding", "positions", "reference_nanos", "rule")

    def __init__(self, rule: IndicatorRule) -> None:
        self.rule = rule
        self.reference_nanos = 0
        self.positions: dict[str, dict[LineKey, tuple[int, int]]] = {}
        """Sub-account → (carrying account, contract) → long and short lots at the reference."""
        self.is_holding = False
        self.hold_until_ns = 0
        self.firings = 0

    def holds(self, sub_account_id: str, tags: tuple[str, ...]) -> bool:
        """Return whether a firing in force binds the sub-account: tagged then and now."""
        return self.is_holding and self.rule.tag in tags and sub_account_id in self.positions


class DeskState:
    """All accounts, contracts, orders, rules and plans of one desk."""

    def __init__(self, parameters: ParameterSource = NoParameters()) -> None:  # noqa: B008 - empty
        self.parameters = parameters
        self.span_sets: dict[str, SpanSet] = {}
        self.stagings: dict[str, Staging] = {}  # beside the file in force
        self.sequence = self.time_ns = 0
        self.settings = DeskSettings()
        self.versions: dict[tuple[str, ...], int] = {}  # by kind and key: last defining record
        self.master: MasterAccount | None = None
        self.persons: dict[str, LegalPerson] = {}
        self.venues: dict[str, VenueState] = {}
        self.products: dict[str, Product] = {}
        self.contracts: dict[str, ContractState] = {}
        self.carrying: dict[str, CarryingState] = {}
        self.subs: dict[str, SubState] = {}
        self.pools: dict[str, PoolState] = {}
        self.limits, self.controls, self.flow = LimitTable(), ControlTable(), OrderFlow()
        self.margin_rates = RateTable()
        self.add_ons: dict[str, BrokerAddOn] = {}
        self.agreements: dict[str, CrossMargin] = {}
        self.fee_rows, self.funds = FeeTable(), Funds()
        self.regimes, self.risk, self.authority = RegimeBook(), RiskBook(), AuthorityBook()
        self.limit_nodes: dict[tuple[str, tuple[str, ...]], LimitNode] = {}  # by node and scopes
        self.rules: dict[str, RuleState] = {}
        self.indicators: dict[str, IndicatorState] = {}
        self.rates = Rates("")
        self.rate_sources: dict[str, str] = {}
        self.trading_states: dict[str, TradingState] = {}
        self.orders: dict[int, Order] = {}
        self.closed_orders: deque[int] = deque()
        self.blocks: dict[int, Block] = {}
        self.rolls: dict[int, Roll] = {}
        self.executions: OrderedDict[tuple[str, str], None] = OrderedDict()
        self.detailed_executions = Executions()
        self.plans: dict[int, Plan] = {}
        self.instructions: dict[tuple[str, str, str], tuple[int, int]] = {}
        """(sub-account, carrying account, option) → lots to exercise, lots to abandon."""
        self.cursors: dict[str, int] = {}
        self.phase_due_ns = NEVER_NS  # of any venue or override; a cache
        self.reconciliations: dict[str, Reconciliation] = {}
        self._orders_made = 0

    def begin(self, sequence: int, time_ns: int) -> None:
        """Move on to the next command."""
        self.sequence = sequence
        self.time_ns = time_ns
        self._orders_made = 0
        if time_ns > self.risk.exposures.due_ns:
            self.risk.exposures.refresh_betas(time_ns)
            self.risk.envelopes.refresh_covers()

    def new_order_id(self) -> int:
        """Return the next identifier of the running command."""
        made = self._orders_made
        self._orders_made = made + 1
        return order_id_of(self.sequence, made)

    def open_pool(self, owner_id: str) -> None:
        """Open the pool of a legal person, once."""
        if owner_id not in self.pools:
            self.pools[owner_id] = PoolState(owner_id, Book(reserve_id(owner_id), owner_id))

    def pool(self, owner_id: str) -> PoolState:
        """Return the pool of a defined legal person."""
        return self.pools[owner_id]

    @property
    def has_several_owners(self) -> bool:
        """Return whether sub-accounts belong to more than one legal person."""
        owners = 0
        for pool in self.pools.values():
            owners += bool(pool.sub_ids)
            if owners > 1:
                return True
        return False

    def holders(self) -> list[SubState | PoolState]:
        """Return whoever margin is asked of: every sub-account, every owner's pool."""
        return [*self.subs.values(), *self.pools.values()]

    def add_sub(self, definition: SubAccount) -> None:
        """Add a sub-account whose parent and owner are already there."""
        assert self.master is not None
        pool = self.pool(definition.owner_id)
        sub_account_id = definition.sub_account_id
        parent = definition.parent_id
        above = self.subs[parent].path if parent else (self.master.master_account_id,)
        self.subs[sub_account_id] = SubState(definition, pool, (sub_account_id, *above))
        insort(pool.sub_ids, sub_account_id)

    def add_carrying(self, account: CarryingAccount) -> None:
        """Add a carrying account with an empty suspense account."""
        identifier = account.carrying_account_id
        suspense = SuspenseState(Book(suspense_id(identifier), account.holder_id))
        self.carrying[identifier] = CarryingState(account, suspense)

    def note_execution(self, carrying_id: str, execution_id: str) -> None:
        """Remember an execution, so that a repeated report is known as one."""
        self.executions[carrying_id, execution_id] = None
        if len(self.executions) > EXECUTIONS_MAX:
            self.executions.popitem(last=False)

    def route(self, sub: SubState, venue_id: str) -> str | None:
        """Return the carrying account that takes a sub-account's orders of a venue."""
        for route in sub.definition.routes:
            if route.venue_id == venue_id:
                return route.carrying_account_id
        return None

    def pool_entry(self, pool: PoolState, carrying_id: str, contract: ContractState) -> MarginEntry:
        """Return the pool's exposure in a contract at one carrying account."""
        key = (carrying_id, contract.contract.contract_id)
        found = pool.entries.get(key)
        if found is None:
            exposure = Exposure(is_gross=self.carrying[carrying_id].is_gross)
            found = pool.entries[key] = MarginEntry(exposure, pool.standing)
            open_entry(self, found, pool, carrying_id, contract)
            attach_to_regimes(self, found, pool, carrying_id, contract)
        return found

    def span_set(self, clearing_house: str) -> SpanSet:
        """Return a clearing house's parameter files, none of them in force at first."""
        found = self.span_sets.get(clearing_house)
        if found is None:
            found = self.span_sets[clearing_house] = SpanSet(clearing_house)
        return found

    def contracts_of_house(self, clearing_house: str) -> list[ContractState]:
        """Return the contracts that a clearing house nets, by identifier."""
        return [
            self.contracts[key]
            for key in sorted(self.contracts)
            if self.contracts[key].venue.venue.clearing_house_id == clearing_house
        ]

    def add_contract(self, contract: ContractState) -> None:
        """Add a contract, margined by the SPAN file in force where that has it."""
        self.contracts[contract.contract.contract_id] = contract
        cover(self, contract)

    def line(self, sub: SubState, carrying_account_id: str, contract: ContractState) -> Line:
        """Return a sub-account's line, opening an empty one (a cache) when there is none."""
        key = (carrying_account_id, contract.contract.contract_id)
        found = sub.lines.get(key)
        if found is None:
            found = self._open_line(sub, carrying_account_id, contract)
        return found

    def _open_line(self, sub: SubState, carrying_id: str, contract: ContractState) -> Line:
        gross = self.carrying[carrying_id].is_gross
        position = sub.book.positions.setdefault(
            (carrying_id, contract.contract.contract_id), Position()
        )
        entry = MarginEntry(Exposure(is_gross=gross), sub.standing)
        open_entry(self, entry, sub, carrying_id, contract)
        line = Line(
            sub=sub,
            carrying=self.carrying[carrying_id],
            contract=contract,
            position=position,
            entry=entry,
            pool_entry=self.pool_entry(sub.pool, carrying_id, contract),
        )
        link_limits(self, line)
        sub.add_line(line)
        contract.lines.setdefault(carrying_id, {})[sub.sub_account_id] = line
        attach_to_exposures(self, line)
        return line

    def book(self, book_id: str) -> Book | None:
        """Return a sub-account's book or an owner's reserve."""
        sub = self.subs.get(book_id)
        if sub is not None:
            return sub.book
        for owner_id in sorted(self.pools):
            if book_id == reserve_id(owner_id):
                return self.pools[owner_id].reserve
        return None

    def is_halted(self, path: tuple[str, ...]) -> bool:
        """Return whether a node on a path is halted."""
        return self.trading_state(path)[0] is TradingState.HALTED

    def path_above(self, node_id: str) -> tuple[str, ...]:
        """Return a node and its parents; one beside the account tree has none."""
        sub = self.subs.get(node_id)
        return (node_id,) if sub is None else sub.path

    def trading_state(self, path: tuple[str, ...]) -> tuple[TradingState, str]:
        """Return the most restrictive state on a path and the node that set it."""
        strictest, node = TradingState.ACTIVE, ""
        if self.trading_states.keys().isdisjoint(path):
            return strictest, node
        for node_id in path:
            found = self.trading_states.get(node_id, TradingState.ACTIVE)
            if found > strictest:
                strictest, node = found, node_id
        return strictest, node
