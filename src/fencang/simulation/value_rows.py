"""Limits of value for one seed's desk: exposure, margin that stays free, volume, losses.

They lie near what a desk of a seed trades, so that every measure and every step is reached, at
every kind of node.  Streams of chance of their own, one for each family, leave a seed without them
as it was; a family that the desk states already is left alone.
"""

from collections.abc import Callable

from msgspec.structs import replace

from fencang.basics.time import SECOND_NS
from fencang.refdata.desk import DeskItem
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit, PeakOf
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.refdata.risk import RISK_KINDS, RiskItem
from fencang.simulation.desks import MASTER
from fencang.simulation.places import Places
from fencang.simulation.random import Chance

__all__ = [
    "VALUE_FAMILIES",
    "buffer_row",
    "exposure_row",
    "has_value_rows",
    "impact_row",
    "loss_row",
    "with_value_rows",
]

DESK_PPM = 200_000
FAMILY_PPM = 600_000
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
THOUSAND = 1_000_000_000
"""One thousand of a currency, in micros."""
MILLION = 1_000 * THOUSAND
MEASURES = ("daily_loss", "drawdown", "velocity")
SEVERAL = "CRUDE-AND-INDEX"
"""A scope that names products."""


def has_value_rows(chance: Chance) -> bool:
    """Return whether a desk states limits of value; the stream moves alike either way."""
    return chance.strikes(DESK_PPM)


def with_value_rows(chance: Chance, items: list[DeskItem]) -> list[DeskItem]:
    """Return a desk's reference values with rows of some families of limits of value."""
    places = Places(items)
    stated = {type(item) for item in items if isinstance(item, RISK_KINDS)}
    rows: list[DeskItem] = []
    for kind, draw in VALUE_FAMILIES.items():
        own = chance.fork(kind.__name__)
        if own.strikes(FAMILY_PPM) and kind not in stated:
            rows += {(type(row), row.key): row for row in draw(own, places)}.values()
    return [*items, *rows]


# ------------------------------------------------------------------------------------- exposure


def _exposures(chance: Chance, places: Places) -> list[RiskItem]:
    root = ExposureLimit(
        node_id=MASTER,
        gross_micros_max=chance.one_of((6, 30, 10_000)) * MILLION,
        net_micros_max=chance.one_of((3, 15, 10_000)) * MILLION,
        beta_micros_max=chance.one_of((3, 12, 10_000)) * MILLION,
        share_ppm_max=chance.one_of((500_000, 800_000, 1_000_000)),
        share_from_micros=chance.one_of((0, 1, 5)) * MILLION,
        beta_index="VIX",
        beta_age_ns_max=chance.one_of((HOUR_NS, 24 * HOUR_NS)),
        beta_unknown_ppm=chance.one_of((1_000_000, 1_500_000)),
        floor_ticks=chance.one_of((1, 100, 2_000)),
    )
    rows: list[RiskItem] = [root]
    rows += [exposure_row(chance, node, places) for node in places.some(chance, 5, root=False)]
    if chance.strikes(400_000):
        net = chance.one_of((500 * THOUSAND, 4 * MILLION))
        rows.append(
            ExposureLimit(
                node_id=MASTER,
                scope_id=SEVERAL,
                product_ids=("CL", "ES"),
                net_micros_max=net,
            )
        )
    return rows


def exposure_row(chance: Chance, node_id: str, places: Places) -> ExposureLimit:
    """Return a row of a node that states some measures of some contracts."""
    scope = chance.one_of(places.scopes)
    return ExposureLimit(
        node_id=node_id,
        # The master account's row for everything states all, and stays what it is.
        scope_id="ES" if node_id == MASTER and scope == "*" else scope,
        gross_micros_max=chance.one_of((None, None, 400 * THOUSAND, 3 * MILLION)),
        net_micros_max=chance.one_of((None, 200 * THOUSAND, 2 * MILLION)),
        beta_micros_max=chance.one_of((None, None, 300 * THOUSAND, 2 * MILLION)),
        share_ppm_max=chance.one_of((None, None, 700_000)),
        share_from_micros=chance.one_of((0, MILLION)),
        beta_unknown_ppm=chance.one_of((None, 2_000_000)),
        beta_age_ns_max=chance.one_of((None, 20 * MINUTE_NS)),
        floor_ticks=chance.one_of((None, 500)),
    )


# -------------------------------------------------------------------------------------- buffers


def _buffers(chance: Chance, places: Places) -> list[RiskItem]:
    root = MarginBuffer(
        node_id=MASTER,
        buffer_ppm=chance.one_of((0, 100_000, 40_000_000)),
        buffer_micros=chance.one_of((0, 100 * THOUSAND, 5 * MILLION)),
    )
    nodes = [*places.tree[1:], *places.persons]
    several = {chance.one_of(nodes): None for _ in range(chance.between(1, 5))}
    return [root, *(buffer_row(chance, node) for node in several)]


