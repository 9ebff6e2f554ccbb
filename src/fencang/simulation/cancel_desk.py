"""Whoever cancels many orders at once on one seed's desk, by node, contract, side and account.

It has streams of chance of its own, so that a seed without it is what it was before.
"""

from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.commands import AnyCommand
from fencang.messages.message import Interface, Side
from fencang.refdata.desk import DeskItem
from fencang.simulation.desks import MASTER
from fencang.simulation.places import Places
from fencang.simulation.random import Chance

__all__ = ["CancelDesk", "has_mass_cancels"]

DESK_PPM = 400_000
ACT_PPM = 60_000
NOBODY = "NOBODY"


def has_mass_cancels(chance: Chance) -> bool:
    """Return whether somebody cancels much on a desk."""
    return chance.strikes(DESK_PPM)


class CancelDesk:
    """Clients and risk officers who cancel much; nobody where a desk has none."""

    def __init__(self, chance: Chance, items: list[DeskItem], *, is_there: bool) -> None:
        self._chance, self._is_there = chance, is_there
        self._places = Places(items)

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what somebody does now, under its name; mostly nobody does anything."""
        if not self._is_there or not self._chance.strikes(ACT_PPM):
            return "", []
        command = self._cancel()
        commands: list[AnyCommand] = [command]
        if self._chance.strikes(200_000):
            commands.append(command)  # asked a second time, it asks nobody again
        return "mass cancel", commands

    def everything(self) -> list[AnyCommand]:
        """Return what cancels the whole desk at its end."""
        return [CancelOrders(node_id=MASTER, entered_by="ops-1")] if self._is_there else []

    def _cancel(self) -> CancelOrders:
        chance, places = self._chance, self._places
        nodes = places.tree if chance.strikes(700_000) else places.beside
        accounts = [each.carrying_account_id for each in places.carrying]
        return CancelOrders(
            node_id=self._or_nobody(chance.one_of(nodes)),
            entered_by="ops-1",
            scope_id=self._some([name for name in places.scopes if name != "*"]),
            side=chance.one_of((Side.BUY, Side.SELL)) if chance.strikes(250_000) else None,
            carrying_account_id=self._some(accounts),
            interface=chance.one_of((Interface.INTERNAL, Interface.REST, Interface.WEBSOCKET)),
        )

    def _some(self, names: list[str]) -> str | None:
        """Return a filter, mostly none."""
        found = self._or_nobody(self._chance.one_of(names))
        return found if self._chance.strikes(250_000) else None

    def _or_nobody(self, name: str) -> str:
        """Return a name, now and then one that the desk does not know."""
        return NOBODY if self._chance.strikes(30_000) else name
