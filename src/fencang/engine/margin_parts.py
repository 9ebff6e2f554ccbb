"""What a requirement is made of: netting sets, single contracts, premiums, what a broker adds.

Law: the parts of a book or pool sum to its requirement, in each currency, to the micro.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from fencang.engine.accounts import MarginEntry, PoolState, SubState
from fencang.engine.state import DeskState

__all__ = ["MarginPart", "margin_parts"]


class MarginPart(NamedTuple):
    """One part in one currency: of ``requirement_micros`` positions alone ask ``held_micros``.

    Kinds: span and rate (a netting set: carrying account and clearing house), contract (at a rate
    of its own: carrying account and contract), premium (that orders may pay), concentration (an
    add-on of the broker), fixed (its fixed amounts), envelopes (risk reserved over several
    contracts).
    """

    kind: str
    currency: str
    requirement_micros: int
    held_micros: int
    carrying_account_id: str = ""
    clearing_house_id: str = ""
    contract_id: str = ""
    add_on_id: str = ""


def margin_parts(state: DeskState, holder: SubState | PoolState) -> list[MarginPart]:
    """Return the parts of a book's or pool's requirement; those that ask for nothing left out."""
    found = [
        *_of_entries(state, holder),
        *_of_sets("span", holder.span_nodes),
        *_of_sets("rate", holder.rate_nodes),
    ]
    for add_on_id, charge in sorted(holder.add_ons.items()):
        charged = charge.charged_micros
        if charged:
            currency = charge.term.currency
            part = MarginPart("concentration", currency, charged, 0, add_on_id=add_on_id)
            found.append(part)
    if isinstance(holder, PoolState):
        for currency, micros in sorted(holder.fixed_add_ons.items()):
            if micros:
                found.append(MarginPart("fixed", currency, micros, micros))
    rest = Counter(holder.standing.requirement)
    for part in found:
        rest[part.currency] -= part.requirement_micros
    for currency, micros in sorted(rest.items()):
        if micros:
            found.append(MarginPart("envelopes", currency, micros, 0))
    return found


def _entries(holder: SubState | PoolState) -> Mapping[tuple[str, str], MarginEntry]:
    if isinstance(holder, PoolState):
        return holder.entries
    return {key: line.entry for key, line in holder.lines.items()}


def _of_entries(state: DeskState, holder: SubState | PoolState) -> Iterator[MarginPart]:
    entries = _entries(holder)
    for key in sorted(entries):
        (carrying_id, contract_id), entry = key, entries[key]
        contract = state.contracts[contract_id]
        currency, exposure = contract.currency, entry.exposure
        if entry.netted is None:
            per_lot = contract.requirement_per_lot
            longs, shorts = exposure.long_lots, exposure.short_lots
            held = longs + shorts if exposure.is_gross else abs(longs - shorts)
            asked = exposure.margined_lots() * per_lot
            if asked:
                yield MarginPart(
                    "contract", currency, asked, held * per_lot, carrying_id, "", contract_id
                )
        if entry.premium_micros:
            yield MarginPart(
                "premium", currency, entry.premium_micros, 0, carrying_id, "", contract_id
            )


def _of_sets(kind: str, nodes: Mapping[tuple[str, str], object]) -> Iterator[MarginPart]:
    for key in sorted(nodes):
        node, (carrying_id, house_id) = nodes[key], key
        asked, held = node.contributed(), node.held()  # type: ignore[attr-defined]
        for currency in sorted({*asked, *held}):
            micros, own = asked.get(currency, 0), held.get(currency, 0)
            if micros or own:
                yield MarginPart(kind, currency, micros, own, carrying_id, house_id)
