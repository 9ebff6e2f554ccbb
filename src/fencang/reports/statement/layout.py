"""The statement as sections of text, the same for the page and for paper.

Knows words and numbers, but neither HTML nor PDF.  Sections with nothing in them are left out.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from fencang.basics.money import MICROS
from fencang.basics.price import NANOS
from fencang.reports.statement.values import (
    Balance,
    LotChange,
    MovementKind,
    Scope,
    Statement,
)
from fencang.reports.statement.words import Language, word

__all__ = ["Column", "Page", "Section", "amount", "lay_out", "price"]

CURRENCIES_MAX = 8
"""Columns of one cash table; more currencies make a second one."""

_RESULTS = {
    "#result.realised": "realised_micros",
    "#result.unrealised_opening": "opening_unrealised_micros",
    "#result.unrealised_closing": "closing_unrealised_micros",
    "#result.brought_in": "brought_in_micros",
    "#result.fees": "fees_micros",
    "#result.net": "net_micros",
    "#result.variation": "variation_micros",
}
"""Column → field of a result line."""

_OPTION_RESULTS = {
    "#result.premium": "premium_micros",
    "#result.option_value_opening": "opening_option_value_micros",
    "#result.option_value_closing": "closing_option_value_micros",
}
"""Columns that only a statement with options has."""

_OPTION_BROUGHT_IN = {"#result.option_value_brought_in": "brought_in_option_value_micros"}


class Column(NamedTuple):
    """A column's heading, and whether it holds numbers."""

    title: str
    is_number: bool = False


