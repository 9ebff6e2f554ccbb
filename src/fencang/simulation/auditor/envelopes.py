"""The auditor's law of envelopes: risk that was reserved ahead.

Laws: an envelope is what was asked for, and no more of them are open than may be; an order inside
is of its book, contract and side, no larger than its clip, before its end, and takes no more lots
than are left; what ends or shrinks gives back what no order has taken, for the cause that it tells.
After every record nothing that still lies reserved is out of time, stands under a stopped node, or
passes a position limit, a hard limit of a jurisdiction, leverage, or the margin of book or pool;
and whatever moved a price left no more reserved than the margin that was stated.
"""

from collections.abc import Iterator

from fencang.messages.day_events import TradingDayClosed
from fencang.messages.envelope_commands import CloseEnvelope, OpenEnvelope
from fencang.messages.envelope_events import (
    EnvelopeCause,
    EnvelopeClosed,
    EnvelopeOpened,
    EnvelopeShrunk,
)
from fencang.messages.events import (
    FillBooked,
    OrderAccepted,
    PricesMarked,
    RatesMarked,
    ReplaceRequested,
)
from fencang.messages.message import OrderTerms, OrderType, Side
from fencang.refdata.account import Route
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.regime import PPM
from fencang.simulation.auditor.limits import Limits
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.regimes import Regimes
from fencang.simulation.auditor.reserved import Reserved
from fencang.simulation.auditor.standing import Standing

__all__ = ["Envelopes"]

OF_SUB_MAX, OF_DESK_MAX = 16, 1_000
MEASURED = {
    EnvelopeCause.MARK,
    EnvelopeCause.PARAMETERS,
    EnvelopeCause.LIMIT,
    EnvelopeCause.MARGIN,
    EnvelopeCause.POSITION,
}
"""Causes that take back what does not fit."""


