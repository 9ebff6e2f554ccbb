"""The server's settings, ``server.toml``: where it listens, what it keeps where, how much it bears.

What holds paths and secrets stands here, what the desk may do stands in the desk file: settings
belong to one machine and never enter the journal.  Every fault is found at once, with key and line.
Relative paths count from the file's own folder.  A server without a file listens on loopback.
"""

import ipaddress
import ssl
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from fencang.app.desk.faults import DeskFault, Lines
from fencang.app.desk.fields import Fields
from fencang.app.exit_status import InputFault
from fencang.app.serve.alert_settings import AlertSettings, read_alerts, read_networks
from fencang.app.serve.watch_settings import WatchSettings, read_watch
from fencang.basics.time import SECOND_NS

__all__ = [
    "ListenSettings",
    "LogFormat",
    "LogLevel",
    "LogSettings",
    "MetricsSettings",
    "ServerLimits",
    "ServerSettings",
    "SettingsFault",
    "parse_settings",
    "read_settings",
]

SETTINGS_BYTES_MAX = 1_000_000
PORT_DEFAULT = 8_443


class SettingsFault(InputFault):
    """A settings file has faults; ``faults`` holds every one of them."""

    def __init__(self, name: str, faults: list[DeskFault]) -> None:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"{name} has {count}; the server was not started.", [str(fault) for fault in faults]
        )
        self.faults = tuple(faults)


class LogLevel(StrEnum):
    """From which importance on log lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines look."""

    JSON = "json"
    TEXT = "text"


class ListenSettings(NamedTuple):
    """Where the server listens, and how the line is encrypted.

    ``client_ca`` asks every client for a certificate that this authority signed (mTLS).
    """

    host: str = "127.0.0.1"
    port: int = PORT_DEFAULT
    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None
    allow_plain_text: bool = False

    @property
    def is_loopback(self) -> bool:
        """Return whether only programs of this machine can reach the server."""
        return _is_loopback(self.host)

    @property
    def is_encrypted(self) -> bool:
        """Return whether the line is encrypted by the server itself."""
        return self.certificate is not None and self.key is not None


class ServerLimits(NamedTuple):
    """How much the server bears; beyond it a request or connection is refused, not queued."""

    body_bytes_max: int = 1_048_576
    header_bytes_max: int = 16_384
    connections_max: int = 1_000
    connections_of_address_max: int = 400
    streams_max: int = 500
    stream_backlog_max: int = 10_000
    """Messages that wait for a slow stream client before it is conflated or disconnected."""
    request_ns: int = 10 * SECOND_NS
    """The longest that headers and body of one request may take to arrive."""
    idle_ns: int = 60 * SECOND_NS
    """A connection that says nothing is closed after this."""
    shutdown_ns: int = 20 * SECOND_NS
    """The longest that requests which were taken may take when the server ends."""


class LogSettings(NamedTuple):
    """What is logged, to standard output."""

    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.JSON


