"""The way from the venue back to the desk: late, double, out of order, and lost until asked again.

A report leaves the network only when the desk has made it durable (``confirm``): what a crash
swallowed comes again, as a session protocol would resend it.
"""

from fencang.messages.commands import AnyCommand
from fencang.simulation.random import Chance

__all__ = ["Network"]


class Network:
    """Reports in flight, each due at a step."""

    def __init__(
        self, chance: Chance, *, late_ppm: int, double_ppm: int, late_steps_max: int
    ) -> None:
        self._chance = chance
        self._late_ppm = late_ppm
        self._double_ppm = double_ppm
        self._late_steps_max = late_steps_max
        self._step = 0
        self._number = 0
        self._flying: list[tuple[int, int, AnyCommand]] = []
        self._handed: list[tuple[int, int, AnyCommand]] = []

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is under way."""
        return not (self._flying or self._handed)

    def send(self, reports: list[AnyCommand]) -> None:
        """Take reports from a venue."""
        for report in reports:
            copies = 2 if self._chance.strikes(self._double_ppm) else 1
            for _ in range(copies):
                late = self._chance.strikes(self._late_ppm)
                delay = self._chance.between(1, self._late_steps_max) if late else 0
                self._number += 1
                self._flying.append((self._step + delay, self._number, report))

    def step(self) -> None:
        """Let one step pass."""
        self._step += 1

    def take(self, *, everything: bool = False) -> list[AnyCommand]:
        """Return the reports that have arrived, in the order of arrival."""
        due = sorted(item[:2] for item in self._flying if everything or item[0] <= self._step)
        by_number = {item[1]: item for item in self._flying}
        arrived = [by_number[number] for _, number in due]
        taken = {number for _, number in due}
        self._flying = [item for item in self._flying if item[1] not in taken]
        self._handed += arrived
        return [item[2] for item in arrived]

    def confirm(self, count: int) -> None:
        """The first ``count`` reports taken are durable at the desk: they will not come again."""
        self._handed = self._handed[count:]

    def reconnect(self) -> None:
        """Bring again what was taken and not confirmed: the desk came up anew."""
        self._flying = [(self._step, item[1], item[2]) for item in self._handed] + self._flying
        self._handed = []
