"""The store of nonces: once is once, over restarts, crashes, floods and clocks that are set."""

import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors import nonces
from fencang.gateways.doors.faults import StoreInUse, StoreUnusable
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.nonces import (
    CEILING_STEP_S,
    NONCE_SCHEMA,
    NonceAnswer,
    NonceBook,
    NonceWindow,
)
from tests.app.program import environment
from tests.gateways.doors.door_desk import NOON

NOON_S = NOON // SECOND_NS


def opened(path, time_ns=NOON):
    file = PrivateFile(path, NONCE_SCHEMA, is_sole=True)
    return file, NonceBook(file, time_ns)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "doors.sqlite"


def test_a_nonce_is_taken_once_for_each_key(path):
    _, book = opened(path)
    assert book.take("a", "n", NOON_S, NOON) is NonceAnswer.TAKEN
    assert book.take("a", "n", NOON_S, NOON) is NonceAnswer.USED
    assert book.take("b", "n", NOON_S, NOON) is NonceAnswer.TAKEN


def test_what_is_old_or_ahead_is_not_taken(path):
    _, book = opened(path, NOON - 100 * SECOND_NS)
    window = NonceWindow()
    assert book.take("a", "1", NOON_S - window.age_s_max - 1, NOON) is NonceAnswer.STALE
    assert book.take("a", "2", NOON_S - window.age_s_max, NOON) is NonceAnswer.TAKEN
    assert book.take("a", "3", NOON_S + window.ahead_s_max, NOON) is NonceAnswer.TAKEN
    assert book.take("a", "4", NOON_S + window.ahead_s_max + 1, NOON) is NonceAnswer.AHEAD


def test_a_new_file_takes_nothing_from_before_it(path):
    """If the file was taken away, what the old one took stays shut."""
    _, book = opened(path)
    assert book.take("a", "n", NOON_S - 1, NOON) is NonceAnswer.FORGOTTEN
    assert book.take("a", "n", NOON_S, NOON) is NonceAnswer.TAKEN


def test_a_store_that_was_closed_goes_on_where_it_was(path):
    file, book = opened(path)
    book.take("a", "n", NOON_S, NOON)
    book.close()
    file.close()
    later = NOON + SECOND_NS
    _, book = opened(path, later)
    assert book.take("a", "n", NOON_S, later) is NonceAnswer.USED
    assert book.take("a", "m", NOON_S, later) is NonceAnswer.TAKEN


def test_after_a_crash_nothing_that_could_have_been_taken_is_taken_and_fresh_ones_soon_are(path):
    file, book = opened(path)
    book.take("a", "n", NOON_S, NOON)
    file.close()
    _, book = opened(path, NOON + SECOND_NS)
    assert book.take("a", "n", NOON_S, NOON + SECOND_NS) is NonceAnswer.FORGOTTEN
    wait_s = book.wait_s(NOON + SECOND_NS)
    assert 0 < wait_s <= CEILING_STEP_S + 1
    then_s = NOON_S + 1 + wait_s
    assert book.take("a", "m", then_s, then_s * SECOND_NS) is NonceAnswer.TAKEN


def test_a_server_that_advances_never_waits_for_the_disk(path, monkeypatch):
    _, book = opened(path)
    for second in range(100):
        now = NOON + second * SECOND_NS
        book.advance(now)
        with monkeypatch.context() as patched:
            patched.setattr(book._file, "change", lambda *_: pytest.fail("a sync in the way"))
            assert book.take("a", f"{second}", NOON_S + second, now) is NonceAnswer.TAKEN


