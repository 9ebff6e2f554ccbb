"""Loss limits follow every event that changes equity, margin or a day; nothing decides here.

``following`` puts a change of this module around the changes of other events: equities, peaks and
windows are the same whether a command is decided or a record is applied.
"""

from collections.abc import Callable, Iterable
from typing import Any

from fencang.basics.money import PPM
from fencang.engine.risk.liquidations import Liquidation, Suspended, liquidated_node
from fencang.engine.risk.loss_links import (
    Holder,
    MarginFigures,
    count_capital,
    everyone,
    holder_id,
    margin_figures,
    note_unexplained,
    observe,
    relink_losses,
)
from fencang.engine.risk.losses import LossMemory
from fencang.engine.state import DeskState
from fencang.limits.losses import mark_jumps
from fencang.messages import day_events as day
from fencang.messages import events as ev
from fencang.messages import fee_events, fill_events, life_events, loss_events, money_events
from fencang.messages.fill_events import EnteredFillAllocated
from fencang.messages.loss_events import LiquidationEnd, LossStep, Suspension
from fencang.messages.message import TradingState

__all__ = ["LOSS_CHANGES", "following", "lot_value_micros"]

Change = Callable[[DeskState, Any], None]
Holders = Callable[[DeskState, Any], Iterable[Holder]]


# ------------------------------------------------------------------- whose figures an event changes


def _everyone(state: DeskState, event: ev.AnyEvent) -> list[Holder]:
    return everyone(state)


def _pools(state: DeskState, event: ev.AnyEvent) -> list[Holder]:
    return [state.pools[key] for key in sorted(state.pools)]


def _of_sub(
    state: DeskState, event: ev.FillAllocated | ev.SuspenseAssigned | EnteredFillAllocated
) -> list[Holder]:
    sub = state.subs[event.sub_account_id]
    return [sub, sub.pool]


def _of_transfer(state: DeskState, event: ev.CapitalTransferred) -> list[Holder]:
    books = (event.from_book_id, event.to_book_id)
    return [state.subs[book] for book in books if book in state.subs]


def _marked(state: DeskState, event: ev.PricesMarked) -> list[Holder]:
    """Return who holds or works something in a contract that is marked."""
    found: dict[str, Holder] = {}
    for mark in event.marks:
        for lines in state.contracts[mark.contract_id].lines.values():
            for sub_id, line in lines.items():
                if not line.exposure.is_empty:
                    found[sub_id] = line.sub
    return [*(found[key] for key in sorted(found)), *_pools(state, event)]


def _first_marked(state: DeskState, event: ev.FillBooked) -> list[Holder]:
    """Return everyone when a fill is the first price that a contract has, else nobody."""
    contract = state.contracts[event.contract_id]
    return everyone(state) if contract.mark_nanos is None else []


OBSERVED: dict[type[Any], Holders] = {
    ev.PricesMarked: _marked,
    ev.RatesMarked: _everyone,
    ev.TradingDaySettled: _everyone,
    day.ContractsSettled: _everyone,
    day.SettlementCorrected: _everyone,
    ev.ContractExpired: _everyone,
    life_events.ContractConverted: _everyone,
    ev.OptionExercised: _everyone,
    ev.FillBooked: _first_marked,
    ev.FillAllocated: _of_sub,
    ev.FillSuspended: _pools,
    ev.SuspenseAssigned: _of_sub,
    EnteredFillAllocated: _of_sub,
    fill_events.FillCorrected: _everyone,
    fill_events.FillBusted: _everyone,
    fill_events.SuspenseAssignmentUndone: _everyone,
    ev.CurrencyConverted: _everyone,
    money_events.InterestPosted: _everyone,
    fee_events.DayMinimumCharged: _everyone,
    ev.SpanParametersActivated: _everyone,
    ev.RiskArraysLoaded: _everyone,
    ev.BenefitGranted: _everyone,
    ev.CollateralReported: _everyone,
    ev.SessionOpened: _everyone,
    day.TradingDayOpened: _everyone,
}
"""Events that change equity or margin, and whose."""

