"""Channels that are asked for from time to time: margin and limits move with every price.

They are state, not events: what a client needs is where they stand, not every step.  So one answer
of the desk at one sequence serves all who follow, a few times a second; the snapshot and every
change name that sequence, and are what REST reads at it.  The answer is worked out between two
commands, once everything it saw is durable; nobody follows, or nothing was decided: nobody asks.
What is left of an envelope follows the reservations of its orders, which the engine alone keeps.
"""

import asyncio

from fencang.gateways.ports import DeskBusy, DeskStopped
from fencang.gateways.questions import DeskQuestions
from fencang.gateways.stream.hub import Hub

__all__ = ["ASKED_S", "keep_asked"]

ASKED_S = 0.25
"""They are told at most so often; what came between is conflated."""


async def keep_asked(hub: Hub, questions: DeskQuestions) -> None:
    """Ask while somebody follows, until cancelled or until the desk stops."""
    while True:
        await asyncio.sleep(ASKED_S)
        try:
            if hub.is_due("margin"):
                sequence, margin = await questions.margin()
                hub.tell_rows("margin", sequence, {row.book_id: row for row in margin})
            if hub.is_due("limits"):
                sequence, limits = await questions.limits()
                rows = {f"{row.node_id}|{row.scope_id}": row for row in limits}
                hub.tell_rows("limits", sequence, dict(rows))
            if hub.is_due("envelopes"):
                sequence, found = await questions.envelopes()
                hub.tell_rows("envelopes", sequence, {str(row.envelope_id): row for row in found})
        except DeskBusy:
            continue  # orders go before
        except DeskStopped:
            return  # it says itself why
