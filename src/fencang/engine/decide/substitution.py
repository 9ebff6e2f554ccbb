"""What a risk limit does not take of an order goes to a substitute that the mandate names.

The part that fits is accepted first; the substitute is then sized on what is left and goes up the
whole ladder of its own sub-account, in the same command.  Only risk limits lead here: what a law, a
restricted list, a state or the order's own words refuse stays refused.
"""

from typing import NamedTuple

from msgspec.structs import replace

from fencang.engine.accounts import ContractState, Line
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.entry import accepted, checked, entry_line, order_rejected
from fencang.engine.decide.refusal import rejected, source_refusal
from fencang.engine.flows.blocks import band_price_nanos
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.substitution import Sized, correlation_fault, sized_lots
from fencang.messages.commands import SubmitOrder
from fencang.messages.events import AnyEvent
from fencang.messages.message import Offset, OrderType, Side, TimeInForce
from fencang.messages.reasons import Reason
from fencang.messages.substitution_commands import ReportMoves
from fencang.messages.substitution_events import (
    MovesReported,
    OrderReduced,
    OrderSubstituted,
    SubstituteMissing,
)
from fencang.refdata.account import PositionMode
from fencang.refdata.substitute import Substitute

__all__ = ["RISK_REASONS", "decide_report_moves", "follow_reduced", "refused_or_reduced"]

RISK_REASONS = frozenset(
    {
        Reason.POSITION_LIMIT,
        Reason.GROSS_EXPOSURE,
        Reason.NET_EXPOSURE,
        Reason.BETA_EXPOSURE,
        Reason.CONCENTRATION,
        Reason.LEVERAGE,
        Reason.MARGIN_SUB_ACCOUNT,
        Reason.MARGIN_POOL,
        Reason.MARGIN_BUFFER,
    }
)
"""What the firm itself bounds its risk by; no legal limit is among them."""


class Tried(NamedTuple):
    """A substitute with what it comes to, or why it does not do."""

    row: Substitute
    sized: Sized | None
    fault: str = ""


def decide_report_moves(state: DeskState, command: ReportMoves) -> list[AnyEvent]:
    """Take over deviations and correlations that are not of the future."""
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    named = {
        *(each.scope_id for each in command.deviations),
        *(each.scope_id for each in command.correlations),
        *(each.other_scope_id for each in command.correlations),
    }
    unknown = sorted(named - state.contracts.keys() - state.products.keys())
    if unknown:
        words = f"no contract or product {', '.join(unknown)}; nothing was taken over"
        return [rejected(Reason.UNKNOWN_REFERENCE, words)]
    if command.as_of_ns > state.time_ns:
        detail = f"moves as of {command.as_of_ns} are of the future; nothing was taken over"
        return [rejected(Reason.VALUE_OUT_OF_RANGE, detail)]
    return [
        MovesReported(
            source=command.source,
            as_of_ns=command.as_of_ns,
            deviations=command.deviations,
            correlations=command.correlations,
        )
    ]


def refused_or_reduced(
    state: DeskState,
    command: SubmitOrder,
    line: Line,
    refusal: NodeRefusal,
    *,
    is_due: bool = False,
) -> list[AnyEvent]:
    """Refuse an order, or take what of it fits where a substitute takes the rest."""
    if refusal[0] not in RISK_REASONS or not state.risk.substitutes.rows:
        return [order_rejected(command, refusal)]
    rows = state.risk.substitutes.of(command.sub_account_id, _scopes(line.contract))
    if not rows:
        return [order_rejected(command, refusal)]
    fits = _most_that_fits(state, command, is_due=is_due)
    kept = 0 if fits is None else fits.quantity_lots
    excess = command.quantity_lots - kept
    tried = [_tried(state, row, line, excess) for row in rows]
    usable = next((each for each in tried if each.sized is not None), None)
    if usable is None:
        why = "; ".join(f"substitute {each.row.substitute_id}: {each.fault}" for each in tried)
        return [order_rejected(command, (*refusal[:4], f"{refusal[4]}; {why}"))]
    reduced = _reduction(command, refusal, kept)
    if usable.row.is_dry_run:
        told = _dry_run(state, reduced, usable, excess)
        return [order_rejected(command, refusal), told]
    if fits is None:
        return [order_rejected(command, refusal), reduced]
    entered = accepted(fits)
    reduced = replace(reduced, order_id=entered[0].order_id)
    return [*fits.cancels, *entered, reduced, *fits.notices]


