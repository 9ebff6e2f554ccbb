"""One served desk for the tests of a file, and clients of it."""

import secrets

import pytest

from fencang.client import AsyncDesk
from fencang.signing.keys import PrivateKey
from tests.client.served_desk import Served


@pytest.fixture(scope="session")
def private_key():
    return PrivateKey.from_seed(secrets.token_bytes(32))


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("served") / "data").start()
    yield served
    served.stop()


@pytest.fixture
def desk(served):
    with served.desk_of() as desk:
        yield desk


@pytest.fixture
def make_async_desk(served):
    return lambda **more: AsyncDesk(served.url, **served.access, **more)
