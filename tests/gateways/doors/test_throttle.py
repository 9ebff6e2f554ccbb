"""Token buckets and growing delays: what they grant, that they forget, that they stay small."""

from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.gateways.doors.delays import DELAY_NS_MAX, FREE_FAILURES, GuessDelays
from fencang.gateways.doors.throttle import BucketRate, Throttle, address_name
from tests.gateways.doors.door_desk import NOON

RATE = BucketRate(burst=3, interval_ns=SECOND_NS)


def test_a_burst_passes_and_then_one_an_interval():
    throttle = Throttle(RATE)
    assert [throttle.take("a", NOON) for _ in range(4)] == [0, 0, 0, SECOND_NS]
    assert throttle.take("a", NOON + SECOND_NS - 1) == 1
    assert throttle.take("a", NOON + SECOND_NS) == 0
    assert throttle.take("b", NOON) == 0


@given(st.lists(st.integers(0, 3 * SECOND_NS), max_size=60))
def test_no_window_grants_more_than_its_share(steps):
    """Law: within any time at most burst + time / interval tokens are granted."""
    throttle, now, granted = Throttle(RATE), NOON, []
    for step in steps:
        now += step
        if throttle.take("a", now) == 0:
            granted.append(now)
    for first, begun in enumerate(granted):
        for later, ended in enumerate(granted[first:], 1):
            assert later <= RATE.burst + (ended - begun) // RATE.interval_ns


@given(st.lists(st.integers(-10 * DAY_NS, 10 * DAY_NS), min_size=1, max_size=20))
def test_no_clock_keeps_a_name_away_longer_than_an_empty_bucket_takes(times):
    throttle = Throttle(RATE)
    for time_ns in times:
        assert throttle.wait_ns("a", NOON + time_ns) <= RATE.interval_ns
        throttle.spend("a", NOON + time_ns)


def test_a_flood_of_names_stays_bounded_and_forgets_the_oldest():
    throttle = Throttle(RATE, names_max=1_000)
    for number in range(100_000):
        throttle.spend(f"name {number}", NOON)
        assert len(throttle) <= 1_000
    for _ in range(3):
        throttle.spend("kept", NOON)
    assert throttle.wait_ns("kept", NOON) > 0
    assert throttle.wait_ns("name 0", NOON) == 0


def test_full_buckets_are_dropped_as_others_spend():
    throttle = Throttle(RATE)
    for number in range(100):
        throttle.spend(f"early {number}", NOON)
    for number in range(100):
        throttle.spend(f"late {number}", NOON + 10 * SECOND_NS)
    assert len(throttle) == 100


def test_an_ipv6_customer_is_one_address_and_ipv4_in_its_clothes_is_ipv4():
    assert address_name("2001:db8::1") == address_name("2001:db8::ffff:2") == "2001:db8::/64"
    assert address_name("2001:db8:0:1::1") != address_name("2001:db8::1")
    assert address_name("::ffff:192.0.2.1") == address_name("192.0.2.1") == "192.0.2.1"
    assert address_name("unix:/run/desk") == "unix:/run/desk"


def test_delays_grow_to_a_bound_and_one_success_ends_them():
    delays, now, waits = GuessDelays(), NOON, []
    for _ in range(FREE_FAILURES + 12):
        delays.fail("a", now)
        waits.append(delays.wait_ns("a", now))
        now += waits[-1]
    assert waits[:5] == [0, 0, 0, SECOND_NS, 2 * SECOND_NS]
    assert waits == sorted(waits)
    assert waits[-1] == DELAY_NS_MAX
    assert delays.wait_ns("b", now) == 0
    delays.forgive("a")
    assert delays.wait_ns("a", now) == 0


def test_a_quiet_day_forgives_and_a_clock_set_back_does_not_lengthen():
    delays = GuessDelays()
    for _ in range(10):
        delays.fail("a", NOON)
    assert delays.wait_ns("a", NOON - 40 * DAY_NS) <= DELAY_NS_MAX
    delays.fail("a", NOON + DAY_NS)
    assert delays.wait_ns("a", NOON + DAY_NS) == 0


def test_guessers_stay_bounded():
    delays = GuessDelays(names_max=100)
    for number in range(10_000):
        delays.fail(f"user {number}", NOON)
    assert len(delays) == 100
