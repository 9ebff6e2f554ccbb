"""The copy that answers about margin: a second machine, moved by the journal's records alone.

It decides nothing.  Imagined lots are put into it and taken out again; were it ever left in
disorder, its process ends, and the next one reads the journal anew.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from fencang.app.parameter_files import ParameterFiles, blobs_beside
from fencang.basics.money import format_money
from fencang.basics.time import format_time
from fencang.engine.flows.publication import pool_id
from fencang.engine.machine import Machine, MachineMaker
from fencang.engine.margin_parts import margin_parts
from fencang.engine.margin_what_if import (
    BookMargin,
    Effect,
    HeldLots,
    Imagined,
    ImaginedFaults,
    WorkingLots,
    margin_of_books,
    margin_what_if,
)
from fencang.engine.state import DeskState
from fencang.gateways.margin_studies import (
    AttributedMargin,
    AttributionRow,
    MarginChange,
    MarginEffect,
    MarginFigures,
    MarginIfAsked,
    MarginWhatIf,
    RequirementAnswer,
    RequirementPart,
    StudyFault,
    WhatIfAnswer,
)
from fencang.journal.recovery import recover
from fencang.journal.snapshots import snapshots_beside
from fencang.journal.sqlite import SqliteJournal

__all__ = ["MarginCopy", "attribution_of", "requirement_of", "what_if_of"]

_pack = msgspec.msgpack.Encoder().encode
_asked = msgspec.msgpack.Decoder(MarginIfAsked).decode


class MarginCopy:
    """A machine beside the desk's; the first look begins with the newest snapshot."""

    def __init__(self, journal: SqliteJournal, path: Path) -> None:
        self._journal, self._path = journal, path
        self._machine: Machine | None = None

    @property
    def sequence(self) -> int:
        """Return the last record taken in."""
        return 0 if self._machine is None else self._machine.sequence

    def catch_up(self) -> None:
        """Take in every durable record that is new."""
        if self._machine is None:
            maker = MachineMaker(ParameterFiles(blobs_beside(self._path)))
            self._machine = recover(self._journal, snapshots_beside(self._path), maker).machine
        for stored in self._journal.read(self._machine.sequence + 1):
            self._machine.apply(stored.record())

    def answer(self, name: str, argument: bytes) -> bytes:
        """Return the answer to a question, in msgpack."""
        assert self._machine is not None, "asked before anything was read"
        questions: dict[str, Callable[[DeskState, bytes], object]] = {
            "attribution": lambda state, _: attribution_of(state),
            "requirement": lambda state, said: requirement_of(state, said.decode()),
            "what_if": lambda state, said: what_if_of(state, _asked(said).asked),
        }
        return _pack(questions[name](self._machine.state, argument))


def attribution_of(state: DeskState) -> AttributedMargin:
    """Return every pool's requirement, attributed to its books; each pool's own row is last."""
    rows = []
    for owner_id, pool in sorted(state.pools.items()):
        books = margin_of_books(state, pool)
        apart = sum(
            each.requirement_micros for (level, _), each in books.items() if level != "pool"
        )
        for (level, book_id), found in books.items():
            alone = apart if level == "pool" else found.requirement_micros
            sub = state.subs.get(book_id)
            rows.append(
                AttributionRow(
                    level=level,
                    book_id=book_id,
                    owner_id=owner_id,
                    stand_alone=format_money(alone),
                    attributed=format_money(found.attributed_micros),
                    benefit=format_money(alone - found.attributed_micros),
                    granted=format_money(0 if sub is None else sub.standing.granted_micros),
                )
            )
    rule = state.settings.attribution.value
    return AttributedMargin(
        sequence=state.sequence, time=format_time(state.time_ns), rule=rule, rows=tuple(rows)
    )


def requirement_of(state: DeskState, book_id: str) -> RequirementAnswer | None:
    """Return what a book's requirement is made of, "" for every pool's; None: no such book."""
    sub = state.subs.get(book_id)
    if sub is not None:
        found = [("sub_account", book_id, sub.definition.owner_id, sub)]
    else:
        pools = [("pool", pool_id(each), each, pool) for each, pool in sorted(state.pools.items())]
        found = [row for row in pools if book_id in {"", row[1]}]  # type: ignore[misc]
        if book_id and not found:
            return None
    rows = [
        RequirementPart(
            level=level,
            book_id=name,
            owner_id=owner_id,
            kind=part.kind,
            currency=part.currency,
            requirement=format_money(part.requirement_micros),
            held=format_money(part.held_micros),
            carrying_account_id=part.carrying_account_id,
            clearing_house_id=part.clearing_house_id,
            contract_id=part.contract_id,
            add_on_id=part.add_on_id,
        )
        for level, name, owner_id, holder in found
        for part in margin_parts(state, holder)
    ]
    return RequirementAnswer(
        sequence=state.sequence, time=format_time(state.time_ns), rows=tuple(rows)
    )


def what_if_of(state: DeskState, asked: MarginWhatIf) -> WhatIfAnswer | tuple[StudyFault, ...]:
    """Return what margin would be, or what of the question cannot be."""
    imagined = _imagined(asked)
    try:
        effects = margin_what_if(state, imagined)
    except ImaginedFaults as fault:
        return tuple(StudyFault(where, what) for where, what in fault.faults)
    named = {each.contract_id: state.contracts[each.contract_id] for each in imagined}
    unpriced = [
        contract_id
        for contract_id, contract in sorted(named.items())
        if contract.mark_nanos is None or not state.rates.knows(contract.currency)
    ]
    return WhatIfAnswer(
        sequence=state.sequence,
        time=format_time(state.time_ns),
        rows=tuple(map(_effect, effects)),
        unpriced=tuple(unpriced),
    )


def _imagined(asked: MarginWhatIf) -> list[Imagined]:
    orders = [
        Imagined(
            f"$.orders[{place}]",
            each.sub_account_id,
            each.contract_id,
            WorkingLots(each.side, each.quantity_lots, each.offset, each.limit_price_nanos),
            each.carrying_account_id or "",
        )
        for place, each in enumerate(asked.orders)
    ]
    positions = [
        Imagined(
            f"$.positions[{place}]",
            each.sub_account_id,
            each.contract_id,
            HeldLots(each.long_lots, each.short_lots),
            each.carrying_account_id or "",
        )
        for place, each in enumerate(asked.positions)
    ]
    # What is held first, so that orders are measured beside it.
    return [*positions, *orders]


def _effect(found: Effect) -> MarginEffect:
    return MarginEffect(
        level=found.level,
        book_id=found.book_id,
        owner_id=found.owner_id,
        before=_figures(found.before),
        after=_figures(found.after),
        difference=MarginChange(
            **{
                name: format_money(after - before)
                for name, before, after in zip(_NAMES, found.before, found.after, strict=True)
            }
        ),
    )


_NAMES = ("requirement", "attributed", "available")


def _figures(found: BookMargin) -> MarginFigures:
    return MarginFigures(
        **{name: format_money(micros) for name, micros in zip(_NAMES, found, strict=True)}
    )
