"""E-mail to a real server on loopback: encrypted or not at all, bounded in time, one letter."""

import pickle
import socket
import threading
import time
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from fencang.gateways.alerts.mail import (
    MailChannel,
    MailSecurity,
    MailTerms,
    is_mail_address,
)
from fencang.gateways.alerts.message import ChannelFault
from fencang.gateways.alerts.secret_file import SecretFault, read_secret
from fencang.gateways.secret import Secret
from tests.gateways.alert_parts import NOON_NS, message_of, stored
from tests.gateways.certificates import certificate

RIGHT = "correct horse battery"


class Letters:
    def __init__(self, answers=()):
        self.letters = []
        self.answers = list(answers)

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 - the library's name
        if self.answers:
            return self.answers.pop(0)
        self.letters.append((envelope, session.ssl is not None, session.authenticated))
        return "250 taken"


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("mail"))


@pytest.fixture
def server(request, trusted):
    """A mail server that wants STARTTLS and a password, unless a test says otherwise."""
    options = getattr(request, "param", {})
    letters = Letters(options.get("answers", ()))
    security = options.get("security", "starttls")

    def check(_server, _session, _envelope, _mechanism, data):
        is_right = (data.login, data.password) == (b"desk", RIGHT.encode())
        return AuthResult(success=is_right, handled=is_right)

    class Ours(Controller):
        def factory(self):
            if security == "starttls":
                return SMTP(
                    self.handler,
                    tls_context=trusted[2],
                    require_starttls=True,
                    authenticator=check,
                    auth_required=True,
                )
            return SMTP(self.handler)

    context = {"ssl_context": trusted[2]} if security == "tls" else {}
    controller = Ours(letters, hostname="127.0.0.1", port=free_port(), **context)
    controller.start()
    yield controller, letters
    controller.stop()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def channel(port, trusted, word=RIGHT, **other):
    terms = {
        "host": "localhost",
        "port": port,
        "sender": "fencang@example.com",
        "recipients": ("risk@example.com", "chief@example.com"),
        "user": "desk",
        "ca_file": trusted[0],
        "step_s": 5.0,
        "total_s": 10.0,
    } | other
    return MailChannel(MailTerms(**terms), Secret(word))


def test_a_letter_arrives_over_starttls_with_a_password(server, trusted):
    controller, letters = server
    channel(controller.port, trusted).send(message_of(), NOON_NS)
    ((envelope, is_encrypted, is_known),) = letters.letters
    assert is_encrypted
    assert is_known
    assert envelope.rcpt_tos == ["risk@example.com", "chief@example.com"]
    letter = message_from_bytes(envelope.content, policy=default)
    assert letter["Subject"] == "[DESK] CRITICAL: A person is needed - order 7"
    assert letter["Date"].datetime.timestamp() == NOON_NS // 10**9
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert "the venue does not know it" in letter.get_content()
    assert "docs/guide/fills.md" in letter.get_content()


@pytest.mark.parametrize("server", [{"security": "tls"}], indirect=True)
def test_a_letter_arrives_encrypted_from_the_first_byte(server, trusted):
    controller, letters = server
    ours = channel(controller.port, trusted, security=MailSecurity.TLS, user="")
    ours.send(message_of(), NOON_NS)
    assert len(letters.letters) == 1


def test_a_repetition_has_the_same_name(server, trusted):
    controller, letters = server
    for _ in range(2):
        channel(controller.port, trusted).send(message_of(), NOON_NS)
    names = {
        message_from_bytes(envelope.content)["Message-ID"] for envelope, _, _ in letters.letters
    }
    assert len(names) == 1


@pytest.mark.parametrize("server", [{"security": "none"}], indirect=True)
def test_a_server_without_starttls_gets_nothing(server, trusted):
    controller, letters = server
    with pytest.raises(ChannelFault):
        channel(controller.port, trusted).send(message_of(), NOON_NS)
    assert letters.letters == []


@pytest.mark.parametrize("server", [{"security": "none"}], indirect=True)
def test_without_encryption_only_on_this_machine_and_without_a_password(server, trusted):
    controller, letters = server
    plainly = {"security": MailSecurity.NONE, "user": ""}
    channel(controller.port, trusted, **plainly).send(message_of(), NOON_NS)
    assert len(letters.letters) == 1
    with pytest.raises(ValueError, match="on this machine"):
        channel(25, trusted, **plainly, host="mail.example.com")
    with pytest.raises(ValueError, match="without password"):
        channel(25, trusted, security=MailSecurity.NONE)


def test_a_certificate_that_does_not_fit_ends_the_try(server, trusted, tmp_path):
    controller, letters = server
    stranger = certificate(tmp_path)
    with pytest.raises(ChannelFault, match="no trusted line"):
        channel(controller.port, stranger).send(message_of(), NOON_NS)
    with pytest.raises(ChannelFault, match="no trusted line"):
        channel(controller.port, trusted, ca_file=None).send(message_of(), NOON_NS)
    assert letters.letters == []


