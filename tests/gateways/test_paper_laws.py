"""Laws of the paper venue for any orders, wishes, bars and ticks, where said for any faults."""

from collections import defaultdict
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from fencang.gateways.paper import FaultKind, FaultPlan, PaperVenue
from fencang.messages.commands import ReportFill, ReportOrderReplaced
from fencang.messages.message import Side, TimeInForce
from tests.gateways.paper_script import CONTRACT, PaperScript

SIDES = st.sampled_from(list(Side))
PRICES = st.integers(-6, 6)
IDS = st.integers(1, 12)
TIMES = st.sampled_from([TimeInForce.DAY, TimeInForce.GTC, TimeInForce.IOC, TimeInForce.FOK])


@st.composite
def bars(draw):
    low, a, b, high = sorted(draw(st.lists(PRICES, min_size=4, max_size=4)))
    opening, close = draw(st.permutations([a, b]))
    return ("bar", opening, high, low, close, draw(st.none() | st.integers(0, 60)))


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("order"),
            SIDES,
            st.integers(1, 20),
            st.none() | PRICES,
            st.none() | PRICES,
            TIMES,
        ),
        st.tuples(st.just("cancel"), IDS),
        st.tuples(st.just("replace"), IDS, st.integers(1, 25), PRICES),
        st.tuples(st.just("ask"), IDS),
        bars(),
        st.tuples(st.just("tick"), PRICES, st.integers(0, 9)),
        st.tuples(st.just("close")),
        st.tuples(st.just("take")),
    ),
    max_size=40,
)
CONFIGS = st.fixed_dictionaries(
    {
        "participation_max_ppm": st.sampled_from([0, 100_000, 333_333, 1_000_000]),
        "queue_ahead_ppm": st.sampled_from([0, 500_000, 2_000_000]),
        "queue_ahead_lots": st.integers(0, 5),
        "slippage_ticks": st.integers(0, 3),
        "latency_ns": st.integers(0, 3),
    }
)
PLANS = st.builds(
    FaultPlan,
    rates_ppm=st.dictionaries(
        st.sampled_from(list(FaultKind)), st.sampled_from([200_000, 900_000])
    ),
    seed=st.integers(0, (1 << 63) - 1),
)


def play(script, step, order_id):
    match step:
        case ("order", side, lots, limit, stop, time_in_force):
            script.order(order_id, side, lots, limit=limit, stop=stop, time_in_force=time_in_force)
        case ("cancel", wanted):
            script.cancel(wanted)
        case ("replace", wanted, lots, limit):
            script.replace(wanted, lots, limit)
        case ("ask", wanted):
            script.ask(wanted)
        case ("bar", *prices):
            script.bar(*prices)
        case ("tick", price, size):
            script.tick(price, size)
        case ("close",):
            script.venue.close_session("NYMEX", date(2018, 2, 5))
        case ("take",):
            pass


def played(steps, settings_, *, reload_at=None):
    """Play the steps and return the reports taken after each."""
    script = PaperScript.start(**settings_)
    taken = []
    for place, step in enumerate(steps):
        if place == reload_at:
            script.venue = PaperVenue.load(script.venue.dump())
        play(script, step, place + 1)
        taken.append(script.venue.take_reports())
    return taken


def first_told(taken):
    """Return the fills of each step without those that a status answer tells again."""
    seen = set()
    for reports in taken:
        fills = [r for r in reports if isinstance(r, ReportFill) and r.execution_id not in seen]
        seen.update(fill.execution_id for fill in fills)
        yield fills


@given(STEPS, CONFIGS)
def test_fills_never_exceed_the_share_of_the_volume(steps, settings_):
    """A bar gives at most its own share; ticks of a session give at most theirs together."""
    taken = played(steps, settings_)
    share = settings_["participation_max_ppm"]
    ticked = ticked_fills = 0
    for step, fills in zip(steps, first_told(taken), strict=True):
        lots = sum(fill.quantity_lots for fill in fills)
        if step[0] == "bar" and step[5] is not None:
            assert lots * 1_000_000 <= step[5] * share
        if step[0] == "tick":
            ticked += step[2]
            ticked_fills += lots
            assert lots <= step[2]
            assert ticked_fills * 1_000_000 <= ticked * share


@given(STEPS, CONFIGS)
def test_fills_of_an_order_never_exceed_its_quantity(steps, settings_):
    quantity = {place: step[2] for place, step in enumerate(steps, 1) if step[0] == "order"}
    filled = defaultdict(int)
    taken = played(steps, settings_)
    for reports, fills in zip(taken, first_told(taken), strict=True):
        for fill in fills:
            filled[fill.order_id] += fill.quantity_lots
        for report in reports:
            if isinstance(report, ReportOrderReplaced):
                quantity[report.order_id] = max(quantity[report.order_id], report.quantity_lots)
    assert all(lots <= quantity[order_id] for order_id, lots in filled.items())


@given(
    st.lists(
        st.tuples(st.lists(st.tuples(SIDES, st.integers(1, 20), PRICES), max_size=4), bars()),
        max_size=8,
    ),
    CONFIGS,
)
def test_no_order_is_served_before_a_better_or_older_one(rounds, settings_):
    """Price-time priority: of two limit orders of a side, the one behind never overtakes."""
    script = PaperScript.start(**settings_ | {"latency_ns": 0})
    orders, left = [], {}
    for new, step in rounds:
        for side, lots, limit in new:
            orders.append((side, lots, limit))
            left[len(orders)] = lots
            script.order(len(orders), side, lots, limit=limit)
        script.bar(*step[1:])
        before = dict(left)
        for order_id, lots, _ in script.fills():
            left[order_id] -= lots
        for behind in (i for i in left if left[i] < before[i]):
            side, _, limit = orders[behind - 1]
            for ahead in range(1, len(orders) + 1):
                other_side, _, other = orders[ahead - 1]
                better = (other - limit) * side.sign
                if other_side is side and (better > 0 or (better == 0 and ahead < behind)):
                    assert left[ahead] == 0


@given(STEPS, CONFIGS)
def test_every_fill_lies_inside_its_bar_and_its_limit(steps, settings_):
    """Never worse than the limit; out of the range only by slippage on a bar of one price."""
    limits = {place: step[3] for place, step in enumerate(steps, 1) if step[0] == "order"}
    script = PaperScript.start(**settings_)
    for place, step in enumerate(steps, 1):
        if step[0] in {"replace", "ask"}:
            continue
        play(script, step, place)
        for order_id, _, price in script.fills():
            sign = script.terms_of[order_id].side.sign
            limit = limits[order_id]
            assert limit is None or sign * price <= sign * limit
            if step[0] == "bar":
                _, high, low = step[1:4]
                assert low <= price <= high or high == low


@given(STEPS, CONFIGS, PLANS, st.integers(0, 39))
@settings(max_examples=60)
def test_a_venue_dumped_and_loaded_goes_on_as_one_that_was_not(steps, settings_, plan, place):
    """Also: the same calls with the same seed give the same reports, faults included."""
    settings_ = settings_ | {"fault_plan": plan}
    assert played(steps, settings_) == played(steps, settings_, reload_at=place)


@given(STEPS, CONFIGS, PLANS)
@settings(max_examples=60)
def test_execution_ids_are_unique_per_fill(steps, settings_, plan):
    """One id, one fill: whoever tells it twice tells the same."""
    told = {}
    for reports in played(steps, settings_ | {"fault_plan": plan}):
        for report in reports:
            if isinstance(report, ReportFill):
                assert report.contract_id == CONTRACT
                assert told.setdefault(report.execution_id, report) == report
