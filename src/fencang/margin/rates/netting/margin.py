"""From netted risk to money: exchange and broker side by side, used and frozen.

Generic over what an exchange's adapter is built from: ``build`` turns rows (lots, or risks) into a
``NettingSet``, and is called for the positions and for orders.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_half_away
from fencang.margin.rates.exact import EXACT
from fencang.margin.rates.instrument import HedgeFlag
from fencang.margin.rates.netting.engine import CrossNet, FamilyNet, NettingSet, net
from fencang.margin.rates.result import Margins, sum_of
from fencang.margin.span.frozen import Frozen

__all__ = ["HeldLots", "HeldRisk", "NettedMargin", "NettingTerms", "netted_margin"]

Row = TypeVar("Row")


class HeldLots(Frozen):
    """Lots of one instrument: a position, or the lots of a working order that would open one."""

    instrument_id: str
    long_lots: int = 0
    short_lots: int = 0
    hedge_flag: HedgeFlag = HedgeFlag.SPECULATION


class HeldRisk(Frozen):
    """Margin of one instrument by side, before any benefit, as ``rate_margin`` finds it.

    ``short_option_lots`` and ``royalty_micros`` (premium of short options) are for RCAMS.
    """

    instrument_id: str
    long_micros: int = 0
    short_micros: int = 0
    hedge_flag: HedgeFlag = HedgeFlag.SPECULATION
    short_option_lots: int = 0
    royalty_micros: int = 0


class NettingTerms(Frozen):
    """What the broker and its system add.

    ``investor_ratio_ppm``: broker's margin per exchange's (CTP InvestorPortfMarginRatio,
    AdjustRatio).  Rounding: half away from zero, once per family (*our reading*).
    ``orders_earn_credit`` *our reading, default the careful one*: working orders freeze what each
    would ask for alone; otherwise what they add to the positions, never less than nothing.
    """

    investor_ratio_ppm: int = PPM
    rounding_micros: int = 10_000
    orders_earn_credit: bool = False


class NettedMargin(NamedTuple):
    """Used and frozen margin, with every step of every family and every pair of families."""

    used: Margins
    frozen: Margins
    families: tuple[FamilyNet, ...]
    crosses: tuple[CrossNet, ...]


def netted_margin(
    build: Callable[[Sequence[Row]], NettingSet],
    positions: Sequence[Row],
    orders: Sequence[Row] = (),
    terms: NettingTerms | None = None,
) -> NettedMargin:
    """Return the margin of positions and what working orders freeze beside it.

    Raises:
        RateFault: as ``net`` and ``build``.
    """
    terms = terms or NettingTerms()
    families, crosses = net(build(positions))
    used = _margins(families, terms)
    if terms.orders_earn_credit:
        whole = _margins(net(build([*positions, *orders]))[0], terms)
        frozen = Margins(*(max(more - less, 0) for more, less in zip(whole, used, strict=True)))
    else:
        frozen = sum_of(_margins(net(build([order]))[0], terms) for order in orders)
    return NettedMargin(used, frozen, families, crosses)


def _margins(families: Sequence[FamilyNet], terms: NettingTerms) -> Margins:
    unit = EXACT * terms.rounding_micros

    def rounded(ratio_ppm: int) -> int:
        return sum(
            divide_half_away(family.margin_exact * ratio_ppm, unit * PPM) * terms.rounding_micros
            for family in families
        )

    return Margins(rounded(PPM), rounded(terms.investor_ratio_ppm))
