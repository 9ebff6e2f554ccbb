"""Pages of drafts: which there are, and one with what it would change and who may sign it."""

import base64
from collections.abc import Sequence

from fencang.gateways.browser.draft_questions import DraftShown
from fencang.gateways.browser.html import (
    Frame,
    Html,
    act_form,
    element,
    field,
    join,
    link,
    moment,
    page,
    table,
)
from fencang.projections.drafts import DraftState, DraftView
from fencang.refdata.user import Role
from fencang.signing.drafts import body_hash

__all__ = ["CHANGES_MAX", "LISTED_MAX", "draft_page", "drafts_page"]

LISTED_MAX = 500
"""Closed drafts on a page, the newest."""
CHANGES_MAX = 1_000
"""Values on a page; the command line shows all."""


def drafts_page(frame: Frame, views: Sequence[DraftView], *, everything: bool) -> str:
    """Return the list of drafts, the newest first."""
    shown = views[-LISTED_MAX:]
    other = (
        link("/drafts", "Only open ones")
        if everything
        else link("/drafts?all=1", "Closed ones too")
    )
    parts = [element("p", other)]
    if len(shown) < len(views):
        parts.append(element("p", f"The newest {LISTED_MAX} of {len(views)} are shown."))
    if shown:
        heads = ("Draft", "Command", "State", "Proposed by", "Proposed", "Until, or closed")
        rows = [_row(view) for view in reversed(shown)]
        parts.append(table("All drafts" if everything else "Open drafts", heads, rows))
    else:
        parts.append(
            element("p", "No draft was ever proposed." if everything else "No draft is open.")
        )
    if frame.is_single_operator:
        parts.append(
            element("p", "One operator runs this desk: nothing waits for a second person.")
        )
    return page(frame, "Drafts", *parts)


def _row(view: DraftView) -> tuple[str, ...]:
    is_open = view.state is DraftState.OPEN
    return (
        link(f"/drafts/{view.draft_id}", f"Draft {view.draft_id}"),
        view.command,
        view.state.value,
        f"{view.maker} ({_role(view.role)})",
        moment(view.proposed_ns),
        moment(view.expires_ns if is_open else view.closed_ns),
    )


def draft_page(
    frame: Frame, view: DraftView, shown: DraftShown, roles: Sequence[Role], time_ns: int
) -> str:
    """Return a draft with its changes; with forms for whoever may act on it."""
    parts = [_life(view), _changes(view, shown)]
    if view.state is DraftState.OPEN:
        parts += _acts(frame, view, shown, roles, time_ns)
    return page(frame, f"Draft {view.draft_id}: {view.command}, {view.state.value}", *parts)


def _life(view: DraftView) -> Html:
    rows: list[tuple[str, str]] = [
        ("Proposed by", _signer(view.maker, view.role, view.acts_for, view.public_key)),
        ("Proposed", join(moment(view.proposed_ns), f", record {view.proposed_sequence}")),
    ]
    if view.state is DraftState.OPEN:
        if view.opens_ns > view.proposed_ns:
            rows.append(("Cools off until", moment(view.opens_ns)))
        rows.append(("Expires", moment(view.expires_ns)))
    else:
        rows.append(("Became", view.state.value))
        if view.closed_by:
            signer = (view.closed_by, view.closed_role, view.closed_acts_for, view.closed_key)
            rows.append(("By", _signer(*signer) if view.closed_key else view.closed_by))
        rows.append(("Closed", join(moment(view.closed_ns), f", record {view.closed_sequence}")))
    if view.reason:
        rows.append(("Reason", view.reason))
    parts = [join(element("dt", name), element("dd", words)) for name, words in rows]
    return element("dl", *parts)


def _signer(name: str, role: str, acts_for: str, public_key: str) -> str:
    deputy = f" for {acts_for}" if acts_for else ""
    return f"{name} as {_role(role)}{deputy}, key {public_key[:16]}…"


def _role(role: str) -> str:
    return role.replace("_", " ")


def _changes(view: DraftView, shown: DraftShown) -> Html:
    title = element("h2", "What it changes")
    if not shown.changes:
        tense = "is" if view.state is DraftState.OPEN else "was"
        return join(title, element("p", f"Nothing: what it says {tense} in force already."))
    is_open = view.state is DraftState.OPEN
    heads = ("Value", "Field", "In force" if is_open else "Was in force", "In this draft")
    rows = [
        (
            change.subject,
            change.field,
            element("em", "nothing") if change.before is None else element("del", change.before),
            element("ins", change.after),
        )
        for change in shown.changes[:CHANGES_MAX]
    ]
    count = len(shown.changes)
    more = Html("")
    if count > CHANGES_MAX:
        words = f"{CHANGES_MAX:,} of {count:,} values are shown; fencang draft diff shows all."
        more = element("p", words, role="alert")
    caption = "One value changes" if count == 1 else f"{count:,} values change"
    return join(title, table(caption, heads, rows), more)


def _acts(
    frame: Frame, view: DraftView, shown: DraftShown, roles: Sequence[Role], time_ns: int
) -> list[Html]:
    parts = []
    if shown.refusal:
        words = f"The desk would refuse it now: {shown.refusal}"
        parts.append(element("p", words, role="alert", class_="warning"))
    if view.opens_ns > time_ns:
        parts.append(element("p", "It can be approved from ", moment(view.opens_ns), " on."))
    is_makers = frame.user_id == view.maker
    if not is_makers and "drafts:approve" in frame.scopes:
        parts.append(_approving(frame, view, shown, roles))
    if "drafts:tighten" in frame.scopes:
        parts.append(_withdrawing(view) if is_makers else _rejecting(view))
    return parts


def _approving(frame: Frame, view: DraftView, shown: DraftShown, roles: Sequence[Role]) -> Html:
    """Return the form whose signature is made in the browser: it has all facts that are signed."""
    choices = [element("option", _role(role), value=role.value) for role in roles]
    return element(
        "form",
        element("h2", "Approve"),
        element(
            "p",
            element("label", "In the role", for_="role"),
            element("select", *choices, id="role", name="role"),
        ),
        element("p", "Looking for your key …", id="signing-key", role="status"),
        element("p", "What you sign, to the letter:"),
        element("pre", id="signed-text", tabindex="0", aria_label="What you sign"),
        element("p", element("button", "Sign and approve", type="submit")),
        element("p", class_="outcome", role="status", aria_live="polite"),
        id="approve",
        method="post",
        data_desk_id=shown.desk_id,
        data_draft_id=str(view.draft_id),
        data_command=view.command,
        data_body_sha256=body_hash(shown.body),
        data_body=base64.b64encode(shown.body).decode(),
        data_user_id=frame.user_id,
    )


def _rejecting(view: DraftView) -> Html:
    reason = field("reason", "Why, in words that stay", maxlength="400", required=False)
    return join(
        element("h2", "Reject"),
        act_form(
            f"/v1/drafts/{view.draft_id}/reject",
            "Reject",
            reason,
            data_named=True,
            data_then=f"/drafts/{view.draft_id}",
        ),
    )


def _withdrawing(view: DraftView) -> Html:
    return join(
        element("h2", "Withdraw"),
        act_form(
            f"/v1/drafts/{view.draft_id}/withdraw",
            "Withdraw my draft",
            data_named=True,
            data_then=f"/drafts/{view.draft_id}",
        ),
    )
