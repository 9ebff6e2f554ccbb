"""What was told of position limits of jurisdictions, to its stored form and back."""

from fencang.engine.regimes.book import RegimeBook
from fencang.engine.snapshot_form import RegimesForm

__all__ = ["regimes_form", "restore_regimes"]


def regimes_form(book: RegimeBook) -> RegimesForm:
    """Return the stored form; definitions stand among the desk's items."""
    return RegimesForm(
        lagged_ppm=sorted(book.lagged_ppm.items()),
        notices=[(*key, day) for key, day in sorted(book.notices.items())],
        duties=[(*key, day) for key, day in sorted(book.duties.items())],
    )


def restore_regimes(book: RegimeBook, form: RegimesForm) -> None:
    """Set what was told from its stored form."""
    book.lagged_ppm = dict(form.lagged_ppm)
    book.notices = {(limit, persons, side): day for limit, persons, side, day in form.notices}
    book.duties = {
        (threshold, persons, month, side): day
        for threshold, persons, month, side, day in form.duties
    }
