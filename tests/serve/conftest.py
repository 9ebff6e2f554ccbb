"""One served desk for all tests of a file."""

import pytest

from tests.serve.process import ServedDesk


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    served = ServedDesk(tmp_path_factory.mktemp("desk") / "data").start()
    yield served
    served.stop()


@pytest.fixture
def client(desk):
    with desk.client() as client:
        yield client
