"""What the auditor knows of the desk: the reference values as they were last defined.

Answers four questions and decides nothing: who owns a book, which nodes stand above a sub-account,
what lots are worth at a price, and which position limit binds a node.
"""

from collections.abc import Iterator
from typing import Any, TypeVar

from fencang.basics.price import NANOS
from fencang.messages.events import DeskDefined
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.messages.message import OrderTerms
from fencang.refdata.account import CarryingAccount, MasterAccount, PositionMode, SubAccount
from fencang.refdata.contract import Contract, Product
from fencang.refdata.definition import Definition
from fencang.refdata.desk import DeskItem, DeskSettings
from fencang.refdata.fees import FeeRow
from fencang.refdata.limit import PositionLimit
from fencang.refdata.override import ControlOverride, overridden
from fencang.refdata.risk import RISK_KINDS
from fencang.refdata.rule import IndicatorRule
from fencang.refdata.venue import Venue
from fencang.simulation.auditor.page import Handlers, Page

__all__ = ["PROMISED", "RESERVE", "SUSPENSE", "Reference", "either_side_of"]

PROMISED = "@promised:"
RESERVE = "@reserve:"
SUSPENSE = "@suspense:"
Row = TypeVar("Row", bound=Definition)


def either_side_of(numerator: int, denominator: int) -> tuple[int, int]:
    """Return the two integers between which a quotient lies, however it was rounded."""
    floor = numerator // denominator
    return floor, floor + (numerator % denominator != 0)


