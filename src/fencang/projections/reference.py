"""What projections look up: definitions, the last rates and marks, and who owns which book.

Several projections share one of these; whoever composes them applies a record here first.
"""

from fencang.basics.money import RATE_NANOS, convert
from fencang.messages.day_events import SettlementCorrected
from fencang.messages.events import ContractSettled, DeskDefined, PricesMarked, RatesMarked
from fencang.messages.life_events import ContractConverted
from fencang.messages.record import Record
from fencang.projections.projection import Projection
from fencang.refdata.account import CarryingAccount, MasterAccount, PositionMode, SubAccount
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.rule import IndicatorRule

__all__ = [
    "POOL",
    "PROMISED",
    "RESERVE",
    "SUSPENSE",
    "Reference",
    "pool_id",
    "promised_id",
    "reserve_id",
    "suspense_id",
]

POOL = "@pool:"
PROMISED = "@promised:"
RESERVE = "@reserve:"
SUSPENSE = "@suspense:"


def pool_id(person_id: str) -> str:
    """Return the name of the line that sums all of a person's books."""
    return POOL + person_id


def reserve_id(person_id: str) -> str:
    """Return the book that holds what no sub-account of the person has."""
    return RESERVE + person_id


def promised_id(person_id: str) -> str:
    """Return the book that holds what wires under way are promised of the person's cash."""
    return PROMISED + person_id


def suspense_id(carrying_account_id: str) -> str:
    """Return the book that holds what nobody claims at a carrying account."""
    return SUSPENSE + carrying_account_id


class Reference(Projection):
    """Definitions, rates and marks as the last record left them."""

    __slots__ = (
        "base_currency",
        "carrying_accounts",
        "contracts",
        "conversions",
        "marks",
        "masters",
        "products",
        "rates",
        "rules",
        "sub_accounts",
    )

    def __init__(self) -> None:
        self.base_currency = ""
        self.masters: dict[str, MasterAccount] = {}
        self.sub_accounts: dict[str, SubAccount] = {}
        self.carrying_accounts: dict[str, CarryingAccount] = {}
        self.products: dict[str, Product] = {}
        self.contracts: dict[str, Contract] = {}
        self.conversions: dict[str, ContractConverted] = {}
        """Contract → what it became and how."""
        self.rules: dict[str, IndicatorRule] = {}
        self.rates: dict[str, int] = {}
        self.marks: dict[str, int] = {}

    def apply(self, record: Record) -> None:
        """Fold in definitions, rates and prices."""
        for event in record.events:
            match event:
                case PricesMarked(marks=marks):
                    for mark in marks:
                        self.marks[mark.contract_id] = mark.price_nanos
                case ContractSettled():
                    self.marks[event.contract_id] = event.price_nanos
                case SettlementCorrected(following_day=None, contract_id=contract_id):
                    if self.marks.get(contract_id) == event.price_before_nanos:
                        self.marks[contract_id] = event.price_nanos
                case ContractConverted():
                    self.conversions[event.from_contract_id] = event
                    if event.mark_nanos is not None:
                        self.marks[event.to_contract_id] = event.mark_nanos
                case RatesMarked(rates=rates):
                    for rate in rates:
                        self.rates[rate.currency] = rate.rate_nanos
                case DeskDefined(items=items):
                    for item in items:
                        self._define(item)
                case _:
                    pass

    def content(self) -> object:
        """Return all definitions, rates and marks."""
        return {name: getattr(self, name) for name in self.__slots__}

    def product_of(self, contract_id: str) -> Product:
        """Return the product of a contract that the desk knows."""
        return self.products[self.contracts[contract_id].product_id]

    def living(self, contract_id: str) -> str:
        """Return what a contract is now: itself, or the last of its successors."""
        while contract_id in self.conversions:
            contract_id = self.conversions[contract_id].to_contract_id
        return contract_id

    def value_in_base(self, currency: str, amount_micros: int) -> int:
        """Return an amount valued at the last rate; 0 as long as the currency has none."""
        if amount_micros == 0 or currency == self.base_currency:
            return amount_micros
        return convert(amount_micros, self.rates.get(currency, 0))

    def owner_of(self, book_id: str) -> str:
        """Return the person behind a book: of a suspense book, the carrying account's holder."""
        if book_id.startswith(SUSPENSE):
            return self.carrying_accounts[book_id.removeprefix(SUSPENSE)].holder_id
        if book_id.startswith(RESERVE):
            return book_id.removeprefix(RESERVE)
        if book_id.startswith(PROMISED):
            return book_id.removeprefix(PROMISED)
        return self.sub_accounts[book_id].owner_id

    def sub_account_ids(self, owner_id: str) -> list[str]:
        """Return the owner's sub-accounts, sorted."""
        return sorted(
            account.sub_account_id
            for account in self.sub_accounts.values()
            if account.owner_id == owner_id
        )

    def tagged(self, tag: str) -> list[str]:
        """Return the sub-accounts whose mandate carries the tag, sorted."""
        return sorted(
            account.sub_account_id
            for account in self.sub_accounts.values()
            if tag in account.mandate.tags
        )

    def is_net(self, carrying_account_id: str) -> bool:
        """Return whether the account keeps one signed position per contract."""
        account = self.carrying_accounts[carrying_account_id]
        return account.position_mode is PositionMode.NET

    def _define(self, item: DeskItem) -> None:
        match item:
            case MasterAccount():
                self.masters[item.master_account_id] = item
                self.base_currency = self.base_currency or item.base_currency
                self.rates.setdefault(item.base_currency, RATE_NANOS)
            case SubAccount():
                self.sub_accounts[item.sub_account_id] = item
            case CarryingAccount():
                self.carrying_accounts[item.carrying_account_id] = item
            case Product():
                self.products[item.product_id] = item
            case Contract():
                self.contracts[item.contract_id] = item
            case IndicatorRule():
                self.rules[item.rule_id] = item
            case _:
                pass
