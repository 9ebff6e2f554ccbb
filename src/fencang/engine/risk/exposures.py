"""Exposure of every node with a row, kept in step with every change of lots and every mark.

A row keeps, per currency, running sums of what its contracts count; a contract keeps, per row, the
lots it counts there.  So an order asks each row above it once, and a mark moves each row that the
contract counts in once, however many books and orders there are.

Gross adds up books: of each the worst long and the worst short lots, so that every working order
that could open counts and books never net.  Net counts everything bought against everything sold:
the longest, should all buys fill and no sell, and the shortest.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from fencang.basics.money import PPM
from fencang.engine.risk.limit_warnings import WarningBook
from fencang.limits.exposures import (
    BETA,
    GROSS,
    NET,
    Beta,
    LotValue,
    Measure,
    floor_micros,
    lot_value,
    weights,
)
from fencang.limits.limit_warnings import NEVER
from fencang.margin.exposure import Exposure
from fencang.margin.standing import Rates
from fencang.messages.message import Side
from fencang.refdata.exposure_limit import ExposureLimit

if TYPE_CHECKING:
    from fencang.engine.accounts import ContractState, Line

__all__ = [
    "NEVER_DUE_NS",
    "NOTHING_ADDED",
    "SUM_NAMES",
    "AddedLots",
    "CountedContract",
    "Exposed",
    "ExposureBook",
    "ExposureRow",
    "ExposureSums",
    "RowLink",
    "ShareSum",
    "change_many",
    "share_scope_of",
]

NEVER_DUE_NS = 1 << 63
_BUY: Final = Side.BUY
NO_LIMIT = 1 << 200
"""Beyond any sum."""
Sums = tuple[int, ...]
"""Gross, long, short, and of betas long and short: a number for each sum of a row."""


class AddedLots(NamedTuple):
    """What an order adds: lots that open, and lots bought and sold in all."""

    gross: int
    bought: int
    sold: int


NOTHING_ADDED = AddedLots(0, 0, 0)
SUM_NAMES = ("gross", "long", "short", "beta_long", "beta_short")
"""The sums of a row, in their order."""


class ExposureSums:
    """What a row's contracts of one currency count: micros, of betas parts of a micro."""

    __slots__ = ("beta_long", "beta_short", "gross", "long", "short")

    def __init__(self) -> None:
        self.gross = self.long = self.short = self.beta_long = self.beta_short = 0

    def all(self) -> tuple[int, int, int, int, int]:
        """Return every sum."""
        return self.gross, self.long, self.short, self.beta_long, self.beta_short


class ShareSum:
    """What the contracts of one product count in a row's gross value, in its currency."""

    __slots__ = ("currency", "gross")

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.gross = 0


def share_scope_of(row: ExposureLimit, product_id: str) -> str:
    """Return what a warning of concentration names: the product, within the row's scope."""
    return product_id if row.scope_id == "*" else f"{row.scope_id}:{product_id}"


