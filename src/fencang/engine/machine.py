"""The machine: one desk, moved by sequenced commands (live) or by records (recovery).

``execute`` runs the steps of a command: decide events, evolve them, let flows decide what follows,
until nothing does.  A refusal is an event.  An exception is a programmer's error: the machine must
be discarded and recovered from the journal.
"""

from collections.abc import Sequence

from fencang.engine.decide import DECISIONS
from fencang.engine.decide.drafts import due_drafts
from fencang.engine.decide.envelopes import due_envelopes
from fencang.engine.decide.instructions import decide_due, due_instructions
from fencang.engine.decide.mass_cancel import due_cancels
from fencang.engine.evolve import CHANGES
from fencang.engine.flows import FOLLOWED, STEPS_MAX, react
from fencang.engine.flows.envelopes import follow_age
from fencang.engine.flows.limits import due_overrides
from fencang.engine.netting.sets import NoParameters, ParameterSource
from fencang.engine.netting.staging import Staging
from fencang.engine.phases import due_phases
from fencang.engine.snapshot import dump, load, state_hash
from fencang.engine.state import DeskState
from fencang.messages.commands import AnyCommand
from fencang.messages.events import AnyEvent, OrderAccepted
from fencang.messages.record import Record

__all__ = ["STAGED_EXPOSURES", "Machine", "MachineMaker"]

STAGED_EXPOSURES = 20
"""Exposures of one slice: together some 2 ms, so that no order waits longer for a new SPAN file."""


class Machine:
    """The deterministic core behind one journal."""

    __slots__ = ("state",)

    def __init__(self, state: DeskState | None = None) -> None:
        self.state = state if state is not None else DeskState()

    @property
    def parameters(self) -> ParameterSource:
        """Return where the machine gets parameter files from."""
        return self.state.parameters

    @property
    def sequence(self) -> int:
        """Return the sequence of the last command, 0 before the first."""
        return self.state.sequence

    @property
    def time_ns(self) -> int:
        """Return the time of the last command, 0 before the first."""
        return self.state.time_ns

    def execute(self, command: AnyCommand, sequence: int, time_ns: int) -> tuple[AnyEvent, ...]:
        """Decide and evolve one command; return everything decided from it."""
        state = self.state
        entered = self.prepare(sequence, time_ns)
        step = DECISIONS[type(command)](state, command)
        events = self._follow(step) if self._evolve(step) else step
        if state.risk.mass_cancels.going_on:
            events = [*events, *self._taken(due_cancels(state))]
        if state.risk.tiers.waiting:
            events = [*events, *self._due()]
        return (*entered, *events) if entered else tuple(events)

    def prepare(self, sequence: int, time_ns: int) -> list[AnyEvent]:
        """Move on to a command's number and time; return the events that the time brought.

        What time has brought (phases, overrides, ends of envelopes) is there before the command is
        looked at.
        """
        state = self.state
        assert sequence == state.sequence + 1, (sequence, state.sequence)
        assert time_ns > state.time_ns, (time_ns, state.time_ns)
        has_aged = time_ns > state.risk.exposures.due_ns
        state.begin(sequence, time_ns)
        entered: list[AnyEvent] = []
        if state.phase_due_ns <= time_ns:
            entered += self._taken([*due_overrides(state), *due_phases(state), *due_drafts(state)])
        if state.risk.envelopes.due_ns <= time_ns:
            entered += self._taken(due_envelopes(state))
        if has_aged and state.risk.envelopes.open:
            entered += self._taken(follow_age(state))
        if entered and state.risk.tiers.waiting:
            entered += self._due()
        return entered

    def _due(self) -> list[AnyEvent]:
        """Decide the instructions whose day has come, each from the state after the one before."""
        state = self.state
        events: list[AnyEvent] = []
        for instruction in due_instructions(state):
            if instruction.instruction_id in state.risk.tiers.waiting:
                events += self._taken(decide_due(state, instruction))
        return events

    def _taken(self, step: list[AnyEvent]) -> list[AnyEvent]:
        """Evolve what time has brought, and what follows from it."""
        return self._follow(step) if self._evolve(step) else step

    def _follow(self, step: list[AnyEvent]) -> list[AnyEvent]:
        """Take the steps that follow from one; return the events of all, in order."""
        state = self.state
        events = list(step)
        steps = 1
        calls = True
        while calls:
            steps += 1
            assert steps <= STEPS_MAX, (state.sequence, step)
            step = react(state, step)
            calls = self._evolve(step)
            events += step
        return events

    def _evolve(self, events: Sequence[AnyEvent]) -> bool:
        """Evolve the events of a step; return whether a flow wants to look at them."""
        state = self.state
        calls, envelopes = False, state.risk.envelopes.open
        for event in events:
            kind = type(event)
            CHANGES[kind](state, event)
            if kind in FOLLOWED or (
                # What reduces asks for no room, and may take it from an envelope; what opens may
                # make the whole so large that limits of shares begin to bind, and an exemption
                # lets it fill a limit of those who have none.
                envelopes
                and isinstance(event, OrderAccepted)
                and (
                    event.is_reducing
                    or state.risk.exposures.has_shares_from
                    or state.regimes.has_exemptions
                )
            ):
                calls = True
        return calls

    def apply(self, record: Record) -> None:
        """Evolve a stored record without deciding anything."""
        state = self.state
        assert record.sequence == state.sequence + 1, (record.sequence, state.sequence)
        state.begin(record.sequence, record.time_ns)
        for event in record.events:
            CHANGES[type(event)](state, event)

    def stage_parameters(self, clearing_house: str, sha256: str) -> None:
        """Begin to make a loaded SPAN file ready beside the one in force (caches only)."""
        assert sha256 in self.state.span_sets[clearing_house].loaded, sha256
        before = self.state.stagings.pop(clearing_house, None)
        if before is not None:
            before.drop()
        self.state.stagings[clearing_house] = Staging(self.state, clearing_house, sha256)

    def advance_staging(self, clearing_house: str, exposures_max: int = STAGED_EXPOSURES) -> bool:
        """Take over a slice of exposures between two commands; return whether all are."""
        staging = self.state.stagings.get(clearing_house)
        return staging is None or staging.advance(self.state, exposures_max)

    def state_hash(self) -> str:
        """Return the hex SHA-256 of the canonical primary state."""
        return state_hash(self.state)

    def dump(self) -> bytes:
        """Return the primary state as snapshot bytes."""
        return dump(self.state)

    @classmethod
    def load(cls, payload: bytes) -> "Machine":
        """Return a machine that continues from snapshot bytes; caches are rebuilt."""
        return cls(load(payload, NoParameters()))


class MachineMaker:
    """Makes machines that find parameter files in one source (a ``MachineFactory``)."""

    def __init__(self, parameters: ParameterSource) -> None:
        self._parameters = parameters

    def __call__(self) -> Machine:
        """Return an empty machine."""
        return Machine(DeskState(self._parameters))

    def load(self, payload: bytes, /) -> Machine:
        """Return a machine that continues from snapshot bytes; caches are rebuilt."""
        return Machine(load(payload, self._parameters))
