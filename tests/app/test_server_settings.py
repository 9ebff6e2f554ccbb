"""The server's settings: every fault at once, loopback unless the line is encrypted."""

import contextlib
import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.app.exit_status import InputFault
from fencang.app.serve.alert_settings import channels_of
from fencang.app.serve.settings import (
    LogFormat,
    LogLevel,
    ServerSettings,
    SettingsFault,
    parse_settings,
    read_settings,
)
from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.alert import Severity
from fencang.gateways.alerts.mail import MailChannel
from fencang.gateways.alerts.webhook import WebhookChannel
from tests.docs.documents import ROOT, text_of
from tests.gateways.certificates import certificate

EXAMPLE = ROOT / "examples" / "server" / "server.toml"


def faults(text, folder=ROOT):
    with pytest.raises(SettingsFault) as caught:
        parse_settings(text, "server.toml", folder)
    return [str(fault) for fault in caught.value.faults]


def settings(text, folder=ROOT):
    return parse_settings(text, "server.toml", folder)


def test_an_empty_file_is_a_server_on_loopback():
    assert settings("") == ServerSettings()
    assert settings("").listen.is_loopback


def test_the_example_is_read_whole():
    read = read_settings(EXAMPLE)
    assert read.data == EXAMPLE.parent / "data"
    assert [route.route_id for route in read.alerts.routes] == ["now", "today", "chief"]
    assert read.alerts.routes[0].escalate_ns == 900 * SECOND_NS
    assert read.alerts.routes[1].severity_min is Severity.WARNING
    assert list(channels_of(read.alerts)) == ["desk-mail", "chief-mail"]


# ---------------------------------------------------------------------------------------- the line


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "127.9.9.9"])
def test_loopback_needs_no_encryption(host):
    assert settings(f'[server]\nlisten = "{host}:80"').listen.port == 80


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "[::]", "10.0.0.1", "[2001:db8::1]"],  # noqa: S104 - that is what is refused
)
def test_any_other_address_needs_encryption_or_says_that_it_has_none(host, tmp_path):
    text = f'[server]\nlisten = "{host}:8443"\n'
    (fault,) = faults(text)
    assert "is reached from outside" in fault
    assert fault.endswith("(line 2)")
    assert not settings(text + "allow_plain_text = true").listen.is_encrypted
    certificate_file, key_file, _ = certificate(tmp_path)
    with_tls = f'tls_certificate = "{certificate_file.name}"\ntls_key = "{key_file.name}"\n'
    assert settings(text + with_tls, tmp_path).listen.is_encrypted
    with_clients = f'client_ca = "{certificate_file.name}"\n'
    listen = settings(text + with_tls + with_clients, tmp_path).listen
    assert listen.client_ca == certificate_file


def test_certificate_and_key_have_to_fit(tmp_path):
    ours, others = certificate(tmp_path), certificate(tmp_path, "other.example.com")
    text = f'[server]\ntls_certificate = "{ours[0].name}"\ntls_key = "{others[1].name}"\n'
    assert "do not fit" in faults(text, tmp_path)[0]
    noise = tmp_path / "noise.pem"
    noise.write_text("no certificate")
    text = (
        f'[server]\ntls_certificate = "{ours[0].name}"\ntls_key = "{ours[1].name}"\n'
        'client_ca = "noise.pem"\n'
    )
    assert "client_ca" in faults(text, tmp_path)[0]


def test_one_of_certificate_and_key_is_a_fault(tmp_path):
    ours = certificate(tmp_path)
    (fault,) = faults(f'[server]\ntls_certificate = "{ours[0].name}"', tmp_path)
    assert "server.tls_key: is missing beside the other" in fault
    (fault,) = faults(f'[server]\nclient_ca = "{ours[0].name}"', tmp_path)
    assert "needs tls_certificate" in fault


@pytest.mark.parametrize(
    "listen",
    [
        "8443",
        ":8443",
        "example.com:8443",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:-1",
        "127.0.0.1:٣",
        "[::1:80",
        "",
    ],
)
def test_addresses_that_are_none(listen):
    assert "is not an address with port" in faults(f'[server]\nlisten = "{listen}"')[0]


# ------------------------------------------------------------------------------------- all the rest


FAULTY = """
[server]
listen = "0.0.0.0:8443"
tls_certificate = "nowhere.crt"
gateway = 2
gateways = -1
[limits]
body_bytes_max = 12
connections_max = 10
streams_max = 500
idle = "soon"
request = "1 ms"
[logs]
level = "loud"
[metrics]
networks = ["everywhere"]
[alerts]
retry_first = "1 h"
severities = { NoSuchThing = "warning", RuleFired = "loud" }
[[alerts.channel]]
id = "a"
kind = "mail"
host = "mail.example.com"
from = "Fencang <fencang@example.com>"
to = []
security = "none"
user = "desk"
[[alerts.channel]]
id = "a"
kind = "webhook"
url = "http://hooks.example.com"
key_file = "nowhere.key"
allow_networks = ["10.0.0.1/8"]
[[alerts.route]]
id = "night"
channels = ["b"]
quiet_hours = "25:00-07:00"
time_zone = "Berlin"
escalate_after = "5 min"
[[alerts.route]]
id = "few"
channels = ["a"]
kinds = ["RuleFird"]
time_zone = "UTC"
[other]
"""
FOUND = [
    r"server.tls_certificate: .*nowhere.crt is no file",
    r"server.tls_key: is missing beside",
    r"server.gateways: -1 is not a whole number",
    r'server.gateway: .*did you mean "gateways"',
    r"limits.body_bytes_max: 12 is not a whole number from 1,024",
    r"limits.idle: ",
    r"limits.request: is shorter than 100 ms",
    r"limits.connections_of_address_max: is more than",
    r"limits.streams_max: is more than",
    r"logs.level: 'loud' is not one of",
    r'metrics.networks: "everywhere" is no network',
    r"alerts.retry_first: is shorter than 1 s, or longer",
    r'alerts.severities: "NoSuchThing" is no kind',
    r"alerts.severities: 'loud' is not one of",
    r'alerts.channel\[0\].from: "Fencang <',
    r"alerts.channel\[0\].to: \[\] is not a list of 1 to 20 texts",
    r"alerts.channel\[0\].password_file: is missing beside",
    r'alerts.channel\[0\].security: "none" is for a server on this machine',
    r'alerts.channel\[1\].id: "a" names two channels',
    r"alerts.channel\[1\].url: does not begin with https://",
    r"alerts.channel\[1\].key_file: .*cannot be read",
    r'alerts.channel\[1\].allow_networks: "10.0.0.1/8" is no network',
    r'alerts.route\[0\].quiet_hours: "25:00-07:00" is not a time of day',
    r'alerts.route\[0\].channels: "b" is no channel',
    r"alerts.route\[0\].escalate_to: needs escalate_after",
    r'alerts.route\[1\].kinds: "RuleFird" is no kind',
    r"alerts.route\[1\].time_zone: needs quiet_hours",
    r"other: is not a key of this table",
]


