"""Questions about plans and margin over the link: both ends, by name."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from fencang.gateways.computed_plans import ComputationAsked, PlanAnswer, PlanAsked
from fencang.gateways.margin_studies import (
    AttributedMargin,
    MarginIfAsked,
    RequirementAnswer,
    StudyFault,
    WhatIfAnswer,
)
from fencang.gateways.questions import DeskQuestions

__all__ = ["RemoteStudies", "studies_asked"]

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.decode


class _BookAsked(msgspec.Struct, frozen=True):
    """Whose requirement is asked for, and who asks."""

    book_id: str
    asker: str


def studies_asked(
    questions: DeskQuestions, argument: bytes
) -> Mapping[str, Callable[[], Awaitable[Any]]]:
    """Return what each question asks at the desk's end."""

    def requirement() -> Awaitable[RequirementAnswer | None]:
        asked = _unpack(argument, type=_BookAsked)
        return questions.requirement(asked.book_id, asked.asker)

    return {
        "compute_plan": lambda: questions.compute_plan(_unpack(argument, type=PlanAsked)),
        "computed_plan": lambda: questions.computed_plan(_unpack(argument, type=ComputationAsked)),
        "attribution": lambda: questions.attribution(argument.decode()),
        "requirement": requirement,
        "margin_what_if": lambda: questions.margin_what_if(_unpack(argument, type=MarginIfAsked)),
    }


class RemoteStudies:
    """The gateway's end; whoever inherits it says how a question is asked."""

    async def _ask(self, question: str, kind: Any, argument: bytes = b"") -> Any:  # noqa: ANN401
        raise NotImplementedError

    async def compute_plan(self, asked: PlanAsked) -> PlanAnswer:
        """Return a plan as of what is durable now; its input is kept for a while."""
        found: PlanAnswer = await self._ask("compute_plan", PlanAnswer, _pack(asked))
        return found

    async def computed_plan(self, asked: ComputationAsked) -> PlanAnswer:
        """Return a plan computed before, computed again from its kept input."""
        found: PlanAnswer = await self._ask("computed_plan", PlanAnswer, _pack(asked))
        return found

    async def attribution(self, asker: str) -> AttributedMargin:
        """Return every pool's requirement, attributed to its books."""
        found: AttributedMargin = await self._ask("attribution", AttributedMargin, asker.encode())
        return found

    async def requirement(self, book_id: str, asker: str) -> RequirementAnswer | None:
        """Return what a book's requirement is made of; None: there is no such book."""
        found: RequirementAnswer | None = await self._ask(
            "requirement", RequirementAnswer | None, _pack(_BookAsked(book_id, asker))
        )
        return found

    async def margin_what_if(self, asked: MarginIfAsked) -> WhatIfAnswer | tuple[StudyFault, ...]:
        """Return what margin would be, or what of the question cannot be."""
        found: WhatIfAnswer | tuple[StudyFault, ...] = await self._ask(
            "margin_what_if", WhatIfAnswer | tuple[StudyFault, ...], _pack(asked)
        )
        return found
