"""Columns of all contracts that can be margined, with what their families and months state.

Underlyings are named by exchange, family and contract number (``undC``).  An option on a future or
on a combination counts in its underlying's month.  An option on a physical, which has no month,
counts in its own: that is what ``oopDeltaMeth`` PERIOD says, and what spread legs by option expiry
in real files presuppose.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_exact, divide_half_away
from fencang.margin.span.parameters import (
    CombinationLeg,
    ContractTable,
    ContractType,
    ProductFamily,
    Series,
)
from fencang.parameters.prices import PriceFormat, decode_prices, value_factor_shift
from fencang.parameters.spn.collected import FamilyRead, FileRead
from fencang.parameters.spn.definitions import Extreme, Points
from fencang.parameters.spn.rows import SeriesRead, Underlying

__all__ = ["Membership", "Table", "contract_table"]

ONE_E4 = 10_000
PRICE_SCAN_MICROS_MAX = 10**18
SIGNS = {"B": 1, "S": -1, "": 1}
"""Sides of a combination's legs: bought or sold with it."""
DELTA_IN_OWN_PERIOD = {"", "PERIOD"}


class Membership(NamedTuple):
    """Families that can be margined, and of each what its combined commodity says."""

    families: tuple[ProductFamily, ...]
    reads: tuple[FamilyRead, ...]
    commodities: tuple[int, ...]
    scalings_e4: tuple[int, ...]
    delta_methods: tuple[str, ...]
    units_micros: tuple[int, ...]
    """By commodity."""


class Table(NamedTuple):
    """What the contracts became."""

    contracts: ContractTable
    series: tuple[Series, ...]
    combinations: dict[int, tuple[CombinationLeg, ...]]


class Months(NamedTuple):
    """A series joined: its own and its underlying's month, its contract's row in the file."""

    period: str
    underlying_period: str
    underlying_family: str
    underlying_row: int


def contract_table(
    read: FileRead, members: Membership, points: Points, *, look_ahead_years_e6: int
) -> Table:
    """Return contracts, series and combinations; references in vain are reported."""
    joiner = _Joiner(read, members)
    scans = [joiner.price_scans(place) for place in range(len(members.families))]
    series: list[Series] = []
    first_series = []
    for place, (family, part) in enumerate(zip(members.families, members.reads, strict=True)):
        first_series.append(len(series))
        model = part.element.fields.get("priceModel", "")
        for offset, number in enumerate(part.series):
            one = read.series[number]
            own_extreme = points.extremes.get(one.scan.rate_number)
            extreme = own_extreme or next(iter(points.extremes.values()), Extreme())
            series.append(
                _series(
                    one,
                    family,
                    joiner.months[number],
                    extreme,
                    price_scan=scans[place][offset],
                    scaling_e4=joiner.scaling(place, one.scaling_e4),
                    look_ahead_years_e6=look_ahead_years_e6,
                    model=model,
                )
            )
    contracts = joiner.columns(joiner.kept_rows(), first_series, series)
    return Table(contracts, tuple(series), joiner.combinations())


def _series(
    one: SeriesRead,
    family: ProductFamily,
    months: Months,
    extreme: Extreme,
    *,
    price_scan: int,
    scaling_e4: int,
    look_ahead_years_e6: int,
    model: str,
) -> Series:
    own_look_ahead = one.look_ahead_years_e6
    shift = value_factor_shift(PriceFormat(family.settlement_locator, family.settlement_alignment))
    return Series(
        family=family.key,
        period=months.period,
        underlying_period=months.underlying_period,
        underlying_family=months.underlying_family,
        volatility_e6=one.volatility_e6,
        volatility_scan_e6=one.scan.volatility_e6,
        volatility_scan_is_relative=one.scan.volatility_is_relative,
        price_scan_range=price_scan,
        extreme_multiplier_e3=extreme.multiplier_e3,
        cover_ppm=extreme.cover_ppm,
        interest_rate_e6=one.interest_rate_e6,
        expiry_years_e6=one.expiry_years_e6,
        look_ahead_years_e6=look_ahead_years_e6 if own_look_ahead < 0 else own_look_ahead,
        delta_scaling_e4=scaling_e4,
        expiry_day=one.expiry_day,
        pricing_model=one.pricing_model or model,
        reference_price_nanos=one.reference_price_nanos,
        value_factor_e7=one.value_factor_e7 // 10**shift,
    )


