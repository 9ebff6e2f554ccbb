"""What risk, gateways and feeds send on a desk with controls of its own.

Bursts of orders in one instant, clients that are lost and come back, links that go down, the kill
switch with and without a right confirmation, overrides, rows stated anew.  Second persons are
missing now and then: the desk must refuse that and go on.
"""

from collections.abc import Callable

from fencang.messages.commands import (
    AdvanceTime,
    AnyCommand,
    DefineDesk,
    DepositCash,
    SetTradingState,
    SubmitOrder,
    TransferCapital,
)
from fencang.messages.connection_commands import (
    ReportClientConnected,
    ReportClientDisconnected,
    ReportVenueLink,
    SetDeadline,
    StopAction,
    StopTrading,
)
from fencang.messages.exposure_commands import BetaMark, ReportBetas
from fencang.messages.loss_commands import PauseLiquidation, ResumeLiquidation
from fencang.messages.message import Offset, OrderType, Side, TradingState
from fencang.messages.self_match_commands import ReleaseWashTrades
from fencang.messages.trade_flow_commands import ContractVolume, ReenableStrategy, ReportVolumes
from fencang.refdata.account import PositionMode, SubAccount
from fencang.refdata.contract import Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.limit import PositionLimit
from fencang.refdata.order_control import OrderControl
from fencang.refdata.override import ControlOverride, OverrideValue
from fencang.simulation.desks import MASTER
from fencang.simulation.firm_controls import (
    MILLION,
    MINUTE_NS,
)
from fencang.simulation.market import Market
from fencang.simulation.places import Places
from fencang.simulation.random import Chance
from fencang.simulation.row_changes import changed_row
from fencang.simulation.witness import Witness

__all__ = ["RiskDesk"]

ACT_PPM = 450_000
_ACTS = {
    "burst": 12,
    "pass": 8,
    "links": 2,
    "lose link": 1,
    "connect": 3,
    "disconnect": 3,
    "deadline": 2,
    "stop": 1,
    "resume": 6,
    "override": 3,
    "row": 5,
    "enable": 3,
    "volumes": 2,
    "betas": 1,
    "liquidation": 2,
}


