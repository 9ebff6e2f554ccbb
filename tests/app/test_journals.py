"""Which journal ``--data`` means: the same one to every command."""

import pytest

from fencang.app.exit_status import InputFault
from fencang.app.journals import journal_in


def made(folder, *names):
    for name in names:
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        (["minimal.journal"], "minimal.journal"),
        (["journal"], "journal"),
        (["journal", "old.journal"], "journal"),
        (["minimal.journal", "minimal.journal.lock", "notes"], "minimal.journal"),
    ],
)
def test_a_data_directory_has_one_journal(tmp_path, names, meant):
    assert journal_in(made(tmp_path, *names)) == tmp_path / meant


def test_a_journal_may_be_named_itself(tmp_path):
    path = made(tmp_path, "a.journal", "b.journal") / "b.journal"
    assert journal_in(path) == path


def test_none_and_several_are_told(tmp_path):
    with pytest.raises(InputFault, match="holds no journal"):
        journal_in(tmp_path)
    made(tmp_path, "a.journal", "b.journal")
    with pytest.raises(InputFault, match="holds 2 journals; name one with --data"):
        journal_in(tmp_path)
    with pytest.raises(InputFault, match="no journal and no data directory"):
        journal_in(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "command", [("money",), ("greeks",), ("limits",), ("envelopes",), ("explain", "1")]
)
def test_every_command_asks_for_it_alike(tmp_path, command):
    from tests.app.program import run

    done = run(*command, "--data", tmp_path)
    assert done.returncode == 3
    assert f"{tmp_path} holds no journal" in " ".join(done.stderr.split())
