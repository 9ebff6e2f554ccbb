"""A carrying account on its days: fills as corrected, cash by cause, prices, lots."""

from collections import Counter
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from fencang.messages.events import AccountMargin
from fencang.messages.fill_events import FillBusted, FillCorrected
from fencang.messages.message import Offset, Side
from fencang.projections.carrying_lots import CarryingLots, DayPosition

__all__ = [
    "AccountDays",
    "CarryingDay",
    "DayEntries",
    "DayFill",
    "DayMend",
    "Movement",
    "right_terms",
]


class Movement(StrEnum):
    """Why cash of a carrying account moved."""

    FEES = "fees"
    VARIATION = "variation"
    TRANSFERS = "transfers"
    CONVERSIONS = "conversions"
    PREMIUMS = "premiums"
    INTEREST = "interest"
    CORRECTIONS = "corrections"


class DayFill(NamedTuple):
    """One execution in the carrying book, with the fees of all its parts."""

    execution_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int


class DayMend(NamedTuple):
    """An entry of the day that mends an earlier one: of a fill, else of a settlement price."""

    execution_id: str
    """Of the correction, or of a fill that came late; empty for a settlement."""
    contract_id: str
    mended_day: date | None
    """None: before the venue's first day."""
    currency: str
    amount_micros: int
    """Cash that moved by it at once."""
    listed_as: str = ""
    """Of a fill: the execution that its first line stands under, the opposite trade if any."""
    is_late_fill: bool = False
    """Whether it is a whole fill that came after its clearing day, and no correction of one."""
    is_after_settlement: bool = False
    """Of a late fill: its contract was settled already on the day that it was booked."""


class CarryingDay(NamedTuple):
    """One carrying account on one trading day; money is micros per currency."""

    carrying_account_id: str
    trading_day: date
    positions: dict[str, DayPosition]
    fills: list[DayFill]
    """Fills of the day as they were corrected on it; a correction of an earlier day's fill is two
    of them, the opposite trade at the old price and the right one."""
    exercises: list[DayFill]
    """Options that ended by exercise or assignment, and futures that took their place."""
    opening: dict[str, int]
    movements: dict[tuple[str, Movement], int]
    closing: dict[str, int]
    margins: list[AccountMargin]
    settlements: dict[str, int]
    """Contract → settlement price in nanos."""
    settlements_before: dict[str, int]
    """The same of the last day before that had one, as it was corrected since."""
    finals: frozenset[str]
    """Contracts whose settlement of the day was their last."""
    mends: list[DayMend]
    parameters: dict[str, str]
    """Clearing house → hash of the SPAN file that the day's margin was computed from."""


class DayEntries:
    """What happened to one account on one day."""

    __slots__ = (
        "corrected",
        "exercises",
        "fees",
        "fills",
        "finals",
        "margins",
        "mends",
        "movements",
        "parameters",
        "settlements",
    )

    def __init__(self) -> None:
        self.fills: list[DayFill] = []
        """Without fees; ``fees`` has them by execution."""
        self.exercises: list[DayFill] = []
        self.mends: list[DayMend] = []
        self.corrected: dict[str, int] = {}
        """Contract → price of an earlier settlement, as it was corrected on this day."""
        self.finals: set[str] = set()
        self.fees: dict[str, int] = {}
        self.movements: dict[tuple[str, Movement], int] = {}
        self.margins: list[AccountMargin] = []
        self.settlements: dict[str, int] = {}
        self.parameters: dict[str, str] = {}

    def move(self, currency: str, kind: Movement, amount_micros: int) -> None:
        """Count cash in."""
        key = currency, kind
        if amount_micros:
            self.movements[key] = self.movements.get(key, 0) + amount_micros

    def place_of(self, execution_id: str) -> int | None:
        """Return where a fill stands in the day's list; None when it does not."""
        places = range(len(self.fills) - 1, -1, -1)
        return next((at for at in places if self.fills[at].execution_id == execution_id), None)

    def is_late(self, execution_id: str) -> bool:
        """Return whether a fill of this list belongs to an earlier day."""
        return any(each.execution_id == execution_id for each in self.mends)

    def charge(self, execution_id: str, fee_micros: int) -> None:
        """Count a fee of a fill in; one that came late has moved it by coming."""
        self.fees[execution_id] = self.fees.get(execution_id, 0) + fee_micros
        self.mends = [
            each._replace(amount_micros=each.amount_micros - fee_micros)
            if each.is_late_fill and each.execution_id == execution_id
            else each
            for each in self.mends
        ]

    def with_fees(self) -> list[DayFill]:
        """Return the day's fills with what they paid."""
        return [
            fill._replace(fee_micros=self.fees.get(fill.execution_id, 0)) for fill in self.fills
        ]


