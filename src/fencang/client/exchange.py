"""Everything between a call and its answer but the network: signing, repeating, understanding.

``Exchange.steps`` is a generator.  It yields what is to be done next, a request to send or a time
to wait, is told what came of it, and returns the answer or raises.  Blocking and asynchronous
transports carry out the same steps, and tests do without a clock.

A write keeps its Idempotency-Key through all its repetitions, so that it is done once; each
repetition is signed anew.  Repeated is what found no connection or no answer in time, and what the
desk put off (429, 503), after pauses that double and are never quite the same, or as long as
Retry-After says.  Attempts and time are bounded by ``Patience``.
"""

import secrets
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from fencang import __version__
from fencang.client.answers import (
    PUT_OFF,
    Reply,
    error_of,
    may_be_taken,
    retry_after_s,
    wants_new_signature,
)
from fencang.client.ask import Ask
from fencang.client.credentials import Credentials
from fencang.client.errors import FencangError, Unexpected, Unreachable
from fencang.client.wire import decoded

__all__ = [
    "Exchange",
    "Headers",
    "NoReply",
    "Patience",
    "Pause",
    "Reply",
    "Send",
    "Step",
    "next_pause_s",
]

VERSIONS_MAX = 1_024
"""Configuration values that are remembered with their version, to be asked for only if changed."""
SIGNED_ANEW_MAX = 2
SIGN_AGAIN_S = 1.0
"""A signature tells its time in whole seconds, so one a second younger is told from it; a desk that
was killed and has just started refuses what may have been signed before, for some seconds that
``Retry-After`` tells."""
TIMEOUT_S_MIN = 0.1
_PAUSE_SHARE_MIN = 0.5
_DOUBLINGS_MAX = 30

