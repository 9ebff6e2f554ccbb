"""Drafts in words: who signed what and when, and every value before and after."""

import json
from collections.abc import Sequence
from typing import Any

from fencang.basics.money import format_money
from fencang.basics.time import format_time
from fencang.engine.draft_changes import Change
from fencang.projections.drafts import DraftState, DraftView

__all__ = ["change_parts", "change_words", "draft_words_of", "list_words"]

SHOWN_MAX = 200
"""Longest value in words; the rest of it stands in ``--json``."""


def list_words(views: Sequence[DraftView], *, everything: bool) -> str:
    """Return one line per draft."""
    if not views:
        return "No draft was ever proposed.\n" if everything else "No draft is open.\n"
    return "".join(f"{_line(view)}\n" for view in views)


def _line(view: DraftView) -> str:
    by = f"{view.maker} ({view.role})"
    line = f"draft {view.draft_id}  {view.state:<9}  {view.command}  by {by}"
    if view.state is DraftState.OPEN:
        return f"{line}, until {format_time(view.expires_ns)}"
    if view.closed_by:
        line += f", {view.closed_by}"
        line += f" ({view.closed_role})" if view.closed_role else ""
    return f"{line} in record {view.closed_sequence}"


def draft_words_of(
    view: DraftView, changes: Sequence[Change], *, changes_only: bool = False
) -> str:
    """Return a draft with all its changes."""
    lines = [] if changes_only else _life(view)
    lines += [change_words(change) for change in changes]
    if not changes:
        lines.append("changes nothing: the desk is as it says")
    return "".join(f"{line}\n" for line in lines)


def _life(view: DraftView) -> list[str]:
    lines = [
        f"draft {view.draft_id}: {view.command}, {view.state}",
        f"  proposed by {_signer(view.maker, view.role, view.acts_for, view.public_key)}",
        f"  in record {view.proposed_sequence}, {format_time(view.proposed_ns)}",
    ]
    if view.state is DraftState.OPEN:
        if view.opens_ns > view.proposed_ns:
            lines.append(f"  cools off until {format_time(view.opens_ns)}")
        lines.append(f"  expires {format_time(view.expires_ns)}")
    else:
        done = "approved" if view.closed_key else view.state.value
        who = ""
        if view.closed_key:
            signer = (view.closed_by, view.closed_role, view.closed_acts_for, view.closed_key)
            who = f" by {_signer(*signer)}"
        elif view.closed_by:
            who = f" by {view.closed_by}"
        at = format_time(view.closed_ns)
        lines += [f"  {done}{who}", f"  in record {view.closed_sequence}, {at}"]
    if view.reason:
        lines.append(f"  reason: {view.reason}")
    lines.append(f"  SHA-256 of its command {view.body_sha256}")
    return lines


def _signer(name: str, role: str, acts_for: str, public_key: str) -> str:
    deputy = f" for {acts_for}" if acts_for else ""
    return f"{name} as {role}{deputy}, key {public_key[:16]}…"


def change_words(change: Change) -> str:
    """Return one change: ``PositionLimit ALPHA *: long lots max 10 → 20``."""
    subject, name, before, after = change_parts(change)
    return f"{subject}: {name} {after if before is None else f'{before} → {after}'}"


def change_parts(change: Change) -> tuple[str, str, str | None, str]:
    """Return a change as subject, field, before (None where nothing is) and after, in words."""
    field = change.field
    name = field.replace("_", " ")
    if field.endswith("_micros"):
        name = name.removesuffix(" micros")
    elif field.endswith("_ns"):
        name = name.removesuffix(" ns")
    before = None if change.before is None else _value(field, change.before)
    return change.subject, name, before, _value(field, change.after)


def _value(field: str, value: Any) -> str:  # noqa: ANN401 - text, number, list or map
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and "_micros" in field:
        return format_money(value)
    if isinstance(value, int) and field in {"from_ns", "until_ns"}:
        return format_time(value)
    if isinstance(value, int) and field.endswith("_ppm"):
        return f"{value} ppm"
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        text = ", ".join(value) or "nothing"
    elif isinstance(value, (list, tuple, dict)):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value) if value != "" else "empty"
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 1]}…"
