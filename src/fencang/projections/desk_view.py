"""The whole desk as its durable records tell it: every read model behind one ``apply``.

The order within a record matters and stands here: reference values first, rules before books (a
firing shows positions as they stood), performance after books (a day ends with its equity).
"""

from fencang.messages.record import Record
from fencang.projections.books import Books
from fencang.projections.money import Money
from fencang.projections.orders import Orders
from fencang.projections.performance import Performance
from fencang.projections.plans import Plans
from fencang.projections.projection import Projection
from fencang.projections.reference import Reference, reserve_id
from fencang.projections.rejections import Rejections
from fencang.projections.rules import Rules

__all__ = ["DeskView"]


class DeskView(Projection):
    """All read models; also what a planner sees of the desk (``planning.plan.CapitalView``)."""

    __slots__ = (
        "books",
        "money",
        "orders",
        "performance",
        "plans",
        "reference",
        "rejections",
        "rules",
        "sequence",
        "time_ns",
    )

    def __init__(self) -> None:
        self.sequence = 0
        self.time_ns = 0
        self.reference = Reference()
        self.books = Books(self.reference)
        self.money = Money(self.reference)
        self.orders = Orders()
        self.rules = Rules(self.books)
        self.performance = Performance(self.books)
        self.plans = Plans()
        self.rejections = Rejections()

    def apply(self, record: Record) -> None:
        """Fold the next durable record into every read model."""
        assert record.sequence == self.sequence + 1, (record.sequence, self.sequence)
        self.reference.apply(record)
        self.rules.apply(record)
        self.books.apply(record)
        self.money.apply(record)
        self.orders.apply(record)
        self.performance.apply(record)
        self.plans.apply(record)
        self.rejections.apply(record)
        self.sequence = record.sequence
        self.time_ns = record.time_ns

    def content(self) -> object:
        """Return what every read model holds."""
        parts = [
            self.reference,
            self.books,
            self.money,
            self.orders,
            self.rules,
            self.performance,
            self.plans,
            self.rejections,
        ]
        return [self.sequence, self.time_ns, *(part.dump() for part in parts)]

    def sub_account_ids(self, owner_id: str) -> list[str]:
        """Return the owner's sub-accounts, sorted."""
        return self.reference.sub_account_ids(owner_id)

    def capital_micros(self, book_id: str) -> int:
        """Return a book's equity in the base currency as of the last record."""
        return self.books.equity_micros(book_id)

    def reserve_micros(self, owner_id: str) -> int:
        """Return the owner's capital that no sub-account has."""
        return self.books.equity_micros(reserve_id(owner_id))

    def releasable_micros(self, owner_id: str) -> int:
        """Return what may leave the reserve now: its base-currency cash, deficits taken off."""
        held = self.books.cash(reserve_id(owner_id)).get(self.reference.base_currency, 0)
        return max(0, min(held, self.books.cover_micros(owner_id)))

    def requirement_micros(self, book_id: str) -> int:
        """Return the margin requirement published last for a book."""
        return self.books.standing(book_id).requirement_micros

    def history(self, book_id: str, days_max: int) -> list[tuple[int, int, int]]:
        """Return (trading day, profit, capital it was earned on) of the last completed days."""
        return self.performance.history(book_id, days_max)
