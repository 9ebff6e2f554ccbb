"""Cash, positions, fees, variation and standing of every book, virtual and carrying.

Virtual books are sub-accounts, reserves and suspense books; carrying books are the real accounts.
Laws: per currency the virtual books' cash sums to the carrying accounts' cash (``cash_gaps``), and
in net accounts their signed lots sum to the carrying lots (``lot_gaps``).
"""

from typing import NamedTuple

from fencang.messages.commands import OpeningCash, OpeningLots
from fencang.messages.day_events import SettlementCorrected
from fencang.messages.events import (
    AnyEvent,
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    ContractExpired,
    ContractSettled,
    CurrencyConverted,
    FillAllocated,
    FillBooked,
    FillSuspended,
    MarginLine,
    MarginPublished,
    OpeningBookImported,
    OptionExercised,
    OverGrantedChanged,
    SuspenseAssigned,
    TradingStateSet,
)
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.life_events import ContractConverted
from fencang.messages.message import Offset, Side, TradingState
from fencang.messages.money_events import (
    InterestPosted,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.messages.record import Record
from fencang.projections.cash_moves import WireNote, moves_of
from fencang.projections.holdings import Holding
from fencang.projections.projection import Projection
from fencang.projections.reference import Reference, promised_id, reserve_id, suspense_id
from fencang.refdata.contract import OptionRight

__all__ = ["Books", "Position"]

Amounts = dict[str, dict[str, int]]
"""Book → currency → micros."""


class Position(NamedTuple):
    """Lots of one book in one contract at one carrying account."""

    carrying_account_id: str
    contract_id: str
    long_lots: int
    short_lots: int


class Books(Projection):
    """All books of the desk; ``reference`` is applied by whoever composes the two."""

    __slots__ = (
        "_by_contract",
        "_carrying_cash",
        "_carrying_holdings",
        "_cash",
        "_fees",
        "_holdings",
        "_standing",
        "_states",
        "_uncovered",
        "_variation",
        "_wires",
        "margin_day",
        "reference",
    )

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._cash: Amounts = {}
        self._fees: Amounts = {}
        self._variation: Amounts = {}
        self._carrying_cash: Amounts = {}
        self._holdings: dict[str, dict[tuple[str, str], Holding]] = {}
        self._by_contract: dict[str, dict[tuple[str, str], Holding]] = {}
        self._carrying_holdings: dict[str, dict[str, Holding]] = {}
        self._standing: dict[str, MarginLine] = {}
        self._states: dict[str, TradingState] = {}
        self._uncovered: dict[str, int] = {}
        self._wires: dict[int, WireNote] = {}
        self.margin_day = 0

    def apply(self, record: Record) -> None:
        """Fold in everything that moves cash, lots, standing or trading state."""
        for event in record.events:
            self._fold_lots(event)
            match event:
                case MarginPublished(trading_day=day, lines=lines):
                    self.margin_day = int(f"{day:%Y%m%d}")
                    self._standing.update((line.book_id, line) for line in lines)
                case OpeningBookImported(lots=lots, cash=cash):
                    self._import(lots, cash)
                case DayMinimumCharged(carrying_account_id=account, currency=currency):
                    for part in event.books:
                        _add(self._fees, part.book_id, currency, part.amount_micros)
                        _add(self._cash, part.book_id, currency, -part.amount_micros)
                        _add(self._carrying_cash, account, currency, -part.amount_micros)
                case TradingStateSet():
                    self._states[event.node_id] = event.trading_state
                case OverGrantedChanged():
                    self._uncovered[event.owner_id] = event.uncovered_micros
                case CashDeposited() | CashWithdrawn() | CapitalTransferred() | CurrencyConverted():
                    self._move_cash(event)
                case (
                    WireRequested()
                    | WireConfirmed()
                    | WireReturned()
                    | WireCancelled()
                    | InterestPosted()
                ):
                    for move in moves_of(event, self._wires):
                        amounts = self._carrying_cash if move.is_carrying else self._cash
                        _add(amounts, move.name, move.currency, move.amount_micros)
                case _:
                    pass

    def _fold_lots(self, event: AnyEvent) -> None:
        match event:
            case FillAllocated() | EnteredFillAllocated():
                self._allocate(event, event.sub_account_id)
            case FillBooked():
                self._book(event)
            case FillSuspended():
                self._allocate(event, suspense_id(event.carrying_account_id))
            case SuspenseAssigned():
                self._assign(event)
            case SuspenseAssignmentUndone():
                self._assign(event, direction=-1)
            case OptionExercised():
                self._exercise(event)
            case FillCorrected() | FillBusted():
                self._mend(event)
            case PositionTransferred():
                self._transfer(event)
            case ContractSettled():
                self._settle(event)
            case SettlementCorrected(following_day=None):
                self._correct(event)
            case ContractExpired(contract_id=contract_id):
                self._expire(contract_id)
            case ContractConverted():
                self._convert(event)
            case _:
                pass

    def content(self) -> object:
        """Return every amount, position and state."""
        derived = ("reference", "_by_contract")
        return {name: getattr(self, name) for name in self.__slots__ if name not in derived}

    # ------------------------------------------------------------------------------------ questions

    def book_ids(self) -> list[str]:
        """Return every virtual book that was ever touched, sorted."""
        names = {*self._cash, *self._holdings, *self.reference.sub_accounts}
        return sorted(names)

    def cash(self, book_id: str) -> dict[str, int]:
        """Return a virtual book's cash per currency."""
        return _sorted(self._cash.get(book_id, {}))

    def carrying_cash(self, carrying_account_id: str) -> dict[str, int]:
        """Return a carrying account's cash per currency."""
        return _sorted(self._carrying_cash.get(carrying_account_id, {}))

    def fees(self, book_id: str) -> dict[str, int]:
        """Return all fees a book ever paid, per currency."""
        return _sorted(self._fees.get(book_id, {}))

    def variation(self, book_id: str) -> dict[str, int]:
        """Return the sum of all variation margin a book received (less what it paid)."""
        return _sorted(self._variation.get(book_id, {}))

    def positions(self, book_id: str) -> list[Position]:
        """Return a virtual book's open lots, sorted by carrying account and contract."""
        holdings = self._holdings.get(book_id, {})
        return [
            Position(account, contract, holding.long_lots, holding.short_lots)
            for (account, contract), holding in sorted(holdings.items())
            if holding.long_lots or holding.short_lots
        ]

    def carrying_positions(self, carrying_account_id: str) -> list[Position]:
        """Return a carrying account's open lots, sorted by contract."""
        holdings = self._carrying_holdings.get(carrying_account_id, {})
        return [
            Position(carrying_account_id, contract, holding.long_lots, holding.short_lots)
            for contract, holding in sorted(holdings.items())
            if holding.long_lots or holding.short_lots
        ]

    def holding(self, book_id: str, carrying_account_id: str, contract_id: str) -> Holding | None:
        """Return what a virtual book holds in one contract; None when nothing, nor unpaid value."""
        return self._holdings.get(book_id, {}).get((carrying_account_id, contract_id))

    def carried(self, carrying_account_id: str, contract_id: str) -> Holding | None:
        """Return what a carrying account holds in one contract; None when nothing."""
        return self._carrying_holdings.get(carrying_account_id, {}).get(contract_id)

    def holders(self, contract_id: str) -> list[tuple[str, str]]:
        """Return (book, carrying account) of everything held in a contract."""
        return list(self._by_contract.get(contract_id, {}))

    def holdings(self, book_id: str) -> list[tuple[str, str]]:
        """Return (carrying account, contract) of everything that a virtual book holds."""
        return list(self._holdings.get(book_id, {}))

    def carrying_ids(self) -> list[str]:
        """Return every carrying account that ever had cash or lots, sorted."""
        return sorted({*self._carrying_cash, *self._carrying_holdings})

    def net_lots(self, book_id: str) -> dict[str, int]:
        """Return a virtual book's signed lots per contract over its carrying accounts."""
        lots: dict[str, int] = {}
        for position in self.positions(book_id):
            net = position.long_lots - position.short_lots
            lots[position.contract_id] = lots.get(position.contract_id, 0) + net
        return _sorted(lots)

    def equity_micros(self, book_id: str) -> int:
        """Return a virtual book's capital: cash and unpaid variation, valued in the base currency.

        At the last marks and rates; contracts without a mark are taken at what they carry.
        """
        per_currency = dict(self._cash.get(book_id, {}))
        for (_, contract_id), holding in self._holdings.get(book_id, {}).items():
            mark = self.reference.marks.get(contract_id)
            if mark is not None:
                product = self.reference.product_of(contract_id)
                unpaid = holding.unpaid_micros(product, mark)
                per_currency[product.currency] = per_currency.get(product.currency, 0) + unpaid
        return sum(
            self.reference.value_in_base(currency, amount)
            for currency, amount in per_currency.items()
        )

    def cover_micros(self, owner_id: str) -> int:
        """Return the owner's reserve and suspense books less the deficits that they carry.

        What wires are promised covers nothing any more.
        """
        reference = self.reference
        own = [book_id for book_id in self.book_ids() if reference.owner_of(book_id) == owner_id]
        own = [book_id for book_id in own if book_id != promised_id(owner_id)]
        equities = [(book_id, self.equity_micros(book_id)) for book_id in own]
        return sum(
            equity if book_id not in reference.sub_accounts else min(0, equity)
            for book_id, equity in equities
        )

    def standing(self, book_id: str) -> MarginLine:
        """Return a book's (or ``@pool:PERSON``'s) last margin line; 0s before the first."""
        line = self._standing.get(book_id)
        return line or MarginLine(book_id=book_id, equity_micros=0, requirement_micros=0)

    def trading_state(self, node_id: str) -> TradingState:
        """Return what was set for this node itself; nodes above it may be stricter."""
        return self._states.get(node_id, TradingState.ACTIVE)

    def uncovered_micros(self, owner_id: str) -> int:
        """Return how far the owner's deficits outgrow its reserve; 0 when not over-granted."""
        return self._uncovered.get(owner_id, 0)

    def cash_gaps(self) -> dict[str, int]:
        """Return currencies whose virtual and carrying cash differ; empty when the law holds."""
        gaps: dict[str, int] = {}
        for sign, amounts in ((1, self._cash), (-1, self._carrying_cash)):
            for per_currency in amounts.values():
                for currency, amount in per_currency.items():
                    gaps[currency] = gaps.get(currency, 0) + sign * amount
        return _sorted({currency: gap for currency, gap in gaps.items() if gap})

    def lot_gaps(self) -> dict[tuple[str, str], int]:
        """Return signed lots by which (carrying account, contract) differ; empty by law."""
        gaps: dict[tuple[str, str], int] = {}
        for holdings in self._holdings.values():
            for key, holding in holdings.items():
                gaps[key] = gaps.get(key, 0) + holding.net_lots
        for account, carried in self._carrying_holdings.items():
            for contract, holding in carried.items():
                gaps[account, contract] = gaps.get((account, contract), 0) - holding.net_lots
        return {key: gap for key, gap in sorted(gaps.items()) if gap}

    # ---------------------------------------------------------------------------------------- folds

    def _allocate(
        self, event: FillAllocated | EnteredFillAllocated | FillSuspended, book_id: str
    ) -> None:
        product = self.reference.product_of(event.contract_id)
        holding = self._holding(book_id, event.carrying_account_id, event.contract_id)
        premium = holding.trade(
            product, event.side, event.offset, event.quantity_lots, event.price_nanos
        )
        self._drop_if_flat(book_id, event.carrying_account_id, event.contract_id)
        fee = event.fee_micros
        _add(self._fees, book_id, product.currency, fee)
        _add(self._cash, book_id, product.currency, premium - fee)
        _add(self._carrying_cash, event.carrying_account_id, product.currency, premium - fee)

    def _assign(
        self, event: SuspenseAssigned | SuspenseAssignmentUndone, direction: int = 1
    ) -> None:
        product = self.reference.product_of(event.contract_id)
        source = suspense_id(event.carrying_account_id)
        for book_id, sign in ((source, -direction), (event.sub_account_id, direction)):
            holding = self._holding(book_id, event.carrying_account_id, event.contract_id)
            lots = sign * event.quantity_lots
            premium = holding.trade(product, event.side, event.offset, lots, event.price_nanos)
            self._drop_if_flat(book_id, event.carrying_account_id, event.contract_id)
            fee = sign * event.fee_micros
            _add(self._fees, book_id, product.currency, fee)
            _add(self._cash, book_id, product.currency, premium - fee)

    def _book(self, event: FillBooked) -> None:
        product = self.reference.product_of(event.contract_id)
        holding = self._carried(event.carrying_account_id, event.contract_id)
        holding.trade(product, event.side, event.offset, event.quantity_lots, event.price_nanos)
        if holding.is_flat:
            del self._carrying_holdings[event.carrying_account_id][event.contract_id]

    def _mend(self, event: FillCorrected | FillBusted) -> None:
        """Take the fill back at its old price and enter the right one, book by book."""
        product, account = self.reference.product_of(event.contract_id), event.carrying_account_id
        side, offset = event.side, event.offset
        held = self._carried(account, event.contract_id)
        held.trade(product, side, offset, -event.old_quantity_lots, event.old_price_nanos)
        if isinstance(event, FillCorrected):
            held.trade(product, side, offset, event.new_quantity_lots, event.new_price_nanos)
        if held.is_flat:
            del self._carrying_holdings[account][event.contract_id]
        for mend in event.mends:
            holding = self._holding(mend.book_id, account, event.contract_id)
            premium = holding.trade(product, side, offset, -mend.taken_lots, mend.taken_price_nanos)
            premium += holding.trade(
                product, side, offset, mend.entered_lots, mend.entered_price_nanos
            )
            self._drop_if_flat(mend.book_id, account, event.contract_id)
            _add(self._fees, mend.book_id, product.currency, mend.fee_micros)
            _add(self._cash, mend.book_id, product.currency, premium - mend.fee_micros)
            _add(self._carrying_cash, account, product.currency, premium - mend.fee_micros)

    def _transfer(self, event: PositionTransferred) -> None:
        """Move lots of one side with the value they are moved at: where premiums are paid, cash."""
        net = self.reference.is_net(event.carrying_account_id)
        product = self.reference.product_of(event.contract_id)
        value = sum(piece.cost_micros for piece in event.pieces)
        for book_id, sign in ((event.from_sub_account_id, -1), (event.to_sub_account_id, 1)):
            holding = self._holding(book_id, event.carrying_account_id, event.contract_id)
            holding.move(event.side, sign * event.quantity_lots, sign * value, is_net=net)
            if product.pays_premium:
                _add(self._cash, book_id, product.currency, -holding.carried_micros)
                holding.carried_micros = 0
            self._drop_if_flat(book_id, event.carrying_account_id, event.contract_id)

    def _settle(self, event: ContractSettled) -> None:
        contract = event.contract_id
        product = self.reference.product_of(contract)
        for book in event.books:
            _add(self._variation, book.book_id, event.currency, book.variation_micros)
            _add(self._cash, book.book_id, event.currency, book.variation_micros)
        for carrying in event.carrying:
            account = carrying.carrying_account_id
            _add(self._carrying_cash, account, event.currency, carrying.variation_micros)
        for (book_id, account), holding in list(self._by_contract.get(contract, {}).items()):
            holding.settle(product, event.price_nanos, is_final=event.is_final)
            self._drop_if_flat(book_id, account, contract)
        for carried in self._carrying_holdings.values():
            if (held := carried.get(contract)) is not None:
                held.settle(product, event.price_nanos, is_final=event.is_final)
                if held.is_flat:
                    del carried[contract]

    def _exercise(self, event: OptionExercised) -> None:
        """Close the option in every book of the event and open the future that takes its place."""
        is_net = self.reference.is_net(event.carrying_account_id)
        is_call = self.reference.contracts[event.contract_id].right is OptionRight.CALL
        for leg in event.legs:
            for lots, side in ((leg.long_lots, Side.SELL), (leg.short_lots, Side.BUY)):
                if not lots:
                    continue
                offset = Offset.NET if is_net else Offset.CLOSE
                place = (leg.book_id, event.carrying_account_id, event.contract_id)
                self._trade(place, side, offset, lots, event.close_price_nanos)
                if event.underlying_id is not None:
                    place = (leg.book_id, event.carrying_account_id, event.underlying_id)
                    opens = side.opposite if is_call else side
                    offset = Offset.NET if is_net else Offset.OPEN
                    self._trade(place, opens, offset, lots, event.strike_nanos)

    def _trade(
        self, place: tuple[str, str, str], side: Side, offset: Offset, lots: int, price_nanos: int
    ) -> None:
        """Trade lots of (book, carrying account, contract) in both books, free of fees."""
        book_id, account, contract = place
        product = self.reference.product_of(contract)
        carried = self._carried(account, contract)
        carried.trade(product, side, offset, lots, price_nanos)
        if carried.is_flat:
            del self._carrying_holdings[account][contract]
        premium = self._holding(book_id, account, contract).trade(
            product, side, offset, lots, price_nanos
        )
        self._drop_if_flat(book_id, account, contract)
        _add(self._cash, book_id, product.currency, premium)
        _add(self._carrying_cash, account, product.currency, premium)

    def _correct(self, event: SettlementCorrected) -> None:
        """Pay the differences; what is carried moves with them while the contract lives."""
        contract, currency = self.reference.living(event.contract_id), event.currency
        for part in event.books:
            _add(self._variation, part.book_id, currency, part.difference_micros)
            _add(self._cash, part.book_id, currency, part.difference_micros)
            if not event.is_final:
                account = part.carrying_account_id
                holding = self._holding(part.book_id, account, contract)
                holding.carried_micros += part.difference_micros
                self._drop_if_flat(part.book_id, account, contract)
        for carrying in event.carrying:
            account = carrying.carrying_account_id
            _add(self._carrying_cash, account, currency, carrying.difference_micros)
            if not event.is_final:
                carried = self._carried(account, contract)
                carried.carried_micros += carrying.difference_micros
                if carried.is_flat:
                    del self._carrying_holdings[account][contract]

    def _expire(self, contract_id: str) -> None:
        for book_id, account in self._by_contract.pop(contract_id, {}):
            del self._holdings[book_id][account, contract_id]
        for carried in self._carrying_holdings.values():
            carried.pop(contract_id, None)

    def _convert(self, event: ContractConverted) -> None:
        """Let every holding become one of the successor; no cash moves."""
        old, new = event.from_contract_id, event.to_contract_id
        ratio = event.new_lots, event.old_lots
        for (book_id, account), held in self._by_contract.pop(old, {}).items():
            del self._holdings[book_id][account, old]
            holding = self._holding(book_id, account, new)
            found = held.converted(*ratio)
            holding.long_lots, holding.short_lots = found.long_lots, found.short_lots
            holding.carried_micros = found.carried_micros
        for carried in self._carrying_holdings.values():
            account_held = carried.pop(old, None)
            if account_held is not None:
                carried[new] = account_held.converted(*ratio)

    def _import(self, lots: tuple[OpeningLots, ...], cash: tuple[OpeningCash, ...]) -> None:
        for item in lots:
            product = self.reference.product_of(item.contract_id)
            net = self.reference.is_net(item.carrying_account_id)
            offset = Offset.NET if net else Offset.OPEN
            for holding in (
                self._holding(item.sub_account_id, item.carrying_account_id, item.contract_id),
                self._carried(item.carrying_account_id, item.contract_id),
            ):
                holding.trade(
                    product, item.side, offset, item.quantity_lots, item.carried_price_nanos
                )
        for entry in cash:
            book_id = entry.sub_account_id or reserve_id(entry.owner_id)
            _add(self._cash, book_id, entry.currency, entry.amount_micros)
            account = entry.carrying_account_id
            _add(self._carrying_cash, account, entry.currency, entry.amount_micros)

    def _move_cash(
        self, event: CashDeposited | CashWithdrawn | CapitalTransferred | CurrencyConverted
    ) -> None:
        match event:
            case CashDeposited() | CashWithdrawn():
                sign = 1 if isinstance(event, CashDeposited) else -1
                amount = sign * event.amount_micros
                _add(self._cash, reserve_id(event.owner_id), event.currency, amount)
                _add(self._carrying_cash, event.carrying_account_id, event.currency, amount)
            case CapitalTransferred():
                base = self.reference.base_currency
                _add(self._cash, event.from_book_id, base, -event.amount_micros)
                _add(self._cash, event.to_book_id, base, event.amount_micros)
            case CurrencyConverted():
                for amounts, name in (
                    (self._cash, event.book_id),
                    (self._carrying_cash, event.carrying_account_id),
                ):
                    _add(amounts, name, event.sold_currency, -event.sold_micros)
                    _add(amounts, name, event.bought_currency, event.bought_micros)

    def _holding(self, book_id: str, account: str, contract: str) -> Holding:
        holdings = self._holdings.setdefault(book_id, {})
        holding = holdings.get((account, contract))
        if holding is None:
            holding = holdings[account, contract] = Holding()
            self._by_contract.setdefault(contract, {})[book_id, account] = holding
        return holding

    def _carried(self, account: str, contract: str) -> Holding:
        return self._carrying_holdings.setdefault(account, {}).setdefault(contract, Holding())

    def _drop_if_flat(self, book_id: str, account: str, contract: str) -> None:
        holdings = self._holdings[book_id]
        if holdings[account, contract].is_flat:
            del holdings[account, contract]
            del self._by_contract[contract][book_id, account]


def _add(amounts: Amounts, name: str, currency: str, amount_micros: int) -> None:
    per_currency = amounts.setdefault(name, {})
    per_currency[currency] = per_currency.get(currency, 0) + amount_micros


def _sorted(amounts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(amounts.items()))
