"""Whether a contract ends neither too far ahead nor too soon to be opened by a node."""

from collections.abc import Iterator

from fencang.engine.decide.ask import Ask
from fencang.limits.evaluation import Evaluation
from fencang.limits.order_controls import NodeRefusal
from fencang.limits.row_scopes import Bound
from fencang.limits.tenor import EffectiveTenor, tenor_passes, tenor_refusals
from fencang.messages.reasons import Reason

__all__ = ["tenor_check", "tenor_evaluations"]


def tenor_check(ask: Ask) -> NodeRefusal | None:
    """Refuse lots of a contract that ends too far ahead, too soon, or on a day not known."""
    if not ask.added_lots:
        return None
    contract = ask.line.contract
    ends = contract.contract
    if tenor_passes(
        _tenor(ask), ends.last_trading_day, ends.first_notice_day, contract.venue.today
    ):
        return None
    return next(refusal for _, _, refusal in _found(ask) if refusal is not None)


def tenor_evaluations(ask: Ask) -> Iterator[Evaluation]:
    """Yield every limit by maturity that lots are asked."""
    if not ask.added_lots or ask.reduces:
        return
    for bound, days, refusal in _found(ask):
        yield Evaluation(
            control="tenor",
            reason=Reason.TENOR,
            node_id=bound.node_id,
            scope_id=ask.line.key[1],
            limit=bound.value,
            value=days,
            unit="days",
            passes=refusal is None,
            detail="" if refusal is None else refusal[4],
        )


def _tenor(ask: Ask) -> EffectiveTenor:
    contract_id, product_id = ask.line.key[1], ask.line.contract.product.product_id
    return ask.state.risk.tenors.binding(ask.line.path, contract_id, product_id)


def _found(ask: Ask) -> Iterator[tuple[Bound, int, NodeRefusal | None]]:
    contract = ask.line.contract
    ends = (contract.contract.last_trading_day, contract.contract.first_notice_day)
    return tenor_refusals(_tenor(ask), *ends, contract.venue.today)
