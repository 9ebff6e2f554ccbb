"""A served desk with tight bounds, and what holds after every attack: it serves, and told nothing.

Every secret that a test uses is handed to ``secret``; when the desk has ended, none of them stands
in what it has written.
"""

import re

import httpx
import pytest

from tests.serve.process import ServedDesk, Signed

SETTINGS = """
[server]
listen = "127.0.0.1:0"
[limits]
connections_max = 60
connections_of_address_max = 40
streams_max = 20
stream_backlog_max = 500
request = "400 ms"
idle = "1 s"
[logs]
level = "debug"
"""
SIGNATURE = re.compile(r":[A-Za-z0-9+/]{86}==:")


class Remembering(Signed):
    """Signs, and remembers nonces and signatures."""

    def __init__(self, signed, secrets):
        super().__init__(signed.key, signed.key_id)
        self.secrets = secrets

    def headers_of(self, request):
        headers = super().headers_of(request)
        for name, value in headers:
            if name.lower() == "signature":
                self.secrets.add(value.split(":")[1])
            elif name.lower() == "signature-input":
                self.secrets.add(re.search(r'nonce="([^"]+)"', value).group(1))
        return headers


class Attacked(ServedDesk):
    """A desk that remembers which secrets its attackers used."""

    def __init__(self, data, settings, **more):
        super().__init__(data, **more)
        self.extra = ("--settings", str(settings))
        self.secrets = set()

    @property
    def auth(self):
        """Return who signs; every nonce and signature of it is a secret from then on."""
        return Remembering(super().auth, self.secrets)

    def has_told_no_secret(self):
        written = "\n".join(self.told)
        told = [secret for secret in self.secrets if secret in written]
        assert not told, f"{len(told)} secrets stand in the log"
        assert not SIGNATURE.search(written)
        assert "PRIVATE KEY" not in written


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked")
    settings = folder / "server.toml"
    settings.write_text(SETTINGS)
    served = Attacked(folder / "data", settings).start()
    served.secrets.update(
        line for line in (served.data / "operator.key").read_text().split() if len(line) > 20
    )
    yield served
    served.stop()
    served.has_told_no_secret()


@pytest.fixture(autouse=True)
def _serves_on(desk):
    """Law: whatever was done to it, the desk answers the next one, and nothing of it failed."""
    told = len(desk.told)
    yield
    assert httpx.get(f"{desk.url}/healthz", timeout=5).json() == {"status": "alive"}
    assert not [line for line in desk.told[told:] if "Traceback" in line or "error" in line]
