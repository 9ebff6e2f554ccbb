"""Limits of exposure and margin buffers of the firm: rows at the root that let everything through.

A lot of CL at 20 is worth USD 20,000, one of ES at 3,000 USD 150,000.
"""

from fencang.messages.exposure_commands import BetaMark, ReportBetas
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.margin_buffer import MarginBuffer
from tests.engine.firm import DAY, money

MUCH = money("1000000000000")
WIDE_EXPOSURE = ExposureLimit(
    node_id="MASTER",
    gross_micros_max=MUCH,
    net_micros_max=MUCH,
    beta_micros_max=MUCH,
    share_ppm_max=1_000_000,
    beta_index="SPX",
    beta_age_ns_max=DAY,
    beta_unknown_ppm=1_500_000,
    floor_ticks=1,
)
NO_BUFFER = MarginBuffer(node_id="MASTER", buffer_ppm=0, buffer_micros=0)


def exposure(node="MASTER", scope="*", **fields):
    """Return a row; amounts in dollars: ``exposure("ALPHA", gross="50000")``."""
    amounts = {
        f"{name}_micros_max": money(fields.pop(name))
        for name in ("gross", "net", "beta")
        if name in fields
    }
    return ExposureLimit(node_id=node, scope_id=scope, **amounts, **fields)


def buffer(node, ppm=None, amount=None):
    micros = None if amount is None else money(amount)
    return MarginBuffer(node_id=node, buffer_ppm=ppm, buffer_micros=micros)


def betas(as_of_ns, index="SPX", source="desk", approved_by="", **values):
    """Return betas in parts per million: ``betas(now, CL=500_000)``."""
    marks = tuple(BetaMark(scope, beta) for scope, beta in values.items())
    return ReportBetas(
        index_id=index,
        as_of_ns=as_of_ns,
        source=source,
        betas=marks,
        entered_by="quant",
        approved_by=approved_by,
    )
