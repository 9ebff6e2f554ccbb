"""Exposure of every node that an order stands under: gross, net, beta-weighted, concentrated.

Only a number that the order raises can refuse it, so what reduces it always gets out.
"""

from collections.abc import Collection, Iterator

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling
from fencang.engine.accounts import Line
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.exposure_news import exposure_news, share_scope
from fencang.engine.decide.overrides import under_override
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.risk.exposures import SUM_NAMES, AddedLots, RowLink
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.exposures import (
    BETA,
    GROSS,
    NET,
    SHARE,
    Measure,
    exposure_evaluation,
    exposure_refusal,
)
from fencang.limits.order_controls import NodeRefusal
from fencang.margin.standing import Rates
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = [
    "exposure_check",
    "exposure_evaluations",
    "exposure_limit_refusal",
    "is_exposure_passed",
    "is_row_passed",
]

Found = tuple[Measure, int, int, str, bool]
"""Measure, limit, value after the order, side, and whether the order raises it."""


def exposure_check(ask: Ask) -> NodeRefusal | None:
    """Refuse lots that take an exposure beyond a row of a node; warn before."""
    exposed, state = ask.line.exposed, ask.state
    if exposed is None or not ask.added_lots:
        return None
    added = exposed.added(ask.side, ask.added_lots)
    for link in exposed.links:
        if link.has_room(added):
            continue
        found = _found(state.rates, link, added)
        refusal = _link_refusal(state.rates, link, found)
        if refusal is not None:
            return under_override(state.risk.overrides, link.at.row, refusal)
        if state.risk.warnings.table.rows and not _is_silent(state, link, added, found):
            ask.notices += exposure_news(state, link.at, link, added)
    return None


def exposure_limit_refusal(
    rates: Rates, line: Line, side: Side, added_lots: int, without: Collection[str] = ()
) -> NodeRefusal | None:
    """Refuse lots that take an exposure beyond a row of a node; some nodes may be left out."""
    exposed = line.exposed
    if exposed is None or not added_lots:
        return None
    added = exposed.added(side, added_lots)
    for link in exposed.links:
        if link.has_room(added) or link.at.row.node_id in without:
            continue
        refusal = _link_refusal(rates, link, _found(rates, link, added))
        if refusal is not None:
            return refusal
    return None


def _link_refusal(rates: Rates, link: RowLink, found: list[Found]) -> NodeRefusal | None:
    """Refuse what an order raises beyond a row, or what nobody can value."""
    unvalued = link.at.unvalued(rates)
    if unvalued:
        return _rate_refusal(link, unvalued)
    for measure, limit, value, way, raises in found:
        if raises and value > limit:
            row = link.at.row
            return exposure_refusal(measure, row.node_id, row.scope_id, limit, value, way)
    return None


def _is_silent(state: DeskState, link: RowLink, added: AddedLots, found: list[Found]) -> bool:
    """Return whether surely nothing is to be told of a row: it spares most orders the rest."""
    at, row = link.at, link.at.row
    # Over several currencies only the exact sums tell whether a level has ended.
    if at.ends_below is not None and (not at.is_plain or at.has_fallen(link.sums)):
        return False
    warnings, path = state.risk.warnings, state.path_above(row.node_id)
    for measure, limit, value, way, raises in found:
        is_share = measure is SHARE
        if is_share and not at.bounds_share:
            continue
        scope_id = share_scope(link) if is_share else row.scope_id
        shares = warnings.shares_of((measure.watched.number, row.node_id, scope_id, way), path)
        if shares.ended_below > 0 and is_share:
            return False
        before = value if is_share else value - _more_at_most(state.rates, link, added, measure)
        if (raises or not is_share) and not shares.is_silent(limit, value, before):
            return False
    return True


def _more_at_most(rates: Rates, link: RowLink, added: AddedLots, measure: Measure) -> int:
    """Return what an order adds to a sum in base micros, rounding included."""
    if measure is GROSS:
        parts = added.gross * link.value
    elif measure is NET:
        parts = (added.bought + added.sold) * link.value
    else:
        lots = added.gross if link.is_beta_unknown else added.bought + added.sold
        parts = divide_ceiling(lots * link.beta, PPM)
    return rates.value(link.contract.contract.product.currency, parts) + 2


