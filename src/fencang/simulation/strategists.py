"""Strategies that reserve risk ahead: they open envelopes, use them, and give them back.

Beside them somebody makes envelopes give way: limits are cut and widened, products become dearer,
books are stopped for a while.  Much of it comes wrongly: orders of another side, book or contract,
beyond clip or lots, after the end.  They have streams of chance of their own; three desks of ten
have strategists, whatever else these have.
"""

from collections.abc import Callable

from msgspec.structs import replace

from fencang.basics.money import PPM
from fencang.basics.price import NANOS
from fencang.basics.time import SECOND_NS
from fencang.messages.commands import (
    AdvanceTime,
    AnyCommand,
    DefineDesk,
    ReplaceOrder,
    SetTradingState,
    SubmitOrder,
    TransferCapital,
)
from fencang.messages.envelope_commands import CloseEnvelope, OpenEnvelope
from fencang.messages.envelope_events import EnvelopeClosed, EnvelopeOpened
from fencang.messages.events import ContractExpired, OrderAccepted, TradingStateSet
from fencang.messages.message import OrderType, Side, TradingState
from fencang.messages.record import Record
from fencang.refdata.account import SubAccount
from fencang.refdata.contract import Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.limit import PositionLimit
from fencang.simulation.desks import MASTER
from fencang.simulation.market import Market
from fencang.simulation.places import Places
from fencang.simulation.random import Chance

__all__ = ["Strategists", "has_strategists"]

STRATEGISTS_PPM = 300_000
ACT_PPM = 550_000
MINUTE_NS = 60 * SECOND_NS
DAY_NS = 24 * 60 * MINUTE_NS
MILLION = 1_000_000_000_000
"""One million of a currency, in micros."""
_ACTS = {
    "open": 9,
    "inside": 14,
    "grow": 2,
    "close": 1,
    "cut": 3,
    "widen": 4,
    "dearer": 2,
    "money": 2,
    "stop": 2,
    "pass": 1,
}


def has_strategists(chance: Chance) -> bool:
    """Return whether a desk has strategies that reserve ahead; the stream moves alike."""
    return chance.strikes(STRATEGISTS_PPM)


