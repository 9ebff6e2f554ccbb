"""What loss limits remember: where a node's day began, its peaks, the steps it has taken.

A node is measured on the equity of what stands under it: a sub-account and those nested in it, the
pool of an owner (``person:ID``), all pools (the master account).  Capital that came or went is
``moved_micros`` and no profit or loss.  Memories are primary state, moved by events alone; equities
are caches over the standings, kept in step by every event that changes one.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any, Final

from fencang.basics.money import PPM
from fencang.engine.risk.liquidations import Liquidations
from fencang.limits.limit_warnings import NEVER as NEVER_TOLD
from fencang.limits.limit_warnings import TellingShares
from fencang.limits.losses import LossAmounts, LossFigures, amounts_of, share_of_step
from fencang.messages.loss_events import LossStep
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit, PeakOf

__all__ = ["HOLDERS_MAX", "SILENT", "LossBook", "LossMemory", "LossWindow"]

BUCKETS: Final = 32
"""A window is kept in so many parts: it is up to one part longer than stated, never shorter."""
HOLDERS_MAX: Final = 8
"""A node over more accounts than this has its margin looked at with marks, not with fills."""
NEVER: Final = 1 << 80
SILENT = (TellingShares(NEVER_TOLD, -NEVER_TOLD),) * 4
"""A node that nothing is told of: daily loss, drawdown, velocity, margin use."""


class LossWindow:
    """The highest levels inside a window, later ones below earlier ones."""

    __slots__ = ("highs",)

    def __init__(self, highs: Iterable[Sequence[int]] = ()) -> None:
        self.highs: deque[list[int]] = deque(list(high) for high in highs)
        """Number of the part, and the highest level in it or later."""

    def add(self, time_ns: int, window_ns: int, level: int) -> None:
        """Take in a level, and forget what is older than the window."""
        width = -(-window_ns // BUCKETS)
        part, oldest = time_ns // width, (time_ns - window_ns) // width
        highs = self.highs
        while highs and highs[0][0] < oldest:
            highs.popleft()
        while highs and highs[-1][1] <= level:
            highs.pop()
        if not highs or highs[-1][0] < part:
            highs.append([part, level])

    def highest(self, time_ns: int, window_ns: int, level: int) -> int:
        """Return the highest level inside the window that ends now, at least the one of now."""
        oldest = (time_ns - window_ns) // -(-window_ns // BUCKETS)
        for part, high in self.highs:
            if part >= oldest:
                return high if high > level else level
        return level


class LossMemory:
    """One node with a row: its day, its peaks, its step; and the caches that answer at once."""

    __slots__ = (
        "amounts",
        "bounds",
        "ends_below",
        "equity_micros",
        "ever_peak_micros",
        "holders",
        "is_peak_of_day",
        "is_stopped",
        "looked_micros",
        "moved_micros",
        "next_share_ppm",
        "node_id",
        "peak_micros",
        "row",
        "start_micros",
        "step",
        "telling",
        "velocity_ns",
        "window",
    )

    def __init__(self, row: LossLimit) -> None:
        self.row = row
        self.node_id = row.node_id
        self.moved_micros = self.start_micros = self.peak_micros = self.ever_peak_micros = 0
        self.step = LossStep.NONE
        self.is_stopped = False
        """Whether the ladder, not a person, made the node reduce only."""
        self.window = LossWindow()
        self.equity_micros = self.looked_micros = 0
        self.holders: tuple[Any, ...] = ()
        """Sub-accounts or pools that the node is measured on."""
        self.velocity_ns = 0
        """The window of the velocity, 0 where none is stated."""
        self.is_peak_of_day = True
        self.amounts = LossAmounts(None, None, None)
        self.next_share_ppm: int | None = None
        """The least share of a limit at which a step is due that was not taken."""
        self.bounds = (NEVER, NEVER, NEVER)
        """Daily loss, drawdown and velocity beyond which the next step or warning is due."""
        self.telling: tuple[TellingShares, ...] = SILENT
        """When the use of each limit, margin use last, is told of."""
        self.ends_below: tuple[int, int, int] | None = None
        """Below what a loss that was told of has ended; None where none was told of."""

    @property
    def now_micros(self) -> int:
        """Return where the node stands, capital moves taken away."""
        return self.equity_micros - self.moved_micros

    def refresh(self) -> None:
        """Find the limits and the bounds of the next step anew."""
        row = self.row
        self.velocity_ns = 0 if row.velocity is None else row.velocity_ns
        self.is_peak_of_day = row.peak_of is PeakOf.DAY
        # Capital that comes during the day counts as if it had been there at its start.
        self.amounts = amounts_of(self.row, self.start_micros + self.moved_micros)
        share = self.next_share_ppm = min(
            (
                share
                for step in LossStep
                if step > self.step and (share := share_of_step(self.row, step)) is not None
            ),
            default=None,
        )
        daily, drawdown, velocity = (
            NEVER if limit is None or share is None else limit * share // PPM
            for limit in self.amounts
        )
        self.bounds = daily, drawdown, velocity
        self.ends_below = None
        if self.telling is not SILENT:
            self._refresh_telling()

    def _refresh_telling(self) -> None:
        """Let the bounds be those of warnings too."""
        bounds, ends = [], []
        for limit, bound, telling in zip(self.amounts, self.bounds, self.telling, strict=False):
            if not limit:  # of nothing there is no share
                bounds.append(bound)
                ends.append(-NEVER)
                continue
            tells = telling.told_at < NEVER_TOLD
            bounds.append(min(bound, -(-telling.told_at * limit // PPM) - 1) if tells else bound)
            ends.append(-(-telling.ended_below * limit // PPM))
        self.bounds = bounds[0], bounds[1], bounds[2]
        if max(ends) > 0:
            self.ends_below = ends[0], ends[1], ends[2]

    def begin(self, time_ns: int) -> None:
        """Begin a day here: no loss, no step."""
        now = self.now_micros
        self.start_micros = self.peak_micros = self.looked_micros = now
        self.ever_peak_micros = max(self.ever_peak_micros, now)
        self.step = LossStep.NONE
        self.window = LossWindow()
        if self.row.velocity is not None:
            self.window.add(time_ns, self.row.velocity_ns, now)
        self.refresh()

    def figures(self, time_ns: int) -> LossFigures:
        """Return where the node stands at a time."""
        now = self.now_micros
        peak = self.peak_micros if self.is_peak_of_day else self.ever_peak_micros
        highest = now
        if self.velocity_ns:
            highest = self.window.highest(time_ns, self.velocity_ns, now)
        return LossFigures(now, self.start_micros, peak, highest)

    def is_within(self, time_ns: int) -> bool:
        """Return whether no limit refuses: what ``loss_refusal`` says of ``figures``, at once."""
        daily, drawdown, velocity = self.amounts
        now = self.equity_micros - self.moved_micros
        if daily is not None and self.start_micros - now > daily:
            return False
        peak = self.peak_micros if self.is_peak_of_day else self.ever_peak_micros
        if drawdown is not None and peak - now > drawdown:
            return False
        if velocity is None:
            return True
        return self.window.highest(time_ns, self.velocity_ns, now) - now <= velocity

    def look(self, time_ns: int) -> bool:
        """Keep peaks and window in step; return whether a step or warning may be due."""
        now = self.equity_micros - self.moved_micros
        if now > self.peak_micros:
            self.peak_micros = now
            self.ever_peak_micros = max(self.ever_peak_micros, now)
        daily, drawdown, velocity = self.bounds
        due = self.start_micros - now > daily
        if not due and drawdown < NEVER:
            peak = self.peak_micros if self.is_peak_of_day else self.ever_peak_micros
            due = peak - now > drawdown
        if self.velocity_ns:
            # What was held until now counts in the window up to now.
            before = self.looked_micros
            self.window.add(time_ns, self.velocity_ns, before if before > now else now)
            if not due:
                due = self.window.highs[0][1] - now > velocity
        self.looked_micros = now
        return due or (self.ends_below is not None and self._has_recovered(time_ns))

    def _has_recovered(self, time_ns: int) -> bool:
        """Return whether a loss has fallen below a level that was told of."""
        assert self.ends_below is not None
        now, start, peak, highest = self.figures(time_ns)
        lost = start - now, peak - now, highest - now
        return any(value < least for value, least in zip(lost, self.ends_below, strict=True))


class LossBook:
    """All rows and memories, what was not explained, and liquidation."""

    __slots__ = (
        "_rows_of",
        "above",
        "day",
        "equity_of",
        "fresh",
        "jumps",
        "liquidations",
        "memories",
        "noted_at",
        "pending",
        "rows",
        "terms",
        "unexplained",
    )

    def __init__(self) -> None:
        self.rows: dict[str, LossLimit] = {}
        self.terms: LiquidationTerms | None = None
        self.memories: dict[str, LossMemory] = {}
        self.day = 0
        self.unexplained: dict[str, tuple[int, int]] = {}
        """Holder → shares by which requirement grew and equity fell today without a cause."""
        self.liquidations = Liquidations()
        # caches
        self.fresh: list[str] = []
        self.above: dict[str, tuple[LossMemory, ...]] = {}
        self.equity_of: dict[str, int] = {}
        self.noted_at = 0
        self.pending: dict[str, None] = {}
        """Nodes that may be due for a step, in this command."""
        self.jumps: dict[tuple[str, str], tuple[str, str, int, int]] = {}
        """(node, cause) → subject, what changed it, before, after: seen in this command."""
        self._rows_of: dict[tuple[str, ...], tuple[LossMemory, ...]] = {}

    def set(self, row: LossLimit) -> None:
        """Set or replace the row of a node; a new one begins its day when it is linked."""
        self.rows[row.node_id] = row
        known = self.memories.get(row.node_id)
        if known is None:
            self.memories[row.node_id] = LossMemory(row)
            self.fresh.append(row.node_id)
        else:
            if known.row.velocity_ns != row.velocity_ns:
                known.window = LossWindow()
            known.row = row
        self._rows_of.clear()

    def all(self) -> list[LossLimit]:
        """Return every row, by node."""
        return [self.rows[key] for key in sorted(self.rows)]

    def rows_of(self, path: tuple[str, ...]) -> tuple[LossMemory, ...]:
        """Return the memories of the nodes of a path that have a row, in its order."""
        found = self._rows_of.get(path)
        if found is None:
            found = tuple(self.memories[node] for node in path if node in self.memories)
            self._rows_of[path] = found
        return found

    def note(self, sequence: int) -> None:
        """Forget what an earlier command left to be looked at."""
        if self.noted_at != sequence:
            self.noted_at = sequence
            self.pending.clear()
            self.jumps.clear()

    def turn(self, day: int, time_ns: int) -> None:
        """Begin a trading day at every node."""
        self.day = day
        self.unexplained.clear()
        self.liquidations.begin_day()
        for memory in self.memories.values():
            memory.begin(time_ns)
