"""Whether the server on this machine is ready: for health checks of container hosts.

``python -m fencang.app.serve.health server.toml`` asks ``/readyz`` where the settings say the
server listens, and ends with 0 when the answer is 200.  The certificate must be the server's own;
where clients need certificates too, an accepted connection is all that can be asked.
"""

import http.client
import ipaddress
import socket
import ssl
import sys
from pathlib import Path

from fencang.app.exit_status import ExitStatus, InputFault
from fencang.app.serve.settings import ListenSettings, read_settings

__all__ = ["is_ready", "main"]

TIMEOUT_S = 2.0
READY_PATH = "/readyz"


def is_ready(listen: ListenSettings, timeout_s: float = TIMEOUT_S) -> bool:
    """Return whether the server answers that it is ready."""
    host = _own_address(listen.host)
    try:
        if listen.client_ca is not None:
            with socket.create_connection((host, listen.port), timeout_s):
                return True
        connection = _connection(listen, host, timeout_s)
        try:
            connection.request("GET", READY_PATH, headers={"connection": "close"})
            return connection.getresponse().status == http.client.OK
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False


def _connection(listen: ListenSettings, host: str, timeout_s: float) -> http.client.HTTPConnection:
    if listen.certificate is None:
        return http.client.HTTPConnection(host, listen.port, timeout=timeout_s)
    context = ssl.create_default_context(cafile=listen.certificate)
    context.check_hostname = False  # its name is the outside's; that it is ours is what counts
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return http.client.HTTPSConnection(host, listen.port, timeout=timeout_s, context=context)


def _own_address(host: str) -> str:
    address = ipaddress.ip_address(host)
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"


def main(arguments: list[str]) -> int:
    """Return the exit status: 0 ready, 1 not, 3 faulty settings."""
    try:
        listen = read_settings(Path(arguments[0])).listen if arguments else ListenSettings()
    except InputFault as fault:
        sys.stderr.write(f"{fault}\n")
        return ExitStatus.FAULTY_INPUT
    return ExitStatus.DONE if is_ready(listen) else ExitStatus.DIFFERENCES_FOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
