"""kill -9 in the middle of telling, again and again on one queue."""

import json
import random
import subprocess
import sys
import time

from fencang.gateways.alerts.routes import Route, Routing
from fencang.gateways.alerts.store import DeliveryState
from tests.gateways.alert_parts import open_store
from tests.gateways.test_alert_webhook import hang_up, receiving

ALERTS = 300
KILLS = 6


def test_every_alert_reaches_every_channel_however_the_process_ended(tmp_path):
    """Law: at least once, exactly one row for alert and channel, no record told as two alerts."""
    chance = random.Random(7)
    with receiving() as receiver:
        command = [sys.executable, "-m", "tests.gateways.alerting_child"]
        command += [str(tmp_path), str(receiver.port), str(ALERTS)]
        for kill in range(KILLS):
            receiver.answers = [chance.choice([204, 500, hang_up]) for _ in range(5)]
            child = subprocess.Popen(command, stdout=subprocess.PIPE)
            assert child.stdout.readline() == b"began\n"
            time.sleep(0.011 * kill)  # wherever that is in a delivery
            child.kill()
            child.communicate()
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        assert done.stdout.split() == [b"began", b"done"]
        arrived = {"/one": [], "/two": []}
        for path, _, body in receiver.taken:
            arrived[path] += [each["alert_id"] for each in json.loads(body)["alerts"]]
    store = open_store(tmp_path, Routing([Route("all", ("one", "two"))]))
    kept = store.alerts(only_open=False)
    assert sorted(alert.subject for alert in kept) == sorted(f"order {n}" for n in range(ALERTS))
    assert all(alert.count == 1 for alert in kept)
    for alert in kept:
        states = [(name, state) for name, state, _, _ in store.deliveries(alert.alert_id)]
        assert states == [("one", DeliveryState.SENT), ("two", DeliveryState.SENT)]
    for numbers in arrived.values():
        assert set(numbers) == {str(alert.alert_id) for alert in kept}
    store.close()
