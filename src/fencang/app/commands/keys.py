"""``fencang keys``: private keys in files that only their owner reads."""

import json
import os
import secrets
import stat
import sys
import time
from pathlib import Path
from typing import NamedTuple

from fencang.app.exit_status import DiskFault, ExitStatus, InputFault, UsageFault
from fencang.app.journals import faults_in_words
from fencang.basics.time import DAY_NS, format_time, parse_time
from fencang.refdata.user import Role
from fencang.signing.faults import KeyFault
from fencang.signing.keys import SEED_BYTES, PrivateKey

__all__ = ["Terms", "private_key_in", "run_new", "run_show", "write_private_key"]

_FIRST_LINE = "fencang private key 1"
_BYTES_MAX = 1_000
API_KEY_NS = 366 * DAY_NS
"""How long an API key holds where nothing is said."""


class Terms(NamedTuple):
    """Whose a key is: a user's in some roles, or, with a ``key_id``, an API key of that user."""

    user: str = ""
    roles: tuple[str, ...] = ()
    key_id: str = ""
    scopes: tuple[str, ...] = ()
    until: str = ""


def run_new(out: Path, terms: Terms, table: Path | None, *, as_json: bool) -> ExitStatus:
    """Write a new private key and show its public half, with the table that states it, if any.

    Raises:
        InputFault: there is a file of that name already; no key is ever written over.
        DiskFault: it cannot be written.
        UsageFault: a table without a user, a role or scope that is none, or what does not fit.
    """
    _require_sound(terms, table)
    key = write_private_key(out)
    lines = _table_of(terms, key) if terms.user else ""
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


def _require_sound(terms: Terms, table: Path | None) -> None:
    """Refuse what no table could say, before there is a key."""
    if (table is not None or terms.key_id) and not terms.user:
        raise UsageFault("say whose it is with --user; nothing was made")
    unknown = [role for role in terms.roles if role not in {*Role}]
    if unknown:
        raise UsageFault(f"--role {unknown[0]}: it is one of {', '.join(Role)}; nothing was made")
    if not terms.key_id:
        if terms.scopes or terms.until:
            raise UsageFault("--scope and --until are of an API key: name it with --key-id")
        return
    if terms.roles or not terms.scopes:
        raise UsageFault("an API key has scopes (--scope) and no roles; nothing was made")
    from fencang.gateways.doors.scopes import SCOPE_OF

    unknown = [scope for scope in terms.scopes if scope not in SCOPE_OF.values()]
    if unknown:
        words = ", ".join(SCOPE_OF.values())
        raise UsageFault(f"--scope {unknown[0]}: it is one of {words}; nothing was made")
    try:
        if terms.until:
            parse_time(terms.until)
    except ValueError as fault:
        raise UsageFault(f"--until {terms.until}: {fault}; nothing was made") from fault


def _table_of(terms: Terms, key: PrivateKey) -> str:
    """Return the table of a desk file for a user, or an API key of one, with this key."""
    public = key.public_key.hex
    if not terms.key_id:
        return (
            f'[[user]]\nid = "{terms.user}"\nname = "{terms.user}"\n'
            f'roles = {json.dumps([*terms.roles])}\npublic_keys = ["{public}"]\n'
        )
    until = terms.until or format_time(time.time_ns() + API_KEY_NS)
    return (
        f'[[api_key]]\nid = "{terms.key_id}"\nuser = "{terms.user}"\n'
        f'scopes = {json.dumps([*terms.scopes])}\nuntil = "{until}"\npublic_key = "{public}"\n'
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
