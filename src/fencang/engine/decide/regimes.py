"""An order meets the position limits of every regime that governs its contract.

The hardest answer counts: what cannot be known, or lies beyond a hard limit, is refused with the
lots that would still pass.  An accountability level, or an exemption that is relied on, lets the
order through and is told once a day.
"""

from typing import Final, NamedTuple

from fencang.engine.accounts import Line
from fencang.engine.decide.ask import Ask
from fencang.engine.regimes.counters import Bound, RegimeCounter, Tally
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.regimes.counting import LOT_PARTS, lots_text
from fencang.margin.exposure import Exposure
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.messages.regime_events import LimitNotice, LimitNoticeKind
from fencang.refdata.regime import Exemption

__all__ = [
    "RegimeAnswer",
    "SetFree",
    "leaves_no_room",
    "raised",
    "regime_answer",
    "regime_check",
]

_BUY: Final = Side.BUY
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""


def regime_check(ask: Ask) -> NodeRefusal | None:
    """Refuse what a regime does not allow; what it lets through with a word is noted."""
    line = ask.line
    if not (line.pool_entry.tallies or line.contract.regime_fault) or not ask.added_lots:
        return None
    if not line.contract.regime_fault and _are_far(line.pool_entry.tallies, ask):
        return None
    answer = regime_answer(
        ask.state,
        line,
        ask.side,
        ask.added_lots,
        reduces=ask.reduces,
        within=ask.envelope,
    )
    ask.notices += answer.notices
    return answer.refusal


def _are_far(tallies: tuple[Tally, ...], ask: Ask) -> bool:
    """Return whether no number of any counter is reached even if every lot raised it."""
    is_buy, lots = ask.side is _BUY, ask.added_lots
    for tally in tallies:
        counter, parts = tally.counter, tally.parts
        total = counter.total
        if parts > 0:
            after = (total.long_parts if is_buy else total.short_parts) + parts * lots
        else:
            after = (total.short_parts if is_buy else total.long_parts) - parts * lots
        for bound in counter.bounds:
            if after > bound.lots_max * LOT_PARTS:
                return False
    return True


class SetFree:
    """What envelopes have given back that the counters of regimes still have."""

    __slots__ = ("_lots", "_parts")

    def __init__(self) -> None:
        self._lots: dict[tuple[int, bool], int] = {}
        """Exposure (by identity), whether bought → lots that it had as working ones."""
        self._parts: dict[tuple[int, bool], int] = {}
        """Counter (by identity), whether long → parts."""

    def add(self, envelope: Envelope, lots: int) -> None:
        """Count lots that an envelope gives back: on every line, or once beside the lines."""
        is_buy = envelope.side is _BUY
        most: dict[tuple[int, bool], int] = {}
        for line in envelope.lines:
            exposure = line.pool_entry.exposure
            for tally in line.pool_entry.tallies:
                key = id(tally.counter), (tally.parts > 0) == is_buy
                if envelope.cover is not None:
                    most[key] = max(most.get(key, 0), abs(tally.parts) * lots)
                else:
                    raising = self.raising(tally, exposure, is_buy=is_buy, lots=lots)
                    most[key] = most.get(key, 0) + abs(tally.parts) * raising
        for key, parts in most.items():
            self._parts[key] = self._parts.get(key, 0) + parts
        if envelope.cover is None:
            for line in envelope.lines:
                place = id(line.pool_entry.exposure), is_buy
                self._lots[place] = self._lots.get(place, 0) + lots

    def raising(self, tally: Tally, exposure: Exposure, *, is_buy: bool, lots: int) -> int:
        """Return how many of further lots raise a counter now, those given back gone already."""
        gone = self._lots.get((id(exposure), is_buy), 0)
        with_them = -tally.raising_lots(exposure, is_buy=is_buy, lots=-gone - lots, closes=False)
        return with_them + tally.raising_lots(exposure, is_buy=is_buy, lots=-gone, closes=False)

    def parts(self, tally: Tally, *, is_long: bool) -> int:
        """Return the parts of a counter that were given back."""
        return self._parts.get((id(tally.counter), is_long), 0)


class RegimeAnswer(NamedTuple):
    """A refusal, or what is to be told when the order is sent."""

    refusal: NodeRefusal | None = None
    notices: tuple[LimitNotice, ...] = ()
    room_lots: int = 0
    """Lots of a refused order that would have passed."""


NO_ANSWER = RegimeAnswer()


def regime_answer(
    state: DeskState,
    line: Line,
    side: Side,
    added_lots: int,
    *,
    reduces: bool,
    within: Envelope | None = None,
) -> RegimeAnswer:
    """Return what the regimes answer to lots that join the working orders.

    ``reduces``: the lots take down what the sub-account itself holds.  They get out even where
    rules are not known, and are refused only where they raise a number beyond a hard limit: the
    other leg of what the owner holds elsewhere.  ``within``: an envelope that reserved the lots, so
    that the numbers have them already.
    """
    fault = line.contract.regime_fault
    if fault:
        venue_id = line.contract.product.venue_id
        refusal = (Reason.REGIME_UNKNOWN, venue_id, 0, 0, fault)
        return NO_ANSWER if reduces else RegimeAnswer(refusal)
    return _counted_answer(state, line, side, added_lots, reduces=reduces, within=within)