class Section(NamedTuple):
    """A table with its title; ``totals`` are rows at its end, the first column heads each row."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...] = ()
    note: str = ""


class Page(NamedTuple):
    """A whole statement in words."""

    language: Language
    title: str
    account: str
    facts: tuple[tuple[str, str], ...]
    warning: str
    sections: tuple[Section, ...]
    footer: str


def amount(micros: int) -> str:
    """Return an exact amount with thousands apart: 1234567890000 → "1,234,567.89"."""
    whole, part = divmod(abs(micros), MICROS)
    sign = "-" if micros < 0 else ""
    cents, rest = divmod(part, MICROS // 100)
    if not rest:
        return f"{sign}{whole:,}.{cents:02}"
    return f"{sign}{whole:,}.{part:06}".rstrip("0")


def price(nanos: int | None) -> str:
    """Return an exact price with thousands apart; a dash for none."""
    if nanos is None:
        return "–"
    whole, part = divmod(abs(nanos), NANOS)
    sign = "-" if nanos < 0 else ""
    return f"{sign}{whole:,}.{part:09}".rstrip("0").rstrip(".")


def lay_out(statement: Statement, language: Language) -> Page:
    """Return the statement in words of one language."""
    form = _Form(statement, language)
    sections = [
        *form.cash(),
        form.valuation(),
        form.results(),
        form.positions(),
        form.lot_changes(),
        form.entries(),
        form.margin(),
        form.at_brokers(),
        form.flags(),
        form.books(),
    ]
    name = f" · {statement.name}" if statement.name not in {"", statement.account_id} else ""
    return Page(
        language=language,
        title=form.say("title.month" if statement.month else "title.day"),
        account=_visible(f"{statement.account_id}{name}"),
        facts=form.facts(),
        warning=form.warning(),
        sections=tuple(_shown(section) for section in sections if section.rows),
        footer=form.say("foot.exact"),
    )


def _shown(section: Section) -> Section:
    """Return a section in which every character can be seen: no control, no turned direction."""
    rows = tuple(
        row if "".join(row).isprintable() else tuple(map(_visible, row)) for row in section.rows
    )
    return section._replace(rows=rows)


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"[U+{ord(each):04X}]" for each in text)


class _Form:
    """Turns one statement into words."""

    def __init__(self, statement: Statement, language: Language) -> None:
        self._statement = statement
        self._language = language
        self._has_books = statement.scope is not Scope.BOOK

    def say(self, key: str) -> str:
        """Return the words of a key."""
        return word(key, self._language)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return the heading: whose, when, in what state."""
        made = self._statement
        owner = f"{made.owner_id} · {made.owner_name}" if made.owner_name else made.owner_id
        days = (
            [
                ("head.month", made.month),
                ("head.from_to", f"{made.first_day} – {made.last_day}"),
                ("head.days", str(len(made.trading_days))),
            ]
            if made.month
            else [("head.trading_day", f"{made.last_day}")]
        )
        facts = [
            ("head.account", f"{made.account_id} ({self.say(f'scope.{made.scope}')})"),
            *([("head.name", made.name)] if made.name not in {"", made.account_id} else []),
            ("head.owner", owner),
            *days,
            ("head.base_currency", made.base_currency),
            ("head.equity", amount(made.base_equity_micros)),
            ("head.status", self.say("status.final" if made.is_final else "status.provisional")),
        ]
        return tuple((self.say(key), _visible(text)) for key, text in facts)

    def warning(self) -> str:
        """Return what a reader of an unfinished statement must know; empty when it is final."""
        if self._statement.is_final:
            return ""
        waits = ", ".join(self._statement.waits_for)
        waits = f" ({self.say('status.waits')}{waits})" if waits else ""
        provisional = self.say("status.provisional")
        return f"{provisional}{waits}. {self.say('status.may_change')}"

    # ----------------------------------------------------------------------------------------- cash

    def cash(self) -> list[Section]:
        """Return cash from opening to closing, a column per currency."""
        balances = self._statement.balances
        return [
            self._cash(balances[place : place + CURRENCIES_MAX])
            for place in range(0, len(balances), CURRENCIES_MAX)
        ]

    def _cash(self, balances: Sequence[Balance]) -> Section:
        moved = [{each.kind: each.amount_micros for each in b.movements} for b in balances]
        rows = [
            (self.say(f"movement.{kind}"), *(amount(kinds.get(kind, 0)) for kinds in moved))
            for kind in MovementKind
            if any(kind in kinds for kinds in moved)
        ]
        return Section(
            title=self.say("cash.title"),
            columns=self._columns("cash.movement", *(f"#{b.currency}" for b in balances)),
            rows=(
                (self.say("cash.opening"), *(amount(b.opening_micros) for b in balances)),
                *rows,
            ),
            totals=(
                (self.say("cash.closing"), *(amount(b.closing_micros) for b in balances)),
                (self.say("cash.unpaid"), *(amount(b.unpaid_micros) for b in balances)),
                (self.say("cash.equity"), *(amount(b.equity_micros) for b in balances)),
                *self._option_value(balances),
            ),
        )

    def _option_value(self, balances: Sequence[Balance]) -> list[tuple[str, ...]]:
        """Return what options are worth as a row of its own; no row without options."""
        values = [balance.option_value_micros for balance in balances]
        return [(self.say("cash.option_value"), *map(amount, values))] if any(values) else []

    def valuation(self) -> Section:
        """Return what the currencies are worth; nothing to say of the base currency alone."""
        made = self._statement
        rows = [
            (
                balance.currency,
                amount(balance.equity_micros),
                self.say("value.no_rate")
                if balance.rate_nanos is None
                else price(balance.rate_nanos),
                self.say("value.is_base")
                if balance.currency == made.base_currency
                else balance.rate_source,
                amount(balance.base_value_micros),
            )
            for balance in made.balances
        ]
        total = (self.say("column.total"), "", "", made.base_currency)
        is_plain = [balance.currency for balance in made.balances] == [made.base_currency]
        return Section(
            title=self.say("value.title"),
            columns=self._columns(
                "column.currency", "#cash.equity", "#value.rate", "value.source", "#value.base"
            ),
            rows=() if is_plain else tuple(rows),
            totals=((*total, amount(made.base_equity_micros)),),
            note=self.say("value.note"),
        )

    def entries(self) -> Section:
        """Return every deposit, transfer, conversion and the like."""
        columns = (
            "column.day",
            "#column.record",
            *self._book_column(),
            "cash.movement",
            "column.currency",
            "#entry.amount",
            "column.carrying_account",
            "entry.other",
            "entry.text",
        )
        return Section(
            title=self.say("entry.title"),
            columns=self._columns(*columns),
            rows=tuple(
                (
                    f"{entry.trading_day}",
                    f"{entry.sequence:,}",
                    *self._book(entry.book_id),
                    self.say(f"movement.{entry.kind}"),
                    entry.currency,
                    amount(entry.amount_micros),
                    entry.carrying_account_id,
                    entry.other_book_id,
                    entry.text,
                )
                for entry in self._statement.entries
            ),
        )

    # ------------------------------------------------------------------------------------ contracts

    def results(self) -> Section:
        """Return profit and loss per contract, with a total per currency."""
        shown = self._result_columns()
        fields = tuple(shown.values())
        lines = [
            (line.contract_id, line.currency, [getattr(line, field) for field in fields])
            for line in self._statement.results
        ]
        lines = [line for line in lines if any(line[2])]
        totals: dict[str, Counter[str]] = {}
        for _, currency, values in lines:
            totals.setdefault(currency, Counter()).update(dict(zip(fields, values, strict=True)))
        return Section(
            title=self.say("result.title"),
            columns=self._columns("column.contract", "column.currency", *shown),
            rows=tuple((name, currency, *map(amount, values)) for name, currency, values in lines),
            totals=tuple(
                (self.say("column.total"), currency, *(amount(summed[field]) for field in fields))
                for currency, summed in sorted(totals.items())
            ),
            note=self.say("result.note" if shown is _RESULTS else "result.note_options"),
        )

    def _result_columns(self) -> dict[str, str]:
        """Return column → field; what only options have is shown where there are some."""
        lines = self._statement.results
        if not any(any(line.option_micros) for line in lines):
            return _RESULTS
        if any(line.brought_in_option_value_micros for line in lines):
            return _RESULTS | _OPTION_RESULTS | _OPTION_BROUGHT_IN
        return _RESULTS | _OPTION_RESULTS

    def positions(self) -> Section:
        """Return open lots of each side."""
        columns = (
            "column.contract",
            *self._book_column(),
            "column.carrying_account",
            "column.side",
            "#column.lots",
            "#position.today",
            "#position.yesterday",
            "#position.average_price",
            "#position.mark",
            "position.mark_kind",
            "#position.unrealised",
            "column.currency",
        )
        return Section(
            title=self.say("position.title"),
            columns=self._columns(*columns),
            rows=tuple(
                (
                    line.contract_id,
                    *self._book(line.book_id),
                    line.carrying_account_id,
                    self.say(f"side.{line.side}"),
                    f"{line.quantity_lots:,}",
                    f"{line.of_today_lots:,}",
                    f"{line.quantity_lots - line.of_today_lots:,}",
                    price(line.average_price_nanos),
                    price(line.mark_nanos),
                    self.say(f"mark.{line.mark_kind}"),
                    amount(line.unrealised_micros),
                    line.currency,
                )
                for line in self._statement.positions
            ),
        )

    def lot_changes(self) -> Section:
        """Return every fill and other change of lots."""
        has_premiums = any(change.premium_micros for change in self._statement.lot_changes)
        has_rolls = any(change.roll_id for change in self._statement.lot_changes)
        columns = (
            "column.day",
            "#column.record",
            *self._book_column(),
            "lots.kind",
            "lots.execution",
            "column.carrying_account",
            "column.contract",
            "lots.side",
            "lots.offset",
            "#column.lots",
            "#lots.price",
            *(("#result.premium",) if has_premiums else ()),
            "#result.fees",
            "#result.realised",
            "column.currency",
            *(("lots.roll",) if has_rolls else ()),
        )
        return Section(
            title=self.say("lots.title"),
            columns=self._columns(*columns),
            rows=tuple(
                self._lot_change(change, has_premiums=has_premiums, has_rolls=has_rolls)
                for change in self._statement.lot_changes
            ),
        )

    def _lot_change(
        self, change: LotChange, *, has_premiums: bool, has_rolls: bool
    ) -> tuple[str, ...]:
        return (
            f"{change.trading_day}",
            f"{change.sequence:,}",
            *self._book(change.book_id),
            self.say(f"change.{change.kind}"),
            change.execution_id,
            change.carrying_account_id,
            change.contract_id,
            self.say(f"side.{change.side}"),
            self.say(f"offset.{change.offset}"),
            f"{change.quantity_lots:,}",
            price(change.price_nanos),
            *((amount(change.premium_micros),) if has_premiums else ()),
            amount(change.fee_micros),
            amount(change.realised_micros),
            change.currency,
            *((str(change.roll_id or ""),) if has_rolls else ()),
        )

    # --------------------------------------------------------------------------- margin and books

    def margin(self) -> Section:
        """Return where the book, or every book and the pool, stand."""
        return Section(
            title=self.say("margin.title"),
            columns=self._columns(
                "column.book",
                "#margin.equity",
                "#margin.requirement",
                "#margin.attributed",
                "#margin.granted",
            ),
            rows=tuple(
                (
                    line.book_id,
                    amount(line.equity_micros),
                    amount(line.requirement_micros),
                    amount(line.attributed_micros),
                    amount(line.granted_micros),
                )
                for line in self._statement.margin.standings
            ),
            note=self.say("margin.note"),
        )

    def at_brokers(self) -> Section:
        """Return what is held and asked for at each carrying account."""
        return Section(
            title=self.say("margin.brokers"),
            columns=self._columns(
                "column.carrying_account",
                "head.owner",
                "column.currency",
                "#margin.cash",
                "#margin.unpaid",
                "#margin.collateral",
                "#margin.requirement",
                "#margin.excess",
            ),
            rows=tuple(
                (
                    line.carrying_account_id,
                    line.owner_id,
                    line.currency,
                    amount(line.cash_micros),
                    amount(line.unpaid_micros),
                    amount(line.collateral_micros),
                    amount(line.requirement_micros),
                    amount(line.excess_micros),
                )
                for line in self._statement.margin.at_brokers
            ),
        )

    def flags(self) -> Section:
        """Return what was not as it should be."""
        return Section(
            title=self.say("margin.flags"),
            columns=self._columns("margin.flag"),
            rows=tuple((flag,) for flag in self._statement.margin.flags),
        )

    def books(self) -> Section:
        """Return each book with its cash; a book with several currencies has as many rows."""
        base = self._statement.base_currency
        rows = []
        for line in self._statement.books:
            held = [(currency, micros) for currency, micros in line.cash if micros]
            first, *others = held or [(base, 0)]
            equity = amount(line.base_equity_micros)
            rows.append((line.book_id, line.name, line.owner_id, *_money(first), equity))
            rows += [(line.book_id, "", "", *_money(other), "") for other in others]
        total = amount(sum(line.base_equity_micros for line in self._statement.books))
        return Section(
            title=self.say("book.title"),
            columns=self._columns(
                "column.book",
                "head.name",
                "head.owner",
                "column.currency",
                "#book.cash",
                "#head.equity",
            ),
            rows=tuple(rows),
            totals=((self.say("column.total"), "", "", base, "", total),),
        )

    # ---------------------------------------------------------------------------------------- forms

    def _columns(self, *keys: str) -> tuple[Column, ...]:
        """Return columns by their keys; ``#`` marks numbers, a currency stands for itself."""
        found = []
        for key in keys:
            name = key.removeprefix("#")
            found.append(Column(self.say(name) if "." in name else name, key.startswith("#")))
        return tuple(found)

    def _book_column(self) -> tuple[str, ...]:
        return ("column.book",) if self._has_books else ()

    def _book(self, book_id: str) -> tuple[str, ...]:
        return (book_id,) if self._has_books else ()


def _money(money: tuple[str, int]) -> tuple[str, str]:
    return money[0], amount(money[1])
