"""Records B: what a file states of one month or expiry of a family."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.parameters import (
    CombinedCommodity,
    ContractType,
    PriceRiskMethod,
    Series,
)
from fencang.parameters.faults import Fault
from fencang.parameters.pa2.commodities import RiskUnit
from fencang.parameters.pa2.decoding import (
    Ints,
    decoded_prices,
    factor_shifts,
    half_away,
    is_option,
    scaled,
    scaled_factors,
    tell,
)
from fencang.parameters.pa2.families import Families
from fencang.parameters.pa2.records.layouts import LAYOUTS
from fencang.parameters.pa2.records.lines import Columns, Source, period_text

__all__ = ["UNDERLYING_KINDS", "RawSeries", "build_series", "read_series"]


class RawSeries(NamedTuple):
    """The records B that hold, with the row of their family (never -1)."""

    columns: Columns
    family: NDArray[np.int32]
    period: Ints
    underlying: Ints
    price_scan_exponent: Ints


def read_series(source: Source, families: Families) -> RawSeries:
    """Return every record B that holds and whose family a record 2 or P names."""
    layout = LAYOUTS["B"]
    columns = source.index.columns(source.types.get("B", np.zeros(0, np.int64)), layout)
    columns = columns.without(columns.check(source.faults))
    family = columns.family_rows(families.rows)
    for position in np.flatnonzero(family < 0).tolist():
        parts = ("exchange", "code", "kind")
        found = "/".join(
            columns.matrix[layout.by_name[part].first - 1 : layout.by_name[part].last, position]
            .tobytes()
            .decode("ascii", "replace")
            .strip()
            for part in parts
        )
        allowed = "a product family that a record 2 or P defines"
        source.faults.add(
            Fault(int(columns.rows[position]) + 1, "B", "code", 3, 18, found, allowed)
        )
    future = columns.period("future_month", "future_day")
    option = columns.period("option_month", "option_day")
    period = np.where(is_option(families)[family], option, future)
    exponent = columns.signed("price_scan_exponent")
    return _once(source, _only(RawSeries(columns, family, period, future, exponent), family >= 0))


def build_series(
    source: Source,
    raw: RawSeries,
    families: Families,
    units: Sequence[RiskUnit],
    commodities: Sequence[CombinedCommodity],
) -> tuple[RawSeries, tuple[Series, ...]]:
    """Return what the records B state, in their order, beside the records they come from."""
    columns = raw.columns
    factor, bad = scaled_factors(
        columns.number("value_factor"),
        columns.signed("value_factor_exponent") - factor_shifts(families)[raw.family],
    )
    tell(source, columns, "value_factor", bad, "at most seven decimals and below 10^11")
    reference, bad_reference = _reference_prices(source, raw, families)
    ranges, bad_range = _price_scan_ranges(source, raw, families, units, commodities)
    numbers = _numbers(columns) | {"price_scan_range": ranges, "value_factor_e7": factor}
    bad |= bad_reference | bad_range
    if bad.any():
        raw = _only(raw, ~bad)
        numbers = {name: values[~bad] for name, values in numbers.items()}
        reference = [price for price, lost in zip(reference, bad, strict=True) if not lost]
    return raw, _series(raw, families, numbers, reference)


def _numbers(columns: Columns) -> dict[str, Ints]:
    scan = scaled(columns.number("volatility_scan"), columns.signed("volatility_scan_exponent"))
    is_relative = columns.is_letter("volatility_scan_quotation", "P")
    is_scaling_stated = columns.is_stated("delta_scaling")
    return {
        "volatility_e6": scaled(
            columns.number("volatility"), columns.signed("volatility_exponent")
        ),
        # Relative ones are in percent points of the volatility.
        "volatility_scan_e6": np.where(is_relative, half_away(scan, 100), scan),
        "extreme_multiplier_e3": columns.number("extreme_multiplier"),
        "cover_ppm": columns.number("cover") * 100,
        "interest_rate_e6": columns.number("interest_rate") * 100,
        "expiry_years_e6": columns.number("expiry_years"),
        "look_ahead_years_e6": columns.number("look_ahead_years"),
        "delta_scaling_e4": np.where(is_scaling_stated, columns.number("delta_scaling"), 10_000),
    }


def _series(
    raw: RawSeries,
    families: Families,
    numbers: dict[str, Ints],
    reference: Sequence[int | None],
) -> tuple[Series, ...]:
    columns = raw.columns
    keys = [each.key for each in families.families]
    names = {
        code: period_text(code)
        for codes in (raw.period, raw.underlying)
        for code in np.unique(codes).tolist()
    }
    family = raw.family.tolist()
    codes = columns.text("underlying_code")
    days = columns.number("expiry_day").tolist()
    texts = {
        "family": [keys[row] for row in family],
        "period": [names[code] for code in raw.period.tolist()],
        "underlying_period": [names[code] for code in raw.underlying.tolist()],
        "underlying_family": [
            _underlying_key(families, *each) for each in zip(family, codes, strict=True)
        ],
        "expiry_day": [f"{day:08d}" if day else "" for day in days],
        "pricing_model": columns.text("pricing_model"),
    }
    lists: dict[str, Sequence[Any]] = {name: values.tolist() for name, values in numbers.items()}
    lists |= texts
    lists["volatility_scan_is_relative"] = columns.is_letter(
        "volatility_scan_quotation", "P"
    ).tolist()
    lists["reference_price_nanos"] = reference
    return tuple(
        Series(**dict(zip(lists, values, strict=True)))
        for values in zip(*lists.values(), strict=True)
    )


UNDERLYING_KINDS = {
    ContractType.OPTION_ON_FUTURE: ContractType.FUTURE,
    ContractType.OPTION_ON_PHYSICAL: ContractType.PHYSICAL,
    ContractType.OPTION_ON_COMBINATION: ContractType.COMBINATION,
}


def _underlying_key(families: Families, row: int, code: str) -> str:
    # A future that names itself as its underlying has none.
    family = families.families[row]
    if not code or (code == family.code and not family.kind.is_option):
        return ""
    kind = UNDERLYING_KINDS.get(family.kind, ContractType.PHYSICAL)
    return f"{family.exchange}/{code}/{kind}"


def _only(raw: RawSeries, holds: NDArray[np.bool_]) -> RawSeries:
    if holds.all():
        return raw
    return RawSeries(
        raw.columns.without(holds),
        raw.family[holds],
        raw.period[holds],
        raw.underlying[holds],
        raw.price_scan_exponent[holds],
    )


def _once(source: Source, raw: RawSeries) -> RawSeries:
    order = np.lexsort((raw.underlying, raw.period, raw.family))
    keys = np.stack((raw.family, raw.period, raw.underlying))[:, order]
    holds = np.ones(len(order), dtype=np.bool_)
    holds[order[1:][(keys[:, 1:] == keys[:, :-1]).all(axis=0)]] = False
    for line in raw.columns.line_numbers[~holds].tolist():
        source.line_fault("B", line, "the same series once more", "one record B for a series")
    return _only(raw, holds)


def _reference_prices(
    source: Source, raw: RawSeries, families: Families
) -> tuple[list[int | None], NDArray[np.bool_]]:
    columns = raw.columns
    has = columns.is_letter("reference_price_flag", "Y")
    has &= np.array([*families.has_format, False])[raw.family]
    digits = np.where(has, columns.number("reference_price"), 0)
    prices, bad = decoded_prices(digits, raw.family, families, "settlement")
    np.negative(prices, out=prices, where=columns.is_minus("reference_price_sign"))
    tell(source, columns, "reference_price", bad, "digits that the family's format can mean")
    stated = zip(prices.tolist(), has.tolist(), strict=True)
    return [price if is_stated else None for price, is_stated in stated], bad


def _price_scan_ranges(
    source: Source,
    raw: RawSeries,
    families: Families,
    units: Sequence[RiskUnit],
    commodities: Sequence[CombinedCommodity],
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return price scan ranges in risk units and which are refused; 0 where one is a percentage.

    A range in percent of the contract value is of no use to weighted price risk, so methods 2 and
    3 refuse it.
    """
    columns = raw.columns
    commodity = np.array([*families.commodity, -1], dtype=np.int64)[raw.family]
    scales = np.array([unit.rate_scale for unit in units] + [1], dtype=np.int64)[commodity]
    exponents = raw.price_scan_exponent
    ranges = columns.number("price_scan_range")
    for exponent in np.unique(exponents).tolist():
        at = exponents == exponent
        if exponent > 0:
            ranges[at] *= 10 ** min(exponent, 9)
        elif exponent < 0:  # the risk unit was chosen fine enough
            ranges[at] = ranges[at] * scales[at] // 10**-exponent
            scales[at] = 1
    is_percent = columns.is_letter("price_scan_quotation", "P")
    needs = np.array(
        [each.price_risk_method is not PriceRiskMethod.NORMAL for each in commodities] + [False]
    )[commodity]
    bad = is_percent & needs
    allowed = "an absolute range, for weighted price risk is capped by it"
    tell(source, columns, "price_scan_quotation", bad, allowed)
    if is_percent.any():
        source.notes.append(f"{is_percent.sum()} price scan ranges in percent are not used")
    return np.where(is_percent, 0, ranges * scales), bad
