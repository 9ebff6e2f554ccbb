"""Whether what envelopes reserve still fits, and how many lots of each may stay."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from fencang.basics.money import PPM
from fencang.engine.accounts import Line, SubState
from fencang.engine.decide.ask import ask_of_lots
from fencang.engine.decide.envelopes import closed
from fencang.engine.decide.exposure_checks import guard_check, parameters_check, worst_cases
from fencang.engine.decide.exposure_limits import is_exposure_passed
from fencang.engine.decide.margin_checks import needed_micros
from fencang.engine.decide.regimes import SetFree, leaves_no_room
from fencang.engine.decide.standing_checks import state_refusal
from fencang.engine.limit_nodes import LimitNode
from fencang.engine.risk.envelope_cover import cover_micros
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.state import DeskState
from fencang.messages.envelope_events import EnvelopeCause, EnvelopeShrunk
from fencang.messages.events import AnyEvent
from fencang.messages.message import Side

__all__ = ["Review", "broken_reserves", "held_by", "leverage_excess"]


_LineSide = tuple[str, str, str, Side]
"""Sub-account, carrying account, contract, side."""
NONE_GONE: Mapping[_LineSide, int] = {}


class _Needs(NamedTuple):
    """What lots hold of the sub-account's margin, the pool's, and the gross value, base micros."""

    own: int
    pool: int
    value: int


class Review:
    """One look at open envelopes, newest first, and what it has set free so far.

    ``is_last``: shrinking was tried in the step before; what does not fit now ends, and nothing is
    counted as freed: what several envelopes free together may be less than the sum.
    ``asks_stated``: what was stated as the most margin counts too.
    """

    def __init__(
        self,
        state: DeskState,
        cause: EnvelopeCause,
        *,
        is_last: bool,
        asks_stated: bool = True,
    ) -> None:
        self._state = state
        self._cause = cause
        self._is_last = is_last
        self._asks_stated = asks_stated
        self._freed: Counter[str] = Counter()
        """Sub-account or owner → base micros of margin."""
        self._freed_value: Counter[str] = Counter()
        self._freed_lots: Counter[tuple[str, str, Side]] = Counter()
        """(node, scope, side) → lots, of a group parts."""
        self._freed_of_line: Counter[_LineSide] = Counter()
        """Lots of a line's side: what more of them would free begins where they end."""
        self._freed_law = SetFree()
        """Of numbers of jurisdictions: told exactly, so it counts in the last step too."""
        self._has_ended = False
        """Whether one ended for an exposure: what that frees is seen in the next step."""

    def look(self, gone: set[int]) -> list[AnyEvent]:
        """Return what shrinks and what ends, but for envelopes that are ``gone`` already."""
        found: list[AnyEvent] = []
        for envelope_id in sorted(self._state.risk.envelopes.open, reverse=True):
            if envelope_id not in gone:
                found += self.look_at(envelope_id)
        return found

    def look_at(self, envelope_id: int) -> list[AnyEvent]:
        """Return whether one envelope shrinks or ends."""
        envelope = self._state.risk.envelopes.open[envelope_id]
        unused = envelope.reserved_lots
        excess = 0
        if self._cause is not EnvelopeCause.MARK:  # a mark moves money alone
            cause = void_cause(self._state, envelope, self._freed_law)
            if cause is not None:
                return self._ended(envelope, cause)
            excess = self.excess_lots(envelope)
        if not unused:  # what its orders give back is looked at when it comes
            return []
        if self._is_over(envelope):
            return self._ended(envelope, self._told(EnvelopeCause.LIMIT))
        left = self.fitting_lots(envelope, max(0, unused - excess))
        if left == unused:
            return []
        cause = self._told(EnvelopeCause.LIMIT if left == unused - excess else EnvelopeCause.MARGIN)
        if not left or self._is_last or (len(envelope.lines) > 1 and envelope.cover is None):
            return self._ended(envelope, cause)
        self._free(envelope, unused - left)
        return [
            EnvelopeShrunk(
                envelope_id=envelope_id,
                sub_account_id=envelope.sub_account_id,
                quantity_lots=envelope.quantity_lots - unused + left,
                freed_lots=unused - left,
                cause=cause,
            )
        ]

    def _told(self, found: EnvelopeCause) -> EnvelopeCause:
        """Return the cause to tell: what was looked for, where that is not it what was found."""
        is_it = self._cause not in {
            EnvelopeCause.STATE,
            EnvelopeCause.RULE,
            EnvelopeCause.CONTRACT,
        }
        return self._cause if is_it else found

    def _is_over(self, envelope: Envelope) -> bool:
        """Return whether limits of exposure are passed by what it reserves; one ends at a time."""
        if self._has_ended and not self._is_last:
            return False
        rates = self._state.rates
        found = any(is_exposure_passed(rates, line, envelope) for line in envelope.lines)
        self._has_ended = self._has_ended or found
        return found

    def excess_lots(self, envelope: Envelope) -> int:
        """Return how many lots are beyond the limit of some node on the envelope's side."""
        side, excess = envelope.side, 0
        parts_of = parts_by_node(envelope)
        for line in envelope.lines:
            for node, worst in worst_cases(self._state, line, side, 0):
                largest = node.lots_max(is_buy=side is Side.BUY) * node.scale
                if worst > largest:
                    freed = self._freed_lots[_key(node, side)]
                    excess = max(excess, -(-(worst - largest - freed) // parts_of[node]))
        return excess

    def fitting_lots(self, envelope: Envelope, lots: int) -> int:
        """Return how many of the unused lots, ``lots`` at most, money is there for.

        Lots that ask for no margin are not in the way of those that lack some.
        """
        state, line = self._state, envelope.lines[0]
        sub, unused = line.sub, envelope.reserved_lots
        own = -sub.standing.available_micros(state.rates) - self._freed[sub.sub_account_id]
        pool = -sub.pool.standing.available_micros(state.rates) - self._freed[sub.pool.owner_id]
        value = leverage_excess(state, sub) - self._freed_value[sub.sub_account_id]
        is_mark = self._cause is EnvelopeCause.MARK
        is_fixed = is_mark and all(_is_by_file(each) for each in envelope.lines)
        if own <= 0 and pool <= 0 and value <= 0 and is_fixed:
            return lots
        gone = self._freed_of_line
        whole, stated = held_by(state, envelope, unused, gone), envelope.margin_micros
        # More than the lots hold they cannot give back, however much is missing.
        own, pool, value = min(own, whole.own), min(pool, whole.pool), min(value, whole.value)

        def fits(kept: int) -> bool:
            freed = held_by(state, envelope, unused - kept, gone)
            if freed.own < own or freed.pool < pool or freed.value < value:
                return False
            return not self._asks_stated or whole.own - freed.own <= stated

        return lots if fits(lots) else _most(lots, fits)

    def _ended(self, envelope: Envelope, cause: EnvelopeCause) -> list[AnyEvent]:
        self._free(envelope, envelope.reserved_lots)
        return [closed(envelope, cause)]

    def _free(self, envelope: Envelope, lots: int) -> None:
        """Count what an envelope sets free, for those that are looked at after it."""
        if lots:
            self._freed_law.add(envelope, lots)
        if self._is_last or not lots:
            return
        sub, gone = envelope.lines[0].sub, self._freed_of_line
        freed = held_by(self._state, envelope, lots, gone)
        self._freed[sub.sub_account_id] += freed.own
        self._freed[sub.pool.owner_id] += freed.pool
        self._freed_value[sub.sub_account_id] += freed.value
        side = envelope.side
        if envelope.cover is None:
            gone.update({_line_side(line, side): lots for line in envelope.lines})
        self._freed_lots.update(
            {_key(node, side): lots * parts for node, parts in parts_by_node(envelope).items()}
        )


def parts_by_node(envelope: Envelope) -> dict[LimitNode, int]:
    """Return every limit node of an envelope, and what one of its lots counts there."""
    found: dict[LimitNode, int] = {}
    for line in envelope.lines:
        for node, parts in (*((node, 1) for node in line.limit_nodes), *line.group_nodes):
            found[node] = max(parts, found.get(node, 0))
    return found


def void_cause(
    state: DeskState, envelope: Envelope, freed: SetFree | None = None
) -> EnvelopeCause | None:
    """Return why nothing may be opened there any more, None where it may.

    ``freed``: what others gave back in the same step.
    """
    line = envelope.lines[0]
    sub, product = line.sub, line.contract.product
    if any(each.contract.is_expired for each in envelope.lines):
        return EnvelopeCause.CONTRACT
    if state_refusal(state, line, reduces=False) is not None:
        return EnvelopeCause.RULE if sub.blocked_by else EnvelopeCause.STATE
    route = state.route(sub, product.venue_id)
    if product.product_id not in sub.permitted or route != line.carrying_account_id:
        return EnvelopeCause.LIMIT
    for each in envelope.lines:
        ask = ask_of_lots(state, each, envelope.side, envelope.offset, envelope.reserved_lots)
        if parameters_check(ask) is not None:
            return EnvelopeCause.PARAMETERS
        if guard_check(ask) is not None:
            return EnvelopeCause.CONTRACT
        if _is_unlawful(each, envelope, freed or SetFree()):
            return EnvelopeCause.LIMIT
    return None


def leverage_excess(state: DeskState, sub: SubState) -> int:
    """Return the gross value beyond what the mandate's leverage allows, in base micros."""
    rates = state.rates
    allowed = sub.standing.equity_micros(rates) * sub.definition.mandate.leverage_max_ppm // PPM
    return rates.total(sub.standing.notional) - max(0, allowed)


def held_by(
    state: DeskState, envelope: Envelope, lots: int, gone: Mapping[_LineSide, int] = NONE_GONE
) -> _Needs:
    """Return what so many unused lots hold now, contract by contract: what they would set free.

    ``gone``: lots of a line's side that others set free before; of the larger side of a line every
    lot is margined, of the smaller one none.
    """
    rates, cover, side = state.rates, envelope.cover, envelope.side
    if not lots:
        return _Needs(0, 0, 0)
    if cover is not None:
        return _Needs(*(cover_micros(rates, each, lots) for each in cover[:3]))
    own = pool = value = 0
    for line in envelope.lines:
        before = gone.get(_line_side(line, side), 0)
        for each, sign in ((before + lots, 1), (before, -1)):
            needs = _held_by_line(state, line, side, each)
            own, pool = own + sign * needs.own, pool + sign * needs.pool
            value += sign * needs.value
    return _Needs(own, pool, value)


def _held_by_line(state: DeskState, line: Line, side: Side, lots: int) -> _Needs:
    if not lots:
        return _Needs(0, 0, 0)
    rates, contract, exposure = state.rates, line.contract, line.exposure
    buys, sells = (-lots, 0) if side is Side.BUY else (0, -lots)
    less = exposure.margined_lots() - exposure.margined_lots_with(buys, sells)
    return _Needs(
        -needed_micros(rates, line.entry, contract, buys, sells),
        -needed_micros(rates, line.pool_entry, contract, buys, sells),
        rates.value(contract.currency, less * contract.notional_per_lot),
    )


def _line_side(line: Line, side: Side) -> _LineSide:
    return line.sub.sub_account_id, *line.key, side


def broken_reserves(state: DeskState) -> Iterator[str]:
    """Yield every envelope whose unused lots do not fit: the law that the flow keeps.

    What was stated as the most margin is no limit of the desk: between two reviews the strategy's
    own orders may make its waiting lots hold more.
    """
    for envelope_id, envelope in sorted(state.risk.envelopes.open.items()):
        unused = envelope.reserved_lots
        if not unused:
            continue
        name = f"envelope {envelope_id}"
        review = Review(state, EnvelopeCause.LIMIT, is_last=True, asks_stated=False)
        cause = void_cause(state, envelope)
        if cause is not None:
            yield f"{name} is open, yet nothing may be opened: {cause}"
        excess = review.excess_lots(envelope)
        if excess > 0:
            yield f"{name}: {excess} lots beyond a limit"
        if any(is_exposure_passed(state.rates, line, envelope) for line in envelope.lines):
            yield f"{name}: lots beyond a limit of exposure"
        fitting = review.fitting_lots(envelope, unused)
        if fitting < unused:
            yield f"{name}: margin for {fitting} of {unused} lots is there"


def _key(node: LimitNode, side: Side) -> tuple[str, str, Side]:
    return node.path[0], node.scope_ids[0], side


def _is_by_file(line: Line) -> bool:
    """Return whether a parameter file says what a lot asks for: a mark changes nothing of it."""
    return line.entry.netted is not None and line.entry.rate_node is None


def _is_unlawful(line: Line, envelope: Envelope, freed: SetFree) -> bool:
    """Return whether regimes do not allow what is reserved, or say nothing of it."""
    if not envelope.reserved_lots:
        return False
    return bool(line.contract.regime_fault) or leaves_no_room(line, envelope, freed)


def _most(lots: int, fits: Callable[[int], bool]) -> int:
    """Return the most lots below ``lots`` that fit, 0 where none do; fewer fit wherever more do."""
    least, beyond = 0, lots
    while beyond - least > 1:
        middle = (least + beyond) // 2
        least, beyond = (middle, beyond) if fits(middle) else (least, middle)
    return least
