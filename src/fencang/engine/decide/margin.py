"""Margin parameters, computed arrays, grants of the pool's benefit, collateral.

A parameter file is read and parsed outside; here its hash is known or not.  The set in force stays
in force until another is activated, so a late or refused file never leaves a position unmargined.
"""

from fencang.engine.accounts import Collateral, ContractState
from fencang.engine.benefit import grants_shortfall
from fencang.engine.decide.money import owner_refusal, range_refusal, rate_refusal
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.netting.sets import SpanSet, row_in
from fencang.engine.state import DeskState
from fencang.messages.commands import (
    ActivateSpanParameters,
    GrantBenefit,
    LoadRiskArrays,
    LoadSpanParameters,
    ReportCollateral,
)
from fencang.messages.events import (
    AnyEvent,
    BenefitGranted,
    CollateralReported,
    CommandRejected,
    RiskArraysLoaded,
    SpanParametersActivated,
    SpanParametersLoaded,
    UncoveredContract,
)
from fencang.messages.reasons import Reason
from fencang.refdata.account import AccountType

__all__ = [
    "decide_activate_span",
    "decide_collateral",
    "decide_grant",
    "decide_load_arrays",
    "decide_load_span",
]

FAULTS_TOLD_MAX = 20


def decide_load_span(state: DeskState, command: LoadSpanParameters) -> list[AnyEvent]:
    """Make a file known whose bytes the blob store holds."""
    refusal = _house_refusal(state, command.clearing_house)
    if refusal is not None:
        return [refusal]
    if state.parameters.get(command.sha256) is None:
        detail = (
            f"no parsed parameter file {command.sha256}; put the file into the blob store first"
        )
        return [rejected(Reason.PARAMETERS_MISSING, detail)]
    span = state.span_sets.get(command.clearing_house)
    known = span.loaded.get(command.sha256) if span is not None else None
    if known is not None and known.business_date != command.business_date:
        detail = f"{command.sha256} is of {known.business_date}, not of {command.business_date}"
        return [rejected(Reason.PARAMETERS_DIFFER, detail)]
    return [
        SpanParametersLoaded(
            clearing_house=command.clearing_house,
            sha256=command.sha256,
            parser_version=command.parser_version,
            business_date=command.business_date,
        )
    ]


def _house_refusal(state: DeskState, clearing_house: str) -> CommandRejected | None:
    if any(found.venue.clearing_house_id == clearing_house for found in state.venues.values()):
        return None
    known = sorted({found.venue.clearing_house_id for found in state.venues.values()})
    detail = f"no venue clears at {clearing_house}; this desk knows {', '.join(known)}"
    return rejected(Reason.CLEARING_HOUSE_UNKNOWN, detail)


def decide_activate_span(state: DeskState, command: ActivateSpanParameters) -> list[AnyEvent]:
    """Put a loaded file in force; one of an earlier day or without what is held needs two."""
    span = state.span_sets.get(command.clearing_house)
    loaded = span.loaded.get(command.sha256) if span is not None else None
    if span is None or loaded is None:
        detail = f"{command.sha256} was not loaded for {command.clearing_house}"
        return [rejected(Reason.PARAMETERS_NOT_LOADED, detail)]
    if span.active is not None and loaded.business_date < span.active.business_date:
        refusal = second_person_refusal(command.entered_by, command.approved_by)
        if refusal is not None:
            return [refusal]
    parameters = state.parameters.get(command.sha256)
    if parameters is None:
        detail = f"the parsed parameter file {command.sha256} is gone; put it back"
        return [rejected(Reason.PARAMETERS_MISSING, detail)]
    uncovered = [
        contract
        for contract in state.contracts_of_house(command.clearing_house)
        if contract.contract.margin_key
        and not contract.is_expired
        and row_in(parameters, contract.contract.margin_key) is None
    ]
    refusal = _losing_refusal(command, uncovered)
    if refusal is not None:
        return [refusal]
    return [
        SpanParametersActivated(
            clearing_house=command.clearing_house,
            sha256=command.sha256,
            business_date=loaded.business_date,
            uncovered=tuple(
                UncoveredContract(
                    contract_id=each.contract.contract_id, floor_micros=_floor(span, each)
                )
                for each in uncovered
            ),
        )
    ]


def _losing_refusal(
    command: ActivateSpanParameters, uncovered: list[ContractState]
) -> CommandRejected | None:
    """Refuse to lose the margin of what is held on one person's word: a file may have been cut."""
    losing = [each for each in uncovered if each.is_span_margined and _is_held(each)]
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if not losing or refusal is None:
        return None
    names = ", ".join(each.contract.contract_id for each in losing[:FAULTS_TOLD_MAX])
    detail = f"the file lacks contracts that are held: {names}; it may be cut. {refusal.detail}"
    return rejected(refusal.reason, detail)


