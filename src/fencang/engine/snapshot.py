"""Primary state to bytes and back; caches are rebuilt on the way in, never stored."""

import hashlib
from collections.abc import Mapping

import msgspec

from fencang.engine.execution_form import dump_executions
from fencang.engine.netting.sets import ParameterSource
from fencang.engine.orders import Block, Order
from fencang.engine.restore import restore
from fencang.engine.settlements import Settlement
from fencang.engine.snapshot_authority import authority_form
from fencang.engine.snapshot_form import (
    SNAPSHOT_VERSION,
    BlockForm,
    BookForm,
    CarryingForm,
    DeskForm,
    IndicatorForm,
    LotsForm,
    OrderForm,
    PlanForm,
    PositionForm,
    ProductHoursForm,
    RuleForm,
    SignedForm,
    SpanSetForm,
    SuspendedForm,
    VenueForm,
)
from fencang.engine.snapshot_funds import funds_form
from fencang.engine.snapshot_life import life_form
from fencang.engine.snapshot_reconciliation import reconciliation_forms
from fencang.engine.snapshot_regimes import regimes_form
from fencang.engine.snapshot_risk import risk_form, risk_items
from fencang.engine.state import DeskState
from fencang.ledger.book import Book, SignedPosition
from fencang.ledger.lots import OpenLots
from fencang.ledger.position import Position
from fencang.refdata.desk import DeskItem

__all__ = ["SnapshotFault", "definitions", "dump", "load", "state_hash"]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(DeskForm)


class SnapshotFault(ValueError):
    """Bytes are not a snapshot of a known version."""


def dump(state: DeskState) -> bytes:
    """Return the canonical bytes of the primary state."""
    return _encoder.encode(_form(state))


def load(payload: bytes, parameters: ParameterSource) -> DeskState:
    """Return the desk in snapshot bytes; files that are in force come from the source.

    Raises:
        SnapshotFault: not a snapshot, or of an unknown version.
    """
    try:
        form = _decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise SnapshotFault(f"not a snapshot of version {SNAPSHOT_VERSION}: {fault}") from fault
    if form.version != SNAPSHOT_VERSION:
        raise SnapshotFault(f"snapshot version {form.version}, this program reads 1")
    return restore(form, parameters)


def state_hash(state: DeskState) -> str:
    """Return the hex SHA-256 of the canonical bytes."""
    return hashlib.sha256(dump(state)).hexdigest()


def _form(state: DeskState) -> DeskForm:
    return DeskForm(
        version=SNAPSHOT_VERSION,
        sequence=state.sequence,
        time_ns=state.time_ns,
        items=definitions(state),
        span_sets=_span_sets(state),
        grants=_grants(state),
        collateral=_collateral(state),
        venues=_venues(state),
        contracts=_contracts(state),
        settlements=_settlements(state),
        rates=_rates(state),
        trading_states=[(key, int(found)) for key, found in sorted(state.trading_states.items())],
        subs=[_book(state.subs[key].book) for key in sorted(state.subs)],
        reserves=_reserves(state),
        carrying=[_carrying(state, key) for key in sorted(state.carrying)],
        orders=[_order(state.orders[key]) for key in sorted(state.orders)],
        closed_orders=list(state.closed_orders),
        blocks=[_block(block) for block in _blocks(state)],
        executions=list(state.executions),
        rules=_rules(state),
        indicators=_indicators(state),
        plans=_plans(state),
        cursors=sorted(state.cursors.items()),
        instructions=[(*key, *lots) for key, lots in sorted(state.instructions.items())],
        detailed_executions=dump_executions(state.detailed_executions),
        reconciliations=reconciliation_forms(state.reconciliations),
        funds=funds_form(state.funds),
        product_hours=_product_hours(state),
        life=life_form(state),
        regimes=regimes_form(state.regimes),
        risk=risk_form(state),
        authority=authority_form(state.authority),
        versions=[([*key], version) for key, version in sorted(state.versions.items())],
    )


def _collateral(state: DeskState) -> list[tuple[str, str, str, str, int, int]]:
    return [
        (owner_id, *key, *item)
        for owner_id, pool in sorted(state.pools.items())
        for key, item in sorted(pool.collateral.items())
    ]


