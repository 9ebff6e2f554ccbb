"""Commands of stopping and connections, and a row for every way they are refused."""

from fencang.engine.risk.connections import CLIENTS_MAX, Client
from fencang.messages.connection_commands import (
    ReportClientConnected,
    ReportClientDisconnected,
    ReportVenueLink,
    SetDeadline,
    StopAction,
    StopTrading,
)
from fencang.messages.reasons import Reason
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from tests.engine.desk import MAKER
from tests.engine.firm import DAY, SECOND

__all__ = [
    "CONNECTION_ROWS",
    "careless_connection",
    "client",
    "deadline",
    "gone",
    "link",
    "links",
    "losing",
    "stop",
]


def stop(node="ALPHA", action=StopAction.HALT_AND_CANCEL, confirmed=None):
    return StopTrading(
        node_id=node,
        confirmed_node_id=node if confirmed is None else confirmed,
        action=action,
        reason="storm",
        entered_by="risk",
    )


def client(node="ALPHA", session="S1"):
    return ReportClientConnected(session_id=session, node_id=node)


def gone(session="S1"):
    return ReportClientDisconnected(session_id=session)


def deadline(node="ALPHA", after_ns=10 * SECOND):
    return SetDeadline(node_id=node, after_ns=after_ns)


def link(account="C1", venue="NYMEX", *, up=True):
    return ReportVenueLink(carrying_account_id=account, venue_id=venue, is_up=up)


def losing(node="MASTER", *, cancels=True, grace_ns=0, keeps=False):
    return ConnectionControl(
        node_id=node, cancels_on_disconnect=cancels, grace_ns=grace_ns, keeps_good_till=keeps
    )


def links(node="MASTER", link_ns=30 * DAY, feed_ns=30 * DAY):
    return LinkControl(node_id=node, link_age_ns_max=link_ns, feed_age_ns_max=feed_ns)


def careless_connection(chance, subs):
    """Return some command of connections, sensible or not."""
    node = chance.choice((*subs, "MASTER", "NOBODY"))
    session = f"S{chance.randrange(4)}"
    return chance.choice(
        (
            client(node, session),
            gone(session),
            deadline(node, chance.choice((0, SECOND, 100 * SECOND))),
            link(chance.choice(("C1", "OMNI", "CN1")), up=chance.random() < 0.8),
            stop(
                chance.choice(("GAMMA", "person:CLIENT", "venue:OSE", "carrying:CN1")),
                chance.choice(tuple(StopAction)[:2]),
                chance.choice((None, "ALPHA")),
            ),
        )
    )


def crowded(desk):
    for number in range(CLIENTS_MAX):
        desk.machine.state.risk.connections.clients[f"C{number}"] = Client("ALPHA")
        desk.follower.state.risk.connections.clients[f"C{number}"] = Client("ALPHA")
    desk.twin = MAKER.load(desk.machine.dump())


def _row(name, setup, command, reason):
    return name, setup, lambda _found: command, reason


CONNECTION_ROWS = (
    _row("a stop confirmed for another", None, stop(confirmed="BETA"), Reason.CONFIRMATION_DIFFERS),
    ("a client too many", crowded, lambda _found: client("ALPHA", "S0"), Reason.CLIENTS_TOO_MANY),
    _row("a client that was never there", None, gone("S9"), Reason.CLIENT_UNKNOWN),
)
