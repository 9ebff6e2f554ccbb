"""Commands past the gateway, and drafts that their maker approves: what two persons sign holds."""

import asyncio
import base64
import contextlib
import os
import socket
import stat

import httpx
import msgspec
import pytest

from fencang.app.serve.server import LINK_NAME
from fencang.gateways.link.desk_side import DeskLink
from fencang.gateways.link.frames import (
    LINK_PROTOCOL,
    Enter,
    Entered,
    FromDesk,
    Greeting,
    Hello,
    framed,
    read_frame,
)
from fencang.gateways.metrics import Metrics
from fencang.messages.commands import DefineDesk
from fencang.messages.draft_events import DraftProposed
from fencang.messages.draft_signing import sign_approval, sign_proposal
from fencang.messages.events import CommandRejected
from fencang.messages.origin import Origin
from fencang.messages.reasons import Reason
from fencang.messages.record import decode_record
from fencang.refdata.limit import PositionLimit
from fencang.refdata.user import Role
from tests.serve.attacks.signed_desk import client_of, private_key, signed_desk
from tests.serve.process import eventually

SETTINGS = '[server]\nlisten = "127.0.0.1:0"\n'
LOOSER = PositionLimit(node_id="MASTER", scope_id="*", long_lots_max=9_999, short_lots_max=9_999)
RISK, COMPLIANCE = Role.RISK_OFFICER, Role.COMPLIANCE


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    found = signed_desk(tmp_path_factory.mktemp("forged"), SETTINGS, "--gateways", "1")

    def answers():
        try:
            return httpx.get(f"{found.url}/healthz").status_code == 200
        except httpx.HTTPError:
            return False

    eventually(answers, 60)
    yield found
    found.stop()
    found.has_told_no_secret()


def looser(**changes):
    """Return a definition that two persons sign elsewhere."""
    values = {
        "items": (LOOSER,),
        "entered_by": RISK.value,
    }
    return DefineDesk(**{**values, **changes})


def forged(desk, *commands):
    """Enter commands as a gateway would that somebody else has taken over."""

    async def enter():
        reader, writer = await asyncio.open_unix_connection(str(desk.data / LINK_NAME))
        writer.write(framed(Hello(LINK_PROTOCOL, "forged", 1 << 40)))
        assert isinstance(await read_frame(reader, FromDesk), Greeting)
        origin = Origin(RISK.value, "risk_officer-whole", "rest", "127.0.0.1", "", b"")
        for number, command in enumerate(commands, 1):
            writer.write(framed(Enter(number, command, origin, 1)))
        found = []
        while len(found) < len(commands):
            message = await read_frame(reader, FromDesk)
            if isinstance(message, Entered):
                found.append(decode_record(message.payload))
        writer.close()
        return found

    return asyncio.run(enter())


def test_a_command_past_the_gateway_lacks_the_signatures_and_is_refused(desk):
    """Law: whoever speaks for a gateway still cannot sign for two persons."""
    refusals = {
        "": Reason.SECOND_PERSON_REQUIRED,
        RISK.value: Reason.SIGNATURES_REQUIRED,
        COMPLIANCE.value: Reason.SIGNATURES_REQUIRED,
    }
    records = forged(desk, *(looser(approved_by=name) for name in refusals))
    for record, reason in zip(records, refusals.values(), strict=True):
        (rejected,) = record.events
        assert isinstance(rejected, CommandRejected)
        assert rejected.reason is reason
    with client_of(desk, COMPLIANCE) as client:
        found = client.get("/audit/records", params={"limit": 1000}).json()["records"]
    assert [each for each in found if each["origin"] and each["origin"]["user_id"] == RISK.value]


def test_signatures_of_others_over_other_commands_are_refused(desk):
    with client_of(desk, COMPLIANCE) as client:
        desk_id = _desk_id(client)
    good = sign_proposal(
        desk_id, looser(), private_key(RISK.value), maker=RISK.value, role=RISK, nonce=1
    )
    other = sign_proposal(
        desk_id, looser(), private_key("thief"), maker=RISK.value, role=RISK, nonce=1
    )
    moved = msgspec.structs.replace(good, body=other.body[:-1] + b"\x01")
    foreign = sign_proposal(
        "ab" * 32, looser(), private_key(RISK.value), maker=RISK.value, role=RISK, nonce=1
    )
    for record in forged(desk, other, moved, foreign):
        (rejected,) = record.events
        assert isinstance(rejected, CommandRejected)
        assert Reason.DRAFT_BODY_FAULTY <= rejected.reason <= Reason.DRAFT_SIGNATURE


