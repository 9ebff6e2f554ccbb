"""The back office of a scenario: a desk, what its words name, and refusals that must be spoken of.

Whatever is done goes through ``Desk.do``, so that after every sentence the laws hold, the record
survives its codec, and the replayed and the restored desk stand at the same hash.
"""

from fencang.messages import commands as cmd
from fencang.messages.events import CommandRejected, OperatorCalled, OrderRejected
from fencang.messages.proposal_events import ExcessRefused
from fencang.messages.reasons import Reason
from tests.engine.desk import MAKER, Desk, without_refusal
from tests.engine.firm import SECOND

REFUSALS = (CommandRejected, OrderRejected)


class Office:
    """One desk and the words of one scenario."""

    def __init__(self):
        self.desk = Desk()
        self.events = ()
        self.refusal = None
        self.orders = {}
        self.wires = {}
        self.found = None
        """What the last comparison with a broker found."""
        self.faults = None
        """What was wrong with the last file; it must be spoken of like a refusal."""
        self.kept = {}
        """What a scenario put aside to compare with later."""

    @property
    def state(self):
        return self.desk.state

    def do(self, command):
        """Execute a command.  A refusal leaves everything as it was, and waits to be named."""
        self.require_no_refusal()
        before = self.desk.machine.dump()
        self.events = self.desk.do(command)
        if self.events and isinstance(self.events[0], REFUSALS):
            self.refusal = self.events[0]
            if self.refusal.reason is Reason.SELF_MATCH and len(self.events) > 1:
                return self.events  # it is refused, and the others are cancelled or made smaller
            told = (*REFUSALS, OperatorCalled, ExcessRefused)
            assert all(isinstance(each, told) for each in self.events)
            found = without_refusal(self.desk.machine, self.events)
            assert found == without_refusal(MAKER.load(before), self.events)
        else:
            assert not [each for each in self.events if isinstance(each, REFUSALS)], self.events
        return self.events

    def take_refusal(self):
        """Return the refusal that a scenario speaks of."""
        refusal, self.refusal = self.refusal, None
        assert refusal is not None, f"nothing was refused: {self.events}"
        return refusal

    def require_no_refusal(self):
        """Assert that the last sentence was not refused, or that the scenario named its reason."""
        refusal, self.refusal = self.refusal or self.faults, None
        self.faults = None
        assert refusal is None, f"refused, and the scenario does not say so: {refusal}"

    def wait_until(self, time_ns):
        """Let the clock stand at a moment; phases that are due by then are entered."""
        assert time_ns > self.desk.now_ns, "the clock does not go backwards"
        self.desk.now_ns = time_ns - SECOND
        return self.do(cmd.AdvanceTime())

    def all_of(self, kind):
        """Return the events of a kind that the last command brought."""
        return [event for event in self.events if isinstance(event, kind)]

    def only(self, kind):
        (found,) = self.all_of(kind)
        return found
