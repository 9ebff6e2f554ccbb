"""Keys are read from files that nobody else reads, tokens never travel in the clear."""

import json

import pytest

from fencang.app.commands.keys import Terms, run_new
from fencang.client import BadRequest, Desk, Signer, Token
from fencang.signing.http_messages import POLICY, read_signature, verify_request
from fencang.signing.request import request_of_url

TOKEN = "secret"  # noqa: S105 - the word is looked for
SEED_HEX = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
KEY_TEXT = f"fencang private key 1\n{SEED_HEX}\n"


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "trend.key"
    path.write_text(KEY_TEXT)
    path.chmod(0o600)
    return path


def test_a_signer_signs_what_the_desk_verifies(key_file, private_key):
    signer = Signer("trend-1", private_key, clock=lambda: 1_000.9)
    url, body = "https://desk.example:8443/v1/orders?x=1", b'{"a": 1}'
    headers = (("Content-Type", "application/json"), ("Idempotency-Key", "k"))
    headers += signer.headers("POST", url, headers, body)
    request = request_of_url("POST", url, headers, body)
    found = read_signature(request)
    assert (
        verify_request(request, found, private_key.public_key, POLICY, 1_001_000_000_000).key_id
        == "trend-1"
    )


def test_a_key_file_is_what_the_command_line_writes(key_file, tmp_path, capsys):
    made = tmp_path / "made.key"
    run_new(made, Terms(), None, as_json=True)
    public_key = json.loads(capsys.readouterr().out)["public_key"]
    assert Signer.from_file(made, "trend-1")._key.public_key.hex == public_key
    assert repr(Signer.from_file(key_file, "trend-1")) == "Signer('trend-1')"


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        (KEY_TEXT, 0o644, "others may read"),
        (SEED_HEX, 0o600, "is no key file"),
        (KEY_TEXT.upper(), 0o600, "is no key file"),
        ("fencang private key 1\nabc\n", 0o600, "64 lower-case"),
        ("", 0o600, "is no key file"),
    ],
)
def test_any_other_file_is_refused_without_a_word_of_it(key_file, text, mode, words):
    key_file.write_text(text)
    key_file.chmod(mode)
    with pytest.raises(BadRequest, match=words) as caught:
        Signer.from_file(key_file, "trend-1")
    assert SEED_HEX not in str(caught.value)


def test_a_missing_file_and_a_missing_name_are_said(tmp_path, key_file):
    with pytest.raises(BadRequest, match="cannot be read"):
        Signer.from_file(tmp_path / "none", "trend-1")
    with pytest.raises(BadRequest, match="give key_id too"):
        Desk(key_file=key_file)
    with pytest.raises(BadRequest, match="not several"):
        Desk(key_file=key_file, key_id="trend-1", token=TOKEN)


def test_a_token_is_never_shown_and_travels_by_tls_or_stays_here():
    assert "secret" not in repr(Token("secret"))
    Desk("https://desk.example", token=TOKEN).close()
    Desk("http://127.0.0.1:8443", token=TOKEN).close()
    with pytest.raises(BadRequest, match="in the clear"):
        Desk("http://desk.example", token=TOKEN)
    with pytest.raises(BadRequest, match="printable ASCII"):
        Token("two words\n")


def test_a_token_file_is_read_if_nobody_else_may(tmp_path):
    path = tmp_path / "operator.token"
    path.write_text("secret\n")
    path.chmod(0o600)
    assert Desk(token_file=path)._transport.exchange.credentials.headers("", "", (), b"") == (
        ("Authorization", "Bearer secret"),
    )
    path.chmod(0o640)
    with pytest.raises(BadRequest, match="others may read"):
        Desk(token_file=path)


def test_the_environment_names_a_desk(key_file):
    said = {
        "FENCANG_URL": "https://desk.example/v1/",
        "FENCANG_KEY_FILE": str(key_file),
        "FENCANG_KEY_ID": "trend-1",
    }
    desk = Desk.from_environment(said)
    assert desk._transport.exchange.url == "https://desk.example"
    assert repr(desk._transport.exchange.credentials) == "Signer('trend-1')"
    desk.close()
    assert Desk.from_environment({})._transport.exchange.credentials is None


@pytest.mark.parametrize(
    "url", ["desk.example", "ftp://x", "https://user:word@desk.example", "https://x/v1?a=1", ""]
)
def test_what_is_no_url_of_a_desk_is_said(url):
    with pytest.raises(BadRequest, match="is no URL of a desk"):
        Desk(url)
