"""Liquidation: a plan that is shown, sent in bounded intervals, held back on suspect figures.

What goes out in an interval is found anew from what is held: open lots − lots that may stay −
closing lots at work.  So it never crosses zero, and whoever reduces beside it is counted.  Lots go
as block orders inside the price band (``engine/flows/blocks.py``), each named after its node.
"""

from collections import Counter
from typing import NamedTuple

from fencang.basics.money import PPM, saturated
from fencang.basics.rounding import divide_ceiling
from fencang.engine.accounts import ContractState, Line, LineKey
from fencang.engine.decide.margin_checks import needed_micros
from fencang.engine.evolve.losses import lot_value_micros
from fencang.engine.flows.cuts import block_order
from fencang.engine.orders import Block, Pending
from fencang.engine.risk.liquidations import Liquidation, liquidated_node
from fencang.engine.risk.loss_links import margin_use, subs_below
from fencang.engine.risk.losses import LossMemory
from fencang.engine.risk.suspensions import is_blocked
from fencang.engine.state import DeskState
from fencang.limits.losses import is_beyond, room_lots
from fencang.messages.events import AnyEvent, CancelRequested, OperatorCalled
from fencang.messages.loss_events import (
    LiquidationEnd,
    LiquidationEnded,
    LiquidationLeg,
    LiquidationPlanned,
    LiquidationSuspended,
    LossLimitReached,
    LossMeasure,
    Suspension,
)
from fencang.messages.message import Side, TradingState
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit
from fencang.refdata.session import Phase
from fencang.rules.indicator import lots_kept

__all__ = ["go_on", "planned"]


# ------------------------------------------------------------------------------------- the plan


def planned(state: DeskState, reached: LossLimitReached, row: LossLimit) -> list[AnyEvent]:
    """Return the plan of a node's liquidation and the call to a person; one that runs goes on."""
    node_id = reached.node_id
    if node_id in state.risk.losses.liquidations.running:
        return []
    terms = state.risk.losses.terms
    assert terms is not None, "a row with a liquidate step needs terms"
    legs = [
        leg
        for sub in subs_below(state, node_id)
        for line in sub.sorted_lines()
        for leg in _legs_of(state, line, row, terms)
    ]
    legs.sort(key=_largest_relief_first)
    lots = sum(leg.quantity_lots for leg in legs)
    detail = (
        f"{reached.measure} {reached.value_micros} of {reached.limit_micros} micros: "
        f"{lots} lots in {len(legs)} positions are to be closed"
    )
    return [
        LiquidationPlanned(
            liquidation_id=state.new_order_id(),
            node_id=node_id,
            measure=reached.measure,
            cured_ppm=row.cured_ppm,
            legs=tuple(legs),
        ),
        OperatorCalled(subject=f"liquidation at {node_id}", detail=detail),
    ]


def _legs_of(
    state: DeskState, line: Line, row: LossLimit, terms: LiquidationTerms
) -> list[LiquidationLeg]:
    found = []
    for side in (Side.SELL, Side.BUY):
        held = line.open_lots(side)
        kept = lots_kept(held, row.keep_ppm)
        lots = held - kept
        if lots <= 0:
            continue
        buys, sells = (lots, 0) if side is Side.SELL else (0, lots)
        # What the same lots would ask for anew: nothing where they hedge what is held.
        relief = needed_micros(state.rates, line.entry, line.contract, buys, sells)
        found.append(
            LiquidationLeg(
                sub_account_id=line.sub.sub_account_id,
                carrying_account_id=line.carrying_account_id,
                contract_id=line.key[1],
                side=side,
                quantity_lots=lots,
                kept_lots=kept,
                relief_micros=saturated(relief),
                slices=divide_ceiling(lots, terms.interval_lots_max),
            )
        )
    return found


def _largest_relief_first(leg: LiquidationLeg) -> tuple[int, str, str, str, int]:
    place = (leg.sub_account_id, leg.carrying_account_id, leg.contract_id)
    return (-leg.relief_micros, *place, int(leg.side))


# ------------------------------------------------------------------------ interval by interval


def _withdrawn(blocks: list[Block]) -> list[AnyEvent]:
    """Ask for the slices of a liquidation back; with the last of them its block ends.

    Where the venue has just refused, it says first what it knows.
    """
    return [
        CancelRequested(order_id=order_id, terms=order.terms)
        for block in blocks
        for order_id, order in sorted(block.slices.items())
        if order.is_live and order.pending is not Pending.CANCEL and not order.is_in_doubt
    ]


