"""HTML made from text: whatever is put in is escaped, and every page has the same frame.

A page works without colours, by keyboard and with a screen reader: real headings, tables with their
heads, a label for each field, and outcomes in a region that is read out.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final, NamedTuple

from fencang.basics.time import format_time
from fencang.gateways.browser.files import SCRIPT, STYLE

__all__ = [
    "Frame",
    "Html",
    "act_form",
    "element",
    "field",
    "join",
    "link",
    "moment",
    "page",
    "table",
]

LOUD: Final = "Single operator: one person alone may do here what otherwise takes two."
_LINKS: Final = (
    ("/drafts", "Drafts", "drafts:read"),
    ("/people", "People", "users:read"),
    ("/key", "My signing key", ""),
    ("/sessions", "My sessions", ""),
    ("/password", "My password", ""),
)


class Html(str):
    """Text that is HTML already; any other text is escaped where it is put in."""

    __slots__ = ()


class Frame(NamedTuple):
    """What stands around a page: the desk, who is signed in ("": nobody), and what that one may."""

    desk_name: str
    is_single_operator: bool
    user_id: str = ""
    scopes: frozenset[str] = frozenset()
    csrf_token: str = ""


def _safe(part: str) -> str:
    return str(part) if isinstance(part, Html) else escape(part)


def join(*parts: str) -> Html:
    """Return parts one after another."""
    return Html("".join(map(_safe, parts)))


def element(tag: str, /, *parts: str, **attributes: str | bool) -> Html:
    """Return an element; ``class_`` and ``for_`` lose their underscore, others make it a hyphen."""
    return Html(f"<{tag}{_attributes(attributes)}>{''.join(map(_safe, parts))}</{tag}>")


def _attributes(attributes: dict[str, str | bool]) -> str:
    found = []
    for name, value in attributes.items():
        shown = name.rstrip("_").replace("_", "-")
        if value is True:
            found.append(f" {shown}")
        elif value is not False:
            found.append(f' {shown}="{escape(value)}"')
    return "".join(found)


def moment(time_ns: int) -> Html:
    """Return a time as people read it, to the second; what it is exactly stands beside it."""
    exact = format_time(time_ns)
    return element("time", f"{exact[:10]} {exact[11:19]} UTC", datetime=exact)


def link(path: str, words: str) -> Html:
    """Return a link."""
    return element("a", words, href=path)


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """Return a table; the first cell of a row is its head."""
    head = element("tr", *(element("th", each, scope="col") for each in heads))
    body = (
        element(
            "tr", element("th", row[0], scope="row"), *(element("td", each) for each in row[1:])
        )
        for row in rows
    )
    parts = (element("caption", caption), element("thead", head), element("tbody", *body))
    return element("table", *parts)


def field(
    name: str, label: str, /, *, kind: str = "text", hint: str = "", **more: str | bool
) -> Html:
    """Return a labelled field of a form."""
    number = f"field-{name}"
    given: dict[str, str | bool] = {"id": number, "name": name, "type": kind, "required": True}
    given |= {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
    told = Html("")
    if hint:
        told = element("small", hint, id=f"{number}-hint")
        given["aria_describedby"] = f"{number}-hint"
    box = Html(f"<input{_attributes(given | more)}>")
    return element("p", element("label", label, for_=number), told, box)


def act_form(path: str, button: str, /, *parts: str, **more: str | bool) -> Html:
    """Return a form that the script sends as an act; ``data_then`` is where it goes from there."""
    submit = element("p", element("button", button, type="submit"))
    said = element("p", class_="outcome", role="status", aria_live="polite")
    return element("form", *parts, submit, said, data_act=path, method="post", **more)


def page(frame: Frame, title: str, *parts: str) -> str:
    """Return a whole page."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)} – {escape(frame.desk_name)}</title>"
        f'<link rel="stylesheet" href="{STYLE.path}" integrity="{STYLE.integrity}">'
        f'<script type="module" src="{SCRIPT.path}" integrity="{SCRIPT.integrity}"></script>'
    )
    if frame.csrf_token:
        head += f'<meta name="csrf-token" content="{escape(frame.csrf_token)}">'
    loud = element("p", LOUD, class_="loud", role="alert") if frame.is_single_operator else Html("")
    script = element("noscript", element("p", "These pages sign and send by a script: allow it."))
    main = element("main", element("h1", title), script, *parts, id="main")
    skip = element("a", "To the content", href="#main", class_="skip")
    body = join(skip, _head(frame, title), loud, main)
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def _head(frame: Frame, title: str) -> Html:
    name = element("p", element("b", "fencang"), " ", frame.desk_name)
    if not frame.user_id:
        return element("header", name)
    links = [
        element("li", element("a", words, href=path, aria_current=title == words and "page"))
        for path, words, scope in _LINKS
        if not scope or scope in frame.scopes
    ]
    nav = element("nav", element("ul", *links), aria_label="Pages")
    out = element(
        "form",
        element("button", f"Sign out {frame.user_id}", type="submit"),
        element("span", class_="outcome", role="status"),
        data_act="/v1/session/end",
        data_then="/sign-in",
        method="post",
    )
    return element("header", name, nav, out)
