"""What the desk answered, understood: the value, or the error that a problem is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import msgspec

from fencang.client.errors import (
    BadRequest,
    Busy,
    Fault,
    FencangError,
    NotAllowed,
    NotFound,
    Outdated,
    Refused,
    Unexpected,
)

__all__ = [
    "PUT_OFF",
    "Reply",
    "error_of",
    "may_be_taken",
    "retry_after_s",
    "wants_new_signature",
]

PUT_OFF = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may be sent again: the desk's own, and a proxy's."""
CLOCK_SKEW_S_MIN = 3
_NAMESPACE = "urn:fencang:problem:"
_NOT_TAKEN = frozenset({"desk-busy", "too-many-requests"})
_QUOTED_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem (RFC 9457) as far as the desk fills it."""

    type: str = ""
    title: str = ""
    detail: str = ""
    reason: int | None = None
    reason_name: str = ""
    faults: tuple[Fault, ...] = ()
    sequence: int | None = None
    control: str = ""
    node_id: str = ""
    limit: int | None = None
    value: int | None = None

    @property
    def kind(self) -> str:
        """The last word of the type, empty if it is none of ours."""
        return self.type.removeprefix(_NAMESPACE) if self.type.startswith(_NAMESPACE) else ""


def retry_after_s(reply: Reply) -> float | None:
    """Return how long the desk wants to be left alone, None where it does not say."""
    try:
        seconds = float(reply.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def wants_new_signature(reply: Reply) -> bool:
    """Return whether the desk only wants the same request signed again."""
    return reply.status == 401 and _problem_of(reply).kind == "sign-anew"


def may_be_taken(reply: Reply) -> bool:
    """Return whether a request that was put off may have been done all the same."""
    return _problem_of(reply).kind not in _NOT_TAKEN


def error_of(reply: Reply, key: str, *, may_be_done: bool, wall_s: float) -> FencangError:
    """Return what a response that brings no value means.

    ``may_be_done`` is what is known of the attempts before; ``wall_s`` this computer's time.
    """
    problem = _problem_of(reply)
    words = problem.detail or problem.title
    if not problem.kind:
        return _foreign(reply, key, may_be_done=may_be_done)
    match reply.status:
        case 422 if problem.reason is not None:
            return _refused(problem, problem.reason, key)
        case 400 | 405 | 413 | 422:
            return BadRequest(_with_faults(problem), idempotency_key=key, faults=problem.faults)
        case 401:
            skew_s = _clock_skew_s(reply, wall_s) if problem.kind == "sign-anew" else None
            said = words + (_skew_words(skew_s) if skew_s is not None else "")
            return NotAllowed(said, idempotency_key=key, clock_skew_s=skew_s)
        case 403:
            return NotAllowed(words, idempotency_key=key)
        case 404:
            return NotFound(words, idempotency_key=key)
        case 409 | 412:
            return Outdated(words, idempotency_key=key)
        case status if status in PUT_OFF:
            return Busy(
                words,
                idempotency_key=key,
                may_be_done=may_be_done,
                retry_after_s=retry_after_s(reply),
            )
        case _:
            return _foreign(reply, key, may_be_done=may_be_done)


def _problem_of(reply: Reply) -> _Problem:
    try:
        return msgspec.json.decode(reply.content, type=_Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Problem()


def _refused(problem: _Problem, reason: int, key: str) -> Refused:
    where = f" at {problem.node_id}" if problem.node_id else ""
    numbers = (
        f" (limit {problem.limit:,}, value {problem.value:,})"
        if problem.limit is not None and problem.value is not None and problem.value
        else ""
    )
    return Refused(
        f"{reason} {problem.reason_name}{where}: {problem.detail or problem.title}{numbers}",
        idempotency_key=key,
        reason=reason,
        reason_name=problem.reason_name,
        control=problem.control,
        node_id=problem.node_id,
        limit=problem.limit,
        value=problem.value,
        sequence=problem.sequence,
    )


def _with_faults(problem: _Problem) -> str:
    listed = "".join(f"; {fault.where}: {fault.what}" for fault in problem.faults)
    return (problem.detail or problem.title) + listed


def _clock_skew_s(reply: Reply, wall_s: float) -> float | None:
    """Return how far this clock is ahead of the desk's, which tells its own in whole seconds."""
    try:
        there_s = parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return None
    return round(wall_s - there_s)


def _skew_words(skew_s: float) -> str:
    if abs(skew_s) < CLOCK_SKEW_S_MIN:
        return "; the clocks here and there agree"
    side = "ahead of" if skew_s > 0 else "behind"
    return f"; this computer's clock is {abs(skew_s):,.0f} s {side} the desk's: set it"


def _foreign(reply: Reply, key: str, *, may_be_done: bool) -> Unexpected:
    text = reply.content[:_QUOTED_LENGTH_MAX].decode("utf-8", "replace")
    return Unexpected(
        f"status {reply.status} is no answer of this API: {text!r}",
        idempotency_key=key,
        may_be_done=may_be_done,
    )
