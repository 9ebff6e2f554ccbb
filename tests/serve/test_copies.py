"""Copies of a desk: bounded, ended when they are silent or idle, never in the desk's way."""

import asyncio
from pathlib import Path

import pytest

from fencang.app.serve.copies.keeper import CopyKeeper, Patience
from fencang.app.serve.copies.kept import COMPUTED_MAX, KeptInput, KeptInputs
from fencang.app.serve.copies.questions import CopyQuestions
from fencang.gateways.ports import DeskBusy, DeskStopped
from fencang.planning.computation import AccountInput, PlanInput
from fencang.planning.parameters import VolatilityParameters
from tests.serve.process import ServedDesk, eventually


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data directory that a desk has left behind: copies only read."""
    served = ServedDesk(tmp_path_factory.mktemp("left") / "data").start()
    served.stop()
    return served.data


def on_loop(folder, check, kind="margin", **patience):
    """Run a check with a keeper, and end the keeper's process whatever happens."""

    async def run():
        keeper = CopyKeeper(kind, folder, Patience(**patience))
        try:
            return await check(keeper)
        finally:
            await keeper.close()
            assert keeper.process_id is None

    return asyncio.run(run())


def lives(process_id):
    try:
        stat = Path(f"/proc/{process_id}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_one_process_answers_many_questions(folder):
    async def check(keeper):
        first = await keeper.ask("attribution", b"", "a")
        process_id = keeper.process_id
        answers = await asyncio.gather(*(keeper.ask("attribution", b"", "a") for _ in range(3)))
        assert answers == [first] * 3
        assert keeper.process_id == process_id
        return process_id

    assert not lives(on_loop(folder, check))


@pytest.mark.long
def test_a_copy_that_fails_is_ended_and_the_next_question_has_another(folder):
    async def check(keeper):
        with pytest.raises(DeskBusy, match="it failed"):
            await keeper.ask("nothing like that", b"", "a")
        assert keeper.process_id is None
        assert await keeper.ask("attribution", b"", "a")

    on_loop(folder, check)


def test_a_copy_that_says_nothing_is_ended(folder):
    async def check(keeper):
        with pytest.raises(DeskBusy, match="were not enough"):
            await keeper.ask("attribution", b"", "a")
        assert keeper.process_id is None

    on_loop(folder, check, silence_s=0.001)


def test_whoever_has_waited_long_enough_is_told_to_ask_again(folder):
    async def check(keeper):
        with pytest.raises(DeskBusy, match="ask again"):
            await keeper.ask("attribution", b"", "a")
        keeper._patience = Patience()
        assert await keeper.ask("attribution", b"", "a")

    on_loop(folder, check, answer_s=0.01)


def test_few_wait_and_fewer_of_one_key(folder):
    async def check(keeper):
        asked = [asyncio.create_task(keeper.ask("attribution", b"", "a")) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(DeskBusy, match="of this key"):
            await keeper.ask("attribution", b"", "a")
        other = asyncio.create_task(keeper.ask("attribution", b"", "b"))
        await asyncio.sleep(0)
        with pytest.raises(DeskBusy, match="about margin"):
            await keeper.ask("attribution", b"", "c")
        assert len({*await asyncio.gather(*asked, other)}) == 1
        assert await keeper.ask("attribution", b"", "a")

    on_loop(folder, check, waiting_max=3, waiting_of_key_max=2)


@pytest.mark.long
def test_a_copy_that_nobody_asks_ends(folder):
    async def check(keeper):
        await keeper.ask("attribution", b"", "a")
        process_id = keeper.process_id
        await asyncio.to_thread(eventually, lambda: not lives(process_id))
        assert await keeper.ask("attribution", b"", "a")

    on_loop(folder, check, idle_s=0.2)


def test_a_copy_ends_with_the_process_that_asks_it(folder):
    async def check(keeper):
        await keeper.ask("attribution", b"", "a")
        process = keeper._process._process
        process.stdin.close()
        async with asyncio.timeout(20):
            assert await process.wait() == 0

    on_loop(folder, check)


def test_nothing_is_asked_of_a_desk_that_ends(folder):
    async def check():
        questions = CopyQuestions(folder)
        await questions.close()
        with pytest.raises(DeskStopped):
            await questions.attribution("a")

    asyncio.run(check())


def kept(number):
    given = PlanInput(
        owner_id="FIRM",
        total_micros=number,
        releasable_micros=0,
        at_sequence=1,
        parameters=VolatilityParameters(),
        accounts=(AccountInput("ALPHA", 5, 1, ((20240102, 1, 5),), "elsewhere"),),
    )
    return KeptInput(given, 1, None, ())


def test_inputs_are_kept_by_their_hash_and_proposed_ones_for_ever(tmp_path):
    inputs = KeptInputs(tmp_path)
    first = inputs.keep(kept(0))
    assert inputs.find(first, is_proposed=True) == kept(0)
    names = [inputs.keep(kept(number)) for number in range(1, COMPUTED_MAX + 2)]
    assert inputs.find(first) == kept(0)
    assert inputs.find(names[-1]) == kept(COMPUTED_MAX + 1)
    assert len([*(tmp_path / "computed").iterdir()]) == COMPUTED_MAX
    assert inputs.find(names[0]) is None
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*.msgpack")} == {0}


def test_an_input_that_was_changed_is_not_found(tmp_path):
    inputs = KeptInputs(tmp_path)
    name, other = inputs.keep(kept(1)), inputs.keep(kept(2))
    computed = tmp_path / "computed"
    (computed / f"{other}.msgpack").replace(computed / f"{name}.msgpack")
    assert inputs.find(name) is None
    (computed / f"{name}.msgpack").write_bytes(b"\xc1")
    assert inputs.find(name) is None
    assert inputs.find("../computed/" + other) is None
