"""A short way to talk to the paper venue in tests: orders and bars in units a reader can add up.

Prices are whole units, the tick is 1.  Times are small integers; each call stands at its own.
"""

from dataclasses import dataclass, field

from fencang.basics.price import NANOS
from fencang.gateways.market_data import Bar, Tick
from fencang.gateways.paper import PaperConfig, PaperVenue
from fencang.messages.commands import AdvanceTime, AnyCommand, ReportFill
from fencang.messages.events import (
    AnyEvent,
    CancelRequested,
    OrderInDoubt,
    OrderRouted,
    ReplaceRequested,
)
from fencang.messages.message import Offset, OrderTerms, OrderType, Side, TimeInForce
from fencang.messages.record import DECISION_VERSION, Record

CONTRACT = "CL-202005"
OTHER_CONTRACT = "CL-202006"


def nanos(price):
    return None if price is None else price * NANOS


def config(**changes):
    defaults = {
        "tick_nanos": {CONTRACT: NANOS, OTHER_CONTRACT: NANOS},
        "participation_max_ppm": 1_000_000,
        "queue_ahead_ppm": 0,
    }
    return PaperConfig(**(defaults | changes))


def terms(
    side=Side.BUY,
    lots=10,
    *,
    limit=None,
    stop=None,
    time_in_force=TimeInForce.DAY,
    expire_day=None,
    contract_id=CONTRACT,
    venue_id="NYMEX",
    offset=Offset.NET,
):
    kinds = {
        (False, False): OrderType.MARKET,
        (True, False): OrderType.LIMIT,
        (False, True): OrderType.STOP,
        (True, True): OrderType.STOP_LIMIT,
    }
    return OrderTerms(
        venue_id=venue_id,
        carrying_account_id="CARRY",
        contract_id=contract_id,
        side=side,
        offset=offset,
        quantity_lots=lots,
        order_type=kinds[limit is not None, stop is not None],
        limit_price_nanos=nanos(limit),
        stop_price_nanos=nanos(stop),
        time_in_force=time_in_force,
        expire_day=expire_day,
    )


def bar(open_, high, low, close, volume=None, *, time_ns, contract_id=CONTRACT):
    return Bar(
        contract_id=contract_id,
        open_nanos=nanos(open_),
        high_nanos=nanos(high),
        low_nanos=nanos(low),
        close_nanos=nanos(close),
        volume_lots=volume,
        time_ns=time_ns,
    )


def tick(price, size, *, time_ns):
    return Tick(contract_id=CONTRACT, price_nanos=nanos(price), size_lots=size, time_ns=time_ns)


@dataclass
class PaperScript:
    """A venue with the desk's side of the talk written by hand."""

    venue: PaperVenue
    time_ns: int = 0
    sequence: int = 0
    terms_of: dict[int, OrderTerms] = field(default_factory=dict)

    @classmethod
    def start(cls, **changes):
        return cls(PaperVenue(config(**changes)))

    def send(self, *events: AnyEvent) -> None:
        self.time_ns += 1
        self.sequence += 1
        self.venue.handle(
            Record(self.sequence, self.time_ns, DECISION_VERSION, AdvanceTime(), events)
        )

    def order(self, order_id, *args, is_resend=False, **kwargs):
        self.terms_of[order_id] = terms(*args, **kwargs)
        self.send(
            OrderRouted(order_id=order_id, terms=self.terms_of[order_id], is_resend=is_resend)
        )

    def cancel(self, order_id):
        self.send(CancelRequested(order_id=order_id, terms=self.terms_of.get(order_id, terms())))

    def replace(self, order_id, lots, limit=None):
        self.send(
            ReplaceRequested(
                order_id=order_id,
                terms=self.terms_of.get(order_id, terms()),
                quantity_lots=lots,
                limit_price_nanos=nanos(limit),
            )
        )

    def ask(self, order_id):
        self.send(OrderInDoubt(order_id=order_id, terms=self.terms_of.get(order_id, terms())))

    def bar(self, *args, contract_id=CONTRACT):
        self.time_ns += 1
        self.venue.on_bar(bar(*args, time_ns=self.time_ns, contract_id=contract_id))

    def tick(self, price, size):
        self.time_ns += 1
        self.venue.on_tick(tick(price, size, time_ns=self.time_ns))

    def reports(self) -> list[str]:
        """Take the reports and tell each in a short line."""
        return [told(report) for report in self.venue.take_reports()]

    def fills(self) -> list[tuple[int | None, int, float]]:
        """Take the reports and return the fills as (order, lots, price)."""
        return [
            (report.order_id, report.quantity_lots, report.price_nanos / NANOS)
            for report in self.venue.take_reports()
            if isinstance(report, ReportFill)
        ]


def told(report: AnyCommand) -> str:
    name = type(report).__name__.removeprefix("Report").removeprefix("Order")
    words = [name, str(report.order_id)]
    if isinstance(report, ReportFill):
        words += [f"{report.quantity_lots}@{report.price_nanos / NANOS:g}"]
    if name == "Status":
        words += [f"known={report.known} {report.filled_lots}+{report.working_lots}"]
    if name == "Replaced":
        price = report.limit_price_nanos
        words += [f"{report.quantity_lots}@{price / NANOS:g}" if price else "-"]
    return " ".join(words)