AnswerT = TypeVar("AnswerT")
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call is tried: attempts, seconds in all, and the first and the longest pause."""

    attempts_max: int = 6
    total_s: float = 30.0
    first_pause_s: float = 0.1
    pause_s_max: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send this request, and give up after ``timeout_s``."""

    method: str
    url: str
    headers: Headers
    body: bytes
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nothing came back; ``was_sent`` says whether the request may have arrived."""

    what: str
    was_sent: bool


Step = Send | Pause
Heard = Reply | NoReply | None
Steps = Generator[Step, Heard, AnswerT]


def next_pause_s(patience: Patience, failures: int, chance: float) -> float:
    """Return the pause after so many failures: doubled each time, less up to half by chance."""
    doubled_s = patience.first_pause_s * (1 << min(failures - 1, _DOUBLINGS_MAX))
    share = _PAUSE_SHARE_MIN + (1 - _PAUSE_SHARE_MIN) * chance
    return min(doubled_s, patience.pause_s_max) * share


@dataclass(slots=True)
class _Course:
    """How one call has gone so far."""

    ask: Ask[object]
    key: str
    began_s: float
    attempts: int = 0
    may_be_done: bool = False
    signed_anew: int = 0


@dataclass(slots=True, kw_only=True)
class Exchange:
    """What all calls to one desk share; one on loopback is never asked through a proxy.

    ``monotonic`` is seconds that never go back, ``wall`` seconds since 1970, ``chance`` a number
    from 0 to 1, and ``new_key`` makes the name of a write.
    """

    url: str
    is_loopback: bool = False
    credentials: Credentials | None = None
    patience: Patience = field(default_factory=Patience)
    timeout_s: float = 10.0
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    chance: Callable[[], float] = field(default_factory=lambda: secrets.SystemRandom().random)
    new_key: Callable[[], str] = secrets.token_urlsafe
    _versions: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def steps(self, ask: Ask[AnswerT]) -> Steps[AnswerT]:
        """Yield what is to be done, be told what came of it, and return the answer.

        Raises:
            FencangError: how the call ended otherwise.
        """
        is_write = ask.operation.is_write
        key = (ask.idempotency_key or self.new_key()) if is_write else ""
        course = _Course(ask=ask, key=key, began_s=self.monotonic())
        while True:
            course.attempts += 1
            heard = yield self._send(course)
            assert heard is not None, "a request that was sent has a reply, or none"
            if isinstance(heard, Reply) and (heard.status < 300 or heard.status == 304):
                return self._value(ask, heard, key)
            pause_s = self._pause_s(heard, course)
            if pause_s is None:
                raise self._error(heard, course)
            yield Pause(pause_s)

    def _send(self, course: _Course) -> Send:
        ask = course.ask
        url = self.url + ask.target
        headers = [("Accept", "application/json"), ("User-Agent", f"fencang/{__version__}")]
        if ask.body:
            headers.append(("Content-Type", "application/json"))
        if course.key:
            headers.append(("Idempotency-Key", course.key))
        if ask.operation.method == "GET" and url in self._versions:
            headers.append(("If-None-Match", self._versions[url][0]))
        all_headers = (*headers, *ask.headers)
        if self.credentials is not None:
            proof = self.credentials.headers(ask.operation.method, url, all_headers, ask.body)
            all_headers = (*all_headers, *proof)
        left_s = self.patience.total_s - (self.monotonic() - course.began_s)
        return Send(
            method=ask.operation.method,
            url=url,
            headers=all_headers,
            body=ask.body,
            timeout_s=min(self.timeout_s, max(left_s, TIMEOUT_S_MIN)),
        )

    def _value(self, ask: Ask[AnswerT], reply: Reply, key: str) -> AnswerT:
        content = reply.content
        url = self.url + ask.target
        if reply.status == 304:
            content = self._versions[url][1]
        elif ask.operation.method == "GET" and "etag" in reply.headers:
            while len(self._versions) >= VERSIONS_MAX:
                self._versions.pop(next(iter(self._versions)), None)
            self._versions[url] = (reply.headers["etag"], content)
        try:
            return decoded(content, ask.operation.answer)
        except msgspec.MsgspecError as fault:
            done = "it was done, but " if ask.operation.is_write else ""
            raise Unexpected(
                f"{done}the answer is not the one of this version of the client: {fault}",
                idempotency_key=key,
                may_be_done=ask.operation.is_write,
            ) from fault

    def _pause_s(self, heard: Reply | NoReply, course: _Course) -> float | None:
        """Return how long to wait before the same is sent again, None to give up."""
        wanted_s = None
        match heard:
            case NoReply():
                course.may_be_done |= heard.was_sent and bool(course.key)
            case Reply() if heard.status in PUT_OFF:
                course.may_be_done |= may_be_taken(heard) and bool(course.key)
                wanted_s = retry_after_s(heard)
            case Reply() if wants_new_signature(heard) and course.signed_anew < SIGNED_ANEW_MAX:
                course.signed_anew += 1
                wanted_s = max(SIGN_AGAIN_S, retry_after_s(heard) or 0.0)
            case _:
                return None
        patience = self.patience
        if course.attempts >= patience.attempts_max:
            return None
        own_s = next_pause_s(patience, course.attempts, self.chance())
        pause_s = own_s if wanted_s is None else wanted_s + own_s * bool(wanted_s)
        spent_s = self.monotonic() - course.began_s
        return pause_s if spent_s + pause_s < patience.total_s else None

    def _error(self, heard: Reply | NoReply, course: _Course) -> FencangError:
        if isinstance(heard, Reply):
            is_fault = heard.status >= 500 and heard.status not in PUT_OFF
            return error_of(
                heard,
                course.key,
                may_be_done=course.may_be_done or (is_fault and bool(course.key)),
                wall_s=self.wall(),
            )
        spent_s = self.monotonic() - course.began_s
        times = "once" if course.attempts == 1 else f"{course.attempts} times"
        words = f"{self.url} was asked {times} in {spent_s:.1f} s without an answer: {heard.what}"
        if course.may_be_done:
            words += (
                "; it may have been done: ask again with "
                f"idempotency_key={course.key!r}, and it is done once"
            )
        return Unreachable(words, idempotency_key=course.key, may_be_done=course.may_be_done)
