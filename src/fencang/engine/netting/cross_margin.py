"""Credits across clearing houses in the engine, only where an agreement says so.

The amounts that offset are the requirements of two combined commodities.  Orders earn no credit and
remove what they could break: with orders in a leg, or in what spreads connect with it, the credit
counts on the least that any way to fill could leave of either leg (``Commodity.least_micros``),
and not at all where a fill could turn a leg's side.

Credits are asked for anew after every change of a leg; they are caches.
"""

from typing import TYPE_CHECKING

from fencang.engine.accounts import PoolState, SpanKey, SubState
from fencang.margin.method import MethodRequirement, RequirementPart
from fencang.margin.pool.cross_margin import (
    CrossMarginAgreement,
    CrossMarginLeg,
    cross_margin_credits,
)

if TYPE_CHECKING:
    from fencang.engine.netting.commodity import Commodity
    from fencang.engine.netting.node import SpanNode
    from fencang.engine.netting.terms import RowTerms
    from fencang.engine.state import DeskState
    from fencang.refdata.broker_terms import CrossMargin

__all__ = ["CrossMarginCredits", "link_cross_margin", "refresh_cross_margin", "watched_codes"]

Credits = dict[tuple[str, str], int]
"""(clearing house, currency) → micros before the house multiplier."""
WorkingLots = tuple["SpanNode", "RowTerms", int, int]
"""A netting set, a contract in it, and further working lots bought and sold."""


class CrossMarginCredits:
    """What one book or pool is credited at one carrying account."""

    __slots__ = ("_agreements", "_carrying_id", "_counted", "_nodes")

    def __init__(
        self,
        carrying_id: str,
        agreements: tuple[CrossMarginAgreement, ...],
        nodes: "dict[SpanKey, SpanNode]",
    ) -> None:
        self._carrying_id = carrying_id
        self._agreements = agreements
        self._nodes = nodes
        self._counted: Credits = {}

    def refresh(self) -> None:
        """Find the credits of now and let each clearing house's netting set count its own."""
        self._counted = counted = self._credits(with_orders=True)
        held = self._credits(with_orders=False)
        for (carrying_id, house), node in self._nodes.items():
            if carrying_id == self._carrying_id:
                node.set_credits(_of_house(counted, house), _of_house(held, house))

    def lost_micros(self, order: WorkingLots, currency: str) -> int:
        """Return the credit that further working lots could break, over both houses.

        Everything that an agreement joins is in one currency.
        """
        after = self._credits(with_orders=True, order=order)
        lost = 0
        for key, before in self._counted.items():
            if key[1] == currency and before != after.get(key):
                node = self._nodes[self._carrying_id, key[0]]
                lost += node.credited(currency, before)
                lost -= node.credited(currency, after.get(key, 0))
        return lost

    def _credits(self, *, with_orders: bool, order: WorkingLots | None = None) -> Credits:
        parts: dict[str, list[RequirementPart]] = {}
        for agreement in self._agreements:
            for leg in (agreement.first, agreement.second):
                node = self._nodes.get((self._carrying_id, leg.clearing_house))
                part = None
                if node is not None:
                    part = _part(node, leg.part, order, with_orders=with_orders)
                if part is None:
                    break
                parts.setdefault(leg.clearing_house, []).append(part)
        requirements = {
            house: MethodRequirement(method_id="", totals=(), parts=tuple(found))
            for house, found in parts.items()
        }
        found: Credits = {}
        for credit in cross_margin_credits(self._agreements, self._carrying_id, requirements):
            key = (credit.clearing_house, credit.currency)
            found[key] = found.get(key, 0) + credit.credit_micros
        return found


def _of_house(found: Credits, clearing_house: str) -> dict[str, int]:
    return {code: micros for (house, code), micros in found.items() if house == clearing_house}


def _part(
    node: "SpanNode", code: str, order: WorkingLots | None, *, with_orders: bool
) -> RequirementPart | None:
    """Return a leg's commodity with its requirement and side, None when nothing is held in it."""
    place = node.span.place_of(code)
    commodity = node.commodities.get(place) if place is not None else None
    if place is None or commodity is None:
        return None
    amount, delta = node.book.part_of(place)
    more = order[1:] if order is not None and order[0] is node else None
    if with_orders:
        amount, delta = _least(node, place, commodity, (amount, delta), more)
    return RequirementPart(
        name=code, currency=commodity.terms.currency, amount_micros=amount, delta_e4=delta
    )


def _least(
    node: "SpanNode",
    place: int,
    commodity: "Commodity",
    held: tuple[int, int],
    more: "tuple[RowTerms, int, int] | None",
) -> tuple[int, int]:
    """Return the least requirement and the nearest delta to zero that fills could leave."""
    connected = node.span.connected(place)
    ordered = {member for member in connected if _works(node, member)}
    if more is not None and (more[1] or more[2]) and more[0].commodity in connected:
        ordered.add(more[0].commodity)
    if not ordered:
        return held
    if len(connected) > 1:
        return 0, 0  # fills could form spreads whose credit leaves nothing to offset
    return commodity.least_micros(more), commodity.least_delta_e4(more)


def _works(node: "SpanNode", place: int) -> bool:
    commodity = node.commodities.get(place)
    return commodity is not None and commodity.working_lots > 0


def watched_codes(state: "DeskState", carrying_id: str, house: str) -> tuple[str, ...]:
    """Return the combined commodities of a house that agreements of an account name."""
    return tuple(
        sorted(
            leg.commodity
            for agreement in state.agreements.values()
            if agreement.carrying_account_id == carrying_id
            for leg in agreement.legs
            if leg.clearing_house == house
        )
    )


def link_cross_margin(
    state: "DeskState", holder: SubState | PoolState, carrying_id: str, node: "SpanNode"
) -> None:
    """Let a netting set tell what its book or pool is credited across clearing houses."""
    if not node.terms.watched:
        return
    found = holder.cross_margins.get(carrying_id)
    if found is None:
        agreements = tuple(
            _agreement(state.agreements[key])
            for key in sorted(state.agreements)
            if state.agreements[key].carrying_account_id == carrying_id
        )
        found = CrossMarginCredits(carrying_id, agreements, holder.span_nodes)
        holder.cross_margins[carrying_id] = found
    node.cross_margin = found


def refresh_cross_margin(state: "DeskState") -> None:
    """Find every credit anew after netting sets were exchanged."""
    for holder in state.holders():
        for carrying_id in sorted(holder.cross_margins):
            holder.cross_margins[carrying_id].refresh()


def _agreement(item: "CrossMargin") -> CrossMarginAgreement:
    first, second = (
        CrossMarginLeg(clearing_house=leg.clearing_house, part=leg.commodity) for leg in item.legs
    )
    return CrossMarginAgreement(
        name=item.agreement_id,
        carrying_account=item.carrying_account_id,
        first=first,
        second=second,
        offset_ppm=item.offset_ppm,
        cap_micros=item.cap_micros,
        offsets_same_side=item.offsets_same_side,
    )
