"""Warnings of exposure: what is to be told of a row as it stands, or as an order would leave it."""

from collections.abc import Iterator

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.engine.decide.limit_warnings import Use, news_of
from fencang.engine.risk.exposures import (
    NOTHING_ADDED,
    SUM_NAMES,
    AddedLots,
    ExposureRow,
    RowLink,
    ShareSum,
    share_scope_of,
)
from fencang.engine.state import DeskState
from fencang.limits.exposures import BETA, SHARE
from fencang.messages.events import AnyEvent

__all__ = ["exposure_news", "share_scope"]


def exposure_news(
    state: DeskState,
    at: ExposureRow,
    link: RowLink | None = None,
    added: AddedLots = NOTHING_ADDED,
) -> Iterator[AnyEvent]:
    """Yield what is to be told of every sum of a row, with what lots of a link would add."""
    rates, row = state.rates, at.row
    own = None if link is None else link.sums
    more = (0,) * len(SUM_NAMES) if link is None else link.counted(added)
    for (measure, side, limit), name, extra in zip(at.measured(), SUM_NAMES, more, strict=True):
        if limit is None:
            continue
        before = value = at.total(rates, name, own, 0)
        if extra:
            value = at.total(rates, name, own, extra)
        if measure is BETA:
            before, value = divide_ceiling(before, PPM), divide_ceiling(value, PPM)
        use = Use(row.node_id, row.scope_id, side, limit, before, value)
        yield from news_of(state, measure.watched, use)
    if not at.bounds_share:
        return
    if link is None:
        for product_id in sorted({*at.shares, *_told_products(state, at)}):
            share = at.shares.get(product_id) or ShareSum(at.base_currency)
            yield from _share_news(state, at, product_id, share, 0, None)
    elif link.share is not None:
        product_id = link.contract.contract.product.product_id
        yield from _share_news(state, at, product_id, link.share, more[0], link)


def _told_products(state: DeskState, at: ExposureRow) -> Iterator[str]:
    """Yield the products whose share of a row was told of, whether or not any still counts."""
    row, before = at.row, "" if at.row.scope_id == "*" else f"{at.row.scope_id}:"
    for number, node_id, scope_id, _ in state.risk.warnings.told:
        if number == SHARE.watched.number and node_id == row.node_id:
            product_id = scope_id.removeprefix(before)
            if product_id in state.products and scope_id == share_scope_of(row, product_id):
                yield product_id


def _share_news(
    state: DeskState,
    at: ExposureRow,
    product_id: str,
    share: ShareSum,
    more: int,
    link: RowLink | None,
) -> Iterator[AnyEvent]:
    """Yield what is to be told of one product's part; below ``share_from`` there is no limit."""
    rates, row = state.rates, at.row
    own = None if link is None else link.sums
    parts = []
    for extra in (0, more):
        total = at.total(rates, "gross", own, extra)
        part = rates.value(share.currency, share.gross + extra)
        is_asked = total > max(0, row.share_from_micros)
        parts.append(divide_ceiling(part * PPM, total) if is_asked else 0)
    before, value = parts
    scope_id = share_scope_of(row, product_id)
    use = Use(row.node_id, scope_id, "", row.share_ppm_max or 0, before, value)
    yield from news_of(state, SHARE.watched, use)


def share_scope(link: RowLink) -> str:
    """Return what a warning of concentration names: the product, within the row's scope."""
    return share_scope_of(link.at.row, link.contract.contract.product.product_id)
