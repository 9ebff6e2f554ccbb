"""Product families (record P) and which combined commodity holds them (record 2).

Law: a family belongs to one combined commodity, its price format is one that can be read, and its
currency is one that a record 2 or T defines.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from fencang.basics.rounding import divide_exact
from fencang.margin.span.parameters import ContractType, ProductFamily
from fencang.parameters.pa2.records.lines import Rows, Source
from fencang.parameters.prices import PriceFormat, value_factor_shift

__all__ = ["SLOTS", "CommodityLines", "Families", "FamilyKey", "read_families", "scaled_factor"]

FamilyKey = tuple[str, str, str]
"""Exchange, product code, contract type, as the file writes them."""

SLOTS = 6
KINDS = frozenset(kind.value for kind in ContractType)


class FamilyOfCommodity(NamedTuple):
    """A family as its record 2 lists it."""

    key: FamilyKey
    array_locator: int
    """Decimals of the array values; below zero they are multiplied."""


@dataclass
class CommodityLines:
    """What the records 2 of one combined commodity state."""

    code: str
    line: int
    currency: str
    risk_exponent: int
    is_futures_style: bool
    caps_option_value: bool
    combination_method: str
    exchanges: list[str]
    families: list[FamilyOfCommodity] = field(default_factory=list)


@dataclass
class Families:
    """Families in the order of their commodities, those of no commodity last.

    Lists run along ``families``: ``commodity`` is -1 for a family of no commodity,
    ``has_format`` says whether a record P states how its prices are written.
    """

    commodities: dict[str, CommodityLines]
    families: list[ProductFamily]
    rows: dict[FamilyKey, int]
    commodity: list[int]
    array_locator: list[int]
    has_format: list[bool]
    price_offset: list[int]


def read_families(source: Source, currencies: set[str]) -> Families:
    """Return families and commodities; ``currencies`` are those that records T name."""
    commodities = _commodities(source)
    known = currencies | {commodity.currency for commodity in commodities.values()}
    products = _products(source, known)
    found = Families(commodities, [], {}, [], [], [], [])
    for position, commodity in enumerate(commodities.values()):
        for listed in commodity.families:
            family = products.get(listed.key) or ProductFamily(
                exchange=listed.key[0],
                code=listed.key[1],
                kind=ContractType(listed.key[2]),
                currency=commodity.currency,
            )
            if not family.currency:
                family = msgspec.structs.replace(family, currency=commodity.currency)
            _append(
                found, listed.key, family, position, listed.array_locator, listed.key in products
            )
    for key, family in products.items():
        if key not in found.rows:
            _append(found, key, family, -1, 0, has_format=True)
    _price_offsets(source, found)
    return found


def _append(
    found: Families,
    key: FamilyKey,
    family: ProductFamily,
    commodity: int,
    array_locator: int,
    has_format: bool,  # noqa: FBT001 -- runs along the lists of Families
) -> None:
    found.rows[key] = len(found.families)
    found.families.append(family)
    found.commodity.append(commodity)
    found.array_locator.append(array_locator)
    found.has_format.append(has_format)
    found.price_offset.append(0)


def _commodities(source: Source) -> dict[str, CommodityLines]:
    rows = source.rows("2")
    found: dict[str, CommodityLines] = {}
    owners: dict[FamilyKey, str] = {}
    for i, line in enumerate(rows.lines):
        code, currency = rows.texts["code"][i], rows.texts["currency"][i]
        exchange = rows.texts["exchange"][i]
        commodity = found.get(code)
        if not code or (not currency and commodity is None):
            name = "currency" if code else "code"
            source.fault("2", line, name, "blank", "the combined commodity's own")
            continue
        if commodity is None:
            commodity = found[code] = CommodityLines(
                code=code,
                line=line,
                currency=currency,
                risk_exponent=rows.numbers["risk_exponent"][i],
                is_futures_style=rows.texts["option_style"][i] == "F",
                caps_option_value=rows.texts["caps_option_value"][i] == "Y",
                combination_method=rows.texts["combination_method"][i],
                exchanges=[exchange],
            )
        elif currency and not _agrees(source, rows, i, commodity):
            continue
        elif exchange not in commodity.exchanges:
            commodity.exchanges.append(exchange)
        _slots(source, rows, i, commodity, owners)
    return found


def _agrees(source: Source, rows: Rows, i: int, commodity: CommodityLines) -> bool:
    """Return whether a continuation line states the currency and exponent of the first."""
    currency, exponent = rows.texts["currency"][i], rows.numbers["risk_exponent"][i]
    if (currency, exponent) == (commodity.currency, commodity.risk_exponent):
        return True
    found = f"{currency} with risk exponent {exponent}"
    allowed = f"that of line {commodity.line}: {commodity.currency}"
    allowed += f" with risk exponent {commodity.risk_exponent}"
    source.fault("2", rows.lines[i], "currency", found, allowed)
    return False


def _slots(
    source: Source, rows: Rows, i: int, commodity: CommodityLines, owners: dict[FamilyKey, str]
) -> None:
    for slot in range(1, SLOTS + 1):
        code = rows.texts[f"family_{slot}_code"][i]
        kind = rows.texts[f"family_{slot}_kind"][i]
        if not code and not kind:
            continue
        if kind not in KINDS:
            allowed = ", ".join(sorted(KINDS))
            source.fault("2", rows.lines[i], f"family_{slot}_kind", repr(kind), allowed)
            continue
        key = (rows.texts["exchange"][i], code, kind)
        if key in owners:
            text = f"{'/'.join(key)}, which {owners[key]} holds"
            source.fault("2", rows.lines[i], f"family_{slot}_code", text, "a family once")
            continue
        owners[key] = commodity.code
        locator = rows.numbers[f"family_{slot}_array_locator"][i]
        if rows.texts[f"family_{slot}_array_locator_sign"][i] == "-":
            locator = -locator
        commodity.families.append(FamilyOfCommodity(key, locator))


def _products(source: Source, currencies: set[str]) -> dict[FamilyKey, ProductFamily]:
    rows = source.rows("P")
    found: dict[FamilyKey, ProductFamily] = {}
    for i, line in enumerate(rows.lines):
        key = (rows.texts["exchange"][i], rows.texts["code"][i], rows.texts["kind"][i])
        if key[2] not in KINDS:
            source.fault("P", line, "kind", repr(key[2]), ", ".join(sorted(KINDS)))
            continue
        currency = rows.texts["currency"][i]
        if currency and currency not in currencies:
            allowed = "a currency that a record 2 or T defines: " + ", ".join(sorted(currencies))
            source.fault("P", line, "currency", repr(currency), allowed)
            continue
        family = _product(source, rows, i, key)
        if family is None:
            continue
        if found.setdefault(key, family) != family:
            source.fault("P", line, "code", f"{'/'.join(key)} once more, changed", "one record P")
    return found


def _product(source: Source, rows: Rows, i: int, key: FamilyKey) -> ProductFamily | None:
    numbers, texts, line = rows.numbers, rows.texts, rows.lines[i]
    formats = {
        name: PriceFormat(numbers[f"{name}_locator"][i], texts[f"{name}_alignment"][i])
        for name in ("settlement", "strike")
    }
    for name, price_format in formats.items():
        if price_format.fault:
            found, _, allowed = price_format.fault.partition("; allowed is ")
            source.fault("P", line, f"{name}_alignment", found, allowed)
            return None
    exponent = numbers["value_factor_exponent"][i]
    if texts["value_factor_exponent_sign"][i] == "-":
        exponent = -exponent
    shift = value_factor_shift(formats["settlement"])
    factor = scaled_factor(numbers["value_factor"][i], exponent - shift)
    if factor is None:
        allowed = "a factor of at most seven decimals and below 10^11"
        found_here = f"{numbers['value_factor'][i]} times 10^{exponent}"
        source.fault("P", line, "value_factor", found_here, allowed)
        return None
    kind = ContractType(key[2])
    return ProductFamily(
        exchange=key[0],
        code=key[1],
        kind=kind,
        name=texts["long_name"][i] or texts["name"][i],
        currency=texts["currency"][i],
        value_factor_e7=factor,
        settlement_locator=formats["settlement"].locator,
        strike_locator=formats["strike"].locator,
        settlement_alignment=formats["settlement"].alignment,
        strike_alignment=formats["strike"].alignment,
        is_american=kind.is_option and texts["exercise"][i] != "EURO",
        is_positionable=texts["positionable"][i] != "N",
        is_futures_style=kind.is_option and texts["valuation"][i] in {"FUT", "FUTDA"},
    )


def scaled_factor(factor_e7: int, power: int) -> int | None:
    """Return a value factor times 10^power; None when it is not exact or beyond bounds."""
    if power < 0:
        scale = 10**-power
        return divide_exact(factor_e7, scale) if factor_e7 % scale == 0 else None
    scaled = int(factor_e7 * 10**power)
    return scaled if scaled < 10**18 else None


def _price_offsets(source: Source, found: Families) -> None:
    # Record X: an offset that was added to prices and strikes of a combination and of the options
    # on it, to keep them above zero; records Y name those options.
    rows, options = source.rows("X"), source.rows("Y")
    option_codes: dict[str, set[str]] = {}
    for code, option_code in zip(options.texts["code"], options.texts["option_code"], strict=True):
        option_codes.setdefault(code, set()).add(option_code)
    for i in range(len(rows)):
        offset, code = rows.numbers["price_offset"][i], rows.texts["code"][i]
        if not offset:
            continue
        codes = {
            ContractType.COMBINATION: {code},
            ContractType.OPTION_ON_COMBINATION: {code} | option_codes.get(code, set()),
        }
        for row, family in enumerate(found.families):
            if family.code in codes.get(family.kind, ()):
                found.price_offset[row] = offset
