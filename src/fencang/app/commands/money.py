"""``fencang money``: where the cash of a desk lies, whose it is, and what is under way."""

import json
import sys
from pathlib import Path

from fencang.app.commands.money_words import tell
from fencang.app.exit_status import ExitStatus
from fencang.app.journals import journal_in, reading
from fencang.app.progress import counting
from fencang.projections.money import Money, is_open
from fencang.projections.reference import Reference

__all__ = ["money_found", "run_money"]


def run_money(data: Path, *, as_json: bool) -> ExitStatus:
    """Fold a journal and print balances, debts, calls and wires; 1 when they do not add up."""
    path = journal_in(data)
    reference = Reference()
    money = Money(reference)
    sequence = time_ns = 0
    with reading(path) as journal, counting("Reading") as told:
        total = journal.last_sequence
        for stored in journal.read(1):
            record = stored.record()
            reference.apply(record)
            money.apply(record)
            sequence, time_ns = record.sequence, record.time_ns
            told(sequence, total, f"record {sequence:,}")
    found = money_found(money, sequence, time_ns)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        tell(found)
    return ExitStatus.DIFFERENCES_FOUND if found["gaps"] else ExitStatus.DONE


def money_found(money: Money, sequence: int, time_ns: int) -> dict[str, object]:
    """Return everything as plain values, amounts in micros."""
    return {
        "sequence": sequence,
        "time_ns": time_ns,
        "balances": [_balance(money, key) for key in _places(money)],
        "internal": [
            {
                "owner": owner,
                "currency": currency,
                "books": [
                    {
                        "book": row.book_id,
                        "cash_micros": row.cash_micros,
                        "internal_micros": row.internal_micros,
                        "at": row.at,
                    }
                    for row in money.internal(owner, currency)
                ],
            }
            for owner in money.owner_ids()
            for currency in money.currencies(owner)
            if money.internal(owner, currency)
        ],
        "calls": [call._asdict() for call in money.calls() if is_open(call)],
        "wires": [wire._asdict() for wire in money.wires()],
        "fees": [
            {"book": book, "currency": currency, "kind": kind, "row": row, "micros": amount}
            for (book, currency, kind, row), amount in money.fees().items()
        ],
        "gaps": [
            {"owner": owner, "currency": currency, "place": place, "micros": gap}
            for (owner, currency, place), gap in money.gaps().items()
        ],
    }


def _places(money: Money) -> list[tuple[str, str, str]]:
    return sorted({*money.balances(), *money.excess()})


def _balance(money: Money, key: tuple[str, str, str]) -> dict[str, object]:
    carrying, owner, currency = key
    published = money.excess().get(key)
    promised = sum(
        wire.amount_micros
        for wire in money.wires()
        if (wire.carrying_account_id, wire.owner_id, wire.currency) == key
        and wire.direction == "out"
        and wire.state in ("requested", "approved", "sent")
    )
    return {
        "carrying_account": carrying,
        "owner": owner,
        "currency": currency,
        "cash_micros": money.balances().get(key, 0),
        "promised_micros": promised,
        "requirement_micros": published.requirement_micros if published is not None else 0,
        "collateral_micros": published.collateral_micros if published is not None else 0,
        "excess_micros": published.excess_micros if published is not None else None,
    }
