"""The part ``[alerts]`` of the server's settings: channels, routes, and how often is told again."""

import ipaddress
import re
import ssl
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fencang.app.desk.faults import nearest
from fencang.app.desk.fields import Fields
from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.addresses import Network
from fencang.gateways.alerts.alert import Severity
from fencang.gateways.alerts.kinds import KINDS, NOTICES, AlertTable
from fencang.gateways.alerts.mail import MailSecurity, MailTerms, is_mail_address
from fencang.gateways.alerts.message import Channel
from fencang.gateways.alerts.routes import ANY_KIND, QuietHours, Route, Routing
from fencang.gateways.alerts.secret_file import SecretFault, read_secret
from fencang.gateways.alerts.service import CHANNELS_MAX
from fencang.gateways.alerts.store import DeliveryTerms
from fencang.gateways.alerts.webhook import WebhookTerms, url_fault
from fencang.gateways.secret import Secret

__all__ = ["AlertSettings", "ChannelSettings", "channels_of", "read_alerts", "read_networks"]

ROUTES_MAX = 64
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


class _Kind(StrEnum):
    MAIL = "mail"
    WEBHOOK = "webhook"


class _SeverityWord(StrEnum):
    INFORMATION = "information"
    WARNING = "warning"
    CRITICAL = "critical"


class ChannelSettings(NamedTuple):
    """One channel: its name, its terms, and its password or key, which no text shows."""

    channel_id: str
    terms: MailTerms | WebhookTerms
    secret: Secret | None


class AlertSettings(NamedTuple):
    """What is told to whom; without channels alerts are kept and shown only."""

    channels: tuple[ChannelSettings, ...] = ()
    routes: tuple[Route, ...] = ()
    terms: DeliveryTerms = DeliveryTerms()
    limit_level_ppm: int = 800_000
    severities: tuple[tuple[str, Severity], ...] = ()

    def table(self) -> AlertTable:
        """Return which events are told, with the desk's own severities."""
        return AlertTable(dict(self.severities), limit_level_ppm=self.limit_level_ppm)


def channels_of(settings: AlertSettings) -> dict[str, Channel]:
    """Return the channels themselves, ready to send."""
    from fencang.gateways.alerts.mail import MailChannel
    from fencang.gateways.alerts.webhook import WebhookChannel

    made: dict[str, Channel] = {}
    for channel_id, terms, secret in settings.channels:
        if isinstance(terms, MailTerms):
            made[channel_id] = MailChannel(terms, secret)
        else:
            assert secret is not None, "a webhook is read with its key"
            made[channel_id] = WebhookChannel(terms, secret)
    return made


def read_alerts(fields: Fields, folder: Path) -> AlertSettings:
    """Return what ``[alerts]`` states; faults go to the list that ``fields`` keeps."""
    settings = AlertSettings(
        channels=_channels(fields, folder),
        routes=_routes(fields),
        terms=_terms(fields),
        limit_level_ppm=fields.percent("limit_level", 800_000, high=10_000_000),
        severities=_severities(fields),
    )
    _check_routes(fields, settings)
    fields.finish()
    return settings


def _terms(fields: Fields) -> DeliveryTerms:
    base = DeliveryTerms()
    terms = base._replace(
        repeat_ns=fields.span_ns("repeat_after", base.repeat_ns),
        retry_first_ns=fields.span_ns("retry_first", base.retry_first_ns),
        retry_longest_ns=fields.span_ns("retry_longest", base.retry_longest_ns),
        attempts_max=fields.whole("attempts_max", base.attempts_max, low=1, high=100),
    )
    if not SECOND_NS <= terms.retry_first_ns <= terms.retry_longest_ns:
        fields.fault("retry_first", "is shorter than 1 s, or longer than retry_longest")
    return terms


def _severities(fields: Fields) -> tuple[tuple[str, Severity], ...]:
    known = {word.value: Severity[word.name] for word in _SeverityWord}
    found = []
    for kind, word in fields.pairs("severities").items():
        if kind not in KINDS and kind not in NOTICES:
            fields.fault("severities", f'"{kind}" is no kind of alert{nearest(kind, _kinds())}')
        elif word not in known:
            fields.fault("severities", f"{word!r} is not one of {', '.join(known)}")
        else:
            found.append((kind, known[word]))
    return tuple(found)


def _kinds() -> list[str]:
    return [*KINDS, *NOTICES]


# ----------------------------------------------------------------------------------------- channels


def _channels(fields: Fields, folder: Path) -> tuple[ChannelSettings, ...]:
    found: list[ChannelSettings] = []
    for table in fields.each("channel"):
        channel_id = table.identifier("id")
        if any(each.channel_id == channel_id for each in found):
            table.fault("id", f'"{channel_id}" names two channels')
        kind = table.choice("kind", _Kind)
        read = _mail if kind is _Kind.MAIL else _webhook
        terms, secret = read(table, folder)
        found.append(ChannelSettings(channel_id, terms, secret))
        table.finish()
    if len(found) > CHANNELS_MAX:
        fields.fault("channel", f"states {len(found)} channels, more than {CHANNELS_MAX}")
    return tuple(found)


