"""The workload's desk with the full ladder: five levels, and every control stated at each of them.

The owner (a legal person, with its pool and its regime's counters) → the master account → groups →
accounts → books.  A book is what a strategy trades: ten of them hang below an account, ten accounts
below a group.  No control binds here: what is measured is the asking.  Orders are to lie
``NEAREST_TICKS`` off the market, so that own ones never meet.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from msgspec.structs import replace

from benchmarks.span_desk import span_commands
from benchmarks.workload import (
    CAPITAL_MICROS,
    DAY,
    contract_ids,
    desk_commands,
    desk_items,
    executed,
    sub_ids,
)
from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.engine.machine import Machine, MachineMaker
from fencang.messages import commands as cmd
from fencang.messages.commands import AnyCommand
from fencang.messages.connection_commands import ReportVenueLink
from fencang.messages.message import TradingState
from fencang.messages.trade_flow_commands import ContractVolume, ReportVolumes
from fencang.refdata.account import Mandate, SubAccount
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.limit import PositionLimit
from fencang.refdata.loss_limit import LossLimit
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.refdata.order_control import OrderControl
from fencang.refdata.order_words import Interface, OrderType, TimeInForce
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import (
    AggregationPolicy,
    ContractGroup,
    CountingRule,
    GroupMember,
    LimitBucket,
    LimitStep,
    Netting,
    Regime,
    RegimeLimit,
    RegimeVenue,
    ReportThreshold,
)
from fencang.refdata.self_match import COUNT_MAX, SelfMatch, SelfMatchMode, SelfMatchScope
from fencang.refdata.service_tier import RATE_MAX, ServiceTier
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = ["FIRM", "LEVELS", "NEAREST_TICKS", "ladder_commands", "ladder_machine"]

LEVELS = 5
"""Owner, master account, group, account, book."""
PER_NODE = 10
"""Books of an account, and accounts of a group."""
NEAREST_TICKS = 1
LOTS_MAX = 10_000_000
FIRM, MASTER, HALTED = "person:OWNER", "MASTER", "HALTED"
REGIME = "US"

ROWS_OF_NODE: tuple[Callable[[str], DeskItem], ...] = (
    lambda node_id: OrderControl(
        node_id=node_id,
        quantity_lots_max=100,
        value_micros_max=10**15,
        collar_ppm=100_000,
        collar_ticks=100,
        fast_after_ppm=50_000,
        fast_collar_ppm=200_000,
        price_age_ns_max=DAY_NS,
        takes_market_orders=True,
    ),
    lambda node_id: ConnectionControl(
        node_id=node_id, cancels_on_disconnect=True, grace_ns=SECOND_NS, keeps_good_till=True
    ),
    lambda node_id: LinkControl(node_id=node_id, link_age_ns_max=DAY_NS, feed_age_ns_max=DAY_NS),
    lambda node_id: FlowControl(
        node_id=node_id, messages_max=LOTS_MAX, working_orders_max=LOTS_MAX
    ),
    lambda node_id: ExposureLimit(
        node_id=node_id,
        gross_micros_max=10**18,
        net_micros_max=10**18,
        beta_micros_max=10**18,
        share_ppm_max=1_000_000,
        beta_index="INDEX",
        beta_age_ns_max=DAY_NS,
        beta_unknown_ppm=1_000_000,
        floor_ticks=1,
    ),
    lambda node_id: MarginBuffer(node_id=node_id, buffer_ppm=1_000, buffer_micros=1_000_000),
    lambda node_id: TradeFlowControl(
        node_id=node_id,
        order_to_trade_max=LOTS_MAX,
        free_messages=LOTS_MAX,
        cancels_max=LOTS_MAX,
        repeated_executions_max=LOTS_MAX,
        duplicate_ns=0,
    ),
    lambda node_id: SelfMatch(
        node_id=node_id,
        mode=SelfMatchMode.CANCEL_NEWEST,
        scope=SelfMatchScope.OWNER if node_id == MASTER else None,
        stops_meet_all=True if node_id == MASTER else None,
        wash_window_ns=SECOND_NS,
        wash_price_ticks=0,
        wash_count_max=COUNT_MAX,
    ),
    lambda node_id: TenorLimit(
        node_id=node_id, furthest_days=36_000, nearest_days=0, takes_undated=True
    ),
    lambda node_id: ImpactLimit(
        node_id=node_id, order_share_ppm=1_000_000, window_share_ppm=1_000_000_000
    ),
    lambda node_id: LossLimit(
        node_id=node_id,
        daily_loss_micros=10**18,
        drawdown_micros=10**18,
        velocity_micros=10**18,
        margin_use_ppm=1_000_000_000,
    ),
)
"""What every node states, the owner too: a further control of nodes is one more line."""


def _parents(books: int, contracts: int, carrying: int) -> tuple[list[SubAccount], list[str]]:
    """Return groups and accounts, parents first, and the account of every book."""
    accounts = [f"A{number:04d}" for number in range(-(-books // PER_NODE))]
    groups = [f"G{number:03d}" for number in range(-(-len(accounts) // PER_NODE))]
    model = next(
        item for item in desk_items(1, contracts, carrying, 0) if isinstance(item, SubAccount)
    )
    nobody = Mandate(leverage_max_ppm=0, products=())
    found = [
        replace(model, sub_account_id=name, name=name, mandate=nobody, parent_id=None)
        for name in (*groups, HALTED)
    ]
    found += [
        replace(
            model,
            sub_account_id=name,
            name=name,
            mandate=nobody,
            parent_id=groups[number // PER_NODE],
        )
        for number, name in enumerate(accounts)
    ]
    return found, [accounts[number // PER_NODE] for number in range(books)]


TIER = ServiceTier(
    tier_id="standard",
    interfaces=(Interface.FIX, Interface.WEBSOCKET, Interface.REST),
    order_types=tuple(OrderType),
    times_in_force=tuple(TimeInForce),
    instruments=("*",),
    messages_per_second=RATE_MAX,
    messages_burst=RATE_MAX,
)
"""The tier of every book: all doors, and a rate that nothing reaches."""


def _limit_rows(nodes: list[str], items: tuple[DeskItem, ...]) -> Iterator[PositionLimit]:
    """Yield position limits from the widest: all products at every node, then each by itself."""
    scopes = ["*"]
    scopes += [item.product_id for item in items if isinstance(item, Product)]
    scopes += [item.contract_id for item in items if isinstance(item, Contract)]
    for scope_id in scopes:
        for node_id in nodes:
            yield PositionLimit(
                node_id=node_id,
                scope_id=scope_id,
                long_lots_max=LOTS_MAX,
                short_lots_max=LOTS_MAX,
            )


def _regime_items(products: list[str]) -> list[DeskItem]:
    """Return a regime over the venue: a group per product with a hard limit and a threshold."""
    items: list[DeskItem] = [
        Regime(
            regime_id=REGIME,
            jurisdiction="US",
            authority="bench",
            version="2018",
            valid_from=DAY,
            source="bench",
            aggregation=AggregationPolicy(ownership_ppm=100_000),
            counting=CountingRule(netting=Netting.NET),
        ),
        RegimeVenue(regime_id=REGIME, venue_id="XV"),
    ]
    for name in products:
        items += [
            ContractGroup(
                regime_id=REGIME, group_id=name, name=name, source="bench", confirmed=True
            ),
            GroupMember(regime_id=REGIME, group_id=name, scope_id=name),
            RegimeLimit(
                limit_id=f"{REGIME}-{name}",
                regime_id=REGIME,
                group_id=name,
                bucket=LimitBucket.ALL_MONTHS,
                steps=(LimitStep(DAY, LOTS_MAX),),
                source="bench",
                confirmed=True,
            ),
            ReportThreshold(
                threshold_id=f"{REGIME}-{name}-REPORT",
                regime_id=REGIME,
                group_id=name,
                report_kind="large trader",
                from_day=DAY,
                quantity_lots_min=25,
                source="bench",
                confirmed=True,
            ),
        ]
    return items


def _items(books: int, contracts: int, carrying: int, limits: int | None) -> tuple[DeskItem, ...]:
    flat = desk_items(books, contracts, carrying, 0)
    parents, account_of = _parents(books, contracts, carrying)
    own = dict(zip(sub_ids(books), account_of, strict=True))
    items: list[DeskItem] = []
    for item in flat:
        if isinstance(item, LegalPerson):
            items.append(replace(item, owners_declared=True))
        elif isinstance(item, SubAccount):
            items.append(replace(item, parent_id=own[item.sub_account_id]))
        elif not isinstance(item, PositionLimit):
            items.append(item)
    first = next(place for place, item in enumerate(items) if isinstance(item, SubAccount))
    items[first:first] = parents
    nodes = [MASTER, *(sub.sub_account_id for sub in parents), *own]
    items += islice(_limit_rows(nodes, flat), len(nodes) if limits is None else limits)
    items += [row_of(node_id) for row_of in ROWS_OF_NODE for node_id in (*nodes, FIRM)]
    items.append(TIER)
    items += _regime_items([item.product_id for item in flat if isinstance(item, Product)])
    return tuple(items)


def _capital(books: int, carrying: int) -> cmd.ImportOpeningBook:
    """Return the command that gives every book its capital: a transfer each asks all of them."""
    grant = CAPITAL_MICROS // books
    cash = tuple(
        cmd.OpeningCash(sub_id, "OWNER", f"C{number % carrying}", "USD", grant)
        for number, sub_id in enumerate(sub_ids(books))
    )
    return cmd.ImportOpeningBook(
        source="bench",
        lots=(),
        cash=cash,
        lots_total=0,
        cash_totals=(("USD", grant * books),),
        entered_by="one",
        approved_by="two",
    )


def ladder_commands(
    books: int = 30,
    contracts: int = 20,
    carrying: int = 3,
    limits: int | None = None,
    seed: int = 1,
) -> tuple[MachineMaker, list[AnyCommand]]:
    """Return who makes the machine, and the commands that open the desk.

    ``limits`` position limits are stated, from the root down; None: one at every node.
    """
    items = _items(books, contracts, carrying, limits)
    opening = [
        command
        for command in desk_commands(books, contracts, carrying, items=items)
        if type(command) is not cmd.TransferCapital
    ]
    maker, commands = span_commands([*opening, _capital(books, carrying)], contracts, seed)
    # One node is halted, so that every order is asked for the trading states on its way.
    halt = cmd.SetTradingState(
        node_id=HALTED, trading_state=TradingState.HALTED, reason="bench", entered_by="one"
    )
    links = [
        ReportVenueLink(carrying_account_id=f"C{number}", venue_id="XV", is_up=True)
        for number in range(carrying)
    ]
    volumes = ReportVolumes(
        source="bench",
        volumes=tuple(
            ContractVolume(name, 10**9, 300 * SECOND_NS) for name in contract_ids(contracts)
        ),
    )
    return maker, [*commands, *links, volumes, halt]


def ladder_machine(books: int = 30, limits: int | None = None, seed: int = 1) -> Machine:
    """Return a machine with the desk open for trading."""
    maker, commands = ladder_commands(books, limits=limits, seed=seed)
    machine = executed(maker(), commands)
    state = machine.state
    assert all(contract.is_span_margined for contract in state.contracts.values())
    assert all(len(state.subs[book].path) == LEVELS - 1 for book in sub_ids(books))  # and the owner
    return machine
