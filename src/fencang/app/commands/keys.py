"""``fencang keys``: private keys in files that only their owner reads."""

import json
import os
import secrets
import stat
import sys
from pathlib import Path

from fencang.app.exit_status import DiskFault, ExitStatus, InputFault, UsageFault
from fencang.app.journals import faults_in_words
from fencang.refdata.user import Role
from fencang.signing.faults import KeyFault
from fencang.signing.keys import SEED_BYTES, PrivateKey

__all__ = ["private_key_in", "run_new", "run_show", "write_private_key"]

_FIRST_LINE = "fencang private key 1"
_BYTES_MAX = 1_000


def run_new(
    out: Path, user: str, roles: tuple[str, ...], table: Path | None, *, as_json: bool
) -> ExitStatus:
    """Write a new private key and show its public half, with the table of its user if one is named.

    Raises:
        InputFault: there is a file of that name already; no key is ever written over.
        DiskFault: it cannot be written.
        UsageFault: a table without a user, or a role that is none.
    """
    if table is not None and not user:
        raise UsageFault("--table: say whose table with --user; nothing was made")
    unknown = [role for role in roles if role not in {*Role}]
    if unknown:
        raise UsageFault(f"--role {unknown[0]}: it is one of {', '.join(Role)}; nothing was made")
    key = write_private_key(out)
    lines = _table_of(user, roles, key) if user else ""
    if table is not None:
        with faults_in_words(), table.open("a", encoding="utf-8") as tables:
            tables.write(f"\n{lines}")
    return _told(out, key, lines, as_json=as_json)


def write_private_key(out: Path) -> PrivateKey:
    """Make a private key in a new file that only its owner reads, and return it.

    Raises:
        InputFault: there is a file of that name already; no key is ever written over.
        DiskFault: it cannot be written.
    """
    seed = secrets.token_bytes(SEED_BYTES)
    text = f"{_FIRST_LINE}\n{seed.hex()}\n"
    try:
        # Made with its mode, not changed to it afterwards: nobody reads it in between.
        number = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as fault:
        raise InputFault(f"{out} exists already; a key is never written over") from fault
    except OSError as fault:
        raise DiskFault(f"{out}: {fault.strerror}") from fault
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(text)
    return PrivateKey.from_seed(seed)


def _table_of(user: str, roles: tuple[str, ...], key: PrivateKey) -> str:
    """Return the table of a desk file for a user with this key."""
    return (
        f'[[user]]\nid = "{user}"\nname = "{user}"\nroles = {json.dumps([*roles])}\n'
        f'public_keys = ["{key.public_key.hex}"]\n'
    )


def run_show(path: Path, *, as_json: bool) -> ExitStatus:
    """Show the public half of a key.

    Raises:
        InputFault: the file is no private key.
    """
    return _told(path, private_key_in(path), "", as_json=as_json)


def private_key_in(path: Path) -> PrivateKey:
    """Return the private key in a file; nothing of it is ever shown.

    Raises:
        InputFault: no such file, readable by others, or no private key.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_bytes()[:_BYTES_MAX].decode("ascii")
    except (OSError, UnicodeDecodeError) as fault:
        words = getattr(fault, "strerror", None) or "is no private key"
        raise InputFault(f"{path}: {words}") from fault
    if mode & 0o077:
        raise InputFault(
            f"others may read {path} (its mode is {mode:o}); it would have to be 600: "
            "make a new key, and have the old one taken out of the desk"
        )
    lines = text.splitlines()
    if len(lines) != 2 or lines[0] != _FIRST_LINE:
        raise InputFault(f'{path} is no private key: its first line is "{_FIRST_LINE}"')
    try:
        return PrivateKey.from_hex(lines[1])
    except KeyFault as fault:
        raise InputFault(f"{path}: {fault}") from fault


def _told(path: Path, key: PrivateKey, table: str, *, as_json: bool) -> ExitStatus:
    public = key.public_key.hex
    if as_json:
        found = {"file": str(path), "public_key": public}
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        sys.stdout.write(
            f"private key: {path} (keep it; the desk never asks for it)\npublic key:  {public}\n"
            f"{table}"
        )
    return ExitStatus.DONE