def _mail(table: Fields, folder: Path) -> tuple[MailTerms, Secret | None]:
    security = table.choice("security", MailSecurity, MailSecurity.STARTTLS)
    usual = 465 if security is MailSecurity.TLS else 587
    terms = MailTerms(
        host=_host(table),
        port=table.whole("port", usual, low=1, high=65_535),
        sender=table.text("from"),
        recipients=_texts(table, "to"),
        security=security,
        user=table.text("user", ""),
        ca_file=_authorities(table, folder),
    )
    for key, addresses in (("from", (terms.sender,)), ("to", terms.recipients)):
        for address in addresses:
            if address and not is_mail_address(address):
                table.fault(key, f'"{address}" is no mail address such as risk@example.com')
    secret = _secret(table, "password_file", folder) if table.has("password_file") else None
    if bool(terms.user) != (secret is not None):
        table.fault(
            "user" if secret is not None else "password_file", "is missing beside the other"
        )
    if security is MailSecurity.NONE and (terms.user or terms.host not in _HERE):
        table.fault("security", '"none" is for a server on this machine, without a password')
    return terms, secret


_HERE = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}")


def _host(table: Fields) -> str:
    host = table.text("host")
    if host and not _HOST.fullmatch(host):
        table.fault("host", f"{host!r} is no name of a host")
    return host


def _webhook(table: Fields, folder: Path) -> tuple[WebhookTerms, Secret | None]:
    url = table.text("url")
    if url and (fault := url_fault(url)):
        table.fault("url", fault)
    allowed = read_networks(table, "allow_networks", ())
    terms = WebhookTerms(url, allowed, _authorities(table, folder))
    return terms, _secret(table, "key_file", folder)


def read_networks(table: Fields, key: str, default: tuple[Network, ...]) -> tuple[Network, ...]:
    """Return a list of networks; an absent key reads as the default."""
    if not table.has(key):
        return default
    found = []
    for text in _texts(table, key):
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            table.fault(key, f'"{text}" is no network such as 10.1.0.0/16')
    return tuple(found)


def _authorities(table: Fields, folder: Path) -> Path | None:
    if not table.has("ca_file"):
        return None
    path = folder / table.text("ca_file")
    try:
        ssl.create_default_context(cafile=path)
    except OSError as fault:
        table.fault("ca_file", f"{path} holds no certificates: {fault.strerror or fault}")
    return path


def _secret(table: Fields, key: str, folder: Path) -> Secret | None:
    text = table.text(key)
    if not text:
        return None
    try:
        return read_secret(folder / text)
    except SecretFault as fault:
        table.fault(key, str(fault))
        return None


def _texts(table: Fields, key: str) -> tuple[str, ...]:
    """Return a list of texts, at least one and at most twenty."""
    value = table.table.get(key)
    if not table.has(key):
        table.fault(key, "is missing")
        return ()
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not is_list or not 1 <= len(value or ()) <= 20:
        table.fault(key, f"{value!r} is not a list of 1 to 20 texts")
        return ()
    return tuple(value or ())


# ------------------------------------------------------------------------------------------- routes


def _routes(fields: Fields) -> tuple[Route, ...]:
    found = []
    for table in fields.each("route"):
        severity = table.choice("severity", _SeverityWord, _SeverityWord.INFORMATION)
        found.append(
            Route(
                route_id=table.identifier("id"),
                channel_ids=table.identifiers("channels"),
                severity_min=Severity[severity.name],
                kinds=_kinds_of(table),
                who=table.text("who", ""),
                quiet=_quiet(table),
                escalate_ns=table.span_ns("escalate_after", 0),
                escalate_to=table.identifier("escalate_to", ""),
            )
        )
        if not table.is_faulty and not found[-1].channel_ids:
            table.fault("channels", "names nobody")
        table.finish()
    if len(found) > ROUTES_MAX:
        fields.fault("route", f"states {len(found)} routes, more than {ROUTES_MAX}")
    return tuple(found)


def _kinds_of(table: Fields) -> tuple[str, ...]:
    return table.identifiers("kinds") if table.has("kinds") else (ANY_KIND,)


def _quiet(table: Fields) -> QuietHours | None:
    if not table.has("quiet_hours"):
        if table.has("time_zone"):
            table.fault("time_zone", "needs quiet_hours")
        return None
    text, zone = table.text("quiet_hours"), table.text("time_zone")
    match = _HOURS.fullmatch(text)
    numbers = [int(number) for number in match.groups()] if match else [99] * 4
    first, last = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if max(first, last) > 24 * 60 or max(numbers[1], numbers[3]) > 59:
        table.fault("quiet_hours", f'"{text}" is not a time of day such as 22:00-07:00')
        return None
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        if zone:
            table.fault("time_zone", f'"{zone}" is no time zone such as Europe/Berlin')
        return None
    return QuietHours(first, last, zone)


def _check_routes(fields: Fields, settings: AlertSettings) -> None:
    if not settings.channels and not settings.routes:
        return
    names = [each.channel_id for each in settings.channels]
    for index, key, words in Routing(settings.routes).faults(
        names, settings.table().highest_of_all()
    ):
        place = f"route[{index}].{key}" if index >= 0 else "route"
        fields.fault(place, words)
