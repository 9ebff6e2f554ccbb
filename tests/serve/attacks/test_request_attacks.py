"""Attacks with requests that are good HTTP: replayed, changed, moved, re-signed, injected."""

import itertools
import secrets
import time

import httpx
import msgspec
import pytest

from fencang.gateways.doors.tokens import new_bearer_token
from fencang.gateways.rest.app import OPERATIONS
from fencang.signing.http_messages import sign_request
from fencang.signing.keys import PrivateKey
from fencang.signing.request import request_of_url
from tests.serve.attacks.raw import Socket, asked
from tests.serve.attacks.sample_requests import sample_body, sample_path
from tests.serve.process import COVERED, Signed, order
from tests.serve.test_keys_of_a_desk import define, key_of

THIEF = PrivateKey.from_seed(bytes(range(1, 33)))
INJECTED = (
    "' OR '1'='1",
    "1; DROP TABLE records; --",
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "{{7*7}}${7*7}",
    "%s%n%x",
    "$(id)`id`|id",
    "\u202eevil\u0000",
    "<script>alert(1)</script>",
    "a\r\nSet-Cookie: x=1",
)

_addresses = itertools.count(1)


@pytest.fixture
def signed(desk):
    """Return an order that was signed, ready to be sent."""
    name = desk.name()
    request = httpx.Request(
        "POST", f"{desk.url}/v1/orders", json=order(), headers={"Idempotency-Key": name}
    )
    for header, value in desk.auth.headers_of(request):
        request.headers[header] = value
    return request


def sent(request, **changes):
    """Send a signed request, changed after it was signed."""
    headers = {**dict(request.headers), **changes.pop("headers", {})}
    headers.pop("content-length", None)
    given = {"method": request.method, "url": str(request.url), "content": request.content}
    return at_an_address_of_its_own(**{**given, **changes}, headers=headers)


def at_an_address_of_its_own(**request):
    """Send from an address that has not failed before: failures of one are throttled."""
    address = f"127.1.{next(_addresses) // 250}.{next(_addresses) % 250 + 1}"
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as client:
        return client.request(**request)


def orders_of(desk):
    with desk.client() as client:
        return {row["client_order_id"] for row in client.get("/orders?limit=1000").json()["rows"]}


def test_a_replayed_request_is_refused_and_does_nothing(desk, signed):
    assert sent(signed).status_code == 201
    before = orders_of(desk)
    for _ in range(3):
        assert sent(signed).status_code == 401
    assert orders_of(desk) == before


def test_reordered_requests_are_each_done_once(desk):
    requests = []
    for _ in range(4):
        request = httpx.Request(
            "POST", f"{desk.url}/v1/orders", json=order(), headers={"Idempotency-Key": desk.name()}
        )
        for header, value in desk.auth.headers_of(request):
            request.headers[header] = value
        requests.append(request)
    assert [sent(each).status_code for each in reversed(requests)] == [201] * 4
    assert [sent(each).status_code for each in requests] == [401] * 4


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"content": b"{}"}, id="another body"),
        pytest.param({"content": b""}, id="no body"),
        pytest.param({"method": "PUT"}, id="another method"),
        pytest.param({"headers": {"idempotency-key": "another"}}, id="another name"),
        pytest.param({"headers": {"host": "evil.example"}}, id="another host"),
        pytest.param({"headers": {"content-digest": "sha-256=:AAAA:"}}, id="another digest"),
        pytest.param({"headers": {"content-type": "text/plain"}}, id="another type"),
        pytest.param({"headers": {"signature": "fencang=:AAAA:"}}, id="short signature"),
        pytest.param({"headers": {"signature-input": ""}}, id="no input"),
    ],
)
def test_a_request_changed_after_it_was_signed_is_refused(desk, signed, changes):
    before = orders_of(desk)
    assert sent(signed, **changes).status_code in {401, 404, 405}
    assert orders_of(desk) == before


@pytest.mark.parametrize("path", ["/v1/orders?x=1", "/v1/orders/what-if", "/v1/prices"])
def test_a_signature_holds_for_its_own_path_only(desk, signed, path):
    assert sent(signed, url=desk.url + path).status_code == 401


@pytest.mark.parametrize("bytes_kept", [0, 1, 20, 40])
def test_a_truncated_request_is_refused(desk, signed, bytes_kept):
    before = orders_of(desk)
    refused = sent(signed, content=signed.content[:bytes_kept])
    assert refused.status_code == 401
    assert orders_of(desk) == before


@pytest.mark.parametrize("seconds", [-3_600, -120, 120, 3_600])
def test_a_stale_or_early_request_is_refused(desk, seconds):
    assert _signed_at(desk, int(time.time()) + seconds, "x" * 24).status_code == 401


@pytest.mark.parametrize("nonce", ["", "a", "a" * 200, "a b c d e f g h i j k", "é" * 20])
def test_nonces_that_are_none_are_refused(desk, nonce):
    with pytest.raises(Exception, match=r".") as caught:  # noqa: PT012 - either end may refuse
        response = _signed_at(desk, int(time.time()), nonce)
        raise AssertionError(response.status_code)
    assert not isinstance(caught.value, AssertionError) or caught.value.args == (401,)