CAPITAL: dict[type[Any], Holders] = {
    ev.CashDeposited: _pools,
    ev.CashWithdrawn: _pools,
    ev.CapitalTransferred: _of_transfer,
    ev.OpeningBookImported: _everyone,
    fill_events.PositionTransferred: _everyone,
    money_events.WireRequested: _pools,
    money_events.WireConfirmed: _pools,
    money_events.WireReturned: _pools,
    money_events.WireCancelled: _pools,
}
"""Events that bring or take capital: no profit and no loss."""

WITHOUT_CAUSE = frozenset(
    {
        ev.RatesMarked,
        ev.TradingDaySettled,
        ev.SpanParametersActivated,
        ev.RiskArraysLoaded,
        ev.BenefitGranted,
        ev.CollateralReported,
        ev.SessionOpened,
        day.TradingDayOpened,
    }
)
"""Events that change margin or equity without a cause in positions or prices."""


def following(changes: dict[type[Any], Change]) -> dict[type[Any], Change]:
    """Return the changes of these events with loss limits in step with them."""
    found: dict[type[Any], Change] = {
        kind: _observing(changes[kind], holders, is_watched=kind in WITHOUT_CAUSE)
        for kind, holders in OBSERVED.items()
    }
    found |= {kind: _moving(changes[kind], holders) for kind, holders in CAPITAL.items()}
    found[ev.PricesMarked] = _marking(changes[ev.PricesMarked])
    found[ev.FillAllocated] = _filling(changes[ev.FillAllocated])
    found[ev.DeskDefined] = _defining(changes[ev.DeskDefined])
    found[ev.BlockOrderCreated] = _sending(changes[ev.BlockOrderCreated])
    found[ev.TradingStateSet] = _resuming(changes[ev.TradingStateSet])
    for kind in (ev.SessionOpened, day.TradingDayOpened):
        found[kind] = _turning(found[kind])
    return found


def _observing(change: Change, holders: Holders, *, is_watched: bool) -> Change:
    def observed(state: DeskState, event: ev.AnyEvent) -> None:
        losses = state.risk.losses
        if not losses.rows:
            change(state, event)
            return
        who = tuple(holders(state, event))
        watches = is_watched and losses.terms is not None
        before = {holder_id(each): margin_figures(state, each) for each in who} if watches else {}
        change(state, event)
        if watches:
            note_unexplained(state, type(event).__name__, before, who)
        observe(state, who, is_whole=not isinstance(event, ev.FillAllocated))

    return observed


def _moving(change: Change, holders: Holders) -> Change:
    def moved(state: DeskState, event: ev.AnyEvent) -> None:
        change(state, event)
        if state.risk.losses.rows:
            count_capital(state, holders(state, event))

    return moved


def _marking(change: Change) -> Change:
    """Marks explain as much of a requirement's growth as they moved; too far a move is suspect.

    Whole pools are looked at: they hold what every account holds, and are few.
    """

    def marked(state: DeskState, event: ev.PricesMarked) -> None:
        losses = state.risk.losses
        if not losses.rows:
            change(state, event)
            return
        who = tuple(_marked(state, event))
        terms, explained = losses.terms, 0
        pools = _pools(state, event)
        before: dict[str, MarginFigures] = {}
        if terms is not None:
            before = {holder_id(each): margin_figures(state, each) for each in pools}
            explained = _note_marks(state, event)
        change(state, event)
        if terms is not None:
            name = "PricesMarked"
            note_unexplained(
                state, name, before, pools, explained_ppm=explained, counts_equity=False
            )
        observe(state, who, is_whole=True)

    return marked


