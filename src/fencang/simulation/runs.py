"""One seed from beginning to end, and what there is to tell of it."""

import traceback

import msgspec

from fencang.simulation.auditor import AuditFault
from fencang.simulation.verdict import require_sound_end
from fencang.simulation.watch import Broken
from fencang.simulation.world import World

__all__ = ["Outcome", "run_quickly", "run_seed"]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a seed ended: a state hash, or the law that broke first."""

    seed: int
    steps: int | None
    records: int
    story: dict[str, int]
    state_hash: str
    fault: AuditFault | None

    @property
    def is_sound(self) -> bool:
        """Return whether every law held."""
        return self.fault is None

    def plain(self) -> dict[str, object]:
        """Return everything as plain values."""
        fault = None if self.fault is None else self.fault._asdict()
        return {
            "seed": self.seed,
            "records": self.records,
            "story": self.story,
            "state_hash": self.state_hash,
            "fault": fault,
        }

    def fault_line(self) -> str:
        """Return one line that reproduces the fault."""
        assert self.fault is not None
        steps = "" if self.steps is None else f" --steps {self.steps}"
        return (
            f"broken: {self.fault.law} at sequence {self.fault.sequence}: {self.fault.detail}; "
            f"again with: python -m fencang.simulation --seed {self.seed}{steps}"
        )

    def lines(self) -> list[str]:
        """Return the story and, as the last line, the state hash or the fault."""
        told = [f"seed {self.seed}: {self.records} records"]
        told += [f"  {name:<24} {count:>6}" for name, count in sorted(self.story.items())]
        told.append(f"state_hash={self.state_hash}" if self.is_sound else self.fault_line())
        return told


def run_seed(seed: int, steps: int | None = None, *, is_thorough: bool = True) -> Outcome:
    """Run one desk and judge it; an exception of the desk is a finding like a broken law.

    A run that is not thorough checks the engine's invariants now and then; what it finds is run
    again thoroughly, so that the fault names the first record.
    """
    outcome = _run(seed, steps, is_thorough=is_thorough)
    if outcome.is_sound or is_thorough:
        return outcome
    return _run(seed, steps, is_thorough=True)


def run_quickly(seed: int, steps: int | None = None) -> Outcome:
    """Run one desk of a long campaign."""
    return run_seed(seed, steps, is_thorough=False)


def _run(seed: int, steps: int | None, *, is_thorough: bool) -> Outcome:
    world = World(seed, steps, is_thorough=is_thorough)
    fault: AuditFault | None = None
    state_hash = ""
    try:
        world.run()
        state_hash = require_sound_end(world)
    except Broken as broken:
        fault = broken.fault
    except Exception as error:  # noqa: BLE001 - whatever stops a desk is what we look for
        fault = AuditFault(world.disk.last_sequence + 1, type(error).__name__, _told(error))
    return Outcome(
        seed=seed,
        steps=steps,
        records=world.disk.last_sequence,
        story=dict(sorted(world.story.items())),
        state_hash=state_hash,
        fault=fault,
    )


def _told(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))
    return f"{error} in {where}"
