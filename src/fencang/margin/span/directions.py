"""How a SPAN requirement grows along each book of a pool: the derivatives that Euler shares need.

Scan risk has a closed form: a book's own loss in the pool's active scenario, in the equal mix of
scenarios tied within half a cent (``TIE_MICROS``).

The rest (charges, credits, minimum, option value) follows the matching of deltas, whose pieces no
result shows.  Its derivative is the central difference along the book, just beside the pool and
not at it:  ``[f(q + 2h) − f(q + h) + f(q − h) − f(q − 2h)] / 2``  with h = the book / STEPS.
Both sides of a kink (two legs equally scarce) then count half, and a jump at the pool itself (a
commodity of net delta zero has no price per delta) counts for nothing.

Lots must be whole and rules round, so nothing is divided: the pool is multiplied by STEPS and by
LOTS, the parameters' money by MONEY, and rounding to units is switched off.  LOTS = 10^12 makes
every rounding of deltas (D1, D2) exact; STEPS = 10^9 leaves of the curvature of the price per delta
about a billionth of the requirement; MONEY = 10^18 makes the hundredths of S7, which STEPS
multiplies, less than a micro.  A thousand steps at real money were off by 30 dollars in a credit
of 6,946: a difference multiplies S7's hundredths by a thousand times the deltas.  Numbers pass
2^63, so the reference computes them, never the arrays.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from fencang.basics.money import PPM
from fencang.margin.method import TIE_MICROS, ActivePiece, Directions, Measure
from fencang.margin.reference.positions import Position, positions_of
from fencang.margin.reference.requirement import requirement
from fencang.margin.reference.scan import scan_tiers
from fencang.margin.span.parameters import AccountType, SpanParameters
from fencang.margin.span.portfolio import Lots, Portfolio
from fencang.margin.span.result import CommodityResult, SpanResult

__all__ = ["span_directions"]

STEPS = 10**9
LOTS = 10**12
MONEY = 10**18

Books = Mapping[str, tuple[Position, ...]]
"""Positions by combined commodity."""


class _Sides(NamedTuple):
    """Results of one book, two steps and one step to either side of the pool."""

    far_up: SpanResult
    up: SpanResult
    down: SpanResult
    far_down: SpanResult


def span_directions(
    parameters: SpanParameters, pool: Portfolio, books: Sequence[Portfolio], measure: Measure
) -> Directions:
    """Return the derivative of the pool's requirement along each book, per currency.

    Contracts of combined commodities in which the pool holds no net lots take no part (rule P3).
    """
    result = requirement(parameters, pool)
    held = _by_commodity(parameters, pool)
    books = [_restricted(parameters, book, held) for book in books]
    owned = [_by_commodity(parameters, book) for book in books]
    magnified = _magnified(parameters)
    at_pool = requirement(magnified, _beside(pool, pool, 0))
    sides = [
        _Sides(*(requirement(magnified, _beside(pool, book, step)) for step in (2, 1, -1, -2)))
        for book in books
    ]
    asked = _asked(result, measure)
    shares = [
        {currency: _fallback_slope(beside, currency) for currency in asked} for beside in sides
    ]
    pieces: list[ActivePiece] = []
    for commodity in result.commodities:
        code, currency = commodity.commodity, commodity.currency
        if currency not in asked or _is_paid_by_options(parameters, commodity, measure):
            continue
        factor = _factor(parameters, code, pool.account_type, measure)
        scans = _scan_shares(parameters, commodity, held, owned, pieces)
        numbers = _numbers(at_pool, code)
        for place, beside in enumerate(sides):
            slopes = _slopes(beside, code)
            if scans is not None:
                slopes = slopes._replace(scan=scans[place])
            risk_share = _risk_share(numbers, slopes)
            shares[place][currency] += risk_share * factor - slopes.option_value
    return Directions(shares=tuple(shares), pieces=tuple(pieces))


def _asked(result: SpanResult, measure: Measure) -> tuple[str, ...]:
    """Currencies whose total is above zero; where it is not, nobody shares in anything (R4)."""
    if measure is Measure.INITIAL:
        return tuple(total.currency for total in result.totals if total.initial_total_micros)
    return tuple(total.currency for total in result.totals if total.maintenance_total_micros)


def _magnified(parameters: SpanParameters) -> SpanParameters:
    """The same set with money times MONEY and without rounding to units."""
    replace = msgspec.structs.replace
    return SpanParameters(
        header=parameters.header,
        scan_points=parameters.scan_points,
        commodities=tuple(
            replace(
                commodity, risk_unit_micros=commodity.risk_unit_micros * MONEY, rounding_micros=1
            )
            for commodity in parameters.commodities
        ),
        families=parameters.families,
        series=parameters.series,
        contracts=parameters.contracts,
        inter_spreads=tuple(
            replace(
                spread,
                amount_micros=spread.amount_micros * MONEY,
                legs=tuple(
                    replace(leg, amount_micros=leg.amount_micros * MONEY) for leg in spread.legs
                ),
            )
            for spread in parameters.inter_spreads
        ),
        combinations=parameters.combinations,
        currency_rates=parameters.currency_rates,
        sha256=parameters.sha256,
    )


def _beside(pool: Portfolio, book: Portfolio, steps: int) -> Portfolio:
    """The pool, magnified, with ``steps`` times the book added."""

    def moved(held: Lots, own: Lots) -> Lots:
        return Lots(
            LOTS * (STEPS * held.long + steps * own.long),
            LOTS * (STEPS * held.short + steps * own.short),
        )

    none = Lots(0, 0)
    return msgspec.structs.replace(
        pool,
        lots={row: moved(lots, book.lots.get(row, none)) for row, lots in pool.lots.items()},
        missing={
            contract: (moved(lots, book.missing.get(contract, (none, fallback))[0]), fallback)
            for contract, (lots, fallback) in pool.missing.items()
        },
    )


def _by_commodity(parameters: SpanParameters, portfolio: Portfolio) -> Books:
    books: dict[str, list[Position]] = {}
    for position in positions_of(parameters, portfolio):
        books.setdefault(position.contract.commodity, []).append(position)
    return {commodity: tuple(held) for commodity, held in books.items()}


def _restricted(parameters: SpanParameters, book: Portfolio, held: Books) -> Portfolio:
    """The book without commodities in which the pool has no position."""
    return msgspec.structs.replace(
        book,
        lots={
            row: lots
            for row, lots in book.lots.items()
            if any(
                commodity in held
                for commodity in _by_commodity(
                    parameters, msgspec.structs.replace(book, lots={row: lots}, missing={})
                )
            )
        },
    )


def _is_paid_by_options(
    parameters: SpanParameters, commodity: CommodityResult, measure: Measure
) -> bool:
    """R4: whether a capped option value covers the whole commodity, which then asks for nothing."""
    terms = next(held for held in parameters.commodities if held.code == commodity.commodity)
    caps = parameters.header.caps_option_value or terms.caps_option_value
    asked = commodity.initial_micros if measure is Measure.INITIAL else commodity.maintenance_micros
    return caps and commodity.option_value_micros >= asked


def _factor(
    parameters: SpanParameters, code: str, account_type: AccountType, measure: Measure
) -> Fraction:
    """R2: what risk is multiplied by."""
    terms = next(held for held in parameters.commodities if held.code == code)
    place = list(AccountType).index(account_type)
    if measure is Measure.INITIAL:
        return Fraction(terms.initial_ratio_ppm[place], PPM)
    return Fraction(terms.adjustment_ppm[place], PPM)


def _scan_shares(
    parameters: SpanParameters,
    commodity: CommodityResult,
    held: Books,
    owned: Sequence[Books],
    pieces: list[ActivePiece],
) -> list[Fraction] | None:
    """Closed form of the scan risk per book; None where the scan is not that of the positions.

    That is so after a scanning spread (X8) and in gross accounts (G1).
    """
    terms = next(each for each in parameters.commodities if each.code == commodity.commodity)
    scenarios = len(parameters.scan_points)
    tiers = scan_tiers(terms, held.get(terms.code, ()), scenarios)
    worst = [max(tier.vector_micros) for tier in tiers]
    if sum(max(0, loss) for loss in worst) != commodity.scan_risk_micros:
        return None
    vectors = [
        {
            tier.number: tier.vector_micros
            for tier in scan_tiers(terms, books.get(terms.code, ()), scenarios)
        }
        for books in owned
    ]
    shares = [Fraction() for _ in owned]
    for tier, loss in zip(tiers, worst, strict=True):
        if loss <= 0:
            continue
        tied = [s for s, other in enumerate(tier.vector_micros) if loss - other <= TIE_MICROS]
        name = f"{terms.code} tier {tier.number}" if len(tiers) > 1 else terms.code
        pieces.append(_piece(name, terms.currency, tier.vector_micros, tied))
        for place, vector in enumerate(vectors):
            own = vector.get(tier.number)
            if own is not None:
                shares[place] += Fraction(sum(own[s] for s in tied), len(tied))
    return shares


def _piece(name: str, currency: str, vector: Sequence[int], tied: Sequence[int]) -> ActivePiece:
    worst = max(vector)
    gaps = [worst - loss for s, loss in enumerate(vector) if s not in tied]
    return ActivePiece(
        name=name,
        currency=currency,
        scenarios=tuple(s + 1 for s in tied),
        gap_micros=min(gaps, default=None),
    )


class _Numbers(NamedTuple):
    """Scan risk, the rest of the risk, minimum and option value of a commodity, in any unit."""

    scan: Fraction
    rest: Fraction
    minimum: Fraction
    option_value: Fraction


def _numbers(result: SpanResult, code: str) -> _Numbers:
    for held in result.commodities:
        if held.commodity == code:
            rest = held.intra_charge_micros + held.delivery_charge_micros
            return _Numbers(
                Fraction(held.scan_risk_micros),
                Fraction(rest - held.inter_credit_micros),
                Fraction(held.short_option_minimum_micros),
                Fraction(held.option_value_micros),
            )
    return _Numbers(Fraction(), Fraction(), Fraction(), Fraction())


def _slopes(sides: _Sides, code: str) -> _Numbers:
    """The central differences, in micros per book."""
    scales = (LOTS * MONEY, LOTS * MONEY, LOTS * MONEY, LOTS)
    columns = zip(*(_numbers(side, code) for side in sides), strict=True)
    return _Numbers(
        *(
            (far_up - up + down - far_down) * Fraction(1, 2 * scale)
            for (far_up, up, down, far_down), scale in zip(columns, scales, strict=True)
        )
    )


def _risk_share(at_pool: _Numbers, slopes: _Numbers) -> Fraction:
    """R1 along a book: of the larger of risk and minimum, half of each when they are tied."""
    margined = at_pool.scan + at_pool.rest
    lead = margined - at_pool.minimum
    if max(margined, at_pool.minimum) <= 0:
        return Fraction()
    if abs(lead) <= TIE_MICROS * STEPS * LOTS * MONEY:
        return (slopes.scan + slopes.rest + slopes.minimum) * Fraction(1, 2)
    return slopes.scan + slopes.rest if lead > 0 else slopes.minimum


def _fallback_slope(sides: _Sides, currency: str) -> Fraction:
    far_up, up, down, far_down = (
        sum(line.requirement_micros for line in side.fallbacks if line.currency == currency)
        for side in sides
    )
    return Fraction(far_up - up + down - far_down, 2 * LOTS)
