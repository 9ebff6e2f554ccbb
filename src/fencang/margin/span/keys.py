"""The text that names a contract of a parameter set, and the way from it to its row.

``EXCHANGE/CODE/TYPE/PERIOD`` for futures (``CME/ES/FUT/201903``; a physical has no period),
``EXCHANGE/CODE/TYPE/PERIOD/C/STRIKE`` for options (``NYM/ON/OOF/201810/P/2.75``, negative strikes
``…/P/-5``), and the underlying's period behind it where two underlyings share an option month
(``…/C/100/201812``).  A slash inside an exchange's code is written as a colon.
"""

import numpy as np

from fencang.basics.price import format_price, parse_price
from fencang.margin.span.parameters import ContractRight, ContractType, SpanParameters

__all__ = ["key_of", "row_of"]

_RIGHTS = {"C": ContractRight.CALL, "P": ContractRight.PUT}
_LETTERS = {ContractRight.CALL: "C", ContractRight.PUT: "P"}


def key_of(parameters: SpanParameters, row: int) -> str:
    """Return the full key of a row; an option's names its underlying's period."""
    table = parameters.contracts
    family = parameters.families[table.family[row]]
    parts = [family.exchange, family.code.replace("/", ":"), str(family.kind)]
    period = table.periods[table.period[row]]
    if period:
        parts.append(period)
    right = ContractRight(int(table.right[row]))
    if right is not ContractRight.NONE:
        parts += [_LETTERS[right], format_price(int(table.strike_nanos[row]))]
        underlying = table.periods[table.underlying_period[row]]
        if underlying and underlying != period:
            parts.append(underlying)
    return "/".join(parts)


def row_of(parameters: SpanParameters, key: str) -> int | None:
    """Return the row that a key names, None when the set has none.

    An option's key without underlying finds the row whose underlying has the option's own period,
    else the only row there is.

    Raises:
        ValueError: the text is not a key, or names several rows (each is told).
    """
    parts = key.split("/")
    if len(parts) < 3 or parts[2] not in set(ContractType):
        raise ValueError(f"{key!r} is not EXCHANGE/CODE/TYPE/PERIOD[/C|P/STRIKE[/UNDERLYING]]")
    family_key = "/".join((parts[0], parts[1].replace(":", "/"), parts[2]))
    span = parameters.rows_of_family(family_key)
    if span is None:
        return None
    table, (first, end) = parameters.contracts, span
    period = _period_row(parameters, parts[3] if len(parts) > 3 else "")
    if period is None:
        return None
    matches = table.period[first:end] == period
    if len(parts) > 4:
        if len(parts) < 6 or len(parts) > 7 or parts[4] not in _RIGHTS:
            raise ValueError(f"{key!r}: an option needs /C/STRIKE or /P/STRIKE")
        matches &= table.right[first:end] == _RIGHTS[parts[4]]
        matches &= table.strike_nanos[first:end] == parse_price(parts[5])
    else:
        matches &= table.right[first:end] == ContractRight.NONE
    rows = np.flatnonzero(matches) + first
    if len(parts) == 7:
        underlying = _period_row(parameters, parts[6])
        rows = rows[table.underlying_period[rows] == (-1 if underlying is None else underlying)]
    elif len(rows) > 1:
        own = rows[table.underlying_period[rows] == period]
        rows = own if len(own) == 1 else rows
    if len(rows) > 1:
        found = ", ".join(key_of(parameters, int(row)) for row in rows[:10])
        raise ValueError(f"{key!r} names {len(rows)} contracts: {found}")
    return int(rows[0]) if len(rows) else None


def _period_row(parameters: SpanParameters, period: str) -> int | None:
    return parameters.period_rows.get(period)