class AccountDays:
    """One carrying account: its days, its lots now, and its lots at the end of each venue's day."""

    __slots__ = ("before", "days", "ends", "lots", "renamed")

    def __init__(self) -> None:
        self.before: Counter[str] = Counter()
        """Cash at the end of the last day that is no longer kept."""
        self.days: dict[int, DayEntries] = {}
        self.lots: dict[str, CarryingLots] = {}
        self.renamed: dict[str, tuple[int, str]] = {}
        """Execution corrected after its day → day and execution of what stands for it since."""
        self.ends: dict[str, dict[int, dict[str, DayPosition]]] = {}
        """Venue → day → contract → lots at its end."""

    def day(self, ordinal: int) -> DayEntries:
        """Return a day, a new one when nothing happened on it yet."""
        return self.days.setdefault(ordinal, DayEntries())

    def contract(self, contract_id: str) -> CarryingLots:
        """Return the lots of a contract."""
        return self.lots.setdefault(contract_id, CarryingLots())

    def stands(self, execution_id: str) -> tuple[int, str]:
        """Return the day that lists an execution and what it is listed as; day 0 if none does."""
        if execution_id in self.renamed:
            return self.renamed[execution_id]
        for ordinal in sorted(self.days, reverse=True):
            if self.days[ordinal].place_of(execution_id) is not None:
                return ordinal, execution_id
        return 0, execution_id

    def forget(self, days_max: int) -> None:
        """Fold the oldest days into the balance before, beyond a bound."""
        for ordinal in sorted(self.days)[: max(0, len(self.days) - days_max)]:
            for (currency, _), amount in self.days.pop(ordinal).movements.items():
                self.before[currency] += amount
        oldest = min(self.days, default=0)
        self.renamed = {key: at for key, at in self.renamed.items() if at[0] >= oldest}
        for ends in self.ends.values():
            for ordinal in sorted(ends)[: max(0, len(ends) - days_max)]:
                del ends[ordinal]

    def relist(self, today: int, event: FillCorrected | FillBusted, fee_micros: int) -> str | None:
        """List a corrected fill; return as what, None when it is one of the day itself.

        A fill that the day lists gets its right terms or leaves the list.  For an earlier one the
        opposite trade is listed under the name it had, and the right one under the correction's.
        """
        day = self.day(today)
        ordinal, name = self.stands(event.execution_id)
        lots, price = right_terms(event)
        at = day.place_of(name) if ordinal == today else None
        if at is not None:
            day.fees[name] = day.fees.get(name, 0) + fee_micros
            if lots:
                day.fills[at] = day.fills[at]._replace(quantity_lots=lots, price_nanos=price)
            else:
                del day.fills[at], day.fees[name]
            return name if day.is_late(name) else None
        before = self.days.get(ordinal)
        old_fee = before.fees.get(name, 0) if before is not None else 0
        contract, side, offset = event.contract_id, event.side, event.offset
        taken = (event.old_quantity_lots, event.old_price_nanos)
        day.fills.append(DayFill(name, contract, side.opposite, _opposite(offset), *taken, 0))
        day.fees[name] = -old_fee if lots else fee_micros
        if lots:
            right = event.correction_id
            day.fills.append(DayFill(right, contract, side, offset, lots, price, 0))
            day.fees[right] = old_fee + fee_micros
            self.renamed[event.execution_id] = (today, right)
        return name


def right_terms(event: FillCorrected | FillBusted) -> tuple[int, int]:
    """Return lots and price that a fill should have had; no lots when it never was."""
    if isinstance(event, FillCorrected):
        return event.new_quantity_lots, event.new_price_nanos
    return 0, event.old_price_nanos


def _opposite(offset: Offset) -> Offset:
    """Return the offset of the trade that takes one back."""
    if offset is Offset.NET:
        return offset
    return Offset.CLOSE if offset is Offset.OPEN else Offset.OPEN