def test_every_fault_is_told_at_once_with_its_line():
    found = faults(FAULTY)
    missing = [words for words in FOUND if not any(re.match(words, each) for each in found)]
    assert missing == []
    assert len(found) == len(FOUND), "\n".join(found)
    assert all("(line " in fault for fault in found)


def test_time_zones_are_checked():
    text = """
[[alerts.channel]]
id = "a"
kind = "mail"
host = "localhost"
security = "none"
from = "a@example.com"
to = ["b@example.com"]
[[alerts.route]]
id = "all"
channels = ["a"]
quiet_hours = "22:00-07:00"
time_zone = "Berlin"
"""
    (fault,) = faults(text)
    assert '"Berlin" is no time zone' in fault
    good = settings(text.replace('"Berlin"', '"Asia/Shanghai"'))
    assert good.alerts.routes[0].quiet.from_minute == 22 * 60


def test_what_may_be_critical_must_reach_somebody():
    text = """
[[alerts.channel]]
id = "a"
kind = "mail"
host = "localhost"
security = "none"
from = "a@example.com"
to = ["b@example.com"]
"""
    found = faults(text)
    assert any("no route takes OperatorCalled" in fault for fault in found)
    quiet = '[alerts]\nseverities = { OperatorCalled = "warning" }\n' + text
    assert not any("takes OperatorCalled" in fault for fault in faults(quiet))


def test_secrets_come_from_files_and_are_shown_nowhere(tmp_path):
    for name in ("mail.secret", "hook.secret"):
        (tmp_path / name).write_text("hush-hush\n")
        (tmp_path / name).chmod(0o600)
    ours = certificate(tmp_path)
    read = settings(
        f"""
[[alerts.channel]]
id = "mail"
kind = "mail"
host = "mail.example.com"
from = "a@example.com"
to = ["b@example.com"]
user = "desk"
password_file = "mail.secret"
ca_file = "{ours[0].name}"
[[alerts.channel]]
id = "hook"
kind = "webhook"
url = "https://hooks.example.com/x"
key_file = "hook.secret"
allow_networks = ["10.1.0.0/16", "::1/128"]
[[alerts.route]]
id = "all"
channels = ["mail", "hook"]
""",
        tmp_path,
    )
    assert "hush" not in repr(read)
    made = channels_of(read.alerts)
    assert isinstance(made["mail"], MailChannel)
    assert isinstance(made["hook"], WebhookChannel)
    assert read.alerts.channels[0].terms.port == 587
    assert read.alerts.channels[1].terms.allowed[0] == ipaddress.ip_network("10.1.0.0/16")


def test_other_words_of_the_file():
    read = settings('[logs]\nlevel = "warning"\nformat = "text"\n[metrics]\nnetworks = ["::/0"]')
    assert (read.logs.level, read.logs.format) == (LogLevel.WARNING, LogFormat.TEXT)
    assert read.metrics.networks == (ipaddress.ip_network("::/0"),)


def test_files_that_are_no_settings(tmp_path):
    with pytest.raises(InputFault, match="cannot be read"):
        read_settings(tmp_path / "nowhere.toml")
    path = tmp_path / "server.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputFault, match="is not UTF-8"):
        read_settings(path)
    path.write_bytes(b"# " + b"x" * 1_000_000)
    with pytest.raises(InputFault, match="more than"):
        read_settings(path)
    assert "is not TOML" in faults("a = ")[0]


@given(st.text(max_size=200))
def test_no_text_does_more_than_be_refused(text):
    with contextlib.suppress(SettingsFault):
        settings(text)


def keys_of_settings():
    """Every key that the two readers ask for."""
    asked = re.compile(
        r"(?:fields|server|table|root)\.(?:text|identifiers?|flag|whole|percent|span_ns|choice"
        r"|pairs|inner|each|has)"
        r'\(\s*"(\w+)"|(?:_texts|_secret|_file|read_networks)\(\w+, "(\w+)"'
    )
    keys = set()
    for name in ("settings.py", "alert_settings.py"):
        for found in asked.findall(text_of(f"src/fencang/app/serve/{name}")):
            keys.add(found[0] or found[1])
    return keys


def test_the_guide_names_every_key():
    page = text_of("docs/guide/deployment.md") + text_of("docs/guide/metrics-and-alerts.md")
    words = set(re.findall(r"\w+", page))
    assert len(keys_of_settings()) > 40
    assert sorted(keys_of_settings() - words) == []
