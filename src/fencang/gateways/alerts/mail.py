"""The channel e-mail: plain text by SMTP, encrypted by STARTTLS or from the first byte.

There is no falling back: a server that does not offer STARTTLS gets nothing, a certificate that
does not fit ends the try, and a password goes only over an encrypted line.  Without encryption only
a server on this machine is spoken to.  A server that answers drop by drop is cut off in time.
"""

import contextlib
import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.alert import Severity
from fencang.gateways.alerts.message import ChannelFault, Message
from fencang.gateways.secret import Secret

__all__ = ["MailChannel", "MailSecurity", "MailTerms", "is_mail_address"]

RECIPIENTS_MAX = 20
_ATOM = frozenset("!#$%&'*+-/=?^_`{|}~.") | frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
)


class MailSecurity(StrEnum):
    """How the line to the mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """Only to a server on this machine."""


class MailTerms(NamedTuple):
    """Where mail goes and by which server; ``ca_file`` replaces the system's authorities."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    ca_file: Path | None = None
    step_s: float = 10.0
    """The longest that one answer may take."""
    total_s: float = 30.0
    """The longest that a whole delivery may take."""


def is_mail_address(text: str) -> bool:
    """Return whether a text is an address as mail servers know them: ASCII, one ``@``, no names."""
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= 254
        and 0 < len(local) <= 64
        and _ATOM.issuperset(local)
        and all(
            0 < len(label) <= 63
            and label.replace("-", "a").isalnum()
            and label.isascii()
            and label[0] != "-"
            for label in labels
        )
    )


class MailChannel:
    """Sends messages by one mail server."""

    def __init__(self, terms: MailTerms, password: Secret | None = None) -> None:
        faulty = [each for each in (terms.sender, *terms.recipients) if not is_mail_address(each)]
        if faulty or not 0 < len(terms.recipients) <= RECIPIENTS_MAX:
            raise ValueError(f"not mail addresses, or not 1 to {RECIPIENTS_MAX}: {faulty}")
        if terms.security is MailSecurity.NONE and (terms.user or not _is_here(terms.host)):
            raise ValueError("without encryption only a server on this machine, without password")
        self._terms = terms
        self._password = password

    def send(self, message: Message, now_ns: int) -> None:
        """Send one mail to all recipients; a server that takes it for some of them has taken it.

        Raises:
            ChannelFault: no recipient was accepted, or the line broke.
        """
        letter = self._letter(message, now_ns)
        try:
            with self._connection() as server:
                if self._terms.user and self._password is not None:
                    server.login(self._terms.user, self._password.reveal())
                server.send_message(letter, self._terms.sender, self._terms.recipients)
        except smtplib.SMTPAuthenticationError as fault:
            raise ChannelFault(
                f"the mail server refused the password ({fault.smtp_code})"
            ) from None
        except smtplib.SMTPResponseException as fault:
            raise ChannelFault(f"the mail server answered {fault.smtp_code}") from None
        except smtplib.SMTPRecipientsRefused as fault:
            codes = sorted({code for code, _ in fault.recipients.values()})
            raise ChannelFault(f"the mail server refused every recipient {codes}") from None
        except ssl.SSLError as fault:
            raise ChannelFault(f"no trusted line to the mail server: {fault.reason}") from None
        except (smtplib.SMTPException, OSError, ValueError) as fault:
            name = type(fault).__name__
            raise ChannelFault(f"the mail server did not take it: {name}") from None

    def _letter(self, message: Message, now_ns: int) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        letter["From"] = self._terms.sender
        letter["To"] = ", ".join(self._terms.recipients)
        letter["Subject"] = message.subject_line()
        letter["Date"] = format_datetime(datetime.fromtimestamp(now_ns // SECOND_NS, UTC))
        domain = self._terms.sender.rpartition("@")[2]
        letter["Message-ID"] = f"<{message.delivery_id}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        if message.alerts[0].severity is Severity.CRITICAL:
            letter["Importance"] = "high"
        letter.set_content(message.text(), cte="quoted-printable")
        return letter

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        terms = self._terms
        context = (
            ssl.create_default_context(cafile=terms.ca_file) if terms.security != "none" else None
        )
        if terms.security is MailSecurity.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                terms.host, terms.port, timeout=terms.step_s, context=context
            )
        else:
            server = smtplib.SMTP(terms.host, terms.port, timeout=terms.step_s)
        cut = threading.Timer(terms.total_s, _cut_off, (server,))
        cut.daemon = True
        cut.start()
        try:
            if terms.security is MailSecurity.STARTTLS:
                server.starttls(context=context)
            yield server
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()  # the letter is taken, whatever happens to the goodbye
        finally:
            cut.cancel()
            server.close()


def _cut_off(server: smtplib.SMTP) -> None:
    line = server.sock
    if line is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
