"""The desk that a file states, as one value: reference values, opening commands, replay."""

from dataclasses import dataclass

from fencang.app.desk.accounts import AccountPlan, StrategySpec
from fencang.app.desk.authority import AuthorityRow
from fencang.app.desk.money_terms import MoneyTerms
from fencang.app.desk.opening_book import OpeningBookFiles, OpeningRate
from fencang.app.desk.paper import PaperSettings
from fencang.app.desk.regimes import RegimeRow
from fencang.app.desk.replay_settings import PlanSettings, ReplaySettings
from fencang.app.desk.risk import RiskRow
from fencang.app.desk.sections import SpanFile
from fencang.messages.commands import (
    AnyCommand,
    DefineDesk,
    DepositCash,
    ImportOpeningBook,
    MarkRates,
    TransferCapital,
)
from fencang.refdata.account import CarryingAccount, MasterAccount, SubAccount
from fencang.refdata.authority import Authority
from fencang.refdata.broker_terms import BrokerAddOn, CrossMargin
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskSettings
from fencang.refdata.limit import PositionLimit
from fencang.refdata.margin_rate import MarginRate
from fencang.refdata.person import LegalPerson
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue

__all__ = ["Desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk as its file states it, every template and grid expanded."""

    name: str
    entered_by: str
    approved_by: str
    settings: DeskSettings
    persons: tuple[LegalPerson, ...]
    venues: tuple[Venue, ...]
    products: tuple[Product, ...]
    contracts: tuple[Contract, ...]
    master: MasterAccount
    carrying: tuple[CarryingAccount, ...]
    sub_accounts: tuple[SubAccount, ...]
    limits: tuple[PositionLimit, ...]
    risk_rows: tuple[RiskRow, ...]
    margin_rates: tuple[MarginRate, ...]
    add_ons: tuple[BrokerAddOn, ...]
    agreements: tuple[CrossMargin, ...]
    rules: tuple[IndicatorRule, ...]
    money_terms: MoneyTerms
    regime_rows: tuple[RegimeRow, ...]
    authority_rows: tuple[AuthorityRow, ...]
    strategies: tuple[StrategySpec, ...]
    account_plans: tuple[AccountPlan, ...]
    deposits: tuple[DepositCash, ...]
    plan: PlanSettings | None
    replay: ReplaySettings
    paper: PaperSettings
    span_files: tuple[SpanFile, ...]
    opening_rates: tuple[OpeningRate, ...]
    opening_files: OpeningBookFiles
    opening_book: ImportOpeningBook | None = None

    @property
    def define(self) -> DefineDesk:
        """Return the one command that defines the whole desk.

        The authority is among it unless an opening follows, which names two persons: then it is
        founded after that, by ``opening``.
        """
        people = [row.item for row in self.authority_rows]
        if self._has_opening:
            people = [item for item in people if not isinstance(item, Authority)]
        return DefineDesk(
            items=(
                self.settings,
                *self.persons,
                *self.venues,
                *self.products,
                *self.contracts,
                self.master,
                *self.carrying,
                *self.sub_accounts,
                *self.limits,
                *(row.item for row in self.risk_rows),
                *self.margin_rates,
                *self.add_ons,
                *self.agreements,
                *self.rules,
                *self.money_terms.items,
                *(row.item for row in self.regime_rows),
                *people,
            ),
            entered_by=self.entered_by,
            approved_by=self.approved_by,
        )

    @property
    def _has_opening(self) -> bool:
        """Return whether the file states more than definitions: rates, a book, or money."""
        is_granted = any(plan.capital_micros for plan in self.account_plans)
        return bool(self.opening_rates or self.opening_book or self.deposits or is_granted)

    @property
    def _founding(self) -> tuple[AnyCommand, ...]:
        """Return what founds the authority once the opening is done."""
        stated = tuple(row.item for row in self.authority_rows if isinstance(row.item, Authority))
        if not stated or not self._has_opening:
            return ()
        return (DefineDesk(items=stated, entered_by=self.entered_by, approved_by=self.approved_by),)

    @property
    def opening(self) -> tuple[AnyCommand, ...]:
        """Return rates, opening book, deposits, first transfers of capital, and the founding.

        From the founding on nothing that needs two persons takes effect without two signatures.
        """
        rates = tuple(
            MarkRates(
                source=f"manual: {rate.source}",
                rates=(rate.mark,),
                entered_by=self.entered_by,
                approved_by=self.approved_by,
            )
            for rate in self.opening_rates
        )
        transfers = tuple(
            TransferCapital(
                from_sub_account_id=None,
                to_sub_account_id=plan.sub_account_id,
                amount_micros=plan.capital_micros,
                reason="first capital of the desk file",
                entered_by=self.entered_by,
            )
            for plan in self.account_plans
            if plan.capital_micros
        )
        taken_over = (self.opening_book,) if self.opening_book is not None else ()
        return (*rates, *taken_over, *self.deposits, *transfers, *self._founding)
