"""What came out of a replay: laws checked, counts, money; as one value and as plain JSON.

Laws are checked by those who know them: the engine's invariants over the machine, the projections'
two books and cash per currency.  Nothing here can be wrong in a way that hides a difference: an
empty list is the only good answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fencang.app.replay.driver import Replay
from fencang.app.replay.tally import Tally
from fencang.engine import invariants
from fencang.engine.machine import Machine
from fencang.messages.record import Record
from fencang.projections.books import Books
from fencang.projections.reference import Reference

__all__ = ["LawBooks", "Laws", "check_laws", "median", "outcome_json"]


class LawBooks:
    """Two projections folded beside a replay: enough to compare both books and the cash."""

    def __init__(self) -> None:
        self.reference = Reference()
        self.books = Books(self.reference)

    def __call__(self, records: Sequence[Record]) -> None:
        """Fold in durable records."""
        for record in records:
            self.reference.apply(record)
            self.books.apply(record)


@dataclass(frozen=True, slots=True)
class Laws:
    """Every law with what breaks it; all empty when all hold."""

    invariants: tuple[str, ...]
    two_books: tuple[str, ...]
    cash: tuple[str, ...]

    @property
    def hold(self) -> bool:
        """Return whether every law holds."""
        return not (self.invariants or self.two_books or self.cash)


def check_laws(machine: Machine, books: Books) -> Laws:
    """Return every law with what breaks it."""
    gaps = books.lot_gaps()
    return Laws(
        invariants=tuple(invariants.check(machine.state)),
        two_books=tuple(f"{account} {name}: {lots} lots" for (account, name), lots in gaps.items()),
        cash=tuple(
            f"{currency}: {micros} micros" for currency, micros in books.cash_gaps().items()
        ),
    )


def outcome_json(replay: Replay, laws: Laws, wall_s: float) -> dict[str, Any]:
    """Return what a machine wants to know of a replay."""
    view, tally = replay.view, replay.tally
    first, last = replay.prices.first, replay.prices.last
    return {
        "desk": replay.desk.name,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "state_hash": replay.session.machine.state_hash(),
        "sequence": replay.session.machine.sequence,
        "records_resumed": replay.session.records_resumed,
        "base_currency": replay.desk.master.base_currency,
        "equity_micros": dict(sorted(view.pool_equity.items())),
        "requirement_micros": dict(sorted(view.pool_requirement.items())),
        "capital_micros": {
            account.sub_account_id: view.capital_micros(account.sub_account_id)
            for account in replay.desk.sub_accounts
        },
        "counts": counts_json(tally),
        "orders_rejected": dict(sorted(tally.orders_rejected.items())),
        "commands_rejected": dict(sorted(tally.commands_rejected.items())),
        "plans_not_made": replay.plans_not_made,
        "laws_hold": laws.hold,
        "laws_broken": [*laws.invariants, *laws.two_books, *laws.cash],
        "measured": measured_json(tally, wall_s),
    }


def counts_json(tally: Tally) -> dict[str, int]:
    """Return the counts, which are the same on every machine."""
    return {
        "days": tally.days,
        "records": tally.records,
        "events": tally.events,
        "commits": tally.commits,
        "orders": tally.orders,
        "block_slices": tally.block_slices,
        "fills": tally.fills,
        "lots": tally.lots,
        "contracts": len(tally.contracts),
        "marks": tally.marks,
        "plans": tally.plans,
        "firings": tally.firings,
    }


def measured_json(tally: Tally, wall_s: float) -> dict[str, Any]:
    """Return what this machine measured: wall time only."""
    times = [each.commit_us for each in tally.firing_times]
    return {
        "wall_s": round(wall_s, 3),
        "records_per_s": round(tally.records / wall_s) if wall_s > 0 else 0,
        "firings_measured": len(times),
        "firing_median_us": median(times),
        "firing_max_us": max(times, default=None),
    }


def median(values: Sequence[int]) -> int | None:
    """Return the middle value (the lower of two), None of nothing."""
    return sorted(values)[(len(values) - 1) // 2] if values else None
