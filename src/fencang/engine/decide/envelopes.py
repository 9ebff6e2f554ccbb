"""Opening and closing envelopes.

Opening asks once, for all lots, what every order inside would be asked about positions and margin.
It takes room away from others and loosens nothing: one person, or a program, is enough.
"""

from collections.abc import Sequence

from fencang.engine.accounts import ContractState, Line, SubState
from fencang.engine.decide.ask import ask_of_lots
from fencang.engine.decide.envelope_margin import cover_refusal
from fencang.engine.decide.ladder import exposure_refusal
from fencang.engine.decide.limit_warnings import told_once
from fencang.engine.decide.margin_checks import needed_micros
from fencang.engine.decide.refusal import rejected
from fencang.engine.decide.standing_checks import state_check
from fencang.engine.risk.envelope_cover import cover_micros, lot_cover
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.state import DeskState
from fencang.limits.order_controls import NodeRefusal
from fencang.messages.envelope_commands import CloseEnvelope, OpenEnvelope
from fencang.messages.envelope_events import EnvelopeCause, EnvelopeClosed, EnvelopeOpened
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.message import Offset, Side
from fencang.messages.reasons import Reason

__all__ = [
    "CONTRACTS_MAX",
    "ENVELOPES_MAX",
    "ENVELOPES_OF_SUB_MAX",
    "closed",
    "decide_close_envelope",
    "decide_open_envelope",
    "due_envelopes",
]

ENVELOPES_MAX = 1_000
"""Open envelopes of a desk."""
ENVELOPES_OF_SUB_MAX = 16
"""Open envelopes of one sub-account."""
CONTRACTS_MAX = 24
"""Contracts of one envelope: each of them is asked for all its lots."""


def decide_open_envelope(state: DeskState, command: OpenEnvelope) -> list[AnyEvent]:
    """Reserve lots ahead, or say which limit of which node has no room for them."""
    sub = state.subs.get(command.sub_account_id)
    if sub is None:
        detail = f"no sub-account {command.sub_account_id}"
        return [rejected(Reason.UNKNOWN_SUB_ACCOUNT, detail)]
    contracts = _contracts(state, command)
    if isinstance(contracts, CommandRejected):
        return [contracts]
    lines = _lines(state, command, sub, contracts)
    if isinstance(lines, CommandRejected):
        return [lines]
    refusal = _count_refusal(state, command)
    if refusal is not None:
        return [refusal]
    return _opened(state, command, lines)


def decide_close_envelope(state: DeskState, command: CloseEnvelope) -> list[AnyEvent]:
    """Give back what is not used."""
    envelope = state.risk.envelopes.open.get(command.envelope_id)
    if envelope is None:
        detail = f"no envelope {command.envelope_id} is open: it never was, expired or was closed"
        return [rejected(Reason.ENVELOPE_UNKNOWN, detail)]
    return [closed(envelope, EnvelopeCause.ASKED)]


def closed(envelope: Envelope, cause: EnvelopeCause) -> EnvelopeClosed:
    """Return the end of an envelope."""
    return EnvelopeClosed(
        envelope_id=envelope.envelope_id,
        sub_account_id=envelope.sub_account_id,
        filled_lots=envelope.filled_lots,
        working_lots=envelope.working_lots,
        freed_lots=envelope.reserved_lots,
        cause=cause,
    )


def due_envelopes(state: DeskState) -> list[AnyEvent]:
    """Return the ends of envelopes whose time is over."""
    return [
        closed(envelope, EnvelopeCause.EXPIRED)
        for _, envelope in sorted(state.risk.envelopes.open.items())
        if envelope.expires_ns <= state.time_ns
    ]


def _contracts(state: DeskState, command: OpenEnvelope) -> list[ContractState] | CommandRejected:
    """Return the contracts that the scope names, by identifier."""
    scope_id, named = command.scope_id, command.contract_ids
    if scope_id in state.contracts:
        if named not in ((), (scope_id,)):
            detail = f"{scope_id} is a contract; contract_ids narrow a product"
            return rejected(Reason.ENVELOPE_SCOPE, detail)
        return [state.contracts[scope_id]]
    if scope_id not in state.products:
        return rejected(Reason.ENVELOPE_SCOPE, f"no contract and no product {scope_id}")
    of_product = [
        contract_id
        for contract_id, contract in sorted(state.contracts.items())
        if contract.product.product_id == scope_id
    ]
    foreign = sorted({*named} - {*of_product})
    if foreign:
        detail = f"{', '.join(foreign)}: no contracts of {scope_id}"
        return rejected(Reason.ENVELOPE_SCOPE, detail)
    chosen = [state.contracts[key] for key in sorted({*named}) or of_product]
    if not named:
        chosen = [each for each in chosen if each.mark_nanos is not None and not each.is_expired]
    if not 0 < len(chosen) <= CONTRACTS_MAX:
        detail = (
            f"{scope_id} has {len(chosen)} contracts with a price, an envelope takes 1 to "
            f"{CONTRACTS_MAX}: name them in contract_ids"
        )
        return rejected(Reason.ENVELOPE_SCOPE, detail)
    return chosen