def test_the_disk_is_synced_once_in_two_seconds_at_most(path, monkeypatch):
    _, book = opened(path)
    syncs = []
    change = book._file.change
    monkeypatch.setattr(book._file, "change", lambda *a: (syncs.append(a), change(*a))[1])
    for number in range(6_000):
        now = NOON + number * SECOND_NS // 1_000
        assert book.take("a", f"{number}", now // SECOND_NS, now) is NonceAnswer.TAKEN
    assert len(syncs) <= 1 + 6 / CEILING_STEP_S


def test_a_disk_that_fails_lets_nothing_in(path, monkeypatch):
    _, book = opened(path)

    def fails(*_):
        raise StoreUnusable("full")

    with monkeypatch.context() as patched:
        patched.setattr(book._file, "change", fails)
        with pytest.raises(StoreUnusable):
            book.take("a", "n", NOON_S, NOON)
    assert book.take("a", "n", NOON_S, NOON) is NonceAnswer.TAKEN


def test_a_key_cannot_use_up_what_others_need(path, monkeypatch):
    monkeypatch.setattr(nonces, "NONCES_OF_KEY_MAX", 10)
    _, book = opened(path)
    answers = [book.take("a", f"{number}", NOON_S, NOON) for number in range(12)]
    assert answers[9:] == [NonceAnswer.TAKEN, NonceAnswer.TOO_MANY, NonceAnswer.TOO_MANY]
    assert book.take("b", "n", NOON_S, NOON) is NonceAnswer.TAKEN


def test_beyond_the_bound_the_oldest_second_is_shut_for_good(path, monkeypatch):
    monkeypatch.setattr(nonces, "NONCES_MAX", 10)
    _, book = opened(path, NOON - 10 * SECOND_NS)
    for number in range(10):
        book.take("a", f"old {number}", NOON_S - 5, NOON)
    assert book.take("b", "new", NOON_S, NOON) is NonceAnswer.TAKEN
    assert len(book) == 1
    assert book.take("a", "old 3", NOON_S - 5, NOON) is NonceAnswer.FORGOTTEN


def test_what_is_stale_is_forgotten_and_a_clock_set_back_brings_nothing_back(path):
    _, book = opened(path)
    book.take("a", "n", NOON_S, NOON)
    much_later = NOON + 3_600 * SECOND_NS
    book.take("a", "m", NOON_S + 3_600, much_later)
    assert len(book) == 1
    assert book.take("a", "n", NOON_S, NOON) is NonceAnswer.FORGOTTEN


def test_a_hundred_thousand_nonces_stay_bounded(path):
    _, book = opened(path)
    for number in range(100_000):
        now = NOON + number * SECOND_NS // 1_000
        book.take(f"key {number % 7}", f"{number}", now // SECOND_NS, now)
        assert len(book) <= 33_000


def test_two_processes_cannot_take_nonces_of_one_file(path):
    opened(path)
    with pytest.raises(StoreInUse):
        opened(path)


def test_the_file_is_its_owners_alone(path):
    _, book = opened(path)
    book.take("a", "n", NOON_S, NOON)
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from tests.gateways.doors.test_nonces import opened, NOON, NOON_S
    file, book = opened(Path(sys.argv[1]))
    print(*(book.take("a", str(n), NOON_S + n // 500, NOON + n * 2_000_000).value
            for n in range(2_000)), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_nine_in_the_middle_lets_no_signature_in_twice(path):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(path)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["taken"] * 2_000, done.stderr
    now = NOON + 4 * SECOND_NS
    _, book = opened(path, now)
    again = {book.take("a", str(n), NOON_S + n // 500, now) for n in range(2_000)}
    assert NonceAnswer.TAKEN not in again


class Careless(RuleBasedStateMachine):
    """Law: whatever happens in between, no nonce is taken twice and the floor never sinks."""

    def __init__(self):
        super().__init__()
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "doors.sqlite"
        self.now = NOON
        self.file, self.book = opened(self.path, self.now)
        self.taken = []
        self.floor = self.book.floor_s

    def teardown(self):
        self.file.close()
        self.folder.cleanup()

    @rule(key=st.sampled_from("ab"), nonce=st.integers(0, 5), back=st.integers(-7, 33))
    def ask(self, key, nonce, back):
        created_s = self.now // SECOND_NS - back
        answer = self.book.take(key, str(nonce), created_s, self.now)
        if answer is NonceAnswer.TAKEN:
            assert (key, nonce, created_s) not in self.taken
            self.taken.append((key, nonce, created_s))

    @rule(data=st.data())
    def replay(self, data):
        if self.taken:
            key, nonce, created_s = data.draw(st.sampled_from(self.taken))
            answer = self.book.take(key, str(nonce), created_s, self.now)
            assert answer is not NonceAnswer.TAKEN

    @rule(ms=st.integers(0, 40_000))
    def pass_time(self, ms):
        self.now += ms * 1_000_000

    @rule(seconds=st.integers(-100, 100))
    def set_clock(self, seconds):
        self.now += seconds * SECOND_NS

    @rule()
    def advance(self):
        self.book.advance(self.now)

    @rule()
    def crash(self):
        self.file.close()
        self.file, self.book = opened(self.path, self.now)

    @rule()
    def restart(self):
        self.book.close()
        self.crash()

    @invariant()
    def the_floor_never_sinks(self):
        assert self.book.floor_s >= self.floor
        self.floor = self.book.floor_s


TestCareless = Careless.TestCase
TestCareless.settings = settings(max_examples=20, stateful_step_count=30)


@given(st.lists(st.sampled_from(["take", "crash"]), max_size=8))
@settings(max_examples=20)
def test_crashes_in_a_row_shut_the_door_for_a_few_seconds_only(tmp_path_factory, acts):
    path = tmp_path_factory.mktemp("crashes") / "doors.sqlite"
    file, book = opened(path)
    for number, act in enumerate(acts):
        if act == "take":
            book.take("a", str(number), NOON_S, NOON)
        else:
            file.close()
            file, book = opened(path)
    assert book.wait_s(NOON) <= CEILING_STEP_S + 1
    file.close()
