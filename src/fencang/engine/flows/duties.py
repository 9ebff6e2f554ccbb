"""What is to be reported arises at settlements, from what is held and from nothing else."""

from datetime import date

from fencang.engine.regimes.links import (
    closing_lots,
    counted_in,
    delta_ppm_of,
    groups_of,
    month_of,
)
from fencang.engine.state import DeskState
from fencang.limits.regimes.counting import LOT_PARTS, Holding
from fencang.limits.regimes.duties import ReportDuty, report_duties
from fencang.margin.exposure import Exposure
from fencang.messages.events import AnyEvent, TradingDaySettled
from fencang.messages.message import Side
from fencang.messages.regime_events import ReportDutyArisen, ReportDutyEnded
from fencang.refdata.regime import ContractGroup, ReportThreshold

__all__ = ["follow_settled_duties", "holdings_of"]

GroupHoldings = dict[tuple[str, str, str], list[Holding]]
"""(regime, contract group, group of persons) → what is held."""


def follow_settled_duties(state: DeskState, event: TradingDaySettled) -> list[AnyEvent]:
    """Tell which duties to report arose with a venue's settlement, and which ended."""
    book = state.regimes
    if book.is_empty:
        return []
    found: dict[tuple[str, str, str, str], tuple[str, ReportDuty]] = {}
    asked: set[str] = set()
    held = holdings_of(state, event.venue_id)
    for regime in book.governing(event.venue_id):
        for group in book.each(ContractGroup):
            thresholds = book.thresholds(*group.key)
            if group.regime_id != regime.regime_id or not thresholds:
                continue
            asked |= {each.threshold_id for each in thresholds}
            for (regime_id, group_id, persons_id), holdings in sorted(held.items()):
                if (regime_id, group_id) == group.key:
                    for duty in report_duties(regime, thresholds, holdings, event.trading_day):
                        key = duty.threshold_id, persons_id, duty.month, duty.side
                        found[key] = regime_id, duty
    events: list[AnyEvent] = [
        _arisen(state, key, *found[key], event.trading_day)
        for key in sorted(found)
        if key not in book.duties
    ]
    for threshold_id, persons_id, month, side in sorted(book.duties):
        key = threshold_id, persons_id, month, side
        if threshold_id in asked and key not in found:
            events.append(
                ReportDutyEnded(
                    threshold_id=threshold_id,
                    persons_id=persons_id,
                    month=month,
                    side=side,
                    trading_day=event.trading_day,
                )
            )
    return events


def _arisen(
    state: DeskState,
    key: tuple[str, str, str, str],
    regime_id: str,
    duty: ReportDuty,
    trading_day: date,
) -> ReportDutyArisen:
    threshold = state.regimes.get(ReportThreshold, duty.threshold_id)
    assert threshold is not None, duty
    return ReportDutyArisen(
        threshold_id=duty.threshold_id,
        regime_id=regime_id,
        report_kind=duty.report_kind,
        persons_id=key[1],
        month=duty.month,
        side=duty.side,
        level_lots=duty.level_lots,
        held_lots=-(-duty.held_parts // LOT_PARTS),
        trading_day=trading_day,
        due_days=threshold.due_days,
    )


def holdings_of(state: DeskState, venue_id: str | None = None) -> GroupHoldings:
    """Return what every group of persons holds and has working, of one venue or of all.

    Contracts that one regime counts as one may trade at several venues: a group that has a contract
    at the venue is returned whole.
    """
    found: GroupHoldings = {}
    meant: set[tuple[str, str]] = set()
    for owner_id, pool in sorted(state.pools.items()):
        for (carrying_id, contract_id), entry in sorted(pool.entries.items()):
            contract, exposure = state.contracts[contract_id], entry.exposure
            for regime, group, member in counted_in(state, contract):
                if venue_id in (None, contract.product.venue_id):
                    meant.add((regime.regime_id, group.group_id))
                persons_id = groups_of(state, regime, group).group_of(owner_id)
                sides = _sides(exposure)
                holding = Holding(
                    person_id=owner_id,
                    contract_id=contract_id,
                    month=month_of(state, contract),
                    ratio_ppm=member.ratio_ppm,
                    settlement=member.settlement,
                    delta_ppm=delta_ppm_of(state, contract),
                    long_lots=sides[0],
                    short_lots=sides[1],
                    buying_lots=exposure.buy_lots
                    + closing_lots(contract, carrying_id, pool, Side.BUY),
                    selling_lots=exposure.sell_lots
                    + closing_lots(contract, carrying_id, pool, Side.SELL),
                    opening_buy_lots=exposure.worst_long_lots() - sides[0],
                    opening_sell_lots=exposure.worst_short_lots() - sides[1],
                )
                key = regime.regime_id, group.group_id, persons_id
                found.setdefault(key, []).append(holding)
    return {key: held for key, held in found.items() if key[:2] in meant}


def _sides(exposure: Exposure) -> tuple[int, int]:
    """Return long and short lots: in a net account one of both is none."""
    if exposure.is_gross:
        return exposure.long_lots, exposure.short_lots
    return max(0, exposure.net_lots), max(0, -exposure.net_lots)
