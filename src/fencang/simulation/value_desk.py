"""Who states limits of value anew while a desk trades, and lets stopped nodes go on.

Rows become narrower and wider, some for nodes that had none; capital moves in between.  One person
alone is not enough for what widens, and now and then tries.
"""

from collections.abc import Callable

from fencang.messages.commands import AnyCommand, DefineDesk, SetTradingState, TransferCapital
from fencang.messages.message import TradingState
from fencang.refdata.desk import DeskItem
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.loss_limit import LossLimit
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.simulation.desks import MASTER
from fencang.simulation.places import Places
from fencang.simulation.random import Chance
from fencang.simulation.value_rows import buffer_row, exposure_row, impact_row, loss_row

__all__ = ["ValueDesk"]

ACT_PPM = 150_000
_ACTS = {"row": 5, "resume": 3, "capital": 2}
SCALES = (500_000_000, 3_000_000_000, 20_000_000_000)


class ValueDesk:
    """Everybody who deals with limits of value; nobody where a desk states none."""

    def __init__(self, chance: Chance, items: list[DeskItem], *, has_rows: bool) -> None:
        self._chance, self._is_there = chance, has_rows
        self._places = Places(items)
        self._kinds = [
            kind
            for kind in (ExposureLimit, MarginBuffer, ImpactLimit, LossLimit)
            if any(isinstance(item, kind) for item in items)
        ]
        self._acts: dict[str, Callable[[], list[AnyCommand]]] = {
            "row": self._row,
            "resume": self._resume,
            "capital": self._capital,
        }

    def act(self) -> tuple[str, list[AnyCommand]]:
        """Return what somebody does now, under its name; mostly nobody does anything."""
        if not self._is_there or not self._kinds or not self._chance.strikes(ACT_PPM):
            return "", []
        name = self._chance.weighted([*_ACTS.items()])
        return f"value {name}", self._acts[name]()

    def _persons(self) -> tuple[str, str]:
        return "ops-1", self._chance.weighted((("ops-2", 8), ("", 2)))

    def _row(self) -> list[AnyCommand]:
        chance, places = self._chance, self._places
        node = chance.one_of([*places.tree[1:], *places.persons])
        anywhere = chance.one_of([*places.tree, *places.beside])
        item: DeskItem
        match chance.one_of(self._kinds).__name__:
            case "ExposureLimit":
                item = exposure_row(chance, anywhere, places)
            case "ImpactLimit":
                item = impact_row(chance, anywhere, places)
            case "MarginBuffer":
                item = buffer_row(chance, node)
            case _:
                item = loss_row(chance, node, chance.one_of(SCALES))
        entered_by, approved_by = self._persons()
        return [DefineDesk(items=(item,), entered_by=entered_by, approved_by=approved_by)]

    def _resume(self) -> list[AnyCommand]:
        """Let every node go on that may have been stopped for what it lost."""
        entered_by, approved_by = self._persons()
        return [
            SetTradingState(
                node_id=node,
                trading_state=TradingState.ACTIVE,
                reason="looked at",
                entered_by=entered_by,
                approved_by=approved_by,
            )
            for node in (MASTER, *self._places.tree[1:], *self._places.persons)
        ]

    def _capital(self) -> list[AnyCommand]:
        """Move capital, which is neither profit nor loss and changes shares of it."""
        sub = self._chance.one_of(self._places.subs).sub_account_id
        ways = (None, sub) if self._chance.strikes(500_000) else (sub, None)
        amount = self._chance.one_of((10_000_000_000, 800_000_000_000, 4_000_000_000_000))
        return [
            TransferCapital(
                from_sub_account_id=ways[0],
                to_sub_account_id=ways[1],
                amount_micros=amount,
                reason="seeded",
                entered_by="ops-1",
            )
        ]
