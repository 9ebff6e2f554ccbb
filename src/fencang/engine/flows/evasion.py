"""Alarms for patterns that look like the evasion of a limit, from facts in the journal alone.

They block nothing: whether it was evasion is for a person to say.  Each is told once a day for the
same subjects.  What is seen before a change (how near a limit a group is) is asked by the decision,
what is seen after it (a share, a claim, an entered fill) by a flow.

Source: 17 CFR 150.2, 150.4 and their guidance on accounts with common control.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from fencang.engine.accounts import ContractState, Line, SubState
from fencang.engine.regimes.apart import common_ground, shared_deciders
from fencang.engine.regimes.links import (
    control_of_fact,
    controller_of,
    counted_in,
    delta_ppm_of,
    groups_of,
    today_of,
)
from fencang.engine.regimes.watch import SentOrder
from fencang.engine.state import DeskState
from fencang.limits.regimes.aggregation import near_shares, share_text
from fencang.limits.regimes.counting import LOT_PARTS, lots_text
from fencang.messages.evasion_events import EvasionAlarm, EvasionKind
from fencang.messages.events import AnyEvent, DeskDefined, SessionOpened
from fencang.messages.fill_events import EnteredFillAllocated
from fencang.messages.message import Side
from fencang.refdata.account import SubAccount
from fencang.refdata.desk import DeskItem
from fencang.refdata.person import LegalPerson
from fencang.refdata.regime import PPM, Regime
from fencang.refdata.ties import (
    ConcertEdge,
    ControlEdge,
    DisaggregationClaim,
    OwnershipEdge,
    RegimeItem,
)

__all__ = [
    "follow_defined",
    "follow_entered_fill",
    "follow_opened_day",
    "order_alarms",
    "pressed_alarms",
]

EVIDENCE_MAX = 600


def _news(state: DeskState, alarms: Iterator[EvasionAlarm]) -> list[AnyEvent]:
    """Return alarms that were not told today, each once."""
    book = state.regimes
    found: dict[tuple[str, ...], AnyEvent] = {}
    for alarm in alarms:
        if book.watch.is_news(alarm, book.day):
            found.setdefault((alarm.kind, *alarm.subjects), alarm)
    return list(found.values())


def _alarm(kind: EvasionKind, *subjects: str, evidence: str) -> EvasionAlarm:
    return EvasionAlarm(kind=kind, subjects=subjects, evidence=evidence[:EVIDENCE_MAX])


def _minutes(span_ns: int) -> str:
    seconds = span_ns // 10**9
    return f"{seconds // 60} min" if seconds >= 60 else f"{seconds} s"


# ------------------------------------------------------------------------------------ of orders


def order_alarms(
    state: DeskState, line: Line, side: Side, lots: int, *, opens: bool
) -> list[AnyEvent]:
    """Return what an order that is being accepted looks like."""
    found = _moves(state, line.sub, line.contract, side, lots) if opens else iter(())
    return _news(state, _chain(found, _mirrors(state, line, side, lots)))


def _chain(*parts: Iterator[EvasionAlarm]) -> Iterator[EvasionAlarm]:
    for part in parts:
        yield from part


def _moves(
    state: DeskState, sub: SubState, contract: ContractState, side: Side, lots: int
) -> Iterator[EvasionAlarm]:
    """Yield refusals of a short while ago that these lots of another owner follow."""
    book, owner = state.regimes, sub.definition.owner_id
    first = state.time_ns - book.watch_rules.follow_ns
    for known in reversed(book.watch.refusals_of(book.day).values()):
        if known.time_ns < first:
            return
        refused = known.refused
        source, terms = state.subs[refused.sub_account_id], refused.terms
        refused_contract = state.contracts[terms.contract_id]
        if source.definition.owner_id == owner:
            continue
        if _is_long(state, contract, side) != _is_long(state, refused_contract, terms.side):
            continue
        if not _count_together(state, contract, refused_contract):
            continue
        ground = common_ground(state, source.definition.owner_id, owner, contract)
        if ground:
            ago = _minutes(state.time_ns - known.time_ns)
            yield _alarm(
                EvasionKind.LIMIT_DRIVEN_MOVE,
                source.sub_account_id,
                sub.sub_account_id,
                evidence=(
                    f"{lots} lots of {contract.contract.contract_id} {side.name} for {owner} in "
                    f"{sub.sub_account_id}, {ago} after {refused.limit_id} refused "
                    f"{terms.quantity_lots} to {source.sub_account_id} of "
                    f"{source.definition.owner_id}; {ground}"
                ),
            )


def _is_long(state: DeskState, contract: ContractState, side: Side) -> bool:
    """Return whether a trade counts on the long side; a put that is bought does not."""
    delta_ppm = delta_ppm_of(state, contract)
    is_put = contract.contract.right == "put" if delta_ppm is None else delta_ppm < 0
    return (side is Side.BUY) != is_put


def _count_together(state: DeskState, one: ContractState, other: ContractState) -> bool:
    if one is other:
        return True
    groups = {each.group.key for each in counted_in(state, one)}
    return any(each.group.key in groups for each in counted_in(state, other))


def _mirrors(state: DeskState, line: Line, side: Side, lots: int) -> Iterator[EvasionAlarm]:
    """Yield accounts of owners apart whose orders are like this one again and again."""
    if not state.has_several_owners:
        return
    book, contract = state.regimes, line.contract
    rules, watch = book.watch_rules, book.watch
    contract_id, own = contract.contract.contract_id, line.sub.sub_account_id
    sent = SentOrder(state.time_ns, own, line.sub.pool.owner_id, side, lots)
    for key in watch.likes_of(contract_id, sent, rules, book.day):
        _, one, two, is_same = key
        times = watch.count_mirrored(book.day, key) + 1
        owners = [state.subs[each].definition.owner_id for each in (one, two)]
        if times >= rules.mirror_times and _are_apart(state, contract, *owners):
            how = "the same" if is_same else "opposite"
            yield _alarm(
                EvasionKind.MIRRORED_STRATEGY,
                one,
                two,
                evidence=(
                    f"{one} of {owners[0]} and {two} of {owners[1]} sent {how} orders in "
                    f"{contract_id} of one size within {_minutes(rules.mirror_ns)}, "
                    f"{times} times today, and the owners do not count as one"
                ),
            )


def _are_apart(state: DeskState, contract: ContractState, one: str, other: str) -> bool:
    for regime, group, _ in counted_in(state, contract):
        groups = groups_of(state, regime, group)
        if groups.group_of(one) != groups.group_of(other):
            return True
    return False


# ------------------------------------------------------------------------- before a definition


def pressed_alarms(state: DeskState, items: tuple[DeskItem, ...]) -> list[AnyEvent]:
    """Return alarms of accounts and papers that change while somebody's group is near a limit."""
    if not state.regimes.counters:
        return []
    return _news(state, _pressed(state, items))


