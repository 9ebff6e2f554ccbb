"""Fills that were booked here after their clearing day, told as the broker counts them.

Our book has such a fill on the day it was entered, and nothing of a past day changes.  Most brokers
have it on its clearing day: their statement of that day lists it, and their next one opens with
what it paid.  Where the statement shows that, our day is restated by it before both are compared.
What it shows is decided by its executions, else by the lots of the contract, else by a balance.
A fill that the statement shows nowhere stays where it was booked, and is missing there.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from fencang.messages.message import Offset, Side
from fencang.projections.carrying_days import DayFill, DayPosition, Movement
from fencang.projections.late_fills import LateFill
from fencang.reports.reconciliation.basis import Basis, traded_value_micros
from fencang.reports.reconciliation.matching import match_fills
from fencang.reports.reconciliation.statement import BrokerCash

__all__ = ["with_late_fills"]

ONE_DAY = timedelta(days=1)


def with_late_fills(basis: Basis) -> Basis:
    """Return the basis with our day as the broker counts late fills; ``counted`` names them."""
    day = basis.ours.trading_day
    candidates = [
        late
        for late in basis.late
        if late.clearing_day <= day and (late.last_day is None or day <= late.last_day)
    ]
    counted = _counted(basis, candidates) if candidates else []
    return _restated(basis, counted)._replace(counted=tuple(counted))


# ------------------------------------------------------------------------- what the statement shows


def _counted(basis: Basis, candidates: Sequence[LateFill]) -> list[LateFill]:
    """Return the late fills that the broker counts on their clearing day."""
    day = basis.ours.trading_day
    found: list[LateFill] = []
    open_ = list(candidates)
    if basis.theirs.fills is not None:
        cleared = [late for late in open_ if late.clearing_day == day]
        found += _listed(basis, cleared)
        unlisted = _unlisted(basis)
        open_ = [
            late
            for late in open_
            if late.clearing_day != day
            and (late.booked_day != day or late.fill.execution_id in unlisted)
        ]
    by_lots, open_ = _by_lots(_restated(basis, found), open_)
    found += by_lots
    found += _by_balance(_restated(basis, found), open_)
    return [late for late in candidates if late in found]


def _listed(basis: Basis, cleared: Sequence[LateFill]) -> list[LateFill]:
    """Return the late fills of the day that the statement has among its executions."""
    lines = [line for line in basis.theirs.fills or [] if line.contract_id]
    fills, tolerance = [late.fill for late in cleared], basis.tolerances.price_nanos
    together = match_fills([*basis.ours.fills, *fills], lines, tolerance)
    is_whole = all(
        sum(fill.quantity_lots for fill in pair.ours)
        == sum(line.quantity_lots for line in pair.theirs)
        for pair in together.pairs
    )
    if is_whole and not together.missing_here and not together.missing_there:
        return list(cleared)
    left = match_fills(basis.ours.fills, lines, tolerance).missing_here
    told = {
        fill.execution_id
        for pair in match_fills(fills, left, tolerance).pairs
        for fill in pair.ours
    }
    return [late for late in cleared if late.fill.execution_id in told]


def _unlisted(basis: Basis) -> set[str]:
    """Return the executions of our day that the statement does not have."""
    lines = [line for line in basis.theirs.fills or [] if line.contract_id]
    matches = match_fills(basis.ours.fills, lines, basis.tolerances.price_nanos)
    return {fill.execution_id for fill in matches.missing_there}


def _by_lots(basis: Basis, open_: Sequence[LateFill]) -> tuple[list[LateFill], list[LateFill]]:
    """Return the late fills that the statement's lots show, and those that lots cannot tell."""
    if basis.theirs.positions is None:
        return [], list(open_)
    day, found, left = basis.ours.trading_day, [], []
    for contract in sorted({late.fill.contract_id for late in open_}):
        group = [late for late in open_ if late.fill.contract_id == contract]
        gap = _gap_lots(basis, contract)
        as_counted = sum(late.signed_lots for late in group if late.booked_day > day)
        booked = sum(late.signed_lots for late in group if late.booked_day == day)
        as_booked = 0 if basis.theirs.fills is None else -booked
        if as_counted == as_booked or gap not in {as_counted, as_booked}:
            left += group
        elif gap == as_counted:
            found += group
    return found, left


def _gap_lots(basis: Basis, contract_id: str) -> int:
    """Return the broker's signed lots less ours."""
    own = basis.ours.positions.get(contract_id, DayPosition())
    lines = basis.theirs.positions or []
    there = sum(
        line.long_lots - line.short_lots for line in lines if line.contract_id == contract_id
    )
    return there - (own.long_lots - own.short_lots)


def _by_balance(basis: Basis, open_: Sequence[LateFill]) -> list[LateFill]:
    """Return the late fills that an opening or closing balance shows, currency by currency."""
    found: list[LateFill] = []
    for line in basis.theirs.cash or []:
        group = [
            late
            for late in open_
            if basis.products[late.fill.contract_id].currency == line.currency
        ]
        if group and _is_in_balance(basis, line, group):
            found += group
    return found


