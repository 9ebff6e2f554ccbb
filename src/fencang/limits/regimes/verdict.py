"""May this order be sent?  The answer of one regime, with the number that decides.

The worst case of the group's positions and working orders, with the order, is held against every
limit of every bucket that the order can reach.  A limit is breached by strictly more; exactly at
the limit passes.  What cannot be known blocks: a regime out of date, a row nobody confirmed, an
option without a delta.  Even then an order that opens nothing in its account gets out.

Source: 17 CFR 150.2 and 150.4, CME rules 559 to 562, and their kin elsewhere.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from enum import IntEnum
from typing import NamedTuple

from fencang.limits.regimes.counting import LOT_PARTS, Holding, in_bucket, lots_text, worst_case
from fencang.refdata.regime import (
    ContractGroup,
    Exemption,
    LimitBucket,
    LimitHardness,
    Netting,
    Regime,
    RegimeLimit,
)

__all__ = ["LimitDecision", "LimitQuestion", "OrderSize", "Verdict", "decide_limit"]


class Verdict(IntEnum):
    """What may happen to an order; of several answers the largest counts."""

    PASS = 0
    PASS_WITH_EXEMPTION = 1
    ACCOUNTABILITY = 2
    """It may be sent, and the holder has to answer for the position."""
    REDUCE = 3
    """A smaller order would pass: ``headroom_lots`` says which."""
    BLOCK = 4


class OrderSize(NamedTuple):
    """What an order would add: what it is in (a holding without lots), its side and its lots.

    ``opening_lots`` are those of its lots that enlarge a side of its account.
    """

    holding: Holding
    is_buy: bool
    quantity_lots: int
    opening_lots: int


class LimitQuestion(NamedTuple):
    """Everything that decides: the rules of a day, the holdings of the group, and the order.

    ``lagged`` are the same holdings with the deltas of the day before, and ``lagged_order`` the
    order's; an order must pass with both.
    """

    day: date
    regime: Regime
    group: ContractGroup
    limits: Sequence[RegimeLimit]
    exemptions: Sequence[Exemption]
    holdings: Sequence[Holding]
    order: OrderSize
    lagged: Sequence[Holding] = ()
    lagged_order: OrderSize | None = None


class LimitDecision(NamedTuple):
    """The answer, and the limit, number and values that bind; parts as in ``counting``."""

    verdict: Verdict
    limit_id: str = ""
    limit_lots: int = 0
    before_parts: int = 0
    after_parts: int = 0
    headroom_lots: int = 0
    exemption_id: str = ""
    words: str = ""


class _Reach(NamedTuple):
    """A number that the order raises: before, what each lot adds, and how many lots do."""

    before_parts: int
    step_parts: int
    lots: int
    is_long: bool
    without_parts: int
    """The same number without the person of the order."""

    @property
    def after_parts(self) -> int:
        return self.before_parts + self.step_parts * self.lots

    def room_lots(self, lots_max: int) -> int:
        """Return how many lots of the order a number leaves room for."""
        return max(0, (lots_max * LOT_PARTS - self.before_parts) // self.step_parts)


def decide_limit(question: LimitQuestion) -> LimitDecision:
    """Return the regime's answer to an order: of all limits the one that binds most."""
    unknown = _unknown(question)
    if unknown and question.order.opening_lots:
        return LimitDecision(Verdict.BLOCK, words=unknown)
    if unknown:
        return LimitDecision(Verdict.PASS, words=f"opens nothing, although {unknown}")
    answers = [each for limit in question.limits for each in _of_limit(question, limit)]
    if not answers:
        return LimitDecision(Verdict.PASS)
    return max(answers, key=lambda found: (found.verdict, -found.headroom_lots, found.after_parts))


def _unknown(question: LimitQuestion) -> str:
    """Return why the rules cannot be applied, in words, or nothing."""
    regime, group, day = question.regime, question.group, question.day
    if not regime.is_valid(day):
        return f"{regime.regime_id} {regime.version} says nothing of {day}"
    if not group.confirmed:
        return f"group {group.group_id} was not confirmed from the official text"
    for limit in question.limits:
        if not limit.confirmed:
            return f"limit {limit.limit_id} was not confirmed from the official text"
    orders = [each for each in (question.order, question.lagged_order) if each is not None]
    for holding in (*question.holdings, *question.lagged, *(each.holding for each in orders)):
        if holding.delta_ppm is None:
            return f"the delta of {holding.contract_id} is not known"
    return ""