def _pressed(state: DeskState, items: tuple[DeskItem, ...]) -> Iterator[EvasionAlarm]:
    for item in items:
        kind, persons, words = _paper(state, item)
        if kind is None:
            continue
        near = _nearest(state, persons)
        if near:
            yield _alarm(kind, *persons, evidence=f"{words}, while {near}")


def _paper(state: DeskState, item: DeskItem) -> tuple[EvasionKind | None, tuple[str, ...], str]:
    """Return what a definition changes about who is one with whom, with the persons it names."""
    match item:
        case SubAccount(sub_account_id=name, owner_id=owner):
            known = state.subs.get(name)
            controller = item.controller_id or (state.master.person_id if state.master else owner)
            persons = tuple(dict.fromkeys((owner, controller)))
            if known is None:
                words = f"sub-account {name} is opened for {owner}, directed by {controller}"
                return EvasionKind.ACCOUNT_NEAR_LIMIT, persons, words
            before = controller_of(state, known.definition)
            if before != controller:
                persons = tuple(dict.fromkeys((owner, before, controller)))
                words = f"{name} is directed by {controller}, no longer by {before}"
                return EvasionKind.PAPERS_NEAR_LIMIT, persons, words
        case OwnershipEdge(owner_id=first, owned_id=second):
            return _changed(state, item, first, second)
        case ControlEdge(controller_id=first, controlled_id=second):
            return _changed(state, item, first, second)
        case ConcertEdge() | DisaggregationClaim():
            return _changed(state, item, item.first_id, item.second_id)
        case LegalPerson(person_id=name):
            person = state.persons.get(name)
            if person is not None and person.owners_declared != item.owners_declared:
                words = f"{name} says now that its owners are declared"
                if person.owners_declared:
                    words = f"{name} says no longer that its owners are declared"
                return EvasionKind.PAPERS_NEAR_LIMIT, (name,), words
        case _:
            pass
    return None, (), ""


def _changed(
    state: DeskState, item: RegimeItem, first: str, second: str
) -> tuple[EvasionKind | None, tuple[str, ...], str]:
    known = state.regimes.get(type(item), *item.key)
    if known == item:
        return None, (), ""
    verb = "is stated" if known is None else "is changed"
    words = f"{type(item).__name__} of {first} and {second} {verb}"
    return EvasionKind.PAPERS_NEAR_LIMIT, (first, second), words


