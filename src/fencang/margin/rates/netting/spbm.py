"""SPBM of CZCE as parameters of the netting engine.

CTP's published names stand in brackets.  Flow: locks in a contract at X → buys and sells gathered
per family → the smaller side nets at Y → families net across by priority at Z → the rest in full;
add-on with its own lock and cross rates; delivery month outside; at least the minimum risk of
short options; less the value of long options, plus the premium of short ones.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from fencang.basics.money import MICROS
from fencang.margin.rates.exact import share_exact, value_exact
from fencang.margin.rates.faults import RateFault
from fencang.margin.rates.instrument import OptionRight
from fencang.margin.rates.netting.engine import (
    Basis,
    Coefficient,
    Cross,
    Family,
    Meaning,
    NettingSet,
    Risk,
    net,
)
from fencang.margin.rates.netting.margin import HeldLots
from fencang.margin.span.frozen import Frozen

__all__ = [
    "SpbmConventions",
    "SpbmCross",
    "SpbmFuture",
    "SpbmOption",
    "SpbmParameters",
    "SpbmStage",
    "spbm_netting",
]


class SpbmStage(StrEnum):
    """Stage of a contract [TimeRange]."""

    USUAL = "usual"
    BEFORE_DELIVERY_FIRST_HALF = "before_delivery_first_half"
    BEFORE_DELIVERY_SECOND_HALF = "before_delivery_second_half"
    DELIVERY = "delivery"


class SpbmFuture(Frozen):
    """A future [SPBMFutureParameter]; ``factor`` is money per point and lot, in yuan [Cvf]."""

    instrument_id: str
    family_id: str
    factor: int
    previous_settlement_nanos: int
    margin_rate_ppm: int
    """[MarginRate]"""
    lock_rate_ppm: int
    """[LockRateX]"""
    add_on_rate_ppm: int = 0
    """[AddOnRate]"""
    add_on_lock_rate_ppm: int = 0
    """[AddOnLockRateX2]"""
    stage: SpbmStage = SpbmStage.USUAL


class SpbmOption(Frozen):
    """An option [SPBMOptionParameter]; deltas by their absolute value."""

    instrument_id: str
    family_id: str
    underlying_id: str
    right: OptionRight
    factor: int
    previous_settlement_nanos: int
    offset_price_nanos: int
    """[DownPrice]: what a long option's value counts per unit."""
    delta_ppm: int
    """[Delta]"""
    minimum_delta_ppm: int
    """[SlimiDelta]: least delta of a short option."""


class SpbmCross(Frozen):
    """A pair of families [SPBMInterParameter: SpreadId, InterRateZ]."""

    priority: int
    rate_ppm: int
    first_id: str
    second_id: str


class SpbmConventions(Frozen):
    """What the field names leave open; all defaults are *our reading*.

    X, Y and Z are what is still charged, on one side; contracts in ``uncombined_stages`` take no
    part; the minimum risks of short calls and short puts are added (otherwise the greater counts).
    An option's risk is |delta| times its underlying's, long for long calls and short puts.
    """

    basis: Basis = Basis.ONE_SIDE
    meaning: Meaning = Meaning.CHARGED
    uncombined_stages: tuple[SpbmStage, ...] = (SpbmStage.DELIVERY,)
    adds_calls_and_puts: bool = True

    def coefficient(self, ratio_ppm: int) -> Coefficient:
        """Return a published rate with its meaning."""
        return Coefficient(ratio_ppm=ratio_ppm, basis=self.basis, meaning=self.meaning)


class SpbmParameters(Frozen):
    """A day's parameters; futures and options by instrument, ``intra_ppm`` [IntraRateY] by family.

    ``add_on_crosses`` [SPBMAddOnInterParameter] net the add-on across families.
    """

    futures: Mapping[str, SpbmFuture]
    options: Mapping[str, SpbmOption]
    intra_ppm: Mapping[str, int]
    crosses: tuple[SpbmCross, ...] = ()
    add_on_crosses: tuple[SpbmCross, ...] = ()
    conventions: SpbmConventions = SpbmConventions()


class _Family:
    """Amounts gathered for one family while rows are read."""

    __slots__ = ("calls", "offset", "puts", "royalty", "uncombined")

    def __init__(self) -> None:
        self.calls = self.puts = self.offset = self.royalty = self.uncombined = 0

    def minimum(self, *, adds: bool) -> int:
        return self.calls + self.puts if adds else max(self.calls, self.puts)