class Envelopes:
    """Every envelope, from its opening to its end."""

    def __init__(self, limits: Limits, standing: Standing, regimes: Regimes) -> None:
        self.limits, self.exposure, self.regimes = limits, limits.exposure, regimes
        self.standing, self.rules = standing, standing.rules
        self.reference, self.orders = limits.reference, limits.orders
        self.ahead = limits.orders.ahead
        self.handlers: Handlers = {
            EnvelopeOpened: self._open,
            EnvelopeShrunk: self._shrink,
            EnvelopeClosed: self._end,
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
            FillBooked: self._fill,
        }

    # ----------------------------------------------------------------------------------- opening

    def _open(self, page: Page, event: EnvelopeOpened) -> None:
        asked, number = page.record.command, event.envelope_id
        self.ahead.open[number] = reserved = Reserved(event)
        if not isinstance(asked, OpenEnvelope):
            page.report("envelope terms", f"envelope {number} was opened unasked")
            return
        expires_ns = page.record.time_ns + asked.lifetime_ns
        if _terms(event) != _terms(asked) or event.expires_ns != expires_ns:
            page.report("envelope terms", f"envelope {number} is not what was asked for")
        if event.contract_ids != self._contracts(asked):
            page.report("envelope terms", f"envelope {number} is over {event.contract_ids}")
        if not event.needed_micros <= event.margin_micros:
            page.report("envelope terms", f"envelope {number} needs more than was stated")
        held = self._held(reserved)
        if abs(held - event.needed_micros) > self._slack:
            detail = f"envelope {number} needs {held} micros, told {event.needed_micros}"
            page.report("envelope terms", detail)
        self._check_counts(page, event.sub_account_id)

    def _contracts(self, asked: OpenEnvelope) -> tuple[str, ...]:
        """Return the contracts of what was asked for: with a price and not ended, or named."""
        if asked.scope_id in self.reference.contracts:
            return (asked.scope_id,)
        return tuple(
            sorted(
                asked.contract_ids
                or (
                    name
                    for name, contract in self.reference.contracts.items()
                    if contract.product_id == asked.scope_id
                    and name in self.standing.marks
                    and name not in self.exposure.lots.expired
                    and name not in self.reference.successors
                )
            )
        )

    def _check_counts(self, page: Page, sub_account_id: str) -> None:
        known = [each.event.sub_account_id for each in self.ahead.open.values()]
        if len(known) > OF_DESK_MAX or known.count(sub_account_id) > OF_SUB_MAX:
            page.report("envelope terms", f"{sub_account_id} has too many open envelopes")

    # --------------------------------------------------------------------------------------- use

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        if not event.envelope_id:
            return
        name = f"order {event.order_id} inside envelope {event.envelope_id}"
        reserved = self.ahead.open.get(event.envelope_id)
        if reserved is None:
            page.report("envelope use", f"{name}, which is not open")
            return
        opened, terms = reserved.event, event.terms
        place = event.sub_account_id, terms.carrying_account_id, terms.side, terms.offset
        if event.is_reducing or event.block_id or terms.contract_id not in opened.contract_ids:
            page.report("envelope use", f"{name} has no place there")
        if place != (
            opened.sub_account_id,
            opened.carrying_account_id,
            opened.side,
            opened.offset,
        ):
            page.report("envelope use", f"{name} is of another book, account or side")
        self._check_size(page, reserved, name, terms.quantity_lots)

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        reserved = self.ahead.open.get(order.event.envelope_id) if order is not None else None
        if order is None or reserved is None or not order.has_grown:
            return
        closing, held = self.exposure.closing(order)
        if closing > held:  # what is added and only reduces is asked for nothing
            name = f"order {event.order_id}, enlarged inside {order.event.envelope_id},"
            self._check_size(page, reserved, name, event.quantity_lots)

    def _check_size(self, page: Page, reserved: Reserved, name: str, lots: int) -> None:
        if lots > reserved.event.clip_lots:
            page.report("envelope use", f"{name} has {lots} lots, its clip is less")
        left = self.ahead.left(reserved)
        if left < 0:
            page.report("envelope use", f"{name} takes {-left} lots more than are left")
        if page.record.time_ns >= reserved.event.expires_ns:
            page.report("envelope use", f"{name} comes after its end")

    def _fill(self, _page: Page, event: FillBooked) -> None:
        order = self.orders.orders.get(event.order_id) if event.order_id is not None else None
        reserved = self.ahead.open.get(order.event.envelope_id) if order is not None else None
        if reserved is not None:
            reserved.filled_lots += event.quantity_lots

    # --------------------------------------------------------------------------------------- end

    def _shrink(self, page: Page, event: EnvelopeShrunk) -> None:
        reserved = self.ahead.open.get(event.envelope_id)
        if reserved is None:
            page.report("envelope end", f"envelope {event.envelope_id} shrank, it is not open")
            return
        before, left = reserved.quantity_lots, self.ahead.left(reserved)
        freed = before - event.quantity_lots
        if freed != event.freed_lots or not 0 < freed < left or event.cause not in MEASURED:
            detail = f"{before} to {event.quantity_lots} lots, {left} are not taken"
            page.report("envelope end", f"envelope {event.envelope_id} shrank from {detail}")
        self._check_cause(page, reserved, event.cause)
        # One lot more than stays must not fit.
        reserved.quantity_lots = event.quantity_lots + 1
        self._check_need(page, reserved, event.cause)
        reserved.quantity_lots = event.quantity_lots

    def _end(self, page: Page, event: EnvelopeClosed) -> None:
        reserved = self.ahead.open.get(event.envelope_id)
        if reserved is None:
            page.report("envelope end", f"envelope {event.envelope_id} ended, it is not open")
            return
        told = event.filled_lots, event.working_lots, event.freed_lots
        working = self.ahead.working(event.envelope_id)
        known = reserved.filled_lots, working, max(0, self.ahead.left(reserved))
        if told != known:
            page.report("envelope end", f"envelope {event.envelope_id}: {told} told, it is {known}")
        self._check_cause(page, reserved, event.cause)
        self._check_need(page, reserved, event.cause)
        del self.ahead.open[event.envelope_id]

    def _check_cause(self, page: Page, reserved: Reserved, cause: EnvelopeCause) -> None:
        """Check what the records can tell of a cause; the others are the desk's own finding."""
        command, number = page.record.command, reserved.event.envelope_id
        is_so = True
        match cause:
            case EnvelopeCause.ASKED:
                is_so = isinstance(command, CloseEnvelope) and command.envelope_id == number
            case EnvelopeCause.EXPIRED:
                is_so = reserved.event.expires_ns <= page.record.time_ns
            case EnvelopeCause.DAY_END:
                is_so = page.has(TradingDayClosed)
            case EnvelopeCause.MARK:
                is_so = page.has(PricesMarked, RatesMarked)
            case EnvelopeCause.STATE | EnvelopeCause.RULE:
                is_so = any(self._stopped(reserved.event))
            case _:
                pass
        if not is_so:
            page.report("envelope end", f"envelope {number} did not end or shrink for {cause}")

    def _check_need(self, page: Page, reserved: Reserved, cause: EnvelopeCause) -> None:
        """Check that lots were taken back only where they did not fit, by what the auditor reads.

        Limits of exposure it does not read, nor lots that blocks still wait for in limits.
        """
        event, sub = reserved.event, self.reference.sub_accounts[reserved.event.sub_account_id]
        waits = any(lots for made, _, lots in self.rules.missing() if made.side is event.side)
        if cause not in MEASURED or waits or ExposureLimit in self.reference.rows:
            return
        product = self.reference.product(event.contract_ids[0])
        is_routed = (
            Route(venue_id=product.venue_id, carrying_account_id=event.carrying_account_id)
            in sub.routes
        )
        if product.product_id not in sub.mandate.products or not is_routed:
            return
        holds_much = self._held(reserved) > event.margin_micros - self._slack
        if not holds_much and not any(self._overruns(reserved, -self._slack)):
            page.report("envelope end", f"envelope {event.envelope_id} fits, and {cause} took it")

    # -------------------------------------------------------------------------------------- room

    def close(self, page: Page) -> None:
        """Check that whatever still lies reserved may lie there."""
        for number, reserved in self.ahead.open.items():
            if reserved.event.expires_ns <= page.record.time_ns:
                page.report("envelope end", f"envelope {number} is open beyond its time")
            if self.ahead.left(reserved) > 0:
                for detail in self._overruns(reserved, self._slack):
                    page.report("envelope room", f"envelope {number}: {detail}")
                held, stated = self._held(reserved), reserved.event.margin_micros
                if page.has(PricesMarked, RatesMarked) and held > stated + self._slack:
                    detail = f"envelope {number} holds {held} micros, {stated} were stated"
                    page.report("envelope room", detail)

    def _overruns(self, reserved: Reserved, slack: int) -> Iterator[str]:
        """Yield what the lots pass; ``slack`` micros of money may lack."""
        event = reserved.event
        yield from self._stopped(event)
        for contract_id in event.contract_ids:
            ended = self.exposure.lots.expired, self.reference.successors
            if any(contract_id in each for each in ended):
                yield f"{contract_id} has ended"
            order = self._as_order(event, contract_id)
            yield from self.exposure.beyond(order)
            yield from self.limits.beyond(order)
            yield from self._unlawful(reserved, contract_id)
        yield from self._lacking(reserved, slack)

    def _stopped(self, event: EnvelopeOpened) -> Iterator[str]:
        yield from self.exposure.stopped(self._as_order(event, event.contract_ids[0]))
        for rule_id in self.rules.blocking(event.sub_account_id):
            yield f"{rule_id} blocks opening"

    def _as_order(self, event: EnvelopeOpened, contract_id: str) -> OrderAccepted:
        """Return the lots as an order that opens them in one contract."""
        terms = OrderTerms(
            venue_id=self.reference.product(contract_id).venue_id,
            carrying_account_id=event.carrying_account_id,
            contract_id=contract_id,
            side=event.side,
            offset=event.offset,
            quantity_lots=event.quantity_lots,
            order_type=OrderType.MARKET,
        )
        return OrderAccepted(
            order_id=event.envelope_id,
            sub_account_id=event.sub_account_id,
            client_order_id="",
            terms=terms,
            is_reducing=False,
        )

    def _unlawful(self, reserved: Reserved, contract_id: str) -> Iterator[str]:
        """Yield every hard limit of a jurisdiction that the lots raise and pass.

        Where the rules are not known nothing may be opened, so nothing may wait for it either.
        """
        event, counting = reserved.event, self.regimes.counting
        unknown = self.regimes.unknown(contract_id)
        if unknown:
            yield unknown
        owner = self.reference.owner(event.sub_account_id)
        place = 0 if event.side is Side.BUY else 1
        for scope, limit, lots_max in counting.scopes(owner, contract_id, self.regimes.today):
            after = counting.worst(scope, blocks=False)[place]
            reserved.is_left_out = True
            before = counting.worst(scope, blocks=False)[place]
            reserved.is_left_out = False
            is_exempt = self.regimes.is_exempt(owner, scope, limit, after, place)
            if after > max(before, lots_max * PPM) and not is_exempt:
                yield f"{after} millionths of a lot pass {limit.limit_id} of {lots_max}"

    def _lacking(self, reserved: Reserved, slack: int) -> Iterator[str]:
        """Yield what the lots lack of money, where they hold any."""
        with_lots = self.standing.lacks(reserved.event.sub_account_id)
        reserved.is_left_out = True
        without = self.standing.lacks(reserved.event.sub_account_id)
        reserved.is_left_out = False
        for name, micros in with_lots.items():
            if micros > max(slack, without[name]):
                yield f"{name} lacks {micros} micros"

    @property
    def _slack(self) -> int:
        """Return how many micros the desk's roundings may make: one a currency."""
        return 1 + len(self.standing.rates)

    def _held(self, reserved: Reserved) -> int:
        """Return the margin of the book that the lots hold, in base micros."""
        book = reserved.event.sub_account_id
        with_lots = self.standing.required(book)
        reserved.is_left_out = True
        without = self.standing.required(book)
        reserved.is_left_out = False
        return with_lots - without


def _terms(of: EnvelopeOpened | OpenEnvelope) -> tuple[object, ...]:
    return (
        of.sub_account_id,
        of.scope_id,
        of.side,
        of.quantity_lots,
        of.clip_lots,
        of.margin_micros,
        of.entered_by,
    )
