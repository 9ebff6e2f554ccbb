"""What a SPAN file says of one lot and of one combined commodity, in plain integers.

The order path adds sixteen numbers; an array library would cost more per call than that.
"""

from typing import TYPE_CHECKING

from fencang.basics.money import PPM
from fencang.basics.rounding import divide_ceiling, divide_half_away
from fencang.messages.margin_commands import RiskArray
from fencang.refdata.account import AccountType

if TYPE_CHECKING:
    from fencang.margin.span.compiled import CompiledSpan
    from fencang.margin.span.parameters import CombinedCommodity

__all__ = ["E4", "CommodityTerms", "RowTerms", "row_terms"]

E4 = 10_000
SIZES_MAX = 64
"""Order sizes whose losses one contract keeps."""


class RowTerms:
    """What one lot of a contract means to a netting set, in plain integers."""

    __slots__ = (
        "_losses",
        "commodity",
        "delivery_micros",
        "delta_e4",
        "is_charged",
        "losses_long",
        "losses_short",
        "minimum_micros",
        "month",
        "raw_delta_e4",
        "row",
        "tier",
        "values",
        "worst_long",
        "worst_short",
    )

    def __init__(self, row: int, commodity: int, tier: int, month: int) -> None:
        self.row = row
        self.commodity = commodity
        self.tier = tier
        """Scan tier inside the commodity."""
        self.month = month
        """Underlying month, the place of its delta."""
        self.values: list[int] = []
        """Loss of one long lot per scenario, risk units."""
        self.losses_long: list[int] = []
        self.losses_short: list[int] = []
        """The same, losses only, of a working lot bought and sold."""
        self.worst_long = self.worst_short = 0
        """Their largest: what a lot by itself loses at most, risk units."""
        self.delta_e4 = 0
        """Scaled delta of one long lot."""
        self.raw_delta_e4 = 0
        """Composite delta of one long lot, as the file states it."""
        self.delivery_micros = 0
        """Most that the delivery charge of one lot could be."""
        self.minimum_micros = 0
        """Short option minimum of one lot sold, and its option value, which margin asks for too."""
        self.is_charged = False
        """Whether a lot can bring either of both."""
        self._losses: dict[tuple[int, int], list[int]] = {}

    def set_values(self, values: list[int], option_value: int = 0) -> None:
        """Take an array, the file's or a computed one.

        ``option_value``: what a bought lot's own value pays of its losses, risk units; the premium
        for it is reserved beside margin.
        """
        self.values = values
        paid = [value - option_value for value in values]
        self.losses_long = [value if value > 0 else 0 for value in paid]
        self.losses_short = [-value if value < 0 else 0 for value in values]
        self.worst_long, self.worst_short = max(self.losses_long), max(self.losses_short)
        self._losses = {}

    def losses(self, buys: int, sells: int) -> list[int]:
        """Return what working lots lose per scenario, each lot only where it loses.

        An order is asked about at two levels, works in both and leaves both in the same size or a
        few: what was found for a size is kept.
        """
        found = self._losses.get((buys, sells))
        if found is None:
            if len(self._losses) >= SIZES_MAX:
                self._losses.clear()
            sides = zip(self.losses_long, self.losses_short, strict=True)
            found = self._losses[buys, sells] = [
                buys * long + sells * short for long, short in sides
            ]
        return found


class CommodityTerms:
    """What a combined commodity asks beyond scan risk for fills that may come."""

    __slots__ = ("charge_micros", "currency", "initial_ppm", "tiers", "unit_micros")

    def __init__(self, compiled: "CompiledSpan", place: int, account: AccountType) -> None:
        commodity = compiled.parameters.commodities[place]
        self.currency = commodity.currency
        self.unit_micros = commodity.risk_unit_micros
        self.charge_micros = _charge_per_delta(commodity)
        self.initial_ppm = commodity.initial_ratio_ppm[tuple(AccountType).index(account)]
        line = compiled.tables.commodities[place]
        self.tiers = max(1, int(line["end_tier"]) - int(line["first_tier"]))

    def asked_micros(self, risk_micros: int) -> int:
        """Return the initial requirement for a risk, rounded up."""
        # ``divide_ceiling`` without the call: asked at both levels of every order
        return -(-risk_micros * self.initial_ppm // PPM)


def _charge_per_delta(commodity: "CombinedCommodity") -> int:
    """Return the most that one delta more (or less) can add to calendar charges, in micros."""
    most = 0
    for spread in (*commodity.series_spreads, *commodity.tier_spreads):
        sides = [sum(leg.ratio_e4 for leg in spread.legs if leg.side == side) for side in "AB"]
        narrow = min(ratio for ratio in sides if ratio) if any(sides) else E4
        most = max(most, divide_ceiling(spread.rate * commodity.risk_unit_micros * E4, narrow))
    return most


def row_terms(compiled: "CompiledSpan", row: int, override: RiskArray | None) -> RowTerms | None:
    """Return what one lot of a contract means, by the file or by a computed array.

    None for a combination that is held as its legs (P2): the engine trades none yet, so such a
    contract is margined by rate.
    """
    if row in compiled.replaced:
        return None
    parameters, tables = compiled.parameters, compiled.tables
    table = parameters.contracts
    place = int(table.commodity[row])
    commodity = parameters.commodities[place]
    month = int(table.underlying_period[row])
    tier = int(tables.rows["tier"][row]) - int(tables.commodities["first_tier"][place])
    terms = RowTerms(row, place, tier, month)
    worth, worth_up = _option_value(compiled, row)
    ratios = commodity.initial_ratio_ppm
    unit = commodity.risk_unit_micros
    own = worth * PPM // (max(PPM, *ratios) * unit)
    if override is None:
        terms.set_values([int(value) for value in table.values[row]], own)
        delta = int(table.delta_e4[row])
    else:
        terms.set_values(list(override.values), own)
        delta = override.delta_e4
    terms.raw_delta_e4 = delta
    scaling = int(table.delta_scaling_e4[row])
    terms.delta_e4 = divide_half_away(delta * scaling, E4)
    rates = sum(
        max(entry.rate_consumed, entry.rate_remaining)
        for entry in commodity.delivery_months
        if entry.period == table.periods[month]
    )
    terms.delivery_micros = divide_ceiling(rates * unit * abs(terms.delta_e4), E4)
    if table.right[row]:
        rate = max([commodity.som_rate, *(tier.som_rate for tier in commodity.som_tiers)])
        terms.minimum_micros = divide_ceiling(rate * unit * scaling, E4)
        terms.minimum_micros += divide_ceiling(worth_up * PPM, min(PPM, *ratios))
    terms.is_charged = bool(terms.delivery_micros or terms.minimum_micros)
    return terms


def _option_value(compiled: "CompiledSpan", row: int) -> tuple[int, int]:
    """Return the option value of one lot in micros, rounded down and up; 0 where there is none."""
    rows = compiled.tables.rows
    worth = max(0, int(rows["value_whole"][row]))
    return worth, worth + bool(rows["value_rest"][row])
