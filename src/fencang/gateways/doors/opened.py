"""The doors of one server, opened together over its data folder and closed together.

The only place here that draws chance; everything it is handed to takes it as an argument.
"""

import secrets
from pathlib import Path
from typing import Final

from fencang.basics.time import SECOND_NS
from fencang.gateways.doors.alarms import FAILURES_MAX, DoorAlarms
from fencang.gateways.doors.anomalies import AnomalyPolicy
from fencang.gateways.doors.authenticate import Doorkeeper, DoorRates
from fencang.gateways.doors.directory import DefinedDirectory, Warden
from fencang.gateways.doors.files import PrivateFile
from fencang.gateways.doors.frozen import FROZEN_SCHEMA, FrozenKeys
from fencang.gateways.doors.live import CONNECTIONS_MAX, LiveConnections
from fencang.gateways.doors.nonces import NONCE_SCHEMA, NonceBook, NonceWindow
from fencang.gateways.doors.passwords import PasswordHashing
from fencang.gateways.doors.people import People
from fencang.gateways.doors.ports import Directory
from fencang.gateways.doors.sealing import KEY_BYTES, Sealing
from fencang.gateways.doors.watch import WATCH_SCHEMA, KeyWatch
from fencang.signing.http_messages import SignaturePolicy

__all__ = ["DOORS_FILE", "PEOPLE_FILE", "SEALING_FILE", "DeskDoors", "open_people"]

DOORS_FILE: Final = "doors.sqlite"
PEOPLE_FILE: Final = "secrets.sqlite"
SEALING_FILE: Final = "secrets.key"

_TIDY_NS = 60 * SECOND_NS
"""How often the past of keys is written down and ended sessions are dropped."""


def open_people(
    folder: Path,
    directory: Directory,
    desk_id: str,
    *,
    key_file: Path | None = None,
    live: LiveConnections | None = None,
    hashing: PasswordHashing | None = None,
) -> People:
    """Open what is secret of persons: for a server, and for the command line beside it.

    Raises:
        StoreUnusable: the file cannot be used.
        KeyFileUnusable: the sealing key is missing, wrong or open to others.
    """
    path = folder / PEOPLE_FILE
    chance = None if path.exists() else secrets.token_bytes(KEY_BYTES)
    sealing = Sealing.from_file(key_file or folder / SEALING_FILE, chance)
    return People(path, directory, sealing, desk_id=desk_id, live=live, hashing=hashing)


class DeskDoors:
    """Everything that a server asks about who is there.

    ``directory`` has followed the journal up to its durable end.  ``policy`` names the hosts the
    desk answers for.  ``key_file`` is where the sealing key lies, beside the rest by default; it is
    made where nobody is enrolled yet, and missed where somebody is.

    Raises:
        StoreInUse: another server has these doors.
        StoreUnusable: a file cannot be used; what it held is as it was.
        KeyFileUnusable: the sealing key is missing, wrong or open to others.
    """

    def __init__(
        self,
        folder: Path,
        desk_id: str,
        directory: DefinedDirectory,
        policy: SignaturePolicy,
        time_ns: int,
        *,
        key_file: Path | None = None,
        rates: DoorRates | None = None,
        watched: AnomalyPolicy | None = None,
        hashing: PasswordHashing | None = None,
        failures_max: int = FAILURES_MAX,
        streams_max: int = CONNECTIONS_MAX,
    ) -> None:
        schema = (*NONCE_SCHEMA, *FROZEN_SCHEMA, *WATCH_SCHEMA)
        self._file = PrivateFile(folder / DOORS_FILE, schema, is_sole=True)
        window = NonceWindow(policy.age_s_max, policy.ahead_s_max)
        self.directory = directory
        self.live = LiveConnections(streams_max)
        self.nonces = NonceBook(self._file, time_ns, window)
        self.frozen = FrozenKeys(self._file, directory)
        self.watch = KeyWatch(self._file, self.frozen, watched)
        self.alarms = DoorAlarms(self.watch, self.live, failures_max)
        self.keeper = Doorkeeper(directory, self.nonces, self.frozen, policy, rates=rates)
        self.keeper.warm(directory.api_keys())
        try:
            self.people = open_people(
                folder, directory, desk_id, key_file=key_file, live=self.live, hashing=hashing
            )
        except BaseException:
            self._file.close()
            raise
        self.warden = Warden(directory, self.live, self.people)
        self.people.end_leavers(time_ns)
        self._tidied_ns = time_ns

    def tick(self, time_ns: int) -> int:
        """Close what ran out by the clock, on the thread of the requests; return how many."""
        return self.live.drop_ended(self.directory, time_ns)

    def tick_disk(self, time_ns: int) -> None:
        """Do what waits for a disk, once a second and beside the thread of the requests."""
        self.nonces.advance(time_ns)
        if abs(time_ns - self._tidied_ns) >= _TIDY_NS:
            self._tidied_ns = time_ns
            self.people.sessions.forget_ended(time_ns)
            self.watch.save()

    def close(self) -> None:
        """Write down what a restart goes on with; nothing is let in from here on."""
        self.live.drop_all()
        self.watch.save()
        self.nonces.close()
        self._file.close()
        self.people.close()
