"""What strangers send: fills of orders that never were, reports a sane venue would not make, and
commands about things that do not exist.  The desk must book it or refuse it, never break.
"""

from fencang.messages.commands import (
    AnyCommand,
    ApplyPlan,
    DepositCash,
    MarkPrices,
    PriceMark,
    ReportCancelRejected,
    ReportFill,
    ReportOrderCancelled,
    ReportOrderStatus,
    ReportOrderWorking,
    ReportReplaceRejected,
    SettleTradingDay,
    SubmitOrder,
    TransferCapital,
)
from fencang.messages.message import Offset, Side
from fencang.refdata.account import CarryingAccount, PositionMode, SubAccount
from fencang.refdata.desk import DeskItem
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.market import Market
from fencang.simulation.random import Chance
from fencang.simulation.witness import Witness

__all__ = ["Strangers"]


class Strangers:
    """Senders of nonsense."""

    def __init__(
        self, chance: Chance, items: list[DeskItem], market: Market, witness: Witness
    ) -> None:
        self._chance, self._market, self._witness = chance, market, witness
        self._sub_ids = [item.sub_account_id for item in items if isinstance(item, SubAccount)]
        self._carrying = [item for item in items if isinstance(item, CarryingAccount)]
        self._number = 0

    def stranger(self) -> list[AnyCommand]:
        """Report a fill that names no order of ours."""
        self._number += 1
        contract = self._chance.one_of(list(self._market.contracts))
        venue = self._market.product(contract).venue_id
        account = self._chance.one_of([a for a in self._carrying if venue in a.venues])
        offset = Offset.NET
        if account.position_mode is PositionMode.GROSS:
            offset = self._chance.one_of((Offset.OPEN, Offset.OPEN, Offset.CLOSE))
        fill = ReportFill(
            carrying_account_id=account.carrying_account_id,
            execution_id=f"stranger-{self._number}",
            order_id=self._chance.one_of((None, None, 77_700_000)),
            contract_id=contract,
            side=self._chance.one_of((Side.BUY, Side.SELL)),
            quantity_lots=self._chance.between(1, 4),
            price_nanos=self._market.price(contract),
            offset=offset,
        )
        return [fill, fill] if self._chance.strikes(200_000) else [fill]

    def rogue(self) -> list[AnyCommand]:
        """Report what a venue in its right mind would not."""
        order_id = self._chance.one_of([*self._witness.orders][-30:] or [1])
        if self._chance.strikes(300_000):
            order_id = 5
        # No command makes so many orders: these were never ours.
        unknown = order_id + 90_000
        fake: tuple[AnyCommand, ...] = (
            ReportOrderWorking(order_id=unknown, venue_order_id="who"),
            ReportOrderCancelled(order_id=unknown, text="never heard of"),
            ReportOrderStatus(order_id=unknown, known=False),
            ReportReplaceRejected(order_id=order_id, text="nobody asked"),
            ReportCancelRejected(order_id=unknown, text="nobody asked"),
        )
        return [self._chance.one_of(fake)]

    def malformed(self) -> list[AnyCommand]:
        """Say something about things that do not exist."""
        return [self._chance.one_of((*self._wrong_orders(), *self._wrong_office()))]

    def _wrong_orders(self) -> tuple[AnyCommand, ...]:
        return (
            SubmitOrder(
                sub_account_id="NOBODY",
                client_order_id="x",
                contract_id="ESH8",
                side=Side.BUY,
                quantity_lots=1,
            ),
            SubmitOrder(
                sub_account_id=self._chance.one_of(self._sub_ids),
                client_order_id="x",
                contract_id="NOTHING",
                side=Side.BUY,
                quantity_lots=1,
                limit_price_nanos=1,
            ),
            MarkPrices(source="feed", marks=(PriceMark("ESH8", 1),)),
            MarkPrices(
                source="manual", marks=self._market.marks(["ESH8"]).marks, entered_by="ops-1"
            ),
        )

    def _wrong_office(self) -> tuple[AnyCommand, ...]:
        return (
            DepositCash(
                carrying_account_id="C-NET",
                owner_id="STRANGER",
                currency="USD",
                amount_micros=5,
                entered_by="ops-1",
            ),
            SettleTradingDay(
                venue_id="XNET", trading_day=FIRST_DAY.replace(year=2001), source="feed", prices=()
            ),
            TransferCapital(
                from_sub_account_id=None,
                to_sub_account_id="NOBODY",
                amount_micros=1,
                reason="",
                entered_by="cio",
            ),
            ApplyPlan(plan_id=123, entered_by="cio"),
        )