class _Joiner:
    """Resolves underlyings once and fills the columns family by family."""

    def __init__(self, read: FileRead, members: Membership) -> None:
        self.read = read
        self.members = members
        self.row_series = read.rows.column("series")
        self.is_damaged = np.isin(self.row_series, sorted(read.damaged_series))
        """By row of the file: rows that a fault of their month or price leaves out."""
        self.rows_by_name = self._rows_by_name()
        self.place_of_row = np.full(len(read.rows), -1, dtype=np.int64)
        for place, part in enumerate(members.reads):
            self.place_of_row[part.rows.start : part.rows.stop] = place
        self.prices = self._decoded_prices("price_nanos", "p")
        self.strikes = self._decoded_prices("strike_nanos", "k")
        self.family_keys = {
            (part.exchange, int(part.element.fields["pfId"])): family.key
            for family, part in zip(members.families, members.reads, strict=True)
        }
        self.months: dict[int, Months] = {}
        for place in range(len(members.reads)):
            for number in members.reads[place].series:
                self.months[number] = self._months(place, number)
        self.legs = self._combination_legs()

    def _is_option(self, place: int) -> bool:
        return self.members.families[place].kind.is_option

    def _rows_by_name(self) -> dict[tuple[str, int, int], int]:
        """Return rows of futures, physicals and combinations by exchange and both numbers."""
        found: dict[tuple[str, int, int], int] = {}
        for part in self.read.families:
            if not part.kind.is_option:
                number = self.read.texts.exact(part.element, "pfId", 0, 0)
                for row in part.rows:
                    found[part.exchange, number, self.read.rows.contract_ids[row]] = row
        return found

    def _months(self, place: int, number: int) -> Months:
        family, one = self.members.families[place], self.read.series[number]
        if not family.kind.is_option:
            return Months(one.period, one.period, "", -1)
        first = one.underlyings[0] if one.underlyings else None
        row = self._row_of(first) if first else -1
        if one.underlying_period is not None:
            return Months(one.period, one.underlying_period, one.underlying_family, row)
        own_period = family.kind == ContractType.OPTION_ON_PHYSICAL
        if own_period and self.members.delta_methods[place] in DELTA_IN_OWN_PERIOD:
            return Months(one.period, one.period, self._family_key(row, first), row)
        if row < 0:
            if not own_period:
                self._report_underlying(one, first, "the contract that the options are on")
                self.is_damaged |= self.row_series == number
            return Months(one.period, "", self._family_key(row, first), row)
        period = self.read.series[int(self.row_series[row])].period
        return Months(one.period, period, self._family_key(row, first), row)

    def _row_of(self, one: Underlying) -> int:
        return self.rows_by_name.get((one.exchange, one.family_id, one.contract_id), -1)

    def _family_key(self, row: int, one: Underlying | None) -> str:
        if row >= 0 and self.place_of_row[row] >= 0:
            return self.members.families[int(self.place_of_row[row])].key
        if one is None:
            return ""
        # An underlying that is only quoted has no row, but its family has a name.
        return self.family_keys.get((one.exchange, one.family_id), "")

    def _decoded_prices(self, column: str, leaf: str) -> NDArray[np.int64]:
        """Return prices in nanos; digits with eighths and thirty-seconds are decoded.

        The decimal's digits, its point taken away, are what a positional file writes.
        """
        prices = self.read.rows.column(column)
        for family, part in zip(self.members.families, self.members.reads, strict=True):
            form = PriceFormat(family.settlement_locator, family.settlement_alignment)
            if leaf == "k":
                form = PriceFormat(family.strike_locator, family.strike_alignment)
            if not form.alignment:
                continue
            span = slice(part.rows.start, part.rows.stop)
            stated = prices[span] != ContractTable.NO_PRICE
            scale = divide_exact(NANOS, 10**form.locator)
            digits, rest = np.divmod(np.where(stated, np.abs(prices[span]), 0), scale)
            decoded, bad = decode_prices(digits, form)
            bad |= rest != 0
            if bad.any():
                allowed = f"digits of alignment code {form.alignment} with {form.locator} places"
                position = part.element.position(leaf)
                self.read.texts.fault(position, f"{int(bad.sum())} prices", allowed)
                self.is_damaged[span] |= bad
            prices[span] = np.where(stated, np.sign(prices[span]) * decoded, prices[span])
        return prices

    def scaling(self, place: int, own_e4: int) -> int:
        """Return the delta scaling factor: the contract's own, or the link's where that is 1."""
        return own_e4 if own_e4 not in {0, ONE_E4} else self.members.scalings_e4[place]

    def price_scans(self, place: int) -> list[int]:
        """Return the price scan range of each series of a family in risk units."""
        unit = self.members.units_micros[self.members.commodities[place]]
        factor = self.members.families[place].value_factor_e7
        scans = []
        for number in self.members.reads[place].series:
            one = self.read.series[number]
            micros = one.scan.price_micros
            row = self._own_row(place, number) if not self._is_option(place) else -1
            row = row if row >= 0 else self.months[number].underlying_row
            if one.scan.price_ppm and row >= 0 and self.prices[row] != ContractTable.NO_PRICE:
                # nanos × e7 × ppm are 10^-22 of the currency.
                product = abs(int(self.prices[row])) * (one.value_factor_e7 or factor)
                micros = divide_half_away(product * one.scan.price_ppm, 10**16)
                if micros > PRICE_SCAN_MICROS_MAX:
                    position = one.position._replace(leaf="priceScanPct")
                    self.read.texts.fault(position, "a larger range", "at most 10^12 of a currency")
                    self.is_damaged |= self.row_series == number
                    micros = 0
                scans.append(divide_half_away(micros, unit))
            else:
                scans.append(divide_exact(micros, unit))
        return scans

    def _own_row(self, place: int, number: int) -> int:
        part = self.members.reads[place]
        rows = np.flatnonzero(self.row_series[part.rows.start : part.rows.stop] == number)
        return int(rows[0]) + part.rows.start if len(rows) else -1

    def kept_rows(self) -> NDArray[np.int64]:
        """Return the whole rows of the file that belong to a commodity, family by family."""
        kept = [np.arange(part.rows.start, part.rows.stop) for part in self.members.reads]
        rows: NDArray[np.int64] = np.concatenate([np.zeros(0, np.int64), *kept])
        whole: NDArray[np.int64] = rows[~self.is_damaged[rows]]
        return whole

    def columns(
        self, kept: NDArray[np.int64], first_series: list[int], series: list[Series]
    ) -> ContractTable:
        """Return the contract table of the kept rows; twins are reported and dropped."""
        columns, periods = self._columns(kept, first_series, series)
        twins = self._twins(columns, kept)
        if len(twins):
            self.is_damaged[kept[twins]] = True
            columns, periods = self._columns(self.kept_rows(), first_series, series)
        return ContractTable(periods, columns)

    def _columns(
        self, kept: NDArray[np.int64], first_series: list[int], series: list[Series]
    ) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
        read = self.read.rows
        place = self.place_of_row[kept]
        in_file = self.row_series[kept]
        starts = np.array([part.series.start for part in self.members.reads], dtype=np.int64)
        number = in_file - starts[place] + np.array(first_series, dtype=np.int64)[place]
        periods = sorted({text for one in series for text in (one.period, one.underlying_period)})
        index = {period: row for row, period in enumerate(periods)}

        def by_series(values: list[int]) -> NDArray[np.int64]:
            return np.array(values, dtype=np.int64)[number] if len(number) else kept

        commodity = np.array(self.members.commodities, dtype=np.int64)[place]
        units = np.array(self.members.units_micros, dtype=np.int64)[commodity]
        own_scaling = read.column("scaling_e4")[kept]
        scaling = by_series([one.delta_scaling_e4 for one in series])
        columns: dict[str, NDArray[Any]] = {
            "family": place,
            "commodity": commodity,
            "series": number,
            "right": read.column("right")[kept],
            "period": by_series([index[one.period] for one in series]),
            "underlying_period": by_series([index[one.underlying_period] for one in series]),
            "strike_nanos": self.strikes[kept],
            "price_nanos": self.prices[kept],
            "volatility_e6": read.column("volatility_e6")[kept],
            "value_factor_e7": self._value_factors(kept, series, number, place),
            "delta_e4": read.column("delta_e4")[kept],
            "current_delta_e4": read.column("current_delta_e4")[kept],
            "delta_scaling_e4": np.where(own_scaling == 0, scaling, own_scaling),
            "price_scan_range": by_series([one.price_scan_range for one in series]),
            "values": read.values_micros()[kept],
        }
        columns["values"] //= units[:, None]
        return columns, tuple(periods)

    def _value_factors(
        self,
        kept: NDArray[np.int64],
        series: list[Series],
        number: NDArray[np.int64],
        place: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Return of each kept row its own factor, else its month's, else its family's."""
        if not len(number):
            return number
        families = self.members.families
        shifts = [
            10 ** value_factor_shift(PriceFormat(one.settlement_locator, one.settlement_alignment))
            for one in families
        ]
        own = self.read.rows.column("value_factor_e7")[kept]
        own = own // np.array(shifts, dtype=np.int64)[place]
        month = np.array([one.value_factor_e7 for one in series], dtype=np.int64)[number]
        family = np.array([one.value_factor_e7 for one in families], dtype=np.int64)[place]
        return np.where(own != 0, own, np.where(month != 0, month, family))

    def _twins(
        self, columns: dict[str, NDArray[Any]], kept: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Report contracts that stand twice: the same family, months, right and strike."""
        names = ("family", "period", "underlying_period", "right", "strike_nanos")
        order = np.lexsort([columns[name] for name in reversed(names)])
        same = np.ones(max(len(order) - 1, 0), dtype=bool)
        for name in names:
            ordered = columns[name][order]
            same &= ordered[1:] == ordered[:-1]
        twins = np.sort(order[1:][same])
        rows = self.read.rows
        for twin in twins.tolist():
            row, place = int(kept[twin]), int(columns["family"][twin])
            position = self.members.reads[place].element.position("contract")
            position = position._replace(line=rows.lines[row], column=rows.line_columns[row])
            found = f"a contract of {self.members.families[place].key} again"
            self.read.texts.fault(position, found, "one for each month, right and strike")
        return twins

    def _combination_legs(self) -> dict[int, list[tuple[int, int]]]:
        """Return rows of the file and signed ratios of the legs of each combination contract."""
        found: dict[int, list[tuple[int, int]]] = {}
        for place, part in enumerate(self.members.reads):
            if self.members.families[place].kind != ContractType.COMBINATION:
                continue
            for row in part.rows:
                one = self.read.series[int(self.row_series[row])]
                for underlying in one.underlyings:
                    leg = self._row_of(underlying)
                    sign = SIGNS.get(underlying.side, 0)
                    if leg < 0 or self.place_of_row[leg] < 0:
                        allowed = "a contract of a combined commodity of the file"
                        self._report_underlying(one, underlying, allowed)
                    elif not sign:
                        position = one.position._replace(leaf="s")
                        self.read.texts.fault(position, underlying.side, "B (bought) or S (sold)")
                    else:
                        ratio = sign * underlying.ratio_e4
                        found.setdefault(row, []).append((leg, ratio))
                if len(found.get(row, ())) != len(one.underlyings):
                    self.is_damaged[row] = True
        return found

    def _report_underlying(self, one: SeriesRead, wanted: Underlying | None, allowed: str) -> None:
        found = "nothing"
        if wanted is not None:
            found = f"contract {wanted.contract_id} of family {wanted.family_id}"
            found = f"{found} of {wanted.exchange}"
        self.read.texts.fault(one.position._replace(leaf="undC"), found, allowed)

    def combinations(self) -> dict[int, tuple[CombinationLeg, ...]]:
        """Return the legs of every kept combination by row of the contract table."""
        kept = self.kept_rows()
        new_rows = np.full(len(self.read.rows), -1, dtype=np.int64)
        new_rows[kept] = np.arange(len(kept))
        return {
            int(new_rows[row]): tuple(
                CombinationLeg(contract=int(new_rows[leg]), ratio_e4=ratio) for leg, ratio in legs
            )
            for row, legs in self.legs.items()
            if min(new_rows[row], *(new_rows[leg] for leg, _ in legs)) >= 0
        }
