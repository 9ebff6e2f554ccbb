"""Hands durable effects to a venue link and moves the gateway's cursor.

After a restart effects beyond the cursor may or may not have left.  The law: an order is never sent
twice by its gateway; the engine declares it in doubt, the venue is asked, and only a new
``OrderRouted(is_resend=True)`` sends it again.  Cancels and replaces are repeated, since venues
take them twice without harm.
"""

from collections.abc import Iterable

import msgspec

from fencang.gateways.ports import DeskQueries, VenueLink
from fencang.messages.commands import AdvanceGatewayCursor
from fencang.messages.events import EFFECT_TYPES, AnyEvent, OrderRouted
from fencang.messages.record import Record

__all__ = ["EffectRouting", "effects_of"]


def effects_of(record: Record) -> tuple[AnyEvent, ...]:
    """Return what of a record is for the outside world."""
    return tuple(event for event in record.events if type(event) in EFFECT_TYPES)


class EffectRouting:
    """One gateway's passage of effects; ``queries`` tells where its cursor stood at the start."""

    def __init__(self, gateway_id: str, link: VenueLink, queries: DeskQueries) -> None:
        self._gateway_id = gateway_id
        self._link = link
        self._handled = queries.handled_sequence(gateway_id)

    def release(self, records: Iterable[Record]) -> AdvanceGatewayCursor | None:
        """Hand over the effects of new durable records; return the cursor's command, if it moved.

        Records up to the cursor are passed over, so the same records may be given again.
        """
        return self._pass(records, is_recovery=False)

    def recover(self, records: Iterable[Record]) -> AdvanceGatewayCursor | None:
        """Hand over records of before the restart: everything but orders, which are in doubt."""
        return self._pass(records, is_recovery=True)

    def _pass(self, records: Iterable[Record], *, is_recovery: bool) -> AdvanceGatewayCursor | None:
        moved = False
        for record in records:
            if record.sequence <= self._handled:
                continue
            effects = effects_of(record)
            if not effects:
                continue
            self._handled = record.sequence
            moved = True
            if is_recovery:
                effects = tuple(event for event in effects if not isinstance(event, OrderRouted))
            self._link.handle(msgspec.structs.replace(record, events=effects))
        if not moved:
            return None
        return AdvanceGatewayCursor(gateway_id=self._gateway_id, handled_sequence=self._handled)