class _Room:
    """What rate, volume and the day's budget of the whole desk leave in this step."""

    def __init__(self, state: DeskState, terms: LiquidationTerms) -> None:
        self.state = state
        self.terms = terms
        liquidations = state.risk.losses.liquidations
        self.lots = terms.day_lots_max - liquidations.spent_lots
        self.micros = terms.day_micros_max - liquidations.spent_micros
        self.is_used_up = False
        self.promised: Counter[tuple[str, LineKey, Side]] = Counter()
        """Lots of a line that this step sends already, for another node."""
        self.stale: dict[str, int] = {}
        """Contract whose price is too old → its age in ns."""
        self.cancelled: set[int] = set()
        self._rates: dict[str, int] = {}
        for _, block in sorted(state.blocks.items()):
            if liquidated_node(block.rule_id):
                self.take(block.contract_id, block.missing_lots)

    def take(self, contract_id: str, lots: int) -> None:
        """Use so much of the day's budget."""
        self.lots -= lots
        self.micros -= lots * lot_value_micros(self.state, contract_id)

    def rate_of(self, contract_id: str) -> int:
        """Return the lots that the interval of now still lets out."""
        found = self._rates.get(contract_id)
        if found is None:
            state, terms = self.state, self.terms
            most = terms.interval_lots_max
            if terms.volume_ppm is not None:
                volume = known_volume(state, contract_id, terms)
                if volume is not None:
                    most = min(most, volume * terms.volume_ppm // PPM)
            sent = state.risk.losses.liquidations.sent_lots(
                contract_id, state.time_ns, terms.interval_ns
            )
            found = self._rates[contract_id] = max(0, most - sent)
        return found

    def lots_of(self, contract_id: str, wanted: int) -> int:
        """Take what there is room for."""
        value = lot_value_micros(self.state, contract_id)
        by_value = self.micros // value if value else wanted
        rate = self.rate_of(contract_id)
        if rate > 0 and room_lots(wanted, self.lots, by_value) <= 0:
            self.is_used_up = True
        lots = room_lots(wanted, rate, self.lots, by_value)
        self._rates[contract_id] = rate - lots
        self.take(contract_id, lots)
        return lots


def known_volume(state: DeskState, contract_id: str, terms: LiquidationTerms) -> int | None:
    """Return the lots that a contract trades in an interval, None where nobody says so of late.

    A desk that keeps no reported volumes knows none, and only the rate binds.
    """
    volume = state.risk.impact.volumes.get(contract_id)
    if volume is None or state.time_ns - volume.reported_ns > terms.price_age_ns_max:
        return None
    return volume.quantity_lots * terms.interval_ns // volume.window_ns


def go_on(state: DeskState) -> list[AnyEvent]:
    """Return what running liquidations do now: end, wait, or send what there is room for."""
    losses = state.risk.losses
    terms = losses.terms
    assert terms is not None
    found: list[AnyEvent] = []
    room = _Room(state, terms)
    blocks_of = _blocks_by_node(state)
    for node_id, liquidation in losses.liquidations.running.items():
        blocks = blocks_of.get(node_id, [])
        if is_blocked(state, node_id):
            found += _withdrawn(blocks)
            continue
        end = _end(state, liquidation, losses.memories[node_id], works=bool(blocks))
        if end is not None:
            found += _withdrawn(blocks)
            number = liquidation.liquidation_id
            found.append(LiquidationEnded(liquidation_id=number, node_id=node_id, end=end))
            continue
        if liquidation.rounds_unfilled >= terms.rounds_max and not blocks:
            found += _suspended(
                node_id, Suspension.NOT_FILLED, node_id, terms.rounds_max, "rounds without a fill"
            )
            continue
        found += _interval(state, liquidation, room)
    for contract_id, age in sorted(room.stale.items()):
        place, words = f"contract:{contract_id}", "ns since the last price"
        found += _suspended(place, Suspension.PRICE_STALE, contract_id, age, words)
    master_id = terms.node_id
    if room.is_used_up and (master_id, Suspension.BUDGET) not in losses.liquidations.suspensions:
        spent = losses.liquidations.spent_lots
        found += _suspended(master_id, Suspension.BUDGET, master_id, spent, "lots closed today")
    return found


def _blocks_by_node(state: DeskState) -> dict[str, list[Block]]:
    found: dict[str, list[Block]] = {}
    for _, block in sorted(state.blocks.items()):
        node_id = liquidated_node(block.rule_id)
        if node_id:
            found.setdefault(node_id, []).append(block)
    return found


def _suspended(
    node_id: str, cause: Suspension, subject: str, after: int, words: str
) -> list[AnyEvent]:
    return [
        LiquidationSuspended(
            node_id=node_id, cause=cause, subject=subject, what=words, before=0, after=after
        ),
        OperatorCalled(subject=f"liquidation at {node_id}", detail=f"{cause}: {after} {words}"),
    ]


def _end(
    state: DeskState, liquidation: Liquidation, memory: LossMemory, *, works: bool
) -> LiquidationEnd | None:
    """Return why it is over: cured, or nothing is left of its plan."""
    if not is_beyond(*_measured(state, liquidation, memory), liquidation.cured_ppm):
        return LiquidationEnd.CURED
    if works or any(_left(state, leg) > 0 for leg in liquidation.legs):
        return None
    return LiquidationEnd.DONE


def _measured(state: DeskState, liquidation: Liquidation, memory: LossMemory) -> tuple[int, int]:
    """Return value and limit of the measure that began it; no limit any more is none of a loss."""
    if liquidation.measure is LossMeasure.MARGIN_USE:
        limit, need = margin_use(state, memory)
        return (need, limit) if memory.row.margin_use_ppm is not None else (0, 0)
    figures, (daily, drawdown, velocity) = memory.figures(state.time_ns), memory.amounts
    most, value = {
        LossMeasure.DAILY_LOSS: (daily, figures.start - figures.now),
        LossMeasure.DRAWDOWN: (drawdown, figures.peak - figures.now),
        LossMeasure.VELOCITY: (velocity, figures.highest - figures.now),
    }[liquidation.measure]
    return (value, most) if most is not None else (0, 0)


def _line(state: DeskState, leg: LiquidationLeg) -> Line | None:
    return state.subs[leg.sub_account_id].lines.get((leg.carrying_account_id, leg.contract_id))


def _left(state: DeskState, leg: LiquidationLeg) -> int:
    """Return the lots of a leg that are still too many."""
    line = _line(state, leg)
    return 0 if line is None else line.open_lots(leg.side) - leg.kept_lots


class _Place(NamedTuple):
    """Where a block order goes."""

    key: LineKey
    side: Side


def _interval(state: DeskState, liquidation: Liquidation, room: _Room) -> list[AnyEvent]:
    """Return the block orders of one interval; contracts without a price are noted."""
    found: list[AnyEvent] = []
    parts: dict[_Place, list[tuple[Line, int]]] = {}
    for leg in liquidation.legs:
        line = _line(state, leg)
        if line is None or room.rate_of(leg.contract_id) <= 0 or not _may_trade(state, line):
            continue
        left = line.open_lots(leg.side) - leg.kept_lots
        place = (leg.sub_account_id, line.key, leg.side)
        wanted = left - line.closing_lots(leg.side) - room.promised[place]
        if wanted <= 0:
            if left > 0:
                found += _parked(state, line, leg.side, room)
            continue
        age = state.time_ns - line.contract.marked_ns
        if age > room.terms.price_age_ns_max:
            room.stale[leg.contract_id] = age
            continue
        lots = room.lots_of(leg.contract_id, wanted)
        if lots:
            room.promised[place] += lots
            parts.setdefault(_Place(line.key, leg.side), []).append((line, lots))
    for (key, side), legs in parts.items():
        found += block_order(state, key, side, legs, liquidation.block_name)
    return found


def _may_trade(state: DeskState, line: Line) -> bool:
    """Return whether lots of a line may go out: open hours, not halted, paused or without price."""
    contract: ContractState = line.contract
    if contract.hours.phase is not Phase.OPEN or contract.is_expired:
        return False
    if state.trading_states and state.trading_state(line.path)[0] is TradingState.HALTED:
        return False
    suspensions = state.risk.losses.liquidations.suspensions
    if not suspensions:
        return True
    name = f"contract:{line.key[1]}"
    if (name, Suspension.PRICE_STALE) in suspensions:
        return False
    return not any((node, Suspension.PAUSED) in suspensions for node in (*line.path, name))


def _parked(state: DeskState, line: Line, side: Side, room: _Room) -> list[AnyEvent]:
    """Ask for own reducing orders that have held the last lots for longer than an interval.

    Of one in doubt the venue says first what it knows: asked again with every answer that refuses,
    it would be asked for ever.
    """
    found: list[AnyEvent] = []
    for order_id, order in sorted(line.sub.working.items()):
        is_old = state.time_ns - order.routed_at_ns > room.terms.interval_ns
        is_asked = order.pending is Pending.CANCEL or order_id in room.cancelled
        waits = is_asked or order.is_in_doubt
        if order.line is line and order.terms.side is side and is_old and not waits:
            room.cancelled.add(order_id)
            found.append(CancelRequested(order_id=order_id, terms=order.terms))
    return found
