"""Contracts as they come by, kept as columns: a file has hundreds of thousands of them.

Numbers are kept as the file scales them (micros of money, e4 of deltas); which combined commodity
a contract belongs to, and in which unit its array counts, is known only when the file has ended.
"""

from array import array
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fencang.basics.decimals import DecimalFault
from fencang.basics.price import PRICE_NANOS_MAX
from fencang.margin.span.parameters import ContractRight, ContractTable
from fencang.parameters.spn.scanner import Element, Position
from fencang.parameters.spn.texts import Texts, scaled_array

__all__ = ["CONTRACTS_MAX", "Rows", "ScanRate", "SeriesRead", "Underlying", "read_series"]

CONTRACTS_MAX = 5_000_000
"""Most contracts of one file; a real one has 159,430."""
SCENARIOS_READ_MAX = 32
DELTA_E4_MAX = 1_000_000_000
"""Largest magnitude of a composite delta or of a delta scaling factor: 100,000."""

RIGHTS = {"C": ContractRight.CALL, "P": ContractRight.PUT}


class Underlying(NamedTuple):
    """A contract that another one is on: exchange, numbers of family and contract, side, ratio."""

    exchange: str
    family_id: int
    contract_id: int
    side: str
    ratio_e4: int


class ScanRate(NamedTuple):
    """Scan ranges of a month; ``price_ppm`` is the share of the price where no amount is stated."""

    rate_number: str = ""
    price_micros: int = 0
    price_ppm: int = 0
    volatility_e6: int = 0
    volatility_is_relative: bool = True


class SeriesRead(NamedTuple):
    """What one ``series``, or one contract that is its own series, states of its month."""

    position: Position
    period: str
    expiry_day: str
    expiry_years_e6: int
    volatility_e6: int
    value_factor_e7: int
    scaling_e4: int
    interest_rate_e6: int
    look_ahead_years_e6: int
    """-1: that of the clearing organisation."""
    pricing_model: str
    """"": that of the family."""
    reference_price_nanos: int | None
    scan: ScanRate
    underlyings: tuple[Underlying, ...]
    underlying_period: str | None
    """Our own element: overrides the month that ``underlyings`` lead to."""
    underlying_family: str


def read_series(texts: Texts, element: Element) -> SeriesRead:
    """Return what a ``series``, ``fut``, ``phy`` or ``cmb`` states of its month."""
    interest = element.part("intrRate")
    reference = None
    if element.fields.get("refPrice"):
        reference = texts.exact(element, "refPrice", 9)
    return SeriesRead(
        position=element.position(),
        period=texts.period(element, "pe", "" if element.name == "phy" else None),
        expiry_day=element.fields.get("setlDate", ""),
        expiry_years_e6=texts.rounded(element, "t", 6),
        volatility_e6=texts.rounded(element, "v", 6),
        value_factor_e7=texts.exact(element, "cvf", 7, 0),
        scaling_e4=texts.exact(element, "sc", 4, 10_000),
        interest_rate_e6=texts.rounded(interest, "val", 6) if interest else 0,
        look_ahead_years_e6=texts.rounded(element, "fencang:lookAheadYears", 6, -1),
        pricing_model=element.fields.get("fencang:priceModel", ""),
        reference_price_nanos=reference,
        scan=_read_scan_rate(texts, element.part("scanRate")),
        underlyings=tuple(
            Underlying(
                exchange=texts.text(leg, "exch"),
                family_id=texts.exact(leg, "pfId", 0),
                contract_id=texts.exact(leg, "cId", 0),
                side=leg.fields.get("s", ""),
                ratio_e4=texts.exact(leg, "i", 4, 10_000),
            )
            for leg in element.parts.get("undC", ())
        ),
        underlying_period=(
            texts.period(element, "fencang:underlyingPeriod")
            if "fencang:underlyingPeriod" in element.fields
            else None
        ),
        underlying_family=element.fields.get("fencang:underlyingFamily", ""),
    )


def _read_scan_rate(texts: Texts, scan: Element | None) -> ScanRate:
    if scan is None:
        return ScanRate()
    price_micros = texts.exact(scan, "priceScan", 6, 0)
    is_relative = "volScan" not in scan.fields
    return ScanRate(
        rate_number=scan.fields.get("r", ""),
        price_micros=price_micros,
        # Percent of the price: 15.7 is 157_000 ppm.
        price_ppm=0 if price_micros else texts.rounded(scan, "priceScanPct", 4),
        volatility_e6=texts.rounded(scan, "volScanPct" if is_relative else "volScan", 6),
        volatility_is_relative=is_relative,
    )


class ArrayRead(NamedTuple):
    """A risk array: its numbers as integers, how many of their digits are decimals, its delta."""

    values: list[int]
    decimals: int
    delta_e4: int


