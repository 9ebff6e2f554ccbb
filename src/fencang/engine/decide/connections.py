"""The kill switch, and what follows when clients, deadlines, links or prices are lost."""

from collections.abc import Callable, Iterator
from typing import Any

from fencang.engine.decide.ask import Ask
from fencang.engine.decide.node_orders import has_node, orders_under, subs_under
from fencang.engine.decide.refusal import rejected
from fencang.engine.decide.self_match import cancel_event
from fencang.engine.orders import Order, Pending
from fencang.engine.risk.connections import CLIENTS_MAX, Client
from fencang.engine.state import DeskState
from fencang.limits.connection_limits import feed_refusal, link_refusal
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.connection_commands import (
    ReportClientConnected,
    ReportClientDisconnected,
    ReportVenueLink,
    SetDeadline,
    StopAction,
    StopTrading,
)
from fencang.messages.connection_events import (
    ClientConnected,
    ClientDisconnected,
    ClientForgotten,
    DeadlinePassed,
    DeadlineSet,
    SilenceBegan,
    SilenceEnded,
    SilenceKind,
    TradingStopped,
    VenueLinkReported,
)
from fencang.messages.events import AnyEvent, CancelRequested, OrderCancelled, TradingStateSet
from fencang.messages.message import TimeInForce, TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.account import side_node_of
from fencang.refdata.session import Phase

__all__ = [
    "CONNECTION_DECISIONS",
    "clients_lost",
    "due_connections",
    "link_check",
    "link_evaluations",
]

GOOD_TILL = frozenset({TimeInForce.GTC, TimeInForce.GTD})


# ------------------------------------------------------------------------------------ kill switch


def decide_stop(state: DeskState, command: StopTrading) -> list[AnyEvent]:
    """Stop a node, and ask for the cancels that the action names; never resumes anything."""
    node = command.node_id
    if not has_node(state, node):
        return [rejected(Reason.UNKNOWN_REFERENCE, f"nothing on this desk is called {node}")]
    if command.confirmed_node_id != node:
        detail = (
            f"{node} is to be stopped and {command.confirmed_node_id} was confirmed: "
            "nothing was stopped"
        )
        return [rejected(Reason.CONFIRMATION_DIFFERS, detail)]
    halts = command.action in (StopAction.HALT, StopAction.HALT_AND_CANCEL)
    wanted = TradingState.HALTED if halts else TradingState.REDUCE_ONLY
    cancels: list[AnyEvent] = []
    if command.action is StopAction.HALT_AND_CANCEL:
        cancels = [*_cancels(state, node, lambda _: True), *_slice_cancels(state, node)]
    elif command.action is StopAction.REDUCE_ONLY_AND_CANCEL:
        cancels = [*_cancels(state, node, lambda order: not order.is_reducing)]
    events: list[AnyEvent] = [
        TradingStopped(
            node_id=node,
            action=command.action,
            orders=len(cancels),
            reason=command.reason,
            entered_by=command.entered_by,
        )
    ]
    if state.trading_states.get(node, TradingState.ACTIVE) < wanted:
        events.append(TradingStateSet(node_id=node, trading_state=wanted, reason=command.reason))
    return [*events, *cancels]


def _cancels(state: DeskState, node_id: str, wanted: Callable[[Order], bool]) -> Iterator[AnyEvent]:
    """Yield the cancels of a node's orders at work that are wanted and not asked for yet."""
    for order in orders_under(state, node_id):
        if order.pending is not Pending.CANCEL and wanted(order):
            yield cancel_event(state, order)


def _slice_cancels(state: DeskState, node_id: str) -> Iterator[AnyEvent]:
    """Yield the cancels of the desk's own slices, where every leg stands under the node."""
    for _, block in sorted(state.blocks.items()):
        if all(node_id in line.path for line in block.lines):
            for _, order in sorted(block.slices.items()):
                if order.is_live and order.pending is not Pending.CANCEL:
                    yield cancel_event(state, order)


# ---------------------------------------------------------------------------- clients, deadlines


def decide_client_connected(state: DeskState, command: ReportClientConnected) -> list[AnyEvent]:
    """Remember who sends the orders of a node."""
    known = state.risk.connections.clients
    if side_node_of(command.node_id) is not None or not has_node(state, command.node_id):
        detail = f"no sub-account or master account {command.node_id}"
        return [rejected(Reason.UNKNOWN_REFERENCE, detail)]
    if command.session_id not in known and len(known) >= CLIENTS_MAX:
        detail = f"{CLIENTS_MAX} clients are remembered already"
        return [rejected(Reason.CLIENTS_TOO_MANY, detail)]
    return [ClientConnected(session_id=command.session_id, node_id=command.node_id)]


