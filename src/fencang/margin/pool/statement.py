"""The statement of one legal person in one carrying account, every number with where it is from.

Per clearing house: requirement, its division over sub-accounts, cross-margin credits, the broker's
multiplier and add-ons.  Per currency of the account: collateral as counted, cover from other
currencies, excess and call.
"""

from collections.abc import Iterator

from fencang.basics.money import format_money
from fencang.margin.attribution.shares import Attribution
from fencang.margin.method import MethodRequirement
from fencang.margin.pool.collateral import CollateralLine, Cover
from fencang.margin.pool.cross_margin import CrossMarginCredit
from fencang.margin.pool.house import HouseRequirement
from fencang.margin.pool.netting import NettingKey
from fencang.margin.span.frozen import Frozen

__all__ = ["AccountStatement", "CurrencyBalance", "SetStatement"]


class SetStatement(Frozen):
    """One netting set: what the clearing house asks and who brings it, what the broker asks."""

    key: NettingKey
    requirement: MethodRequirement
    attribution: Attribution
    credits: tuple[CrossMarginCredit, ...]
    house: tuple[HouseRequirement, ...]

    def lines(self) -> Iterator[str]:
        """Yield the set in words."""
        yield f"{self.key.clearing_house}: {self.requirement.method_id}"
        for part in self.requirement.parts:
            yield f"  {part.name} {part.currency} {format_money(part.amount_micros)}"
        for total in self.requirement.totals:
            yield (
                f"  {total.currency} maintenance {format_money(total.maintenance_total_micros)}, "
                f"initial {format_money(total.initial_total_micros)}, after option value "
                f"{format_money(total.option_value_micros)}"
            )
        yield from self._division_lines()
        for credit in self.credits:
            yield (
                f"  {credit.agreement}: {credit.part} {credit.currency} "
                f"-{format_money(credit.credit_micros)}"
            )
        for asked in self.house:
            added = "".join(
                f" + {add_on.name} {format_money(add_on.amount_micros)}" for add_on in asked.add_ons
            )
            yield (
                f"  house {asked.currency}: {format_money(asked.clearing_micros)} → "
                f"{format_money(asked.multiplied_micros)}{added} = "
                f"{format_money(asked.total_micros)}"
            )
        for flag in self.requirement.flags:
            yield f"  note: {flag}"

    def _division_lines(self) -> Iterator[str]:
        for division in self.attribution.currencies:
            yield (
                f"  {division.currency} pooling saves {format_money(division.benefit_micros)}: "
                f"{format_money(division.stand_alone_micros)} apart, "
                f"{format_money(division.pool_micros)} together"
            )
            for share in division.shares:
                over = share.exceeds_micros
                above = f", {format_money(over)} above it" if over else ""
                yield (
                    f"    {share.account}: {format_money(share.share_micros)} "
                    f"(stand-alone {format_money(share.stand_alone_micros)}{above})"
                )


class CurrencyBalance(Frozen):
    """One currency of the account: excess or call, never both."""

    currency: str
    requirement_micros: int
    collateral_micros: int
    covered_micros: int
    """Received from other currencies (positive) or given to them (negative)."""

    @property
    def excess_micros(self) -> int:
        """Return what is left over, at least 0."""
        return max(0, self._difference)

    @property
    def call_micros(self) -> int:
        """Return what must be brought, at least 0."""
        return max(0, -self._difference)

    @property
    def _difference(self) -> int:
        return self.collateral_micros + self.covered_micros - self.requirement_micros


class AccountStatement(Frozen):
    """One legal person in one carrying account."""

    person: str
    carrying_account: str
    sets: tuple[SetStatement, ...]
    collateral: tuple[CollateralLine, ...]
    covers: tuple[Cover, ...]
    currencies: tuple[CurrencyBalance, ...]
    conversion_haircut_ppm: int = 0

    def lines(self) -> Iterator[str]:
        """Yield the statement in words, one line per number that matters."""
        yield f"{self.person} at {self.carrying_account}"
        for margined in self.sets:
            yield from margined.lines()
        for line in self.collateral:
            beyond = line.over_limit_micros
            over = f", {format_money(beyond)} over the limit" if beyond else ""
            yield (
                f"{line.item.name} {line.item.currency}: {format_money(line.item.value_micros)} "
                f"less haircut {format_money(line.haircut_micros)} counts "
                f"{format_money(line.counted_micros)}{over}"
            )
        for cover in self.covers:
            yield (
                f"{cover.from_currency} {format_money(cover.taken_micros)} covers "
                f"{cover.to_currency} {format_money(cover.covered_micros)} "
                f"(haircut {self.conversion_haircut_ppm} ppm)"
            )
        for balance in self.currencies:
            word, amount = (
                ("call", balance.call_micros)
                if balance.call_micros
                else ("excess", balance.excess_micros)
            )
            yield (
                f"{balance.currency}: collateral {format_money(balance.collateral_micros)}, "
                f"required {format_money(balance.requirement_micros)}, "
                f"{word} {format_money(amount)}"
            )
