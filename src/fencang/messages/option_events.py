"""Events of an option's life."""

from fencang.messages.message import Event

__all__ = ["ExerciseInstructed", "ExerciseLeg", "OptionExercised", "OptionExpiring"]


class ExerciseInstructed(Event, tag="ExerciseInstructed.1"):
    """What is to become of a sub-account's long options; zero and zero: what expiry brings."""

    sub_account_id: str
    carrying_account_id: str
    contract_id: str
    exercise_lots: int
    abandon_lots: int


class ExerciseLeg(Event):
    """One book's part: its long or short lots end, and a future or cash takes their place."""

    book_id: str
    long_lots: int
    short_lots: int


class OptionExercised(Event, tag="OptionExercised.1"):
    """Lots of an option ended in one carrying account, by exercise and by assignment.

    They close at ``close_price_nanos``: 0 where a future takes their place, which opens at
    ``strike_nanos`` in ``underlying_id``; where cash does, at what it is worth.
    """

    carrying_account_id: str
    execution_id: str
    contract_id: str
    close_price_nanos: int
    underlying_id: str | None
    strike_nanos: int
    legs: tuple[ExerciseLeg, ...]


class OptionExpiring(Event, tag="OptionExpiring.1"):
    """What was to be exercised has been; the option ends in the same command."""

    contract_id: str
    underlying_price_nanos: int