def spbm_netting(parameters: SpbmParameters, rows: Sequence[HeldLots]) -> NettingSet:
    """Return lots as risks in exact micros, with the families' floors and option amounts.

    Raises:
        RateFault: rows of instruments, underlyings or families without parameters; all are told.
    """
    faults = [fault for row in rows for fault in _faults(parameters, row)]
    if faults:
        raise RateFault(faults)
    conventions = parameters.conventions
    families: dict[str, _Family] = {}
    risks: list[Risk] = []
    add_ons: list[Risk] = []
    for row in rows:
        future = parameters.futures.get(row.instrument_id)
        if future is None:
            option = parameters.options[row.instrument_id]
            family = families.setdefault(option.family_id, _Family())
            risks += _option_risks(parameters, option, row, family)
        else:
            family = families.setdefault(future.family_id, _Family())
            risks += _future_risks(conventions, future, row, family)
            add_ons += _add_on_risks(conventions, future, row)
    add_on = _add_on_exact(parameters, families, add_ons)
    return NettingSet(
        risks=tuple(risks),
        families=tuple(
            Family(
                family_id=name,
                intra=conventions.coefficient(parameters.intra_ppm[name]),
                add_on_exact=add_on[name],
                uncombined_exact=family.uncombined,
                minimum_exact=family.minimum(adds=conventions.adds_calls_and_puts),
                offset_exact=family.offset,
                royalty_exact=family.royalty,
            )
            for name, family in families.items()
        ),
        crosses=_crosses(conventions, parameters.crosses, families),
    )


def _lot_exact(future: SpbmFuture, rate_ppm: int) -> int:
    value = value_exact(future.previous_settlement_nanos, future.factor * MICROS)
    return share_exact(value, rate_ppm)


def _future_risks(
    conventions: SpbmConventions, future: SpbmFuture, row: HeldLots, family: _Family
) -> list[Risk]:
    lot = _lot_exact(future, future.margin_rate_ppm)
    if future.stage in conventions.uncombined_stages:
        lot += _lot_exact(future, future.add_on_rate_ppm)
        family.uncombined += (row.long_lots + row.short_lots) * lot
        return []
    risk = Risk(
        contract_id=future.instrument_id,
        family_id=future.family_id,
        long_units=row.long_lots * lot,
        short_units=row.short_lots * lot,
        lock=conventions.coefficient(future.lock_rate_ppm),
    )
    return [risk]


def _add_on_risks(conventions: SpbmConventions, future: SpbmFuture, row: HeldLots) -> list[Risk]:
    if future.stage in conventions.uncombined_stages or not future.add_on_rate_ppm:
        return []
    lot = _lot_exact(future, future.add_on_rate_ppm)
    risk = Risk(
        contract_id=future.instrument_id,
        family_id=future.family_id,
        long_units=row.long_lots * lot,
        short_units=row.short_lots * lot,
        lock=conventions.coefficient(future.add_on_lock_rate_ppm),
    )
    return [risk]


def _option_risks(
    parameters: SpbmParameters, option: SpbmOption, row: HeldLots, family: _Family
) -> list[Risk]:
    underlying = parameters.futures[option.underlying_id]
    lot = _lot_exact(underlying, underlying.margin_rate_ppm)
    factor = option.factor * MICROS
    minimum = row.short_lots * share_exact(lot, option.minimum_delta_ppm)
    family.royalty += row.short_lots * value_exact(option.previous_settlement_nanos, factor)
    if underlying.stage in parameters.conventions.uncombined_stages:
        delta = row.short_lots * share_exact(lot, option.delta_ppm)
        family.uncombined += max(delta, minimum)
        return []
    is_call = option.right is OptionRight.CALL
    if is_call:
        family.calls += minimum
    else:
        family.puts += minimum
    family.offset += row.long_lots * value_exact(option.offset_price_nanos, factor)
    delta = share_exact(lot, option.delta_ppm)
    long_lots, short_lots = row.long_lots, row.short_lots
    if not is_call:
        long_lots, short_lots = short_lots, long_lots
    risk = Risk(
        contract_id=option.instrument_id,
        family_id=option.family_id,
        long_units=long_lots * delta,
        short_units=short_lots * delta,
    )
    return [risk]


def _add_on_exact(
    parameters: SpbmParameters, families: Mapping[str, _Family], risks: Sequence[Risk]
) -> dict[str, int]:
    """Net the add-on by the same engine: lock and cross have rates of their own, families none."""
    conventions = parameters.conventions
    netting = NettingSet(
        risks=tuple(risks),
        families=tuple(Family(family_id=name) for name in families),
        crosses=_crosses(conventions, parameters.add_on_crosses, families),
    )
    return {found.family_id: found.combined_exact for found in net(netting)[0]}


def _crosses(
    conventions: SpbmConventions, rows: Sequence[SpbmCross], families: Mapping[str, _Family]
) -> tuple[Cross, ...]:
    return tuple(
        Cross(
            priority=row.priority,
            first_id=row.first_id,
            second_id=row.second_id,
            coefficient=conventions.coefficient(row.rate_ppm),
        )
        for row in rows
        if row.first_id in families and row.second_id in families
    )


def _faults(parameters: SpbmParameters, row: HeldLots) -> list[str]:
    future = parameters.futures.get(row.instrument_id)
    option = parameters.options.get(row.instrument_id)
    found = future or option
    if found is None:
        return [f"{row.instrument_id}: SPBM states no parameters"]
    faults = []
    if min(row.long_lots, row.short_lots) < 0:
        faults.append(f"{row.instrument_id}: lots are below zero")
    if option is not None and option.underlying_id not in parameters.futures:
        faults.append(f"{row.instrument_id}: its underlying {option.underlying_id} is unknown")
    if found.family_id not in parameters.intra_ppm:
        faults.append(f"{row.instrument_id}: family {found.family_id} has no intra rate")
    return faults
