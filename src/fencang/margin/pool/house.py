"""What the broker asks on top of the clearing house: a multiplier and add-ons, all of them data.

Per currency: clearing requirement × multiplier, rounded up to a micro, plus add-ons.
"""

from collections.abc import Mapping

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.margin.method import Positions
from fencang.margin.span.frozen import Frozen

__all__ = [
    "AddOn",
    "ConcentrationAddOn",
    "FixedAddOn",
    "HouseRequirement",
    "HouseTerms",
    "concentration_micros",
]


def concentration_micros(lots: int, free_lots: int, per_lot_micros: int) -> int:
    """Return the charge for lots beyond those that are free."""
    return (lots - free_lots) * per_lot_micros if lots > free_lots else 0


class ConcentrationAddOn(Frozen):
    """An amount per lot of the net position beyond ``free_lots``, over one or several contracts."""

    name: str
    contracts: tuple[str, ...]
    currency: str
    free_lots: int
    per_lot_micros: int

    def charge_micros(self, lots: int) -> int:
        """Return what so many lots, over all contracts together, are charged."""
        return concentration_micros(lots, self.free_lots, self.per_lot_micros)


class FixedAddOn(Frozen):
    """An amount asked for as long as the account is margined, with or without positions."""

    name: str
    currency: str
    amount_micros: int


class AddOn(Frozen):
    """An add-on as it was charged."""

    name: str
    amount_micros: int
    lots: int = 0
    """Lots beyond those that were free; 0 for a fixed amount."""


class HouseRequirement(Frozen):
    """One currency of a netting set at the broker."""

    currency: str
    clearing_micros: int
    """What the clearing house asks, after cross-margin credits."""
    multiplied_micros: int
    add_ons: tuple[AddOn, ...] = ()

    @property
    def total_micros(self) -> int:
        """Return what the broker asks in all."""
        return self.multiplied_micros + sum(add_on.amount_micros for add_on in self.add_ons)


class HouseTerms(Frozen):
    """A broker's terms for one carrying account at one clearing house."""

    multiplier_ppm: int = PPM
    concentration: tuple[ConcentrationAddOn, ...] = ()
    fixed: tuple[FixedAddOn, ...] = ()

    def faults(self) -> list[str]:
        """Return what is wrong with the terms, in words."""
        faults = []
        if self.multiplier_ppm < PPM:
            faults.append(
                f"house multiplier {self.multiplier_ppm} ppm is below 1,000,000: no broker may ask "
                "for less than the clearing house"
            )
        faults.extend(
            f"{term.name}: free_lots and per_lot_micros must be at least 0"
            for term in self.concentration
            if term.free_lots < 0 or term.per_lot_micros < 0
        )
        faults.extend(
            f"{term.name}: amount_micros must be at least 0"
            for term in self.fixed
            if term.amount_micros < 0
        )
        return faults

    def house_requirements(
        self, clearing_micros: Mapping[str, int], positions: Positions
    ) -> tuple[HouseRequirement, ...]:
        """Return the broker's requirement of a netting set, per currency by code."""
        add_ons: dict[str, list[AddOn]] = {}
        for term in self.concentration:
            held = sum(
                abs(lots.net) for contract, lots in positions.items() if contract in term.contracts
            )
            if held > term.free_lots:
                charged = AddOn(
                    name=term.name,
                    amount_micros=term.charge_micros(held),
                    lots=held - term.free_lots,
                )
                add_ons.setdefault(term.currency, []).append(charged)
        for fixed in self.fixed:
            charged = AddOn(name=fixed.name, amount_micros=fixed.amount_micros)
            add_ons.setdefault(fixed.currency, []).append(charged)
        return tuple(
            HouseRequirement(
                currency=currency,
                clearing_micros=clearing_micros.get(currency, 0),
                multiplied_micros=divide_ceiling(
                    clearing_micros.get(currency, 0) * self.multiplier_ppm, PPM
                ),
                add_ons=tuple(add_ons.get(currency, ())),
            )
            for currency in sorted({*clearing_micros, *add_ons})
        )
