"""The benchmark verifies what it signs, and says what performance.md quotes."""

import argparse

from benchmarks.signing import KEYS, measure


def test_a_short_run_gives_every_figure():
    figures = measure(argparse.Namespace(seed=1, requests=KEYS))
    assert all(value > 0 for value in figures.values())
    assert {"verify_p50_us", "request_p50_us", "sign_p50_us", "known_key_p50_us"} <= set(figures)