def _note_marks(state: DeskState, event: ev.PricesMarked) -> int:
    """Note marks that jump; return the largest share by which one moves, plus what is normal."""
    losses = state.risk.losses
    terms = losses.terms
    assert terms is not None
    losses.note(state.sequence)
    largest = 0
    for mark in event.marks:
        contract = state.contracts[mark.contract_id]
        old = contract.mark_nanos
        if old is None:
            continue
        moved = abs(mark.price_nanos - old) * PPM // max(1, abs(old))
        largest = max(largest, moved)
        if any(not entry.exposure.is_flat for entry in contract.entries) and mark_jumps(
            old,
            mark.price_nanos,
            tick_nanos=contract.product.tick_nanos,
            jump_ppm=terms.mark_jump_ppm,
            jump_ticks=terms.mark_jump_ticks,
        ):
            place = (f"contract:{mark.contract_id}", Suspension.PRICE_JUMP)
            losses.jumps[place] = (mark.contract_id, "PricesMarked", old, mark.price_nanos)
    return largest


def _filling(change: Change) -> Change:
    """A fill of a liquidation uses its budget, and should not make the pool's margin worse."""
    plain = _observing(change, _of_sub, is_watched=False)

    def filled(state: DeskState, event: ev.FillAllocated) -> None:
        losses = state.risk.losses
        block = state.orders[event.order_id].block
        node_id = liquidated_node(block.rule_id) if block is not None else ""
        if not node_id or losses.terms is None:
            if not state.orders[event.order_id].is_reducing:
                _take_late(state, event)
            plain(state, event)
            return
        who = _of_sub(state, event)
        pools = who[1:]
        before = {holder_id(each): margin_figures(state, each) for each in pools}
        change(state, event)
        liquidations = losses.liquidations
        liquidations.spent_lots += event.quantity_lots
        liquidations.spent_micros += event.quantity_lots * lot_value_micros(
            state, event.contract_id
        )
        running = liquidations.running.get(node_id)
        if running is not None:
            running.rounds_unfilled = 0
        note_unexplained(state, "liquidation", before, pools, counts_equity=False)
        observe(state, who, is_whole=False)

    return filled


def _take_late(state: DeskState, event: ev.FillAllocated) -> None:
    """A fill that opens after a liquidation is done: an order too late to cancel.  It goes too."""
    losses = state.risk.losses
    for holder in _of_sub(state, event) if losses.rows else ():
        for memory in losses.above.get(holder_id(holder), ()):
            if memory.node_id not in losses.liquidations.running:
                _may_liquidate_again(memory)


def lot_value_micros(state: DeskState, contract_id: str) -> int:
    """Return what one lot counts in the budget, in base micros: its value, or its margin if more.

    Around a price of zero a lot is worth little and may lose much.
    """
    contract = state.contracts[contract_id]
    worth = max(abs(contract.notional_per_lot), contract.requirement_per_lot)
    return state.rates.value(contract.currency, worth)


def _defining(change: Change) -> Change:
    """A definition may add nodes and accounts, and change what positions ask for."""

    def defined(state: DeskState, event: ev.DeskDefined) -> None:
        losses = state.risk.losses
        who = everyone(state) if losses.rows and losses.terms is not None else []
        before = {holder_id(each): margin_figures(state, each) for each in who}
        change(state, event)
        if losses.rows:
            relink_losses(state)
            if before:
                note_unexplained(state, "DeskDefined", before, who)
            observe(state, everyone(state), is_whole=True)

    return defined


def _sending(change: Change) -> Change:
    """What liquidation sends uses its rate; what it makes worse at the pool has no other cause."""

    def sent(state: DeskState, event: ev.BlockOrderCreated) -> None:
        losses, node_id = state.risk.losses, liquidated_node(event.rule_id)
        if not node_id or losses.terms is None:
            change(state, event)
            return
        pools = [state.subs[event.legs[0].sub_account_id].pool]
        before = {holder_id(each): margin_figures(state, each) for each in pools}
        change(state, event)
        note_unexplained(state, "liquidation", before, pools, counts_equity=False)
        lots = sum(leg.quantity_lots for leg in event.legs)
        interval_ns = losses.terms.interval_ns
        losses.liquidations.send(event.contract_id, lots, state.time_ns, interval_ns)
        running = losses.liquidations.running.get(node_id)
        if running is not None and running.last_round_ns != state.time_ns:
            running.last_round_ns = state.time_ns
            running.rounds_unfilled += 1

    return sent


