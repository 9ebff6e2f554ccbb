"""Records T, 6 and Z: exchange rates, spreads between commodities, legs of combinations.

Law: every leg refers to something that the file holds; a spread with a leg that does not is left
out as a whole and told.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from fencang.margin.span.parameters import (
    CombinationLeg,
    CombinedCommodity,
    ContractRight,
    ContractTable,
    ContractType,
    CurrencyRate,
    InterLeg,
    InterMethod,
    InterSpread,
    LegSide,
    ProductFamily,
)
from fencang.parameters.pa2.families import Families
from fencang.parameters.pa2.records.lines import Rows, Source

__all__ = ["build_combinations", "build_inter_spreads", "read_currency_rates"]

METHODS = {int(method): method for method in InterMethod}
TIER_METHODS = {InterMethod.TIER_LEGS, InterMethod.TIER_LEGS_OWN_RISK}
"""Methods whose legs name a tier (X9); the others do not look at it."""
LEGS = 4


def read_currency_rates(source: Source) -> tuple[CurrencyRate, ...]:
    """Return the conversion multipliers (six decimals) of records T."""
    rows = source.rows("T")
    found: dict[tuple[str, str], CurrencyRate] = {}
    for i, line in enumerate(rows.lines):
        pair = rows.texts["from_currency"][i], rows.texts["to_currency"][i]
        if len(pair[0]) != 3 or len(pair[1]) != 3:
            name = "from_currency" if len(pair[0]) != 3 else "to_currency"
            source.fault("T", line, name, repr(rows.texts[name][i]), "a currency of three letters")
            continue
        rate = CurrencyRate(
            from_currency=pair[0],
            to_currency=pair[1],
            rate_nanos=rows.numbers["multiplier"][i] * 1_000,
        )
        if not rate.rate_nanos:
            source.fault("T", line, "multiplier", "0", "a multiplier above 0")
        elif found.setdefault(pair, rate) != rate:
            text = f"{'/'.join(pair)} once more, changed"
            source.fault("T", line, "multiplier", text, "one multiplier for a pair")
    return tuple(found.values())


def build_inter_spreads(
    source: Source, families: Families, commodities: Sequence[CombinedCommodity]
) -> tuple[InterSpread, ...]:
    """Return the spreads between commodities in the order of the file."""
    reader = _SpreadReader(source, families, commodities)
    found = (reader.spread(i) for i in range(len(reader.rows)))
    return tuple(spread for spread in found if spread is not None)


class _SpreadReader:
    """Reads records 6 one by one."""

    def __init__(
        self, source: Source, families: Families, commodities: Sequence[CombinedCommodity]
    ) -> None:
        self.source = source
        self.rows = source.rows("6")
        self.exchanges = {code: lines.exchanges for code, lines in families.commodities.items()}
        self.commodities = {commodity.code: commodity for commodity in commodities}

    def spread(self, i: int) -> InterSpread | None:
        """Return the spread of a line; None when it is at fault."""
        rows = self.rows
        faults_before = self.source.faults.total
        method = METHODS.get(rows.numbers["method"][i])
        if method is None:
            allowed = ", ".join(f"{code:02d}" for code in METHODS)
            self._fault(i, "method", f"{rows.numbers['method'][i]:02d}", allowed)
            return None
        is_flat = rows.texts["credit_method"][i] == "F"
        has_own_rates = rows.texts["separate_rates"][i] == "Y"
        legs = tuple(
            self._leg(i, slot, is_flat=is_flat, has_own_rates=has_own_rates, method=method)
            for slot in range(1, LEGS + 1)
            if rows.texts[f"leg_{slot}_commodity"][i]
        )
        target = self._target(i) if method is InterMethod.SCANNING else None
        self._check(i, legs, target)
        if self.source.faults.total != faults_before:
            return None
        rate = rows.numbers["rate"][i]
        return InterSpread(
            priority=rows.numbers["priority"][i],
            method=method,
            legs=legs,
            is_super=rows.texts["group_flag"][i] == "S",
            is_flat=is_flat,
            rate_ppm=0 if is_flat else rate,
            amount_micros=rate * 10_000 if is_flat else 0,
            has_own_rates=has_own_rates,
            target=target,
            legs_min=rows.numbers["legs_min"][i],
            eligibility=rows.texts["eligibility"][i],
            group=rows.texts["group"][i],
        )

    def _check(self, i: int, legs: Sequence[InterLeg], target: InterLeg | None) -> None:
        credit = self.rows.texts["credit_method"][i]
        if credit not in {"", "W", "F"}:
            self._fault(i, "credit_method", repr(credit), "blank, W or F")
        if len(legs) < (2 if target is None else 1):
            allowed = "two legs, or one and a target"
            self.source.line_fault("6", self.rows.lines[i], f"{len(legs)} legs", allowed)
        if target is not None:
            self._one_currency(i, (target, *legs))

    def _fault(self, i: int, name: str, found: str, allowed: str) -> None:
        self.source.fault("6", self.rows.lines[i], name, found, allowed)

    def _leg(
        self, i: int, slot: int, *, is_flat: bool, has_own_rates: bool, method: InterMethod
    ) -> InterLeg:
        rows, prefix = self.rows, f"leg_{slot}"
        commodity = self._commodity(i, prefix)
        ratio = rows.numbers[f"{prefix}_ratio"][i]
        if not ratio:
            self._fault(i, f"{prefix}_ratio", "0", "a ratio above 0")
        side = rows.texts[f"{prefix}_side"][i]
        if side not in {"A", "B"}:
            self._fault(i, f"{prefix}_side", repr(side), "A or B")
            side = "A"
        tier = rows.numbers[f"{prefix}_tier"][i]
        held = self.commodities.get(commodity)
        if tier and held is not None and method in TIER_METHODS:
            tiers = held.inter_tiers
            if method is InterMethod.TIER_LEGS_OWN_RISK:  # its price risk is a scan tier's
                tiers += held.scan_tiers
            known = sorted({each.number for each in tiers})
            if tier not in known:
                allowed = f"00 or a tier of {commodity}: {known}"
                self._fault(i, f"{prefix}_tier", f"{tier:02d}", allowed)
        rate = rows.numbers[f"{prefix}_rate"][i] if has_own_rates else 0
        return InterLeg(
            commodity=commodity,
            side=LegSide(side),
            ratio_e4=ratio,
            is_required=rows.texts[f"{prefix}_required"][i] != "N",
            tier_number=tier,
            rate_ppm=0 if is_flat else rate,
            amount_micros=rate * 10_000 if is_flat else 0,
        )

    def _target(self, i: int) -> InterLeg:
        rows = self.rows
        ratio = rows.numbers["target_ratio"][i]
        if not ratio:
            self._fault(i, "target_ratio", "0", "a ratio above 0")
        return InterLeg(
            commodity=self._commodity(i, "target"),
            side=LegSide.A,
            ratio_e4=ratio,
            is_required=rows.texts["target_required"][i] != "N",
        )

    def _commodity(self, i: int, prefix: str) -> str:
        code = self.rows.texts[f"{prefix}_commodity"][i]
        exchange = self.rows.texts[f"{prefix}_exchange"][i]
        exchanges = self.exchanges.get(code)
        if exchanges is None or exchange not in exchanges:
            allowed = "a combined commodity that a record 2 of that exchange defines"
            self._fault(i, f"{prefix}_commodity", f"{exchange} {code}".strip() or "blank", allowed)
        return code

    def _one_currency(self, i: int, legs: Sequence[InterLeg]) -> None:
        held = [
            self.commodities[leg.commodity] for leg in legs if leg.commodity in self.commodities
        ]
        currencies = sorted({commodity.currency for commodity in held})
        if len(currencies) > 1:
            found = f"commodities in {' and '.join(currencies)}"
            allowed = "one currency: scenario vectors of several are never added"
            self._fault(i, "target_commodity", found, allowed)


def build_combinations(
    source: Source, families: Sequence[ProductFamily], contracts: ContractTable
) -> dict[int, tuple[CombinationLeg, ...]]:
    """Return the legs of combinations by the combination's row.

    Combinations without risk array cannot be held, so their legs are left aside and noted.
    """
    rows = source.rows("Z")
    if not len(rows):
        return {}
    places = _places(families, contracts)
    found: dict[int, list[CombinationLeg]] = {}
    aside = 0
    for i, line in enumerate(rows.lines):
        exchange = rows.texts["exchange"][i]
        kind = ContractType.COMBINATION.value
        period = _period(rows, i, "month", "day")
        combination = places.get((exchange, rows.texts["code"][i], kind, period))
        if combination is None:
            aside += 1
            continue
        leg_period = _period(rows, i, "leg_month", "leg_day")
        key = (exchange, rows.texts["leg_code"][i], rows.texts["leg_kind"][i], leg_period)
        leg = places.get(key)
        side = rows.texts["leg_side"][i]
        if leg is None or leg == combination:
            allowed = "a future or physical with a risk array in this file"
            source.fault("Z", line, "leg_code", "/".join(key), allowed)
        elif side not in {"A", "B"}:
            source.fault("Z", line, "leg_side", repr(side), "A or B")
        else:
            ratio = rows.numbers["leg_ratio"][i] * 10_000 + rows.numbers["leg_ratio_fraction"][i]
            signed = ratio if side == "A" else -ratio
            found.setdefault(combination, []).append(CombinationLeg(contract=leg, ratio_e4=signed))
    if aside:
        source.notes.append(f"{aside} legs of combinations without risk array are not used")
    return {row: tuple(found[row]) for row in sorted(found)}


def _period(rows: Rows, i: int, month: str, day: str) -> str:
    number = rows.numbers[month][i]
    return f"{number:06d}{rows.texts[day][i].strip()}" if number else ""


def _places(
    families: Sequence[ProductFamily], contracts: ContractTable
) -> Mapping[tuple[str, str, str, str], int]:
    # Everything that is no option; options stand in no leg.
    at = np.flatnonzero(contracts.right == ContractRight.NONE)
    names = [(family.exchange, family.code, family.kind.value) for family in families]
    columns = (contracts.family[at].tolist(), contracts.period[at].tolist(), at.tolist())
    return {
        (*names[family], contracts.periods[period]): row
        for family, period, row in zip(*columns, strict=True)
    }