def _lines(
    state: DeskState, command: OpenEnvelope, sub: SubState, contracts: Sequence[ContractState]
) -> tuple[Line, ...] | CommandRejected:
    """Return the line of every contract, or why the sub-account deals in none of them."""
    product, sub_id = contracts[0].product, sub.sub_account_id
    if product.product_id not in sub.permitted:
        detail = f"the mandate of {sub_id} does not permit {product.product_id}"
        return rejected(Reason.PRODUCT_NOT_PERMITTED, detail)
    carrying_id = state.route(sub, product.venue_id)
    if carrying_id is None:
        detail = f"{sub_id} has no route to venue {product.venue_id}"
        return rejected(Reason.NO_ROUTE, detail)
    if product.pays_premium and command.side is Side.BUY:
        detail = f"{product.product_id} is paid for when bought; an envelope reserves no premiums"
        return rejected(Reason.ENVELOPE_PREMIUM, detail)
    for contract in contracts:
        name = contract.contract.contract_id
        if contract.is_expired:
            return rejected(Reason.ORDER_CONTRACT_EXPIRED, f"{name} has ended")
        if contract.mark_nanos is None:
            return rejected(Reason.NO_PRICE, f"{name} has no price: nobody knows what a lot asks")
    return tuple(state.line(sub, carrying_id, contract) for contract in contracts)


def _count_refusal(state: DeskState, command: OpenEnvelope) -> CommandRejected | None:
    book = state.risk.envelopes
    own = len(book.of_sub(command.sub_account_id))
    if own < ENVELOPES_OF_SUB_MAX and len(book.open) < ENVELOPES_MAX:
        return None
    detail = (
        f"{command.sub_account_id} has {own} of {ENVELOPES_OF_SUB_MAX} open envelopes, the desk "
        f"{len(book.open)} of {ENVELOPES_MAX}"
    )
    return rejected(Reason.ENVELOPES_MAX, detail)


def _opened(state: DeskState, command: OpenEnvelope, lines: tuple[Line, ...]) -> list[AnyEvent]:
    """Ask what every contract is asked for all lots; open the envelope where all of it fits."""
    lots, side = command.quantity_lots, command.side
    offset = Offset.OPEN if lines[0].is_gross else Offset.NET
    buys, sells = (lots, 0) if side is Side.BUY else (0, lots)
    needed, notices = 0, list[AnyEvent]()
    for line in lines:
        ask = ask_of_lots(state, line, side, offset, lots)
        refusal = state_check(ask) or exposure_refusal(ask)
        if refusal is not None:
            return [_rejected_at(refusal)]
        needed += max(0, needed_micros(state.rates, line.entry, line.contract, buys, sells))
        notices += ask.notices
    cover = lot_cover(lines, side) if len(lines) > 1 else None
    if cover is not None:
        refusal = cover_refusal(state, lines[0], cover, lots)
        if refusal is not None:
            return [_rejected_at(refusal)]
        needed = cover_micros(state.rates, cover.own, lots)
    if needed > command.margin_micros:
        detail = f"needs {needed} micros of margin, {command.margin_micros} were stated"
        return [rejected(Reason.ENVELOPE_MARGIN, detail)]
    opened = EnvelopeOpened(
        envelope_id=state.new_order_id(),
        sub_account_id=command.sub_account_id,
        scope_id=command.scope_id,
        carrying_account_id=lines[0].carrying_account_id,
        contract_ids=tuple(line.key[1] for line in lines),
        side=side,
        offset=offset,
        quantity_lots=lots,
        clip_lots=command.clip_lots,
        margin_micros=command.margin_micros,
        needed_micros=needed,
        expires_ns=state.time_ns + command.lifetime_ns,
        entered_by=command.entered_by,
    )
    return [opened, *told_once(notices)]


def _rejected_at(refusal: NodeRefusal) -> CommandRejected:
    """Return a refusal of the ladder as that of a command, which names its node in the words."""
    reason, node_id, _, _, detail = refusal
    return rejected(reason, f"{node_id}: {detail}")
