"""The desk and the seeded order stream that the benchmarks share.

One owner, carrying accounts at one venue, sub-accounts with wide mandates, contracts with true
multipliers.  The stream is the design's: 60 % new orders, 20 % cancels, 20 % fills, with a given
number of orders working in the same contracts beforehand.  Nothing is trimmed.
"""

from collections.abc import Iterable
from datetime import date

from fencang.engine.machine import Machine
from fencang.messages import commands as cmd
from fencang.messages.commands import AnyCommand
from fencang.messages.events import AnyEvent, OrderAccepted
from fencang.messages.message import OrderType, Side, TimeInForce
from fencang.refdata.account import CarryingAccount, Mandate, MasterAccount, Route, SubAccount
from fencang.refdata.contract import Contract, FeeSchedule, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.limit import PositionLimit
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue

__all__ = [
    "CAPITAL_MICROS",
    "DAY",
    "PRICE_NANOS",
    "Stream",
    "contract_ids",
    "desk_commands",
    "desk_items",
    "executed",
    "opened",
    "orders",
    "sub_ids",
    "trader_ids",
]

DAY = date(2018, 2, 5)
CAPITAL_MICROS = 1_000_000_000_000 * 1_000_000
"""So much that no order of any benchmark is refused for want of margin."""
_TICK = 250_000_000
PRICE_NANOS = 2_700 * 1_000_000_000


def contract_ids(contracts: int) -> list[str]:
    """Return the identifiers of the workload's contracts."""
    return [f"X{number:02d}-2018-03" for number in range(contracts)]


def sub_ids(subs: int) -> list[str]:
    """Return the identifiers of the workload's sub-accounts."""
    return [f"S{number:05d}" for number in range(subs)]


def trader_ids(traders: int) -> list[str]:
    """Return sub-accounts that no rule cuts: they trade beside a firing."""
    return [f"T{number:02d}" for number in range(traders)]


def _accounts(subs: int, carrying: int, products: tuple[str, ...], traders: int) -> list[DeskItem]:
    items: list[DeskItem] = [
        CarryingAccount(
            carrying_account_id=f"C{number}", holder_id="OWNER", broker="broker", venues=("XV",)
        )
        for number in range(carrying)
    ]
    capital = 100_000_000  # 100 times the capital: limits and margin are measured, not hit.
    items += [
        SubAccount(
            sub_account_id=sub_id,
            owner_id="OWNER",
            name=sub_id,
            mandate=Mandate(
                leverage_max_ppm=capital,
                products=products,
                tags=("cut",) if number < subs else ("free",),
            ),
            routes=(Route(venue_id="XV", carrying_account_id=f"C{number % carrying}"),),
        )
        for number, sub_id in enumerate(sub_ids(subs) + trader_ids(traders))
    ]
    return items


def desk_items(subs: int, contracts: int, carrying: int, traders: int) -> tuple[DeskItem, ...]:
    """Return the reference values of the workload's desk."""
    products = tuple(f"X{number:02d}" for number in range(contracts))
    items: list[DeskItem] = [
        LegalPerson(person_id="OWNER", name="owner", jurisdiction="US"),
        Venue(venue_id="XV", name="venue", country="US", weekend_days=()),
        MasterAccount(
            master_account_id="MASTER", person_id="OWNER", name="master", base_currency="USD"
        ),
        PositionLimit(
            node_id="MASTER", scope_id="*", long_lots_max=10_000_000, short_lots_max=10_000_000
        ),
    ]
    items += [
        Product(
            product_id=product_id,
            venue_id="XV",
            name=product_id,
            currency="USD",
            point_value_micros=50_000_000,
            tick_nanos=_TICK,
            fees=FeeSchedule(per_lot_micros=2_050_000, clearing_per_lot_micros=400_000),
            margin_ppm=50_000,
        )
        for product_id in products
    ]
    items += [
        Contract(contract_id=contract_id, product_id=product_id)
        for contract_id, product_id in zip(contract_ids(contracts), products, strict=True)
    ]
    items += _accounts(subs, carrying, products, traders)
    items.append(
        IndicatorRule(
            rule_id="vix",
            indicator="VIX",
            tag="cut",
            rise_ppm=50_000,
            keep_ppm=500_000,
            hold_ns=0,
            attempts_max=1,
        )
    )
    return tuple(items)


