"""Questions that copies answer, as gateways put them."""

from pathlib import Path

import msgspec

from fencang.app.serve.copies.keeper import CopyKeeper, Patience
from fencang.gateways.computed_plans import ComputationAsked, PlanAnswer, PlanAsked
from fencang.gateways.margin_studies import (
    AttributedMargin,
    MarginIfAsked,
    RequirementAnswer,
    StudyFault,
    WhatIfAnswer,
)

__all__ = ["CopyQuestions"]

_pack = msgspec.msgpack.Encoder().encode
_plan = msgspec.msgpack.Decoder(PlanAnswer).decode
_attribution = msgspec.msgpack.Decoder(AttributedMargin).decode
_requirement = msgspec.msgpack.Decoder(RequirementAnswer | None).decode
_what_if = msgspec.msgpack.Decoder(WhatIfAnswer | tuple[StudyFault, ...]).decode


class CopyQuestions:
    """Asks the copies of the desk in a folder; made on the loop that it lives on."""

    def __init__(self, folder: Path, patience: Patience | None = None) -> None:
        self._plans = CopyKeeper("plans", folder, patience)
        self._margin = CopyKeeper("margin", folder, patience)

    async def compute_plan(self, asked: PlanAsked) -> PlanAnswer:
        """Return a plan as of what is durable now; its input is kept for a while."""
        return _plan(await self._plans.ask("compute", _pack(asked), asked.asker))

    async def computed_plan(self, asked: ComputationAsked) -> PlanAnswer:
        """Return a plan computed before, computed again from its kept input."""
        return _plan(await self._plans.ask("again", _pack(asked), asked.asker))

    async def attribution(self, asker: str) -> AttributedMargin:
        """Return every pool's requirement, attributed to its books."""
        return _attribution(await self._margin.ask("attribution", b"", asker))

    async def requirement(self, book_id: str, asker: str) -> RequirementAnswer | None:
        """Return what a book's requirement is made of; None: there is no such book."""
        answer = await self._margin.ask("requirement", book_id.encode(), asker)
        found: RequirementAnswer | None = _requirement(answer)
        return found

    async def margin_what_if(self, asked: MarginIfAsked) -> WhatIfAnswer | tuple[StudyFault, ...]:
        """Return what margin would be, or what of the question cannot be."""
        answer = await self._margin.ask("what_if", _pack(asked), asked.asker)
        found: WhatIfAnswer | tuple[StudyFault, ...] = _what_if(answer)
        return found

    async def close(self) -> None:
        """End the copies."""
        await self._plans.close()
        await self._margin.close()