def _is_in_balance(basis: Basis, line: BrokerCash, group: Sequence[LateFill]) -> bool:
    """Return whether a stated balance differs by what the fills paid until then, to the micro."""
    day, tolerance = basis.ours.trading_day, basis.tolerances.cash_micros
    for there, here, until in (
        (line.opening_micros, basis.ours.opening, day - ONE_DAY),
        (line.closing_micros, basis.ours.closing, day),
    ):
        ahead = sum(_ahead(basis, late, until) for late in group)
        if there is not None and abs(ahead) > tolerance:
            return abs(there - here.get(line.currency, 0) - ahead) <= tolerance
    return False


# --------------------------------------------------------------------------------- what it has paid


def _premium(basis: Basis, late: LateFill) -> int:
    product = basis.products[late.fill.contract_id]
    if not product.pays_premium:
        return 0
    return -traded_value_micros(product, late.fill.price_nanos, late.signed_lots)


def _variation(basis: Basis, late: LateFill, until: date, *, is_theirs: bool) -> int:
    """Return the variation on the fill up to a day: there from its clearing day, here later."""
    product = basis.products[late.fill.contract_id]
    if product.pays_premium:
        return 0
    price = None
    for each in late.settled:
        is_ours = each.day > late.booked_day or (
            each.day == late.booked_day and not late.is_after_settlement
        )
        is_paid = product.pays_variation(is_final=each.is_final)
        if each.day <= until and is_paid and (is_theirs or is_ours):
            price = each.price_nanos
    if price is None:
        return 0
    return traded_value_micros(product, price - late.fill.price_nanos, late.signed_lots)


def _paid(basis: Basis, late: LateFill, until: date, *, is_theirs: bool) -> dict[Movement, int]:
    """Return what a fill has moved up to the end of a day, there or here."""
    first = late.clearing_day if is_theirs else late.booked_day
    is_known = first <= until
    return {
        Movement.FEES: -late.fill.fee_micros if is_known else 0,
        Movement.PREMIUMS: _premium(basis, late) if is_known else 0,
        Movement.VARIATION: _variation(basis, late, until, is_theirs=is_theirs),
    }


def _ahead_by_kind(basis: Basis, late: LateFill, until: date) -> dict[Movement, int]:
    """Return what the broker has moved more than we, up to the end of a day."""
    there = _paid(basis, late, until, is_theirs=True)
    here = _paid(basis, late, until, is_theirs=False)
    return {kind: amount - here[kind] for kind, amount in there.items()}


def _ahead(basis: Basis, late: LateFill, until: date) -> int:
    return sum(_ahead_by_kind(basis, late, until).values())


# ---------------------------------------------------------------------------------------- restated


def _restated(basis: Basis, counted: Iterable[LateFill]) -> Basis:
    """Return our day with late fills on their clearing day: list, lots, movements, balances."""
    ours = basis.ours
    day = ours.trading_day
    fills, positions = list(ours.fills), dict(ours.positions)
    opening, movements, closing = dict(ours.opening), dict(ours.movements), dict(ours.closing)
    for late in counted:
        fill, contract = late.fill, late.fill.contract_id
        currency = basis.products[contract].currency
        if late.clearing_day == day:
            fills.append(fill)
        if late.booked_day == day:
            fills = [each for each in fills if each.execution_id != fill.execution_id]
        if day < late.booked_day:
            held = positions.get(contract, DayPosition())
            is_of_day = late.clearing_day == day
            positions[contract] = _traded(held, fill, is_net=basis.is_net, is_of_day=is_of_day)
        before = _ahead_by_kind(basis, late, day - ONE_DAY)
        after = _ahead_by_kind(basis, late, day)
        for kind, amount in after.items():
            key = currency, kind
            movements[key] = movements.get(key, 0) + amount - before[kind]
        opening[currency] = opening.get(currency, 0) + sum(before.values())
        closing[currency] = closing.get(currency, 0) + sum(after.values())
    restated = ours._replace(
        fills=fills,
        positions={key: held for key, held in sorted(positions.items()) if any(held)},
        opening=dict(sorted(opening.items())),
        movements=dict(sorted(movements.items())),
        closing=dict(sorted(closing.items())),
    )
    return basis._replace(ours=restated)


def _traded(held: DayPosition, fill: DayFill, *, is_net: bool, is_of_day: bool) -> DayPosition:
    """Return lots after a trade; a close takes the oldest first unless it names today's."""
    lots = fill.quantity_lots
    if is_net:
        net = held.long_lots - held.short_lots + fill.side.sign * lots
        return DayPosition(max(net, 0), max(-net, 0))
    opens = fill.offset is Offset.OPEN
    is_long = opens == (fill.side is Side.BUY)
    count, today = (
        (held.long_lots, held.long_today_lots)
        if is_long
        else (held.short_lots, held.short_today_lots)
    )
    if opens:
        count, today = count + lots, today + (lots if is_of_day else 0)
    else:
        names_today = is_of_day and fill.offset is Offset.CLOSE_TODAY
        taken = lots if names_today else max(0, lots - (count - today))
        count, today = max(0, count - lots), max(0, today - taken)
    if is_long:
        return held._replace(long_lots=count, long_today_lots=today)
    return held._replace(short_lots=count, short_today_lots=today)