def _reduction(command: SubmitOrder, refusal: NodeRefusal, kept: int) -> OrderReduced:
    reason, node_id, limit, value, _ = refusal
    return OrderReduced(
        sub_account_id=command.sub_account_id,
        client_order_id=command.client_order_id,
        contract_id=command.contract_id,
        side=command.side,
        asked_lots=command.quantity_lots,
        kept_lots=kept,
        order_id=0,
        reason=reason,
        node_id=node_id,
        limit=limit,
        value=value,
    )


def _most_that_fits(state: DeskState, command: SubmitOrder, *, is_due: bool = False) -> Ask | None:
    """Return the ask for the most lots that pass every check, None where not one does."""
    best: Ask | None = None
    low, high = 1, command.quantity_lots - 1
    while low <= high:
        middle = (low + high) // 2
        found = checked(state, replace(command, quantity_lots=middle), is_due=is_due)
        if isinstance(found, tuple):
            high = middle - 1
        else:
            best, low = found, middle + 1
    return best


def _scopes(contract: ContractState) -> tuple[str, str]:
    return contract.contract.contract_id, contract.product.product_id


def _tried(state: DeskState, row: Substitute, line: Line, excess_lots: int) -> Tried:
    """Return what a substitute comes to for an excess, before cap and ladder."""
    contract = state.contracts[row.to_contract_id]
    moves, scopes, others = state.risk.substitutes.moves, _scopes(line.contract), _scopes(contract)
    own, other = moves.deviation(scopes), moves.deviation(others)
    correlation = moves.correlation(scopes, others)
    if own is None or other is None or correlation is None:
        return Tried(row, None, "how both markets move was never reported")
    as_of_ns = min(own[1], other[1], correlation[1])
    age = state.time_ns - as_of_ns
    if age > row.age_ns_max:
        return Tried(row, None, f"moves are {age} ns old, {row.age_ns_max} are allowed")
    fault = correlation_fault(row, correlation[0])
    if fault:
        return Tried(row, None, fault)
    own_risk = _risk_micros(state, line.contract, own[0])
    to_risk = _risk_micros(state, contract, other[0])
    if to_risk <= 0 or own_risk <= 0:
        return Tried(row, None, "the risk of a lot has no value in the base currency")
    lots = sized_lots(row.mode, excess_lots, own_risk, to_risk, correlation[0])
    if lots < 1:
        return Tried(row, None, "the excess is worth less than one lot")
    return Tried(row, Sized(lots, own_risk, to_risk, correlation[0], as_of_ns))


def _risk_micros(state: DeskState, contract: ContractState, deviation_nanos: int) -> int:
    """Return one deviation of a lot in base micros; 0 where the currency has no rate."""
    if contract.currency not in state.rates.rate_nanos:
        return 0
    # Rounded down to the settlement tick, so that the value of a lot stays exact.
    product = contract.product
    ticks = deviation_nanos // product.mark_tick_nanos
    value = product.value_micros(ticks * product.mark_tick_nanos, 1)
    return state.rates.value(contract.currency, value)


def _dry_run(
    state: DeskState, reduced: OrderReduced, tried: Tried, excess: int
) -> OrderSubstituted:
    ask = _substitute_ask(state, tried, reduced)
    lots = 0 if isinstance(ask, str) else ask.quantity_lots
    return _substituted(reduced, tried, excess, lots, order_id=0, is_dry_run=True)


