"""Envelopes: lots of one side reserved ahead, which orders inside take without being asked again.

An envelope's lots that no order has taken are working lots of its lines, so that every limit, every
margin and every other order sees them.  An order inside moves its lots from the envelope to its own
reservation: nothing that anybody counts changes.  A fill uses them up; what an order gives back
returns to the envelope while it is open.

Over several contracts of a product position limits of each of them hold all the lots, those of the
product hold them once.  Margin and values hold what the lots need at most in any split over the
contracts (``envelope_cover``); where nobody can say what that is, every line holds all the lots.
"""

from typing import TYPE_CHECKING

from fencang.engine.accounts import Line, change_entry
from fencang.engine.risk.envelope_cover import LotCover, change_cover, lot_cover
from fencang.margin.exposure import Exposure
from fencang.messages.message import Offset, Side

if TYPE_CHECKING:
    from fencang.engine.orders import Order
    from fencang.engine.snapshot_envelopes import EnvelopeForm
    from fencang.engine.state import DeskState
    from fencang.messages.envelope_events import EnvelopeOpened

__all__ = [
    "NEVER_DUE_NS",
    "Envelope",
    "EnvelopeBook",
    "count_in_nodes",
    "envelope_on",
    "exchange",
    "reserve",
    "settle",
]

NEVER_DUE_NS = 1 << 63
"""Beyond any time that a command carries."""


class Envelope:
    """One envelope: what was granted, what orders took of it, and what lies reserved."""

    __slots__ = (
        "clip_lots",
        "cover",
        "entered_by",
        "envelope_id",
        "expires_ns",
        "filled_lots",
        "is_open",
        "lines",
        "margin_micros",
        "offset",
        "opened_lots",
        "quantity_lots",
        "reserved_lots",
        "scope_id",
        "side",
        "working_lots",
    )

    def __init__(
        self,
        envelope_id: int,
        lines: tuple[Line, ...],
        scope_id: str,
        side: Side,
        *,
        quantity_lots: int,
        clip_lots: int,
        margin_micros: int,
        expires_ns: int,
        entered_by: str,
    ) -> None:
        self.envelope_id = envelope_id
        self.lines = lines
        """Its contracts, all of one sub-account, one carrying account and one product."""
        self.scope_id = scope_id
        self.side = side
        self.offset = Offset.OPEN if lines[0].is_gross else Offset.NET
        self.opened_lots = self.quantity_lots = quantity_lots
        """What it began with, and what it has now: less where it shrank."""
        self.clip_lots = clip_lots
        self.margin_micros = margin_micros
        self.expires_ns = expires_ns
        self.entered_by = entered_by
        self.is_open = True
        self.filled_lots = 0
        self.working_lots = 0
        """What its orders have reserved."""
        self.reserved_lots = 0
        """What lies reserved: what no order has taken."""
        self.cover: LotCover | None = self.lot_cover()
        """What one of them holds beside its lines (a cache); None: its lines hold them all."""

    @property
    def sub_account_id(self) -> str:
        """Return whose it is."""
        return self.lines[0].sub.sub_account_id

    def lot_cover(self) -> LotCover | None:
        """Return what one unused lot holds now, None where its lines hold the lots."""
        return lot_cover(self.lines, self.side) if len(self.lines) > 1 else None

    @property
    def unused_lots(self) -> int:
        """Return the lots that no order has taken: what must lie reserved while it is open."""
        left = self.quantity_lots - self.working_lots - self.filled_lots
        return left if self.is_open and left > 0 else 0


def envelope_on(state: "DeskState", terms: "EnvelopeOpened | EnvelopeForm") -> Envelope:
    """Return a new envelope over the desk's lines, with nothing reserved yet."""
    sub = state.subs[terms.sub_account_id]
    return Envelope(
        terms.envelope_id,
        tuple(
            state.line(sub, terms.carrying_account_id, state.contracts[contract_id])
            for contract_id in terms.contract_ids
        ),
        terms.scope_id,
        terms.side,
        quantity_lots=terms.quantity_lots,
        clip_lots=terms.clip_lots,
        margin_micros=terms.margin_micros,
        expires_ns=terms.expires_ns,
        entered_by=terms.entered_by,
    )


