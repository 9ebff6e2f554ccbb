"""Rules and their firings: what triggered, what was to be cut, what was cut, what came late.

A firing lasts from ``RuleFired`` to the next ``RuleArmed`` of its rule.  Instructed lots come from
the legs of its block orders, filled lots from their allocations.  Late lots are fills, while the
firing lasts, of the tagged accounts' own orders from before it: what cancelling came too late for.
"""

from dataclasses import dataclass, field

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    FillAllocated,
    OrderAccepted,
    RuleArmed,
    RuleFired,
)
from fencang.messages.record import Record
from fencang.projections.books import Books
from fencang.projections.projection import Projection

__all__ = ["FIRINGS_MAX", "BlockView", "Cut", "Firing", "Rules"]

FIRINGS_MAX = 2_000

Lots = dict[str, dict[str, int]]
"""Sub-account → contract → signed lots."""


@dataclass(slots=True)
class Cut:
    """Lots of one sub-account in one contract: told to go, gone, and traded late."""

    instructed_lots: int = 0
    filled_lots: int = 0
    late_lots: int = 0


@dataclass(slots=True)
class BlockView:
    """One block order of a firing; ``unfilled_lots`` is None while it works."""

    block_id: int
    carrying_account_id: str
    contract_id: str
    side: int
    quantity_lots: int
    unfilled_lots: int | None = None


@dataclass(slots=True)
class Firing:
    """One firing; times in nanoseconds UTC, ``rearmed_ns`` 0 while it lasts."""

    rule_id: str
    sequence: int
    fired_ns: int
    reference_nanos: int
    value_nanos: int
    hold_until_ns: int
    accounts: tuple[str, ...]
    before: Lots
    after: Lots = field(default_factory=dict)
    rearmed_ns: int = 0
    blocks: dict[int, BlockView] = field(default_factory=dict)
    cuts: dict[tuple[str, str], Cut] = field(default_factory=dict)

    def cut_of(self, sub_account_id: str) -> Cut:
        """Return one account's lots summed over contracts."""
        cuts = [cut for (account, _), cut in self.cuts.items() if account == sub_account_id]
        return Cut(
            sum(cut.instructed_lots for cut in cuts),
            sum(cut.filled_lots for cut in cuts),
            sum(cut.late_lots for cut in cuts),
        )


class Rules(Projection):
    """All firings, first to last; reads positions from ``books``, which is applied after it."""

    __slots__ = ("_firings", "_of_block", "_open", "_references", "_slices", "books", "firings_max")

    def __init__(self, books: Books, firings_max: int = FIRINGS_MAX) -> None:
        self.books = books
        self.firings_max = firings_max
        self._firings: list[Firing] = []
        self._open: dict[str, Firing] = {}
        self._references: dict[str, int] = {}
        self._of_block: dict[int, Firing] = {}
        self._slices: dict[int, int] = {}

    def apply(self, record: Record) -> None:
        """Fold in arming, firing, block orders and their fills."""
        for event in record.events:
            match event:
                case FillAllocated():
                    self._fill(event)
                case OrderAccepted(block_id=block_id) if block_id in self._of_block:
                    self._slices[event.order_id] = block_id
                case RuleFired():
                    self._fire(event, record)
                case RuleArmed():
                    self._arm(event, record.time_ns)
                case BlockOrderCreated():
                    self._create(event)
                case BlockOrderDone(block_id=block_id) if block_id in self._of_block:
                    block = self._of_block[block_id].blocks[block_id]
                    block.unfilled_lots = event.unfilled_lots
                case _:
                    pass

    def content(self) -> object:
        """Return firings, references, and which slice belongs to which block."""
        return [self._firings, self._references, sorted(self._open), self._slices, self.firings_max]

    def firings(self, rule_id: str | None = None) -> list[Firing]:
        """Return firings in time, of one rule or of all."""
        return [firing for firing in self._firings if rule_id in {None, firing.rule_id}]

    def open_firing(self, rule_id: str) -> Firing | None:
        """Return the firing that still blocks opening; None when the rule is armed."""
        return self._open.get(rule_id)

    def reference_nanos(self, rule_id: str) -> int | None:
        """Return the level the rule holds; None before it first armed."""
        return self._references.get(rule_id)

    def positions_after(self, firing: Firing) -> Lots:
        """Return the accounts' lots when the rule re-armed; the present ones until then."""
        return firing.after if firing.rearmed_ns else self._lots(firing.accounts)

    def _fire(self, event: RuleFired, record: Record) -> None:
        reference = self.books.reference
        rule = reference.rules.get(event.rule_id)
        accounts = tuple(reference.tagged(rule.tag)) if rule else ()
        firing = Firing(
            rule_id=event.rule_id,
            sequence=record.sequence,
            fired_ns=record.time_ns,
            reference_nanos=event.reference_nanos,
            value_nanos=event.value_nanos,
            hold_until_ns=event.hold_until_ns,
            accounts=accounts,
            before=self._lots(accounts),
        )
        self._firings.append(firing)
        self._open[event.rule_id] = firing
        if len(self._firings) > self.firings_max:
            self._forget(self._firings.pop(0))

    def _arm(self, event: RuleArmed, time_ns: int) -> None:
        self._references[event.rule_id] = event.reference_nanos
        firing = self._open.pop(event.rule_id, None)
        if firing is not None:
            firing.rearmed_ns = time_ns
            firing.after = self._lots(firing.accounts)

    def _create(self, event: BlockOrderCreated) -> None:
        # Late fills may call for another block when the rule has already re-armed.
        ours = (one for one in reversed(self._firings) if one.rule_id == event.rule_id)
        firing = next(ours, None)
        if firing is None:
            return
        self._of_block[event.block_id] = firing
        firing.blocks[event.block_id] = BlockView(
            block_id=event.block_id,
            carrying_account_id=event.carrying_account_id,
            contract_id=event.contract_id,
            side=event.side.value,
            quantity_lots=sum(leg.quantity_lots for leg in event.legs),
        )
        for leg in event.legs:
            cut = firing.cuts.setdefault((leg.sub_account_id, event.contract_id), Cut())
            cut.instructed_lots += leg.quantity_lots

    def _fill(self, event: FillAllocated) -> None:
        key = (event.sub_account_id, event.contract_id)
        block_id = self._slices.get(event.order_id)
        if block_id is not None:
            cut = self._of_block[block_id].cuts.setdefault(key, Cut())
            cut.filled_lots += event.quantity_lots
            return
        for firing in self._open.values():
            older = event.order_id // ORDERS_PER_COMMAND_MAX < firing.sequence
            if older and event.sub_account_id in firing.accounts:
                firing.cuts.setdefault(key, Cut()).late_lots += event.quantity_lots

    def _lots(self, accounts: tuple[str, ...]) -> Lots:
        return {account: self.books.net_lots(account) for account in accounts}

    def _forget(self, firing: Firing) -> None:
        for block_id in firing.blocks:
            del self._of_block[block_id]
        self._slices = {
            order_id: block_id
            for order_id, block_id in self._slices.items()
            if block_id in self._of_block
        }
