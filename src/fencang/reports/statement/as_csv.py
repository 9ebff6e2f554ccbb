"""A statement as CSV (RFC 4180, UTF-8): one table, the section in the first column.

Every section uses the same columns and leaves empty what it does not have, so that many statements
can be put under each other.  Amounts and prices are exact decimals with a point and without
thousands separators.  A text that a spreadsheet would take for a formula gets an apostrophe before
it; identifiers and numbers stay as they are.
"""

import csv
import io
from collections.abc import Iterator

from fencang.basics.decimals import format_scaled
from fencang.reports.statement.values import Statement

__all__ = ["COLUMNS", "render_csv"]

COLUMNS = (
    "section",
    "account_id",
    "first_day",
    "last_day",
    "is_final",
    "book_id",
    "trading_day",
    "sequence",
    "item",
    "carrying_account_id",
    "contract_id",
    "currency",
    "side",
    "offset",
    "quantity_lots",
    "of_today_lots",
    "price",
    "mark",
    "fee",
    "amount",
    "reference",
    "text",
)
_OPTION_ITEMS = (
    "premium",
    "opening_option_value",
    "closing_option_value",
    "brought_in_option_value",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, object]


def render_csv(statement: Statement) -> str:
    """Return the table with its heading; lines end with CR LF as RFC 4180 says."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    shared: Row = {
        "account_id": statement.account_id,
        "first_day": statement.first_day,
        "last_day": statement.last_day,
        "is_final": "yes" if statement.is_final else "no",
    }
    for row in _rows(statement):
        row.update(shared)
        writer.writerow([row.get(column, "") for column in COLUMNS])
    return stream.getvalue()


def _rows(statement: Statement) -> Iterator[Row]:
    yield from _cash(statement)
    yield from _results(statement)
    yield from _positions(statement)
    yield from _lot_changes(statement)
    yield from _premiums(statement)
    yield from _entries(statement)
    yield from _margin(statement)
    yield from _books(statement)


def _cash(statement: Statement) -> Iterator[Row]:
    for balance in statement.balances:
        amounts = [
            ("opening", balance.opening_micros),
            *((str(each.kind), each.amount_micros) for each in balance.movements),
            ("closing", balance.closing_micros),
            ("unpaid", balance.unpaid_micros),
            ("equity", balance.equity_micros),
        ]
        if balance.option_value_micros:
            amounts.append(("option_value", balance.option_value_micros))
        for item, micros in amounts:
            yield {
                "section": "cash",
                "item": item,
                "currency": balance.currency,
                "amount": _money(micros),
            }
        yield {
            "section": "valuation",
            "item": balance.currency,
            "currency": statement.base_currency,
            "price": _price(balance.rate_nanos),
            "amount": _money(balance.base_value_micros),
            "text": _text(balance.rate_source),
        }


def _results(statement: Statement) -> Iterator[Row]:
    for line in statement.results:
        amounts = [
            ("realised", line.realised_micros),
            ("opening_unrealised", line.opening_unrealised_micros),
            ("closing_unrealised", line.closing_unrealised_micros),
            ("brought_in", line.brought_in_micros),
            ("fees", line.fees_micros),
            ("net", line.net_micros),
            ("variation", line.variation_micros),
        ]
        if any(line.option_micros):
            amounts += zip(_OPTION_ITEMS, line.option_micros, strict=True)
        for item, micros in amounts:
            yield {
                "section": "result",
                "item": item,
                "contract_id": line.contract_id,
                "currency": line.currency,
                "amount": _money(micros),
            }


def _positions(statement: Statement) -> Iterator[Row]:
    for line in statement.positions:
        yield {
            "section": "position",
            "book_id": line.book_id,
            "item": str(line.mark_kind),
            "carrying_account_id": line.carrying_account_id,
            "contract_id": line.contract_id,
            "currency": line.currency,
            "side": str(line.side),
            "quantity_lots": line.quantity_lots,
            "of_today_lots": line.of_today_lots,
            "price": _price(line.average_price_nanos),
            "mark": _price(line.mark_nanos),
            "amount": _money(line.unrealised_micros),
        }


def _lot_changes(statement: Statement) -> Iterator[Row]:
    for change in statement.lot_changes:
        yield {
            "section": "lot_change",
            "book_id": change.book_id,
            "trading_day": change.trading_day,
            "sequence": change.sequence,
            "item": str(change.kind),
            "carrying_account_id": change.carrying_account_id,
            "contract_id": change.contract_id,
            "currency": change.currency,
            "side": change.side,
            "offset": change.offset,
            "quantity_lots": change.quantity_lots,
            "price": _price(change.price_nanos),
            "fee": _money(change.fee_micros),
            "amount": _money(change.realised_micros),
            "reference": change.execution_id,
            "text": f"roll {change.roll_id}" if change.roll_id else "",
        }


def _premiums(statement: Statement) -> Iterator[Row]:
    """Premiums of fills, apart from their lots: a lot change has its realised profit."""
    for change in statement.lot_changes:
        if change.premium_micros:
            yield {
                "section": "premium",
                "book_id": change.book_id,
                "trading_day": change.trading_day,
                "sequence": change.sequence,
                "item": str(change.kind),
                "carrying_account_id": change.carrying_account_id,
                "contract_id": change.contract_id,
                "currency": change.currency,
                "amount": _money(change.premium_micros),
                "reference": change.execution_id,
            }


def _entries(statement: Statement) -> Iterator[Row]:
    for entry in statement.entries:
        yield {
            "section": "cash_entry",
            "book_id": entry.book_id,
            "trading_day": entry.trading_day,
            "sequence": entry.sequence,
            "item": str(entry.kind),
            "carrying_account_id": entry.carrying_account_id,
            "currency": entry.currency,
            "amount": _money(entry.amount_micros),
            "reference": entry.other_book_id,
            "text": _text(entry.text),
        }


def _margin(statement: Statement) -> Iterator[Row]:
    margin = statement.margin
    for line in margin.standings:
        for item, micros in (
            ("equity", line.equity_micros),
            ("requirement", line.requirement_micros),
            ("attributed", line.attributed_micros),
            ("granted", line.granted_micros),
        ):
            yield {
                "section": "margin",
                "book_id": line.book_id,
                "trading_day": margin.trading_day,
                "item": item,
                "currency": statement.base_currency,
                "amount": _money(micros),
            }
    for at_broker in margin.at_brokers:
        for item, micros in (
            ("cash", at_broker.cash_micros),
            ("unpaid", at_broker.unpaid_micros),
            ("collateral", at_broker.collateral_micros),
            ("requirement", at_broker.requirement_micros),
            ("excess", at_broker.excess_micros),
        ):
            yield {
                "section": "broker_margin",
                "trading_day": margin.trading_day,
                "item": item,
                "carrying_account_id": at_broker.carrying_account_id,
                "currency": at_broker.currency,
                "amount": _money(micros),
                "reference": at_broker.owner_id,
            }
    for flag in margin.flags:
        yield {"section": "flag", "trading_day": margin.trading_day, "text": _text(flag)}


def _books(statement: Statement) -> Iterator[Row]:
    for line in statement.books:
        for currency, micros in line.cash:
            yield {
                "section": "book",
                "book_id": line.book_id,
                "item": "cash",
                "currency": currency,
                "amount": _money(micros),
                "reference": line.owner_id,
            }
        yield {
            "section": "book",
            "book_id": line.book_id,
            "item": "base_equity",
            "currency": statement.base_currency,
            "amount": _money(line.base_equity_micros),
            "reference": line.owner_id,
            "text": _text(line.name),
        }


def _money(micros: int) -> str:
    return format_scaled(micros, 6, 2)


def _price(nanos: int | None) -> str:
    return "" if nanos is None else format_scaled(nanos, 9)


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
