"""Drafts against the desk: open ones as it stands now, closed ones as it stood until then."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from fencang.app.commands.drafts_words import change_parts
from fencang.app.data_directory import recovered
from fencang.app.exit_status import ProgramFault
from fencang.app.serve.live_desk import LiveDesk
from fencang.engine.decide import outlook
from fencang.engine.draft_changes import Change, changes_of
from fencang.engine.machine import Machine
from fencang.gateways.browser.draft_questions import ChangeWords, DraftShown
from fencang.gateways.ports import DeskStopped
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.draft_body import decode_body
from fencang.messages.draft_events import DraftProposed
from fencang.projections.drafts import DraftState, DraftView

__all__ = ["DeskDraftQuestions"]

KEPT_MAX = 64
"""Closed drafts remembered: each is worked out from a state that has to be recovered first."""


class DeskDraftQuestions:
    """``browser.draft_questions.DraftQuestions`` by a live desk and its journal."""

    def __init__(self, desk: LiveDesk, journal: Path) -> None:
        self._desk, self._journal = desk, journal
        self._closed: OrderedDict[int, DraftShown] = OrderedDict()
        self._recovering = asyncio.Lock()

    async def draft(self, view: DraftView) -> DraftShown | None:
        """Return a draft against the desk; None where it was closed a moment ago.

        Raises:
            DeskFault: the desk does not run, or its journal cannot be read.
        """
        if view.state is DraftState.OPEN:
            return await self._desk.ask(partial(_open_draft, draft_id=view.draft_id))
        async with self._recovering:  # one at a time: a recovery takes a core while it lasts
            found = self._closed.get(view.draft_id)
            if found is None:
                found = await asyncio.to_thread(_closed_draft, self._journal, view)
                self._closed[view.draft_id] = found
                while len(self._closed) > KEPT_MAX:
                    self._closed.popitem(last=False)
            return found


def _open_draft(machine: Machine, draft_id: int) -> DraftShown | None:
    authority = machine.state.authority
    draft = authority.drafts.open.get(draft_id)
    if draft is None:
        return None
    command = decode_body(draft.body)
    refusal = outlook(machine.state, command)
    return DraftShown(
        desk_id=authority.desk_id,
        body=draft.body,
        changes=_words(changes_of(machine.state, command)),
        refusal="" if refusal is None else f"{refusal.reason.words}: {refusal.detail}",
    )


def _closed_draft(journal: Path, view: DraftView) -> DraftShown:
    try:
        state = recovered(journal, view.closed_sequence - 1).state
    except ProgramFault as fault:
        raise DeskStopped(f"what the draft changed cannot be worked out: {fault}.") from fault
    stored = SqliteJournal.reader(journal)
    try:
        record = next(iter(stored.read(view.proposed_sequence))).record()
    finally:
        stored.close()
    (body,) = (
        event.body
        for event in record.events
        if isinstance(event, DraftProposed) and event.draft_id == view.draft_id
    )
    changes = _words(changes_of(state, decode_body(body)))
    return DraftShown(desk_id=state.authority.desk_id, body=body, changes=changes)


def _words(changes: Iterable[Change]) -> tuple[ChangeWords, ...]:
    return tuple(ChangeWords(*change_parts(change)) for change in changes)
