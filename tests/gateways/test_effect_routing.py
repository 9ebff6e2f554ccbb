"""The passage of effects to a venue link, across a restart."""

from dataclasses import dataclass, field

from fencang.gateways.routing import EffectRouting
from fencang.messages.commands import AdvanceGatewayCursor, AdvanceTime
from fencang.messages.events import CancelRequested, OrderInDoubt, OrderRouted, SessionClosed
from fencang.messages.record import DECISION_VERSION, Record
from tests.gateways.paper_script import terms


@dataclass
class RecordingLink:
    """A venue link that only remembers."""

    sent: list = field(default_factory=list)

    def handle(self, record):
        self.sent += [(record.sequence, type(event).__name__) for event in record.events]

    def take_reports(self):
        return []


@dataclass
class DeskAt:
    """A desk whose cursor stands at one sequence."""

    sequence: int

    def handled_sequence(self, gateway_id):
        assert gateway_id == "paper"
        return self.sequence


def record(sequence, *events):
    return Record(sequence, sequence, DECISION_VERSION, AdvanceTime(), events)


ORDER = OrderRouted(order_id=1, terms=terms())
RESENT = OrderRouted(order_id=1, terms=terms(), is_resend=True)
CANCEL = CancelRequested(order_id=1, terms=terms())
DOUBT = OrderInDoubt(order_id=1, terms=terms())
CLOSED = SessionClosed(venue_id="NYMEX")


def test_effects_go_out_once_and_the_cursor_follows():
    link = RecordingLink()
    routing = EffectRouting("paper", link, DeskAt(0))
    records = [record(1, CLOSED), record(2, CLOSED, ORDER), record(3, CANCEL), record(4, CLOSED)]
    moved = AdvanceGatewayCursor(gateway_id="paper", handled_sequence=3)
    assert routing.release(records) == moved
    assert routing.release(records) is None
    assert link.sent == [(2, "OrderRouted"), (3, "CancelRequested")]


def test_after_a_restart_cancels_are_repeated_and_orders_are_not():
    """Nothing is ever resent blindly: an order may have left before the cursor was stored."""
    link = RecordingLink()
    routing = EffectRouting("paper", link, DeskAt(1))
    before = [record(1, ORDER), record(2, ORDER, CANCEL), record(3, RESENT)]
    assert routing.recover(before) == AdvanceGatewayCursor(gateway_id="paper", handled_sequence=3)
    routing.release([record(4, DOUBT), record(5, RESENT)])
    assert link.sent == [(2, "CancelRequested"), (4, "OrderInDoubt"), (5, "OrderRouted")]