class Reference:
    """Reference values by identifier."""

    def __init__(self) -> None:
        self.settings = DeskSettings()
        self.master: MasterAccount | None = None
        self.venues: dict[str, Venue] = {}
        self.products: dict[str, Product] = {}
        self.successors: dict[str, str] = {}
        """Contract → what it became."""
        self.contracts: dict[str, Contract] = {}
        self.carrying: dict[str, CarryingAccount] = {}
        self.sub_accounts: dict[str, SubAccount] = {}
        self.rules: dict[str, IndicatorRule] = {}
        self.limits: dict[tuple[str, str], PositionLimit] = {}
        self.rows: dict[type[Any], dict[tuple[str, ...], Any]] = {}
        """Kind → key → row of a control, as it is stated."""
        self.overrides: dict[str, ControlOverride] = {}
        self.in_force: set[str] = set()
        """Overrides that have begun and not ended."""
        self.rebates: set[str] = set()
        self.charged: set[str] = set()
        """Products and contracts that fee rows are stated for."""
        self.handlers: Handlers = {
            DeskDefined: self._define,
            OverrideBegun: self._begin,
            OverrideEnded: self._end,
        }

    def _define(self, _page: Page, event: DeskDefined) -> None:
        for item in event.items:
            self._learn(item)

    def _learn(self, item: DeskItem) -> None:
        match item:
            case DeskSettings():
                self.settings = item
            case MasterAccount():
                self.master = item
            case Venue():
                self.venues[item.venue_id] = item
            case Product():
                self.products[item.product_id] = item
            case Contract():
                self.contracts[item.contract_id] = item
            case CarryingAccount():
                self.carrying[item.carrying_account_id] = item
            case SubAccount():
                self.sub_accounts[item.sub_account_id] = item
            case IndicatorRule():
                self.rules[item.rule_id] = item
            case FeeRow():
                self.charged.add(item.scope_id)
                if item.is_rebate:
                    self.rebates.add(item.row_id)
            case PositionLimit():
                self.limits[item.node_id, item.scope_id] = item
            case ControlOverride():
                self.overrides[item.override_id] = item
            case _ if isinstance(item, RISK_KINDS):
                self.rows.setdefault(type(item), {})[item.key] = item
            case _:
                pass

    def _begin(self, _page: Page, event: OverrideBegun) -> None:
        self.in_force.add(event.override_id)

    def _end(self, _page: Page, event: OverrideEnded) -> None:
        self.in_force.discard(event.override_id)
        self.overrides.pop(event.override_id, None)

    def limit(self, node_id: str, scope_id: str, order: tuple[str, str]) -> PositionLimit | None:
        """Return the limit that holds at just this place for an order of a client, or None.

        ``order``: sub-account and client order identifier; what holds for it alone comes last.
        """
        return self._in_force(self.limits.get((node_id, scope_id)), node_id, scope_id, order)

    def row(
        self, kind: type[Row], node_id: str, scope_id: str = "*", order: tuple[str, str] = ("", "")
    ) -> Row | None:
        """Return the row of a control that holds at just this place for an order, or None."""
        rows = self.rows.get(kind, {})
        stated = rows.get((node_id, scope_id)) or rows.get((node_id,))
        return self._in_force(stated, node_id, scope_id, order)

    def _in_force(
        self, row: Row | None, node_id: str, scope_id: str, order: tuple[str, str]
    ) -> Row | None:
        """Return a row with what overrides make of it for an order."""
        held = [self.overrides[name] for name in sorted(self.in_force)]
        for override in sorted(held, key=lambda each: bool(each.client_order_id)):
            is_for = override.order in (("", ""), order)
            at = type(row).__name__, node_id, scope_id
            if row is not None and is_for and override.place == at:
                row = overridden(row, override)
        return row

    def path(self, sub_account_id: str, terms: OrderTerms) -> list[str]:
        """Return every node that an order of a sub-account stands under, beside the tree too."""
        beside = self.beside(sub_account_id, terms.carrying_account_id, terms.contract_id)
        return [*self.chain(sub_account_id), *beside]

    def beside(self, book_id: str, carrying_account_id: str, contract_id: str) -> tuple[str, ...]:
        """Return the nodes beside the tree that dealing of a book stands under."""
        venue_id = self.product(contract_id).venue_id
        owner = self.owner(book_id)
        return f"carrying:{carrying_account_id}", f"venue:{venue_id}", f"person:{owner}"

    @property
    def master_id(self) -> str:
        """Return the master account's identifier."""
        return self.master.master_account_id if self.master else ""

    @property
    def base_currency(self) -> str:
        """Return the currency that capital is counted in."""
        return self.master.base_currency if self.master else ""

    def product(self, contract_id: str) -> Product:
        """Return the product of a contract."""
        return self.products[self.contracts[contract_id].product_id]

    def living(self, contract_id: str) -> str:
        """Return what a contract is now: itself, or the last of its successors."""
        while contract_id in self.successors:
            contract_id = self.successors[contract_id]
        return contract_id

    def owner(self, book_id: str) -> str:
        """Return the legal person whose book this is; empty when nobody's."""
        if book_id.startswith(RESERVE):
            return book_id[len(RESERVE) :]
        if book_id.startswith(PROMISED):
            return book_id[len(PROMISED) :]
        if book_id.startswith(SUSPENSE):
            account = self.carrying.get(book_id[len(SUSPENSE) :])
            return account.holder_id if account else ""
        sub_account = self.sub_accounts.get(book_id)
        return sub_account.owner_id if sub_account else ""

    def is_gross(self, carrying_account_id: str) -> bool:
        """Return whether a carrying account keeps both sides apart."""
        account = self.carrying.get(carrying_account_id)
        return account is not None and account.position_mode is PositionMode.GROSS

    def chain(self, sub_account_id: str) -> Iterator[str]:
        """Yield the sub-account, every sub-account above it, and the master account."""
        node: str | None = sub_account_id
        while node in self.sub_accounts:
            yield node
            node = self.sub_accounts[node].parent_id
        if self.master:
            yield self.master.master_account_id

    def value(self, contract_id: str, price_nanos: int, lots: int) -> int:
        """Return the exact value of lots at a price; a fraction of a micro would be a fault."""
        value, rest = divmod(
            price_nanos * self.product(contract_id).point_value_micros * lots, NANOS
        )
        assert rest == 0, (contract_id, price_nanos, lots)
        return value