def _signed_at(desk, created_s, nonce, key=None, key_id=None):
    url = f"{desk.url}/v1/orders"
    plain = httpx.Request("GET", url)
    headers = tuple(
        (name.decode(), value.decode())
        for name, value in plain.headers.raw
        if name.lower() in COVERED
    )
    request = request_of_url("GET", url, headers, b"")
    own = desk.auth
    added = sign_request(
        request, key or own.key, key_id=key_id or own.key_id, created_s=created_s, nonce=nonce
    )
    return at_an_address_of_its_own(method="GET", url=url, headers=dict([*headers, *added]))


def test_a_request_signed_anew_by_another_key_is_refused(desk, signed):
    before = orders_of(desk)
    for key_id in ("operator-1", "nobody-1"):
        again = httpx.Request("POST", str(signed.url), content=signed.content)
        again.headers["idempotency-key"] = signed.headers["idempotency-key"]
        for header, value in Signed(THIEF, key_id).headers_of(again):
            again.headers[header] = value
        assert sent(again).status_code == 401
    assert orders_of(desk) == before


def test_two_signatures_or_a_token_beside_one_are_refused(desk, signed):
    token = "fcb_operator-1." + "0" * 64
    desk.secrets.add(token)
    assert sent(signed, headers={"authorization": f"Bearer {token}"}).status_code == 401
    doubled = f"{signed.headers['signature']}, {signed.headers['signature']}"
    assert sent(signed, headers={"signature": doubled}).status_code == 401


# ------------------------------------------------------------------------------------------ secrets


def test_secrets_in_every_wrong_place_are_written_nowhere(desk):
    """What a careless client sends where it does not belong stands in no line of the log."""
    name = f"reader-{time.time_ns()}"
    token = new_bearer_token(name, secrets.token_bytes(32))
    text = token.token.reveal()
    words = (text, "correct horse battery", "JBSWY3DPEHPK3PXP", "otpauth://totp/x?secret=JBSWY3DP")
    desk.secrets.update((*words, text[-64:]))
    with desk.client() as client:
        key = {
            **key_of(name, THIEF, kind="bearer", proof_hex=token.proof_hex),
            "scopes": ["orders:read"],
        }
        define(desk, client, key)
        bearing = {"Authorization": f"Bearer {text}"}
        assert httpx.get(f"{desk.url}/v1/orders", headers=bearing).status_code == 200
        httpx.get(f"{desk.url}/v1/orders", headers={"Authorization": f"Bearer {text[:-1]}"})
        for word in words:
            quoted = httpx.QueryParams({"password": word})
            for path in (
                f"/orders?{quoted}",
                f"/orders/{quoted}",
                f"/{quoted}",
                f"/events/{quoted}",
            ):
                client.get(path)
            for header in (
                "Cookie",
                "Idempotency-Key",
                "X-Token",
                "Last-Event-ID",
                "Authorization",
            ):
                headers = {header: word}
                at_an_address_of_its_own(
                    method="GET", url=f"{desk.url}/v1/events/orders", headers=headers
                )
                client.post("/orders", json={"password": word}, headers=headers)
            client.post("/orders", json=order(client_order_id=word[:60]))
        asked_line = f"GET /{text} HTTP/1.1\r\nAuthorization: Bearer {text}\r\n bad\r\n\r\n"
        asked(desk, asked_line.encode(), 1)
        with Socket(desk, headers=bearing) as line:
            line.send(line.frame(1, f'{{"type": "{text}", "password": "{words[1]}"}}'.encode()))
            line.read(0.3)


# ---------------------------------------------------------------------------------------- injection


def _with_text(body, name, text):
    return {**body, name: text}


def _injections():
    for operation in OPERATIONS:
        for parameter in operation.parameters:
            yield operation, parameter.name, "path" if parameter.is_in_path else "query"
        for name, value in (sample_body(operation) or {}).items():
            if isinstance(value, str):
                yield operation, name, "body"


def test_texts_are_texts_in_every_place_of_every_operation(desk):
    """Law: whatever stands in a text, nothing of it is carried out, and nobody stumbles over it."""
    inject(desk, " ".join(INJECTED))


@pytest.mark.long
@pytest.mark.parametrize("text", INJECTED, ids=lambda each: repr(each)[:24])
def test_each_text_is_a_text_in_every_place_of_every_operation(desk, text):
    inject(desk, text)


def inject(desk, text):
    with desk.client() as client:
        for operation, name, where in _injections():
            body, query = sample_body(operation), {}
            path = sample_path(operation, {"order_id": 1, "kind": "SubAccount", "key": "ALPHA"})
            if where == "path":
                quoted = httpx.QueryParams({"x": text})
                path = operation.path.replace(f"{{{name}}}", str(quoted)[2:].replace("+", "%20"))
                path = sample_path(_At(path), {"order_id": 1})
            elif where == "query":
                query = {name: text}
            else:
                body = _with_text(body, name, text)
            answer = client.request(
                operation.method,
                path,
                params=query,
                content=None if body is None else msgspec.json.encode(body),
                headers={"Idempotency-Key": desk.name()},
            )
            place = f"{operation.name} {where} {name}: {answer.status_code} {answer.text[:200]}"
            assert answer.status_code < 500, place
            assert "set-cookie" not in answer.headers, place
            assert "root:x:" not in answer.text, place
            assert "text/html" not in answer.headers["content-type"], place
        assert client.get("/orders").status_code == 200


class _At:
    def __init__(self, path):
        self.path = path
