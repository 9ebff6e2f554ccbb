"""Commands of a contract's life: positions that are rolled, contracts that the exchange changes."""

from datetime import date
from typing import Annotated

import msgspec

from fencang.messages.message import (
    Command,
    Interface,
    Offset,
    SecondPerson,
    Side,
    TimeInForce,
)
from fencang.refdata.definition import Identifier, Lots, Nanos, Text

__all__ = ["ConvertContract", "LifeCommand", "RollPosition"]

Factor = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]


class RollPosition(Command, tag="RollPosition.1"):
    """Move lots of a sub-account from one contract to a later one of the same product.

    Two orders at once, both or none: the near leg closes lots of ``from_contract_id``, the far leg
    opens as many of ``to_contract_id``.  ``side`` BUY rolls long lots, SELL short ones.  A leg
    without a price is a market order.  ``offset`` is how the near leg closes in an account that
    keeps both sides apart; there the far leg opens.
    """

    sub_account_id: Identifier
    client_roll_id: Identifier
    from_contract_id: Identifier
    to_contract_id: Identifier
    side: Side
    quantity_lots: Lots
    near_price_nanos: Nanos | None = None
    far_price_nanos: Nanos | None = None
    offset: Offset = Offset.NET
    time_in_force: TimeInForce = TimeInForce.DAY
    expire_day: date | None = None
    interface: Interface = Interface.INTERNAL


class ConvertContract(Command, tag="ConvertContract.1"):
    """Let a contract become another one: a new symbol, another multiplier; two persons.

    For every ``old_lots`` lots there are ``new_lots`` of the successor, and a price times
    ``price_numerator`` over ``price_denominator`` is the successor's price.  Both state the same
    change, so that a slip of the pen is found: the value of the lots stays, to the micro.
    ``trading_day`` is the day that the venue is on.
    """

    from_contract_id: Identifier
    to_contract_id: Identifier
    trading_day: date
    new_lots: Factor
    old_lots: Factor
    price_numerator: Factor
    price_denominator: Factor
    source: Text
    entered_by: Identifier
    approved_by: SecondPerson = ""
    reason: Text = ""


LifeCommand = RollPosition | ConvertContract
