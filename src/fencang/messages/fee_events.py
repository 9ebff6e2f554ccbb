"""Events of fees that belong to a day and not to a fill."""

from datetime import date

from fencang.messages.message import Event
from fencang.refdata.fees import FeeKind

__all__ = ["BookCharge", "DayMinimumCharged", "FeeEvent"]


class BookCharge(Event):
    """What a book pays; below zero it comes back."""

    book_id: str
    amount_micros: int


class DayMinimumCharged(Event, tag="DayMinimumCharged.1"):
    """A day's fills in a product came to less than a fee row asks for at least; the rest is paid.

    ``fills_micros`` is what the fills of the day were charged under the row.  Charged when the day
    is settled; fills and corrections after that pay or bring back the difference before the venue
    leaves the day.  The books share it by the lots of the day's fills that they hold then.
    """

    carrying_account_id: str
    venue_id: str
    trading_day: date
    product_id: str
    row_id: str
    kind: FeeKind
    currency: str
    minimum_micros: int
    fills_micros: int
    books: tuple[BookCharge, ...]


FeeEvent = DayMinimumCharged
