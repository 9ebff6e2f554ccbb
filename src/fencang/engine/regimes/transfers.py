"""Lots and money that left an account or came to it around the days that books are looked at.

Per account and what moved: who gave or took how much on which day.  All of it is primary state;
what is older than two windows is forgotten.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import accumulate, groupby
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from fencang.basics.money import PPM
from fencang.refdata.evasion import TURN_DAYS_MAX, EvasionWatch

__all__ = ["CASH", "LOTS", "Circle", "Transfer", "TransferKey", "Transfers", "outside_id"]

LOTS = "lots"
"""The unit of lots; that of money is its currency."""
CASH = "cash"
TRANSFER_KEYS_MAX = 10_000
"""Accounts, by what moved, whose transfers are remembered."""
TRANSFERS_OF_KEY_MAX = 1_000
NAMED_MAX = 5
"""Counterparties that an alarm names."""

TransferKey = tuple[str, str, str]
"""(account, what, unit): ``ALPHA``, ``CLM0 long``, ``lots`` or ``ALPHA``, ``cash``, ``USD``."""


def outside_id(owner_id: str) -> str:
    """Return the name of where an owner's cash is when it is not on the desk."""
    return f"@outside:{owner_id}"


class Transfer(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What came from another account on a day, as ordinal; below zero it went there."""

    day: int
    other_id: str
    amount: int


class Circle(NamedTuple):
    """What had left an account by a turn, and has come back since; micros or lots."""

    left: int
    back: int
    first_day: date
    others: tuple[str, ...]


class Transfers:
    """The transfers of one desk."""

    __slots__ = ("of_key",)

    def __init__(self) -> None:
        self.of_key: dict[TransferKey, tuple[Transfer, ...]] = {}
        """Those that moved last stand last."""

    def keep(self, key: TransferKey, transfer: Transfer) -> None:
        """Remember a transfer; those of one day with one account are one."""
        known = list(self.of_key.pop(key, ()))
        for place, each in enumerate(known):
            if (each.day, each.other_id) == (transfer.day, transfer.other_id):
                known[place] = replace(each, amount=each.amount + transfer.amount)
                break
        else:
            known.append(transfer)
        self.of_key[key] = tuple(known[-TRANSFERS_OF_KEY_MAX:])
        while len(self.of_key) > TRANSFER_KEYS_MAX:
            del self.of_key[next(iter(self.of_key))]

    def forget(self, day: int) -> None:
        """Forget what lies further back than any window before a day."""
        first = day - 2 * TURN_DAYS_MAX
        for key, known in list(self.of_key.items()):
            kept = tuple(each for each in known if each.day >= first)
            if kept:
                self.of_key[key] = kept
            else:
                del self.of_key[key]

    def circle(self, key: TransferKey, turn: date, rules: EvasionWatch) -> Circle | None:
        """Return what left an account before a turn if so much of it is back that it is told.

        It is by how much less was there at the turn than at most in the window before it, and by
        how much more since: neither pieces nor detours nor what came earlier hide it.
        """
        at, days = turn.toordinal(), rules.turn_days
        near = [each for each in self.of_key.get(key, ()) if -days < each.day - at <= days]
        before = [each for each in near if each.day <= at]
        after = [each for each in near if each.day > at]
        left = _most(-amount for amount in _by_day(reversed(before)))
        back = _most(_by_day(after))
        if not left or not back or back * PPM < left * rules.turn_share_ppm:
            return None
        went = [each for each in before if each.amount < 0]
        came = [each for each in after if each.amount > 0]
        others = sorted({each.other_id for each in (*went, *came)})[:NAMED_MAX]
        first_day = date.fromordinal(min(each.day for each in went))
        return Circle(left, back, first_day, tuple(others))


def _by_day(transfers: Iterable[Transfer]) -> Iterator[int]:
    """Yield the sum of each day's transfers, which stand day by day."""
    for _, of_day in groupby(transfers, key=lambda each: each.day):
        yield sum(each.amount for each in of_day)


def _most(amounts: Iterable[int]) -> int:
    """Return the largest sum of the first few amounts, of none at least."""
    return max(accumulate(amounts, initial=0))
