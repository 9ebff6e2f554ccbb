"""Orders that a risk limit made smaller, and what took the rest."""

from fencang.messages.message import Event, Side
from fencang.messages.reasons import Reason
from fencang.messages.substitution_commands import Correlation, Deviation
from fencang.refdata.substitute import SubstituteMode

__all__ = [
    "MovesReported",
    "OrderReduced",
    "OrderSubstituted",
    "SubstituteMissing",
    "SubstitutionEvent",
]


class MovesReported(Event, tag="MovesReported.1"):
    """How markets move, as of a time."""

    source: str
    as_of_ns: int
    deviations: tuple[Deviation, ...]
    correlations: tuple[Correlation, ...]


class OrderReduced(Event, tag="OrderReduced.1"):
    """A risk limit took only part of an order, or none; a substitute is looked for.

    ``order_id`` is the order of the part that fits, 0 where nothing does.  ``node_id``, ``limit``
    and ``value`` are those of the control that refused the whole, by ``reason``.
    """

    sub_account_id: str
    client_order_id: str
    contract_id: str
    side: Side
    asked_lots: int
    kept_lots: int
    order_id: int
    reason: Reason
    node_id: str
    limit: int
    value: int


class OrderSubstituted(Event, tag="OrderSubstituted.1"):
    """The rest of an order goes to another market: why, where, how much, and from what numbers.

    ``excess_lots`` of the order did not fit; ``sized_lots`` is their substitute, ``lots`` what of
    it passed cap and ladder.  ``order_id`` is 0 where it is only told (``is_dry_run``).
    ``own_risk_micros`` and ``to_risk_micros``: one deviation of a lot in base micros.
    """

    substitute_id: str
    mode: SubstituteMode
    sub_account_id: str
    client_order_id: str
    contract_id: str
    asked_lots: int
    kept_lots: int
    excess_lots: int
    to_sub_account_id: str
    to_contract_id: str
    side: Side
    sized_lots: int
    lots: int
    order_id: int
    own_risk_micros: int
    to_risk_micros: int
    correlation_ppm: int
    as_of_ns: int
    reason: Reason
    is_dry_run: bool = False


class SubstituteMissing(Event, tag="SubstituteMissing.1"):
    """No substitute took the rest of an order; ``detail`` says of each why not."""

    sub_account_id: str
    client_order_id: str
    excess_lots: int
    detail: str


SubstitutionEvent = MovesReported | OrderReduced | OrderSubstituted | SubstituteMissing
