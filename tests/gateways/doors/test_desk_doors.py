"""All doors together over one folder: opened, closed, killed, opened again; watched keys."""

import pyotp
import pytest

from fencang.basics.time import SECOND_NS
from fencang.gateways.caller import Caller
from fencang.gateways.doors import watch
from fencang.gateways.doors.anomalies import Act, AnomalyKind
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.doors.faults import KeyFileUnusable, StoreInUse
from fencang.gateways.doors.opened import DeskDoors
from fencang.gateways.doors.people import LoginRequest
from fencang.gateways.secret import Secret
from fencang.messages.message import Interface
from fencang.signing.http_messages import SignaturePolicy
from tests.gateways.doors.door_desk import HOME, NOON, WEAK, chance, firm, signed

POLICY = SignaturePolicy(authorities=("desk.example",))
PASSWORD = Secret("a long enough word")


class Server:
    """The doors as a server has them, with a directory that followed a journal."""

    def __init__(self, folder):
        self.folder = folder
        self.directory = DefinedDirectory()
        self.directory.define([*firm().users.values(), *firm().keys.values()])
        self.open(NOON)

    def open(self, time_ns, **given):
        self.doors = DeskDoors(
            self.folder, "demo", self.directory, POLICY, time_ns, hashing=WEAK, **given
        )

    def kill(self, time_ns):
        self.doors._file.close()
        self.doors.people.close()
        self.open(time_ns)

    def admit(self, asked, time_ns=NOON):
        return self.doors.keeper.admit(asked, HOME, Interface.REST, time_ns)

    def log_in_first(self):
        enrolment = self.doors.people.enrolment
        code = enrolment.invite_at_host("ada", NOON, chance("code"))
        seed = enrolment.begin("ada", code, PASSWORD, NOON, chance("seed")).seed.reveal()
        self.authenticator = pyotp.TOTP(seed)
        now_s = NOON // SECOND_NS
        enrolment.finish("ada", code, Secret(self.authenticator.at(now_s)), NOON)
        code = Secret(self.authenticator.at(now_s + 30))
        request = LoginRequest("ada", PASSWORD, code, HOME)
        return self.doors.people.log_in(request, NOON + 30 * SECOND_NS, chance("session"))


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path)


@pytest.mark.parametrize("how", ["close", "kill"])
def test_everything_is_there_after_a_restart_and_no_request_counts_twice(server, how):
    session = server.log_in_first()
    asked = signed()
    assert isinstance(server.admit(asked), Caller)
    server.doors.frozen.freeze("trend-2", "looked wrong", NOON)
    then = NOON + 31 * SECOND_NS
    if how == "close":
        server.doors.close()
        server.open(then)
    else:
        server.kill(then)
    found = server.doors.people.caller_of(session, HOME, Interface.REST, then)
    assert found.user_id == "ada"
    assert not isinstance(server.admit(asked, NOON + SECOND_NS), Caller)
    assert server.admit(signed("trend-2", then), then).cause == "frozen"
    assert isinstance(server.admit(signed(time_ns=then), then), Caller)


def test_a_second_server_over_the_same_folder_is_refused(server):
    with pytest.raises(StoreInUse):
        Server(server.folder)
    assert isinstance(server.admit(signed()), Caller)


def test_a_key_file_that_is_lost_is_missed_and_not_made_anew(server):
    server.log_in_first()
    server.doors.close()
    key_file = server.folder / "secrets.key"
    key_file.rename(server.folder / "elsewhere.key")
    for _ in range(2):
        with pytest.raises(KeyFileUnusable, match="cannot be read"):
            server.open(NOON)
    server.open(NOON, key_file=server.folder / "elsewhere.key")


def test_who_left_while_the_server_was_down_is_ended_at_the_start(server):
    session = server.log_in_first()
    server.doors.close()
    leaver = server.directory.user("ada")
    server.directory.define([type(leaver)(user_id="ada", name="ada", is_active=False)])
    server.open(NOON + 40 * SECOND_NS)
    assert len(server.doors.people.sessions) == 0
    assert server.doors.people.caller_of(session, HOME, Interface.REST, NOON) is None


def test_ticks_close_what_ran_out_and_keep_the_disk_ahead(server):
    closed = []
    caller = server.admit(signed())
    server.doors.live.register(caller, lambda: closed.append(caller.key_id))
    assert server.doors.tick(NOON) == 0
    server.doors.watch.look("trend-1", Act(time_ns=NOON, address=HOME))
    for second in range(61):
        assert len(server.doors.watch._unsaved) == 1
        server.doors.tick_disk(NOON + second * SECOND_NS)
    assert len(server.doors.watch._unsaved) == 0
    until_ns = server.directory.api_key("trend-1").until_ns
    assert server.doors.tick(until_ns) == 1
    assert closed == ["trend-1"]


def drafts(server, count, begun=NOON):
    return [
        anomaly
        for number in range(count)
        for anomaly in server.doors.watch.look(
            "trend-1", Act(time_ns=begun + number * SECOND_NS, address=HOME, is_draft=True)
        )
    ]


def test_a_burst_of_drafts_freezes_the_key_before_anybody_is_asked(server):
    assert drafts(server, 20) == []
    assert isinstance(server.admit(signed()), Caller)
    (anomaly,) = drafts(server, 1, NOON + 30 * SECOND_NS)
    assert anomaly.kind is AnomalyKind.MANY_DRAFTS
    assert server.admit(signed()).cause == "frozen"
    assert server.doors.frozen.all()["trend-1"].reason == anomaly.words


def test_the_past_of_a_key_survives_a_restart(server):
    watched = server.doors.watch
    watched.look("trend-1", Act(time_ns=NOON, address=HOME))
    assert watched.save() == 1
    assert watched.save() == 0
    server.kill(NOON)
    (anomaly,) = server.doors.watch.look("trend-1", Act(time_ns=NOON, address="203.0.113.5"))
    assert anomaly.kind is AnomalyKind.NEW_ADDRESS
    server.doors.close()
    server.open(NOON)
    assert server.doors.watch.look("trend-1", Act(time_ns=NOON, address="203.0.113.5")) == ()


def test_watched_keys_are_bounded_in_memory_and_in_the_file(server, monkeypatch):
    monkeypatch.setattr(watch, "HISTORIES_MAX", 5)
    for number in range(20):
        server.doors.watch.look(f"key-{number}", Act(time_ns=NOON, address=HOME))
        server.doors.watch.save()
    assert len(server.doors.watch) == 5
    server.kill(NOON)
    assert len(server.doors.watch) == 5