def _reserves(state: DeskState) -> list[tuple[str, BookForm, bool]]:
    return [
        (key, _book(pool.reserve), pool.is_over_granted)
        for key, pool in sorted(state.pools.items())
    ]


def _rates(state: DeskState) -> list[tuple[str, int, str]]:
    return [
        (key, rate, state.rate_sources.get(key, ""))
        for key, rate in sorted(state.rates.rate_nanos.items())
    ]


def _grants(state: DeskState) -> list[tuple[str, int]]:
    return [
        (key, sub.standing.granted_micros)
        for key, sub in sorted(state.subs.items())
        if sub.standing.granted_micros
    ]


def _span_sets(state: DeskState) -> list[SpanSetForm]:
    return [
        SpanSetForm(
            clearing_house=key,
            loaded=[
                (file.sha256, file.parser_version, file.business_date)
                for file in span.loaded.values()
            ],
            active_sha256=span.active.sha256 if span.active is not None else "",
            overrides=[span.overrides[name] for name in sorted(span.overrides)],
        )
        for key, span in sorted(state.span_sets.items())
    ]


def _venues(state: DeskState) -> list[VenueForm]:
    return [
        VenueForm(
            key,
            venue.phase.value,
            list(venue.sessions),
            venue.today,
            venue.opened_day,
            venue.settled_day,
            venue.closed_day,
            venue.settlement_source,
        )
        for key, venue in sorted(state.venues.items())
    ]


def _product_hours(state: DeskState) -> list[ProductHoursForm]:
    return [
        ProductHoursForm(key, list(hours.product_ids), hours.phase.value, list(hours.sessions))
        for key, venue in sorted(state.venues.items())
        for hours in venue.product_hours
    ]


def _settlements(state: DeskState) -> list[tuple[str, list[Settlement]]]:
    return [
        (key, [found.settlements[day] for day in sorted(found.settlements)])
        for key, found in sorted(state.contracts.items())
        if found.settlements
    ]


def _contracts(state: DeskState) -> list[tuple[str, int | None, int | None, bool, int, int]]:
    return [
        (
            key,
            found.mark_nanos,
            found.settlement_nanos,
            found.is_expired,
            found.span_floor_micros,
            found.marked_ns,
        )
        for key, found in sorted(state.contracts.items())
    ]


def _indicators(state: DeskState) -> list[IndicatorForm]:
    return [
        IndicatorForm(
            key, found.value_nanos, found.close_nanos, found.next_close_nanos, list(found.window)
        )
        for key, found in sorted(state.indicators.items())
    ]


def definitions(state: DeskState) -> list[DeskItem]:
    """Return every reference value as it is stated, kind by kind."""
    items: list[DeskItem] = [state.settings]
    items += [state.persons[key] for key in sorted(state.persons)]
    items += [state.venues[key].venue for key in sorted(state.venues)]
    items += [state.products[key] for key in sorted(state.products)]
    items += [state.contracts[key].contract for key in sorted(state.contracts)]
    if state.master is not None:
        items.append(state.master)
    items += [state.carrying[key].account for key in sorted(state.carrying)]
    items += [state.subs[key].definition for key in sorted(state.subs)]
    items += state.limits.all()
    items += state.margin_rates.all()
    items += [state.add_ons[key] for key in sorted(state.add_ons)]
    items += [state.agreements[key] for key in sorted(state.agreements)]
    items += [state.rules[key].rule for key in sorted(state.rules)]
    items += state.fee_rows.all()
    items += state.funds.definitions()
    items += state.regimes.all()
    items += risk_items(state)
    items += state.authority.all()
    return list(state.risk.overrides.stated(items))


