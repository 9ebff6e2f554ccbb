"""What a day's fills lack to a minimum that a fee row asks for, divided among those who have them.

A broker asks its account for the minimum, not a sub-account: what is missing is known only when the
day is settled, and every book pays by the lots that it holds of the day's fills.
"""

from collections import Counter
from collections.abc import Container
from datetime import date

from fencang.engine.day_charges import DayCharge, DayKey, shares
from fencang.engine.state import DeskState
from fencang.ledger.book import suspense_id
from fencang.ledger.fees import FeePlace
from fencang.messages.events import AnyEvent
from fencang.messages.fee_events import BookCharge, DayMinimumCharged

__all__ = ["day_minima"]


def day_minima(
    state: DeskState, venue_id: str, products: Container[str] | None = None
) -> list[AnyEvent]:
    """Return what is to be charged, or brought back, of the day that a venue is on.

    ``products`` are those that are settled now, all of the venue's when None.
    """
    events: list[AnyEvent] = []
    for key in sorted(state.funds.day_charges.found):
        if state.products[key.product_id].venue_id != venue_id:
            continue
        if products is None or key.product_id in products:
            event = _charged(state, venue_id, key, state.funds.day_charges.found[key])
            if event is not None:
                events.append(event)
    return events


def _charged(
    state: DeskState, venue_id: str, key: DayKey, charge: DayCharge
) -> DayMinimumCharged | None:
    today = state.venues[venue_id].today
    place = FeePlace(key.product_id, key.product_id, key.carrying_account_id, "", today)
    row = state.fee_rows.rows_of(place)[key.row_id]
    least, fills = row.day_minimum_micros, charge.fills_micros
    due: dict[str, int] = {}
    if charge.fills and least > fills:
        due = shares(least - fills, _holders(state, key, charge))
    changes = {
        book_id: due.get(book_id, 0) - charge.paid.get(book_id, 0)
        for book_id in sorted({*due, *charge.paid})
    }
    if not any(changes.values()):
        return None
    return DayMinimumCharged(
        carrying_account_id=key.carrying_account_id,
        venue_id=venue_id,
        trading_day=date.fromordinal(today),
        product_id=key.product_id,
        row_id=key.row_id,
        kind=row.kind,
        currency=state.products[key.product_id].currency,
        minimum_micros=least,
        fills_micros=fills,
        books=tuple(
            BookCharge(book_id=book_id, amount_micros=amount)
            for book_id, amount in changes.items()
            if amount
        ),
    )


def _holders(state: DeskState, key: DayKey, charge: DayCharge) -> dict[str, int]:
    """Return the lots of the day's fills by book; suspense where nobody is known any more."""
    carrying_id = key.carrying_account_id
    suspended = state.carrying[carrying_id].suspense.fills
    lots: Counter[str] = Counter()
    for execution_id in charge.fills:
        execution = state.detailed_executions.get((carrying_id, execution_id))
        if execution is not None:
            for part in execution.parts:
                lots[part.sub_account_id] += part.lots.quantity_lots
        if execution_id in suspended:
            lots[suspense_id(carrying_id)] += suspended[execution_id].quantity_lots
    return dict(lots) or {suspense_id(carrying_id): 1}
