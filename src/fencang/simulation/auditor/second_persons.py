"""The auditor's second reading of rows that one person stated: what they change for everybody.

Laws: one person alone lets no own orders meet that were kept apart (another mode, fewer orders that
count as own ones, a shorter look at wash trades), never changes the terms of liquidation, never
changes what lots count in a group of position limits, and silences no warning.

Modes and warnings are inherited, so it is not the row that is looked at but what holds at every
place before the command and after it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from fencang.messages.commands import DefineDesk
from fencang.messages.events import DeskDefined
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.loss_limit import LiquidationTerms
from fencang.refdata.self_match import COUNT_MAX, SelfMatch, SelfMatchMode, SelfMatchScope
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["SecondPersons"]

Rows = dict[tuple[str, ...], Any]
NARROW_TO_WIDE = (SelfMatchScope.SUB_ACCOUNT, SelfMatchScope.OWNER, SelfMatchScope.GROUP)
JUDGED = (SelfMatch, LiquidationTerms, LimitGroup, LimitWarning)


class _Apart(NamedTuple):
    """How own orders are kept apart at one place."""

    mode: SelfMatchMode
    window_ns: int
    price_ticks: int
    count_max: int


class SecondPersons:
    """What one person may state alone; it stands before what learns the rows."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.handlers: Handlers = {DeskDefined: self._define}

    def _define(self, page: Page, event: DeskDefined) -> None:
        command = page.record.command
        if not isinstance(command, DefineDesk):
            return  # ``overrides`` has spoken
        if command.approved_by not in {"", command.entered_by}:
            return
        for kind in JUDGED:
            before: Rows = dict(self.reference.rows.get(kind, {}))
            items = {item.key: item for item in event.items if isinstance(item, kind)}
            if not items:
                continue
            for detail in self._loosened(kind, before, before | items):
                name = f"{kind.__name__} by {command.entered_by!r} alone"
                page.report("second person", f"{name} changes {detail}")

    def _loosened(self, kind: type[Any], before: Rows, after: Rows) -> Iterator[str]:
        if kind is LiquidationTerms and before != after:
            yield "how positions are closed by force"
        elif kind is LimitGroup:
            yield from self._regrouped(before, after)
        elif kind is LimitWarning:
            yield from self._silenced(before, after)
        elif kind is SelfMatch and before:
            yield from self._joined(before, after)

    # ------------------------------------------------------------------------------------ groups

    def _regrouped(self, before: Rows, after: Rows) -> Iterator[str]:
        """Yield what counts otherwise in a known group: more of it may set off something else."""
        for key, group in before.items():
            for name, contract in self.reference.contracts.items():
                was = group.ratio_of(name, contract.product_id)
                counts = after[key].ratio_of(name, contract.product_id)
                if was != counts:
                    yield f"what {name} counts in {group.group_id}: {counts} ppm, was {was}"

    # ---------------------------------------------------------------------------------- warnings

    def _silenced(self, before: Rows, after: Rows) -> Iterator[str]:
        beside = {key[0] for key in after if ":" in key[0]}
        for node in (*self.reference.sub_accounts, *sorted(beside), self.reference.master_id):
            was, now = self._warning(before, node), self._warning(after, node)
            if was is None or now is None:
                continue
            if not set(was.levels_ppm) <= set(now.levels_ppm):
                yield f"which levels {node} is warned at"
            elif now.margin_ppm > was.margin_ppm:
                yield f"when {node} is warned again"

    def _warning(self, rows: Rows, node: str) -> LimitWarning | None:
        """Return the row of a node, of the nearest one above it, or of the master account."""
        above = [*self.reference.chain(node)] if ":" not in node else [node]
        found = [rows[name,] for name in (*above, self.reference.master_id) if (name,) in rows]
        return found[0] if found else None

    # -------------------------------------------------------------------------------- own orders

    def _joined(self, before: Rows, after: Rows) -> Iterator[str]:
        """Yield what own orders may do that they might not."""
        root = (self.reference.master_id,)
        was, now = before[root], after[root]
        if NARROW_TO_WIDE.index(now.scope) < NARROW_TO_WIDE.index(was.scope):
            yield f"whose orders are own ones: {now.scope}, were {was.scope}"
        if was.stops_meet_all and not now.stops_meet_all:
            yield "what stops meet"
        for place in self._places():
            kept, keeps = _apart(before, place), _apart(after, place)
            if keeps.mode not in {kept.mode, SelfMatchMode.CANCEL_NEWEST}:
                yield f"the mode at {place[0]}: {keeps.mode}, was {kept.mode}"
            if keeps.window_ns < kept.window_ns or keeps.price_ticks < kept.price_ticks:
                yield f"which trades are suspected at {place[0]}"
            if keeps.count_max > kept.count_max:
                yield f"how many suspected trades {place[0]} may have"

    def _places(self) -> Iterator[list[str]]:
        """Yield the nodes of every account and route, the nearest first, the master last."""
        for name, sub in self.reference.sub_accounts.items():
            *tree, master = self.reference.chain(name)
            for route in sub.routes:
                account, venue = route.carrying_account_id, route.venue_id
                beside = f"person:{sub.owner_id}", f"carrying:{account}", f"venue:{venue}"
                yield [*tree, *beside, master]


def _apart(rows: Rows, place: list[str]) -> _Apart:
    """Return what holds at a place: the nearest mode, of the numbers the strictest."""
    found: list[SelfMatch] = [rows[node,] for node in place if (node,) in rows]
    return _Apart(
        next(row.mode for row in found if row.mode is not None),
        max(row.wash_window_ns or 0 for row in found),
        max(row.wash_price_ticks or 0 for row in found),
        min(COUNT_MAX if row.wash_count_max is None else row.wash_count_max for row in found),
    )