def _cash(cash: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return balances by currency; one that never moved and one that returned to zero are alike."""
    return sorted((currency, amount) for currency, amount in cash.items() if amount)


def _lots(lots: OpenLots) -> LotsForm:
    return LotsForm(lots.cost_micros, [list(layer) for layer in lots.layers])


def _has_history(position: Position) -> bool:
    return not position.is_flat or bool(
        position.carried_micros or position.realised_micros or position.variation_micros
    )


def _book(book: Book) -> BookForm:
    positions = [
        PositionForm(
            *key,
            _lots(position.long),
            _lots(position.short),
            position.carried_micros,
            position.realised_micros,
            position.variation_micros,
        )
        for key, position in sorted(book.positions.items())
        if _has_history(position)
    ]
    return BookForm(book.book_id, _cash(book.cash), _cash(book.fees), positions)


def _signed(positions: Mapping[str, SignedPosition]) -> list[SignedForm]:
    return [
        SignedForm(key, found.long_lots, found.short_lots, found.carried_micros)
        for key, found in sorted(positions.items())
        if not found.is_flat
    ]


def _carrying(state: DeskState, carrying_id: str) -> CarryingForm:
    carrying = state.carrying[carrying_id]
    suspense = carrying.suspense
    return CarryingForm(
        carrying_account_id=carrying_id,
        cash=[(*key, amount) for key, amount in sorted(carrying.book.cash.items()) if amount],
        positions=_signed(carrying.book.positions),
        suspense=_book(suspense.book),
        suspense_positions=_signed(suspense.positions),
        suspended=[
            SuspendedForm(
                key,
                fill.contract_id,
                fill.side,
                fill.offset,
                fill.quantity_lots,
                fill.price_nanos,
                fill.fee_micros,
                fill.day,
            )
            for key, fill in sorted(suspense.fills.items())
        ],
    )


def _order(order: Order) -> OrderForm:
    return OrderForm(
        order_id=order.order_id,
        sub_account_id=order.line.sub.sub_account_id if order.line is not None else "",
        block_id=order.block.block_id if order.block is not None else 0,
        client_order_id=order.client_order_id,
        terms=order.terms,
        quantity_lots=order.quantity_lots,
        limit_price_nanos=order.limit_price_nanos,
        filled_lots=order.filled_lots,
        state=order.state,
        pending=order.pending,
        pending_quantity_lots=order.pending_quantity_lots,
        pending_price_nanos=order.pending_price_nanos,
        routed_at_ns=order.routed_at_ns,
        is_in_doubt=order.is_in_doubt,
        is_reducing=order.is_reducing,
        attempt=order.attempt,
        charged=sorted(order.charged.items()),
        envelope_id=_envelope_id(order),
    )


def _envelope_id(order: Order) -> int:
    envelope = order.envelope
    return envelope.envelope_id if envelope is not None and envelope.is_open else 0


def _blocks(state: DeskState) -> list[Block]:
    """Return live blocks and done ones that a remembered slice still names."""
    found = dict(state.blocks)
    for order in state.orders.values():
        if order.block is not None:
            found[order.block.block_id] = order.block
    return [found[key] for key in sorted(found)]


def _block(block: Block) -> BlockForm:
    return BlockForm(
        block_id=block.block_id,
        rule_id=block.rule_id,
        carrying_account_id=block.carrying_account_id,
        contract_id=block.contract_id,
        side=block.side,
        offset=block.offset,
        legs=list(block.legs),
        received=list(block.received),
        attempts_used=block.attempts_used,
        is_done=block.is_done,
    )


def _rules(state: DeskState) -> list[RuleForm]:
    return [
        RuleForm(
            rule_id=rule_id,
            reference_nanos=armed.reference_nanos,
            positions=[
                (sub_id, [(*key, *lots) for key, lots in sorted(own.items())])
                for sub_id, own in sorted(armed.positions.items())
            ],
            is_holding=armed.is_holding,
            hold_until_ns=armed.hold_until_ns,
            firings=armed.firings,
        )
        for rule_id, armed in sorted(state.rules.items())
    ]


def _plans(state: DeskState) -> list[PlanForm]:
    return [
        PlanForm(
            plan_id=key,
            owner_id=plan.owner_id,
            proposed_by=plan.proposed_by,
            proposed_at_ns=plan.proposed_at_ns,
            lines=list(plan.lines),
            state=str(plan.state),
            approved_by=plan.approved_by,
        )
        for key, plan in sorted(state.plans.items())
    ]
