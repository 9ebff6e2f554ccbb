"""Money at the brokers: funding terms, wires, margin calls, and what interest has accrued.

Cash of an outgoing wire is *promised* from its request until it is confirmed, returned or
cancelled: it has left the owner's reserve and not yet the carrying account.
"""

from bisect import bisect_right
from datetime import date
from enum import IntEnum

from fencang.engine.day_charges import DayCharges
from fencang.ledger.volumes import MonthLots
from fencang.messages.money_commands import CallKind, WireDirection
from fencang.messages.money_events import ProposedConversion, ProposedWire
from fencang.refdata.desk import DeskItem
from fencang.refdata.funding import FundingTerms, InterestRate, InterestScope, SweepTarget

__all__ = [
    "ACCRUAL_SCALE",
    "CALLS_MAX",
    "OPEN_MAX",
    "SWEEPS_MAX",
    "WIRES_MAX",
    "AccrualKey",
    "CallState",
    "Funds",
    "MarginCall",
    "Sweep",
    "Wire",
    "WireState",
]

WIRES_MAX = CALLS_MAX = 10_000
"""Wires, and calls, kept known; the oldest finished ones are forgotten first."""
SWEEPS_MAX = 100
"""Proposals of sweeps kept known."""
OPEN_MAX = 1_000
"""Wires, and calls, that may be open at one time."""
ACCRUAL_SCALE = 1_000_000 * 26_280
"""Parts of a micro that accrue: 26,280 is the least number of days that 360 and 365 divide."""

AccrualKey = tuple[int, str, str, str]
"""(kind of interest, account, owner, currency)."""


class WireState(IntEnum):
    """Where a wire stands; open up to ``SENT``."""

    REQUESTED = 1
    APPROVED = 2
    SENT = 3
    CONFIRMED = 4
    RETURNED = 5
    CANCELLED = 6

    @property
    def is_open(self) -> bool:
        """Return whether the cash of the wire is still to move."""
        return self <= WireState.SENT


class Wire:
    """One wire; ``amount_micros`` is what was confirmed once it was."""

    __slots__ = (
        "amount_micros",
        "approved_by",
        "carrying_account_id",
        "currency",
        "direction",
        "entered_by",
        "owner_id",
        "reference",
        "state",
        "value_date",
        "wire_id",
    )

    def __init__(
        self,
        wire_id: int,
        *,
        carrying_account_id: str,
        owner_id: str,
        currency: str,
        direction: WireDirection,
        amount_micros: int,
        value_date: date,
        entered_by: str,
    ) -> None:
        self.wire_id = wire_id
        self.carrying_account_id = carrying_account_id
        self.owner_id = owner_id
        self.currency = currency
        self.direction = direction
        self.amount_micros = amount_micros
        self.value_date = value_date
        self.entered_by = entered_by
        self.approved_by = ""
        self.reference = ""
        self.state = WireState.REQUESTED

    @property
    def promised_micros(self) -> int:
        """Return what the wire keeps from every other use."""
        is_promise = self.direction is WireDirection.OUT and self.state.is_open
        return self.amount_micros if is_promise else 0


class CallState(IntEnum):
    """Where a margin call stands."""

    OPEN = 1
    MET = 2
    CANCELLED = 3


class MarginCall:
    """One margin call; a ``reference`` names a broker's own."""

    __slots__ = (
        "amount_micros",
        "call_id",
        "carrying_account_id",
        "covered_micros",
        "currency",
        "due_ns",
        "is_overdue",
        "kind",
        "owner_id",
        "reference",
        "requirement_micros",
        "state",
    )

    def __init__(
        self,
        call_id: int,
        *,
        carrying_account_id: str,
        owner_id: str,
        currency: str,
        kind: CallKind,
        amount_micros: int,
        due_ns: int,
        requirement_micros: int,
        reference: str,
    ) -> None:
        self.call_id = call_id
        self.carrying_account_id = carrying_account_id
        self.owner_id = owner_id
        self.currency = currency
        self.kind = kind
        self.amount_micros = amount_micros
        self.due_ns = due_ns
        self.requirement_micros = requirement_micros
        self.reference = reference
        self.covered_micros = 0
        self.is_overdue = False
        self.state = CallState.OPEN

    @property
    def is_open(self) -> bool:
        """Return whether the call still asks for money."""
        return self.state is CallState.OPEN

    @property
    def missing_micros(self) -> int:
        """Return what has not come in yet."""
        return self.amount_micros - self.covered_micros

    @property
    def place(self) -> tuple[str, str, str]:
        """Return carrying account, owner and currency."""
        return self.carrying_account_id, self.owner_id, self.currency


class Sweep:
    """One proposal of wires and conversions."""

    __slots__ = ("conversions", "is_applied", "owner_id", "proposed_by", "sweep_id", "wires")

    def __init__(
        self,
        sweep_id: int,
        owner_id: str,
        proposed_by: str,
        wires: tuple[ProposedWire, ...],
        conversions: tuple[ProposedConversion, ...],
    ) -> None:
        self.sweep_id = sweep_id
        self.owner_id = owner_id
        self.proposed_by = proposed_by
        self.wires = wires
        self.conversions = conversions
        self.is_applied = False


