"""What is counted, what is told of it, and that the number of series is the program's own."""

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from fencang.basics.compiled import core_name
from fencang.basics.time import SECOND_NS
from fencang.gateways.doors import authenticate
from fencang.gateways.doors.authenticate import Doorkeeper
from fencang.gateways.doors.nonces import NonceAnswer
from fencang.gateways.metrics import (
    LATENCY_BOUNDS_NS,
    DoorRefusal,
    Histogram,
    Metrics,
    Readings,
)
from fencang.messages.commands import COMMAND_TYPES
from fencang.messages.events import CommandRejected, ReplaceRejected
from fencang.messages.reasons import Reason
from fencang.messages.record import Record
from fencang.signing.faults import Cause
from tests.docs.documents import text_of
from tests.messages.test_golden_records import labelled_samples

SERIES_MAX = 1_200
SUBMIT = labelled_samples()["SubmitOrder.1"]
REJECTED = labelled_samples()["OrderRejected.1"]


def series(metrics):
    text = metrics.exposition()[0].decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def records(*events, count=1, time_ns=1_000):
    return tuple(Record(n + 1, time_ns + n, 1, SUBMIT, events) for n in range(count))


@given(st.lists(st.integers(-SECOND_NS, 100 * SECOND_NS)))
def test_a_histogram_counts_what_lies_at_or_below_each_bound(values):
    histogram = Histogram(LATENCY_BOUNDS_NS)
    for value in values:
        histogram.observe(value)
    below = 0
    for bound, count in zip(histogram.bounds, histogram.counts, strict=False):
        below += count
        assert below == sum(value <= bound for value in values)
    assert sum(histogram.counts) == len(values)
    assert histogram.total == sum(max(value, 0) for value in values)


def test_bounds_rise_and_span_ten_microseconds_to_ten_seconds():
    assert list(LATENCY_BOUNDS_NS) == sorted(set(LATENCY_BOUNDS_NS))
    assert (LATENCY_BOUNDS_NS[0], LATENCY_BOUNDS_NS[-1]) == (10_000, 10 * SECOND_NS)


def test_a_batch_is_counted_by_commands_refusals_and_latency():
    metrics = Metrics()
    metrics.observe_batch(records(count=3), 2_001_002)
    metrics.observe_batch(records(REJECTED, time_ns=5_000_000), 4_000_000)
    found = series(metrics)
    name = Reason(REJECTED.reason).name
    labels = (("name", name), ("reason", str(REJECTED.reason.value)))
    assert found["fencang_refusals_total", labels] == 1
    assert found["fencang_commands_total", (("type", "SubmitOrder"),)] == 4
    assert found["fencang_batch_records_count", ()] == 2
    assert found["fencang_batch_records_sum", ()] == 4
    assert found["fencang_decided_to_durable_seconds_count", ()] == 4
    assert found["fencang_decided_to_durable_seconds_sum", ()] == pytest.approx(0.006_000_003)
    assert found["fencang_decided_to_durable_seconds_bucket", (("le", "1e-05"),)] == 1
    assert metrics.last_durable_ns == 4_000_000


def test_refusals_without_a_reason_are_not_counted():
    metrics = Metrics()
    metrics.observe_batch(records(ReplaceRejected(order_id=1, text="late", reason=None)), 2)
    metrics.observe_batch(records(CommandRejected(reason=Reason.UNKNOWN_CONTRACT, detail="")), 2)
    assert {reason for reason, count in metrics.refusals.items() if count} == {
        Reason.UNKNOWN_CONTRACT
    }


def test_an_answer_is_counted_from_socket_to_socket():
    metrics = Metrics()
    metrics.observe_answer(1_000_000, 1_040_000, 1_900_000, 2_000_000)
    found = series(metrics)
    for name, seconds in (
        ("received_to_decided", 0.000_04),
        ("durable_to_out", 0.000_1),
        ("received_to_out", 0.001),
    ):
        assert found[f"fencang_{name}_seconds_sum", ()] == pytest.approx(seconds)
        assert found[f"fencang_{name}_seconds_count", ()] == 1


def test_doors_streams_alerts_and_readings():
    metrics = Metrics(Readings(inbox_commands=lambda: 7, journal_bytes=lambda: 4_096))
    metrics.door_refused(DoorRefusal.CREDENTIALS)
    metrics.stream_clients += 2
    metrics.stream_conflations += 3
    metrics.alert_delivered(5)
    metrics.alert_attempt_failed(1)
    found = series(metrics)
    assert found["fencang_door_refusals_total", (("why", "credentials"),)] == 1
    assert found["fencang_stream_clients", ()] == 2
    assert found["fencang_stream_conflations_total", ()] == 3
    assert found["fencang_alerts_sent_total", ()] == 5
    assert (
        found["fencang_alert_faults_total", ()] == found["fencang_alerts_given_up_total", ()] == 1
    )
    assert found["fencang_inbox_commands", ()] == 7
    assert found["fencang_journal_bytes", ()] == 4_096


def test_every_cause_of_the_doors_has_its_word():
    nonces = {f"nonce {each.value}" for each in NonceAnswer} - {"nonce taken"}
    given = set(re.findall(r'"([a-z ]+)"', inspect.getsource(Doorkeeper._closed)))
    strangers = set(re.findall(r'_stranger\("([a-z ]+)"', inspect.getsource(authenticate)))
    causes = nonces | (given - {"address"}) | strangers
    assert len(causes) >= 12
    unsigned = [each for each in causes if DoorRefusal.of_cause(each) is DoorRefusal.UNSIGNED]
    assert unsigned == []
    assert DoorRefusal.of_cause("too many requests of the key") is DoorRefusal.THROTTLED
    for cause in Cause:
        assert (DoorRefusal.of_cause(cause.value) is DoorRefusal.STALE) is (cause is Cause.STALE)


def test_what_runs_is_told():
    (labels,) = [labels for name, labels in series(Metrics()) if name == "fencang_build_info"]
    assert dict(labels)["core"] == core_name()


def test_nothing_is_kept_in_the_process_at_large():
    before = {each.name for each in REGISTRY.collect()}
    first, second = Metrics(), Metrics()
    first.observe_batch(records(), 2_000)
    assert series(second)["fencang_batch_records_count", ()] == 0
    assert {each.name for each in REGISTRY.collect()} == before


def test_the_number_of_series_is_the_programs_own():
    """Whatever every user does: no label is of their making."""
    metrics = Metrics()
    for kind in COMMAND_TYPES:
        metrics.commands[kind] += 1
    for reason in Reason:
        metrics.refusals[reason] += 1
    found = series(metrics)
    assert len(found) <= SERIES_MAX
    labels = {name for _, pairs in found for name, _ in pairs}
    assert labels == {"le", "type", "reason", "name", "why", "version", "core", "python"}


def families(metrics):
    text = metrics.exposition()[0].decode()
    return set(re.findall(r"^# HELP (\w+) ", text, re.MULTILINE))


def test_the_guide_names_every_metric_and_no_other():
    """Those of the process itself are told where the system has them."""
    page = text_of("docs/guide/metrics-and-alerts.md")
    named = set(re.findall(r"`(fencang_\w+)`", page))
    assert named == {name for name in families(Metrics()) if name.startswith("fencang_")}


def test_rules_of_the_guide_ask_for_metrics_that_exist():
    page = text_of("docs/guide/metrics-and-alerts.md")
    (rules,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    asked = set(re.findall(r"\b((?:fencang|process)_\w+)", rules))
    plain = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
    assert plain
    assert plain <= families(Metrics()) | {"process_open_fds", "process_max_fds"}
