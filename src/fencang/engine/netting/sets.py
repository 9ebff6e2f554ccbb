"""A clearing house's SPAN files: those made known, the one in force, computed arrays over it."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fencang.engine.netting.terms import CommodityTerms, RowTerms, row_terms
from fencang.messages.margin_commands import RiskArray
from fencang.refdata.account import AccountType

if TYPE_CHECKING:
    from fencang.margin.span.compiled import CompiledSpan
    from fencang.margin.span.incremental import SpanBook
    from fencang.margin.span.parameters import SpanParameters

__all__ = [
    "LoadedFile",
    "NoParameters",
    "ParameterSource",
    "SpanSet",
    "SpanTerms",
    "row_in",
]

FILES_MAX = 8
"""Files of one clearing house that stay known; the blob store keeps what a record names."""


class ParameterSource(Protocol):
    """Where parsed files come from: injected, for the engine reads no files."""

    def get(self, sha256: str) -> "SpanParameters | None":
        """Return the set parsed from the file of that hash; None when there is no such file."""
        ...


class NoParameters:
    """A source without files: a desk that margins by rates only."""

    def get(self, sha256: str) -> "SpanParameters | None":  # noqa: ARG002 - it has none to look among
        """Return None."""
        return None


class LoadedFile(NamedTuple):
    """A file that was made known, whether or not it is in force."""

    sha256: str
    parser_version: int
    business_date: date


class SpanTerms(NamedTuple):
    """How a netting set is margined."""

    is_gross: bool
    account_type: AccountType
    multiplier_ppm: int
    watched: tuple[str, ...] = ()
    """Combined commodities that a cross-margin agreement names."""

    def held_lots(self, longs: int, shorts: int) -> tuple[int, int]:
        """Return the lots of either side that pay.

        Suspended lots may take a side below zero: a net account nets that away, in a gross one
        nobody knows what such a close will turn out to be, and its size counts.
        """
        if self.is_gross:
            return abs(longs), abs(shorts)
        net = longs - shorts
        return (net, 0) if net >= 0 else (0, -net)


class SpanSet:
    """One clearing house's files: those made known, the one in force, arrays that replace its own.

    ``loaded``, ``active`` and ``overrides`` are primary state.  ``parameters`` is the whole file in
    force, ``compiled`` the part of it that the desk's contracts can reach.
    """

    __slots__ = (
        "active",
        "clearing_house",
        "compiled",
        "known_commodities",
        "known_members",
        "known_places",
        "known_rows",
        "loaded",
        "overrides",
        "parameters",
        "used",
    )

    def __init__(self, clearing_house: str) -> None:
        self.clearing_house = clearing_house
        self.loaded: dict[str, LoadedFile] = {}
        self.active: LoadedFile | None = None
        self.overrides: dict[str, RiskArray] = {}
        self.parameters: SpanParameters | None = None
        self.compiled: CompiledSpan | None = None
        self.used: frozenset[int] = frozenset()
        self.known_rows: dict[str, RowTerms | None] = {}
        self.known_members: dict[int, list[int]] = {}
        self.known_places: dict[str, int | None] = {}
        self.known_commodities: dict[tuple[int, AccountType], CommodityTerms] = {}

    @property
    def scenarios(self) -> int:
        """Return how many scenarios the file in force has."""
        assert self.parameters is not None
        return len(self.parameters.scan_points)

    def load(self, file: LoadedFile) -> None:
        """Make a file known; the oldest that is not in force is forgotten beyond ``FILES_MAX``."""
        self.loaded.pop(file.sha256, None)
        self.loaded[file.sha256] = file
        while len(self.loaded) > FILES_MAX:
            oldest = next(sha256 for sha256 in self.loaded if not self._is_active(sha256))
            del self.loaded[oldest]

    def _is_active(self, sha256: str) -> bool:
        return self.active is not None and self.active.sha256 == sha256

    def activate(self, sha256: str, parameters: "SpanParameters") -> None:
        """Put a loaded file in force; computed arrays of the file before end with it."""
        self.active = self.loaded[sha256]
        self.overrides = {}
        self.parameters = parameters
        self.compiled = None
        self.used = frozenset()

    def take_over(self, staged: "SpanSet") -> None:
        """Put a staged file in force with what was made of it; ``loaded`` stays as it is."""
        assert staged.active is not None
        self.active = self.loaded[staged.active.sha256]
        self.overrides = {}
        self.parameters, self.compiled = staged.parameters, staged.compiled
        self.used, self.known_rows = staged.used, staged.known_rows
        self.known_commodities = staged.known_commodities
        self.known_members = staged.known_members
        self.known_places = staged.known_places

    def override(self, arrays: tuple[RiskArray, ...]) -> None:
        """Replace arrays of the file in force by computed ones."""
        for array in arrays:
            self.overrides[array.margin_key] = array
            self.known_rows.pop(array.margin_key, None)

    def use(self, margin_keys: Iterable[str]) -> None:
        """Make ready for these contracts; netting sets opened before are of no more use."""
        from fencang.margin.span.compiled import compile_span
        from fencang.margin.span.restricted import for_customers, restricted

        if self.parameters is None:
            return
        found = [self._place(key) for key in margin_keys]
        used = frozenset(place for place in found if place is not None)
        if self.compiled is None or used != self.used:
            self.compiled = compile_span(restricted(for_customers(self.parameters), used))
            self.used = used
        self.known_rows = {}
        self.known_members = {}
        self.known_places = {}
        self.known_commodities = {}

    def is_ready_for(self, margin_key: str) -> bool:
        """Return whether a contract's commodity is in use, or the file lacks the contract."""
        place = self._place(margin_key)
        return place is None or place in self.used

    def _place(self, margin_key: str) -> int | None:
        """Return the place of a contract's combined commodity in the whole file."""
        if self.parameters is None or not margin_key:
            return None
        row = row_in(self.parameters, margin_key)
        return None if row is None else int(self.parameters.contracts.commodity[row])

    def open_book(self, terms: SpanTerms) -> "SpanBook":
        """Return an empty netting set's positions under the file in force and its overrides."""
        import numpy as np

        from fencang.margin.span.incremental import SpanBook
        from fencang.margin.span.portfolio import Portfolio

        assert self.compiled is not None
        empty = Portfolio(lots={}, is_gross=terms.is_gross, account_type=terms.account_type)
        book = SpanBook(self.compiled, empty)
        replaced = [(self.terms(key), array) for key, array in sorted(self.overrides.items())]
        arrays = [(row, array) for row, array in replaced if row is not None]
        if arrays:
            book.set_values(
                [row.row for row, _ in arrays],
                np.array([array.values for _, array in arrays], dtype=np.int64),
                deltas_e4=[array.delta_e4 for _, array in arrays],
            )
        return book

    def connected(self, place: int) -> list[int]:
        """Return a commodity with those of its currency that spreads connect it with."""
        found = self.known_members.get(place)
        if found is None:
            assert self.compiled is not None
            components = self.compiled.components
            currencies = self.compiled.tables.commodities["currency"]
            same = (components == components[place]) & (currencies == currencies[place])
            found = self.known_members[place] = [int(member) for member in same.nonzero()[0]]
        return found

    def place_of(self, code: str) -> int | None:
        """Return the place of a combined commodity in the part in use, None when it is not."""
        assert self.compiled is not None
        if code not in self.known_places:
            commodities = self.compiled.parameters.commodities
            found = (place for place, each in enumerate(commodities) if each.code == code)
            self.known_places[code] = next(found, None)
        return self.known_places[code]

    def code_of(self, place: int) -> str:
        """Return the code of a combined commodity in use."""
        assert self.compiled is not None
        return self.compiled.parameters.commodities[place].code

    def commodity_terms(self, place: int, account: AccountType) -> CommodityTerms:
        """Return what a combined commodity asks for fills that may come."""
        assert self.compiled is not None
        found = self.known_commodities.get((place, account))
        if found is None:
            found = CommodityTerms(self.compiled, place, account)
            self.known_commodities[place, account] = found
        return found

    def terms(self, margin_key: str) -> RowTerms | None:
        """Return what one lot means, None when the file in force lacks the contract."""
        if self.compiled is None:
            return None
        if margin_key not in self.known_rows:
            row = row_in(self.compiled.parameters, margin_key)
            override = self.overrides.get(margin_key)
            self.known_rows[margin_key] = (
                None if row is None else row_terms(self.compiled, row, override)
            )
        return self.known_rows[margin_key]


def row_in(parameters: "SpanParameters", margin_key: str) -> int | None:
    """Return the row of a contract, None for one the file lacks or a text that is no key."""
    from fencang.margin.span.keys import row_of

    try:
        return row_of(parameters, margin_key)
    except ValueError:
        return None