class Funds:
    """Terms, rates, targets, wires, calls, sweeps, accruals and counted fees of one desk."""

    __slots__ = (
        "_rates",
        "_targets",
        "_terms",
        "accrued",
        "calls",
        "day_charges",
        "interest_until",
        "month_lots",
        "open_calls",
        "sweeps",
        "wires",
    )

    def __init__(self) -> None:
        self._terms: dict[tuple[str, str], dict[int, FundingTerms]] = {}
        self._rates: dict[tuple[str, str, str], dict[int, InterestRate]] = {}
        self._targets: dict[tuple[str, str, str], SweepTarget] = {}
        self.sweeps: dict[int, Sweep] = {}
        self.wires: dict[int, Wire] = {}
        self.calls: dict[int, MarginCall] = {}
        self.open_calls: dict[int, MarginCall] = {}
        """A cache: what of ``calls`` is open."""
        self.interest_until = 0
        """Day (proleptic ordinal) up to which interest is posted, 0 before the first."""
        self.accrued: dict[AccrualKey, tuple[int, int]] = {}
        """Whole micros that are owed, and the rest in ``ACCRUAL_SCALE``-ths of one."""
        self.month_lots = MonthLots()
        self.day_charges = DayCharges()

    # ------------------------------------------------------------------------------ definitions

    def set_terms(self, item: FundingTerms) -> None:
        """Add funding terms or replace those of the same day."""
        dated = self._terms.setdefault((item.carrying_account_id, item.currency), {})
        dated[item.from_day.toordinal()] = item

    def set_rate(self, item: InterestRate) -> None:
        """Add an interest rate or replace the one of the same day."""
        dated = self._rates.setdefault((item.scope.value, item.scope_id, item.currency), {})
        dated[item.from_day.toordinal()] = item

    def set_target(self, item: SweepTarget) -> None:
        """Add a target or replace the one before."""
        key = (item.owner_id, item.carrying_account_id, item.currency)
        self._targets[key] = item

    def targets_of(self, owner_id: str) -> list[SweepTarget]:
        """Return an owner's targets by carrying account and currency."""
        return [target for key, target in sorted(self._targets.items()) if key[0] == owner_id]

    def definitions(self) -> list[DeskItem]:
        """Return every definition in canonical order."""
        items: list[DeskItem] = []
        for _, terms in sorted(self._terms.items()):
            items += [terms[day] for day in sorted(terms)]
        for _, rates in sorted(self._rates.items()):
            items += [rates[day] for day in sorted(rates)]
        items += [self._targets[key] for key in sorted(self._targets)]
        return items

    def terms(self, carrying_id: str, currency: str, time_ns: int) -> FundingTerms | None:
        """Return the funding terms in force at a moment: the latest whose local day has come."""
        dated = self._terms.get((carrying_id, currency), {})
        for day in sorted(dated, reverse=True):
            if dated[day].local(time_ns)[0].toordinal() >= day:
                return dated[day]
        return None

    def rate(
        self, scope: InterestScope, scope_id: str, currency: str, day: int
    ) -> InterestRate | None:
        """Return the rate of a day (proleptic ordinal): an account's own before the general one."""
        for name in (scope_id, ""):
            dated = self._rates.get((scope.value, name, currency), {})
            days = sorted(dated)
            at = bisect_right(days, day)
            if at:
                return dated[days[at - 1]]
        return None

    # ------------------------------------------------------------------------------ wires, calls

    def promised_micros(self, owner_id: str, currency: str, carrying_id: str | None = None) -> int:
        """Return an owner's cash that outgoing wires are promised, at one account or everywhere."""
        return sum(
            wire.promised_micros
            for wire in self.wires.values()
            if wire.owner_id == owner_id
            and wire.currency == currency
            and carrying_id in (None, wire.carrying_account_id)
        )

    def add_sweep(self, sweep: Sweep) -> None:
        """Keep a proposal; the oldest gives way when there are too many."""
        self.sweeps[sweep.sweep_id] = sweep
        if len(self.sweeps) > SWEEPS_MAX:
            del self.sweeps[min(self.sweeps)]

    def open_wires(self) -> list[Wire]:
        """Return wires whose cash is still to move, oldest first."""
        return [self.wires[key] for key in sorted(self.wires) if self.wires[key].state.is_open]

    def add_wire(self, wire: Wire) -> None:
        """Keep a wire; the oldest finished one gives way when there are too many."""
        self.wires[wire.wire_id] = wire
        if len(self.wires) > WIRES_MAX:
            del self.wires[min(key for key, each in self.wires.items() if not each.state.is_open)]

    def add_call(self, call: MarginCall) -> None:
        """Keep a call; the oldest finished one gives way when there are too many."""
        self.calls[call.call_id] = call
        if call.is_open:
            self.open_calls[call.call_id] = call
        if len(self.calls) > CALLS_MAX:
            del self.calls[min(key for key, each in self.calls.items() if not each.is_open)]

    def end_call(self, call_id: int, state: CallState) -> None:
        """Close a call."""
        self.calls[call_id].state = state
        del self.open_calls[call_id]

    def cover_calls(self, place: tuple[str, str, str], amount_micros: int) -> None:
        """Count cash that came in towards open calls: ours in turn, a broker's own in turn."""
        calls = self.calls_at(place)
        for is_ours in (True, False):
            left = amount_micros
            for call in sorted(calls, key=lambda call: (call.kind, call.call_id)):
                if is_ours == (not call.reference):
                    part = min(left, call.missing_micros)
                    call.covered_micros += part
                    left -= part

    def calls_at(self, place: tuple[str, str, str]) -> list[MarginCall]:
        """Return open calls at a carrying account for an owner in a currency, oldest first."""
        return [call for _, call in sorted(self.open_calls.items()) if call.place == place]
