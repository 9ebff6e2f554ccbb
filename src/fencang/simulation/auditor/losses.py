"""The auditor's reading of losses: where every node with a limit stands, from cash and last prices.

A node is measured on its equity in the base currency: a sub-account with those below it, a person's
pool, all pools.  What comes or goes as capital is neither profit nor loss.  The day begins with the
first venue that opens a later one, a peak is what was ever seen after an event was whole, and the
window of a velocity is kept exactly here, while the desk may look back a thirty-second part longer.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from fencang.basics.money import PPM, RATE_NANOS
from fencang.messages.day_events import SettlementPricesApproved
from fencang.messages.events import (
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    ContractSettled,
    FillBooked,
    OpeningBookImported,
)
from fencang.messages.fill_events import PositionTransferred
from fencang.messages.loss_events import LossMeasure, LossStep
from fencang.messages.money_events import (
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.refdata.loss_limit import LossLimit, PeakOf
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.page import Page
from fencang.simulation.auditor.reference import PROMISED, Reference
from fencang.simulation.auditor.standing import POOL, Standing

__all__ = ["Losses", "Measured", "Node"]

CAPITAL = (
    CashDeposited
    | CashWithdrawn
    | CapitalTransferred
    | OpeningBookImported
    | PositionTransferred
    | WireRequested
    | WireConfirmed
    | WireReturned
    | WireCancelled
)
"""What brings or takes capital."""
PARTS = FillBooked | ContractSettled | SettlementPricesApproved
"""What is whole only with an event that follows: an allocation, the end of a settlement."""
WINDOW_PARTS = 32


class Measured(NamedTuple):
    """One measure of a node: what it may be, and between which two numbers it is, base micros."""

    measure: LossMeasure
    limit: int
    least: int
    most: int


class Node:
    """One node with a row: its day, its peaks, what it stood at, and the step it has taken."""

    def __init__(self, row: LossLimit) -> None:
        self.row = row
        self.equity = self.moved = self.start = self.peak = self.ever_peak = 0
        self.step = LossStep.NONE
        self.is_stopped = False
        """Whether the ladder, not a person, made the node reduce only."""
        self.levels: list[tuple[int, int]] = []
        """(time, level from then on), while a velocity is stated."""

    @property
    def now(self) -> int:
        """Return where the node stands, capital moved taken away."""
        return self.equity - self.moved

    def begin(self, time_ns: int) -> None:
        """Begin a day here: no loss, no step."""
        self.start = self.peak = self.now
        self.ever_peak = max(self.ever_peak, self.now)
        self.step, self.levels = LossStep.NONE, [(time_ns, self.now)]

    def look(self, time_ns: int) -> None:
        """Take in where the node stands."""
        self.peak = max(self.peak, self.now)
        self.ever_peak = max(self.ever_peak, self.now)
        if not self.levels or self.levels[-1][1] != self.now:
            self.levels.append((time_ns, self.now))

    def highest(self, time_ns: int, window_ns: int) -> int:
        """Return the highest level that the node stood at in the window that ends now."""
        highest, until = self.now, time_ns
        for begun, level in reversed(self.levels):
            if until < time_ns - window_ns:
                break
            highest, until = max(highest, level), begun
        return highest

    def measured(self, time_ns: int) -> Iterator[Measured]:
        """Yield the losses that the row bounds; capital of today counts as if at its start."""
        row, now, base = self.row, self.now, max(0, self.start + self.moved)
        limit = _lesser(row.daily_loss_micros, row.daily_loss_ppm, base)
        if limit is not None:
            yield Measured(LossMeasure.DAILY_LOSS, limit, self.start - now, self.start - now)
        limit = _lesser(row.drawdown_micros, row.drawdown_ppm, base)
        if limit is not None:
            lost = (self.peak if row.peak_of is PeakOf.DAY else self.ever_peak) - now
            yield Measured(LossMeasure.DRAWDOWN, limit, lost, lost)
        limit = _lesser(row.velocity_micros, row.velocity_ppm, base)
        if limit is not None:
            part_ns = -(-row.velocity_ns // WINDOW_PARTS)
            least = self.highest(time_ns, row.velocity_ns) - now
            most = self.highest(time_ns, row.velocity_ns + part_ns) - now
            yield Measured(LossMeasure.VELOCITY, limit, least, most)


def _lesser(amount: int | None, share_ppm: int | None, equity_micros: int) -> int | None:
    shares = [] if share_ppm is None else [equity_micros * share_ppm // PPM]
    return min([*shares, *([] if amount is None else [amount])], default=None)


class Losses:
    """Equity of every node with a row, followed event by event."""

    def __init__(self, reference: Reference, lots: Lots, cash: Cash, standing: Standing) -> None:
        self.reference, self.lots, self.cash = reference, lots, cash
        self.standing = standing
        self.nodes: dict[str, Node] = {}

    def follow(self, page: Page, event: Any) -> None:  # noqa: ANN401 - any event of a record
        """Take in what an event has done to equity: capital, or profit and loss."""
        equities = self.equities()
        for node_id, node in sorted(self.nodes.items()):
            equity = self._equity(node_id, equities)
            if isinstance(event, CAPITAL):
                node.moved += equity - node.equity
            node.equity = equity
            if not isinstance(event, PARTS):
                node.look(page.record.time_ns)

    def define(self, page: Page) -> None:
        """Learn rows; a new one begins its day where its node stands."""
        equities = self.equities()
        for (node_id,), row in sorted(self.reference.rows.get(LossLimit, {}).items()):
            known = self.nodes.get(node_id)
            if known is not None:
                if known.row.velocity_ns != row.velocity_ns or known.row.velocity is None:
                    known.levels = [(page.record.time_ns, known.now)]
                known.row = row
                continue
            node = self.nodes[node_id] = Node(row)
            node.equity = self._equity(node_id, equities)
            node.ever_peak = node.now
            node.begin(page.record.time_ns)

    def begin_day(self, page: Page) -> None:
        """Begin a trading day at every node."""
        for node in self.nodes.values():
            node.begin(page.record.time_ns)

    # ----------------------------------------------------------------------------------- equity

    def equities(self) -> dict[str, int]:
        """Return the equity of every sub-account and of every owner's pool, in base micros."""
        sums: defaultdict[tuple[str, str], int] = defaultdict(int)
        for (book, currency), amount in self.cash.books.items():
            # Promised cash belongs to the pool no more.
            if book and not book.startswith(PROMISED):
                sums[book, currency] += amount
                sums[POOL + self.reference.owner(book), currency] += amount
        for (holder, carrying, contract), traded in self.lots.traded.items():
            if holder != CARRYING:
                lots = self.lots.signed(holder, carrying, contract)
                value = self.reference.value(contract, self.standing.marks[contract], lots)
                unpaid = value + traded - self.lots.paid[holder, carrying, contract]
                currency = self.reference.product(contract).currency
                sums[holder, currency] += unpaid
                sums[POOL + self.reference.owner(holder), currency] += unpaid
        totals: defaultdict[str, int] = defaultdict(int)
        for (book, currency), amount in sums.items():
            totals[book] += self._in_base(currency, amount)
        return totals

    def _in_base(self, currency: str, amount: int) -> int:
        if currency == self.reference.base_currency:
            return amount
        valued = abs(amount) * self.standing.rates.get(currency, 0)
        nearest = (2 * valued + RATE_NANOS) // (2 * RATE_NANOS)
        return nearest if amount > 0 else -nearest

    def holders(self, node_id: str) -> list[str]:
        """Return the sub-accounts or pools that a node is measured on.

        The holder of a carrying account has what nobody claimed there, though it has no book.
        """
        owners = {sub.owner_id for sub in self.reference.sub_accounts.values()}
        owners |= {account.holder_id for account in self.reference.carrying.values()}
        if node_id.startswith("person:"):
            return [POOL + node_id.removeprefix("person:")]
        if node_id == self.reference.master_id:
            return [POOL + owner for owner in sorted(owners)]
        return self.subs_below(node_id)

    def subs_below(self, node_id: str) -> list[str]:
        """Return the sub-accounts at and below a node; of a person those of its pool."""
        subs = self.reference.sub_accounts
        if node_id.startswith("person:"):
            owner = node_id.removeprefix("person:")
            return sorted(name for name, sub in subs.items() if sub.owner_id == owner)
        return sorted(name for name in subs if node_id in self.reference.chain(name))

    def _equity(self, node_id: str, equities: dict[str, int]) -> int:
        pools = [name for name in equities if name.startswith(POOL)]
        if node_id == self.reference.master_id:
            return sum(equities[name] for name in pools)
        return sum(equities.get(name, 0) for name in self.holders(node_id))

    def margin_use(self, node_id: str) -> Measured | None:
        """Return the requirement of a node against its share of equity and securities."""
        row = self.nodes[node_id].row
        if row.margin_use_ppm is None:
            return None
        figures = [self.standing.figures(group) for group in self.holders(node_id)]
        held = sum(each.equity + each.backing for each in figures)
        need = sum(each.need for each in figures)
        limit = max(0, held) * row.margin_use_ppm // PPM
        return Measured(LossMeasure.MARGIN_USE, limit, need, need)