def decide_client_disconnected(
    state: DeskState, command: ReportClientDisconnected
) -> list[AnyEvent]:
    """Note that a client is gone; where no grace is given, cancel at once."""
    client = state.risk.connections.clients.get(command.session_id)
    if client is None or client.gone_ns:
        detail = f"no client {command.session_id} is connected"
        return [rejected(Reason.CLIENT_UNKNOWN, detail)]
    session_id, gone = command.session_id, client._replace(gone_ns=state.time_ns)
    lost = ClientDisconnected(session_id=session_id, node_id=client.node_id)
    return [lost, *_swept(state, session_id, gone)]


def clients_lost(state: DeskState) -> list[AnyEvent]:
    """A process that came up anew has no client and no link: all are lost at this moment."""
    found = state.risk.connections
    lost: list[AnyEvent] = [
        ClientDisconnected(session_id=session_id, node_id=client.node_id)
        for session_id, client in sorted(found.clients.items())
        if not client.gone_ns
    ]
    for carrying_id, venue_id in sorted(found.links):
        lost.append(
            VenueLinkReported(carrying_account_id=carrying_id, venue_id=venue_id, is_up=False)
        )
    return lost


def _swept(state: DeskState, session_id: str, client: Client) -> list[AnyEvent]:
    """Return the cancels of a lost client whose time has come; it is forgotten with the last.

    Another client that is there and sends for the same account keeps its orders alive.
    """
    connections, others = state.risk.connections, _connected(state, session_id)
    cancels: list[AnyEvent] = []
    waits = False
    for sub in subs_under(state, client.node_id):
        if not others.isdisjoint(sub.path):
            continue
        terms = connections.terms(sub.path)
        if not terms.cancels:
            continue
        if state.time_ns < client.gone_ns + terms.grace_ns:
            waits = True
            continue
        for _, order in sorted(sub.working.items()):
            stays = terms.keeps_good_till and order.terms.time_in_force in GOOD_TILL
            if not stays and order.pending is not Pending.CANCEL:
                cancels.append(cancel_event(state, order))
    if waits:
        return cancels
    forgotten = ClientForgotten(session_id=session_id, node_id=client.node_id, orders=len(cancels))
    return [*cancels, forgotten]


def _connected(state: DeskState, but: str) -> frozenset[str]:
    """Return the nodes that some other client sends for."""
    return frozenset(
        client.node_id
        for session_id, client in state.risk.connections.clients.items()
        if session_id != but and not client.gone_ns
    )


def decide_deadline(state: DeskState, command: SetDeadline) -> list[AnyEvent]:
    """Set, move on or take away a dead man's switch."""
    if side_node_of(command.node_id) is not None or not has_node(state, command.node_id):
        detail = f"no sub-account or master account {command.node_id}"
        return [rejected(Reason.UNKNOWN_REFERENCE, detail)]
    deadline = state.time_ns + command.after_ns if command.after_ns else 0
    return [DeadlineSet(node_id=command.node_id, deadline_ns=deadline)]


def due_connections(state: DeskState) -> list[AnyEvent]:
    """Return what is due now: graces and deadlines that have passed, links gone silent."""
    connections = state.risk.connections
    events: list[AnyEvent] = []
    for session_id, client in sorted(connections.clients.items()):
        if client.gone_ns:
            events += _swept(state, session_id, client)
    for node_id, deadline_ns in sorted(connections.deadlines.items()):
        if state.time_ns >= deadline_ns:
            cancels = list(_cancels(state, node_id, lambda _: True))
            events += [DeadlinePassed(node_id=node_id, orders=len(cancels)), *cancels]
    events += _silences(state)
    return _once(events)


def _once(events: list[AnyEvent]) -> list[AnyEvent]:
    """Ask for each cancel once, though client and deadline both want it."""
    asked: set[int] = set()
    kept: list[AnyEvent] = []
    for event in events:
        if isinstance(event, CancelRequested | OrderCancelled):
            if event.order_id in asked:
                continue
            asked.add(event.order_id)
        kept.append(event)
    return kept


# -------------------------------------------------------------------------------- links and feeds


