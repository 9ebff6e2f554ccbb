"""The channel webhook: JSON by HTTPS, signed, to the address that was checked.

The signature is HMAC-SHA256 over time stamp, a dot and the body, as hex in ``Fencang-Signature``;
``Fencang-Timestamp`` are seconds since 1970.  A receiver refuses old stamps, compares in constant
time, and knows a repetition by ``Fencang-Delivery``.  Only 2xx counts as taken.  No redirect is
followed, no proxy of the environment is used, and the answer's body is not read.
"""

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.addresses import Network, allowed_address
from fencang.gateways.alerts.message import ChannelFault, Message
from fencang.gateways.secret import Secret

__all__ = ["BODY_BYTES_MAX", "WebhookChannel", "WebhookTerms", "signature_of", "url_fault"]

BODY_BYTES_MAX = 512 * 1024
URL_LENGTH_MAX = 400


class WebhookTerms(NamedTuple):
    """Where messages are posted; ``allowed`` are networks beside the public ones."""

    url: str
    allowed: tuple[Network, ...] = ()
    ca_file: Path | None = None
    total_s: float = 15.0
    """The longest that a whole delivery may take."""


def url_fault(url: str) -> str:
    """Return what is wrong with the URL of a webhook, empty when nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no URL"
    is_here = parts.hostname in {"127.0.0.1", "::1"}
    if len(url) > URL_LENGTH_MAX or not url.isascii() or not url.isprintable() or " " in url:
        return f"is not a URL of at most {URL_LENGTH_MAX} printable ASCII characters"
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        return "does not begin with https:// (http:// is for 127.0.0.1 and ::1)"
    if not parts.hostname or port == 0:
        return "names no host"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "holds a password or a fragment; the signature says who sends"
    return ""


def signature_of(key: bytes, timestamp: str, body: bytes) -> str:
    """Return the hex HMAC-SHA256 that a receiver compares in constant time."""
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class WebhookChannel:
    """Posts messages to one URL, signed with a key that both sides hold."""

    def __init__(self, terms: WebhookTerms, key: Secret) -> None:
        if fault := url_fault(terms.url):
            raise ValueError(f"the URL {fault}")
        self._terms = terms
        self._key = key

    def send(self, message: Message, now_ns: int) -> None:
        """Post a message.

        Raises:
            ChannelFault: no answer of 2xx in time.
        """
        body = message.json()
        assert len(body) <= BODY_BYTES_MAX, "a message's texts are bounded"
        timestamp = str(now_ns // SECOND_NS)
        headers = {
            "content-type": "application/json",
            "fencang-delivery": message.delivery_id,
            "fencang-timestamp": timestamp,
            "fencang-signature": f"v1={signature_of(self._key.reveal().encode(), timestamp, body)}",
        }
        try:
            asyncio.run(self._post(body, headers))
        except TimeoutError:
            raise ChannelFault(f"no answer within {self._terms.total_s:g} s") from None

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> None:
        import httpx

        parts = urlsplit(self._terms.url)
        host = parts.hostname or ""
        is_tls = parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        trust = ssl.create_default_context(cafile=self._terms.ca_file) if is_tls else False
        async with asyncio.timeout(self._terms.total_s):
            address = await allowed_address(host, port, self._terms.allowed)
            # To the address that was checked; name and certificate stay those of the host.
            url = httpx.URL(self._terms.url).copy_with(host=str(address))
            sent = {**headers, "host": parts.netloc}
            try:
                async with (
                    httpx.AsyncClient(
                        verify=trust,
                        follow_redirects=False,
                        trust_env=False,
                        timeout=self._terms.total_s,
                    ) as client,
                    client.stream(
                        "POST", url, content=body, headers=sent, extensions={"sni_hostname": host}
                    ) as answer,
                ):
                    status = answer.status_code
            except httpx.HTTPError as fault:
                raise ChannelFault(f"{host} did not take it: {type(fault).__name__}") from None
        if 300 <= status < 400:
            raise ChannelFault(f"{host} answered {status}; redirects are not followed")
        if not 200 <= status < 300:
            raise ChannelFault(f"{host} answered {status}")
