"""Where a book or a pool stands: equity, requirement and gross value, per currency and in base.

All sums are caches kept in step by the engine and rebuilt in tests.  Valuation in the base
currency takes a haircut on foreign balances: credits count less, debits more.
"""

from collections.abc import Mapping

from fencang.basics.money import PPM, RATE_NANOS
from fencang.basics.rounding import divide_half_away

__all__ = ["Rates", "Standing"]


class Rates:
    """Base-currency values of currencies, with the haircut on foreign balances."""

    __slots__ = ("base_currency", "haircut_ppm", "rate_nanos")

    def __init__(self, base_currency: str) -> None:
        self.base_currency = base_currency
        self.haircut_ppm = 0
        self.rate_nanos: dict[str, int] = {base_currency: RATE_NANOS}

    def knows(self, currency: str) -> bool:
        """Return whether the currency has a rate."""
        return currency in self.rate_nanos

    def misses(self, amounts: Mapping[str, int]) -> bool:
        """Return whether an amount is in a currency that has no rate."""
        rates = self.rate_nanos
        for currency, amount in amounts.items():  # noqa: SIM110 - a generator costs every order more
            if amount and currency not in rates:
                return True
        return False

    def value(self, currency: str, amount_micros: int) -> int:
        """Return an amount in base micros, half away from zero, without haircut.

        A currency without a rate is worth nothing here: no order enters in it, but a venue's fill
        may, and must not stop the desk; its owner opens nothing until there is a rate.
        """
        if currency == self.base_currency:
            return amount_micros
        return divide_half_away(amount_micros * self.rate_nanos.get(currency, 0), RATE_NANOS)

    def total(self, amounts: Mapping[str, int]) -> int:
        """Return the sum of amounts per currency in base micros, without haircut."""
        base, total = self.base_currency, 0
        for currency, amount in amounts.items():
            if currency == base:
                total += amount
            elif amount:
                total += self.value(currency, amount)
        return total

    def prudent_total(self, amounts: Mapping[str, int]) -> int:
        """Return the sum in base micros with the haircut against us on foreign balances."""
        haircut = self.haircut_ppm
        if not haircut:
            return self.total(amounts)
        total = 0
        for currency, amount in amounts.items():
            if not amount:
                continue
            value = self.value(currency, amount)
            if currency != self.base_currency:
                value -= divide_half_away(abs(value) * haircut, PPM)
            total += value
        return total


class Standing:
    """Per currency: cash plus unpaid variation, requirement, and gross value of worst cases.

    ``collateral`` backs the requirement (after haircuts) but is not equity; ``granted_micros`` of
    the requirement, in base currency, is lent by the pool.
    """

    __slots__ = ("balance", "collateral", "granted_micros", "notional", "requirement")

    def __init__(self) -> None:
        self.collateral: dict[str, int] = {}
        self.granted_micros = 0
        self.balance: dict[str, int] = {}
        self.requirement: dict[str, int] = {}
        self.notional: dict[str, int] = {}

    def add_balance(self, currency: str, amount_micros: int) -> None:
        """Add cash or unpaid variation."""
        self.balance[currency] = self.balance.get(currency, 0) + amount_micros

    def add_margined(self, currency: str, requirement_micros: int, notional_micros: int) -> None:
        """Add to the requirement and to the gross value."""
        if requirement_micros:
            self.requirement[currency] = self.requirement.get(currency, 0) + requirement_micros
        self.notional[currency] = self.notional.get(currency, 0) + notional_micros

    def add_requirement(self, currency: str, requirement_micros: int) -> None:
        """Add to the requirement alone: a netting set's gross value is counted by its lots."""
        self.requirement[currency] = self.requirement.get(currency, 0) + requirement_micros

    def equity_micros(self, rates: Rates) -> int:
        """Return cash plus unpaid variation in base micros (valuation without haircut)."""
        return rates.total(self.balance)

    def available_micros(self, rates: Rates) -> int:
        """Return prudent equity and collateral minus what must be held, in base micros."""
        # asked at two levels of every order: without a haircut the plain sum, a call less
        held = (rates.prudent_total if rates.haircut_ppm else rates.total)(self.balance)
        if self.collateral:
            held += rates.prudent_total(self.collateral)
        if self.granted_micros:
            return held - self.need_micros(rates)
        return held - rates.total(self.requirement)

    def need_micros(self, rates: Rates) -> int:
        """Return the requirement less what of it is lent by the pool, in base micros."""
        required = rates.total(self.requirement)
        granted = self.granted_micros
        if not granted:
            return required
        return required - granted if granted < required else min(required, 0)
