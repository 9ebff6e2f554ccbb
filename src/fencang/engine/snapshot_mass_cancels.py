"""Mass cancels that go on, to their stored form and back."""

from fencang.engine.risk.mass_cancels import MassCancel, MassCancelBook
from fencang.messages.message import Side

__all__ = ["MassCancelForm", "mass_cancel_forms", "restore_mass_cancels"]

MassCancelForm = tuple[int, str, str | None, Side | None, str | None, int]
"""Number, node, contract or product, side, carrying account, the last order that was asked."""


def mass_cancel_forms(book: MassCancelBook) -> list[MassCancelForm]:
    """Return what goes on, by number."""
    return [
        (
            each.mass_cancel_id,
            each.node_id,
            each.scope_id,
            each.side,
            each.carrying_account_id,
            each.last_order_id,
        )
        for _, each in sorted(book.going_on.items())
    ]


def restore_mass_cancels(book: MassCancelBook, forms: list[MassCancelForm]) -> None:
    """Let it go on again; numbers rise, so the order is that of entering."""
    book.going_on = {form[0]: MassCancel(*form) for form in forms}
