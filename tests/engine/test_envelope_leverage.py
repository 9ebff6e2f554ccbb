"""Envelopes under less leverage: lots give way as far as they hold anything, and no further."""

from tests.engine.desk import BUY, SELL
from tests.engine.envelope_acts import endings, opened, state_of
from tests.engine.firm import define, sub_account


def test_what_several_envelopes_hold_of_one_side_is_set_free_once(desk):
    """5 lots held, 13 wait to be sold: 8 are margined, 160,000 dollars, of which 80,000 may be.

    The newer envelope's first three lots bring that to the 5 that are held; whatever else waits
    holds nothing, and stays.
    """
    desk.trade("ALPHA", BUY, 5, "20")
    older = opened(desk, "ALPHA", SELL, 9)
    newer = opened(desk, "ALPHA", SELL, 4)
    equity = desk.equity("ALPHA")
    events = desk.done(define(sub_account("ALPHA", leverage_max_ppm=80_000 * 10**12 // equity)))
    assert endings(events) == [(newer, 1, "limit")]
    assert state_of(desk, older) == (9, 0, 0, 9)
    assert state_of(desk, newer) == (1, 0, 0, 1)
