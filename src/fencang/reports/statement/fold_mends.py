"""Corrections and busts of fills, positions that move or are converted: entries of today.

They take lots back and give them on as the ledger does (``ledger.mending``), so that average price
and realised profit stay those of the books.
"""

from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_half_away
from fencang.ledger.mending import add_lots, give_lots, reprice, take_back, take_lots
from fencang.ledger.position import Position
from fencang.messages import events as ev
from fencang.messages.fill_events import FillBusted, FillCorrected, FillMend, PositionTransferred
from fencang.messages.life_events import ContractConverted
from fencang.messages.message import Offset, Side
from fencang.projections.reference import suspense_id
from fencang.reports.statement.day import Results
from fencang.reports.statement.gathered import Gathered
from fencang.reports.statement.holdings import HoldingKey, Traded
from fencang.reports.statement.known_fills import FillPart, KnownFills
from fencang.reports.statement.lot_book import LotBook, Terms
from fencang.reports.statement.values import LotChangeKind

__all__ = ["MendFold"]

Mended = FillCorrected | FillBusted


class MendFold:
    """Books what mends fills or moves positions."""

    __slots__ = ("_book", "_fills", "_gathered")

    def __init__(self, gathered: Gathered, book: LotBook, fills: KnownFills) -> None:
        self._gathered = gathered
        self._book = book
        self._fills = fills

    def change(self, event: ev.AnyEvent) -> None:
        """Do what an event does."""
        match event:
            case FillCorrected() | FillBusted():
                self._mended(event)
            case PositionTransferred():
                self._moved(event)
            case ContractConverted():
                self._converted(event)
            case _:
                pass

    def _mended(self, event: Mended) -> None:
        """Mend every book of the fill; the parts of the fill are in the order of the mends."""
        account = event.carrying_account_id
        fill = self._fills.of((account, event.execution_id))
        parts = iter(fill.parts)
        for mend in event.mends:
            key = (mend.book_id, account, event.contract_id)
            if mend.book_id == suspense_id(account):
                for terms, fee in _rows(event, mend):
                    self._book.trade(_kind(event), key, terms, event.execution_id, fee)
            else:
                part = next(part for part in parts if part.sub_account_id == mend.book_id)
                self._mend_part(event, key, part, mend)
        fill.parts = [part for part in fill.parts if part.lots.quantity_lots]

    def _mend_part(self, event: Mended, key: HoldingKey, part: FillPart, mend: FillMend) -> None:
        product, side, lots = self._gathered.product(event.contract_id), event.side, part.lots
        is_gross = not self._gathered.reference.is_net(event.carrying_account_id)
        # What a gross side can no longer give back was taken from the suspense account instead.
        short = lots.quantity_lots - mend.taken_lots
        fewer = max(0, mend.taken_lots - mend.entered_lots)
        more = max(0, mend.entered_lots - mend.taken_lots)
        today = self._gathered.today(event.contract_id)

        def change(position: Position) -> None:
            if fewer:
                take_back(position, product, side, lots, fewer, is_gross=is_gross)
            lots.forget(short)
            if lots.quantity_lots:
                reprice(position, product, side, lots, mend.entered_price_nanos)
            if more:
                add_lots(position, product, side, event.offset, lots, more, today)

        done = self._book.owned(key).change(product, change)
        self._book.drop_if_gone(key)
        self._book.earn(key, done, mend.fee_micros)
        self._note_mend(event, key, mend, done)

    def _note_mend(self, event: Mended, key: HoldingKey, mend: FillMend, done: Traded) -> None:
        """Note lots taken back and lots entered; what was realised stands with the last of them."""
        product, left = self._gathered.product(event.contract_id), done
        rows = _rows(event, mend)
        for place, (terms, fee) in enumerate(rows):
            side, _, lots, price_nanos = terms
            part = left
            if place < len(rows) - 1:
                value = side.sign * product.value_micros(price_nanos, lots)
                part = Traded(0, -value if product.pays_premium else 0)
                left = Traded(left.realised_micros, left.premium_micros - part.premium_micros)
            self._book.note(
                _kind(event),
                key,
                terms,
                execution_id=event.execution_id,
                fee_micros=fee,
                done=part,
            )

    def _moved(self, event: PositionTransferred) -> None:
        """Take lots of a side from the giver and give them to the receiver, for their value."""
        product, side = self._gathered.product(event.contract_id), event.side
        is_gross = not self._gathered.reference.is_net(event.carrying_account_id)
        lots, pieces = event.quantity_lots, []
        for piece in event.pieces:
            day = piece.opened_day.toordinal() if piece.opened_day is not None else 0
            pieces.append([day, piece.quantity_lots, piece.cost_micros])
        value = sum(piece[2] for piece in pieces)
        price = divide_half_away(value * NANOS, product.point_value_micros * lots)

        def give(position: Position) -> None:
            give_lots(position, product, side, lots, value)

        def take(position: Position) -> None:
            take_lots(position, product, side, pieces, is_gross=is_gross)

        offset = Offset.OPEN if is_gross else Offset.NET
        for sub_id, sign, change in (
            (event.from_sub_account_id, -1, give),
            (event.to_sub_account_id, 1, take),
        ):
            key = (sub_id, event.carrying_account_id, event.contract_id)
            done = self._book.owned(key).change(product, change)
            self._book.drop_if_gone(key)
            self._book.earn(key, done)
            terms = (side, offset, sign * lots, price)
            self._book.note(LotChangeKind.TRANSFER, key, terms, done=done)

    def _converted(self, event: ContractConverted) -> None:
        """Let lots become the successor's; profit paid so far is handed over with them.

        Options whose premium was paid are handed over at their cost: nothing is realised.
        """
        old, new = event.from_contract_id, event.to_contract_id
        if event.mark_nanos is not None:
            self._gathered.marks[new] = event.mark_nanos
        product, day = self._gathered.product(new), self._gathered.day_of(new)
        for key, holding in self._book.take_all(old):
            long, short, carried = holding.handed_over(product)
            before = holding.sides
            after = holding.converted(event.new_lots, event.old_lots)
            target = (key[0], key[1], new)
            if not after.is_gone:
                self._book.put(target, after)
            cost = long - short
            for name, sign in ((old, -1), (new, 1)):
                worth = sign * cost if product.pays_premium else 0
                results = Results(
                    product.currency,
                    brought_in_micros=sign * (carried - cost),
                    brought_in_option_value_micros=worth,
                )
                day.earn(key[0], name, results)
            self._note_converted(key, (Side.SELL, Side.BUY), before, (long, short))
            self._note_converted(target, (Side.BUY, Side.SELL), after.sides, (long, short))

    def _note_converted(
        self,
        key: HoldingKey,
        sides: tuple[Side, Side],
        lots: tuple[int, int],
        costs: tuple[int, int],
    ) -> None:
        """Note long and short lots that left or came, at what they cost on average."""
        product = self._gathered.product(key[2])
        offset = Offset.CLOSE if sides[0] is Side.SELL else Offset.OPEN
        for side, quantity, cost in zip(sides, lots, costs, strict=True):
            if quantity:
                sign = 1 if quantity > 0 else -1
                worth = product.point_value_micros * abs(quantity)
                price = divide_half_away(sign * cost * NANOS, worth)
                terms = (side, offset, quantity, price)
                self._book.note(LotChangeKind.CONVERSION, key, terms)


def _kind(event: Mended) -> LotChangeKind:
    is_correction = isinstance(event, FillCorrected)
    return LotChangeKind.CORRECTION if is_correction else LotChangeKind.BUST


def _rows(event: Mended, mend: FillMend) -> list[tuple[Terms, int]]:
    """Return the lots taken back and those entered, each with its fee: the last one has it."""
    side, offset = event.side, event.offset
    taken = (side, offset, -mend.taken_lots, mend.taken_price_nanos)
    entered = (side, offset, mend.entered_lots, mend.entered_price_nanos)
    rows = [terms for terms in (taken, entered) if terms[2]]
    if not rows and mend.fee_micros:
        rows = [entered]
    return [(terms, mend.fee_micros if terms is rows[-1] else 0) for terms in rows]
