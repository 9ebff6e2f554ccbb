"""``fencang alerts`` from outside: what people see, and what they say."""

import pytest

from fencang.app.serve.alerting import ALERTS_FILE
from fencang.gateways.alerts.kinds import KINDS, NOTICES
from tests.app.program import ROOT, run, run_json
from tests.gateways.alert_parts import NOON_NS, NotedChannel, Records, dispatch_of, open_store
from tests.gateways.test_alert_webhook import KEY, receiving

EXAMPLE = ROOT / "examples" / "server" / "server.toml"


@pytest.fixture
def data(tmp_path):
    """A folder with two alerts: one that arrived, one that did not."""
    records = Records()
    records.call("order 7", detail="the venue does not know it")
    store = open_store(tmp_path)
    dispatch_of(store, {"desk": NotedChannel()}, records).tick(NOON_NS)
    records.call("order [bold]8")
    dispatch_of(store, {"desk": NotedChannel(faults=1)}, records).tick(NOON_NS)
    store.close()
    return tmp_path


def test_open_alerts_are_listed_with_their_deliveries(data):
    found = run_json("alerts", "list", "--data", data, status=1)
    assert found["counts"] == {"open": 2, "waiting": 1, "dropped": 0}
    newest, oldest = found["alerts"]
    assert oldest["words"] == "the venue does not know it"
    assert oldest["deliveries"] == [{"channel": "desk", "state": "sent", "tries": 1, "fault": ""}]
    assert newest["deliveries"][0]["fault"] == "it did not listen"
    shown = run("alerts", "list", "--data", data)
    assert "order [bold]8" in shown.stdout
    assert "2 alerts open, 1 deliveries wait" in shown.stdout


def test_a_person_acknowledges_alerts(data):
    done = run("alerts", "acknowledge", 1, 2, "--by", "Kim", "--note", "calling", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 is looked after by Kim" in done.stdout
    again = run_json("alerts", "acknowledge", 2, 3, "--by", "Lee", "--data", data, status=1)
    assert again == {"acknowledged": [], "by": "Lee"}
    assert run_json("alerts", "list", "--data", data)["alerts"] == []
    kept = run_json("alerts", "list", "--all", "--data", data)["alerts"]
    assert {row["acknowledged_by"] for row in kept} == {"Kim"}
    assert run("alerts", "acknowledge", 1, "--by", " ", "--data", data).returncode == 2


def test_a_folder_without_alerts_is_said_to_be_one(tmp_path):
    done = run("alerts", "list", "--data", tmp_path)
    assert done.returncode == 2
    assert "no server has run there yet" in done.stderr
    (tmp_path / ALERTS_FILE).write_bytes(b"something else altogether " * 40)
    assert run("alerts", "list", "--data", tmp_path).returncode == 3


def test_kinds_are_listed():
    found = run_json("alerts", "kinds")["kinds"]
    assert [row["kind"] for row in found] == [*KINDS, *NOTICES]
    assert "docs/guide/stopping.md#the-kill-switch" in run("alerts", "kinds").stdout


def test_settings_are_checked():
    found = run_json("alerts", "check", EXAMPLE)
    reached = {row["kind"]: (row["route"], row["then"]) for row in found["routes"]}
    assert reached["OperatorCalled"] == ("now", "chief")
    assert reached["PlanProposed"] == ("", "")
    assert "whoever is on the risk desk" in run("alerts", "check", EXAMPLE).stdout


def test_faults_of_settings_are_all_told(tmp_path):
    path = tmp_path / "server.toml"
    path.write_text('[server]\nlisten = "everywhere"\n[alerts]\nattempts_max = 0\n')
    done = run("alerts", "check", path)
    assert done.returncode == 3
    assert "server.toml has 2 faults" in done.stderr


def test_channels_are_tried_on_request(tmp_path):
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "key").chmod(0o600)
    with receiving() as receiver:
        receiver.answers = [204, 500]
        (tmp_path / "server.toml").write_text(
            f"""
[[alerts.channel]]
id = "hook"
kind = "webhook"
url = "http://127.0.0.1:{receiver.port}/x"
key_file = "key"
allow_networks = ["127.0.0.0/8"]
[[alerts.route]]
id = "all"
channels = ["hook"]
"""
        )
        arguments = ("alerts", "check", tmp_path / "server.toml", "--send")
        assert run_json(*arguments)["sent"] == {"hook": ""}
        refused = run(*arguments)
    assert refused.returncode == 1
    assert "hook: 127.0.0.1 answered 500" in refused.stdout