def _desk_id(client):
    records = client.get("/audit/records", params={"limit": 1000}).json()["records"]
    events = [event for record in records for event in record["events"]]
    return next(each["desk_id"] for each in events if each["type"] == "AuthorityFounded")


def _text(data):
    return base64.b64encode(data).decode()


def test_a_draft_that_its_maker_approves_stays_open(desk):
    with client_of(desk, RISK) as maker, client_of(desk, COMPLIANCE) as checker:
        desk_id = _desk_id(maker)
        signed = sign_proposal(
            desk_id, looser(), private_key(RISK.value), maker=RISK.value, role=RISK, nonce=1
        )
        body = {
            "body": _text(signed.body),
            "role": RISK.value,
            "nonce": 1,
            "public_key": signed.public_key,
            "signature": _text(signed.signature),
        }
        proposed = maker.post("/drafts", json=body, headers={"Idempotency-Key": desk.name()})
        assert proposed.status_code == 200, proposed.text
        (event,) = proposed.json()["events"]
        draft = DraftProposed(
            draft_id=event["draft_id"],
            command=event["command"],
            body=signed.body,
            body_sha256=event["body_sha256"],
            maker=RISK.value,
            role=RISK,
            acts_for="",
            nonce=1,
            public_key=signed.public_key,
            signature=signed.signature,
            opens_ns=0,
            expires_ns=0,
        )

        def approve(client, name, role):
            own = sign_approval(desk_id, draft, private_key(name), checker=name, role=role)
            return client.post(
                f"/drafts/{draft.draft_id}/approve",
                json={
                    "role": role.value,
                    "public_key": own.public_key,
                    "signature": _text(own.signature),
                },
                headers={"Idempotency-Key": desk.name()},
            )

        alone = approve(maker, RISK.value, RISK)
        assert (alone.status_code, alone.json()["reason"]) == (422, Reason.DRAFT_SAME_PERSON)
        # The maker's signature, sent by the checker's key: the checker is whoever sends it.
        assert approve(checker, RISK.value, RISK).status_code == 422
        assert [row["draft_id"] for row in checker.get("/drafts").json()["rows"]]
        together = approve(checker, COMPLIANCE.value, COMPLIANCE)
        assert together.status_code == 200, together.text


# ----------------------------------------------------------------------------------------- the link


def test_the_link_is_reached_by_its_own_user_only(desk):
    found = (desk.data / LINK_NAME).stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert stat.S_IMODE(desk.data.stat().st_mode) == 0o700
    assert found.st_uid == os.getuid()


def test_another_user_who_reaches_the_socket_gets_no_word(tmp_path, monkeypatch):
    """The mode of a file may be changed by accident; who calls is asked besides."""

    async def call():
        link = DeskLink(None, None, None, Metrics(), lambda: 0)
        server = await link.serve(str(tmp_path / "desk.sock"))
        assert stat.S_IMODE((tmp_path / "desk.sock").stat().st_mode) == 0o600
        monkeypatch.setattr(os, "getuid", lambda: 65_534)
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "desk.sock"))
        writer.write(framed(Hello(LINK_PROTOCOL, "other", 0)))
        try:
            answer = await reader.read()
        except ConnectionError:
            answer = b""
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        server.close()
        await asyncio.sleep(0.1)
        return answer

    assert asyncio.run(call()) == b""


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xff\xff\xff" + b"a" * 100,
        b"\x00\x00\x00\x05hello",
        b"\x00\x00\x00\x00",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\x00\x00\x64" + b"\x91" * 100,
    ],
    ids=["huge", "no message", "empty", "http", "deep"],
)
def test_what_is_no_frame_ends_the_connection_and_the_desk_goes_on(desk, data):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(desk.data / LINK_NAME))
        line.settimeout(10)
        line.sendall(data)
        assert line.recv(100) == b""
    with client_of(desk, RISK) as client:
        assert client.get("/orders").status_code == 200