def _substituted(
    reduced: OrderReduced,
    tried: Tried,
    excess_lots: int,
    lots: int,
    *,
    order_id: int,
    is_dry_run: bool = False,
) -> OrderSubstituted:
    row, sized = tried.row, tried.sized
    assert sized is not None, row
    return OrderSubstituted(
        substitute_id=row.substitute_id,
        mode=row.mode,
        sub_account_id=reduced.sub_account_id,
        client_order_id=reduced.client_order_id,
        contract_id=reduced.contract_id,
        asked_lots=reduced.asked_lots,
        kept_lots=reduced.kept_lots,
        excess_lots=excess_lots,
        to_sub_account_id=row.to_sub_account_id,
        to_contract_id=row.to_contract_id,
        side=reduced.side,
        sized_lots=sized.lots,
        lots=lots,
        order_id=order_id,
        own_risk_micros=sized.own_risk_micros,
        to_risk_micros=sized.to_risk_micros,
        correlation_ppm=sized.correlation_ppm,
        as_of_ns=sized.as_of_ns,
        reason=reduced.reason,
        is_dry_run=is_dry_run,
    )


def follow_reduced(state: DeskState, event: OrderReduced) -> list[AnyEvent]:
    """Send the rest of an order to the first substitute that takes a lot of it."""
    sub, contract = state.subs[event.sub_account_id], state.contracts[event.contract_id]
    carrying_id = state.route(sub, contract.product.venue_id)
    assert carrying_id is not None, event
    line, excess = state.line(sub, carrying_id, contract), event.asked_lots - event.kept_lots
    faults = []
    for row in state.risk.substitutes.of(event.sub_account_id, _scopes(contract)):
        tried = _tried(state, row, line, excess)
        fault = tried.fault or ("it is only told" if row.is_dry_run else "")
        ask = fault or _substitute_ask(state, tried, event)
        if isinstance(ask, str):
            faults.append(f"{row.substitute_id}: {ask}")
            continue
        entered = accepted(ask)
        lots, order_id = ask.quantity_lots, entered[0].order_id
        told = _substituted(event, tried, excess, lots, order_id=order_id)
        return [told, *ask.cancels, *entered, *ask.notices]
    return [
        SubstituteMissing(
            sub_account_id=event.sub_account_id,
            client_order_id=event.client_order_id,
            excess_lots=excess,
            detail="; ".join(faults),
        )
    ]


def _substitute_ask(state: DeskState, tried: Tried, reduced: OrderReduced) -> Ask | str:
    """Return the ask of the most lots that cap and ladder take, or why not one passes."""
    row, sized = tried.row, tried.sized
    assert sized is not None, row
    command = _substitute_order(state, row, reduced, sized.lots)
    line = entry_line(state, command)
    if isinstance(line, tuple):
        return line[4]
    clip = line.contract.product.order_quantity_max
    room = min(sized.lots, clip, row.cap_lots - _worst_lots(line, reduced.side))
    if room < 1:
        return f"its cap of {row.cap_lots} lots is used up"
    command = replace(command, quantity_lots=room)
    found = checked(state, command)
    if not isinstance(found, tuple):
        return found
    if found[0] not in RISK_REASONS:
        return found[4]
    return _most_that_fits(state, command) or found[4]


def _worst_lots(line: Line, side: Side) -> int:
    """Return the substitute's own worst case on a side."""
    exposure = line.exposure
    if side is Side.BUY:
        return max(0, exposure.net_lots + exposure.buy_lots)
    return max(0, exposure.sell_lots - exposure.net_lots)


def _substitute_order(
    state: DeskState, row: Substitute, reduced: OrderReduced, lots: int
) -> SubmitOrder:
    """Return a day order inside the band around the mark; its name follows from the sequence."""
    contract, sub = state.contracts[row.to_contract_id], state.subs[row.to_sub_account_id]
    carrying_id = state.route(sub, contract.product.venue_id)
    carrying = state.carrying.get(carrying_id or "")
    is_gross = carrying is not None and carrying.account.position_mode is PositionMode.GROSS
    price = band_price_nanos(contract, reduced.side)
    return SubmitOrder(
        sub_account_id=row.to_sub_account_id,
        client_order_id=f"substitute-{state.sequence}",
        contract_id=row.to_contract_id,
        side=reduced.side,
        quantity_lots=lots,
        order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
        limit_price_nanos=price,
        time_in_force=TimeInForce.DAY,
        offset=Offset.OPEN if is_gross else Offset.NET,
    )
