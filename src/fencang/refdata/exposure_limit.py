"""Limits of exposure: how much value a node may have at risk, gross, net and against an index.

Values are absolute, in the base currency, of the worst case: what is held and what works.  A row
measures the contracts of its scope together; every row that stands over an order is asked.

Source: SEC Rule 15c3-5 (credit and capital thresholds); FIA, Best Practices for Automated Trading
Risk Controls, July 2024 (gross and net exposure, concentration).
"""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.definition import (
    LOTS_MAX,
    Definition,
    Identifier,
    NonNegativeMicros,
)

__all__ = [
    "BETA_PPM_MAX",
    "EXPOSURE_FIELDS",
    "ExposureLimit",
    "exposure_limit_faults",
]

BETA_PPM_MAX = 1_000_000_000
ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
AgeNs = Annotated[int, msgspec.Meta(ge=0, le=366 * DAY_NS)]
BetaUnknown = Annotated[int, msgspec.Meta(ge=1_000_000, le=BETA_PPM_MAX)]
Share = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class ExposureLimit(Definition, tag="ExposureLimit.1"):
    """The largest exposure of one node in a contract, a product, named products, or all (``"*"``).

    ``product_ids`` makes ``scope_id`` a name for these products together.  ``gross_micros_max``
    bounds the sum over every book below the node, long and short added; ``net_micros_max`` the
    worst long and the worst short apart, books netted; ``beta_micros_max`` the same, each value
    times its beta to ``beta_index``.  A beta that nobody reported, or that is older than
    ``beta_age_ns_max``, counts as ``beta_unknown_ppm`` on both sides: it offsets nothing.
    No product may be more than ``share_ppm_max`` of the gross value once that is above
    ``share_from_micros``.  A lot counts at least the value of ``floor_ticks`` ticks, so that no
    size slips through at a price near nothing.

    A number left out is not asked at the node; index, age, unknown beta and floor left out are
    those of the master account's row for all, which states everything.
    """

    node_id: Identifier
    scope_id: ScopeId = "*"
    product_ids: Annotated[tuple[Identifier, ...], msgspec.Meta(max_length=1_000)] = ()
    gross_micros_max: NonNegativeMicros | None = None
    net_micros_max: NonNegativeMicros | None = None
    beta_micros_max: NonNegativeMicros | None = None
    share_ppm_max: Share | None = None
    share_from_micros: NonNegativeMicros = 0
    beta_index: Identifier | None = None
    beta_age_ns_max: AgeNs | None = None
    beta_unknown_ppm: BetaUnknown | None = None
    floor_ticks: Annotated[int, msgspec.Meta(ge=1, le=LOTS_MAX)] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies a row."""
        return self.node_id, self.scope_id


EXPOSURE_FIELDS = (
    "gross_micros_max",
    "net_micros_max",
    "beta_micros_max",
    "share_ppm_max",
    "beta_index",
    "beta_age_ns_max",
    "beta_unknown_ppm",
    "floor_ticks",
)
"""What the row at the root must state."""


def exposure_limit_faults(row: ExposureLimit) -> list[str]:
    """Return what is wrong with a row on its own."""
    faults = []
    if row.product_ids and row.scope_id == "*":
        faults.append('product_ids need a name in scope_id: "*" is everything')
    if len(set(row.product_ids)) < len(row.product_ids):
        faults.append("product_ids names a product twice")
    return faults
