"""Who must stand for a settlement price: two persons where it is far from the mark."""

from collections.abc import Iterable
from datetime import date

from fencang.basics.price import format_price
from fencang.engine.checklist import is_far
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.state import DeskState
from fencang.messages.commands import PriceMark
from fencang.messages.day_events import SettlementPricesApproved
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.reasons import Reason

__all__ = ["approvals", "far_refusal"]

FAR_TOLD_MAX = 20


def far_refusal(
    state: DeskState, marks: Iterable[PriceMark], entered_by: str, approved_by: str
) -> CommandRejected | None:
    """Refuse prices outside their product's band around the mark that one person stands for."""
    far = [mark for mark in marks if is_far(state.contracts[mark.contract_id], mark.price_nanos)]
    if not far or second_person_refusal(entered_by, approved_by) is None:
        return None
    words = []
    for mark in far[:FAR_TOLD_MAX]:
        contract = state.contracts[mark.contract_id]
        words.append(
            f"{mark.contract_id}: {format_price(mark.price_nanos)} is further than "
            f"{contract.product.settlement_band_ppm} ppm from the mark "
            f"{format_price(contract.mark_nanos or 0)}"
        )
    more = f"; and {len(far) - FAR_TOLD_MAX} more" if len(far) > FAR_TOLD_MAX else ""
    detail = f"{'; '.join(words)}{more}; a second person may approve"
    return rejected(Reason.SETTLEMENT_PRICE_FAR, detail)


def approvals(
    venue_id: str,
    trading_day: date,
    marks: Iterable[PriceMark],
    entered_by: str,
    approved_by: str,
) -> list[AnyEvent]:
    """Return that two persons stand for the prices, when they do."""
    contract_ids = tuple(mark.contract_id for mark in marks)
    if not contract_ids or second_person_refusal(entered_by, approved_by) is not None:
        return []
    return [
        SettlementPricesApproved(
            venue_id=venue_id,
            trading_day=trading_day,
            approved_by=approved_by,
            contract_ids=contract_ids,
        )
    ]