class ExposureRow:
    """A row in force with the sums that it bounds."""

    __slots__ = (
        "base_currency",
        "beta_age_ns",
        "beta_index",
        "beta_unknown_ppm",
        "bounds_share",
        "ends_below",
        "floor_ticks",
        "is_plain",
        "links",
        "quiet",
        "row",
        "shares",
        "sums",
    )

    def __init__(self, row: ExposureLimit, root: ExposureLimit, base_currency: str) -> None:
        self.row = row
        self.base_currency = base_currency
        self.is_plain = True
        """Whether all that counts is in the base currency: then nothing is to be valued."""
        self.quiet: Sums = (NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT)
        """Up to what the sums pass and nothing is told of them."""
        self.ends_below: Sums | None = None
        """Below what a level that was told of has ended; None where none was told of."""
        self.bounds_share = row.share_ppm_max is not None and row.share_ppm_max < PPM
        self.sums: dict[str, ExposureSums] = {}
        self.shares: dict[str, ShareSum] = {}
        """Product → its part of the gross value."""
        self.links: dict[str, RowLink] = {}
        """Contract → what it counts here."""
        self.beta_index = row.beta_index or root.beta_index or ""
        age = root.beta_age_ns_max if row.beta_age_ns_max is None else row.beta_age_ns_max
        self.beta_age_ns = age or 0
        unknown = row.beta_unknown_ppm or root.beta_unknown_ppm
        self.beta_unknown_ppm = unknown or 0
        self.floor_ticks = row.floor_ticks or root.floor_ticks or 0

    def measured(self) -> tuple[tuple[Measure, str, int | None], ...]:
        """Return what bounds each sum, in their order: measure, side, limit in micros."""
        row = self.row
        return (
            (GROSS, "", row.gross_micros_max),
            (NET, "long", row.net_micros_max),
            (NET, "short", row.net_micros_max),
            (BETA, "long", row.beta_micros_max),
            (BETA, "short", row.beta_micros_max),
        )

    def refresh(self, warnings: WarningBook, path: Sequence[str]) -> None:
        """Find anew up to where orders need no second look: by limits, and by levels told."""
        node_id, scope_id = self.row.key
        quiet, ends = [], []
        for measure, side, limit in self.measured():
            scale = PPM if measure is BETA else 1
            most, least = NO_LIMIT, -NO_LIMIT
            if limit is not None:
                key = measure.watched.number, node_id, scope_id, side
                told_at, ended_below = warnings.shares_of(key, path)
                most = limit
                if limit and told_at < NEVER:
                    most = min(most, -(-told_at * limit // PPM) - 1)
                if ended_below > 0:  # of a limit of zero no level stays told
                    least = -(-ended_below * limit // PPM) if limit else NO_LIMIT
            quiet.append(most * scale)
            ends.append(least * scale)
        self.quiet = tuple(quiet)
        self.ends_below = tuple(ends) if max(ends) > 0 else None

    def covers(self, contract_id: str, product_id: str) -> bool:
        """Return whether a contract counts in the row."""
        row = self.row
        if row.product_ids:
            return product_id in row.product_ids
        return row.scope_id in ("*", product_id, contract_id)

    def sum_of(self, currency: str) -> ExposureSums:
        """Return the sums of a currency."""
        found = self.sums.get(currency)
        if found is None:
            found = self.sums[currency] = ExposureSums()
            self.is_plain = list(self.sums) == [self.base_currency]
        return found

    def share_of(self, product_id: str, currency: str) -> ShareSum:
        """Return a product's part of the gross value."""
        found = self.shares.get(product_id)
        if found is None:
            found = self.shares[product_id] = ShareSum(currency)
        return found

    def total(self, rates: Rates, name: str, own: ExposureSums | None, added: int) -> int:
        """Return a sum over all currencies in the base currency, with more in one of them."""
        total = 0
        for currency, each in self.sums.items():
            amount = int(getattr(each, name))
            total += rates.value(currency, amount + added if each is own else amount)
        return total

    def counted(self) -> dict[str, tuple[int, ...]]:
        """Return every sum that is not nothing, by currency."""
        return {each: s.all() for each, s in sorted(self.sums.items()) if any(s.all())}

    def shared(self) -> dict[str, int]:
        """Return every product's part that is not nothing."""
        return {each: s.gross for each, s in sorted(self.shares.items()) if s.gross}

    @property
    def is_silent(self) -> bool:
        """Return whether nothing is to be told of the row as it stands, as far as is known."""
        if not self.is_plain or self.bounds_share:
            return False
        if self.ends_below is not None and not self.sums:
            return False  # nothing counts any more
        return all(
            not self.has_fallen(each)
            and all(now <= most for now, most in zip(each.all(), self.quiet, strict=True))
            for each in self.sums.values()
        )

    def has_fallen(self, sums: ExposureSums) -> bool:
        """Return whether a level that was told of has ended, where all counts in one currency."""
        ends = self.ends_below
        return ends is not None and any(
            now < least for now, least in zip(sums.all(), ends, strict=True)
        )

    def unvalued(self, rates: Rates) -> str:
        """Return a currency that something counts in and nobody has valued, if there is one."""
        known = rates.rate_nanos
        for currency, sums in self.sums.items():
            if currency not in known and any(sums.all()):
                return currency
        return ""


class RowLink:
    """One contract in one row: the lots that count and what each counts."""

    __slots__ = (
        "at",
        "beta",
        "beta_ppm",
        "bought",
        "contract",
        "floor",
        "gross",
        "is_beta_turned",
        "is_beta_unknown",
        "is_turned",
        "share",
        "sold",
        "sums",
        "value",
    )

    def __init__(self, at: ExposureRow, contract: "CountedContract") -> None:
        self.at = at
        self.contract = contract
        product = contract.contract.product
        self.sums = at.sum_of(product.currency)
        counts_share = at.row.share_ppm_max is not None
        self.share = at.share_of(product.product_id, product.currency) if counts_share else None
        self.floor = floor_micros(product, at.floor_ticks)
        self.beta_ppm: int | None = None
        self.gross = self.bought = self.sold = 0
        """Lots: worst cases of every book added; long with all buys; short with all sells."""
        self.value = self.beta = 0
        """What one lot counts: ``limits.exposures.Weights``."""
        self.is_turned = self.is_beta_turned = False
        self.is_beta_unknown = True
        self.reprice()

    def change(self, gross: int, bought: int, sold: int) -> None:
        """Change the lots that count."""
        self.gross += gross
        self.bought += bought
        self.sold += sold
        self._count(self.value, self.beta, gross, bought, sold)

    def reprice(self) -> None:
        """Count by what a lot is worth now and by the beta that is known."""
        at = self.at
        lots = self.gross, self.bought, self.sold
        found = weights(self.contract.lot, self.floor, self.beta_ppm, at.beta_unknown_ppm)
        beta = found.beta if at.row.beta_micros_max is not None else 0
        turns = (found.is_turned, found.is_beta_turned, found.is_beta_unknown)
        if turns == (self.is_turned, self.is_beta_turned, self.is_beta_unknown):
            self._count(found.value - self.value, beta - self.beta, *lots)
        else:
            self._count(-self.value, -self.beta, *lots)
            self.is_turned, self.is_beta_turned, self.is_beta_unknown = turns
            self._count(found.value, beta, *lots)
        self.value, self.beta = found.value, beta

    def _count(self, value: int, beta: int, gross: int, bought: int, sold: int) -> None:
        """Add what lots count to the row's sums: asked of every row with every change of lots."""
        sums = self.sums
        sums.gross += value * gross
        if self.is_turned:
            sums.long += value * sold
            sums.short += value * bought
        else:
            sums.long += value * bought
            sums.short += value * sold
        if beta:
            if self.is_beta_unknown:
                sums.beta_long += beta * gross
                sums.beta_short += beta * gross
            elif self.is_beta_turned:
                sums.beta_long += beta * sold
                sums.beta_short += beta * bought
            else:
                sums.beta_long += beta * bought
                sums.beta_short += beta * sold
        if self.share is not None:
            self.share.gross += value * gross

    def counted(self, added: AddedLots) -> Sums:
        """Return what lots would add to the row's sums, in their order."""
        gross, bought, sold = added
        value, beta = self.value, self.beta
        long, short = (sold, bought) if self.is_turned else (bought, sold)
        if self.is_beta_unknown:
            beta_long = beta_short = gross
        else:
            beta_long, beta_short = (sold, bought) if self.is_beta_turned else (bought, sold)
        return gross * value, long * value, short * value, beta_long * beta, beta_short * beta

    def has_room(self, added: AddedLots) -> bool:
        """Return whether lots surely fit: a few comparisons that spare most orders the rest."""
        at, sums = self.at, self.sums
        if not at.is_plain or (at.ends_below is not None and at.has_fallen(sums)):
            return False
        gross, bought, sold = added
        more, beta = (bought + sold) * self.value, (bought + sold) * self.beta
        gross_max, long_max, short_max, beta_long_max, beta_short_max = at.quiet
        return (
            sums.gross + gross * self.value <= gross_max
            and sums.long + more <= long_max
            and sums.short + more <= short_max
            and sums.beta_long + beta <= beta_long_max
            and sums.beta_short + beta <= beta_short_max
            and not at.bounds_share
        )


class CountedContract:
    """What one lot of a contract is worth, and the rows it counts in."""

    __slots__ = ("contract", "delta_ppm", "dependents", "links", "lot", "span_micros", "underlying")

    def __init__(self, contract: "ContractState") -> None:
        self.contract = contract
        self.links: list[RowLink] = []
        self.delta_ppm: int | None = None
        """Of an option, by the parameter file in force."""
        self.span_micros = 0
        """What one lot by itself asks for by the parameter file in force."""
        self.underlying: ContractState | None = None
        self.dependents: list[CountedContract] = []
        """Options that count by this contract's mark."""
        self.lot = LotValue(0, False)

    def reprice(self) -> None:
        """Count every row's lots by the marks of now, and those of the options on it."""
        lot = self._lot()
        if lot != self.lot:
            self.lot = lot
            for link in self.links:
                link.reprice()
        for dependent in self.dependents:
            dependent.reprice()

    def _lot(self) -> LotValue:
        contract, underlying = self.contract, self.underlying
        return lot_value(
            contract.product,
            contract.contract,
            contract.mark_nanos,
            delta_ppm=self.delta_ppm,
            underlying_nanos=None if underlying is None else underlying.mark_nanos,
            margin_micros=self._margin_micros(),
        )

    def _margin_micros(self) -> int:
        contract = self.contract
        if contract.is_span_margined:
            return self.span_micros
        rows = contract.rate_rows.values()
        if rows:
            return -(-max(max(row.long_picos, row.short_picos) for row in rows) // PPM)
        return contract.requirement_per_lot


class Exposed:
    """One book in one contract (or suspended lots), and the rows that its lots count in."""

    __slots__ = ("exposure", "links")

    def __init__(self, links: tuple[RowLink, ...], exposure: Exposure) -> None:
        self.links = links
        self.exposure = exposure

    def change(self, long_lots: int, short_lots: int, buys: int, sells: int) -> None:
        """Follow a change of the exposure, which has happened already."""
        net = long_lots - short_lots
        gross = gross_change(self.exposure, long_lots, short_lots, buys, sells)
        for link in self.links:
            link.change(gross, net + buys, sells - net)

    def change_opening(self, side: Side, lots: int) -> None:
        """Follow working orders that may open, which work already."""
        bought, sold = (lots, 0) if side is _BUY else (0, lots)
        gross = gross_change(self.exposure, 0, 0, bought, sold)
        for link in self.links:
            link.change(gross, bought, sold)

    def change_closing(self, side: Side, lots: int) -> None:
        """Follow working orders that close in an account with both sides: they open nothing."""
        bought, sold = (lots, 0) if side is _BUY else (0, lots)
        for link in self.links:
            link.change(0, bought, sold)

    def added(self, side: Side, lots: int) -> AddedLots:
        """Return what an opening order would add."""
        exposure, is_buy = self.exposure, side is _BUY
        gross = lots
        if not exposure.is_gross:
            net = exposure.long_lots - exposure.short_lots
            before = exposure.buy_lots + net if is_buy else exposure.sell_lots - net
            if before < 0:
                gross = lots + before if lots + before > 0 else 0
        return AddedLots(gross, lots, 0) if is_buy else AddedLots(gross, 0, lots)

    def counted(self, side: Side, lots: int) -> AddedLots:
        """Return what lots add that work already: what would go with them."""
        exposure, is_buy = self.exposure, side is _BUY
        gross = lots
        if not exposure.is_gross:
            net = exposure.long_lots - exposure.short_lots
            worst = exposure.buy_lots + net if is_buy else exposure.sell_lots - net
            gross = max(0, worst) - max(0, worst - lots)
        return AddedLots(gross, lots, 0) if is_buy else AddedLots(gross, 0, lots)


def gross_change(after: Exposure, long_lots: int, short_lots: int, buys: int, sells: int) -> int:
    """Return by how much the worst long and short lots of a book have grown."""
    if after.is_gross:
        long, short = after.long_lots, after.short_lots
        # Lots that nobody has yet may close more than anybody is known to hold: still lots at risk.
        was_held = abs(long - long_lots) + abs(short - short_lots)
        return abs(long) + abs(short) - was_held + buys + sells
    net = after.long_lots - after.short_lots
    was = net - long_lots + short_lots
    long, short = net + after.buy_lots, after.sell_lots - net
    was_long, was_short = was + after.buy_lots - buys, after.sell_lots - sells - was
    return max(0, long) + max(0, short) - max(0, was_long) - max(0, was_short)


def change_many(lines: "list[Line]", lots: list[int], *, is_buy: bool) -> None:
    """Follow working lots of many lines in one contract, each row once for all lines under it."""
    grouped: dict[int, tuple[tuple[RowLink, ...], list[int]]] = {}
    for line, change in zip(lines, lots, strict=True):
        exposed = line.exposed
        if exposed is None:
            continue
        buys, sells = (change, 0) if is_buy else (0, change)
        _, sums = grouped.setdefault(id(exposed.links), (exposed.links, [0, 0]))
        sums[0] += gross_change(exposed.exposure, 0, 0, buys, sells)
        sums[1] += change
    for links, (gross, change) in grouped.values():
        buys, sells = (change, 0) if is_buy else (0, change)
        for link in links:
            link.change(gross, buys, sells)


class ExposureBook:
    """Rows, betas and counts of exposure of one desk; rows and betas are primary state."""

    __slots__ = (
        "_links",
        "_of_node",
        "betas",
        "definitions",
        "due_ns",
        "has_shares_from",
        "rows",
        "suspended",
    )

    def __init__(self) -> None:
        self.definitions: dict[tuple[str, str], ExposureLimit] = {}
        self.betas: dict[tuple[str, str], Beta] = {}
        """(index, contract or product) → what was reported last."""
        self.due_ns = NEVER_DUE_NS
        """After this moment a beta that counts is too old; a cache."""
        self.has_shares_from = False
        """Whether some limit of shares binds only from a gross value on; a cache."""
        self.rows: dict[tuple[str, str], ExposureRow] = {}
        self.suspended: dict[tuple[str, str], Exposed] = {}
        """(carrying account, contract) → lots that no book has yet."""
        self._of_node: dict[str, list[ExposureRow]] = {}
        self._links: dict[tuple[tuple[str, ...], str], tuple[RowLink, ...]] = {}

    def set(self, row: ExposureLimit) -> None:
        """Set or replace a row; it counts once the book is begun anew."""
        self.definitions[row.key] = row

    def all(self) -> list[ExposureLimit]:
        """Return every row, by node and scope."""
        return [self.definitions[key] for key in sorted(self.definitions)]

    def refresh(self, warnings: WarningBook, path: Sequence[str], scope_id: str) -> None:
        """Find anew when something is told of a row, after something was."""
        row = self.rows.get((path[0], scope_id))
        if row is not None:
            row.refresh(warnings, path)

    def begin(self, root_id: str, base_currency: str) -> None:
        """Put the rows in force with nothing counted."""
        self.due_ns = NEVER_DUE_NS
        self.suspended.clear()
        self._links.clear()
        self._of_node.clear()
        root = self.definitions.get((root_id, "*"))
        self.has_shares_from = any(
            row.share_ppm_max is not None and row.share_from_micros > 0
            for row in self.definitions.values()
        )
        self.rows = {}
        for row in self.all() if root is not None else ():
            assert root is not None
            found = self.rows[row.key] = ExposureRow(row, root, base_currency)
            self._of_node.setdefault(row.node_id, []).append(found)
        for rows in self._of_node.values():
            rows.sort(key=lambda each: (each.row.scope_id == "*", each.row.scope_id))

    def links_of(
        self, path: Iterable[str], contract: CountedContract, now_ns: int
    ) -> tuple[RowLink, ...]:
        """Return the rows that a contract counts in under a path: one tuple for all like it."""
        nodes = tuple(node for node in path if node in self._of_node)
        contract_id = contract.contract.contract.contract_id
        found = self._links.get((nodes, contract_id))
        if found is None:
            rows = [row for node in nodes for row in self._of_node[node]]
            product_id = contract.contract.product.product_id
            found = tuple(
                self._link(row, contract, now_ns)
                for row in rows
                if row.covers(contract_id, product_id)
            )
            self._links[nodes, contract_id] = found
        return found

    def _link(self, row: ExposureRow, contract: CountedContract, now_ns: int) -> RowLink:
        contract_id = contract.contract.contract.contract_id
        found = row.links.get(contract_id)
        if found is None:
            found = row.links[contract_id] = RowLink(row, contract)
            contract.links.append(found)
            self._take_beta(found, now_ns)
        return found

    def refresh_betas(self, now_ns: int) -> None:
        """Count by the betas that are known and young enough now."""
        self.due_ns = NEVER_DUE_NS
        for row in self.rows.values():
            if row.row.beta_micros_max is not None:
                for link in row.links.values():
                    self._take_beta(link, now_ns)

    def _take_beta(self, link: RowLink, now_ns: int) -> None:
        if link.at.row.beta_micros_max is None:
            return
        index, contract = link.at.beta_index, link.contract.contract
        beta = self.betas.get((index, contract.contract.contract_id))
        beta = beta or self.betas.get((index, contract.product.product_id))
        link.beta_ppm = None
        if beta is not None:
            due = beta.as_of_ns + link.at.beta_age_ns
            if now_ns <= due:
                link.beta_ppm = beta.beta_ppm
                self.due_ns = min(self.due_ns, due)
        link.reprice()
