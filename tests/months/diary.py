"""A diary of a month, told to a desk through the commands that people and venues send.

One line is one act, in the words of ``Act.do``.  A line with a date begins a trading day: every
venue whose calendar trades on it, and that is not on it already, opens it with the calendar's
sessions.  Orders are sent when their venue trades: 02:45 UTC in Asia, 15:00 UTC in Frankfurt and
New York.  ``settle`` waits until the venue's sessions are over, then settles and closes its day.
"""

from datetime import date
from pathlib import Path

from fencang.basics.time import midnight_ns
from fencang.messages import commands as cmd
from fencang.messages.day_commands import CorrectSettlement
from fencang.messages.message import Offset, Side
from fencang.messages.reasons import Reason
from fencang.parameters.calendar.days import is_trading_day, next_trading_day
from fencang.parameters.calendar.sessions import sessions_of
from fencang.refdata.session import Phase, Session
from tests.engine import fill_acts, option_firm
from tests.engine.acts import opening, opening_cash, opening_lots
from tests.engine.day_acts import close_day, open_day
from tests.engine.desk import Desk, convert, order, settlement, transfer, withdraw
from tests.engine.firm import SECOND, define, price
from tests.engine.money_firm import post
from tests.engine.span_firm import JUNE, activate, load
from tests.months.firms import CALENDARS, FIRMS

FOLDER = Path(__file__).parent
MINUTE = 60 * SECOND
EVENING = (23 * 60 + 30) * MINUTE
SLOTS = {"OSE": 165 * MINUTE, "SHFE": 165 * MINUTE, "NYMEX": 900 * MINUTE, "EUREX": 900 * MINUTE}
SIDES = {"buys": Side.BUY, "sells": Side.SELL, "long": Side.BUY, "short": Side.SELL}


