"""One scenario for every reason of envelopes, in the form of ``reason_rows``."""

from fencang.engine.decide.envelopes import ENVELOPES_OF_SUB_MAX
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, SELL
from tests.engine.envelope_acts import close_envelope, open_envelope, opened, order_inside
from tests.engine.firm import money
from tests.engine.option_firm import use_options

__all__ = ["ENVELOPE_ROWS"]


def given(command):
    return lambda _found: command


def clipped(desk):
    return opened(desk, "ALPHA", BUY, 10, clip_lots=4)


def full(desk):
    for _ in range(ENVELOPES_OF_SUB_MAX):
        opened(desk, "ALPHA", BUY, 1)


ENVELOPE_ROWS = (
    ("close of no envelope", None, given(close_envelope(77)), Reason.ENVELOPE_UNKNOWN),
    (
        "envelope of another",
        clipped,
        lambda envelope: order_inside(envelope, sub="BETA"),
        Reason.ENVELOPE_OF_ANOTHER_ACCOUNT,
    ),
    (
        "another contract inside",
        clipped,
        lambda envelope: order_inside(envelope, contract="CLN0"),
        Reason.ENVELOPE_CONTRACT,
    ),
    (
        "the other side inside",
        clipped,
        lambda envelope: order_inside(envelope, side=SELL),
        Reason.ENVELOPE_SIDE,
    ),
    (
        "beyond the clip",
        clipped,
        lambda envelope: order_inside(envelope, 5),
        Reason.ENVELOPE_CLIP,
    ),
    (
        "beyond the lots",
        lambda desk: opened(desk, "ALPHA", BUY, 10, clip_lots=11),
        lambda envelope: order_inside(envelope, 11),
        Reason.ENVELOPE_LOTS,
    ),
    ("envelope of nothing", None, given(open_envelope(scope="XX")), Reason.ENVELOPE_SCOPE),
    (
        "contract that narrows itself",
        None,
        given(open_envelope(contract_ids=("CLN0",))),
        Reason.ENVELOPE_SCOPE,
    ),
    (
        "contract of another product",
        None,
        given(open_envelope(scope="CL", contract_ids=("CLM0", "ESM0"))),
        Reason.ENVELOPE_SCOPE,
    ),
    (
        "premiums ahead",
        use_options,
        given(open_envelope(scope="LOC")),
        Reason.ENVELOPE_PREMIUM,
    ),
    (
        "less margin than needed",
        None,
        given(open_envelope(margin_micros=money("19999.999999"))),
        Reason.ENVELOPE_MARGIN,
    ),
    ("one too many", full, given(open_envelope(lots=1)), Reason.ENVELOPES_MAX),
)
