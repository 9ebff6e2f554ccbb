"""Every operation asked by every role, with keys bound to its book, to another and to none.

What came back stands in ``rights.txt``, one line an operation, to be read by people; a change of it
is looked at.  ``python -m tests.serve.attacks.test_rights_by_request`` writes it anew.
"""

import sys
import tempfile
import time
from pathlib import Path

import pytest

from fencang.gateways.doors.scopes import role_scopes
from fencang.gateways.rest.app import OPERATIONS
from fencang.refdata.authority import Authority
from fencang.refdata.user import Role
from tests.serve.attacks.sample_requests import sample_body, sample_path
from tests.serve.attacks.signed_desk import BOUND, client_of, signed_desk
from tests.serve.process import place

GOLDEN = Path(__file__).with_name("rights.txt")
HEAD = """\
# Who gets past the doors with what, by request.  Three signs a role, for a key that is bound to the
# book of the request, to another book, to none:
#   +  let in: done, or refused by the desk itself
#   x  outside the sub-tree of the key, or as if it did not exist
#   -  the role lacks the scope
"""
SCOPES = role_scopes(Authority())
SETTINGS = '[server]\nlisten = "127.0.0.1:0"\n'


def sign_of(response):
    """Return one sign for what became of a request."""
    title = response.json()["title"] if response.status_code >= 400 else ""
    if (response.status_code, title) == (403, "Scope missing"):
        return "-"
    if (response.status_code, title) == (403, "Outside sub tree") or response.status_code == 404:
        return "x"
    assert response.status_code in {200, 201, 409, 422, 428}, response.text
    assert title != "Impossible values", response.text
    return "+"


def asked(desk, clients):
    """Return the signs of every operation, by operation, role and binding."""
    with client_of(desk, Role.PORTFOLIO_MANAGER) as trader:
        (order_id,) = place(desk, trader).json()["order_ids"]
    ids = {"order_id": order_id, "kind": "SubAccount", "key": "ALPHA"}
    found = {}
    # What defines or stops comes last, so that nothing else is asked of a desk that it changed.
    for operation in sorted(OPERATIONS, key=lambda each: (each.is_write, each.name)):
        named = {**ids, "kind": "sub_account"} if operation.tag == "audit" else ids
        body, path = sample_body(operation), sample_path(operation, named)
        for (role, bound), client in clients.items():
            headers = {"Idempotency-Key": desk.name()}
            response = client.request(operation.method, path, json=body, headers=headers)
            found[operation.name, role, bound] = sign_of(response)
            if bound == "other" and response.status_code < 400:
                assert '"ALPHA"' not in response.text, f"{operation.name} tells {role} of ALPHA"
    return found


def table(found):
    """Return what was found as text, in the order of the paths."""
    roles = [role.value for role in Role]
    lines = [HEAD, f"{'':44}{' '.join(f'{role[:9]:9}' for role in roles)}".rstrip()]
    for operation in sorted(OPERATIONS, key=lambda each: (each.path, each.method)):
        cells = ("".join(found[operation.name, role, bound] for bound in BOUND) for role in Role)
        name = f"{operation.method} {operation.path}"
        lines.append(f"{name:44}{' '.join(f'{cell:9}' for cell in cells)}".rstrip())
    return "\n".join(lines) + "\n"


def everything(desk):
    clients = {(role, bound): client_of(desk, role, bound) for role in Role for bound in BOUND}
    try:
        return asked(desk, clients)
    finally:
        for client in clients.values():
            client.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    found = signed_desk(tmp_path_factory.mktemp("rights"), SETTINGS)
    yield found
    found.stop()
    found.has_told_no_secret()


def test_who_gets_past_the_doors_is_what_the_tables_say(desk):
    """Law: a scope opens what the table of roles says, and nothing outside the key's sub-tree."""
    found = everything(desk)
    for operation in OPERATIONS:
        names = {each.name for each in operation.parameters if each.is_in_path}
        is_about_a_book = "sub_account_id" in (sample_body(operation) or {}) or "order_id" in names
        for role in Role:
            signs = "".join(found[operation.name, role, bound] for bound in BOUND)
            place_of = f"{operation.name} of {role}: {signs}"
            if operation.scope and operation.scope not in SCOPES[role]:
                assert signs == "---", place_of
                continue
            assert "-" not in signs, place_of
            if is_about_a_book:
                assert signs[1] == "x", place_of
    assert table(found) == GOLDEN.read_text(), "write it anew, and look at what is different"


def main():
    with tempfile.TemporaryDirectory() as folder:
        desk = signed_desk(Path(folder), SETTINGS)
        began = time.monotonic()
        try:
            GOLDEN.write_text(table(everything(desk)))
        finally:
            desk.stop()
        sys.stdout.write(f"{GOLDEN}, after {time.monotonic() - began:.1f} s\n")


if __name__ == "__main__":
    main()
