"""The facts of the demo, taken from the read models: for the tables, the JSON and the picture.

Facts are functions of the journal; only ``measured`` holds this machine's wall times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

from fencang.app.replay.driver import Replay
from fencang.app.replay.outcome import Laws, counts_json, measured_json
from fencang.basics.price import format_price
from fencang.journal.verify import Verification
from fencang.messages.events import IndicatorReported
from fencang.messages.record import Record
from fencang.projections.desk_view import DeskView
from fencang.projections.performance import DayRow
from fencang.projections.reference import pool_id
from fencang.projections.rules import Firing
from fencang.rules.indicator import is_triggered

__all__ = ["AccountLine", "FiringLine", "Shock", "ShockDays", "Story", "day_of_row", "tell_story"]


class ShockDays:
    """Collects closes that stand at least a rule's rise above the close before."""

    def __init__(self, indicator: str, rise_ppm: int) -> None:
        self.shocks: list[Shock] = []
        self._indicator = indicator
        self._rise_ppm = rise_ppm
        self._close_nanos = 0

    def __call__(self, records: Sequence[Record]) -> None:
        """Look at reported closes."""
        for record in records:
            for event in record.events:
                if isinstance(event, IndicatorReported) and event.indicator == self._indicator:
                    before = self._close_nanos
                    if before and is_triggered(before, event.value_nanos, self._rise_ppm):
                        self.shocks.append(Shock(record.time_ns, before, event.value_nanos))
                    if event.is_close:
                        self._close_nanos = event.value_nanos

    @property
    def sharpest(self) -> "Shock | None":
        """Return the largest rise."""
        return max(self.shocks, key=lambda each: each.value_nanos / each.before_nanos, default=None)


class Shock(NamedTuple):
    """One close far above the close before."""

    time_ns: int
    before_nanos: int
    value_nanos: int

    @property
    def words(self) -> str:
        """Return the levels and the rise: ``17.31 → 37.32, +115.6 %``."""
        rise = 100 * (self.value_nanos / self.before_nanos - 1)
        before, value = format_price(self.before_nanos), format_price(self.value_nanos)
        return f"{before} → {value}, {rise:+.1f} %"


@dataclass(frozen=True, slots=True)
class FiringLine:
    """One firing as the table shows it."""

    day: str
    reference: str
    value: str
    rise_percent: float
    accounts_cut: int
    block_orders: int
    lots_instructed: int
    lots_cut: int
    lots_late: int
    rearmed: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One sub-account around the sharpest firing: capital and lots before and after."""

    name: str
    strategy: str
    is_cut: bool
    capital_before_micros: int
    capital_shock_micros: int
    capital_after_micros: int
    lots_before: int
    lots_after: int


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the demo tells."""

    facts: dict[str, Any]
    measured: dict[str, Any]
    firings: list[FiringLine]
    accounts: list[AccountLine]
    shock_day: date | None
    shock_words: str
    in_force_since: date | None
    compared_days: list[date] | None
    rows: list[DayRow]

    def as_json(self) -> dict[str, Any]:
        """Return the story as plain values."""
        return {
            **self.facts,
            "firing_list": [asdict(line) for line in self.firings],
            "sharpest_rise": None if self.shock_day is None else self.shock_day.isoformat(),
            "sharpest_rise_words": self.shock_words,
            "around_it": [asdict(line) for line in self.accounts],
            "measured": self.measured,
        }


def tell_story(
    replay: Replay,
    view: DeskView,
    shocks: ShockDays,
    laws: Laws,
    verification: Verification,
    wall_s: float,
) -> Story:
    """Return the story of a replay."""
    firings = view.rules.firings()
    rows = view.performance.rows()
    days = replay.observed_days
    shock = shocks.sharpest
    shock_day = None if shock is None else days[shock.time_ns]
    around = None if shock_day is None else _days_around(shock_day, rows)
    in_force = None if shock is None else _in_force(firings, shock)
    return Story(
        facts=_facts(replay, view, shocks, laws, verification),
        measured=measured_json(replay.tally, wall_s),
        firings=[_firing_line(firing, days) for firing in firings],
        accounts=_accounts(replay, in_force, around) if around else [],
        shock_day=shock_day,
        shock_words="" if shock is None else shock.words,
        in_force_since=None if in_force is None else days[in_force.fired_ns],
        compared_days=None if around is None else [day_of_row(row) for row in around],
        rows=rows,
    )


