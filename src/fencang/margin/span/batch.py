"""Totals of many accounts at once: linear in accounts, memory bounded by the chunks at work.

Positions come as arrays, so no object is made per account.  Threads belong to the caller: kernels
let go of the interpreter lock, and ``run`` may be a thread pool's ``map``.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.margin.method import MarginRefused
from fencang.margin.span.compiled import CompiledSpan
from fencang.margin.span.full import new_log, replaced_lots
from fencang.margin.span.kernels.account import compute_accounts
from fencang.margin.span.kernels.signatures import TOTALS, Ints
from fencang.margin.span.portfolio import Lots
from fencang.margin.span.tables.bounds import check_lots

__all__ = ["Accounts", "BatchTotals", "batch_requirements"]

CHUNK_ACCOUNTS = 256

Run = Callable[[Callable[[tuple[int, int]], None], Iterable[tuple[int, int]]], Iterator[None]]


class Accounts(NamedTuple):
    """Positions of many accounts, int64: those of account a at ``offsets[a]`` to ``offsets[a+1]``.

    An account names each row once.
    """

    offsets: Ints
    rows: Ints
    long: Ints
    short: Ints
    is_gross: NDArray[np.bool_]
    account_places: Ints
    """``ACCOUNT_PLACES`` of each account."""


class BatchTotals(NamedTuple):
    """Shape (accounts, currencies), currencies as in ``CompiledSpan.currencies``; see R4."""

    maintenance_micros: Ints
    initial_micros: Ints
    option_value_micros: Ints
    maintenance_total_micros: Ints
    initial_total_micros: Ints


def batch_requirements(compiled: CompiledSpan, accounts: Accounts, run: Run = map) -> BatchTotals:
    """Return the totals of every account.

    Args:
        compiled: the set.
        accounts: positions.
        run: applies a function to chunks of accounts, in any order; a ``map`` of threads uses
            several cores and changes no result, since every account is found for itself.

    Raises:
        MarginRefused: rows outside the set, a row twice in one account, combinations that do not
            make whole lots of their legs (P2), lots beyond what can be counted.
    """
    _check_rows(compiled, accounts)
    accounts = _with_legs(compiled, accounts)
    check_lots(compiled.parameters, compiled.lots_max, *accounts[:4])
    out = _computed(compiled, accounts, run)
    maintenance, initial, value, initial_value = (out[:, :, column] for column in range(4))
    return BatchTotals(
        maintenance,
        initial,
        value,
        np.maximum(maintenance - value, 0),
        np.maximum(initial - initial_value, 0),
    )


def _computed(compiled: CompiledSpan, accounts: Accounts, run: Run) -> Ints:
    """Return the kernels' totals, shape (accounts, currencies, ``TOTALS``)."""
    count = len(accounts.offsets) - 1
    out = np.zeros((count, len(compiled.currencies), TOTALS), dtype=np.int64)
    gross = accounts.is_gross.astype(np.int64)

    def find(chunk: tuple[int, int]) -> None:
        compute_accounts(
            compiled.tables,
            compiled.new_work(),
            compiled.every,
            compiled.supers,
            compiled.inters,
            *accounts[:4],
            gross,
            accounts.account_places,
            *chunk,
            new_log(0),
            out,
        )

    chunks = ((a, min(a + CHUNK_ACCOUNTS, count)) for a in range(0, count, CHUNK_ACCOUNTS))
    for _ in run(find, chunks):
        pass
    return out


def _check_rows(compiled: CompiledSpan, accounts: Accounts) -> None:
    offsets, rows = accounts.offsets, accounts.rows
    count = len(offsets) - 1
    assert count >= 0, offsets
    assert offsets[0] == 0, offsets
    assert offsets[-1] == len(rows) == len(accounts.long) == len(accounts.short), offsets
    assert (np.diff(offsets) >= 0).all(), offsets
    assert len(accounts.is_gross) == len(accounts.account_places) == count
    owners = np.repeat(np.arange(count), np.diff(offsets))
    contracts = len(compiled.parameters.contracts)
    outside = np.flatnonzero((rows < 0) | (rows >= contracts))
    if len(outside):
        raise MarginRefused(
            f"account {owners[i]}: row {rows[i]} is none of the set's {contracts:,}"
            for i in outside[:100].tolist()
        )
    keys = owners * contracts + rows
    if (np.diff(keys) > 0).all():
        return
    keys = np.sort(keys)
    twice = keys[1:][keys[1:] == keys[:-1]]
    if len(twice):
        raise MarginRefused(
            f"account {key // contracts} names row {key % contracts} twice"
            for key in twice[:100].tolist()
        )


def _with_legs(compiled: CompiledSpan, accounts: Accounts) -> Accounts:
    """Replace combinations by their legs, in the accounts that hold some (P2)."""
    if not compiled.replaced:
        return accounts
    is_replaced = np.zeros(len(compiled.parameters.contracts), dtype=np.bool_)
    is_replaced[list(compiled.replaced)] = True
    places = np.flatnonzero(is_replaced[accounts.rows])
    if not len(places):
        return accounts
    offsets = accounts.offsets
    concerned = set((np.searchsorted(offsets, places, side="right") - 1).tolist())
    columns: list[list[Ints]] = [[], [], []]
    lengths = np.diff(offsets)
    before = 0
    for account in sorted(concerned):
        first, end = offsets[account], offsets[account + 1]
        held = {
            row: Lots(long, short)
            for row, long, short in zip(
                accounts.rows[first:end].tolist(),
                accounts.long[first:end].tolist(),
                accounts.short[first:end].tolist(),
                strict=True,
            )
        }
        whole = replaced_lots(compiled, held, is_gross=bool(accounts.is_gross[account]))
        lengths[account] = len(whole)
        replaced = (
            list(whole),
            [lots.long for lots in whole.values()],
            [lots.short for lots in whole.values()],
        )
        for column, kept, made in zip(columns, accounts[1:4], replaced, strict=True):
            column += [kept[before:first], np.array(made, dtype=np.int64)]
        before = end
    for column, kept in zip(columns, accounts[1:4], strict=True):
        column.append(kept[before:])
    rows, long, short = (np.concatenate(column) for column in columns)
    ends = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths)))
    return accounts._replace(offsets=ends, rows=rows, long=long, short=short)
