"""Repetitions: the same key, bounded in number and time, and what is known in the end is said."""

from email.utils import formatdate

import httpx
import msgspec
import pytest

from fencang.client import (
    AsyncDesk,
    BadRequest,
    Busy,
    Desk,
    NotAllowed,
    NotFound,
    Outdated,
    Refused,
    Signer,
    Unexpected,
    Unreachable,
)
from fencang.client.exchange import Exchange, NoReply, Patience, Pause, Reply, Send
from fencang.client.resources.margin import get_margin
from fencang.client.resources.orders import get_order, submit_order

ORDER = {
    "sub_account_id": "ALPHA",
    "client_order_id": "c-1",
    "contract_id": "WHEAT-C",
    "side": "buy",
    "quantity_lots": 1,
    "limit_price": "209.97",
}
OUTCOME = {"sequence": 8, "time": "2026-11-26T09:51:05.833429771Z", "events": [], "order_ids": [8]}
MARGIN = {"sequence": 8, "rows": []}


def reply(status, content=b"", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=names, content=content)


def problem(status, kind, detail="no", headers=None, **more):
    found = {"type": f"urn:fencang:problem:{kind}", "title": kind, "status": status, **more}
    return reply(status, msgspec.json.encode({**found, "detail": detail}), **(headers or {}))


DONE = reply(201, msgspec.json.encode(OUTCOME))
BUSY = problem(503, "desk-busy", headers={"retry_after": "1"})
STOPPED = problem(503, "desk-stopped")
FLOODED = problem(429, "too-many-requests", headers={"retry_after": "2"})
NOTHING_SENT = NoReply("ConnectError", was_sent=False)
LOST = NoReply("ReadTimeout", was_sent=True)


class Course:
    """Carries out the steps of one call on a clock of its own."""

    def __init__(self, answers, **more):
        self.now_s = 1_000.0
        self.sent, self.pauses = [], []
        self._answers = iter(answers)
        more.setdefault("chance", lambda: 1.0)
        self.exchange = Exchange(
            url="https://desk.example",
            monotonic=lambda: self.now_s,
            wall=lambda: self.now_s,
            new_key=iter(["key-1", "key-2"]).__next__,
            **more,
        )

    def run(self, ask):
        steps = self.exchange.steps(ask)
        heard = None
        while True:
            try:
                step = steps.send(heard)
            except StopIteration as done:
                return done.value
            if isinstance(step, Pause):
                self.pauses.append(step.seconds)
                self.now_s += step.seconds
                heard = None
            else:
                assert isinstance(step, Send)
                self.sent.append(step)
                heard = next(self._answers)
                if heard is LOST:
                    self.now_s += step.timeout_s

    def keys(self):
        return [dict(sent.headers).get("Idempotency-Key") for sent in self.sent]


@pytest.mark.parametrize("trouble", [NOTHING_SENT, LOST, BUSY, STOPPED, FLOODED, reply(502)])
def test_a_write_is_repeated_under_one_key_until_it_is_answered(trouble):
    course = Course([trouble, trouble, DONE])
    assert course.run(submit_order(**ORDER)).order_ids == (8,)
    assert course.keys() == ["key-1"] * 3
    assert len({sent.body for sent in course.sent}) == 1


def test_pauses_double_and_the_jitter_takes_up_to_half_of_them():
    longest = Course([NOTHING_SENT] * 6)
    shortest = Course([NOTHING_SENT] * 6, chance=lambda: 0.0)
    for course in (longest, shortest):
        with pytest.raises(Unreachable):
            course.run(get_margin())
    assert longest.pauses == [0.1, 0.2, 0.4, 0.8, 1.6]
    assert shortest.pauses == [pause / 2 for pause in longest.pauses]


def test_no_pause_is_longer_than_allowed():
    patience = Patience(attempts_max=12, total_s=1_000, pause_s_max=0.5)
    course = Course([NOTHING_SENT] * 12, patience=patience)
    with pytest.raises(Unreachable):
        course.run(get_margin())
    assert max(course.pauses) == 0.5


def test_retry_after_is_heeded_and_never_undercut():
    course = Course([FLOODED, DONE])
    course.run(submit_order(**ORDER))
    assert course.pauses[0] >= 2


