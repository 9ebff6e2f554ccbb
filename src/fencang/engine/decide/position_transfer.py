"""Lots that move between two sub-accounts of one owner at one carrying account.

At the mark neither account's equity changes: the giver realises its profit, the receiver begins at
the mark.  At cost the receiver takes the giver's cost, and with it what the lots have made or lost.
The receiver is checked like an order of its own; pool, carrying account and every node above both
hold the same lots before and after.
"""

from datetime import date

from fencang.engine.accounts import Line
from fencang.engine.conversion import ended_words
from fencang.engine.decide.ask import is_reducing
from fencang.engine.decide.exposure_checks import position_limit_refusal
from fencang.engine.decide.exposure_limits import exposure_limit_refusal
from fencang.engine.decide.margin_checks import needed_micros, own_margin_refusal
from fencang.engine.decide.refusal import day_closed_words, rejected, second_person_refusal
from fencang.engine.decide.standing_checks import state_refusal
from fencang.engine.state import DeskState
from fencang.ledger.position import share_cost
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.fill_commands import TransferPosition
from fencang.messages.fill_events import MovedLots, PositionTransferred
from fencang.messages.message import Offset, Side
from fencang.messages.reasons import Reason
from fencang.refdata.contract import CostMethod

__all__ = ["decide_transfer_position", "receiver_reduces"]


def decide_transfer_position(state: DeskState, command: TransferPosition) -> list[AnyEvent]:
    """Move lots with their days, at the mark or at cost."""
    refusal = _policy_refusal(state, command) or _books_refusal(state, command)
    if refusal is not None:
        return [refusal]
    contract = state.contracts[command.contract_id]
    giver, receiver = (
        state.line(state.subs[sub_id], command.carrying_account_id, contract)
        for sub_id in (command.from_sub_account_id, command.to_sub_account_id)
    )
    refusal = _giver_refusal(command, giver)
    if refusal is not None:
        return [refusal]
    pieces = _pieces(command, giver)
    premium = sum(cost for _, _, cost in pieces) if contract.product.pays_premium else 0
    refusal = _receiver_refusal(state, command, giver, receiver, premium)
    refusal = refusal or _premium_refusal(state, command, giver, premium)
    if refusal is None and command.at_cost:
        refusal = _profit_refusal(state, command, receiver, pieces)
    if refusal is not None:
        return [refusal]
    assert contract.mark_nanos is not None
    return [
        PositionTransferred(
            from_sub_account_id=command.from_sub_account_id,
            to_sub_account_id=command.to_sub_account_id,
            carrying_account_id=command.carrying_account_id,
            contract_id=command.contract_id,
            side=command.side,
            quantity_lots=command.quantity_lots,
            mark_nanos=contract.mark_nanos,
            at_cost=command.at_cost,
            pieces=tuple(_moved(*piece) for piece in pieces),
            reason=command.reason,
        )
    ]


def _moved(day: int, lots: int, cost: int) -> MovedLots:
    opened_day = date.fromordinal(day) if day else None
    return MovedLots(opened_day=opened_day, quantity_lots=lots, cost_micros=cost)


def _policy_refusal(state: DeskState, command: TransferPosition) -> CommandRejected | None:
    if not command.at_cost:
        return None
    if not state.settings.transfers_at_cost:
        detail = (
            "this desk moves positions at the mark; transfers_at_cost in its settings would "
            "permit cost"
        )
        return rejected(Reason.TRANSFER_AT_COST, detail)
    return second_person_refusal(command.entered_by, command.approved_by)


def _books_refusal(state: DeskState, command: TransferPosition) -> CommandRejected | None:
    source, target = command.from_sub_account_id, command.to_sub_account_id
    if source == target:
        return rejected(Reason.SAME_BOOK, "a transfer needs two different sub-accounts")
    for sub_id in (source, target):
        if sub_id not in state.subs:
            return rejected(Reason.UNKNOWN_SUB_ACCOUNT, f"no sub-account {sub_id}")
    if command.carrying_account_id not in state.carrying:
        detail = f"no account {command.carrying_account_id}"
        return rejected(Reason.UNKNOWN_CARRYING_ACCOUNT, detail)
    contract = state.contracts.get(command.contract_id)
    if contract is None:
        return rejected(Reason.UNKNOWN_CONTRACT, f"no contract {command.contract_id}")
    if contract.is_expired:
        return rejected(Reason.CONTRACT_EXPIRED, ended_words(contract))
    if contract.venue.is_day_closed:
        return rejected(Reason.DAY_CLOSED, day_closed_words(contract.venue))
    giver, receiver = state.subs[source], state.subs[target]
    if giver.pool is not receiver.pool:
        return rejected(Reason.OWNERS_DIFFER, "positions never move between owners")
    product = contract.product
    if product.product_id not in receiver.permitted:
        detail = f"the mandate of {target} does not permit {product.product_id}"
        return rejected(Reason.PRODUCT_NOT_PERMITTED, detail)
    if state.route(receiver, product.venue_id) != command.carrying_account_id:
        detail = f"{target} is not routed to {command.carrying_account_id}"
        return rejected(Reason.NO_ROUTE, detail)
    return None


