"""Position limits on the account tree.

Unset inherits from the parent node, unset at the root is zero: nothing trades by oversight.
"""

from typing import Annotated

import msgspec

from fencang.refdata.definition import Definition, Identifier, NonNegativeLots

__all__ = ["PositionLimit"]

ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class PositionLimit(Definition, tag="PositionLimit.1"):
    """The largest worst-case position of one node in one contract or one product.

    ``node_id`` names a sub-account or the master account, or a node beside the tree:
    ``carrying:ID``, ``venue:ID``, ``person:ID``.  ``scope_id`` names a contract, a product (net
    over its contracts), a ``LimitGroup``, or is ``"*"`` (every product without a limit of its own).
    The worst case counts the position and every working order that could enlarge it, long and short
    apart.
    """

    node_id: Identifier
    scope_id: ScopeId
    long_lots_max: NonNegativeLots
    short_lots_max: NonNegativeLots

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies a limit."""
        return self.node_id, self.scope_id
