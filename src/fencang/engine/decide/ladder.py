"""The ladder: every control an order is asked, in order; the first refusal ends it.

``LADDER`` is the whole list.  A control that no definition of the desk states is left out before
orders come, so that it costs nothing.  A reducing order skips the controls that only bind what
opens.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from fencang.engine.decide import evaluations as told
from fencang.engine.decide.ask import Ask
from fencang.engine.decide.connections import link_check, link_evaluations
from fencang.engine.decide.controls import order_check
from fencang.engine.decide.envelope_check import envelope_check, envelope_evaluations
from fencang.engine.decide.exposure_checks import guard_check, parameters_check, position_check
from fencang.engine.decide.exposure_limits import exposure_check, exposure_evaluations
from fencang.engine.decide.impact import impact_check, impact_evaluations
from fencang.engine.decide.losses import losses_check, losses_evaluations
from fencang.engine.decide.margin_checks import own_margin_check, pool_margin_check
from fencang.engine.decide.order_terms import terms_check
from fencang.engine.decide.overrides import refusal_under_override
from fencang.engine.decide.regimes import regime_check
from fencang.engine.decide.self_match import (
    is_self_match_stated,
    self_match_check,
    self_match_evaluations,
    wash_check,
    wash_evaluations,
)
from fencang.engine.decide.standing_checks import message_check, state_check, working_check
from fencang.engine.decide.tenor import tenor_check, tenor_evaluations
from fencang.engine.decide.tier import TIER_CONTROL, has_tiers, tier_check, tier_evaluations
from fencang.engine.decide.trade_flow import trade_flow_check, trade_flow_evaluations
from fencang.engine.evolve.overrides import under_order_overrides
from fencang.engine.risk.book import Check
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal

__all__ = ["LADDER", "Control", "exposure_refusal", "ladder_refusal", "stated_controls"]


def _always(state: DeskState) -> bool:
    return True


class Control(NamedTuple):
    """One family of controls.

    ``is_stated`` says, from definitions alone, whether the desk has it.  ``of_reducing`` is asked
    of reducing orders too; ``of_exposure`` measures what lots add, however they come.
    ``evaluations`` gives every number it looks at, for an explanation; the first that does not pass
    is what ``check`` refuses with.
    """

    name: str
    check: Check
    is_stated: Callable[[DeskState], bool] = _always
    of_reducing: bool = False
    of_exposure: bool = False
    evaluations: Callable[[Ask], Iterable[Evaluation]] | None = None


LADDER: tuple[Control, ...] = (
    Control(TIER_CONTROL, tier_check, has_tiers, of_reducing=True, evaluations=tier_evaluations),
    Control("trading state", state_check, of_reducing=True, evaluations=told.state_evaluations),
    Control(
        "message rate",
        message_check,
        lambda state: state.flow.is_stated,
        of_reducing=True,
        evaluations=told.message_evaluations,
    ),
    Control(
        "links",
        link_check,
        lambda state: bool(state.risk.connections.link_rows.rows),
        evaluations=link_evaluations,
    ),
    Control("order terms", terms_check, of_reducing=True),
    Control(
        "order controls",
        order_check,
        lambda state: state.controls.version > 0,
        of_reducing=True,
        evaluations=told.order_evaluations,
    ),
    Control(
        "working orders",
        working_check,
        lambda state: bool(state.flow.rows),
        evaluations=told.working_evaluations,
    ),
    Control(
        "order-to-trade and repetitions",
        trade_flow_check,
        lambda state: bool(state.risk.trade_flow.rows),
        of_reducing=True,
        evaluations=trade_flow_evaluations,
    ),
    Control("wash trades", wash_check, is_self_match_stated, evaluations=wash_evaluations),
    Control(
        "self match",
        self_match_check,
        is_self_match_stated,
        of_reducing=True,
        evaluations=self_match_evaluations,
    ),
    Control("envelope", envelope_check, evaluations=envelope_evaluations),
    Control("margin parameters", parameters_check, of_exposure=True),
    Control("delivery guard", guard_check, of_exposure=True),
    Control(
        "position limit", position_check, of_exposure=True, evaluations=told.position_evaluations
    ),
    Control(
        "tenor",
        tenor_check,
        lambda state: bool(state.risk.tenors.rows),
        of_exposure=True,
        evaluations=tenor_evaluations,
    ),
    Control(
        "exposure",
        exposure_check,
        lambda state: bool(state.risk.exposures.definitions),
        of_exposure=True,
        evaluations=exposure_evaluations,
    ),
    Control(
        "regimes",
        regime_check,
        lambda state: not state.regimes.is_empty,
        of_reducing=True,
        of_exposure=True,
        evaluations=told.regime_evaluations,
    ),
    Control(
        "sub-account margin",
        own_margin_check,
        of_exposure=True,
        evaluations=told.own_margin_evaluations,
    ),
    Control(
        "pool margin", pool_margin_check, of_exposure=True, evaluations=told.pool_margin_evaluations
    ),
    Control(
        "losses",
        losses_check,
        lambda state: bool(state.risk.losses.rows),
        evaluations=losses_evaluations,
    ),
    Control(
        "market impact",
        impact_check,
        lambda state: bool(state.risk.impact.rows),
        evaluations=impact_evaluations,
    ),
)
"""Source of the order: the project's design of the ladder; a test holds it."""

RESERVED = frozenset({"position limit", "exposure", "sub-account margin", "pool margin"})
"""What an envelope is asked when it opens, for all its lots, and the orders inside are not.

Regimes are always asked: exemptions end and limits step down while an envelope is open.
"""


def ladder_refusal(ask: Ask) -> NodeRefusal | None:
    """Return the first refusal of the ladder, or None; the ask holds what the controls brought."""
    overrides = ask.state.risk.overrides
    if not overrides.in_force:
        return _first_refusal(ask)
    with under_order_overrides(ask.state, ask.of_client):
        return refusal_under_override(ask, _first_refusal(ask))


def _first_refusal(ask: Ask) -> NodeRefusal | None:
    checks = ask.state.risk.checks
    if checks is None:
        checks = ask.state.risk.checks = _stated_checks(ask.state)
    for check in checks[_INSIDE if ask.envelope_id else ask.reduces]:
        refusal = check(ask)
        if refusal is not None:
            return refusal
    return None


def exposure_refusal(ask: Ask) -> NodeRefusal | None:
    """Return what refuses lots for what they add to exposures, whatever order brought them."""
    for control in stated_controls(ask.state):
        if control.of_exposure:
            refusal = control.check(ask)
            if refusal is not None:
                return refusal
    return None


def stated_controls(state: DeskState) -> Iterator[Control]:
    """Return the controls that the desk has, in order."""
    return (control for control in LADDER if control.is_stated(state))


def asked_controls(ask: Ask) -> Iterator[Control]:
    """Return the controls that one order is asked, in order."""
    for control in stated_controls(ask.state):
        if ask.envelope_id:
            is_asked = control.name not in RESERVED
        elif ask.reduces:
            is_asked = control.of_reducing
        else:
            is_asked = control.check is not envelope_check
        if is_asked:
            yield control


_INSIDE: Final = 2
"""The place of what orders inside an envelope are asked."""


def _stated_checks(state: DeskState) -> tuple[tuple[Check, ...], ...]:
    """Return what opening orders, reducing orders and orders inside an envelope are asked."""
    stated = list(stated_controls(state))
    opening = tuple(each.check for each in stated if each.check is not envelope_check)
    reducing = tuple(each.check for each in stated if each.of_reducing)
    return opening, reducing, tuple(each.check for each in stated if each.name not in RESERVED)
