"""What days have charged under rows with a minimum, to its stored form and back."""

from fencang.engine.day_charges import DayCharge, DayCharges, DayKey
from fencang.engine.snapshot_form import DayChargeForm

__all__ = ["day_charge_forms", "restore_day_charges"]


def day_charge_forms(charges: DayCharges) -> list[DayChargeForm]:
    """Return every minimum's charges, sorted by whom they are asked of."""
    return [
        DayChargeForm(
            *key,
            charge.earlier_micros,
            list(charge.fills.items()),
            sorted(charge.paid.items()),
        )
        for key, charge in sorted(charges.found.items())
    ]


def restore_day_charges(charges: DayCharges, forms: list[DayChargeForm]) -> None:
    """Fill what a stored form holds."""
    for form in forms:
        charge = DayCharge()
        charge.earlier_micros = form.earlier_micros
        charge.fills, charge.paid = dict(form.fills), dict(form.paid)
        charges.found[DayKey(form.carrying_account_id, form.product_id, form.row_id)] = charge
