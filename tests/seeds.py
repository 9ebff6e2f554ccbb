"""Seeds of random tests: a few each time, more of them in ``make test-long``."""

import pytest


def seeds(few, *, of):
    """Return seeds 0 up to ``of``, all from ``few`` on marked as long."""
    return [*range(few), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(few, of))]
