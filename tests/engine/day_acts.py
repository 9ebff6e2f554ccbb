"""What operations do with a trading day, in short form, and ways into a day that is not ready."""

from fencang.messages.commands import CloseSession, DefineDesk
from fencang.messages.day_commands import (
    CloseTradingDay,
    CorrectSettlement,
    OpenTradingDay,
    SettleContracts,
    SettlementPrice,
)
from fencang.refdata.desk import DayPolicy, DeskSettings
from fencang.refdata.session import Phase, Session
from tests.engine.desk import BUY, stray
from tests.engine.firm import CL, MONDAY, VENUES, changed, define, price

FAR_NS = 1 << 62
STRICT = DeskSettings(day_policy=DayPolicy.STRICT)


def session(phase, start_ns=0, end_ns=FAR_NS):
    return Session(phase, start_ns, end_ns)


def open_day(day=MONDAY, *sessions, venue="NYMEX", reason="", approved_by=""):
    return OpenTradingDay(
        venue_id=venue,
        trading_day=day,
        sessions=sessions,
        reason=reason,
        entered_by="ops",
        approved_by=approved_by,
    )


def close_day(day=MONDAY, *accepted, venue="NYMEX", reason="", approved_by=""):
    return CloseTradingDay(
        venue_id=venue,
        trading_day=day,
        accepted=accepted,
        reason=reason,
        entered_by="ops",
        approved_by=approved_by,
    )


def settle_some(day=MONDAY, venue="NYMEX", source="feed", approved_by="", **prices):
    """Return a slice of a settlement: ``settle_some(CLM0="20")``."""
    return SettleContracts(
        venue_id=venue,
        trading_day=day,
        source=source,
        prices=tuple(SettlementPrice(name, price(text)) for name, text in prices.items()),
        approved_by=approved_by,
    )


def correct(day, at, contract="CLM0", approved_by="boss", source="exchange notice"):
    return CorrectSettlement(
        contract_id=contract,
        trading_day=day,
        price_nanos=price(at),
        source=source,
        reason="the exchange corrected it",
        entered_by="ops",
        approved_by=approved_by,
    )


def strict(desk):
    desk.done(define(STRICT))


def banded(desk, ppm=50_000):
    """CL settles at most so far from its mark (and at least 20 ticks) on one person's word."""
    desk.done(define(changed(CL, settlement_band_ppm=ppm)))


def no_early_orders() -> DefineDesk:
    """New York takes no orders before it opens."""
    return define(changed(VENUES[0], pre_open_orders=False))


def in_phase(phase):
    """Return a way to put New York into a phase for the rest of time."""

    def setup(desk):
        if phase is Phase.PRE_OPEN:
            desk.done(no_early_orders())
        desk.done(open_day(MONDAY, session(phase)))

    return setup


def held(desk):
    """ALPHA holds 2 lots and the venue is shut: the day has no settlement price yet."""
    desk.trade("ALPHA", BUY, 2, "20")
    shut(desk)


def shut(desk, venue="NYMEX"):
    desk.done(CloseSession(venue_id=venue))


def closed(desk):
    """Monday is settled and closed in New York; a lot lies in suspense at the time."""
    execution_id = stray(desk, BUY, 1, "20")
    desk.settle(CLM0="20")
    shut(desk)
    desk.done(close_day())
    return execution_id


def settled(desk):
    """ALPHA holds 2 lots, settled at 20."""
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="20")