def _nearest(state: DeskState, persons: tuple[str, ...]) -> str:
    """Return the hard limit that a person's group has used most of, in words, if it is near one."""
    book, least = state.regimes, state.regimes.watch_rules.near_limit_ppm
    worst, words = least - 1, ""
    for key, counter in sorted(book.counters.items()):
        groups = book.groups[key[0], key[1]]
        named = [name for name in persons if groups.group_of(name) == counter.persons_id]
        for bound in counter.bounds if named else ():
            parts = max(counter.total.long_parts, counter.total.short_parts)
            if not bound.is_hard or parts <= 0:
                continue
            used = parts * PPM // (bound.lots_max * LOT_PARTS) if bound.lots_max else PPM
            if used > worst:
                worst = used
                words = (
                    f"the group of {named[0]} uses {lots_text(parts)} of {bound.lots_max} lots of "
                    f"{bound.limit.limit_id}"
                )
    return words


# -------------------------------------------------------------------------- after a definition


def follow_defined(state: DeskState, event: DeskDefined) -> list[AnyEvent]:
    """Tell shares just under a threshold, and claims that a common decision makes untrue."""
    if state.regimes.is_empty:
        return []
    edges = [item for item in event.items if isinstance(item, OwnershipEdge)]
    return _news(state, _chain(_near_shares(state, edges), _untrue_claims(state)))


def follow_opened_day(state: DeskState, event: SessionOpened) -> list[AnyEvent]:
    """Tell on every day that a claim in force is untrue; one may have come into force with it."""
    return [] if state.regimes.is_empty else _news(state, _untrue_claims(state))


def _near_shares(state: DeskState, edges: list[OwnershipEdge]) -> Iterator[EvasionAlarm]:
    book, margin = state.regimes, state.regimes.watch_rules.ownership_margin_ppm
    if not edges:
        return
    ties = book.ties(control_of_fact(state))._replace(claims=())
    touched = {edge.owned_id for edge in edges}
    levels: dict[int, list[str]] = {}
    for regime in book.each(Regime):
        if regime.aggregation.ownership_ppm is not None:
            levels.setdefault(regime.aggregation.ownership_ppm, []).append(regime.regime_id)
    for level, names in sorted(levels.items()):
        known = near_shares(state.persons, ties, today_of(state), level, margin, touched)
        for owner, owned, share in known:
            yield _alarm(
                EvasionKind.SHARE_UNDER_THRESHOLD,
                owner,
                owned,
                evidence=(
                    f"{owner} holds {share_text(share)} of {owned}, and from "
                    f"{share_text(Fraction(level, PPM))} on they count as one in "
                    f"{', '.join(names)}"
                ),
            )


def _untrue_claims(state: DeskState) -> Iterator[EvasionAlarm]:
    today: date = today_of(state)
    for claim in state.regimes.each(DisaggregationClaim):
        if claim.is_in_force(today):
            shared = shared_deciders(state, claim.first_id, claim.second_id)
            if shared:
                yield _alarm(
                    EvasionKind.SHARED_DECISION,
                    claim.first_id,
                    claim.second_id,
                    evidence=(
                        f"claim {claim.claim_id} says that {claim.first_id} and {claim.second_id} "
                        f"trade apart, and {', '.join(shared)} decides for both"
                    ),
                )


# ------------------------------------------------------------------------------------- of fills


def follow_entered_fill(state: DeskState, event: EnteredFillAllocated) -> list[AnyEvent]:
    """Tell lots that change their owner after the fill, or that a limit had refused elsewhere."""
    if state.regimes.is_empty:
        return []
    contract, sub = state.contracts[event.contract_id], state.subs[event.sub_account_id]
    if not any(counted_in(state, contract)):
        return []
    moves = _moves(state, sub, contract, event.side, event.quantity_lots)
    return _news(state, _chain(_new_owners(state, event), moves))


def _new_owners(state: DeskState, event: EnteredFillAllocated) -> Iterator[EvasionAlarm]:
    book, owner = state.regimes, state.subs[event.sub_account_id].definition.owner_id
    for taken in book.watch.taken_of(book.day):
        is_same = (taken.contract_id, taken.side) == (event.contract_id, event.side)
        if is_same and taken.owner_id != owner:
            yield _alarm(
                EvasionKind.OWNER_AFTER_FILL,
                taken.owner_id,
                owner,
                evidence=(
                    f"{event.quantity_lots} lots of {event.contract_id} {event.side.name} are "
                    f"entered for {owner} as {event.execution_id}, after {taken.quantity_lots} "
                    f"were taken back from {taken.owner_id} in {taken.execution_id}"
                ),
            )
