"""Drafts over the API from the command line: two persons, two keys each, one served desk.

What signs a draft never leaves its file, and what is signed is read from the bytes themselves.
"""

import base64
import json

import pytest
from msgspec.structs import replace

from fencang.app.commands.keys import private_key_in
from fencang.app.commands.remote_drafts import is_of_same
from fencang.client import Desk
from fencang.client.errors import NotAllowed, Outdated, Refused
from fencang.client.types import PositionLimit
from fencang.messages.commands import DefineDesk, SetTradingState
from fencang.messages.message import TradingState
from fencang.refdata.limit import PositionLimit as Limit
from tests.app.program import EXAMPLE, ROOT, run, run_json
from tests.serve.process import ServedDesk, eventually

PEOPLE = (("ann", "operations"), ("rob", "risk_officer"), ("carl", "compliance"))
SCOPES = ("drafts:read", "contracts:read", "limits:read", "drafts:tighten")
APPROVES = ("drafts:approve", "limits:tighten")
LIMIT = ROOT / "examples" / "authority" / "limit.toml"


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """Return the folder of a desk file that names people and keys, with their keys."""
    folder = tmp_path_factory.mktemp("office")
    table = folder / "people.toml"
    for name, role in PEOPLE:
        who = ("--user", name, "--table", table)
        scopes = SCOPES + (APPROVES if name != "ann" else ())
        said = [word for scope in scopes for word in ("--scope", scope)]
        for words in (
            ("--out", folder / f"{name}.key", "--role", role, *who),
            ("--out", folder / f"{name}-1.key", "--key-id", f"{name}-1", *said, *who),
        ):
            done = run("keys", "new", *words)
            assert done.returncode == 0, done.stderr
    desk = (EXAMPLE / "desk.toml").read_text()
    authority = (LIMIT.parent / "authority.toml").read_text()
    (folder / "desk.toml").write_text(f"{desk}\n{authority}\n{table.read_text()}")
    return folder


@pytest.fixture(scope="module")
def desk(office):
    served = ServedDesk(office / "data", desk=office / "desk.toml").start()
    yield served
    served.stop()


def asked(desk, folder, name):
    """Return the options by which somebody asks the server."""
    return (
        "--server",
        desk.url,
        "--request-key",
        folder / f"{name}-1.key",
        "--key-id",
        f"{name}-1",
    )


def signing(desk, folder, name):
    role = dict(PEOPLE)[name]
    who = ("--as", name, "--role", role, "--key", folder / f"{name}.key")
    return (*asked(desk, folder, name), *who)


def client_of(desk, folder, name):
    return Desk(desk.url, key_file=folder / f"{name}-1.key", key_id=f"{name}-1")


def propose(desk, folder, lots, name="ann"):
    file = folder / f"limit-{lots}.toml"
    file.write_text(f'[[limit]]\nnode = "MASTER"\nlots = {lots}\n')
    return run_json("draft", "propose", file, *signing(desk, folder, name))["draft_id"]


def lots_of_master(desk, folder):
    with client_of(desk, folder, "rob") as client:
        return client.position_limits.get("MASTER|*").item.long_lots_max


