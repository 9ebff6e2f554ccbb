"""The requirement of a portfolio by rates: lines, pairs, sides, frozen margin, totals.

Order: every line alone and rounded; pairs by priority; larger sides; working orders.  Laws: nothing
is negative; a benefit never makes dearer; the charged amounts sum to the whole; the order of
positions and orders does not matter.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from fencang.basics.rounding import divide_half_away
from fencang.margin.rates.checks import faults_of
from fencang.margin.rates.exact import rounded_micros
from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.holding import Exact, Holding, PairMargin, holdings_of, pairs_of
from fencang.margin.rates.instrument import (
    HedgeFlag,
    Instrument,
    PositionKey,
    SideScope,
)
from fencang.margin.rates.larger_side import SideSums, addition
from fencang.margin.rates.lot_margin import lot_margin, order_price
from fencang.margin.rates.parameters import RateParameters
from fencang.margin.rates.portfolio import RatePortfolio, Run, WorkingOrder
from fencang.margin.rates.result import (
    GroupLine,
    Margins,
    OrderLine,
    PairLine,
    PositionLine,
    RateResult,
    Total,
    sum_of,
)

__all__ = ["order_addition", "rate_margin"]


class _Group(NamedTuple):
    scope: SideScope
    group_id: str
    hedge_flag: HedgeFlag | None


def rate_margin(parameters: RateParameters, portfolio: RatePortfolio) -> RateResult:
    """Return used and frozen margin of a portfolio with everything that led to it.

    Raises:
        RateFault: an unknown instrument, a missing rate or price, a negative number; all are told.
    """
    faults = faults_of(parameters, portfolio)
    if faults:
        raise RateFault(faults)
    holdings = holdings_of(parameters, portfolio)
    pairs = pairs_of(parameters, portfolio, holdings)
    rests = _rests(parameters, holdings, pairs)
    pair_lines = _pair_lines(parameters, rests, pairs)
    lines = _position_lines(rests, pairs, pair_lines)
    orders = _single_orders(parameters, portfolio)

    def group_of(key: PositionKey) -> _Group:
        return _group(parameters, portfolio, key)

    groups = _groups(group_of, lines, orders)
    lines = [_charged_line(line, groups[group_of(line.key)]) for line in lines]
    orders = _charged_orders(orders, groups, group_of)
    return RateResult(
        used=sum_of(group.used for group in groups.values()),
        frozen=sum_of(group.frozen for group in groups.values()),
        positions=tuple(lines),
        orders=tuple(orders),
        pairs=tuple(pair_lines),
        groups=tuple(groups.values()),
        by_instrument=_totals(lines, orders, lambda key: key.instrument_id),
        by_product=_totals(lines, orders, lambda key: _instrument(parameters, key).product_id),
        by_product_group=_totals(lines, orders, lambda key: _instrument(parameters, key).group_id),
    )


def order_addition(
    parameters: RateParameters, portfolio: RatePortfolio, order: WorkingOrder
) -> Margins:
    """Return what one more working order adds to used and frozen margin.

    Raises:
        RateFault: as ``rate_margin``.
    """
    changed = replace(portfolio, orders=(*portfolio.orders, order))
    before, after = rate_margin(parameters, portfolio), rate_margin(parameters, changed)
    return _minus(sum_of((after.used, after.frozen)), sum_of((before.used, before.frozen)))


class _Rest(NamedTuple):
    """A position line alone, and what is left of it when pairs have taken their lots."""

    holding: Holding
    single: Margins
    rest: Margins
    paired_lots: int


def _rounded(parameters: RateParameters, amounts: Exact) -> Margins:
    rounding = parameters.conventions.rounding_micros
    return Margins(*(rounded_micros(amount, rounding) for amount in amounts))


def _minus(more: Margins, less: Margins) -> Margins:
    return Margins(*map(int.__sub__, more, less))


def _rests(
    parameters: RateParameters, holdings: Sequence[Holding], pairs: Sequence[PairMargin]
) -> list[_Rest]:
    taken: dict[PositionKey, Exact] = {}
    lots: dict[PositionKey, int] = {}
    for pair in pairs:
        row, count = pair.formed
        for leg, alone in ((row.first, pair.first_alone), (row.second, pair.second_alone)):
            taken[leg.key] = taken.get(leg.key, Exact()).plus(alone)
            lots[leg.key] = lots.get(leg.key, 0) + count * leg.lots
    rests = []
    for holding in holdings:
        alone = holding.alone
        rest = alone.plus(taken.get(holding.key, Exact()), -1)
        single, left = _rounded(parameters, alone), _rounded(parameters, rest)
        rests.append(_Rest(holding, single, left, lots.get(holding.key, 0)))
    return rests


def _pair_lines(
    parameters: RateParameters, rests: Sequence[_Rest], pairs: Sequence[PairMargin]
) -> list[PairLine]:
    margins = [_rounded(parameters, pair.margin) for pair in pairs]
    # A line that is divided rounds more often than a whole one; the cents this may cost come off
    # the pairs, the last formed first, so that no combination makes dearer.
    saved = _minus(sum_of(rest.single for rest in rests), sum_of(rest.rest for rest in rests))
    excess = [max(amount, 0) for amount in _minus(sum_of(margins), saved)]
    for place in reversed(range(len(margins))):
        cuts = [min(cut, amount) for cut, amount in zip(excess, margins[place], strict=True)]
        margins[place] = _minus(margins[place], Margins(*cuts))
        excess = [left - cut for left, cut in zip(excess, cuts, strict=True)]
    return [
        PairLine(
            combination=pair.formed.combination,
            pairs=pair.formed.pairs,
            margin=margin,
            legs_alone=_rounded(parameters, pair.first_alone.plus(pair.second_alone)),
        )
        for pair, margin in zip(pairs, margins, strict=True)
    ]


def _position_lines(
    rests: Sequence[_Rest], pairs: Sequence[PairMargin], pair_lines: Sequence[PairLine]
) -> list[PositionLine]:
    shares: dict[PositionKey, list[Margins]] = {}
    for pair, line in zip(pairs, pair_lines, strict=True):
        row = pair.formed.combination
        both = pair.first_alone.plus(pair.second_alone)
        # The legs share the pair's margin as they would ask for it alone.
        first = Margins(
            *(
                divide_half_away(margin * alone, whole) if whole else 0
                for margin, alone, whole in zip(line.margin, pair.first_alone, both, strict=True)
            )
        )
        shares.setdefault(row.first.key, []).append(first)
        shares.setdefault(row.second.key, []).append(_minus(line.margin, first))
    return [
        PositionLine(
            key=holding.key,
            lots=holding.lots,
            paired_lots=paired_lots,
            single=single,
            charged=sum_of((rest, *shares.get(holding.key, ()))),
            flags=holding.flags,
        )
        for holding, single, rest, paired_lots in rests
    ]


def _single_orders(parameters: RateParameters, portfolio: RatePortfolio) -> list[OrderLine]:
    lines = []
    for order in portfolio.orders:
        if not order.is_opening or not order.lots:
            continue
        price = order_price(parameters, portfolio, order)
        assert price is not None, order
        lot = lot_margin(parameters, portfolio, order.key, price)
        amounts = Exact().plus(Exact(lot.exchange_exact, lot.broker_exact), order.lots)
        single = _rounded(parameters, amounts)
        lines.append(OrderLine(order=order, single=single, charged=single, flags=lot.flags))

    def place(line: OrderLine) -> tuple[str, str, str, bool, int, int]:
        order = line.order
        limit = order.limit_price_nanos
        # Orders without a limit come last, whatever number stands in for it.
        return (
            order.instrument_id,
            order.hedge_flag,
            order.side,
            limit is None,
            limit or 0,
            order.lots,
        )

    return sorted(lines, key=place)


def _instrument(parameters: RateParameters, key: PositionKey) -> Instrument:
    return parameters.instruments[key.instrument_id]


def _group(parameters: RateParameters, portfolio: RatePortfolio, key: PositionKey) -> _Group:
    instrument = _instrument(parameters, key)
    scope = instrument.side_scope
    end = instrument.larger_side_end
    if end is not None and (
        portfolio.day > end or (portfolio.day == end and portfolio.run is Run.SETTLEMENT)
    ):
        scope = SideScope.BOTH_SIDES
    names = {
        SideScope.BOTH_SIDES: instrument.product_id,
        SideScope.CONTRACT: instrument.instrument_id,
        SideScope.PRODUCT: instrument.product_id,
        SideScope.PRODUCT_GROUP: instrument.group_id,
    }
    flag = key.hedge_flag if parameters.conventions.sides_apart_by_hedge_flag else None
    return _Group(scope, names[scope], flag)


def _groups(
    group_of: Callable[[PositionKey], _Group],
    lines: Sequence[PositionLine],
    orders: Sequence[OrderLine],
) -> dict[_Group, GroupLine]:
    nothing = (SideSums(), SideSums())
    used: dict[_Group, tuple[SideSums, ...]] = {}
    frozen: dict[_Group, tuple[SideSums, ...]] = {}
    for sums, rows in (
        (used, [(line.key, line.charged) for line in lines]),
        (frozen, [(line.order.key, line.charged) for line in orders]),
    ):
        for key, amounts in rows:
            group = group_of(key)
            before = sums.get(group, nothing)
            sums[group] = tuple(
                old.plus(key.side, amount) for old, amount in zip(before, amounts, strict=True)
            )
    names = sorted({**used, **frozen}, key=lambda name: (*name[:2], name.hedge_flag or ""))
    return {
        name: _group_line(name, used.get(name, nothing), frozen.get(name, nothing))
        for name in names
    }


def _group_line(name: _Group, used: Sequence[SideSums], frozen: Sequence[SideSums]) -> GroupLine:
    larger_only = name.scope is not SideScope.BOTH_SIDES
    charged = Margins(*(sums.charge(larger_only=larger_only) for sums in used))
    whole = Margins(
        *(
            positions.both(orders).charge(larger_only=larger_only)
            for positions, orders in zip(used, frozen, strict=True)
        )
    )
    larger = [sums.larger if larger_only else None for sums in used]
    return GroupLine(
        scope=name.scope,
        group_id=name.group_id,
        hedge_flag=name.hedge_flag,
        long=Margins(*(sums.long for sums in used)),
        short=Margins(*(sums.short for sums in used)),
        frozen_long=Margins(*(sums.long for sums in frozen)),
        frozen_short=Margins(*(sums.short for sums in frozen)),
        used=charged,
        frozen=_minus(whole, charged),
        larger_exchange=larger[0],
        larger_broker=larger[1],
    )


def _charged_line(line: PositionLine, group: GroupLine) -> PositionLine:
    charged = (
        0 if larger is line.key.side.opposite else amount
        for amount, larger in zip(
            line.charged, (group.larger_exchange, group.larger_broker), strict=True
        )
    )
    return replace(line, charged=Margins(*charged))


def _charged_orders(
    orders: Sequence[OrderLine],
    groups: Mapping[_Group, GroupLine],
    group_of: Callable[[PositionKey], _Group],
) -> list[OrderLine]:
    standing: dict[_Group, list[SideSums]] = {
        name: [SideSums(*sides) for sides in zip(line.long, line.short, strict=True)]
        for name, line in groups.items()
    }
    charged_lines = []
    for line in orders:
        name, side = group_of(line.order.key), line.order.side
        larger_only = name.scope is not SideScope.BOTH_SIDES
        before = standing[name]
        charged = Margins(
            *(
                addition(sums, SideSums(), side, amount, larger_only=larger_only)
                for sums, amount in zip(before, line.single, strict=True)
            )
        )
        standing[name] = [
            sums.plus(side, amount) for sums, amount in zip(before, line.single, strict=True)
        ]
        charged_lines.append(replace(line, charged=charged))
    return charged_lines


def _totals(
    lines: Sequence[PositionLine],
    orders: Sequence[OrderLine],
    name_of: Callable[[PositionKey], str],
) -> tuple[Total, ...]:
    used: dict[str, list[Margins]] = {}
    frozen: dict[str, list[Margins]] = {}
    for line in lines:
        used.setdefault(name_of(line.key), []).append(line.charged)
    for order in orders:
        frozen.setdefault(name_of(order.order.key), []).append(order.charged)
    return tuple(
        Total(name=name, used=sum_of(used.get(name, ())), frozen=sum_of(frozen.get(name, ())))
        for name in sorted({**used, **frozen})
    )
