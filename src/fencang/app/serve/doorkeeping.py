"""The doors of a served desk: keys by the journal, nonces on the disk, what ends with a key.

Ticks run beside the requests: what waits for a disk waits in a thread.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

from fencang.app.commands.keys import private_key_in, write_private_key
from fencang.app.exit_status import JournalFault
from fencang.app.serve.live_desk import LiveDesk
from fencang.app.serve.settings import ListenSettings
from fencang.basics.time import DAY_NS
from fencang.gateways.alerts.store import AlertStoreFault
from fencang.gateways.browser.admission import SessionDoor
from fencang.gateways.caller import Caller
from fencang.gateways.doors.alarms import Alarm
from fencang.gateways.doors.authenticate import Refusal
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.doors.opened import DeskDoors
from fencang.gateways.doors.scopes import SCOPE_OF
from fencang.gateways.metrics import DoorRefusal, Metrics
from fencang.gateways.ports import KeyClosed
from fencang.gateways.rest.problem import Refused, problem_of
from fencang.messages.commands import DefineDesk
from fencang.messages.events import CommandRejected
from fencang.messages.message import Interface
from fencang.refdata.api_key import ApiKey, ApiKeyKind
from fencang.refdata.authority import Authority, AuthorityItem
from fencang.refdata.user import Role, User
from fencang.signing.http_messages import SignaturePolicy
from fencang.signing.request import Request

__all__ = [
    "KEY_ID",
    "KEY_NAME",
    "OPERATOR",
    "DeskDoorman",
    "found_single_operator",
    "give_operator_key",
    "is_loopback",
    "keep_doors",
    "policy_of",
    "session_door",
]

KEY_NAME = "operator.key"
OPERATOR = "operator"
KEY_ID = "operator-1"
KEY_NS = 366 * DAY_NS
TICK_S = 1.0

Notice = Callable[[str, str, str], None]
"""Takes kind, subject and words of what people are to be told; may wait for a disk."""

_ROLES = tuple(role for role in Role if role is not Role.VIEWER)


class DeskDoorman:
    """``doorman.Doorman`` by the doors of a desk."""

    def __init__(self, doors: DeskDoors, sessions: SessionDoor, metrics: Metrics) -> None:
        self._doors, self._sessions, self._metrics = doors, sessions, metrics

    async def admit(self, request: Request, address: str, interface: Interface) -> Caller:
        """Return who calls.

        Raises:
            Refused: nobody that may; the words tell strangers nothing.
        """
        if interface is Interface.REST and self._sessions.brings_session(request):
            return self._signed_in(request, address)
        now_ns = time.time_ns()
        found = self._doors.keeper.admit(request, address, interface, now_ns)
        if isinstance(found, Caller):
            if self._doors.alarms.acted(found.key_id, address, now_ns):
                return found
            self._metrics.door_refused(DoorRefusal.CLOSED)
            raise problem_of(KeyClosed(f"the key {found.key_id} is frozen; nothing was done"))
        if found.is_failure:
            self._doors.alarms.failed(found.cause, now_ns)
        self._metrics.door_refused(DoorRefusal.of_cause(found.cause))
        raise _refused(found)

    def _signed_in(self, request: Request, address: str) -> Caller:
        """Return whose session a request comes by."""
        now_ns = time.time_ns()
        try:
            seen = self._sessions.check_visitor(request, address, now_ns)
            return self._sessions.admit(seen, address, now_ns).caller
        except Refused as refused:
            is_often = refused.problem.status == 429
            kind = DoorRefusal.THROTTLED if is_often else DoorRefusal.CREDENTIALS
            self._metrics.door_refused(kind)
            raise


def session_door(doors: DeskDoors, listen: ListenSettings, port: int) -> SessionDoor:
    """Return the door of sessions: secure unless this machine alone comes, over plain text.

    Who says ``allow_plain_text`` says that something else encrypts the line.
    """
    is_secure = listen.is_encrypted or listen.allow_plain_text or not listen.is_loopback
    hosts = () if is_secure else policy_of(listen.host, port).authorities
    bare = tuple(host.removesuffix(":80") for host in hosts)  # browsers leave a port of 80 out
    return SessionDoor(doors.people, is_secure=is_secure, hosts=bare)


def _refused(refusal: Refusal) -> Refused:
    headers = {"WWW-Authenticate": "Signature, Bearer"} if refusal.kind.status == 401 else {}
    if refusal.wait_s:
        headers["Retry-After"] = str(refusal.wait_s)
    return Refused.of(refusal.kind.status, refusal.kind.word, refusal.detail, headers=headers)


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    return ip_address(host).is_loopback


def policy_of(host: str, port: int) -> SignaturePolicy:
    """Return which hosts a desk answers for: on loopback the names of loopback."""
    names = {host, "localhost"} if is_loopback(host) else {host}
    shown = (f"[{name}]" if ":" in name else name for name in sorted(names))
    return SignaturePolicy(authorities=tuple(f"{name}:{port}" for name in shown))


async def keep_doors(doors: DeskDoors, notice: Notice, told: Callable[[str], None]) -> None:
    """Let time pass for the doors and tell people of their alarms, until cancelled."""
    while True:
        await asyncio.sleep(TICK_S)
        doors.tick(time.time_ns())
        await asyncio.to_thread(doors.tick_disk, time.time_ns())
        if alarms := doors.alarms.take():
            await asyncio.to_thread(_tell, alarms, notice, told)


def _tell(alarms: Sequence[Alarm], notice: Notice, told: Callable[[str], None]) -> None:
    for alarm in alarms:
        told(f"{alarm.kind}: {alarm.words}")
        try:
            notice(alarm.kind, alarm.subject, alarm.words)
        except AlertStoreFault as fault:
            told(str(fault))


async def found_single_operator(live: LiveDesk, by: str, second: str) -> None:
    """Give a desk whose file states no authority to one operator: loud about it everywhere.

    ``by`` and ``second`` are the two persons of the desk file, who found it on their names.
    """
    items = (
        User(user_id=OPERATOR, name="The operator", roles=_ROLES),
        Authority(single_operator=True, roles_apart=()),
    )
    await _define(live, items, by, second)


async def give_operator_key(live: LiveDesk, directory: DefinedDirectory, folder: Path) -> None:
    """Make the operator's key where there is none, and let the desk know its public half."""
    path = folder / KEY_NAME
    private = private_key_in(path) if path.exists() else write_private_key(path)
    public = private.public_key.hex
    known = directory.api_key(KEY_ID)
    now_ns = time.time_ns()
    if known is not None and known.proof_hex == public and known.opens_at(now_ns + DAY_NS):
        return
    key = ApiKey(
        key_id=KEY_ID,
        user_id=OPERATOR,
        kind=ApiKeyKind.SIGNED,
        proof_hex=public,
        scopes=tuple(sorted(SCOPE_OF.values())),
        networks=("127.0.0.0/8", "::1/128"),
        until_ns=now_ns + KEY_NS,
        note="made by the server for its one operator",
    )
    await _define(live, (key,), OPERATOR, "")


async def _define(live: LiveDesk, items: tuple[AuthorityItem, ...], by: str, second: str) -> None:
    record = await live.enter(DefineDesk(items=items, entered_by=by, approved_by=second))
    for event in record.events:
        if isinstance(event, CommandRejected):
            raise JournalFault(f"the desk does not take {type(items[0]).__name__}: {event.detail}")
