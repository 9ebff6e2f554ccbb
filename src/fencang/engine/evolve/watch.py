"""Refusals, proposals and alarms, and the traces that evasion is seen from."""

from collections.abc import Callable
from typing import Any

from fencang.engine.regimes.links import today_of
from fencang.engine.regimes.transfers import CASH, LOTS, Transfer, outside_id
from fencang.engine.regimes.watch import SentOrder, TakenLots
from fencang.engine.state import DeskState
from fencang.ledger.book import reserve_id, suspense_id
from fencang.limits.regimes.turns import is_near_turn
from fencang.messages.evasion_events import EvasionAlarm
from fencang.messages.events import (
    AnyEvent,
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    OrderAccepted,
)
from fencang.messages.fill_events import FillBusted, FillCorrected, PositionTransferred
from fencang.messages.message import Side
from fencang.messages.money_commands import WireDirection
from fencang.messages.money_events import WireConfirmed
from fencang.messages.proposal_events import (
    ExcessProposed,
    ExcessRefused,
    ProposalAccepted,
    ProposalExpired,
    ProposalRejected,
)

__all__ = ["WATCH_CHANGES", "watched"]

Change = Callable[[DeskState, Any], None]


def on_refused(state: DeskState, event: ExcessRefused) -> None:
    """Remember an order that a limit refused, until the day is over."""
    watch = state.regimes.watch
    watch.begin_day(state.regimes.day)
    watch.keep_refusal(event, state.time_ns)


def on_proposed(state: DeskState, event: ExcessProposed) -> None:
    """Keep a proposal until it is answered, and its lots of the excess."""
    watch = state.regimes.watch
    watch.proposals[event.proposal_id] = event
    watch.hold(event.refusal_id, event.terms.quantity_lots)


def on_accepted(state: DeskState, event: ProposalAccepted) -> None:
    """Let an accepted proposal go; its lots stay taken."""
    del state.regimes.watch.proposals[event.proposal_id]


def on_ended(state: DeskState, event: ProposalRejected | ProposalExpired) -> None:
    """Let a proposal go; its lots may be proposed again."""
    watch = state.regimes.watch
    proposal = watch.proposals.pop(event.proposal_id)
    watch.hold(proposal.refusal_id, -proposal.terms.quantity_lots)


def on_alarm(state: DeskState, event: EvasionAlarm) -> None:
    """Remember that it was told today."""
    state.regimes.watch.keep_alarm(event, state.regimes.day)


WATCH_CHANGES: dict[type[Any], Change] = {
    ExcessRefused: on_refused,
    ExcessProposed: on_proposed,
    ProposalAccepted: on_accepted,
    ProposalRejected: on_ended,
    ProposalExpired: on_ended,
    EvasionAlarm: on_alarm,
}


def note_order(state: DeskState, event: OrderAccepted) -> None:
    """Remember a sub-account's order in a contract that a limit counts."""
    order = state.orders[event.order_id]
    line, book = order.line, state.regimes
    if line is None or not line.pool_entry.tallies or not state.has_several_owners:
        return
    book.watch.begin_day(book.day)
    terms = event.terms
    sent = SentOrder(
        state.time_ns,
        event.sub_account_id,
        line.sub.pool.owner_id,
        terms.side,
        terms.quantity_lots,
    )
    book.watch.keep_order(terms.contract_id, sent, book.watch_rules)


def note_mends(state: DeskState, event: FillCorrected | FillBusted) -> None:
    """Remember whom a correction or a bust took lots from, in what a regime governs."""
    book, contract = state.regimes, state.contracts[event.contract_id]
    if not book.governing(contract.product.venue_id):
        return
    book.watch.begin_day(book.day)
    account_id = event.carrying_account_id
    for mend in event.mends:
        lots = mend.taken_lots - mend.entered_lots
        if lots > 0:
            owner_id = state.carrying[account_id].account.holder_id
            if mend.book_id != suspense_id(account_id):
                owner_id = state.subs[mend.book_id].definition.owner_id
            taken = TakenLots(owner_id, event.contract_id, event.side, lots, event.execution_id)
            book.watch.keep_taken(taken)


def note_lots(state: DeskState, event: PositionTransferred) -> None:
    """Remember lots that moved between sub-accounts."""
    side = "long" if event.side is Side.BUY else "short"
    accounts = event.from_sub_account_id, event.to_sub_account_id
    _note_transfer(state, *accounts, f"{event.contract_id} {side}", LOTS, event.quantity_lots)


def note_capital(state: DeskState, event: CapitalTransferred) -> None:
    """Remember capital that moved between books of an owner."""
    unit = state.rates.base_currency
    _note_transfer(state, event.from_book_id, event.to_book_id, CASH, unit, event.amount_micros)


def note_deposit(state: DeskState, event: CashDeposited) -> None:
    """Remember cash that an owner brought."""
    _note_cash(state, event.owner_id, event.currency, event.amount_micros)


def note_withdrawal(state: DeskState, event: CashWithdrawn) -> None:
    """Remember cash that an owner took out."""
    _note_cash(state, event.owner_id, event.currency, -event.amount_micros)


def note_wire(state: DeskState, event: WireConfirmed) -> None:
    """Remember cash that came or went by wire; one that a bank returns is no move of the owner."""
    wire = state.funds.wires[event.wire_id]
    sign = 1 if wire.direction is WireDirection.IN else -1
    _note_cash(state, wire.owner_id, wire.currency, sign * event.amount_micros)


def _note_cash(state: DeskState, owner_id: str, currency: str, amount_micros: int) -> None:
    source, target = outside_id(owner_id), reserve_id(owner_id)
    if amount_micros < 0:
        source, target = target, source
    _note_transfer(state, source, target, CASH, currency, abs(amount_micros))


def _note_transfer(
    state: DeskState, source_id: str, target_id: str, what: str, unit: str, amount: int
) -> None:
    book = state.regimes
    rules, watch = book.watch_rules, book.watch
    if not book.day or not is_near_turn(today_of(state), rules.turn_days, rules.reporting_days):
        return
    watch.begin_day(book.day)
    watch.transfers.keep((source_id, what, unit), Transfer(book.day, target_id, -amount))
    watch.transfers.keep((target_id, what, unit), Transfer(book.day, source_id, amount))


NOTES: dict[type[Any], Change] = {
    OrderAccepted: note_order,
    FillCorrected: note_mends,
    FillBusted: note_mends,
    PositionTransferred: note_lots,
    CapitalTransferred: note_capital,
    CashDeposited: note_deposit,
    CashWithdrawn: note_withdrawal,
    WireConfirmed: note_wire,
}


def watched(changes: dict[type[Any], Change]) -> dict[type[Any], Change]:
    """Return changes of which those that leave traces note them, where any regime is defined."""
    return {kind: _noting(change, NOTES.get(kind)) for kind, change in changes.items()}


def _noting(change: Change, note: Change | None) -> Change:
    if note is None:
        return change

    def both(state: DeskState, event: AnyEvent) -> None:
        change(state, event)
        if not state.regimes.is_empty:
            note(state, event)

    return both
