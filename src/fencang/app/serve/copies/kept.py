"""Inputs of computed plans, each under its hash: a plan is explained by computing it again.

Those that were proposed are kept for ever, of the others the last ones.
"""

import os
import re
from datetime import date
from pathlib import Path

import msgspec

from fencang.gateways.computed_plans import COMPUTATION_ID
from fencang.planning.computation import PlanInput

__all__ = ["COMPUTED_MAX", "InputAge", "KeptInput", "KeptInputs"]

COMPUTED_MAX = 200
"""So many inputs that nobody proposed are kept."""
SUFFIX = ".msgpack"

_ID = re.compile(COMPUTATION_ID)


class InputAge(msgspec.Struct, frozen=True, array_like=True):
    """When one account's margin was published, and the oldest price of what it holds was said."""

    requirement_ns: int | None
    price_ns: int | None


class KeptInput(msgspec.Struct, frozen=True, array_like=True):
    """An exact input with what is told of it and decides nothing; ages as its accounts."""

    given: PlanInput
    at_time_ns: int
    settled_day: date | None
    ages: tuple[InputAge, ...]


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(KeptInput).decode


class KeptInputs:
    """A folder of inputs; only one process writes there."""

    def __init__(self, folder: Path) -> None:
        self._computed, self._proposed = folder / "computed", folder / "proposed"
        for each in (self._computed, self._proposed):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, kept: KeptInput) -> str:
        """Keep an input among the last ones; return its hash."""
        name = kept.given.sha256()
        self._write(self._computed / (name + SUFFIX), kept)
        ages = sorted(self._computed.glob("*" + SUFFIX), key=lambda each: each.stat().st_mtime_ns)
        for old in ages[:-COMPUTED_MAX]:
            old.unlink()
        return name

    def find(self, name: str, *, is_proposed: bool = False) -> KeptInput | None:
        """Return the input of a hash, None where none is kept; a proposed one is for ever."""
        if _ID.fullmatch(name) is None:
            return None
        for folder in (self._proposed, self._computed):
            found = self._read(folder / (name + SUFFIX), name)
            if found is not None:
                if is_proposed and folder is self._computed:
                    self._write(self._proposed / (name + SUFFIX), found)
                return found
        return None

    def _read(self, path: Path, name: str) -> KeptInput | None:
        try:
            found = _unpack(path.read_bytes())
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        return found if found.given.sha256() == name else None

    def _write(self, path: Path, kept: KeptInput) -> None:
        part = path.with_suffix(".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(_pack(kept))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