class EnvelopeBook:
    """The open envelopes of a desk."""

    __slots__ = ("due_ns", "open")

    def __init__(self) -> None:
        self.open: dict[int, Envelope] = {}
        self.due_ns = NEVER_DUE_NS
        """When the next one expires (a cache)."""

    def refresh_due(self) -> None:
        """Find when the next one expires."""
        self.due_ns = min((each.expires_ns for each in self.open.values()), default=NEVER_DUE_NS)

    def refresh_covers(self) -> None:
        """Hold what lots ask for now: prices, parameters, definitions or the day changed."""
        for envelope in self.open.values():
            if len(envelope.lines) == 1:
                continue
            cover = envelope.lot_cover()
            if cover != envelope.cover:
                lots = envelope.reserved_lots
                _hold(envelope, -lots)
                envelope.cover = cover
                _hold(envelope, lots)

    def of_sub(self, sub_account_id: str) -> list[Envelope]:
        """Return the open envelopes of a sub-account."""
        return [each for each in self.open.values() if each.sub_account_id == sub_account_id]


def reserve(envelope: Envelope, lots: int) -> None:
    """Reserve (or, below zero, give back) lots on every line, and once where lines meet."""
    envelope.reserved_lots += lots
    lines, side = envelope.lines, envelope.side
    if len(lines) == 1:
        lines[0].enveloped[side] += lots
        lines[0].change_working(side, envelope.offset, lots)
        return
    _hold(envelope, lots)
    count_in_nodes(envelope, lots)


def _hold(envelope: Envelope, lots: int) -> None:
    """Change what lots over several contracts hold of margin, values and limits beside the tree."""
    lines, side = envelope.lines, envelope.side
    if envelope.cover is not None:
        change_cover(lines[0], envelope.cover, lots)
        return
    buys, sells = (lots, 0) if side is Side.BUY else (0, lots)
    for line in lines:
        line.enveloped[side] += lots
        for entry in (line.entry, line.pool_entry):
            change_entry(entry, line.contract, 0, 0, buys, sells)
        if line.exposed is not None:
            line.exposed.change_opening(side, lots)


def count_in_nodes(envelope: Envelope, lots: int) -> None:
    """Count lots at every limit node once, however many of the contracts meet there.

    In a group they count as the contract does that counts most there.
    """
    buys, sells = (lots, 0) if envelope.side is Side.BUY else (0, lots)
    found: dict[int, tuple[Exposure, int]] = {}
    for line in envelope.lines:
        of_nodes = ((exposure, 1) for exposure in line.limit_exposures)
        for exposure, parts in (*of_nodes, *line.group_exposures):
            most = max(parts, found.get(id(exposure), (exposure, 0))[1])
            found[id(exposure)] = exposure, most
    for exposure, parts in found.values():
        exposure.buy_lots += buys * parts
        exposure.sell_lots += sells * parts


def settle(envelope: Envelope) -> None:
    """Reserve exactly what no order has taken."""
    change = envelope.unused_lots - envelope.reserved_lots
    if change:
        reserve(envelope, change)


def exchange(envelope: Envelope, order: "Order", lots: int) -> None:
    """Let an order reserve (or, below zero, free) lots that come from its envelope or return there.

    On one line the two mostly cancel out, so that nothing is computed at any level.
    """
    line, side = order.line, envelope.side
    assert line is not None
    envelope.working_lots += lots
    if len(envelope.lines) > 1:
        line.change_working(side, envelope.offset, lots)
        settle(envelope)
        return
    change = envelope.unused_lots - envelope.reserved_lots
    if change:
        envelope.reserved_lots += change
        line.enveloped[side] += change
    if change + lots:
        line.change_working(side, envelope.offset, change + lots)
