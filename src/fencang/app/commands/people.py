"""``fencang people``: logins from the host itself, by whoever may read the files of the desk.

Users are what the journal says; their secrets lie beside it.  A server may run meanwhile: what is
changed here holds there at once.
"""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from fencang.app.exit_status import DiskFault, ExitStatus, InputFault
from fencang.app.journals import journal_in, reading
from fencang.basics.time import DAY_NS, format_time
from fencang.gateways.browser.acts import INVITED_DAYS, person_row
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.doors.enrolment import HALF_BYTES, ActRefused
from fencang.gateways.doors.faults import DoorFault
from fencang.gateways.doors.opened import open_people
from fencang.gateways.doors.people import People
from fencang.refdata.user import UserKind

__all__ = ["run_end", "run_invite", "run_list"]


class _Opened(NamedTuple):
    people: People
    directory: DefinedDirectory


@contextmanager
def _opened(data: Path) -> Iterator[_Opened]:
    """Open the logins of a desk with its users.

    Raises:
        DiskFault: the files of the logins cannot be used; nothing was changed.
    """
    path, directory = journal_in(data), DefinedDirectory()
    with reading(path) as journal:
        for stored in journal.read(1):
            directory.apply(stored.record())
    try:
        people = open_people(path.parent, directory, path.stem)
    except DoorFault as fault:
        raise DiskFault(str(fault)) from fault
    try:
        yield _Opened(people, directory)
    except DoorFault as fault:
        raise DiskFault(str(fault)) from fault
    finally:
        people.close()


def run_invite(data: Path, user_id: str, *, as_json: bool) -> ExitStatus:
    """Show a code for the first administrator, or anew for the one operator; 1 when refused."""
    with _opened(data) as (people, _):
        now_ns = time.time_ns()
        try:
            code = people.invite_at_host(user_id, now_ns, secrets.token_bytes(2 * HALF_BYTES))
        except ActRefused as refused:
            return _refused(str(refused), as_json=as_json)
    until = format_time(now_ns + INVITED_DAYS * DAY_NS)
    found = {"user_id": user_id, "code": code.reveal(), "until_time": until}
    words = (
        f"code for {user_id}, shown this once: {found['code']}\n"
        f"It holds until {until}. {user_id} opens /enrol at the desk's server with it.\n"
    )
    return _told(found, words, as_json=as_json)


def run_list(data: Path, *, as_json: bool) -> ExitStatus:
    """List persons, their roles and how they stand."""
    with _opened(data) as (people, directory):
        users = [user for user in directory.users() if user.kind is UserKind.HUMAN]
        now_ns = time.time_ns()
        rows = [person_row(people, user, now_ns) for user in users]
    if as_json:
        return _told({"people": rows}, "", as_json=True)
    _tell_list(rows)
    return ExitStatus.DONE


def _tell_list(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("User", "Name", "Roles", "Active", "Login", "Sessions")
    for row in rows:
        active = "yes" if row["is_active"] else "no"
        login = "enrolled" if row["is_enrolled"] else "not enrolled"
        if row["invited_until_time"]:
            login += f", code until {row['invited_until_time']}"
        if row["recovery_begun_by"]:
            login += f", recovery begun by {row['recovery_begun_by']}"
        roles = ", ".join(row["roles"])
        cells = (row["user_id"], row["name"], roles, active, login, str(row["sessions"]))
        table.add_row(*map(escape, cells))
    console = Console()
    if rows:
        console.print(table)
    else:
        console.print("The desk knows no persons: it takes names on trust.")


def run_end(data: Path, user_id: str, *, as_json: bool) -> ExitStatus:
    """End sessions, login, invitations and recoveries of a user.

    Raises:
        InputFault: the desk knows nobody of this name.
    """
    with _opened(data) as (people, directory):
        user = directory.user(user_id)
        if user is None:
            raise InputFault(f"{user_id} is no user of this desk; nothing was changed")
        now_ns = time.time_ns()
        sessions = people.standing(user_id, now_ns).sessions
        people.end(user_id, now_ns)
    is_active = user.acts_at(now_ns)
    found = {"user_id": user_id, "sessions_ended": sessions, "is_active": is_active}
    words = f"{user_id}: {sessions} sessions ended, and nothing that it signed in with opens.\n"
    if is_active:
        words += (
            f"{user_id} is still an active user: its keys sign and open. Deactivate it as well; "
            "two persons recover its login if it comes back.\n"
        )
    return _told(found, words, as_json=as_json)


def _refused(words: str, *, as_json: bool) -> ExitStatus:
    _told({"refused": words}, f"refused: {words}\n", as_json=as_json)
    return ExitStatus.DIFFERENCES_FOUND


def _told(found: dict[str, Any], words: str, *, as_json: bool) -> ExitStatus:
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n" if as_json else words
    sys.stdout.write(text)
    return ExitStatus.DONE
