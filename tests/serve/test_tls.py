"""A served desk with a certificate: the line is encrypted, and clients show theirs (mTLS)."""

import ssl

import httpx
import pytest

from tests.gateways.certificates import certificate
from tests.serve.process import ServedDesk


class Encrypted(ServedDesk):
    """``fencang serve --settings server.toml`` with a certificate."""

    @property
    def verify(self):
        context = ssl.create_default_context(cafile=self.data.parent / "localhost.crt")
        context.load_cert_chain(self.data.parent / "client.crt", self.data.parent / "client.key")
        return context

    def client(self, **more):
        return super().client(verify=self.verify, **more)


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    certificate(folder)
    certificate(folder, "client")
    settings = folder / "server.toml"
    settings.write_text(
        "[server]\n"
        'listen = "127.0.0.1:0"\n'
        'tls_certificate = "localhost.crt"\n'
        'tls_key = "localhost.key"\n'
        'client_ca = "client.crt"\n'
    )
    desk = Encrypted(folder / "data")
    desk.extra = ("--settings", str(settings))
    desk.start()
    yield desk
    desk.stop()


def test_a_signed_request_over_tls_is_answered(encrypted):
    assert encrypted.url.startswith("https://")
    with encrypted.client() as client:
        assert client.get("/prices").status_code == 200


def test_a_client_without_a_certificate_gets_no_line(encrypted):
    trusting = ssl.create_default_context(cafile=encrypted.data.parent / "localhost.crt")
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{encrypted.url}/v1/prices", verify=trusting)


def test_plain_text_is_not_spoken(encrypted):
    with pytest.raises(httpx.HTTPError):
        httpx.get(encrypted.url.replace("https", "http") + "/v1/prices")
