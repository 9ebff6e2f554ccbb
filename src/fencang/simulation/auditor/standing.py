"""The auditor's margin: equity and requirement of every book, from lots, cash and last prices.

Laws: what is published at a settlement is what the books say, and what every owner has at every
broker is what the cash of the day comes to; an order that raises the margined
worst case of its sub-account or its owner's pool leaves both with prudent equity above their
requirement, and the sub-account within the leverage of its mandate.
Net accounts are margined on the larger side of the worst case, gross accounts on both sides;
nothing nets over two carrying accounts or two owners.
"""

from collections import defaultdict
from typing import NamedTuple

from fencang.basics.money import PPM, RATE_NANOS
from fencang.messages.events import (
    ContractSettled,
    FillBooked,
    MarginPublished,
    OrderAccepted,
    OverGrantedChanged,
    PricesMarked,
    RatesMarked,
    TradingDaySettled,
)
from fencang.messages.margin_events import AccountMargin
from fencang.messages.message import Offset, Side
from fencang.simulation.auditor.authority import Authority, counted
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import PROMISED, RESERVE, SUSPENSE, Reference
from fencang.simulation.auditor.rules import Rules

__all__ = ["POOL", "Figures", "Standing"]

POOL = "@pool:"


def _nearest(numerator: int, denominator: int) -> int:
    """Return the quotient to the nearest integer, halves away from zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


class _Sums(NamedTuple):
    """Money per currency: equity, requirement, and gross value of the worst case."""

    equity: defaultdict[str, int]
    requirement: defaultdict[str, int]
    gross: defaultdict[str, int]


class Figures(NamedTuple):
    """Where a book or a pool stands, in base micros.

    ``held`` is prudent equity and securities, ``need`` the requirement less what the pool lends.
    """

    equity: int
    backing: int
    held: int
    requirement: int
    need: int
    gross: int


class Standing:
    """Where every book stands, computed from the beginning whenever it is asked."""

    def __init__(
        self,
        reference: Reference,
        lots: Lots,
        cash: Cash,
        orders: Orders,
        rules: Rules,
        authority: Authority,
    ) -> None:
        self.reference, self.lots, self.cash = reference, lots, cash
        self.orders, self.rules, self.authority = orders, rules, authority
        self.over_granted: dict[str, bool] = {}
        self.marks: dict[str, int] = {}
        self.rates: dict[str, int] = {}
        self.handlers: Handlers = {
            PricesMarked: self._mark,
            ContractSettled: self._mark_settled,
            FillBooked: self._mark_first,
            RatesMarked: self._rate,
            MarginPublished: self._published,
            OverGrantedChanged: self._over_grant,
            OrderAccepted: self._accept,
        }

    def _mark(self, _page: Page, event: PricesMarked) -> None:
        for mark in event.marks:
            self.marks[mark.contract_id] = mark.price_nanos

    def _mark_settled(self, _page: Page, event: ContractSettled) -> None:
        self.marks[event.contract_id] = event.price_nanos

    def _mark_first(self, _page: Page, event: FillBooked) -> None:
        self.marks.setdefault(event.contract_id, event.price_nanos)

    def _rate(self, _page: Page, event: RatesMarked) -> None:
        for rate in event.rates:
            self.rates[rate.currency] = rate.rate_nanos

    # -------------------------------------------------------------------------------- valuation

    def _in_base(self, amounts: dict[str, int], haircut_ppm: int = 0) -> int:
        total = 0
        for currency, amount in amounts.items():
            if currency == self.reference.base_currency:
                total += amount
            elif amount:
                value = _nearest(amount * self.rates.get(currency, 0), RATE_NANOS)
                total += value - _nearest(abs(value) * haircut_ppm, PPM)
        return total

    def _group(self, holder: str, group: str) -> bool:
        if group.startswith(POOL):
            return holder != CARRYING and self.reference.owner(holder) == group[len(POOL) :]
        return holder == group

    def _sums(self, group: str) -> _Sums:
        sums = _Sums(defaultdict(int), defaultdict(int), defaultdict(int))
        for (book, currency), amount in self.cash.books.items():
            # Promised cash belongs to the pool no more.
            if book and not book.startswith(PROMISED) and self._group(book, group):
                sums.equity[currency] += amount
        for (holder, carrying, contract), traded in self.lots.traded.items():
            if self._group(holder, group):
                position = self.lots.signed(holder, carrying, contract)
                value = self.reference.value(contract, self.marks[contract], position)
                unpaid = value + traded - self.lots.paid[holder, carrying, contract]
                sums.equity[self.reference.product(contract).currency] += unpaid
        for (_, contract), lots in self.worst(group).items():
            currency = self.reference.product(contract).currency
            need, each = self._lot(contract)
            sums.requirement[currency] += lots * need
            sums.gross[currency] += lots * each
        for ahead, lots in self.orders.ahead.lots():
            if len(ahead.contract_ids) > 1 and self._group(ahead.sub_account_id, group):
                needs, values = zip(*map(self._lot, ahead.contract_ids), strict=True)
                currency = self.reference.product(ahead.contract_ids[0]).currency
                sums.requirement[currency] += lots * max(needs)
                sums.gross[currency] += lots * max(values)
        return sums

    # ------------------------------------------------------------------------------- worst case

    def worst(self, group: str) -> dict[tuple[str, str], int]:
        """Return the margined lots of a group per carrying account and contract."""
        longs: defaultdict[tuple[str, str], int] = defaultdict(int)
        shorts: defaultdict[tuple[str, str], int] = defaultdict(int)
        for (holder, carrying, contract, leg), lots in self.lots.lots.items():
            if self._group(holder, group):
                (shorts if leg == "short" else longs)[carrying, contract] += lots
        buys, sells = self._working(group)
        worst = {}
        for place in {**longs, **shorts, **buys, **sells}:
            long, short, buy, sell = longs[place], shorts[place], buys[place], sells[place]
            if self.reference.is_gross(place[0]):
                worst[place] = long + buy + short + sell
            else:
                net = long - short
                worst[place] = max(0, net + buy, sell - net)
        return worst

    def _lot(self, contract: str) -> tuple[int, int]:
        """Return what a lot asks for and its gross value; nothing before it has a price."""
        if contract not in self.marks:
            return 0, 0
        product = self.reference.product(contract)
        each = abs(self.reference.value(contract, self.marks[contract], 1))
        share = -(-each * product.margin_ppm // PPM)
        return max(share, product.margin_floor_micros), each

    def required(self, group: str) -> int:
        """Return what a book or a pool must hold, in base micros."""
        return self._in_base(self._sums(group).requirement)

    def lacks(self, sub_account_id: str) -> dict[str, int]:
        """Return what is not there of margin (book and pool) and of leverage, by name."""
        sub_account = self.reference.sub_accounts[sub_account_id]
        found = {}
        for group in (sub_account_id, POOL + sub_account.owner_id):
            sums = self._sums(group)
            prudent = self._in_base(sums.equity, self.reference.settings.currency_haircut_ppm)
            required = self._in_base(sums.requirement)
            required -= min(max(0, required), self.authority.grants.get(group, 0))
            found[f"margin of {group}"] = required - prudent - self._backing(group)
        sums = self._sums(sub_account_id)
        leverage = sub_account.mandate.leverage_max_ppm
        allowed = max(0, self._in_base(sums.equity) * leverage // PPM)
        found["leverage"] = self._in_base(sums.gross) - allowed
        return found

    def _working(
        self, group: str
    ) -> tuple[defaultdict[tuple[str, str], int], defaultdict[tuple[str, str], int]]:
        """Return the working lots that could enlarge a position, bought and sold."""
        buys: defaultdict[tuple[str, str], int] = defaultdict(int)
        sells: defaultdict[tuple[str, str], int] = defaultdict(int)
        for order in self.orders.live.values():
            terms = order.event.terms
            sub_account = order.event.sub_account_id
            if sub_account and self._group(sub_account, group) and _may_open(terms.offset):
                working = buys if terms.side is Side.BUY else sells
                working[terms.carrying_account_id, terms.contract_id] += order.open_lots
        for ahead, lots in self.orders.ahead.lots():
            if len(ahead.contract_ids) == 1 and self._group(ahead.sub_account_id, group):
                working = buys if ahead.side is Side.BUY else sells
                working[ahead.carrying_account_id, ahead.contract_ids[0]] += lots
        for made, sub_account, lots in self.rules.missing():
            if self._group(sub_account, group) and _may_open(made.offset):
                working = buys if made.side is Side.BUY else sells
                working[made.carrying_account_id, made.contract_id] += lots
        return buys, sells

    # ------------------------------------------------------------------------------------- laws

    def _published(self, page: Page, event: MarginPublished) -> None:
        for line in event.lines:
            sums = self._sums(line.book_id)
            equity, requirement = self._in_base(sums.equity), self._in_base(sums.requirement)
            if line.book_id.startswith((RESERVE, SUSPENSE)):
                requirement = 0
            if (equity, requirement) != (line.equity_micros, line.requirement_micros):
                page.report(
                    "standing",
                    f"{line.book_id} published with equity {line.equity_micros}, requirement "
                    f"{line.requirement_micros}; the books say {equity}, {requirement}",
                )
        self._divided(page, event)
        for account in event.accounts:
            self._check_account(page, account)

    def _check_account(self, page: Page, told: AccountMargin) -> None:
        """Check the day's cash of an owner at a broker, what is not paid yet, and securities."""
        carrying, owner, currency = told.carrying_account_id, told.owner_id, told.currency
        cash = self.cash.carrying[carrying, owner, currency]
        unpaid = 0
        for (holder, account, contract), traded in self.lots.traded.items():
            place = holder, account, contract
            if (
                account == carrying
                and holder != CARRYING
                and self.reference.owner(holder) == owner
                and self.reference.product(contract).currency == currency
            ):
                position = self.lots.signed(*place)
                value = self.reference.value(contract, self.marks[contract], position)
                unpaid += value + traded - self.lots.paid[place]
        backing = sum(
            counted(item)
            for (account, who, _), item in self.authority.collateral.items()
            if (account, who, item.currency) == (carrying, owner, currency)
        )
        if (cash, unpaid, backing) != (
            told.cash_micros,
            told.unpaid_micros,
            told.collateral_micros,
        ):
            page.report(
                "account",
                f"{owner} at {carrying}: told {told.cash_micros}, {told.unpaid_micros}, "
                f"{told.collateral_micros} micros {currency}; it is {cash}, {unpaid}, {backing}",
            )

    def _divided(self, page: Page, event: MarginPublished) -> None:
        """Check that an owner's shares come to its pool's requirement."""
        shares: defaultdict[str, int] = defaultdict(int)
        for line in event.lines:
            if not line.book_id.startswith((RESERVE, POOL)):
                shares[self.reference.owner(line.book_id)] += line.attributed_micros
        for line in event.lines:
            owner = line.book_id.removeprefix(POOL)
            if owner != line.book_id and shares[owner] != line.requirement_micros:
                page.report(
                    "attribution",
                    f"shares of {owner} come to {shares[owner]}, "
                    f"its pool needs {line.requirement_micros}",
                )

    def _uncovered(self, owner: str) -> int:
        """Return by how much sub-accounts below zero outgrow what the owner's reserve covers."""
        credit = sum(
            max(0, self._in_base(self._sums(sub_account.sub_account_id).equity))
            for sub_account in self.reference.sub_accounts.values()
            if sub_account.owner_id == owner
        )
        return credit - self._in_base(self._sums(POOL + owner).equity)

    def _over_grant(self, page: Page, event: OverGrantedChanged) -> None:
        self.over_granted[event.owner_id] = event.is_over_granted
        uncovered = self._uncovered(event.owner_id)
        if event.is_over_granted != (uncovered > 0) or event.uncovered_micros != max(0, uncovered):
            page.report(
                "over-granted",
                f"{event.owner_id} told {event.uncovered_micros} uncovered, it is {uncovered}",
            )

    def close(self, page: Page) -> None:
        """Check after a settlement that every owner who is over-granted is known to be."""
        if page.has(TradingDaySettled):
            for owner in {sub.owner_id: None for sub in self.reference.sub_accounts.values()}:
                if (self._uncovered(owner) > 0) != self.over_granted.get(owner, False):
                    page.report("over-granted", f"{owner} changed and nobody said so")

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if event.is_reducing or not event.sub_account_id:
            return
        sub_account = self.reference.sub_accounts[event.sub_account_id]
        order = self.orders.live[event.order_id]
        place = event.terms.carrying_account_id, event.terms.contract_id
        for group in (event.sub_account_id, POOL + sub_account.owner_id):
            worst = self.worst(group).get(place, 0)
            order.end = "left out"
            before = self.worst(group).get(place, 0)
            order.end = ""
            if worst > before:
                self._check_room(page, event, group)

    def _backing(self, group: str) -> int:
        """Return what an owner's securities count for, in base micros; they back a pool only."""
        backing: defaultdict[str, int] = defaultdict(int)
        for (_, owner, _), item in self.authority.collateral.items():
            if group == POOL + owner:
                backing[item.currency] += counted(item)
        return self._in_base(backing, self.reference.settings.currency_haircut_ppm)

    @property
    def lends(self) -> bool:
        """Return whether any account is lent a part of its pool's benefit."""
        return any(self.authority.grants.values())

    def figures(self, group: str) -> Figures:
        """Return where a book or a pool stands now."""
        sums, haircut = self._sums(group), self.reference.settings.currency_haircut_ppm
        requirement, backing = self._in_base(sums.requirement), self._backing(group)
        return Figures(
            equity=self._in_base(sums.equity),
            backing=backing,
            held=self._in_base(sums.equity, haircut) + backing,
            requirement=requirement,
            need=requirement - min(max(0, requirement), self.authority.grants.get(group, 0)),
            gross=self._in_base(sums.gross),
        )

    def _check_room(self, page: Page, event: OrderAccepted, group: str) -> None:
        # The desk rounds what is added by itself and per currency: a micro each way is no breach.
        slack = 1 + len(self.rates)
        found = self.figures(group)
        requirement, prudent = found.need, found.held
        if requirement > prudent + slack:
            page.report(
                "margin",
                f"order {event.order_id}: {group} needs {requirement} of {prudent} micros",
            )
        if group == event.sub_account_id:
            leverage = self.reference.sub_accounts[group].mandate.leverage_max_ppm
            gross, equity = found.gross, found.equity
            if (gross - slack) * PPM > equity * leverage:
                page.report(
                    "leverage",
                    f"order {event.order_id}: {group} could hold {gross} micros on {equity}",
                )


def _may_open(offset: Offset) -> bool:
    return offset in {Offset.NET, Offset.OPEN}
