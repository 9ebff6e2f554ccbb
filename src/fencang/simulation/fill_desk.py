"""What the fill desk sends: entered fills, corrections, busts, claims on suspense, moved lots.

Names repeat, executions are unknown, second persons missing, legs do not sum, lots are not there,
owners differ: the desk must refuse that and go on.
"""

from datetime import timedelta

from fencang.messages.commands import AnyCommand, AssignSuspense
from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    EnterFill,
    FillKind,
    FillLeg,
    TransferPosition,
)
from fencang.messages.message import Offset, Side
from fencang.refdata.account import CarryingAccount, PositionMode, SubAccount
from fencang.refdata.desk import DeskItem
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.market import Market
from fencang.simulation.notes import KnownFill, Notes
from fencang.simulation.random import Chance

__all__ = ["FillDesk"]

_SOURCES = (("venue", 4), ("broker", 4), ("manual", 2))
_OFFSETS = (
    (Offset.OPEN, 5),
    (Offset.CLOSE, 3),
    (Offset.CLOSE_TODAY, 1),
    (Offset.CLOSE_YESTERDAY, 1),
)


class FillDesk:
    """People who enter and mend fills, and move positions."""

    def __init__(self, chance: Chance, items: list[DeskItem], market: Market, notes: Notes) -> None:
        self._chance, self._market, self._notes = chance, market, notes
        self._subs = [item for item in items if isinstance(item, SubAccount)]
        self._carrying = [item for item in items if isinstance(item, CarryingAccount)]
        self._gross = {
            item.carrying_account_id
            for item in self._carrying
            if item.position_mode is PositionMode.GROSS
        }
        self._made = 0

    def _persons(self) -> tuple[str, str]:
        return "ops-1", self._chance.weighted((("ops-2", 8), ("", 1), ("ops-1", 1)))

    def _name(self, letter: str) -> str:
        """Return a name of its own, now and then one that was used."""
        self._made += self._chance.strikes(930_000)
        return f"{letter}{self._made}"

    def _routed(self, contract_id: str, carrying_account_id: str) -> list[str]:
        venue_id = self._notes.venue_of[contract_id]
        return [
            sub.sub_account_id
            for sub in self._subs
            if any(
                (route.venue_id, route.carrying_account_id) == (venue_id, carrying_account_id)
                for route in sub.routes
            )
        ]

    # ------------------------------------------------------------------------------------ entry

    def enter(self) -> list[AnyCommand]:
        """Enter a fill for one or two sub-accounts, or for nobody."""
        contract = self._chance.one_of(list(self._market.contracts))
        venue_id = self._notes.venue_of[contract]
        fitting = [each for each in self._carrying if venue_id in each.venues]
        account = self._chance.one_of(fitting).carrying_account_id
        names = self._routed(contract, account)
        if not names or self._chance.strikes(50_000):
            names = [sub.sub_account_id for sub in self._subs]
        begin = self._chance.below(len(names))
        chosen = names[begin : begin + self._chance.one_of((0, 1, 1, 1, 2))]
        legs = tuple(FillLeg(name, self._chance.between(1, 4)) for name in chosen)
        lots = sum(leg.quantity_lots for leg in legs) or 2
        day = self._notes.today.get(venue_id, FIRST_DAY)
        clearing = day - timedelta(days=self._chance.one_of((0, 0, 0, 0, 1, 3, -1)))
        entered_by, approved_by = self._persons()
        return [
            EnterFill(
                carrying_account_id=account,
                execution_id=self._name("entered-"),
                kind=self._chance.one_of(list(FillKind)),
                contract_id=contract,
                side=self._chance.one_of((Side.BUY, Side.SELL)),
                quantity_lots=lots + self._chance.strikes(40_000),
                price_nanos=self._market.price(contract, self._chance.between(-4, 4)),
                trade_day=clearing - timedelta(days=self._chance.one_of((0, 0, 0, 1))),
                clearing_day=clearing,
                legs=legs,
                entered_by=entered_by,
                approved_by=approved_by,
                offset=self._chance.weighted(_OFFSETS) if account in self._gross else Offset.NET,
                counterparty="another firm",
                reason="by phone",
            )
        ]

    # ------------------------------------------------------------------------------ corrections

    def _fill(self) -> KnownFill:
        fills, corrections = self._notes.fills, self._notes.corrections
        contract = self._chance.one_of(list(self._market.contracts))
        unknown = KnownFill("C-NET", "never", contract, 1)
        if not fills or self._chance.strikes(40_000):
            return unknown
        if corrections and self._chance.strikes(150_000):
            account, name = self._chance.one_of(corrections[-10:])
            return KnownFill(account, name, contract, 2)
        return self._chance.one_of(fills[-25:])

    def correct(self) -> list[AnyCommand]:
        """Give a fill another price or quantity, now and then the one it has."""
        fill = self._fill()
        lots = fill.quantity_lots + self._chance.one_of((0, 0, 0, -1, -2, 1, 3))
        entered_by, approved_by = self._persons()
        return [
            CorrectFill(
                carrying_account_id=fill.carrying_account_id,
                execution_id=fill.execution_id,
                correction_id=self._name("mend-"),
                quantity_lots=max(1, lots),
                price_nanos=self._market.price(fill.contract_id, self._chance.between(-4, 4)),
                source=self._chance.weighted(_SOURCES),
                reason="as the venue says",
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    def bust(self) -> list[AnyCommand]:
        """Take a fill back."""
        fill = self._fill()
        entered_by, approved_by = self._persons()
        return [
            BustFill(
                carrying_account_id=fill.carrying_account_id,
                execution_id=fill.execution_id,
                correction_id=self._name("bust-"),
                source=self._chance.weighted(_SOURCES),
                reason="obvious error",
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    def claim(self) -> list[AnyCommand]:
        """Give suspended lots to somebody who is routed there, a part or more than there is."""
        if not self._notes.suspended:
            return []
        item = self._chance.one_of(self._notes.suspended[-6:])
        names = self._routed(item.contract_id, item.carrying_account_id)
        entered_by, approved_by = self._persons()
        return [
            AssignSuspense(
                carrying_account_id=item.carrying_account_id,
                execution_id=item.execution_id,
                sub_account_id=self._chance.one_of(names or ["NOBODY"]),
                quantity_lots=self._chance.between(1, item.quantity_lots + 1),
                reason="it was theirs",
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    # -------------------------------------------------------------------------------- transfers

    def move(self) -> list[AnyCommand]:
        """Move lots to another sub-account, now and then more than there are or to a stranger."""
        held = [key for key, lots in self._notes.held.items() if lots and key[0][0] != "@"]
        if not held:
            return []
        source, account, contract = self._chance.one_of(held)
        lots = self._notes.held[source, account, contract]
        names = [name for name in self._routed(contract, account) if name != source]
        if not names or self._chance.strikes(100_000):
            names = [sub.sub_account_id for sub in self._subs]
        side = Side.BUY if lots > 0 else Side.SELL
        if self._chance.strikes(50_000):
            side = side.opposite
        entered_by, approved_by = self._persons()
        return [
            TransferPosition(
                from_sub_account_id=source,
                to_sub_account_id=self._chance.one_of(names),
                carrying_account_id=account,
                contract_id=contract,
                side=side,
                quantity_lots=self._chance.between(1, abs(lots) + self._chance.strikes(100_000)),
                reason="strategy moves",
                entered_by=entered_by,
                approved_by=approved_by,
                at_cost=self._chance.strikes(300_000),
            )
        ]