def is_exposure_passed(rates: Rates, line: Line, envelope: Envelope) -> bool:
    """Return whether a row is passed that an envelope's unused lots, counted already, raise."""
    exposed, lots = line.exposed, envelope.reserved_lots
    if exposed is None or not lots:
        return False
    added = exposed.counted(envelope.side, lots)
    if envelope.cover is not None:
        added = added._replace(gross=lots)  # they count beside what the line holds
    for link in exposed.links:
        at, sums = link.at, link.sums
        gross = at.total(rates, "gross", sums, 0)
        for measure, limit, _, way, raises in _found(rates, link, added):
            if measure is SHARE and gross <= at.row.share_from_micros:
                continue
            match measure:
                case _ if measure is GROSS:
                    value = gross
                case _ if measure is NET:
                    value = at.total(rates, way, sums, 0)
                case _ if measure is BETA:
                    value = divide_ceiling(at.total(rates, f"beta_{way}", sums, 0), PPM)
                case _:
                    own = rates.value(link.share.currency, link.share.gross) if link.share else 0
                    value = divide_ceiling(own * PPM, gross) if gross > 0 else 0
            if raises and value > limit:
                return True
    return False


def is_row_passed(rates: Rates, line: Line) -> bool:
    """Return whether anything that a line counts in is beyond its row."""
    for link in line.exposed.links if line.exposed is not None else ():
        at, sums = link.at, link.sums
        gross = at.total(rates, "gross", sums, 0)
        for name, (measure, _, limit) in zip(SUM_NAMES, at.measured(), strict=True):
            scale = PPM if measure is BETA else 1
            if limit is not None and at.total(rates, name, sums, 0) > limit * scale:
                return True
        if at.bounds_share and gross > at.row.share_from_micros:
            most = max(rates.value(each.currency, each.gross) for each in at.shares.values())
            if most * PPM > gross * (at.row.share_ppm_max or 0):
                return True
    return False


def exposure_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield what every row above the order found, whether or not it passes."""
    exposed, rates = ask.line.exposed, ask.state.rates
    if exposed is None or not ask.added_lots:
        return
    added = exposed.added(ask.side, ask.added_lots)
    for link in exposed.links:
        row, unvalued = link.at.row, link.at.unvalued(rates)
        if unvalued:
            reason, node_id, limit, value, detail = _rate_refusal(link, unvalued)
            yield Evaluation(
                "exposure", reason, node_id, row.scope_id, limit, value, "", False, detail
            )
        for measure, limit, value, way, raises in _found(rates, link, added):
            passes = not raises or value <= limit
            node_id, scope_id = row.node_id, row.scope_id
            yield exposure_evaluation(measure, node_id, scope_id, limit, value, way, passes=passes)


def _rate_refusal(link: RowLink, currency: str) -> NodeRefusal:
    row = link.at.row
    detail = f"an exchange rate is missing for {currency}, in which {row.node_id} has exposure"
    return Reason.UNKNOWN_CURRENCY_RATE, row.node_id, 0, 0, detail


def _found(rates: Rates, link: RowLink, added: AddedLots) -> list[Found]:
    """Return what a row bounds, as it would be with the order."""
    at, row, sums = link.at, link.at.row, link.sums
    found: list[Found] = []
    gross = added.gross * link.value
    if row.gross_micros_max is not None:
        value = at.total(rates, "gross", sums, gross)
        found.append((GROSS, row.gross_micros_max, value, "", gross > 0))
    if row.net_micros_max is not None:
        is_long = (added.bought > 0) != link.is_turned
        lots = (added.bought + added.sold) * link.value
        value = at.total(rates, "long" if is_long else "short", sums, lots)
        found.append((NET, row.net_micros_max, value, "long" if is_long else "short", lots > 0))
    if row.beta_micros_max is not None:
        found += _beta_found(rates, link, added, row.beta_micros_max)
    if row.share_ppm_max is not None and link.share is not None:
        total = at.total(rates, "gross", sums, gross)
        own = rates.value(link.share.currency, link.share.gross + gross)
        raises = gross > 0 and total > row.share_from_micros
        share = divide_ceiling(own * PPM, total) if total > 0 else 0
        found.append((SHARE, row.share_ppm_max, share, "", raises))
    return found


def _beta_found(
    rates: Rates, link: RowLink, added: AddedLots, limit_micros: int
) -> Iterator[Found]:
    """Yield the beta-weighted sums that an order raises: both where its beta is not known."""
    ways: tuple[str, ...]
    if link.is_beta_unknown:
        lots, ways = added.gross, ("long", "short")
    else:
        is_long = (added.bought > 0) != link.is_beta_turned
        lots, ways = added.bought + added.sold, ("long" if is_long else "short",)
    for way in ways:
        more = lots * link.beta
        value = divide_ceiling(link.at.total(rates, f"beta_{way}", link.sums, more), PPM)
        yield BETA, limit_micros, value, way, more > 0