def _in_force(firings: Sequence[Firing], shock: Shock) -> Firing | None:
    """Return the firing of the shock itself, or an earlier one whose hold it fell into."""
    for firing in reversed(firings):
        if firing.fired_ns <= shock.time_ns:
            ended = 0 < firing.rearmed_ns <= shock.time_ns
            return None if ended else firing
    return None


def _facts(
    replay: Replay, view: DeskView, shocks: ShockDays, laws: Laws, verification: Verification
) -> dict[str, Any]:
    tally, base = replay.tally, replay.desk.master.base_currency
    owner = replay.desk.master.person_id
    pool = pool_id(owner)
    margin = [ppm for _, ppm in view.performance.margin_use(pool)]
    names = view.sub_account_ids(owner)
    curve = view.performance.equity_curve(pool)
    return {
        "desk": replay.desk.name,
        "from": replay.prices.first.isoformat(),
        "to": replay.prices.last.isoformat(),
        "state_hash": replay.session.machine.state_hash(),
        "sequence": replay.session.machine.sequence,
        "base_currency": base,
        "sub_accounts": len(names),
        "equity_first_micros": sum(deposit.amount_micros for deposit in replay.desk.deposits),
        "equity_last_micros": curve[-1][1] if curve else 0,
        "equity_low_micros": min((value for _, value in curve), default=0),
        "profit_micros": {name: view.performance.profit_total_micros(name) for name in names},
        "fees_micros": {name: view.books.fees(name).get(base, 0) for name in names},
        "margin_use_mean_ppm": sum(margin) // len(margin) if margin else 0,
        "margin_use_max_ppm": max(margin, default=0),
        **counts_json(tally),
        "shock_days": len(shocks.shocks),
        "orders_rejected": dict(sorted(tally.orders_rejected.items())),
        "commands_rejected": dict(sorted(tally.commands_rejected.items())),
        "laws_hold": laws.hold and verification.is_sound,
        "laws_broken": [*laws.invariants, *laws.two_books, *laws.cash],
        "verified_records": verification.records,
        "verification_sound": verification.is_sound
        and verification.state_hash == replay.session.machine.state_hash(),
    }


def _firing_line(firing: Firing, days: Mapping[int, date]) -> FiringLine:
    cuts = list(firing.cuts.values())
    rise = 100 * (firing.value_nanos / firing.reference_nanos - 1)
    return FiringLine(
        day=days[firing.fired_ns].isoformat(),
        reference=format_price(firing.reference_nanos),
        value=format_price(firing.value_nanos),
        rise_percent=round(rise, 1),
        accounts_cut=len(dict.fromkeys(account for account, _ in firing.cuts)),
        block_orders=len(firing.blocks),
        lots_instructed=sum(cut.instructed_lots for cut in cuts),
        lots_cut=sum(cut.filled_lots for cut in cuts),
        lots_late=sum(cut.late_lots for cut in cuts),
        rearmed=days[firing.rearmed_ns].isoformat() if firing.rearmed_ns in days else "",
    )


def _days_around(day: date, rows: list[DayRow]) -> tuple[DayRow, DayRow, DayRow] | None:
    """Return the settled day before, the day itself and the next."""
    number = int(f"{day:%Y%m%d}")
    for index in range(1, len(rows) - 1):
        if rows[index].trading_day == number:
            return rows[index - 1], rows[index], rows[index + 1]
    return None


def _accounts(
    replay: Replay, firing: Firing | None, days: tuple[DayRow, DayRow, DayRow]
) -> list[AccountLine]:
    lines = []
    for plan in replay.desk.account_plans:
        name = plan.sub_account_id
        cut = firing.cut_of(name).filled_lots if firing else 0
        before = firing.before.get(name, {}) if firing else {}
        lots = sum(abs(count) for count in before.values())
        lines.append(
            AccountLine(
                name=name,
                strategy=plan.strategy_id,
                is_cut=firing is not None and name in firing.accounts,
                capital_before_micros=days[0].equity_micros.get(name, 0),
                capital_shock_micros=days[1].equity_micros.get(name, 0),
                capital_after_micros=days[2].equity_micros.get(name, 0),
                lots_before=lots,
                lots_after=lots - cut,
            )
        )
    return lines


def day_of_row(row: DayRow) -> date:
    """Return the trading day of a row."""
    number = row.trading_day
    return date(number // 10_000, number // 100 % 100, number % 100)
