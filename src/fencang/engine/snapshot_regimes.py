"""What was told of position limits of jurisdictions, to its stored form and back."""

from fencang.engine.regimes.book import RegimeBook
from fencang.engine.regimes.watch import Watch, alarm_key
from fencang.engine.snapshot_form import RegimesForm, WatchForm

__all__ = ["regimes_form", "restore_regimes"]


def regimes_form(book: RegimeBook) -> RegimesForm:
    """Return the stored form; definitions stand among the desk's items."""
    return RegimesForm(
        lagged_ppm=sorted(book.lagged_ppm.items()),
        notices=[(*key, day) for key, day in sorted(book.notices.items())],
        duties=[(*key, day) for key, day in sorted(book.duties.items())],
        watch=_watch_form(book.watch),
        steps=[(*key, day) for key, day in sorted(book.steps.items())],
    )


def _watch_form(watch: Watch) -> WatchForm:
    return WatchForm(
        day=watch.day,
        refusals=list(watch.refusals.values()),
        proposals=[watch.proposals[key] for key in sorted(watch.proposals)],
        orders=sorted(watch.orders.items()),
        mirrors=[(*key, times) for key, times in watch.mirrors.items()],
        taken=watch.taken,
        alarms=list(watch.alarms.values()),
        transfers=[(*key, kept) for key, kept in watch.transfers.of_key.items()],
    )


def restore_regimes(book: RegimeBook, form: RegimesForm) -> None:
    """Set what was told from its stored form."""
    book.lagged_ppm = dict(form.lagged_ppm)
    book.notices = {(limit, persons, side): day for limit, persons, side, day in form.notices}
    book.duties = {
        (threshold, persons, month, side): day
        for threshold, persons, month, side, day in form.duties
    }
    book.steps = {
        (limit, persons, side, step_day): day for limit, persons, side, step_day, day in form.steps
    }
    _restore_watch(book.watch, form.watch)


def _restore_watch(watch: Watch, form: WatchForm) -> None:
    watch.day = form.day
    watch.refusals = {known.refused.refusal_id: known for known in form.refusals}
    watch.proposals = {proposal.proposal_id: proposal for proposal in form.proposals}
    watch.orders = dict(form.orders)
    watch.mirrors = {
        (contract_id, one, two, is_same): times
        for contract_id, one, two, is_same, times in form.mirrors
    }
    watch.taken = list(form.taken)
    watch.transfers.of_key = {
        (account_id, what, unit): kept for account_id, what, unit, kept in form.transfers
    }
    watch.alarms = {alarm_key(told.alarm): told for told in form.alarms}
