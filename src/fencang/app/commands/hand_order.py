"""``fencang risk order``: an order entered by hand, or only tried: what would come of it."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fencang.app.data_directory import committing, recovered
from fencang.app.exit_status import ExitStatus, UsageFault
from fencang.basics.price import format_price, parse_price
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent, CancelRequested, OrderAccepted, OrderRejected
from fencang.messages.instruction_events import InstructionQueued
from fencang.messages.message import Offset, OrderType, Side
from fencang.messages.substitution_events import OrderSubstituted, SubstituteMissing

__all__ = ["OrderWords", "run_order"]

Found = dict[str, Any]


class OrderWords(NamedTuple):
    """An order as it was written on the command line."""

    sub_account: str
    side: str
    lots: int
    contract: str
    price: str
    offset: str


def run_order(
    data: Path, words: OrderWords, *, is_dry_run: bool, as_of: int | None, as_json: bool
) -> ExitStatus:
    """Send an order up the ladder; 1 where it was refused.  A dry run writes nothing.

    ``as_of``: a dry run as if the order had come right after this record.

    Raises:
        UsageFault: a word that means nothing, or a past that would have to be rewritten.
    """
    if as_of is not None and not is_dry_run:
        raise UsageFault("--as-of asks about the past: it needs --dry-run; nothing was entered")
    if is_dry_run:
        machine = recovered(data, as_of)
        command = _order(words, machine.sequence + 1)
        now_ns = machine.time_ns + 1
        if as_of is None:
            now_ns = max(now_ns, time.time_ns())
        events: Sequence[AnyEvent] = machine.execute(command, machine.sequence + 1, now_ns)
    else:
        with committing(data) as sequencer:
            command = _order(words, sequencer.machine.sequence + 1)
            (record,) = sequencer.commit([command])
            events = record.events
    found = _found(events, is_dry_run=is_dry_run)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        sys.stdout.write("\n".join(_words(found)) + "\n")
    return ExitStatus.DIFFERENCES_FOUND if found["refused"] else ExitStatus.DONE


def _order(words: OrderWords, sequence: int) -> SubmitOrder:
    side, offset = words.side.upper(), words.offset.upper().replace("-", "_")
    if side not in Side.__members__:
        raise UsageFault(f"SIDE {words.side}: it is buy or sell; nothing was entered")
    if offset not in Offset.__members__:
        known = ", ".join(name.lower() for name in Offset.__members__)
        raise UsageFault(f"--offset {words.offset}: it is one of {known}; nothing was entered")
    try:
        price = parse_price(words.price) if words.price else None
    except ValueError as fault:
        raise UsageFault(f"--at {words.price}: {fault}; nothing was entered") from fault
    return SubmitOrder(
        sub_account_id=words.sub_account,
        client_order_id=f"hand-{sequence}",
        contract_id=words.contract,
        side=Side[side],
        quantity_lots=words.lots,
        order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
        limit_price_nanos=price,
        offset=Offset[offset],
    )


def _found(events: Sequence[AnyEvent], *, is_dry_run: bool) -> Found:
    refused = [each for each in events if isinstance(each, OrderRejected)]
    return {
        "dry_run": is_dry_run,
        "accepted": [_accepted(each) for each in events if isinstance(each, OrderAccepted)],
        "refused": refused[0].detail if refused else "",
        "reason": int(refused[0].reason) if refused else None,
        "waits": [
            {
                "instruction_id": each.instruction_id,
                "trading_day": each.trading_day.isoformat(),
            }
            for each in events
            if isinstance(each, InstructionQueued)
        ],
        "cancels": sum(isinstance(each, CancelRequested) for each in events),
        "substituted": [
            _substituted(each) for each in events if isinstance(each, OrderSubstituted)
        ],
        "not_substituted": [each.detail for each in events if isinstance(each, SubstituteMissing)],
    }


def _accepted(event: OrderAccepted) -> Found:
    terms = event.terms
    return {
        "order_id": event.order_id,
        "sub_account": event.sub_account_id,
        "side": terms.side.name.lower(),
        "lots": terms.quantity_lots,
        "contract": terms.contract_id,
        "price": None if terms.limit_price_nanos is None else format_price(terms.limit_price_nanos),
        "reduces": event.is_reducing,
    }


def _substituted(event: OrderSubstituted) -> Found:
    return {
        "substitute": event.substitute_id,
        "mode": event.mode.value,
        "reason": int(event.reason),
        "asked_lots": event.asked_lots,
        "kept_lots": event.kept_lots,
        "excess_lots": event.excess_lots,
        "contract": event.contract_id,
        "to_sub_account": event.to_sub_account_id,
        "to_contract": event.to_contract_id,
        "sized_lots": event.sized_lots,
        "lots": event.lots,
        "own_risk_micros": event.own_risk_micros,
        "to_risk_micros": event.to_risk_micros,
        "correlation_ppm": event.correlation_ppm,
        "only_told": event.is_dry_run,
    }


def _words(found: Found) -> list[str]:
    would = "would be " if found["dry_run"] else ""
    lines = [
        f"{would}accepted: {each['sub_account']} {each['side']} {each['lots']:,} "
        f"{each['contract']} {'at ' + each['price'] if each['price'] else 'at the market'}"
        f" (order {each['order_id']})"
        for each in found["accepted"]
    ]
    lines += [
        f"{would}queued: instruction {each['instruction_id']} waits for {each['trading_day']}"
        for each in found["waits"]
    ]
    if found["refused"]:
        lines.append(f"{would}refused ({found['reason']}): {found['refused']}")
    for each in found["substituted"]:
        told = " (its row only tells)" if each["only_told"] else ""
        lines.append(
            f"{would}substituted by {each['substitute']} ({each['mode']}){told}: of "
            f"{each['asked_lots']:,} lots {each['contract']} {each['kept_lots']:,} fit; "
            f"{each['lots']:,} {each['to_contract']} in {each['to_sub_account']} stand for "
            f"{each['excess_lots']:,}"
        )
        lines.append(
            f"  a lot moves {each['own_risk_micros'] // 10**6:,} a day there and "
            f"{each['to_risk_micros'] // 10**6:,} here; correlation "
            f"{each['correlation_ppm'] / 10**4:.2f} %"
        )
    lines += [f"no substitute: {words}" for words in found["not_substituted"]]
    if found["cancels"]:
        lines.append(f"{would}cancelled: {found['cancels']} orders")
    if found["dry_run"]:
        lines.append("Nothing was written.")
    return lines
