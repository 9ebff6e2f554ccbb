"""``fencang greeks``: delta, gamma, vega and theta of every position, book, pool and underlying.

Read from a journal and the parameter files in force; nothing here ever decides.  Every figure of a
lot is rounded once to a millionth and multiplied by whole lots, so sums are those of the lines.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fencang.app.commands.greeks_words import tell
from fencang.app.data_directory import recovered
from fencang.basics.decimals import format_scaled
from fencang.basics.price import NANOS, format_price
from fencang.engine.accounts import ContractState
from fencang.engine.netting.sets import row_in
from fencang.engine.state import DeskState
from fencang.ledger.book import suspense_id

__all__ = ["greeks_found", "run_greeks"]

FIGURES = ("delta_lots", "delta", "delta_value", "gamma", "vega", "theta")
"""Lots of the underlying, then money: per point, at its price, per point and point, per 0.01 of
volatility, per calendar day."""
PLACES = 6


class _PerLot(NamedTuple):
    """What one long lot adds, in millionths; None where it is not known."""

    figures: dict[str, int | None]
    source: str
    missing: str = ""
    price_nanos: int | None = None
    volatility: str = ""
    volatility_source: str = ""


class _Held(NamedTuple):
    book_id: str
    owner_id: str
    carrying_account_id: str
    contract: ContractState
    lots: int


def run_greeks(data: Path, *, as_json: bool) -> None:
    """Compute and print."""
    found = greeks_found(recovered(data).state)
    if as_json:
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    else:
        tell(found)


def greeks_found(state: DeskState) -> dict[str, Any]:
    """Return the Greeks of every open position and their sums, figures as exact decimals."""
    per_lot: dict[str, _PerLot] = {}
    lines: list[tuple[dict[str, Any], dict[str, int | None]]] = []
    for held in _positions(state):
        name = held.contract.contract.contract_id
        if name not in per_lot:
            per_lot[name] = _per_lot(state, held.contract)
        lines.append(_line(state, held, per_lot[name]))
    return {
        "sequence": state.sequence,
        "files": _files(state),
        "lines": [{**line, **_texts(figures)} for line, figures in lines],
        "books": _sums(lines, ("owner", "book", "currency", "underlying")),
        "pools": _sums(lines, ("owner", "currency", "underlying")),
        "products": _sums(lines, ("owner", "currency", "underlying_product")),
    }


def _files(state: DeskState) -> list[dict[str, str]]:
    return [
        {
            "clearing_house": house,
            "business_date": span.active.business_date.isoformat(),
            "sha256": span.active.sha256,
        }
        for house, span in sorted(state.span_sets.items())
        if span.active is not None
    ]


def _positions(state: DeskState) -> Iterator[_Held]:
    for sub_id, sub in sorted(state.subs.items()):
        for (carrying_id, contract_id), position in sorted(sub.book.positions.items()):
            if position.net_lots:
                contract = state.contracts[contract_id]
                owner = sub.definition.owner_id
                yield _Held(sub_id, owner, carrying_id, contract, position.net_lots)
    for carrying_id, carrying in sorted(state.carrying.items()):
        for contract_id, suspended in sorted(carrying.suspense.positions.items()):
            if suspended.net_lots:
                contract = state.contracts[contract_id]
                owner, lots = carrying.account.holder_id, suspended.net_lots
                yield _Held(suspense_id(carrying_id), owner, carrying_id, contract, lots)


def _underlying(state: DeskState, contract: ContractState) -> ContractState:
    """Return what a contract moves with: a future with itself, an option with what it is on."""
    return state.contracts.get(contract.contract.underlying_id or "", contract)


def _per_lot(state: DeskState, contract: ContractState) -> _PerLot:
    point = contract.product.point_value_micros
    if contract.product.option is None:
        price = contract.mark_nanos
        value = None if price is None else contract.product.value_micros(price, 1)
        figures: dict[str, int | None] = dict.fromkeys(FIGURES, 0)
        figures |= {"delta_lots": 10**PLACES, "delta": point, "delta_value": value}
        missing = "" if value is not None else "no mark yet"
        return _PerLot(figures, "future", missing, price)
    return _option_per_lot(state, contract)


def _option_per_lot(state: DeskState, contract: ContractState) -> _PerLot:
    from fencang.parameters.greeks import option_greeks, underlying_price

    key, house = contract.contract.margin_key, contract.venue.venue.clearing_house_id
    span = state.span_sets.get(house or "")
    parameters = span.parameters if span is not None else None
    row = row_in(parameters, key) if parameters is not None and key else None
    if span is None or parameters is None or row is None:
        missing = "no parameter file in force has the contract"
        return _PerLot(dict.fromkeys(FIGURES), "", missing)
    underlying = _underlying(state, contract)
    mark = underlying.mark_nanos if underlying is not contract else None
    price = mark if mark is not None else underlying_price(parameters, row)
    found = option_greeks(parameters, row, price)
    if isinstance(found, str):
        override = span.overrides.get(key)
        delta_e4 = override.delta_e4 if override is not None else parameters.contracts.delta_e4[row]
        source = "risk arrays" if override is not None else "composite"
        figures = _delta(contract, underlying, int(delta_e4) / 10_000, price)
        return _PerLot(figures, source, found, price)
    figures = _delta(contract, underlying, found.delta, price)
    point = contract.product.point_value_micros
    figures["gamma"] = _whole(found.gamma * point)
    figures["vega"] = _whole(found.vega * point / 100)
    figures["theta"] = _whole(found.theta * point / 365)
    volatility = format_scaled(_whole(found.volatility * 10**PLACES), PLACES)
    return _PerLot(figures, found.formula, "", price, volatility, found.volatility_source)


def _delta(
    contract: ContractState, underlying: ContractState, delta: float, price_nanos: int | None
) -> dict[str, int | None]:
    """Return the figures of a delta: in lots of the underlying by what a point of each is worth."""
    point = contract.product.point_value_micros
    ratio = point / underlying.product.point_value_micros
    value = None if price_nanos is None else _whole(delta * point * (price_nanos / NANOS))
    return {
        **dict.fromkeys(FIGURES),
        "delta_lots": _whole(delta * ratio * 10**PLACES),
        "delta": _whole(delta * point),
        "delta_value": value,
    }


def _whole(amount: float) -> int:
    return round(amount)


def _line(
    state: DeskState, held: _Held, lot: _PerLot
) -> tuple[dict[str, Any], dict[str, int | None]]:
    contract, underlying = held.contract, _underlying(state, held.contract)
    figures = {
        name: None if value is None else value * held.lots for name, value in lot.figures.items()
    }
    line = {
        "owner": held.owner_id,
        "book": held.book_id,
        "carrying_account": held.carrying_account_id,
        "contract": contract.contract.contract_id,
        "underlying": underlying.contract.contract_id,
        "underlying_product": underlying.product.product_id,
        "currency": contract.currency,
        "lots": held.lots,
        "price": None if lot.price_nanos is None else format_price(lot.price_nanos),
        "volatility": lot.volatility or None,
        "volatility_source": lot.volatility_source or None,
        "by": lot.source or None,
        "missing": lot.missing or None,
    }
    return line, figures


def _sums(
    lines: list[tuple[dict[str, Any], dict[str, int | None]]], keys: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return the sums of what is known, with the lines that lack something counted."""
    sums: dict[tuple[str, ...], dict[str, int]] = {}
    lacking: dict[tuple[str, ...], int] = {}
    for line, figures in lines:
        key = tuple(line[name] for name in keys)
        total = sums.setdefault(key, dict.fromkeys(FIGURES, 0))
        lacking[key] = lacking.get(key, 0) + (line["missing"] is not None)
        for name, value in figures.items():
            total[name] += value or 0
    return [
        {**dict(zip(keys, key, strict=True)), **_texts(dict(total)), "incomplete": lacking[key]}
        for key, total in sorted(sums.items())
    ]


def _texts(figures: dict[str, int] | dict[str, int | None]) -> dict[str, str | None]:
    return {
        name: None if value is None else format_scaled(value, PLACES)
        for name, value in figures.items()
    }
