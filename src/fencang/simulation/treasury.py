"""What the treasury sends: funding terms, wires on their way, interest, a broker's margin calls.

Steps come too early, twice, by one person, for amounts that are not there: the desk must refuse
that and go on.
"""

from collections.abc import Callable
from datetime import timedelta

from fencang.messages.commands import AnyCommand, DefineDesk
from fencang.messages.money_commands import (
    ApproveWire,
    CallKind,
    CancelWire,
    ConfirmWire,
    PostInterest,
    ReportMarginCall,
    RequestWire,
    ReturnWire,
    SendWire,
    WireDirection,
)
from fencang.refdata.account import CarryingAccount
from fencang.refdata.desk import DeskItem
from fencang.refdata.fees import FeeKind, FeeRow, FeeStep
from fencang.refdata.funding import AfterCutoff, FundingTerms, InterestRate, InterestScope
from fencang.refdata.person import LegalPerson
from fencang.simulation.desks import FIRST_DAY
from fencang.simulation.random import Chance
from fencang.simulation.witness import Witness

__all__ = ["Treasury"]

BENEFIT_OF = (InterestScope.SUB_ACCOUNT, "USD")
DUE_NS = 1_600_000_000_000_000_000

FEE_ROWS = (
    FeeRow(
        row_id="maker",
        kind=FeeKind.EXCHANGE,
        scope_id="CL",
        from_day=FIRST_DAY,
        per_lot_micros=-250_000,
        is_rebate=True,
    ),
    FeeRow(
        row_id="commission",
        kind=FeeKind.BROKER,
        scope_id="CL",
        from_day=FIRST_DAY,
        per_lot_micros=2_000_000,
        order_minimum_micros=7_000_000,
        day_minimum_micros=100_000_000,
    ),
    FeeRow(
        row_id="clearing",
        kind=FeeKind.CLEARING,
        scope_id="CL",
        from_day=FIRST_DAY,
        per_lot_micros=300_000,
        steps=(FeeStep(40, 200_000), FeeStep(200, 100_000)),
    ),
)


class Treasury:
    """Moves money between banks and brokers, sensibly and otherwise."""

    def __init__(
        self, chance: Chance, items: list[DeskItem], currencies: list[str], witness: Witness
    ) -> None:
        self._chance, self._witness = chance, witness
        self._owners = [item.person_id for item in items if isinstance(item, LegalPerson)]
        self._carrying = [
            item.carrying_account_id for item in items if isinstance(item, CarryingAccount)
        ]
        self._currencies = list(dict.fromkeys(["USD", *currencies]))
        self._calls = 0

    def opening(self) -> list[AnyCommand]:
        """Return the terms that wires need, rates of interest, and a rebated fee row."""
        terms: list[DeskItem] = [
            FundingTerms(
                carrying_account_id=account,
                currency=currency,
                from_day=FIRST_DAY,
                cutoff_s=self._chance.one_of((0, 43_200, 86_399)),
                after_cutoff=self._chance.one_of(list(AfterCutoff)),
            )
            for account in self._carrying
            for currency in self._currencies
        ]
        rates: list[DeskItem] = [
            InterestRate(
                scope=scope,
                currency=currency,
                from_day=FIRST_DAY,
                credit_ppm=self._chance.one_of((-5_000, 0, 53_300)),
                debit_ppm=80_000,
                benefit_ppm=20_000 if (scope, currency) == BENEFIT_OF else 0,
            )
            for scope in InterestScope
            for currency in self._currencies
        ]
        items = (*terms, *rates, *FEE_ROWS)
        return [DefineDesk(items=items, entered_by="ops-1", approved_by="ops-2")]

    def wire(self) -> list[AnyCommand]:
        """Ask for a wire, or take a step with one that is known."""
        known = self._witness.wires
        if not known or self._chance.strikes(300_000):
            return [self._request()]
        wire_id = self._chance.one_of(sorted(known)[-6:])
        amount = known[wire_id]
        second = self._chance.weighted((("ops-2", 9), ("ops-1", 1)))
        steps: tuple[Callable[[], AnyCommand], ...] = (
            lambda: ApproveWire(wire_id=wire_id, approved_by=second),
            lambda: ApproveWire(wire_id=wire_id, approved_by="ops-2"),
            lambda: SendWire(wire_id=wire_id, reference="bank", entered_by="ops-1"),
            lambda: SendWire(wire_id=wire_id, reference="bank", entered_by="ops-1"),
            lambda: ConfirmWire(wire_id=wire_id, amount_micros=amount, entered_by="ops-1"),
            lambda: ConfirmWire(wire_id=wire_id, amount_micros=amount, entered_by="ops-1"),
            lambda: ReturnWire(
                wire_id=wire_id,
                amount_micros=amount,
                reason="returned",
                entered_by="ops-1",
                approved_by=second,
            ),
            lambda: CancelWire(wire_id=wire_id, reason="late", entered_by="ops-1"),
        )
        return [self._chance.one_of(steps)()]

    def _request(self) -> AnyCommand:
        days = self._chance.one_of((0, 0, 0, 1, 4))
        return RequestWire(
            carrying_account_id=self._chance.one_of(self._carrying),
            owner_id=self._chance.one_of(self._owners),
            currency=self._chance.one_of(("USD", *self._currencies)),
            direction=self._chance.one_of(list(WireDirection)),
            amount_micros=self._chance.between(1, 10 ** self._chance.between(6, 13)),
            value_date=self._witness.today + timedelta(days=days),
            reason="funding",
            entered_by="ops-1",
        )

    def interest(self) -> list[AnyCommand]:
        """Post interest from where it was posted to, now and then from elsewhere."""
        begin = self._witness.interest_until or FIRST_DAY
        day = begin if self._chance.strikes(900_000) else begin + timedelta(days=1)
        return [PostInterest(day=day, until_day=day + timedelta(days=self._chance.between(1, 3)))]

    def call(self) -> list[AnyCommand]:
        """Enter a broker's margin call, now and then one that is known."""
        self._calls += self._chance.one_of((0, 1, 1, 1))
        return [
            ReportMarginCall(
                carrying_account_id=self._chance.one_of(self._carrying),
                owner_id=self._chance.one_of(self._owners),
                currency="USD",
                kind=self._chance.one_of(list(CallKind)),
                amount_micros=self._chance.between(1, 10**12),
                due_ns=DUE_NS,
                reference=f"CALL-{self._calls}",
                entered_by="ops-1",
            )
        ]
