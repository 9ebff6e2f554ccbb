"""Betas that are known from here on."""

from fencang.engine.state import DeskState
from fencang.limits.exposures import Beta
from fencang.messages.exposure_events import BetasReported

__all__: list[str] = []


def on_betas(state: DeskState, event: BetasReported) -> None:
    """Keep the betas and count by them."""
    book = state.risk.exposures
    for mark in event.betas:
        key = (event.index_id, mark.scope_id)
        book.betas[key] = Beta(mark.beta_ppm, event.as_of_ns, event.source)
    book.refresh_betas(state.time_ns)
