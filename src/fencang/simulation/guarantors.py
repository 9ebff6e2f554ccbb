"""What risk and treasury send about margin: granted shares of the benefit, securities deposited.

Raising needs a second person, who is missing now and then; grants are larger than the benefit.
"""

from fencang.messages.commands import AnyCommand
from fencang.messages.margin_commands import GrantBenefit, ReportCollateral
from fencang.refdata.account import CarryingAccount, SubAccount
from fencang.refdata.desk import DeskItem
from fencang.simulation.random import Chance

__all__ = ["Guarantors"]


class Guarantors:
    """People who let sub-accounts need less, and who count securities."""

    def __init__(self, chance: Chance, items: list[DeskItem], currencies: list[str]) -> None:
        self._chance = chance
        self._subs = [item for item in items if isinstance(item, SubAccount)]
        self._carrying = [item for item in items if isinstance(item, CarryingAccount)]
        self._currencies = list(dict.fromkeys(["USD", *currencies]))

    def _persons(self) -> tuple[str, str]:
        return "risk", self._chance.weighted((("cio", 8), ("", 1), ("risk", 1)))

    def grant(self) -> list[AnyCommand]:
        """Grant a share of the benefit, or take it back."""
        entered_by, approved_by = self._persons()
        most = 10 ** self._chance.between(6, 11)
        return [
            GrantBenefit(
                sub_account_id=self._chance.one_of(self._subs).sub_account_id,
                amount_micros=self._chance.one_of((0, 1, 1, 1)) * self._chance.between(1, most),
                reason="spreads",
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]

    def collateral(self) -> list[AnyCommand]:
        """State what securities are worth, or that they are gone."""
        entered_by, approved_by = self._persons()
        amount = 10 ** self._chance.between(6, 12)
        return [
            ReportCollateral(
                carrying_account_id=self._chance.one_of(self._carrying).carrying_account_id,
                owner_id=self._chance.one_of(self._subs).owner_id,
                collateral_id=self._chance.one_of(("BOND", "BILL")),
                currency=self._chance.one_of(self._currencies),
                value_micros=self._chance.one_of((0, 1, 2, 3)) * amount,
                haircut_ppm=self._chance.one_of((0, 60_000, 300_000)),
                entered_by=entered_by,
                approved_by=approved_by,
            )
        ]
