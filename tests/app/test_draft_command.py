"""``fencang keys`` and ``fencang draft``: two people sign on their own machine's journal."""

import json
import shutil
import stat

import pytest

from tests.app.program import ROOT, replay_arguments, run, run_json

EXAMPLE = ROOT / "examples" / "authority"
PEOPLE = (("ann", "operations"), ("rob", "risk_officer"), ("carl", "compliance"))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A desk that asks for signatures, and the keys of its people."""
    folder = tmp_path_factory.mktemp("office")
    journal = folder / "desk.journal"
    done = run(*replay_arguments(journal, last="2024-01-10"))
    assert done.returncode == 0, done.stderr
    for name, role in PEOPLE:
        words = ("--user", name, "--role", role, "--table", folder / "people.toml")
        done = run("keys", "new", "--out", folder / f"{name}.key", *words)
        assert done.returncode == 0, done.stderr
    files = (folder / "people.toml", EXAMPLE / "authority.toml")
    done = run("draft", "found", *files, "--data", journal, "--by", "ops", "--approved-by", "boss")
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def folder(office, tmp_path):
    shutil.copytree(office, tmp_path / "office")
    return tmp_path / "office"


def words(folder, name):
    key = folder / f"{name}.key"
    return (
        "--data",
        folder / "desk.journal",
        "--as",
        name,
        "--role",
        dict(PEOPLE)[name],
        "--key",
        key,
    )


def propose(folder, file=EXAMPLE / "limit.toml", name="ann"):
    return run_json("draft", "propose", file, *words(folder, name))["draft_id"]


def on(folder, *more):
    return (*more, "--data", folder / "desk.journal")


def test_a_key_is_for_its_owner_alone_and_never_written_over(tmp_path):
    path = tmp_path / "a.key"
    made = run_json("keys", "new", "--out", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert run_json("keys", "show", path)["public_key"] == made["public_key"]
    again = run("keys", "new", "--out", path)
    assert again.returncode == 3
    assert "never written over" in again.stderr
    path.chmod(0o640)
    assert "others may read" in run("keys", "show", path).stderr


def test_what_a_key_file_holds_is_never_shown(tmp_path):
    path = tmp_path / "a.key"
    done = run("keys", "new", "--out", path, "--user", "ann", "--role", "operations")
    secret = path.read_text().splitlines()[1]
    shown = run("keys", "show", path)
    path.write_text(f"fencang private key 1\n{secret[:-1]}\n")
    broken = run("keys", "show", path)
    assert broken.returncode == 3
    for told in (done, shown, broken):
        assert secret[:20] not in told.stdout + told.stderr


@pytest.mark.parametrize("more", [("--table", "t.toml"), ("--user", "a", "--role", "king")])
def test_a_table_says_whose_it_is(tmp_path, more):
    assert run("keys", "new", "--out", tmp_path / "a.key", *more).returncode == 2
    assert not (tmp_path / "a.key").exists()


def test_two_people_change_a_limit(folder):
    draft_id = propose(folder)
    shown = run(*on(folder, "draft", "show", str(draft_id))).stdout
    assert "proposed by ann as operations" in shown
    assert "PositionLimit MASTER *: long lots max 5000 → 6000" in shown
    done = run("draft", "approve", str(draft_id), *words(folder, "rob"), "--yes")
    assert done.returncode == 0, done.stderr
    assert "rob as risk_officer will approve draft 1 of DefineDesk" in done.stdout
    shown = run(*on(folder, "draft", "show", str(draft_id))).stdout
    assert "approved by rob as risk_officer" in shown
    assert "long lots max 5000 → 6000" in shown


def test_signing_asks_once_more(folder):
    draft_id = propose(folder)
    done = run("draft", "approve", str(draft_id), *words(folder, "rob"))
    assert done.returncode != 0
    assert len(run_json(*on(folder, "draft", "list"))) == 1


def test_the_maker_does_not_approve(folder):
    draft_id = propose(folder, name="rob")
    found = run_json("draft", "approve", str(draft_id), *words(folder, "rob"), status=1)
    assert found["reason"] == "draft same person"


def test_a_key_of_somebody_else_signs_nothing(folder):
    shutil.copy(folder / "rob.key", folder / "ann.key")
    found = run_json("draft", "propose", EXAMPLE / "limit.toml", *words(folder, "ann"), status=1)
    assert found["reason"] == "draft key"


def test_a_draft_is_reverted_by_another_one(folder):
    first = propose(folder)
    run_json("draft", "approve", str(first), *words(folder, "rob"))
    second = run_json("draft", "revert", str(first), *words(folder, "ann"))["draft_id"]
    found = run_json(*on(folder, "draft", "diff", str(second)))["changes"]
    assert [(each["before"], each["after"]) for each in found] == [(6000, 5000)] * 2
    run_json("draft", "approve", str(second), *words(folder, "carl"))
    again = run("draft", "revert", str(second + 1), *words(folder, "ann"))
    assert again.returncode == 3


def test_what_was_not_applied_is_not_reverted(folder):
    draft_id = propose(folder)
    done = run("draft", "revert", str(draft_id), *words(folder, "ann"))
    assert done.returncode == 3
    assert "only an applied one is reverted" in done.stderr


def test_one_person_rejects_and_the_maker_withdraws(folder):
    first, second = propose(folder), propose(folder)
    run_json(*on(folder, "draft", "reject", str(first), "--as", "carl", "--reason", "too wide"))
    run_json(*on(folder, "draft", "withdraw", str(second), "--as", "ann"))
    assert run(*on(folder, "draft", "list")).stdout == "No draft is open.\n"
    found = run_json(*on(folder, "draft", "list", "--all"))
    assert [each["state"] for each in found] == ["rejected", "withdrawn"]
    assert found[0]["reason"] == "too wide"


def test_a_command_is_proposed_by_its_fields(folder, tmp_path):
    file = tmp_path / "withdraw.json"
    fields = {
        "command": "WithdrawCash",
        "carrying_account_id": "BROKER-1",
        "owner_id": "FIRM",
        "currency": "USD",
        "amount_micros": 1_000_000,
    }
    file.write_text(json.dumps(fields))
    draft_id = propose(folder, file)
    assert "WithdrawCash: amount 1.00" in run(*on(folder, "draft", "diff", str(draft_id))).stdout
    run_json("draft", "approve", str(draft_id), *words(folder, "carl"))
    stop = {"command": "SetTradingState", "node_id": "MASTER", "trading_state": "active"}
    file.write_text(json.dumps({**stop, "reason": "calm"}))
    assert propose(folder, file) == draft_id + 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is not JSON"),
        ("[]", "names the type of a command"),
        ('{"command": "Nonsense"}', "names the type of a command"),
        ('{"command": "WithdrawCash", "lots": 1}', "lots is no field of WithdrawCash"),
        ('{"command": "WithdrawCash"}', "amount_micros is missing"),
        ('{"command": "ApprovePlan", "plan_id": -1}', "plan_id"),
    ],
)
def test_faults_of_a_proposal_are_told(folder, tmp_path, text, told):
    file = tmp_path / "faulty.json"
    file.write_text(text)
    done = run("draft", "propose", file, *words(folder, "ann"))
    assert done.returncode == 3
    assert told in done.stderr


def test_the_proposer_is_told_what_the_desk_would_say(folder, tmp_path):
    file = tmp_path / "nobody.toml"
    file.write_text('[[limit]]\nnode = "NOBODY"\nlots = 5\n')
    done = run("draft", "propose", file, *words(folder, "ann"))
    assert "the desk would refuse it today (faulty definition)" in done.stdout
    found = run_json("draft", "approve", "1", *words(folder, "rob"), status=1)
    assert found["reason"] == "faulty definition"
    shown = run(*on(folder, "draft", "show", "1")).stdout
    assert "draft 1: DefineDesk, refused" in shown
    assert "no sub-account or master account NOBODY" in shown


def test_two_names_are_no_signatures_any_more(folder):
    done = run(
        *on(folder, "risk", "resume", "MASTER", "--reason", "calm"),
        *("--by", "rob", "--approved-by", "carl"),
    )
    assert done.returncode == 1
    assert "propose the command as a draft" in done.stdout


def test_a_desk_is_founded_once(folder):
    done = run(
        *on(folder, "draft", "found", folder / "people.toml"),
        *("--by", "ops", "--approved-by", "boss"),
    )
    assert done.returncode == 3
    assert "has an authority already" in done.stderr


def test_a_desk_without_an_authority_has_no_drafts(tmp_path):
    journal = tmp_path / "desk.journal"
    run(*replay_arguments(journal, last="2024-01-03"))
    run("keys", "new", "--out", tmp_path / "ann.key")
    done = run("draft", "propose", EXAMPLE / "limit.toml", *words(tmp_path, "ann"))
    assert done.returncode == 3
    assert "asks for no signatures" in done.stderr


def test_a_role_is_one_of_the_roles(folder):
    given = list(words(folder, "ann"))
    given[given.index("--role") + 1] = "king"
    assert run("draft", "propose", EXAMPLE / "limit.toml", *given).returncode == 2
