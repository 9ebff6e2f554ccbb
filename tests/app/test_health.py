"""The health check of containers: ready is what the server itself says, and the server is ours."""

import pytest

from fencang.app.serve.health import is_ready, main
from fencang.app.serve.settings import ListenSettings
from tests.gateways.certificates import certificate
from tests.gateways.test_alert_webhook import hang_up, receiving


def listen(port, host="127.0.0.1", **other):
    return ListenSettings(host, port, **other)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(200, True), (503, False), (204, False), (302, False), (hang_up, False)],
)
def test_only_two_hundred_is_ready(answer, expected):
    with receiving() as receiver:
        receiver.answers = [answer]
        assert is_ready(listen(receiver.port)) is expected
        assert receiver.taken[0][0] == "/readyz"


def test_a_server_on_every_address_is_asked_on_its_own():
    with receiving() as receiver:
        receiver.answers = [200]
        assert is_ready(listen(receiver.port, "0.0.0.0"))  # noqa: S104 - as in a container


def test_nobody_there_is_not_ready():
    with receiving() as receiver:
        port = receiver.port
    assert not is_ready(listen(port))


def test_the_certificate_must_be_the_servers_own(tmp_path):
    ours, others = certificate(tmp_path, "desk.example.com"), certificate(tmp_path, "other.test")
    with receiving(ours[2]) as receiver:
        receiver.answers = [200]
        assert is_ready(listen(receiver.port, certificate=ours[0], key=ours[1]))
        assert not is_ready(listen(receiver.port, certificate=others[0], key=others[1]))


def test_where_clients_need_certificates_a_connection_is_asked_for(tmp_path):
    ours = certificate(tmp_path)
    with receiving(ours[2]) as receiver:
        port = receiver.port
        mutual = listen(port, certificate=ours[0], key=ours[1], client_ca=ours[0])
        assert is_ready(mutual)
    assert not is_ready(mutual)


def test_the_program_ends_with_what_it_found(tmp_path, capsys):
    path = tmp_path / "server.toml"
    with receiving() as receiver:
        receiver.answers = [200]
        path.write_text(f'[server]\nlisten = "127.0.0.1:{receiver.port}"\n')
        assert main([str(path)]) == 0
    assert main([str(path)]) == 1
    path.write_text("[server]\nlisten = 8443\n")
    assert main([str(path)]) == 3
    assert "one fault" in capsys.readouterr().err