def _is_held(contract: ContractState) -> bool:
    return any(not entry.exposure.is_empty for entry in contract.entries)


def _floor(span: SpanSet, contract: ContractState) -> int:
    """Return what a lot asks for by itself in the file in force, or asked in an earlier one."""
    row = span.terms(contract.contract.margin_key) if contract.is_span_margined else None
    if row is None:
        return contract.span_floor_micros
    terms = span.commodity_terms(row.commodity, AccountType.SPECULATOR)
    return terms.asked_micros(max(0, *row.losses_long, *row.losses_short) * terms.unit_micros)


def decide_load_arrays(state: DeskState, command: LoadRiskArrays) -> list[AnyEvent]:
    """Replace arrays of the set in force; two persons, all or none."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    span = state.span_sets.get(command.clearing_house)
    if span is None or span.active is None:
        detail = f"no parameter file is in force for {command.clearing_house}"
        return [rejected(Reason.PARAMETERS_NOT_LOADED, detail)]
    if span.active.sha256 != command.sha256:
        detail = f"computed from {command.sha256}, in force is {span.active.sha256}"
        return [rejected(Reason.PARAMETERS_DIFFER, detail)]
    faults = _array_faults(span, command)
    if faults:
        return [rejected(Reason.RISK_ARRAYS_FAULTY, "; ".join(faults[:FAULTS_TOLD_MAX]))]
    return [RiskArraysLoaded(clearing_house=command.clearing_house, arrays=command.arrays)]


def _array_faults(span: SpanSet, command: LoadRiskArrays) -> list[str]:
    faults = []
    seen: dict[str, int] = {}
    for index, array in enumerate(command.arrays):
        key = array.margin_key
        if key in seen:
            faults.append(f"arrays[{index}]: {key} stands at arrays[{seen[key]}] too")
        seen.setdefault(key, index)
        if span.terms(key) is None:
            faults.append(f"arrays[{index}]: the file in force has no contract {key}")
        elif len(array.values) != span.scenarios:
            count = len(array.values)
            faults.append(f"arrays[{index}]: {count} values, the file has {span.scenarios}")
    return faults


def decide_grant(state: DeskState, command: GrantBenefit) -> list[AnyEvent]:
    """Grant part of the pool's benefit: lowering needs one person, raising two and room."""
    sub = state.subs.get(command.sub_account_id)
    if sub is None:
        detail = f"no sub-account {command.sub_account_id}"
        return [rejected(Reason.UNKNOWN_SUB_ACCOUNT, detail)]
    if command.amount_micros > sub.standing.granted_micros:
        refusal = second_person_refusal(command.entered_by, command.approved_by)
        if refusal is not None:
            return [refusal]
        grants = {key: state.subs[key].standing.granted_micros for key in sub.pool.sub_ids}
        grants[command.sub_account_id] = command.amount_micros
        short = grants_shortfall(state, sub.pool, grants)
        if short is not None:
            left = f"after {short.without} left" if short.without else "as things stand"
            detail = (
                f"grants of {sub.pool.owner_id} would come to {short.granted_micros} micros; "
                f"{left}, {short.allowed_micros} of benefit remain"
            )
            return [rejected(Reason.BENEFIT_TOO_LARGE, detail)]
    return [
        BenefitGranted(sub_account_id=command.sub_account_id, amount_micros=command.amount_micros)
    ]


def decide_collateral(state: DeskState, command: ReportCollateral) -> list[AnyEvent]:
    """Count securities at a carrying account; what makes them count more needs two persons."""
    refusal = owner_refusal(state, command.carrying_account_id, command.owner_id)
    refusal = refusal or rate_refusal(state, command.currency)
    refusal = refusal or range_refusal(
        state, command.owner_id, command.currency, command.value_micros
    )
    if refusal is not None:
        return [refusal]
    pool = state.pool(command.owner_id)
    held = pool.collateral.get((command.carrying_account_id, command.collateral_id))
    if held is not None and held.currency != command.currency and command.value_micros:
        detail = f"{command.collateral_id} is kept in {held.currency}; report 0 of it first"
        return [rejected(Reason.FAULTY_DEFINITION, detail)]
    before = held.counted_micros if held is not None else 0
    event = CollateralReported(
        carrying_account_id=command.carrying_account_id,
        owner_id=command.owner_id,
        collateral_id=command.collateral_id,
        currency=held.currency if held is not None else command.currency,
        value_micros=command.value_micros,
        haircut_ppm=command.haircut_ppm,
    )
    after = Collateral(event.currency, event.value_micros, event.haircut_ppm)
    if after.counted_micros > before:
        refusal = second_person_refusal(command.entered_by, command.approved_by)
        if refusal is not None:
            return [refusal]
    return [event]