class Rows:
    """Columns of all contracts, one row per contract in the order of the file."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.scenarios = 0
        """Numbers per array, as the first array has it."""
        self.rate_number: str | None = None
        """``r`` of the arrays that were taken: the first of the file."""
        self.contract_ids = array("q")
        self.series = array("i")
        self.right = array("b")
        self.strike_nanos = array("q")
        self.price_nanos = array("q")
        self.volatility_e6 = array("q")
        self.value_factor_e7 = array("q")
        self.delta_e4 = array("i")
        self.current_delta_e4 = array("i")
        self.scaling_e4 = array("i")
        self.decimals = array("b")
        self.lines = array("q")
        self.values = array("q")
        self.line_columns = array("i")

    def __len__(self) -> int:
        return len(self.series)

    def add(self, element: Element, series: int) -> bool:
        """Take one contract and say so; one with a fault is reported and left out."""
        texts, fields = self.texts, element.fields
        faults = texts.count
        array_read = self._array_of(element)
        contract_id = texts.exact(element, "cId", 0, -1)
        is_option = element.name == "opt"
        right, strike, scaling = ContractRight.NONE, 0, 0
        if is_option:
            right = texts.word(element, "o", RIGHTS, ContractRight.NONE)
            if not right and not fields.get("o"):
                texts.missing(element, "o")
            strike = self._price(element, "k")
            scaling = self._delta(element, "sc") if "sc" in fields else 0
        price = self._price(element, "p") if fields.get("p") else ContractTable.NO_PRICE
        volatility = texts.rounded(element, "v", 6)
        value_factor = texts.exact(element, "cvf", 7, 0) if is_option and "cvf" in fields else 0
        current_delta = self._delta(element, "d")
        if texts.count > faults or array_read is None:
            return False
        self.contract_ids.append(contract_id)
        self.series.append(series)
        self.right.append(right)
        self.strike_nanos.append(strike)
        self.price_nanos.append(price)
        self.volatility_e6.append(volatility)
        self.value_factor_e7.append(value_factor)
        self.delta_e4.append(array_read.delta_e4)
        self.current_delta_e4.append(current_delta)
        self.scaling_e4.append(scaling)
        self.lines.append(element.line)
        self.line_columns.append(element.column)
        self.decimals.append(array_read.decimals)
        self.values.extend(array_read.values)
        return True

    def _array_of(self, element: Element) -> ArrayRead | None:
        texts = self.texts
        taken = element.part("ra")
        if taken is None:
            texts.missing(element, "ra")
            return None
        if len(element.parts["ra"]) > 1:
            # A file may state an array per performance bond rate; we take one rate throughout.
            wanted = self.rate_number
            taken = next((ra for ra in element.parts["ra"] if ra.fields.get("r") == wanted), taken)
        if self.rate_number is None:
            self.rate_number = taken.fields.get("r", "")
        if not self.scenarios and 0 < len(taken.values) <= SCENARIOS_READ_MAX:
            self.scenarios = len(taken.values)
        if len(taken.values) != self.scenarios or not self.scenarios:
            allowed = f"{self.scenarios or 16}, as in every risk array of the file"
            texts.fault(taken.position("a"), f"{len(taken.values)} numbers", allowed)
            return None
        if len(self) >= CONTRACTS_MAX:
            texts.fault(element.position(), "one contract more", f"at most {CONTRACTS_MAX}")
            return None
        try:
            values, decimals = scaled_array(taken.values)
        except DecimalFault as fault:
            texts.fault(taken.position("a"), " ".join(taken.values), str(fault))
            return None
        if not taken.fields.get("d"):
            texts.missing(taken, "d")
        return ArrayRead(values, decimals, self._delta(taken, "d"))

    def _price(self, element: Element, name: str) -> int:
        price = self.texts.exact(element, name, 9)
        if abs(price) > PRICE_NANOS_MAX:
            self.texts.fault(element.position(name), element.fields[name], "at most ten million")
            return 0
        return price

    def _delta(self, element: Element, name: str) -> int:
        delta = self.texts.rounded(element, name, 4)
        if abs(delta) > DELTA_E4_MAX:
            self.texts.fault(element.position(name), element.fields[name], "at most 100,000")
            return 0
        return delta

    def values_micros(self) -> NDArray[np.int64]:
        """Return all arrays, shape (rows, scenarios), in micros of the currency.

        Asked for when the file has ended: the rows are scaled where they lie, once.
        """
        shape = (len(self), max(self.scenarios, 1))
        if not self.values:
            return np.zeros(shape, dtype=np.int64)
        values = np.frombuffer(self.values, dtype=np.int64).reshape(shape)
        if self.decimals:
            values *= 10 ** (6 - np.array(self.decimals, dtype=np.int64))[:, None]
            self.decimals = array("b")
        return values

    def column(self, name: str) -> NDArray[Any]:
        """Return one column by name."""
        return np.array(getattr(self, name))
