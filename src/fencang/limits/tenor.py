"""Limits by maturity: the furthest and the nearest day a contract that is opened may end on."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from fencang.limits.order_controls import NodeRefusal
from fencang.limits.row_scopes import Bound, stated_bounds
from fencang.messages.reasons import Reason
from fencang.refdata.account import side_node_of
from fencang.refdata.tenor import TenorLimit

__all__ = ["EffectiveTenor", "TenorTable", "tenor_passes", "tenor_refusals"]


class EffectiveTenor(NamedTuple):
    """What binds one path: of every field the most restrictive on the way to the root."""

    furthest: Bound
    nearest: Bound
    undated: Bound


class TenorTable:
    """All limits by maturity of the desk."""

    __slots__ = ("_found", "rows")

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], TenorLimit] = {}
        self._found: dict[tuple[tuple[str, ...], str], EffectiveTenor] = {}

    def set(self, row: TenorLimit) -> None:
        """Set or replace the row of one node and scope."""
        self.rows[row.key] = row
        self._found.clear()

    def all(self) -> list[TenorLimit]:
        """Return every row, by node and scope."""
        return [self.rows[key] for key in sorted(self.rows)]

    def binding(self, path: tuple[str, ...], contract_id: str, product_id: str) -> EffectiveTenor:
        """Return what binds a path in a contract, found once after a change."""
        found = self._found.get((path, contract_id))
        if found is None:
            scopes = (contract_id, product_id)
            root = next(node for node in reversed(path) if side_node_of(node) is None)
            nothing = Bound(0, root)
            found = EffectiveTenor(
                min(stated_bounds(self.rows, "furthest_days", path, scopes), default=nothing),
                max(stated_bounds(self.rows, "nearest_days", path, scopes), default=nothing),
                min(stated_bounds(self.rows, "takes_undated", path, scopes), default=nothing),
            )
            self._found[path, contract_id] = found
        return found


def tenor_passes(
    tenor: EffectiveTenor, last_day: date | None, first_notice_day: date | None, today: int
) -> bool:
    """Return at once whether nothing refuses."""
    if last_day is None:
        return bool(tenor.undated.value) and (
            first_notice_day is None or first_notice_day.toordinal() - today >= tenor.nearest.value
        )
    days = last_day.toordinal() - today
    if days > tenor.furthest.value:
        return False
    if first_notice_day is not None and first_notice_day < last_day:
        days = first_notice_day.toordinal() - today
    return days >= tenor.nearest.value


def tenor_refusals(
    tenor: EffectiveTenor, last_day: date | None, first_notice_day: date | None, today: int
) -> Iterator[tuple[Bound, int, NodeRefusal | None]]:
    """Yield for every bound the days, and the refusal where they are too many or too few.

    ``today`` is a proleptic ordinal.  Days of an undated contract are not known: 1 for one.
    """
    bound = tenor.undated
    if last_day is None:
        refusal: NodeRefusal | None = None
        if not bound.value:
            detail = f"no last trading day is known; {bound.node_id} opens no undated contracts"
            refusal = Reason.TENOR, bound.node_id, 0, 1, detail
        yield bound, 1, refusal
    else:
        yield (
            tenor.furthest,
            last_day.toordinal() - today,
            _too_far(tenor.furthest, last_day, today),
        )
    ends = [day for day in (last_day, first_notice_day) if day is not None]
    if ends:
        end = min(ends)
        yield tenor.nearest, end.toordinal() - today, _too_near(tenor.nearest, end, today)


def _too_far(bound: Bound, last_day: date, today: int) -> NodeRefusal | None:
    days = last_day.toordinal() - today
    if days <= bound.value:
        return None
    detail = f"ends on {last_day}, in {days} days; {bound.value} are allowed by {bound.node_id}"
    return Reason.TENOR, bound.node_id, bound.value, days, detail


def _too_near(bound: Bound, end: date, today: int) -> NodeRefusal | None:
    days = end.toordinal() - today
    if days >= bound.value:
        return None
    detail = (
        f"last trading or first notice is on {end}, in {days} days; {bound.node_id} opens nothing "
        f"less than {bound.value} days before"
    )
    return Reason.TENOR, bound.node_id, bound.value, days, detail
