"""Commands of an option's life: instructions, exercise and assignment, expiry."""

from enum import StrEnum

from fencang.messages.message import Command
from fencang.refdata.definition import Identifier, Lots, Nanos, NonNegativeLots, Text

__all__ = ["ExerciseKind", "ExpireOption", "InstructExercise", "ReportExercise"]


class ExerciseKind(StrEnum):
    """Which side of an option a clearing house's report is about."""

    EXERCISED = "exercised"
    """Long lots of ours."""
    ASSIGNED = "assigned"
    """Short lots of ours, exercised by somebody else."""


class InstructExercise(Command, tag="InstructExercise.1"):
    """Say what is to become of a sub-account's long options, in place of what was said before.

    ``exercise_lots`` are exercised though they are out of the money at expiry, or before it where
    the clearing house reports exercises; ``abandon_lots`` are not exercised though in the money.
    Zero and zero take the instruction back.
    """

    sub_account_id: Identifier
    carrying_account_id: Identifier
    contract_id: Identifier
    exercise_lots: NonNegativeLots
    abandon_lots: NonNegativeLots
    entered_by: Identifier


class ReportExercise(Command, tag="ReportExercise.1"):
    """A clearing house exercised or assigned lots of a carrying account before expiry.

    ``cash_price_nanos`` is what a lot was settled at where exercise brings cash, else 0.
    """

    carrying_account_id: Identifier
    execution_id: Identifier
    contract_id: Identifier
    kind: ExerciseKind
    quantity_lots: Lots
    cash_price_nanos: Nanos = 0


class ExpireOption(Command, tag="ExpireOption.1"):
    """End an option at the final price of what it is on; manual sources need two persons."""

    contract_id: Identifier
    underlying_price_nanos: Nanos
    source: Text
    entered_by: Identifier = "feed"
    approved_by: Text = ""