def _counted_answer(
    state: DeskState,
    line: Line,
    side: Side,
    added_lots: int,
    *,
    reduces: bool,
    within: Envelope | None,
) -> RegimeAnswer:
    """Return what the numbers answer that the lots count in."""
    is_buy = side is _BUY
    notices: dict[tuple[str, str], LimitNotice] = {}
    hardest: tuple[int, NodeRefusal] | None = None
    for tally in line.pool_entry.tallies:
        is_long = (tally.parts > 0) == is_buy
        exposure = line.pool_entry.exposure
        lots, after = raised(
            tally, exposure, is_buy=is_buy, lots=added_lots, closes=reduces, within=within
        )
        for bound in tally.counter.bounds if lots else ():
            if after <= bound.lots_max * LOT_PARTS:
                continue
            relied, room = None, 0
            if bound.is_hard:
                relied, room = _relief(tally, bound, after, is_long=is_long)
                room += added_lots - lots
            if bound.is_hard and relied is None:
                if hardest is None or room < hardest[0]:
                    hardest = room, _refusal(tally.counter, bound, after, room, is_long=is_long)
                continue
            notice = _notice(tally.counter, bound, after, relied, is_long=is_long)
            notices[notice.limit_id, notice.side] = notice
    if hardest is not None:
        return RegimeAnswer(hardest[1], room_lots=min(hardest[0], added_lots))
    return RegimeAnswer(None, tuple(each for each in notices.values() if _is_news(state, each)))


def raised(
    tally: Tally,
    exposure: Exposure,
    *,
    is_buy: bool,
    lots: int,
    closes: bool,
    within: Envelope | None,
) -> tuple[int, int]:
    """Return how many lots raise a number, and its parts with them."""
    after = tally.counter.total.of(is_long=(tally.parts > 0) == is_buy)
    if within is not None and within.cover is None:
        # The exposure has the lots: what would go with them is what they raise.
        return -tally.raising_lots(exposure, is_buy=is_buy, lots=-lots, closes=closes), after
    if within is not None:
        return lots, after  # held beside the exposure, every lot of them
    raising = tally.raising_lots(exposure, is_buy=is_buy, lots=lots, closes=closes)
    return raising, after + abs(tally.parts) * raising


def _relief(
    tally: Tally, bound: Bound, after_parts: int, *, is_long: bool
) -> tuple[Exemption | None, int]:
    """Return the exemption that covers the order, if one does, and the lots that would pass.

    An exemption is its person's: what the others of the group have must fit the limit alone.
    """
    counter = tally.counter
    room = tally.room_lots(bound.lots_max, is_long=is_long)
    without = counter.total.of(is_long=is_long) - tally.own.of(is_long=is_long)
    if without > bound.lots_max * LOT_PARTS:
        return None, room
    for exemption in counter.exemptions:
        cap = exemption.long_lots_max if is_long else exemption.short_lots_max
        if exemption.person_id == tally.person_id and cap > bound.lots_max:
            if after_parts <= cap * LOT_PARTS:
                return exemption, room
            room = max(room, tally.room_lots(cap, is_long=is_long))
    return None, room


def _refusal(
    counter: RegimeCounter, bound: Bound, after_parts: int, room: int, *, is_long: bool
) -> NodeRefusal:
    side = "long" if is_long else "short"
    after = lots_text(after_parts)
    detail = (
        f"{bound.limit.regime_id}: {after} lots {side} exceed the {bound.lots_max} of "
        f"{bound.limit.limit_id} for {counter.persons_id} and whoever counts as one with it; "
        f"{room} lots would pass"
    )
    value = -(-after_parts // LOT_PARTS)
    return Reason.REGIME_LIMIT, bound.limit.limit_id, bound.lots_max, value, detail


def _notice(
    counter: RegimeCounter,
    bound: Bound,
    after_parts: int,
    relied: Exemption | None,
    *,
    is_long: bool,
) -> LimitNotice:
    return LimitNotice(
        kind=LimitNoticeKind.ACCOUNTABILITY if relied is None else LimitNoticeKind.EXEMPTION,
        regime_id=bound.limit.regime_id,
        limit_id=bound.limit.limit_id,
        persons_id=counter.persons_id,
        side="long" if is_long else "short",
        quantity_lots_max=bound.lots_max,
        worst_case_lots=-(-after_parts // LOT_PARTS),
        exemption_id="" if relied is None else relied.exemption_id,
    )


def _is_news(state: DeskState, notice: LimitNotice) -> bool:
    """Return whether it was not told today."""
    key = (notice.limit_id, notice.persons_id, notice.side)
    return state.regimes.notices.get(key) != state.regimes.day


def leaves_no_room(line: Line, envelope: Envelope, freed: SetFree) -> bool:
    """Return whether an envelope's unused lots pass a hard limit, what was given back gone."""
    is_buy, lots = envelope.side is _BUY, envelope.reserved_lots
    for tally in line.pool_entry.tallies:
        is_long = (tally.parts > 0) == is_buy
        raising = lots
        if envelope.cover is None:
            exposure = line.pool_entry.exposure
            raising = freed.raising(tally, exposure, is_buy=is_buy, lots=lots)
        after = tally.counter.total.of(is_long=is_long) - freed.parts(tally, is_long=is_long)
        for bound in tally.counter.bounds if raising > 0 else ():
            if bound.is_hard and after > bound.lots_max * LOT_PARTS:
                relied, _ = _relief(tally, bound, after, is_long=is_long)
                if relied is None:
                    return True
    return False
