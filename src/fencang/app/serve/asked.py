"""Channels that are asked for from time to time: margin and limits move with every price.

What is left of an envelope follows the reservations of its orders, which the engine alone keeps.
"""

import asyncio

from fencang.gateways.ports import DeskBusy
from fencang.gateways.questions import DeskQuestions
from fencang.gateways.stream.hub import Hub

__all__ = ["ASKED_S", "keep_asked"]

ASKED_S = 0.25
"""They are told at most so often; what came between is conflated."""


async def keep_asked(hub: Hub, questions: DeskQuestions) -> None:
    """Ask while somebody follows, until cancelled."""
    while True:
        await asyncio.sleep(ASKED_S)
        if not hub.followers_count:
            continue
        try:
            sequence, margin = await questions.margin()
            hub.tell_rows("margin", sequence, {row.book_id: row for row in margin})
            sequence, limits = await questions.limits()
            rows = {f"{row.node_id}|{row.scope_id}": row for row in limits}
            hub.tell_rows("limits", sequence, dict(rows))
            sequence, envelopes = await questions.envelopes()
            hub.tell_rows("envelopes", sequence, {str(row.envelope_id): row for row in envelopes})
        except DeskBusy:
            continue  # orders go before
