"""What margin would be with orders and positions that are not there, of a pool and all its books.

Lots are put where real ones would stand, margin and shares are read off, and the lots are taken
out again: so every rule counts as it does for what is real.  It is asked of a **copy** of the
desk only, never of the machine that decides: there a fault half-way would part state and journal.
"""

from collections.abc import Sequence
from typing import NamedTuple

from fencang.engine.accounts import Line, PoolState, SubState
from fencang.engine.attribution import attributed_micros
from fencang.engine.flows.publication import pool_id
from fencang.engine.state import DeskState
from fencang.messages.message import Offset, Side

__all__ = [
    "BookMargin",
    "Effect",
    "HeldLots",
    "Imagined",
    "ImaginedFaults",
    "WorkingLots",
    "margin_of_books",
    "margin_what_if",
]


class WorkingLots(NamedTuple):
    """An order that works; ``limit_price_nanos`` tells a premium that it may have to pay."""

    side: Side
    quantity_lots: int
    offset: Offset = Offset.NET
    limit_price_nanos: int | None = None


class HeldLots(NamedTuple):
    """Lots held beyond those that are; below zero they are taken away."""

    long_lots: int
    short_lots: int


class Imagined(NamedTuple):
    """Lots of one book in one contract; ``where`` names them to whoever asked.

    ``carrying_account_id`` "": by the route of the sub-account's orders.
    """

    where: str
    sub_account_id: str
    contract_id: str
    lots: WorkingLots | HeldLots
    carrying_account_id: str = ""


class ImaginedFaults(ValueError):
    """What is imagined cannot be; ``faults`` are (where, what), all of them; nothing was done."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{where}: {what}" for where, what in faults))
        self.faults = tuple(faults)


class BookMargin(NamedTuple):
    """Where a book stands, in base micros; ``attributed_micros`` is its share of the pool's."""

    requirement_micros: int
    attributed_micros: int
    available_micros: int


class Effect(NamedTuple):
    """One book's margin as it is and as it would be; level: sub_account, suspense or pool."""

    level: str
    book_id: str
    owner_id: str
    before: BookMargin
    after: BookMargin


class _Placed(NamedTuple):
    line: Line
    longs: int
    shorts: int
    buys: int
    sells: int
    premium_micros: int

    def put(self, sign: int) -> None:
        """Put the lots where real ones would stand, or (below zero) take them out again."""
        change = (self.longs * sign, self.shorts * sign, self.buys * sign, self.sells * sign)
        if any(change):
            self.line.change_lots(*change)
        if self.premium_micros:
            self.line.reserve_premium(self.premium_micros * sign)


def margin_what_if(state: DeskState, imagined: Sequence[Imagined]) -> list[Effect]:
    """Return every book of the pools concerned, before and after; the state is as it was.

    Raises:
        ImaginedFaults: unknown names, or more lots taken away than there are.
    """
    lines = _lines(state, imagined)
    pools = {line.sub.pool.owner_id: line.sub.pool for line in lines}
    owners = sorted(pools)
    before = {owner: margin_of_books(state, pools[owner]) for owner in owners}
    done: list[_Placed] = []
    try:
        for each, line in zip(imagined, lines, strict=True):
            placed = _placed(each, line)
            placed.put(1)
            done.append(placed)
        after = {owner: margin_of_books(state, pools[owner]) for owner in owners}
    finally:
        for placed in reversed(done):
            placed.put(-1)
    again = {owner: margin_of_books(state, pools[owner]) for owner in owners}
    assert again == before, "imagined lots left something behind"
    return [
        Effect(level, book_id, owner, found, after[owner][level, book_id])
        for owner in owners
        for (level, book_id), found in before[owner].items()
    ]


def margin_of_books(state: DeskState, pool: PoolState) -> dict[tuple[str, str], BookMargin]:
    """Return (level, book) → where it stands: the owner's books in order, the pool last."""
    rates = state.rates
    found: dict[tuple[str, str], BookMargin] = {}
    for book_id, share in sorted(attributed_micros(state, pool).items()):
        sub = state.subs.get(book_id)
        if sub is None:
            found["suspense", book_id] = BookMargin(0, share, 0)
            continue
        standing = sub.standing
        required = rates.total(standing.requirement)
        found["sub_account", book_id] = BookMargin(
            required, share, standing.available_micros(rates)
        )
    required = rates.total(pool.standing.requirement)
    found["pool", pool_id(pool.owner_id)] = BookMargin(
        required, required, pool.standing.available_micros(rates)
    )
    return found


def _lines(state: DeskState, imagined: Sequence[Imagined]) -> list[Line]:
    lines, faults = [], []
    for each in imagined:
        found = _line(state, each)
        if isinstance(found, str):
            faults.append((each.where, found))
        else:
            lines.append(found)
    if faults:
        raise ImaginedFaults(faults)
    return lines


def _line(state: DeskState, each: Imagined) -> Line | str:
    sub, contract = state.subs.get(each.sub_account_id), state.contracts.get(each.contract_id)
    if sub is None:
        return f"there is no sub-account {each.sub_account_id}"
    if contract is None:
        return f"there is no contract {each.contract_id}"
    if contract.is_expired:
        return f"{each.contract_id} has expired"
    carrying_id = each.carrying_account_id or state.route(sub, contract.product.venue_id)
    if carrying_id is None:
        return f"{each.sub_account_id} has no route to venue {contract.product.venue_id}"
    carrying = state.carrying.get(carrying_id)
    if carrying is None:
        return f"there is no carrying account {carrying_id}"
    if each.carrying_account_id and not _reaches(sub, carrying_id):
        return f"{each.sub_account_id} deals through no carrying account {carrying_id}"
    if contract.product.venue_id not in carrying.account.venues:
        return f"{each.contract_id} is not held at carrying account {carrying_id}"
    return state.line(sub, carrying_id, contract)


def _reaches(sub: SubState, carrying_id: str) -> bool:
    routes = {route.carrying_account_id for route in sub.definition.routes}
    return carrying_id in routes or any(carrying_id == key[0] for key in sub.lines)


def _placed(each: Imagined, line: Line) -> _Placed:
    lots = each.lots
    if isinstance(lots, WorkingLots):
        return _working(lots, line)
    exposure = line.exposure
    longs, shorts = exposure.long_lots + lots.long_lots, exposure.short_lots + lots.short_lots
    if not line.is_gross:
        net = longs - shorts
        longs, shorts = max(0, net), max(0, -net)
    if longs < 0 or shorts < 0:
        what = (
            f"takes away more than {exposure.long_lots} long and {exposure.short_lots} short lots "
            "that would be there"
        )
        raise ImaginedFaults([(each.where, what)])
    return _Placed(line, longs - exposure.long_lots, shorts - exposure.short_lots, 0, 0, 0)


def _working(lots: WorkingLots, line: Line) -> _Placed:
    if lots.offset.is_close and line.is_gross:
        return _Placed(line, 0, 0, 0, 0, 0)  # what closes asks for nothing
    is_buy, quantity = lots.side is Side.BUY, lots.quantity_lots
    premium, contract = 0, line.contract
    if is_buy and contract.pays_premium:
        price = lots.limit_price_nanos
        price = contract.mark_nanos if price is None else price
        premium = max(0, contract.value_micros(price or 0, quantity))
    buys, sells = (quantity, 0) if is_buy else (0, quantity)
    return _Placed(line, 0, 0, buys, sells, premium)
