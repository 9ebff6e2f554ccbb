"""Everybody with duties beside trading, and what each of their acts asks for."""

from collections.abc import Callable

from fencang.messages.commands import AnyCommand
from fencang.messages.day_commands import Check
from fencang.refdata.desk import DeskItem
from fencang.simulation.duties import Duties
from fencang.simulation.fill_desk import FillDesk
from fencang.simulation.guarantors import Guarantors
from fencang.simulation.market import Market
from fencang.simulation.notes import Notes
from fencang.simulation.operations import Operations
from fencang.simulation.random import Chance
from fencang.simulation.reconcilers import Reconcilers

__all__ = ["Staff"]


class Staff:
    """Operations, the fill desk, reconciliation and risk, with one stream of chance of their own.

    ``unmet`` says what a venue's day lacks, as the command line would.
    """

    def __init__(
        self,
        chance: Chance,
        duties: Duties,
        items: list[DeskItem],
        market: Market,
        notes: Notes,
        unmet: Callable[[str], tuple[Check, ...]],
    ) -> None:
        self._chance, self._duties, self.notes = chance, duties, notes
        # Prices are drawn from the market's walk, never moved by it.
        self.operations = Operations(chance.fork("operations"), duties, market, notes, unmet)
        fills = FillDesk(chance.fork("fills"), items, market, notes)
        reconcilers = Reconcilers(chance.fork("reconcilers"), items, notes)
        currencies = list({product.currency: None for product in market.products.values()})
        guarantors = Guarantors(chance.fork("guarantors"), items, currencies)
        self._last: list[AnyCommand] = []
        self._acts: dict[str, Callable[[], list[AnyCommand]]] = {
            "enter": fills.enter,
            "correct": fills.correct,
            "bust": fills.bust,
            "move": fills.move,
            "claim": fills.claim,
            "settle": self.operations.settle_some,
            "mend": self.operations.mend,
            "shut": self.operations.shut,
            "reopen": self.operations.reopen,
            "pause": self.operations.pause,
            "reconcile": reconcilers.report,
            "break": reconcilers.look_after,
            "grant": guarantors.grant,
            "collateral": guarantors.collateral,
            "again": self._again,
        }

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what somebody does now, under its name; often nobody does anything."""
        if not self._chance.strikes(self._duties.duty_ppm):
            return "", []
        name = self._chance.weighted([*self._duties.weights.items()])
        commands = self._acts[name]()
        self._last = [*self._last, *commands][-20:]
        return f"act {name}", commands

    def _again(self) -> list[AnyCommand]:
        """Say something a second time."""
        return [self._chance.one_of(self._last)] if self._last else []
