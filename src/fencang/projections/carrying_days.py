"""The carrying book day by day: what a broker's statement of a trading day should say.

A fill, its fee and a contract's variation belong to the trading day their venue is in; cash that
moves without a venue belongs to the latest day any venue of the account is in.  A day's positions
are those at the moment its venue opens for a later day, so a day can be asked for long after it.
Laws: opening + movements = closing; closing of a day = opening of the next one.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from fencang.messages.day_events import SettlementCorrected, TradingDayOpened
from fencang.messages.events import (
    AccountMargin,
    AnyEvent,
    CashDeposited,
    CashWithdrawn,
    ContractExpired,
    ContractSettled,
    CurrencyConverted,
    FillAllocated,
    FillBooked,
    FillSuspended,
    MarginPublished,
    OpeningBookImported,
    OptionExercised,
    SessionOpened,
    SpanParametersActivated,
)
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    FillEntered,
)
from fencang.messages.life_events import ContractConverted
from fencang.messages.message import Offset, Side
from fencang.messages.money_events import (
    InterestPosted,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.messages.record import Record
from fencang.projections.carrying_account import (
    AccountDays,
    CarryingDay,
    DayEntries,
    DayFill,
    DayMend,
    Movement,
    right_terms,
)
from fencang.projections.carrying_lots import DayPosition
from fencang.projections.cash_moves import WireNote, moves_of
from fencang.projections.late_fills import LateFill, late_fills_of
from fencang.projections.projection import Projection
from fencang.projections.reference import Reference
from fencang.refdata.contract import OptionRight

__all__ = [
    "DAYS_MAX",
    "CarryingDay",
    "CarryingDays",
    "DayFill",
    "DayMend",
    "DayPosition",
    "Movement",
]

DAYS_MAX = 40
"""Days that stay whole; of older ones only the balances they ended with are kept."""


class CarryingDays(Projection):
    """Every carrying account by day; ``reference`` is applied by whoever composes the two."""

    __slots__ = ("_accounts", "_days_max", "_parameters", "_today", "_wires", "reference")

    def __init__(self, reference: Reference, days_max: int = DAYS_MAX) -> None:
        assert days_max >= 2, "a day and the one before it"
        self.reference = reference
        self._days_max = days_max
        self._accounts: dict[str, AccountDays] = {}
        self._today: dict[str, int] = {}
        self._parameters: dict[str, str] = {}
        self._wires: dict[int, WireNote] = {}

    def apply(self, record: Record) -> None:
        """Fold in everything that moves a carrying account's lots or cash."""
        for event in record.events:
            self._fold_lots(event)
            match event:
                case SessionOpened() | TradingDayOpened():
                    self._open(event.venue_id, event.trading_day.toordinal())
                case MarginPublished():
                    self._publish(event)
                case CashDeposited() | CashWithdrawn() | CurrencyConverted():
                    self._move(event)
                case (
                    WireRequested()
                    | WireConfirmed()
                    | WireReturned()
                    | WireCancelled()
                    | InterestPosted()
                ):
                    kind = Movement.TRANSFERS
                    if isinstance(event, InterestPosted):
                        kind = Movement.INTEREST
                    for move in moves_of(event, self._wires):
                        if move.is_carrying:
                            self._day_of(move.name).move(move.currency, kind, move.amount_micros)
                case DayMinimumCharged(carrying_account_id=name):
                    paid = sum(part.amount_micros for part in event.books)
                    day = self._account(name).day(self._today.get(event.venue_id, 0))
                    day.move(event.currency, Movement.FEES, -paid)
                case SpanParametersActivated():
                    self._parameters[event.clearing_house] = event.sha256
                case _:
                    pass

    def _fold_lots(self, event: AnyEvent) -> None:
        match event:
            case FillBooked():
                self._book(event)
            case FillEntered():
                self._enter(event)
            case FillAllocated() | EnteredFillAllocated() | FillSuspended():
                self._charge(event)
            case FillCorrected() | FillBusted():
                self._mend(event)
            case OptionExercised():
                self._exercise(event)
            case ContractSettled():
                self._settle(event)
            case SettlementCorrected(following_day=None):
                self._correct(event)
            case ContractExpired(contract_id=contract_id):
                for account in self._accounts.values():
                    account.lots.pop(contract_id, None)
            case ContractConverted():
                self._convert(event)
            case OpeningBookImported():
                self._import(event)
            case _:
                pass

    def content(self) -> object:
        """Return every account's days."""
        accounts = {
            name: {
                "before": {key: amount for key, amount in account.before.items() if amount},
                "days": {
                    ordinal: [
                        day.fills,
                        day.exercises,
                        day.mends,
                        day.corrected,
                        sorted(day.finals),
                        day.fees,
                        day.movements,
                        day.margins,
                        day.settlements,
                        day.parameters,
                    ]
                    for ordinal, day in account.days.items()
                },
                "lots": {key: list(lots.position()) for key, lots in account.lots.items()},
                "ends": account.ends,
                "renamed": account.renamed,
            }
            for name, account in self._accounts.items()
        }
        return [self._days_max, self._today, self._parameters, self._wires, accounts]

    # ------------------------------------------------------------------------------------ questions

    def days(self, carrying_account_id: str) -> list[date]:
        """Return the days of an account that can be asked for, oldest first."""
        account = self._accounts.get(carrying_account_id)
        known = sorted(account.days) if account is not None else []
        return [date.fromordinal(ordinal) for ordinal in known if ordinal]

    def day(self, carrying_account_id: str, trading_day: date) -> CarryingDay | None:
        """Return an account's day; None when nothing is kept of it."""
        account = self._accounts.get(carrying_account_id)
        ordinal = trading_day.toordinal()
        found = account.days.get(ordinal) if account is not None else None
        if account is None or found is None:
            return None
        opening = Counter(account.before)
        settled: dict[str, int] = {}
        for earlier in sorted(account.days):
            if earlier < ordinal:
                settled |= account.days[earlier].settlements
                settled |= account.days[earlier].corrected
                for (currency, _), amount in account.days[earlier].movements.items():
                    opening[currency] += amount
        settled |= found.corrected
        closing = Counter(opening)
        for (currency, _), amount in found.movements.items():
            closing[currency] += amount
        return CarryingDay(
            carrying_account_id=carrying_account_id,
            trading_day=trading_day,
            positions=dict(sorted(self._positions(account, ordinal))),
            fills=found.with_fees(),
            exercises=list(found.exercises),
            opening={key: opening[key] for key in sorted(closing)},
            movements=dict(sorted(found.movements.items())),
            closing={key: closing[key] for key in sorted(closing)},
            margins=list(found.margins),
            settlements=dict(sorted(found.settlements.items())),
            settlements_before=dict(sorted(settled.items())),
            finals=frozenset(found.finals),
            mends=list(found.mends),
            parameters=dict(sorted(found.parameters.items())),
        )

    def late_fills(self, carrying_account_id: str) -> list[LateFill]:
        """Return an account's fills that were booked after the day they were cleared on."""
        account = self._accounts.get(carrying_account_id)
        return late_fills_of(account) if account is not None else []

    def _positions(self, account: AccountDays, ordinal: int) -> Iterator[tuple[str, DayPosition]]:
        """Yield what was open at the end of a day, each contract by the day of its own venue."""
        for contract_id, lots in account.lots.items():
            is_now = self._today.get(self._venue_of(contract_id), 0) <= ordinal
            if is_now and not lots.is_flat:
                yield contract_id, lots.position()
        for venue_id, ends in account.ends.items():
            if self._today.get(venue_id, 0) > ordinal:
                last = max((day for day in ends if day <= ordinal), default=None)
                if last is not None:
                    yield from ends[last].items()

    # ---------------------------------------------------------------------------------------- folds

    def _venue_of(self, contract_id: str) -> str:
        return self.reference.product_of(contract_id).venue_id

    def _account(self, carrying_account_id: str) -> AccountDays:
        return self._accounts.setdefault(carrying_account_id, AccountDays())

    def _day_of(self, carrying_account_id: str, contract_id: str = "") -> DayEntries:
        if contract_id:
            ordinal = self._today.get(self._venue_of(contract_id), 0)
        else:
            definition = self.reference.carrying_accounts[carrying_account_id]
            ordinal = max(self._today.get(venue_id, 0) for venue_id in definition.venues)
        return self._account(carrying_account_id).day(ordinal)

    def _pay(self, account: str, contract: str, kind: Movement, amount_micros: int) -> None:
        """Move cash of a contract's currency on the day of its venue."""
        currency = self.reference.product_of(contract).currency
        self._day_of(account, contract).move(currency, kind, amount_micros)

    def _premium(self, contract: str, side: Side, quantity_lots: int, price_nanos: int) -> int:
        """Return the cash that a trade moves at once."""
        product = self.reference.product_of(contract)
        if not product.pays_premium:
            return 0
        return -side.sign * product.value_micros(price_nanos, quantity_lots)

    def _book(self, event: FillBooked) -> None:
        name, contract = event.carrying_account_id, event.contract_id
        side, lots, price = event.side, event.quantity_lots, event.price_nanos
        self._account(name).contract(contract).trade(side, event.offset, lots)
        fill = DayFill(event.execution_id, contract, side, event.offset, lots, price, 0)
        self._day_of(name, contract).fills.append(fill)

    def _enter(self, event: FillEntered) -> None:
        """Let a fill that was just booked be of its clearing day, where that has gone by."""
        account = self._account(event.carrying_account_id)
        ordinal, name = account.stands(event.execution_id)
        if event.clearing_day.toordinal() >= ordinal:
            return
        day = account.days[ordinal]
        at = day.place_of(name)
        assert at is not None, name
        fill = day.fills[at]
        account.contract(fill.contract_id).age(fill.side, fill.offset, fill.quantity_lots)
        currency = self.reference.product_of(fill.contract_id).currency
        terms = (fill.contract_id, fill.side, fill.quantity_lots, fill.price_nanos)
        paid = self._premium(*terms)
        names = (name, fill.contract_id, event.clearing_day, currency)
        is_settled = fill.contract_id in day.settlements
        late = DayMend(*names, paid, name, is_late_fill=True, is_after_settlement=is_settled)
        day.mends.append(late)

    def _charge(self, event: FillAllocated | EnteredFillAllocated | FillSuspended) -> None:
        name, contract, fee = event.carrying_account_id, event.contract_id, event.fee_micros
        day = self._day_of(name, contract)
        day.charge(event.execution_id, fee)
        self._pay(name, contract, Movement.FEES, -fee)
        premium = self._premium(contract, event.side, event.quantity_lots, event.price_nanos)
        self._pay(name, contract, Movement.PREMIUMS, premium)

    def _mend(self, event: FillCorrected | FillBusted) -> None:
        """Take the fill back and enter the right one: in today's list, or beside it."""
        name, contract = event.carrying_account_id, event.contract_id
        account, day = self._account(name), self._day_of(name, contract)
        fee = sum(mend.fee_micros for mend in event.mends)
        premium = sum(
            self._premium(contract, event.side, mend.entered_lots, mend.entered_price_nanos)
            - self._premium(contract, event.side, mend.taken_lots, mend.taken_price_nanos)
            for mend in event.mends
        )
        today = self._today.get(self._venue_of(contract), 0)
        listed_as = account.relist(today, event, fee)
        lots = account.contract(contract)
        taken, entered = -event.old_quantity_lots, right_terms(event)[0]
        for quantity in (taken, entered):
            lots.trade(event.side, event.offset, quantity, is_of_today=listed_as is None)
        self._pay(name, contract, Movement.FEES, -fee)
        self._pay(name, contract, Movement.PREMIUMS, premium)
        if listed_as is not None:
            currency = self.reference.product_of(contract).currency
            names = (event.correction_id, contract, event.mended_day, currency)
            day.mends.append(DayMend(*names, premium - fee, listed_as))

    def _exercise(self, event: OptionExercised) -> None:
        """Close the option and open the future that takes its place."""
        name = event.carrying_account_id
        is_net = self.reference.is_net(name)
        is_call = self.reference.contracts[event.contract_id].right is OptionRight.CALL
        close, opens = (Offset.NET, Offset.NET) if is_net else (Offset.CLOSE, Offset.OPEN)
        longs = sum(leg.long_lots for leg in event.legs)
        shorts = sum(leg.short_lots for leg in event.legs)
        for lots, side in ((longs, Side.SELL), (shorts, Side.BUY)):
            if not lots:
                continue
            self._end(event, event.contract_id, (side, close, lots, event.close_price_nanos))
            if event.underlying_id is not None:
                future_side = side.opposite if is_call else side
                self._end(
                    event, event.underlying_id, (future_side, opens, lots, event.strike_nanos)
                )

    def _end(
        self, event: OptionExercised, contract: str, trade: tuple[Side, Offset, int, int]
    ) -> None:
        """Book one trade (side, offset, lots, price) of an exercise, free of fees."""
        name = event.carrying_account_id
        side, offset, lots, price = trade
        self._account(name).contract(contract).trade(side, offset, lots)
        execution_id = f"{event.execution_id}:{contract}:{side.name.lower()}"
        self._day_of(name, contract).exercises.append(
            DayFill(execution_id, contract, side, offset, lots, price, 0)
        )
        self._pay(name, contract, Movement.PREMIUMS, self._premium(contract, side, lots, price))

    def _settle(self, event: ContractSettled) -> None:
        venue_id = self._venue_of(event.contract_id)
        for name, definition in self.reference.carrying_accounts.items():
            if venue_id in definition.venues and name in self._accounts:
                day = self._day_of(name, event.contract_id)
                day.settlements[event.contract_id] = event.price_nanos
                if event.is_final:
                    day.finals.add(event.contract_id)
        for part in event.carrying:
            day = self._day_of(part.carrying_account_id, event.contract_id)
            day.move(event.currency, Movement.VARIATION, part.variation_micros)

    def _correct(self, event: SettlementCorrected) -> None:
        """Pay the differences today; today's own settlement simply has another price."""
        contract, venue_id = event.contract_id, self._venue_of(event.contract_id)
        is_of_today = event.trading_day.toordinal() == self._today.get(venue_id, 0)
        kind = Movement.VARIATION if is_of_today else Movement.CORRECTIONS
        for name, definition in self.reference.carrying_accounts.items():
            if venue_id in definition.venues and name in self._accounts:
                day = self._day_of(name, contract)
                prices = day.settlements if is_of_today else day.corrected
                prices[contract] = event.price_nanos
                self._carry_price(prices, contract)
        for part in event.carrying:
            day, amount = self._day_of(part.carrying_account_id, contract), part.difference_micros
            day.move(event.currency, kind, amount)
            if amount and not is_of_today:
                mend = DayMend("", contract, event.trading_day, event.currency, amount)
                day.mends.append(mend)

    def _convert(self, event: ContractConverted) -> None:
        """Let lots be the successor's, and what they were settled at before its price before."""
        old, new = event.from_contract_id, event.to_contract_id
        for name, account in self._accounts.items():
            lots = account.lots.pop(old, None)
            if lots is None:
                continue
            account.lots[new] = lots.converted(event.new_lots, event.old_lots)
            for ordinal in sorted(account.days, reverse=True):
                before = account.days[ordinal]
                found = before.corrected.get(old, before.settlements.get(old))
                price = event.price(found) if found is not None else None
                if found is not None:
                    if price is not None:
                        self._day_of(name, new).corrected[new] = price
                    break

    def _carry_price(self, prices: dict[str, int], contract_id: str) -> None:
        """Let the right price of a contract that was converted since be one of its successor."""
        price: int | None = prices[contract_id]
        while price is not None and contract_id in self.reference.conversions:
            conversion = self.reference.conversions[contract_id]
            price, contract_id = conversion.price(price), conversion.to_contract_id
            if price is not None:
                prices[contract_id] = price

    def _open(self, venue_id: str, now: int) -> None:
        before = self._today.get(venue_id, 0)
        if now <= before:
            return
        for name in self.reference.carrying_accounts:
            if venue_id not in self.reference.carrying_accounts[name].venues:
                continue
            account = self._account(name)
            end = account.ends.setdefault(venue_id, {}).setdefault(before, {})
            for contract_id, lots in account.lots.items():
                if self._venue_of(contract_id) == venue_id:
                    if not lots.is_flat:
                        end[contract_id] = lots.position()
                    lots.begin_day()
            account.day(now)
            account.forget(self._days_max)
        self._today[venue_id] = now

    def _publish(self, event: MarginPublished) -> None:
        ordinal = event.trading_day.toordinal()
        told: dict[str, list[AccountMargin]] = {}
        for line in event.accounts:
            told.setdefault(line.carrying_account_id, []).append(line)
        for name in self.reference.carrying_accounts:
            account = self._accounts.get(name)
            if account is not None and ordinal in account.days:
                account.days[ordinal].margins = told.get(name, [])
                account.days[ordinal].parameters = dict(self._parameters)

    def _move(self, event: CashDeposited | CashWithdrawn | CurrencyConverted) -> None:
        day = self._day_of(event.carrying_account_id)
        match event:
            case CashDeposited():
                day.move(event.currency, Movement.TRANSFERS, event.amount_micros)
            case CashWithdrawn():
                day.move(event.currency, Movement.TRANSFERS, -event.amount_micros)
            case CurrencyConverted():
                day.move(event.sold_currency, Movement.CONVERSIONS, -event.sold_micros)
                day.move(event.bought_currency, Movement.CONVERSIONS, event.bought_micros)

    def _import(self, event: OpeningBookImported) -> None:
        for item in event.lots:
            lots = self._account(item.carrying_account_id).contract(item.contract_id)
            is_net = self.reference.is_net(item.carrying_account_id)
            today = self._today.get(self._venue_of(item.contract_id), 0)
            lots.trade(
                item.side,
                Offset.NET if is_net else Offset.OPEN,
                item.quantity_lots,
                is_of_today=item.opened_day.toordinal() >= today,
            )
        for cash in event.cash:
            day = self._day_of(cash.carrying_account_id)
            day.move(cash.currency, Movement.TRANSFERS, cash.amount_micros)
