"""Parameter files in force, computed arrays, grants of the pool's benefit, collateral."""

from fencang.engine.accounts import Collateral
from fencang.engine.netting.links import relink
from fencang.engine.netting.sets import LoadedFile
from fencang.engine.regimes.links import keep_deltas, relink_regimes
from fencang.engine.risk.exposure_links import reprice_exposures
from fencang.engine.state import DeskState
from fencang.messages import events as ev

__all__: list[str] = []


def on_span_loaded(state: DeskState, event: ev.SpanParametersLoaded) -> None:
    """Keep the file's name; what is in force stays in force."""
    file = LoadedFile(event.sha256, event.parser_version, event.business_date)
    state.span_set(event.clearing_house).load(file)


def on_span_activated(state: DeskState, event: ev.SpanParametersActivated) -> None:
    """Margin every netting set by the file from here on."""
    if not state.regimes.is_empty:
        keep_deltas(state, event.clearing_house)
    for contract in state.contracts_of_house(event.clearing_house):
        contract.span_floor_micros = 0
    for lacking in event.uncovered:
        state.contracts[lacking.contract_id].span_floor_micros = lacking.floor_micros
    staging = state.stagings.pop(event.clearing_house, None)
    if staging is not None and staging.sha256 == event.sha256:
        staging.put_in_force(state)
        _count_again(state)
        return
    if staging is not None:
        staging.drop()
    span = state.span_sets[event.clearing_house]
    parameters = state.parameters.get(event.sha256)
    assert parameters is not None, f"the parameter file {event.sha256} is missing from the blobs"
    span.activate(event.sha256, parameters)
    relink(state)
    _count_again(state)


def _count_again(state: DeskState) -> None:
    """Let limits that count options by their deltas count by those in force."""
    if not state.regimes.is_empty:
        relink_regimes(state)
    reprice_exposures(state)


def on_arrays_loaded(state: DeskState, event: ev.RiskArraysLoaded) -> None:
    """Margin by computed arrays where there are some."""
    state.span_sets[event.clearing_house].override(event.arrays)
    relink(state)
    _count_again(state)


def on_benefit_granted(state: DeskState, event: ev.BenefitGranted) -> None:
    """Lend a sub-account part of the pool's benefit."""
    state.subs[event.sub_account_id].standing.granted_micros = event.amount_micros


def on_collateral(state: DeskState, event: ev.CollateralReported) -> None:
    """Count securities towards the owner's margin."""
    pool = state.pool(event.owner_id)
    key = (event.carrying_account_id, event.collateral_id)
    before = pool.collateral.pop(key, None)
    counted = pool.standing.collateral
    if before is not None:
        counted[before.currency] -= before.counted_micros
    if event.value_micros:
        item = Collateral(event.currency, event.value_micros, event.haircut_ppm)
        pool.collateral[key] = item
        counted[item.currency] = counted.get(item.currency, 0) + item.counted_micros
