"""How far ahead, and how close to its end, a contract may be opened at a node.

Rows stand on the account tree like order controls: at one node the narrowest scope that states a
field counts, of all nodes the most restrictive.  The master account's row for everything states
both numbers of days.

Source: FIA, Best Practices for Automated Trading Risk Controls, July 2024 (limits by maturity).
"""

from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier

__all__ = ["TENOR_DAYS_MAX", "TENOR_FIELDS", "TenorLimit"]

TENOR_DAYS_MAX = 36_500
Days = Annotated[int, msgspec.Meta(ge=0, le=TENOR_DAYS_MAX)]
ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class TenorLimit(Definition, tag="TenorLimit.1"):
    """What a node may open in a contract, a product or all (``"*"``), by calendar days from today.

    The last trading day lies at most ``furthest_days`` ahead; the last trading day and the first
    notice day, whichever comes first, at least ``nearest_days``.  A contract without a last trading
    day is opened only where ``takes_undated`` says so: what nobody states is not allowed.
    """

    node_id: Identifier
    scope_id: ScopeId = "*"
    furthest_days: Days | None = None
    nearest_days: Days | None = None
    takes_undated: bool | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies a row."""
        return self.node_id, self.scope_id


TENOR_FIELDS = ("furthest_days", "nearest_days")
"""What the row at the root must state."""
