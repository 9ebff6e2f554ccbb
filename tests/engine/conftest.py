"""A desk that trades, fresh for each scenario."""

import pytest

from tests.engine.desk import trading_desk


@pytest.fixture
def desk():
    return trading_desk()
