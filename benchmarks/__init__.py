"""Benchmarks: what the design's budgets are measured with.  Never timed tests.

``python -m benchmarks.NAME --json`` prints one JSON object ``{"name", "figures": {key: number},
"machine", "versions", "seed"}``; ``python -m benchmarks`` runs them all.  Workloads are seeded and
nothing is trimmed.
"""

NAMES = (
    "decide",
    "journal",
    "trigger",
    "replay",
    "recover",
    "margin",
    "day",
    "pretrade",
    "envelopes",
    "signing",
    "observing",
)
