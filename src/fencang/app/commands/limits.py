"""``fencang limits``: where groups of persons stand against position limits of jurisdictions."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from fencang.app.commands.limits_words import tell
from fencang.app.data_directory import recovered
from fencang.app.exit_status import ExitStatus
from fencang.basics.time import format_time
from fencang.engine.regimes.counters import Bound, RegimeCounter
from fencang.engine.regimes.links import groups_of
from fencang.engine.state import DeskState
from fencang.limits.regimes.counting import LOT_PARTS, lots_text
from fencang.refdata.regime import ContractGroup, Regime

__all__ = ["limits_found", "run_limits"]

Found = dict[str, Any]


def run_limits(data: Path, *, as_json: bool) -> ExitStatus:
    """Show numbers, groups, duties, proposals and alarms; 1 where a limit is passed."""
    found = limits_found(recovered(data).state)
    if as_json:
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        tell(found)
    is_passed = any(row["is_passed"] for row in found["numbers"])
    return ExitStatus.DIFFERENCES_FOUND if is_passed else ExitStatus.DONE


def limits_found(state: DeskState) -> Found:
    """Return everything as plain values, lots as exact decimals of the parent contract."""
    book = state.regimes
    return {
        "sequence": state.sequence,
        "day": date.fromordinal(book.day).isoformat() if book.day else None,
        "numbers": [
            _number(counter, bound, is_long=is_long)
            for _, counter in sorted(book.counters.items())
            for bound in counter.bounds
            for is_long in (True, False)
            if counter.total.of(is_long=is_long) > 0
        ],
        "groups": _groups(state),
        "duties": [
            {
                "threshold": threshold,
                "persons": persons,
                "month": month,
                "side": side,
                "since": date.fromordinal(day).isoformat(),
            }
            for (threshold, persons, month, side), day in sorted(book.duties.items())
        ],
        "steps": _steps(state),
        "refusals": _refusals(state),
        "proposals": _proposals(state),
        "alarms": _alarms(state),
        "blocked": [
            {"contract": key, "why": contract.regime_fault}
            for key, contract in sorted(state.contracts.items())
            if contract.regime_fault
        ],
    }


def _steps(state: DeskState) -> list[Found]:
    """Return the steps down that were told and are still to come."""
    book = state.regimes
    return [
        {
            "limit": limit,
            "persons": persons,
            "side": side,
            "from": date.fromordinal(step_day).isoformat(),
            "told": date.fromordinal(day).isoformat(),
        }
        for (limit, persons, side, step_day), day in sorted(book.steps.items())
        if step_day > book.day
    ]


def _refusals(state: DeskState) -> list[Found]:
    """Return what limits refused today and may still be proposed, the latest first."""
    book = state.regimes
    return [
        {
            "refusal": refusal_id,
            "sub_account": known.refused.sub_account_id,
            "contract": known.refused.terms.contract_id,
            "side": known.refused.terms.side.name.lower(),
            "quantity_lots": known.refused.terms.quantity_lots,
            "limit": known.refused.limit_id,
            "excess_lots": known.refused.excess_lots,
            "free_lots": known.free_lots,
        }
        for refusal_id, known in sorted(book.watch.refusals_of(book.day).items(), reverse=True)
    ]


def _proposals(state: DeskState) -> list[Found]:
    """Return proposals that wait for an answer, with the checks that were made."""
    watch = state.regimes.watch
    return [
        {
            "proposal": number,
            "from": proposal.from_sub_account_id,
            "to": proposal.to_sub_account_id,
            "contract": proposal.terms.contract_id,
            "side": proposal.terms.side.name.lower(),
            "quantity_lots": proposal.terms.quantity_lots,
            "entered_by": proposal.entered_by,
            "reason": proposal.reason,
            "expires": format_time(proposal.expires_ns),
            "is_expired": not watch.is_open(proposal, state.time_ns),
            "checks": [check.words for check in proposal.checks],
        }
        for number, proposal in sorted(watch.proposals.items())
    ]


def _alarms(state: DeskState) -> list[Found]:
    """Return the alarms that are remembered, the latest first."""
    return [
        {
            "day": date.fromordinal(max(1, told.day)).isoformat(),
            "kind": told.alarm.kind.value,
            "subjects": list(told.alarm.subjects),
            "evidence": told.alarm.evidence,
        }
        for told in reversed(state.regimes.watch.alarms.values())
    ]


def _number(counter: RegimeCounter, bound: Bound, *, is_long: bool) -> Found:
    regime_id, group_id, persons_id, bucket, _, month, view = counter.key
    parts = counter.total.of(is_long=is_long)
    room = max(0, bound.lots_max * LOT_PARTS - parts)
    return {
        "regime": regime_id,
        "group": group_id,
        "persons": persons_id,
        "limit": bound.limit.limit_id,
        "hardness": bound.limit.hardness.value,
        "bucket": bucket,
        "month": month,
        "deltas": view,
        "side": "long" if is_long else "short",
        "worst_case_lots": lots_text(parts),
        "quantity_lots_max": bound.lots_max,
        "room_lots": lots_text(room),
        "used_percent": parts * 100 // (bound.lots_max * LOT_PARTS) if bound.lots_max else 100,
        "is_passed": bound.is_hard and parts > bound.lots_max * LOT_PARTS,
        "exemptions": [each.exemption_id for each in counter.exemptions if bound.is_hard],
    }


def _groups(state: DeskState) -> list[Found]:
    """Return who counts as one and why, once for every set of persons that is more than one."""
    found: dict[tuple[str, ...], Found] = {}
    for group in state.regimes.each(ContractGroup):
        regime = state.regimes.get(Regime, group.regime_id)
        assert regime is not None, group
        persons = groups_of(state, regime, group)
        for first in sorted({persons.group_of(person) for person in state.persons}):
            members = persons.members(first)
            key = (regime.regime_id, *members)
            if len(members) > 1 and key not in found:
                reasons = [tie.words for tie in persons.reasons(first)]
                found[key] = {"regime": regime.regime_id, "persons": members, "because": reasons}
    return [found[key] for key in sorted(found)]
