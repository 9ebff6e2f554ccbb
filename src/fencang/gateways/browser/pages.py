"""Pages about oneself and about people: signing in, enrolling, sessions, key, password, people."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from fencang.basics.time import format_time
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
from fencang.gateways.doors.login_sessions import OwnSession
from fencang.gateways.doors.two_persons import DECIDING_ROLES
from fencang.refdata.user import Role, User

__all__ = [
    "enrol_page",
    "key_page",
    "password_page",
    "people_page",
    "plain_page",
    "sessions_page",
    "sign_in_page",
]

Row = Mapping[str, Any]
_CODE = {"inputmode": "numeric", "pattern": "[0-9]{6}", "maxlength": "6"}
_P = "p"


def plain_page(frame: Frame, title: str, words: str) -> str:
    """Return a page that says one thing."""
    return page(frame, title, element(_P, words))


def sign_in_page(frame: Frame) -> str:
    """Return the page that everything begins with."""
    form = act_form(
        "/v1/session",
        "Sign in",
        field("user_id", "User", autocomplete="username", autofocus=True),
        field("password", "Password", kind="password", autocomplete="current-password"),
        field(
            "one_time_code",
            "One-time code",
            hint="Six digits of your authenticator; each opens once.",
            autocomplete="one-time-code",
            **_CODE,
        ),
        data_then="/",
    )
    more = element(
        _P, "Invited, or given two halves of a code? ", link("/enrol", "Enrol here"), "."
    )
    return page(frame, "Sign in", form, more)


def enrol_page(frame: Frame) -> str:
    """Return the page on which a code becomes a password and an authenticator."""
    first = act_form(
        "/v1/enrolment/begin",
        "Set password",
        field("user_id", "User", autocomplete="username", autofocus=True),
        field(
            "code",
            "Code",
            hint="From an administrator; after a recovery the halves of both persons, one after "
            "the other, the first one's first.",
        ),
        field(
            "password",
            "New password",
            kind="password",
            hint="12 to 128 characters, without your user name in it.",
            autocomplete="new-password",
            minlength="12",
            maxlength="128",
        ),
        id="enrol-begin",
    )
    second = act_form(
        "/v1/enrolment/finish",
        "Finish",
        element(_P, "Give this to your authenticator. It is shown this once."),
        element("dl", element("dt", "Key"), element("dd", id="seed", class_="secret")),
        element("dl", element("dt", "Address"), element("dd", id="otpauth", class_="secret")),
        field("one_time_code", "The code that it shows now", **_CODE),
        id="enrol-finish",
        hidden=True,
        data_then="/sign-in",
    )
    return page(frame, "Enrol", first, second)


def sessions_page(
    frame: Frame, sessions: Sequence[tuple[OwnSession, bool]], recovery_begun_by: str
) -> str:
    """Return the page of one's own sessions, each with whether it is the present one."""
    rows = [
        (
            "This one" if is_present else each.name,
            moment(each.begun_ns),
            moment(each.seen_ns),
            act_form(
                "/v1/session/list/end",
                "End this session" if is_present else f"End {each.name}",
                _hidden("name", each.name),
                data_then="/sessions",
            ),
        )
        for each, is_present in sessions
    ]
    others = act_form(
        "/v1/session/list/end",
        "End all but this one",
        _hidden("name", ""),
        data_then="/sessions",
    )
    words = "A session ends after half an hour without a request, and after twelve hours."
    heads = ("Session", "Begun", "Last used", "End it")
    shown = table("Sessions", heads, rows)
    warned = _own_recovery(frame, recovery_begun_by) if recovery_begun_by else Html("")
    return page(frame, "My sessions", warned, element(_P, words), shown, others)


def _own_recovery(frame: Frame, begun_by: str) -> Html:
    """Return what somebody is told whose login others are about to replace."""
    words = f"{begun_by} began a recovery of your login. If you did not ask for it, refuse it."
    refuse = act_form(
        "/v1/people/recovery/refuse",
        "Refuse the recovery",
        _hidden("user_id", frame.user_id),
        data_then="/sessions",
    )
    return join(element(_P, words, role="alert", class_="warning"), refuse)


def password_page(frame: Frame) -> str:
    """Return the page on which a password is changed."""
    form = act_form(
        "/v1/password",
        "Change it",
        field("password", "Password now", kind="password", autocomplete="current-password"),
        field("one_time_code", "One-time code", autocomplete="one-time-code", **_CODE),
        field(
            "new_password",
            "New password",
            kind="password",
            hint="12 to 128 characters, without your user name in it.",
            autocomplete="new-password",
            minlength="12",
            maxlength="128",
        ),
        data_say="The password is changed; all your other sessions ended.",
    )
    return page(frame, "My password", form)


def key_page(frame: Frame, user: User) -> str:
    """Return the page on which a browser makes, takes in or forgets the key that signs drafts."""
    known = ", ".join(user.public_keys) or "none"
    root = element(
        "div",
        element(_P, "Keys of yours that the desk knows: ", element("code", known)),
        _kept_key(),
        _new_key(),
        _key_file(),
        id="key-page",
        data_user_id=user.user_id,
        data_known=" ".join(user.public_keys),
        data_table=_user_table(user),
    )
    return page(frame, "My signing key", root)


