"""What a SPAN file states, as values: one set of parameters for one clearing organisation and day.

Written once by a parser or generator, never changed.  Structure (combined commodities, tiers,
spreads) is a tree of frozen structures; contracts, of which a file has hundreds of thousands, are
columns (``ContractTable``).  All numbers are integers:

* *risk units*: whole numbers of ``CombinedCommodity.risk_unit_micros``.  CME's arrays are whole
  dollars times 10^exponent (unit 1_000_000 × 10^exponent); an XML file with two decimals has unit
  10_000.  Risk arrays, charges and rates of one combined commodity share its unit.
* ``_e4``: ten-thousandths (deltas, ratios, delta scaling: 10_000 is one).
* ``_ppm``: parts per million; a credit rate of 75.0000 % is 750_000.
* periods are text ``CCYYMM`` or, with a day or week code, ``CCYYMMDD`` / ``CCYYMMW1``; they order
  as text.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fencang.margin.span.frozen import Frozen
from fencang.refdata.account import AccountType

__all__ = [
    "SCENARIOS_MAX",
    "AccountType",
    "CombinationLeg",
    "CombinedCommodity",
    "ContractRight",
    "ContractTable",
    "ContractType",
    "CurrencyRate",
    "DeliveryMonth",
    "InterLeg",
    "InterMethod",
    "InterSpread",
    "IntraLeg",
    "IntraSpread",
    "LegSide",
    "PriceRiskMethod",
    "ProductFamily",
    "ScanPoint",
    "Series",
    "ShortOptionMethod",
    "SpanHeader",
    "SpanParameters",
    "Tier",
]

SCENARIOS_MAX = 32
"""Scenarios of one set; every file in use has 16."""


class ContractType(StrEnum):
    """What a product family holds, in SPAN's words."""

    FUTURE = "FUT"
    PHYSICAL = "PHY"
    COMBINATION = "CMB"
    OPTION_ON_FUTURE = "OOF"
    OPTION_ON_PHYSICAL = "OOP"
    OPTION_ON_COMBINATION = "OOC"

    @property
    def is_option(self) -> bool:
        """Return whether contracts of the family are options."""
        return self.value.startswith("OO")


class ContractRight(IntEnum):
    """Right of a contract as the column ``ContractTable.right`` holds it."""

    NONE = 0
    CALL = 1
    PUT = 2


class LegSide(StrEnum):
    """Side of a spread leg: A and B are opposite; which of them is long is tried both ways."""

    A = "A"
    B = "B"


class PriceRiskMethod(IntEnum):
    """How the weighted futures price risk is formed (record S column 83; wfprMeth)."""

    NORMAL = 1
    CAPPED_AT_SCAN_RANGE = 2
    SCAN_RANGE = 3


class ShortOptionMethod(StrEnum):
    """Calls' and puts' minimum: added (GROSS, code blank or 2) or the greater (MAX, code 1)."""

    GROSS = "gross"
    MAX = "max"


class InterMethod(IntEnum):
    """Method of an inter-commodity spread (record 6 columns 89-90)."""

    REGULAR = 1
    TIERED = 2
    CRUSH = 3
    SCANNING = 4
    TIER_LEGS = 10
    TIER_LEGS_OWN_RISK = 20


class ScanPoint(Frozen):
    """One scenario: moves in scan ranges as fractions, the share of the result that counts.

    ``paired_number`` is the scenario (counted from 1) with the opposite volatility move; a scenario
    paired with itself has no volatility risk.
    """

    number: int
    price_numerator: int
    price_denominator: int
    volatility_numerator: int
    volatility_denominator: int
    weight_ppm: int
    paired_number: int


class Tier(Frozen):
    """A numbered range of contract months, both ends included; ``som_rate`` in risk units."""

    number: int
    first_period: str
    last_period: str
    som_rate: int = 0


class IntraLeg(Frozen):
    """A leg inside one combined commodity: a tier (``tier_number``) or a month (``period``)."""

    side: LegSide
    ratio_e4: int
    tier_number: int = 0
    period: str = ""


class IntraSpread(Frozen):
    """A calendar spread: ``rate`` risk units for each spread formed."""

    priority: int
    rate: int
    legs: tuple[IntraLeg, ...]


class DeliveryMonth(Frozen):
    """Charges per delta of a month in delivery, in risk units; ``side`` limits whom it meets."""

    period: str
    rate_consumed: int
    rate_remaining: int
    side: str = "both"
    """``both``, ``long`` or ``short``."""


class ProductFamily(Frozen):
    """One product of an exchange inside a combined commodity.

    ``value_factor_e7``: money per one point of price and lot, in 1e-7 of the currency.  Settlement
    and strike locators, alignment codes are the file's own price format.
    """

    exchange: str
    code: str
    kind: ContractType
    name: str = ""
    currency: str = ""
    value_factor_e7: int = 0
    settlement_locator: int = 0
    strike_locator: int = 0
    settlement_alignment: str = ""
    strike_alignment: str = ""
    is_american: bool = False
    is_positionable: bool = True
    is_futures_style: bool = False
    """Options margined like futures have no option value."""

    @property
    def key(self) -> str:
        """Return ``EXCHANGE/CODE/TYPE``."""
        return f"{self.exchange}/{self.code}/{self.kind}"


