"""SPAN files of a replay: which is put in force before which trading day.

The file of an evening rules from the next trading day on, as at a clearing broker: a file of day D
is loaded and activated before the first session behind D opens.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from fencang.app.desk.sections import SpanFile
from fencang.app.exit_status import InputFault
from fencang.app.parameter_files import ParameterFiles
from fencang.messages.commands import ActivateSpanParameters, AnyCommand, LoadSpanParameters

__all__ = ["SpanSchedule"]


class _Step(NamedTuple):
    business_date: date
    clearing_house: str
    commands: tuple[AnyCommand, ...]


class SpanSchedule:
    """Files in the order of their days; each is given out once."""

    def __init__(self, steps: Sequence[_Step] = ()) -> None:
        self._steps = sorted(steps, key=lambda step: (step.business_date, step.clearing_house))

    @classmethod
    def of(cls, files: Sequence[SpanFile], folder: Path, source: ParameterFiles) -> "SpanSchedule":
        """Read every file that a desk names, relative to ``folder``.

        Raises:
            InputFault: a file is missing or refused, or two of one house are of one day.
        """
        steps: dict[tuple[date, str], _Step] = {}
        for file in files:
            step = _read(file, folder, source)
            key = step.business_date, step.clearing_house
            if key in steps:
                raise InputFault(f"two parameter files of {key[1]} are of {key[0]}: {file.file}")
            steps[key] = step
        return cls(tuple(steps.values()))

    def before(self, day: date) -> list[AnyCommand]:
        """Return the commands that put the files of earlier days in force."""
        due = [step for step in self._steps if step.business_date < day]
        self._steps = self._steps[len(due) :]
        return [command for step in due for command in step.commands]


def _read(file: SpanFile, folder: Path, source: ParameterFiles) -> _Step:
    from fencang.parameters.cache import parser_version_of

    path = folder / file.file
    parameters = source.add(path)
    text = parameters.header.business_date
    business_date = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    load = LoadSpanParameters(
        clearing_house=file.clearing_house,
        sha256=parameters.sha256,
        bytes_count=path.stat().st_size,
        parser_version=parser_version_of(parameters),
        business_date=business_date,
    )
    activate = ActivateSpanParameters(clearing_house=file.clearing_house, sha256=parameters.sha256)
    return _Step(business_date, file.clearing_house, (load, activate))