def test_who_shall_wait_longer_than_there_is_patience_hears_of_it_at_once():
    course = Course([problem(429, "too-many-requests", headers={"retry_after": "3600"})])
    with pytest.raises(Busy) as caught:
        course.run(submit_order(**ORDER))
    assert caught.value.retry_after_s == 3600
    assert not caught.value.may_be_done
    assert course.pauses == []


def test_attempts_are_bounded_in_number():
    course = Course([BUSY] * 9, patience=Patience(attempts_max=3))
    with pytest.raises(Busy):
        course.run(get_margin())
    assert len(course.sent) == 3


def test_attempts_are_bounded_in_time_whatever_the_timeouts_are():
    course = Course([LOST] * 50, patience=Patience(attempts_max=50, total_s=25), timeout_s=10)
    with pytest.raises(Unreachable):
        course.run(get_margin())
    assert course.now_s - 1_000 <= 25 + 0.1
    assert len(course.sent) < 10


def test_what_never_arrived_is_said_to_be_undone_and_what_may_have_is_not():
    undone = Course([NOTHING_SENT] * 6)
    with pytest.raises(Unreachable) as caught:
        undone.run(submit_order(**ORDER))
    assert not caught.value.may_be_done
    for answers in ([LOST] + [NOTHING_SENT] * 5, [STOPPED] + [NOTHING_SENT] * 5):
        with pytest.raises(Unreachable, match="ask again with idempotency_key='key-1'") as caught:
            Course(answers).run(submit_order(**ORDER))
        assert caught.value.may_be_done
        assert caught.value.idempotency_key == "key-1"


def test_a_doubt_outlives_a_later_refusal_to_take_it():
    with pytest.raises(Busy) as caught:
        Course([LOST] + [BUSY] * 5).run(submit_order(**ORDER))
    assert caught.value.may_be_done


def test_who_asks_only_has_nothing_to_doubt():
    with pytest.raises(Unreachable) as caught:
        Course([LOST] * 6).run(get_margin())
    assert not caught.value.may_be_done
    assert caught.value.idempotency_key == ""


def test_a_key_of_ones_own_is_kept():
    course = Course([LOST, DONE])
    course.run(submit_order(**ORDER, idempotency_key="mine"))
    assert course.keys() == ["mine", "mine"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(400, "faulty-body", faults=[{"where": "$.side", "what": "missing"}]), BadRequest),
        (problem(413, "body-too-large"), BadRequest),
        (problem(422, "request-reused"), BadRequest),
        (problem(422, "refused-by-desk", reason=3010, reason_name="halted"), Refused),
        (problem(401, "unauthenticated"), NotAllowed),
        (problem(403, "scope-missing"), NotAllowed),
        (problem(404, "not-found"), NotFound),
        (problem(409, "version-not-present"), Outdated),
        (problem(412, "version-not-present"), Outdated),
        (reply(500, b"<html>oops"), Unexpected),
        (reply(302), Unexpected),
        (reply(404, b"<html>not here"), Unexpected),
        (reply(200, b"<html>a portal"), Unexpected),
        (reply(201, b'{"sequence": "many"}'), Unexpected),
    ],
)
def test_every_other_answer_is_final_and_has_its_error(answer, kind):
    course = Course([answer])
    with pytest.raises(kind) as caught:
        course.run(submit_order(**ORDER))
    assert len(course.sent) == 1
    assert caught.value.idempotency_key == "key-1"


def test_a_fault_of_the_desk_leaves_a_write_in_doubt():
    with pytest.raises(Unexpected) as caught:
        Course([reply(500)]).run(submit_order(**ORDER))
    assert caught.value.may_be_done


def test_a_refusal_says_what_where_and_how_much():
    answer = problem(
        422,
        "refused-by-desk",
        detail="largest order",
        reason=3110,
        reason_name="quantity",
        control="largest order",
        node_id="ALPHA",
        limit=5,
        value=9,
        sequence=17,
    )
    with pytest.raises(Refused, match=r"3110 quantity at ALPHA: .*limit 5, value 9") as caught:
        Course([answer]).run(submit_order(**ORDER))
    fault = caught.value
    found = (fault.reason, fault.reason_name, fault.control, fault.node_id)
    assert found == (3110, "quantity", "largest order", "ALPHA")
    assert (fault.limit, fault.value, fault.sequence) == (5, 9, 17)


