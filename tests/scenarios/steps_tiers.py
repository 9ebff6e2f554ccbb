"""Sentences of service tiers: who is of which, what comes by which door, what waits and ends."""

from pytest_bdd import step, then

from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.instruction_commands import CancelInstruction
from fencang.messages.instruction_events import (
    InstructionApplied,
    InstructionExpired,
    InstructionQueued,
    InstructionRefused,
)
from fencang.messages.message import Interface, OrderType, TimeInForce
from fencang.refdata.service_tier import ServiceTier, TakesEffect
from tests.engine.firm import SECOND, changed, define
from tests.scenarios.phrases import DEALS, day, lots, phrase, price, rows

HOUR = 3_600 * SECOND
DATED = "next trading day"


@step(phrase("these service tiers; whoever is not named is of the first:"))
def tiers(office, datatable):
    """Doors and types are words with commas between; ``all`` instruments are all."""
    columns = ("tier", "who", "doors", "types", "instruments", "per second", "burst")
    found = rows(datatable, *columns, "takes effect", "cut-off")
    of_subs = {who: row["tier"] for row in found for who in _words(row["who"])}
    subs = [
        changed(sub.definition, service_tier=of_subs.get(name, found[0]["tier"]))
        for name, sub in sorted(office.state.subs.items())
    ]
    office.do(define(*(_tier(row) for row in found), *subs))


def _tier(row):
    is_dated = row["takes effect"] == DATED
    every = row["instruments"] == "all"
    return ServiceTier(
        tier_id=row["tier"],
        interfaces=tuple(Interface[word.upper()] for word in _words(row["doors"])),
        order_types=tuple(OrderType[word.upper()] for word in _words(row["types"])),
        times_in_force=tuple(TimeInForce),
        instruments=("*",) if every else tuple(_words(row["instruments"])),
        messages_per_second=lots(row["per second"]),
        messages_burst=lots(row["burst"]),
        takes_effect=TakesEffect.NEXT_TRADING_DAY if is_dated else TakesEffect.AT_ONCE,
        cutoff_ns=lots(row["cut-off"].removesuffix(" h")) * HOUR if row["cut-off"] else 0,
        venue_id="NYMEX" if is_dated else None,
    )


def _words(text):
    return [word.strip() for word in text.split(",") if word.strip()]


@step(phrase("these orders come by their doors and are answered:"))
def orders_come(office, datatable):
    """One nanosecond after another; without a price an order goes to the market."""
    columns = ("who", "door", "deal", "lots", "contract", "price", "answer")
    for row in rows(datatable, *columns):
        office.desk.executions += 1
        at = price(row["price"]) if row["price"] else None
        office.desk.now_ns += 1 - SECOND
        office.do(
            cmd.SubmitOrder(
                sub_account_id=row["who"],
                client_order_id=f"t{office.desk.executions}",
                contract_id=row["contract"],
                side=DEALS[row["deal"]],
                quantity_lots=lots(row["lots"]),
                order_type=OrderType.MARKET if at is None else OrderType.LIMIT,
                limit_price_nanos=at,
                interface=Interface[row["door"].upper()],
            )
        )
        assert _answer(office.events[0]) == row["answer"], row
        office.refusal = None  # the table has named it


def _answer(event):
    match event:
        case OrderAccepted():
            return "accepted"
        case InstructionQueued(trading_day=of_day):
            return f"waits for {of_day:%A} {of_day}"
        case OrderRejected(reason=reason) | InstructionRefused(reason=reason):
            return f"refused with {int(reason)}, {reason.words}"
        case InstructionApplied():
            return "accepted"
        case InstructionExpired():
            return "expired"
    return type(event).__name__


@step(phrase("{who:Name} calls off its first instruction"))
def calls_off(office, who):
    first = office.state.risk.tiers.of_sub(who)[0].instruction_id
    office.do(CancelInstruction(instruction_id=first, sub_account_id=who, entered_by="client"))


@then(phrase("these instructions wait:"))
def waiting(office, datatable):
    found = [
        {
            "who": each.sub_account_id,
            "what": type(each.command).__name__,
            "contract": each.contract_id,
            "for": f"{each.trading_day:%A} {each.trading_day}",
        }
        for each in office.state.risk.tiers.waiting.values()
    ]
    wanted = rows(datatable, "who", "what", "contract", "for")
    assert found == [{**row, "for": f"{day(row['for']):%A %Y-%m-%d}"} for row in wanted]


@then(phrase("no instruction waits"))
def nothing_waits(office):
    assert not office.state.risk.tiers.waiting


@then(phrase("these instructions are decided, in this order:"))
def decided(office, datatable):
    kinds = (InstructionApplied, InstructionRefused, InstructionExpired)
    found = [
        {"who": each.sub_account_id, "answer": _answer(each)}
        for each in office.events
        if isinstance(each, kinds)
    ]
    assert found == rows(datatable, "who", "answer")
