"""How large a command is, for telling what is unlike a key's past; nothing is decided by it."""

from fencang.basics.price import NANOS
from fencang.messages.commands import AnyCommand, SubmitOrder
from fencang.projections.reference import Reference

__all__ = ["size_micros_of"]


def size_micros_of(reference: Reference, command: AnyCommand) -> int:
    """Return about how much a command moves, in micros of the base currency; 0 for no size.

    An order counts by its limit, without one by the last mark.
    """
    if type(command) is not SubmitOrder:
        amount_micros = getattr(command, "amount_micros", 0)
        return amount_micros if isinstance(amount_micros, int) else 0
    contract = reference.contracts.get(command.contract_id)
    if contract is None:
        return 0
    product = reference.products[contract.product_id]
    price_nanos = command.limit_price_nanos
    if price_nanos is None:
        price_nanos = reference.marks.get(command.contract_id, 0)
    value = abs(price_nanos) * product.point_value_micros * command.quantity_lots // NANOS
    return reference.value_in_base(product.currency, value)
