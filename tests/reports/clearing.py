"""A clearing broker that hears only what the desk was told, and keeps days in decimal numbers.

It reads commands, never events: sessions, executions, settlement and final prices, wires.  A day's
statement is a function of that day's notes, so a slip can be put into one day and leave others be.
"""

import copy
from decimal import ROUND_HALF_UP, Decimal

from fencang.messages import commands as cmd
from fencang.refdata.contract import Contract, Product

MICRO = Decimal("0.000001")
MAP = """
[positions]
title = "POSITIONS"
columns = { day = "Date", contract = "Symbol", lots = "Net" }
[fills]
title = "TRADES"
[fills.columns]
day = "Date"
execution = "No"
contract = "Symbol"
side = "B/S"
lots = "Lots"
price = "Price"
fee = "Fee"
[cash]
title = "CASH"
[cash.columns]
day = "Date"
currency = "Ccy"
opening = "Opening"
fees = "Fees"
variation = "Variation"
transfers = "Wires"
closing = "Closing"
"""


def nanos(value):
    return Decimal(value) / 1_000_000_000


def micros(value):
    return Decimal(value) / 1_000_000


class Fill:
    """One execution as the broker has it."""

    def __init__(self, command, fee):
        self.number = command.execution_id
        self.contract = command.contract_id
        self.sign = command.side.sign
        self.lots = command.quantity_lots
        self.price = nanos(command.price_nanos)
        self.fee = fee


class Day:
    """One trading day: what stood before it, and what was heard on it."""

    def __init__(self, day, lots, prices, cash):
        self.day = day
        self.before = dict(lots)
        self.prices_before = dict(prices)
        self.opening = dict(cash)
        self.fills = []
        self.prices = {}
        self.ended = set()
        self.wires = {}
        self.extra_lots = {}
        self.extra_fees = {}

    def lots(self):
        lots = dict(self.before)
        for fill in self.fills:
            lots[fill.contract] = lots.get(fill.contract, 0) + fill.sign * fill.lots
        return lots


class Clearing:
    """The broker's books of one account over a whole journal."""

    def __init__(self, account):
        self.account = account
        self.products, self.contracts, self.venue_day = {}, {}, {}
        self.lots, self.prices, self.cash = {}, {}, {}
        self.today = Day(None, {}, {}, {})
        self.days = []

    def hear(self, command):
        match command:
            case cmd.DefineDesk():
                for item in command.items:
                    if isinstance(item, Product):
                        self.products[item.product_id] = item
                    elif isinstance(item, Contract):
                        self.contracts[item.contract_id] = item
            case cmd.OpenSession() if command.trading_day != self.today.day:
                self._next_day(command.trading_day)
            case cmd.ReportFill() if command.carrying_account_id == self.account:
                self.today.fills.append(Fill(command, self._fee(command)))
            case cmd.SettleTradingDay():
                for mark in command.prices:
                    self.today.prices[mark.contract_id] = nanos(mark.price_nanos)
            case cmd.ExpireContract():
                self.today.prices[command.contract_id] = nanos(command.final_price_nanos)
                self.today.ended.add(command.contract_id)
            case cmd.DepositCash() if command.carrying_account_id == self.account:
                wires = self.today.wires
                wires[command.currency] = wires.get(command.currency, 0) + micros(
                    command.amount_micros
                )

    def product(self, contract):
        return self.products[self.contracts[contract].product_id]

    def _fee(self, command):
        product = self.product(command.contract_id)
        fees, lots = product.fees, command.quantity_lots
        value = abs(nanos(command.price_nanos) * lots * micros(product.point_value_micros))
        share = value * fees.notional_ppm / 1_000_000
        per_lot = micros(fees.per_lot_micros + fees.clearing_per_lot_micros)
        return per_lot * lots + share.quantize(MICRO, ROUND_HALF_UP)

    def _next_day(self, day):
        done = self.today
        lots = {key: n for key, n in done.lots().items() if n and key not in done.ended}
        cash = {line[0]: line[-1] for line in self.money(done)}
        prices = {**done.prices_before, **done.prices}
        if done.day is not None:
            self.days.append(done)
        self.today = Day(day, lots, prices, cash)

    def variation(self, day, currency):
        total = Decimal(0)
        lots = day.lots()
        for contract, price in day.prices.items():
            product = self.product(contract)
            if product.currency != currency or contract not in lots:
                continue
            old = day.before.get(contract, 0)
            paid = old * (price - day.prices_before.get(contract, 0)) if old else Decimal(0)
            for fill in day.fills:
                if fill.contract == contract:
                    paid += fill.sign * fill.lots * (price - fill.price)
            total += paid * micros(product.point_value_micros)
        return total

    def money(self, day):
        """Return (currency, opening, fees, variation, wires, closing) of every currency."""
        currencies = {*day.opening, *day.wires}
        currencies |= {self.product(fill.contract).currency for fill in day.fills}
        currencies |= {self.product(contract).currency for contract in day.lots()}
        lines = []
        for currency in sorted(currencies):
            fees = sum(
                (f.fee for f in day.fills if self.product(f.contract).currency == currency),
                day.extra_fees.get(currency, Decimal(0)),
            )
            moved = self.variation(day, currency), day.wires.get(currency, Decimal(0))
            opening = day.opening.get(currency, Decimal(0))
            lines.append((currency, opening, fees, *moved, opening - fees + sum(moved)))
        return lines

    def statement(self, day):
        told = f"{day.day}"
        lines = ["POSITIONS", "Date,Symbol,Net"]
        lots = day.lots()
        for contract in sorted({*lots, *day.extra_lots}):
            held = 0 if contract in day.ended else lots.get(contract, 0)
            held += day.extra_lots.get(contract, 0)
            if held:
                lines.append(f"{told},{contract},{held}")
        lines += ["", "TRADES", "Date,No,Symbol,B/S,Lots,Price,Fee"]
        for fill in day.fills:
            side = "B" if fill.sign > 0 else "S"
            terms = f"{fill.contract},{side},{fill.lots},{fill.price:f},{fill.fee:f}"
            lines.append(f"{told},{fill.number},{terms}")
        lines += ["", "CASH", "Date,Ccy,Opening,Fees,Variation,Wires,Closing"]
        lines += [
            ",".join([told, line[0], *(f"{x:f}" for x in line[1:])]) for line in self.money(day)
        ]
        return "\n".join(lines) + "\n"

    def slipped(self, day, chance):
        """Return the day with one to four slips in it, and what each should be called."""
        day = copy.deepcopy(day)
        expected = []
        fills = [fill for fill in day.fills if fill.contract not in day.ended]
        chance.shuffle(fills)
        touched = set()
        kinds = chance.sample(["lost", "price", "fee", "lots"], chance.randint(1, 4))
        for kind in kinds:
            if kind == "lots":
                free = sorted({*self.contracts} - touched - day.ended)
                contract = chance.choice(free)
                day.extra_lots[contract] = chance.choice((-3, 4))
                touched.add(contract)
                expected.append(("POSITION_DIFFERS", contract))
                continue
            if not fills:
                continue
            fill = fills.pop()
            if kind == "lost" and fill.contract not in touched:
                day.fills.remove(fill)
                touched.add(fill.contract)
                expected.append(("MISSING_THERE", fill.number))
            elif kind == "price":
                tick = nanos(self.product(fill.contract).tick_nanos)
                fill.price += 11 * tick
                expected.append(("PRICE_DIFFERS", fill.number))
            elif kind == "fee":
                fill.fee += Decimal("0.75")
                expected.append(("FEE_DIFFERS", f"fee of {fill.number}"))
        return day, sorted(expected)