def _giver_refusal(command: TransferPosition, giver: Line) -> CommandRejected | None:
    closing = command.side.opposite
    held, quantity = giver.open_lots(closing), command.quantity_lots
    name, word = command.from_sub_account_id, "long" if command.side is Side.BUY else "short"
    if quantity > held:
        detail = f"{name} holds {held} lots {word}, not {quantity}"
        return rejected(Reason.TRANSFER_LOTS_TOO_FEW, detail)
    free = held - giver.closing_lots(closing)
    lots = giver.position.long if command.side is Side.BUY else giver.position.short
    today = lots.quantity_of_day(giver.contract.venue.today)
    # The oldest lots move first: yesterday's before today's, each less what closes them by name.
    moved_today = max(0, quantity - (held - today))
    of_today = today - giver.frozen.get((closing, Offset.CLOSE_TODAY), 0)
    of_before = held - today - giver.frozen.get((closing, Offset.CLOSE_YESTERDAY), 0)
    if quantity > free or moved_today > of_today or quantity - moved_today > of_before:
        detail = f"working orders of {name} close lots that would move; {max(0, free)} are free"
        return rejected(Reason.TRANSFER_LOTS_FROZEN, detail)
    return None


def _pieces(command: TransferPosition, giver: Line) -> list[list[int]]:
    """Return the lots that move: at the mark, or as the giver's cost of record has them."""
    is_long = command.side is Side.BUY
    lots = giver.position.long if is_long else giver.position.short
    product, quantity = giver.contract.product, command.quantity_lots
    pieces = lots.pieces(quantity, of_last_day=False)
    if not command.at_cost:
        assert giver.contract.mark_nanos is not None, command
        unit = product.value_micros(giver.contract.mark_nanos, 1)
        return [[day, part, unit * part] for day, part, _ in pieces]
    if product.cost_method is CostMethod.AVERAGE:
        share_cost(pieces, lots.cost_of_close(quantity))
    return pieces


def _receiver_refusal(
    state: DeskState, command: TransferPosition, giver: Line, receiver: Line, premium_micros: int
) -> CommandRejected | None:
    """Ask of the receiver what an order of it would be asked, at the nodes that only it has.

    Long lots of an option are paid for like an order's; short ones bring their premium along.
    """
    side, quantity = command.side, command.quantity_lots
    reduces = receiver_reduces(receiver, command)
    found = state_refusal(state, receiver, reduces=reduces)
    if found is None and not reduces:
        found = position_limit_refusal(state, receiver, giver.path, side, quantity)
        found = found or exposure_limit_refusal(state.rates, receiver, side, quantity, giver.path)
        premium = max(0, premium_micros) if side is Side.BUY else 0
        found = found or own_margin_refusal(state, receiver, side, quantity, premium)
    return rejected(found[0], found[4]) if found is not None else None


def receiver_reduces(receiver: Line, command: TransferPosition) -> bool:
    """Return whether the lots only close what the receiver holds."""
    offset = Offset.OPEN if receiver.is_gross else Offset.NET
    return is_reducing(receiver, command.side, offset, command.quantity_lots)


def _premium_refusal(
    state: DeskState, command: TransferPosition, giver: Line, premium_micros: int
) -> CommandRejected | None:
    """Refuse to hand on short options whose premium the giver no longer has."""
    if command.side is Side.BUY or premium_micros <= 0:
        return None
    owed = state.rates.value(giver.contract.currency, premium_micros)
    available = giver.sub.standing.available_micros(state.rates)
    if owed <= available:
        return None
    name = command.from_sub_account_id
    detail = f"{name} owes {owed} micros of premium with the lots and has {available} to spare"
    return rejected(Reason.CAPITAL_TOO_SMALL, detail)


def _profit_refusal(
    state: DeskState, command: TransferPosition, receiver: Line, pieces: list[list[int]]
) -> CommandRejected | None:
    """Refuse to move more profit than the giver, or more loss than the receiver, can spare."""
    rates, sign, contract = state.rates, command.side.sign, receiver.contract
    assert contract.mark_nanos is not None, command
    worth = contract.product.value_micros(contract.mark_nanos, command.quantity_lots)
    profit = sign * (worth - sum(cost for _, _, cost in pieces))
    payer = command.from_sub_account_id if profit > 0 else command.to_sub_account_id
    moved = rates.value(contract.currency, abs(profit))
    available = state.subs[payer].standing.available_micros(rates)
    if profit < 0 and not receiver_reduces(receiver, command):
        lots = command.quantity_lots
        buys, sells = (lots, 0) if command.side is Side.BUY else (0, lots)
        available -= max(0, needed_micros(rates, receiver.entry, contract, buys, sells))
    if moved > available:
        word = "profit" if profit > 0 else "loss"
        detail = (
            f"the lots carry {moved} micros of {word}; {payer} can spare {max(0, available)} "
            "beyond its margin requirement"
        )
        return rejected(Reason.CAPITAL_TOO_SMALL, detail)
    return None