def desk_commands(
    subs: int = 30,
    contracts: int = 20,
    carrying: int = 3,
    traders: int = 0,
    items: tuple[DeskItem, ...] | None = None,
) -> list[AnyCommand]:
    """Return the commands that open the desk, with capital, session and prices.

    ``items`` take the place of ``desk_items`` where a desk is more than that.
    """
    grant = CAPITAL_MICROS // (subs + traders) * 9 // 10
    items = desk_items(subs, contracts, carrying, traders) if items is None else items
    opening: list[AnyCommand] = [
        cmd.DefineDesk(items=items, entered_by="one", approved_by="two"),
        cmd.DepositCash(
            carrying_account_id="C0",
            owner_id="OWNER",
            currency="USD",
            amount_micros=CAPITAL_MICROS,
            entered_by="one",
        ),
        cmd.OpenSession(venue_id="XV", trading_day=DAY),
        cmd.MarkPrices(
            source="bench",
            marks=tuple(cmd.PriceMark(key, PRICE_NANOS) for key in contract_ids(contracts)),
        ),
    ]
    opening += [
        cmd.TransferCapital(
            from_sub_account_id=None,
            to_sub_account_id=sub_id,
            amount_micros=grant,
            reason="bench",
            entered_by="one",
        )
        for sub_id in sub_ids(subs) + trader_ids(traders)
    ]
    return opening


class Stream:
    """A seeded stream of commands that reads the machine's answers to stay meaningful.

    Bids lie ``nearest_ticks`` or more below the market, offers as far above it: from one tick on
    no two orders could trade with each other.
    """

    def __init__(
        self,
        seed: int,
        subs: int = 30,
        contracts: int = 20,
        names: list[str] | None = None,
        nearest_ticks: int = 0,
    ) -> None:
        self._random = seed * 0x9E3779B97F4A7C15 % (1 << 64) or 1
        self._subs = sub_ids(subs) if names is None else names
        self._contracts = contract_ids(contracts)
        self._nearest_ticks = nearest_ticks
        self._made = 0
        self.working: list[OrderAccepted] = []

    def below(self, bound: int) -> int:
        """Return the next pseudo-random number below a bound (xorshift64)."""
        value = self._random
        value ^= value << 13 & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 7
        value ^= value << 17 & 0xFFFFFFFFFFFFFFFF
        self._random = value
        return value % bound

    def new_order(self, sub_id: str = "", contract_id: str = "") -> cmd.SubmitOrder:
        """Return a limit order near the market, of any book and contract or of those named."""
        self._made += 1
        side = Side.BUY if self.below(2) else Side.SELL
        offset = (self._nearest_ticks + self.below(40)) * _TICK
        return cmd.SubmitOrder(
            sub_account_id=sub_id or self._subs[self.below(len(self._subs))],
            client_order_id=str(self._made),
            contract_id=contract_id or self._contracts[self.below(len(self._contracts))],
            side=side,
            quantity_lots=1 + self.below(3),
            order_type=OrderType.LIMIT,
            limit_price_nanos=PRICE_NANOS - offset if side is Side.BUY else PRICE_NANOS + offset,
            time_in_force=TimeInForce.DAY,
        )

    def note(self, events: tuple[AnyEvent, ...]) -> None:
        """Remember an accepted order as working."""
        for event in events:
            if type(event) is OrderAccepted and event.sub_account_id:
                self.working.append(event)

    def next(self) -> AnyCommand:
        """Return a new order, a venue's cancel, or a full fill of a working order: 60/20/20.

        A fill is at the order's own price.
        """
        kind = self.below(10)
        if kind < 6 or not self.working:
            return self.new_order()
        place = self.below(len(self.working))
        self.working[place], self.working[-1] = self.working[-1], self.working[place]
        accepted = self.working.pop()
        order_id, terms = accepted.order_id, accepted.terms
        if kind < 8:
            return cmd.ReportOrderCancelled(order_id=order_id)
        price = terms.limit_price_nanos
        assert price is not None
        return cmd.ReportFill(
            carrying_account_id=terms.carrying_account_id,
            execution_id=f"E{order_id}",
            order_id=order_id,
            contract_id=terms.contract_id,
            side=terms.side,
            quantity_lots=terms.quantity_lots,
            price_nanos=price,
        )


def orders(count: int, seed: int, nearest_ticks: int = 0) -> list[AnyCommand]:
    """Return new orders only, for benchmarks of acceptance."""
    stream = Stream(seed, nearest_ticks=nearest_ticks)
    return [stream.new_order() for _ in range(count)]


def executed(machine: Machine, commands: Iterable[AnyCommand]) -> Machine:
    """Return the machine after it has executed commands, a nanosecond apart."""
    for command in commands:
        machine.execute(command, machine.sequence + 1, machine.time_ns + 1)
    return machine


def opened(subs: int = 30, contracts: int = 20, carrying: int = 3) -> Machine:
    """Return a machine with the workload's desk open for trading."""
    return executed(Machine(), desk_commands(subs, contracts, carrying))
