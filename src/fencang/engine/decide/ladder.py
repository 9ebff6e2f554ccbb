"""The ladder: every control an order is asked, in order; the first refusal ends it.

``LADDER`` is the whole list.  A control that no definition of the desk states is left out before
orders come, so that it costs nothing.  A reducing order skips the controls that only bind what
opens.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from fencang.engine.decide.ask import Ask
from fencang.engine.decide.controls import order_check
from fencang.engine.decide.envelope_check import envelope_check, envelope_evaluations
from fencang.engine.decide.exposure_checks import guard_check, parameters_check, position_check
from fencang.engine.decide.margin_checks import own_margin_check, pool_margin_check
from fencang.engine.decide.order_terms import terms_check
from fencang.engine.decide.regimes import regime_check
from fencang.engine.decide.standing_checks import message_check, state_check, working_check
from fencang.engine.risk.book import Check
from fencang.engine.state import DeskState
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal

__all__ = ["LADDER", "Control", "exposure_refusal", "ladder_refusal"]


def _always(state: DeskState) -> bool:
    return True


class Control(NamedTuple):
    """One family of controls.

    ``is_stated`` says, from definitions alone, whether the desk has it.  ``of_reducing`` is asked
    of reducing orders too; ``of_exposure`` measures what lots add, however they come.
    """

    name: str
    check: Check
    is_stated: Callable[[DeskState], bool] = _always
    of_reducing: bool = False
    of_exposure: bool = False
    evaluations: Callable[[Ask], Iterable[Evaluation]] | None = None


LADDER: tuple[Control, ...] = (
    Control("trading state", state_check, of_reducing=True),
    Control("message rate", message_check, lambda state: bool(state.flow.rows), of_reducing=True),
    Control("order terms", terms_check, of_reducing=True),
    Control(
        "order controls", order_check, lambda state: state.controls.version > 0, of_reducing=True
    ),
    Control("working orders", working_check, lambda state: bool(state.flow.rows)),
    Control("envelope", envelope_check, evaluations=envelope_evaluations),
    Control("margin parameters", parameters_check, of_exposure=True),
    Control("delivery guard", guard_check, of_exposure=True),
    Control("position limit", position_check, of_exposure=True),
    Control(
        "regimes",
        regime_check,
        lambda state: not state.regimes.is_empty,
        of_reducing=True,
        of_exposure=True,
    ),
    Control("sub-account margin", own_margin_check, of_exposure=True),
    Control("pool margin", pool_margin_check, of_exposure=True),
)
"""Source of the order: the project's design of the ladder; a test holds it."""

RESERVED = frozenset({"position limit", "sub-account margin", "pool margin"})
"""What an envelope is asked when it opens, for all its lots, and the orders inside are not.

Regimes are always asked: exemptions end and limits step down while an envelope is open.
"""


def ladder_refusal(ask: Ask) -> NodeRefusal | None:
    """Return the first refusal of the ladder, or None; the ask holds what the controls brought."""
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
    for control in _stated(ask.state):
        if control.of_exposure:
            refusal = control.check(ask)
            if refusal is not None:
                return refusal
    return None


def _stated(state: DeskState) -> Iterator[Control]:
    return (control for control in LADDER if control.is_stated(state))


_INSIDE = 2
"""The place of what orders inside an envelope are asked."""


def _stated_checks(state: DeskState) -> tuple[tuple[Check, ...], ...]:
    """Return what opening orders, reducing orders and orders inside an envelope are asked."""
    stated = list(_stated(state))
    opening = tuple(each.check for each in stated if each.check is not envelope_check)
    reducing = tuple(each.check for each in stated if each.of_reducing)
    return opening, reducing, tuple(each.check for each in stated if each.name not in RESERVED)