def _resuming(change: Change) -> Change:
    def resumed(state: DeskState, event: ev.TradingStateSet) -> None:
        change(state, event)
        memory = state.risk.losses.memories.get(event.node_id)
        if memory is not None and event.trading_state is TradingState.ACTIVE:
            memory.is_stopped = False

    return resumed


def _turning(change: Change) -> Change:
    """The first venue that begins a later trading day begins it for every node."""

    def turned(state: DeskState, event: ev.SessionOpened | day.TradingDayOpened) -> None:
        change(state, event)
        losses, today = state.risk.losses, state.venues[event.venue_id].today
        if losses.rows and today > losses.day:
            losses.turn(today, state.time_ns)
            losses.note(state.sequence)
            for node_id, memory in losses.memories.items():
                if memory.ends_below is not None:  # a new day has lost nothing
                    losses.pending[node_id] = None

    return turned


# --------------------------------------------------------------------------------- their own events


def on_reached(state: DeskState, event: loss_events.LossLimitReached) -> None:
    """Note the step; whoever was stopped already is not the ladder's to resume."""
    memory = state.risk.losses.memories[event.node_id]
    memory.step = event.step
    memory.is_stopped |= event.node_id not in state.trading_states
    memory.refresh()


def on_planned(state: DeskState, event: loss_events.LiquidationPlanned) -> None:
    """Run the liquidation."""
    state.risk.losses.liquidations.running[event.node_id] = Liquidation(
        liquidation_id=event.liquidation_id,
        node_id=event.node_id,
        measure=event.measure,
        cured_ppm=event.cured_ppm,
        legs=event.legs,
    )


def on_ended(state: DeskState, event: loss_events.LiquidationEnded) -> None:
    """End it; what was cured may begin anew."""
    losses = state.risk.losses
    del losses.liquidations.running[event.node_id]
    if event.end is LiquidationEnd.CURED:
        _may_liquidate_again(losses.memories[event.node_id])


def _may_liquidate_again(memory: LossMemory) -> None:
    if memory.step is LossStep.LIQUIDATE:
        memory.step = LossStep.CANCEL
        memory.refresh()


def on_suspended(state: DeskState, event: loss_events.LiquidationSuspended) -> None:
    """Keep it until somebody resumes, or what caused it ends by itself."""
    state.risk.losses.liquidations.suspensions[event.node_id, event.cause] = Suspended(
        node_id=event.node_id,
        cause=event.cause,
        subject=event.subject,
        what=event.what,
        before=event.before,
        after=event.after,
    )


def on_resumed(state: DeskState, event: loss_events.LiquidationResumed) -> None:
    """Let it go on; what was unexplained is accepted, and every node is looked at again."""
    losses = state.risk.losses
    del losses.liquidations.suspensions[event.node_id, event.cause]
    if event.cause in {Suspension.MARGIN_JUMP, Suspension.EQUITY_JUMP}:
        owner_id = event.node_id.removeprefix("person:")
        for name in (*state.pools[owner_id].sub_ids, event.node_id):
            losses.unexplained.pop(name, None)
    running = losses.liquidations.running.get(event.node_id)
    if event.cause is Suspension.NOT_FILLED and running is not None:
        running.rounds_unfilled = 0
    losses.note(state.sequence)
    losses.pending.update(dict.fromkeys(losses.memories))


LOSS_CHANGES: dict[type[Any], Change] = {
    loss_events.LossLimitReached: on_reached,
    loss_events.LiquidationPlanned: on_planned,
    loss_events.LiquidationEnded: on_ended,
    loss_events.LiquidationSuspended: on_suspended,
    loss_events.LiquidationResumed: on_resumed,
}