class RiskDesk:
    """Everybody who deals with a firm's own controls; nobody where there are none.

    ``now_ns`` tells the time of the world, which the desk's clock may lag behind.
    """

    def __init__(
        self,
        chance: Chance,
        items: list[DeskItem],
        market: Market,
        witness: Witness,
        now_ns: Callable[[], int],
        *,
        has_controls: bool,
    ) -> None:
        self._chance, self._is_there = chance, has_controls
        self._market, self._witness, self._now_ns = market, witness, now_ns
        self._places = Places(items)
        self._kinds = {type(item) for item in items}
        self._rows = [item for item in items if isinstance(item, PositionLimit | OrderControl)]
        self._gross = {
            account.carrying_account_id
            for account in self._places.carrying
            if account.position_mode is PositionMode.GROSS
        }
        self._number = 0
        self._acts: dict[str, Callable[[], list[AnyCommand]]] = {
            "burst": self._burst,
            "pass": lambda: [AdvanceTime()],
            "links": self._links_up,
            "lose link": self._link_down,
            "connect": self._connect,
            "disconnect": self._disconnect,
            "deadline": self._deadline,
            "stop": self._stop,
            "resume": self._resume,
            "override": self._override,
            "row": self._row,
            "enable": self._enable,
            "volumes": self._volumes,
            "betas": self._betas,
            "liquidation": self._liquidation,
        }

    def opening(self) -> list[AnyCommand]:
        """Return what gateways and feeds say before the first day."""
        if not self._is_there:
            return []
        return [*self._links_up(), *self._volumes(), *self._connect(), *self._capital()]

    def _capital(self) -> list[AnyCommand]:
        """Bring more capital to most desks: leverage alone would refuse most of their orders."""
        if self._chance.strikes(300_000):
            return []
        commands: list[AnyCommand] = []
        for sub in self._places.subs:
            owner, amount = sub.owner_id, self._chance.between(1, 8) * MILLION
            accounts = [
                account.carrying_account_id
                for account in self._places.carrying
                if account.holder_id == owner or account.omnibus
            ]
            commands += [
                DepositCash(
                    carrying_account_id=self._chance.one_of(accounts),
                    owner_id=owner,
                    currency="USD",
                    amount_micros=amount,
                    entered_by="ops-1",
                ),
                TransferCapital(
                    from_sub_account_id=None,
                    to_sub_account_id=sub.sub_account_id,
                    amount_micros=amount,
                    reason="start",
                    entered_by="ops-1",
                ),
            ]
        return commands

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what somebody does now, under its name; often nobody does anything."""
        if not self._is_there or not self._chance.strikes(ACT_PPM):
            return "", []
        name = self._chance.weighted([*_ACTS.items()])
        heartbeat = self._links_up() if self._chance.strikes(850_000) else []
        return f"risk {name}", [*heartbeat, *self._acts[name]()]

    def _persons(self) -> tuple[str, str]:
        return "ops-1", self._chance.weighted((("ops-2", 8), ("", 1), ("ops-1", 1)))

    def _node(self) -> str:
        beside = self._places.beside if self._chance.strikes(350_000) else self._places.tree
        return self._chance.one_of(beside)

    # ------------------------------------------------------------------------------------ orders

    def _burst(self) -> list[AnyCommand]:
        """Let several clients send many orders in one contract at the same instant."""
        contracts = self._tradable()
        if not contracts:
            return []
        contract = self._chance.one_of(contracts)
        product = self._market.product(contract)
        able = self._able(product)
        if not able:
            return []
        subs = [self._chance.one_of(able) for _ in range(self._chance.between(1, 3))]
        one_side = self._chance.strikes(850_000)
        first = self._chance.one_of((Side.BUY, Side.SELL))
        orders: list[AnyCommand] = []
        for _ in range(self._chance.between(3, 12)):
            sub = self._chance.one_of(subs)
            side = first if one_side or self._chance.strikes(500_000) else first.opposite
            routes = {route.venue_id: route.carrying_account_id for route in sub.routes}
            is_gross = routes.get(product.venue_id) in self._gross
            self._number += 1
            is_limit = self._chance.strikes(800_000)
            away = self._chance.between(-3, 3)
            orders.append(
                SubmitOrder(
                    sub_account_id=sub.sub_account_id,
                    client_order_id=f"burst{self._number}",
                    contract_id=contract,
                    side=side,
                    quantity_lots=self._chance.between(1, 3),
                    order_type=OrderType.LIMIT if is_limit else OrderType.MARKET,
                    limit_price_nanos=self._market.price(contract, away) if is_limit else None,
                    offset=Offset.OPEN if is_gross else Offset.NET,
                )
            )
        return orders

    def _able(self, product: Product) -> list[SubAccount]:
        """Return who may trade a product; mostly those whom nothing keeps from opening."""
        able = [
            sub
            for sub in self._places.subs
            if product.product_id in sub.mandate.products
            and any(route.venue_id == product.venue_id for route in sub.routes)
        ]
        if self._chance.strikes(150_000):
            return able
        lets = self._witness.openings.lets
        return [sub for sub in able if lets(sub, self._places.over(sub))]

    def _tradable(self) -> list[str]:
        """Return contracts that may be dealt in now, as far as the desk's records tell; mostly."""
        openings, market = self._witness.openings, self._market
        if self._chance.strikes(80_000):
            return self._places.contracts
        return [
            name
            for name in self._places.contracts
            if openings.takes(market.contracts[name], market.product(name).venue_id)
        ]

    # ------------------------------------------------------------------------------- connections

    def _links_up(self) -> list[AnyCommand]:
        """Say of most links that they are up."""
        return [
            ReportVenueLink(carrying_account_id=account, venue_id=venue, is_up=True)
            for account, venue in self._places.links
            if not self._chance.strikes(50_000)
        ]

    def _link_down(self) -> list[AnyCommand]:
        account, venue = self._chance.one_of(self._places.links)
        return [ReportVenueLink(carrying_account_id=account, venue_id=venue, is_up=False)]

    def _connect(self) -> list[AnyCommand]:
        nodes = [self._chance.one_of(self._places.tree) for _ in range(self._chance.between(1, 3))]
        return [
            ReportClientConnected(session_id=f"C{self._chance.below(5)}", node_id=node)
            for node in nodes
        ]

    def _disconnect(self) -> list[AnyCommand]:
        return [ReportClientDisconnected(session_id=f"C{self._chance.below(5)}")]

    def _deadline(self) -> list[AnyCommand]:
        after = self._chance.one_of((0, MINUTE_NS, 20 * MINUTE_NS))
        return [SetDeadline(node_id=self._chance.one_of(self._places.tree), after_ns=after)]

    # ------------------------------------------------------------------------------------- stops

    def _stop(self) -> list[AnyCommand]:
        """Use the kill switch, now and then with a slip of the hand."""
        node = self._node()
        confirmed = self._node() if self._chance.strikes(150_000) else node
        return [
            StopTrading(
                node_id=node,
                confirmed_node_id=confirmed,
                action=self._chance.one_of(list(StopAction)),
                reason="seeded",
                entered_by="risk",
            )
        ]

    def _resume(self) -> list[AnyCommand]:
        """Resume nodes, of which most were never stopped; one person is not enough."""
        nodes = [MASTER, *(self._node() for _ in range(6))]
        if self._chance.strikes(800_000):
            nodes = [*self._places.tree, *self._places.beside]
        entered_by, approved_by = self._persons()
        return [
            SetTradingState(
                node_id=node,
                trading_state=TradingState.ACTIVE,
                reason="checked",
                entered_by=entered_by,
                approved_by=approved_by,
            )
            for node in nodes
        ]

    # -------------------------------------------------------------------------------------- rows

    def _defined(self, item: DeskItem) -> list[AnyCommand]:
        entered_by, approved_by = self._persons()
        return [DefineDesk(items=(item,), entered_by=entered_by, approved_by=approved_by)]

    def _row(self) -> list[AnyCommand]:
        """State a row anew, narrower or wider; some name what the desk does not have."""
        return self._defined(changed_row(self._chance, self._places, self._kinds))

    def _override(self) -> list[AnyCommand]:
        """Override a row for a while, for everybody or one order to come; or end that earlier."""
        if not self._rows:
            return []
        self._number += 1
        row = self._chance.one_of(self._rows)
        field = "long_lots_max" if isinstance(row, PositionLimit) else "quantity_lots_max"
        begin = self._now_ns() + self._chance.between(-1, 30) * MINUTE_NS
        is_for_one = self._chance.strikes(300_000)
        sub = self._chance.one_of(self._places.subs).sub_account_id
        return self._defined(
            ControlOverride(
                override_id=f"O-{self._number}",
                row_kind=type(row).__name__,
                node_id=row.node_id,
                scope_id=row.scope_id,
                values=(OverrideValue(field=field, value=self._chance.between(0, 80)),),
                from_ns=max(0, begin),
                until_ns=max(0, begin) + self._chance.between(1, 120) * MINUTE_NS,
                reason="seeded",
                sub_account_id=sub if is_for_one else "",
                client_order_id=f"burst{self._number + 3}" if is_for_one else "",
            )
        )

    def _enable(self) -> list[AnyCommand]:
        """Let strategies and contracts that were closed go on, or such as were not."""
        entered_by, approved_by = self._persons()
        persons = {"reason": "checked", "entered_by": entered_by, "approved_by": approved_by}
        openings, sub = self._witness.openings, self._chance.one_of(self._places.subs)
        disabled = list(openings.disabled) or [sub.sub_account_id]
        washed = list(openings.washed) or [
            (sub.owner_id, self._chance.one_of(self._places.contracts))
        ]
        principal, contract = self._chance.one_of(washed)
        return [
            ReenableStrategy(sub_account_id=self._chance.one_of(disabled), **persons),
            ReleaseWashTrades(principal_id=principal, contract_id=contract, **persons),
        ]

    # ------------------------------------------------------------------------------------- feeds

    def _volumes(self) -> list[AnyCommand]:
        volumes = tuple(
            ContractVolume(name, self._chance.one_of((0, 100, 500, 5_000)), 10 * MINUTE_NS)
            for name in self._places.contracts
        )
        return [ReportVolumes(source="feed", volumes=volumes)]

    def _betas(self) -> list[AnyCommand]:
        betas = (
            BetaMark("ES", 1_000_000),
            BetaMark("CL", self._chance.between(-500_000, 900_000)),
        )
        return [ReportBetas(index_id="VIX", as_of_ns=self._now_ns(), source="feed", betas=betas)]

    def _liquidation(self) -> list[AnyCommand]:
        entered_by, approved_by = self._persons()
        node = self._chance.one_of((*self._places.tree, *self._places.persons))
        if self._chance.strikes(300_000):
            return [PauseLiquidation(node_id=node, reason="seeded", entered_by="risk")]
        return [
            ResumeLiquidation(
                node_id=node, reason="checked", entered_by=entered_by, approved_by=approved_by
            )
        ]
