"""The positions of all books, and how a change of lots is booked, counted and noted."""

from fencang.messages.message import Offset, Side
from fencang.projections.reference import suspense_id
from fencang.reports.statement.day import Results
from fencang.reports.statement.gathered import Gathered
from fencang.reports.statement.holdings import (
    Held,
    HoldingKey,
    OwnedHolding,
    SuspendedHolding,
    Traded,
)
from fencang.reports.statement.values import LotChange, LotChangeKind, MovementKind

__all__ = ["NOTHING_DONE", "LotBook", "Terms"]

Terms = tuple[Side, Offset, int, int]
"""Side, offset, lots and price in nanos."""

NOTHING_DONE = Traded(0, 0)


class LotBook:
    """Positions by venue, so that a venue's day is closed without visiting the others'."""

    __slots__ = ("_by_contract", "_gathered", "_holdings")

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self._holdings: dict[str, dict[HoldingKey, OwnedHolding | SuspendedHolding]] = {}
        self._by_contract: dict[str, list[HoldingKey]] = {}

    @property
    def venue_ids(self) -> list[str]:
        """Return the venues that ever had positions."""
        return list(self._holdings)

    def freeze(self, venue_id: str, number: int) -> list[Held]:
        """Return a venue's positions as they stand, for a day."""
        holdings = self._holdings.get(venue_id, {})
        product_of, mark = self._gathered.product, self._gathered.mark
        return [
            holdings[key].held(key, product_of(key[2]), mark(key[2], number), number)
            for key in sorted(holdings)
        ]

    def holding(self, key: HoldingKey) -> OwnedHolding | SuspendedHolding:
        """Return a position, a new one where there is none."""
        venue_id = self._gathered.product(key[2]).venue_id
        holdings = self._holdings.setdefault(venue_id, {})
        found = holdings.get(key)
        if found is None:
            is_suspense = key[0] == suspense_id(key[1])
            found = holdings[key] = SuspendedHolding() if is_suspense else OwnedHolding()
            self._by_contract.setdefault(key[2], []).append(key)
        return found

    def owned(self, key: HoldingKey) -> OwnedHolding:
        """Return the position of a sub-account."""
        holding = self.holding(key)
        assert isinstance(holding, OwnedHolding), key
        return holding

    def drop_if_gone(self, key: HoldingKey) -> None:
        """Forget a position of which nothing is left."""
        holdings = self._holdings[self._gathered.product(key[2]).venue_id]
        if holdings[key].is_gone:
            del holdings[key]
            self._by_contract[key[2]].remove(key)

    def take_all(
        self, contract_id: str
    ) -> list[tuple[HoldingKey, OwnedHolding | SuspendedHolding]]:
        """Take out every position in a contract that ends, sorted."""
        holdings = self._holdings.get(self._gathered.product(contract_id).venue_id, {})
        keys = sorted(self._by_contract.pop(contract_id, []))
        return [(key, holdings.pop(key)) for key in keys]

    def put(self, key: HoldingKey, holding: OwnedHolding | SuspendedHolding) -> None:
        """Put a position in where there is none."""
        venue_id = self._gathered.product(key[2]).venue_id
        self._holdings.setdefault(venue_id, {})[key] = holding
        self._by_contract.setdefault(key[2], []).append(key)

    def trade(
        self,
        kind: LotChangeKind,
        key: HoldingKey,
        terms: Terms,
        execution_id: str,
        fee_micros: int = 0,
        opened_day: int = 0,
        roll_id: int = 0,
    ) -> list[list[int]]:
        """Book lots into a book, with the premium and the fee that move with them.

        Return ``[opened_day, lots, cost]`` of the lots that a sub-account closed.
        """
        product, today = self._gathered.product(key[2]), self._gathered.today(key[2])
        done = self.holding(key).trade(product, *terms, today, opened_day)
        self.drop_if_gone(key)
        self.earn(key, done, fee_micros)
        self.note(
            kind,
            key,
            terms,
            execution_id=execution_id,
            fee_micros=fee_micros,
            done=done,
            roll_id=roll_id,
        )
        return done.closed

    def earn(self, key: HoldingKey, done: Traded, fee_micros: int = 0) -> None:
        """Count what a change of lots realised, and the premium and fee that it moved."""
        currency, day = self._gathered.product(key[2]).currency, self._gathered.day_of(key[2])
        if done.premium_micros:
            day.move(key[0], currency, MovementKind.PREMIUM, done.premium_micros)
        if fee_micros:
            day.move(key[0], currency, MovementKind.FEES, -fee_micros)
        results = Results(
            currency,
            realised_micros=done.realised_micros,
            premium_micros=done.premium_micros,
            fees_micros=fee_micros,
        )
        day.earn(key[0], key[2], results)

    def note(
        self,
        kind: LotChangeKind,
        key: HoldingKey,
        terms: Terms,
        *,
        execution_id: str = "",
        fee_micros: int = 0,
        done: Traded = NOTHING_DONE,
        roll_id: int = 0,
    ) -> None:
        """Let a change of lots stand on the day's statement."""
        day = self._gathered.day_of(key[2])
        side, offset, lots, price_nanos = terms
        day.lot_changes.append(
            LotChange(
                trading_day=day.trading_day,
                sequence=self._gathered.sequence,
                book_id=key[0],
                kind=kind,
                execution_id=execution_id,
                carrying_account_id=key[1],
                contract_id=key[2],
                side=side.name.lower(),
                offset=offset.name.lower(),
                quantity_lots=lots,
                price_nanos=price_nanos,
                currency=self._gathered.product(key[2]).currency,
                premium_micros=done.premium_micros,
                fee_micros=fee_micros,
                realised_micros=done.realised_micros,
                roll_id=roll_id,
            )
        )
