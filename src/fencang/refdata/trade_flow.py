"""Controls of what a node's orders come to over a day and a window: ratios, cancels, repetitions.

Every row that an order stands under is asked by itself, so a row of its own never widens another.
The master account's row for everything states every field.

Sources: Delegated Regulation (EU) 2017/566 (RTS 9), Article 3 (ratio of orders to transactions);
Delegated Regulation (EU) 2017/589 (RTS 6), Article 15(3) (repeated automated execution); SEC Rule
15c3-5 (duplicate orders); abnormal-trading rules of the Chinese exchanges (cancels of a day).
"""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS, SECOND_NS
from fencang.refdata.definition import Definition, Identifier

__all__ = ["TRADE_FLOW_FIELDS", "TradeFlowControl"]

COUNT_MAX = 10_000_000
Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]
ScopeId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
WindowNs = Annotated[int, msgspec.Meta(ge=1, le=DAY_NS)]


class TradeFlowControl(Definition, tag="TradeFlowControl.1"):
    """What a node's orders in a contract, a product or all (``"*"``) may come to.

    New orders, replaces and cancels are messages here.  Beyond ``free_messages`` of a trading day
    there may be ``order_to_trade_max`` for every execution, and ``cancels_max`` cancels; the day is
    the venue's.  What is counted is counted for each venue, with ``of_each_contract`` for each
    contract.  When a sub-account's orders of one side of a contract were executed
    ``repeated_executions_max`` times in ``repeated_ns``, it is disabled until two persons enable it
    again; an order counts once, however many fills it takes.  An order like one of the same
    sub-account that was sent less than ``duplicate_ns`` ago is refused.
    """

    node_id: Identifier
    scope_id: ScopeId = "*"
    order_to_trade_max: Count | None = None
    free_messages: Count = 0
    cancels_max: Count | None = None
    of_each_contract: bool = False
    repeated_executions_max: Annotated[int, msgspec.Meta(ge=1, le=COUNT_MAX)] | None = None
    repeated_ns: WindowNs = 60 * SECOND_NS
    duplicate_ns: Annotated[int, msgspec.Meta(ge=0, le=DAY_NS)] | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Return what identifies a row."""
        return self.node_id, self.scope_id


TRADE_FLOW_FIELDS = (
    "order_to_trade_max",
    "cancels_max",
    "repeated_executions_max",
    "duplicate_ns",
)
"""What the row at the root must state."""
