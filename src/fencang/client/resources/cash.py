"""Calls about cash.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

from fencang.client.ask import Ask, Operation
from fencang.client.methods import Method, Resource, TransportT
from fencang.client.types import Outcome
from fencang.client.wire import Number

__all__ = [
    "CashResource",
    "convert_currency",
    "deposit_cash",
    "withdraw_cash",
]

_DEPOSIT_CASH = Operation(
    name="deposit_cash",
    method="POST",
    path="/cash/deposits",
    answer=Outcome,
    exact=frozenset(["amount"]),
    has_body=True,
    is_write=True,
)


def deposit_cash(
    *,
    carrying_account_id: str,
    owner_id: str,
    currency: str,
    amount: Number,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Book cash that arrived.

    Book cash that arrived at a carrying account into its owner's reserve.
    """
    return _DEPOSIT_CASH.ask(locals())


_WITHDRAW_CASH = Operation(
    name="withdraw_cash",
    method="POST",
    path="/cash/withdrawals",
    answer=Outcome,
    exact=frozenset(["amount"]),
    has_body=True,
    is_write=True,
)


def withdraw_cash(
    *,
    carrying_account_id: str,
    owner_id: str,
    currency: str,
    amount: Number,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Pay cash out of the reserve.

    Pay cash out of an owner's reserve; needs a second person.
    """
    return _WITHDRAW_CASH.ask(locals())


_CONVERT_CURRENCY = Operation(
    name="convert_currency",
    method="POST",
    path="/cash/conversions",
    answer=Outcome,
    exact=frozenset(["bought", "sold"]),
    has_body=True,
    is_write=True,
)


def convert_currency(
    *,
    book_id: str,
    carrying_account_id: str,
    sold_currency: str,
    sold: Number,
    bought_currency: str,
    bought: Number,
    rate_source: str,
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Exchange currencies.

    Exchange cash of one book at one carrying account at a stated rate; needs two persons.

    ``bought`` of ``bought_currency`` against ``sold`` of ``sold_currency``: both legs
    are given as the bank confirmed them, nothing is computed.
    """
    return _CONVERT_CURRENCY.ask(locals())


class CashResource(Resource[TransportT]):
    """Calls about cash."""

    deposit = Method(deposit_cash)
    withdraw = Method(withdraw_cash)
    convert_currency = Method(convert_currency)
