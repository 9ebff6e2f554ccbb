"""Rule G1: a gross account's combined commodity, every contract and side for itself."""

from fencang.margin.reference.book import Commodity
from fencang.margin.reference.calendars import meets
from fencang.margin.reference.deltas import sides_deltas
from fencang.margin.reference.scan import rounded
from fencang.margin.span.parameters import SpanParameters

__all__ = ["gross_delivery_charge", "gross_net_delta", "gross_scan_risk"]


def gross_scan_risk(commodity: Commodity) -> int:
    """G1: the worst scenario of each contract's long and of its short lots, added, in micros."""
    total = 0
    for contract, lots in commodity.positions:
        for side in (lots.long, -lots.short):
            total += max(0, *(side * value for value in contract.values))
    return total * commodity.terms.risk_unit_micros


def gross_delivery_charge(parameters: SpanParameters, commodity: Commodity) -> int:
    """G1: V1 at the remaining rate on both sides' deltas, in micros."""
    charge_e4 = 0
    for listed in commodity.terms.delivery_months:
        for month, delta in sides_deltas(parameters, commodity.positions):
            if month == listed.period and meets(listed, delta):
                charge_e4 += abs(delta) * listed.rate_remaining
    unit_micros = commodity.terms.risk_unit_micros
    return rounded(charge_e4 * unit_micros, 10_000, commodity.terms.rounding_micros)


def gross_net_delta(parameters: SpanParameters, commodity: Commodity) -> int:
    """G1: the sum of both sides' deltas, e4."""
    return sum(delta for _, delta in sides_deltas(parameters, commodity.positions))