class MetricsSettings(NamedTuple):
    """Who may read ``/metrics`` without a key: addresses in these networks."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = (
        ipaddress.IPv4Network("127.0.0.0/8"),
        ipaddress.IPv6Network("::1/128"),
    )


class ServerSettings(NamedTuple):
    """Everything in ``server.toml``; without a file every default holds.

    ``gateways`` is how many further processes answer REST and WebSocket; 0: the one process does.
    """

    listen: ListenSettings = ListenSettings()
    data: Path | None = None
    gateways: int = 0
    limits: ServerLimits = ServerLimits()
    logs: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    alerts: AlertSettings = AlertSettings()
    watch: WatchSettings = WatchSettings()
    file: Path | None = None
    """Where they were read from; gateways read it too."""


def read_settings(path: Path) -> ServerSettings:
    """Return the settings of a file.

    Raises:
        InputFault: no such file, too large, or not UTF-8.
        SettingsFault: the file has faults, each named with key and line.
    """
    try:
        with path.open("rb") as file:
            content = file.read(SETTINGS_BYTES_MAX + 1)
        text = content.decode("utf-8")
    except OSError as fault:
        raise InputFault(f"{path} cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise InputFault(f"{path} is not UTF-8 text: {fault.reason} at {fault.start}") from fault
    if len(content) > SETTINGS_BYTES_MAX:
        raise InputFault(f"{path} has more than {SETTINGS_BYTES_MAX:,} bytes")
    return parse_settings(text, path.name, path.parent)._replace(file=path.resolve())


def parse_settings(text: str, name: str, folder: Path) -> ServerSettings:
    """Return the settings in a text; ``folder`` is where relative paths begin.

    Raises:
        SettingsFault: with every fault.
    """
    try:
        table: dict[str, Any] = tomllib.loads(text, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise SettingsFault(name, [DeskFault(name, f"is not TOML: {fault}")]) from None
    faults: list[DeskFault] = []
    root = Fields(table, "", faults, Lines(text))
    server = root.inner("server")
    settings = ServerSettings(
        listen=_listen(server, folder),
        data=_data(server, folder),
        gateways=server.whole("gateways", 0, high=64),
        limits=_limits(root.inner("limits")),
        logs=_logs(root.inner("logs")),
        metrics=_metrics(root.inner("metrics")),
        alerts=read_alerts(root.inner("alerts"), folder),
        watch=read_watch(root.inner("watch")),
    )
    server.finish()
    root.finish()
    if faults:
        raise SettingsFault(name, faults)
    return settings


def _listen(fields: Fields, folder: Path) -> ListenSettings:
    host, port = _address(fields)
    certificate = _file(fields, "tls_certificate", folder)
    key = _file(fields, "tls_key", folder)
    client_ca = _file(fields, "client_ca", folder)
    allow_plain_text = fields.flag("allow_plain_text")
    if (certificate is None) != (key is None):
        fields.fault("tls_key" if key is None else "tls_certificate", "is missing beside the other")
    if client_ca is not None and certificate is None:
        fields.fault("client_ca", "needs tls_certificate and tls_key")
    elif certificate is not None and key is not None and not fields.is_faulty:
        _try_files(fields, certificate, key, client_ca)
    if not (_is_loopback(host) or certificate is not None or allow_plain_text):
        fields.fault(
            "listen",
            f"{host} is reached from outside: state tls_certificate and tls_key, or say "
            "allow_plain_text = true where something else encrypts the line",
        )
    return ListenSettings(host, port, certificate, key, client_ca, allow_plain_text)


def _address(fields: Fields) -> tuple[str, int]:
    text = fields.text("listen", f"127.0.0.1:{PORT_DEFAULT}")
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    try:
        host = str(ipaddress.ip_address("127.0.0.1" if host == "localhost" else host))
        good = bool(colon) and port.isascii() and port.isdecimal() and int(port) <= 65_535
    except ValueError:
        good = False
    if not good:
        fields.fault(
            "listen", f'"{text}" is not an address with port such as 127.0.0.1:8443 or [::1]:8443'
        )
        return "127.0.0.1", PORT_DEFAULT
    return host, int(port)


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host).is_loopback


def _file(fields: Fields, key: str, folder: Path) -> Path | None:
    if not fields.has(key):
        return None
    text = fields.text(key)
    path = folder / text
    if text and not path.is_file():
        fields.fault(key, f"{path} is no file")
    return path if text else None


def _try_files(fields: Fields, certificate: Path, key: Path, client_ca: Path | None) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as fault:
        fields.fault("tls_certificate", f"and tls_key do not fit: {_reason(fault)}")
    try:
        if client_ca is not None:
            context.load_verify_locations(client_ca)
    except OSError as fault:
        fields.fault("client_ca", f"{client_ca} cannot be used: {_reason(fault)}")


def _no_password() -> str:
    raise ValueError("the key has a password; the server starts without a person")


def _reason(fault: Exception) -> str:
    return str(getattr(fault, "reason", None) or getattr(fault, "strerror", None) or fault)


def _data(fields: Fields, folder: Path) -> Path | None:
    text = fields.text("data", "")
    return folder / text if text else None


def _limits(fields: Fields) -> ServerLimits:
    base = ServerLimits()
    limits = ServerLimits(
        body_bytes_max=fields.whole(
            "body_bytes_max", base.body_bytes_max, low=1_024, high=64 * 1_048_576
        ),
        header_bytes_max=fields.whole(
            "header_bytes_max", base.header_bytes_max, low=4_096, high=65_536
        ),
        connections_max=fields.whole("connections_max", base.connections_max, low=1, high=100_000),
        connections_of_address_max=fields.whole(
            "connections_of_address_max", base.connections_of_address_max, low=1, high=100_000
        ),
        streams_max=fields.whole("streams_max", base.streams_max, low=0, high=100_000),
        stream_backlog_max=fields.whole(
            "stream_backlog_max", base.stream_backlog_max, low=10, high=1_000_000
        ),
        request_ns=fields.span_ns("request", base.request_ns),
        idle_ns=fields.span_ns("idle", base.idle_ns),
        shutdown_ns=fields.span_ns("shutdown", base.shutdown_ns),
    )
    for key, span_ns in (("request", limits.request_ns), ("idle", limits.idle_ns)):
        if span_ns < SECOND_NS // 10:
            fields.fault(key, "is shorter than 100 ms")
    if limits.connections_of_address_max > limits.connections_max:
        fields.fault("connections_of_address_max", "is more than connections_max")
    if limits.streams_max > limits.connections_max:
        fields.fault("streams_max", "is more than connections_max; every stream is a connection")
    fields.finish()
    return limits


def _logs(fields: Fields) -> LogSettings:
    logs = LogSettings(
        fields.choice("level", LogLevel, LogLevel.INFO),
        fields.choice("format", LogFormat, LogFormat.JSON),
    )
    fields.finish()
    return logs


def _metrics(fields: Fields) -> MetricsSettings:
    networks = read_networks(fields, "networks", MetricsSettings().networks)
    fields.finish()
    return MetricsSettings(networks)
