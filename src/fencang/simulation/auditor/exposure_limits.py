"""The auditor's exposure: value at risk at every node, gross, net, by beta, and of one product.

Laws, checked when an order is accepted or enlarged and does not reduce: no number that the order
raises is beyond a row of a node it stands under, in whatever currency; and what an order is refused
for is what the books come to, beyond a limit that is stated.
A lot counts its absolute value at the mark, its margin where that is more, and never less than the
ticks of the floor.  Options, parameter files and envelopes are not read here: where a desk has
them, refusals are not judged, nor shares of a whole that they make larger.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from fencang.basics.money import PPM, RATE_NANOS, saturated
from fencang.messages.envelope_events import EnvelopeOpened
from fencang.messages.events import (
    OrderAccepted,
    OrderRejected,
    ReplaceRequested,
    SpanParametersActivated,
)
from fencang.messages.exposure_events import BetasReported
from fencang.messages.reasons import Reason
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.self_match import SelfMatch, SelfMatchMode
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.orders import TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.rules import Rules
from fencang.simulation.auditor.standing import Standing
from fencang.simulation.auditor.worst_lots import (
    WorstLots,
    as_if_accepted,
    grown_by,
    is_under,
    worst_lots,
)

__all__ = ["ExposureLimits"]

MEASURES = {
    Reason.GROSS_EXPOSURE: "gross",
    Reason.NET_EXPOSURE: "net",
    Reason.BETA_EXPOSURE: "beta",
    Reason.CONCENTRATION: "share",
}
"""Why an order is refused, and what of a row says so."""


class _Beta(NamedTuple):
    beta_ppm: int
    as_of_ns: int


class _Found(NamedTuple):
    """One number of a row: what it may be, what it is with the order that may raise it."""

    measure: str
    limit: int
    value: int
    is_raised: bool


class _Sums:
    """What a row's contracts count, by currency: micros, of betas millionths of them."""

    def __init__(self) -> None:
        self.gross: defaultdict[str, int] = defaultdict(int)
        self.long: defaultdict[str, int] = defaultdict(int)
        self.short: defaultdict[str, int] = defaultdict(int)
        self.beta_long: defaultdict[str, int] = defaultdict(int)
        self.beta_short: defaultdict[str, int] = defaultdict(int)
        self.products: defaultdict[tuple[str, str], int] = defaultdict(int)
        """(product, currency) → its part of the gross value."""


