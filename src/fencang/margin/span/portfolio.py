"""A portfolio in rows of one parameter set, and who it stands for."""

from collections.abc import Mapping
from typing import NamedTuple

from fencang.margin.span.frozen import Frozen
from fencang.margin.span.parameters import AccountType

__all__ = ["Fallback", "Lots", "Portfolio"]


class Lots(NamedTuple):
    """Long and short lots of one contract, both at least zero."""

    long: int
    short: int

    @property
    def net(self) -> int:
        """Return long minus short."""
        return self.long - self.short


class Fallback(NamedTuple):
    """What a contract that the file lacks costs per lot (rule F1)."""

    currency: str
    per_lot_micros: int


class Portfolio(Frozen):
    """Lots by row of the contract table; ``missing`` holds contracts the set lacks, with F1."""

    lots: Mapping[int, Lots]
    is_gross: bool = False
    account_type: AccountType = AccountType.SPECULATOR
    missing: Mapping[str, tuple[Lots, Fallback]] = {}
