"""A SPAN file made ready beside the one in force, in slices, so that no order waits for it.

A thousand sub-accounts are some ten thousand exposures; putting them all into new netting sets
takes longer than a desk may pause.  A staging takes them over one by one between commands; those
taken over follow every change from then on in both files.  Activation only exchanges what hangs
where.

Caches alone are prepared here: nothing is decided, nothing is stored, and a file that was not
staged is put in force all the same, in one piece.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fencang.engine.accounts import ContractState, MarginEntry, Netted, PoolState, SpanKey, SubState
from fencang.engine.netting.cross_margin import link_cross_margin, refresh_cross_margin
from fencang.engine.netting.links import cover_anew, leave_all, span_terms
from fencang.engine.netting.node import SpanNode
from fencang.engine.netting.sets import SpanSet
from fencang.margin.standing import Standing

if TYPE_CHECKING:
    from fencang.engine.state import DeskState

__all__ = ["Staging"]

_Place = tuple[MarginEntry, SubState | PoolState, str, ContractState]
"""An exposure, whose it is, its carrying account and contract."""


class Staging:
    """One loaded file of one clearing house on its way to being in force."""

    def __init__(self, state: "DeskState", clearing_house: str, sha256: str) -> None:
        known = state.span_sets[clearing_house]
        parameters = state.parameters.get(sha256)
        assert parameters is not None, sha256
        self.sha256 = sha256
        self.clearing_house = clearing_house
        self.span = SpanSet(clearing_house)
        self.span.loaded = dict(known.loaded)
        self.span.activate(sha256, parameters)
        self.span.use(
            contract.contract.margin_key for contract in state.contracts_of_house(clearing_house)
        )
        self._nodes: dict[tuple[int, SpanKey], SpanNode] = {}
        self._taken: list[tuple[_Place, SpanNode]] = []
        self._waiting: Iterator[_Place] = iter(list(_places(state, clearing_house)))
        self.is_complete = False

    def advance(self, state: "DeskState", exposures_max: int) -> bool:
        """Take over so many exposures more; return whether all are."""
        for _ in range(exposures_max):
            place = next(self._waiting, None)
            if place is None:
                self.is_complete = True
                return True
            self.take(state, place)
        return False

    def take(self, state: "DeskState", place: _Place) -> None:
        """Put an exposure into its netting set under the staged file, if that has its contract."""
        entry, holder, carrying_id, contract = place
        row = self.span.terms(contract.contract.margin_key)
        if row is None:
            return
        key = (carrying_id, self.clearing_house)
        node = self._nodes.get((id(holder), key))
        if node is None:
            terms = span_terms(state, carrying_id, self.clearing_house)
            node = self._nodes[id(holder), key] = SpanNode(self.span, Standing(), terms)
        exposure = entry.exposure
        node.change(
            row, exposure.long_lots, exposure.short_lots, exposure.buy_lots, exposure.sell_lots
        )
        entry.staged = Netted(node, row)
        self._taken.append((place, node))

    def put_in_force(self, state: "DeskState") -> None:
        """Exchange the netting sets of the file in force for the staged ones."""
        while not self.advance(state, 1_000):
            pass
        leave_all(state, self.clearing_house)
        state.span_sets[self.clearing_house].take_over(self.span)
        for contract in state.contracts_of_house(self.clearing_house):
            cover_anew(state, contract)
            for entry in contract.entries:
                if entry.rate_node is None:
                    entry.netted = None
        joined: set[int] = set()
        for (entry, holder, carrying_id, _), node in self._taken:
            assert entry.staged is not None
            entry.netted, entry.staged = entry.staged, None
            if id(node) not in joined:
                joined.add(id(node))
                holder.span_nodes[carrying_id, self.clearing_house] = node
                terms = span_terms(state, carrying_id, self.clearing_house)
                node.join(entry.standing, terms, state.span_sets[self.clearing_house])
                link_cross_margin(state, holder, carrying_id, node)
        refresh_cross_margin(state)

    def drop(self) -> None:
        """Let go of every exposure: definitions changed, and all begins anew."""
        for (entry, _, _, _), _ in self._taken:
            entry.staged = None


def _places(state: "DeskState", clearing_house: str) -> Iterator[_Place]:
    for contract in state.contracts_of_house(clearing_house):
        contract_id = contract.contract.contract_id
        for line in contract.sorted_lines():
            yield line.entry, line.sub, line.carrying_account_id, contract
        for owner_id in sorted(state.pools):
            pool = state.pools[owner_id]
            for carrying_id in sorted(state.carrying):
                entry = pool.entries.get((carrying_id, contract_id))
                if entry is not None:
                    yield entry, pool, carrying_id, contract
