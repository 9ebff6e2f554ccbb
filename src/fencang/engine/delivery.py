"""The delivery guard's days: from when on a contract is guarded, and which side must be gone.

Longs may be handed the goods from the first notice day on, shorts deliver when they choose to and
at the latest after the last trading day.  So longs close before the first notice day and shorts
before the last trading day; where one of the two days is not stated the other stands for it.
"""

from fencang.engine.accounts import ContractState
from fencang.refdata.contract import DeliveryPolicy

__all__ = ["DELIVERY_GUARD", "deadline", "is_closing", "is_guarded"]

DELIVERY_GUARD = "@delivery-guard"
"""The name under which the guard's block orders stand; no rule can have it."""


def deadline(contract: ContractState, *, is_long: bool) -> int | None:
    """Return the ordinal of the day before which a side must be gone, None without any day."""
    notice, last = contract.contract.first_notice_day, contract.contract.last_trading_day
    day = (notice or last) if is_long else (last or notice)
    return day.toordinal() if day is not None else None


def is_guarded(contract: ContractState, policy: DeliveryPolicy) -> bool:
    """Return whether the product's guard has begun today, with at least this policy."""
    guard = contract.product.delivery_guard
    if guard.policy is DeliveryPolicy.ALLOW or contract.is_expired:
        return False
    first = contract.contract.first_notice_day
    if first is None and guard.policy is DeliveryPolicy.CLOSE:
        first = contract.contract.last_trading_day
    if first is None or not guard.policy.includes(policy):
        return False
    return contract.venue.today >= first.toordinal() - guard.days_before


def is_closing(contract: ContractState, *, is_long: bool) -> bool:
    """Return whether the guard closes what is held on a side from today on."""
    guard = contract.product.delivery_guard
    if guard.policy is not DeliveryPolicy.CLOSE or contract.is_expired:
        return False
    day = deadline(contract, is_long=is_long)
    return day is not None and contract.venue.today >= day - guard.days_before