def _kept_key() -> Html:
    forget = element("button", "Forget the key in this browser", id="key-forget", type="button")
    return element(
        "section",
        element("h2", "In this browser"),
        element(_P, "Looking …", id="key-state", role="status", aria_live="polite"),
        element("dl", element("dt", "Public key"), element("dd", "none", id="public-key")),
        element(_P, forget),
    )


def _new_key() -> Html:
    words = (
        "Made here and kept here: no script and no server can read its private half. The desk "
        "must learn its public half: somebody who may propose changes of people proposes the "
        "table below, and a second person approves it."
    )
    return element(
        "section",
        element("h2", "A new key"),
        element(_P, words),
        element(_P, element("button", "Make a key in this browser", id="key-make", type="button")),
        element("pre", id="key-table", tabindex="0", aria_label="Table to propose"),
    )


def _key_file() -> Html:
    told = (
        "The file that ",
        element("code", "fencang keys new"),
        " wrote. It is read in this browser and goes nowhere.",
    )
    box = Html('<input id="key-file" type="file">')
    return element(
        "section",
        element("h2", "A key that you have"),
        element(_P, *told),
        element(_P, element("label", "Key file", for_="key-file"), box),
    )


def _user_table(user: User) -> str:
    """Return the user as a table of a desk file, with a place for one public key more."""
    keys = ", ".join(f'"{key}"' for key in (*user.public_keys, "{key}"))
    roles = ", ".join(f'"{role}"' for role in user.roles)
    name = user.name.replace("\\", "\\\\").replace('"', '\\"')
    lines = [
        "[[user]]",
        f'id = "{user.user_id}"',
        f'name = "{name}"',
        f"roles = [{roles}]",
        f"public_keys = [{keys}]",
    ]
    if user.from_ns:
        lines.append(f'from = "{format_time(user.from_ns)}"')
    if user.until_ns is not None:
        lines.append(f'until = "{format_time(user.until_ns)}"')
    return "\n".join(lines)


def people_page(frame: Frame, rows: Sequence[Row], roles: frozenset[Role]) -> str:
    """Return the page of all persons: how they stand, and what this one may do about them."""
    shown = [
        (
            f"{row['user_id']} ({row['name']})",
            ", ".join(role.replace("_", " ") for role in row["roles"]) or "none",
            _standing(row),
            str(row["sessions"]),
        )
        for row in rows
    ]
    heads = ("Person", "Roles", "Login", "Sessions")
    parts = [table("Persons of this desk", heads, shown)]
    for number, act in enumerate(_PEOPLE_ACTS):
        may = act.scope in frame.scopes if act.scope else bool(roles & act.roles)
        if may:
            others = [row for row in rows if row["user_id"] != frame.user_id and row["is_active"]]
            parts.append(_about(act, [row for row in others if act.suits(row)], number))
    return page(frame, "People", *parts)


class _PersonAct(NamedTuple):
    """An act about another person: who may do it, and whom it could be about."""

    path: str
    title: str
    words: str
    suits: Callable[[Row], bool]
    roles: frozenset[Role] = DECIDING_ROLES
    scope: str = ""


_PEOPLE_ACTS = (
    _PersonAct(
        "/v1/people/invite",
        "Invite a joiner",
        "The code is shown once and holds for three days. Hand it over in person.",
        lambda row: not row["was_enrolled"],
        roles=frozenset({Role.ADMINISTRATOR}),
    ),
    _PersonAct(
        "/v1/people/recovery/begin",
        "Begin a recovery",
        "Two persons, in two roles that the user does not hold, each hand over half of a code.",
        lambda row: row["was_enrolled"] and not row["recovery_begun_by"],
    ),
    _PersonAct(
        "/v1/people/recovery/approve",
        "Approve a recovery",
        "As the second person. From now on what the user signed in with opens nothing.",
        lambda row: bool(row["recovery_begun_by"]),
    ),
    _PersonAct(
        "/v1/people/recovery/refuse",
        "Refuse a recovery",
        "Takes back one that was begun.",
        lambda row: bool(row["recovery_begun_by"]),
        scope="users:tighten",
    ),
    _PersonAct(
        "/v1/people/sign-out",
        "Sign somebody out",
        "Ends all sessions and connections of a user; what it signs in with stays.",
        lambda row: row["is_enrolled"],
        scope="users:tighten",
    ),
)


def _about(act: _PersonAct, rows: Sequence[Row], number: int) -> Html:
    title = element("h2", act.title, id=f"act-{number}")
    words = element(_P, act.words)
    if not rows:
        return join(title, words, element(_P, "Nobody, at the moment."))
    choices = [element("option", "Choose …", value="")]
    choices += [element("option", row["user_id"], value=row["user_id"]) for row in rows]
    chosen = element(
        _P,
        element("label", "User", for_=f"user-{number}"),
        element("select", *choices, id=f"user-{number}", name="user_id", required=True),
    )
    return join(
        title, act_form(act.path, act.title, words, chosen, aria_labelledby=f"act-{number}")
    )


def _standing(row: Row) -> str:
    if not row["is_active"]:
        return "not active"
    words = "enrolled" if row["is_enrolled"] else "not enrolled"
    if not row["is_enrolled"] and row["was_enrolled"]:
        words = "what it had opens nothing any more"
    if row["invited_until_time"] is not None:
        words += f", has a code until {row['invited_until_time']}"
    if row["recovery_begun_by"]:
        words += f", recovery begun by {row['recovery_begun_by']}"
    return words


def _hidden(name: str, value: str) -> Html:
    return Html(f'<input type="hidden" name="{name}" value="{value}">')
