"""Operations about margin: who brings how much, what it is made of, what it would be."""

from typing import Annotated

import msgspec

from fencang.gateways.forms.forms import BodyFault, BodyFaults, form_of, read_body
from fencang.gateways.margin_studies import (
    AttributedMargin,
    MarginIfAsked,
    MarginWhatIf,
    RequirementAnswer,
    WhatIfAnswer,
)
from fencang.gateways.rest.operation import Call, Operation, Parameter, Reply
from fencang.gateways.rest.problem import Refused
from fencang.gateways.rest.sight import require_book, sees_book

__all__ = ["MARGIN", "asker_of"]


def asker_of(call: Call) -> str:
    """Return whose questions wait in one line: a key's, or a person's."""
    return call.caller.key_id or call.caller.user_id


async def _attribution(call: Call) -> Reply:
    found = await call.desk.questions.attribution(asker_of(call))
    rows = tuple(row for row in found.rows if sees_book(call, row.book_id))
    return Reply(msgspec.structs.replace(found, rows=rows))


async def _requirement(call: Call) -> Reply:
    book_id = call.parameters.get("book_id", "")
    if book_id:
        require_book(call, book_id)
    found = await call.desk.questions.requirement(book_id, asker_of(call))
    if found is None:
        raise Refused.of(404, "not-found", f"there is no book {book_id}")
    rows = tuple(row for row in found.rows if sees_book(call, row.book_id))
    return Reply(msgspec.structs.replace(found, rows=rows))


async def _what_if(call: Call) -> Reply:
    asked = read_body(MarginWhatIf, call.body or b"{}")
    books = [each.sub_account_id for each in asked.orders]
    for book_id in (*books, *(each.sub_account_id for each in asked.positions)):
        require_book(call, book_id)
    found = await call.desk.questions.margin_what_if(MarginIfAsked(asked, asker_of(call)))
    if not isinstance(found, WhatIfAnswer):
        faults = [BodyFault(each.where, each.what) for each in found]
        raise BodyFaults(faults, is_of_form=True)
    rows = tuple(row for row in found.rows if sees_book(call, row.book_id))
    return Reply(msgspec.structs.replace(found, rows=rows))


MARGIN: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/margin/attribution",
        name="get_attribution",
        tag="margin",
        summary="Each pool's requirement, attributed to its books",
        scope="margin:read",
        handler=_attribution,
        answer=AttributedMargin,
        statuses=(400, 503),
    ),
    Operation(
        method="GET",
        path="/margin/requirement",
        name="get_requirement",
        tag="margin",
        summary="What a requirement is made of: netting sets, contracts, premiums, add-ons",
        scope="margin:read",
        handler=_requirement,
        answer=RequirementAnswer,
        parameters=(
            Parameter(
                "book_id",
                Annotated[str, msgspec.Meta(min_length=1, max_length=80)],
                "A sub-account, or a pool (`@pool:OWNER`); without it, every pool.",
            ),
        ),
        statuses=(400, 404, 503),
    ),
    Operation(
        method="POST",
        path="/margin/what-if",
        name="margin_what_if",
        tag="margin",
        summary="What margin would be with orders and positions, all at once; nothing is entered",
        scope="margin:read",
        handler=_what_if,
        answer=WhatIfAnswer,
        body=form_of(MarginWhatIf, is_tagged=False).form,
        statuses=(400, 422, 503),
    ),
)
