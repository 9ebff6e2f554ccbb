"""One scenario for every reason of options, in the form of ``reason_rows``."""

from fencang.messages import commands as cmd
from fencang.messages.reasons import Reason
from tests.engine.option_firm import expire, instruct, report, use_options

__all__ = ["OPTION_ROWS"]


def given(command):
    return lambda _found: command


OPTION_ROWS = (
    (
        "future that is to expire as an option",
        None,
        given(expire("CLM0", "20")),
        Reason.NOT_AN_OPTION,
    ),
    ("lots nobody holds", use_options, given(instruct("ALPHA", 1)), Reason.EXERCISE_LOTS_TOO_FEW),
    (
        "European option before its end",
        use_options,
        given(report("exercised", 1, contract="LXC")),
        Reason.EXERCISE_STYLE,
    ),
    (
        "option that is to expire as a future",
        use_options,
        given(cmd.ExpireContract(contract_id="LOC", final_price_nanos=0, source="feed")),
        Reason.EXPIRES_AS_OPTION,
    ),
)