def test_a_refused_password_is_told_without_it(server, trusted):
    controller, _ = server
    wrong = channel(controller.port, trusted, word="open sesame")
    with pytest.raises(ChannelFault, match="refused the password") as caught:
        wrong.send(message_of(), NOON_NS)
    assert caught.value.__cause__ is None
    assert "sesame" not in repr(caught.value) + repr(wrong.__dict__)


@pytest.mark.parametrize("server", [{"answers": ["451 later", "550 never"]}], indirect=True)
def test_a_refusal_is_a_fault_and_the_next_try_may_be_taken(server, trusted):
    controller, letters = server
    ours = channel(controller.port, trusted)
    for code in ("451", "550"):
        with pytest.raises(ChannelFault, match=code):
            ours.send(message_of(), NOON_NS)
    ours.send(message_of(), NOON_NS)
    assert len(letters.letters) == 1


def test_words_of_strangers_add_no_header_and_end_no_letter(server, trusted):
    controller, letters = server
    nasty = stored(
        subject="x\r\nBcc: thief@example.com",
        title="y\nContent-Type: text/html",
        words="a line\r\n.\r\nMAIL FROM:<thief@example.com>\r\n分仓",
    )
    channel(controller.port, trusted).send(message_of(nasty), NOON_NS)
    ((envelope, _, _),) = letters.letters
    letter = message_from_bytes(envelope.content, policy=default)
    assert letter["Bcc"] is None
    assert letter.get_all("Content-Type") == ['text/plain; charset="utf-8"']
    assert envelope.rcpt_tos == ["risk@example.com", "chief@example.com"]
    assert "分仓" in letter.get_content()


def serve_once(talk):
    """Run one connection of a server that misbehaves; return its port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)

    def run():
        line, _ = listener.accept()
        with line, listener:
            try:
                talk(line)
            except OSError:
                return

    threading.Thread(target=run, daemon=True).start()
    return listener.getsockname()[1]


def drop_by_drop(line):
    line.sendall(b"220 hello\r\n")
    line.recv(1_000)
    while True:  # a greeting that never ends: each line comes in time
        line.sendall(b"250-and more\r\n")
        time.sleep(0.05)


def test_a_server_that_answers_drop_by_drop_is_cut_off(trusted):
    began = time.monotonic()
    with pytest.raises(ChannelFault):
        channel(serve_once(drop_by_drop), trusted, total_s=0.5).send(message_of(), NOON_NS)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "talk",
    [
        lambda line: line.sendall(b"\x00\xff" * 10_000 + b"\r\n"),
        lambda line: line.sendall(b"220 "),
        lambda _: None,
        lambda line: line.sendall(b"554 go away\r\n"),
    ],
    ids=["noise", "half a line", "closed at once", "refused"],
)
def test_a_line_that_breaks_is_a_fault_of_the_channel(talk, trusted):
    with pytest.raises(ChannelFault):
        channel(serve_once(talk), trusted).send(message_of(), NOON_NS)


def test_nobody_listening_is_a_fault_of_the_channel(trusted):
    with pytest.raises(ChannelFault, match="ConnectionRefusedError"):
        channel(free_port(), trusted).send(message_of(), NOON_NS)


@pytest.mark.parametrize(
    ("text", "is_good"),
    [
        ("risk@example.com", True),
        ("a.b+c@mail-1.example.com", True),
        ("root@localhost", True),
        ("risk", False),
        ("@example.com", False),
        ("a b@example.com", False),
        ("a@b@example.com", False),
        ("a@example.com\r\nBcc: x@example.com", False),
        ("Kim <kim@example.com>", False),
        ("a@-example.com", False),
        ("a@example..com", False),
        ("a" * 65 + "@example.com", False),
    ],
)
def test_addresses(text, is_good, trusted):
    assert is_mail_address(text) is is_good
    if not is_good:
        with pytest.raises(ValueError, match="not mail addresses"):
            channel(25, trusted, recipients=(text,))


# ----------------------------------------------------------------------------------------- secrets


def secret_file(folder, content=b"hush\n", mode=0o600):
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_secret_is_the_first_line_of_its_file_and_shows_nothing(tmp_path):
    secret = read_secret(secret_file(tmp_path))
    assert secret.reveal() == "hush"
    assert "hush" not in f"{secret!r} {secret} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (b"hush\n", 0o644, "read by everybody"),
        (b"\xffhush", 0o600, "does not begin"),
        (b"", 0o600, "does not begin"),
        (b"\nhush", 0o600, "does not begin"),
        (b"x" * 5_000, 0o600, "does not begin"),
    ],
)
def test_files_that_hold_no_secret(tmp_path, content, mode, words):
    with pytest.raises(SecretFault, match=words) as caught:
        read_secret(secret_file(tmp_path, content, mode))
    assert "hush" not in str(caught.value)
    with pytest.raises(SecretFault, match="cannot be read"):
        read_secret(tmp_path / "nowhere")
