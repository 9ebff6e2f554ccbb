"""Answers to questions, worked out on the machine between two commands, or from the journal."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from fencang.app.serve.copies.questions import CopyQuestions
from fencang.app.serve.live_desk import LiveDesk
from fencang.app.serve.past import Past
from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.basics.rounding import divide_ceiling
from fencang.basics.time import format_time
from fencang.engine.attribution import attributed_micros
from fencang.engine.explain import Explanation, explain
from fencang.engine.flows.publication import pool_id
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.machine import Machine
from fencang.engine.state import DeskState
from fencang.gateways.questions import (
    ControlAnswer,
    EnvelopeAnswer,
    LimitAnswer,
    MarginAnswer,
    OrderExplained,
    Scan,
    Scanned,
)
from fencang.limits.evaluation import Evaluation
from fencang.margin.standing import Standing
from fencang.messages.commands import AnyCommand, SubmitOrder
from fencang.messages.record import Record

__all__ = ["Questions"]

FoundT = TypeVar("FoundT")

_SCALED = {"micros": format_money, "nanos": format_price}


class Questions(CopyQuestions):
    """Asks a live desk and copies of it, and reads its journal where the past is wanted."""

    def __init__(self, desk: LiveDesk, journal: Path) -> None:
        super().__init__(journal.parent)
        self._desk, self._past = desk, Past(journal)

    async def margin(self) -> tuple[int, list[MarginAnswer]]:
        """Return the sequence, and where every book and pool stands."""
        return await self._desk.ask(_margin)

    async def limits(self) -> tuple[int, list[LimitAnswer]]:
        """Return the sequence, and every position limit with its worst cases."""
        return await self._desk.ask(_limits)

    async def envelopes(self) -> tuple[int, list[EnvelopeAnswer]]:
        """Return the sequence, and the open envelopes."""
        return await self._desk.ask(_envelopes)

    async def what_if(self, order: SubmitOrder) -> OrderExplained:
        """Return what the ladder would say of an order now."""
        return await self._desk.ask(partial(_what_if, order=order))

    async def explain(self, order: str) -> OrderExplained:
        """Return why an order was accepted or refused, from the state before it.

        Raises:
            NotKnown: the journal has no such order, or it is the desk's own.
        """
        return await self._past.explain(order)

    async def records(self, first_sequence: int, count: int) -> Sequence[Record]:
        """Return durable records from a sequence on, read from the journal."""
        return await self._past.records(first_sequence, count)

    async def scan(self, asked: Scan[FoundT]) -> Scanned[FoundT]:
        """Return what is found in the journal, read in this process."""
        return await self._past.scan(asked)

    async def command_before(self, sequence: int, command: AnyCommand, by: str) -> AnyCommand:
        """Return the command by which ``by`` states what was in force before one of a record."""
        return await self._past.command_before(sequence, command, by)


def _margin(machine: Machine) -> tuple[int, list[MarginAnswer]]:
    state, rows = machine.state, []
    for owner_id, pool in sorted(state.pools.items()):
        shares = attributed_micros(state, pool)
        for sub_id in sorted(pool.sub_ids):
            standing = state.subs[sub_id].standing
            rows.append(_standing(state, "sub_account", sub_id, owner_id, standing, shares))
        requirement = state.rates.total(pool.standing.requirement)
        shares = {pool_id(owner_id): requirement}
        rows.append(_standing(state, "pool", pool_id(owner_id), owner_id, pool.standing, shares))
    return machine.sequence, rows


def _standing(
    state: DeskState,
    level: str,
    book_id: str,
    owner_id: str,
    found: Standing,
    shares: dict[str, int],
) -> MarginAnswer:
    rates = state.rates
    return MarginAnswer(
        level=level,
        book_id=book_id,
        owner_id=owner_id,
        equity=format_money(found.equity_micros(rates)),
        requirement=format_money(rates.total(found.requirement)),
        granted=format_money(found.granted_micros),
        available=format_money(found.available_micros(rates)),
        attributed=format_money(shares.get(book_id, 0)),
    )


def _limits(machine: Machine) -> tuple[int, list[LimitAnswer]]:
    state, rows = machine.state, []
    for key, node in sorted(state.limit_nodes.items()):
        node.refresh(state)
        rows.append(
            LimitAnswer(
                node_id=key[0],
                scope_id=node.scope_ids[0],
                set_by=node.limit.set_by,
                long_lots_max=node.limit.long_lots_max,
                short_lots_max=node.limit.short_lots_max,
                long_worst_lots=_worst_lots(node, is_buy=True),
                short_worst_lots=_worst_lots(node, is_buy=False),
            )
        )
    return machine.sequence, rows


def _worst_lots(node: LimitNode, *, is_buy: bool) -> int:
    """Return a side's worst case in lots; of a group, in whole lots rounded up."""
    return divide_ceiling(node.worst_lots(0, is_buy=is_buy, is_gross=False), node.scale)


def _envelopes(machine: Machine) -> tuple[int, list[EnvelopeAnswer]]:
    rows = [
        EnvelopeAnswer(
            envelope_id=envelope.envelope_id,
            sub_account_id=envelope.sub_account_id,
            scope_id=envelope.scope_id,
            contract_ids=tuple(line.key[1] for line in envelope.lines),
            side=envelope.side.name.lower(),
            quantity_lots=envelope.quantity_lots,
            working_lots=envelope.working_lots,
            filled_lots=envelope.filled_lots,
            unused_lots=envelope.reserved_lots,
            clip_lots=envelope.clip_lots,
            margin=format_money(envelope.margin_micros),
            expires_time=format_time(envelope.expires_ns),
            entered_by=envelope.entered_by,
        )
        for _, envelope in sorted(machine.state.risk.envelopes.open.items())
    ]
    return machine.sequence, rows


def _what_if(machine: Machine, order: SubmitOrder) -> OrderExplained:
    parts = explain(machine.state, order)
    refusal = next((part.refusal for part in parts if part.refusal is not None), None)
    return OrderExplained(
        is_accepted=refusal is None,
        sequence=machine.sequence,
        controls=tuple(_controls(parts)),
        reason=None if refusal is None else int(refusal[0]),
        detail="" if refusal is None else refusal[-1],
    )


def _controls(parts: Sequence[Explanation]) -> list[ControlAnswer]:
    return [
        _control(found, is_reached=place < part.reached)
        for part in parts
        for place, found in enumerate(part.evaluations)
    ]


def _control(found: Evaluation, *, is_reached: bool) -> ControlAnswer:
    has_number = bool(found.unit)
    return ControlAnswer(
        control=found.control,
        node_id=found.node_id,
        scope_id=found.scope_id,
        unit=found.unit,
        limit=found.limit if has_number else None,
        value=found.value if has_number else None,
        head_room=found.head_room if has_number else None,
        passes=found.passes,
        is_reached=is_reached,
        reason=None if found.reason is None else int(found.reason),
        detail=found.detail,
    )
