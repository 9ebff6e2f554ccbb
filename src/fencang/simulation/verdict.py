"""What must hold when a run is over, whatever happened in it.

Snapshot and tail give the machine that was kept; deciding again gives the same records; a rebuilt
projection equals the kept one; nothing acknowledged is lost; everything the venue executed is in
the books or with a person; every order found its end or is in doubt with a person called.
"""

from fencang.engine.invariants import check
from fencang.engine.machine import Machine
from fencang.journal.recovery import recover
from fencang.journal.verify import verify
from fencang.messages.events import OperatorCalled
from fencang.messages.record import Record, encode_record
from fencang.projections.desk_view import DeskView
from fencang.simulation.auditor import AuditFault
from fencang.simulation.watch import Broken
from fencang.simulation.world import World

__all__ = ["require_sound_end"]


def require_sound_end(world: World) -> str:
    """Check the end of a run and return the state hash.

    Raises:
        Broken: a law does not hold.
    """
    _require_invariants(world)
    records = [stored.record() for stored in world.disk.read(1)]
    _require_acknowledged(world, records)
    state_hash = _require_one_state(world)
    _require_same_decisions(world, state_hash)
    _require_same_view(world, records)
    called = _calls(records)
    _require_executions(world, called)
    _require_orders_ended(world, called)
    return state_hash


def _require_invariants(world: World) -> None:
    # The live machine's caches were never rebuilt since its last start.
    assert world.desk is not None
    for broken in check(world.desk.machine.state):
        raise _broken(world, "invariant", broken)


def _broken(world: World, law: str, detail: str) -> Broken:
    return Broken(AuditFault(world.disk.last_sequence, law, detail))


def _require_acknowledged(world: World, records: list[Record]) -> None:
    for record in world.acknowledged:
        place = record.sequence - 1
        if place >= len(records) or encode_record(records[place]) != encode_record(record):
            raise _broken(world, "acknowledged", f"record {record.sequence} is lost or changed")


def _require_one_state(world: World) -> str:
    assert world.desk is not None
    state_hash = world.desk.machine.state_hash()
    recovered = recover(world.disk, world.snapshots, Machine)
    for name, machine in (
        ("the follower that applied every event", world.watch.follower),
        (f"snapshot {recovered.snapshot_sequence} and its tail", recovered.machine),
        ("dump and load", Machine.load(recovered.machine.dump())),
        ("a full replay", recover(world.disk, None, Machine).machine),
    ):
        if machine.state_hash() != state_hash:
            raise _broken(world, "one state", f"{name} ends in another state than the live desk")
    return state_hash


def _require_same_decisions(world: World, state_hash: str) -> None:
    found = verify(world.disk, Machine)
    if found.difference is not None:
        difference = found.difference
        kinds = [
            [type(event).__name__ for event in record.events]
            for record in (difference.expected, difference.actual)
        ]
        raise Broken(
            AuditFault(
                difference.sequence,
                "verify",
                f"{type(difference.expected.command).__name__} was decided as {kinds[0]}, "
                f"deciding again gives {kinds[1]}",
            )
        )
    if not found.is_sound or found.state_hash != state_hash:
        raise _broken(world, "verify", "deciding again ends in another state")


def _require_same_view(world: World, records: list[Record]) -> None:
    rebuilt = DeskView()
    for record in records:
        rebuilt.apply(record)
    if rebuilt.digest() != world.watch.view.digest():
        raise _broken(world, "projections", "the rebuilt view differs from the kept one")
    if world.watch.view.books.cash_gaps():
        raise _broken(world, "projections", f"cash gaps {world.watch.view.books.cash_gaps()}")


def _calls(records: list[Record]) -> str:
    return "\n".join(
        f"{event.subject};"
        for record in records
        for event in record.events
        if isinstance(event, OperatorCalled)
    )


def _require_executions(world: World, called: str) -> None:
    for (carrying, execution), report in world.executed.items():
        booked = world.watch.auditor.orders.executions.get((carrying, execution))
        if booked is None and f"execution {execution} at {carrying};" not in called:
            raise _broken(world, "execution lost", f"{report} is in no book and nobody was called")


def _require_orders_ended(world: World, called: str) -> None:
    for order_id, order in world.watch.auditor.orders.live.items():
        if order.is_live and f"order {order_id};" not in called:
            raise _broken(
                world, "order unresolved", f"order {order_id} works or waits and nobody was called"
            )