class CombinationLeg(Frozen):
    """A leg of a combination contract: lots of another contract per lot of the combination."""

    contract: int
    """Row of the leg in the contract table."""
    ratio_e4: int
    """Signed: below zero is sold when the combination is bought."""


class CombinedCommodity(Frozen):
    """All families margined together, with every table that binds them."""

    code: str
    currency: str
    name: str = ""
    risk_exponent: int = 0
    risk_unit_micros: int = 1_000_000
    rounding_micros: int = 1_000_000
    """Charges, credits and requirements round to multiples of it (half away from zero)."""
    is_futures_style: bool = False
    caps_option_value: bool = False
    combination_method: str = ""
    families: tuple[str, ...] = ()
    """``ProductFamily.key`` of each family."""
    scan_tiers: tuple[Tier, ...] = ()
    intra_tiers: tuple[Tier, ...] = ()
    inter_tiers: tuple[Tier, ...] = ()
    som_tiers: tuple[Tier, ...] = ()
    price_risk_method: PriceRiskMethod = PriceRiskMethod.NORMAL
    series_spreads: tuple[IntraSpread, ...] = ()
    tier_spreads: tuple[IntraSpread, ...] = ()
    delivery_months: tuple[DeliveryMonth, ...] = ()
    som_rate: int = 0
    som_method: ShortOptionMethod = ShortOptionMethod.GROSS
    adjustment_ppm: tuple[int, int, int] = (1_000_000, 1_000_000, 1_000_000)
    """Member, hedger, speculator."""
    initial_ratio_ppm: tuple[int, int, int] = (1_000_000, 1_000_000, 1_000_000)
    """Initial over maintenance: member, hedger, speculator."""


class InterLeg(Frozen):
    """A leg of an inter-commodity spread; ``tier_number`` 0 means the whole commodity."""

    commodity: str
    side: LegSide
    ratio_e4: int
    is_required: bool = True
    tier_number: int = 0
    rate_ppm: int = 0
    """The leg's own credit rate, where the spread has separate rates."""
    amount_micros: int = 0
    """The leg's own amount, of a flat spread with separate amounts."""


class InterSpread(Frozen):
    """A credit between combined commodities.

    Weighted spreads credit ``rate_ppm`` of the weighted price risk; flat ones ``amount_micros`` per
    spread and leg.  Scanning spreads have a ``target`` whose vector the legs join.
    """

    priority: int
    method: InterMethod
    legs: tuple[InterLeg, ...]
    is_super: bool = False
    is_flat: bool = False
    rate_ppm: int = 0
    amount_micros: int = 0
    has_own_rates: bool = False
    target: InterLeg | None = None
    legs_min: int = 0
    eligibility: str = ""
    group: str = ""


class CurrencyRate(Frozen):
    """Units of ``to_currency`` per unit of ``from_currency``, in 1e-9."""

    from_currency: str
    to_currency: str
    rate_nanos: int


class Series(Frozen):
    """What record B (or ``series`` in XML) states of one month or expiry of a family.

    ``price_scan_range``: risk units per lot.  ``volatility_scan_e6``: of the volatility itself when
    ``volatility_scan_is_relative`` (90_000 is 9 %), else absolute.  ``cover_ppm`` is the share of
    the extreme move that counts, already inside array values 15 and 16.
    """

    family: str
    period: str
    underlying_period: str
    underlying_family: str = ""
    volatility_e6: int = 0
    volatility_scan_e6: int = 0
    volatility_scan_is_relative: bool = True
    price_scan_range: int = 0
    extreme_multiplier_e3: int = 3_000
    cover_ppm: int = 330_000
    interest_rate_e6: int = 0
    expiry_years_e6: int = 0
    look_ahead_years_e6: int = 0
    delta_scaling_e4: int = 10_000
    expiry_day: str = ""
    pricing_model: str = ""
    reference_price_nanos: int | None = None
    value_factor_e7: int = 0
    """0: that of the family."""


class SpanHeader(Frozen):
    """Whose file, of which day, and for what kind of account its numbers stand."""

    clearing_organisation: str
    business_date: str
    """``CCYYMMDD``."""
    file_format: str
    """``U2`` (expanded unpacked) or ``4.00`` (XML)."""
    is_settlement: bool = True
    cycle: str = ""
    """``E`` early, ``F`` final, ``C`` complete, ``I`` intraday, or the XML qualifier."""
    is_gross: bool = False
    caps_option_value: bool = False
    account_kind: str = ""
    account_class: str = ""
    requirement_kind: str = ""
    """``M`` maintenance or ``I`` initial, where the file says."""


