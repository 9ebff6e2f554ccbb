"""A served desk on which nobody acts alone: a user of every role, keys for each."""

from hashlib import sha256

import httpx

from fencang.gateways.doors.scopes import SCOPE_OF
from fencang.refdata.user import Role
from fencang.signing.keys import PrivateKey
from tests.serve.attacks.conftest import Attacked
from tests.serve.process import DESK, Signed

BOUND = {"own": "ALPHA", "other": "BETA", "whole": ""}
"""What a key is bound to, where every request is about ALPHA."""


def private_key(name):
    return PrivateKey.from_seed(sha256(name.encode()).digest())


def key_id(role, bound):
    return f"{role.value}-{bound}"


def _tables():
    yield "\n[authority]\nroles_apart = []\n"
    scopes = ", ".join(f'"{scope}"' for scope in sorted(SCOPE_OF.values()))
    for role in Role:
        public = private_key(role.value).public_key.hex
        keys = "" if role is Role.VIEWER else f'public_keys = ["{public}"]\n'
        yield (
            f'\n[[user]]\nid = "{role.value}"\nname = "{role.value}"\n'
            f'roles = ["{role.value}"]\n{keys}'
        )
        for bound, node in BOUND.items():
            name = key_id(role, bound)
            sub_tree = f'sub_tree = "{node}"\n' if node else ""
            yield (
                f'\n[[api_key]]\nid = "{name}"\nuser = "{role.value}"\nscopes = [{scopes}]\n'
                f'public_key = "{private_key(name).public_key.hex}"\n{sub_tree}'
                'until = "2099-01-01T00:00:00Z"\n'
            )


def signed_desk(folder, settings_text, *more):
    """Start the desk in a folder; ``more`` goes to the command line."""
    desk_file, settings = folder / "desk.toml", folder / "server.toml"
    desk_file.write_text(DESK.read_text() + "".join(_tables()))
    settings.write_text(settings_text)
    found = Attacked(folder / "data", settings, desk=desk_file)
    found.extra = (*found.extra, *more)
    return found.start()


def client_of(desk, role, bound="whole"):
    """Return a client that signs with a key of a role."""
    name = key_id(role, bound)
    auth = Signed(private_key(name), name)
    return httpx.Client(base_url=f"{desk.url}/v1", auth=auth, timeout=60)