class Diary:
    """Reads the lines of a month and lets a desk live them."""

    def __init__(self, month):
        self.month = month
        self.desk = Desk()
        self.day = date.min
        self.lines = (FOLDER / f"{month}.txt").read_text(encoding="utf-8").splitlines()
        self.opening = []
        items = FIRMS[month]()
        self.venues = [name for name in CALENDARS if any(_is(item, name) for item in items)]
        first = next(line for line in self.lines if line[:1].isdigit())
        self.desk.now_ns = midnight_ns(date.fromisoformat(first)) - 3_600 * SECOND
        self.desk.done(define(*items))

    def live(self):
        """Do every line; afterwards open the next days, so that the last one has ended."""
        for line in self.lines:
            words = line.split("#")[0].split()
            if not words:
                continue
            if words[0][:1].isdigit():
                self.begin(date.fromisoformat(words[0]))
            else:
                self.do(*words)
        self.wait(midnight_ns(self.day) + EVENING)
        for venue in self.venues:
            self.open(venue, next_trading_day(CALENDARS[venue], self.day))
        return self.desk

    def wait(self, time_ns):
        """Let time pass; venues enter the phases that it brings."""
        if time_ns > self.desk.now_ns:
            self.desk.now_ns = time_ns
            self.desk.done(cmd.AdvanceTime())

    def today(self, venue):
        return date.fromordinal(max(1, self.desk.state.venues[venue].today))

    # ----------------------------------------------------------------------------------- days

    def begin(self, day):
        self.day = day
        self.wait(midnight_ns(day) - 24 * 60 * MINUTE + EVENING)
        for venue in self.venues:
            if is_trading_day(CALENDARS[venue], day) and self.today(venue) != day:
                self.open(venue, day)

    def open(self, venue, day):
        sessions = [
            Session(Phase(each.phase.value), each.start_ns, each.end_ns)
            for each in sessions_of(CALENDARS[venue], day)
        ]
        self.desk.done(open_day(day, *sessions, venue=venue))

    def settle(self, venue, prices):
        day = self.today(venue)
        held = [each for each in sessions_of(CALENDARS[venue], day) if each.phase != Phase.CLOSE]
        self.wait(held[-1].end_ns + 5 * MINUTE)
        self.desk.done(settlement(day, venue, **prices))
        self.desk.done(close_day(day, venue=venue))

    def at_work(self, contract):
        """Wait for the hour at which orders in a contract are sent."""
        venue = self.desk.state.contracts[contract].product.venue_id
        is_night = self.today(venue) > self.day
        self.wait(midnight_ns(self.day) + SLOTS["NYMEX" if is_night else venue])

    # ----------------------------------------------------------------------------------- acts

    def do(self, *words):
        """Do one line of a day."""
        desk = self.desk
        match words:
            case ["settle", venue, *prices]:
                self.settle(venue, pairs(prices))
            case ["night", venue]:
                self.open(venue, next_trading_day(CALENDARS[venue], self.today(venue)))
            case ["rates", *rates]:
                desk.rate(**pairs(rates))
            case ["marks", *prices]:
                desk.mark(**pairs(prices))
            case ["span", file_day]:
                desk.done(load(JUNE, date.fromisoformat(file_day)))
                desk.done(activate())
            case [sub, ("buys" | "sells") as side, lots, contract, "at", at, *offset]:
                self.at_work(contract)
                assert desk.trade(sub, SIDES[side], int(lots), at, contract, as_offset(offset))
            case ["refused", sub, ("buys" | "sells") as side, lots, contract, "at", at, reason]:
                self.at_work(contract)
                name = f"refused-{self.day}-{contract}"
                command = order(sub, SIDES[side], int(lots), contract, at, name)
                desk.refused(command, Reason[reason])
            case _:
                self.do_more(*words)

    def do_more(self, *words):
        """Do an act of cash, of the back office, or of an option's life."""
        desk = self.desk
        match words:
            case ["deposit", amount, currency, account, owner]:
                desk.deposit(amount, currency, account, owner)
            case ["withdraw", amount, currency, account, owner]:
                desk.done(withdraw(amount, currency, account, owner))
            case ["fund", sub, amount]:
                desk.done(transfer(None, sub, amount))
            case ["transfer", source, target, amount]:
                desk.done(transfer(source, target, amount))
            case ["convert", book, account, sold, sold_in, bought, bought_in]:
                desk.done(convert(book, f"{sold} {sold_in}", f"{bought} {bought_in}", account))
            case ["interest", "until", day]:
                desk.done(post(self.day, date.fromisoformat(day)))
            case ["move", source, target, lots, contract, *side]:
                side = SIDES[side[0]] if side else Side.BUY
                desk.done(fill_acts.move(source, target, int(lots), side, contract))
            case ["correct", contract, day, "to", at]:
                desk.done(corrected(contract, date.fromisoformat(day), at))
            case ["enter", account, side, lots, contract, "at", at, "of", day, *legs]:
                legs = {name: int(part) for name, part in pairs(legs).items()}
                day = date.fromisoformat(day)
                name = f"late-{self.day}"
                entered = {"carrying_account_id": account, "trade_day": day, "clearing_day": day}
                assert int(lots) == sum(legs.values())
                desk.done(fill_acts.enter(name, SIDES[side], at, legs, contract, **entered))
            case _:
                self.do_option(*words)

    def do_option(self, *words):
        """Do an act of a contract's end, or of an opening book."""
        desk = self.desk
        match words:
            case ["instruct", sub, contract, "exercise", lots, "abandon", left]:
                desk.done(option_firm.instruct(sub, int(lots), int(left), contract))
            case ["report", kind, lots, contract, execution]:
                desk.done(option_firm.report(kind, int(lots), contract, execution))
            case ["end", contract, "underlying", at]:
                desk.done(option_firm.expire(contract, at))
            case ["expire", contract, "at", at]:
                final = {"contract_id": contract, "final_price_nanos": price(at)}
                desk.done(cmd.ExpireContract(source="feed", **final))
            case ["opening", "lots", sub, account, side, lots, contract, at, carried, opened]:
                terms = {"carrying_account_id": account, "opened_day": date.fromisoformat(opened)}
                lots = opening_lots(sub, SIDES[side], int(lots), at, carried, contract, **terms)
                self.opening.append(lots)
            case ["opening", "cash", sub, account, owner, amount, currency]:
                sub = None if sub == "reserve" else sub
                self.opening.append(opening_cash(sub, amount, currency, account, owner))
            case ["opening", "done"]:
                lots = tuple(each for each in self.opening if isinstance(each, cmd.OpeningLots))
                cash = tuple(each for each in self.opening if isinstance(each, cmd.OpeningCash))
                desk.done(opening(lots, cash))
            case _:
                raise AssertionError(words)


def _is(item, venue):
    return getattr(item, "venue_id", "") == venue and hasattr(item, "holidays")


def pairs(words):
    """Return alternating names and values as a map."""
    return dict(zip(words[::2], words[1::2], strict=True))


def as_offset(words):
    return Offset[words[0].upper()] if words else Offset.NET


def corrected(contract, day, at):
    return CorrectSettlement(
        contract_id=contract,
        trading_day=day,
        price_nanos=price(at),
        source="exchange notice",
        reason="the exchange corrected it",
        entered_by="ops",
        approved_by="boss",
    )