class ContractTable:
    """The contracts of a set as columns of one length N; rows of one family stand together.

    Columns (all read-only):
        family: int32, row of ``SpanParameters.families``.
        commodity: int32, row of ``SpanParameters.commodities``.
        series: int32, row of ``SpanParameters.series``, -1 when the file states none.
        right: int8, a ``ContractRight``.
        period, underlying_period: int32, rows of ``periods``; a future's own period is both.
        strike_nanos, price_nanos, volatility_e6, value_factor_e7: int64.  A price that the file
            does not state is ``NO_PRICE``.
        delta_e4, current_delta_e4, delta_scaling_e4: int32; composite delta of one long lot.
        price_scan_range: int64, risk units per lot.
        values: int64, shape (N, scenarios): loss (positive) of one long lot, in risk units.
    """

    NO_PRICE = -(1 << 62)
    COLUMNS = (
        "family",
        "commodity",
        "series",
        "right",
        "period",
        "underlying_period",
        "strike_nanos",
        "price_nanos",
        "volatility_e6",
        "value_factor_e7",
        "delta_e4",
        "current_delta_e4",
        "delta_scaling_e4",
        "price_scan_range",
        "values",
    )
    DTYPES: ClassVar = {
        "family": np.int32,
        "commodity": np.int32,
        "series": np.int32,
        "right": np.int8,
        "period": np.int32,
        "underlying_period": np.int32,
        "delta_e4": np.int32,
        "current_delta_e4": np.int32,
        "delta_scaling_e4": np.int32,
    }  # the rest are int64

    family: NDArray[np.int32]
    commodity: NDArray[np.int32]
    series: NDArray[np.int32]
    right: NDArray[np.int8]
    period: NDArray[np.int32]
    underlying_period: NDArray[np.int32]
    strike_nanos: NDArray[np.int64]
    price_nanos: NDArray[np.int64]
    volatility_e6: NDArray[np.int64]
    value_factor_e7: NDArray[np.int64]
    delta_e4: NDArray[np.int32]
    current_delta_e4: NDArray[np.int32]
    delta_scaling_e4: NDArray[np.int32]
    price_scan_range: NDArray[np.int64]
    values: NDArray[np.int64]

    def __init__(self, periods: tuple[str, ...], columns: Mapping[str, NDArray[Any]]) -> None:
        assert tuple(sorted(columns)) == tuple(sorted(self.COLUMNS)), sorted(columns)
        self.periods = periods
        rows = len(columns["family"])
        for name in self.COLUMNS:
            column = np.ascontiguousarray(columns[name], dtype=self.DTYPES.get(name, np.int64))
            assert len(column) == rows, (name, len(column), rows)
            column.flags.writeable = False
            setattr(self, name, column)

    def __len__(self) -> int:
        return len(self.family)


class SpanParameters:
    """One complete set; see ``find`` for the way from a contract's key to its row."""

    __slots__ = (
        "_spans",
        "combinations",
        "commodities",
        "computed",
        "contracts",
        "currency_rates",
        "families",
        "header",
        "inter_spreads",
        "period_rows",
        "scan_points",
        "series",
        "sha256",
    )

    def __init__(
        self,
        *,
        header: SpanHeader,
        scan_points: tuple[ScanPoint, ...],
        commodities: tuple[CombinedCommodity, ...],
        families: tuple[ProductFamily, ...],
        series: tuple[Series, ...],
        contracts: ContractTable,
        inter_spreads: tuple[InterSpread, ...] = (),
        combinations: dict[int, tuple[CombinationLeg, ...]] | None = None,
        currency_rates: tuple[CurrencyRate, ...] = (),
        sha256: str = "",
        computed: Mapping[int, str] | None = None,
    ) -> None:
        assert 1 <= len(scan_points) <= SCENARIOS_MAX, len(scan_points)
        assert contracts.values.shape == (len(contracts), len(scan_points))
        self.header = header
        self.scan_points = scan_points
        self.commodities = commodities
        self.families = families
        self.series = series
        self.contracts = contracts
        self.inter_spreads = inter_spreads
        self.combinations = combinations or {}
        self.currency_rates = currency_rates
        self.sha256 = sha256
        self.computed = dict(computed or {})
        """Rows that no file stated: formula and version that made their arrays."""
        self.period_rows = {period: row for row, period in enumerate(contracts.periods)}
        self._spans = self._family_spans()

    def rows_of_family(self, family_key: str) -> tuple[int, int] | None:
        """Return the first row of a family and the row behind its last; None when it has none."""
        return self._spans.get(family_key)

    def _family_spans(self) -> dict[str, tuple[int, int]]:
        column = self.contracts.family
        if not len(column):
            return {}
        starts = np.concatenate(([0], np.flatnonzero(np.diff(column)) + 1, [len(column)]))
        spans: dict[str, tuple[int, int]] = {}
        for first, end in pairwise(starts):
            key = self.families[column[first]].key
            assert key not in spans, f"rows of {key} do not stand together"
            spans[key] = (int(first), int(end))
        return spans
