"""The careless office's back office: entered fills, corrections, busts, moved positions.

Law, checked with each: accounts that are not in the fill (or the transfer) stay untouched.
"""

from fencang.messages.events import FillBooked, SuspenseAssigned
from fencang.messages.fill_commands import (
    BustFill,
    CorrectFill,
    EnterFill,
    FillKind,
    FillLeg,
    UndoSuspenseAssignment,
)
from fencang.messages.fill_commands import TransferPosition as Move
from fencang.messages.fill_events import (
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Offset, Side
from fencang.refdata.desk import DeskSettings
from tests.engine.firm import MONDAY, define

GROSS = (Offset.OPEN, Offset.CLOSE, Offset.CLOSE_TODAY, Offset.CLOSE_YESTERDAY)
FEEDS = ("venue", "broker", "manual")


class BackOffice:
    """Chooses commands about fills by the chance of an office, from what it has seen."""

    def __init__(self, chance, desk, subs, contracts, price_of):
        self.chance, self.desk, self.subs = chance, desk, subs
        self.contracts, self.price_of = contracts, price_of
        self.known = []
        self.assigned = []
        self.made = 0
        self._before = {}
        desk.done(define(DeskSettings(transfers_at_cost=True)))

    def choose(self):
        """Return the next command about fills, and remember every book before it."""
        self._before = self._books()
        kinds = (self._enter, self._correct, self._bust, self._move, self._undo, self._settings)
        (choose,) = self.chance.choices(kinds, (8, 5, 4, 6, 3, 1))
        return choose()

    def see(self, events):
        """Remember executions; check that nobody else's books moved."""
        for event in events:
            if isinstance(event, FillBooked):
                where = (event.carrying_account_id, event.execution_id)
                self.known.append((*where, event.contract_id, event.quantity_lots))
            elif isinstance(event, FillCorrected | FillBusted):
                self._only(mend.book_id for mend in event.mends)
            elif isinstance(event, SuspenseAssigned):
                self.assigned.append(event)
            elif isinstance(event, SuspenseAssignmentUndone):
                self._only((event.sub_account_id,))
            elif isinstance(event, PositionTransferred):
                self._only((event.from_sub_account_id, event.to_sub_account_id))

    def _only(self, touched):
        now = self._books()
        touched = {*touched}
        assert {name for name in now if now[name] != self._before[name]} <= touched

    def _books(self):
        books = {}
        for name, sub in self.desk.state.subs.items():
            positions = [
                (
                    key,
                    (found.carried_micros, found.realised_micros, found.variation_micros),
                    [list(layer) for layer in (*found.long.layers, *found.short.layers)],
                )
                for key, found in sorted(sub.book.positions.items())
                if found.carried_micros or found.realised_micros or not found.is_flat
            ]
            books[name] = ({**sub.book.cash}, {**sub.book.fees}, positions)
        return books

    def _name(self, letter):
        self.made += 1
        return f"{letter}{self.made if self.chance.random() < 0.9 else 1}"

    def _execution(self):
        if self.known and self.chance.random() < 0.9:
            return self.chance.choice(self.known[-20:])
        return self.chance.choice((("C1", "e7", "CLM0", 2), ("CN1", "none", "CU06", 1)))

    def _enter(self):
        contract = self.chance.choice(sorted(self.contracts))
        account = self.chance.choice(("C1", "CN1", "OMNI"))
        if contract.startswith("CU"):
            account = "CN1"
        routed = [name for name in self.subs if self._is_routed(name, contract, account)]
        names = routed if self.chance.random() < 0.9 else self.subs
        names = self.chance.sample(names, min(len(names), self.chance.randint(0, 2)))
        legs = tuple(FillLeg(name, self.chance.randint(1, 4)) for name in names)
        venue = self.desk.state.contracts[contract].venue
        today = max(1, venue.today - self.chance.choice((0, 0, 0, 1)))
        day = MONDAY.fromordinal(today)
        lots = sum(leg.quantity_lots for leg in legs) or 2
        return EnterFill(
            carrying_account_id=account,
            execution_id=self._name("m"),
            kind=self.chance.choice(list(FillKind)),
            contract_id=contract,
            side=self.chance.choice(list(Side)),
            quantity_lots=lots if self.chance.random() < 0.95 else lots + 1,
            price_nanos=self.price_of(contract),
            trade_day=day,
            clearing_day=day,
            legs=legs,
            entered_by="ops",
            approved_by="boss" if self.chance.random() < 0.9 else "ops",
            offset=self.chance.choice(GROSS) if account == "CN1" else Offset.NET,
        )

    def _is_routed(self, name, contract, account):
        state = self.desk.state
        venue_id = state.contracts[contract].product.venue_id
        return state.route(state.subs[name], venue_id) == account

    def _correct(self):
        account, execution_id, contract, lots = self._execution()
        return CorrectFill(
            carrying_account_id=account,
            execution_id=execution_id,
            correction_id=self._name("c"),
            quantity_lots=max(1, lots + self.chance.choice((0, 0, 0, -1, -2, 1, 3))),
            price_nanos=self.price_of(contract),
            source=self.chance.choice(FEEDS),
            entered_by="ops",
            approved_by="boss",
        )

    def _bust(self):
        account, execution_id, _, _ = self._execution()
        return BustFill(
            carrying_account_id=account,
            execution_id=execution_id,
            correction_id=self._name("b"),
            source=self.chance.choice(FEEDS),
            entered_by="ops",
            approved_by=self.chance.choice(("boss", "")),
        )

    def _undo(self):
        known = self.assigned[-4:]
        name = self.chance.choice(self.subs)
        where = ("C1", "none", name, 1)
        if known:
            item = self.chance.choice(known)
            where = (item.carrying_account_id, item.execution_id, item.sub_account_id)
            where = (*where, self.chance.randint(1, item.quantity_lots))
        return UndoSuspenseAssignment(
            carrying_account_id=where[0],
            execution_id=where[1],
            sub_account_id=where[2],
            quantity_lots=where[3],
            reason="not theirs",
            entered_by="ops",
            approved_by=self.chance.choice(("boss", "boss", "")),
        )

    def _move(self):
        held = [
            (name, *key, side)
            for name, sub in sorted(self.desk.state.subs.items())
            for key, found in sorted(sub.book.positions.items())
            for side, lots in ((Side.BUY, found.long), (Side.SELL, found.short))
            if lots.quantity_lots
        ]
        source, account, contract, side = ("ALPHA", "C1", "CLM0", Side.BUY)
        if held and self.chance.random() < 0.9:
            source, account, contract, side = self.chance.choice(held)
        names = [name for name in self.subs if self._is_routed(name, contract, account)]
        if not names or self.chance.random() < 0.2:
            names = self.subs
        return Move(
            from_sub_account_id=source,
            to_sub_account_id=self.chance.choice(names),
            carrying_account_id=account,
            contract_id=contract,
            side=side,
            quantity_lots=self.chance.choice((1, 1, 2, 3, 8)),
            reason="",
            entered_by="cio",
            approved_by=self.chance.choice(("boss", "")),
            at_cost=self.chance.random() < 0.3,
        )

    def _settings(self):
        return define(DeskSettings(transfers_at_cost=self.chance.random() < 0.8))
