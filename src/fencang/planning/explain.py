"""A plan as rows of a table: old, new, change, share and why, for people and for the command line.

Takes the lines of a ``ProposePlan``, a ``PlanProposed`` or the plans projection alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fencang.basics.money import MICROS
from fencang.basics.rounding import divide_half_away
from fencang.messages.commands import PlanLine

__all__ = ["PLAN_COLUMNS", "PlanRow", "plan_rows", "plan_table", "plan_total"]

PLAN_COLUMNS = ("sub-account", "old", "new", "change", "share", "why")


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of a plan with its change."""

    sub_account_id: str
    old_micros: int
    new_micros: int
    change_micros: int
    weight_ppm: int
    why: str


def plan_rows(lines: Sequence[PlanLine]) -> list[PlanRow]:
    """Return one row per line, in the order of the plan."""
    return [
        PlanRow(
            sub_account_id=line.sub_account_id,
            old_micros=line.old_micros,
            new_micros=line.new_micros,
            change_micros=line.new_micros - line.old_micros,
            weight_ppm=line.weight_ppm,
            why=line.why,
        )
        for line in lines
    ]


def plan_total(lines: Sequence[PlanLine]) -> PlanRow:
    """Return the sums of a plan; its change is what the reserve releases (or takes back)."""
    old_micros = sum(line.old_micros for line in lines)
    new_micros = sum(line.new_micros for line in lines)
    change_micros = new_micros - old_micros
    verb = "releases" if change_micros >= 0 else "takes back"
    moved = sum(1 for line in lines if line.new_micros != line.old_micros)
    return PlanRow(
        sub_account_id="all",
        old_micros=old_micros,
        new_micros=new_micros,
        change_micros=change_micros,
        weight_ppm=sum(line.weight_ppm for line in lines),
        why=f"{moved} of {len(lines)} change; the reserve {verb} {_money(abs(change_micros))}",
    )


def plan_table(lines: Sequence[PlanLine]) -> list[tuple[str, ...]]:
    """Return the cells of ``PLAN_COLUMNS`` as text, whole units of money, the total last."""
    return [
        (
            row.sub_account_id,
            _money(row.old_micros),
            _money(row.new_micros),
            _money(row.change_micros, "+"),
            f"{row.weight_ppm / 10_000:.2f} %",
            row.why,
        )
        for row in [*plan_rows(lines), plan_total(lines)]
    ]


def _money(amount_micros: int, sign: str = "") -> str:
    return f"{divide_half_away(amount_micros, MICROS):{sign},}"