def test_two_people_change_a_limit_of_a_served_desk(desk, office):
    before = lots_of_master(desk, office)
    told = run("draft", "propose", LIMIT, *signing(desk, office, "ann"))
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"PositionLimit MASTER *: long lots max {before} → 6000" in told.stdout
    (draft,) = run_json("draft", "list", *asked(desk, office, "rob"))
    shown = run("draft", "show", draft["draft_id"], *asked(desk, office, "rob")).stdout
    assert "proposed by ann as operations" in shown
    assert f"long lots max {before} → 6000" in shown
    assert lots_of_master(desk, office) == before
    number = draft["draft_id"]
    done = run("draft", "approve", number, *signing(desk, office, "rob"), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"long lots max {before} → 6000" in done.stdout
    assert "as it is, says the server: node_id MASTER, scope_id *" in done.stdout
    assert lots_of_master(desk, office) == 6000
    (closed,) = (
        each
        for each in run_json("draft", "list", "--all", *asked(desk, office, "ann"))
        if each["draft_id"] == number
    )
    assert (closed["state"], closed["closed_by"]) == ("applied", "rob")
    again = run("draft", "approve", number, *signing(desk, office, "carl"), "--yes")
    assert again.returncode == 3
    assert "applied; nothing was signed" in again.stderr

    told = run("draft", "revert", number, *signing(desk, office, "ann"), "--yes")
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"long lots max 6000 → {before}" in told.stdout
    (back,) = run_json("draft", "list", *asked(desk, office, "carl"))
    again = run("draft", "revert", back["draft_id"], *signing(desk, office, "ann"), "--yes")
    assert again.returncode == 3
    assert "only an applied one is taken back" in again.stderr
    run_json("draft", "approve", back["draft_id"], *signing(desk, office, "carl"))
    assert lots_of_master(desk, office) == before


def test_what_the_server_would_go_back_to_is_of_the_draft_or_not_signed():
    """A false server: it gives other values, or those of another person, to be signed."""
    stated = Limit(node_id="MASTER", scope_id="*", long_lots_max=5, short_lots_max=5)
    other = replace(stated, node_id="ALPHA")
    draft = DefineDesk(items=(replace(stated, long_lots_max=6),), entered_by="ann")
    assert is_of_same(DefineDesk(items=(stated,), entered_by="rob"), draft, "rob")
    for items, by in (((other,), "rob"), ((stated, other), "rob"), ((), "rob"), ((stated,), "ann")):
        assert not is_of_same(DefineDesk(items=items, entered_by=by), draft, "rob")
    state = SetTradingState(
        node_id="MASTER", trading_state=TradingState.HALTED, reason="", entered_by="rob"
    )
    assert not is_of_same(state, draft, "rob")
    assert is_of_same(state, replace(state, entered_by="ann"), "rob")
    assert not is_of_same(replace(state, node_id="ALPHA"), state, "rob")


@pytest.mark.long
def test_what_one_person_proposes_the_same_does_not_approve(desk, office):
    number = propose(desk, office, 6100, "rob")
    found = run_json("draft", "approve", number, *signing(desk, office, "rob"), status=1)
    assert found["reason"] == "draft same person"
    assert run_json("draft", "withdraw", number, *asked(desk, office, "rob"))["refused"] == ""


@pytest.mark.long
def test_a_draft_is_rejected_with_words_that_stay(desk, office):
    number = propose(desk, office, 6200)
    words = ("--reason", "as it was agreed")
    assert run("draft", "reject", number, *asked(desk, office, "carl"), *words).returncode == 0
    shown = run("draft", "show", number, *asked(desk, office, "ann")).stdout
    assert "rejected by carl" in shown
    assert "reason: as it was agreed" in shown


def test_nobody_sends_the_signature_of_another(desk, office):
    mixed = (*asked(desk, office, "rob"), *signing(desk, office, "ann")[6:])
    done = run("draft", "propose", LIMIT, *mixed)
    assert done.returncode == 3
    assert "rob-1 is a key of rob, and ann signs" in done.stderr


@pytest.mark.long
def test_bytes_that_are_not_the_drafts_are_not_signed(desk, office, monkeypatch):
    from fencang.app.commands import remote_drafts
    from fencang.app.exit_status import InputFault

    number, other = propose(desk, office, 6300), propose(desk, office, 6301)
    with client_of(desk, office, "rob") as client:
        lying = client.drafts.get(other)
        honest = client.drafts.get(number)
        assert base64.b64decode(honest.body) != base64.b64decode(lying.body)

        class Drafts:
            def get(self, _):
                return type(honest)(
                    **{
                        name: getattr(honest, name)
                        for name in honest.__struct_fields__
                        if name != "body"
                    },
                    body=lying.body,
                )

        class Lying:
            drafts = Drafts()

        with pytest.raises(InputFault, match="other bytes than the server says"):
            remote_drafts._draft(Lying(), number)
        for each in (number, other):
            client.drafts.reject(each)


def test_the_server_never_sees_what_signs(desk, office):
    for name, _ in PEOPLE:
        for file in (f"{name}.key", f"{name}-1.key"):
            secret = (office / file).read_text().splitlines()[1]
            for path in (office / "data").rglob("*"):
                if path.is_file():
                    content = path.read_bytes()
                    assert secret.encode() not in content
                    assert bytes.fromhex(secret) not in content
    assert private_key_in(office / "ann.key").public_key.hex in (office / "desk.toml").read_text()


def test_what_loosens_is_not_changed_by_one_person_and_what_tightens_is(desk, office):
    with client_of(desk, office, "rob") as client:
        stated = client.position_limits.get("MASTER|*")

        def put(lots, version):
            row = PositionLimit(
                node_id="MASTER", scope_id="*", long_lots_max=lots, short_lots_max=lots
            )
            return client.position_limits.put("MASTER|*", item=row, if_match=version)

        with pytest.raises(Refused) as caught:
            put(stated.item.long_lots_max + 1, stated.version)
        assert caught.value.reason_name in {"signatures_required", "second_person_required"}
        lower = put(stated.item.long_lots_max - 1, stated.version)
        assert client.position_limits.get("MASTER|*") == lower
        with pytest.raises(Outdated):
            put(stated.item.long_lots_max - 2, stated.version)
    with client_of(desk, office, "ann") as client, pytest.raises(NotAllowed):
        client.position_limits.put("MASTER|*", item=lower.item, if_match=lower.version)


@pytest.mark.long
def test_a_place_is_named_once(desk, office, tmp_path):
    both = run("draft", "list", "--data", tmp_path, *asked(desk, office, "ann"))
    neither = run("draft", "list")
    unsigned = run("draft", "list", "--server", desk.url)
    assert [each.returncode for each in (both, neither, unsigned)] == [2, 2, 2]
    assert "--request-key FILE and --key-id NAME" in unsigned.stderr
    gone = run("draft", "list", "--server", "http://127.0.0.1:9", *asked(desk, office, "ann")[2:])
    assert gone.returncode == 3


@pytest.mark.long
def test_a_draft_waits_through_a_crash(desk, office):
    before = lots_of_master(desk, office)
    number = propose(desk, office, before + 7)
    desk.kill()
    desk.start()
    done = eventually(
        lambda: (
            (
                found := run("draft", "approve", number, *signing(desk, office, "carl"), "--json")
            ).returncode
            == 0
            and found
        )
    )
    assert json.loads(done.stdout)["refused"] == ""
    assert lots_of_master(desk, office) == before + 7
