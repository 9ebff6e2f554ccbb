"""What a pass over the file gathers before parts that refer to one another are joined.

Each part is turned into values as soon as its element ends; only the tables of definitions, which
are small, are kept as elements until the whole file was seen.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from fencang.margin.span.parameters import ContractType
from fencang.parameters.spn.commodities import CommodityRead, read_commodity
from fencang.parameters.spn.inter_spreads import SpreadRead, read_spreads
from fencang.parameters.spn.rows import Rows, SeriesRead, read_series
from fencang.parameters.spn.scanner import Element
from fencang.parameters.spn.texts import Texts
from fencang.parameters.spn.vocabulary import NON_OPTION_PARTS, UNUSED_TABLES

__all__ = ["FamilyRead", "FileRead"]

KINDS = {
    "phyPf": ContractType.PHYSICAL,
    "futPf": ContractType.FUTURE,
    "cmbPf": ContractType.COMBINATION,
    "oofPf": ContractType.OPTION_ON_FUTURE,
    "oopPf": ContractType.OPTION_ON_PHYSICAL,
    "oocPf": ContractType.OPTION_ON_COMBINATION,
}


class FamilyRead(NamedTuple):
    """A product family: its element, its exchange, and which rows and series are its own."""

    element: Element
    kind: ContractType
    exchange: str
    rows: range
    series: range


class FileRead:
    """Everything that was read, before parts that refer to one another are joined."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.unused: Counter[str] = Counter()
        self.records: Counter[str] = Counter()
        self.currencies: dict[str, int] = {}
        """Decimal places by currency."""
        self.commodities: list[CommodityRead] = []
        self.damaged_commodities: set[str] = set()
        """Told already; what refers to them falls away without a fault of its own."""
        self.spreads: list[SpreadRead] = []
        self.families: list[FamilyRead] = []
        self.rows = Rows(texts)
        self.series: list[SeriesRead] = []
        self.damaged_series: set[int] = set()
        self.points_in_time: list[Element] = []
        self.clearing_organisations: list[Element] = []
        self.root: Element | None = None
        self._families_without_exchange: list[FamilyRead] = []
        self._first_row = 0
        self._first_series = 0

    def consumers(self) -> dict[str, Callable[[Element], None]]:
        """Return who takes which part as soon as it ends."""
        return {
            "spanFile": self._root,
            "currencyDef": self._currency,
            "pointInTime": self._point_in_time,
            "clearingOrg": self._clearing_organisation,
            "ccDef": self._commodity,
            "interSpreads": self._spreads,
            "superSpreads": self._spreads,
            "exchange": self._exchange,
            "series": self._series,
            "opt": self._option,
            **dict.fromkeys(NON_OPTION_PARTS, self._contract),
            **dict.fromkeys(KINDS, self._family),
            **dict.fromkeys(
                (*UNUSED_TABLES, "deltaPointDef", "alias", "tick", "venue"), self._drop
            ),
        }

    def _drop(self, element: Element) -> None:
        self.unused[element.name] += 1

    def _root(self, element: Element) -> None:
        self.root = element

    def _currency(self, element: Element) -> None:
        self.records["currencyDef"] += 1
        code = self.texts.text(element, "currency")
        self.currencies[code] = self.texts.exact(element, "decimalPos", 0, 2)

    def _point_in_time(self, element: Element) -> None:
        self.points_in_time.append(element)

    def _clearing_organisation(self, element: Element) -> None:
        self.clearing_organisations.append(element)

    def _commodity(self, element: Element) -> None:
        self.records["ccDef"] += 1
        faults = self.texts.count
        commodity = read_commodity(self.texts, element)
        if self.texts.count == faults:
            self.commodities.append(commodity)
        else:
            self.damaged_commodities.add(commodity.commodity.code)

    def _spreads(self, element: Element) -> None:
        spreads = read_spreads(self.texts, element, self._left_out)
        self.records[element.name] += len(spreads)
        self.spreads += spreads

    def _left_out(self, what: str) -> None:
        self.unused[what] += 1

    def _exchange(self, element: Element) -> None:
        exchange = self.texts.text(element, "exch")
        self.families += [
            family._replace(exchange=exchange) for family in self._families_without_exchange
        ]
        self._families_without_exchange = []

    def _family(self, element: Element) -> None:
        self.records[element.name] += 1
        rows = range(self._first_row, len(self.rows))
        series = range(self._first_series, len(self.series))
        self._first_row, self._first_series = rows.stop, series.stop
        family = FamilyRead(element, KINDS[element.name], "", rows, series)
        self._families_without_exchange.append(family)

    def _series(self, element: Element) -> None:
        self.records["series"] += 1
        self._take_series(element)

    def _take_series(self, element: Element) -> None:
        faults = self.texts.count
        self.series.append(read_series(self.texts, element))
        if self.texts.count > faults:
            self.damaged_series.add(len(self.series) - 1)

    def _option(self, element: Element) -> None:
        self.records["opt"] += 1
        # The series around it is still open: its number is the next.
        self.rows.add(element, len(self.series))

    def _contract(self, element: Element) -> None:
        self.records[element.name] += 1
        if element.name == "phy" and "ra" not in element.parts:
            # An underlying that is only quoted, never margined; options name it all the same.
            self.unused["phy without a risk array"] += 1
            return
        self.rows.add(element, len(self.series))
        self._take_series(element)
