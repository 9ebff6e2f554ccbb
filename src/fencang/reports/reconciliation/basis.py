"""What both sides are compared on, and how a break gets its identity and its words."""

from collections.abc import Mapping
from typing import NamedTuple

from fencang.basics.hashing import sha256_canonical
from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_half_away
from fencang.messages.reconciliation_commands import (
    BreakFound,
    BreakKind,
    Proposal,
    StatementSection,
)
from fencang.projections.carrying_days import CarryingDay
from fencang.projections.late_fills import LateFill
from fencang.refdata.contract import Product
from fencang.reports.reconciliation.mapping import Tolerances
from fencang.reports.reconciliation.statement import BrokerStatement

__all__ = ["Basis", "Effect", "difference_micros", "traded_value_micros"]

TEXT_MAX = 400


class Effect(NamedTuple):
    """What a break of the fills does to other figures: theirs less ours."""

    break_id: str
    contract_id: str
    lots: int
    fees_micros: int
    """On the cash movement, hence negative for a fee that only the broker took."""
    variation_micros: int | None
    """None while the contract has no settlement price of the day."""
    premiums_micros: int = 0
    """On the cash movement: what the trade moved at once."""


class Basis(NamedTuple):
    """One day of a carrying account, ours and the broker's.

    ``known`` are the breaks that are open already, by identity.
    """

    ours: CarryingDay
    theirs: BrokerStatement
    tolerances: Tolerances
    products: Mapping[str, Product]
    """Contract → product."""
    is_net: bool
    known: Mapping[str, BreakFound]
    late: tuple[LateFill, ...] = ()
    """Fills of ours that were booked after their clearing day."""
    counted: tuple[LateFill, ...] = ()
    """Those of them that the statement has on their clearing day: ``ours`` is restated so."""

    def variation_micros(self, contract_id: str, price_nanos: int, signed_lots: int) -> int | None:
        """Return what the day's settlement pays on lots traded at a price; None before it.

        Nothing where cash moves at another time: at the trade, or at the contract's end.
        """
        settlement, product = self.ours.settlements.get(contract_id), self.products[contract_id]
        if product.pays_premium:
            return 0
        if settlement is None:
            return None
        if not product.pays_variation(is_final=contract_id in self.ours.finals):
            return 0
        return traded_value_micros(product, settlement - price_nanos, signed_lots)

    def found(
        self,
        kind: BreakKind,
        section: StatementSection,
        key: tuple[str | int, ...],
        subject: str,
        *,
        contract_id: str = "",
        currency: str = "",
        ours: int | None,
        theirs: int | None,
        proposal: Proposal,
        why: str,
        cause_id: str = "",
    ) -> BreakFound:
        """Return a break; its identity is the account, its kind, and what it is about.

        Breaks of one day's lines are about that day, too; what stands is the same tomorrow.
        """
        day = self.ours.trading_day.toordinal() if section.is_of_the_day else 0
        about = [self.ours.carrying_account_id, int(section), int(kind), day, *key]
        return BreakFound(
            break_id=sha256_canonical(about),
            kind=kind,
            section=section,
            subject=subject[:TEXT_MAX],
            contract_id=contract_id,
            currency=currency,
            ours=ours,
            theirs=theirs,
            cause_id=cause_id,
            proposal=proposal,
            why=why[:TEXT_MAX],
        )


def traded_value_micros(product: Product, price_nanos: int, signed_lots: int) -> int:
    """Return the value of lots at any price, also one that is off every tick."""
    return divide_half_away(price_nanos * product.point_value_micros * signed_lots, NANOS)


def difference_micros(found: BreakFound) -> int:
    """Return theirs less ours, a side that has nothing counting as 0."""
    return (found.theirs or 0) - (found.ours or 0)
