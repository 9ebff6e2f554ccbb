"""``[[add_on]]`` and ``[[cross_margin]]`` of a desk file: a broker's and two houses' terms.

Whether what they name is part of the desk is a question of ``references``.
"""

from fencang.app.desk.fields import Fields
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.refdata.broker_terms import (
    BrokerAddOn,
    CrossMargin,
    CrossMarginLeg,
    broker_add_on_faults,
    cross_margin_faults,
)
from fencang.refdata.definition import LOTS_MAX

__all__ = ["read_add_on", "read_cross_margin"]


def read_add_on(fields: Fields) -> BrokerAddOn:
    """Read one ``[[add_on]]``: a fixed ``amount``, or ``per_lot`` beyond ``free_lots``."""
    is_fixed = fields.has("amount")
    if not is_fixed and not fields.has("per_lot"):
        fields.fault("amount", "is missing; state an amount, or per_lot with scope and free_lots")
    add_on = BrokerAddOn(
        add_on_id=fields.identifier("id"),
        carrying_account_id=fields.identifier("carrying"),
        currency=fields.currency("currency"),
        amount_micros=_micros(fields, "amount") if is_fixed else 0,
        scope_ids=fields.identifiers("scope", ()),
        free_lots=fields.whole("free_lots", 0, high=LOTS_MAX),
        per_lot_micros=_micros(fields, "per_lot") if fields.has("per_lot") else 0,
    )
    fields.finish()
    if not fields.is_faulty:
        fields.checked("", lambda: broker_add_on_faults(add_on))
    return add_on


def read_cross_margin(fields: Fields) -> CrossMargin:
    """Read one ``[[cross_margin]]`` with its two legs."""
    first, second = _leg(fields.inner("first")), _leg(fields.inner("second"))
    agreement = CrossMargin(
        agreement_id=fields.identifier("id"),
        carrying_account_id=fields.identifier("carrying"),
        first=first,
        second=second,
        offset_ppm=fields.percent("offset", None, high=1_000_000),
        cap_micros=_micros(fields, "cap"),
        offsets_same_side=fields.flag("same_side"),
    )
    fields.finish()
    if not fields.is_faulty:
        fields.checked("", lambda: cross_margin_faults(agreement))
    return agreement


def _leg(fields: Fields) -> CrossMarginLeg:
    leg = CrossMarginLeg(
        clearing_house=fields.identifier("clearing_house"),
        commodity=fields.identifier("commodity"),
    )
    fields.finish()
    return leg


def _micros(fields: Fields, key: str) -> int:
    return fields.decimal(key, 6, None, low=0, high=MONEY_MICROS_MAX)
