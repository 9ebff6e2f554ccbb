"""Alerts at work in a process that is going to be killed: python -m … FOLDER PORT RECORDS.

It reads the same journal of made-up records each time, posts to a webhook on loopback, and prints a
line when all is delivered.
"""

import ipaddress
import random
import sys
import time
from pathlib import Path

from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.routes import Route, Routing
from fencang.gateways.alerts.service import sending_threads
from fencang.gateways.alerts.store import DeliveryTerms
from fencang.gateways.alerts.webhook import WebhookChannel, WebhookTerms
from fencang.gateways.secret import Secret
from tests.gateways.alert_parts import Records, dispatch_of, open_store

TERMS = DeliveryTerms(
    attempts_max=1_000,
    retry_first_ns=SECOND_NS // 100,
    retry_longest_ns=SECOND_NS // 20,
    lease_ns=SECOND_NS // 5,
)


def main():
    folder, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    records = Records()
    for number in range(count):
        records.call(f"order {number}")
    here = (ipaddress.ip_network("127.0.0.0/8"),)
    channels = {
        name: WebhookChannel(WebhookTerms(f"http://127.0.0.1:{port}/{name}", here), Secret("key"))
        for name in ("one", "two")
    }
    store = open_store(folder, Routing([Route("all", ("one", "two"))]), TERMS)
    executor = sending_threads(2)
    dispatch = dispatch_of(
        store, channels, records, executor=executor, chance=random.Random(1).random
    )
    print("began", flush=True)
    while store.cursor < count or store.counts()["waiting"] or not dispatch.is_idle:
        dispatch.tick(time.time_ns())
        time.sleep(0.001)
    print("done", flush=True)
    executor.shutdown()
    store.close()


if __name__ == "__main__":
    main()