class Strategists:
    """Everybody who deals with envelopes; nobody where there are none."""

    def __init__(
        self,
        chance: Chance,
        items: list[DeskItem],
        market: Market,
        capital: Callable[[str], int],
        *,
        is_there: bool,
    ) -> None:
        self._chance, self._market, self._is_there = chance, market, is_there
        self._places, self._capital = Places(items), capital
        self._products: dict[str, Product] = {}
        """Those that were made dearer."""
        self._open: dict[int, EnvelopeOpened] = {}
        self._inside: dict[int, OrderAccepted] = {}
        """Orders that went inside, by identifier."""
        self._gone: list[EnvelopeOpened] = []
        self._ended: set[str] = set()
        self._stopped: dict[str, None] = {}
        """Nodes that may not open, whoever stopped them."""
        self._number = 0
        self._acts: dict[str, Callable[[], list[AnyCommand]]] = {
            "open": self._opening,
            "inside": self._orders,
            "grow": self._grow,
            "close": self._close,
            "cut": lambda: self._state_limit(most=12),
            "widen": lambda: self._state_limit(most=400),
            "dearer": self._dearer,
            "money": self._money,
            "stop": self._stop,
            "pass": lambda: [AdvanceTime()],
        }

    def see(self, record: Record) -> None:
        """Take in a durable record."""
        for event in record.events:
            match event:
                case EnvelopeOpened():
                    self._open[event.envelope_id] = event
                case EnvelopeClosed():
                    self._gone.append(self._open.pop(event.envelope_id))
                case ContractExpired():
                    self._ended.add(event.contract_id)
                case TradingStateSet():
                    self._stopped.pop(event.node_id, None)
                    if event.trading_state is not TradingState.ACTIVE:
                        self._stopped[event.node_id] = None
                case OrderAccepted() if event.envelope_id:
                    self._inside[event.order_id] = event
                case _:
                    pass

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what somebody does now, under its name; often nobody does anything."""
        if not self._is_there or not self._chance.strikes(ACT_PPM):
            return "", []
        name = self._chance.weighted([*_ACTS.items()])
        return f"envelope {name}", self._acts[name]()

    # ------------------------------------------------------------------------------------ opening

    def _opening(self) -> list[AnyCommand]:
        chance, sub = self._chance, self._chance.one_of(self._places.subs)
        living = [name for name in self._places.contracts if name not in self._ended]
        able = [name for name in living if self._product_id(name) in sub.mandate.products]
        scope = chance.one_of(able or self._places.contracts)
        contracts: tuple[str, ...] = ()
        if chance.strikes(500_000):
            scope = self._market.product(scope).product_id
            own = [name for name in self._places.contracts if self._is_of(name, scope)]
            contracts = () if chance.strikes(600_000) else tuple(own[: chance.between(1, len(own))])
        elif chance.strikes(20_000):
            scope = "NOTHING"
        lots = chance.between(1, chance.one_of((3, 9, 9, 20, 60)))
        lifetimes = (SECOND_NS, 30 * MINUTE_NS, 5 * 60 * MINUTE_NS, 5 * 60 * MINUTE_NS, DAY_NS)
        return [
            OpenEnvelope(
                sub_account_id=sub.sub_account_id,
                scope_id=scope,
                side=chance.one_of((Side.BUY, Side.SELL)),
                quantity_lots=lots,
                clip_lots=chance.between(1, max(1, lots // chance.between(1, 3))),
                margin_micros=self._stated(scope, lots),
                lifetime_ns=chance.one_of(lifetimes),
                entered_by=f"strategy-{sub.sub_account_id}",
                contract_ids=contracts,
            )
        ]

    def _stated(self, scope_id: str, lots: int) -> int:
        """Return the margin to state: plenty, or a little more or less than lots ask for now."""
        if self._chance.strikes(400_000):
            return 100 * MILLION
        own = [
            name for name in self._places.contracts if scope_id in (name, self._product_id(name))
        ]
        needs = [0]
        for name in own:
            product = self._products.get(self._product_id(name), self._market.product(name))
            value = self._market.price(name) * product.point_value_micros // NANOS
            needs.append(max(product.margin_floor_micros, abs(value) * product.margin_ppm // PPM))
        return lots * max(needs) * self._chance.between(995, 1_008) // 1_000

    def _product_id(self, contract_id: str) -> str:
        return self._market.product(contract_id).product_id

    def _is_of(self, contract_id: str, product_id: str) -> bool:
        return self._market.product(contract_id).product_id == product_id

    def _close(self) -> list[AnyCommand]:
        number = self._chance.one_of([*self._open] or [self._number + 1])
        return [CloseEnvelope(envelope_id=number, entered_by="strategy")]

    # --------------------------------------------------------------------------------------- use

    def _orders(self) -> list[AnyCommand]:
        """Send some orders inside one envelope, a few of them into none or wrongly."""
        known = [*self._open.values()]
        if self._chance.strikes(40_000):
            known = self._gone[-3:] or known
        if not known:
            return self._opening()
        envelope = self._chance.one_of(known)
        return [self._order(envelope) for _ in range(self._chance.between(1, 3))]

    def _order(self, envelope: EnvelopeOpened) -> SubmitOrder:
        chance = self._chance
        contract, side = chance.one_of(envelope.contract_ids), envelope.side
        sub_id = envelope.sub_account_id
        if chance.strikes(20_000):
            contract = chance.one_of(self._places.contracts)
        if chance.strikes(20_000):
            side = side.opposite
        if chance.strikes(20_000):
            sub_id = chance.one_of(self._places.subs).sub_account_id
        self._number += 1
        is_limit = chance.strikes(700_000)
        away = chance.between(-3, 3)
        return SubmitOrder(
            sub_account_id=sub_id,
            client_order_id=f"ahead{self._number}",
            contract_id=contract,
            side=side,
            quantity_lots=chance.between(1, envelope.clip_lots + chance.below(2)),
            order_type=OrderType.LIMIT if is_limit else OrderType.MARKET,
            limit_price_nanos=self._market.price(contract, away) if is_limit else None,
            offset=envelope.offset,
            envelope_id=envelope.envelope_id,
        )

    def _grow(self) -> list[AnyCommand]:
        """Change the size of an order inside."""
        if not self._inside:
            return self._orders()
        order = self._inside[self._chance.one_of([*self._inside][-8:])]
        return [
            ReplaceOrder(
                sub_account_id=order.sub_account_id,
                order_id=order.order_id,
                quantity_lots=self._chance.between(1, 2 * order.terms.quantity_lots + 1),
                limit_price_nanos=None,
            )
        ]

    # -------------------------------------------------------------------------- what makes them go

    def _state_limit(self, most: int) -> list[AnyCommand]:
        """State a limit over somebody's envelope, or anywhere."""
        chance = self._chance
        nodes, scopes = [MASTER, *self._places.beside], self._places.scopes
        if self._open and chance.strikes(800_000):
            envelope = chance.one_of([*self._open.values()])
            nodes = self._above(envelope.sub_account_id)
            scopes = [envelope.scope_id, *envelope.contract_ids, "*"]
        key = chance.one_of(nodes), chance.one_of(scopes)
        if key[0] == MASTER and key[1] == "*":
            most = max(most, 60)
        row = PositionLimit(
            node_id=key[0],
            scope_id=key[1],
            long_lots_max=chance.between(0, most),
            short_lots_max=chance.between(0, most),
        )
        return self._defined(row)

    def _above(self, sub_account_id: str) -> list[str]:
        parents = {sub.sub_account_id: sub.parent_id for sub in self._places.subs}
        found, node = [MASTER], sub_account_id
        while node:
            found.append(node)
            node = parents[node] or ""
        return found

    def _dearer(self) -> list[AnyCommand]:
        """Let a lot of a product ask for more margin, or for less again."""
        product = self._chance.one_of([*self._market.products.values()])
        floor = product.margin_floor_micros + self._chance.between(0, 20) * 1_000_000_000
        dearer = replace(product, margin_floor_micros=floor)
        self._products[product.product_id] = dearer
        return self._defined(dearer)

    def _money(self) -> list[AnyCommand]:
        """Take most of what a book has, so that margin is tight; or bring some."""
        subs = [sub.sub_account_id for sub in self._places.subs]
        if self._open and self._chance.strikes(700_000):
            subs = [each.sub_account_id for each in self._open.values()]
        sub_id = self._chance.one_of(subs)
        capital = max(1, self._capital(sub_id))
        is_back = self._chance.strikes(300_000)
        amount = max(1, capital * self._chance.between(5, 95) // 100)
        return [
            TransferCapital(
                from_sub_account_id=None if is_back else sub_id,
                to_sub_account_id=sub_id if is_back else None,
                amount_micros=amount,
                reason="seeded",
                entered_by="ops-1",
            )
        ]

    def _defined(self, item: DeskItem) -> list[AnyCommand]:
        second = self._chance.weighted((("ops-2", 8), ("", 1)))
        return [DefineDesk(items=(item,), entered_by="ops-1", approved_by=second)]

    def _stop(self) -> list[AnyCommand]:
        """Let a book only reduce, or everybody open again."""
        state, nodes = TradingState.ACTIVE, [*self._stopped]
        if not nodes or self._chance.strikes(300_000):
            sub: SubAccount = self._chance.one_of(self._places.subs)
            state, nodes = TradingState.REDUCE_ONLY, [sub.sub_account_id]
        return [
            SetTradingState(
                node_id=node,
                trading_state=state,
                reason="seeded",
                entered_by="ops-1",
                approved_by="ops-2",
            )
            for node in nodes
        ]
