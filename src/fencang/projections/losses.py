"""Loss limits as records tell them: steps taken, plans of liquidation leg by leg, suspensions.

Lots sent come from the legs of a plan's block orders, lots closed from their allocations.
"""

from dataclasses import dataclass, field

from fencang.messages.events import BlockOrderCreated, FillAllocated, OrderAccepted
from fencang.messages.loss_events import (
    LiquidationEnded,
    LiquidationLeg,
    LiquidationPlanned,
    LiquidationResumed,
    LiquidationSuspended,
    LossLimitReached,
)
from fencang.messages.record import Record
from fencang.projections.projection import Projection

__all__ = ["PLANS_MAX", "STEPS_MAX", "LegView", "Losses", "PlanView", "StepView"]

STEPS_MAX = 1_000
PLANS_MAX = 1_000
NAME = "@liquidation:"

LegKey = tuple[str, str, str, int]
"""Sub-account, carrying account, contract, side."""


@dataclass(slots=True)
class StepView:
    """A step that was taken, with the record that tells it."""

    sequence: int
    time_ns: int
    event: LossLimitReached


@dataclass(slots=True)
class LegView:
    """One position of a plan: what was to go, what was sent, what went."""

    leg: LiquidationLeg
    sent_lots: int = 0
    closed_lots: int = 0


@dataclass(slots=True)
class PlanView:
    """One liquidation; ``end`` is empty while it runs."""

    sequence: int
    time_ns: int
    liquidation_id: int
    node_id: str
    measure: str
    cured_ppm: int
    legs: dict[LegKey, LegView]
    end: str = ""
    blocks: list[int] = field(default_factory=list)


class Losses(Projection):
    """Steps and plans, first to last; suspensions that are in force."""

    __slots__ = ("_block_of", "_of_node", "_plan_of", "_plans", "_steps", "_suspensions")

    def __init__(self) -> None:
        self._steps: list[StepView] = []
        self._plans: list[PlanView] = []
        self._of_node: dict[str, PlanView] = {}
        self._plan_of: dict[int, tuple[PlanView, BlockOrderCreated]] = {}
        self._block_of: dict[int, int] = {}
        self._suspensions: dict[tuple[str, str], LiquidationSuspended] = {}

    def apply(self, record: Record) -> None:
        """Fold in steps, plans, their orders and fills, and suspensions."""
        for event in record.events:
            match event:
                case FillAllocated(order_id=order_id) if order_id in self._block_of:
                    self._fill(event)
                case OrderAccepted(block_id=block_id) if block_id in self._plan_of:
                    self._block_of[event.order_id] = block_id
                case BlockOrderCreated(rule_id=name) if name.startswith(NAME):
                    self._send(event)
                case LossLimitReached():
                    self._steps.append(StepView(record.sequence, record.time_ns, event))
                    del self._steps[:-STEPS_MAX]
                case LiquidationPlanned():
                    self._plan(event, record)
                case LiquidationEnded(node_id=node_id, end=end):
                    self._of_node[node_id].end = end.value
                case LiquidationSuspended(node_id=node_id, cause=cause):
                    self._suspensions[node_id, cause.value] = event
                case LiquidationResumed(node_id=node_id, cause=cause):
                    self._suspensions.pop((node_id, cause.value), None)
                case _:
                    pass

    def content(self) -> object:
        """Return steps, plans, suspensions, and which order belongs to which block."""
        return [self._steps, self._plans, sorted(self._suspensions), self._block_of]

    def steps(self) -> list[StepView]:
        """Return the steps that were taken, oldest first."""
        return list(self._steps)

    def plans(self) -> list[PlanView]:
        """Return the plans, oldest first."""
        return list(self._plans)

    def suspensions(self) -> list[LiquidationSuspended]:
        """Return what suspends liquidation now, by node and cause."""
        return [self._suspensions[key] for key in sorted(self._suspensions)]

    def _plan(self, event: LiquidationPlanned, record: Record) -> None:
        plan = PlanView(
            sequence=record.sequence,
            time_ns=record.time_ns,
            liquidation_id=event.liquidation_id,
            node_id=event.node_id,
            measure=event.measure.value,
            cured_ppm=event.cured_ppm,
            legs={_key(leg): LegView(leg) for leg in event.legs},
        )
        self._plans.append(plan)
        self._of_node[event.node_id] = plan
        if len(self._plans) > PLANS_MAX:
            self._forget(self._plans.pop(0))

    def _send(self, event: BlockOrderCreated) -> None:
        plan = self._of_node[event.rule_id.removeprefix(NAME)]
        self._plan_of[event.block_id] = (plan, event)
        plan.blocks.append(event.block_id)
        for each in event.legs:
            leg = plan.legs.get(_place(each.sub_account_id, event))
            if leg is not None:
                leg.sent_lots += each.quantity_lots

    def _fill(self, event: FillAllocated) -> None:
        plan, block = self._plan_of[self._block_of[event.order_id]]
        leg = plan.legs.get(_place(event.sub_account_id, block))
        if leg is not None:
            leg.closed_lots += event.quantity_lots

    def _forget(self, plan: PlanView) -> None:
        for block_id in plan.blocks:
            del self._plan_of[block_id]
        self._block_of = {
            order_id: block_id
            for order_id, block_id in self._block_of.items()
            if block_id in self._plan_of
        }


def _key(leg: LiquidationLeg) -> LegKey:
    return leg.sub_account_id, leg.carrying_account_id, leg.contract_id, int(leg.side)


def _place(sub_account_id: str, block: BlockOrderCreated) -> LegKey:
    return sub_account_id, block.carrying_account_id, block.contract_id, int(block.side)
