"""A served desk for tests of the client: it keeps its port when it is killed and started again."""

from fencang.app.commands.keys import private_key_in
from fencang.client import Desk
from tests.serve.process import ServedDesk, eventually

__all__ = ["KEY_ID", "Served"]

KEY_ID = "operator-1"


class Served(ServedDesk):
    """``fencang serve`` with the operator's key."""

    def start(self):
        super().start()
        self.extra = ("--port", self.url.rpartition(":")[2])
        with self.desk_of() as desk:
            eventually(lambda: list(desk.prices()))
        return self

    @property
    def access(self):
        """What a client needs to come in."""
        return {"key_file": self.data / "operator.key", "key_id": KEY_ID}

    @property
    def private_key(self):
        return private_key_in(self.data / "operator.key")

    def desk_of(self, **more):
        return Desk(self.url, **self.access, **more)