@pytest.mark.parametrize(
    ("ahead_s", "words"), [(47, "49 s ahead of"), (-90, "88 s behind"), (0, "clocks .* agree")]
)
def test_a_stale_signature_says_how_the_clocks_differ(ahead_s, words, private_key):
    stale = problem(401, "sign-anew", headers={"date": formatdate(1_000 - ahead_s, usegmt=True)})
    signer = Signer("trend-1", private_key)
    course = Course([stale] * 3, credentials=signer)
    with pytest.raises(NotAllowed, match=words) as caught:
        course.run(submit_order(**ORDER))
    assert caught.value.clock_skew_s == ahead_s + 2, "two pauses have passed on this clock"
    assert len(course.sent) == 3
    assert min(course.pauses) >= 1.0


def test_what_was_signed_in_the_second_of_a_start_is_signed_a_second_later(private_key):
    course = Course([problem(401, "sign-anew"), DONE], credentials=Signer("trend-1", private_key))
    assert course.run(submit_order(**ORDER)).order_ids == (8,)
    assert course.pauses[0] >= 1.0


def test_a_desk_that_was_killed_is_given_the_time_that_it_asks_for(private_key):
    """Just after a crash it takes nothing signed up to some seconds ahead, and says how many."""
    wait = problem(401, "sign-anew", headers={"retry_after": "3"})
    course = Course([wait, DONE], credentials=Signer("trend-1", private_key))
    assert course.run(submit_order(**ORDER)).order_ids == (8,)
    assert course.pauses[0] >= 3.0


def test_every_repetition_is_signed_anew_and_says_the_same(private_key):
    course = Course([LOST, LOST, DONE], credentials=Signer("trend-1", private_key))
    course.run(submit_order(**ORDER))
    headers = [dict(sent.headers) for sent in course.sent]
    assert len({each["Signature"] for each in headers}) == 3
    assert len({each["Content-Digest"] for each in headers}) == 1
    assert len({each["Idempotency-Key"] for each in headers}) == 1


def test_a_value_is_asked_for_only_if_it_changed():
    row = {"sequence": 8, "rows": []}
    answers = [reply(200, msgspec.json.encode(row), etag='"8"'), reply(304, etag='"8"')]
    course = Course(answers)
    first, second = course.run(get_margin()), course.run(get_margin())
    assert first == second
    assert "If-None-Match" not in dict(course.sent[0].headers)
    assert dict(course.sent[1].headers)["If-None-Match"] == '"8"'


def test_a_path_is_escaped_so_that_it_is_one_name():
    course = Course([problem(404, "not-found")])
    with pytest.raises(NotFound):
        course.run(get_order("../1?x=ä|b"))
    assert course.sent[0].url == "https://desk.example/v1/orders/..%2F1%3Fx%3D%C3%A4%7Cb"


def flaky(answers):
    """Return a handler that fails, then answers; a connection that broke is an exception."""
    left = iter(answers)

    def handle(request):
        found = next(left)
        if isinstance(found, type):
            raise found("broken", request=request)
        return httpx.Response(found.status, headers=dict(found.headers), content=found.content)

    return handle


FLAKY = [
    httpx.ConnectError,
    httpx.ReadTimeout,
    httpx.RemoteProtocolError,
    problem(503, "desk-busy", headers={"retry_after": "0"}),
    DONE,
]
QUICK = Patience(first_pause_s=0.001)


def test_over_http_a_blocking_call_outlives_every_trouble():
    with Desk(patience=QUICK, transport=httpx.MockTransport(flaky(FLAKY))) as desk:
        assert desk.orders.place(**ORDER).order_ids == (8,)


@pytest.mark.parametrize(
    ("kind", "may_be_done"),
    [
        (httpx.ConnectError, False),
        (httpx.ConnectTimeout, False),
        (httpx.ReadTimeout, True),
        (httpx.WriteError, True),
        (httpx.ReadError, True),
    ],
)
def test_over_http_it_is_known_what_may_have_arrived(kind, may_be_done):
    transport = httpx.MockTransport(flaky([kind] * 6))
    with Desk(patience=QUICK, transport=transport) as desk, pytest.raises(Unreachable) as caught:
        desk.orders.place(**ORDER)
    assert caught.value.may_be_done is may_be_done


def test_over_http_an_awaited_call_outlives_every_trouble():
    import asyncio

    async def main():
        transport = httpx.MockTransport(flaky(FLAKY))
        async with AsyncDesk(patience=QUICK, transport=transport) as desk:
            return await desk.orders.place(**ORDER)

    assert asyncio.run(main()).order_ids == (8,)