def buffer_row(chance: Chance, node_id: str) -> MarginBuffer:
    """Return what a book, a group of books or a pool must leave free: often a lot."""
    return MarginBuffer(
        node_id=node_id,
        buffer_ppm=chance.one_of((None, 200_000, 5_000_000, 60_000_000)),
        buffer_micros=chance.one_of((None, 0, 50 * THOUSAND, 900 * THOUSAND)),
    )


# --------------------------------------------------------------------------------------- volume


def _impacts(chance: Chance, places: Places) -> list[RiskItem]:
    root = ImpactLimit(
        node_id=MASTER,
        order_share_ppm=chance.one_of((50_000, 400_000, 1_000_000)),
        window_share_ppm=chance.one_of((60_000, 300_000, 1_000_000)),
        window_ns=chance.one_of((10, 60)) * MINUTE_NS,
        volume_age_ns_max=chance.one_of((2, 24)) * HOUR_NS,
        passes_unknown=chance.strikes(600_000),
        cooling_off_ns=chance.one_of((0, 20 * MINUTE_NS)),
    )
    nodes = places.some(chance, 4, root=False)
    return [root, *(impact_row(chance, node, places) for node in nodes)]


def impact_row(chance: Chance, node_id: str, places: Places) -> ImpactLimit:
    """Return a row of a node that states a share of the volume, or both."""
    scope = chance.one_of(places.scopes)
    return ImpactLimit(
        node_id=node_id,
        scope_id="CL" if node_id == MASTER and scope == "*" else scope,
        order_share_ppm=chance.one_of((None, 10_000, 100_000)),
        window_share_ppm=chance.one_of((None, 20_000, 200_000)),
        window_ns=chance.one_of((5, 30)) * MINUTE_NS,
        volume_age_ns_max=24 * HOUR_NS,
        passes_unknown=True,
        cooling_off_ns=chance.one_of((0, 0, 15 * MINUTE_NS)),
    )


# --------------------------------------------------------------------------------------- losses


def _losses(chance: Chance, places: Places) -> list[RiskItem]:
    scale = chance.one_of((500, 3_000, 20_000)) * 1_000_000
    root = LossLimit(
        node_id=MASTER,
        daily_loss_micros=6 * scale,
        drawdown_micros=chance.one_of((3, 10)) * scale,
        velocity_micros=chance.one_of((2, 8)) * scale,
        velocity_ns=chance.one_of((10, 90)) * MINUTE_NS,
        margin_use_ppm=chance.one_of((100_000, 1_000_000)),
        peak_of=chance.one_of(list(PeakOf)),
    )
    if chance.strikes(400_000):
        root = _with_steps(chance, root)
    terms = LiquidationTerms(
        node_id=MASTER,
        interval_lots_max=chance.between(1, 8),
        interval_ns=chance.one_of((MINUTE_NS, 20 * MINUTE_NS)),
        day_lots_max=chance.one_of((10, 1_000)),
        day_micros_max=1_000 * MILLION,
        jump_ppm=chance.one_of((100_000, 1_000_000)),
        jump_micros=10 * THOUSAND,
        mark_jump_ppm=500_000,
        mark_jump_ticks=chance.one_of((50, 450)),
        price_age_ns_max=24 * HOUR_NS,
        rounds_max=chance.one_of((5, 20)),
    )
    nodes = [*places.tree[1:], *places.persons]
    several = {chance.one_of(nodes): None for _ in range(chance.between(1, 6))}
    return [root, terms, *(loss_row(chance, node, scale) for node in several)]


def loss_row(chance: Chance, node_id: str, scale_micros: int) -> LossLimit:
    """Return how much a node may lose by some measures, as amounts or shares, and what follows."""
    first = chance.one_of(MEASURES)
    limits: dict[str, int] = {
        f"{measure}_micros": chance.between(1, 4) * scale_micros
        for measure in MEASURES
        if measure == first or chance.strikes(250_000)
    }
    if chance.strikes(250_000):
        limits = {f"{first}_ppm": chance.one_of((100, 500, 3_000))}
    row = LossLimit(
        node_id=node_id,
        peak_of=chance.one_of(list(PeakOf)),
        velocity_ns=chance.one_of((10, 90)) * MINUTE_NS,
        margin_use_ppm=chance.one_of((None, None, 5_000, 50_000)),
        resumes_next_day=chance.strikes(400_000),
        keep_ppm=chance.one_of((0, 0, 400_000)),
    )
    row = replace(row, **limits)
    # Where there are no steps, the limit itself is what refuses.
    return _with_steps(chance, row) if chance.strikes(500_000) else row


def _with_steps(chance: Chance, row: LossLimit) -> LossLimit:
    cancel = chance.one_of((700_000, 1_000_000)) if chance.strikes(700_000) else None
    liquidate = chance.one_of((1_000_000, 1_500_000)) if chance.strikes(600_000) else None
    return replace(row, stop_ppm=700_000, cancel_ppm=cancel, liquidate_ppm=liquidate)


VALUE_FAMILIES: dict[type[RiskItem], Callable[[Chance, Places], list[RiskItem]]] = {
    ExposureLimit: _exposures,
    MarginBuffer: _buffers,
    ImpactLimit: _impacts,
    LossLimit: _losses,
}
"""What a desk may state, each by a stream of chance of its own."""
