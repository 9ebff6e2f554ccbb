"""What may stand for a blank in a sentence of a scenario, and how a table is read.

Money is decimal words with its currency (``1,000.00 USD``), a price is decimal words, a day has its
weekday (``Monday 2020-04-20``) and must have the right one.  Nothing is rounded on the way in.
"""

from datetime import date, datetime
from typing import NamedTuple

from parse import with_pattern
from pytest_bdd import parsers

from fencang.basics.money import format_money, parse_money
from fencang.basics.price import parse_price
from fencang.ledger.book import reserve_id, suspense_id
from fencang.messages.message import Offset, Side

NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
SIDES = {"long": Side.BUY, "short": Side.SELL}
DEALS = {"buys": Side.BUY, "buy": Side.BUY, "sells": Side.SELL, "sell": Side.SELL}
OFFSETS = {
    "": Offset.NET,
    "open": Offset.OPEN,
    "close": Offset.CLOSE,
    "close today": Offset.CLOSE_TODAY,
    "close yesterday": Offset.CLOSE_YESTERDAY,
}


class Amount(NamedTuple):
    """Money of one currency, printed as a scenario writes it."""

    micros: int
    currency: str

    def __str__(self):
        return f"{format_money(self.micros)} {self.currency}"


def plain(text):
    """Return a number without the commas that group its digits."""
    return text.replace(",", "").strip()


@with_pattern(r"[A-Za-z0-9][\w.-]*")
def name(text):
    return text


@with_pattern(r"[A-Z]{3}")
def currency(text):
    return text


@with_pattern(NUMBER + r" [A-Z]{3}")
def amount(text):
    number, code = text.strip().rsplit(" ", 1)
    return Amount(parse_money(plain(number)), currency(code))


@with_pattern(NUMBER)
def price(text):
    """Return price nanos."""
    return parse_price(plain(text))


def money(text):
    """Return money micros of a number whose currency stands beside it."""
    return parse_money(plain(text))


@with_pattern(r"\d[\d,]*")
def lots(text):
    return int(plain(text))


@with_pattern(r"[A-Z][a-z]+day \d{4}-\d\d-\d\d")
def day(text):
    """Return a date whose weekday is the one that is said."""
    weekday, digits = text.strip().split()
    found = date.fromisoformat(digits)
    assert f"{found:%A}" == weekday, f"{digits} is a {found:%A}, not a {weekday}"
    return found


@with_pattern(r"\d\d:\d\d")
def clock(text):
    """Return minutes since midnight."""
    found = datetime.strptime(text, "%H:%M")  # noqa: DTZ007 - a time of day has no zone
    return 60 * found.hour + found.minute


@with_pattern(r"[A-Z][A-Za-z_]*(?:/[A-Z][A-Za-z_]+)?")
def zone(text):
    """Return the name of a time zone: ``Asia/Shanghai``."""
    return text


@with_pattern("out of|into")
def way(text):
    return text


@with_pattern("[a-z ]+")
def reason(text):
    """Return the words of a numbered reason."""
    return text


@with_pattern("booked|explained|written off")
def resolved(text):
    return text


@with_pattern("long|short")
def side(text):
    return text


@with_pattern("the mark|cost")
def moved(text):
    """Return what positions are transferred at."""
    return text


@with_pattern("exercised|assigned")
def exercise(text):
    return text


@with_pattern(NUMBER + " %")
def percent(text):
    """Return parts per million of ``10 %``."""
    number, sign = text.split()
    assert sign == "%", f"{text!r} is no share such as 10 %"
    return parse_money(plain(number)) // 100


@with_pattern(r"the reserve of [A-Z]\w*|the suspense account at [A-Z]\w*|[A-Z][A-Z0-9]*")
def book(text):
    """Return a book's identifier: a sub-account, a carrying account, a reserve, a suspense."""
    *words, last = text.strip().split()
    makers = {"reserve": reserve_id, "suspense": suspense_id}
    found = [makers[word] for word in words if word in makers]
    return found[0](last) if found else last


@with_pattern("buys|sells|buy|sell")
def deal(text):
    return DEALS[text]


@with_pattern("(?: to (?:open|close today|close yesterday|close))?")
def offset(text):
    return OFFSETS[text.removeprefix(" to ")]


@with_pattern(r"(?:, approved by \w+)?")
def approval(text):
    """Return the second person, empty when none is named."""
    return text.removeprefix(", approved by ")


@with_pattern(r"(?: \(\w+ [\w-]+\))?")
def label(text):
    """Return the name that a scenario gives to a fill, an order or a wire; empty without one."""
    return text.strip(" ()").split(" ")[-1]


@with_pattern(r"[A-Za-z0-9][\w.-]*(?::[\w.-]+)?")
def node(text):
    """Return a node of the account tree, or one beside it: ``venue:NYMEX``."""
    return text


@with_pattern("reduce only and cancel|reduce only|halt and cancel|halt")
def action(text):
    """Return what the kill switch does."""
    return text


BLANKS = {
    "Node": node,
    "Action": action,
    "Name": name,
    "Currency": currency,
    "Money": amount,
    "Price": price,
    "Lots": lots,
    "Day": day,
    "Clock": clock,
    "Zone": zone,
    "Way": way,
    "Exercise": exercise,
    "Side": side,
    "Resolved": resolved,
    "Reason": reason,
    "Moved": moved,
    "Percent": percent,
    "Book": book,
    "Deals": deal,
    "Offset": offset,
    "Approved": approval,
    "Label": label,
}


SENTENCES = []
"""Every sentence that a scenario can say, in the order of its definition."""


def phrase(sentence):
    """Return a sentence with blanks: ``"{who:Book} buys {quantity:Lots} {contract:Name}"``."""
    made = parsers.parse(sentence, extra_types=BLANKS)
    SENTENCES.append(made)
    return made


def rows(table, *columns, optional=()):
    """Return a table's rows by column.  An unknown or missing column is named, not passed over."""
    heads, *lines = table
    unknown = [head for head in heads if head not in {*columns, *optional}]
    missing = [column for column in columns if column not in heads]
    known = ", ".join((*columns, *optional))
    assert not unknown, f"no column is called {unknown[0]!r}; there are {known}"
    assert not missing, f"the column {missing[0]!r} is missing"
    return [dict(zip(heads, line, strict=True)) for line in lines]
