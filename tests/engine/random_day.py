"""What the careless office does with trading days: opens, closes, settles in slices, corrects."""

from datetime import date, timedelta

from fencang.engine.checklist import checklist, unmet
from fencang.messages import commands as cmd
from fencang.messages.day_commands import (
    Check,
    CloseTradingDay,
    CorrectSettlement,
    OpenTradingDay,
    SettleContracts,
    SettlementPrice,
)
from fencang.refdata.desk import DayPolicy, DeskSettings
from fencang.refdata.session import Phase, ProductSessions, Session
from tests.engine.firm import CL, SECOND, VENUES, changed, define
from tests.engine.random_life import now_called

PRODUCTS = {"NYMEX": ("CL", "ES"), "SHFE": ("CU",)}
CONTRACTS = {"NYMEX": ("CLM0", "CLN0", "ESM0"), "SHFE": ("CU06",)}


def day_command(office):
    """Return one command of operations, sensible or not."""
    venue_id = office.chance.choice(sorted(CONTRACTS))
    choices = (_open, _open, _open, _close, _close, _settle, _settle, _correct, _correct, _rules)
    return office.chance.choice(choices)(office, venue_id)


def begin_last_day(desk, venue):
    """Put a venue whose day is closed on its next trading day."""
    day = date.fromordinal(venue.today + 1)
    while not venue.venue.is_trading_day(day):
        day += timedelta(days=1)
    desk.done(
        OpenTradingDay(venue_id=venue.venue.venue_id, trading_day=day, entered_by="ops"),
    )


def _today(office, venue_id):
    return date.fromordinal(office.desk.state.venues[venue_id].today)


def _open(office, venue_id):
    if office.desk.state.venues[venue_id].is_open and office.chance.random() < 0.5:
        return cmd.CloseSession(venue_id=venue_id)
    office.day = max(office.day, _today(office, venue_id))
    office.day += timedelta(days=office.chance.randint(0, 1))
    return OpenTradingDay(
        venue_id=venue_id,
        trading_day=office.day,
        sessions=_sessions(office),
        product_sessions=_product_sessions(office, venue_id),
        reason=office.chance.choice(("", "in a hurry")),
        entered_by="ops",
        approved_by=office.chance.choice(("", "boss")),
    )


def _sessions(office):
    start, sessions = office.desk.now_ns - 10 * SECOND, []
    for _ in range(office.chance.randint(0, 4)):
        end = start + office.chance.randint(1, 60) * SECOND
        sessions.append(Session(office.chance.choice(list(Phase)), start, end))
        start = end + office.chance.choice((0, 0, 0, 0, 0, 20, 20, -1)) * SECOND
    return tuple(sessions)


def _product_sessions(office, venue_id):
    """Return hours of single products or of all of them, at times of another venue's, too."""
    groups = [
        ProductSessions((name,), _sessions(office))
        for name in PRODUCTS[venue_id]
        if office.chance.random() < 0.6
    ]
    if office.chance.random() < 0.1:
        groups.append(ProductSessions(PRODUCTS[office.chance.choice(sorted(PRODUCTS))]))
    return tuple(groups)


def _close(office, venue_id):
    left = tuple(row.check for row in unmet(checklist(office.desk.state, venue_id)))
    if office.chance.random() < 0.3:
        left = (office.chance.choice(list(Check)),)
    return CloseTradingDay(
        venue_id=venue_id,
        trading_day=_today(office, venue_id),
        accepted=left if office.chance.random() < 0.8 else (),
        reason="late already",
        entered_by="ops",
        approved_by="boss",
    )


def _settle(office, venue_id):
    names = now_called(office, office.chance.sample(CONTRACTS[venue_id], 1))
    prices = tuple(SettlementPrice(name, office._price(name)) for name in names)
    return SettleContracts(
        venue_id=venue_id,
        trading_day=_today(office, venue_id),
        source="feed",
        prices=prices,
        entered_by="ops",
        approved_by=office.chance.choice(("", "boss")),
    )


def _correct(office, venue_id):
    name = office.chance.choice(CONTRACTS[venue_id])
    kept = sorted(office.desk.state.contracts[name].settlements)
    day = date.fromordinal(office.chance.choice(kept)) if kept else office.day
    return CorrectSettlement(
        contract_id=name,
        trading_day=day,
        price_nanos=office._price(name),
        source="exchange notice",
        reason="corrected",
        entered_by="ops",
        approved_by="boss",
    )


def _rules(office, _venue_id):
    policy = office.chance.choice((DayPolicy.LENIENT, DayPolicy.LENIENT, DayPolicy.STRICT))
    days = office.chance.choice((1, 2, 5))
    early = office.chance.random() < 0.5
    return office.chance.choice(
        (
            define(DeskSettings(day_policy=policy, settlement_days_max=days)),
            define(changed(VENUES[0], pre_open_orders=early)),
            define(changed(CL, settlement_band_ppm=office.chance.choice((None, 20_000)))),
        )
    )