def _of_limit(question: LimitQuestion, limit: RegimeLimit) -> Iterator[LimitDecision]:
    """Yield the limit's answers, with the deltas of today and of the day before."""
    lots_max = limit.lots_max(question.day)
    order = question.order.holding
    month = "" if limit.bucket is LimitBucket.ALL_MONTHS else order.month
    is_meant = limit.bucket is not LimitBucket.SPOT or limit.month == month
    if lots_max is None or not is_meant or not in_bucket(order, month, limit.settlement):
        return
    views = [(question.holdings, question.order)]
    if question.lagged_order is not None:
        views.append((question.lagged, question.lagged_order))
    for holdings, size in views:
        counted = [each for each in holdings if in_bucket(each, month, limit.settlement)]
        reach = _reach(question.regime, counted, size)
        if reach is not None:
            yield _answer(question, limit, lots_max, reach)


def _reach(regime: Regime, counted: Sequence[Holding], order: OrderSize) -> _Reach | None:
    """Return the number that an order raises, or None where it raises none.

    Net, every lot moves the number; with sides apart only lots that open.
    """
    counting = regime.counting
    parts = order.holding.lot_parts(counting.options)
    lots = order.quantity_lots if counting.netting is Netting.NET else order.opening_lots
    if not parts or not lots:
        return None
    is_long = (parts > 0) == order.is_buy
    others = [each for each in counted if each.person_id != order.holding.person_id]
    before, without = (
        worst_case(holdings, counting.netting, counting.options)[0 if is_long else 1]
        for holdings in (counted, others)
    )
    return _Reach(before, abs(parts), lots, is_long, without)


def _answer(
    question: LimitQuestion, limit: RegimeLimit, lots_max: int, reach: _Reach
) -> LimitDecision:
    """Hold one number against one limit, and against the exemptions from it."""
    answer = LimitDecision(
        Verdict.PASS,
        limit.limit_id,
        lots_max,
        reach.before_parts,
        reach.after_parts,
        reach.room_lots(lots_max),
    )
    if reach.after_parts <= lots_max * LOT_PARTS:
        return answer
    side = "long" if reach.is_long else "short"
    words = f"{lots_text(reach.after_parts)} {side} of {lots_max} by {limit.limit_id}"
    if limit.hardness is LimitHardness.ACCOUNTABILITY:
        return answer._replace(verdict=Verdict.ACCOUNTABILITY, words=words)
    for exemption, cap in _caps(question, limit, lots_max, reach):
        if reach.after_parts <= cap * LOT_PARTS:
            words += f", within the {cap} of exemption {exemption.exemption_id}"
            return answer._replace(
                verdict=Verdict.PASS_WITH_EXEMPTION,
                headroom_lots=reach.room_lots(cap),
                exemption_id=exemption.exemption_id,
                words=words,
            )
        answer = answer._replace(headroom_lots=max(answer.headroom_lots, reach.room_lots(cap)))
    verdict = Verdict.REDUCE if answer.headroom_lots else Verdict.BLOCK
    return answer._replace(verdict=verdict, words=words)


def _caps(
    question: LimitQuestion, limit: RegimeLimit, lots_max: int, reach: _Reach
) -> Iterator[tuple[Exemption, int]]:
    """Yield the exemptions that the order may rely on, and the lots that they allow in all.

    An exemption is its person's: what the others of the group have must fit the limit alone.
    """
    if reach.without_parts > lots_max * LOT_PARTS:
        return
    for exemption in question.exemptions:
        is_own = exemption.person_id == question.order.holding.person_id
        is_same = (exemption.regime_id, exemption.group_id) == (limit.regime_id, limit.group_id)
        if is_own and is_same and limit.bucket in exemption.buckets:
            cap = exemption.long_lots_max if reach.is_long else exemption.short_lots_max
            if exemption.is_valid(question.day) and cap > lots_max:
                yield exemption, cap