class ExposureLimits:
    """Rows of exposure and the betas that they count by."""

    def __init__(self, exposure: Exposure, rules: Rules, standing: Standing) -> None:
        self.reference, self.lots = exposure.reference, exposure.lots
        self.orders, self.exposure = exposure.orders, exposure
        self.rules, self.standing = rules, standing
        self.betas: dict[tuple[str, str], _Beta] = {}
        """(index, contract or product) → what was reported last."""
        self.has_unread = False
        """Whether the desk has met what is not read here."""
        self.handlers: Handlers = {
            BetasReported: self._report,
            EnvelopeOpened: self._meet_unread,
            SpanParametersActivated: self._meet_unread,
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            OrderRejected: self._refuse,
        }

    def _report(self, _page: Page, event: BetasReported) -> None:
        for mark in event.betas:
            self.betas[event.index_id, mark.scope_id] = _Beta(mark.beta_ppm, event.as_of_ns)

    def _meet_unread(self, _page: Page, _event: EnvelopeOpened | SpanParametersActivated) -> None:
        self.has_unread = True

    # ------------------------------------------------------------------------------------- laws

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if not event.block_id and not event.is_reducing and not event.envelope_id:
            self._check(page, self.orders.orders[event.order_id])

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = grown_by(self.exposure, page, event)
        if order is not None and not order.event.envelope_id:
            self._check(page, order)

    def _check(self, page: Page, order: TrackedOrder) -> None:
        for row in self._rows(order):
            name = f"order {order.event.order_id}: {row.node_id} in {row.scope_id}"
            for found in self._found(row, order, page.record.time_ns):
                if found.measure == "share" and self.has_unread:
                    continue  # lots that lie reserved make the whole larger
                if found.is_raised and found.value > found.limit:
                    detail = f"{found.measure} {found.value}, {found.limit} may be"
                    page.report("exposure", f"{name} could come to {detail}")
            missing = self._unvalued(row, page.record.time_ns)
            if missing:
                page.report("exposure", f"{name} has {missing}, which nobody has valued")

    def _refuse(self, page: Page, event: OrderRejected) -> None:
        measure = MEASURES.get(event.reason)
        if measure is None or not self._reads_all():
            return
        order = as_if_accepted(self.reference, page, event)
        if order is None:
            return
        self.orders.live[0] = order
        told = measure, event.limit, event.value
        due = {
            (found.measure, saturated(found.limit), saturated(found.value))
            for row in self._rows(order)
            if row.node_id == event.node_id
            for found in self._found(row, order, page.record.time_ns)
            if found.is_raised and found.value > found.limit
        }
        del self.orders.live[0]
        if told not in due:
            page.report("exposure refusal", f"refused for {told}; due is {sorted(due)}")

    def _reads_all(self) -> bool:
        """Return whether nothing is there that this chapter leaves out."""
        matches = self.reference.rows.get(SelfMatch, {}).values()
        if any(row.mode is SelfMatchMode.DECREMENT for row in matches):
            return False  # lots that met own orders are gone before they are measured
        options = [item for item in self.reference.products.values() if item.option is not None]
        return not options and not self.has_unread

    # ------------------------------------------------------------------------------------ counts

    def _rows(self, order: TrackedOrder) -> Iterator[ExposureLimit]:
        """Yield every row that an order counts in, whichever node states it."""
        event = order.event
        path = self.reference.path(event.sub_account_id, event.terms)
        for node_id, scope_id in sorted(self.reference.rows.get(ExposureLimit, {})):
            row = self.reference.row(ExposureLimit, node_id, scope_id)
            if node_id in path and row is not None and self._covers(row, event.terms.contract_id):
                yield row

    def _covers(self, row: ExposureLimit, contract_id: str) -> bool:
        product_id = self.reference.contracts[contract_id].product_id
        if row.product_ids:
            return product_id in row.product_ids
        return row.scope_id in {"*", product_id, contract_id}

    def _found(self, row: ExposureLimit, order: TrackedOrder, now_ns: int) -> Iterator[_Found]:
        sums, less = self._sums(row, None, now_ns), self._sums(row, order, now_ns)
        gross = self._value(sums.gross)
        raises_gross = gross > self._value(less.gross)
        if row.gross_micros_max is not None:
            yield _Found("gross", row.gross_micros_max, gross, raises_gross)
        for measure, limit, ways, unit in (
            ("net", row.net_micros_max, ("long", "short"), 1),
            ("beta", row.beta_micros_max, ("beta_long", "beta_short"), PPM),
        ):
            if limit is None:
                continue
            for way in ways:
                value, before = self._value(getattr(sums, way)), self._value(getattr(less, way))
                yield _Found(measure, limit, -(-value // unit), value > before)
        if row.share_ppm_max is not None and gross > row.share_from_micros:
            product = self.reference.product(order.event.terms.contract_id)
            own = sums.products[product.product_id, product.currency]
            share = -(-self._value({product.currency: own}) * PPM // gross)
            yield _Found("share", row.share_ppm_max, share, raises_gross)

    def _sums(self, row: ExposureLimit, without: TrackedOrder | None, now_ns: int) -> _Sums:
        sums = _Sums()
        books = worst_lots(self.reference, self.lots, self.orders, self.rules, without=without)
        for place in books:
            contract = place.contract_id
            if not self._covers(row, contract) or not is_under(self.reference, place, row.node_id):
                continue
            product = self.reference.product(contract)
            currency, value = product.currency, self._lot(row, contract)
            sums.gross[currency] += value * place.gross
            sums.products[product.product_id, currency] += value * place.gross
            sums.long[currency] += value * place.bought
            sums.short[currency] += value * place.sold
            self._add_beta(sums, row, place, value, now_ns)
        return sums

    def _add_beta(
        self, sums: _Sums, row: ExposureLimit, place: WorstLots, value: int, now_ns: int
    ) -> None:
        product = self.reference.product(place.contract_id)
        beta_ppm = self._beta(row, place.contract_id, product.product_id, now_ns)
        if beta_ppm is None:
            # It offsets nothing: every lot counts on both sides.
            unknown = self._stated(row, "beta_unknown_ppm")
            long = short = place.gross * value * unknown
        elif beta_ppm < 0:
            long, short = (lots * value * -beta_ppm for lots in (place.sold, place.bought))
        else:
            long, short = (lots * value * beta_ppm for lots in (place.bought, place.sold))
        sums.beta_long[product.currency] += long
        sums.beta_short[product.currency] += short

    def _beta(
        self, row: ExposureLimit, contract_id: str, product_id: str, now_ns: int
    ) -> int | None:
        index = row.beta_index or self._root().beta_index or ""
        found = self.betas.get((index, contract_id)) or self.betas.get((index, product_id))
        if found is None or now_ns - found.as_of_ns > self._stated(row, "beta_age_ns_max"):
            return None
        return found.beta_ppm

    def _root(self) -> ExposureLimit:
        root = self.reference.row(ExposureLimit, self.reference.master_id)
        assert root is not None, "the master account's row states everything"
        return root

    def _stated(self, row: ExposureLimit, field: str) -> int:
        own = getattr(row, field)
        return int(getattr(self._root(), field) if own is None else own)

    def _lot(self, row: ExposureLimit, contract_id: str) -> int:
        """Return what one lot counts in a row, in micros of its currency."""
        product, mark = self.reference.product(contract_id), self.standing.marks.get(contract_id)
        floor_nanos = self._stated(row, "floor_ticks") * product.tick_nanos
        floor = self.reference.value(contract_id, floor_nanos, 1)
        if mark is None:
            return floor
        each = abs(self.reference.value(contract_id, mark, 1))
        share = -(-each * product.margin_ppm // PPM)
        return max(each, share, product.margin_floor_micros, floor)

    # ------------------------------------------------------------------------------------- money

    def _value(self, amounts: dict[str, int]) -> int:
        """Return amounts in the base currency, each to the nearest, halves away from zero."""
        total = 0
        for currency, amount in amounts.items():
            if currency == self.reference.base_currency:
                total += amount
                continue
            valued = abs(amount) * self.standing.rates.get(currency, 0)
            nearest = (2 * valued + RATE_NANOS) // (2 * RATE_NANOS)
            total += nearest if amount > 0 else -nearest
        return total

    def _unvalued(self, row: ExposureLimit, now_ns: int) -> str:
        """Return a currency that something counts in and has no rate; empty where there is none."""
        sums = self._sums(row, None, now_ns)
        known = {*self.standing.rates, self.reference.base_currency}
        counted = {each for each, amount in sums.gross.items() if amount}
        return next(iter(sorted(counted - known)), "")
