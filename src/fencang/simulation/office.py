"""What the back office, risk and the allocator send: capital, plans, stops, suspense.

Second persons are missing now and then, amounts too large, owners mixed up: the desk must refuse
that and go on.
"""

from collections.abc import Callable

from fencang.messages.commands import (
    AnyCommand,
    ApplyPlan,
    ApprovePlan,
    AssignSuspense,
    ConvertCurrency,
    DefineDesk,
    DepositCash,
    ImportOpeningBook,
    OpeningCash,
    OpeningLots,
    PlanLine,
    ProposePlan,
    RejectPlan,
    SetTradingState,
    TransferCapital,
    WithdrawCash,
)
from fencang.messages.fill_commands import UndoSuspenseAssignment
from fencang.messages.message import Side, TradingState
from fencang.refdata.account import CarryingAccount, SubAccount
from fencang.refdata.desk import DeskItem
from fencang.refdata.limit import PositionLimit
from fencang.simulation.desks import FIRST_DAY, MASTER
from fencang.simulation.market import Market
from fencang.simulation.random import Chance
from fencang.simulation.swarm import Swarm
from fencang.simulation.witness import Witness

__all__ = ["Office"]

MILLION = 1_000_000_000_000
"""One million of a currency, in micros."""


class Office:
    """Operations, risk, the allocator, and senders of nonsense."""

    def __init__(
        self,
        chance: Chance,
        swarm: Swarm,
        items: list[DeskItem],
        market: Market,
        witness: Witness,
        capital: Callable[[str], int],
    ) -> None:
        self._chance, self._market, self._witness = chance, market, witness
        self._capital = capital
        self._items = items
        self._scale = MILLION // 20 if swarm.has_small_capital else 3 * MILLION
        self._paid_in: dict[str, list[str]] = {}
        self.subs = [item for item in items if isinstance(item, SubAccount)]
        self.carrying = [item for item in items if isinstance(item, CarryingAccount)]
        self._number = 0
        currencies = {product.currency: None for product in market.products.values()}
        self.currencies = [*currencies]

    def opening(self) -> list[AnyCommand]:
        """Return what makes a desk ready to trade."""
        commands: list[AnyCommand] = [
            DefineDesk(items=tuple(self._items), entered_by="ops-1", approved_by="ops-2"),
            self._market.move_rates(),
            self._market.marks(list(self._market.contracts)),
        ]
        owners = {sub.owner_id: self._account_of(sub.owner_id) for sub in self.subs}
        commands += [self._deposit(owner, "USD", 12 * self._scale) for owner in owners]
        commands += [
            TransferCapital(
                from_sub_account_id=None,
                to_sub_account_id=sub.sub_account_id,
                amount_micros=self._scale,
                reason="start",
                entered_by="ops-1",
            )
            for sub in self.subs
        ]
        return commands

    def _account_of(self, owner: str) -> str:
        fitting = [
            account.carrying_account_id
            for account in self.carrying
            if account.holder_id == owner or account.omnibus
        ]
        account_id = self._chance.one_of(fitting)
        self._paid_in.setdefault(owner, []).append(account_id)
        return account_id

    def _brokers(self, owner: str) -> list[str]:
        """Return carrying accounts where an owner may have cash, likelier ones more often."""
        every = [account.carrying_account_id for account in self.carrying]
        return [*every, *4 * self._paid_in.get(owner, [])]

    def _persons(self) -> tuple[str, str]:
        second = self._chance.weighted((("ops-2", 9), ("", 1), ("ops-1", 1)))
        return "ops-1", second

    def _amount(self) -> int:
        return self._chance.between(1, self._scale // self._chance.one_of((1, 5, 1_000_000)))

    def _sub(self) -> SubAccount:
        return self._chance.one_of(self.subs)

    # ---------------------------------------------------------------------------------- capital

    def _deposit(self, owner: str, currency: str, amount: int) -> DepositCash:
        return DepositCash(
            carrying_account_id=self._account_of(owner),
            owner_id=owner,
            currency=currency,
            amount_micros=amount,
            entered_by="ops-1",
        )

    def deposit(self) -> list[AnyCommand]:
        """Bring cash in."""
        currency = self._chance.one_of(self.currencies)
        return [self._deposit(self._sub().owner_id, currency, self._amount())]

    def withdraw(self) -> list[AnyCommand]:
        """Take cash out, now and then more than there is."""
        entered_by, approved_by = self._persons()
        owner = self._sub().owner_id
        return [
            WithdrawCash(
                carrying_account_id=self._account_of(owner),
                owner_id=owner,
                currency=self._chance.one_of(self.currencies),
                amount_micros=self._amount() * self._chance.one_of((1, 1, 20)),
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    def transfer(self) -> list[AnyCommand]:
        """Move capital between books, now and then across owners."""
        ends = [self._sub().sub_account_id, self._sub().sub_account_id]
        if self._chance.strikes(700_000):
            ends[self._chance.below(2)] = ""
        return [
            TransferCapital(
                from_sub_account_id=ends[0] or None,
                to_sub_account_id=ends[1] or None,
                amount_micros=self._amount(),
                reason="because",
                entered_by="cio",
            )
        ]

    def convert(self) -> list[AnyCommand]:
        """Exchange currencies of one book."""
        entered_by, approved_by = self._persons()
        sub = self._sub()
        book = sub.sub_account_id
        if self._chance.strikes(400_000):
            book = f"@reserve:{sub.owner_id}"
        sold, bought = self._chance.one_of(self.currencies), self._chance.one_of(self.currencies)
        if self._chance.strikes(500_000):
            sold = "USD"
        account = self._chance.one_of(self._brokers(sub.owner_id))
        return [
            ConvertCurrency(
                book_id=book,
                carrying_account_id=account,
                sold_currency=sold,
                sold_micros=self._amount(),
                bought_currency=bought,
                bought_micros=self._amount(),
                rate_source="bank",
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    def plan(self) -> list[AnyCommand]:
        """Propose a plan, or take a step with one that is there."""
        plans = self._witness.plans
        if plans and self._chance.strikes(600_000):
            plan_id = self._chance.one_of(plans[-3:])
            step = self._chance.weighted((("approve", 3), ("apply", 4), ("reject", 1)))
            if step == "approve":
                person = self._chance.weighted((("risk", 5), ("cio", 1)))
                return [ApprovePlan(plan_id=plan_id, approved_by=person)]
            if step == "apply":
                return [ApplyPlan(plan_id=plan_id, entered_by="cio")]
            return [RejectPlan(plan_id=plan_id, rejected_by="risk")]
        commands: list[AnyCommand] = [self._propose()]
        return commands

    def _propose(self) -> ProposePlan:
        owner = self._sub().owner_id
        subs = [sub for sub in self.subs if sub.owner_id == owner and self._chance.strikes(800_000)]
        lines = []
        for sub in subs:
            old = self._capital(sub.sub_account_id)
            old += self._chance.strikes(50_000)
            new = max(0, old + self._amount() * self._chance.one_of((-1, 1)))
            lines.append(PlanLine(sub.sub_account_id, old, new, 0, "seeded"))
        return ProposePlan(
            model="seeded",
            solver_version="1",
            input_sha256="0" * 64,
            at_sequence=self._chance.one_of((0, 1, 1, 1, 10**9)),
            owner_id=owner,
            lines=tuple(lines),
            entered_by="cio",
        )

    def import_book(self) -> list[AnyCommand]:
        """Bring in a book of a prior system, now and then with wrong totals."""
        sub = self._sub()
        contract = self._chance.one_of(list(self._market.contracts))
        venue = self._market.product(contract).venue_id
        accounts = [route.carrying_account_id for route in sub.routes if route.venue_id == venue]
        if not accounts:
            return []
        quantity = self._chance.between(1, 5)
        price = self._market.price(contract)
        lots = OpeningLots(
            sub.sub_account_id, accounts[0], contract, Side.BUY, quantity, price, FIRST_DAY, price
        )
        cash = OpeningCash(None, sub.owner_id, accounts[0], "USD", self._amount())
        entered_by, approved_by = self._persons()
        return [
            ImportOpeningBook(
                source="prior system",
                lots=(lots,),
                cash=(cash,),
                lots_total=quantity + self._chance.strikes(200_000),
                cash_totals=(("USD", cash.amount_micros),),
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    # ------------------------------------------------------------------------------------- risk

    def state(self) -> list[AnyCommand]:
        """Stop or resume somebody."""
        entered_by, approved_by = self._persons()
        node = MASTER if self._chance.strikes(150_000) else self._sub().sub_account_id
        stop = SetTradingState(
            node_id=node,
            trading_state=self._chance.one_of(list(TradingState)),
            reason="seeded",
            entered_by=entered_by,
            approved_by=approved_by,
        )
        resume = SetTradingState(
            node_id=MASTER,
            trading_state=TradingState.ACTIVE,
            reason="go on",
            entered_by="ops-1",
            approved_by="ops-2",
        )
        return [stop] if self._chance.strikes(600_000) else [resume]

    def define(self) -> list[AnyCommand]:
        """Change a limit, with or without the second person that loosening needs."""
        entered_by, approved_by = self._persons()
        limit = PositionLimit(
            node_id=self._sub().sub_account_id,
            scope_id=self._chance.one_of(("*", "CL", "ESH8", "NOWHERE")),
            long_lots_max=self._chance.below(40),
            short_lots_max=self._chance.below(40),
        )
        return [DefineDesk(items=(limit,), entered_by=entered_by, approved_by=approved_by)]

    def _claimant(self, carrying_account_id: str) -> str:
        routed = [
            sub.sub_account_id
            for sub in self.subs
            if any(route.carrying_account_id == carrying_account_id for route in sub.routes)
        ]
        if routed and self._chance.strikes(700_000):
            return self._chance.one_of(routed)
        return self._sub().sub_account_id

    def _undo(self) -> AnyCommand:
        item = self._chance.one_of(self._witness.assigned[-4:])
        entered_by, approved_by = self._persons()
        return UndoSuspenseAssignment(
            carrying_account_id=item.carrying_account_id,
            execution_id=item.execution_id,
            sub_account_id=item.sub_account_id,
            quantity_lots=self._chance.between(1, item.quantity_lots),
            reason="it was not theirs",
            entered_by=entered_by,
            approved_by=approved_by,
        )

    def suspense(self) -> list[AnyCommand]:
        """Assign suspense lots to somebody, sometimes the wrong one or too many; take some back."""
        if self._witness.assigned and self._chance.strikes(300_000):
            return [self._undo()]
        if not self._witness.suspended:
            return []
        item = self._chance.one_of(self._witness.suspended[-4:])
        entered_by, approved_by = self._persons()
        return [
            AssignSuspense(
                carrying_account_id=item.carrying_account_id,
                execution_id=item.execution_id,
                sub_account_id=self._claimant(item.carrying_account_id),
                quantity_lots=self._chance.between(1, item.quantity_lots + 1),
                reason="it was theirs",
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]