def decide_venue_link(state: DeskState, command: ReportVenueLink) -> list[AnyEvent]:
    """Note what a gateway says of its link."""
    carrying = state.carrying.get(command.carrying_account_id)
    if carrying is None or command.venue_id not in carrying.account.venues:
        detail = f"no carrying account {command.carrying_account_id} at {command.venue_id}"
        return [rejected(Reason.UNKNOWN_REFERENCE, detail)]
    return [
        VenueLinkReported(
            carrying_account_id=command.carrying_account_id,
            venue_id=command.venue_id,
            is_up=command.is_up,
        )
    ]


def link_check(ask: Ask) -> NodeRefusal | None:
    """Refuse to open over a silent link, or at a venue that no price comes from."""
    state, line = ask.state, ask.line
    connections, venue = state.risk.connections, line.contract.venue
    terms, venue_id = connections.link_terms(line.path), venue.venue.venue_id
    refusal = None
    if terms.link is not None:
        heard = connections.links.get((line.carrying_account_id, venue_id))
        place = _place(line.carrying_account_id, venue_id)
        refusal = link_refusal(terms.link, place, heard, state.time_ns)
    if refusal is None and terms.feed is not None:
        refusal = feed_refusal(terms.feed, venue_id, venue.marked_ns, state.time_ns)
    return refusal


def link_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield how long link and feed have been silent."""
    state, line = ask.state, ask.line
    connections, venue = state.risk.connections, line.contract.venue
    terms, venue_id = connections.link_terms(line.path), venue.venue.venue_id
    if terms.link is not None:
        limit, node_id = terms.link
        heard = connections.links.get((line.carrying_account_id, venue_id))
        place = _place(line.carrying_account_id, venue_id)
        if heard is None:
            reason = Reason.VENUE_LINK_DOWN
            yield Evaluation(
                "venue link", reason, node_id, place, 0, 0, "", passes=False, detail="down"
            )
        else:
            age, reason = state.time_ns - heard, Reason.VENUE_LINK_STALE
            yield Evaluation("venue link", reason, node_id, place, limit, age, "ns", age <= limit)
    if terms.feed is not None:
        limit, node_id = terms.feed
        age, reason = state.time_ns - venue.marked_ns, Reason.MARKET_DATA_STALE
        yield Evaluation("venue prices", reason, node_id, venue_id, limit, age, "ns", age <= limit)


def _place(carrying_id: str, venue_id: str) -> str:
    return f"{carrying_id} to {venue_id}"


def _silences(state: DeskState) -> Iterator[AnyEvent]:
    """Yield links and feeds that fell silent, or are heard again, while their venue is open."""
    if state.master is None or not state.risk.connections.link_rows.rows:
        return
    found: dict[tuple[SilenceKind, str], str] = {}
    for carrying_id, carrying in sorted(state.carrying.items()):
        for venue_id in sorted(carrying.account.venues):
            if state.venues[venue_id].phase is Phase.OPEN:
                found.update(_silent(state, carrying_id, venue_id))
    told = state.risk.connections.silent
    for kind, place in sorted(found):
        if (kind, place) not in told:
            yield SilenceBegan(kind=kind, place=place, detail=found[kind, place])
    for kind, place in sorted(told):
        if (kind, place) not in found:
            yield SilenceEnded(kind=kind, place=place)


def _silent(
    state: DeskState, carrying_id: str, venue_id: str
) -> Iterator[tuple[tuple[SilenceKind, str], str]]:
    assert state.master is not None, "asked of a desk without a master account"
    connections = state.risk.connections
    path = (f"carrying:{carrying_id}", f"venue:{venue_id}", state.master.master_account_id)
    terms, place = connections.link_terms(path), _place(carrying_id, venue_id)
    if terms.link is not None:
        heard = connections.links.get((carrying_id, venue_id))
        refusal = link_refusal(terms.link, place, heard, state.time_ns)
        if refusal is not None:
            yield (SilenceKind.LINK, place), refusal[4]
    if terms.feed is not None:
        marked_ns = state.venues[venue_id].marked_ns
        refusal = feed_refusal(terms.feed, venue_id, marked_ns, state.time_ns)
        if refusal is not None:
            yield (SilenceKind.FEED, venue_id), refusal[4]


CONNECTION_DECISIONS: dict[type[Any], Callable[[DeskState, Any], list[AnyEvent]]] = {
    StopTrading: decide_stop,
    ReportClientConnected: decide_client_connected,
    ReportClientDisconnected: decide_client_disconnected,
    SetDeadline: decide_deadline,
    ReportVenueLink: decide_venue_link,
}
