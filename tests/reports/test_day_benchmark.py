"""The benchmark of the day's paper still measures what is there."""

from benchmarks.reconciliation import reconcile_seconds
from benchmarks.statements import statements_per_s


def test_a_small_run_of_either_measurement_works():
    assert reconcile_seconds(lines=300) > 0
    assert statements_per_s(2) > 0
