"""``fencang risk stop`` and ``resume``: one person stops, two resume, slips stop nothing."""

import shutil

import pytest

from tests.app.program import replay_arguments, run, run_json


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    path = tmp_path_factory.mktemp("stopping") / "desk.journal"
    done = run(*replay_arguments(path, last="2024-01-15"))
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def journal(replayed, tmp_path):
    return shutil.copy(replayed, tmp_path / "desk.journal")


def stop(journal, *more, node="MASTER", confirm="MASTER"):
    words = ("--confirm", confirm, "--reason", "storm", "--data", journal)
    return "risk", "stop", node, *words, *more


def test_one_stops_and_two_resume(journal):
    done = run(*stop(journal, "--action", "reduce-only"))
    assert done.returncode == 0, done.stderr
    assert "MASTER is stopped (reduce only)" in done.stdout
    words = ("risk", "resume", "MASTER", "--reason", "calm", "--data", journal)
    alone = run(*words, "--approved-by", "risk")
    assert alone.returncode == 1
    assert "second person is the first" in alone.stdout
    both = run(*words, "--approved-by", "chief")
    assert both.returncode == 0, both.stdout


def test_a_slip_of_the_hand_stops_nothing(journal):
    found = run_json(*stop(journal, confirm="ALPHA"), status=1)
    assert found["reason"] == "confirmation differs"
    assert "nothing was stopped" in found["refused"]


@pytest.mark.parametrize("node", ["venue:EXCHANGE", "carrying:BROKER-1", "person:FIRM", "ALPHA"])
def test_every_kind_of_node_can_be_stopped(journal, node):
    done = run(*stop(journal, node=node, confirm=node))
    assert done.returncode == 0, done.stdout


def test_unknown_nodes_and_actions_are_told(journal):
    done = run(*stop(journal, node="NOBODY", confirm="NOBODY"))
    assert done.returncode == 1
    assert "nothing on this desk is called NOBODY" in done.stdout
    wrong = run(*stop(journal, "--action", "explode"))
    assert wrong.returncode == 2
    assert "it is one of reduce-only" in wrong.stderr
